"""The tables of the report on return interviews as it may be published: all districts' at once.

Whichever place a report is of, the tables of all are made and protected together, and its rows are
taken afterwards. So the reports of one run withhold the same, and none gives another away.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from kentlib import (
    interview_specs,
    interview_use,
    interviews,
    labels,
    missing,
    publication,
    releases,
    shares,
)
from kentlib.disclosure import Spec
from kentlib.interviews import GROUPS
from kentlib.releases import Release
from kentlib.shares import ALL, NOT_RECORDED


def tables(
    rows: pd.DataFrame,
    places: Sequence[str],
    *,
    period_start: pd.Timestamp,
    period_end: pd.Timestamp,
    within_hours: float,
    audience: str,
    min_cell: int,
    zeros: str,
    method: str,
    before: Sequence[Release] = (),
) -> publication.Tables:
    """Every table of the report that may be published, protected if the audience is public.

    Parameters
    ----------
    rows, places, period_start, period_end, within_hours
        As for `specs`.
    audience, min_cell, zeros, method, before
        As for `kentlib.publication.tables`. All tables count the same days, first to last, a
        return by its day and an episode that began by that; the episodes still open on the last
        day, and children counted once, stand in them too, and are taken for counts of those days.

    Returns
    -------
    "episodes" and "repeated" of the whole authority; "cascade", "reasons" and "shared" by
    `district`: see `at`, and `kentlib.interview_specs` for their columns.
    """
    span = {"period_start": period_start, "period_end": period_end}
    found = specs(rows, places, **span, within_hours=within_hours)
    said = {"audience": audience, "min_cell": min_cell, "zeros": zeros, "method": method}
    periods = dict.fromkeys(found, (period_start, period_end))
    made = publication.tables(found, **said, periods=periods, before=before)
    made["reasons"] = _in_order(made["reasons"])
    return made


def release(made: publication.Tables, authority: str, **rules: Any) -> dict[str, Any]:
    """What a public report tells those who publish it, for `show.release`.

    Parameters
    ----------
    made
        What `tables` returned.
    rules
        Those the report was made by.
    """
    called = labels.INTERVIEW_TABLES
    return releases.told("return_interviews", authority, made.plain(called), **rules)


def specs(
    rows: pd.DataFrame,
    places: Sequence[str],
    *,
    period_start: pd.Timestamp,
    period_end: pd.Timestamp,
    within_hours: float,
) -> dict[str, Spec]:
    """What every report of a run shows, by the name of the table.

    Parameters
    ----------
    rows
        Typed return interviews, `Extracts.interviews`.
    places
        The districts that have reports. One without a return has noughts in every table.
    period_start, period_end
        First and last day.
    within_hours
        The limit, in hours from the return.
    """
    span = {"period_start": period_start, "period_end": period_end}
    by = ["district"]
    back = interviews.returned(rows, **span)
    told = interviews.states(back, as_at=period_end, within_hours=within_hours)
    steps = interviews.cascade(back, told, within_hours=within_hours)
    placed = interviews.cascade(back, told, within_hours=within_hours, by=by)
    begun = missing.begun(rows, **span)
    every = sorted({*places, *back["district"]} - {ALL})
    return {
        "cascade": interview_specs.cascade(_filled(placed, every, steps[["step", "name", "of"]])),
        "episodes": interview_specs.episodes(interviews.episodes(rows, **span)),
        "reasons": interview_specs.reasons(_reasons(back, every)),
        "shared": interview_specs.shared(
            _filled(interview_use.placed_by_others(back, by=by), every, pd.DataFrame(index=[0]))
        ),
        "repeated": interview_specs.repeated(missing.repeated(begun)),
    }


def _filled(found: pd.DataFrame, every: Sequence[str], rows: pd.DataFrame) -> pd.DataFrame:
    """Each of some rows for every district, and the whole last; what nobody was is nought."""
    made = pd.DataFrame({"district": [*every, ALL]}).merge(rows, how="cross")
    made = made.merge(found, on=list(made.columns), how="left")
    counts = [*interviews.COUNTS, "known"]
    return made.assign(**made[counts].fillna(0).astype("int64"))


def _reasons(back: pd.DataFrame, every: Sequence[str]) -> pd.DataFrame:
    found = interview_use.reasons(back, by=["district"])
    bases = found.groupby("district")[["held", "recorded"]].first()
    reasons = sorted(set(found["reason"]) - {NOT_RECORDED})
    grid = pd.MultiIndex.from_product([[*every, ALL], reasons], names=["district", "reason"])
    number = found.set_index(["district", "reason"])["interviews"].reindex(grid, fill_value=0)
    made = number.reset_index()
    for name in ("held", "recorded"):
        made[name] = made["district"].map(bases[name]).fillna(0).astype("int64")
    made = shares.share(made, "interviews", "held")
    return shares.share(made, "interviews", "recorded", suffix="_of_recorded")


def _in_order(found: pd.DataFrame) -> pd.DataFrame:
    """Most often first, and what is not shown last by name, so that the order tells nothing."""
    return found.sort_values(
        ["district", "interviews", "reason"],
        ascending=[True, False, True],
        na_position="last",
        ignore_index=True,
    )


def at(found: pd.DataFrame, district: str) -> pd.DataFrame:
    """The rows of one place, or of the whole: "all"."""
    return found[found["district"] == district].drop(columns="district").reset_index(drop=True)


def in_time(found: pd.DataFrame) -> pd.DataFrame:
    """Interviews held in time by district, of those held: `counted` and `base`, for a funnel.

    Parameters
    ----------
    found
        The table "cascade" of `tables`. A district that shows a nought for interviews held is
        left out; one whose number is withheld is not.
    """
    chosen = (found["name"] == "held_in_time") & (found["of"] == GROUPS["held"])
    chosen &= (found["district"] != ALL) & (found["base"] != 0).fillna(True).astype("bool")
    return found[chosen].reset_index(drop=True)
