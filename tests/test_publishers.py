"""Reading publishers' files: values, names, headers."""

import datetime as dt
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from publishers_files import write_ods, write_xlsx

from kentlib.errors import DataError
from kentlib.publishers import catalogue, dfe, files
from kentlib.publishers.names import agreed

HEADERS: files.Headers = {"name": "Local authority name", "grade": "Overall Judgement (OE)"}


def read(tmp_path, rows, **more):
    path = tmp_path / "book.ods"
    write_ods(path, {"Sheet": rows})
    return files.tables(path, "Sheet", "name", HEADERS, **more)


# Values


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("86", (86.0, "")),
        ("36.200000000000003", (36.2, "")),
        ("0", (0.0, "")),
        ("1e3", (1000.0, "")),
        (" 12 ", (12.0, "")),
        ("-", (None, "-")),
        ("", (None, "(blank)")),
        (None, (None, "(blank)")),
        (math.nan, (None, "(blank)")),
    ],
)
def test_a_value_is_a_number_or_a_mark(text, read):
    assert dfe.read_value(text) == read


@pytest.mark.parametrize("text", ["c", "1,234", "12%", "nan", "inf", "1e999", "٣", "1_000", "--"])
def test_anything_else_is_refused_with_what_was_seen(text):
    with pytest.raises(DataError, match="is neither a number nor a mark"):
        dfe.read_value(text)


@given(st.one_of(st.text(), st.floats().map(str), st.integers().map(str), st.none()))
@example("NaN")
@example("-0.0")
@example("\x00")
@example("1e400")
def test_no_text_becomes_a_missing_figure_without_a_mark(text):
    try:
        value, mark = dfe.read_value(text)
    except DataError:
        return
    if value is None:
        assert mark in (*dfe.MARKS, dfe.BLANK)
    else:
        assert mark == "" and math.isfinite(value)


@given(st.floats(min_value=0, max_value=1e6).map(lambda x: round(x, 2)))
def test_a_published_number_survives_the_noise_of_floating_point(number):
    assert dfe.read_value(f"{number:.17g}") == (number, "")


# Names


@pytest.mark.parametrize("name", ["Bristol", "Bristol, City of", " Bristol ", "Bristol\n"])
def test_one_authority_has_one_name(name):
    assert agreed(name) == "Bristol, City of"


def test_a_name_shared_with_an_abolished_authority_depends_on_the_list_it_is_in():
    assert agreed("Dorset") == "Dorset"
    assert agreed("Dorset", abolished=True) == "Dorset (pre 2019)"
    assert agreed("Dorset (Pre LG)") == "Dorset (pre 2019)"


# Headers


def test_white_space_and_capitals_in_a_header_do_not_matter(tmp_path):
    rows = [["Local Authority  name", " Overall Judgement\n(OE) "], ["Kent", "Good"]]
    [[row]] = read(tmp_path, rows)
    assert (row.text("name"), row.text("grade")) == ("Kent", "Good")
    assert row.where == "book.ods, sheet Sheet, row 2"


def test_a_second_table_under_the_first_is_read_by_its_own_headers(tmp_path):
    first = [["Local authority name", "Overall Judgement (OE)"], ["Kent", "Good"], ["", ""]]
    second = [["Overall Judgement (OE)", "Local authority name"], ["Inadequate", "Poole"]]
    found = read(tmp_path, first + second)
    told = [[(row.text("name"), row.text("grade")) for row in table] for table in found]
    assert told == [[("Kent", "Good")], [("Poole", "Inadequate")]]


def test_no_header_row_shows_how_the_sheet_begins(tmp_path):
    with pytest.raises(DataError, match=r"no row holds the header 'Local authority name'.*'Kent'"):
        read(tmp_path, [["Authority", "Overall"], ["Kent", "Good"]])


def test_a_header_that_stands_twice_is_refused(tmp_path):
    header = ["Local authority name", "Overall Judgement (OE)", "overall judgement (OE)"]
    with pytest.raises(DataError, match=r"row 1: the header '.*\(OE\)' stands twice"):
        read(tmp_path, [header])


def test_figures_without_a_name_are_refused(tmp_path):
    rows = [["Local authority name", "Overall Judgement (OE)"], ["", "Good"]]
    with pytest.raises(DataError, match="row 2: there are figures but no 'Local authority name'"):
        read(tmp_path, rows)


def test_a_date_is_a_date_and_nothing_else(tmp_path):
    rows = [["Local authority name", "Overall Judgement (OE)"]]
    rows += [["Kent", dt.date(2017, 6, 13)], ["Medway", ""], ["Surrey", "13/06/2017"]]
    [[kent, medway, surrey]] = read(tmp_path, rows)
    assert (kent.day("grade"), medway.day("grade")) == (dt.date(2017, 6, 13), None)
    with pytest.raises(DataError, match="row 4: grade is '13/06/2017'; a date was expected"):
        surrey.day("grade")


def test_a_file_that_is_no_workbook_is_named(tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"not a workbook")
    with pytest.raises(DataError, match=r"book\.xlsx cannot be read as a workbook"):
        files.sheet(path, "*")


def test_a_number_read_from_a_spreadsheet_is_text_without_a_point(tmp_path):
    path = tmp_path / "book.xlsx"
    write_xlsx(path, [["LA Name", "LA Number"], ["Kent", 886]])
    headers: files.Headers = {"name": "LA Name", "number": "LA Number"}
    [row] = files.table(path, "*", "name", headers)
    assert row.number("number") == "886"


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DataError, match="nowhere is not a folder"):
        files.find(tmp_path / "nowhere", "*.ods")


def test_a_csv_file_without_a_column_says_which_it_has(tmp_path):
    path = tmp_path / "lait.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match=r"lait\.csv: the column 'c' .* it has \['a', 'b'\]"):
        files.frame(path, ["a", "c"])


# The catalogue


def test_numerators_and_denominators_are_counts_of_the_catalogue():
    units = {it.measure: it.unit for it in catalogue.MEASURES}
    for it in catalogue.MEASURES:
        for named in filter(None, [it.numerator, it.denominator]):
            assert units[named] not in ("percent", "per 10,000 children")


def test_every_percentage_says_where_its_denominator_is():
    for it in catalogue.MEASURES:
        counted = it.unit in ("percent", "per 10,000 children")
        assert bool(it.denominator_basis) == counted, it.measure
        if it.denominator_basis in (catalogue.PUBLISHED, catalogue.NEAREST):
            assert it.denominator, it.measure
