import csv

import pandas as pd
import pytest

from kentlib import spreadsheets
from kentlib.cli import main

NASTY = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\n=1", " =1", "＝1", "=cmd|' /C calc'!A0")


@pytest.mark.parametrize("text", NASTY)
def test_text_that_begins_a_formula_gets_an_apostrophe(text):
    assert spreadsheets.inert(text) == f"'{text}"


def test_a_table_is_written_with_headers_and_text_inert_and_numbers_as_they_are(tmp_path):
    table = pd.DataFrame({"=a": [*NASTY, None, "Dover"], "b": range(-1, 10)})
    path = tmp_path / "a.csv"
    spreadsheets.to_csv(table, path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["'=a", "b"]
    assert [one for one, _ in rows] == [*(f"'{one}" for one in NASTY), "", "Dover"]
    assert [number for _, number in rows] == [str(one) for one in range(-1, 10)]
    assert list(table) == ["=a", "b"]


def test_a_table_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("old")
    monkeypatch.setattr(pd.DataFrame, "to_csv", lambda *a, **k: (_ for _ in ()).throw(OSError()))
    with pytest.raises(OSError):
        spreadsheets.to_csv(pd.DataFrame({"a": [1]}), path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_list_of_problems_holds_no_formula_from_the_name_of_a_file(tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "=HYPERLINK(1).csv").write_text("child_id,district\n1,\n")
    main(["check", str(folder), "--list", str(tmp_path / "problems.csv")])
    with (tmp_path / "problems.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["file"] for row in rows} == {"'=HYPERLINK(1).csv"}
