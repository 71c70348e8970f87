"""Return home interviews, return by return: from the return to an interview that is used.

Answers have four states: yes, no, not applicable, not recorded. A blank is never read as no and
never leaves a denominator unseen: every share stands on two, all the cases and those whose
answer is known, and both are columns.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from kentlib import interview_times, shares
from kentlib.interview_times import IN_TIME, LATE, NOT_TIMED, UNDECIDABLE, WITHIN_HOURS
from kentlib.shares import MIN_BASE, NOT_RECORDED
from kentlib.words import plural

YES, NO, NOT_APPLICABLE = "yes", "no", "not applicable"

STEPS = {
    "offered": ("interview offered", ("returned", "applicable")),
    "offered_in_time": ("interview offered within {hours:g} hours", ("returned", "offered")),
    "accepted": ("interview accepted", ("returned", "offered")),
    "held": ("interview held", ("returned", "offered")),
    "held_in_time": ("interview held within {hours:g} hours", ("returned", "held")),
    "reasons_recorded": ("reasons recorded", ("returned", "held")),
    "informed_safety_plan": ("safety plan informed", ("returned", "held")),
}
"""The steps of the cascade: what each is called, and the two groups it is a share of."""

GROUPS = {
    "returned": "returns",
    "applicable": "returns for which an interview was applicable",
    "offered": "interviews offered",
    "held": "interviews held",
}

COUNTS = [
    "counted",
    "undecidable",
    "not_timed",
    "not_counted",
    "not_applicable",
    "not_recorded",
    "base",
]


def returned(
    interviews: pd.DataFrame,
    *,
    period_start: pd.Timestamp,
    period_end: pd.Timestamp,
    child_group: str | None = None,
    missing_or_away: str | None = None,
    district: str = shares.ALL,
) -> pd.DataFrame:
    """The missing or away episodes that ended in a period.

    Parameters
    ----------
    interviews
        Typed return interviews, `Extracts.interviews`.
    period_start, period_end
        First and last day; an episode counts by the day of the return.
    child_group
        "looked after", "at home" or "placed by another authority"; all when not given.
    missing_or_away
        "missing" or "away"; both when not given.
    district
        "all", or the one it is about.

    Returns
    -------
    The rows, with `district` as text, none blank, and `month` (its first day). Episodes still
    open are not among them: `episodes` counts those.
    """
    day = interviews["episode_end"].dt.normalize()
    chosen = (day >= period_start.normalize()) & (day <= period_end.normalize())
    if child_group is not None:
        chosen &= interviews["child_group"] == child_group
    if missing_or_away is not None:
        chosen &= interviews["missing_or_away"] == missing_or_away
    place = shares.recorded(interviews["district"]).astype("str")
    if district != shares.ALL:
        chosen &= place == district
    month = day.dt.to_period("M").dt.to_timestamp()
    return interviews.assign(district=place, month=month)[chosen]


def episodes(
    interviews: pd.DataFrame, *, period_start: pd.Timestamp, period_end: pd.Timestamp
) -> pd.DataFrame:
    """What the extract holds, by whose child it is and whether missing or away.

    Returns one row per `child_group` and `missing_or_away`: `returned` in the period, `still_open`
    (begun by its end and not over then), `other` (in other periods, or undated) and `children`
    (with any of the first two).
    """
    day = interviews["episode_end"].dt.normalize()
    back = (day >= period_start) & (day <= period_end)
    begun = interviews["episode_start"].dt.normalize() <= period_end
    still = begun & ~(day <= period_end)
    rows = interviews.assign(
        child_group=shares.recorded(interviews["child_group"]).astype("str"),
        missing_or_away=shares.recorded(interviews["missing_or_away"]).astype("str"),
        returned=back,
        still_open=still,
        other=~back & ~still,
    )
    keys = ["child_group", "missing_or_away"]
    found = shares.tally(rows, keys, ["returned", "still_open", "other"])
    among = rows[back | still].groupby(keys, observed=True)["child_id"].nunique()
    index = pd.MultiIndex.from_frame(found[keys])
    return found.assign(children=among.reindex(index).fillna(0).astype("int64").to_numpy())


def states(
    returns: pd.DataFrame, *, as_at: pd.Timestamp, within_hours: float = WITHIN_HOURS
) -> pd.DataFrame:
    """Each return's state at each step of the cascade.

    Parameters
    ----------
    returns
        What `returned` gives.
    as_at
        The day that the extract tells of. A return so recent that its hours were not over, and
        not yet met, is undecidable, not late.
    within_hours
        The limit, in hours from the return.

    Returns
    -------
    On the index of `returns`, a column per step of STEPS holding "yes", "no", "not applicable",
    "not recorded", "undecidable" (from dates without times) or "not timed" (held or offered,
    but its date is missing or comes before the return). A step that another makes impossible
    (accepted, of an interview not offered) is "not applicable" where it was left blank.
    """
    names = ("offered", "accepted", "held", "informed_safety_plan")
    told = {name: shares.recorded(returns[name]).astype("str") for name in names}
    plan = told["informed_safety_plan"]
    waited = interview_times.ends_of(returns, as_at)
    for name in ("offered", "held"):
        passed = interview_times.hours(returns, name)
        timing = interview_times.timing(passed, within_hours)
        state = timing.mask(timing == IN_TIME, YES).mask(timing == LATE, NO)
        answer = told[name]
        state = state.where(answer == YES, answer)
        told[f"{name}_in_time"] = state.mask((answer == NO) & (waited < within_hours), UNDECIDABLE)
    blank = told["accepted"] == NOT_RECORDED
    never = told["offered"].isin([NO, NOT_APPLICABLE])
    told["accepted"] = told["accepted"].mask(blank & never, NOT_APPLICABLE)
    unheld = told["held"].isin([NO, NOT_APPLICABLE])
    coded = shares.recorded(returns["reasons"]) != NOT_RECORDED
    reasons = pd.Series(NO, index=returns.index, dtype="str").mask(coded, YES)
    reasons = reasons.mask(~coded & (told["held"] == NOT_RECORDED), NOT_RECORDED)
    told["reasons_recorded"] = reasons.mask(unheld, NOT_APPLICABLE)
    told["informed_safety_plan"] = plan.mask((plan == NOT_RECORDED) & unheld, NOT_APPLICABLE)
    return pd.DataFrame({step: told[step] for step in STEPS}, index=returns.index)


def _group(told: pd.DataFrame, name: str) -> pd.Series:
    if name == "returned":
        return pd.Series(True, index=told.index)
    if name == "applicable":
        return told["offered"] != NOT_APPLICABLE
    return told[name] == YES


def step(
    returns: pd.DataFrame,
    told: pd.DataFrame,
    name: str,
    *,
    of: str = "returned",
    by: Sequence[str] = (),
    min_base: int = MIN_BASE,
) -> pd.DataFrame:
    """One step of the cascade as a share of one group, whole or split.

    Parameters
    ----------
    returns, told
        What `returned` and `states` give.
    name
        A step of STEPS.
    of
        A group of GROUPS.
    by
        Columns of `returns` to split by: ["district"] (with the county's rows "all"),
        ["month"], ["child_group"], ["responsible_authority"].

    Returns
    -------
    One row per group: `by`, `counted` (certainly yes), `undecidable`, `not_timed`,
    `not_counted`, `not_applicable`, `not_recorded`, `base` (all of these: the first
    denominator), `share` (counted / base) to `share_at_most` (with undecidable and not timed),
    `low`, `high` (the interval,
    from that of the one to that of the other), `known` (counted and not_counted: the second
    denominator) and `share_of_known`, `low_of_known`, `high_of_known`.
    """
    return _with_shares(_counted(returns, told, name, of=of, by=by), by=by, min_base=min_base)


def _counted(
    returns: pd.DataFrame, told: pd.DataFrame, name: str, *, of: str, by: Sequence[str]
) -> pd.DataFrame:
    """`by`, and how many of a group are in each state at one step."""
    among = _group(told, of)
    state = told.loc[among, name]
    rows = returns.loc[among, list(by)].assign(
        counted=state == YES,
        undecidable=state == UNDECIDABLE,
        not_timed=state == NOT_TIMED,
        not_counted=state == NO,
        not_applicable=state == NOT_APPLICABLE,
        not_recorded=state == NOT_RECORDED,
        base=True,
        known=state.isin([YES, NO]),
    )
    whole = "district" if "district" in by else None
    return shares.tally(rows, by, [*COUNTS, "known"], whole=whole)


def _with_shares(counted: pd.DataFrame, *, by: Sequence[str], min_base: int) -> pd.DataFrame:
    """The counts of `_counted` with the shares that they make, in the order of `step`."""
    found = shares.share(counted, "counted", "base", min_base=min_base)
    found["_most"] = found["counted"] + found["undecidable"] + found["not_timed"]
    most = shares.share(found, "_most", "base", min_base=min_base)
    found["share_at_most"], found["high"] = most["share"], most["high"]
    found = shares.share(found, "counted", "known", min_base=min_base, suffix="_of_known")
    order = [*by, *COUNTS, "share", "share_at_most", "low", "high", "known"]
    return found[[*order, "share_of_known", "low_of_known", "high_of_known"]]


def cascade(
    returns: pd.DataFrame,
    told: pd.DataFrame,
    *,
    within_hours: float = WITHIN_HOURS,
    by: Sequence[str] = (),
    min_base: int = MIN_BASE,
) -> pd.DataFrame:
    """From return to an interview that is used: each step as a share of two groups.

    Parameters
    ----------
    returns, told
        What `returned` and `states` give, for the same `within_hours`.
    by
        As for `step`.

    Returns
    -------
    Two rows per group and step of STEPS: `by`, `step` (in words), `name`, `of` (the group, in
    words), and the columns of `step`. One interview may cover several returns: each it covers
    counts.

    Source
    ------
    data/return_interview_cascade.yaml; the sector's own fields for the states [S]. Guidance says
    completed within 72 hours [S]; some authorities measure the offer, so both are here.
    """
    rows = [(name, of) for name, (_, groups) in STEPS.items() for of in groups]
    counted = [
        _counted(returns, told, name, of=of, by=by).assign(
            step=STEPS[name][0].format(hours=within_hours), name=name, of=GROUPS[of]
        )
        for name, of in rows
    ]
    found = pd.concat(counted, ignore_index=True)
    return _with_shares(found, by=(*by, "step", "name", "of"), min_base=min_base)


def cascade_finding(found: pd.DataFrame, *, within_hours: float = WITHIN_HOURS) -> str:
    """How many returns led to an interview in time, in a sentence.

    Parameters
    ----------
    found
        What `cascade` returns of one place, or the same as it may be published: with counts
        missing, no upper bound, and nothing on what is not recorded.
    """
    rows = found[found["of"] == GROUPS["returned"]].set_index("name")
    held, timely = rows.loc["held"], rows.loc["held_in_time"]
    if pd.isna(held["base"]):
        return "How many returns led to an interview is not published"
    of = plural(held["base"], "return")
    if pd.isna(held["share"]):
        if pd.notna(held["counted"]):
            return f"{of}, too few to say how many led to an interview"
        return f"Of {of}, how many led to an interview is not published"
    sentence = f"Of {of}, {held['share']:.0%} led to an interview"
    within = f"to one within {within_hours:g} hours"
    said = _share_said(timely)
    sentence += f" and {said} {within}" if said else f"; how many {within} is not published"
    blank = held.get("not_recorded", 0)
    return sentence if blank == 0 else f"{sentence}; for {blank:,.0f} nothing is recorded"


def _share_said(row: pd.Series) -> str | None:
    """The share of a step, with its upper bound if there is one; None if it is missing."""
    if pd.isna(row["share"]):
        return None
    low = f"{row['share']:.0%}"
    if "share_at_most" not in row:
        return f"{low}, for certain,"
    high = f"{row['share_at_most']:.0%}"
    return low if low == high else f"between {low} and {high}"


def months(
    returns: pd.DataFrame,
    told: pd.DataFrame,
    name: str = "held_in_time",
    *,
    of: str = "returned",
    period_start: pd.Timestamp,
    period_end: pd.Timestamp,
    min_base: int = MIN_BASE,
) -> pd.DataFrame:
    """One step by month, every month of the period in order: data for a control chart.

    Returns the columns of `step` with `month` first; a month without returns has counts of 0
    and no share. `kentlib.variation.p_chart(found, "counted", "base")` or
    `xmr_chart(found, "share")` make the chart. What is charted is what is certain.
    """
    found = step(returns, told, name, of=of, by=["month"], min_base=min_base)
    first = period_start.normalize().replace(day=1)
    every = pd.date_range(first, period_end, freq="MS", name="month")
    found = found.set_index("month").reindex(every).reset_index()
    found[[*COUNTS, "known"]] = found[[*COUNTS, "known"]].fillna(0).astype("int64")
    return found
