import csv

import pytest
from annex_a_files import lists, row, sheet, write

from kentlib.cli import main
from kentlib.extracts import problems


@pytest.fixture(autouse=True)
def here(tmp_path_factory, monkeypatch):
    """An empty current folder, where the list goes unless told otherwise."""
    folder = tmp_path_factory.mktemp("here")
    monkeypatch.chdir(folder)
    return folder


def test_check_is_quiet_and_0_on_an_ordinary_workbook(tmp_path, capsys):
    write(tmp_path / "a.xlsx", lists())
    assert main(["check", str(tmp_path)]) == 0
    assert "No problems found." in capsys.readouterr().out


def test_check_counts_by_problem_and_writes_the_whole_list(tmp_path, capsys):
    rows = [row(8, child_id=str(n), gender="nobody") for n in range(3)]
    folder = tmp_path / "extract"
    folder.mkdir()
    write(folder / "a.xlsx", lists(list_8=sheet(8, row(8), *rows)))
    listing = tmp_path / "problems.csv"
    assert main(["check", str(folder), "--list", str(listing)]) == 0
    out = capsys.readouterr().out
    assert "3  not on the code list of this column. a.xlsx, sheet List 8, column B (Gender)" in out
    with listing.open(encoding="utf-8-sig", newline="") as file:
        written = list(csv.DictReader(file))
    assert list(written[0]) == list(problems.COLUMNS)
    assert [one["row"] for one in written] == ["3", "4", "5"]


def test_the_whole_list_goes_to_the_current_folder_unless_told(tmp_path, capsys, here):
    (tmp_path / "Annex A.xlsx").write_bytes(b"%PDF-1.4")
    main(["check", str(tmp_path)])
    assert "listed in problems.csv" in capsys.readouterr().out
    with (here / "problems.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) >= 1


def test_a_list_that_cannot_be_written_is_said_without_a_traceback(tmp_path, capsys):
    (tmp_path / "Annex A.xlsx").write_bytes(b"%PDF-1.4")
    assert main(["check", str(tmp_path), "--list", "no such folder/problems.csv"]) == 2
    assert "kentlib: the list of problems cannot be written" in capsys.readouterr().err


def test_check_is_1_when_something_stops_a_measure(tmp_path, capsys):
    (tmp_path / "Annex A.xlsx").write_bytes(b"%PDF-1.4")
    assert main(["check", str(tmp_path)]) == 1
    assert "Stops the measure:" in capsys.readouterr().out


@pytest.mark.parametrize("made", [True, False], ids=["empty", "missing"])
def test_a_folder_with_nothing_in_it_is_said_without_a_traceback(tmp_path, capsys, made):
    folder = tmp_path / "extracts"
    if made:
        folder.mkdir()
    assert main(["check", str(folder)]) == 2
    assert "kentlib: " in capsys.readouterr().err
