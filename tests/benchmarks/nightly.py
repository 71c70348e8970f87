"""How long a night's reports take by `kentlib run`, and by other ways to make the same.

    python -m tests.benchmarks.nightly [--areas 13] [--times 3] [--times-shell 3]

Makes three notebooks' reports for so many areas (Kent and its districts; for judgements, Kent and
other authorities of its region) as notebooks and pages, two at a time, by each way in turn:

- ours: the command, from a cold start to the index page;
- (a) a shell loop of `papermill` and `jupyter nbconvert`, one report after the other;
- (b) papermill's Python API in a pool of two processes, warm before the clock starts;
- (c) the floor: the cells as plain functions in such a pool; the first that need the extracts
  read them, once in each process. Once more with what a run does beside: looking through all that
  was made for what nobody may be shown, before it is there.

Every way must show the same findings, and as many figures and tables. Beside them: the same run
again with nothing changed, `kentlib --help`, and what one report alone takes beyond its cells.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from kentlib import paths
from kentlib.reports import facts, plan, worker
from kentlib.reports.declared import Notebooks
from tests.benchmarks import nightly_yardsticks as yardsticks

NOTEBOOKS = ("judgements", "permanence", "return_interviews")
COMMON = {"authority": "Kent", "extracts": "data/sample", "period_end": "2017-03-06"}
FRAMEWORK, AREAS, WORKERS = "SIF", 13, 2
ALONE = paths.PARAMS / "permanence.yaml"

OURS, AGAIN, HELP = "ours: kentlib run --fresh", "ours, nothing changed", "kentlib --help"
SHELL, API, FLOOR = "(a) shell loop", "(b) papermill's API, two processes", "(c) floor: no kernels"
LOOKED = "(c) floor, its pages looked through"
BEYOND = "one report alone, beyond its cells"

FASTER = {SHELL: 9.0, API: 2.2}
"""How many times faster than a yardstick ours is to be, at least."""

MOST = 1.35
"""How many times as long as the floor ours may take."""

LIMITS = {AGAIN: 2.0, HELP: 0.3, BEYOND: 4.0}
"""Seconds, at most."""


@dataclass
class Night:
    """The reports to make, where, and the seconds that each way took so far."""

    folder: Path
    areas: int
    took: dict[str, list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.file = self.folder / "night.yaml"
        self.file.write_text(json.dumps(content(self.areas)))  # JSON is YAML
        self.jobs = plan.plan([self.file]).jobs
        self.facts = facts.gather("20170306T000000Z", self.jobs)
        self.shows: dict[str, yardsticks.Shown] = {}
        self.prepare = worker.prepare(self.jobs[-1]) or {}
        self.cells: list[list[float]] = []

    def measure(self, *, shell: bool) -> None:
        """Make all reports once by each way, and check that they are the same reports."""
        with self._place("ours") as place:
            run = partial(yardsticks.command, "kentlib", "run", str(self.file), "--out", str(place))
            self._time(OURS, run, "--fresh")
            self._compare(place / "latest")
            self._time(AGAIN, run)
        with yardsticks.pool(WORKERS, yardsticks.CELLS) as pool:
            self._pooled(FLOOR, pool, yardsticks.as_functions)
        with yardsticks.pool(WORKERS, yardsticks.CELLS) as pool:
            self._pooled(LOOKED, pool, yardsticks.as_functions_looked_through)
        with yardsticks.pool(WORKERS, yardsticks.PAPERMILL) as pool:
            self._pooled(API, pool, yardsticks.by_api)
        if shell:
            with self._place("shell") as place:
                self._time(SHELL, yardsticks.shell_loop, self.jobs, place)
                self._compare(place)
        self._time(HELP, yardsticks.command, "kentlib", "--help")
        self._one_alone()

    def _pooled(self, name: str, pool, how: Callable[..., None]) -> None:
        with self._place(how.__name__) as place:
            make = partial(how, self.facts, place)
            self._time(name, lambda: list(pool.map(make, self.jobs)))
            self._compare(place)

    def _one_alone(self) -> None:
        """The command on one params file, less its cells in a process that has the imports.

        Reading the extracts is part of the cells; how long they take without it is noted too.
        """
        job, took = plan.plan([ALONE]).jobs[0], []
        for prepare in ({}, self.prepare):
            with yardsticks.pool(1, yardsticks.CELLS, **prepare) as pool:
                asked = pool.submit(yardsticks.seconds_of_cells, self.jobs[0], job)
                took.append(asked.result()[-1])
        self.cells.append(took)
        with self._place("alone") as place:
            began = time.perf_counter()
            yardsticks.command("kentlib", "run", str(ALONE), "--fresh", "--out", str(place))
            self._told(BEYOND, time.perf_counter() - began - took[0])

    def _time(self, name: str, call: Callable[..., object], *asked: object) -> None:
        began = time.perf_counter()
        call(*asked)
        self._told(name, time.perf_counter() - began)

    def _told(self, name: str, seconds: float) -> None:
        self.took.setdefault(name, []).append(seconds)
        print(f"{name}: {seconds:.2f} s", file=sys.stderr, flush=True)

    @contextmanager
    def _place(self, name: str) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix=f"{name}-", dir=self.folder) as place:
            yield Path(place)

    def _compare(self, place: Path) -> None:
        """Stop unless the reports in a folder show what those of the first way did."""
        for job in self.jobs:
            here = yardsticks.shown(place / f"{job.name}.ipynb")
            first = self.shows.setdefault(job.name, here)
            made = (place / f"{job.name}.html").stat().st_size
            if not made or not here[0] or here != first:
                raise SystemExit(f"{job.name} in {place.name} shows {here}, but first {first}.")


def content(areas: int) -> dict[str, object]:
    """A plan of the three notebooks for so many areas."""
    districts = Notebooks(paths.NOTEBOOKS).districts(COMMON) or []
    varied = {"district": ["all", *districts][:areas]}
    return {
        "workers": WORKERS,
        "common": COMMON,
        "reports": [
            {
                "notebook": "judgements",
                "parameters": {"framework": FRAMEWORK},
                "for_each": {"authority": authorities()[:areas]},
            },
            {"notebook": "permanence", "for_each": varied},
            {"notebook": "return_interviews", "for_each": varied},
        ],
    }


def authorities() -> list[str]:
    """Kent, and the other authorities of its region that had an inspection of the framework."""
    areas = {area["name"]: area["region"] for area in _rows("areas")}
    graded = {row["authority"] for row in _rows("national_judgements", framework=FRAMEWORK)}
    own = COMMON["authority"]
    near = [name for name in areas if areas[name] == areas[own] and name in graded]
    return [own, *(name for name in near if name != own)]


def table(night: Night) -> tuple[list[str], bool]:
    """The lines of the table of results, and whether every aim is met."""
    reports, ours = len(night.jobs), statistics.median(night.took[OURS])
    lines = [
        f"{'seconds':36}{'median':>8}{'least':>8}{'most':>8}{'a report':>10}{'to ours':>9}  aim"
    ]
    whole = True
    for name, took in night.took.items():
        median = statistics.median(took)
        line = f"{name:36}{median:8.2f}{min(took):8.2f}{max(took):8.2f}"
        if name not in LIMITS:
            line += f"{median / reports:10.2f}{median / ours:9.2f}"
        met, aim = _aim(name, median, ours)
        whole &= met
        lines.append(f"{line:79}  {aim}: {'met' if met else 'NOT met'}" if aim else line)
    return lines, whole


def notes(night: Night) -> list[str]:
    """What must be known to read the table."""
    cells, without = (statistics.median(column) for column in zip(*night.cells, strict=True))
    return [
        f"{len(night.jobs)} reports. Each way shows the same findings, figures and tables.",
        f"Reading the extracts takes {cells - without:.1f} s: in (a) and (b) once for each report "
        "that has them, in ours once, in (c) once in each process.",
        f"The cells of the report alone take {cells:.1f} s, {without:.1f} s without reading.",
    ]


def main(arguments: list[str] | None = None) -> int:
    """Print the table; 1 if an aim is not met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--areas", type=int, default=AREAS)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--times-shell", type=int, help="of the shell loop, as it is slow")
    parser.add_argument("--without-shell-loop", action="store_true")
    asked = parser.parse_args(arguments)
    shell = asked.times if asked.times_shell is None else asked.times_shell
    with tempfile.TemporaryDirectory(prefix="kentlib-night-") as folder:
        night = Night(Path(folder), asked.areas)
        for time_round in range(asked.times):
            night.measure(shell=time_round < shell and not asked.without_shell_loop)
        lines, whole = table(night)
        print("\n".join([*lines, "", *notes(night)]))
    return int(not whole)


def _aim(name: str, median: float, ours: float) -> tuple[bool, str]:
    """Whether a row meets its aim, and the aim; nothing where it has none."""
    if name in FASTER:
        return median >= FASTER[name] * ours, f"at least {FASTER[name]:g} times ours"
    if name == FLOOR:
        return ours <= MOST * median, f"ours is {ours / median:.2f} of it, at most {MOST:g}"
    if name in LIMITS:
        return median < LIMITS[name], f"under {LIMITS[name]:g}"
    return True, ""


def _rows(name: str, **where: str) -> list[dict[str, str]]:
    with (paths.DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row for row in rows if all(row[one] == value for one, value in where.items())]


if __name__ == "__main__":
    sys.exit(main())
