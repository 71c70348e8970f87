"""Numbers for the counts nobody has; and what is given up where published numbers leave none.

Records are mended between one release and the next, so that the tables of several may contradict
one another in ways that no single count shows. What ties them is then given up where it misses by
least, the older sooner: of those counts in that release, and of no others.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from kentlib.disclosure import systems
from kentlib.disclosure.draft import Draft
from kentlib.disclosure.specs import Key
from kentlib.errors import DataError

_TINY = 1e-6
_TURNS = 3
_OPEN = (0.0, np.inf, 0.0, np.inf)


def completed(
    draft: Draft, keys: list[Key], value: np.ndarray, marked: np.ndarray
) -> tuple[sparse.csr_array, np.ndarray, np.ndarray]:
    """The sums that hold, the value of every cell, and the bounds that hold (`Draft.bounds`).

    Parameters
    ----------
    marked
        What each cell is at least because it was withheld, if it was.

    Raises
    ------
    DataError
        No numbers fit the tables of now.
    """
    relations, bounds = dict(enumerate(draft.relations)), dict(draft.bounds)
    for turn in range(_TURNS + 1):
        matrix = systems.matrix_of(keys, list(relations.values()))
        ends = np.array([bounds.get(key, _OPEN) for key in keys]).reshape(len(keys), 4)
        found = systems.completed(value, np.maximum(ends[:, 0], marked), ends[:, 1], matrix)
        if found is not None:
            return matrix, found, ends
        lost = None
        if draft.loose and turn < _TURNS - 1:
            lost = _contradicting(draft, keys, relations, bounds, value, marked)
        if lost is None:
            lost = {*draft.loose, *(key for key in bounds if key in draft.later)}
        relations = {place: one for place, one in relations.items() if place not in lost}
        bounds = {key: one for key, one in bounds.items() if key not in lost}
    first = keys[int(np.argmax(np.isnan(value) | (value < 0)))]
    raise DataError(
        "No numbers for the counts that are missing would make the tables add up (among them "
        f"{first[0]}). Do the tables all tell of the same?"
    )


def _contradicting(draft: Draft, keys, relations, bounds, value, marked) -> set | None:
    """The places of the sums, and the cells whose bounds, miss when all together miss by least.

    None if no misses would do, or there are none: whole numbers alone do not fit.
    """
    place = {key: number for number, key in enumerate(keys)}
    unknown = np.isnan(value)
    column, size = np.cumsum(unknown) - 1, int(unknown.sum())
    entries, right, loose = [], [], []
    for number, relation in relations.items():
        known = 0.0
        for key, sign in relation.items():
            at = place[key]
            if unknown[at]:
                entries.append((len(right), column[at], sign))
            else:
                known += sign * value[at]
        if number in draft.loose:
            loose.append((len(right), number, draft.loose[number]))
        right.append(-known)
    ends = [(marked[at], np.inf) for at in np.flatnonzero(unknown)]
    for key, (low, high, *_) in bounds.items():
        if unknown[place[key]]:
            entries += [(len(right), column[place[key]], 1), (len(right), len(ends), -1)]
            ends.append((low, high))
            loose.append((len(right), key, 1.0))
            right.append(0.0)
    price = np.zeros(len(ends))
    for sign in (1, -1):
        entries += [(row, len(ends) + number, sign) for number, (row, _, _) in enumerate(loose)]
        ends += [(0, np.inf)] * len(loose)
        price = np.concatenate([price, [cost for _, _, cost in loose]])
    i, j, signs = zip(*entries, strict=True)
    matrix = sparse.csr_array((signs, (i, j)), shape=(len(right), len(ends)))
    found = linprog(price, A_eq=matrix, b_eq=np.array(right), bounds=ends, method="highs")
    if found.x is None or not size:
        return None
    missed = found.x[-2 * len(loose) :].reshape(2, -1).sum(axis=0) > _TINY
    return {loose[number][1] for number in np.flatnonzero(missed)} or None
