"""The system of the tables published together, and of those before them, with what is small.

Cells are gathered by their keys first (`Draft`): those of the tables, the rest of every whole less
its part, what an earlier table told. Then the rules say which are withheld at once, which must
stay uncertain, and which are known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from kentlib.disclosure import loosen, over_time, releases, systems
from kentlib.disclosure.draft import Draft
from kentlib.disclosure.over_time import Earlier
from kentlib.disclosure.rules import HALF, OF_ROUNDED, Rules, rounded
from kentlib.disclosure.specs import Key, Spec, said
from kentlib.disclosure.systems import System
from kentlib.disclosure.timeline import Period
from kentlib.errors import DataError


def system(
    specs: Mapping[str, Spec],
    rules: Rules,
    periods: Mapping[str, Period],
    earlier: Mapping[str, Sequence[Earlier]],
    *,
    noughts: bool = False,
) -> tuple[System, set[Key]]:
    """The cells of tables and what must be kept of them; with `noughts`, those that are tied to
    other periods may be withheld.

    Returns
    -------
    The system, and the cells that are withheld because they changed by few since published.

    Raises
    ------
    DataError
        A table's totals or parts do not add up, or one cell has two values in two tables.
    """
    draft = Draft(noughts=noughts)
    for name, spec in specs.items():
        _add_table(draft, spec, name)
    _add_links(draft, specs)
    _add_rests(draft, specs)
    for name, befores in earlier.items():
        for before in befores:
            if before.period is None or before.period == periods[name]:
                _add_same(draft, specs[name], before.table, rules)
    now = set(draft.value)
    over_time.add(draft, specs, rules, periods, earlier)
    draft.later = draft.value.keys() - now
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
    releases.check_named(specs, {measure for measure, _ in draft.value})
    for spec in specs.values():
        for rest, relation in list(releases.rests(spec, draft.value)):
            if rest is None:
                systems.check_sums("between", [relation], draft.value)
            else:
                draft.add(rest, releases.rest_of(rest, relation, draft.value))
                draft.rests.add(rest)
            draft.relations.append(relation)
        for part, whole in systems.pairs_of(spec):
            draft.level[whole] = max(draft.level.get(whole, 0), draft.level.get(part, 0) + 1)


def _add_same(draft: Draft, spec: Spec, table: pd.DataFrame, rules: Rules) -> None:
    """What was published before of the same period."""
    old = systems.without_table(spec, table)
    then = systems.cells_of(old, "the table published before")
    for key, was in then.items():
        now = draft.value.get(key, np.nan)
        if was == now:
            draft.known.add(key)
        elif abs(now - was) <= rules.min_cell:
            draft.changed.add(key)
    for key in [key for key in then if key not in draft.value]:
        draft.add(key, then[key])
        draft.known |= set() if np.isnan(then[key]) else {key}
    _add_sums_that_hold(draft, old)


def _made(draft: Draft, rules: Rules) -> System:
    keys = systems.in_order(draft.value)
    given = np.array([draft.value[key] for key in keys], dtype="float64")
    printed, rest, known, changed, later, withheld, timed = (
        np.array([key in where for key in keys], dtype="bool")
        for where in (
            {key for key, is_printed in draft.printed.items() if is_printed},
            draft.rests,
            draft.known,
            draft.changed,
            draft.later,
            draft.withheld,
            draft.timed if draft.noughts else (),
        )
    )
    absent = np.isnan(given)
    sums = [one for one in draft.relations if not one.keys() & draft.later]
    value = _worked_out(given, systems.matrix_of(keys, sums))
    guessed = np.isnan(value)
    marked = (printed & ~absent & ~timed | withheld) & (rules.zeros == "shown")
    matrix, value, bounds = loosen.completed(draft, keys, value, marked.astype("float64"))
    least = np.maximum(bounds[:, 0], marked)
    most = bounds[:, 1]
    before = bounds[:, 2:]
    before[:, 0] = np.maximum(before[:, 0], withheld & (rules.zeros == "shown"))
    small = rules.small(value)
    need = np.where(printed & (small | changed), rules.width, 0.0)
    need[printed & guessed] = rules.width
    if rules.rest == "protected":
        need[rest & small & ~guessed] = rules.width
    for i, key in enumerate(keys):
        need[i] = draft.width.get(key, need[i])
    box = np.zeros((len(keys), 2))
    hidden = ~printed & ~known | absent | (printed & (small | changed))
    shown = printed & (value == 0) & (rules.zeros == "shown") & ~absent & ~changed & ~timed
    if rules.method == "round":
        box, hidden, need = _rounded(value, printed & ~absent, hidden, need, rules)
    hidden &= ~shown
    _refuse_known(keys, known & (need > 0) & printed)
    hidden &= ~known
    need[shown | known] = 0
    free = printed & ~known & ~shown & ~hidden
    level = np.array([draft.level.get(key, 0) for key in keys], dtype="float64")
    cost = 1 + level + value / (1 + value[printed].sum())
    cost[free & timed & (value == 0)] += len(keys)
    known &= ~hidden
    return System(
        keys,
        value,
        matrix,
        printed,
        hidden,
        free,
        known,
        later,
        least,
        most,
        before,
        need,
        cost,
        box,
    )


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
