"""Making reports with the version of kentlib that made them: its commit in a worktree of its own.

That version runs as its own process with its own command, so nothing of today's takes part but
the installed packages, and the extracts that lie outside the history.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kentlib import paths, records
from kentlib.reports import notebook, record
from kentlib.reports.record import without_paths
from kentlib.review.past import git, knows
from kentlib.review.reports import Report

Made = tuple[dict[str, Any] | None, dict[str, Any] | None, str]
"""A report's record and notebook, or why there are none."""


def commit(report: Report) -> str | None:
    """The commit that made a report, if its record tells one."""
    return report.told and report.told.get("kentlib", {}).get("commit")


def missing(report: Report) -> str:
    """Why a report's version cannot be had here, in a clause; nothing if it can."""
    if not report.told:
        return "its record, which would name the version, is not beside it"
    found = commit(report)
    if not found:
        return "its record names no commit"
    if not str(found).isalnum() or not knows(found):
        return f"the history here lacks its commit, {str(found)[:12]}"
    return ""


def make(reports: Sequence[Report], folder: Path, workers: int | None) -> dict[Path, Made]:
    """Make reports again, each with its own commit; by the path of the report's notebook.

    Parameters
    ----------
    reports
        Those that `missing` says nothing of.
    folder
        For what is made; it is the caller's to remove.
    workers
        Reports made at a time; None for one per core.
    """
    groups: dict[tuple[str, Path], list[Report]] = {}
    for report in reports:
        groups.setdefault((commit(report), report.path.parent), []).append(report)
    made: dict[Path, Made] = {}
    for number, ((sha, _), several) in enumerate(groups.items()):
        with _worktree(sha) as tree:
            own = folder / f"recorded-{number}"
            own.mkdir()
            made |= _run(several, tree, own, workers)
    return made


@contextmanager
def _worktree(sha: str) -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="kentlib-recorded-"))
    tree = place / "kentlib-project"
    try:
        # The checkout must be what was committed, whatever this clone is set to do with files.
        plain = ("-c", "core.hooksPath=", "-c", "core.autocrlf=false")
        if git(*plain, "worktree", "add", "--detach", "--quiet", str(tree), sha) is None:
            raise OSError(0, "git could not check out the recorded version", str(tree))
        yield tree
    finally:
        git("worktree", "remove", "--force", str(tree))
        shutil.rmtree(place, ignore_errors=True)


def _run(
    reports: Sequence[Report], tree: Path, folder: Path, workers: int | None
) -> dict[Path, Made]:
    asked = []
    for report in reports:
        for parameter in ("extracts", "published"):
            _linked(report.told["parameters"].get(parameter), tree)
        file = folder / f"{report.told['report']}.yaml"
        file.write_text(json.dumps(report.told["parameters"]), encoding="utf-8")  # YAML as well
        asked.append(str(file))
    runs = folder / "runs"
    found = [str(tree), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "kentlib", "run", *asked),
            *("--out", str(runs), "--fresh"),
            *(("--workers", str(workers)) if workers else ()),
        ],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, found))},
        capture_output=True,
        text=True,
    )
    return {one.path: _made(one, runs / "latest", done) for one in reports}


def _made(report: Report, run: Path, done: subprocess.CompletedProcess) -> Made:
    name = report.told["report"]
    told = record.read(run / f"{name}.json")
    if told and told["outcome"] == record.FINISHED:
        executed = notebook.read(run / f"{name}.ipynb")
        return told, executed, ""
    if told:
        return None, None, told.get("error", "it could not be made")
    said = without_paths(done.stderr).strip().splitlines()
    return None, None, said[-1].removeprefix("kentlib: ") if said else "its command said nothing"


def _linked(named: object, tree: Path) -> None:
    """Let the worktree find a folder that is in this collection's but in no commit."""
    if not isinstance(named, str) or named == records.NONE or ".." in Path(named).parts:
        return
    here, there = paths.ROOT / named, tree / named
    if Path(named).is_absolute() or there.exists() or not here.is_dir():
        return
    there.parent.mkdir(parents=True, exist_ok=True)
    there.symlink_to(here.resolve(), target_is_directory=True)
