"""Making reports again as they would be made now: today's data, code and packages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kentlib import records, releases
from kentlib.reports import facts, manifest, notebook, record
from kentlib.reports.plan import Job
from kentlib.reports.worker import Making
from kentlib.review.bench import LIMITS, Bench
from kentlib.review.reports import Report

STAMP = "review"
"""What a run is called that only a review sees."""


@dataclass(frozen=True)
class Again:
    """A report that was run again.

    `notebook` is None where it could not be made, which `error` says, or where it is the very
    file that is reviewed (`same`).
    """

    told: dict[str, Any]
    notebook: dict[str, Any] | None
    same: bool = False
    error: str = ""


def missing(report: Report) -> str:
    """Why a report cannot be run here at all, in a clause; nothing if it can."""
    if report.source is None:
        return f"the notebook {report.about} is gone"
    named = report.parameters.get("extracts")
    had = report.told is None or report.told.get("extracts")
    if had and isinstance(named, str) and named != records.NONE and records.problem(named):
        return f"the extracts are gone: {manifest.shown(named)!r} {_why(named)}"
    before = (report.told or {}).get("published")
    if before and releases.problem(before["folder"], report.about, {}):
        folder = manifest.shown(before["folder"])
        return f"what was published before cannot be read: {folder!r} is not as it was"
    return ""


def job(report: Report) -> Job:
    """What to make for a report to be as it was asked for."""
    area = report.told["area"] if report.told else records.ALL
    return Job(report.source, report.parameters, report.name, area)


def make(
    reports: Sequence[Report], bench: Bench, folder: Path, workers: int | None
) -> dict[Path, Again]:
    """Run reports again, by the path of each.

    One alone runs in the kernels of the bench, which looks for causes too; several run in a pool,
    as those of a run do.
    """
    groups: dict[Path, list[Report]] = {}
    for report in reports:
        groups.setdefault(report.path.parent, []).append(report)
    made: dict[Path, Again] = {}
    for number, several in enumerate(groups.values()):
        jobs = {report.name: job(report) for report in several}
        known = facts.gather(STAMP, jobs.values())
        own = folder / f"again-{number}"
        own.mkdir()
        by_name = {report.name: report for report in several}
        for told in _made(list(jobs.values()), known, bench, own, workers):
            report = by_name[told["report"]]
            made[report.path] = _again(report, told, known, own)
    return made


def _made(jobs: list[Job], known: facts.Facts, bench: Bench, folder: Path, workers: int | None):
    if len(jobs) == 1:
        yield bench.make(jobs[0], known, folder)
        return
    from kentlib.reports.pool import Pool

    making = Making(known, folder, folder / "no run before", LIMITS, share=True)
    with Pool(making, min(workers or int(record.surroundings()["cores"]), len(jobs))) as pool:
        for event, _, told in pool.make(jobs):
            if event == "done":
                yield told


def _again(report: Report, told: dict[str, Any], known: facts.Facts, folder: Path) -> Again:
    whole = record.begin(job(report), report.notebook, known) | told
    if told["outcome"] != record.FINISHED:
        return Again(whole, None, error=told.get("error", "it could not be made"))
    path = folder / f"{report.name}.ipynb"
    content = path.read_bytes()
    path.unlink()
    if content == report.path.read_bytes() or (
        report.page and not report.edited and told["outputs"][path.name] == _vouched(report)
    ):
        return Again(whole, None, same=True)
    return Again(whole, notebook.parse(content, path.name))


def _vouched(report: Report) -> str | None:
    """The SHA-256 of the executed notebook that a page was made from."""
    return report.told["outputs"].get(f"{report.name}.ipynb")


def _why(named: str) -> str:
    return f"is not here ({records.problem(named)})"
