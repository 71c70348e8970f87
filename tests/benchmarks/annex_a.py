"""How long reading and checking an Annex A takes, against calamine only reading it.

    python -m tests.benchmarks.annex_a [--rows 50000] [--times 5]

Makes an 11-sheet workbook of so many rows in all, with the usual faults in a few of them, and
prints both times (the best of several, in turn) and their ratio. The limit is 1.5.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import sys
import tempfile
import time
from pathlib import Path

import python_calamine
import xlsxwriter

from kentlib import extracts
from kentlib.extracts import specs

LIMIT = 1.5


def write(path: Path, rows: int, seed: int = 1) -> None:
    """An Annex A of `rows` rows over its 11 lists; 1 cell in 500 is not as it should be."""
    rng = random.Random(seed)
    book = xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"})
    wrong = ["#N/A", "nope", "", "31/02/2017", "01/03/2017", 42_000, 3.5]
    for number, table in specs.annex_a().items():
        sheet = book.add_worksheet(f"List {number}")
        sheet.write_row(0, 0, [field.header for field in table.fields.values()])
        for row in range(1, rows // 11 + 1):
            born = dt.datetime(2000, 1, 1) + dt.timedelta(row * 7919 % 6000)
            start = born + dt.timedelta(rng.randrange(100, 700))
            for place, field in enumerate(table.fields.values()):
                odd = place and rng.random() < 0.002
                value = rng.choice(wrong) if odd else _value(field, row, born, start, rng)
                sheet.write(row, place, value)
    book.close()


def _value(field, row: int, born: dt.datetime, start: dt.datetime, rng: random.Random):
    if field.name == "date_of_birth":
        return born
    if field.kind == "id":
        return f"{row:08d}"
    if field.kind == "date":
        return start if field.filled or rng.random() < 0.7 else ""
    if field.kind == "whole":
        return (dt.datetime(2017, 3, 31) - born).days // 365 if field.name == "age" else 1
    if field.kind == "code":
        return rng.choice(field.codes.says)
    if field.kind == "postcode":
        return f"ME{rng.randrange(1, 20)} {rng.randrange(10)}AB"
    return f"{field.header} {rng.randrange(300)}"


def only_read(path: Path) -> None:
    """What calamine alone does: every cell of every sheet as Python objects."""
    book = python_calamine.CalamineWorkbook.from_path(path)
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def race(steps: list, times: int) -> list[float]:
    """The shortest time of each step in seconds, the steps taking turns."""
    took = [float("inf")] * len(steps)
    for _ in range(times):
        for place, step in enumerate(steps):
            began = time.perf_counter()
            step()
            took[place] = min(took[place], time.perf_counter() - began)
    return took


def main(arguments: list[str] | None = None) -> int:
    """Print the times; 1 if the ratio is above the limit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--times", type=int, default=5)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "annex_a.xlsx"
        write(path, asked.rows)
        problems = len(extracts.read(folder).problems)
        steps = [lambda: only_read(path), lambda: extracts.read(folder)]
        reading, checking = race(steps, asked.times)
    ratio = checking / reading
    print(
        f"{asked.rows:,} rows on 11 sheets, {problems:,} problems: calamine only reads in "
        f"{reading:.2f} s, kentlib reads and checks in {checking:.2f} s: {ratio:.2f} times "
        f"(limit {LIMIT})"
    )
    return int(ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
