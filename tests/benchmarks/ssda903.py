"""How long ten years of the SSDA903 return take, against the same work written in polars.

    python -m tests.benchmarks.ssda903 [--episodes 1000000] [--children 400000] [--times 3]

Makes the returns, then reads and checks them, builds the histories and computes every measure of
permanence, each time in a process of its own. Prints the times (the best of several, in turn),
their ratio (limit 2.5), the most memory used (limit 3 GB) and how much longer twice the rows take
(limit 2.2).
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RATIO, DOUBLING, GIGABYTES = 2.5, 2.2, 3.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--episodes", type=int, default=1_000_000)
    parser.add_argument("--children", type=int, default=400_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--one", nargs=2, metavar=("WHICH", "FOLDER"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        which, folder = asked.one
        print(json.dumps(_once(which, Path(folder))))
        return 0
    from tests.benchmarks import ssda903_files

    with tempfile.TemporaryDirectory() as folder:
        single, double = Path(folder, "once"), Path(folder, "twice")
        ssda903_files.write(single, episodes=asked.episodes, children=asked.children)
        ssda903_files.write(double, episodes=2 * asked.episodes, children=2 * asked.children)
        runs = [("kentlib", single), ("polars", single), ("kentlib", double)]
        told: dict[tuple[str, Path], list[dict]] = {run: [] for run in runs}
        for _ in range(asked.times):
            for run in runs:
                told[run].append(_apart(*run))
    ours, theirs, twice = (min(told[run], key=lambda one: one["whole"]) for run in runs)
    memory = max(one["gigabytes"] for one in told["kentlib", single])
    ratio, doubling = ours["whole"] / theirs["whole"], twice["whole"] / ours["whole"]
    for name, one in (("kentlib", ours), ("polars", theirs), ("kentlib, twice the rows", twice)):
        print(f"{name}: {json.dumps(one)}")
    print(f"ratio to polars {ratio:.2f} (limit {RATIO})")
    print(f"peak memory {memory:.2f} GB (limit {GIGABYTES:g})")
    print(f"twice the rows {doubling:.2f} times as long (limit {DOUBLING})")
    return int(ratio > RATIO or memory > GIGABYTES or doubling > DOUBLING)


def _apart(which: str, folder: Path) -> dict:
    command = [sys.executable, "-m", "tests.benchmarks.ssda903", "--one", which, str(folder)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _once(which: str, folder: Path) -> dict:
    """Seconds of each step, rows of episodes as a check, and the process's most memory."""
    step = {"kentlib": _kentlib, "polars": _polars}[which]
    told = step(folder)
    seconds = {name: round(value, 2) for name, value in told.items()}
    unit = 1e9 if sys.platform == "darwin" else 1e6
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    return {"whole": round(sum(told.values()), 2), **seconds, "gigabytes": round(memory, 2)}


def _kentlib(folder: Path) -> dict[str, float]:
    from kentlib import histories
    from kentlib.extracts import ssda903

    _measures_imported()
    start = time.perf_counter()
    made = ssda903.read(folder)
    read = time.perf_counter()
    history = histories.build(made.tables)
    built = time.perf_counter()
    measures(history)
    done = time.perf_counter()
    return {"read": read - start, "build": built - read, "measure": done - built}


def _measures_imported() -> None:
    from kentlib import adoption, adoption_plans, returning, since_entry, stability  # noqa: F401


def measures(history) -> dict:
    """Every measure of permanence that the notebooks show, for each year read."""
    import pandas as pd

    from kentlib import adoption, adoption_plans, leaving, returning, since_entry, stability
    from kentlib.tables import load

    periods = history.periods
    span = {"first_return": history.first_return, "last_return": history.last_return}
    last = {"last_return": history.last_return}
    told = adoption.steps(history.adoption, periods, history.placements)
    stays = stability.stays(history.placements)
    days = pd.date_range(history.first_return, history.last_return, freq="YE-MAR")
    found = {
        "routes": leaving.routes(periods),
        "routes by asylum": leaving.routes(periods, by=["unaccompanied"]),
        "counts": leaving.counts(periods, **span),
        "returns": returning.returns(periods, **last),
        "incidence": since_entry.cumulative_incidence(periods, **span),
        "within": since_entry.permanence_within(periods, **span),
        "timeliness": adoption.timeliness(told, load("adoption_thresholds"), **span),
        "waited": adoption.waited(told, **span),
        "changed": adoption_plans.changed(told, **span),
        "reasons": adoption_plans.change_reasons(told, **span),
        "to match": adoption_plans.decision_to_match(told),
        "matched since": adoption_plans.matched_since(told, **last),
    }
    for by in ("age_band", "unaccompanied"):
        found[f"incidence by {by}"] = since_entry.cumulative_incidence(periods, **span, by=by)
    for day in days:
        on = {"on": day}
        found[f"waiting {day.year}"] = adoption_plans.waiting(told, periods, **on)
        found[f"in year {day.year}"] = stability.in_year(stays, periods, **on)
        found[f"long term {day.year}"] = stability.long_term(stays, periods, **on)
        found[f"fostering {day.year}"] = stability.fostering(history.placements, periods, **on)
        found[f"asylum {day.year}"] = stability.unaccompanied(periods, **on)
    return found


def _polars(folder: Path) -> dict[str, float]:
    from tests.benchmarks import ssda903_in_polars, ssda903_measures_in_polars

    start = time.perf_counter()
    made = ssda903_in_polars.run(folder)
    built = time.perf_counter()
    ssda903_measures_in_polars.run(made)
    return {"read and build": built - start, "measure": time.perf_counter() - built}


if __name__ == "__main__":
    sys.exit(main())
