"""How long the review of an untouched run takes, beside the run itself.

    python -m tests.benchmarks.review [--areas 13] [--times 3]

Makes three notebooks' reports for so many areas by `kentlib run --fresh`, then reviews the run:
every report must be reproduced. Both are timed from a cold start of the command to its end.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks import nightly
from tests.benchmarks.nightly_yardsticks import command

MOST = 1.2
"""How many times as long as the run its review may take."""


def measure(folder: Path, plan: Path) -> tuple[float, float]:
    """Seconds of a run and of its review."""
    runs, review = folder / "runs", folder / "review"
    began = time.perf_counter()
    command("kentlib", "run", str(plan), "--fresh", "--out", str(runs))
    made = time.perf_counter()
    workers = str(nightly.WORKERS)
    command("kentlib", "review", str(runs / "latest"), "--out", str(review), "--workers", workers)
    ended = time.perf_counter()
    told = json.loads((review / "review.json").read_text(encoding="utf-8"))["reports"]
    outcomes = {one["outcome"] for one in told}
    if outcomes != {"reproduced"} or any(one["tried"] for one in told):
        raise SystemExit(f"An untouched run was not reproduced: {outcomes}.")
    return made - began, ended - made


def main(arguments: list[str] | None = None) -> int:
    """Print the seconds and how they compare; 1 if the review takes too long."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--areas", type=int, default=nightly.AREAS)
    parser.add_argument("--times", type=int, default=3)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="kentlib-review-") as place:
        folder = Path(place)
        content = nightly.content(asked.areas)
        plan = folder / "night.yaml"
        plan.write_text(json.dumps(content), encoding="utf-8")  # JSON is YAML
        times = [measure(folder, plan) for _ in range(asked.times)]
    run, review = (statistics.median(column) for column in zip(*times, strict=True))
    ratio = statistics.median(after / before for before, after in times)
    aim = "met" if ratio <= MOST else "NOT met"
    print(f"{asked.areas * len(nightly.NOTEBOOKS)} reports, {asked.times} times, medians")
    print(f"the run {run:.1f} s, its review {review:.1f} s")
    print(f"the review takes {ratio:.2f} of the run; at most {MOST:g}: {aim}")
    return int(ratio > MOST)


if __name__ == "__main__":
    sys.exit(main())
