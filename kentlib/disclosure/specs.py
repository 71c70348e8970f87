"""What a table of counts holds: its cells, which of them are the same, and what adds up to what.

A cell is a measure and the group it is of: ("children", (("district", "Dover"), ("year", 2017))).
A dimension whose value is the total label is left out of the group. So a row of the total, a
column that repeats the total on every row and the same count in another table are one cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from kentlib.errors import DataError
from kentlib.shares import ALL

Key = tuple[str, tuple[tuple[str, object], ...]]
Columns = str | Sequence[str]


@dataclass(frozen=True)
class Spec:
    """A table of counts and what its columns are; every column is named in one of these.

    Parameters
    ----------
    table
        One row per combination of the columns of `by`.
    by
        The columns that say what a row is of. None is blank.
    counts
        The columns of counts: whole numbers, 0 or more; a missing one is not available (x) and
        stays so. As a mapping it names the measure of each: two columns of one measure are the
        same count, so {"children": "leavers", "left_care": "leavers"} says that `left_care` is
        the total of `children`.
    repeats
        For a count that is the same on every row of some dimensions, those dimensions:
        {"left_care": ["route"]}.
    within
        Counts that are part of another, on the same row: {"children": "left_care"}. The rest
        (left_care less children) is a count too.
    sums
        Counts that others add up to: {"base": ["held", "not_held"]}; with a minus for one that
        is taken off: {"after": ["before", "started", "-ended"]}.
    nested
        For a dimension, groups that are part of others: {"of": {"leavings under 18":
        "all leavings"}}.
    totals
        The label of the total, by dimension; "all" in every dimension that has it when not
        given. With {} "all" is a name like any other, and nothing is a total.
    parents
        For a dimension, the group that each group is part of, as deep as it goes:
        {"district": {"Dover": "East Kent", "East Kent": "all"}}. A group without one is part
        of the total.
    shares
        What is worked out from two counts: a column, or the columns of a share and the two ends
        of its interval, to numerator and denominator:
        {("share", "low", "high"): ("children", "left_care")}. A numerator may be several counts,
        added.
    derived
        Columns of numbers or words worked out from the counts of a row (or of its total), such
        as a difference from the rest, a median or a verdict: missing where one is withheld.
    kept
        Columns that say nothing of the counts.
    cells
        For a count whose measure differs from row to row, the column that names it, and the
        dimensions that it has as well: {"base": ("base_is", ["district"])}. Rows of one name
        and group are one cell, in every table protected together; a blank name leaves the cell
        to the column's own measure and the whole group.
    between
        Of the measures so named, those that others add up to: {"returned": ["applicable", "not
        applicable"]}. One that no row names is a count too: the rest.
    """

    table: pd.DataFrame
    by: Sequence[str]
    counts: Sequence[str] | Mapping[str, str]
    repeats: Mapping[str, Columns] = field(default_factory=dict)
    within: Mapping[str, str] = field(default_factory=dict)
    sums: Mapping[str, Sequence[str]] = field(default_factory=dict)
    nested: Mapping[str, Mapping[object, object]] = field(default_factory=dict)
    totals: Mapping[str, object] | None = None
    parents: Mapping[str, Mapping[object, object]] = field(default_factory=dict)
    shares: Mapping[Any, tuple[Columns, str]] = field(default_factory=dict)
    derived: Sequence[str] = ()
    kept: Sequence[str] = ()
    cells: Mapping[str, tuple[str, Sequence[str]]] = field(default_factory=dict)
    between: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def measures(self) -> dict[str, str]:
        """Each count and its measure."""
        if isinstance(self.counts, Mapping):
            return dict(self.counts)
        return {name: name for name in self.counts}

    @cached_property
    def total_labels(self) -> dict[str, object]:
        """The label of the total in each dimension that has one."""
        if self.totals is not None:
            return dict(self.totals)
        return {name: ALL for name in self.by if (self.table[name].astype("object") == ALL).any()}

    def keys(self, count: str) -> list[Key]:
        """The cell of each row."""
        measure, totals = self.measures[count], self.total_labels
        left = [name for name in self.by if name not in listed(self.repeats.get(count, ()))]
        columns = [self.table[name].tolist() for name in left]
        made: list[Key] = []
        for labels in zip(*columns, strict=True) if left else [()] * len(self.table):
            group = zip(left, labels, strict=True)
            made.append((measure, tuple(sorted(p for p in group if totals.get(p[0]) != p[1]))))
        if count in self.cells:
            column, kept = self.cells[count]
            named = self.table[column]
            blank = (named.isna() | (named.astype("str") == "")).tolist()
            for row, name in enumerate(named.astype("str")):
                if not blank[row]:
                    group = tuple(pair for pair in made[row][1] if pair[0] in kept)
                    made[row] = (named_measure(name), group)
        return made


def named_measure(name: str) -> str:
    """The measure of cells that a column names."""
    return f"cell {name}"


def listed(names: Columns) -> list[str]:
    """One name or several, as a list."""
    return [names] if isinstance(names, str) else list(names)


def check(spec: Spec, name: str) -> None:
    """Hold a table to its spec.

    Raises
    ------
    DataError
        A column is missing or in none of the spec's parts; a group is blank; two rows are of one
        group; a count is not a whole number of 0 or more. The message never says a count.
    """
    table, counts = spec.table, list(spec.measures)
    if table.columns.has_duplicates:
        raise DataError(f"{name} has two columns of one name among {list(table.columns)}.")
    named = [*spec.by, *counts, *spec.derived, *spec.kept, *(c for c, _ in spec.cells.values())]
    for column, (top, bottom) in spec.shares.items():
        named += [*listed(column), *listed(top), bottom]
    lacks = sorted(set(named) - set(table.columns))
    if lacks:
        raise DataError(f"{name} lacks {lacks}; it has {list(table.columns)}.")
    unsaid = [column for column in table.columns if column not in set(named)]
    if unsaid:
        raise DataError(
            f"{name}: {unsaid} are not among by, counts, shares or derived. Name them in derived "
            "if they are worked out from the counts, or in kept if they say nothing of them."
        )
    told = [*spec.repeats, *spec.within, *spec.within.values(), *spec.sums, *spec.cells]
    told += [part.removeprefix("-") for parts in spec.sums.values() for part in parts]
    told += [part for top, bottom in spec.shares.values() for part in [*listed(top), bottom]]
    strange = sorted(set(told) - set(counts))
    if strange:
        raise DataError(f"{name}: {strange} are spoken of as counts; the counts are {counts}.")
    dimensions = [*spec.nested, *spec.parents, *(spec.totals or {})]
    dimensions += [part for _, names in spec.cells.values() for part in names]
    dimensions += [part for names in spec.repeats.values() for part in listed(names)]
    strange = sorted(set(dimensions) - set(spec.by))
    if strange:
        raise DataError(f"{name}: {strange} are spoken of as dimensions; by has {list(spec.by)}.")
    _check_rows(spec, name)


def _check_rows(spec: Spec, name: str) -> None:
    table = spec.table
    for column in spec.by:
        blank = int(table[column].isna().sum())
        if blank:
            raise DataError(
                f"{name}: {column} is blank in {blank} of {len(table)} rows. Call what is not "
                "known by a name, such as 'not recorded', or the whole by the total's label."
            )
    if spec.by and table.duplicated(list(spec.by)).any():
        first = table.loc[table.duplicated(list(spec.by)), list(spec.by)].iloc[0]
        raise DataError(f"{name} has two rows of one group: {said(first.items())}.")
    if not spec.by and len(table) > 1:
        raise DataError(f"{name} has {len(table)} rows and no column in by to tell them apart.")
    for count in spec.measures:
        bad = ~_whole(table[count])
        if bad.any():
            first = table.loc[bad.to_numpy(), list(spec.by)].iloc[0]
            raise DataError(
                f"{name}: {count} is not a whole number of 0 or more in {int(bad.sum())} of "
                f"{len(table)} rows (first: {said(first.items())})."
            )


def _whole(column: pd.Series) -> pd.Series:
    if pd.api.types.is_bool_dtype(column):
        return pd.Series(False, index=column.index)
    number = pd.to_numeric(column, errors="coerce").astype("Float64").astype("float64")
    return column.isna() | ((number >= 0) & (number % 1 == 0) & (number < 2**40))


def values(spec: Spec, count: str) -> np.ndarray:
    """A count's values as floating point, missing ones NaN."""
    return pd.to_numeric(spec.table[count]).astype("Float64").to_numpy("float64", na_value=np.nan)


def said(group: Iterable[tuple[object, object]]) -> str:
    """A group in words, for an error: "district Dover, year 2017"."""
    return ", ".join(f"{name} {label}" for name, label in group) or "the only row"
