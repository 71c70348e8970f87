import errno
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kentlib.reports import files, plan, run

HEADING = """from IPython.display import display
told = {"text/markdown": f"## {place} in {year}", "text/plain": f"{place} in {year}"}
display(told, metadata={"kentlib": {"kind": "heading"}}, raw=True)"""


def go(asked, **how):
    lines = []
    return run.run(asked, lines.append, **how), lines


def record_of(folder, name):
    return json.loads((folder / f"{name}.json").read_text())


@pytest.fixture
def jobs(write_notebook, write_params, tmp_path):
    """A plan of notebooks made of the given cells, one notebook per keyword, run into "out"."""

    def make(**cells):
        for name, sources in cells.items():
            write_notebook(name, *sources)
        made = [write_params(f"{name}.yaml", "place: Southmere\n") for name in cells]
        return plan.plan(made, notebooks=tmp_path, out=tmp_path / "out", workers=1)

    return make


def test_a_run_makes_notebook_page_record_and_index(jobs, tmp_path):
    made = jobs(tides=[HEADING, "import os\nprint(os.getcwd())"])
    status, lines = go(made)
    latest = tmp_path / "out" / "latest"
    assert status == 0
    assert lines[-1] == os.path.relpath(latest / "index.html")
    names = {path.name for path in latest.iterdir()}
    of_the_run = {"index.html", "manifest.json", "ro-crate-metadata.json", "log.jsonl"}
    assert names == of_the_run | {"tides.html", "tides.ipynb", "tides.json"}
    told = record_of(latest, "tides")
    assert told["outcome"] == "finished"
    assert told["question"] == "Is tides a question?"
    assert told["finding"] == "Southmere in 2017"
    assert told["parameters"] == {"place": "Southmere", "year": 2017}
    assert told["inputs"]["data/areas.csv"]
    for name, digest in told["outputs"].items():
        assert run.record.sha256((latest / name).read_bytes()) == digest
    assert "Southmere in 2017" in (latest / "index.html").read_text()


def test_nothing_made_names_a_folder_of_this_machine(jobs, tmp_path):
    noisy = "import os, sys\nprint(os.getcwd(), sys.prefix, file=sys.stderr)\n(os.getcwd(), os.sep)"
    go(jobs(tides=[noisy]))
    for path in (tmp_path / "out" / "latest").iterdir():
        content = path.read_text()
        for folder in (str(tmp_path), sys.prefix, str(Path.home()) + "/"):
            assert folder not in content, path.name


def test_the_same_run_twice_makes_the_same_notebook(jobs, tmp_path):
    made = jobs(tides=[HEADING])
    contents = []
    for _ in range(2):
        go(made, fresh=True)
        contents.append((tmp_path / "out" / "latest" / "tides.ipynb").read_bytes())
    assert contents[0] == contents[1]
    runs = [path for path in (tmp_path / "out").iterdir() if run.STAMP.fullmatch(path.name)]
    assert len(runs) == 2


def test_a_report_is_made_again_only_when_something_that_made_it_has_changed(jobs, tmp_path):
    marker = tmp_path / "made"
    count = f"open({str(marker)!r}, 'a').write('x')"
    made = jobs(tides=[HEADING, count])
    go(made)
    first = record_of(tmp_path / "out" / "latest", "tides")["run"]
    status, lines = go(made)
    assert (status, marker.read_text()) == (0, "x")
    assert lines[0] == "1 unchanged and reused: nothing that made them has changed."
    again = record_of(tmp_path / "out" / "latest", "tides")
    assert again["run"] == first != (tmp_path / "out" / "latest").resolve().name
    assert "nchanged since" in (tmp_path / "out" / "latest" / "index.html").read_text()
    go(made, fresh=True)
    assert marker.read_text() == "xx"
    go(jobs(tides=[HEADING, count, "1 + 1"]))
    assert marker.read_text() == "xxx"


def test_a_part_of_a_plan_leaves_the_other_reports_and_a_whole_one_does_not(jobs, tmp_path):
    both = jobs(tides=[HEADING], waves=[HEADING])
    go(both)
    go(replace(both, jobs=both.jobs[:1], whole=False))
    latest = tmp_path / "out" / "latest"
    assert record_of(latest, "waves")["asked"] is False
    assert record_of(latest, "tides")["asked"] is True
    assert "waves.html" in (latest / "index.html").read_text()
    go(replace(both, jobs=both.jobs[:1], whole=True))
    assert not (latest / "waves.html").exists()


def test_runs_beyond_those_that_a_plan_keeps_are_removed(jobs, tmp_path):
    made = replace(jobs(tides=[HEADING]), keep_runs=1)
    for _ in range(2):
        go(made, fresh=True)
    (left,) = [path for path in (tmp_path / "out").iterdir() if run.STAMP.fullmatch(path.name)]
    assert left == (tmp_path / "out" / "latest").resolve()


def test_a_failure_stops_no_other_and_says_why(jobs, tmp_path):
    broken = "shares = 1\nraise ValueError('on_time is above completed\\nin 1 of 10 rows')"
    status, lines = go(jobs(broken=[broken], tides=[HEADING]))
    latest = tmp_path / "out" / "latest"
    assert status == 1
    why = 'ValueError in the cell that begins "shares = 1": on_time is above completed in 1 of 10'
    assert why in lines[0]
    assert record_of(latest, "broken")["outcome"] == "failed"
    assert record_of(latest, "tides")["outcome"] == "finished"
    assert not (latest / "broken.html").exists()
    assert not (latest / "broken.ipynb").exists()
    page = (latest / "index.html").read_text()
    assert "1 of 2 reports was made" in page
    assert "This report could not be made." in page
    assert "on_time is above completed" in page
    assert "Traceback" not in page


def test_a_failed_report_keeps_its_last_good_version_marked_stale(jobs, tmp_path, write_notebook):
    made = jobs(tides=[HEADING])
    go(made)
    latest = tmp_path / "out" / "latest"
    good, told = (latest / "tides.ipynb").read_bytes(), record_of(latest, "tides")
    write_notebook("tides", HEADING, "1 / 0")
    for _ in range(2):
        status, _ = go(made)
        assert status == 1
        assert (latest / "tides.ipynb").read_bytes() == good
        again = record_of(latest, "tides")
        assert again["outcome"] == "stale"
        assert again["started"] == told["started"]
        assert "ZeroDivisionError" in again["error"]
        assert "It could not be made again on" in (latest / "tides.html").read_text()
        assert "This report is out of date." in (latest / "index.html").read_text()
    write_notebook("tides", HEADING)
    assert go(made)[0] == 0
    assert "could not be made" not in (latest / "tides.html").read_text()


def test_latest_is_a_copy_where_links_are_not_to_be_had(tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise OSError("a required privilege is not held")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "index.html").write_text(name)
        files.point(tmp_path / "latest", folder)
        assert (tmp_path / "latest" / "index.html").read_text() == name
    assert {path.name for path in tmp_path.iterdir()} == {"first", "second", "latest"}


def test_a_file_that_cannot_be_written_whole_leaves_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "page.html"
    files.write(path, b"old")
    monkeypatch.setattr(
        os, "replace", lambda *paths: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full"))
    )
    with pytest.raises(OSError, match=r"full: .*page\.html"):
        files.write(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
