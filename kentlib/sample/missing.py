"""Missing and away episodes: of looked-after children, children at home, and children placed in
the county by other authorities.

Planted: in each group a few children go missing again and again, in bursts of at least 3 within
30 days; everybody else's episodes are at least 16 days apart, so that no other child has 3 within
30 days. Both numbers are therefore known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kentlib.sample.draws import Draws
from kentlib.sample.people import Child, Period, birthday, somebody
from kentlib.sample.published import Published, placing_authorities

LOOKED_AFTER, AT_HOME, PLACED = "looked after", "at home", "placed by another authority"
AGAIN = {LOOKED_AFTER: 30, AT_HOME: 10, PLACED: 14}
"""Children who go missing again and again in the 12 months, by group (invented)."""

EARLIER_AGAIN = {1: 26, 2: 14, 3: 12}
"""Looked-after children who did so in earlier years, by how many years before (invented)."""

INTERVIEWS_FROM = date(2015, 4, 1).toordinal()
"""First day of the return interview extract."""

STILL_MISSING = 9
"""Episodes that have not ended on the day (invented)."""

MINUTES = 24 * 60
_APART = 16
_SEASON = (80, 82, 92, 98, 108, 116, 120, 112, 104, 100, 92, 80)
_LENGTHS = (25, 150, 420, 900, 1700, 4200, 17000)
_AGAIN_LENGTHS = (60, 240, 480, 900, 1500)
_TIMES = {1: 440, 2: 230, 3: 140, 4: 90, 5: 60, 6: 40}
_EVENING = {h: 20 for h in range(0, 6)} | {h: 15 for h in range(6, 12)}
_EVENING |= {h: 45 for h in range(12, 18)} | {h: 95 for h in range(18, 24)}


@dataclass(slots=True, eq=False)
class Episode:
    """One episode; `start` and `end` are minutes since the first day of the calendar."""

    child: Child
    group: str
    kind: str
    place: str
    start: int
    end: int | None

    @property
    def first_day(self) -> int:
        return self.start // MINUTES

    @property
    def last_day(self) -> int | None:
        return None if self.end is None else self.end // MINUTES


def placed_by_others(published: Published, seed: int) -> list[tuple[Child, str]]:
    """Children placed here by other authorities, with the authority; both numbers published."""
    draws = Draws(seed, "placed by others")
    names = placing_authorities()[: published["placing_authorities"]]
    near = ("Medway", "Bexley", "Bromley", "Greenwich", "Croydon", "Lewisham", "Southwark")
    weights = {name: 90 if name in near else 12 if at < 50 else 5 for at, name in enumerate(names)}
    whose = [*names]
    whose += [draws.pick(weights) for _ in range(published["placed_by_other_authorities"])]
    found = []
    for name in whose[: published["placed_by_other_authorities"]]:
        born = birthday(published.day, -draws.between(1, 17)) - draws.between(1, 364)
        found.append((somebody(born, False, draws), name))
    return found


def of_looked_after(children: list[Child], published: Published, seed: int) -> list[Episode]:
    """Episodes of children while they were looked after, over all the years of the sample."""
    draws = Draws(seed, "missing from care")
    first = date(2012, 4, 1).toordinal()
    again = _again(children, published, draws)
    found = []
    for child in children:
        bursts = again.get(id(child))
        last = 0
        for period in child.periods:
            high = period.until(published.day) - 3
            if high < first:
                continue
            calm_until = min(high, bursts - 40) if bursts else high
            for day in _years(child, period, max(first, period.start + 1), calm_until, draws):
                if day < last + _APART:
                    continue
                one = _episode(child, LOOKED_AFTER, period, day, high, _LENGTHS, draws)
                found.append(one)
                last = one.last_day
        if bursts:
            found += _bursts(child, LOOKED_AFTER, child.periods[-1], bursts, draws)
    return _some_still(found, published, draws)


def _again(children: list[Child], published: Published, draws: Draws) -> dict[int, int]:
    """Who goes missing again and again, each with the first day of the 12 months of it: other
    children in each year, so that the last is not the only such year."""
    chosen: dict[int, int] = {}
    for years, count in ((0, AGAIN[LOOKED_AFTER]), *EARLIER_AGAIN.items()):
        start = published.year_from - 365 * years
        fit = [
            child
            for child in children
            if not child.unaccompanied
            and id(child) not in chosen
            and 13 <= child.age(start) <= 15
            and child.periods[-1].start < start - 60
            and child.periods[-1].until(published.day) > start + 360
        ]
        chosen |= {id(child): start for child in draws.some(fit, count)}
    return chosen


def of_others(
    at_home: list[Child], placed: list[tuple[Child, str]], published: Published, seed: int
) -> list[Episode]:
    """Episodes of children at home and of children placed by other authorities."""
    draws = Draws(seed, "missing from home")
    found = []
    for group, people, share in (
        (AT_HOME, at_home, 700),
        (PLACED, [child for child, _ in placed], 560),
    ):
        old = [child for child in people if child.age(published.day) >= 11]
        young = draws.some([c for c in old if c.age(published.day) < 17], 2 * AGAIN[group])
        again = {id(c): published.year_from - 365 * (at % 2) for at, c in enumerate(young)}
        for child in old:
            last = 0
            bursts = again.get(id(child))
            if not bursts and not draws.chance(share):
                continue
            times = draws.pick(_TIMES)
            if bursts and bursts - 40 < INTERVIEWS_FROM:
                found += _bursts(child, group, None, bursts, draws)
                continue
            stop = bursts - 40 if bursts else published.day - 3
            days = sorted(_day(INTERVIEWS_FROM, stop, draws) for _ in range(times))
            for day in days:
                if day >= last + _APART:
                    one = _episode(child, group, None, day, stop, _LENGTHS, draws)
                    found.append(one)
                    last = one.last_day
            if bursts:
                found += _bursts(child, group, None, bursts, draws)
    return found


def _years(child: Child, period: Period, low: int, high: int, draws: Draws) -> list[int]:
    """Days on which a child goes missing, year by year of care."""
    days = []
    while low < high:
        until = min(low + 365, high)
        age = child.age(low)
        share = 5 if age < 10 else 80 if age < 13 else 330 if age < 16 else 360
        share = share * 6 // 10 if child.unaccompanied else share
        if draws.chance(max(share * (until - low) // 365, 1)):
            days += [_day(low, until - 1, draws) for _ in range(draws.pick(_TIMES))]
        low = until
    return sorted(days)


def _day(low: int, high: int, draws: Draws) -> int:
    """A day, more often in summer."""
    while True:
        day = draws.between(low, max(high, low))
        if draws.below(max(_SEASON)) < _SEASON[date.fromordinal(day).month - 1]:
            return day


def _episode(
    child: Child, group: str, period: Period | None, day: int, high: int, lengths, draws: Draws
) -> Episode:
    kind = "away" if draws.chance(140) else "missing"
    start = day * MINUTES + draws.pick(_EVENING) * 60 + draws.below(60)
    end = min(start + draws.quantile(lengths), (high + 1) * MINUTES + draws.between(400, 1200))
    return Episode(child, group, kind, _from(group, period, day, draws), start, end)


def _bursts(child: Child, group: str, period: Period | None, start: int, draws: Draws) -> list:
    """Bursts of 3 or 4 episodes, weeks apart, in the 12 months from a day."""
    found = []
    day = start + 8 + draws.below(60)
    while day < start + 340:
        for _ in range(draws.between(3, 4)):
            one = _episode(child, group, period, day, start + 362, _AGAIN_LENGTHS, draws)
            found.append(one)
            day = one.last_day + draws.between(2, 4)
        day += draws.between(34, 64)
    return found


def _from(group: str, period: Period | None, day: int, draws: Draws) -> str:
    if group == AT_HOME:
        return draws.pick({"home": 880, "school": 120})
    if group == PLACED:
        return draws.pick({"foster placement": 520, "children's home": 420, "other": 60})
    place = [stay.place for stay in period.stays if stay.start <= day][-1]
    if place[0] in "UTA":
        return "foster placement"
    named = {"K": "children's home", "P": "semi-independent", "H": "semi-independent"}
    return "home" if place == "P1" else named.get(place[0], "other")


def _some_still(found: list[Episode], published: Published, draws: Draws) -> list[Episode]:
    """The last episodes of a few children go on: they are missing on the day."""
    last: dict[int, Episode] = {id(one.child): one for one in found}
    late = [
        one
        for one in last.values()
        if one.first_day > published.day - 120 and one.child.periods[-1].end is None
    ]
    for one in draws.some(late, STILL_MISSING):
        one.start = (published.day - draws.between(1, 3)) * MINUTES + draws.between(600, 1300)
        one.end = None
    return found
