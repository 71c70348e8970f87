"""What is reviewed is found, and what cannot be is said, before anything runs."""

import json

import pytest

from kentlib import cli
from kentlib.errors import DataError
from kentlib.reports import notebook, page, record
from kentlib.review import inputs_of, pages, reports


def made(folder, name="small", **told):
    """An executed notebook and its record in a folder."""
    folder.mkdir(exist_ok=True)
    cells = [{"cell_type": "code", "id": "one", "metadata": {}, "source": "1"}]
    cells[0] |= {"execution_count": 1, "outputs": []}
    nb = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / f"{name}.ipynb").write_text(json.dumps(nb))
    content = (folder / f"{name}.ipynb").read_bytes()
    about = {"report": name, "notebook": "notebooks/judgements.ipynb", "notebook_sha256": "0"}
    about |= {"outcome": "finished", "parameters": {}, "packages": {}, "area": "all"}
    about |= {"kentlib": {"version": "0.1.0", "commit": None, "modified": None}, "inputs": {}}
    about |= {"outputs": {f"{name}.ipynb": record.sha256(content)}, "run": "20261122T000000Z"}
    (folder / f"{name}.json").write_text(json.dumps(about | told))
    return folder / f"{name}.ipynb"


def test_a_run_is_all_its_reports_and_one_named_twice_is_one(tmp_path):
    one, two = (made(tmp_path / "run", name) for name in ("a.dover", "b"))
    found = reports.find(
        [tmp_path / "run", one, two.with_suffix(".html"), two.with_suffix(".json")]
    )
    assert [report.name for report in found] == ["a.dover", "b"]
    assert not any(report.problem or report.edited for report in found)


def test_a_folder_without_reports_is_an_error(tmp_path):
    with pytest.raises(DataError, match="holds no report"):
        reports.find([tmp_path])


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "is not there"), ("{", "not a notebook"), ('{"nbformat": 4}', "not a notebook"),
     ('{"nbformat": 4, "cells": [{}]}', "not a notebook"), ("[" * 90_000, "not a notebook")],
)  # fmt: skip
def test_what_is_no_notebook_is_told_and_stops_nothing_else(tmp_path, content, why):
    path = made(tmp_path)
    path.unlink() if content is None else path.write_text(content)
    (report,) = reports.find([path])
    assert why in report.problem


def test_a_copy_that_was_edited_is_known_by_its_hash(tmp_path):
    path = made(tmp_path)
    path.write_text(path.read_text() + " ")
    (report,) = reports.find([path])
    assert report.edited


def test_a_record_that_is_none_is_as_if_it_were_not_there(tmp_path):
    path = made(tmp_path)
    whole = json.loads(path.with_suffix(".json").read_text())
    lists = [json.dumps(whole | {name: []}) for name in ("parameters", "notebook", "kentlib")]
    for content in ("{", "[]", '{"outcome": "finished", "outputs": {}}', *lists):
        path.with_suffix(".json").write_text(content)
        (report,) = reports.find([path])
        assert (report.told, report.edited, report.problem) == (None, False, "")


def test_a_report_that_the_run_could_not_make_is_told_with_its_reason(tmp_path):
    path = made(tmp_path, outcome="failed", error="DataError: no rows")
    (report,) = reports.find([path])
    assert report.problem == "the run could not make it: DataError: no rows"


def test_the_hashes_of_kentlib_are_taken_from_the_run_where_a_record_lacks_them(tmp_path):
    path = made(tmp_path)
    manifest = {"run": "20261122T000000Z", "kentlib_sha256": {"kentlib/a.py": "0"}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    (report,) = reports.find([path])
    assert report.told["kentlib_sha256"] == {"kentlib/a.py": "0"}


def test_a_record_leads_to_no_file_outside_the_collection(tmp_path):
    for name in ("../../etc/passwd", "/etc/passwd", str(tmp_path / "small.ipynb")):
        (report,) = reports.find([made(tmp_path, notebook=name)])
        assert report.source is None


def test_the_command_says_what_cannot_be_reviewed_and_writes_the_page(tmp_path, capsys):
    path = made(tmp_path / "run", notebook="notebooks/none.ipynb")
    out = tmp_path / "out"
    status = cli.main(["review", str(path), str(tmp_path / "gone.ipynb"), "--out", str(out)])
    lines = capsys.readouterr().out.splitlines()
    assert status == 2
    because = "cannot be reproduced here, because"
    assert lines[0] == f"small: {because} the notebook notebooks/none.ipynb is gone"
    assert lines[1] == f"gone: {because} gone.ipynb is not there"
    assert lines[2] == "2 reports reviewed: 2 not reproducible here."
    assert lines[3].endswith("review.html")
    told = json.loads((out / "review.json").read_text())
    assert [one["outcome"] for one in told["reports"]] == ["cannot be reproduced"] * 2


def test_a_review_goes_into_no_folder_of_the_project(tmp_path, capsys):
    assert cli.main(["review", str(made(tmp_path)), "--out", "kentlib/review"]) == 2
    assert "kentlib: --out is" in capsys.readouterr().err


@pytest.mark.parametrize("tolerance", ["-1", "nan", "inf", "x"])
def test_a_tolerance_is_a_distance(tolerance, capsys):
    with pytest.raises(SystemExit):
        cli.main(["review", "a.ipynb", f"--tolerance={tolerance}"])
    assert "is no number from 0" in capsys.readouterr().err


@pytest.fixture
def told():
    """A record for the page of the stored small notebook."""
    return {
        **{"report": "small", "question": "Were assessments finished on time?", "tables": []},
        **{"notebook": "notebooks/small.ipynb", "notebook_sha256": "a" * 64},
        **{"parameters": {"year": 2017}, "python": "3.11.2", "packages": {}, "lock_sha256": None},
        **{"kentlib": {"version": "0.1.0", "commit": None, "modified": None}},
        **{"started": "2025-11-03T02:15:00Z", "ended": "2025-11-03T02:15:04Z"},
    }


def test_a_page_is_a_notebook_that_shows_the_same(fixtures, told):
    stored = notebook.read(fixtures / "small.ipynb")
    shown = pages.as_notebook(page.make(stored, told), "small.html")
    for kind, one in (("heading", "text/plain"), ("figure", "image/svg+xml"), ("table", "caption")):
        then, now = (list(notebook.outputs(nb, kind)) for nb in (stored, shown))
        of = lambda o, one=one: o["data"].get(one) or o["metadata"]["kentlib"][one]  # noqa: E731
        assert [of(output) for output in then] == [of(output) for output in now]
    codes = [cell["source"] for cell in stored["cells"] if cell["cell_type"] == "code"]
    assert [cell["source"] for cell in shown["cells"][1:]] == codes


def test_another_page_is_no_report():
    with pytest.raises(DataError, match="not the page of a report"):
        pages.as_notebook("<main id=main><p>Hello</p></main>", "index.html")


def test_inputs_that_changed_or_are_missing_are_told_first(tmp_path):
    from kentlib.reports import inputs

    tables = inputs.digests(inputs.tables())
    name = next(iter(tables))
    told = tables | {"data/none.csv": "1", name: "0", "data/old.csv": tables["data/areas.csv"]}
    found = inputs_of(made(tmp_path, inputs=told))
    here = dict(zip(found["input"], found["here"], strict=True))
    assert sorted(found["here"].iloc[:3]) == ["changed", "changed", "missing"]  # the notebook too
    assert here["data/none.csv"] == "missing"
    assert here[name] == "changed"
    assert here["data/old.csv"] == "as it was, called data/areas.csv"
    assert found["here"].iloc[-1].startswith("as it was")


def test_a_report_without_a_record_has_no_inputs_to_tell(tmp_path):
    path = made(tmp_path)
    path.with_suffix(".json").unlink()
    with pytest.raises(DataError, match="no record beside it"):
        inputs_of(path)
