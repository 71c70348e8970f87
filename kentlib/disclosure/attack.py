"""What somebody who has all that is published can still work out of what is withheld.

The cells that are withheld, or rounded, are unknown numbers; the sums between them and the known
cells hold. The least and the most that each unknown can be, by linear programming (HiGHS), is
the range that is left to it: its feasibility interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from kentlib.disclosure.systems import System
from kentlib.errors import DataError

_COLUMNS = 30_000
"""Unknowns in one call of the solver: many small programmes are faster solved as one."""
_NODES = 2_000
"""Branches a search in whole numbers may take: a count, not a time, so that it ends the same."""
_WHOLE = 1e-6


@dataclass(frozen=True)
class Solved:
    """Programmes solved, one row each: the form `asked`, its `optimum`, `at` which unknowns, and
    the `price` of each sum."""

    asked: np.ndarray
    optimum: np.ndarray
    at: np.ndarray
    price: np.ndarray

    def of(self, rows: slice) -> Solved:
        return Solved(self.asked[rows], self.optimum[rows], self.at[rows], self.price[rows])


def solve(
    matrix: sparse.csr_array,
    right: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    asked: np.ndarray,
) -> Solved:
    """The least of each linear form of the unknowns that the sums allow.

    Parameters
    ----------
    matrix, right
        The sums: `matrix @ unknowns` is `right`.
    low, high
        What the unknowns lie between.
    asked
        One row per form: the factor of each unknown.
    """
    many = max(1, _COLUMNS // max(1, len(low)))
    made = [
        _solve_together(matrix, right, low, high, asked[first : first + many])
        for first in range(0, len(asked), many)
    ]
    found = zip(*([one.asked, one.optimum, one.at, one.price] for one in made), strict=True)
    return Solved(*(np.concatenate(arrays) for arrays in found))


def _solve_together(matrix, right, low, high, asked) -> Solved:
    times, (sums, unknowns) = len(asked), matrix.shape
    whole = sparse.block_diag([matrix] * times, format="csr")
    found = linprog(
        asked.ravel(),
        A_eq=whole,
        b_eq=np.tile(right, times),
        bounds=np.tile(np.column_stack([low, high]), (times, 1)),
        method="highs",
    )
    if found.x is None:
        raise DataError("The published numbers contradict each other: no counts fit them.")
    at = found.x.reshape(times, unknowns)
    price = found.eqlin.marginals.reshape(times, sums)
    return Solved(asked, (asked * at).sum(axis=1), at, price)


def whole_point(
    matrix: sparse.csr_array,
    right: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    form: np.ndarray,
) -> np.ndarray | None:
    """Whole numbers at which one form is least, or the best found; None if none was."""
    found = milp(
        form,
        integrality=np.ones(len(low)),
        bounds=Bounds(low, high),
        constraints=LinearConstraint(matrix, right, right) if matrix.shape[0] else None,
        options={"node_limit": _NODES},
    )
    return None if found.x is None else np.round(found.x)


def is_whole(numbers: np.ndarray) -> np.ndarray:
    """Whether every number of each row is whole."""
    if not len(numbers):
        return np.zeros(0, dtype="bool")
    return (np.abs(numbers - np.round(numbers)) < _WHOLE).all(axis=-1)


@dataclass(frozen=True)
class Published:
    """What is known of withheld and rounded cells from the outside; it holds no true count.

    `matrix @ unknowns` is `right`, and each unknown lies between `low` and `high`; those that
    tables of now have are `asked` for.
    """

    matrix: sparse.csr_array
    right: np.ndarray
    low: np.ndarray
    high: np.ndarray
    asked: np.ndarray

    @cached_property
    def ranges(self) -> np.ndarray:
        """The least and the most whole number of each unknown that is asked for; infinite where
        nothing limits."""
        size = len(self.low)
        if not size:
            return np.empty((0, 2))
        limit = 4 * (1 + np.abs(self.right).sum() + np.where(self.low > 0, self.low, 0).sum())
        limit += np.where(np.isfinite(self.high), self.high, 0).sum()
        high = np.minimum(self.high, limit)
        found = np.full((size, 2), np.nan)
        for linked in _linked(self.matrix):
            rows = np.flatnonzero(np.diff(self.matrix[:, linked].indptr))
            matrix = sparse.csr_array(self.matrix[rows][:, linked])
            asked = np.eye(len(linked))[self.asked[linked]]
            if not len(asked):
                continue
            asked = np.concatenate([asked, -asked])
            solved = solve(matrix, self.right[rows], self.low[linked], high[linked], asked)
            least, most = np.split(solved.optimum, 2)
            found[linked[self.asked[linked]], 0] = np.ceil(least - _WHOLE)
            found[linked[self.asked[linked]], 1] = np.floor(-most + _WHOLE)
        found[found[:, 1] >= limit - 1, 1] = np.inf
        return found


def _linked(matrix: sparse.csr_array) -> list[np.ndarray]:
    label = sparse.csgraph.connected_components(matrix.T @ matrix, directed=False)[1]
    order = np.argsort(label, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(label[order])) + 1)


def published(system: System, hidden: np.ndarray) -> tuple[Published, np.ndarray]:
    """What a reader knows when some cells are withheld, and which cells are unknown to them."""
    unknown = np.flatnonzero(hidden | (system.box > 0).any(axis=1))
    known = np.ones(len(system.value), dtype="bool")
    known[unknown] = False
    right = -(system.matrix[:, known] @ system.value[known])
    matrix = sparse.csr_array(system.matrix[:, unknown])
    rows = np.diff(matrix.indptr) > 0
    value, box = system.value[unknown], system.box[unknown]
    gone = hidden[unknown]
    low = np.where(gone, system.least[unknown], value - box[:, 0])
    high = np.where(gone, system.most[unknown], value + box[:, 1])
    return Published(matrix[rows], right[rows], low, high, system.printed[unknown]), unknown
