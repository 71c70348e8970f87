"""Periods of care: who came in when and how each left, chosen so that the published totals hold.

More children than needed are drawn from one natural process (age at entry, route, time in care).
They fall into classes by where their entry and exit lie against the three published days, and
from each class the right number is kept, so totals are exact and everything else stays natural.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kentlib.errors import DataError
from kentlib.sample.draws import Draws
from kentlib.sample.people import Child, Period, age, birthday, somebody
from kentlib.sample.published import Published

SPARE = 180
"""Children drawn for every 100 expected."""

TWICE = 12
"""Children who leave care twice in the 12 months: one leaving each, as the department counts."""

SAME_DAY = 6
"""Children who leave in earlier years and are looked after again the same day: not a return."""

RETURNS_PER_THOUSAND = 130
"""Of those who go home in earlier years, how many are looked after again later."""

HOME = ("E4A", "E4B", "E13")
INDEPENDENT = ("E5", "E6")
GUARDIANS = ("E43", "E44")
ADOPTED = ("E11", "E12")

ADULT = 18

# Age at entry: weight of each band, quantiles in days.
_AGES = [
    (190, (0, 4, 25, 140, 364)),
    (180, (365, 620, 900, 1180, 1460)),
    (190, (1461, 1900, 2400, 2950, 3651)),
    (280, (3652, 4300, 4850, 5350, 5843)),
    (160, (5844, 5950, 6080, 6250, 6510)),
]
# Route out by band of age at entry: weight, quantiles of days in care (None: to the 18th birthday).
_QUICK, _SOME, _SLOW = (2, 15, 75, 220, 620), (60, 180, 330, 560, 1100), (200, 400, 700, 1300, 2900)
_ADOPT = (380, 560, 700, 880, 1500)
_DESTINIES = [
    {"E12": (470, _ADOPT), "E11": (55, _ADOPT), "E44": (100, _SOME), "E43": (35, _SLOW)}
    | {"E41": (60, _SOME), "E4A": (150, _QUICK), "E4B": (30, _QUICK), "E13": (20, _SOME)}
    | {"E4A slow": (50, _SLOW), "E2": (2, _QUICK), "E3": (8, _SOME), "18": (60, None)},
    {"E12": (310, _ADOPT), "E11": (35, _ADOPT), "E44": (95, _SOME), "E43": (45, _SLOW)}
    | {"E41": (70, _SOME), "E4A": (240, _QUICK), "E4B": (40, _QUICK), "E13": (20, _SOME)}
    | {"E4A slow": (80, _SLOW), "E3": (10, _SOME), "18": (90, None)},
    {"E12": (25, _SLOW), "E44": (70, _SOME), "E43": (40, _SLOW), "E41": (70, _SOME)}
    | {"E4A": (330, _QUICK), "E4B": (70, _QUICK), "E13": (25, _SOME), "E4A slow": (120, _SLOW)}
    | {"E3": (10, _SOME), "18": (200, None)},
    {"E44": (22, _SOME), "E43": (8, _SLOW), "E41": (30, _SOME), "E4A": (360, _QUICK)}
    | {"E4B": (100, _QUICK), "E13": (25, _SOME), "E9": (12, _SOME), "E14": (14, _QUICK)}
    | {"E3": (9, _SOME), "E2": (2, _SOME), "18": (400, None)},
    {"E4A": (190, _QUICK), "E4B": (80, _QUICK), "E13": (25, _QUICK), "E9": (35, _QUICK)}
    | {"E14": (40, _QUICK), "E8": (20, _QUICK), "18": (610, None)},
]
_AT_18 = {"E5": 310, "E6": 170, "E7": 90, "E17": 190, "E8": 200, "E13": 40}
_AGES_ALONE = {12: 10, 13: 20, 14: 45, 15: 145, 16: 460, 17: 320}
_ALONE = {"18": (800, None), "E15": (70, (10, 30, 60, 95, 150)), "E8": (45, (2, 8, 20, 60, 300))}
_ALONE |= {"E13": (35, (5, 30, 80, 200, 400)), "E4A": (20, (5, 30, 80, 200, 400))}
_ALONE |= {"E16": (8, (60, 150, 250, 400, 600)), "E9": (4, _SOME)}
_ALONE |= {"E3": (18, (30, 60, 90, 150, 300))}
_ALONE_18 = {"E5": 290, "E6": 280, "E17": 120, "E8": 300, "E7": 10}

# Entries of a whole year, by financial year; month by month for the unaccompanied.
_YEARLY = {2009: 620, 2010: 700, 2011: 740, 2012: 740, 2013: 690, 2014: 620, 2015: 570, 2016: 620}
_MONTHS = (96, 96, 108, 100, 104, 108, 104, 92, 106, 104, 102, 80)
_ARRIVALS = {
    2009: (25, 22, 24, 22, 20, 24, 26, 26, 24, 20, 16, 12),
    2010: (14, 12, 12, 12, 12, 14, 14, 14, 12, 12, 10, 8),
    2011: (8, 8, 8, 8, 10, 10, 12, 12, 10, 10, 8, 8),
    2012: (8, 8, 10, 10, 12, 12, 14, 14, 14, 12, 10, 8),
    2013: (10, 10, 12, 14, 16, 18, 20, 22, 20, 18, 14, 12),
    2014: (14, 14, 16, 20, 24, 28, 34, 38, 40, 36, 28, 22),
    2015: (20, 22, 25, 30, 45, 120, 185, 170, 140, 110, 50, 31),
    2016: (40, 38, 45, 50, 40, 35, 30, 28, 24, 25, 18, 15),
    2017: (12, 14, 3),
}
_NEEDS = {"N1": 620, "N2": 40, "N3": 30, "N4": 70, "N5": 130, "N6": 40, "N7": 10, "N8": 60}


@dataclass(slots=True, eq=False)
class _Drawn:
    """A period of care before it is known whose it is."""

    start: int
    end: int
    rec: str
    born: int


def children(published: Published, seed: int) -> list[Child]:
    """Every child looked after in the years of the sample, with periods of care.

    `Period.end` and `Period.rec` are None where the child is still looked after on the day.
    """
    draws = Draws(seed, "care")
    alone = _classes(_draw_unaccompanied(published, draws), published)
    others = _classes(_draw_others(published, draws), published)
    wanted = _wanted(alone, others, published)
    kept_alone = _keep(alone, *wanted[0], draws)
    kept_others = _keep(others, *wanted[1], draws)
    made = [
        _child([drawn], True, published, draws) for found in kept_alone.values() for drawn in found
    ]
    return made + _join(kept_others, published, draws)


def _draw_others(published: Published, draws: Draws) -> list[_Drawn]:
    found = []
    for year in range(1995, date.fromordinal(published.day).year + 1):
        for month, weight in enumerate(_MONTHS, start=1):
            first = date(year, month, 1).toordinal()
            count = _YEARLY.get(min(year, 2016), 550) * weight * SPARE // (sum(_MONTHS) * 100)
            for _ in range(count + draws.below(5) - 2):
                band = draws.pick({at: weight for at, (weight, _) in enumerate(_AGES)})
                start = _clear(first + draws.below(28), published)
                born = _born(start - draws.quantile(_AGES[band][1]), published)
                found.append(_destiny(start, born, _DESTINIES[band], _AT_18, published, draws))
    return [drawn for drawn in found if drawn.start <= published.day]


def _draw_unaccompanied(published: Published, draws: Draws) -> list[_Drawn]:
    found = []
    for year, months in _ARRIVALS.items():
        for month, count in enumerate(months, start=1):
            first = date(year, month, 1).toordinal()
            spread = min(28, published.day - first - 2)
            for _ in range(-(-count * SPARE // 100)):
                start = _clear(first + draws.below(spread), published)
                born = birthday(start, -draws.pick(_AGES_ALONE)) - draws.below(345)
                if draws.chance(240):  # an assessed age is often recorded as 1 January
                    new_year = date(date.fromordinal(born).year, 1, 1).toordinal()
                    born = new_year if age(new_year, start) < ADULT else born
                born = _born(born, published)
                found.append(_destiny(start, born, _ALONE, _ALONE_18, published, draws))
    return [drawn for drawn in found if drawn.start <= published.day]


def _destiny(
    start: int, born: int, destinies: dict, at_18: dict, published: Published, draws: Draws
) -> _Drawn:
    rec = draws.pick({name: weight for name, (weight, _) in destinies.items()})
    days = destinies[rec][1]
    grown = birthday(born, ADULT)
    end = grown if days is None else _clear(start + max(draws.quantile(days), 1), published)
    if end >= grown:
        end, rec = max(grown, start + 3), draws.pick(at_18)
    return _Drawn(start, end, rec.split()[0], born)


def _clear(day: int, published: Published) -> int:
    """A day near this one on which no published figure turns."""
    while _turns(day, published):
        day += 5
    return day


def _turns(day: int, published: Published) -> bool:
    month = date.fromordinal(day)
    if (month.month, month.day) in ((3, 31), (4, 1)):
        return True
    start = published.year_from
    return start - 3 <= day <= start + 2 or published.day - 2 <= day <= published.day


def _born(born: int, published: Published) -> int:
    """A birthday whose 18th return is no day on which a published figure turns."""
    while _turns(birthday(born, ADULT), published) or _leap_day(born):
        born -= 4
    return born


def _leap_day(born: int) -> bool:
    day = date.fromordinal(born)
    return (day.month, day.day) == (2, 29)


def _classes(drawn: list[_Drawn], published: Published) -> dict[str, list[_Drawn]]:
    """past: left before the 12 months. march: left in them, by 31 March. both: looked after on
    31 March and left since. passing: came and left since. stayed: looked after on both days.
    new: came since and is looked after."""
    found = {name: [] for name in ("past", "march", "both", "passing", "stayed", "new")}
    for one in drawn:
        early = one.start <= published.earlier
        if one.end < published.year_from:
            found["past"].append(one)
        elif one.end > published.day:
            found["stayed" if early else "new"].append(one)
        elif one.rec != "E3":  # no transfer in the 12 months: it may count as ceasing or not
            name = "march" if one.end <= published.earlier else "both" if early else "passing"
            found[name].append(one)
    return found


def _wanted(alone: dict, others: dict, published: Published) -> tuple:
    """How many to keep of each class, and of each route that is published, for both groups."""
    total, before = published["looked_after_total"], published["looked_after_total_2016"]
    lone, lone_before = published["unaccompanied"], published.unaccompanied_2016
    natural = {name: len(found) * 100 // SPARE for name, found in alone.items()}
    natural["stayed"] = lone - natural["new"]
    natural["both"] = lone_before - natural["stayed"]
    first = natural

    left = sum(first[name] for name in ("march", "both", "passing"))
    second = {name: len(found) * 100 // SPARE for name, found in others.items()}
    leave = published["ceased_12_months"] + TWICE - left
    second["both"] = leave - second["march"] - second["passing"]
    second["stayed"] = before - lone_before - second["both"]
    second["new"] = total - lone - second["stayed"]

    leavers = [one for name in ("march", "both", "passing") for one in others[name]]
    moved_on = sum(one.rec in INDEPENDENT for one in leavers) * 100 // SPARE
    routes = {
        ADOPTED: published["adoptions_12_months"],
        GUARDIANS: published["special_guardianship_12_months"],
        INDEPENDENT: moved_on,
    }
    return (
        (first, {INDEPENDENT: published["independent_living_12_months"] - moved_on}),
        (second, routes),
    )


def _keep(classes: dict, counts: dict, routes: dict, draws: Draws) -> dict[str, list[_Drawn]]:
    leaving = ("march", "both", "passing")
    kept = {
        name: _exactly(found, counts[name], name, draws)
        for name, found in classes.items()
        if name not in leaving
    }
    named = [rec for recs in routes for rec in recs]
    for name in leaving:
        kept[name] = []
    for recs, count in routes.items():
        pools = {name: [one for one in classes[name] if one.rec in recs] for name in leaving}
        for name, share in _shares(count, {k: len(v) for k, v in pools.items()}).items():
            kept[name] += _exactly(pools[name], share, f"{name} {recs}", draws)
    for name in leaving:
        rest = [one for one in classes[name] if one.rec not in named]
        kept[name] += _exactly(rest, counts[name] - len(kept[name]), f"{name} rest", draws)
    return kept


def _exactly(pool: list, count: int, name: str, draws: Draws) -> list:
    if not 0 <= count <= len(pool):
        raise DataError(f"{count} wanted of {len(pool)} drawn ({name}). Try another seed.")
    return draws.some(pool, count)


def _shares(count: int, sizes: dict[str, int]) -> dict[str, int]:
    """A count split in proportion, whole numbers, the largest remainders rounded up."""
    total = sum(sizes.values())
    found = {name: count * size // total for name, size in sizes.items()}
    over = sorted(sizes, key=lambda name: (-(count * sizes[name] % total), name))
    for name in over[: count - sum(found.values())]:
        found[name] += 1
    return found


def _join(kept: dict, published: Published, draws: Draws) -> list[Child]:
    """Children from periods: some periods become the second one of a child who came back."""
    firsts = [one for name in ("march", "both", "passing") for one in kept[name]]
    firsts = [one for one in firsts if one.rec in HOME and age(one.born, published.day) < 17]
    again, taken = [], set()

    def match(first: _Drawn, pool: list[_Drawn], low: int, high: int) -> _Drawn | None:
        for second in pool:
            gap = second.start - first.end
            near = abs(second.born - first.born) < 1100 and id(second) not in taken
            if low <= gap <= high and near and second is not first:
                open_or_home = second.end > published.day or second.rec in HOME
                if open_or_home and birthday(first.born, ADULT) > min(second.end, published.day):
                    taken.update((id(first), id(second)))
                    return second
        return None

    def link(pool: list[_Drawn], low: int, high: int, count: int, starts: list[_Drawn]) -> None:
        made = 0
        for first in starts:
            if made == count:
                return
            if id(first) in taken:
                continue
            second = match(first, pool, low, high)
            if second is not None:
                made += 1
                again.append((first, second))
        if made < count and count < len(starts):
            raise DataError(f"{made} of {count} children found to come back. Try another seed.")

    twice = [one for one in kept["passing"] if one.rec in HOME]
    link(twice, 20, 300, TWICE, draws.some(firsts, len(firsts)))
    back = published["returned_12_months"] - TWICE
    link(draws.some(kept["new"], len(kept["new"])), 20, 330, back, firsts)

    past = [one for one in kept["past"] if one.rec in HOME and one.end > published.day - 1900]
    later = [one for name in ("past", "stayed", "new", "both") for one in kept[name]]
    later = draws.some(later, len(later))
    same = [one for one in past if 700 < published.day - one.end < 1400]
    begun = len(again)
    link([one for one in later if one.end > published.year_from], -25, 25, SAME_DAY, same)
    for first, second in again[begun:]:
        second.start = first.end
    link(later, 20, 700, len(past) * RETURNS_PER_THOUSAND // 1000, draws.some(past, len(past)))

    found = [_child(pair, False, published, draws) for pair in again]
    alone = [one for name in kept for one in kept[name] if id(one) not in taken]
    return found + [_child([one], False, published, draws) for one in alone]


def _child(drawn: list[_Drawn], alone: bool, published: Published, draws: Draws) -> Child:
    child = somebody(drawn[0].born, alone, draws)
    for one in drawn:
        still = one.end > published.day
        need = "N8" if alone else draws.pick(_NEEDS)
        end, rec = (None, None) if still else (one.end, one.rec)
        child.periods.append(Period(one.start, end, rec, need))
    return child
