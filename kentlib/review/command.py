"""`kentlib review`: run reports again, say what differs and why, write the page to sign off."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from kentlib import paths
from kentlib.errors import DataError
from kentlib.reports import facts, files, places, scan
from kentlib.reports.kernel import Failure
from kentlib.reports.plan import Job
from kentlib.review import compared, page, recorded, reports, today, verdict
from kentlib.review.bench import Bench
from kentlib.review.changes import Change
from kentlib.review.compared import Asked, Reviewed
from kentlib.review.past import Past
from kentlib.review.reports import Report
from kentlib.words import listed, plural

FOLDER = "reviews"
"""Where reviews go in the collection, unless another folder is named."""

SHOWN = 8
"""Differences of one report that are printed; the page has them all."""


def review(
    executed: Sequence[Path],
    say: Callable[[str], None] = print,
    *,
    asked: Asked = Asked(),  # noqa: B008
    out: Path | None = None,
) -> int:
    """Review reports; see the README for what the arguments are to a person.

    Parameters
    ----------
    executed
        Executed notebooks, pages or records beside them, the folder of a run; or two such
        folders, whose reports are compared without running any.
    say
        Takes the lines of the summary; the last is the path of the page.
    asked
        How.
    out
        Where the page and its JSON go; a new folder in reviews/ unless given.

    Returns
    -------
    0 when every report is reproduced (within the tolerance), 1 when one differs, 2 when one
    cannot be reproduced here or not be read.

    Raises
    ------
    DataError
        There is nothing to review, or `out` is no place for it.
    """
    if out and (why := places.unfit(out)):
        raise DataError(f"--out is {str(out)!r}; {why}.")
    two = len(executed) == 2 and all(map(reports.is_run, executed)) and not asked.at_recorded
    found = _compared(*executed, asked) if two else _again(executed, asked)
    done = [looked_through(one) for one in found]
    for one in done:
        _tell(one, say)
    told = summary(done, asked, two=two)
    say(told)
    folder = out or paths.ROOT / FOLDER / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    folder.mkdir(parents=True, exist_ok=True)
    files.write(folder / "review.json", files.as_json(page.as_json(done, asked, told)))
    files.write(folder / "review.html", page.make(done, asked, told).encode())
    say(os.path.relpath(folder / "review.html"))
    return max(verdict.EXIT[one.verdict.outcome] for one in done)


def summary(done: Sequence[Reviewed], asked: Asked, *, two: bool = False) -> str:
    """How the review went, in one sentence."""
    count = Counter(one.verdict.outcome for one in done)
    words = {
        verdict.REPRODUCED: "reproduced",
        verdict.WITHIN: "reproduced within tolerance",
        verdict.DIFFERS: "different",
        verdict.CANNOT: "not reproducible here",
    }
    if two:
        words[verdict.REPRODUCED] = "the same in both runs"
    told = listed(f"{count[one]} {words[one]}" for one in words if count[one])
    within = "" if asked.tolerance is None else f" (numbers may be {asked.tolerance:g} apart)"
    how = ", with the version that made each" if asked.at_recorded else ""
    return f"{plural(len(done), 'report')} reviewed{how}{within}: {told}."


def looked_through(one: Reviewed) -> Reviewed:
    """What came of a report, unless it shows, then or now, what nobody may be shown."""
    if one.report.notebook is None:
        return one
    looking = scan.of_values(one.report.parameters)
    try:
        for made in filter(None, (one.report.notebook, one.now)):
            looking.notebook(made)
    except Failure as failure:
        return Reviewed(one.report, verdict.cannot(f"what it shows is withheld: {failure}"))
    return one


def _again(executed: Sequence[Path], asked: Asked):
    """Review reports by running them again."""
    found = reports.find(executed)
    past = Past(asked.inputs)
    lacking = recorded.missing if asked.at_recorded else today.missing
    why_not = {report.path: report.problem or lacking(report) for report in found}
    ready = [report for report in found if not why_not[report.path]]
    folder = Path(tempfile.mkdtemp(prefix="kentlib-again-"))
    try:
        with Bench(past) as bench:
            if asked.at_recorded:
                made = recorded.make(ready, folder, asked.workers)
            else:
                made = today.make(ready, bench, folder, asked.workers)
            hints: list[frozenset[Change]] = []
            for report in found:
                if why := why_not[report.path]:
                    yield Reviewed(report, verdict.cannot(why))
                elif asked.at_recorded:
                    yield compared.at_recorded(report, made[report.path], past, asked)
                else:
                    yield compared.with_today(report, made[report.path], bench, asked, hints)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _compared(one: Path, other: Path, asked: Asked):
    """Compare the reports of two runs."""
    then, now = ({report.name: report for report in reports.find([run])} for run in (one, other))
    jobs = {name: today.job(report) for name, report in now.items() if _runs(report)}
    known = facts.gather(today.STAMP, jobs.values())
    hints: list[frozenset[Change]] = []
    with Bench(Past(asked.inputs)) as bench:
        for name in [*then, *(name for name in now if name not in then)]:
            pair = then.get(name), now.get(name)
            ours = bench if _is_today(jobs.get(name), pair[1], known) else None
            yield compared.two(*pair, ours, asked, hints)


def _runs(report: Report) -> bool:
    return not report.problem and bool(report.told) and not today.missing(report)


def _is_today(job: Job | None, report: Report | None, known: facts.Facts) -> bool:
    """Whether what made a report is what is here, so that it can be run again."""
    return bool(job and report and report.told.get("key") == known.key(job))


def _tell(one: Reviewed, say: Callable[[str], None]) -> None:
    say(f"{one.report.name}: {one.verdict.words}")
    for difference in one.beyond[:SHOWN]:
        say(f"  {' '.join(difference.said().split())}")
    if len(one.beyond) > SHOWN:
        say(f"  and {plural(len(one.beyond) - SHOWN, 'more difference', 'more differences')}")
