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

from dataclasses import replace
from functools import cached_property, partial

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from kentlib.disclosure import attack
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

    Raises
    ------
    Unprotectable
        What is known already gives a cell away, or something that is shown in any case.
    """
    hidden, before = system.hidden.copy(), _Before(system)
    for index in system.parts():
        part = system.part(index)
        if (part.need > 0).any():
            cuts = _cuts_of_now(part)
            hidden[index], _ = _choose_part(part, cuts, partial(before.widths, index))
    return hidden


class _Before:
    """What was known before anything of now was: no range need be wider than it was then."""

    def __init__(self, system: System) -> None:
        open_ = system.printed & ~system.known
        self.system = replace(
            system,
            hidden=system.hidden | open_,
            least=np.where(open_, 0, system.least),
            most=np.where(open_, np.inf, system.most),
        )

    @cached_property
    def parts(self) -> list[np.ndarray]:
        return list(self.system.parts())

    def widths(self, index: np.ndarray, cells: np.ndarray) -> np.ndarray:
        """The widths of the ranges of some cells of a part, by their places in it."""
        made = np.zeros(len(cells))
        for inside in self.parts:
            at = np.flatnonzero(np.isin(index[cells], inside))
            if len(at):
                part = self.system.part(inside)
                sums, unknown = _sums(part, part.hidden)
                place = np.searchsorted(inside[unknown], index[cells[at]])
                widths = [_width(sums, ends, whole_too=False) for ends in _ends(sums, place)]
                made[at] = np.maximum(widths, 0)
        return made


def _cuts_of_now(part: System) -> list[Cut]:
    """What cells of now need among themselves, which they need beside those of before too."""
    now = np.flatnonzero(~part.later)
    if not part.later.any() or not len(now):
        return []
    made: list[Cut] = []
    alone = part.part(now, whole=True)
    for index in alone.parts():
        inner = alone.part(index)
        if (inner.need > 0).any():
            cuts = _choose_part(inner, [])[1]
            made += [(now[index[columns]], share, reach) for columns, share, reach in cuts]
    return made


def _choose_part(part: System, cuts: list[Cut], before=None) -> tuple[np.ndarray, list[Cut]]:
    """Whether each cell is withheld, and what that choice had to meet.

    `before` gives the widths that cells had before anything of now was known, all that is needed.
    """
    size = int(part.free.sum())
    last = 0.0 if size <= _EXACT else _GAP
    gap = last if cuts else _ROUGH
    cuts, patience = [*cuts, *_needs_of_sums(part)], max(_FEWEST, _PATIENCE // max(1, size))
    kept, passed = part.hidden, None
    for turn in range(_TURNS):
        hidden = _cheapest(part, cuts, kept, gap)
        same = passed is not None and bool((hidden == passed).all())
        more = [] if same else cuts_against(part, hidden, before)
        if more:
            cuts += more
        elif kept is not part.hidden:
            return _trimmed(part, hidden, cuts, before), cuts
        elif gap > last:
            gap, passed = last, hidden
        else:
            return hidden, cuts
        if turn >= patience:
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


def _needs_of_sums(part: System) -> list[Cut]:
    """What each sum needs: none has a single withheld cell, which it would give."""
    if (part.box > 0).any():
        return []
    made = []
    may = part.free & ~part.hidden
    matrix = part.matrix
    for row in range(matrix.shape[0]):
        cells = matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]
        always, open_ = cells[part.hidden[cells]], cells[may[cells]]
        if len(always) > 1:
            continue
        if len(always) == 1 and part.need[always[0]] > 0:
            made.append((open_, np.ones(len(open_)), 1.0))
        if not len(always):
            made += [(open_, np.where(open_ == cell, -1.0, 1.0), 0.0) for cell in open_]
    return made


def cuts_against(part: System, hidden: np.ndarray, before=None) -> list[Cut]:
    """What must hold of another choice, for the cells that this one fails to protect."""
    sums, unknown = _sums(part, hidden)
    far, kept, whole_too = _far(part), _kept(part, hidden), not part.later.any()
    cells = np.flatnonzero(part.need > 0)
    place = np.searchsorted(unknown, cells)
    wide, whole = _shown_wide(sums, place, part.need[cells], whole_too=whole_too)
    made: list[Cut] = []
    for asked in (np.flatnonzero(~wide)[:_AT_ONCE], np.flatnonzero(wide & ~whole)):
        if made or not len(asked):
            continue
        narrow = []
        for cell, ends in zip(cells[asked], _ends(sums, place[asked]), strict=True):
            width = _width(sums, ends, part.need[cell], whole_too=whole_too)
            if width < part.need[cell]:
                narrow.append((cell, width, ends))
        if narrow and before and not whole_too:
            few = np.array([cell for cell, _, _ in narrow])
            part.need[few] = np.minimum(part.need[few], before(few))
        for cell, width, ends in narrow:
            if width < part.need[cell]:
                factors = _prices(part, kept, ends.price, cell, far)
                made.append(_cut(part, hidden, factors, part.need[cell]))
    return made


def _unknown(part: System, hidden: np.ndarray) -> np.ndarray:
    return np.flatnonzero(hidden | (part.box > 0).any(axis=1))


def _kept(part: System, hidden: np.ndarray) -> np.ndarray:
    """The sums that have an unknown cell."""
    return np.flatnonzero(np.diff(part.matrix[:, _unknown(part, hidden)].indptr))


def _far(part: System) -> float:
    return float(part.need.max() * (1 + part.value.max()))


def _sums(part: System, hidden: np.ndarray):
    """What a reader knows of how far each unknown cell lies from its value; which these are."""
    unknown = _unknown(part, hidden)
    matrix = sparse.csr_array(part.matrix[:, unknown])[_kept(part, hidden)]
    low, high = _reach(part, hidden, _far(part))
    return (matrix, np.zeros(matrix.shape[0]), low[unknown], high[unknown]), unknown


def _ends(sums, place: np.ndarray) -> list[attack.Solved]:
    """For each cell the programmes solved of its least and of its most."""
    forms = np.zeros((2 * len(place), len(sums[2])))
    forms[np.arange(2 * len(place)), np.repeat(place, 2)] = np.tile([1, -1], len(place))
    solved = attack.solve(*sums, forms)
    return [solved.of(slice(two, two + 2)) for two in range(0, 2 * len(place), 2)]


def _width(sums, ends: attack.Solved, enough: float = np.inf, *, whole_too: bool) -> float:
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


def _reach(part: System, hidden: np.ndarray, far: float) -> tuple[np.ndarray, np.ndarray]:
    """How far from its value each cell may be thought to lie."""
    low = np.where(hidden, part.least - part.value, -part.box[:, 0])
    high = np.where(hidden, np.minimum(part.most - part.value, far), part.box[:, 1])
    return np.minimum(low, 0), np.maximum(high, 0)


def _shown_wide(
    sums, place: np.ndarray, need: np.ndarray, *, whole_too: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Cells whose range a few points that fit all sums show to be wide enough.

    Points in fractions of a child show it for the first of the two, whole ones for both; unless
    `whole_too`, fractions are enough for either.
    """
    matrix, right, low, high = sums
    size = len(place)
    ends = np.zeros((2, 2, size))  # in fractions or whole, least and most
    bits = [np.where(np.arange(size) >> bit & 1, -1.0, 1.0) for bit in range(size.bit_length())]
    left, whole = np.ones(size, dtype="bool"), False
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
        for points, (least, most) in zip((at, at[attack.is_whole(at)]), ends, strict=True):
            if len(points):
                np.minimum(least, points[:, place].min(axis=0), out=least)
                np.maximum(most, points[:, place].max(axis=0), out=most)
        wide = ends[:, 1] - ends[:, 0] > need - 1e-4
        wide[1] |= wide[0] & (not whole_too)
        still = ~wide[int(whole)]
        if still.sum() > 0.9 * left.sum():
            break
        left, bits = still, bits[:1]
        if not still.any() and not whole:
            left, whole = ~wide[1], True
    return wide[0], wide[1]


def _prices(part: System, kept, price: np.ndarray, cell: int, far: float) -> np.ndarray:
    """What withholding each cell would add to the width; the last number is what is there."""
    low_shown, high_shown = _reach(part, part.hidden, far)
    low_hidden, high_hidden = _reach(part, part.hidden | part.free, far)
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
