"""How long after a child's return the interview was offered or held, as far as can be known.

Hours are hours that passed: nights, weekends and bank holidays count, and a night on which the
clocks change is an hour shorter or longer. Where a record holds a date without a time, the hours
lie between two bounds, and so does every share made from them: two dates up to 2 days apart are
certainly within 72 hours, 3 apart cannot be decided, 4 or more are certainly late.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kentlib import curves
from kentlib.shares import MIN_BASE
from kentlib.words import plural

WITHIN_HOURS = 72
EVENTS = {"offered": "offered", "held": "held"}
"""What can be timed: the interview's offer, and the interview; with the field of each."""

IN_TIME, LATE, UNDECIDABLE, NOT_TIMED = "in time", "late", "undecidable", "not timed"
_ZONE = "Europe/London"


def hours(interviews: pd.DataFrame, event: str) -> pd.DataFrame:
    """Hours from return to an event, as bounds.

    Parameters
    ----------
    interviews
        Typed return interviews: `episode_end`, `<event>_at` and, for each, `<field>_has_time`.
    event
        "offered" or "held".

    Returns
    -------
    On the index of `interviews`: `least` and `most` hours (equal where both have times), and
    `over` (more than `least`, not as much). Missing where either date is, and where the event
    came before the return even at most: such dates say nothing about how long it took.

    Examples
    --------
    >>> days = pd.DataFrame({
    ...     "episode_end": pd.to_datetime(["2017-05-01 00:00", "2017-05-01 09:00"]),
    ...     "held_at": pd.to_datetime(["2017-05-04 00:00", "2017-05-04 09:00"]),
    ...     "episode_end_has_time": [False, True], "held_at_has_time": [False, True]})
    >>> hours(days, "held").values.tolist()
    [[48.0, 96.0, True], [72.0, 72.0, False]]
    """
    field = f"{EVENTS[event]}_at"
    from_first, from_last = _bounds(interviews["episode_end"], interviews["episode_end_has_time"])
    to_first, to_last = _bounds(interviews[field], interviews[f"{field}_has_time"])
    least = (to_first - from_last) / pd.Timedelta(hours=1)
    most = (to_last - from_first) / pd.Timedelta(hours=1)
    dated = ~interviews["episode_end_has_time"].astype("bool")
    possible = (most > 0) | ((most == 0) & interviews[f"{field}_has_time"].astype("bool"))
    over = dated & (least >= 0) & possible
    return pd.DataFrame(
        {"least": least.clip(lower=0).where(possible), "most": most.where(possible), "over": over}
    )


def _bounds(dates: pd.Series, has_time: pd.Series) -> tuple[pd.Series, pd.Series]:
    """The first and last moment a date or time can mean, on a clock that never changes."""
    timed = has_time.astype("bool")
    first = dates.where(timed, dates.dt.normalize())
    last = first.where(timed, first + pd.Timedelta(days=1))
    return _steady(first), _steady(last)


def _steady(local: pd.Series) -> pd.Series:
    """Clock times in England as times that run on evenly.

    A time in the hour that comes twice in October is read as the first of the two, one in the
    hour left out in March as its end.
    """
    first = np.ones(len(local), dtype=bool)
    zoned = local.dt.tz_localize(_ZONE, ambiguous=first, nonexistent="shift_forward")
    return zoned.dt.tz_convert("UTC").dt.tz_localize(None)


def timing(passed: pd.DataFrame, within_hours: float = WITHIN_HOURS) -> pd.Series:
    """Whether each event came within some hours of the return.

    Parameters
    ----------
    passed
        What `hours` returns.

    Returns
    -------
    "in time" (certainly), "late" (certainly), "undecidable" (the dates allow both) or "not
    timed" (a date is missing, or the event comes before the return).
    """
    told = pd.Series(UNDECIDABLE, index=passed.index, dtype="str")
    told = told.mask(passed["most"] <= within_hours, IN_TIME)
    late = (passed["least"] > within_hours) | (passed["over"] & (passed["least"] >= within_hours))
    told = told.mask(late & (passed["most"] > within_hours), LATE)
    return told.mask(passed["most"].isna(), NOT_TIMED)


def ends_of(interviews: pd.DataFrame, as_at: pd.Timestamp) -> pd.Series:
    """Hours that had passed since each return, at most, when the day `as_at` ended."""
    first, _ = _bounds(interviews["episode_end"], interviews["episode_end_has_time"])
    close = _steady(pd.Series([as_at.normalize() + pd.Timedelta(days=1)])).iloc[0]
    return (close - first) / pd.Timedelta(hours=1)


def curve(
    interviews: pd.DataFrame,
    *,
    as_at: pd.Timestamp,
    event: str = "held",
    at: Sequence[float] = tuple(range(0, 24 * 15, 12)),
    min_base: int = MIN_BASE,
) -> pd.DataFrame:
    """How soon after the return children were seen, those not yet seen included.

    Parameters
    ----------
    interviews
        Returns, as `kentlib.interviews.returned` gives them.
    as_at
        The day that the extract tells of: a return with no interview by its end is censored
        then, not dropped and not counted as never.
    event
        "held" or "offered".
    at
        Hours since the return to read the curve at.
    min_base
        Fewest returns still followed (unless all were seen) for a share to be shown.

    Returns
    -------
    One row per time: `hours`, `at_least` and `at_most` (the share seen by then, 0 to 1; equal
    where every record has times), `low` and `high` (the interval, from that of the one to that
    of the other), `returns` (in the curve), `followed` (not yet seen, and watched beyond that
    time), `seen` (of the returns, at any time), and two counts of what is not in the curve:
    `not_applicable` and `not_timed` (seen, but nobody can say when). A return whose interview
    is "not recorded" is in it, as not seen.

    Source
    ------
    Kaplan and Meier, `kentlib.curves.survival`; the measure is ours.
    """
    state = interviews[EVENTS[event]]
    passed = hours(interviews, event)
    happened = (state == "yes") & passed["most"].notna()
    lost = (state == "yes") & passed["most"].isna()
    apart = state == "not applicable"
    waited = ends_of(interviews, as_at)
    used = ~apart & ~lost & (waited >= 0)
    # What the extract says happened after its own last day had not happened by then.
    happened &= used & (passed["least"] <= waited)
    made = {}
    for name, bound in (("at_most", "least"), ("at_least", "most")):
        time = np.minimum(passed[bound].where(happened, waited), waited)
        made[name] = curves.survival(time[used], happened[used], at=at)
    late, early = made["at_least"], made["at_most"]
    found = pd.DataFrame(
        {
            "hours": late["at"],
            "at_least": 1 - late["share"],
            "at_most": 1 - early["share"],
            "low": 1 - late["high"],
            "high": 1 - early["low"],
            "returns": late["started"],
            "followed": late["followed"],
            "seen": int(happened.sum()),
            "not_applicable": int(apart.sum()),
            "not_timed": int((lost & ~apart).sum()),
        }
    )
    enough = (late["followed"] >= min_base) | (late["known"] == late["started"])
    enough &= late["started"] >= max(min_base, 1)
    figures = ["at_least", "at_most", "low", "high"]
    return found.assign(**found[figures].where(enough))


def curve_finding(found: pd.DataFrame, hours_after: float = WITHIN_HOURS) -> str:
    """How many had been seen so long after their return, in a sentence."""
    rows = found[found["hours"] == hours_after]
    if rows.empty or pd.isna(rows["at_least"].iloc[0]):
        return f"Too few returns to say how many children were seen within {hours_after:g} hours"
    row = rows.iloc[0]
    said = (
        f"{row['at_least']:.0%}"
        if f"{row['at_least']:.0%}" == f"{row['at_most']:.0%}"
        else f"between {row['at_least']:.0%} and {row['at_most']:.0%}"
    )
    return (
        f"Of {plural(row['returns'], 'return')}, {said} had led to an interview {hours_after:g} "
        f"hours later, counting those still waiting; {row['seen']:,.0f} led to one at any time"
    )
