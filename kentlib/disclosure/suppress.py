"""Which further cells to withhold, so that no small count can be worked out, at the least loss.

Cells are chosen by an integer programme that starts from what every sum needs (a withheld cell
is not the only one in it). The linear programmes of an attacker then test the choice. Where
the range left to a protected cell is too narrow, their dual prices say which cells would have
widened it; that becomes one more constraint, and the choice is made again. It ends when every
protected cell passes.

The same cells always give the same choice: they are in an order of their own, and searches end
after so many branches, never after so many seconds.

Source
------
Fischetti and Salazar, "Solving the cell suppression problem on tabular data with linear
constraints", Management Science 47(7), 2001: the model, and cuts from the attacker's duals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from kentlib.disclosure import ranges
from kentlib.disclosure.ranges import Before
from kentlib.disclosure.systems import System
from kentlib.errors import DataError

_EXACT = 350
"""Cells that may be withheld in a group for which the least loss is sought to the end."""
_ROUGH, _GAP = 0.1, 0.01
"""How far from the least loss: while cuts are sought, and at the end for large groups."""
_NODES = 5_000
_TURNS = 500
_AT_ONCE = 64
"""Cells that fail whose reasons are sought in one turn: others often fail for the same."""
_PATIENCE, _FEWEST = 800, 8
"""Turns times cells that may be withheld, until what is chosen stays chosen."""
_TRIES = 20
"""Cells at most that are tried to be shown after all, once all are safe."""
_TINY = 1e-7

Cut = tuple[np.ndarray, np.ndarray, float]
"""Columns, their factors, and what their sum must reach."""


class Unprotectable(DataError):
    """Nothing that may be withheld protects some cell."""


def choose(system: System) -> np.ndarray:
    """Whether each cell is withheld.

    Of cells that what was published before tells more closely than they need, the need is set
    to what is left.

    Raises
    ------
    Unprotectable
        What is known already gives a cell away, or something that is shown in any case.
    """
    hidden, before = system.hidden.copy(), Before(system) if system.is_tied else None
    for index in system.parts():
        part = system.part(index)
        if (part.need > 0).any():
            cuts = _cuts_of_now(part, index, before)
            hidden[index], _ = _choose_part(part, cuts, before and before.of(index))
            system.need[index] = part.need
    return hidden


def _cuts_of_now(part: System, index: np.ndarray, before: Before | None) -> list[Cut]:
    """What cells of now need among themselves, which they need beside those of before too."""
    now = np.flatnonzero(~part.later)
    if not part.later.any() or not len(now):
        return []
    made: list[Cut] = []
    alone = part.part(now, whole=True)
    for inside in alone.parts():
        inner, at = alone.part(inside), now[inside]
        if (inner.need > 0).any():
            cuts = _choose_part(inner, [], before and before.of(index[at]))[1]
            made += [(at[columns], share, reach) for columns, share, reach in cuts]
            part.need[at] = inner.need
    return made


def _choose_part(part: System, cuts: list[Cut], before=None) -> tuple[np.ndarray, list[Cut]]:
    """Whether each cell is withheld, and what that choice had to meet.

    `before` gives the widths that cells had before anything of now was known, all that is needed.
    """
    size = int(part.free.sum())
    last = 0.0 if size <= _EXACT else _GAP
    gap = last if cuts else _ROUGH
    cuts, patience = [*cuts, *_needs_of_sums(part, before)], max(_FEWEST, _PATIENCE // max(1, size))
    kept, passed = part.hidden, None
    seen = Seen(part.hidden, np.zeros(len(part.value), "bool")) if part.later.any() else None
    for turn in range(_TURNS):
        hidden = _cheapest(part, cuts, kept, gap)
        same = passed is not None and bool((hidden == passed).all())
        more = [] if same else cuts_against(part, hidden, before, seen)
        if more:
            cuts += more
        elif seen is not None:
            return hidden, cuts
        elif kept is not part.hidden:
            return _trimmed(part, hidden, cuts, before), cuts
        elif gap > last:
            gap, passed = last, hidden
        else:
            return hidden, cuts
        if turn >= patience or seen is not None:
            kept = hidden  # from here on cells are only added, so that it soon ends
    raise DataError("No choice of counts to withhold was found that protects the small ones.")


def _trimmed(part: System, hidden: np.ndarray, cuts: list[Cut], before) -> np.ndarray:
    """The same without the cells that turn out not to be needed, the dearest first."""
    may, tried = np.flatnonzero(hidden & ~part.hidden), 0
    tries = _TRIES if len(may) <= _EXACT // 5 else _TRIES // 4
    for cell in may[np.argsort(-part.cost[may], kind="stable")]:
        fewer = hidden.copy()
        fewer[cell] = False
        met = all(share @ fewer[columns] >= reach - _TINY for columns, share, reach in cuts)
        if met and tried < tries:
            tried += 1
            hidden = hidden if cuts_against(part, fewer, before) else fewer
    return hidden


def _cheapest(part: System, cuts: list[Cut], kept: np.ndarray, gap: float) -> np.ndarray:
    """The cells to withhold that meet the cuts at the least cost, those kept among them."""
    hidden = part.hidden.copy()
    free = np.flatnonzero(part.free & ~part.hidden)
    if not len(free) or not cuts:
        if cuts:
            raise Unprotectable(_CANNOT)
        return hidden
    place = np.full(len(hidden), -1)
    place[free] = np.arange(len(free))
    rows = np.repeat(np.arange(len(cuts)), [len(cut[0]) for cut in cuts])
    columns = place[np.concatenate([cut[0] for cut in cuts])]
    factors = np.concatenate([cut[1] for cut in cuts])
    matrix = sparse.csr_array((factors, (rows, columns)), shape=(len(cuts), len(free)))
    reach = np.array([cut[2] for cut in cuts])
    found = milp(
        part.cost[free],
        integrality=np.ones(len(free)),
        bounds=Bounds(kept[free].astype("float64"), 1),
        constraints=LinearConstraint(matrix, reach - _TINY, np.inf),
        options={"mip_rel_gap": gap, "node_limit": _NODES},
    )
    if found.status == 2:
        raise Unprotectable(_CANNOT)
    hidden[free] = True if found.x is None else found.x > 0.5
    return hidden


_CANNOT = (
    "A small count cannot be protected: what was published before, or is known anyway, gives it "
    "away whatever is withheld now."
)


def _needs_of_sums(part: System, before=None) -> list[Cut]:
    """What each sum needs: none has a single withheld cell, which it would give."""
    if (part.box > 0).any():
        return []
    made, may = [], part.free & ~part.hidden
    sums = np.split(part.matrix.indices, part.matrix.indptr[1:-1])
    alone = [cells[part.hidden[cells]] for cells in sums]
    pairs = [(one, may[cells].any()) for one, cells in zip(alone, sums, strict=True)]
    given = {int(one[0]) for one, other in pairs if len(one) == 1 and not other}
    _lower(part, [cell for cell in sorted(given) if part.need[cell] > 0], before)
    for cells, always in zip(sums, alone, strict=True):
        open_ = cells[may[cells]]
        if len(always) == 1 and part.need[always[0]] > 0:
            made.append((open_, np.ones(len(open_)), 1.0))
        if not len(always):
            made += [(open_, np.where(open_ == cell, -1.0, 1.0), 0.0) for cell in open_]
    return made


def _lower(part: System, cells: list[int], before) -> None:
    """Need no wider a range than was left before anything of now was known."""
    if cells and before is not None:
        part.need[cells] = np.minimum(part.need[cells], before(np.array(cells)))


@dataclass
class Seen:
    """Cells that are wide enough when some are withheld, and so too when more are."""

    hidden: np.ndarray
    wide: np.ndarray
    few: int = 8
    """How many others are measured at once: more, the more often some were too narrow."""

    def among(self, hidden: np.ndarray, cells: np.ndarray) -> np.ndarray:
        """Those of some cells of which it is not seen yet when these are withheld."""
        if (self.hidden & ~hidden).any():
            self.wide[:] = False
        self.hidden = hidden
        return cells[~self.wide[cells]]


def cuts_against(part: System, hidden: np.ndarray, before=None, seen=None) -> list[Cut]:
    """What must hold of another choice, for the cells that this one fails to protect."""
    sums, unknown = ranges.sums_of(part, hidden)
    far, kept, whole_too = ranges.far_of(part), ranges.kept_of(part, hidden), not part.later.any()
    cells = np.flatnonzero(part.need > 0)
    cells = cells if seen is None else seen.among(hidden, cells)
    place = np.searchsorted(unknown, cells)
    wide, whole, reached = ranges.shown_wide(sums, place, part.need[cells], whole_too=whole_too)
    made: list[Cut] = []
    for asked in _in_turn(wide, whole, seen and seen.few):
        if made:
            break
        narrow = []
        for one, ends in zip(asked, ranges.ends_of(sums, place[asked]), strict=True):
            reached.add(ends.at[:, place])
            cell, wide[one] = cells[one], True
            width = ranges.width_of(sums, ends, part.need[cell], whole_too=whole_too)
            if width < part.need[cell]:
                narrow.append((cell, width, ends))
                wide[one] = False
        _lower(part, [cell for cell, _, _ in narrow if part.later[cell]], before)
        for cell, width, ends in narrow:
            factors = _prices(part, kept, ends.price, cell, far)
            cut = _cut(part, hidden, factors, part.need[cell])
            if not len(cut[0]):
                _lower(part, [cell], before)
            if width < part.need[cell]:
                made.append(cut)
        if not whole_too:
            wide |= reached.width > part.need[cells] - 1e-4
    if seen is not None:
        seen.wide[cells[wide]] = True
        seen.few = min(_AT_ONCE, seen.few * (2 if made else 1))
    return made


def _in_turn(wide: np.ndarray, whole: np.ndarray, few: int | None) -> Iterator[np.ndarray]:
    """The cells not shown to be wide enough, as many at once as are worth it.

    Where earlier tables are in the system, so `few` that those measured may show others wide.
    """
    if few is None:
        turns = [np.flatnonzero(~wide)[:_AT_ONCE], np.flatnonzero(wide & ~whole)]
        yield from (turn for turn in turns if len(turn))
        return
    asked = wide.copy()
    while not (asked | wide).all():
        turn = np.flatnonzero(~(asked | wide))[:few]
        asked[turn] = True
        yield turn


def _prices(part: System, kept, price: np.ndarray, cell: int, far: float) -> np.ndarray:
    """What withholding each cell would add to the width; the last number is what is there."""
    low_shown, high_shown = ranges.reach_of(part, part.hidden, far)
    low_hidden, high_hidden = ranges.reach_of(part, part.hidden | part.free, far)
    added, there = np.zeros(len(part.value)), 0.0
    for sign, one in zip((1.0, -1.0), price, strict=True):
        left = -(part.matrix[kept].T @ one)
        left[cell] += sign
        left[np.abs(left) < _TINY] = 0
        down, up = np.maximum(left, 0), np.maximum(-left, 0)
        there += down @ -low_shown + up @ high_shown
        added += down * (low_shown - low_hidden)
        added += up * (high_hidden - high_shown)
    return np.append(added, there)


def _cut(part: System, hidden: np.ndarray, factors: np.ndarray, need: float) -> Cut:
    may = np.flatnonzero(part.free & ~part.hidden)
    added, lacks = factors[may], need - factors[-1]
    used = added > _TINY
    if lacks > _TINY:
        columns, share = may[used], np.minimum(added[used] / lacks, 1.0)
        if share[hidden[columns]].sum() < 1 - 1e-4:
            return columns, share, 1.0
    # The range is wide enough in fractions of a child only: something more must go.
    other = may[~hidden[may]]
    return other, np.ones(len(other)), 1.0
