"""Plain mistakes in the record, planted so that there is something to find.

None stops a measure. Each is counted in truth.yaml, and what the measures should recover was
counted before any was planted.
"""

from __future__ import annotations

from collections import Counter
from datetime import date

from kentlib.sample.draws import Draws
from kentlib.sample.interviews import Interview
from kentlib.sample.leavers import SHARED_HOUSE
from kentlib.sample.missing import MINUTES

IN_INTERVIEWS = {
    "offered left blank": 20,
    "held_at is a date without a time": 120,
    "episode_end is a date without a time": 60,
    "held before the child came back": 6,
    "came back before going missing": 2,
    "district is Folkestone and Hythe, the name that Shepway took in 2018": 3,
    "row stands twice": 4,
}
IN_WORKBOOK = {
    "list 8: gender is a word without its letter": 12,
    "list 8: placement postcode is blank": 15,
    "list 8: ethnicity is blank": 5,
    "list 9: accommodation is blank though in touch": 8,
}
IN_RETURNS = {
    "missing, 2013-14: came back before going missing": 3,
    "episodes, 2012-13: place_provider is blank": 10,
}
"""What is planted where, and in how many rows."""


def in_interviews(rows: list[Interview], columns: list[str], seed: int) -> list[list[str]]:
    """The rows of the extract as text, with mistakes planted."""
    draws = Draws(seed, "mistakes in interviews")
    made = [_written(row) for row in rows]
    place = {name: at for at, name in enumerate(columns)}
    asked = list(IN_INTERVIEWS.values())
    held = draws.some([at for at, row in enumerate(rows) if row.held == "yes"], sum(asked))
    over = [at for at, row in enumerate(rows) if row.held == "no" and row.episode.end is not None]
    over = draws.some(over, len(over))
    times = Counter(row.episode.child.name for row in rows)
    once = [at for at in over if times[rows[at].episode.child.name] == 1]
    once = [at for at in once if rows[at].episode.last_day > rows[at].episode.first_day]

    used: set[int] = set()

    def planted(pool: list[int], count: int) -> list[int]:
        chosen = [at for at in pool if at not in used][:count]
        used.update(chosen)
        return chosen

    for at in planted(over, asked[0]):
        made[at][place["offered"]] = ""
    for at in planted(held, asked[1]):
        made[at][place["held_at"]] = made[at][place["held_at"]][:10]
    for at in planted(once, asked[2]):
        made[at][place["episode_end"]] = made[at][place["episode_end"]][:10]
    for at in planted(held, asked[3]):
        early = rows[at].episode.end - draws.between(1, 3) * MINUTES
        made[at][place["held_at"]] = _moment(early)
        made[at][place["offered_at"]] = _moment(early - 120)
    for at in planted(once, asked[4]):
        made[at][place["episode_end"]] = _moment(rows[at].episode.start - 5 * MINUTES)
        made[at][place["offered_at"]] = ""
    for at in planted(over, asked[5]):
        made[at][place["district"]] = "Folkestone and Hythe"
    twice = set(planted(over, asked[6]))
    return [row for at, row in enumerate(made) for _ in range(2 if at in twice else 1)]


def in_workbook(lists: dict[int, list[list]], seed: int) -> None:
    """Plant mistakes in lists 8 and 9. Columns by place: gender 1, ethnicity 2, postcode 24."""
    draws = Draws(seed, "mistakes in workbook")
    counts = list(IN_WORKBOOK.values())
    rows = draws.some(lists[8], sum(counts[:3]))
    for row in rows[: counts[0]]:
        row[1] = row[1].capitalize()
    for row in rows[counts[0] : counts[0] + counts[1]]:
        row[24] = None
    for row in rows[counts[0] + counts[1] :]:
        row[2] = None
    housed = [row for row in lists[9] if row[12] == "YES" and row[14] != SHARED_HOUSE]
    for row in draws.some(housed, counts[3]):
        row[14] = None


def in_returns(tables: dict[str, list[list[str]]], year: int, seed: int) -> None:
    """Plant mistakes in one year's return."""
    draws = Draws(seed, f"mistakes in returns {year}")
    if year == 2014:
        count = IN_RETURNS["missing, 2013-14: came back before going missing"]
        for row in draws.some([row for row in tables["missing"] if row[4]], count):
            start = date(int(row[3][6:]), int(row[3][3:5]), int(row[3][:2])).toordinal()
            row[4] = date.fromordinal(start - 2).strftime("%d/%m/%Y")
    if year == 2013:
        count = IN_RETURNS["episodes, 2012-13: place_provider is blank"]
        ended = [row for row in tables["episodes"] if row[2] in "SP" and row[8] not in ("", "X1")]
        for row in draws.some(ended, count):
            row[6] = ""


def _written(row: Interview) -> list[str]:
    one = row.episode
    return [
        one.child.name,
        one.group,
        row.authority,
        one.child.district,
        one.kind,
        one.place,
        _moment(one.start),
        _moment(one.end),
        row.offered,
        _moment(row.offered_at),
        row.accepted,
        row.held,
        _moment(row.held_at),
        row.held_by,
        row.independent,
        row.reasons,
        row.safety_plan,
        row.shared,
    ]


def _moment(minutes: int | None) -> str:
    """A date and time, YYYY-MM-DD HH:MM; blank for none."""
    if minutes is None:
        return ""
    day, rest = divmod(minutes, MINUTES)
    return f"{date.fromordinal(day).isoformat()} {rest // 60:02d}:{rest % 60:02d}"
