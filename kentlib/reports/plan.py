"""From a plan or params files to jobs: everything that can be wrong is said before a kernel starts.

A plan file names reports (`kentlib.reports.nightly`), a params file holds the parameters of one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kentlib import parameters, paths
from kentlib.errors import DataError
from kentlib.records import ALL
from kentlib.reports import settings
from kentlib.reports.declared import Notebooks
from kentlib.reports.places import unfit
from kentlib.words import listed, plural

if TYPE_CHECKING:
    from kentlib.reports import nightly

DEFAULT = "nightly.yaml"
"""The plan in params/ that is run when no file is named."""

SECONDS, MEGABYTES, RUNS = 900, 4096, 14
"""Limits of one report and complete runs kept, where no plan file says otherwise."""

RESERVED = ("index", "manifest", "ro-crate-metadata", "log", "latest")
"""Names of a run's own files, which no report can have."""


@dataclass(frozen=True)
class Job:
    """One report to make: a notebook, its parameters whole, and the name of its files.

    `area` is the district that the report is about, or "all" for the whole authority; where a
    plan asks for several authorities, the authority. It is the row of the index's grid.
    """

    notebook: Path
    params: dict[str, Any]
    name: str
    area: str = ALL


@dataclass(frozen=True)
class Plan:
    """What a run is to make, where, and within which limits.

    `name` is that of the plan file, or of the params files. `jobs` are the reports to make
    now; `kept` are the names of the plan's others, which stay as they are. When it is `whole`,
    a report of an earlier run that it does not name is gone; otherwise that one stays too.
    `out` is the folder of runs, `workers` the reports made at a time, `seconds` and
    `megabytes` the limits of one report, `keep_runs` the complete runs kept.
    """

    name: str
    jobs: tuple[Job, ...]
    kept: tuple[str, ...]
    whole: bool
    out: Path
    workers: int
    seconds: int = SECONDS
    megabytes: int = MEGABYTES
    keep_runs: int = RUNS


class PlanError(DataError):
    """Nothing can run. `problems` holds one line for each thing to mend."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)


def plan(
    files: Sequence[Path] = (),
    *,
    notebooks: Path | None = None,
    only: Sequence[str] = (),
    districts: Sequence[str] = (),
    out: Path | None = None,
    workers: int | None = None,
) -> Plan:
    """What a plan file, or params files, ask for.

    Parameters
    ----------
    files
        One plan file, which has the key `reports`; or params files named NOTEBOOK.yaml or
        NOTEBOOK.ANYTHING.yaml, the name without ".yaml" being the report's. Without files, the
        nightly plan of params/. A parameter that is left out has the notebook's own value.
    notebooks
        The folder of the notebooks; notebooks/ of this collection unless given.
    only, districts
        Notebooks and districts ("all" for the whole authority) whose reports to make; the plan's
        other reports are kept.
    out, workers
        In place of the plan's own folder of runs, and number of reports made at a time.

    Raises
    ------
    PlanError
        Names every problem of every file.
    """
    about = Notebooks(notebooks or paths.NOTEBOOKS)
    given = [Path(file) for file in files] or [paths.PARAMS / DEFAULT]
    problems: list[str] = []
    jobs: dict[str, Job] = {}
    form = None
    for file in given:
        try:
            asked, form = _asked(file, about)
            if form and len(given) > 1:
                raise DataError("it is a plan: run it without other files.")
            for job in asked:
                if job.name.casefold() in RESERVED:
                    raise DataError(f"no report can be called {job.name}, as a file of the run is.")
                if job.name.casefold() in jobs:
                    raise DataError(f"another file asks for the report {job.name}.")
                jobs[job.name.casefold()] = job
        except PlanError as error:
            problems += [f"{_shown(file)}: {problem}" for problem in error.problems]
        except DataError as error:
            problems.append(f"{_shown(file)}: {error}")
    if out and (why := unfit(out, () if problems else _extracts(jobs.values()))):
        problems.append(f"--out is {str(out)!r}; {why}.")
    if problems:
        raise PlanError([_line(problem) for problem in problems])
    made = Plan(
        name=", ".join(file.name for file in given),
        jobs=tuple(jobs.values()),
        kept=(),
        whole=form is not None,
        out=out or paths.REPORTS,
        workers=workers or _cores(),
    )
    if form:
        made = replace(
            made,
            out=out or (paths.ROOT / form.out if form.out else paths.REPORTS),
            workers=workers or form.workers or _cores(),
            seconds=form.limits.seconds,
            megabytes=form.limits.megabytes,
            keep_runs=form.keep.runs,
        )
    return _narrowed(made, only, districts) if only or districts else made


def listing(made: Plan) -> list[str]:
    """A line for each report to make, with the parameters that vary, and one about them all."""
    widths = [
        max((len(text) for text in texts), default=0)
        for texts in ([job.name for job in made.jobs], [job.notebook.stem for job in made.jobs])
    ]
    several: dict[tuple[Path, str], set[str]] = {}
    for job in made.jobs:
        for name, value in job.params.items():
            several.setdefault((job.notebook, name), set()).add(repr(value))
    lines = []
    for job in made.jobs:
        varied = [
            f"{name}: {value}"
            for name, value in job.params.items()
            if len(several[job.notebook, name]) > 1 or (name == "district" and value != ALL)
        ]
        names = f"{job.name:{widths[0]}}  {job.notebook.stem:{widths[1]}}"
        lines.append(f"{names}  {', '.join(varied)}".rstrip())
    others = f"; {plural(len(made.kept), 'other stays', 'others stay')} as before" * bool(made.kept)
    how = f"{made.workers} at a time, to {made.out}{others}"
    return [_line(line, keep=" ") for line in [*lines, f"{plural(len(lines), 'report')}, {how}"]]


def read_params(file: Path) -> dict[str, Any]:
    """The values in a params file.

    Raises
    ------
    DataError
        The file is missing, is not YAML (the line is named), sets a name twice, or is not a
        list of `name: value` lines.
    """
    values = settings.read(file)
    if not isinstance(values, dict) or not all(isinstance(name, str) for name in values):
        raise DataError("it must hold lines such as `authority: Kent` and nothing else.")
    return values


def _asked(file: Path, about: Notebooks) -> tuple[list[Job], nightly.File | None]:
    """The jobs that a file asks for, and, if it is a plan, what it says."""
    try:
        content = settings.read(file)
    except DataError:
        # A file that is there and has no notebook's name may well be a plan: the fault matters.
        may_be_plan = os.path.exists(file) or file.name == DEFAULT
        if may_be_plan and _notebook_of(file) not in about.names:
            raise
        content = None
    if not isinstance(content, dict) or "reports" not in content:
        return [_job(file, about)], None
    from kentlib.reports import nightly
    from kentlib.reports.wanted import wanted

    form, problems = nightly.read(content)
    jobs = []
    if form:
        jobs, wrong = wanted(form, about)
        problems += wrong
        if form.out is not None:
            why = unfit(paths.ROOT / form.out, () if problems else _extracts(jobs))
            problems += [f"out is {form.out!r}; {why}."] if why else []
    if problems:
        raise PlanError(problems)
    return jobs, form


def _job(file: Path, about: Notebooks) -> Job:
    """The job that a params file asks for."""
    if file.suffix != ".yaml":
        raise DataError("a params file's name ends in .yaml.")
    named = _notebook_of(file)
    if named not in about.names:
        raise DataError(
            f"its name must begin with a notebook's; {named!r} is none of {about.listed} "
            "(a plan has the key reports)."
        )
    given = read_params(file)
    values = about.whole(named, given)
    problems = about.unknown(named, given) + about.problems(named, values)
    if problems:
        raise PlanError(problems)
    area = values.get("district", ALL)
    return Job(about.path(named), values, file.name.removesuffix(".yaml"), str(area))


def _narrowed(made: Plan, only: Sequence[str], districts: Sequence[str]) -> Plan:
    """The plan of some notebooks and districts; its other reports are kept."""
    options = {"--only": (only, _about), "--district": (districts, _district)}
    problems = []
    for option, (asked, of) in options.items():
        possible = list(dict.fromkeys(map(of, made.jobs)))
        problems += [
            f"{option} is {one!r}; {parameters.choices(one, possible)}."
            for one in asked
            if one not in possible
        ]
    if problems:
        raise PlanError([_line(problem) for problem in problems])
    jobs = [
        job
        for job in made.jobs
        if (not only or _about(job) in only) and (not districts or _district(job) in districts)
    ]
    if not jobs:
        raise PlanError([f"No report of {listed(only)} is about {listed(districts)}."])
    kept = tuple(job.name for job in made.jobs if job not in jobs)
    return replace(made, jobs=tuple(jobs), kept=kept, whole=False)


def _about(job: Job) -> str:
    return job.notebook.stem


def _district(job: Job) -> str:
    return str(job.params.get("district", ALL))


def _extracts(jobs: Iterable[Job]) -> set[str]:
    return {job.params["extracts"] for job in jobs if isinstance(job.params.get("extracts"), str)}


def _notebook_of(file: Path) -> str:
    return file.name.removesuffix(".yaml").partition(".")[0]


def _shown(file: Path) -> str:
    return f"{file.parent.name}/{file.name}" if file.parent.name else file.name


def _line(text: str, keep: str = "") -> str:
    """Text as one line that any terminal and log can show."""
    words = text if keep else " ".join(text.split())
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode() for one in words
    )


def _cores() -> int:
    """The processor's cores that this process may use."""
    usable = getattr(os, "sched_getaffinity", None)
    return len(usable(0)) if usable else os.cpu_count() or 1
