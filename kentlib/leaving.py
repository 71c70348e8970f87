"""Leaving care: how many came and went each year, and by which route they left.

Everything here is worked out from the periods of care of `kentlib.histories`. A period that was
nothing but short breaks is left out throughout; an X1 has ended no period there; and a transfer
to another authority (E3) is an end to our record, not an exit from care.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kentlib import shares
from kentlib.arrays import calendar, days, groups, in_order
from kentlib.disclosure import Spec
from kentlib.histories import ROUTES
from kentlib.shares import MIN_BASE, NOT_RECORDED
from kentlib.words import plural

TRANSFERRED = "transferred"
EXITS = [route for route in ROUTES if route not in (TRANSFERRED, NOT_RECORDED)] + [NOT_RECORDED]
"""The routes out of care, in the order they are shown; a transfer is not one of them."""

LEGAL_ROUTES = ("adopted", "special guardianship", "child arrangements")
PERMANENT = (*LEGAL_ROUTES, "returned home", "lived with relatives")
"""Routes to a permanent home: by a court's order, or back with the family."""

_MONTH, _DAY = 3, 31
_NEVER = 9999


def year_ending(dates: pd.Series, period_end: pd.Timestamp | None = None) -> pd.Series:
    """The year each date falls in, named by the calendar year in which that year ends.

    Parameters
    ----------
    dates
        Days; a missing one has no year.
    period_end
        Years end on its day and month; 31 March, as in the return, when not given.

    Returns
    -------
    `Int64`.

    Examples
    --------
    >>> days = pd.Series(pd.to_datetime(["2017-03-06", "2017-03-07", "2017-04-01"]))
    >>> year_ending(days).tolist()
    [2017, 2017, 2018]
    >>> year_ending(days, pd.Timestamp("2017-03-06")).tolist()
    [2017, 2018, 2018]
    """
    month, day = (period_end.month, period_end.day) if period_end else (_MONTH, _DAY)
    year, date, known = calendar(dates)
    ending = pd.arrays.IntegerArray(year + (date > month * 100 + day), ~known)
    return pd.Series(ending, index=dates.index, name=dates.name)


def last_day(years: pd.Series, period_end: pd.Timestamp | None = None) -> pd.Series:
    """The last day of each year that `year_ending` names."""
    month, day = (period_end.month, period_end.day) if period_end else (_MONTH, _DAY)
    whole = pd.to_datetime(pd.DataFrame({"year": years.astype("int64"), "month": month, "day": 1}))
    return whole + pd.to_timedelta(np.minimum(day, whole.dt.days_in_month) - 1, unit="D")


def whole_years(
    first_return: pd.Timestamp, last_return: pd.Timestamp, period_end: pd.Timestamp | None = None
) -> range:
    """The years, as `year_ending` names them, that the returns cover from first day to last.

    Examples
    --------
    >>> whole_years(pd.Timestamp("2014-04-01"), pd.Timestamp("2017-03-30"))
    range(2015, 2017)
    """
    day_before = first_return - pd.Timedelta(days=1)
    years = year_ending(pd.Series([day_before, last_return]), period_end).astype("int64")
    incomplete = last_day(years, period_end).iloc[1] > last_return
    return range(int(years[0]) + 1, int(years[1]) + (not incomplete))


def age(born: pd.Series, on: pd.Series | pd.Timestamp) -> pd.Series:
    """Whole years lived by a day; missing where either date is, or birth comes after.

    Counted by birthdays: days / 365.25 puts some children on the wrong side of their 18th.

    Examples
    --------
    >>> born = pd.Series(pd.to_datetime(["2000-02-29", "1999-03-31", "1999-04-01"]))
    >>> age(born, pd.Timestamp("2017-03-31")).tolist()
    [17, 18, 17]
    """
    year, date, known = calendar(born)
    if isinstance(on, pd.Timestamp):
        then, today = on.year, on.month * 100 + on.day
    else:
        then, today, _ = calendar(on)
    lived = known & (born <= on).to_numpy()
    whole = pd.arrays.IntegerArray(np.where(lived, then - year - (today < date), 0), ~lived)
    return pd.Series(whole, index=born.index)


def care(periods: pd.DataFrame) -> pd.DataFrame:
    """The periods that count: not short breaks only, with district as text, none blank."""
    if "short_break" in periods:
        brief = periods["short_break"].astype("bool")
        periods = periods[~brief] if brief.any() else periods
    told = {}
    if "route" in periods:
        route = shares.recorded(periods["route"].astype("category"))
        told["route"] = route.mask(periods["end"].isna())
    if "district" in periods:
        told["district"] = shares.recorded(periods["district"])
    return periods.assign(**told)


def only(periods: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The periods with the columns that tell who left when, how, and those asked for."""
    needed = dict.fromkeys(["child", "start", "end", "route", "short_break", *columns])
    return periods[[name for name in periods if name in needed]]


def looked_after(
    periods: pd.DataFrame, on: pd.Timestamp, columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """The periods open at the end of a day: one row per child then looked after.

    A period that ends on the day is not open: its last night was the one before. Should a child
    have two, the later counts. With `columns`, no others are carried along.
    """
    held = (periods["start"] <= on) & ~(periods["end"] <= on)
    if "short_break" in periods:
        held &= ~periods["short_break"].astype("bool")
    rows = np.flatnonzero(held.to_numpy())
    rows = rows[np.argsort(periods["start"].to_numpy()[rows], kind="stable")]
    rows = rows[~periods["child"].take(rows).duplicated(keep="last").to_numpy()]
    return care((periods if columns is None else periods[list(columns)]).take(rows))


def leavings(periods: pd.DataFrame, *, period_end: pd.Timestamp | None = None) -> pd.DataFrame:
    """One leaving per child and year, as the department counts them.

    Parameters
    ----------
    periods
        `History.periods`.
    period_end
        Years end on its day and month; 31 March when not given.

    Returns
    -------
    One row per child and year in which the child left care: the columns of `periods` and
    `year`. A child who left twice in a year has the last of the two only; a transfer is not a
    leaving, whether it came first or last.

    Source
    ------
    DfE, local authority interactive tool, "% of LAC Adopted": "only the last ceasing in the
    year". [S] Transfers left out: E3 is not an exit. [S]
    """
    counted = care(periods)
    left = counted[_left(counted)]
    left = left.assign(year=year_ending(left["end"], period_end).astype("int64"))
    return left.take(_last_of_year(left)).sort_index()


def _left(counted: pd.DataFrame) -> pd.Series:
    """Whether a period ended, and not by transfer."""
    return counted["end"].notna() & (counted["route"] != TRANSFERRED)


def _last_of_year(left: pd.DataFrame) -> np.ndarray:
    """Where each child's last leaving of each year stands."""
    order = in_order(days(left["end"]), days(left["start"]))
    once = (groups(left["child"]) * _NEVER + left["year"].to_numpy())[order]
    return np.sort(order[~pd.Series(once).duplicated(keep="last").to_numpy()])


def routes(
    periods: pd.DataFrame,
    *,
    by: Sequence[str] = (),
    period_end: pd.Timestamp | None = None,
    min_base: int = MIN_BASE,
) -> pd.DataFrame:
    """How children left care, by year: each route's share of all who left.

    Parameters
    ----------
    periods
        `History.periods`.
    by
        Columns of `periods` to split by: ["district"], ["unaccompanied"] or both.
    period_end
        Years end on its day and month; 31 March when not given.

    Returns
    -------
    One row per group, year and route: `by`, `year`, `route` (all of EXITS, also those that
    nobody took), `children`, `left_care` (the denominator: children who left in the year),
    `share` with `low` and `high`. With a district, the whole is in the rows "all".

    Source
    ------
    DfE, local authority interactive tool: adopted E11 and E12, special guardianship E43 to E48,
    both as a share of children who ceased to be looked after in the year. [S]
    """
    left = leavings(only(periods, *by), period_end=period_end)
    keys = [*by, "year"]
    rows = left.groupby([*keys, "route"], observed=True).size().reset_index(name="left_care")
    taken = {route: rows["left_care"].where(rows["route"] == route, 0) for route in EXITS}
    rows = rows.assign(**taken)
    whole = "district" if "district" in keys else None
    wide = shares.tally(rows, keys, ["left_care", *EXITS], whole=whole)
    long = shares.lengthened(wide, EXITS, name="route", value="children")
    made = shares.share(long, "children", "left_care", min_base=min_base)
    return made[[*keys, "route", "children", "left_care", "share", "low", "high"]]


def routes_spec(found: pd.DataFrame) -> Spec:
    """What `routes` returns, for `kentlib.disclosure`: the routes add up to all who left."""
    return Spec(
        found,
        [name for name in found if name in ("district", "unaccompanied", "year", "route")],
        {"children": "leavers", "left_care": "leavers"},
        repeats={"left_care": ["route"]},
        shares={("share", "low", "high"): ("children", "left_care")},
    )


def routes_finding(found: pd.DataFrame, authority: str, year: int) -> str:
    """How many left care in a year and by which routes most, in a sentence.

    Parameters
    ----------
    found
        What `routes` returns, or its rows for one group, protected or not. Of withheld counts
        it says nothing, and calls no route the most common that a withheld one could exceed.
    """
    rows = found[found["year"] == year]
    if rows["left_care"].isna().any():
        return f"How many left {authority}'s care in the year to {year} is not published"
    if rows.empty or rows["left_care"].iloc[0] == 0:
        return f"Nobody left {authority}'s care in the year to {year}"
    left = int(rows["left_care"].iloc[0])
    own = (
        f"In the year ending in {year}, {plural(left, 'child', 'children')} left {authority}'s care"
    )
    if rows["share"].isna().all():
        return f"{own}, too few to say by which routes"
    told = []
    by = rows.set_index("route")
    legal = by.loc[list(LEGAL_ROUTES), "children"]
    if legal.notna().all():
        told.append(
            f"{int(legal.sum()) / left:.0%} to adoption, special guardianship or a child "
            "arrangements order"
        )
    most = rows.loc[rows["children"].idxmax()]
    if rows["children"].notna().all() or most["children"] > left - rows["children"].sum():
        told.append(f"the most common route was {most['route']} ({most['share']:.0%})")
    return f"{own}: {'; '.join(told)}" if told else f"{own}; by which routes is published in part"


def counts(
    periods: pd.DataFrame,
    *,
    first_return: pd.Timestamp,
    last_return: pd.Timestamp,
    by_district: bool = False,
    period_end: pd.Timestamp | None = None,
) -> pd.DataFrame:
    """Entries and exits by year, and how many were looked after before and after.

    Parameters
    ----------
    periods
        `History.periods`.
    first_return, last_return
        What the returns cover, from `History`. The years are those that end within them; a
        year that they cover only in part is not shown.
    by_district
        Split by district, with the county's rows "all".
    period_end
        Years end on its day and month; 31 March when not given.

    Returns
    -------
    One row per year (and district): `year`, `before` (looked after when the year began),
    `started` (periods begun), `ended` (periods ended, not by transfer), `transferred`,
    `after` (looked after when it ended), so that before + started - ended - transferred =
    after; and `entries`, `exits`: children, once a year each.

    Source
    ------
    DfE counts a child once a year, at the last ceasing [S] and at the first start [M]. A
    left-truncated history began before the returns and is no entry.
    """
    counted = care(only(periods, "left_truncated", "district"))
    keys = ["year", "district"] if by_district else ["year"]
    years = whole_years(first_return, last_return, period_end)
    started, ended = (year_ending(counted[name], period_end) for name in ("start", "end"))
    unseen = counted["left_truncated"].astype("bool")
    # Whoever was already in care when first seen belongs to the stock of that year.
    unseen = unseen.to_numpy()
    since = started.to_numpy("int64") - unseen
    until = ended.fillna(_NEVER).to_numpy("int64")
    moved = (counted["route"] == TRANSFERRED).to_numpy()
    child = groups(counted["child"])
    begun = np.flatnonzero(~unseen)
    begun = begun[in_order(days(counted["start"])[begun])]
    entry, leaving = np.zeros((2, len(counted)), dtype="bool")
    entry[begun[~pd.Series((child * _NEVER + since)[begun]).duplicated().to_numpy()]] = True
    left = np.flatnonzero(_left(counted))
    gone = counted[["child", "start", "end"]].take(left).assign(year=until[left])
    leaving[left[_last_of_year(gone)]] = True
    names = ["before", "started", "ended", "transferred", "after", "entries", "exits"]
    code, districts = pd.factorize(counted["district"])
    made = []
    for year in years:
        came, went = ~unseen & (since == year), until == year
        found = {
            "before": (since < year) & (until >= year),
            "started": came,
            "ended": went & ~moved,
            "transferred": went & moved,
            "after": (since <= year) & (until > year),
            "entries": came & entry,
            "exits": went & leaving,
        }
        found = {
            name: np.bincount(code[part], minlength=len(districts)) for name, part in found.items()
        }
        made.append(pd.DataFrame({"year": year, "district": districts, **found}))
    if not made:
        return pd.DataFrame(columns=[*keys, *names])
    whole = "district" if by_district else None
    return shares.tally(pd.concat(made, ignore_index=True), keys, names, whole=whole)


def counts_finding(found: pd.DataFrame, authority: str) -> str:
    """How entries and exits balanced in the last year, in a sentence.

    Parameters
    ----------
    found
        What `counts` returns, or its rows for one district.
    """
    if found.empty:
        return f"No child of {authority} is in a whole year of returns: too few to say who came"
    row = found.iloc[-1]
    change = int(row["after"] - row["before"])
    said = f"{abs(change):,} {'more' if change > 0 else 'fewer'} were looked after at its end than"
    said = (
        f"{said} at its start" if change else "as many were looked after at its end as at its start"
    )
    came = plural(row["entries"], "child", "children")
    return (
        f"In the year ending in {row['year']}, {came} came into {authority}'s care and "
        f"{row['exits']:,.0f} left it; {said}"
    )
