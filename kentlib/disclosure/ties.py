"""Published counts tied to the days they have in common: what enters the system, and what need not.

Count by count (`timeline`) it is settled first which published numbers agree, what is certain of
the days between, and which differences everything shown would give away. A count that is known in
every period, or withheld in one alone, is settled by that; only the others have stretches of
days in the system.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kentlib.disclosure import atoms
from kentlib.disclosure.releases import Release
from kentlib.disclosure.rules import Rules
from kentlib.disclosure.specs import Key
from kentlib.disclosure.systems import Relation
from kentlib.disclosure.timeline import Line, Period, spans

MANY = 2000
"""Withheld counts of earlier releases that are followed at most, a whole release at a time."""

Form = tuple[int, ...]
"""Stretches, by their number, whose counts are added."""


@dataclass(frozen=True)
class Now:
    """What a reader will know of the counts of this period: sets of those that are `sure` whatever
    is withheld, and of those `shown` if nothing more than the small ones is withheld; and what one
    that is withheld is at `least`."""

    sure: set[Key]
    shown: set[Key]
    least: float


@dataclass(frozen=True)
class Ties:
    """Counts of this period and of earlier ones.

    Parameters
    ----------
    told
        The release of now, with true counts, and those of before, the newest first.
    periods
        Their periods.
    union, relations
        Every count of any of them, and the sums that hold between them in each stretch.
    """

    told: Sequence[Release]
    periods: Sequence[Period]
    union: list[Key]
    relations: list[Relation]
    now: Now
    rules: Rules

    @cached_property
    def at(self) -> dict[Key, int]:
        return {key: number for number, key in enumerate(self.union)}

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        return spans(self.periods)[1]

    @cached_property
    def stretches(self) -> int:
        return spans(self.periods)[0] - 1

    @cached_property
    def value(self) -> np.ndarray:
        """Count by period; NaN where withheld or not told."""
        made = np.full((len(self.union), len(self.told)), np.nan)
        for column, one in enumerate(self.told):
            for key, value in one.cells.items():
                made[self.at[key], column] = value
        for column, row in self._noughts():
            made[row, column] = 0
        return made

    @cached_property
    def here(self) -> np.ndarray:
        """Whether a count is told or withheld, by period."""
        made = np.zeros((len(self.union), len(self.told)), dtype="bool")
        for column, one in enumerate(self.told):
            made[[self.at[key] for key in one.cells], column] = True
        return made | (self.value == 0)

    def _noughts(self):
        """A part without a row in a table whose other parts make up the whole is a nought."""
        for column, one in enumerate(self.told):
            sums = {frozenset(relation) for relation in one.relations}
            for relation in self.relations:
                there = frozenset(key for key in relation if key in one.cells)
                if len(there) < len(relation) and there in sums:
                    for key in relation.keys() - there:
                        yield column, self.at[key]

    @cached_property
    def least(self) -> np.ndarray:
        """What each count is at least: one that was withheld is no nought where these are shown."""
        first = 1.0 if self.rules.zeros == "shown" else 0.0
        made = np.where(np.isnan(self.value), first, self.value)
        for column, one in enumerate(self.told):
            for key in one.rests:
                row = self.at[key]
                made[row, column] = np.nan_to_num(self.value[row, column])
        made[:, 0] = np.nan_to_num(self.value[:, 0])
        return made

    def _line(self) -> Line:
        return Line(len(self.union), self.stretches + 1)

    @cached_property
    def _agreeing(self) -> np.ndarray:
        """Whether a count agrees with those of newer releases, by period."""
        line, made = self._line(), self.here.copy()
        for column, span in enumerate(self.spans):
            low = np.where(self.here[:, column], self.least[:, column], 0)
            high = np.where(np.isnan(self.value[:, column]), np.inf, self.value[:, column])
            made[:, column] &= line.tell(span, low, high)
        return made

    @cached_property
    def beyond(self) -> set[int]:
        """Releases whose withheld counts are not followed, because others have many."""
        now, made, many = self.periods[0], set(), 0
        withheld = (self._agreeing & np.isnan(self.value)).sum(axis=0)
        order = range(1, len(self.told))
        for column in sorted(order, key=lambda at: (not _inside(now, self.periods[at]), at)):
            many += withheld[column]
            made |= {column} if many > MANY else set()
        return made

    @cached_property
    def tied(self) -> np.ndarray:
        """Whether a count is tied to those of other periods, by period."""
        left = np.isnan(self.value)
        left[:, [column for column in range(len(self.told)) if column not in self.beyond]] = False
        return self._agreeing & ~left

    def _certain(self, known: set[Key], withheld: set[Key]) -> Line:
        line = self._line()
        rows = np.array([key in known for key in self.union])
        marked = np.array([key in withheld for key in self.union])
        for column, span in enumerate(self.spans):
            value, told = self.value[:, column], self.tied[:, column]
            low, high = self.least[:, column], np.where(np.isnan(value), np.inf, value)
            if column == 0:
                low, high = np.where(rows, low, self.now.least), np.where(rows, high, np.inf)
                told = told & (rows | marked & ~np.isnan(value))
            line.tell(span, np.where(told, low, 0), np.where(told, high, np.inf))
        return line

    @cached_property
    def before(self) -> Line:
        """What was certain before anything of now was."""
        return self._certain(set(), set())

    @cached_property
    def sure(self) -> Line:
        """What is certain whatever is withheld now."""
        return self._certain(self.now.sure, set())

    @cached_property
    def shown(self) -> Line:
        """What is certain if nothing but small counts is withheld now."""
        printed = {key for key in self.told[0].cells if key not in self.told[0].rests}
        return self._certain(self.now.shown, printed - self.now.shown)

    @cached_property
    def unknown(self) -> np.ndarray:
        """Whether a count is withheld, or may be, and tied, by period."""
        made = self.tied & np.isnan(self.value)
        may = np.array([key not in self.now.sure for key in self.union])
        made[:, 0] = self.tied[:, 0] & may
        return made

    @cached_property
    def atoms(self) -> dict[Key, dict[Key, int]]:
        return self._expanded[0]

    @cached_property
    def crossing(self) -> list[Relation]:
        return self._expanded[1]

    @cached_property
    def _expanded(self):
        return atoms.expanded(self.union, self.relations)

    @cached_property
    def own(self) -> set[Key]:
        """Counts whose days are followed: atoms, and sums of them that newer numbers contradict."""
        made = set()
        for key, parts in self.atoms.items():
            rows = [self.at[part] for part in parts]
            apart = self.tied[self.at[key]] & (self.here[rows] & ~self.tied[rows]).any(axis=0)
            if key in parts or apart.any():
                made.add(key)
        return made

    def ends(self, key: Key) -> list[int]:
        """The cuts at which a period of a count begins or has ended."""
        columns = np.flatnonzero(self.tied[self.at[key]]).tolist()
        return sorted({cut for column in columns for cut in self.spans[column]})

    def forms(self) -> dict[tuple[Key, Form], None]:
        """The small differences that everything shown would give away."""
        first = 0 if self.rules.zeros == "withheld" else 1
        asked = [(one,) for one in range(self.stretches)]
        asked += [tuple(form) for form in self._around() if len(form) > 1]
        made = {}
        for form in dict.fromkeys(asked):
            low, high = self._ends(self.shown, form)
            low_before, high_before = self._ends(self.before, form)
            few = (low >= first) & (high <= self.rules.min_cell)
            few &= (low_before < low) | (high < high_before)
            for column, span in enumerate(self.spans):
                if form == tuple(range(*span)):
                    few &= ~self.tied[:, column]  # a published count itself, kept as one
            rows = [row for row in np.flatnonzero(few) if self._asked(row)]
            made |= {(self.union[row], form): None for row in rows}
        return made

    def _around(self) -> Iterator[list[int]]:
        """Of this period and one within it, or around it, the days in one alone."""
        (start, end), *others = self.spans
        for first, after in others:
            if (first <= start and end <= after) or (start <= first and after <= end):
                yield [*range(*sorted((first, start))), *range(*sorted((after, end)))]

    def _ends(self, line: Line, form: Form) -> tuple[np.ndarray, np.ndarray]:
        """The least and the most that each count is in some stretches."""
        runs = np.split(form, np.flatnonzero(np.diff(form) > 1) + 1)
        around = (form[0], form[-1] + 1)
        low, high = line.least(around), line.most(around)
        if len(runs) == 1:
            return low, high
        inner = (int(runs[0][-1]) + 1, int(runs[1][0]))
        least, most = line.least(inner), line.most(inner)
        with np.errstate(invalid="ignore"):
            return np.fmax(low - most, 0), np.where(np.isinf(high), np.inf, high - least)

    def _asked(self, row: int) -> bool:
        rest = self.union[row] in self.rests
        return not rest or self.rules.rest == "protected"

    @cached_property
    def rests(self) -> set[Key]:
        return set().union(*(one.rests for one in self.told))

    def followed(self, forms: Sequence[tuple[Key, Form]]) -> set[Key]:
        """Counts whose stretches are in the system."""
        many = self.unknown.sum(axis=1) > 1
        made = {key for key in self.own if many[self.at[key]]}
        for key, _ in forms:
            made |= {key} if key in self.own else set(self.atoms[key])
        size = -1
        while size < len(made):
            size = len(made)
            for key, _ in self.loose:
                made |= set(self.atoms[key]) if made & self.atoms[key].keys() else set()
        return made

    @cached_property
    def loose(self) -> list[tuple[Key, int]]:
        """Sums of atoms in a release that does not have their parts."""
        made = []
        for column, one in enumerate(self.told):
            wholes = {key for relation in one.relations for key in relation if relation[key] < 0}
            for key in one.cells:
                if key not in self.own and key not in wholes and key not in one.rests:
                    made += [(key, column)] if self.tied[self.at[key], column] else []
        return made


def _inside(one: Period, other: Period) -> bool:
    """Whether one of two periods lies in the other."""
    first, last = min(one[0], other[0]), max(one[1], other[1])
    return (first, last) in (one, other)


def fitting(release: Release, relations: Sequence[Relation]) -> list[Relation]:
    """Of the sums of all releases, those that do not contradict the counts of now."""
    made = []
    for relation in relations:
        there = {key: sign for key, sign in relation.items() if key in release.cells}
        off = sum(sign * release.cells[key] for key, sign in there.items())
        if any(sign < 0 for sign in there.values()) and len(there) > 1 and not off:
            made.append(relation)
    return made
