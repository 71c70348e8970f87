"""Protected tables as plain data: what travels with a public report, and what a later one reads.

Of each table its keys and its counts, a mark in the place of one that is withheld, the days that
it counts, and what it and its columns are called. Nothing else: no share, and no number that is
not published.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from kentlib.disclosure import Earlier, Period, Spec
from kentlib.disclosure.marks import LEGEND, NOT_AVAILABLE
from kentlib.disclosure.protecting import MARK
from kentlib.errors import DataError

Plain = dict[str, Any]
"""A table as JSON can hold it: `title`; `period` (first and last day, or None); `columns` (in
order, the name of each and what a reader calls it); `counts` (the names of those that are counts);
and `cells` (those of each column by its name, also of columns that are for no reader)."""

Called = tuple[str, Mapping[str, str]]
"""What a table is called, and its columns."""


def plain(table: pd.DataFrame, spec: Spec, period: Period | None, called: Called) -> Plain:
    """A protected table as plain data.

    Parameters
    ----------
    table
        As `kentlib.publication.tables` gives it.
    spec
        What it holds.
    period
        The first and the last day that it counts; None where its rows tell.
    called
        A column that has no name there is called by its own, in words.
    """
    title, words = called
    counts = list(spec.measures)
    shown = list(dict.fromkeys([*spec.by, *spec.kept, *counts]))
    named = [column for column, _ in spec.cells.values()]
    cells = {
        name: _counted(table, name) if name in counts else [_value(one) for one in table[name]]
        for name in dict.fromkeys([*shown, *named])
    }
    return {
        "title": title,
        "period": None if period is None else [day.date().isoformat() for day in period],
        "columns": [[name, words.get(name, _in_words(name))] for name in shown],
        "counts": counts,
        "cells": cells,
    }


def frame(told: Plain) -> pd.DataFrame:
    """A table made of what `plain` gave: each count `Int64` with its column of marks.

    Raises
    ------
    ValueError, KeyError, TypeError
        It is not as `plain` gives it.
    """
    made: dict[str, Any] = {}
    for name, cells in told["cells"].items():
        if name not in told["counts"]:
            made[name] = pd.Series(cells, dtype="object")
            continue
        made[name] = pd.array([_number(cell) for cell in cells], dtype="Int64")
        made[f"{name}{MARK}"] = [cell if isinstance(cell, str) else "" for cell in cells]
    shown = {name for name, _ in told["columns"]}
    if shown - {*made} or {*told["counts"]} - shown:
        raise ValueError("a column is not there")
    return pd.DataFrame(made)


def period(told: Plain) -> Period | None:
    """The first and the last day that a table counts; None where its rows tell.

    Raises
    ------
    ValueError, KeyError, TypeError
        It is not as `plain` gives it.
    """
    if told["period"] is None:
        return None
    first, last = (pd.Timestamp(day) for day in told["period"])
    return first, last


def earlier(told: Plain, spec: Spec, *, where: str) -> Earlier:
    """A table that was published before, for `kentlib.disclosure.protect_all`.

    Parameters
    ----------
    told
        As `plain` gave it, perhaps by an earlier version of kentlib.
    spec
        What the table holds that is published now. A count that the earlier one did not have is
        taken as withheld then.
    where
        How an error names it.

    Raises
    ------
    DataError
        It lacks a column that says what its rows are of.
    """
    table = frame(told)
    lacks = [name for name in spec.by if name not in table]
    if lacks:
        raise DataError(
            f"{where} has no column {', '.join(lacks)}: another version of kentlib made it, and "
            "this one cannot tell what its rows are of. Make the report with that version, or "
            "take the release out of the folder, knowing that it is then not minded."
        )
    for name in spec.measures:
        if name not in table:
            table[name] = pd.array([None] * len(table), dtype="Int64")
    for name, _ in spec.cells.values():
        if name not in table:
            table[name] = ""
    return Earlier(table, period(told))


def _counted(table: pd.DataFrame, name: str) -> list[int | str]:
    marks = table[f"{name}{MARK}"].tolist()
    return [
        mark or (NOT_AVAILABLE if pd.isna(count) else int(count))
        for count, mark in zip(table[name], marks, strict=True)
    ]


def _value(cell: object) -> object:
    if pd.isna(cell):
        return None
    if isinstance(cell, pd.Timestamp):
        return cell.date().isoformat()
    return cell.item() if hasattr(cell, "item") else cell


def _number(cell: object) -> int | None:
    if isinstance(cell, str) and cell in LEGEND:
        return None
    if type(cell) is not int or cell < 0:
        raise ValueError("a count is none")
    return cell


def _in_words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def in_csv(told: Plain) -> pd.DataFrame:
    """A table as a reader gets it: the columns that have a name, with their marks."""
    shown = [name for name, _ in told["columns"]]
    return frame(told)[[*shown, *(f"{name}{MARK}" for name in told["counts"])]]
