"""The whole sample: children, then what each of the three formats says of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kentlib import tables
from kentlib.sample import (
    adoption,
    annex_a,
    care,
    community,
    files,
    interviews,
    leavers,
    missing,
    people,
    problems,
    published,
    ssda903,
    stays,
    truth,
)
from kentlib.sample.draws import Draws

WORKBOOK = "annex_a_synthetic.xlsx"
RETURNS = "ssda903_synthetic"
INTERVIEWS = "return_interviews_synthetic.csv"
DISTRICTS = "districts_synthetic.csv"
PLACED = "placed_by_others_synthetic.csv"

OLDEST_LEAVER = date(2009, 4, 1).toordinal()
"""Children who left before are in none of the returns, not even as care leavers."""


def make(seed: int, folder: Path) -> list[tuple[str, int]]:
    """Write every file of the sample to a folder; return each with its number of rows."""
    totals = published.read()
    looked_after = [
        child
        for child in care.children(totals, seed)
        if child.periods[-1].end is None or child.periods[-1].end >= OLDEST_LEAVER
    ]
    adoption.plan(looked_after, totals, seed)
    stays.settle(looked_after, totals, seed)
    at_home = community.at_home(totals, seed)
    placed = missing.placed_by_others(totals, seed)
    _name([*looked_after, *at_home, *(child for child, _ in placed)], seed)

    from_care = missing.of_looked_after(looked_after, totals, seed)
    elsewhere = missing.of_others(at_home, placed, totals, seed)
    authority = {child.name: name for child, name in placed}
    rows = interviews.interviews([*from_care, *elsewhere], authority, totals, seed)

    counts = _returns(looked_after, from_care, rows, at_home, totals, seed, folder)
    columns = tables.load("return_interview_fields")["field"].tolist()
    written = problems.in_interviews(rows, columns, seed)
    files.table(folder / INTERVIEWS, columns, written)
    known = sorted([*looked_after, *at_home], key=lambda child: child.name)
    files.table(
        folder / DISTRICTS, ["child_id", "district"], [[one.name, one.district] for one in known]
    )
    placed.sort(key=lambda pair: pair[0].name)
    files.table(
        folder / PLACED,
        ["child_id", "district", "responsible_authority"],
        [[child.name, child.district, name] for child, name in placed],
    )
    counts |= {INTERVIEWS: len(written), DISTRICTS: len(known), PLACED: len(placed)}
    counts = dict(sorted(counts.items()))
    _tell(seed, totals, rows, counts, folder)
    return list(counts.items())


def _name(children: list[people.Child], seed: int) -> None:
    """Identifiers in drawn order, so that a number tells nothing of its child."""
    for at, child in enumerate(Draws(seed, "names").some(children, len(children)), start=1):
        child.name = f"SYN{at:07d}"


def _returns(
    looked_after: list[people.Child],
    from_care: list[missing.Episode],
    rows: list[interviews.Interview],
    at_home: list[people.Child],
    totals: published.Published,
    seed: int,
    folder: Path,
) -> dict[str, int]:
    """Write the returns and the workbook, which say the same of the same children."""
    counts = {}
    returns = ssda903.Returns(looked_after, totals, seed)
    now = leavers.supported(returns.children, totals, seed)
    ordered = sorted(from_care, key=lambda one: (one.child.name, one.start))
    for year in ssda903.YEARS:
        known = leavers.returned(returns.children, now, totals, year, seed)
        made = returns.year(year, known, ordered)
        problems.in_returns(made, year, seed)
        for name, table in made.items():
            path = f"{RETURNS}/{year - 1}-{year % 100:02d}/{name}.csv"
            files.table(folder / path, ssda903.COLUMNS[name].split(","), table)
            counts[path] = len(table)
    lists = annex_a.Lists(returns, totals, seed)
    made = community.lists(at_home, totals, seed, lists.person)
    made[8] = lists.looked_after(rows)
    made[9], made[10], made[11] = lists.leavers(now), lists.adoption(), lists.adopters()
    problems.in_workbook(made, seed)
    notes = [
        f"Made by kentlib sample --seed {seed}, as at {date.fromordinal(totals.day):%-d %B %Y}.",
        "Which numbers are published and which invented: README.md and truth.yaml beside it.",
    ]
    day = date.fromordinal(totals.day)
    files.workbook(folder / WORKBOOK, annex_a.sheets(made), day, notes)
    counts[WORKBOOK] = sum(len(list_rows) for list_rows in made.values())
    return counts


def _tell(
    seed: int,
    totals: published.Published,
    rows: list[interviews.Interview],
    counts: dict[str, int],
    folder: Path,
) -> None:
    again = {}
    for group, children in missing.AGAIN.items():
        since = [row.episode for row in rows if row.episode.group == group]
        since = [one for one in since if one.first_day >= totals.year_from]
        who = {one.child.name for one in since}
        again[group] = {"repeated": children, "children": len(who), "episodes": len(since)}
    known = truth.known(seed, totals, interviews.truth(rows), again, counts)
    files.text(folder / "truth.yaml", known)
    yearly = sum(rows for name, rows in counts.items() if name.startswith(RETURNS))
    holds = {
        WORKBOOK: ("Annex A, lists 1 to 11", counts[WORKBOOK]),
        f"{RETURNS}/": ("SSDA903 returns, a folder a year", yearly),
        INTERVIEWS: ("return interviews, a row per episode", counts[INTERVIEWS]),
        DISTRICTS: ("the district of each of the authority's children", counts[DISTRICTS]),
        PLACED: ("children placed here by other authorities", counts[PLACED]),
    }
    files.text(folder / "README.md", truth.read_me(seed, totals, holds, ssda903.YEARS))
