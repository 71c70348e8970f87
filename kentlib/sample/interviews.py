"""Return interviews: offered, held, in time, recorded, used. Every rate here is invented.

Planted, the known truth that measures must find: two districts differ from the other ten in how
soon interviews are held; from one month on more are offered, everywhere alike; from another month
on more reasons are recorded, while what the reasons are stays the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kentlib.errors import DataError
from kentlib.sample.draws import Draws
from kentlib.sample.missing import INTERVIEWS_FROM, LOOKED_AFTER, MINUTES, PLACED, Episode
from kentlib.sample.published import Published

WITHIN_72_HOURS = {"Thanet": 380, "Ashford": 840}
ELSEWHERE_WITHIN = 620
"""Of interviews held, how many in a thousand within 72 hours of the return."""

OFFER_WITHIN = {"Thanet": 520, "Ashford": 900}
OFFER_ELSEWHERE_WITHIN = 780
"""Of offers that led to no interview, how many in a thousand within 72 hours of the return."""

MORE_OFFERED_FROM = date(2016, 9, 1).toordinal()
OFFERED = ({"yes": 660, "no": 250, "not recorded": 70, "not applicable": 20},)
OFFERED += ({"yes": 860, "no": 90, "not recorded": 30, "not applicable": 20},)
"""Whether an interview was offered: returns before that month, and from it on."""

BETTER_RECORDED_FROM = date(2016, 4, 1).toordinal()
REASONS_RECORDED = (580, 860)
"""Of interviews held, how many in a thousand have reasons recorded: before that month, from it."""

ACCEPTED = {"yes": 720, "no": 230, "not recorded": 50}
HELD = 950
SAFETY_PLAN = {"yes": 430, "no": 350, "not recorded": 220}
SHARED = {"yes": 260, "no": 420, "not recorded": 320}
REASONS = {
    "contact with family": 270,
    "friends or partner": 260,
    "conflict at home or placement": 200,
    "boundaries": 140,
    "school": 50,
    "substance use": 50,
    "exploitation concern": 30,
}
_HELD_BY = {"independent provider": 620, "social worker": 230, "residential worker": 150}
_LIMIT = 72 * 60


@dataclass(slots=True, eq=False)
class Interview:
    """One row of the extract; times are minutes, None where blank."""

    episode: Episode
    authority: str
    offered: str = "not applicable"
    offered_at: int | None = None
    accepted: str = "not applicable"
    held: str = "no"
    held_at: int | None = None
    held_by: str = ""
    independent: str = "not recorded"
    reasons: str = ""
    safety_plan: str = "not recorded"
    shared: str = "not applicable"
    dates_only: frozenset[str] = frozenset()


def interviews(
    episodes: list[Episode], authority: dict[str, str], published: Published, seed: int
) -> list[Interview]:
    """A row for each episode since the extract begins, in order of start and child.

    `authority` names who placed the child, by child's name; other children are not in it.
    """
    draws = Draws(seed, "interviews")
    known = [one for one in episodes if one.first_day >= INTERVIEWS_FROM]
    known.sort(key=lambda one: (one.start, one.child.name))
    return [_interview(one, authority.get(one.child.name, ""), published, draws) for one in known]


def _interview(one: Episode, authority: str, published: Published, draws: Draws) -> Interview:
    row = Interview(one, authority)
    if one.end is None:
        return row
    row.offered = draws.pick(OFFERED[one.last_day >= MORE_OFFERED_FROM])
    if row.offered != "yes":
        row.accepted = "not recorded" if row.offered == "not recorded" else "not applicable"
        row.held = "not recorded" if row.offered == "not recorded" else "no"
        return row
    row.accepted = draws.pick(ACCEPTED)
    district = one.child.district
    today = (published.day + 1) * MINUTES - 6 * 60
    if row.accepted != "yes" or not draws.chance(HELD):
        in_time = draws.chance(OFFER_WITHIN.get(district, OFFER_ELSEWHERE_WITHIN))
        row.offered_at = _time(one.end, in_time, draws)
    else:
        in_time = draws.chance(WITHIN_72_HOURS.get(district, ELSEWHERE_WITHIN))
        held_at = _time(one.end, in_time, draws)
        row.offered_at = one.end + (held_at - one.end) * draws.between(150, 700) // 1000
        if held_at <= today:
            row.held, row.held_at = "yes", held_at
            _held(row, draws)
    if row.offered_at > today:
        row.offered, row.accepted, row.offered_at = "no", "not applicable", None
    return row


def _held(row: Interview, draws: Draws) -> None:
    row.held_by = draws.pick(_HELD_BY)
    home = row.held_by == "residential worker"
    row.independent = "no" if home else draws.pick({"yes": 930, "not recorded": 70})
    if draws.chance(REASONS_RECORDED[row.episode.last_day >= BETTER_RECORDED_FROM]):
        given = {draws.pick(REASONS) for _ in range(draws.pick({1: 640, 2: 280, 3: 80}))}
        row.reasons = ";".join(reason for reason in REASONS if reason in given)
    row.safety_plan = draws.pick(SAFETY_PLAN)
    if row.episode.group == PLACED:
        row.shared = draws.pick(SHARED)


def _time(since: int, in_time: bool, draws: Draws) -> int:
    """A time of day at which people are seen, within 72 hours of the return or after them."""
    for _ in range(60):
        days = draws.between(0, 3) if in_time else draws.quantile((3, 4, 6, 9, 21))
        time = (since // MINUTES + days) * MINUTES + draws.between(9 * 60, 18 * 60 + 59)
        hours = time - since
        if (hours >= 120 and hours < _LIMIT) if in_time else hours > _LIMIT:
            return time
    raise DataError("No time of day fits. Try another seed.")


def truth(rows: list[Interview]) -> dict:
    """What was planted as it came out, counted before any record problem was added."""
    ended = [row for row in rows if row.episode.end is not None]
    held = [row for row in ended if row.held == "yes"]

    def in_time(some: list[Interview]) -> dict[str, int]:
        soon = sum(row.held_at - row.episode.end <= _LIMIT for row in some)
        return {"held": len(some), "held_within_72_hours": soon}

    def offered(some: list[Interview]) -> dict[str, int]:
        return {"returns": len(some), "offered": sum(row.offered == "yes" for row in some)}

    def recorded(some: list[Interview]) -> dict[str, int]:
        return {"held": len(some), "reasons_recorded": sum(row.reasons != "" for row in some)}

    districts = sorted({row.episode.child.district for row in held})
    return {
        "timeliness_by_district": {
            name: in_time([row for row in held if row.episode.child.district == name])
            for name in districts
        },
        "offered": {
            "before": offered([r for r in ended if r.episode.last_day < MORE_OFFERED_FROM]),
            "from": offered([r for r in ended if r.episode.last_day >= MORE_OFFERED_FROM]),
        },
        "reasons_recorded": {
            "before": recorded([r for r in held if r.episode.last_day < BETTER_RECORDED_FROM]),
            "from": recorded([r for r in held if r.episode.last_day >= BETTER_RECORDED_FROM]),
        },
        "looked_after_episodes": sum(row.episode.group == LOOKED_AFTER for row in rows),
    }
