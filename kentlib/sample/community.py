"""Children not looked after, for lists 1 to 7 of the workbook. All invented but one number: the
children with a protection plan."""

from __future__ import annotations

from kentlib.sample.draws import Draws
from kentlib.sample.people import Child, birthday, somebody
from kentlib.sample.published import Published

CHILDREN = 2600
"""Children at home who are known to the authority in the sample. There were far more."""

CONTACTS, EARLY_HELP, REFERRALS, ASSESSMENTS, ENQUIRIES, IN_NEED = 700, 500, 700, 700, 400, 1200

_ABUSE = {"neglect": 560, "emotional": 270, "physical": 110, "sexual": 60}
_SOURCES = ("6", "3D", "1B", "8", "2A", "5A")
_NEED = ("N1", "N1", "N1", "N5", "N4", "N2", "N6")
YES, NO = "yes", "no"


def at_home(published: Published, seed: int) -> list[Child]:
    """Children known to the authority and not looked after."""
    draws = Draws(seed, "at home")
    made = []
    for _ in range(CHILDREN):
        born = birthday(published.day, -draws.between(1, 17)) - draws.between(1, 364)
        made.append(somebody(born, False, draws))
    return made


def team(child: Child, kind: str, draws: Draws) -> list[str]:
    """Allocated team and worker, both made up."""
    return [f"{child.district} {kind} Team", f"SYN Worker {draws.between(1, 180):03d}"]


def lists(children: list[Child], published: Published, seed: int, person) -> dict[int, list[list]]:
    """Rows of lists 1 to 7. `person` gives the first columns of a row about a child; the days
    are ordinals wrapped by `Day`."""
    draws = Draws(seed, "lists 1 to 7")
    found: dict[int, list[list]] = {}
    today = published.day

    def ago(low: int, high: int) -> Day:
        return Day(today - draws.between(low, high))

    def rows(count: int, make) -> list[list]:
        chosen = draws.some(children, count)
        chosen.sort(key=lambda child: child.name)
        return [make(child) for child in chosen]

    def contact(child: Child) -> list:
        return [*person(child, False), ago(1, 90), draws.one(_SOURCES)]

    def early_help(child: Child) -> list:
        start = ago(60, 180)
        who = f"{child.district} Early Help Unit"
        return [*person(child, False), start, Day(start + draws.between(10, 50)), who]

    def referral(child: Child) -> list:
        row = [*person(child, False), ago(1, 180), draws.one(_SOURCES), NO]
        return [*row, draws.pick({1: 780, 2: 170, 3: 50}), *team(child, "Referral", draws)]

    def assessment(child: Child) -> list:
        start = ago(1, 180)
        done = start + draws.quantile((8, 25, 34, 40, 58))
        row = [*person(child, True), start, YES if draws.chance(940) else NO]
        ended = [Day(done), YES if draws.chance(560) else NO] if done <= today else [None, None]
        return [*row, *ended, *team(child, "Assessment", draws)]

    def enquiry(child: Child) -> list:
        start = ago(25, 180)
        needed = draws.chance(480)
        row = [*person(child, True), start, NO if needed else YES]
        held = [Day(start + draws.between(9, 24)), YES if draws.chance(860) else NO]
        row += held if needed else [None, None]
        return [*row, draws.pick({1: 850, 2: 150}), int(needed), *team(child, "Family", draws)]

    def in_need(child: Child) -> list:
        start = Day(max(ago(10, 900), child.born))
        row = [*person(child, True), start, draws.one(_NEED), ago(1, 9)]
        return [*row, None, None, "child in need plan", *team(child, "Family", draws)]

    def protected(child: Child) -> list:
        start = Day(max(ago(15, 620), child.born))
        age = today - start
        abuse = draws.pick(_ABUSE)
        later = abuse if draws.chance(900) else draws.pick(_ABUSE)
        review = Day(start + 84 + (age - 84) // 170 * 170) if age > 84 else None
        row = [*person(child, True), start, abuse, later, ago(1, 12), YES]
        row += [review, None, YES if draws.chance(20) else NO]
        row.append(draws.pick({0: 800, 1: 160, 2: 40}))
        return [*row, *team(child, "Family", draws)]

    found[1] = rows(CONTACTS, contact)
    found[2] = rows(EARLY_HELP, early_help)
    found[3] = rows(REFERRALS, referral)
    found[4] = rows(ASSESSMENTS, assessment)
    found[5] = rows(ENQUIRIES, enquiry)
    found[7] = rows(published["protection_plans"], protected)
    planned = {row[0] for row in found[7]}
    children = [child for child in children if child.name not in planned]
    found[6] = rows(IN_NEED, in_need)
    return dict(sorted(found.items()))


class Day(int):
    """An ordinal that is to be written as a date."""
