"""The sample as an Annex A workbook, lists 8 to 11: looked after, care leavers, adoption,
adopters. Headers are those of the January 2024 template."""

from __future__ import annotations

from kentlib.extracts import specs
from kentlib.sample.care import ADOPTED
from kentlib.sample.community import NO, YES, Day, team
from kentlib.sample.draws import Draws
from kentlib.sample.interviews import Interview
from kentlib.sample.leavers import Leaver
from kentlib.sample.missing import LOOKED_AFTER
from kentlib.sample.people import Child, Period, age, birthday
from kentlib.sample.published import Published
from kentlib.sample.ssda903 import Returns

ADOPTERS = 120
"""Prospective adopters in list 11, besides those waiting for a link (invented)."""

GENDER = {"1": "male", "2": "female"}
_ELSEWHERE = {"Medway": 330, "East Sussex": 140, "Bexley": 90, "Croydon": 80, "Surrey": 80}
_ELSEWHERE |= {"Bromley": 70, "Essex": 70, "Greenwich": 60, "Lewisham": 40, "Suffolk": 40}


def sheets(rows: dict[int, list[list]]) -> dict[str, list[list]]:
    """Sheets by name, each with its header, and codes written as the template prints them."""
    made = {}
    for number, list_rows in rows.items():
        fields = list(specs.annex_a()[number].fields.values())
        words = [
            dict(zip(one.codes.codes, one.codes.says, strict=True)) if one.codes else {}
            for one in fields
        ]
        made[f"List {number}"] = [_headers(number, fields)] + [
            [said.get(cell, cell) for said, cell in zip(words, row, strict=True)]
            for row in list_rows
        ]
    return made


def _headers(number: int, fields: list[specs.Field]) -> list[str]:
    """Headers as the sample workbook of January 2024 has them, slips and all."""
    found = [one.header for one in fields]
    if number < 10:
        found = ["Age" if one == "Age of Child (Years)" else one for one in found]
    if number == 3:
        found = ["Date of Referral" if one == "Date of referral" else one for one in found]
    if number == 8:
        slips = {
            "'Missing'": "‘Missing’",
            "'Absent'": "‘Absent’",
            "12 Months (Y/N)": "12 Months (Y/N))",
        }
        for plain, slip in slips.items():
            found = [one.replace(plain, slip) for one in found]
    return found


class Lists:
    """The rows of lists 8 to 11, in order of child."""

    def __init__(self, returns: Returns, published: Published, seed: int):
        self.returns, self.published = returns, published
        self.draws = Draws(seed, "lists 8 to 11")
        self.workers: dict[str, list[str]] = {}

    def person(self, child: Child, disability: bool) -> list:
        """Identifier, gender, ethnicity, date of birth, age and, if asked, disability."""
        row = [child.name, GENDER[child.sex], child.ethnic, Day(child.born)]
        row.append(child.age(self.published.day))
        return [*row, _yes(child.disabled)] if disability else row

    def worker(self, child: Child) -> list[str]:
        """The same team and worker on every list."""
        if child.name not in self.workers:
            kind = "Unaccompanied Children" if child.unaccompanied else "Children in Care"
            self.workers[child.name] = team(child, kind, self.draws)
        return self.workers[child.name]

    def looked_after(self, interviews: list[Interview]) -> list[list]:
        """List 8: looked after on the day, or ceased in the 12 months; a row per period."""
        went: dict[str, list[Interview]] = {}
        for row in interviews:
            if row.episode.group == LOOKED_AFTER:
                went.setdefault(row.episode.child.name, []).append(row)
        rows = []
        for child in self.returns.children:
            for at, period in enumerate(child.periods):
                if period.end is None or period.end >= self.published.year_from:
                    rows.append(self._period(child, at, period, went.get(child.name, [])))
        return rows

    def _period(self, child: Child, at: int, period: Period, went: list[Interview]) -> list:
        draws, today = self.draws, self.published.day
        until = period.until(today)
        before = child.periods[at - 1].end if at else None
        again = before is not None and before > until - 365
        since, status = period.statuses[-1]
        stay = next(stay for stay in reversed(period.stays) if not stay.place.startswith("T"))
        reviews = [when for when, _ in self.returns.reviews[child.name]]
        held = [when for when in reviews if period.start < when <= until]
        row = self.person(child, False)
        row += [_yes(child.unaccompanied), _yes(child.disabled), Day(period.start)]
        row += [period.need, _yes(again), Day(since), status]
        row += [Day(held[-1]) if held else None]
        row.append(Day(max(until - draws.between(2, 40), period.start)))
        row.append(_plan(child, period, today, draws) if len(held) > 1 else None)
        row += [self._before(period, until, days) for days in ((5, 90), (20, 330), (20, 300))]
        row.append(period.placements_12_months or self._placements(period))
        ended = [Day(period.end), period.rec] if period.end is not None else [None, None]
        row += [*ended, Day(stay.start), stay.place, stay.provider]
        out = period.out_of_area or (period.end is not None and draws.chance(170))
        row += [stay.postcode, stay.urn or None, "out" if out else "in"]
        row.append(draws.pick(_ELSEWHERE) if out else "Kent")
        start = max(self.published.year_from, period.start)
        mine = [one for one in went if start <= one.episode.first_day <= until]
        missing = [one for one in mine if one.episode.kind == "missing"]
        row += [len(missing), len(mine) - len(missing)]
        last = missing[-1] if missing else None
        row += _answers(last) if last else [None, None]
        return [*row, *self.worker(child)]

    def _before(self, period: Period, until: int, days: tuple[int, int]) -> Day | None:
        when = until - self.draws.between(*days)
        return Day(when) if when > period.start + 10 else None

    def _placements(self, period: Period) -> int:
        """Placements in the 12 months before the period ended or the day."""
        since = period.until(self.published.day) - 365
        moved = [s.start > since for s in period.stays[1:] if not s.same_carer]
        return 1 + sum(moved)

    def leavers(self, leavers: list[Leaver]) -> list[list]:
        """List 9."""
        draws, today = self.draws, self.published.day
        rows = []
        for one in sorted(leavers, key=lambda one: one.child.name):
            child = one.child
            row = self.person(child, False)
            row += [_yes(child.unaccompanied), _yes(child.disabled)]
            row += [f"{child.district} 18 Plus Team", f"SYN Worker {draws.between(1, 180):03d}"]
            row += [f"SYN Adviser {draws.between(1, 60):02d}", "former relevant"]
            row += [Day(today - draws.between(5, 200)), one.touch]
            row.append(Day(today - draws.quantile((1, 20, 40, 58, 90))))
            if one.touch == "YES":
                row += [one.home, "suitable" if one.suitable else "unsuitable", one.activity]
            else:
                row += [None, None, None]
            rows.append(row)
        return rows

    def adoption(self) -> list[list]:
        """List 10: a plan for adoption, and looked after on the day or adopted, or the plan
        changed, in the 12 months."""
        rows = []
        since = self.published.year_from
        for child in self.returns.children:
            for period in child.periods:
                steps = period.adoption
                if steps is None or (period.end is not None and period.end < since):
                    continue
                family = f"SYNF{child.name[3:]}" if steps.match else None
                row = [child.name, family, GENDER[child.sex], child.ethnic]
                row += [Day(child.born), age(child.born, self.published.day), _yes(child.disabled)]
                row += [Day(period.start), Day(steps.decision), _day(steps.order)]
                row += [_day(steps.match), _day(steps.placed)]
                row += [_day(period.end if period.rec in ADOPTED else None), _day(steps.reversed)]
                rows.append([*row, steps.reason or None, _day(_early(period))])
        return rows

    def adopters(self) -> list[list]:
        """List 11. As many as published are approved and wait for a link."""
        draws, rows = self.draws, []
        waiting = self.published["adopters_waiting"]
        for at in range(ADOPTERS + waiting):
            asked = self.published.day - draws.between(260, 420)
            days = [asked]
            for low, high in ((8, 20), (55, 80), (2, 20), (60, 90), (4, 20)):
                days.append(days[-1] + draws.between(low, high))
            days = days[:6]
            approved = min(days[-1] + 20, self.published.day - 2)
            row = [f"SYNA{at + 1:05d}", f"SYNH{at // 2 + 1:05d}", GENDER[draws.one("12")]]
            row.append(draws.pick({"WBRI": 900, "WOTH": 60, "AOTH": 40}))
            row += [NO, YES if draws.chance(40) else NO]
            if at < waiting:
                rows.append([*row, *map(Day, days), Day(approved), *[None] * 6])
            elif draws.chance(400):
                left = Day(asked + draws.between(10, 40))
                rows.append([*row, Day(asked), *[None] * 10, left, "1"])
            else:
                rows.append([*row, *map(Day, days[:3]), *[None] * 10])
        return rows


def _early(period: Period) -> int | None:
    steps = period.adoption
    if not (steps.early and period.stays):
        return None
    return next((stay.start for stay in period.stays if stay.place == "U5"), None)


def _day(value: int | None) -> Day | None:
    return None if value is None else Day(value)


def _yes(is_so: bool) -> str:
    return YES if is_so else NO


def _answers(last: Interview) -> list[str | None]:
    """Offered and accepted, after the last missing episode; not accepted if not offered."""
    accepted = NO if last.offered == NO else last.accepted
    return [said if said in (YES, NO) else None for said in (last.offered, accepted)]


def _plan(child: Child, period: Period, today: int, draws: Draws) -> str:
    steps = period.adoption
    if steps and not steps.reversed:
        return "adoption"
    if birthday(child.born, 16) < today:
        return draws.pick({"supported living": 700, "long-term fostering": 300})
    plans = {"long-term fostering": 560, "return to family": 190, "long-term residential": 40}
    plans |= {"special guardianship or child arrangements": 150, "other": 60}
    return draws.pick(plans)
