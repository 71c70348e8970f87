"""`kentlib check`: what is in a folder of extracts and what is wrong with it, for a terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from kentlib import extracts, spreadsheets
from kentlib.errors import DataError
from kentlib.extracts import problems
from kentlib.words import plural


def check(folder: Path, listing: Path, *, say: Callable[[str], None]) -> int:
    """Read a folder, say what was received and what is wrong; 1 if anything stops a measure.

    Parameters
    ----------
    listing
        Where to write the whole problem list as CSV; its folder must be there.
    """
    made = extracts.read(folder)
    for line in lines(made):
        say(line)
    try:
        spreadsheets.to_csv(made.problems, listing)
    except OSError as error:
        reason = error.strerror or "its folder is not there"
        raise DataError(f"the list of problems cannot be written to {listing}: {reason}.") from None
    say(f"\n{plural(len(made.problems), 'problem')} listed in {listing}")
    return int(problems.stops(made.problems))


def lines(made: extracts.Extracts) -> list[str]:
    """The report, line by line: received, then each problem with its count."""
    told = ["Received (rows in, used, left out):"]
    for table, rows in made.received.groupby("table", sort=False):
        first = rows.iloc[0]
        why = "; ".join(
            f"{_count(left)} {reason}"
            for left, reason in zip(rows["left_out"], rows["why"], strict=True)
            if reason
        )
        told.append(
            f"  {table}: {_count(first['rows_in'])}, {_count(first['used'])}, "
            f"{_count(rows['left_out'].sum())}{f' ({why})' if why else ''}"
        )
    if made.received.empty:
        told.append("  nothing that is read here")
    summary = problems.summary(made.problems)
    for severity in problems.SEVERITIES:
        some = summary[summary["severity"] == severity]
        if len(some):
            told += ["", f"{severity[0].upper()}{severity[1:]}:"]
            told += [_line(row) for row in some.itertuples(index=False)]
    if summary.empty:
        told += ["", "No problems found."]
    return told


def _line(row) -> str:
    place = (row.file or "no file") + (f", sheet {row.sheet}" if row.sheet else "")
    if row.column or row.letter:
        column = f"column {row.letter}" if row.letter else "no column"
        place += f", {column}" + (f" ({row.column})" if row.column else "")
    if not pd.isna(row.first_row):
        place += f", {'from ' if row.count > 1 else ''}row {row.first_row}"
    expected = f" Expected: {row.expected}." if row.expected else ""
    return f"  {_count(row.count):>7}  {row.problem}. {place}.{expected}"


def _count(number: int) -> str:
    return f"{int(number):,}"
