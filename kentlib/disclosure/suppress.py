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
    if system.later.any():
        system = replace(system, need=_needs_left(system))
    hidden = system.hidden.copy()
    for index in system.parts():
        part = system.part(index)
        if (part.need > 0).any():
            hidden[index], _ = _choose_part(part, _cuts_of_now(part))
    return hidden


def _needs_left(system: System) -> np.ndarray:
    """How wide each range must stay: no wider than what was published before has left it."""
    before = replace(
        system,
        hidden=~system.known,
        least=np.where(system.printed, 0, system.least),
        most=np.where(system.printed, np.inf, system.most),
    )
    need = system.need.copy()
    for index in before.parts():
        part = before.part(index)
        if part.later.any() and (part.need > 0).any():
            need[index] = _widths(part)
    return need


def _widths(part: System) -> np.ndarray:
    """The widths of the ranges when as much is withheld as said, up to those needed."""
    sums, place, cells = _sums(part, part.hidden)
    need = part.need.copy()
    narrow = np.flatnonzero(~_shown_wide(sums, place, need[cells])[1])
    if len(narrow):
        for one, ends in zip(narrow, _ends(sums, place[narrow]), strict=True):
            width = _width(sums, ends)
            need[cells[one]] = max(0, min(need[cells[one]], width))
    return need


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


def _choose_part(part: System, cuts: list[Cut]) -> tuple[np.ndarray, list[Cut]]:
    """Whether each cell is withheld, and what that choice had to meet."""
    size = int(part.free.sum())
    last = 0.0 if size <= _EXACT else _GAP
    gap = last if cuts else _ROUGH
    cuts, patience = [*cuts, *_needs_of_sums(part)], max(_FEWEST, _PATIENCE // max(1, size))
    kept, passed = part.hidden, None
    for turn in range(_TURNS):
        hidden = _cheapest(part, cuts, kept, gap)
        same = passed is not None and bool((hidden == passed).all())
        more = [] if same else cuts_against(part, hidden)
        if more:
            cuts += more
        elif kept is not part.hidden:
            return _trimmed(part, hidden, cuts), cuts
        elif gap > last:
            gap, passed = last, hidden
        else:
            return hidden, cuts
        if turn >= patience:
            kept = hidden  # from here on cells are only added, so that it soon ends
    raise DataError("No choice of counts to withhold was found that protects the small ones.")


def _trimmed(part: System, hidden: np.ndarray, cuts: list[Cut]) -> np.ndarray:
    """The same without the cells that turn out not to be needed, the dearest first."""
    may, tried = np.flatnonzero(hidden & ~part.hidden), 0
    tries = _TRIES if len(may) <= _EXACT // 5 else _TRIES // 4
    for cell in may[np.argsort(-part.cost[may], kind="stable")]:
        fewer = hidden.copy()
        fewer[cell] = False
        met = all(share @ fewer[columns] >= reach - _TINY for columns, share, reach in cuts)
        if met and tried < tries:
            tried += 1
            hidden = hidden if cuts_against(part, fewer) else fewer
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


def cuts_against(part: System, hidden: np.ndarray) -> list[Cut]:
    """What must hold of another choice, for the cells that this one fails to protect."""
    sums, place, cells = _sums(part, hidden)
    far = _far(part)
    kept = _kept(part, hidden)
    need = part.need[cells]
    wide, whole = _shown_wide(sums, place, need)
    made: list[Cut] = []
    for asked in (np.flatnonzero(~wide)[:_AT_ONCE], np.flatnonzero(wide & ~whole)):
        if made or not len(asked):
            continue
        for one, ends in zip(asked, _ends(sums, place[asked]), strict=True):
            if _width(sums, ends, need[one]) < need[one]:
                factors = _prices(part, kept, ends.price, cells[one], far)
                made.append(_cut(part, hidden, factors, need[one]))
    return made


def _unknown(part: System, hidden: np.ndarray) -> np.ndarray:
    return np.flatnonzero(hidden | (part.box > 0).any(axis=1))


def _kept(part: System, hidden: np.ndarray) -> np.ndarray:
    """The sums that have an unknown cell."""
    return np.flatnonzero(np.diff(part.matrix[:, _unknown(part, hidden)].indptr))


def _far(part: System) -> float:
    return float(part.need.max() * (1 + part.value.max()))


def _sums(part: System, hidden: np.ndarray):
    """What a reader knows of how far each cell lies from its value; the cells of need in it."""
    unknown = _unknown(part, hidden)
    matrix = sparse.csr_array(part.matrix[:, unknown])
    matrix = matrix[_kept(part, hidden)]
    low, high = _reach(part, hidden, _far(part))
    cells = np.flatnonzero(part.need > 0)
    sums = (matrix, np.zeros(matrix.shape[0]), low[unknown], high[unknown])
    return sums, np.searchsorted(unknown, cells), cells


def _ends(sums, place: np.ndarray) -> list[attack.Solved]:
    """For each cell the programmes solved of its least and of its most."""
    forms = np.zeros((2 * len(place), len(sums[2])))
    forms[np.arange(2 * len(place)), np.repeat(place, 2)] = np.tile([1, -1], len(place))
    solved = attack.solve(*sums, forms)
    return [solved.of(slice(two, two + 2)) for two in range(0, 2 * len(place), 2)]


def _width(sums, ends: attack.Solved, enough: float = np.inf) -> float:
    """The largest less the smallest whole number of a cell, or of those found so far enough."""
    least, most = ends.optimum * (1, -1)
    width = np.floor(most + 1e-6) - np.ceil(least - 1e-6)
    if width <= 0 or width < enough < np.inf or attack.is_whole(ends.at).all():
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


def _shown_wide(sums, place: np.ndarray, need: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cells whose range a few points that fit all sums show to be wide enough.

    Points in fractions of a child show it for the first of the two, whole ones for both.
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
