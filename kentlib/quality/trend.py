"""Whether the extracts are getting better: problems in several dated folders, side by side.

A folder that holds folders named for days or months ("2017-03-31", "extract 2017-03") holds the
same extracts made again and again; each is read by itself, and the newest is the one that counts.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from kentlib import extracts as reader
from kentlib import records, show
from kentlib.extracts import Extracts
from kentlib.extracts.problems import SEVERITIES

PER = 1_000

COLUMNS = {
    "date": "Date of the extracts",
    "rows": "Rows received",
    "severity": "What the problems do",
    "count": "Rows with a problem",
    "per_thousand": "Per thousand rows",
}
FORMATS = {"rows": "{:,}", "count": "{:,}", "per_thousand": "{:.1f}"}

_DATED = re.compile(r"(?<!\d)(20\d\d)-(\d\d)(?:-(\d\d))?(?![\d-])")


def dated(folder: Path) -> dict[pd.Timestamp, Path]:
    """The folders directly in a folder whose names hold a day or a month, in order of date.

    A month stands for its first day. Years of the return, such as "2011-12", are no months.
    """
    found = {}
    for path in folder.iterdir():
        when = _date(path.name) if path.is_dir() else None
        if when is not None and next(records.files(path), None) is not None:
            found.setdefault(when, path)
    return dict(sorted(found.items()))


def newest(extracts: str) -> str:
    """The folder to look at closely: the newest of several dated ones, or else the folder itself.

    Parameters
    ----------
    extracts
        The parameter of that name: a folder, or "none".
    """
    folders = _several(extracts)
    return (Path(extracts) / folders[max(folders)].name).as_posix() if folders else extracts


def read(extracts: str, authority: str) -> dict[pd.Timestamp, Extracts]:
    """Read every dated folder as it stood on its day; none where there are not several.

    Parameters
    ----------
    extracts, authority
        The parameters of those names.
    """
    if records.given(extracts, authority) is None:
        return {}
    folders = _several(extracts)
    return {day: reader.read(path, period_end=day, today=day) for day, path in folders.items()}


def trend(made: dict[pd.Timestamp, Extracts]) -> pd.DataFrame:
    """Problems in each dated folder, for every thousand rows received.

    Parameters
    ----------
    made
        What was read, by the folder's date.

    Returns
    -------
    One row per date and severity, dates in order: `date`, `rows` (received, in all tables),
    `severity`, `count` (rows the problems stand for) and `per_thousand` (missing without rows).
    """
    found = []
    for day, own in made.items():
        rows = int(records.received(own)["rows_in"].sum())
        counts = own.problems.groupby("severity")["count"].sum()
        for severity in SEVERITIES:
            count = int(counts.get(severity, 0))
            rate = PER * count / rows if rows else float("nan")
            found.append((day, rows, severity, count, rate))
    return pd.DataFrame(found, columns=list(COLUMNS))


def finding(found: pd.DataFrame) -> str:
    """Whether what is left out has become less, in a sentence.

    Parameters
    ----------
    found
        What `trend` returns.
    """
    if found["date"].nunique() < 2:
        return "One set of extracts was given, so there is no trend to show"
    cost = found[found["severity"] != SEVERITIES[-1]]
    sums = cost.groupby("date").agg(count=("count", "sum"), rows=("rows", "first"))
    rates = PER * sums["count"] / sums["rows"].where(sums["rows"] > 0)
    first, last = rates.iloc[0], rates.iloc[-1]
    when = f"between {show.day(rates.index[0])} and {show.day(rates.index[-1])}"
    if pd.isna(first) or pd.isna(last):
        return f"The first or last of the folders {when} holds no rows to compare"
    if round(first, 1) == round(last, 1):
        return f"Problems that cost a cell or a row stayed at {last:.1f} in a thousand rows {when}"
    went = "fell" if last < first else "rose"
    return (
        f"Problems that cost a cell or a row {went} from {first:.1f} to {last:.1f} in a thousand "
        f"rows {when}"
    )


def _several(extracts: str) -> dict[pd.Timestamp, Path]:
    if extracts == records.NONE:
        return {}
    folders = dated(records.folder(extracts))
    return folders if len(folders) > 1 else {}


def _date(name: str) -> pd.Timestamp | None:
    found = _DATED.search(name)
    if not found:
        return None
    year, month, day = found[1], found[2], found[3]
    if day is None and int(month) == (int(year) + 1) % 100:
        return None
    try:
        return pd.Timestamp(int(year), int(month), int(day or 1))
    except ValueError:
        return None
