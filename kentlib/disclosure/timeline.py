"""What counts of some periods tell of the days between them, one count at a time.

The days are cut where a period begins or has ended. With F the number counted before each cut,
a published count says what the difference of two of the F is, and no F is less than the one
before it: differences that bound one another, so that all of them are bounded as tightly as
can be by shortest ways from cut to cut. Nothing is lost by it: the ends are whole numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

Period = tuple[pd.Timestamp, pd.Timestamp]
"""The first and the last day that a table counts, both included: one day twice for a count of
children on that day."""


def related(one: Period, other: Period) -> bool:
    """Whether two periods have days in common; a count on a day has only with its like."""
    if one[0] == one[1] or other[0] == other[1]:
        return one == other
    return one[0] <= other[1] and other[0] <= one[1]


def reached(now: Period, others: Sequence[Period]) -> list[Period]:
    """The periods that overlap with this one, or with one that does, and so on."""
    found, left = [now], list(others)
    for one in found:
        found += [other for other in left if related(one, other)]
        left = [other for other in left if not related(one, other)]
    return found[1:]


def spans(periods: Sequence[Period]) -> tuple[int, list[tuple[int, int]]]:
    """How many cuts there are, and between which two each period lies."""
    ends = [(first, last + pd.Timedelta(days=1)) for first, last in periods]
    cuts = {cut: number for number, cut in enumerate(sorted({cut for end in ends for cut in end}))}
    return len(cuts), [(cuts[first], cuts[after]) for first, after in ends]


@dataclass
class Line:
    """The bounds of several counts between all cuts: `far[k, i, j]`, the most that F_j - F_i is.

    Examples
    --------
    A year of 30, and 28 in the first of its two halves:

    >>> line = Line(counts=1, cuts=3)
    >>> line.tell((0, 2), np.array([30.0]), np.array([30.0])).tolist()
    [True]
    >>> line.tell((0, 1), np.array([28.0]), np.array([28.0])).tolist()
    [True]
    >>> [line.least((1, 2)).item(), line.most((1, 2)).item()]
    [2.0, 2.0]
    >>> line.tell((1, 2), np.array([9.0]), np.array([9.0])).tolist()
    [False]
    """

    counts: int
    cuts: int
    far: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        one = np.where(np.triu(np.ones((self.cuts, self.cuts)), 1) > 0, np.inf, 0.0)
        self.far = np.repeat(one[None], self.counts, axis=0)

    def most(self, span: tuple[int, int]) -> np.ndarray:
        return self.far[:, span[0], span[1]]

    def least(self, span: tuple[int, int]) -> np.ndarray:
        return 0 - self.far[:, span[1], span[0]]

    def tell(self, span: tuple[int, int], low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Bound each count in one span, where that agrees with what was told before.

        Returns
        -------
        Whether it agrees; where it does not, nothing has changed.
        """
        start, end = span
        agrees = (low <= self.most(span)) & (self.least(span) <= high)
        new = np.flatnonzero(agrees & ((high < self.most(span)) | (low > self.least(span))))
        if len(new):
            far = self.far[new]
            up, down = high[new, None, None], low[new, None, None]
            far = np.minimum(far, far[:, :, start, None] + up + far[:, end, None, :])
            far = np.minimum(far, far[:, :, end, None] - down + far[:, start, None, :])
            self.far[new] = far
        return agrees
