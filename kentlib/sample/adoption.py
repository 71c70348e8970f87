"""The steps to adoption of those adopted, placed, waiting, or whose plan was changed."""

from __future__ import annotations

from datetime import date

from kentlib.errors import DataError
from kentlib.sample.care import ADOPTED, GUARDIANS, HOME
from kentlib.sample.draws import Draws
from kentlib.sample.people import Adoption, Child, Period
from kentlib.sample.published import Published

PLACED_LATELY = 14
"""Children placed with adopters since the start of 2017 and not yet adopted (invented)."""

WAITING = 70
"""Children still looked after with a decision and no adopters (invented)."""

CHANGED = 30
"""Children still looked after whose adoption plan was changed (invented)."""

_ADOPTERS = {("MF", "L11"): 760, ("MM", "L12"): 60, ("FF", "L12"): 60, ("F1", "L0"): 100}
_ADOPTERS |= {("MF", "L2"): 20}
_REASONS = {"RD1": 420, "RD2": 120, "RD3": 300, "RD4": 160}


def plan(children: list[Child], published: Published, seed: int) -> None:
    """Give each child's adoption, where there is one, its dates. Exact: as many were placed in
    the calendar year as published."""
    draws = Draws(seed, "adoption")
    for child in children:
        for period in child.periods:
            if period.rec in ADOPTED:
                period.adoption = _adopted(period, draws)
            elif _tried(child, period) and draws.chance(120):
                period.adoption = _changed(period, period.end, draws)
    _looked_after(children, published, draws)


def _tried(child: Child, period: Period) -> bool:
    """Whether adoption may have been the plan for a child who left care another way."""
    left = period.rec in (*GUARDIANS, *HOME)
    return left and child.age(period.start) < 6 and period.end - period.start > 300


def _adopted(period: Period, draws: Draws) -> Adoption:
    days = period.end - period.start
    steps = Adoption(period.start + days * draws.between(200, 320) // 1000)
    steps.adopters = draws.pick(_ADOPTERS)
    consent = period.rec == "E11" and draws.chance(300)
    if not consent:
        steps.order = steps.decision + draws.between(8, 45)
    known = steps.order or steps.decision
    steps.early = not consent and known - steps.decision > 14 and draws.chance(130)
    if steps.early:  # fostered by the adopters, and matched before the court's order
        steps.match = steps.decision + draws.between(3, 12)
    else:
        latest = period.end - 100
        steps.match = min(period.start + days * draws.between(470, 640) // 1000, latest)
        steps.match = max(steps.match, known + draws.between(4, 12))
    steps.placed = max(steps.match, known) + draws.between(6, 28)
    foster = draws.chance(90)
    steps.place = ("A3" if foster else "A4") if consent else ("A5" if foster else "A6")
    return steps


def _changed(period: Period, until: int, draws: Draws) -> Adoption:
    days = until - period.start
    steps = Adoption(period.start + days * draws.between(200, 350) // 1000)
    if draws.chance(700):
        steps.order = steps.decision + draws.between(10, 45)
    steps.reversed = steps.decision + (until - steps.decision) * draws.between(500, 850) // 1000
    steps.reason = draws.pick(_REASONS)
    return steps


def _looked_after(children: list[Child], published: Published, draws: Draws) -> None:
    """Children looked after on the day who are placed, waiting, or whose plan was changed."""
    year = date.fromordinal(published.year_from).year
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    placed = [p.adoption.placed for c in children for p in c.periods if p.rec in ADOPTED]
    in_year = published["placed_for_adoption_2016"] - sum(first <= day <= last for day in placed)
    if in_year < 0:
        raise DataError(
            "More adopted children were placed in the year than published. Try another seed."
        )

    young = [
        (child, child.periods[-1])
        for child in children
        if child.periods[-1].end is None
        and len(child.periods) == 1
        and not child.unaccompanied
        and child.age(published.day) < 7
    ]
    young = draws.some(young, len(young))
    asked = [(first + 4, last - 4, in_year), (last + 4, published.day - 8, PLACED_LATELY)]
    for low, high, count in asked:
        for _ in range(count):
            period = _take(young, high - 200)
            day = _day(max(low, period.start + 190), high, published, draws)
            period.adoption = _placed(period, day, draws)
    for _ in range(WAITING):
        period = _take(young, published.day - 220)
        days = published.day - period.start
        steps = Adoption(period.start + min(days * draws.between(300, 700) // 1000, 420))
        if draws.chance(850):
            steps.order = min(steps.decision + draws.between(8, 60), published.day - 4)
        period.adoption = steps
    for _ in range(CHANGED):
        period = _take(young, published.day - 400)
        period.adoption = _changed(period, published.day, draws)


def _take(young: list[tuple[Child, Period]], latest: int) -> Period:
    for at, (_, period) in enumerate(young):
        if period.start <= latest:
            return young.pop(at)[1]
    raise DataError("Too few young children looked after for the adoption plans. Try another seed.")


def _day(low: int, high: int, published: Published, draws: Draws) -> int:
    while True:
        day = draws.between(low, high)
        if not published.year_from - 6 <= day <= published.year_from + 6:
            return day


def _placed(period: Period, day: int, draws: Draws) -> Adoption:
    days = min(day - period.start, 700)
    steps = Adoption(day - days * draws.between(550, 700) // 1000)
    steps.order = min(steps.decision + draws.between(8, 45), day - 30)
    steps.match = day - draws.between(6, 28)
    steps.placed = day
    steps.place = "A5" if draws.chance(90) else "A6"
    steps.adopters = draws.pick(_ADOPTERS)
    return steps
