import datetime as dt

import pandas as pd
import pytest

from kentlib.extracts import cells, codes, dates


def objects(*values):
    return pd.Series(list(values), dtype=object)


def kinds(read):
    return {finding.kind for finding in read.findings}


def values(read):
    return [None if pd.isna(value) else value for value in read.values]


def many(values):
    """The same cells among so many others that they are read in bulk."""
    return pd.concat([values, objects(*(f"{n:06d}" for n in range(400)))], ignore_index=True)


@pytest.mark.parametrize("enough", [lambda cells: cells, many], ids=["few", "many"])
def test_identifiers_stay_text_with_their_leading_zeros(enough):
    read = cells.ids(enough(objects("007", "7", " 0012\u00a0", "A1")))
    assert values(read)[:4] == ["007", "7", "0012", "A1"]
    assert kinds(read) == {"stray-space"}


def test_identifiers_held_as_numbers_are_read_and_told_once():
    read = cells.ids(objects(9212044.0, 12.0))
    assert values(read) == ["9212044", "12"]
    assert [(f.kind, f.count, f.severity) for f in read.findings] == [("id-number", 2, "note")]


def test_an_identifier_with_a_decimal_point_loses_it():
    read = cells.ids(pd.Series(["123.0", "0045.00", "1.5"], dtype="str"))
    assert values(read) == ["123", "0045", "1.5"]
    assert kinds(read) == {"id-decimal"}


@pytest.mark.parametrize(
    "cell", ["1.23E+11", 1.5, 1e17, dt.date(2017, 3, 31), dt.time(1), -3.0, "x" * 61]
)
def test_what_is_no_identifier_or_a_rounded_one_is_left_out(cell):
    read = cells.ids(objects("1", cell))
    assert values(read) == ["1", None]
    assert read.bad.tolist() == [False, True]
    assert kinds(read) == {"id-unreadable"}


@pytest.mark.parametrize("enough", [lambda cells: cells, many], ids=["few", "many"])
def test_error_cells_are_told_and_missing(enough):
    read = cells.text(enough(objects("#N/A", "#REF!", "#NOT CALCULATED", "#1 Street")))
    assert values(read)[:4] == [None, None, None, "#1 Street"]
    assert [(f.kind, f.rows.tolist()) for f in read.findings] == [
        ("error-cell", [0, 1]),
        ("formula-not-calculated", [2]),
    ]


@pytest.mark.parametrize("enough", [lambda cells: cells, many], ids=["few", "many"])
def test_a_dash_is_a_blank_that_is_told(enough):
    read = cells.text(enough(objects("-", "", "NULL", "Nan Smith")))
    assert read.blank[:4].tolist() == [True, True, True, False]
    assert [(f.kind, f.count) for f in read.findings] == [("blank-written", 2)]


def test_text_longer_than_a_cell_is_cut_and_told():
    read = cells.text(objects("x" * 40_000))
    assert read.values.str.len().tolist() == [32_767]
    assert kinds(read) == {"cell-too-long"}


def test_numbers_are_whole_and_say_when_they_were_not():
    read = cells.numbers(objects(6.9, "7", "", "many", 1e12), largest=120)
    assert values(read) == [6, 7, None, None, None]
    assert kinds(read) == {"number-not-whole", "number-unreadable"}


def test_postcodes_are_written_one_way_and_words_are_none():
    read = cells.postcodes(objects("me1  1aa", "T28 2WB", "nope", ""))
    assert values(read) == ["ME1 1AA", "T28 2WB", None, None]
    assert [(f.kind, f.rows.tolist()) for f in read.findings if f.severity != "note"] == [
        ("postcode-unreadable", [2])
    ]


DAY = pd.Timestamp("2017-03-31")


@pytest.mark.parametrize(
    "cell",
    [
        dt.date(2017, 3, 31),
        dt.datetime(2017, 3, 31, 14, 5),
        42825.0,
        "42825",
        "31/03/2017",
        "31/3/2017",
        "31-03-2017",
        "2017-03-31",
        "2017-03-31T14:05:00",
        "31/03/2017 14:05",
        "31 March 2017",
        "31-Mar-2017",
        "31st March 2017",
    ],
)
def test_a_date_is_read_however_it_is_written(cell):
    assert dates.read(objects(cell)).values.tolist() == [DAY]


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("30/02/2017", "date-impossible"),
        ("03/31/2017", "date-impossible"),
        ("31/03/17", "date-short-year"),
        ("31/03/0217", "date-impossible"),
        ("not known", "date-unreadable"),
        ("31/03/2017 25:00", "date-impossible"),
        (20170331.0, "date-impossible"),
        (12.0, "date-impossible"),
        (dt.time(0, 0), "date-impossible"),
        (dt.date(1899, 3, 1), "date-impossible"),
        (True, "date-unreadable"),
        ("#REF!", "error-cell"),
    ],
)
def test_a_date_that_cannot_be_is_left_out_and_told(cell, kind):
    read = dates.read(objects(cell, dt.date(2017, 3, 31)))
    assert values(read) == [None, DAY]
    assert [(f.kind, f.rows.tolist()) for f in read.findings] == [(kind, [0])]
    assert read.bad.tolist() == [True, False]


def test_dates_read_in_bulk_are_those_read_one_by_one():
    days = pd.Series(pd.date_range("2010-01-01", periods=400).strftime("%d/%m/%Y"))
    odd = pd.Series(["31/02/2017", "2017-03-31", "", "x"])
    read = dates.read(pd.concat([days, odd]).astype("str"), text_is_usual=True)
    assert read.values[:400].dt.strftime("%d/%m/%Y").tolist() == days.tolist()
    assert values(read)[400:] == [None, DAY, None, None]
    assert kinds(read) == {"date-impossible", "date-unreadable"}


def test_a_date_column_passes_over_times_and_says_so_once():
    read = dates.read(
        objects(dt.datetime(2017, 3, 31, 9), "31/03/2017 09:00", dt.date(2017, 3, 31))
    )
    assert values(read) == [DAY] * 3
    assert [f.count for f in read.findings if f.kind == "date-with-time"] == [2]


def test_a_moment_keeps_its_time_and_knows_when_there_is_none():
    read = dates.read(
        objects(dt.datetime(2017, 3, 31, 9, 30), dt.date(2017, 3, 31), "31/03/2017 9:30 pm", ""),
        time=True,
    )
    assert read.extra["has_time"].tolist() == [True, False, True, False]
    assert read.values.dt.hour.tolist()[:3] == [9, 0, 21]


GENDERS = codes.CodeList(["male", "female"], ["a) Male", "b) Female"], {"F": "female"})
ROUTES = codes.CodeList(["E11", "E4A"], ["a) E11: Adopted", "e) E4A: Returned home - planned"])


@pytest.mark.parametrize("cell", ["b) Female", "Female", "FEMALE", "b", "B)", "F", " female\u00a0"])
def test_a_code_is_its_letter_its_word_or_both(cell):
    assert values(codes.read(objects(cell), GENDERS)) == ["female"]


@pytest.mark.parametrize(
    "cell", ["e) E4A: Returned home", "E4A", "e4a", "E4A - Home", "e", "Returned home - planned"]
)
def test_a_code_with_words_after_it_is_known_by_the_code(cell):
    assert values(codes.read(objects(cell), ROUTES)) == ["E4A"]


def test_codes_written_in_two_ways_are_told_once_at_the_first_odd_one():
    read = codes.read(objects("b) Female", "a) Male", "Female", ""), GENDERS)
    assert [(f.kind, f.rows.tolist(), f.count) for f in read.findings] == [("codes-mixed", [2], 1)]


def test_what_is_on_no_list_is_never_shown():
    read = codes.read(objects("Jane Roe", "E43", 1234567.0), ROUTES, known=frozenset({"E43"}))
    assert values(read) == [None, None, None]
    assert read.findings[0].seen.tolist() == ["text of 8 characters", "E43", "a number"]


def test_a_letter_and_words_of_two_codes_are_told():
    read = codes.read(objects("a) Female"), GENDERS)
    assert values(read) == ["female"]
    assert kinds(read) == {"code-two"}


def test_words_or_letters_that_two_codes_share_name_neither():
    book = codes.CodeList(
        ["3A", "3B", "REFU", "NOBT"], ["g) 3A: Health", "h) 3B: Health", "s) REFU", "s) NOBT"]
    )
    assert values(codes.read(objects("Health", "h) 3B: Health", "s", "s) NOBT"), book)) == [
        None,
        "3B",
        None,
        "NOBT",
    ]


@pytest.mark.parametrize(
    "written",
    ["Date of Birth", "DATE OF BIRTH", " date  of\u00a0birth ", "Date_of_Birth", "Date of Birth?"],
)
def test_a_header_is_compared_without_case_spaces_and_signs(written):
    assert cells.header(written) == "date of birth"
