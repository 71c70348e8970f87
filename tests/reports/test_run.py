import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kentlib.reports import files, plan, run

HEADING = """from IPython.display import display
told = {"text/markdown": f"## {place} in {year}", "text/plain": f"{place} in {year}"}
display(told, metadata={"kentlib": {"kind": "heading"}}, raw=True)"""


def go(jobs, out):
    lines = []
    return run.run(jobs, out, say=lines.append), lines


def record_of(folder, name):
    return json.loads((folder / f"{name}.json").read_text())


@pytest.fixture
def jobs(write_notebook, write_params, tmp_path):
    """Jobs of notebooks made of the given cells, one notebook per keyword."""

    def make(**cells):
        for name, sources in cells.items():
            write_notebook(name, *sources)
        made = [write_params(f"{name}.yaml", "place: Southmere\n") for name in cells]
        return plan.plan(made, notebooks=tmp_path)

    return make


def test_a_run_makes_notebook_page_record_and_index(jobs, tmp_path):
    made = jobs(tides=[HEADING, "import os\nprint(os.getcwd())"])
    status, lines = go(made, tmp_path / "out")
    latest = tmp_path / "out" / "latest"
    assert status == 0
    assert lines[-1] == os.path.relpath(latest / "index.html")
    names = {path.name for path in latest.iterdir()}
    assert names == {"index.html", "tides.html", "tides.ipynb", "tides.json"}
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
    go(jobs(tides=[noisy]), tmp_path / "out")
    for path in (tmp_path / "out" / "latest").iterdir():
        content = path.read_text()
        for folder in (str(tmp_path), sys.prefix, str(Path.home()) + "/"):
            assert folder not in content, path.name


def test_the_same_run_twice_makes_the_same_notebook(jobs, tmp_path):
    made = jobs(tides=[HEADING])
    contents = []
    for _ in range(2):
        go(made, tmp_path / "out")
        contents.append((tmp_path / "out" / "latest" / "tides.ipynb").read_bytes())
    assert contents[0] == contents[1]
    assert len([path for path in (tmp_path / "out").iterdir() if not path.is_symlink()]) == 2


def test_a_failure_stops_no_other_and_says_why(jobs, tmp_path):
    broken = "shares = 1\nraise ValueError('on_time is above completed\\nin 1 of 10 rows')"
    status, lines = go(jobs(broken=[broken], tides=[HEADING]), tmp_path / "out")
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
    go(made, tmp_path / "out")
    latest = tmp_path / "out" / "latest"
    good, told = (latest / "tides.ipynb").read_bytes(), record_of(latest, "tides")
    write_notebook("tides", HEADING, "1 / 0")
    for _ in range(2):
        status, _ = go(made, tmp_path / "out")
        assert status == 1
        assert (latest / "tides.ipynb").read_bytes() == good
        again = record_of(latest, "tides")
        assert again["outcome"] == "stale"
        assert again["started"] == told["started"]
        assert "ZeroDivisionError" in again["error"]
        assert "It could not be made again on" in (latest / "tides.html").read_text()
        assert "This report is out of date." in (latest / "index.html").read_text()
    write_notebook("tides", HEADING)
    assert go(made, tmp_path / "out")[0] == 0
    assert "could not be made" not in (latest / "tides.html").read_text()


def test_a_kernel_that_dies_is_a_failed_report(jobs, tmp_path):
    status, lines = go(jobs(tides=["import os\nos._exit(1)", HEADING]), tmp_path / "out")
    assert status == 1
    assert "tides: failed" in lines[0]
    assert "died" in lines[0].lower()


def test_an_interrupted_run_leaves_latest_and_no_kernel(jobs, tmp_path):
    made = jobs(tides=[HEADING])
    out = tmp_path / "out"
    go(made, out)
    before = (out / "latest").resolve()
    code = (
        "import sys\nfrom pathlib import Path\nfrom kentlib import cli, paths\n"
        f"paths.NOTEBOOKS = Path({str(tmp_path)!r})\n"
        f"sys.exit(cli.main(['run', {str(tmp_path / 'slow.yaml')!r}, '--out', {str(out)!r}]))"
    )
    marker = tmp_path / "kernel"
    jobs(slow=[f"import os\nopen({str(marker)!r}, 'w').write(str(os.getpid()))", "while True: 1"])
    for sent in (signal.SIGINT, signal.SIGTERM):
        marker.unlink(missing_ok=True)
        running = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
        wait_until(lambda: marker.exists() and marker.read_text())
        kernel = int(marker.read_text())
        running.send_signal(sent)
        _, said = running.communicate(timeout=20)
        assert running.returncode == 130
        assert said == "kentlib: interrupted; reports/latest is as it was.\n"
        assert (out / "latest").resolve() == before
        assert {path.name for path in out.iterdir()} == {"latest", before.name}
        wait_until(lambda pid=kernel: not alive(pid))


def wait_until(true, seconds=20):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


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
    monkeypatch.setattr(os, "replace", lambda *paths: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        files.write(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
