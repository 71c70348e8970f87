"""Plans for adoption: who is waiting, which plans changed, and how soon a match was made.

A plan begins with the decision that a child should be placed for adoption. It ends in adoption,
in a decision that the child should not be, or is still going on; all three are counted.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kentlib import curves, shares
from kentlib.adoption import planned
from kentlib.arrays import groups, where
from kentlib.disclosure import Spec
from kentlib.leaving import last_day, looked_after, whole_years, year_ending
from kentlib.shares import MIN_BASE
from kentlib.since_entry import DAYS_A_MONTH
from kentlib.words import listed, plural

REASONS = {
    "RD1": "the child's needs changed",
    "RD2": "the court made no placement order",
    "RD3": "no adopters could be found",
    "RD4": "any other reason",
}
"""Why a child is no longer to be placed for adoption, by its code in the return."""


def waiting(
    told: pd.DataFrame, periods: pd.DataFrame, *, on: pd.Timestamp, min_base: int = MIN_BASE
) -> pd.DataFrame:
    """Children with a plan for adoption who had not moved in with a family on a day.

    Returns
    -------
    One row per district and the rows "all": `district`, `waiting`, `with_order` (placement order
    made), `matched`, `looked_after` (all children in care that day) and `share` of them waiting
    with `low`, `high`; `days` (median days since the decision; missing below `min_base`).

    Source
    ------
    A9, children waiting to be placed for adoption: named in the contents of the Department for
    Education's guidance for 2018, whose text is not among our sources [M].
    """
    held = looked_after(periods, on, ["child", "district"])
    rows = told[["child", "decision", "order", "matched"]]
    rows = rows[planned(told, on) & ~(told["moved_in"] <= on)]
    rows = rows.sort_values("decision", kind="stable")
    at = where(rows["child"], held["child"])
    latest = np.full(len(held), -1)
    latest[at[at >= 0]] = np.flatnonzero(at >= 0)  # the latest decision is written last
    plan = rows.reset_index(drop=True).reindex(latest).set_axis(held.index)
    both = held[["district"]].assign(
        _days=(on - plan["decision"]).dt.days,
        looked_after=True,
        waiting=plan["decision"].notna(),
        with_order=plan["order"] <= on,
        matched=plan["matched"] <= on,
    )
    names = ["looked_after", "waiting", "with_order", "matched"]
    found = shares.tally(both, ["district"], names, whole="district")
    days = both.groupby("district", observed=True)["_days"].median()
    found["days"] = found["district"].astype("str").map(days)
    found.loc[found["district"] == shares.ALL, "days"] = both["_days"].median()
    found["days"] = found["days"].where(found["waiting"] >= min_base)
    found = shares.share(found, "waiting", "looked_after", min_base=min_base)
    return found[
        [
            "district",
            "waiting",
            "with_order",
            "matched",
            "looked_after",
            "share",
            "low",
            "high",
            "days",
        ]
    ]


def waiting_spec(found: pd.DataFrame) -> Spec:
    """What `waiting` returns, for `kentlib.disclosure`."""
    return Spec(
        found,
        ["district"],
        {
            "waiting": "waiting for adopters",
            "with_order": "waiting with a placement order",
            "matched": "waiting and matched",
            "looked_after": "looked after",
        },
        within={"waiting": "looked_after", "with_order": "waiting", "matched": "waiting"},
        shares={("share", "low", "high"): ("waiting", "looked_after")},
        derived=["days"],
    )


def waiting_finding(found: pd.DataFrame, authority: str, *, district: str = shares.ALL) -> str:
    """How many wait for a family, in a sentence. `found` is what `waiting` returns, protected
    or not."""
    rows = found[found["district"] == district]
    where = authority if district == shares.ALL else district
    if rows["waiting"].isna().any():
        return f"How many children of {where} waited for an adoptive family is not published"
    if rows.empty or rows["waiting"].iloc[0] == 0:
        return f"No child of {where} was waiting to move in with an adoptive family"
    row = rows.iloc[0]
    children = plural(row["waiting"], "child", "children")
    sentence = f"{children} of {where} with a plan for adoption had not moved in with a family"
    parts = {"with_order": "with a placement order", "matched": "matched"}
    told = [f"{row[name]:,.0f}{{}} {words}" for name, words in parts.items() if pd.notna(row[name])]
    if told:
        told[0] = told[0].format(" of them")
        sentence = f"{sentence}, {listed(one.format('') for one in told)}"
    if pd.isna(row["days"]):
        return sentence
    return f"{sentence}, half of them for over {row['days']:,.0f} days"


def changed(
    told: pd.DataFrame,
    *,
    first_return: pd.Timestamp,
    last_return: pd.Timestamp,
    min_base: int = MIN_BASE,
) -> pd.DataFrame:
    """Plans for adoption that were changed, by year, on two denominators.

    Parameters
    ----------
    told
        What `kentlib.adoption.steps` returns.
    first_return, last_return
        What the returns cover, from `History`.

    Returns
    -------
    One row per year (ending 31 March): `year`, `changed` (children whose plan was, in the year),
    `with_plan` (with a plan at any time in the year, the first denominator) and `share`, `low`,
    `high` of it; `adopted` in the year, `ended` (changed or adopted: how the plans that ended
    did, the second denominator) and `share_of_ended`, `low_of_ended`, `high_of_ended`.

    Source
    ------
    A5, children for whom the permanence decision has changed away from adoption: named in the
    contents of the Department for Education's guidance for 2018 [S]; denominators ours [M].
    Only the latest decision about a child is known in a period of care.
    """
    rows = []
    reversed_in, adopted_in = (year_ending(told[name]) for name in ("decision_reversed", "adopted"))
    decided = told["decision"].notna()
    over = told[["decision_reversed", "end"]].min(axis=1)
    child = groups(told["child"])
    for year in whole_years(first_return, last_return):
        close = last_day(pd.Series([year])).iloc[0]
        begins = last_day(pd.Series([year - 1])).iloc[0]
        plan = decided & (told["decision"] <= close) & ~(over <= begins)
        lost = decided & reversed_in.eq(year).fillna(False).astype("bool")
        done = decided & adopted_in.eq(year).fillna(False).astype("bool")
        parts = (lost, plan, done, lost | done)
        rows.append((year, *(np.count_nonzero(np.bincount(child[part])) for part in parts)))
    found = pd.DataFrame(rows, columns=["year", "changed", "with_plan", "adopted", "ended"])
    found = shares.share(found, "changed", "with_plan", min_base=min_base)
    return shares.share(found, "changed", "ended", min_base=min_base, suffix="_of_ended")


def changed_spec(found: pd.DataFrame) -> Spec:
    """What `changed` returns, for `kentlib.disclosure`.

    Columns that are not to be shown may be left out first, `adopted` and what goes with it: the
    children adopted in three years running may stand in another table.
    """
    names = ["changed", "with_plan", "adopted", "ended"]
    counts = {name: f"plans, {name}" for name in found if name in names}
    within = {"changed": "with_plan"}
    ratios = {("share", "low", "high"): ("changed", "with_plan")}
    sums = {}
    if "ended" in counts:
        if (found["ended"] == found["changed"] + found["adopted"]).all():
            sums["ended"] = ["changed", "adopted"]
        within |= {"adopted": "with_plan"}
        of_ended = ("share_of_ended", "low_of_ended", "high_of_ended")
        ratios[of_ended] = ("changed", "ended")
    return Spec(found, ["year"], counts, within=within, sums=sums, shares=ratios)


def changed_finding(found: pd.DataFrame, year: int) -> str:
    """How many plans changed in a year, in a sentence. `found` is what `changed` returns."""
    rows = found[found["year"] == year]
    if rows.empty or pd.isna(rows["share_of_ended"].iloc[0]):
        return (
            f"Too few plans for adoption ended in the year to {year} to say how many were changed"
        )
    row = rows.iloc[0]
    return (
        f"Of {plural(row['ended'], 'plan')} for adoption that ended in the year to {year}, "
        f"{row['share_of_ended']:.0%} were changed and the others led to adoption"
    )


def change_reasons(
    told: pd.DataFrame, *, first_return: pd.Timestamp, last_return: pd.Timestamp
) -> pd.DataFrame:
    """Why plans were changed, by year, with "not recorded" as its own class.

    Returns one row per year and reason: `year`, `reason` (REASONS in words), `children` and
    `changed` (all in the year, the denominator).
    """
    lost = told[told["decision_reversed"].notna()]
    said = lost["reversal_reason"].astype("object").map(REASONS)
    rows = pd.DataFrame(
        {
            "year": year_ending(lost["decision_reversed"]).astype("int64"),
            "reason": shares.recorded(said),
        }
    )
    rows = rows[rows["year"].isin(whole_years(first_return, last_return))]
    made = rows.groupby(["year", "reason"]).size().reset_index(name="children")
    return made.assign(changed=made.groupby("year")["children"].transform("sum"))


def decision_to_match(told: pd.DataFrame, *, min_base: int = MIN_BASE) -> pd.DataFrame:
    """Days from the decision to the match, by year of the match.

    Parameters
    ----------
    told
        What `kentlib.adoption.steps` returns.

    Returns
    -------
    One row per year (ending 31 March): `year`, `matched` (children), `left_out` (of them,
    without a decision or with one after the match), `children` (the denominator), `days`
    (mean), `quarter`, `middle`, `three_quarters` (quartiles), missing below `min_base`. Only
    matches are counted, so long waits not yet over are not in it: see `matched_since`.

    Source
    ------
    Ours; the dates are DATE_PLACED and DATE_MATCH of the return [S].
    """
    done = told[told["matched"].notna()]
    days = (done["matched"] - done["decision"]).dt.days.astype("float64")
    days = days.where(days >= 0)
    year = year_ending(done["matched"]).astype("int64").rename("year")
    groups = days.groupby(year)
    found = pd.DataFrame({"matched": groups.size(), "children": groups.count()})
    found.insert(1, "left_out", found["matched"] - found["children"])
    made = {"days": groups.mean(), "quarter": groups.quantile(0.25)}
    made |= {"middle": groups.median(), "three_quarters": groups.quantile(0.75)}
    enough = found["children"] >= min_base
    figures = {name: values.where(enough) for name, values in made.items()}
    return found.assign(**figures).reset_index()


def match_spec(found: pd.DataFrame) -> Spec:
    """What `decision_to_match` returns, for `kentlib.disclosure`."""
    return Spec(
        found,
        ["year"],
        {name: f"matches, {name}" for name in ("matched", "left_out", "children")},
        sums={"matched": ["left_out", "children"]},
        derived=["days", "quarter", "middle", "three_quarters"],
    )


def matched_since(
    told: pd.DataFrame,
    *,
    last_return: pd.Timestamp,
    months: Sequence[int] = tuple(range(0, 25)),
    min_base: int = MIN_BASE,
) -> pd.DataFrame:
    """How soon after the decision children were matched, those not yet matched included.

    Parameters
    ----------
    told
        What `kentlib.adoption.steps` returns.
    last_return
        The last day the returns tell of; who waits then is censored, not dropped.
    months
        Times since the decision, of 30.4 days each.

    Returns
    -------
    One row per outcome and month: `outcome` ("matched", "plan changed", "left care unmatched"),
    `months`, `share`, `low`, `high`, `decided` (decisions), `followed`, `known`. A child placed
    for adoption without a recorded match is taken as matched on that day.

    Source
    ------
    `kentlib.curves.cumulative_incidence`; the measure is ours.
    """
    outcomes = ["matched", "plan changed", "left care unmatched"]
    rows = told[told["decision"].notna() & (told["decision"] <= last_return)]
    match = rows["matched"].fillna(rows["moved_in"])
    dates = pd.DataFrame({0: match, 1: rows["decision_reversed"], 2: rows["end"]}, index=rows.index)
    dates = dates.where(dates <= last_return)
    far = pd.Timestamp("2200-01-01")
    filled = dates.fillna(far)
    first = filled.min(axis=1)
    # The first to happen; a match on the day that the plan ended counts as the match.
    which = np.argmin(filled.to_numpy(), axis=1)
    cause = pd.Series(np.array(outcomes, dtype="object")[which], index=rows.index)
    cause = cause.where(first < far)
    time = (first.where(first < far, last_return) - rows["decision"]).dt.days
    usable = time >= 0
    at = np.asarray(months, dtype="float64") * DAYS_A_MONTH
    curve = curves.cumulative_incidence(time[usable], cause[usable], at=at, causes=outcomes)
    curve["at"] = np.tile(np.asarray(months), len(outcomes))
    names = {"cause": "outcome", "at": "months", "started": "decided"}
    found = curve.rename(columns=names)
    enough = (found["followed"] >= min_base) | (found["known"] == found["decided"])
    enough &= found["decided"] >= max(min_base, 1)
    return found.assign(**found[["share", "low", "high"]].where(enough))


def matched_finding(found: pd.DataFrame, months: int = 12) -> str:
    """How many were matched so long after the decision, in a sentence."""
    rows = found[found["months"] == months].set_index("outcome")["share"]
    if rows.empty or rows.isna().any():
        return f"Too few have been followed for {months} months since the decision to say"
    waits = 1 - rows.sum()
    return (
        f"{months} months after the decision {rows['matched']:.0%} of children had been matched, "
        f"the plan had changed for {rows['plan changed']:.0%} and {waits:.0%} were still waiting"
    )
