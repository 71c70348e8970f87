"""The page that lists a run's reports: for each its finding, or why there is none.

A notebook that was run for several areas is a column of a grid with a row for each area; one that
was run for a single area is listed above it.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from kentlib import parameters
from kentlib import records as extracts
from kentlib.reports import manifest, page
from kentlib.words import listed, plural

VERDICTS = {"failed": "This report could not be made.", "stale": "This report is out of date."}

SYNTHETIC = (
    "Some of these reports are about synthetic data: what they say of children in the extracts "
    "is about no real child."
)

MANY = 4
"""A grid of more columns than this scrolls sideways in its own frame."""

Place = tuple[str, str]
"""A row of the grid: the authority, empty where a report names none, and the area."""


def make(records: Sequence[dict[str, Any]], facts: dict[str, Any]) -> str:
    """The index page of a run.

    Parameters
    ----------
    records
        The reports' records. Their order is that of the list and of the grid's columns.
    facts
        The run's own, as `kentlib.reports.facts` tells them.

    Returns
    -------
    A page that runs no script, save for the search where there is a grid to search.
    """
    reports = [_report(told, number, facts) for number, told in enumerate(records, 1)]
    several = len({report["place"][0] for report in reports}) > 1
    for report in reports:
        report["where"] = _where(report["place"], several)
    spread = {report["column"]: set() for report in reports}
    for report in reports:
        spread[report["column"]].add(report["place"])
    columns = [column for column, places in spread.items() if len(places) > 1]
    troubled = [report for report in reports if report["verdict"]]
    script = _script() if columns else ""
    from markupsafe import Markup

    return page.render(
        "contents.html.j2",
        title="Reports",
        summary=summary(records, facts),
        notices=[SYNTHETIC] if any(manifest.is_synthetic(told) for told in records) else [],
        troubled=troubled,
        troubled_heading=plural(len(troubled), "report needs attention", "reports need attention"),
        singles=[report for report in reports if report["column"] not in columns],
        columns=[_question(column, reports) for column in columns],
        rows=_rows(reports, columns),
        many=len(columns) > MANY,
        made=_made(facts),
        script=Markup(script),
        script_sha256=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def summary(records: Sequence[dict[str, Any]], facts: dict[str, Any]) -> str:
    """How the run went, in one sentence: every report is counted once."""
    count = Counter(_fate(told, facts["run"]) for told in records)
    when, all_of_them = page.moment(facts.get("ended") or facts["started"]), len(records)
    made, rest = count.pop("made", 0), sum(count.values())
    if not rest:
        many = "The report was" if made == 1 else f"All {made:,} reports were"
        return f"{many} made on {when}."
    if count["unchanged"] == all_of_them:
        many = "The report is" if all_of_them == 1 else f"All {all_of_them:,} reports are"
        return f"{many} unchanged: none had to be made again on {when}."
    fates = {
        "unchanged": f"{count['unchanged']:,} {_was(count['unchanged'])} unchanged",
        "stale": f"{count['stale']:,} {'is' if count['stale'] == 1 else 'are'} out of date",
        "failed": f"{count['failed']:,} could not be made",
        "not asked": f"{count['not asked']:,} {_was(count['not asked'])} not asked for",
    }
    told = listed(words for fate, words in fates.items() if count[fate])
    return f"{made:,} of {plural(all_of_them, 'report')} {_was(made)} made on {when}; {told}."


def _was(number: int) -> str:
    return "was" if number == 1 else "were"


def _fate(told: dict[str, Any], run: str) -> str:
    if not told.get("asked", True):
        return "not asked"
    if told["outcome"] != "finished":
        return told["outcome"]
    return "made" if told.get("run", run) == run else "unchanged"


def _report(told: dict[str, Any], number: int, facts: dict[str, Any]) -> dict[str, Any]:
    """What the page says of one report."""
    name, outcome = told["report"], told["outcome"]
    good = outcome != "failed"
    authority, area = str(told["parameters"].get("authority", "")), told.get("area", extracts.ALL)
    return {
        "id": f"report-{number}",
        "name": name,
        "state": outcome,
        "column": told["notebook"],
        "place": (authority, extracts.ALL if area == authority else area),
        "question": told["question"] or Path(told["notebook"]).stem,
        "parameters": [(label, manifest.shown(value)) for label, value in page.in_words(told)],
        "finding": told["finding"],
        "verdict": VERDICTS.get(outcome, ""),
        "why": _why(told),
        "mark": _mark(told, facts["run"]),
        "page": f"{name}.html" if good else "",
        "notebook": f"{name}.ipynb" if good else "",
        "record": f"{name}.json",
        "made": f"Made on {page.moment(told['started'])} in {_lasted(told)}" if good else "",
    }


def _why(told: dict[str, Any]) -> str:
    why = told.get("error", "")
    if told["outcome"] != "stale":
        return why
    made, tried = (page.moment(told[which]) for which in ("started", "failed"))
    return f"It was made on {made} and could not be made again on {tried}. {why}"


def _mark(told: dict[str, Any], run: str) -> str:
    """What sets a report apart from those that this run made."""
    made, fate = page.day(told["started"]), _fate(told, run)
    if fate == "not asked":
        since = f"Made on {made}, not" if told["outcome"] == "finished" else "Not"
        return f"{since} asked for in this run"
    return f"Unchanged since {made}" if fate == "unchanged" else ""


def _lasted(told: dict[str, Any]) -> str:
    start, end = (datetime.fromisoformat(told[which]) for which in ("started", "ended"))
    seconds = round(told.get("seconds") or (end - start).total_seconds())
    return f"{seconds:,} seconds" if seconds > 1 else "a second"


def _where(place: Place, several: bool) -> tuple[str, str]:
    """A row's name, and what a reader may need beside it."""
    authority, area = place
    if area != extracts.ALL:
        return area, authority if several else ""
    return (authority, "Whole authority") if authority else ("Whole authority", "")


def _rows(reports: list[dict[str, Any]], columns: list[str]) -> list[dict[str, Any]]:
    """The grid's rows: each authority as a whole, then its districts by name."""
    cells: dict[Place, dict[str, list]] = {}
    for report in reports:
        if report["column"] in columns:
            cells.setdefault(report["place"], {}).setdefault(report["column"], []).append(report)
    places = sorted(cells, key=lambda place: (place[0], place[1] != extracts.ALL, place[1]))
    return [
        {
            "where": next(iter(cells[place].values()))[0]["where"],
            "cells": [_apart(cells[place].get(column, [])) for column in columns],
        }
        for place in places
    ]


def _apart(cell: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Reports that share a cell, each with the parameters that tell it from the others, and with
    whom it is made for where that is not inside the authority."""
    shared = set.intersection(*(set(one["parameters"]) for one in cell)) if cell else set()
    shared.discard((parameters.AUDIENCE_LABEL, parameters.PUBLIC))
    return [
        one | {"parameters": [pair for pair in one["parameters"] if pair not in shared]}
        for one in cell
    ]


def _question(column: str, reports: list[dict[str, Any]]) -> str:
    return next(report["question"] for report in reports if report["column"] == column)


def _made(facts: dict[str, Any]) -> str:
    began, version = page.moment(facts["started"]), facts["kentlib"]["version"]
    return f"Run {facts['run']} of {facts['plan']}, begun on {began}, by kentlib {version}."


@cache
def _script() -> str:
    return (page.TEMPLATE / "search.js").read_text(encoding="utf-8")
