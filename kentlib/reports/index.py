"""The page that lists a run's reports: each question, its first finding, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from kentlib.reports import page

VERDICTS = {"failed": "This report could not be made.", "stale": "This report is out of date."}


def make(records: Sequence[dict[str, Any]]) -> str:
    """The index page of a run.

    Parameters
    ----------
    records
        The reports' records, in the order to list them.
    """
    return page.render(
        "contents.html.j2",
        title="Reports",
        summary=summary(records),
        notices=[],
        reports=[_entry(told) for told in records],
    )


def summary(records: Sequence[dict[str, Any]]) -> str:
    """How the run went, in one or two sentences."""
    outcomes = [told["outcome"] for told in records]
    when = page.moment(max(told.get("failed") or told["started"] for told in records))
    good, all_of_them = outcomes.count("finished"), len(records)
    if good == all_of_them:
        many = "The report was" if good == 1 else f"All {good} reports were"
        return f"{many} made on {when}."
    return f"{good} of {all_of_them} reports {'was' if good == 1 else 'were'} made on {when}."


def _entry(told: dict[str, Any]) -> dict[str, Any]:
    name, outcome = told["report"], told["outcome"]
    made = page.moment(told["started"])
    why = told.get("error", "")
    if outcome == "stale":
        tried = page.moment(told["failed"])
        why = f"It was made on {made} and could not be made again on {tried}. {why}"
    return {
        "name": name,
        "state": outcome,
        "question": told["question"] or name,
        "parameters": page.in_words(told),
        "finding": told["finding"],
        "verdict": VERDICTS.get(outcome, ""),
        "why": why,
        "page": None if outcome == "failed" else f"{name}.html",
        "notebook": f"{name}.ipynb",
        "record": f"{name}.json",
        "made": "" if outcome == "failed" else f"Made on {made} in {_lasted(told)}",
    }


def _lasted(told: dict[str, Any]) -> str:
    start, end = (datetime.fromisoformat(told[which]) for which in ("started", "ended"))
    seconds = round((end - start).total_seconds())
    return f"{seconds} seconds" if seconds > 1 else "a second"
