"""Adoption: how long children waited, against the thresholds of the year, and who still waits.

The scorecard's averages are of children who have been adopted, over three years. They cannot
see who still waits, so beside them stands the share that moved in within 14 months among all
who could have; `kentlib.adoption_plans` has those waiting now and the plans that changed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from kentlib import shares
from kentlib.arrays import Codes, days, groups, in_order, row_of
from kentlib.disclosure import Spec
from kentlib.leaving import care, last_day, only, whole_years, year_ending
from kentlib.shares import MIN_BASE
from kentlib.statistics import LEVEL
from kentlib.words import plural

INDICATORS = {
    "A1": "entering care to moving in with the adoptive family",
    "A2": "the court's authority to place to the match",
    "A10": "entering care to moving in, or to the fostering that became adoption",
}
MOVED_IN = ("A3", "A4", "A5", "A6")
BY_FOSTER_CARER = ("A3", "A5")
WITHIN_MONTHS = 14


def steps(
    adoption: pd.DataFrame, periods: pd.DataFrame, placements: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The steps to adoption with what the period of care adds to them.

    Parameters
    ----------
    adoption, periods, placements
        Tables of `kentlib.histories.History`. Without placements `fostered` is missing.

    Returns
    -------
    One row per row of `adoption`, all of them: its columns, `start` (entry to care; missing
    where the returns began later: left-truncated), `end`, `district`, `unaccompanied`, and
    `fostered`: where the child was adopted by foster carers, the start of the foster placement
    directly before the adoptive one.
    """
    known = care(only(periods, "period", "left_truncated", "district", "unaccompanied"))
    names = ["start", "end", "left_truncated", "district", "unaccompanied"]
    known = _joined(adoption, known, names)
    unseen = known.pop("left_truncated").eq(True)
    known["start"] = known["start"].mask(unseen)
    known["district"] = shares.recorded(known["district"])
    found = pd.concat([adoption.reset_index(drop=True), known], axis=1)
    if placements is None:
        return found.assign(fostered=pd.NaT)
    moves = _joined(adoption, _moves(placements), ["fostered", "by_carer"])
    carer = found["foster_carer"].eq(True) | moves["by_carer"].eq(True)
    return found.assign(fostered=moves["fostered"].where(carer))


def _joined(rows: pd.DataFrame, table: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Columns of a table of one row per period of care for each row, missing where it has none."""
    at = row_of(rows, table)
    found = table[columns].reset_index(drop=True)
    return found.reindex(at).reset_index(drop=True)


def _moves(placements: pd.DataFrame) -> pd.DataFrame:
    """The first move to an adoptive family of each period of care: `child`, `period`, `by_carer`
    (the family fostered the child) and `fostered`, the start of the foster placement before."""
    child, period = groups(placements["child"]), placements["period"].to_numpy("int64")
    order = in_order(child, period, days(placements["start"]))
    child, period = child[order], period[order]
    place = Codes(placements["place"])
    at = np.flatnonzero(place.isin(MOVED_IN)[order])
    before = np.maximum(at - 1, 0)
    same = (at > 0) & (child[at] == child[before]) & (period[at] == period[before])
    started = placements["start"].take(order[before]).reset_index(drop=True)
    foster = [code for code in place.cells.cat.categories if str(code).startswith("U")]
    moves = placements[["child", "period"]].take(order[at]).reset_index(drop=True)
    moves["fostered"] = started.where(same & place.isin(foster)[order[before]])
    moves["by_carer"] = place.isin(BY_FOSTER_CARER)[order[at]]
    return moves[np.append(True, (np.diff(child[at]) != 0) | (np.diff(period[at]) != 0))[: len(at)]]


def waits(told: pd.DataFrame) -> pd.DataFrame:
    """The days of each indicator for each adopted child.

    Parameters
    ----------
    told
        What `steps` returns.

    Returns
    -------
    The rows of adopted children with `A1`, `A10` (from entering care) and `A2` (from the
    placement order to the match; 0 if matched before it), in days, missing where a date they
    need is; and `year` of adoption (ending 31 March). A2 is also missing for a child who was
    not placed before the adoption order, or had no placement or freeing order.
    """
    done = told[told["adopted"].notna()]
    placed = done["moved_in"].notna() & (done["moved_in"] <= done["adopted"])
    first = done["moved_in"].where(done["fostered"].isna(), done["fostered"])
    matched = (done["matched"] - done["order"]).dt.days.clip(lower=0)
    return done.assign(
        A1=(done["moved_in"] - done["start"]).dt.days,
        A2=matched.where(placed),
        A10=(first - done["start"]).dt.days,
        year=year_ending(done["adopted"]).astype("int64"),
    )


def timeliness(
    told: pd.DataFrame,
    thresholds: pd.DataFrame,
    *,
    first_return: pd.Timestamp,
    last_return: pd.Timestamp,
    span: int = 3,
    min_base: int = MIN_BASE,
) -> pd.DataFrame:
    """Mean waits of adopted children, rolling over three years, against the thresholds.

    Parameters
    ----------
    told
        What `steps` returns.
    thresholds
        The table `adoption_thresholds`.
    first_return, last_return
        What the returns cover, from `History`.
    span
        Years in an average, ending with the year it is named by.
    min_base
        Fewest children for an average to be shown.

    Returns
    -------
    One row per year (ending 31 March) and indicator (INDICATORS): `year`, `indicator`,
    `years_covered` (of the span, whole years that the returns cover), `adopted` (children, in
    the span), `left_out` (of them, without the dates it needs), `children` (the denominator),
    `days` (mean) with `low`, `high` (Student's t; chance alone), `middle` (median), `threshold`
    in days and `threshold_year` (the year it was set for: for years after the last one set,
    that one), and `meets` (the mean rounded to a day is not above it; missing without a
    threshold, with too few, or where the span is not wholly covered). A10 is set against no
    threshold.

    Source
    ------
    A1 and A10: Department for Education scorecards, as described by councils [S]. A2:
    http://id.esd.org.uk/metricType/912: zero if matched before authority, excludes children
    not placed before the order and those without one, rounded to the day [S].
    """
    done = waits(told)
    years = whole_years(first_return, last_return)
    rows = []
    for year in years:
        among = done[(done["year"] <= year) & (done["year"] > year - span)]
        covered = min(span, year - years.start + 1)
        for name in INDICATORS:
            days = among[name].dropna().astype("float64")
            rows.append((year, name, covered, len(among), len(among) - len(days), *_mean(days)))
    columns = ["year", "indicator", "years_covered", "adopted", "left_out", "children"]
    found = pd.DataFrame(rows, columns=[*columns, "days", "low", "high", "middle"])
    figures = ["days", "low", "high", "middle"]
    found[figures] = found[figures].astype("float64").where(found["children"] >= min_base)
    found = found.join(_thresholds(found, thresholds))
    known = found["days"].notna() & found["threshold"].notna() & (found["years_covered"] == span)
    meets = (found["days"].round() <= found["threshold"].astype("float64")).astype("boolean")
    return found.assign(meets=meets.where(known))


def latest(found: pd.DataFrame, otherwise: int) -> int:
    """The last year of what `timeliness` returns whose span the returns cover and that has an
    average and a threshold; another where there is none."""
    whole = found[found["days"].notna() & found["meets"].notna()]
    return int(whole["year"].max()) if len(whole) else otherwise


def timeliness_spec(found: pd.DataFrame) -> Spec:
    """What `timeliness` returns of one year, for `kentlib.disclosure`.

    Not of several: the spans of two years overlap, and their difference is a year's children.
    """
    return Spec(
        found,
        ["year", "indicator"],
        {name: f"adopted in the span, {name}" for name in ("adopted", "left_out", "children")},
        repeats={"adopted": ["indicator"]},
        sums={"adopted": ["left_out", "children"]},
        derived=["days", "low", "high", "middle", "meets"],
        kept=["years_covered", "threshold", "threshold_year"],
    )


def timeliness_finding(
    found: pd.DataFrame, authority: str, year: int, *, indicator: str = "A1"
) -> str:
    """A wait against its threshold, in a sentence.

    Parameters
    ----------
    found
        What `timeliness` returns, protected or not.
    """
    rows = found[(found["year"] == year) & (found["indicator"] == indicator)]
    said = INDICATORS[indicator]
    if shares.withheld(rows, "days"):
        return f"How long adopted children of {authority} waited from {said} is not published"
    if rows.empty or pd.isna(rows["days"].iloc[0]):
        return f"Too few children were adopted from {authority}'s care to say how long from {said}"
    row = rows.iloc[0]
    over = "three years" if row["years_covered"] == 3 else plural(row["years_covered"], "year")
    children = plural(row["children"], "adopted child", "adopted children")
    sentence = (
        f"Over the {over} to March {year}, {children} waited {row['days']:,.0f} days on "
        f"average from {said}"
    )
    if pd.isna(row["threshold"]) or pd.isna(row["meets"]):
        return sentence
    of = "" if row["threshold_year"] == year else f" of {row['threshold_year']}, the last one found"
    if row["days"].round() == row["threshold"]:
        return f"{sentence}, exactly the threshold{of}"
    side = "within" if row["meets"] else "above"
    return f"{sentence}, {side} the threshold of {row['threshold']:,.0f} days{of}"


def waited(
    told: pd.DataFrame,
    *,
    first_return: pd.Timestamp,
    last_return: pd.Timestamp,
    months: int = WITHIN_MONTHS,
    span: int = 3,
    min_base: int = MIN_BASE,
) -> pd.DataFrame:
    """The share that moved in within 14 months of entering care, with those still waiting (A3).

    Parameters
    ----------
    told
        What `steps` returns.
    months
        The wait that is counted, in calendar months.

    Returns
    -------
    One row per year (ending 31 March): `year`, `children` (adopted in the span of years, or with
    a plan for adoption and still looked after at its end), `in_time` (moved in within the
    months), `not_in_time`, `too_early` (not moved in, but the months are not over), `unknown`
    (entry not seen), `decided` (in_time and not_in_time: the denominator), `share` in time, `low`,
    `high`, and `share_of_all` (in_time / children), a second denominator.

    Source
    ------
    A3: Department for Education, "number and percentage of children who wait less than 14
    months between entering care and moving in with their adoptive family" [S]; that children
    still waiting are counted with the adopted is how we read its guidance for 2018 [M].
    """
    years = whole_years(first_return, last_return)
    limit = told["start"] + pd.DateOffset(months=months)
    year = year_ending(told["adopted"])
    rows = []
    for ending in years:
        close = last_day(pd.Series([ending])).iloc[0]
        waiting = planned(told, close)
        done = ((year <= ending) & (year > ending - span)).fillna(False).astype("bool")
        among = done | waiting
        moved = told["moved_in"].notna() & (told["moved_in"] <= close)
        in_time = among & moved & (told["moved_in"] < limit)
        unknown = among & told["start"].isna()
        early = among & ~moved & (limit > close)
        late = among & ~in_time & ~unknown & ~early
        rows.append((ending, *(int(part.sum()) for part in (among, in_time, late, early, unknown))))
    columns = ["year", "children", "in_time", "not_in_time", "too_early", "unknown"]
    found = pd.DataFrame(rows, columns=columns)
    found["decided"] = found["in_time"] + found["not_in_time"]
    found = shares.share(found, "in_time", "decided", min_base=min_base)
    enough = found["children"] >= max(min_base, 1)
    return found.assign(share_of_all=(found["in_time"] / found["children"]).where(enough))


def waited_spec(found: pd.DataFrame) -> Spec:
    """What `waited` returns of one year, for `kentlib.disclosure`: see `timeliness_spec`.

    Columns that are not to be shown may be left out first.
    """
    names = ["children", "in_time", "not_in_time", "too_early", "unknown", "decided"]
    counts = {name: f"adopted or waiting, {name}" for name in found if name in names}
    sums = {"decided": ["in_time", "not_in_time"], "children": ["decided", "too_early", "unknown"]}
    return Spec(
        found,
        ["year"],
        counts,
        within={"in_time": "decided"},
        sums={whole: parts for whole, parts in sums.items() if {whole, *parts} <= set(counts)},
        shares={("share", "low", "high"): ("in_time", "decided")}
        | ({"share_of_all": ("in_time", "children")} if "share_of_all" in found else {}),
    )


def waited_finding(found: pd.DataFrame, year: int, *, months: int = WITHIN_MONTHS) -> str:
    """How many moved in soon enough, in a sentence. `found` is what `waited` returns, protected
    or not."""
    rows = found[found["year"] == year]
    if shares.withheld(rows, "share"):
        return (
            f"How many moved in with an adoptive family within {months} months of entering care "
            "is not published"
        )
    if rows.empty or pd.isna(rows["share"].iloc[0]):
        return f"Too few children to say how many moved in within {months} months of entering care"
    row = rows.iloc[0]
    sentence = (
        f"Of {plural(row['decided'], 'child', 'children')} adopted or waiting, {row['share']:.0%} "
        f"moved in with an adoptive family within {months} months of entering care"
    )
    if pd.isna(row["too_early"]):
        return sentence
    return f"{sentence}; for {row['too_early']:,.0f} it is too early to say"


def planned(told: pd.DataFrame, on: pd.Timestamp) -> pd.Series:
    """Whether a child was looked after with a plan for adoption at the end of a day."""
    decided = told["decision"].notna() & (told["decision"] <= on)
    changed = told["decision_reversed"].notna() & (told["decision_reversed"] <= on)
    gone = told["end"].notna() & (told["end"] <= on)
    return decided & ~changed & ~gone


def _mean(days: pd.Series) -> tuple[int, float, float, float, float]:
    """How many, their mean with its interval, and their median."""
    if days.empty:
        return 0, np.nan, np.nan, np.nan, np.nan
    mean, middle = days.mean(), days.median()
    if len(days) < 2:
        return len(days), mean, np.nan, np.nan, middle
    half = stats.t.ppf(0.5 + LEVEL / 2, len(days) - 1) * days.std() / np.sqrt(len(days))
    return len(days), mean, max(mean - half, 0.0), mean + half, middle


def _thresholds(found: pd.DataFrame, thresholds: pd.DataFrame) -> pd.DataFrame:
    """The threshold of each row's indicator and year, or the last one set before it."""
    asked = found["year"].clip(upper=int(thresholds["year"].max()))
    keys = pd.MultiIndex.from_arrays([found["indicator"], asked])
    table = thresholds.astype({"year": "int64"}).set_index(["indicator", "year"])["days"]
    days = pd.Series(table.reindex(keys).to_numpy(), index=found.index).astype("Int64")
    return pd.DataFrame(
        {"threshold": days, "threshold_year": asked.astype("Int64").where(days.notna())}
    )
