"""Which counts are small, what else must be kept from view, and how uncertain it must stay.

Small is 1 to `min_cell`, 5 unless said otherwise. A reader must be left with a wider range than
that rule itself tells: the largest number a small count could be, less the smallest, is at least
`min_cell`, so that 0 or something larger than `min_cell` is always among them. Where noughts are
withheld too, the range is wider by one.

The range is what somebody can work out who has every published cell, knows every sum, and knows
that a withheld count is at least 1 where noughts are shown.

Source
------
"Any number between 1 and 5 inclusive has been suppressed and replaced by 'c'. Secondary
suppression has been applied where necessary": DfE, Characteristics of children in need, 2020
and 2021, data guidance; "0 indicates the original figure submitted was zero". [S] That the range
left to a protected cell (its feasibility interval) be of some width is sliding protection:
Hundepool et al., Handbook on statistical disclosure control, chapter 4; the width is ours. [M]
The rest of a published whole (left care, less adopted) is protected as any count: a release that
prints all the parts would withhold it. [M] Rounding to 5: the department's counts of authorities
for 2016 and 2017 (data/published_indicators.yaml). [S]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from kentlib.errors import DataError

MIN_CELL = 5
BASE = 5
"""What counts are rounded to the nearest of."""
HALF = BASE // 2
OF_ROUNDED = 3
"""How wide the range of a small count stays when it is shown as a multiple of BASE."""


@dataclass(frozen=True)
class Rules:
    """How a table is protected: the parameters of `disclosure.protect`."""

    min_cell: int = MIN_CELL
    zeros: Literal["shown", "withheld"] = "shown"
    rest: Literal["protected", "shown"] = "protected"
    method: Literal["suppress", "round"] = "suppress"

    def __post_init__(self) -> None:
        allowed = {
            "zeros": ("shown", "withheld"),
            "rest": ("protected", "shown"),
            "method": ("suppress", "round"),
        }
        for name, values in allowed.items():
            if getattr(self, name) not in values:
                raise DataError(f"{name} is {getattr(self, name)!r}; it may be {values}.")
        if isinstance(self.min_cell, bool) or not isinstance(self.min_cell, int | np.integer):
            raise DataError(f"min_cell is {self.min_cell!r}; it must be a whole number.")
        if self.min_cell < 0:
            raise DataError(f"min_cell is {self.min_cell}; it must be 0 or more.")

    def small(self, value: np.ndarray) -> np.ndarray:
        """Which numbers are small."""
        first = 1 if self.zeros == "shown" else 0
        return (value >= first) & (value <= self.min_cell)

    @property
    def width(self) -> int:
        """How wide the range of a small count must stay."""
        return self.min_cell + (self.zeros == "withheld")


def rounded(value: np.ndarray) -> np.ndarray:
    """Counts to the nearest multiple of BASE, which is odd, so that none lies half-way.

    Examples
    --------
    >>> rounded(np.array([0, 2, 3, 7, 8, 1316])).tolist()
    [0, 0, 5, 5, 10, 1315]
    """
    return (value + HALF) // BASE * BASE
