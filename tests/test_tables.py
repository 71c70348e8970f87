"""Bundled tables: each is what its dictionary says, and a broken one says where it broke."""

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kentlib import tables
from kentlib.errors import DataError

ONE_COLUMN = {"name": {"is": "text", "means": "A name"}}


def dictionary(columns: dict = ONE_COLUMN, **more) -> tables.Dictionary:
    """An ordinary dictionary of a table with one row."""
    told = {
        "title": "A table",
        "rows": "one per name",
        "shape": (1, len(columns)),
        "source": "The publisher",
        "url": "https://example.org",
        "retrieved": "2026-01-02",
        "licence": "Open Government Licence v3.0",
        "changed": "nothing",
        "columns": columns,
        "key": [next(iter(columns))],
    }
    return tables.Dictionary.model_validate(told | more)


@pytest.fixture
def read(tmp_path):
    """Read a CSV text as the table `figures`."""

    def read(text: str | bytes, told: tables.Dictionary):
        path = tmp_path / "figures.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return tables.read(path, told)

    return read


@pytest.mark.parametrize("name", tables.names())
def test_table_has_the_shape_its_dictionary_states(name):
    assert tables.load(name).shape == tables.dictionary(name).shape


@pytest.mark.parametrize("name", tables.names())
def test_source_line_says_where_and_when(name):
    told = tables.dictionary(name)
    line = tables.source_line(name)
    assert line.startswith(f"Source: {told.source}, retrieved ")
    assert pd.Timestamp(told.retrieved).strftime("%B %Y. ") in line


def test_unknown_table_lists_the_known_ones():
    with pytest.raises(DataError, match=r"No table is called 'area'\. The tables are: .*areas, "):
        tables.load("area")


def test_what_a_caller_does_to_a_table_does_not_reach_the_next_caller():
    mine = tables.load("areas")
    mine.loc[0, "name"] = "Atlantis"
    assert "Atlantis" not in set(tables.load("areas")["name"])


def test_cells_are_typed_and_an_empty_one_is_missing(read):
    columns = {
        "name": {"is": "text", "means": "m"},
        "on": {"is": "date", "means": "m", "blank": "not known"},
        "year": {"is": "year", "means": "m"},
        "count": {"is": "count", "means": "m", "blank": "not published"},
        "share": {"is": "number", "means": "m"},
        "said": {"is": "yes_no", "means": "m"},
    }
    told = dictionary(columns, shape=(2, 6))
    text = "name,on,year,count,share,said\nKent,2017-06-13,2017,86,4.5,yes\nNA,,2018,,1,no\n"
    table = read(text, told)
    kinds = [str(kind) for kind in table.dtypes]
    assert kinds[0] == "str" and kinds[1].startswith("datetime64")
    assert kinds[2:] == ["Int64", "Int64", "float64", "boolean"]
    assert table["name"].tolist() == ["Kent", "NA"]
    assert table["on"].isna().tolist() == table["count"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("column", "cell", "rule"),
    [
        ({"is": "text"}, "", "column x, row 2: an empty cell; this column may not be empty"),
        ({"is": "text", "values": ["a", "b"]}, "c", "row 2: 'c'; the dictionary allows a, b"),
        ({"is": "text", "within": "name"}, "Kant", "must be one of the values of name"),
        ({"is": "yes_no"}, "Yes", "row 2: 'Yes'; it must be yes or no"),
        ({"is": "date"}, "13/06/2017", "it must be a date, YYYY-MM-DD"),
        ({"is": "date"}, "2017-6-13", "it must be a date, YYYY-MM-DD"),
        ({"is": "date"}, "2017-02-30", "it must be a date, YYYY-MM-DD"),
        ({"is": "number"}, "1,353", "row 2: '1,353'; it must be a number"),
        ({"is": "number"}, "nan", "it must be a number"),
        ({"is": "number"}, "inf", "it must be a number"),
        ({"is": "count"}, "1.5", "it must be a whole number, 0 or more"),
        ({"is": "count"}, "-1", "it must be a whole number, 0 or more"),
        ({"is": "count"}, "1e30", "it must be a whole number, 0 or more"),
        ({"is": "year", "smallest": 2009}, "2008", "the smallest allowed is 2009"),
        ({"is": "number", "largest": 100}, "100.5", "the largest allowed is 100"),
    ],
)
def test_a_broken_cell_names_column_row_and_rule(read, column, cell, rule):
    columns = ONE_COLUMN | {"x": column | {"means": "m"}}
    with pytest.raises(DataError, match=r"^figures\.csv") as caught:
        read(f'name,x\nKent,"{cell}"\n', dictionary(columns))
    assert rule in str(caught.value)
    assert "column x" in str(caught.value)


def test_the_first_broken_row_is_named_and_all_are_counted(read):
    columns = ONE_COLUMN | {"x": {"is": "count", "means": "m"}}
    told = dictionary(columns, shape=(3, 2))
    with pytest.raises(DataError, match=r"row 3: 'b'; .* \(2 rows break this rule\)"):
        read("name,x\nKent,1\nMedway,b\nSurrey,c\n", told)


def test_a_row_with_a_cell_too_many_does_not_shift_the_others(read):
    with pytest.raises(DataError, match="row 2: it has 2 cells; the header has 1"):
        read("name\nKent,Medway\n", dictionary())


def test_a_header_that_is_not_the_dictionarys_shows_both(read):
    with pytest.raises(DataError, match=r"\['nom'\]; its dictionary has \['name'\]"):
        read("nom\nKent\n", dictionary())


def test_a_column_name_that_stands_twice_is_refused(read):
    with pytest.raises(DataError, match="stands twice"):
        read("name,name\nKent,Kent\n", dictionary())


def test_a_row_with_the_key_of_an_earlier_one_is_named(read):
    told = dictionary(shape=(2, 1))
    with pytest.raises(DataError, match="row 3: its name is that of an earlier row"):
        read("name\nKent\nKent\n", told)


def test_a_table_of_another_length_shows_both(read):
    with pytest.raises(DataError, match="2 rows and 1 columns; its dictionary says 1 and 1"):
        read("name\nKent\nMedway\n", dictionary())


def test_values_may_be_held_to_a_table_beside_the_file(read, tmp_path):
    (tmp_path / "areas.csv").write_text("name\nKent\n")
    told = dictionary({"name": {"is": "text", "means": "m", "within": "areas.name"}})
    assert read("name\nKent\n", told)["name"].tolist() == ["Kent"]
    with pytest.raises(DataError, match=r"'Medway'; it must be one of the values of areas\.name"):
        read("name\nMedway\n", told)


def test_a_table_to_be_held_to_that_is_not_there_is_named(read):
    told = dictionary({"name": {"is": "text", "means": "m", "within": "zones.name"}})
    with pytest.raises(DataError, match=r"zones\.csv is missing"):
        read("name\nKent\n", told)


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(DataError, match=r"figures\.csv is missing"):
        tables.read(tmp_path / "figures.csv", dictionary())


@pytest.mark.parametrize("text", [b"", b"\xff\xfe", b'name\n"Kent'])
def test_a_file_that_is_no_csv_table_is_refused(read, text):
    with pytest.raises(DataError, match=r"figures\.csv cannot be read as a CSV table"):
        read(text, dictionary())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("columns: 3", "columns: Input should be a valid dictionary"),
        ("retrieved: 2026-01-02", "retrieved: Input should be a valid string"),
        ("colour: red", "colour: Extra inputs are not permitted"),
        ("key: [nom]", r"names \['nom'\], which is no column here"),
        ("shape: [1, 2]", "shape says 2 columns; 1 follow"),
        ("title: [", "is not YAML that can be read"),
    ],
)
def test_a_broken_dictionary_names_the_entry(tmp_path, change, told):
    path = tmp_path / "figures.yaml"
    entries = {
        "title": "A table",
        "rows": "one",
        "shape": "[1, 1]",
        "source": "S",
        "url": "u",
        "retrieved": '"2026-01-02"',
        "licence": "L",
        "changed": "c",
        "columns": "{name: {is: text, means: m}}",
        "key": "[name]",
    }
    key, _, value = change.partition(": ")
    entries[key] = value
    path.write_text("\n".join(f"{key}: {value}" for key, value in entries.items()))
    with pytest.raises(DataError, match=told):
        tables.read_dictionary(path)


def test_a_dictionary_that_is_no_mapping_is_refused(tmp_path):
    path = tmp_path / "figures.yaml"
    path.write_text("just text")
    with pytest.raises(DataError, match=r"figures\.yaml: the dictionary: "):
        tables.read_dictionary(path)


EVERY_KIND = dictionary(
    {
        kind: {"is": kind, "means": "m", "blank": "not known"}
        for kind in ["text", "yes_no", "date", "year", "count", "number"]
    }
)
HEADER = b"text,yes_no,date,year,count,number\n"
cells = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["", "yes", "2017-06-13", "0001-01-01", "9999-12-31", "1e308", "-0", "NaN"]),
)
lines = st.lists(st.lists(cells, min_size=6, max_size=6), max_size=3).map(
    lambda rows: HEADER + "\n".join(",".join(row) for row in rows).encode()
)


@given(st.one_of(st.binary(), st.binary().map(lambda tail: HEADER + tail), lines))
@example(b"")
@example(b"\n")
@example(HEADER + b"\n")
@example(HEADER + b"a,yes,2017-06-13,2017,1e300,1e999\n")
@example(HEADER + b'"\x00",yes,9999-12-31,9007199254740993,,\n')
def test_any_bytes_are_a_table_or_an_error_of_ours(tmp_path_factory, given_bytes):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(given_bytes)
    try:
        table = tables.read(path, EVERY_KIND)
    except DataError:
        return
    assert list(table.columns) == list(EVERY_KIND.columns)
    assert len(table) == 1
