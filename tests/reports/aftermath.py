"""What must hold after a run has ended in whatever way: nothing half done, and nothing left."""

import json
import os
import re
import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from kentlib.reports import record

STAMP = re.compile(r"\d{8}T\d{6}Z(-\d+)?")
OF_THE_RUN = {"index.html", "manifest.json", "ro-crate-metadata.json", "log.jsonl"}
DEADLINE = 20.0


def wait_until(true, seconds=DEADLINE, seen=None):
    """What a function returns once that is true; `seen` tells what there was instead."""
    end = time.monotonic() + seconds
    while not (told := true()):
        assert time.monotonic() < end, seen() if seen else f"not in {seconds} seconds"
        time.sleep(0.02)
    return told


def assert_whole(out, *, broken_off=0):
    """Check that `latest` and every run beside it are complete; give the records of `latest`.

    `broken_off` is the number of hidden folders that wait for the next run to take them up.
    """
    names = {path.name for path in out.iterdir()}
    runs = {name for name in names if STAMP.fullmatch(name)}
    hidden = {name for name in names if STAMP.fullmatch(name[1:].removesuffix(".partial"))}
    assert names == {"latest", ".lock"} | runs | hidden
    assert len(hidden) == broken_off
    assert (out / "latest").is_symlink()
    assert os.readlink(out / "latest") in runs
    for run in runs:
        _assert_complete(out / run)
    return records_of(out)


def _assert_complete(run):
    told = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    assert (told[0]["event"], told[-1]["event"]) == ("run", "ended")
    assert told[0]["run"] == run.name
    manifest = json.loads((run / "manifest.json").read_text())
    assert (manifest["outcome"], manifest["run"]) == ("complete", run.name)
    json.loads((run / "ro-crate-metadata.json").read_text())
    page = (run / "index.html").read_text()
    expected = set(OF_THE_RUN)
    for report in manifest["reports"]:
        name = report["report"]
        one = json.loads((run / f"{name}.json").read_text())
        assert one["outcome"] == report["outcome"]
        there = {f"{name}.html", f"{name}.ipynb"} if one["outcome"] != "failed" else set()
        assert set(one["outputs"]) == there
        for file, digest in one["outputs"].items():
            assert record.sha256((run / file).read_bytes()) == digest
        assert "Traceback" not in one.get("error", "")
        assert name in page
        expected |= there | {f"{name}.json"}
    assert {path.name for path in run.iterdir()} == expected


def records_of(out):
    """The records in `latest`, by report."""
    told = [json.loads(path.read_text()) for path in (out / "latest").glob("*.json")]
    return {one["report"]: one for one in told if "report" in one}


class Place:
    """A folder for temporary files of its own, by which what used it is known."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def processes(self):
        """Processes that were started with this folder for their temporary files."""
        mark = f"TMPDIR={self.folder}".encode()
        found = {}
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdecimal() and int(entry.name) != os.getpid():
                    variables = (entry / "environ").read_bytes().split(b"\0")
                    line = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
                    # Python's own, once it has started a process anew, as long as it lives.
                    if mark in variables and b"multiprocessing.resource_tracker" not in line:
                        found[int(entry.name)] = line.decode(errors="replace")
            except OSError:
                continue
        return found

    def assert_nothing_left(self, *, processes=(), folders=(), seconds=5):
        """Check that every process and temporary folder but some is gone, or goes now."""
        wait_until(lambda: not set(self.processes()) - set(processes), seconds, self.processes)
        kept = {Path(folder) for folder in folders}
        wait_until(lambda: not set(self.folder.glob("kentlib-*")) - kept, seconds)


@contextmanager
def apart(tmp_path_factory):
    """A `Place` that this process and what it starts have for temporary files, for a while."""
    tmp_path_factory.getbasetemp()  # of all modules: made now, it is not in this one
    with private_place() as place, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(place.folder))
        patch.setattr(tempfile, "tempdir", None)
        yield place


@contextmanager
def private_place():
    """A `Place` with a name short enough for sockets; gone afterwards."""
    folder = tempfile.mkdtemp(prefix="p", dir="/tmp")
    try:
        yield Place(folder)
    finally:
        shutil.rmtree(folder)


def zombies():
    """Children of this process that ended and were not asked how."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            about = (entry / "stat").read_text().rpartition(")")[2].split()
        except (OSError, ValueError):
            continue
        if about[0] == "Z" and int(about[1]) == os.getpid():
            found.append(int(entry.name))
    return found
