"""How full the columns are that the measures need, among the rows where each should be filled.

An empty cell is often right: a child still looked after has no date of leaving. So each column
is held to the rows where a value is owed, and an answer "not recorded" is no answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kentlib.extracts import Extracts
from kentlib.quality.costs import header, tables
from kentlib.quality.measures import EPISODES, INTERVIEWS, LIST_8, LIST_9, PLACED_HERE, filled
from kentlib.words import plural

COLUMNS = {
    "table": "Table",
    "column": "Column",
    "owed_by": "Should be filled for",
    "rows": "Rows",
    "filled": "Filled",
    "blank": "Empty",
    "share": "Filled, share",
    "first": "Where the first empty ones are",
}
PUBLIC_COLUMNS = {
    "table": "Table",
    "column": "Column",
    "owed_by": "Should be filled for",
    "full": "Full",
}
TABLE_COLUMNS = {
    "table": "Table",
    "columns": "Columns that the measures need",
    "full": "Of them, full",
    "blank": "Empty cells",
    "emptiest": "Filled, share of the emptiest",
}
FORMATS = {
    "rows": "{:,}",
    "filled": "{:,}",
    "blank": "{:,}",
    "share": "{:.1%}",
    "emptiest": "{:.1%}",
}

SHOWN = 5
"""Rows named of those that are empty."""


@dataclass(frozen=True)
class Owed:
    """A column of a table, and the rows that should hold a value: `owed_by` says which."""

    table: str
    column: str
    owed_by: str = "every row"
    rows: Callable[[pd.DataFrame], pd.Series] | None = None
    time_of_day: bool = False


def _is(column: str, value: str) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda rows: rows[column].eq(value)


def _has(column: str) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda rows: rows[column].notna()


def _shared(rows: pd.DataFrame) -> pd.Series:
    return rows["held"].eq("yes") & rows["child_group"].eq(PLACED_HERE)


_HELD = ("interviews held", _is("held", "yes"))
_TOUCH = ("those in touch", _is("in_touch", "YES"))

OWED = (
    Owed("SSDA903 header", "dob"),
    Owed("SSDA903 header", "sex"),
    Owed("SSDA903 header", "ethnic"),
    Owed(EPISODES, "rne"),
    Owed(EPISODES, "ls"),
    Owed(EPISODES, "cin"),
    Owed(EPISODES, "place"),
    Owed(EPISODES, "place_provider"),
    Owed(EPISODES, "rec", "episodes that ended", _has("dec")),
    Owed("SSDA903 placedadoption", "date_placed"),
    Owed(
        "SSDA903 placedadoption",
        "reason_placed_ceased",
        "plans that were changed",
        _has("date_placed_ceased"),
    ),
    Owed("SSDA903 ad1", "date_match"),
    Owed("SSDA903 oc3", "in_touch"),
    Owed("SSDA903 oc3", "accom", *_TOUCH),
    Owed("SSDA903 oc3", "activ", *_TOUCH),
    Owed(LIST_8, "placement_type"),
    Owed(LIST_8, "placement_location"),
    Owed(LIST_8, "legal_status"),
    Owed(LIST_8, "reason_ceased", "children who ceased", _has("date_ceased")),
    Owed(LIST_9, "in_touch"),
    Owed(LIST_9, "accommodation", *_TOUCH),
    Owed(LIST_9, "suitability", *_TOUCH),
    Owed(LIST_9, "activity", *_TOUCH),
    Owed(INTERVIEWS, "child_group"),
    Owed(INTERVIEWS, "district"),
    Owed(INTERVIEWS, "episode_start"),
    Owed(INTERVIEWS, "episode_end", "episodes that ended", _has("episode_end"), time_of_day=True),
    Owed(INTERVIEWS, "offered"),
    Owed(INTERVIEWS, "offered_at", "interviews offered", _is("offered", "yes")),
    Owed(INTERVIEWS, "accepted", "interviews offered", _is("offered", "yes")),
    Owed(INTERVIEWS, "held"),
    Owed(INTERVIEWS, "held_at", *_HELD),
    Owed(INTERVIEWS, "held_at", "interviews dated", _has("held_at"), time_of_day=True),
    Owed(INTERVIEWS, "reasons", *_HELD),
    Owed(INTERVIEWS, "informed_safety_plan", *_HELD),
    Owed(
        INTERVIEWS, "shared_with_authority", "interviews held of children placed by others", _shared
    ),
)
"""The columns that the measures need."""


def columns(own: Extracts) -> pd.DataFrame:
    """How full each column of OWED is, in the tables that were received.

    Parameters
    ----------
    own
        What was read.

    Returns
    -------
    One row per column, the emptiest first: `table`, `column` (as its header says), `owed_by`
    (the rows that should hold a value), `rows` (so many, the denominator), `filled`, `blank`,
    `share` (filled / rows, missing without rows) and `first` (file, sheet and rows of the first
    empty ones, as Excel shows them; missing if none). A date without a time of day is empty of
    its time of day.
    """
    received = tables(own)
    made = []
    for owed in OWED:
        rows = received.get(owed.table.casefold())
        if rows is None:
            continue
        named = header(owed.table, owed.column)
        due = rows if owed.rows is None else rows[owed.rows(rows)]
        told = due[f"{owed.column}_has_time"] if owed.time_of_day else filled(due[owed.column])
        made.append(
            {
                "table": owed.table,
                "column": f"{named}, time of day" if owed.time_of_day else named,
                "owed_by": owed.owed_by,
                "rows": len(due),
                "filled": int(told.sum()),
                "blank": int((~told).sum()),
                "share": told.mean() if len(due) else np.nan,
                "first": _first(due[~told]),
            }
        )
    found = pd.DataFrame(made, columns=list(COLUMNS))
    return found.sort_values("share", kind="stable", ignore_index=True)


def by_table(found: pd.DataFrame) -> pd.DataFrame:
    """How many of the columns needed are full, by table.

    Parameters
    ----------
    found
        What `columns` returns.

    Returns
    -------
    One row per table: `table`, `columns`, `full` (without an empty cell), `blank` (empty cells
    of all) and `emptiest` (the smallest share filled).
    """
    groups = found.assign(full=found["blank"] == 0).groupby("table", sort=True)
    made = groups.agg(
        columns=("column", "size"),
        full=("full", "sum"),
        blank=("blank", "sum"),
        emptiest=("share", "min"),
    )
    return made.reset_index()


def finding(found: pd.DataFrame) -> str:
    """Which column is emptiest, in a sentence.

    Parameters
    ----------
    found
        What `columns` returns.
    """
    known = found.dropna(subset="share")
    if known.empty:
        return "No table was received that a measure needs"
    full = int((known["blank"] == 0).sum())
    told = f"{full} of {plural(len(known), 'column')} that the measures need are full"
    if full == len(known):
        return f"All {plural(full, 'column')} that the measures need are full"
    worst = known.loc[known["share"].idxmin()]
    return (
        f"{told}; the emptiest is {worst['column']} in {_inside(worst['table'])}, with "
        f"{worst['blank']:,} of {worst['rows']:,} empty"
    )


def public(found: pd.DataFrame) -> pd.DataFrame:
    """Which columns are full, without how many cells are not.

    Parameters
    ----------
    found
        What `columns` returns.

    Returns
    -------
    `table`, `column`, `owed_by` and `full` (true or false), by name, since the order of what
    `columns` returns tells how full each is; a column that no row owes is left out.
    """
    known = found.dropna(subset="share")
    made = known.assign(full=known["blank"] == 0)[list(PUBLIC_COLUMNS)]
    return made.sort_values(["table", "column", "owed_by"], ignore_index=True)


def public_finding(found: pd.DataFrame) -> str:
    """How many columns are full, in a sentence.

    Parameters
    ----------
    found
        What `public` returns.
    """
    if found.empty:
        return "No table was received that a measure needs"
    full = int(found["full"].sum())
    return f"{full} of {plural(len(found), 'column')} that the measures need are full"


def _first(empty: pd.DataFrame) -> str | None:
    """The place of the first empty cells, in the file that has the first."""
    if empty.empty:
        return None
    file, sheet = str(empty["_file"].iloc[0]), str(empty["_sheet"].iloc[0])
    here = empty["_file"].astype("str").eq(file) & empty["_sheet"].astype("str").eq(sheet)
    rows = empty.loc[here, "_row"].sort_values()
    told = ", ".join(str(row) for row in rows.head(SHOWN))
    more = len(empty) - min(len(rows), SHOWN)
    place = f"{file}, sheet {sheet}" if sheet else file
    several = "row" if len(rows) == 1 else "rows"
    return f"{place}, {several} {told}" + (f" and {more:,} more" if more else "")


def _inside(title: str) -> str:
    return "the return interviews" if title == INTERVIEWS else title
