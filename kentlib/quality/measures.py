"""The measures that the extracts are for, each with the rows that say too little for it.

What a row must say is the measure's own rule, in the module that makes it. `costs` counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kentlib import adoption, interview_times, interviews, leaving, stability
from kentlib.extracts import Extracts, problems
from kentlib.shares import NOT_RECORDED

EPISODES, INTERVIEWS = "SSDA903 episodes", "Return interviews"
LIST_8, LIST_9 = "Annex A list 8", "Annex A list 9"
PLACED_HERE = "placed by another authority"

EARLIER = "begun before the first return received"
"""The one reason that no mending of the record takes away: it needs returns of earlier years."""

HISTORY = ("decom", "dec", "rec", "rne")
PLACED = (*HISTORY, "place", "place_provider")
RETURNED = ("episode_end", "offered", "held")

Lost = dict[str, "pd.Series | np.ndarray"]
Rows = tuple[int, Lost]


@dataclass(frozen=True)
class Measure:
    """One family of measures.

    Attributes
    ----------
    name, counts
        What it is called for the reader, and what one row of it is.
    needs
        The tables it cannot do without, as `Extracts.received` calls them, each with the columns
        it reads besides the child's identifier.
    look
        Gives, of the extracts on a day, how many rows it could be made from and which of them it
        cannot use, by the reason why. A row has the first reason that fits.
    """

    name: str
    counts: str
    needs: Mapping[str, tuple[str, ...]]
    look: Callable[[Extracts, pd.Timestamp], Rows]


def filled(column: pd.Series) -> pd.Series:
    """Which cells say something; the state "not recorded" does not."""
    return column.notna() & ~column.isin([NOT_RECORDED, ""])


def _refused(own: Extracts, rows: pd.DataFrame, column: str) -> np.ndarray:
    """Rows whose cell in a column was taken out because it could not be right."""
    found = own.problems
    found = found[(found["severity"] == problems.LEFT_OUT) & found["column"].eq(column)]
    places = pd.MultiIndex.from_frame(found[["file", "sheet", "row"]])
    keys = rows[["_file", "_sheet", "_row"]].astype({"_file": "str", "_sheet": "str"})
    return pd.MultiIndex.from_frame(keys).isin(places) & rows[column].isna().to_numpy()


def _left(own: Extracts) -> pd.DataFrame:
    periods = leaving.care(own.history.periods)
    return periods[periods["end"].notna() & (periods["route"] != leaving.TRANSFERRED)]


def _routes(own: Extracts, day: pd.Timestamp) -> Rows:
    left = _left(own)
    unknown = left["route"].eq(leaving.NOT_RECORDED)
    return len(left), {"without a reason for leaving that can be read": unknown}


def _entries(own: Extracts, day: pd.Timestamp) -> Rows:
    periods = leaving.care(own.history.periods)
    unseen = periods["left_truncated"] | (periods["start"] < own.history.first_return)
    return len(periods), {
        EARLIER: unseen,
        "without a reason for leaving": periods["route"].eq(leaving.NOT_RECORDED),
    }


def _adopted(own: Extracts) -> pd.DataFrame:
    history = own.history
    told = adoption.steps(history.adoption, history.periods, history.placements)
    return adoption.waits(told)


def _to_family(own: Extracts, day: pd.Timestamp) -> Rows:
    done = _adopted(own)
    return len(done), {
        EARLIER: done["start"].isna(),
        "without a placement for adoption": done["moved_in"].isna(),
    }


def _to_match(own: Extracts, day: pd.Timestamp) -> Rows:
    done = _adopted(own)
    return len(done), {
        "without a placement or freeing order (by consent, or not recorded)": done["order"].isna(),
        "without a date of match": done["matched"].isna(),
        "not placed before the adoption order": done["A2"].isna(),
    }


def _plans(own: Extracts, day: pd.Timestamp) -> Rows:
    plans = adoption.steps(own.history.adoption, own.history.periods)
    unseen = plans["start"].isna() | (plans["start"] < own.history.first_return)
    undecided = plans["decision"].isna()
    changed = plans["decision_reversed"].notna()
    return len(plans), {
        EARLIER: undecided & unseen,
        "without a decision that the child should be placed": undecided,
        "changed, without a reason": changed & ~filled(plans["reversal_reason"]),
    }


def _moves(own: Extracts, day: pd.Timestamp) -> Rows:
    held = leaving.looked_after(own.history.periods, day)
    lived = own.history.placements
    year = day - pd.DateOffset(years=1)
    during = (lived["start"] <= day) & ~(lived["end"] <= year)
    vague = during & ~(filled(lived["place"]) & filled(lived["provider"]))
    unknown = held["child"].isin(lived.loc[vague, "child"])
    return len(held), {"with a placement in the year that has no kind or provider": unknown}


def _settled(own: Extracts, day: pd.Timestamp) -> Rows:
    made = stability.stays(own.history.placements)
    found = stability.long_term(made, own.history.periods, on=day)
    if found.empty:
        return 0, {}
    told = found[["long_in_care", "cannot_tell", "unclear"]].iloc[0].astype("int64")
    held = leaving.looked_after(own.history.periods, day)
    unborn = int(leaving.age(held["born"], day).isna().sum())
    rows = np.arange(told["long_in_care"] + told["unclear"])
    return len(rows), {
        "with no date of birth that fits": rows < unborn,
        EARLIER: rows < told["unclear"] + told["cannot_tell"],
    }


def _back(own: Extracts, day: pd.Timestamp) -> Rows:
    left = _left(own)
    last = min(day, own.history.last_return)
    followed = left[left["end"] <= last - pd.DateOffset(months=12)]
    return len(followed), {
        "with no date of birth that fits, so under 18 or not": followed["age_end"].isna(),
        "of which no return tells the end": followed["route"].eq(leaving.NOT_RECORDED),
    }


def _outside(own: Extracts, day: pd.Timestamp) -> Rows:
    rows = own.annex_a[8]
    held = rows[(rows["date_started"] <= day) & ~(rows["date_ceased"] <= day)]
    return len(held), {
        "without a location of the placement": ~filled(held["placement_location"]),
        "without a kind of placement": ~filled(held["placement_type"]),
    }


def _leavers(own: Extracts, day: pd.Timestamp) -> Rows:
    rows = own.annex_a[9]
    near = rows["in_touch"].eq("YES")
    return len(rows), {
        "that do not say whether in touch": ~filled(rows["in_touch"]),
        "in touch, without accommodation": near & ~filled(rows["accommodation"]),
        "in touch, without activity": near & ~filled(rows["activity"]),
    }


def _leavers_by_year(own: Extracts, day: pd.Timestamp) -> Rows:
    rows = own.history.leavers
    near = rows["in_touch"].eq("YES")
    return len(rows), {
        "that do not say whether in touch": ~filled(rows["in_touch"]),
        "in touch, without accommodation": near & ~filled(rows["accommodation"]),
        "in touch, without activity": near & ~filled(rows["activity"]),
    }


def _returned(own: Extracts, day: pd.Timestamp) -> tuple[pd.DataFrame, pd.DataFrame]:
    first = own.interviews["episode_end"].min()
    rows = interviews.returned(
        own.interviews, period_start=day if pd.isna(first) else first, period_end=day
    )
    return rows, interviews.states(rows, as_at=day)


def _cascade(own: Extracts, day: pd.Timestamp) -> Rows:
    every = own.interviews
    refused = _refused(own, every, "episode_end")
    rows = every[refused | (every["episode_end"].dt.normalize() <= day)]
    return len(rows), {
        "whose time of return cannot be right": rows["episode_end"].isna(),
        "that do not say whether an interview was offered": ~filled(rows["offered"]),
        "that do not say whether an interview was held": ~filled(rows["held"]),
    }


def _timely(event: str, what: str) -> Callable[[Extracts, pd.Timestamp], Rows]:
    def look(own: Extracts, day: pd.Timestamp) -> Rows:
        rows, told = _returned(own, day)
        done = told[event] == interviews.YES
        state = told.loc[done, f"{event}_in_time"]
        wrong = _refused(own, rows[done], f"{event}_at")
        return int(done.sum()), {
            f"{what} before the return, which cannot be right": wrong,
            "without a date": state == interview_times.NOT_TIMED,
            "undecidable, a date without a time of day": state == interview_times.UNDECIDABLE,
        }

    return look


def _of_held(column: str, group: str | None = None) -> Callable[[Extracts, pd.Timestamp], Rows]:
    def look(own: Extracts, day: pd.Timestamp) -> Rows:
        rows, told = _returned(own, day)
        rows = rows[told["held"] == interviews.YES]
        rows = rows if group is None else rows[rows["child_group"] == group]
        return len(rows), {"where nothing is recorded": ~filled(rows[column])}

    return look


def _repeats(own: Extracts, day: pd.Timestamp) -> Rows:
    rows = own.interviews
    rows = rows[~(rows["episode_start"].dt.normalize() > day)]
    return len(rows), {"without a start that can be read": rows["episode_start"].isna()}


def _districts_of_children(own: Extracts, day: pd.Timestamp) -> Rows:
    periods = leaving.care(own.history.periods)
    return len(periods), {"of children without a district": ~filled(periods["district"])}


def _districts_of_returns(own: Extracts, day: pd.Timestamp) -> Rows:
    rows, _ = _returned(own, day)
    known = own.districts["district"].dropna().str.casefold()
    told = filled(rows["district"])
    return len(rows), {
        "without a district": ~told,
        "in a district that the table of districts does not have": told
        & ~rows["district"].str.casefold().isin(known),
    }


MEASURES = (
    Measure("Routes out of care", "leavings", {EPISODES: HISTORY}, _routes),
    Measure("Time to a permanent home", "periods of care", {EPISODES: HISTORY}, _entries),
    Measure(
        "Adoption: from care to the family (A1)",
        "adoptions",
        {EPISODES: (*HISTORY, "place")},
        _to_family,
    ),
    Measure(
        "Adoption: from order to match (A2)",
        "adoptions",
        {EPISODES: (*HISTORY, "place", "ls"), "SSDA903 ad1": ("date_match",)},
        _to_match,
    ),
    Measure(
        "Adoption: waiting, and plans changed",
        "plans",
        {EPISODES: HISTORY, "SSDA903 placedadoption": ("date_placed",)},
        _plans,
    ),
    Measure("Three or more placements", "children looked after", {EPISODES: PLACED}, _moves),
    Measure(
        "Long-term stability",
        "children under 16 and long in care",
        {EPISODES: PLACED, "SSDA903 header": ("dob",)},
        _settled,
    ),
    Measure(
        "Returns to care within a year",
        "leavings a year ago or more",
        {EPISODES: HISTORY, "SSDA903 header": ("dob",)},
        _back,
    ),
    Measure(
        "Living outside the area",
        "children looked after",
        {LIST_8: ("date_started", "placement_location", "placement_type")},
        _outside,
    ),
    Measure(
        "Care leavers now",
        "care leavers",
        {LIST_9: ("in_touch", "accommodation", "activity")},
        _leavers,
    ),
    Measure(
        "Care leavers by year",
        "care leavers, each year",
        # The years are those of the histories, which there are only with episodes.
        {"SSDA903 oc3": ("in_touch", "accom", "activ"), EPISODES: ()},
        _leavers_by_year,
    ),
    Measure("Return interviews step by step", "returns", {INTERVIEWS: RETURNED}, _cascade),
    Measure(
        "Interviews offered in time",
        "interviews offered",
        {INTERVIEWS: ("episode_end", "offered", "offered_at")},
        _timely("offered", "offered"),
    ),
    Measure(
        "Interviews held in time",
        "interviews held",
        {INTERVIEWS: ("episode_end", "held", "held_at")},
        _timely("held", "held"),
    ),
    Measure("Going missing repeatedly", "episodes", {INTERVIEWS: ("episode_start",)}, _repeats),
    Measure(
        "Reasons for going missing",
        "interviews held",
        {INTERVIEWS: ("held", "reasons")},
        _of_held("reasons"),
    ),
    Measure(
        "Safety plans informed",
        "interviews held",
        {INTERVIEWS: ("held", "informed_safety_plan")},
        _of_held("informed_safety_plan"),
    ),
    Measure(
        "Interviews shared with the placing authority",
        "interviews held",
        {INTERVIEWS: ("held", "child_group", "shared_with_authority")},
        _of_held("shared_with_authority", PLACED_HERE),
    ),
    Measure(
        "Districts compared: children in care",
        "periods of care",
        {EPISODES: HISTORY, "Districts": ("district",)},
        _districts_of_children,
    ),
    Measure(
        "Districts compared: return interviews",
        "returns",
        {INTERVIEWS: (*RETURNED, "district"), "Districts": ("district",)},
        _districts_of_returns,
    ),
)
"""Every measure that the other notebooks make from the extracts."""
