"""Where children stayed: placements and legal statuses within each period of care.

For children looked after on the day the last placement follows the published lines, and the
number of placements in the 12 months is set beforehand, so that the share with 3 or more is the
published one. Whatever may or may not count as a move (a temporary placement, another status
with the same carer, adoption by the foster carer) is given only to children whom it cannot bring
to 3.
"""

from __future__ import annotations

from kentlib.errors import DataError
from kentlib.sample.care import ADOPTED, GUARDIANS
from kentlib.sample.draws import Draws
from kentlib.sample.people import Child, Period, Stay, postcode
from kentlib.sample.published import Published

TEMPORARY = 40
"""Children with one placement in the 12 months and a temporary one (T1 to T4) in its course."""

FOSTER = ("U1", "U2", "U3", "U4", "U5", "U6")
_FIRST, _NEXT = (4, 40, 150, 600, 2600), (20, 180, 800, 2400, 6000)
_FIRST_ALONE = (38, 52, 70, 190, 480)

_PLACES_ALONE = ({"U6": 900, "K2": 30, "U3": 70}, {"H5": 520, "P2": 250, "U6": 220, "K2": 10})
_PLACES = (
    (10, {"U6": 720, "U3": 170, "U4": 40, "U1": 20, "P1": 30, "R3": 20}),
    (16, {"U6": 680, "U3": 70, "U4": 70, "U1": 20, "K2": 130, "P1": 20, "S1": 10}),
    (99, {"U6": 480, "U3": 30, "U4": 50, "K2": 130, "H5": 210, "P2": 80, "R5": 10, "K1": 10}),
)
_LAST = {
    "E17": {"U4": 600, "U6": 250, "U1": 150},
    "E43": {"U6": 400, "U4": 250, "U1": 150, "U3": 200},
    "E44": {"U3": 600, "U6": 400},
    "E14": {"R5": 600, "U6": 400},
    "E9": {"H5": 500, "K2": 300, "U6": 200},
    "E5": {"H5": 500, "P2": 200, "U6": 200, "K2": 100},
    "E6": {"P2": 500, "H5": 300, "U6": 200},
    "E7": {"U4": 400, "K2": 400, "U6": 200},
}
_AGREED = {"V2": 700, "C1": 200, "L1": 60, "L2": 40}
_ORDERED = {"V2": 400, "C1": 450, "L1": 80, "L2": 70}
_OTHER_ALONE, _OTHER = {"H5": 600, "P2": 400}, {"H5": 480, "P2": 400, "R5": 60, "Z1": 30, "R2": 30}
_PROVIDERS = {"U": {"PR1": 720, "PR4": 280}, "K": {"PR4": 780, "PR1": 220}, "P1": {"PR0": 1}}
_PROVIDERS |= {"A": {"PR1": 720, "PR2": 180, "PR5": 100}, "R": {"PR3": 1}, "S": {"PR4": 1}}
_PROVIDERS |= {"H": {"PR4": 600, "PR5": 250, "PR1": 150}, "P": {"PR4": 600, "PR5": 250, "PR1": 150}}
_PROVIDERS |= {"Z": {"PR3": 1}, "T": {"PR3": 1}}
_MOVED = {"CARPL": 420, "CREQB": 170, "CREQO": 120, "LAREQ": 110, "CHILD": 60, "STAND": 20}
_MOVED |= {"CLOSE": 15, "ALLEG": 15, "APPRR": 5, "OTHER": 65}


def settle(children: list[Child], published: Published, seed: int) -> None:
    """Give every period its placements and legal statuses."""
    draws = Draws(seed, "stays")
    now = [(c, c.periods[-1]) for c in children if c.periods[-1].end is None]
    _lines(now, published, draws)
    _outside(now, published, draws)
    _counts(now, published, draws)
    for child in children:
        for period in child.periods:
            _stay(child, period, published, draws)
            period.statuses = _statuses(child, period, published, draws)
    _temporary(now, published, draws)


def _lines(now: list, published: Published, draws: Draws) -> None:
    """The published placement line of every child looked after."""
    day = published.day
    fits = {
        "residential_schools": lambda c, p: not c.unaccompanied and 8 <= c.age(day) <= 16,
        "childrens_homes": lambda c, p: (
            c.age(day) >= 9 and draws.chance(60 if c.unaccompanied else 1000)
        ),
        "with_parents": lambda c, p: not c.unaccompanied and day - p.start > 120,
        "other": lambda c, p: c.age(day) >= 16,
    }
    free = draws.some(now, len(now))
    placed = [pair for pair in free if pair[1].adoption and pair[1].adoption.placed]
    for _, period in placed:
        period.line = "other"
    steps = [pair for pair in free if pair[1].adoption and not pair[1].adoption.placed]
    for _, period in steps:  # with a plan for adoption: fostered meanwhile
        period.line = "foster_families"
    # Most children in lodgings and shared houses are unaccompanied, so they come first.
    free.sort(key=lambda pair: not pair[0].unaccompanied and draws.chance(750))
    for line, fit in fits.items():
        wanted = published.lines[line][0] - (len(placed) if line == "other" else 0)
        order = free if line == "other" else draws.some(free, len(free))
        for child, period in order:
            if wanted and not period.line and fit(child, period):
                period.line, wanted = line, wanted - 1
        if wanted:
            raise DataError(f"{wanted} children too few for {line}. Try another seed.")
    for _, period in free:
        period.line = period.line or "foster_families"


def _outside(now: list, published: Published, draws: Draws) -> None:
    for line, (_, out) in published.lines.items():
        here = [period for _, period in now if period.line == line]
        for period in draws.some(here, out):
            period.out_of_area = True


def _counts(now: list, published: Published, draws: Draws) -> None:
    """How many placements each child looked after has had in the 12 months."""
    long_enough = []
    for child, period in now:
        seen = published.day - max(period.start, published.year_from)
        placed = period.adoption and period.adoption.placed
        moved = bool(placed and placed > published.year_from and period.adoption.place == "A6")
        period.placements_12_months = 1 + moved
        if _came_back(child, published):  # one before leaving, one since
            period.placements_12_months = 2
            continue
        if placed:
            continue
        settled = published.day - period.start > 900
        if seen > 15 and draws.chance(340 if child.unaccompanied else 90 if settled else 240):
            period.placements_12_months = 2
        if seen > 100:
            likely = 4 if child.age(published.day) >= 12 and not settled else 1
            long_enough += [period] * likely
    chosen: list[Period] = []
    for period in draws.some(long_enough, len(long_enough)):
        if len(chosen) < published.three_placements and period.placements_12_months < 3:
            period.placements_12_months = draws.pick({3: 620, 4: 250, 5: 90, 6: 40})
            chosen.append(period)
    if len(chosen) < published.three_placements:
        raise DataError("Too few children for those with 3 or more placements. Try another seed.")


def _came_back(child: Child, published: Published) -> bool:
    """Whether the child left in the 12 months and is looked after again."""
    last = child.periods[-1]
    if last.end is not None or len(child.periods) == 1:
        return False
    return child.periods[-2].end >= published.year_from


def _stay(child: Child, period: Period, published: Published, draws: Draws) -> None:
    """The placements of one period."""
    still = period.end is None
    until = period.until(published.day)
    steps = period.adoption
    placed = steps.placed if steps and steps.placed else None
    limit = placed - 20 if placed else until
    starts = [period.start]
    gap = _FIRST_ALONE if child.unaccompanied else _FIRST
    day = period.start + draws.quantile(gap)
    back = _came_back(child, published)
    if still or back:  # moves in the 12 months are set beforehand
        limit = min(limit, published.year_from - 6)
    while day < limit - 1:
        starts.append(day)
        day += max(draws.quantile(_NEXT), 2)
    starts = starts[:12]
    moves = period.placements_12_months - 1 if still and not (placed or back) else 0
    low, high = max(period.start, published.year_from) + 8, published.day - 3
    for at in range(moves):
        slot = (high - low) // moves
        starts.append(low + at * slot + draws.below(max(slot - 2, 1)))
    for at, start in enumerate(starts):
        last = at == len(starts) - 1
        age = child.age(start)
        place = _last(child, period, draws) if last and not placed else _place(child, age, draws)
        period.stays.append(_made(start, place, period.stays, draws))
    if placed:
        _adopters(period, placed, draws)
    _longer(child, period, until, published, draws)
    for one, following in zip(period.stays, period.stays[1:], strict=False):
        one.end = following.start
    period.stays[-1].end = period.end


def _made(start: int, place: str, before: list[Stay], draws: Draws, carer: Stay | None = None):
    if carer is not None:
        return Stay(start, None, place, carer.provider, carer.postcode, carer.urn, "T", "PLACE")
    provider = draws.pick(_PROVIDERS.get(place, _PROVIDERS[place[0]]))
    registered = place in ("K1", "K2", "S1") or (place in FOSTER and provider == "PR4")
    urn = f"99{draws.between(10000, 99999)}" if registered else ""
    code = postcode(draws, before[-1].postcode if before else "")
    return Stay(start, None, place, provider, code, urn, "P", draws.pick(_MOVED))


def _place(child: Child, age: int, draws: Draws) -> str:
    if child.unaccompanied:
        return draws.pick(_PLACES_ALONE[age >= 16])
    return draws.pick(next(places for below, places in _PLACES if age < below))


def _last(child: Child, period: Period, draws: Draws) -> str:
    if period.line == "foster_families":
        return draws.pick({"U6": 560, "U4": 240, "U3": 110, "U1": 90})
    if period.line == "other":
        return draws.pick(_OTHER_ALONE if child.unaccompanied else _OTHER)
    named = {"childrens_homes": "K2", "residential_schools": "S1", "with_parents": "P1"}
    if period.line:
        return named[period.line]
    if period.rec in _LAST and not child.unaccompanied:
        return draws.pick(_LAST[period.rec])
    return _place(child, child.age(period.until(period.start)), draws)


def _adopters(period: Period, placed: int, draws: Draws) -> None:
    """The move to the adoptive family; foster carers who adopt are no other carers."""
    steps = period.adoption
    carer = period.stays[-1]
    if steps.foster_carer:
        if carer.place not in FOSTER:
            carer.place = "U6"
        period.stays.append(_made(placed, steps.place, period.stays, draws, carer))
        return
    if steps.early and carer.place in FOSTER:
        carer.place = "U5"
    stay = _made(placed, steps.place, period.stays, draws)
    stay.reason = "CARPL"
    period.stays.append(stay)


def _longer(child: Child, period: Period, until: int, published: Published, draws: Draws) -> None:
    """A foster placement that lasts becomes a long-term one, with the same carers."""
    found: list[Stay] = []
    for at, stay in enumerate(period.stays):
        found.append(stay)
        end = period.stays[at + 1].start if at + 1 < len(period.stays) else until
        if stay.same_carer or stay.place not in ("U4", "U1"):
            continue
        since = end - stay.start
        change = stay.start + draws.between(90, 330)
        counted = period.end is None and change > published.year_from - 8
        if since > 450 and not counted and draws.chance(600):
            longer = _made(change, stay.place, found, draws, stay)
            stay.place = {"U4": "U6", "U1": "U3"}[stay.place]
            found.append(longer)
    period.stays = found


def _statuses(child: Child, period: Period, published: Published, draws: Draws) -> list:
    """Legal statuses with the day each begins."""
    start, until = period.start, period.until(published.day)
    if child.unaccompanied:
        return [(start, "V2")]
    age, days = child.age(start), until - start
    if period.rec in ("E9", "E14") and age >= 12 and draws.chance(700):
        return [(start, "J1")]
    agreed = age >= 14 or days < 60
    first = draws.pick(_AGREED if agreed else _ORDERED)
    found = [(start, first)]
    court = period.adoption is not None or period.rec in (*ADOPTED, *GUARDIANS, "E41")
    court |= period.line == "with_parents" or any(stay.place == "P1" for stay in period.stays)
    if first in ("L1", "L2") and days > 12:
        found.append((start + draws.between(2, 7), draws.pick({"C1": 700, "V2": 300})))
    if found[-1][1] == "V2" and days > 60 and (court or draws.chance(500 if age < 14 else 200)):
        found.append((start + min(draws.between(15, 160), days * 2 // 5), "C1"))
    if found[-1][1] == "C1":
        full = found[-1][0] + draws.between(120, 260)
        if full < until - 5 and (court or draws.chance(850)):
            found.append((full, "C2"))
    steps = period.adoption
    if steps and steps.order:
        found = [one for one in found if one[0] < steps.order] + [(steps.order, "E1")]
        if steps.reversed and steps.reversed + 40 < until:
            found.append((steps.reversed + 30, "C2"))
    elif steps and steps.place in ("A3", "A4"):
        found = [one for one in found if one[0] < steps.decision]
    return found


def _temporary(now: list, published: Published, draws: Draws) -> None:
    """A short stay elsewhere, and back to the same carers."""
    fit = [
        period
        for _, period in now
        if period.placements_12_months == 1
        and period.stays[-1].place in ("U4", "U6", "U3")
        and period.stays[-1].start < published.year_from - 30
    ]
    for period in draws.some(fit, TEMPORARY):
        home = period.stays[-1]
        gone = draws.between(published.year_from + 20, published.day - 40)
        code = draws.pick({"T1": 300, "T2": 200, "T3": 200, "T4": 300})
        back = gone + (draws.between(2, 6) if code == "T4" else draws.between(8, 19))
        away = _made(gone, code, period.stays, draws)
        away.end, away.reason = back, "OTHER"
        again = Stay(back, None, home.place, home.provider, home.postcode, home.urn, "P", "OTHER")
        home.end = gone
        period.stays += [away, again]
