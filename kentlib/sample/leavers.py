"""Care leavers: who is one, where each lives and what each does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kentlib.errors import DataError
from kentlib.sample.care import INDEPENDENT
from kentlib.sample.draws import Draws
from kentlib.sample.people import Child, birthday
from kentlib.sample.published import Published

SHARED_HOUSE = "Y"
"""Neither return has a code for houses in multiple occupation. Here Y (other) means just these."""

_NOT_TOUCH = {"NO": 34, "REFU": 12, "NREQ": 14, "RHOM": 6}
"""Care leavers the authority is not in touch with, as at the day (invented)."""

_HOMES = {"U": 430, "D": 210, "B": 110, "E": 70, "Z": 60, "K": 60}
_HOMES |= {"X": 25, "T": 15, "S": 10, "C": 10}
_BUSY = {"F2": 420, "F3": 330, "F1": 110, "P2": 50, "P3": 80, "P1": 10}
_IDLE = {"G5": 680, "G4": 220, "G6": 100}
_NEVER_SUITABLE = ("X", "S")


@dataclass(slots=True, eq=False)
class Leaver:
    """A care leaver in one year."""

    child: Child
    touch: str
    home: str
    suitable: bool
    activity: str

    @property
    def accommodation(self) -> str:
        """As the return has it: letter and 1 (suitable) or 2, or 0."""
        return f"{self.home}{1 if self.suitable else 2}" if self.touch == "YES" else "0"


def supported(children: list[Child], published: Published, seed: int) -> list[Leaver]:
    """The care leavers on the day, in the published numbers."""
    draws = Draws(seed, "care leavers")
    left = [c for c in children if _left_at_18(c, published) and c.age(published.day) < 25]
    lately = [c for c in left if c.periods[-1].end >= published.year_from]
    moved_on = [c for c in lately if c.periods[-1].rec in INDEPENDENT]
    shared = draws.some(moved_on, published["multiple_occupation_12_months"])
    first = {id(child) for child in shared}
    chosen = []
    alone = published["care_leavers_unaccompanied"]
    for group, count in ((True, alone), (False, published["care_leavers_supported"] - alone)):
        must = [c for c in left if c.unaccompanied == group and id(c) in first]
        rest = [c for c in left if c.unaccompanied == group and id(c) not in first]
        rest = [c for c in rest if c.age(published.day) < 22] if group else rest
        rest.sort(key=lambda c: -c.born)
        # Most are the youngest, but not all of them.
        near = rest[: (count - len(must)) * 5 // 4]
        if len(near) < count - len(must):
            raise DataError("Too few care leavers. Try another seed.")
        chosen += must + draws.some(near, count - len(must))
    made = [_leaver(child, SHARED_HOUSE if id(child) in first else "", draws) for child in chosen]
    _exactly(made, first, published, draws)
    return made


def _left_at_18(child: Child, published: Published) -> bool:
    last = child.periods[-1]
    at_18 = last.end is not None and last.end >= birthday(child.born, 18)
    return at_18 and last.rec not in ("E2", "E3") and last.end - last.start > 91


def _leaver(child: Child, home: str, draws: Draws) -> Leaver:
    return Leaver(child, "YES", home or draws.pick(_HOMES), True, draws.pick(_BUSY))


def _exactly(made: list[Leaver], shared: set[int], published: Published, draws: Draws) -> None:
    """Out of touch, unsuitably housed, out of work: exact numbers."""
    free = draws.some([one for one in made if id(one.child) not in shared], len(made))
    for touch, count in _NOT_TOUCH.items():
        for _ in range(count):
            one = free.pop()
            one.touch, one.activity = touch, "0"
    known = [one for one in made if one.touch == "YES"]
    percent = published["suitable_accommodation_in_touch_percent"]
    unsuitable = len(known) - (2 * len(known) * percent + 100) // 200
    order = sorted(draws.some(known, len(known)), key=lambda one: one.home not in _NEVER_SUITABLE)
    for one in order[:unsuitable]:
        one.suitable = False
    idle = draws.some(known, published["not_in_employment_feb_2017"])
    for one in idle:
        one.activity = draws.pick(_IDLE)


def returned(
    children: list[Child], now: list[Leaver], published: Published, year: int, seed: int
) -> list[Leaver]:
    """The care leavers of one year's return: their 17th to 21st birthday fell in it.

    `now` are the care leavers on the day; in the last year they are as there.
    """
    draws = Draws(seed, f"care leavers {year}")
    first = date(year - 1, 4, 1).toordinal()
    last = min(date(year, 3, 31).toordinal(), published.day)
    today = {id(one.child): one for one in now}
    made = []
    for child in children:
        left = [p for p in child.periods if p.end is not None and p.end <= last]
        if not left or any(p.start <= last and p.until(last + 1) > last for p in child.periods):
            continue
        ended = left[-1]
        if ended.end < birthday(child.born, 16) or ended.rec in ("E2", "E3"):
            continue
        if ended.end - ended.start <= 91 or not 17 <= child.age(last) <= 21:
            continue
        had = birthday(child.born, child.age(last))
        if not first <= had <= last or had < ended.end:
            continue
        if last == published.day and id(child) in today:
            made.append(today[id(child)])
            continue
        one = _leaver(child, "", draws)
        one.touch = draws.pick({"YES": 880, "NO": 70, "REFU": 15, "NREQ": 15, "RHOM": 20})
        one.suitable = one.home not in _NEVER_SUITABLE and draws.chance(900)
        one.activity = draws.pick(_BUSY if draws.chance(560) else _IDLE)
        one.activity = one.activity if one.touch == "YES" else "0"
        made.append(one)
    return made
