"""The sample as SSDA903 returns: a folder per collection year, a CSV file per table."""

from __future__ import annotations

from datetime import date

from kentlib.sample.care import ADOPTED
from kentlib.sample.draws import Draws
from kentlib.sample.leavers import Leaver
from kentlib.sample.missing import Episode
from kentlib.sample.people import Child, Period, birthday
from kentlib.sample.published import Published

YEARS = (2013, 2014, 2015, 2016, 2017)
"""Collection years, named by the 31 March they end on; the last is cut at the published day."""

COLUMNS = {
    "header": "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB",
    "episodes": "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,"
    "HOME_POST,PL_POST,URN",
    "reviews": "CHILD,DOB,REVIEW,REVIEW_CODE",
    "uasc": "CHILD,SEX,DOB,DUC",
    "oc2": "CHILD,DOB,SDQ_SCORE,SDQ_REASON,CONVICTED,HEALTH_CHECK,IMMUNISATIONS,TEETH_CHECK,"
    "HEALTH_ASSESSMENT,SUBSTANCE_MISUSE,INTERVENTION_RECEIVED,INTERVENTION_OFFERED",
    "oc3": "CHILD,DOB,IN_TOUCH,ACTIV,ACCOM",
    "ad1": "CHILD,DOB,DATE_INT,DATE_MATCH,FOSTER_CARE,NB_ADOPTR,SEX_ADOPTR,LS_ADOPTR",
    "placed_for_adoption": "CHILD,DOB,DATE_PLACED,DATE_PLACED_CEASED,REASON_PLACED_CEASED",
    "previous_permanence": "CHILD,DOB,PREV_PERM,LA_PERM,DATE_PERM",
    "missing": "CHILD,DOB,MISSING,MIS_START,MIS_END",
}

Rows = list[list[str]]
_BEFORE = {"Z1": 930, "P1": 12, "P2": 30, "P3": 18, "P4": 10}


def day(value: int | None) -> str:
    """A date as the return has it, dd/mm/yyyy; blank for none."""
    return "" if value is None else date.fromordinal(value).strftime("%d/%m/%Y")


class Returns:
    """What the returns need of each child, drawn once so that every year tells the same."""

    def __init__(self, children: list[Child], published: Published, seed: int):
        self.published = published
        self.children = sorted(children, key=lambda child: child.name)
        draws = Draws(seed, "returns")
        self.home: dict[str, str] = {}
        self.episodes: dict[str, list[tuple]] = {}
        self.reviews: dict[str, list[tuple[int, str]]] = {}
        self.before: dict[str, list[tuple[int, str, int | None]]] = {}
        for child in self.children:
            self.home[child.name] = "" if child.unaccompanied else f"ZZ99 9{_letters(draws)}"
            self.episodes[child.name] = [
                row for period in child.periods for row in _episodes(period, published)
            ]
            self.reviews[child.name] = _reviews(child, published, draws)
            count = len(child.periods)
            self.before[child.name] = [_previous(child, at, draws) for at in range(count)]
        self.health = Draws(seed, "health")

    def year(self, year: int, leavers: list[Leaver], missing: list[Episode]) -> dict[str, Rows]:
        """The rows of each table of one year's return, in order of child and date."""
        first = date(year - 1, 4, 1).toordinal()
        last = min(date(year, 3, 31).toordinal(), self.published.day)
        here = [child for child in self.children if _seen(child, first, last)]
        left = {one.child.name for one in leavers}
        known = [c for c in self.children if c.name in left or _seen(c, first, last)]
        tables: dict[str, Rows] = {name: [] for name in COLUMNS}
        tables["header"] = [_header(child, last) for child in known]
        for child in here:
            self._child(child, first, last, tables)
        for one in sorted(leavers, key=lambda one: one.child.name):
            row = [one.child.name, day(one.child.born), one.touch, one.activity, one.accommodation]
            tables["oc3"].append(row)
        for one in missing:
            over = one.last_day is not None and one.last_day <= last
            if one.first_day <= last and (one.last_day is None or one.last_day >= first):
                ended = one.last_day if over else None
                row = [one.child.name, day(one.child.born), "M" if one.kind == "missing" else "A"]
                tables["missing"].append([*row, day(one.first_day), day(ended)])
        return tables

    def _child(self, child: Child, first: int, last: int, tables: dict[str, Rows]) -> None:
        born = day(child.born)
        for start, rne, status, need, stay, end, rec, reason in self.episodes[child.name]:
            if start > last or (end is not None and end < first):
                continue
            closed = end is not None and end <= last
            tables["episodes"].append(
                [
                    *(child.name, day(start), rne, status, need, stay.place, stay.provider),
                    *((day(end), rec, reason) if closed else ("", "", "")),
                    *(self.home[child.name], stay.postcode, stay.urn),
                ]
            )
        for when, code in self.reviews[child.name]:
            if first <= when <= last:
                tables["reviews"].append([child.name, born, day(when), code])
        if child.unaccompanied:
            tables["uasc"].append([child.name, child.sex, born, _ceased(child, last)])
        started = [one for one in self.before[child.name] if first <= one[0] <= last]
        for _, code, when in started[:1]:
            where = "886" if code in ("P1", "P2", "P3") else ""
            tables["previous_permanence"].append([child.name, born, code, where, day(when)])
        for period in child.periods:
            self._adoption(child, period, first, last, tables)
        if any(p.start <= last - 365 and p.until(last + 1) > last for p in child.periods):
            tables["oc2"].append(_health(child, last, self.health))

    def _adoption(
        self, child: Child, period: Period, first: int, last: int, tables: dict[str, Rows]
    ) -> None:
        steps = period.adoption
        if steps is None or steps.decision > last or period.until(last + 1) < first:
            return
        born = day(child.born)
        if steps.reversed is None or steps.reversed >= first:
            ceased = steps.reversed if steps.reversed and steps.reversed <= last else None
            row = [child.name, born, day(steps.decision), day(ceased)]
            tables["placed_for_adoption"].append([*row, steps.reason if ceased else ""])
        if period.rec in ADOPTED and first <= period.end <= last:
            gender, status = steps.adopters
            row = [child.name, born, day(steps.decision), day(steps.match)]
            row += [str(int(steps.foster_carer)), "1" if gender == "F1" else "2", gender, status]
            tables["ad1"].append(row)


def _seen(child: Child, first: int, last: int) -> bool:
    return any(p.start <= last and p.until(last + 1) >= first for p in child.periods)


def _letters(draws: Draws) -> str:
    return draws.one("ABDEFGHJLNPQRSTUWXYZ") + draws.one("ABDEFGHJLNPQRSTUWXYZ")


def _header(child: Child, last: int) -> list[str]:
    upn = "UN1" if child.age(last) < 5 else "UN3" if child.unaccompanied else "UN2"
    mother = "0" if child.sex == "2" and child.age(last) >= 14 else ""
    return [child.name, child.sex, day(child.born), child.ethnic, upn, mother, ""]


def _ceased(child: Child, last: int) -> str:
    """The day a child stopped being an unaccompanied child, if that has come."""
    ended = child.periods[-1]
    until = birthday(child.born, 18)
    if ended.rec == "E15":
        until = min(until, ended.end)
    return day(until) if until <= last else ""


def _episodes(period: Period, published: Published) -> list[tuple]:
    """start, rne, status, need, stay, end, rec, reason: one per change of anything."""
    until = period.until(published.day)
    starts = {stay.start: stay for stay in period.stays}
    statuses = {when: status for when, status in period.statuses if when < until}
    days = sorted({*starts, *statuses})
    found = []
    status, stay = "", None
    for at, when in enumerate(days):
        status, stay = statuses.get(when, status), starts.get(when, stay)
        moved, changed = when in starts, when in statuses
        change = {"P": "B", "T": "U"}[stay.change] if changed else stay.change
        rne = "S" if at == 0 else change if moved else "L"
        last = at == len(days) - 1
        end = period.end if last else days[at + 1]
        rec = period.rec if last else "X1"
        following = None if last else starts.get(days[at + 1])
        reason = following.reason if following and end >= date(2015, 4, 1).toordinal() else ""
        found.append((when, rne, status, period.need, stay, end, rec or "", reason))
    return found


def _reviews(child: Child, published: Published, draws: Draws) -> list[tuple[int, str]]:
    found = []
    for period in child.periods:
        when, gap = period.start + draws.between(18, 27), draws.between(70, 91)
        while when < period.until(published.day) - 1:
            said = {"PN1": 520, "PN2": 20, "PN4": 60, "PN5": 40, "PN6": 260, "PN7": 100}
            code = "PN0" if child.age(when) < 4 else draws.pick(said)
            found.append((when, code))
            when, gap = when + gap, draws.between(150, 183)
    return found


def _previous(child: Child, at: int, draws: Draws) -> tuple[int, str, int | None]:
    """Whether a period of care follows an adoption or another order that was meant to last."""
    period = child.periods[at]
    if at or child.unaccompanied or child.age(period.start) < 3:
        return period.start, "Z1", None
    code = draws.pick(_BEFORE)
    when = period.start - draws.between(200, 365 * child.age(period.start) - 300)
    return period.start, code, when if code in ("P1", "P2", "P3") else None


def _health(child: Child, last: int, draws: Draws) -> list[str]:
    age = child.age(last)
    asked = 4 <= age <= 16
    scored = asked and draws.chance(760)
    score = str(draws.quantile((0, 6, 12, 18, 36))) if scored else ""
    why = draws.pick({"SDQ2": 600, "SDQ3": 250, "SDQ5": 150}) if asked and not scored else ""
    misuse = age >= 10 and draws.chance(50)
    received = misuse and draws.chance(550)
    offered = misuse and not received
    row = [child.name, day(child.born), score, why]
    row.append("1" if age >= 10 and draws.chance(60) else "0")
    row.append(("1" if draws.chance(880) else "0") if age < 5 else "")
    row += ["1" if draws.chance(share) else "0" for share in (870, 840, 900)]
    row.append("1" if misuse else "0")
    row.append(("1" if received else "0") if misuse else "")
    row.append(("1" if draws.chance(700) else "0") if offered else "")
    return row
