"""Numbers for the counts nobody has; and what is given up where published numbers leave none.

Records are mended between one release and the next, so that the tables of several may contradict
one another in ways that no single count shows. The sums that tie them are then given up which
miss by least, the older sooner: those of that count in that release, and no others.
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


def completed(
    draft: Draft, keys: list[Key], value: np.ndarray, least: np.ndarray, most: np.ndarray
) -> tuple[sparse.csr_array, np.ndarray, np.ndarray, np.ndarray]:
    """The sums that hold, the value of every cell, and the bounds that hold.

    Raises
    ------
    DataError
        No numbers fit the tables of now.
    """
    relations = dict(enumerate(draft.relations))
    later = np.array([key in draft.later for key in keys], dtype="bool")
    for turn in range(_TURNS + 1):
        matrix = systems.matrix_of(keys, list(relations.values()))
        found = systems.completed(value, least, most, matrix)
        if found is not None:
            return matrix, found, least, most
        held = turn < _TURNS and bool(draft.loose)
        lost = _contradicting(draft, keys, relations, value, least, most) if held else None
        if lost is None:
            lost = [place for place in relations if place in draft.loose]
        relations = {place: one for place, one in relations.items() if place not in set(lost)}
        if turn >= _TURNS - 1:
            least, most = np.where(later, 0, least), np.where(later, np.inf, most)
    first = keys[int(np.argmax(np.isnan(value) | (value < 0)))]
    raise DataError(
        "No numbers for the counts that are missing would make the tables add up (among them "
        f"{first[0]}). Do the tables all tell of the same?"
    )


def _contradicting(draft, keys, relations, value, least, most) -> list[int] | None:
    """The places of the sums that miss, when all together miss by least; None if none would do."""
    place = {key: number for number, key in enumerate(keys)}
    unknown = np.isnan(value)
    column = np.cumsum(unknown) - 1
    entries, right = [], np.zeros(len(relations))
    for row, relation in enumerate(relations.values()):
        for key, sign in relation.items():
            at = place[key]
            if unknown[at]:
                entries.append((row, column[at], sign))
            else:
                right[row] -= sign * value[at]
    loose = [row for row, number in enumerate(relations) if number in draft.loose]
    many, size = len(loose), int(unknown.sum())
    for sign, first in ((1, size), (-1, size + many)):
        entries += [(row, first + number, sign) for number, row in enumerate(loose)]
    i, j, signs = zip(*entries, strict=True)
    matrix = sparse.csr_array((signs, (i, j)), shape=(len(relations), size + 2 * many))
    numbers = list(relations)
    price = [draft.loose[numbers[row]] for row in loose]
    found = linprog(
        np.concatenate([np.zeros(size), price, price]),
        A_eq=matrix,
        b_eq=right,
        bounds=[*zip(least[unknown], most[unknown], strict=True), *[(0, np.inf)] * (2 * many)],
        method="highs",
    )
    if found.x is None:
        return None
    missed = found.x[size : size + many] + found.x[size + many :] > _TINY
    return [numbers[loose[number]] for number in np.flatnonzero(missed)] or None
