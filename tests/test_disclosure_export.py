"""Protected tables as files: marks survive, and no cell is a formula."""

import csv
import os

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from kentlib import disclosure

HOSTILE = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", '=cmd|"/C"!A0']


@pytest.fixture
def table():
    made = pd.DataFrame({"district": ["Ashford", "Dover", "Swale"], "held": [12, 3, 90]})
    made["change"] = [-4.5, 2.0, None]
    return disclosure.protect(made, by=["district"], counts=["held"], kept=["change"]).table


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def read_xlsx(path, sheet="Table"):
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python()


def test_a_mark_stands_in_place_of_its_count_in_csv(table, tmp_path):
    disclosure.to_csv(table, tmp_path / "held.csv")
    assert read_csv(tmp_path / "held.csv") == [
        ["district", "held", "change"],
        ["Ashford", "12", "-4.5"],
        ["Dover", "c", "2.0"],
        ["Swale", "90", ""],
    ]


def test_a_mark_stands_in_place_of_its_count_in_a_workbook_with_its_legend(table, tmp_path):
    disclosure.to_xlsx(table, tmp_path / "held.xlsx")
    assert read_xlsx(tmp_path / "held.xlsx") == [
        ["district", "held", "change"],
        ["Ashford", 12, -4.5],
        ["Dover", "c", 2],
        ["Swale", 90, ""],
    ]
    assert read_xlsx(tmp_path / "held.xlsx", "Marks")[1][0] == "c"


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_a_spreadsheet_would_run_is_text(text, tmp_path):
    made = pd.DataFrame({text: [1], "team": [text]})
    disclosure.to_csv(made, tmp_path / "t.csv")
    header, row = read_csv(tmp_path / "t.csv")
    assert header[0] == f"'{text}" and row == ["1", f"'{text}"]
    disclosure.to_xlsx(made, tmp_path / "t.xlsx")
    # A workbook has its line breaks as \n, or escaped; the apostrophe is what matters.
    header, row = read_xlsx(tmp_path / "t.xlsx")
    assert header[0].startswith("'") and row[1].startswith("'")
    assert b"<f>" not in (tmp_path / "t.xlsx").read_bytes()


def test_words_links_and_numbers_are_as_they_were(tmp_path):
    made = pd.DataFrame(
        {
            "name": ["Tonbridge and Malling", "O'Hara", "https://example.org", "007"],
            "number": [-1, 0, 5, 2**40],
            "yes": [True, False, True, False],
            "day": pd.to_datetime(
                ["2017-03-06", None, "2017-03-07 10:30", "2017-03-31"], format="ISO8601"
            ),
        }
    )
    disclosure.to_csv(made, tmp_path / "t.csv")
    assert read_csv(tmp_path / "t.csv")[1:] == [
        ["Tonbridge and Malling", "-1", "yes", "2017-03-06"],
        ["O'Hara", "0", "no", ""],
        ["https://example.org", "5", "yes", "2017-03-07T10:30:00"],
        ["007", str(2**40), "no", "2017-03-31"],
    ]
    disclosure.to_xlsx(made, tmp_path / "t.xlsx")
    assert [row[1] for row in read_xlsx(tmp_path / "t.xlsx")[1:]] == [-1, 0, 5, 2**40]
    assert [row[0] for row in read_xlsx(tmp_path / "t.xlsx")[1:]] == made["name"].tolist()


@pytest.mark.parametrize("write", [disclosure.to_csv, disclosure.to_xlsx])
def test_a_file_that_cannot_be_written_leaves_the_old_one_and_nothing_else(
    write, table, tmp_path, monkeypatch
):
    path = tmp_path / "held.out"
    path.write_text("before")

    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="no space"):
        write(table, path)
    assert [one.name for one in tmp_path.iterdir()] == ["held.out"]
    assert path.read_text() == "before"


def test_a_column_called_mark_of_nothing_is_a_column(tmp_path):
    disclosure.to_csv(pd.DataFrame({"exam_mark": [7], "n": [1]}), tmp_path / "t.csv")
    assert read_csv(tmp_path / "t.csv") == [["exam_mark", "n"], ["7", "1"]]
