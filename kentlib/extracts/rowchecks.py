"""Checks that look at one table: dates in order, births, ages, the future, overlaps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from kentlib.extracts.problems import LEFT_OUT, NOTE, Found
from kentlib.extracts.specs import Table
from kentlib.extracts.typed import Places

BySheet = Mapping[tuple[str, str], Places]
"""Where each field stood, by file and sheet."""


class Teller:
    """Puts what a check marks in a table's rows on the problem list."""

    def __init__(self, table: Table, rows: pd.DataFrame, places: BySheet, found: Found) -> None:
        self.table, self.rows, self.places, self.found = table, rows, places, found

    def tell(
        self,
        marked: pd.Series | np.ndarray,
        column: str,
        kind: str,
        problem: str,
        *,
        seen: str = "",
        expected: str = "",
        severity: str = NOTE,
    ) -> bool:
        """Tell of the marked rows at a column; say whether there were any."""
        marks = np.asarray(marked, dtype=bool)
        if not marks.any():
            return False
        at = self.rows["_row"].to_numpy()[marks]
        if len(self.places) == 1:
            parts = [(next(iter(self.places)), at)]
        else:
            some = self.rows.loc[marks, ["_file", "_sheet", "_row"]]
            by = some.groupby(["_file", "_sheet"], observed=True, sort=False)
            parts = [(place, part["_row"].to_numpy()) for place, part in by]
        for (file, sheet), numbers in parts:
            header, letter = self.places[file, sheet][column]
            self.found.add(
                kind,
                problem,
                file=file,
                sheet=sheet,
                row=numbers,
                column=header,
                letter=letter,
                seen=seen,
                expected=expected,
                severity=severity,
            )
        return True


def in_order(rows: pd.DataFrame, teller: Teller) -> None:
    """Leave out a date that is before the one it must follow.

    Where either has no time of day they are compared as days.
    """
    table = teller.table
    for first, second in table.in_order:
        before, after = rows[first].to_numpy(), rows[second].to_numpy()
        wrong = after < before
        if f"{first}_has_time" in rows:
            timed = (rows[f"{first}_has_time"] & rows[f"{second}_has_time"]).to_numpy()
            days = after.astype("datetime64[D]") < before.astype("datetime64[D]")
            wrong = np.where(timed, wrong, days)
        name, other = table.fields[second].header, table.fields[first].header
        told = teller.tell(
            wrong,
            second,
            "ends-before-start",
            f"{name} is before {other}",
            seen="an earlier date",
            expected=f"a date on or after {other}",
            severity=LEFT_OUT,
        )
        if told:
            rows[second] = rows[second].mask(wrong)
            if f"{second}_has_time" in rows:
                rows[f"{second}_has_time"] = rows[f"{second}_has_time"] & ~wrong


def from_birth(rows: pd.DataFrame, teller: Teller) -> None:
    """Leave out a date of birth after what the child did, or long after for the unborn."""
    table = teller.table
    for name in table.from_birth:
        limit = rows["date_of_birth"].to_numpy() - np.timedelta64(table.before_birth, "D")
        wrong = rows[name].to_numpy() < limit
        unborn = f"more than {table.before_birth} days " if table.before_birth else ""
        told = teller.tell(
            wrong,
            "date_of_birth",
            "born-after",
            f"{table.fields[name].header} is {unborn}before the child was born",
            seen="a later date",
            expected="a date of birth that can be",
            severity=LEFT_OUT,
        )
        if told:
            rows["date_of_birth"] = rows["date_of_birth"].mask(wrong)


def future(rows: pd.DataFrame, teller: Teller, today: dt.date) -> None:
    """Tell of dates after today."""
    limit = np.datetime64(today, "us") + np.timedelta64(1, "D")
    for name, column in teller.table.fields.items():
        if column.kind in ("date", "moment"):
            teller.tell(
                rows[name].to_numpy() >= limit,
                name,
                "date-in-future",
                "a date in the future",
                seen="a later date",
                expected="a date up to today",
            )


def age(rows: pd.DataFrame, teller: Teller) -> None:
    """Tell of an age more than a year from what the date of birth says.

    It is compared on the day most rows agree on: the list does not say when it was made.
    """
    if "age" not in rows:
        return
    years = rows["age"].to_numpy(dtype="float64", na_value=np.nan)
    born = rows["date_of_birth"].to_numpy().astype("datetime64[D]")
    held = ~np.isnan(years) & ~np.isnat(born)
    if held.sum() < 3:
        return
    birthday = born[held].astype("int64") + (years[held] + 0.5) * 365.25
    off = np.abs(birthday - np.median(birthday)) > 1.5 * 365.25
    marked = np.zeros(len(rows), dtype=bool)
    marked[np.flatnonzero(held)[off]] = True
    teller.tell(
        marked,
        "age",
        "age-not-of-birth",
        "an age that is not that of the date of birth, on the day of most rows",
        seen="a number",
        expected="the age on the day the list was made",
    )


def overlap(rows: pd.DataFrame, teller: Teller) -> None:
    """Tell of an episode that starts before an earlier one of the same child has ended."""
    order = rows.sort_values(["child_id", "episode_start"], kind="stable")
    by = order.groupby("child_id", sort=False)
    open_until = order["episode_end"].fillna(pd.Timestamp.max.as_unit("us"))
    latest = open_until.groupby(order["child_id"], sort=False).cummax()
    before = latest.groupby(order["child_id"], sort=False).shift()
    days = ~order["episode_start_has_time"] | ~by["episode_end_has_time"].shift(fill_value=True)
    start = order["episode_start"]
    over = (start < before).where(~days, start < before.dt.normalize())
    marked = over.reindex(rows.index).fillna(False)
    teller.tell(
        marked,
        "episode_start",
        "overlap",
        "starts before an earlier episode of the same child has ended",
        seen="an earlier date",
        expected="a start on or after the end of the episode before",
    )
