"""Tables with their small counts protected, and what somebody could still work out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from kentlib import statistics
from kentlib.disclosure import attack, drafts, marks, over_time, specs, suppress
from kentlib.disclosure import rules as rules_
from kentlib.disclosure.attack import Published
from kentlib.disclosure.over_time import Earlier
from kentlib.disclosure.rules import BASE, MIN_CELL, Rules
from kentlib.disclosure.specs import Columns, Key, Spec, listed
from kentlib.disclosure.timeline import Period
from kentlib.shares import MIN_BASE
from kentlib.words import plural


@dataclass(frozen=True)
class Protected:
    """A table that may be published, and the account of what was withheld from it.

    Attributes
    ----------
    table
        The columns and rows that came in, in their order; counts are `Int64`, missing where
        withheld, and `<count>_mark` says why ("c", "low", "x") or is "".
    finding
        How many counts are withheld and what was tested, in a sentence that may be published.
    """

    table: pd.DataFrame
    finding: str
    _withheld: pd.DataFrame
    _unknown: np.ndarray
    _outside: Published

    @property
    def legend(self) -> pd.DataFrame:
        """The marks that the table uses: `mark`, `means`."""
        columns = [name for name in self.table if str(name).endswith(MARK)]
        return marks.legend(self.table[columns].to_numpy().ravel().tolist())

    @cached_property
    def audit(self) -> pd.DataFrame:
        """What can still be worked out of each withheld or rounded count. Internal: see `why`.

        Returns
        -------
        One row per such count of the table: `count`, the columns of `by`, `mark`, `why` ("small",
        "changed by few", "protects another", "rounded", "not available"), `low` and `high`: the
        least and the most that it can be for somebody who has all that is published; `high` is
        missing where nothing limits it. The range is that of whole numbers, or wider. Not to
        be published: `why` tells the small ones from the rest.
        """
        ranges = self._outside.ranges[self._unknown]
        high = pd.Series(ranges[:, 1]).replace(np.inf, np.nan)
        return self._withheld.assign(
            low=pd.Series(ranges[:, 0]).astype("Int64").to_numpy(),
            high=high.astype("Int64").to_numpy(),
        ).astype({"low": "Int64", "high": "Int64"})


MARK = "_mark"
"""What follows the name of a count in that of the column of its marks."""


def protect(
    table: pd.DataFrame,
    *,
    by: Sequence[str],
    counts: Sequence[str] | Mapping[str, str],
    repeats: Mapping[str, Columns] | None = None,
    within: Mapping[str, str] | None = None,
    sums: Mapping[str, Sequence[str]] | None = None,
    nested: Mapping[str, Mapping[object, object]] | None = None,
    totals: Mapping[str, object] | None = None,
    parents: Mapping[str, Mapping[object, object]] | None = None,
    shares: Mapping[Any, tuple[Columns, str]] | None = None,
    derived: Sequence[str] = (),
    kept: Sequence[str] = (),
    cells: Mapping[str, tuple[str, Sequence[str]]] | None = None,
    between: Mapping[str, Sequence[str]] | None = None,
    min_cell: int = MIN_CELL,
    zeros: str = "shown",
    rest: str = "protected",
    method: str = "suppress",
    period: Period | None = None,
    earlier: Sequence[Earlier] = (),
) -> Protected:
    """A table of counts of children, safe to publish.

    Parameters
    ----------
    table, by, counts, repeats, within, sums, nested, totals, parents, shares, derived, kept,
    cells, between
        What the table holds: see `Spec`. Tables that share counts, or stand in one report, are
        better protected together: see `protect_all`.
    min_cell
        Counts from 1 to this are small. With 0 none is.
    zeros
        "shown", or "withheld" to treat a nought as a small count. A row that is not in the
        table is a nought that everybody sees.
    rest
        "protected", or "shown" to let a whole less its part (see `within`) be small.
    method
        "suppress" withholds small counts, and others that would give them away (c). "round" takes
        every count to the nearest 5, totals too, and writes low for 1 and 2; shares are worked
        out anew from rounded counts, and missing where the rounded denominator is below 10.
        Rounded numbers need not add up, and protect less: a small count stays one of at least
        4 numbers in a row, and low stays 1 or 2.
    period
        The first and the last day that the table counts; one day twice for children on a day.
    earlier
        What was published before of the same table, the oldest first: see `Earlier`. What is
        unchanged since it was told of the same period is known and can no longer be withheld; a
        count that changed by 1 to `min_cell` children is withheld, because the difference would
        be those few. Of other days see `kentlib.disclosure.over_time`.

    Returns
    -------
    `Protected`: `.table`, `.finding`, `.legend`, `.audit`.

    Raises
    ------
    DataError
        The table is not as its spec says (a total that is not the sum of its parts, two rows of
        one group, a count below 0), or what was published before gives a small count away.

    Source
    ------
    The rules, and where they come from: `kentlib.disclosure.rules`. What is not protected: a
    reader who knows some of the children, or counts no table here holds; a mean or median beyond
    its own row; and the department's mark itself tells that a count is not 0.

    Examples
    --------
    >>> adopted = pd.DataFrame({
    ...     "district": ["Ashford", "Dover", "Swale", "all"],
    ...     "adopted": [12, 3, 9, 24]})
    >>> safe = protect(adopted, by=["district"], counts=["adopted"])
    >>> safe.table["adopted"].tolist()
    [12, <NA>, <NA>, 24]
    >>> safe.table["adopted_mark"].tolist()
    ['', 'c', 'c', '']
    >>> safe.audit[["district", "why", "low", "high"]].values.tolist()
    [['Dover', 'small', 1, 11], ['Swale', 'protects another', 1, 11]]
    """
    spec = Spec(
        table,
        by,
        counts,
        repeats=repeats or {},
        within=within or {},
        sums=sums or {},
        nested=nested or {},
        totals=totals,
        parents=parents or {},
        shares=shares or {},
        derived=derived,
        kept=kept,
        cells=cells or {},
        between=between or {},
    )
    said = {"min_cell": min_cell, "zeros": zeros, "rest": rest, "method": method}
    name = "the table"
    periods = {name: period} if period else {}
    return protect_all({name: spec}, **said, periods=periods, earlier={name: earlier})[name]


def protect_all(
    specs_: Mapping[str, Spec],
    *,
    min_cell: int = MIN_CELL,
    zeros: str = "shown",
    rest: str = "protected",
    method: str = "suppress",
    periods: Mapping[str, Period] | None = None,
    earlier: Mapping[str, Sequence[Earlier]] | None = None,
) -> dict[str, Protected]:
    """Tables that are published together, each safe beside all the others.

    Parameters
    ----------
    specs_
        Name of each table and its `Spec`. Counts of one measure and one group are one cell, in
        whichever table they stand; a measure of another period or place needs another name.
    min_cell, zeros, rest, method
        As for `protect`.
    periods
        The first and the last day that a table counts, by its name. It may have none where it
        was never published of other days.
    earlier
        What was published before of a table, the oldest first, by its name.

    Returns
    -------
    Each table protected, by its name.

    Raises
    ------
    DataError
        As for `protect`; also when two tables give one cell different values, or tell one
        measure of two periods.
    """
    rules = Rules(min_cell=min_cell, zeros=zeros, rest=rest, method=method)
    for name, spec in specs_.items():
        specs.check(spec, name)
    periods, earlier = dict(periods or {}), dict(earlier or {})
    over_time.check(specs_, periods, earlier, rules)
    system, changed, hidden, told = _chosen(specs_, rules, periods, earlier)
    outside, unknown = attack.published(system, hidden)
    place = {key: number for number, key in enumerate(system.keys)}
    found = dict(zip((system.keys[i] for i in unknown), range(len(unknown)), strict=True))
    cells = Cells(rules, place, system, hidden, changed, told, found)
    return {name: _protected(spec, cells, outside) for name, spec in specs_.items()}


def _chosen(specs_, rules: Rules, periods, earlier):
    """The system, what of it changed by few, what is withheld of it, and of which counts what was
    published before has told more than it may."""
    system, changed = drafts.system(specs_, rules, periods, earlier)
    try:
        return system, changed, *_choice(system)
    except suppress.Unprotectable:
        if not system.is_tied:
            raise
    # A nought, or that a withheld count is none, would give away what was withheld before.
    system, changed = drafts.system(specs_, rules, periods, earlier, noughts=True)
    return system, changed, *_choice(system)


def _choice(system):
    asked = system.need.copy()
    hidden = suppress.choose(system)
    return hidden, {system.keys[i] for i in np.flatnonzero(system.need < asked)}


@dataclass(frozen=True)
class Cells:
    """What was decided of every cell."""

    rules: Rules
    place: dict[Key, int]
    system: Any
    hidden: np.ndarray
    changed: set[Key]
    told: set[Key]
    unknown: dict[Key, int]

    def withheld(self, keys: Sequence[Key]) -> np.ndarray:
        return self.hidden[[self.place[key] for key in keys]] if keys else np.zeros(0, "bool")

    def why(self, key: Key) -> str:
        at = self.place[key]
        if self.rules.method == "round" and not self.hidden[at]:
            return "rounded"
        if self.rules.small(self.system.value[at]):
            return "small"
        return "changed by few" if key in self.changed else "protects another"


def _protected(spec: Spec, cells: Cells, outside: Published) -> Protected:
    made = spec.table.copy()
    made.attrs = {}
    rounds = cells.rules.method == "round"
    gone, listed_, told = {}, [], {}
    for count in spec.measures:
        keys = spec.keys(count)
        value = specs.values(spec, count)
        absent = np.isnan(value)
        withheld = cells.withheld(keys) & ~absent
        shown = rules_.rounded(value) if rounds else value
        low = rounds & (value > 0) & (shown == 0) & ~withheld & ~absent
        mark = np.full(len(value), "", dtype="object")
        for where, one in (
            (low, marks.LOW),
            (withheld, marks.WITHHELD),
            (absent, marks.NOT_AVAILABLE),
        ):
            mark[where] = one
        gone[count] = absent | withheld | low
        told |= {key: one for key, one in zip(keys, mark, strict=True) if one or key not in told}
        shown = np.where(gone[count], np.nan, shown)
        made[count] = pd.array(pd.Series(shown).astype("Int64"), dtype="Int64")
        made[count + MARK] = pd.array(mark, dtype="str")
        listed_ += _lines(spec, count, keys, mark, value, cells)
    _blank(made, spec, cells, gone, rounds)
    withheld = pd.DataFrame(listed_, columns=["count", *spec.by, "mark", "why", "_at"])
    at = withheld.pop("_at").to_numpy("int64")
    return Protected(made, _finding(told, cells), withheld, at, outside)


def _lines(spec, count, keys, mark, value, cells: Cells) -> list[tuple]:
    groups = spec.table[list(spec.by)].itertuples(index=False, name=None)
    groups = list(groups) if spec.by else [()] * len(spec.table)
    made = []
    for key, group, one, absent in zip(keys, groups, mark, np.isnan(value), strict=True):
        if key in cells.unknown:
            why = "not available" if absent else cells.why(key)
            made.append((count, *group, one, why, cells.unknown[key]))
    return made


def _blank(made: pd.DataFrame, spec: Spec, cells: Cells, gone: dict, rounds: bool) -> None:
    """Take out what a withheld count could be worked out from."""
    for columns, (top, bottom) in spec.shares.items():
        names = [columns] if isinstance(columns, str) else list(columns)
        lost = np.logical_or.reduce([gone[count] for count in [*listed(top), bottom]])
        if rounds:
            _share_anew(made, names, [made[count] for count in listed(top)], made[bottom])
        for name in names:
            made[name] = _without(made[name], lost)
    lost = np.zeros(len(made), dtype="bool")
    for count in spec.measures:
        lost |= gone[count]
        for whole in _wholes(spec, count, cells):
            lost |= cells.withheld(whole)
    if rounds:
        lost |= True
    for name in spec.derived:
        made[name] = _without(made[name], lost)


def _wholes(spec: Spec, count: str, cells: Cells) -> list[list[Key]]:
    """For each row the cell of its count over the whole of one dimension, or of all of them."""
    totals, keys = list(spec.total_labels), spec.keys(count)
    made = []
    for dropped in [*([name] for name in totals), totals]:
        wholes = [(key[0], tuple(p for p in key[1] if p[0] not in dropped)) for key in keys]
        pairs = zip(wholes, keys, strict=True)
        made.append([whole if whole in cells.place else key for whole, key in pairs])
    return made


def _share_anew(made, names, tops, bottom) -> None:
    top = sum(one.astype("Float64") for one in tops).astype("float64")
    base = bottom.astype("Float64").astype("float64")
    base = base.where(base >= MIN_BASE)
    top = np.minimum(top, base)
    made[names[0]] = top / base
    if len(names) == 3:
        ends = statistics.share_interval(top, base)
        made[names[1]], made[names[2]] = ends["low"], ends["high"]


def _without(column: pd.Series, lost: np.ndarray) -> pd.Series:
    if not lost.any():
        return column
    if pd.api.types.is_bool_dtype(column):
        column = column.astype("boolean")
    elif pd.api.types.is_integer_dtype(column):
        column = column.astype("Int64")
    return column.mask(lost)


def _finding(told: Mapping[Key, str], cells: Cells) -> str:
    """What was withheld and tested, in a sentence."""
    rules = cells.rules
    whole = plural(len(told), "count")
    marked = [mark for mark in told.values() if mark]
    number = sum(mark == marks.WITHHELD for mark in marked)
    small = f"a count of {1 if rules.zeros == 'shown' else 0} to {rules.min_cell}"
    if rules.min_cell == 0 and rules.zeros == "shown" and rules.method == "suppress":
        return f"None of {whole} is protected: no number is taken for small"
    if rules.method == "round":
        low = sum(mark == marks.LOW for mark in marked)
        also = f" and {number} withheld" if number else ""
        return (
            f"All of {whole} are rounded to the nearest {BASE}, {low} of them to low{also}; tested "
            f"with every sum, {small} stays one of at least {rules_.OF_ROUNDED + 1} numbers, or 1 "
            "or 2 where it is low"
        )
    if not number:
        return f"None of {whole} is withheld: none is small, and none would give {small} away"
    verb = "is" if number == 1 else "are"
    return (
        f"{number} of {whole} {verb} withheld; tested with every sum, {small} stays one of at "
        f"least {rules.width + 1} numbers{_but(len(told.keys() & cells.told))}"
    )


def _but(number: int) -> str:
    if not number:
        return ""
    return f", but for {number} of which what was published before tells more"
