import json
import re
import sys

import pytest

from kentlib import paths
from kentlib.reports import facts, notebook, plan, record


def test_a_record_says_all_that_a_run_could_differ_in(fixtures):
    (job,) = plan.plan([fixtures / "small.yaml"], notebooks=fixtures).jobs
    known = facts.gather("20261122T013000Z", [job])
    told = record.begin(job, notebook.read(job.notebook), known)
    assert (told["report"], told["area"], told["run"]) == ("small", "all", "20261122T013000Z")
    assert told["key"] == known.key(job)
    assert told["notebook"] == "tests/fixtures/small.ipynb"
    assert told["notebook_sha256"] == record.sha256(job.notebook.read_bytes())
    assert told["parameters"] == {"place": "Northfold", "year": 2017}
    assert told["lock_sha256"] == record.sha256(paths.LOCK.read_bytes())
    assert set(told["inputs"]) == {
        f"data/{path.name}" for path in paths.DATA.iterdir() if path.suffix in (".csv", ".yaml")
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told["started"])
    assert told["packages"]["pandas"]
    assert told["extracts"] is None


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


def test_a_record_that_cannot_be_read_is_none(tmp_path):
    path = tmp_path / "tides.json"
    assert record.read(path) is None
    for content in ("", "[]", '{"outcome": "finished"}', '{"outputs": {}}', "\udcff"):
        path.write_bytes(content.encode(errors="surrogateescape"))
        assert record.read(path) is None, content


def test_a_record_from_before_there_were_areas_is_about_the_whole_authority(tmp_path):
    path = tmp_path / "20261121T000000Z" / "tides.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"outcome": "finished", "outputs": {}}))
    told = record.read(path)
    assert (told["area"], told["run"], told["asked"]) == ("all", "20261121T000000Z", True)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("could not convert string to float: 'ME14 1XQ'", "could not convert string to float: –"),
        ("no row for SYN004512 born 2004-03-12", "no row for – born –"),
        ('time data "12/03/2004" doesn\'t match', "time data – doesn't match"),
        ("child 4512077 twice", "child – twice"),
        (
            "on_time is above completed in 1 of 10 rows",
            "on_time is above completed in 1 of 10 rows",
        ),
        ("[Errno 28] No space left on device", "[Errno 28] No space left on device"),
        ("'district'", "'district'"),
    ],
)
def test_an_error_quotes_no_value_that_the_code_does_not_write(said, told):
    assert record.without_values(said, "shares['district'].loc[2017]") == told


def test_a_report_that_is_about_to_run_has_its_extracts_recorded(fixtures):
    (job,) = plan.plan([fixtures / "small.yaml"], notebooks=fixtures).jobs
    params = job.params | {"extracts": "data/sample/ssda903_synthetic/2016-17"}
    job = plan.Job(job.notebook, params, job.name)
    known = facts.gather("20261122T013000Z", [job])
    told = record.begin(job, notebook.read(job.notebook), known)
    assert told["extracts"]["folder"] == params["extracts"]
    assert "episodes.csv" in told["extracts"]["files"]
