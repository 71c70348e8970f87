import re
import sys
from pathlib import Path

from kentlib import paths
from kentlib.reports import notebook, plan, record


def test_a_record_says_all_that_a_run_could_differ_in(fixtures):
    (job,) = plan.plan([fixtures / "small.yaml"], notebooks=fixtures)
    content = job.notebook.read_bytes()
    told = record.begin(job, notebook.read(job.notebook), content)
    assert told["notebook"] == "tests/fixtures/small.ipynb"
    assert told["notebook_sha256"] == record.sha256(content)
    assert told["parameters"] == {"place": "Northfold", "year": 2017}
    assert told["lock_sha256"] == record.sha256(paths.LOCK.read_bytes())
    assert set(told["inputs"]) == {
        f"data/{path.name}" for path in paths.DATA.iterdir() if path.suffix in (".csv", ".yaml")
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told["started"])
    assert told["packages"]["pandas"]


def test_the_commit_is_known_in_a_checkout_and_not_elsewhere(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    assert record.commit() == {"commit": None, "modified": None}


def test_without_git_there_is_no_commit(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert record.commit() == {"commit": None, "modified": None}


def test_the_tables_a_notebook_names_are_told_with_their_dates(fixtures):
    (told,) = record.tables(notebook.read(fixtures / "small.ipynb"))
    assert told["name"] == "recommendations"
    assert told["retrieved"]
    assert told["synthetic"] is False


def test_paths_of_this_machine_are_taken_out_of_text():
    text = (
        f"\x1b[31m{paths.ROOT}/kentlib/a.py\x1b[0m {sys.prefix}/lib "
        "/tmp/ipykernel_12/34.py:1: Warning"
    )
    told = record.without_paths(text)
    assert told == "kentlib's folder/kentlib/a.py .venv/lib the cell:1: Warning"
    assert record.without_paths("a/b and 1/2") == "a/b and 1/2"


def test_a_file_from_elsewhere_is_known_by_its_name(tmp_path):
    assert record.relative(tmp_path / "own.ipynb") == "own.ipynb"
    assert record.relative(Path(paths.ROOT, "data", "a.csv")) == "data/a.csv"
