"""One report's review: what differs between it and another making of it, why, and the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from kentlib import paths
from kentlib.reports import notebook, record
from kentlib.review import causes, changes, reach, today, verdict
from kentlib.review.bench import Bench, Case, clean
from kentlib.review.causes import Cause, Search
from kentlib.review.changes import KENTLIB, UNTOLD, Change
from kentlib.review.outputs import Difference, differences, within
from kentlib.review.past import Past
from kentlib.review.recorded import Made
from kentlib.review.reports import Report
from kentlib.review.today import Again
from kentlib.review.verdict import Verdict

Hints = list[frozenset[Change]]


@dataclass(frozen=True)
class Asked:
    """How reports are to be reviewed.

    `tolerance` is the most that two numbers may be apart, None for not at all; `at_recorded` has
    each made by the version that made it; `inputs` are folders in which old inputs may lie;
    `workers` are the reports made at a time, None for one per core.
    """

    tolerance: float | None = None
    at_recorded: bool = False
    inputs: tuple[Path, ...] = ()
    workers: int | None = None


@dataclass
class Reviewed:
    """One report after its review.

    `now` is the notebook it was compared with, None where that is the same; `beyond` are the
    differences that count and `near` those within the tolerance; `changed` is all that is not as
    it was; `tried` what was undone to find the causes, with the number of differences left.
    """

    report: Report
    verdict: Verdict
    now: dict[str, Any] | None = None
    beyond: Sequence[Difference] = ()
    near: Sequence[Difference] = ()
    causes: Sequence[Cause] = ()
    changed: Sequence[Change] = ()
    tried: Sequence[tuple[Sequence[Change], int | None]] = field(default_factory=list)


@dataclass(frozen=True)
class Other:
    """The making that a report is compared with: its record, the notebook it was made from, and
    what came of it (`executed`, None if that is the same file or there is an `error`)."""

    told: Mapping[str, Any]
    source: dict[str, Any]
    executed: dict[str, Any] | None
    error: str = ""
    at_recorded: bool = False


def with_today(report: Report, again: Again, bench: Bench, asked: Asked, hints: Hints) -> Reviewed:
    """A report compared with what comes of it today."""
    source = notebook.read(report.source)
    other = Other(again.told, source, again.notebook, again.error)
    return _reviewed(report, other, bench.past, asked, bench, hints)


def at_recorded(report: Report, made: Made, past: Past, asked: Asked) -> Reviewed:
    """A report compared with what the version that made it makes of it here."""
    told, executed, error = made
    if error:
        return Reviewed(report, verdict.cannot(f"the recorded version fails: {error}"))
    other = Other(told, clean(executed), executed, at_recorded=True)
    return _reviewed(report, other, past, asked)


def two(
    then: Report | None, now: Report | None, bench: Bench | None, asked: Asked, hints: Hints
) -> Reviewed:
    """The report of one run compared with that of another; either may be missing.

    `bench` is there if the other run's report could be made again here as it was.
    """
    if then is None:
        return Reviewed(
            now, Verdict(verdict.DIFFERS, "differs, because only the second run has it")
        )
    if now is None:
        return Reviewed(
            then, Verdict(verdict.DIFFERS, "differs, because only the first run has it")
        )
    for which, one in (("first", then), ("second", now)):
        if one.problem or not one.told:
            why = one.problem or "it has no record"
            return Reviewed(then, verdict.cannot(f"in the {which} run {why}"))
    if now.edited:
        why = f"{now.path.name} of the second run is not what that run wrote"
        return Reviewed(then, verdict.cannot(why))
    source = notebook.read(now.source) if bench else clean(now.notebook)
    other = Other(now.told, source, now.notebook)
    return _reviewed(then, other, Past(asked.inputs), asked, bench, hints, now)


def _reviewed(
    report: Report,
    other: Other,
    past: Past,
    asked: Asked,
    bench: Bench | None = None,
    hints: Hints | None = None,
    job_of: Report | None = None,
) -> Reviewed:
    then = report.told or {**other.told, "notebook_sha256": ""}
    source_then = _source(report, other, past)
    changed = changes.between(then, other.told, source_then, other.source)
    if other.executed is None and not other.error:
        return Reviewed(report, Verdict(verdict.REPRODUCED, verdict.REPRODUCED), changed=changed)
    found = _found(report, other)
    beyond, near = (found, []) if asked.tolerance is None else within(found, asked.tolerance)
    why: list[Cause] = []
    tried: list[tuple[Sequence[Change], int | None]] = []
    if beyond:
        job = today.job(job_of or report) if bench else None
        case = Case(job, then, other.told, source_then, other.source)
        vouched = report.told["outputs"].get(f"{report.name}.ipynb") if report.edited else None
        search = Search(
            report.name,
            case,
            report.notebook,
            bench,
            vouched,
            bool(report.told),
            partial(_shown, report),
            hints,
        )
        sources = [one for one in (source_then, other.source) if one]
        relevant = _relevant(changed, sources, past, then)
        why, tried = search.causes(beyond, relevant), search.tried
    said = verdict.of(beyond, near, why, asked.tolerance, at_recorded=other.at_recorded)
    return Reviewed(report, said, other.executed, beyond, near, why, changed, tried)


def _found(report: Report, other: Other) -> list[Difference]:
    if other.error:
        place = f"{report.name}, the whole report"
        made = "it was made"
        told = Difference(causes.ERROR, 0, place, "", "", made, other.error, None, place)
        return [told]
    now = _shown(report, other.executed)
    return differences(report.notebook, now, name=report.name)


def _shown(report: Report, executed: dict[str, Any]) -> dict[str, Any]:
    """What there is to compare with a report: of a page what a page shows."""
    if not report.page:
        return executed
    from kentlib.review import pages

    return pages.shown(executed, report.told)


def _source(report: Report, other: Other, past: Past) -> dict[str, Any] | None:
    """The notebook that a report was made from; of an edited copy not the copy, if it is known.

    None where only a page is there, which is no notebook.
    """
    own = None if report.page else clean(report.notebook)
    if not report.edited and not report.page:
        return own
    sha256 = report.told["notebook_sha256"]
    if report.source and record.sha256(report.source.read_bytes()) == sha256:
        return notebook.read(report.source)
    commit = report.told.get("kentlib", {}).get("commit")
    content = past.content(report.about, sha256, commit)
    return notebook.parse(content, report.source.name) if content else own


def _relevant(
    changed: Iterable[Change], sources: Sequence[dict], past: Past, then: Mapping[str, Any]
) -> list[Change]:
    """The changes that could matter: of kentlib only what the notebook imports, then or now."""
    ours = {one.name: one for one in changed if one.kind == KENTLIB and one != UNTOLD}
    commit = then.get("kentlib", {}).get("commit")

    def before(name: str) -> str:
        old = past.content(name, ours[name].then, commit) if name in ours else None
        return (old or b"").decode(errors="replace")

    reached = reach.reached(sources, paths.ROOT, before) if ours else set()
    return [one for one in changed if one.name not in ours or one.name in reached or one.gone]
