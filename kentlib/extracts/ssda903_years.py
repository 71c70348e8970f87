"""Several collection years together: which year a file is of, and which return is believed."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from kentlib.arrays import NEVER, Codes, collection_years, days, in_order
from kentlib.extracts import ssda903_form as form
from kentlib.extracts.ssda903_findings import Findings
from kentlib.extracts.ssda903_part import Part

_BIRTHS = ("dob", "mc_dob", "duc")
"""Dates that say nothing of when a return was made."""


def settle(parts: list[Part], findings: Findings) -> None:
    """Give each part's rows their `year`, and hold their codes to it.

    The year is the one that the path names. Where none does it is told by the latest start of
    an episode that came with it, and each episode is of the year it ended in: a file of one
    return is then of one year, and an extract of many years is told apart.
    """
    told: dict[str, int] = {}
    for part in sorted(parts, key=lambda part: part.table.name != "episodes"):
        year = part.named or told.get(part.group) or _year_told(part)
        year = year or max([*told.values(), form.years()[0]])
        told.setdefault(part.group, year)
        part.frame["year"] = _row_years(part, year)
        _check_year(part, year, findings)
    _check_set(parts, findings)


def _year_told(part: Part) -> int | None:
    """The collection year of the latest start, or else of the latest date, of a part."""
    names = [name for name, column in part.table.columns.items() if column.kind == "date"]
    starts = part.table.interval[:1] if part.table.interval else names
    latest = part.frame[[name for name in starts if name not in _BIRTHS]].max().max()
    return None if pd.isna(latest) else int(collection_years(days(pd.Series([latest])))[0])


def _row_years(part: Part, year: int) -> np.ndarray:
    years = np.full(len(part.frame), year, dtype="int64")
    if part.named is None and part.table.name == "episodes":
        ended = days(part.frame["dec"])
        years = np.where(ended == NEVER, years, np.minimum(collection_years(ended), years))
    return years


def _check_year(part: Part, year: int, findings: Findings) -> None:
    here, (first, last) = (part.file, part.sheet), form.years()
    part.year = year
    if part.named is None:
        findings.once("year-unnamed", *here, seen=f"read as {year}")
    if not first <= year <= last:
        if part.table.name == "episodes":  # once a return, not once for each of its tables
            findings.once("year-unknown", *here, seen=str(year))
    elif year < part.table.since:
        findings.once("table-not-of-the-year", *here, seen=f"{part.table.name} in {year}")
    for name, column in part.table.columns.items():
        if column.kind == "code" and part.named is not None:
            cells = Codes(part.frame[name])
            known = cells.isin(list(form.codes_of(column.codes, year))) | cells.blank
            if not known.all():
                seen = cells.cells.astype("object").to_numpy()
                findings.rows("code-of-another-year", part.frame, ~known, name, seen)


def _check_set(parts: list[Part], findings: Findings) -> None:
    """Tables that stand twice in a year, and years between with no return."""
    seen: set[tuple[int, str]] = set()
    for part in parts:
        if (part.year, part.table.name) in seen:
            findings.once("table-twice", part.file, part.sheet, seen=f"{part.table.name}")
        seen.add((part.year, part.table.name))
    episodes = [part for part in parts if part.table.name == "episodes"]
    years = {int(year) for part in episodes for year in part.frame["year"].unique()}
    if years:
        for year in sorted(set(range(min(years), max(years))) - years):
            findings.once("year-missing", seen=str(year))


def combine(
    parts: Iterable[Part], table: form.Table, findings: Findings
) -> tuple[pd.DataFrame, dict[str, int]]:
    """A table's rows over all years, each fact once, and how many rows were left out, by why.

    Of rows with the same key the one of the latest return stays; within a return the one that
    ends last, or stands last.
    """
    parts = sorted(parts, key=lambda part: part.year)
    left_out: dict[str, int] = {}
    for part in parts:
        for why, rows in part.left_out.items():
            left_out[why] = left_out.get(why, 0) + rows
    rows = _together([part.frame for part in parts], table)
    child, when = pd.factorize(rows["child"])[0], _when(rows, table)
    year = rows["year"].to_numpy()
    order = in_order(child, when)
    again = _alike(order, child, when)
    if (again[1:] & (year[order][1:] == year[order][:-1])).any() and table.interval:
        order = np.lexsort((days(rows[table.interval[1]]), year, when, child))
        again = _alike(order, child, when)
    rows, year = rows.take(order).reset_index(drop=True), year[order]
    replaced = np.append(again[1:], False)[: len(rows)]
    if not replaced.any():
        return rows, left_out
    at = np.flatnonzero(replaced)
    same_year = year[at] == year[at + 1]
    twice, changed = at[same_year], at[~same_year]
    exact = _equal(rows, twice, [name for name in table.columns])
    for kind, which in (("row-twice", twice[exact]), ("fact-twice", twice[~exact])):
        findings.rows(kind, rows, _marks(len(rows), which))
    _tell_of_changes(rows, changed, table, findings)
    left_out |= {
        "the same row again": int(exact.sum()),
        "another row tells the same fact": int((~exact).sum()),
        "a later return tells it": len(changed),
    }
    return rows[~replaced].reset_index(drop=True), left_out


def _together(frames: list[pd.DataFrame], table: form.Table) -> pd.DataFrame:
    if frames:
        rows = pd.concat(frames, ignore_index=True)
        for name in ("_file", "_sheet"):
            listed = pd.api.types.union_categoricals([frame[name] for frame in frames])
            rows[name] = listed
    else:
        rows = pd.DataFrame({name: form.blank(c, 0) for name, c in table.columns.items()})
        rows = rows.assign(_file="", _sheet="", _row=0, year=0)
    return rows[[*table.columns, "year", "_file", "_sheet", "_row"]]


def _when(rows: pd.DataFrame, table: form.Table) -> np.ndarray:
    """What tells a child's facts apart, as a number that grows with time."""
    when = np.zeros(len(rows), dtype="int64")
    for name in table.key[1:]:
        if name == "year":
            when = rows["year"].to_numpy()
        elif table.columns[name].kind == "date":
            when = when + days(rows[name])
        else:  # one more kind of thing on the same day, as "missing" is
            when = when + Codes(rows[name]).numbers * np.int64(2**40)
    return when


def _alike(order: np.ndarray, child: np.ndarray, when: np.ndarray) -> np.ndarray:
    """Whether each row in order has the key of the row before."""
    child, when = child[order], when[order]
    same = (child[1:] == child[:-1]) & (when[1:] == when[:-1])
    return np.append(np.zeros(min(1, len(order)), dtype=bool), same)


def _equal(rows: pd.DataFrame, at: np.ndarray, columns: list[str]) -> np.ndarray:
    """Whether the rows at these places are the same as the rows after them."""
    same = np.ones(len(at), dtype=bool)
    for name in columns:
        same &= ~_differ(rows[name], at, blank_differs=True)
    return same


def _differ(cells: pd.Series, at: np.ndarray, *, blank_differs: bool) -> np.ndarray:
    pairs = cells.take(np.append(at, at + 1))
    dated = pairs.dtype == "datetime64[us]"
    numbers, none = (days(pairs), NEVER) if dated else (Codes(pairs).numbers, -1)
    one, other = numbers[: len(at)], numbers[len(at) :]
    differ = one != other
    return differ if blank_differs else differ & (one != none) & (other != none)


def _tell_of_changes(
    rows: pd.DataFrame, at: np.ndarray, table: form.Table, findings: Findings
) -> None:
    """Dates and codes that both returns give and that differ; a blank since filled is no change."""
    ended = rows["dec"].notna().to_numpy()[at] if table.name == "episodes" else None
    for name, column in table.columns.items():
        if column.kind not in ("date", "code") or name in (*table.key, "sex", "duc"):
            continue
        if name in ("reason_place_change",):
            continue
        differ = _differ(rows[name], at, blank_differs=False)
        if name == "rec":  # the reason of an episode that was open says nothing yet
            differ &= ended
        if differ.any() and column.kind == "code":  # unless the code itself was done away with
            differ &= _still_a_code(rows, at, name, column)
        findings.rows("changed-since", rows, _marks(len(rows), at[differ]), name)


def _still_a_code(rows: pd.DataFrame, at: np.ndarray, name: str, column: form.Column) -> np.ndarray:
    codes, years = Codes(rows[name].take(at)), rows["year"].to_numpy()[at + 1]
    still = np.zeros(len(at), dtype=bool)
    for year in np.unique(years):
        known = codes.isin(list(form.codes_of(column.codes, int(year))))
        still |= known & (years == year)
    return still


def _marks(rows: int, at: np.ndarray) -> np.ndarray:
    marks = np.zeros(rows, dtype=bool)
    marks[at] = True
    return marks
