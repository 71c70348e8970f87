"""Seconds that protecting a table takes, and how much it withholds.

    python -m tests.benchmarks.disclosure [--times 3] [--tauargus]

Prints processor seconds (the best of several) for tables as the reports have them, and for the
largest; the limit is 0.5 for 13 districts by 6 routes and 60 for the largest. With --tauargus it
renews tests/fixtures/tauargus.json, what τ-ARGUS withholds of 20 tables; that needs pytauargus,
which is no dependency (pip install pytauargus).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from kentlib import disclosure

FIXTURE = Path(__file__).parents[1] / "fixtures" / "tauargus.json"
LIMITS = {"13 districts by 6 routes": 0.5, "13 x 12 x 5, sub-totals and totals of years": 60.0}


def table(sizes: Mapping[str, int], *, whole: tuple[str, ...], seed: int = 1) -> pd.DataFrame:
    """Counts of skewed sizes, a fifth of them nought or more, with totals of some dimensions."""
    numbers = np.random.default_rng(seed).negative_binomial(0.8, 0.8 / 8.8, tuple(sizes.values()))
    labels = {name: [f"{name}{i:02}" for i in range(size)] for name, size in sizes.items()}
    made = pd.MultiIndex.from_product(labels.values(), names=list(labels))
    rows = pd.Series(numbers.ravel(), index=made, name="children").reset_index()
    rows["area"] = False
    if "district" in whole:
        areas = rows.assign(district=rows["district"].map(area))
        areas = areas.groupby(list(sizes), as_index=False)["children"].sum()
        rows = pd.concat([rows, areas.assign(area=True)], ignore_index=True)
    for name in whole:
        counted = rows[~rows["area"]] if name == "district" else rows
        sums = counted.assign(**{name: "all"}).groupby([*sizes, "area"])["children"]
        rows = pd.concat([rows, sums.sum().reset_index()], ignore_index=True)
    return rows.drop(columns="area")


def area(district: str) -> str:
    """One of four areas."""
    return f"area{int(district[-2:]) % 4}"


def grid(rows: int, columns: int, seed: int = 1) -> pd.DataFrame:
    """Two dimensions and their totals."""
    numbers = np.random.default_rng(seed).negative_binomial(0.8, 0.8 / 8.8, (rows, columns))
    for axis in (0, 1):
        numbers = np.concatenate([numbers, numbers.sum(axis=axis, keepdims=True)], axis=axis)
    labels = [[*(f"{i:02}" for i in range(size - 1)), "all"] for size in numbers.shape]
    index = pd.MultiIndex.from_product(labels, names=["district", "route"])
    return pd.Series(numbers.ravel(), index=index, name="children").reset_index()


def timed(rows: pd.DataFrame, times: int) -> tuple[float, str]:
    """The best of several, and what was withheld."""
    by = [name for name in rows if name != "children"]
    up = {name: area(name) for name in rows["district"].unique() if name.startswith("district")}
    best = np.inf
    for _ in range(times):
        began = time.process_time()
        safe = disclosure.protect(rows, by=by, counts=["children"], parents={"district": up})
        best = min(best, time.process_time() - began)
    return best, safe.finding.split(";")[0]


def tau_argus(tables: int = 20) -> list[dict]:
    """Counts, and how many cells τ-ARGUS withholds: frequency rule 6, range 100%, optimal."""
    import pytauargus

    made = []
    for seed in range(tables):
        numbers = np.random.default_rng(5000 + seed).negative_binomial(0.9, 0.9 / 8.9, (6, 5))
        cells = [(f"a{i}", f"b{j}", n) for (i, j), n in np.ndenumerate(numbers)]
        children = [(a, b, 1.0) for a, b, n in cells for _ in range(n)]
        micro = pd.DataFrame(children, columns=["a", "b", "n"])
        found = pytauargus.protect(
            micro, [["a", "b"]], response="n", safety_rules="FREQ(6,100)", suppress="OPT(1)"
        )
        status = found.tables[0].dataframe()["status"]
        withheld = int(status.isin(["U", "M"]).sum())
        made.append({"cells": numbers.tolist(), "withheld": withheld})
    return made


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--tauargus", action="store_true")
    asked = parser.parse_args()
    if asked.tauargus:
        FIXTURE.write_text(json.dumps(tau_argus()) + "\n", encoding="utf-8")
        return 0
    sizes = {"district": 13, "route": 12, "year": 5}
    tables = {
        "13 districts by 6 routes": grid(13, 6),
        "13 districts by 12 routes": grid(13, 12),
        "13 x 12 x 5, sub-totals": table(sizes, whole=("district", "route")),
        "13 x 12 x 5, sub-totals and totals of years": table(sizes, whole=tuple(sizes)),
    }
    slow = False
    for name, rows in tables.items():
        seconds, said = timed(rows, asked.times)
        limit = LIMITS.get(name, np.inf)
        slow |= seconds > limit
        print(f"{name}: {seconds:.2f} s; {said}" + (f" (limit {limit:g})" if limit < 99 else ""))
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
