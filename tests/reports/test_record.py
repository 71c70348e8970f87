import hashlib
import json
import os
import re
import sys
from pathlib import Path

import pytest

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
    assert told["extracts"] is None


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A folder of extracts, "own", in a project of its own."""
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    for name in ("own/2016-17/header.csv", "own/a.csv", "own/.hidden.csv", "own/~$a.xlsx"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


def test_a_record_has_the_sha256_of_each_file_of_the_extracts_by_its_path_in_the_folder(own):
    told = record.extracts({"authority": "Kent", "extracts": "own"})
    assert told == {
        "folder": "own",
        "files": {
            "2016-17/header.csv": hashlib.sha256(b"own/2016-17/header.csv").hexdigest(),
            "a.csv": hashlib.sha256(b"own/a.csv").hexdigest(),
        },
    }
    assert list(told["files"]) == sorted(told["files"])


def test_a_report_that_is_about_to_run_has_its_extracts_recorded(fixtures):
    (job,) = plan.plan([fixtures / "small.yaml"], notebooks=fixtures)
    params = job.params | {"extracts": "data/sample/ssda903_synthetic/2016-17"}
    job = plan.Job(job.notebook, params, job.name)
    told = record.begin(job, notebook.read(job.notebook), job.notebook.read_bytes())
    assert told["extracts"]["folder"] == params["extracts"]
    assert "episodes.csv" in told["extracts"]["files"]


def test_a_changed_extract_changes_the_record(own):
    before = record.extracts({"extracts": "own"})
    (own / "own" / "a.csv").write_text("another")
    after = record.extracts({"extracts": "own"})
    assert before["files"].keys() == after["files"].keys()
    assert before["files"]["a.csv"] != after["files"]["a.csv"]


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"extracts": "none"},
        {"extracts": "gone"},
        {"extracts": 7},
        {"extracts": "."},
        {"authority": "Medway", "extracts": "data/sample"},
    ],
    ids=["no parameter", "none", "no folder", "no text", "the project", "another's sample"],
)
def test_a_record_without_extracts_lists_none(params, tmp_path, monkeypatch):
    (tmp_path / "data" / "sample").mkdir(parents=True)
    (tmp_path / "data" / "sample" / "a.csv").write_text("a")
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    assert record.extracts(params) is None


def test_an_extract_that_cannot_be_opened_is_listed_without_a_sha256(own, monkeypatch):
    def refuse(*given):
        raise PermissionError

    monkeypatch.setattr(hashlib, "file_digest", refuse)
    assert record.extracts({"extracts": "own"})["files"]["a.csv"] is None


def test_a_file_whose_name_is_no_text_is_listed_in_a_record_that_can_be_written(own):
    try:
        Path(os.fsdecode(bytes(own / "own") + b"/\xe9.csv")).write_text("a")
    except OSError:
        return  # This file system has no such names.
    told = record.extracts({"extracts": "own"})
    assert "\\udce9.csv" in told["files"]
    json.dumps(told, ensure_ascii=False).encode()


def test_the_sample_is_recorded_without_a_path_of_this_machine():
    told = record.extracts({"authority": "Kent", "extracts": "data/sample"})
    assert told["folder"] == "data/sample"
    assert "districts_synthetic.csv" in told["files"]
    assert str(paths.ROOT) not in str(told)


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
