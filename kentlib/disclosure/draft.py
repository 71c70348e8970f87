"""A system of cells in the making."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from kentlib.disclosure.rules import Rules
from kentlib.disclosure.specs import Key
from kentlib.disclosure.systems import Relation


@dataclass
class Draft:
    """Cells by their keys, before they are put in order.

    Attributes
    ----------
    value, printed
        What each counts, NaN where nobody knows, and whether a table of now shows it.
    known, changed
        Those that were published before, and those that changed by few since.
    level, rests
        How much is lost with a cell; and those that no table has: a whole less its part.
    withheld, width, bounds
        Those that an earlier table withheld; how wide a range must stay, where not what the
        rules say; and what a cell is at least and at most by its counts in other periods,
        whatever is withheld now, and before anything of now was known.
    relations, loose
        The sums; and by the place of a sum that ties it to other periods, how late it would be
        given up.
    timed, later
        Cells of now that are tied to other periods, and those that only are there for that.
    noughts
        Whether noughts of now that are tied to other periods may be withheld.
    """

    value: dict[Key, float] = field(default_factory=dict)
    printed: dict[Key, bool] = field(default_factory=dict)
    known: set[Key] = field(default_factory=set)
    changed: set[Key] = field(default_factory=set)
    level: dict[Key, int] = field(default_factory=dict)
    rests: set[Key] = field(default_factory=set)
    withheld: set[Key] = field(default_factory=set)
    width: dict[Key, float] = field(default_factory=dict)
    bounds: dict[Key, tuple[float, float, float, float]] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    loose: dict[int, float] = field(default_factory=dict)
    timed: set[Key] = field(default_factory=set)
    later: set[Key] = field(default_factory=set)
    noughts: bool = False

    def add(self, key: Key, value: float, *, printed: bool = False) -> None:
        known = self.value.get(key, np.nan)
        self.value[key] = value if np.isnan(known) else known
        self.printed[key] = self.printed.get(key, False) or printed

    def is_sure(self, key: Key, rules: Rules) -> bool:
        """Whether a count of now is known whatever is withheld."""
        nought = self.printed[key] and self.value[key] == 0 and key not in self.changed
        kept = rules.zeros == "shown" and not (self.noughts and key in self.timed)
        return key in self.known or (nought and kept)

    def is_shown(self, key: Key, rules: Rules) -> bool:
        """Whether a count of now is known if nothing more than the small ones is withheld."""
        value = self.value[key]
        kept = rules.small(value) or key in self.changed or np.isnan(value)
        return key in self.known or (self.printed[key] and not kept)
