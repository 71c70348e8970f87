"""What was published before, of the same days or of days that overlap.

A count of a period is the sum of the unpublished counts of the days in it. So time is cut where a
period begins or has ended, and every published count is tied to the stretches between the cuts:
one rule for a year and its quarters, the year so far, twelve months and the next twelve, and a
period within another. Every table's own sums hold in each stretch too; that need be said of the
counts alone which all others are sums of (see `atoms`).

Withheld counts of before must stay as uncertain as they were before anything of now was known, up
to what the rules ask. So must each difference that everything shown would tell to be small: a
stretch, or this period less one within or around it. Where withholding other counts does not
help, noughts are withheld too (then somebody who sees a withheld count cannot tell that it is
none). What earlier releases have told already is not held against this one; `Protected.finding`
says of how many counts that is so.

Counts of different children (who went missing) do not add up over time: who is in two quarters is
once in their year. They are treated as if they did, because somebody who takes it so, and finds
no contradiction, is told the same.

Records are mended between one release and the next, so published numbers may contradict one
another: quarters add up to more than the year. Count by count, what contradicts newer numbers is
then not tied to time, the newest being believed; it stays withheld, and tied to its own table.
What only several counts together contradict is given up where it misses by least (`loosen`).

Not looked into:

- Of earlier releases with more than `ties.MANY` withheld counts together, the withheld counts of
  those that are furthest: first followed are periods within or around this one, then the newest.
  The numbers that such a release shows are minded, whatever its age.
- Ranges that are narrower only because children are whole: earlier counts are measured in
  fractions of a child.
- Where a count is split in more ways than one, by counts that have no total in common (see
  `atoms.expanded`), the splits of one stretch are held to each other only where all are withheld
  in several releases.
- A count that is withheld now, and has changed since another told it: somebody who takes it to be
  unchanged can be led to what it was then.
- What no table has, such as two districts together, may be known to be few before either is
  published for those days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kentlib.disclosure import systems
from kentlib.disclosure.adding import Adding
from kentlib.disclosure.draft import Draft
from kentlib.disclosure.releases import Release, release, rests
from kentlib.disclosure.rules import Rules
from kentlib.disclosure.specs import Key, Spec
from kentlib.disclosure.systems import Relation
from kentlib.disclosure.ties import Now, Ties, fitting
from kentlib.disclosure.timeline import Period, reached
from kentlib.errors import DataError


@dataclass(frozen=True)
class Earlier:
    """What was published before of a table, and of which days.

    Parameters
    ----------
    table
        The table as it was published, a `Protected.table` with the same columns `by` and counts;
        missing is withheld. Several are given in the order in which they were published.
    period
        The days it counts. None: the same as the table that is published now.
    """

    table: pd.DataFrame
    period: Period | None = None


def check(
    specs: Mapping[str, Spec],
    periods: Mapping[str, Period],
    earlier: Mapping[str, Sequence[Earlier]],
    rules: Rules,
) -> None:
    """Hold what was published before to the tables of now.

    Raises
    ------
    DataError
        A table is not there, or a column; a period is missing or ends before it begins; one
        measure is told of two periods; or numbers are rounded, which hides nothing so.
    """
    strange = sorted({*periods, *earlier} - set(specs))
    if strange:
        raise DataError(f"periods or earlier speak of {strange}; the tables are {list(specs)}.")
    if rules.method == "round" and any(len(befores) for befores in earlier.values()):
        raise DataError("earlier is for the method suppress: rounded counts are rounded alike.")
    measured: dict[str, tuple[Period, str]] = {}
    for name, spec in specs.items():
        for before in earlier.get(name, ()):
            named = {column for column, _ in spec.cells.values()}
            lacks = sorted({*spec.by, *spec.measures, *named} - set(before.table.columns))
            if lacks:
                raise DataError(f"{name}: the table published before lacks {lacks}.")
            if before.period is not None and name not in periods:
                raise DataError(f"{name}: what was published before has a period; this has none.")
            _check_period(name, before.period)
        _check_period(name, periods.get(name))
        for measure in {key[0] for count in spec.measures for key in spec.keys(count)}:
            if name in periods:
                period, first = measured.setdefault(measure, (periods[name], name))
                if period != periods[name]:
                    raise DataError(
                        f"{first} and {name} tell {measure} of two periods: a measure of another "
                        "period needs another name."
                    )


def _check_period(name: str, period: Period | None) -> None:
    if period is not None and not period[0] <= period[1]:
        raise DataError(f"{name}: a period ends on {period[1]:%Y-%m-%d}, before it begins.")


def add(
    draft: Draft,
    specs: Mapping[str, Spec],
    rules: Rules,
    periods: Mapping[str, Period],
    earlier: Mapping[str, Sequence[Earlier]],
) -> None:
    """Add to the system of now what was published of days that overlap with it."""
    said = {name: periods.get(name, _SOME) for name in specs}
    for number, now in enumerate(dict.fromkeys(said.values())):
        names = [name for name in specs if said[name] == now]
        olds: dict[tuple[Period, int], list[tuple[int, Spec]]] = {}
        for name in names:
            for (period, version), age, old in _versions(specs[name], now, earlier.get(name, ())):
                olds.setdefault((period, version), []).append((age, old))
        tables = [specs[name] for name in names]
        tables += [old for (period, _), found in olds.items() for _, old in found if period == now]
        near = {now, *reached(now, sorted({period for period, _ in olds}))}
        others = [
            (min(age for age, _ in found), period, [old for _, old in found])
            for (period, _), found in olds.items()
            if period in near and (period != now or _differs(found, draft))
        ]
        if others:
            others.sort(key=lambda one: one[:2])
            told = [_now(draft, tables), *(release(found) for _, _, found in others)]
            every = [*tables, *(old for _, _, found in others for old in found)]
            dates = [now, *(period for _, period, _ in others)]
            _add_related(draft, told, dates, every, rules, f"{number} ")


_SOME = (pd.Timestamp(0), pd.Timestamp(0))
"""The period of tables of which none is said."""


def _versions(spec: Spec, now: Period, befores: Sequence[Earlier]):
    """Each table published before: its period and how many newer ones that has, how long ago,
    and its spec; once if it was published again as it was."""
    newest: dict[Period, tuple[int, set]] = {}
    for age, before in enumerate(reversed(befores)):
        period = now if before.period is None else before.period
        old = systems.without_table(spec, before.table)
        cells = systems.cells_of(old, "a table published before")
        seen = {(key, None if np.isnan(value) else value) for key, value in cells.items()}
        version, last = newest.get(period, (-1, set()))
        if seen != last:
            newest[period] = (version + 1, seen)
            yield (period, version + 1), age, old


def _differs(found, draft: Draft) -> bool:
    """Whether tables of now's period tell a count that is another now."""
    for _, old in found:
        for key, was in systems.cells_of(old, "a table published before").items():
            off = was - draft.value.get(key, np.nan)
            if off and not np.isnan(off):
                return True
    return False


def _add_related(
    draft: Draft,
    told: list[Release],
    periods: list[Period],
    tables: list[Spec],
    rules: Rules,
    prefix: str,
) -> None:
    union = dict.fromkeys(key for one in told for key in one.cells)
    _withhold_changed(draft, told, periods, rules)
    draft.timed |= told[0].cells.keys()
    sure = {key for key in told[0].cells if draft.is_sure(key, rules)}
    shown = {key for key in told[0].cells if draft.is_shown(key, rules)}
    least = 0.0 if draft.noughts or rules.zeros == "withheld" else 1.0
    now = Now(_with_rests(told[0], sure), _with_rests(told[0], shown), least)
    relations = fitting(told[0], _sums_of_all(tables, union))
    ties = Ties(told, periods, systems.in_order(union), relations, now, rules)
    Adding(draft, ties, prefix).add()


def _now(draft: Draft, tables: Sequence[Spec]) -> Release:
    made = release(tables, draft.value)
    made.cells = {key: value for key, value in made.cells.items() if key in draft.value}
    made.rests &= made.cells.keys()
    made.relations = [one for one in made.relations if one.keys() <= made.cells.keys()]
    return made


def _sums_of_all(tables: Sequence[Spec], union: dict[Key, None]) -> list[Relation]:
    """Every sum between the counts of any release, each once."""
    made, seen = {}, set()
    for spec in tables:
        rows = (*spec.measures, *map(tuple, spec.table[list(spec.by)].to_numpy().tolist()))
        if rows in seen:
            continue
        seen.add(rows)
        found = [one for one in systems.sums_of(spec, union) if one.keys() <= union.keys()]
        found += [one for _, one in rests(spec, union) if one.keys() <= union.keys()]
        made |= {frozenset(one.items()): one for one in found}
    return list(made.values())


def _with_rests(now: Release, known: set[Key]) -> set[Key]:
    """The counts known, with each rest of which all else in its sum is."""
    made = known - now.rests
    for relation in now.relations:
        others = relation.keys() - now.rests
        if len(others) == len(relation) - 1 and others <= known:
            made |= relation.keys()
    return made


def _withhold_changed(
    draft: Draft, told: Sequence[Release], periods: Sequence[Period], rules: Rules
) -> None:
    """Withhold a count that is less than its part was, or more than its whole, by few.

    Records were mended in between: the difference is that of those few children.
    """
    now = periods[0]
    for one, period in zip(told[1:], periods[1:], strict=True):
        part = now[0] <= period[0] and period[1] <= now[1]
        whole = period[0] <= now[0] and now[1] <= period[1]
        for key, was in one.cells.items():
            more = was - told[0].cells.get(key, np.nan)
            more = more if part else -more
            if (part or whole) and key not in one.rests and 0 < more <= rules.min_cell:
                draft.changed.add(key)
