"""The system of the tables published together, and of those before them, with what is small.

Cells are gathered by their keys first (`Draft`): those of the tables, the rest of every whole less
its part, what an earlier table told. Then the rules say which are withheld at once, which must
stay uncertain, and which are known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from kentlib.disclosure import attack, systems
from kentlib.disclosure.over_time import Earlier, Period
from kentlib.disclosure.rules import HALF, OF_ROUNDED, Rules, rounded
from kentlib.disclosure.specs import Key, Spec, named_measure, said
from kentlib.disclosure.systems import Relation, System
from kentlib.errors import DataError


@dataclass
class Draft:
    """A system in the making: cells by their keys."""

    value: dict[Key, float] = field(default_factory=dict)
    printed: dict[Key, bool] = field(default_factory=dict)
    known: set[Key] = field(default_factory=set)
    changed: set[Key] = field(default_factory=set)
    level: dict[Key, int] = field(default_factory=dict)
    rests: set[Key] = field(default_factory=set)
    width: dict[Key, float] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)

    def add(self, key: Key, value: float, *, printed: bool = False) -> None:
        known = self.value.get(key, np.nan)
        self.value[key] = value if np.isnan(known) else known
        self.printed[key] = self.printed.get(key, False) or printed


def system(
    specs: Mapping[str, Spec],
    rules: Rules,
    periods: Mapping[str, Period],
    earlier: Mapping[str, Sequence[Earlier]],
) -> tuple[System, set[Key]]:
    """The cells of tables and what must be kept of them.

    Returns
    -------
    The system, and the cells that are withheld because they changed by few since published.

    Raises
    ------
    DataError
        A table's totals or parts do not add up, or one cell has two values in two tables.
    """
    draft = Draft()
    for name, spec in specs.items():
        _add_table(draft, spec, name)
    _add_links(draft, specs)
    _add_rests(draft, specs)
    for name, befores in earlier.items():
        for number, before in enumerate(befores):
            lies = _lies(before.period, periods.get(name))
            if lies != "apart":
                prefix = f"earlier {name} {number} "
                _add_earlier(draft, specs[name], before, rules, prefix, lies)
    return _made(draft, rules), draft.changed


def _add_table(draft: Draft, spec: Spec, name: str) -> None:
    cells = systems.cells_of(spec, name)
    relations = systems.sums_of(spec, cells)
    systems.check_sums(name, relations, cells)
    systems.check_pairs(name, systems.pairs_of(spec), cells)
    deepest: dict[str, int] = {}
    for measure, group in cells:
        deepest[measure] = max(deepest.get(measure, 0), len(group))
    above = {name: set(parents.values()) for name, parents in spec.parents.items()}
    for key, value in cells.items():
        shown = draft.value.get(key, np.nan)
        if not np.isnan(shown) and not np.isnan(value) and shown != value:
            raise DataError(
                f"{name}: {key[0]} at {said(key[1])} is not what another table says. Tables of "
                "other periods or places need measures of other names."
            )
        draft.add(key, value, printed=True)
        level = deepest[key[0]] - len(key[1])
        level += sum(label in above.get(dimension, ()) for dimension, label in key[1])
        draft.level[key] = max(draft.level.get(key, 0), level)
    draft.relations += relations


def _add_links(draft: Draft, specs: Mapping[str, Spec]) -> None:
    """Sums of one table's cells to another's, wherever they do add up."""
    if len(specs) < 2:
        return
    for spec in specs.values():
        _add_sums_that_hold(draft, spec)


def _add_sums_that_hold(draft: Draft, spec: Spec) -> None:
    for relation in systems.sums_of(spec, draft.value):
        if sum(sign * draft.value[key] for key, sign in relation.items()) == 0:
            draft.relations.append(relation)


def _add_rests(draft: Draft, specs: Mapping[str, Spec]) -> None:
    for spec in specs.values():
        for part, whole in systems.pairs_of(spec):
            rest = (f"{whole[0]} less {part[0]}", (("of", whole), ("part", part)))
            draft.add(rest, draft.value[whole] - draft.value[part])
            draft.rests.add(rest)
            draft.relations.append({whole: -1, part: 1, rest: 1})
            draft.level[whole] = max(draft.level.get(whole, 0), draft.level.get(part, 0) + 1)
        for whole, parts in spec.between.items():
            _add_named(draft, named_measure(whole), [named_measure(part) for part in parts])


def _add_named(draft: Draft, whole: str, parts: list[str]) -> None:
    """Sums of cells by their names; the part that no table has, if any, is what is left."""
    have = {measure for measure, _ in draft.value}
    absent = [one for one in [whole, *parts] if one not in have]
    if whole in absent or len(absent) > 1:
        raise DataError(
            f"between: no row names {[one.removeprefix('cell ') for one in absent]}; one part "
            "may be unnamed, and the whole may not."
        )
    for key in [key for key in draft.value if key[0] == whole]:
        known = [(part, key[1]) for part in parts if part not in absent]
        known = [part for part in known if part in draft.value]
        relation = {key: -1} | {part: 1 for part in known}
        for part in absent:
            rest = (part, key[1])
            draft.add(rest, draft.value[key] - sum(draft.value[one] for one in known))
            draft.rests.add(rest)
            relation[rest] = 1
        systems.check_sums("between", [relation], draft.value)
        draft.relations.append(relation)


def _lies(then: Period | None, now: Period | None) -> str:
    if then is None or then == now:
        return "same"
    if then[1] < now[0] or now[1] < then[0]:
        return "apart"
    return "within" if now[0] <= then[0] and then[1] <= now[1] else "rolling"


def _add_earlier(draft, spec: Spec, before: Earlier, rules: Rules, prefix: str, lies: str) -> None:
    if rules.method == "round":
        raise DataError("earlier is for the method suppress: rounded counts are rounded alike.")
    lacks = sorted({*spec.by, *spec.measures} - set(before.table.columns))
    if lacks:
        raise DataError(f"The table published before lacks {lacks}.")
    old = systems.without_table(spec, before.table)
    then = systems.cells_of(old, "the table published before")
    for key, was in then.items():
        now = draft.value.get(key, np.nan)
        if np.isnan(was) or np.isnan(now):
            continue
        if lies == "same" and was == now:
            draft.known.add(key)
        revised = lies == "same" or (lies == "within" and was > now)
        if revised and was != now and abs(now - was) <= rules.min_cell:
            draft.changed.add(key)
    if lies == "same":
        for key in [key for key in then if key not in draft.value]:
            draft.add(key, then[key])
            draft.known |= set() if np.isnan(then[key]) else {key}
        _add_sums_that_hold(draft, old)
        return
    names = {key: (prefix + key[0], key[1]) for key in then}
    alone = Draft(value={names[key]: was for key, was in then.items()})
    alone.relations = [
        {names[key]: sign for key, sign in relation.items()}
        for relation in systems.sums_of(old, then)
    ]
    for key, was in alone.value.items():
        draft.add(key, was)
        if not np.isnan(was):
            draft.known.add(key)
    draft.relations += alone.relations
    draft.width |= _widths(alone, rules)
    for key, was in then.items():
        if key in draft.value and not was > draft.value[key]:
            _add_between(draft, key, names[key], was, lies, prefix)


def _add_between(draft: Draft, key: Key, then: Key, was: float, period: str, prefix: str) -> None:
    """This period's count as the earlier one, less who dropped out, with who came."""
    came, gone, stayed = ((f"{prefix}{word} {key[0]}", key[1]) for word in ("+", "-", "="))
    if period == "within":
        draft.add(came, draft.value[key] - was)
        draft.rests.add(came)
        draft.relations.append({key: -1, then: 1, came: 1})
        return
    for name in (came, gone, stayed):
        draft.add(name, np.nan)
    draft.relations += [{key: -1, stayed: 1, came: 1}, {then: -1, stayed: 1, gone: 1}]


def _widths(alone: Draft, rules: Rules) -> dict[Key, float]:
    """How wide the range of each withheld cell of an earlier table was, up to the rule's."""
    alone.known = {key for key, was in alone.value.items() if not np.isnan(was)}
    alone.width = {key: rules.width for key in alone.value if key not in alone.known}
    made = _made(alone, rules)
    outside, unknown = attack.published(made, made.hidden)
    wide = np.minimum(outside.ranges[:, 1] - outside.ranges[:, 0], rules.width)
    return {made.keys[i]: one for i, one in zip(unknown, wide, strict=True)}


def _made(draft: Draft, rules: Rules) -> System:
    keys = systems.in_order(draft.value)
    matrix = systems.matrix_of(keys, draft.relations)
    given = np.array([draft.value[key] for key in keys], dtype="float64")
    printed = np.array([draft.printed.get(key, False) for key in keys], dtype="bool")
    rest = np.array([key in draft.rests for key in keys], dtype="bool")
    known = np.array([key in draft.known for key in keys], dtype="bool")
    changed = np.array([key in draft.changed for key in keys], dtype="bool")
    absent = np.isnan(given)
    value = _worked_out(given, matrix)
    guessed = np.isnan(value)
    before = np.array([key in draft.width for key in keys], dtype="bool")
    least = ((rules.zeros == "shown") & (printed & ~absent | before)).astype("float64")
    value = systems.completed(keys, value, least, matrix)
    small = rules.small(value)
    need = np.where(printed & (small | changed), rules.width, 0.0)
    need[printed & guessed] = rules.width
    if rules.rest == "protected":
        need[rest & small & ~guessed] = rules.width
    for i, key in enumerate(keys):
        need[i] = draft.width.get(key, need[i])
    box = np.zeros((len(keys), 2))
    hidden = ~printed & ~known | absent | (printed & (small | changed))
    shown = printed & (value == 0) & (rules.zeros == "shown") & ~absent & ~changed
    if rules.method == "round":
        box, hidden, need = _rounded(value, printed & ~absent, hidden, need, rules)
    hidden &= ~shown
    _refuse_known(keys, known & (need > 0) & printed)
    hidden &= ~known
    need[shown | known] = 0
    free = printed & ~known & ~shown & ~hidden
    level = np.array([draft.level.get(key, 0) for key in keys], dtype="float64")
    cost = 1 + level + value / (1 + value[printed].sum())
    return System(keys, value, matrix, printed, hidden, free, least, need, cost, box)


def _rounded(value, shown, hidden, need, rules: Rules):
    """How far each count could lie from its value when rounded, and which are still withheld."""
    nearest = rounded(value)
    from_ = np.where(nearest > 0, nearest - HALF, 1)
    box = np.column_stack([value - from_, np.where(nearest > 0, nearest, 0) + HALF - value])
    gone = shown & (nearest == 0) & (rules.zeros == "withheld")
    box[~shown | (value == 0)] = 0
    box[gone] = 0
    small = shown & (need > 0) & ~gone
    need = np.where(need > 0, np.minimum(need, OF_ROUNDED), 0.0)
    need[small & (nearest == 0)] = np.minimum(1, rules.min_cell - 1)
    return box, hidden & ~shown | gone, need


def _worked_out(value: np.ndarray, matrix) -> np.ndarray:
    """The values, with those that a sum gives because all its other cells are known."""
    value = value.copy()
    for _ in range(len(value)):
        before = np.isnan(value).sum()
        for row in range(matrix.shape[0] if before else 0):
            span = slice(matrix.indptr[row], matrix.indptr[row + 1])
            cells, signs = matrix.indices[span], matrix.data[span]
            lost = np.isnan(value[cells])
            if lost.sum() == 1:
                value[cells[lost]] = -(signs @ np.nan_to_num(value[cells])) / signs[lost]
        if np.isnan(value).sum() == before:
            return value
    return value


def _refuse_known(keys: list[Key], lost: np.ndarray) -> None:
    if lost.any():
        first = keys[int(np.argmax(lost))]
        raise DataError(
            f"{int(lost.sum())} of the counts to be withheld were published before (first: "
            f"{first[0]} at {said(first[1])}): withholding them now protects nobody."
        )
