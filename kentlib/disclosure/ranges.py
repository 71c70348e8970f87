"""How wide the range left to each cell is, as a reader would work it out: measured and shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

import numpy as np
from scipy import sparse

from kentlib.disclosure import attack
from kentlib.disclosure.systems import System


def unknown_of(part: System, hidden: np.ndarray) -> np.ndarray:
    return np.flatnonzero(hidden | (part.box > 0).any(axis=1))


def kept_of(part: System, hidden: np.ndarray) -> np.ndarray:
    """The sums that have an unknown cell."""
    return np.flatnonzero(np.diff(part.matrix[:, unknown_of(part, hidden)].indptr))


def far_of(part: System) -> float:
    return float(part.need.max() * (1 + part.value.max()))


def sums_of(part: System, hidden: np.ndarray):
    """What a reader knows of how far each unknown cell lies from its value; which these are."""
    unknown = unknown_of(part, hidden)
    matrix = sparse.csr_array(part.matrix[:, unknown])[kept_of(part, hidden)]
    low, high = reach_of(part, hidden, far_of(part))
    return (matrix, np.zeros(matrix.shape[0]), low[unknown], high[unknown]), unknown


def ends_of(sums, place: np.ndarray) -> list[attack.Solved]:
    """For each cell the programmes solved of its least and of its most."""
    if not len(place):
        return []
    forms = np.zeros((2 * len(place), len(sums[2])))
    forms[np.arange(2 * len(place)), np.repeat(place, 2)] = np.tile([1, -1], len(place))
    solved = attack.solve(*sums, forms)
    return [solved.of(slice(two, two + 2)) for two in range(0, 2 * len(place), 2)]


def width_of(sums, ends: attack.Solved, enough: float = np.inf, *, whole_too: bool) -> float:
    """The largest less the smallest whole number of a cell, or of those found so far enough.

    Unless `whole_too`, the whole numbers between its ends in fractions, which may be more.
    """
    least, most = ends.optimum * (1, -1)
    width = np.floor(most + 1e-6) - np.ceil(least - 1e-6)
    if not whole_too or width <= 0 or width < enough < np.inf or attack.is_whole(ends.at).all():
        return width
    points = [attack.whole_point(*sums, form) for form in ends.asked]
    if any(point is None for point in points):
        return 0.0
    return -sum(form @ point for form, point in zip(ends.asked, points, strict=True))


def reach_of(part: System, hidden: np.ndarray, far: float) -> tuple[np.ndarray, np.ndarray]:
    """How far from its value each cell may be thought to lie."""
    low = np.where(hidden, part.least - part.value, -part.box[:, 0])
    high = np.where(hidden, np.minimum(part.most - part.value, far), part.box[:, 1])
    return np.minimum(low, 0), np.maximum(high, 0)


class Reached:
    """The least and the most of some cells among points that fit all sums."""

    def __init__(self, size: int) -> None:
        self.least, self.most = np.zeros(size), np.zeros(size)

    def add(self, points: np.ndarray) -> None:
        if len(points):
            np.minimum(self.least, points.min(axis=0), out=self.least)
            np.maximum(self.most, points.max(axis=0), out=self.most)

    @property
    def width(self) -> np.ndarray:
        return self.most - self.least


def shown_wide(
    sums, place: np.ndarray, need: np.ndarray, *, whole_too: bool
) -> tuple[np.ndarray, np.ndarray, Reached]:
    """Cells whose range a few points that fit all sums show to be wide enough.

    Points in fractions of a child show it for the first of the two, whole ones for both; unless
    `whole_too`, fractions are enough for either. Last, how far those in fractions reach.
    """
    matrix, right, low, high = sums
    size = len(place)
    in_fractions, in_whole = Reached(size), Reached(size)
    bits = [np.where(np.arange(size) >> bit & 1, -1.0, 1.0) for bit in range(size.bit_length())]
    left, whole = np.ones(size, dtype="bool"), False
    wide = np.zeros((2, size), dtype="bool")
    while left.any():
        signs = [one * left for one in [np.ones(size), *bits]]
        forms = np.zeros((2 * len(signs), len(low)))
        forms[:, place] = np.concatenate([signs, np.negative(signs)])
        near, away = low.copy(), high.copy()
        near[place[left]] = np.maximum(low[place[left]], -need[left])
        away[place[left]] = np.minimum(high[place[left]], need[left])
        if whole:
            found = [attack.whole_point(matrix, right, near, away, form) for form in forms]
            at = np.array([point for point in found if point is not None])
        else:
            at = attack.solve(matrix, right, near, away, forms).at
        in_fractions.add(at[:, place])
        in_whole.add(at[attack.is_whole(at)][:, place])
        wide = np.array([in_fractions.width, in_whole.width]) > need - 1e-4
        wide[1] |= wide[0] & (not whole_too)
        still = ~wide[int(whole)]
        if still.sum() > 0.9 * left.sum():
            break
        left, bits = still, bits[:1]
        if not still.any() and not whole:
            left, whole = ~wide[1], True
    return wide[0], wide[1], in_fractions


class Before:
    """What was known before anything of now was: no range need be wider than it was then."""

    def __init__(self, system: System) -> None:
        self.system = replace(
            system,
            hidden=system.hidden | system.printed & ~system.known,
            least=system.before[:, 0],
            most=system.before[:, 1],
        )
        self.found: dict[int, float] = {}

    @cached_property
    def parts(self) -> list[np.ndarray]:
        return list(self.system.parts())

    def of(self, index: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        """The same for the cells of a part, by their places in it."""
        return lambda cells: self.widths(index[cells])

    def widths(self, cells: np.ndarray) -> np.ndarray:
        """The widths of the ranges of some cells, or what they need where they are as wide."""
        new = np.array([cell for cell in cells.tolist() if cell not in self.found], dtype="int64")
        for inside in self.parts:
            at = np.intersect1d(new, inside)
            if len(at):
                part = self.system.part(inside)
                sums, unknown = sums_of(part, part.hidden)
                place, need = np.searchsorted(inside[unknown], at), self.system.need[at]
                widths = need.copy()
                narrow = np.flatnonzero(~shown_wide(sums, place, need, whole_too=False)[0])
                for one, two in zip(narrow, ends_of(sums, place[narrow]), strict=True):
                    widths[one] = max(0, width_of(sums, two, whole_too=False))
                self.found |= dict(zip(at.tolist(), widths, strict=True))
        return np.array([self.found.get(cell, np.inf) for cell in cells.tolist()])
