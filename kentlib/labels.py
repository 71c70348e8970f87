"""What the columns of the child-level tables are called, and how they are written."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kentlib.shares import ALL

SHARE = {"share": "Share", "low": "interval from", "high": "to"}

FORMATS = {
    "share": "{:.1%}",
    "low": "{:.1%}",
    "high": "{:.1%}",
    "share_at_most": "{:.1%}",
    "share_of_known": "{:.1%}",
    "share_of_recorded": "{:.1%}",
    "share_of_all": "{:.1%}",
    "share_of_ended": "{:.1%}",
    "share_of_children": "{:.1%}",
    "share_of_episodes": "{:.1%}",
    "share_of_looked_after": "{:.1%}",
    "difference": "{:+.1%}",
    "difference_low": "{:+.1%}",
    "difference_high": "{:+.1%}",
    "value": "{:.1%}",
    "centre": "{:.1%}",
    "lower": "{:.1%}",
    "upper": "{:.1%}",
    "top": "{:.0%}",
    "days": "{:.0f}",
    "middle": "{:.0f}",
    "children": "{:,}",
    "left_care": "{:,}",
    "followed": "{:,}",
    "looked_after": "{:,}",
    "counted": "{:,}",
    "base": "{:,}",
    "episodes": "{:,}",
    "all_episodes": "{:,}",
    "all_children": "{:,}",
    "too_recent": "{:,}",
    "returned": "{:,}",
    "still_open": "{:,}",
    "other": "{:,}",
    "not_applicable": "{:,}",
    "not_recorded": "{:,}",
    "held": "{:,}",
    "interviews": "{:,}",
    "repeated": "{:,}",
}
"""For every column of these tables that is not written as it stands."""

ROUTES = {"route": "How they left", "children": "Children", "left_care": "Left care", **SHARE}
WITHIN = {
    "months": "Months since entry",
    "route": "Home",
    "children": "Had it by then",
    "followed": "Followed so long",
    "too_recent": "Too recent to say",
    **SHARE,
}
BY_AGE = {"age_band": "Age at entry", **WITHIN}
TIMELINESS = {
    "year": "Three years to March",
    "years_covered": "Years in the returns",
    "indicator": "Indicator",
    "children": "Children adopted",
    "left_out": "Without the dates",
    "days": "Mean days",
    "middle": "Median",
    "threshold": "Threshold",
    "meets": "Within it",
}
CHANGED = {
    "year": "Year to March",
    "with_plan": "Had a plan",
    "changed": "Plan changed",
    **SHARE,
    "adopted": "Adopted",
    "share_of_ended": "Changed, of plans ended",
}
MATCHED = {
    "year": "Year of match",
    "matched": "Matched",
    "left_out": "Without the dates",
    "days": "Mean days",
    "middle": "Median",
}
DISTRICT_PLACEMENTS = {
    "district": "District",
    "looked_after": "Looked after",
    "many": "Three or more placements",
    **SHARE,
    "difference": "Against the rest",
    "verdict": "More than chance?",
}
LONG_TERM = {
    "district": "District",
    "long_in_care": "Long in care",
    "cannot_tell": "Cannot be told",
    "settled": "Same placement",
    **SHARE,
}
LINES = {
    "line": "Placement",
    "children": "Children",
    "out_of_area": "Outside the area",
    "not_recorded": "Not recorded",
    **SHARE,
}
RETURNS = {
    "months": "Months since leaving",
    "of": "Of",
    "followed": "Followed so long",
    "too_recent": "Too recent to say",
    "returned": "Came back",
    **SHARE,
}
CASCADE = {
    "step": "Step",
    "of": "As a share of",
    "counted": "Counted",
    "base": "Out of",
    "undecidable": "Cannot be told",
    "not_recorded": "Not recorded",
    "not_applicable": "Not applicable",
    "share": "Share",
    "share_at_most": "at most",
    "share_of_known": "Of those known",
}
PUBLIC_CASCADE = {
    "step": "Step",
    "of": "As a share of",
    "counted": "Counted",
    "base": "Out of",
    **SHARE,
}
CURVE = {
    "hours": "Hours since return",
    "at_least": "Seen, at least",
    "at_most": "at most",
    "low": "interval from",
    "high": "to",
    "followed": "Still waiting and followed",
}
MONTHS = {
    "month": "Month",
    "counted": "Counted",
    "base": "Out of",
    "value": "Share",
    "lower": "limit from",
    "upper": "to",
    "rule": "Rule it breaks",
}
DISTRICT_INTERVIEWS = {
    "area": "District",
    "counted": "In time",
    "base": "Interviews",
    "share": "Share",
    "lower": "limit from",
    "upper": "to",
    "signal": "More than chance?",
}
REPEATED = {
    "child_group": "Whose",
    "episodes": "Episodes",
    "children": "Children",
    "repeated": "Went missing repeatedly",
    **SHARE,
}
CONCENTRATION = {
    "top": "Children with most episodes",
    "children": "So many children",
    "episodes": "Their episodes",
    "all_episodes": "Of all",
    "share_of_episodes": "Share of episodes",
}
REASONS = {
    "reason": "Reason recorded",
    "interviews": "Interviews",
    "held": "Of those held",
    **SHARE,
    "share_of_recorded": "Of those with a reason",
}
EXTRACT_HOLDS = {
    "child_group": "Whose",
    "missing_or_away": "Missing or away",
    "returned": "Returned in the year",
    "still_open": "Still open",
    "other": "Other periods",
    "children": "Children",
}
UNACCOMPANIED = {True: "unaccompanied", False: "not unaccompanied"}
BY_GROUP = {"group": "Children", **WITHIN}
DISTRICT = {"district": "District"}
PERMANENCE_TABLES = {
    "routes": (
        "Children who left care in the year, by route",
        {**DISTRICT, "year": "Year", **ROUTES},
    ),
    "homes": (
        "Entries to care followed so many months, and those that led to a permanent home by then",
        {**DISTRICT, **WITHIN},
    ),
    "homes_by_age": ("The same, for any permanent home, by age at entry", {**DISTRICT, **BY_AGE}),
    "homes_by_group": (
        "The same, for any permanent home, unaccompanied children and others",
        {**DISTRICT, **BY_GROUP},
    ),
    "timely": (
        "Children adopted in three years to March, and those whose wait can be worked out",
        {**TIMELINESS, "adopted": "Adopted in the three years"},
    ),
    "waited": (
        "Children adopted in three years to March or waiting at their end, and those who moved in "
        "within 14 months of entering care",
        {
            "year": "Three years to March",
            "in_time": "Moved in within 14 months",
            "too_early": "Too early to say",
            "decided": "It can be said of",
        },
    ),
    "waiting": (
        "Children with a plan for adoption who had not moved in with a family",
        {
            **DISTRICT,
            "waiting": "Waiting",
            "with_order": "With a placement order",
            "matched": "Matched",
            "looked_after": "Looked after",
        },
    ),
    "changed": ("Plans for adoption that were changed, by year", CHANGED),
    "matched": (
        "Children matched with adopters, by year",
        {**MATCHED, "children": "With both dates"},
    ),
    "moved": ("Children with three or more placements in the year", DISTRICT_PLACEMENTS),
    "settled": (
        "Children long in care, and those two years in the same placement",
        {**LONG_TERM, "known": "Can be told", "looked_after": "Looked after"},
    ),
    "fostered": (
        "Children in foster placements, and those matched for the long term",
        {
            **DISTRICT,
            "matched": "Matched for the long term",
            "fostered": "Fostered",
            "looked_after": "Looked after",
        },
    ),
    "returned": (
        "Leavings followed so many months, and those after which the child came back into care",
        {**DISTRICT, **RETURNS, "left": "Left"},
    ),
}
"""What a release calls the tables of the report on permanence, and their columns."""

INTERVIEW_TABLES = {
    "cascade": (
        "Returns that reached each step, as a part of a group",
        {**DISTRICT, "name": "The step's name in the extract", **PUBLIC_CASCADE},
    ),
    "episodes": ("Episodes in the extract", {"group": "Group", **EXTRACT_HOLDS}),
    "reasons": (
        "Reasons recorded at interviews held, several allowed",
        {**DISTRICT, **REASONS, "recorded": "With a reason"},
    ),
    "shared": (
        "Interviews with children placed by others that were shared with the authority",
        {**DISTRICT, "counted": "Shared", "base": "Held"},
    ),
    "repeated": ("Children who went missing repeatedly within days", REPEATED),
}
"""What a release calls the tables of the report on return interviews, and their columns."""

THREE_OR_MORE = "of children had three or more placements"
WAITS = {"A1": "Entering care to moving in", "A2": "Placement order to match"}
CURVE_FORMATS = {
    "hours": "{:.0f}",
    "at_least": "{:.1%}",
    "at_most": "{:.1%}",
    "low": "{:.1%}",
    "high": "{:.1%}",
    "followed": "{:,}",
}
"""Those of `CURVE`, whose times are hours."""


def at(place: str, finding: str) -> str:
    """A finding that does not name its place, with the place before it.

    Examples
    --------
    >>> at("Thanet", "Of 2 returns, 1 led to an interview")
    'Thanet: of 2 returns, 1 led to an interview'
    """
    return f"{place}: {finding[:1].lower()}{finding[1:]}"


def place(authority: str, district: str) -> str:
    """What a report calls the place it is about."""
    return authority if district == ALL else district


def there(columns: Mapping[str, str], table: pd.DataFrame) -> dict[str, str]:
    """The columns of these that a table has: one that is published may have fewer."""
    return {name: called for name, called in columns.items() if name in table}


def follow_up(found: pd.DataFrame) -> pd.Series:
    """The follow-up time and denominator of each row of `returning.returns`, as one label."""
    return found["months"].astype("str") + " months, " + found["of"]
