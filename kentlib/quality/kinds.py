"""What is wrong, by kind: how bad, how often, and where the first one stands."""

from __future__ import annotations

import pandas as pd

from kentlib.extracts.problems import LEFT_OUT, SEVERITIES
from kentlib.words import plural

COLUMNS = {
    "severity": "What it does",
    "kind": "Kind",
    "count": "Rows",
    "places": "Columns or files",
    "problem": "What is wrong with the first",
    "where": "Where the first is",
}
PUBLIC_COLUMNS = {"severity": "What it does", "kind": "Kind"}
FORMATS = {"count": "{:,}", "places": "{:,}"}


def by_kind(found: pd.DataFrame) -> pd.DataFrame:
    """How much of each kind of problem there is, and where the first stands.

    Parameters
    ----------
    found
        `Extracts.problems`.

    Returns
    -------
    One row per severity and kind, the most severe first and in each the most frequent:
    `severity`, `kind` (in words), `count` (rows it stands for), `places` (columns and files that
    have it) and, of the first, `problem` and `where` it stands.
    """
    by = ["severity", "kind"]
    places = found[[*by, "file", "sheet", "column"]].drop_duplicates()
    groups = found.groupby(by, sort=False)
    first = ["problem", "file", "sheet", "row", "column", "letter"]
    made = found.drop_duplicates(by)[[*by, *first]].set_index(by)
    made["count"] = groups["count"].sum()
    made["places"] = places.groupby(by, sort=False).size()
    made = made.reset_index()
    made["rank"] = made["severity"].map(SEVERITIES.index).astype("int64")
    made = made.sort_values(["rank", "count", "kind"], ascending=[True, False, True])
    made["kind"] = made["kind"].str.replace("-", " ")
    made["where"] = [_where(row) for row in made.itertuples()]
    return made[list(COLUMNS)].reset_index(drop=True)


def finding(found: pd.DataFrame) -> str:
    """Whether anything stops a measure, and how much was left out for what, in a sentence.

    Parameters
    ----------
    found
        What `by_kind` returns.
    """
    if found.empty:
        return "Nothing is wrong with what was received"
    sums = found.groupby("severity")["count"].sum()
    stops, left, notes = (int(sums.get(name, 0)) for name in SEVERITIES)
    told = "Nothing stops a measure"
    if stops:
        told = f"{plural(stops, 'problem')} {'stops' if stops == 1 else 'stop'} a measure"
    if not left and not notes:
        return f"{told}; nothing was left out"
    if not left:
        return f"{told}, nothing was left out, and {plural(notes, 'note')} can wait"
    most = found[found["severity"] == LEFT_OUT].iloc[0]
    return (
        f"{told}; {plural(left, 'cell or row', 'cells or rows')} "
        f"{'was' if left == 1 else 'were'} left out, most often “{most['kind']}” "
        f"({most['count']:,})"
    )


def public(found: pd.DataFrame) -> pd.DataFrame:
    """The kinds of problem there are, without how often or where, by name.

    Parameters
    ----------
    found
        What `by_kind` returns.

    Returns
    -------
    `severity` and `kind`, the most severe first and in each by name.
    """
    rank = found["severity"].map(SEVERITIES.index)
    order = found.assign(_rank=rank).sort_values(["_rank", "kind"], kind="stable")
    return order[list(PUBLIC_COLUMNS)].reset_index(drop=True)


def public_finding(found: pd.DataFrame) -> str:
    """Whether anything stops a measure, without how often, in a sentence.

    Parameters
    ----------
    found
        What `public` returns.
    """
    if found.empty:
        return "Nothing is wrong with what was received"
    stops = found["severity"].eq(SEVERITIES[0])
    told = "Nothing stops a measure"
    if stops.any():
        number = int(stops.sum())
        told = f"{plural(number, 'kind')} of problem {'stops' if number == 1 else 'stop'} a measure"
    return f"{told}; {plural(len(found), 'kind')} of problem found"


def file_of(row: tuple) -> str | None:
    """The file of a row of the problem list, and its sheet; None where it is of no one file."""
    return f"{row.file}, sheet {row.sheet}" if row.sheet else row.file or None


def column_of(row: tuple) -> str | None:
    """The column of a row of the problem list: its letter and header, or what is known."""
    return ", ".join(part for part in (row.letter, row.column) if part) or None


def _where(row: tuple) -> str | None:
    parts = [file_of(row)]
    if not pd.isna(row.row):
        parts.append(f"row {row.row}")
    if column_of(row):
        parts.append(f"column {column_of(row)}")
    return ", ".join(part for part in parts if part) or None
