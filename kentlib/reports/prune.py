"""Old runs are removed, so that a run every night does not fill the disk."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Any

from kentlib.reports.files import json_object

STAMP = re.compile(r"(\d{8}T\d{6}Z)(?:-(\d+))?")
"""The name of a run's folder: the time in UTC, and a number where two began in one second."""

LEFT = re.compile(rf"\.{STAMP.pattern}\.pruned")
"""The name of a run whose removal has begun; it is no run any more."""


def prune(out: Path, keep_runs: int) -> list[str]:
    """Remove the oldest runs until `keep_runs` are left.

    The run that `latest` leads to stays, and so does the last good one, the newest in which every
    report finished, even if that leaves more. Only folders named as runs that hold a manifest or
    a record of ours are runs; anything else in `out` is left alone.

    Parameters
    ----------
    out
        The folder of runs. Whoever calls holds its lock.
    keep_runs
        Runs to keep; the one that `latest` leads to is among them.

    Returns
    -------
    A line for the log for each run removed, and for each that could not be.
    """
    try:
        with os.scandir(out) as found:
            inside = [Path(one.path) for one in found if one.is_dir(follow_symlinks=False)]
    except OSError as error:
        return [f"old runs could not be looked for: {_why(error)}"]
    notes = [note for path in inside if LEFT.fullmatch(path.name) for note in _delete(path)]
    runs = sorted((path for path in inside if _is_run(path)), key=_age)
    spare = len(runs) - max(keep_runs, 1)
    if spare <= 0:
        return notes
    kept = {_latest(out), next((run.name for run in reversed(runs) if _is_good(run)), "")}
    for run in [run for run in runs if run.name not in kept][:spare]:
        notes += _remove(run)
    return notes


def _remove(run: Path) -> list[str]:
    """Take a run away in one step, then delete it; what is left of that is deleted next time."""
    aside = run.with_name(f".{run.name}.pruned")
    try:
        os.rename(run, aside)
    except OSError as error:
        return [f"the old run {run.name} could not be removed: {_why(error)}"]
    return [f"the old run {run.name} was removed", *_delete(aside)]


def _delete(aside: Path) -> list[str]:
    try:
        shutil.rmtree(aside)
    except OSError as error:
        return [f"files of an old run are left in {aside.name}: {_why(error)}"]
    return []


def _why(error: OSError) -> str:
    """What the system says, without the folders it says it of."""
    return error.strerror or type(error).__name__


def _age(run: Path) -> tuple[str, int]:
    stamp, again = STAMP.fullmatch(run.name).groups()
    return stamp, int(again or 1)


def _is_run(path: Path) -> bool:
    return bool(STAMP.fullmatch(path.name)) and _outcomes(path) is not None


def _is_good(run: Path) -> bool:
    return set(_outcomes(run)) == {"finished"}


def _outcomes(run: Path) -> list[Any] | None:
    """How a run's reports ended, by its manifest or else its records; None without either."""
    reports = json_object(run / "manifest.json").get("reports")
    if not isinstance(reports, list):
        records = {path.stem: json_object(path) for path in run.glob("*.json")}
        reports = [told for name, told in records.items() if told.get("report") == name]
        if not reports:
            return None
    return [told.get("outcome") for told in reports if isinstance(told, dict)]


def _latest(out: Path) -> str:
    """The name of the run that `latest` leads to, or is a copy of; empty without one."""
    latest = out / "latest"
    if latest.is_symlink():
        return Path(os.readlink(latest)).name
    return str(json_object(latest / "manifest.json").get("run", ""))
