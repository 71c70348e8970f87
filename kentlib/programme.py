"""The single inspection programme in autumn 2016, and the chance of being called next."""

from __future__ import annotations

import pandas as pd

from kentlib.show import day

WEEKS_TO_REPORT = 10
"""From an inspection's first day to its report, roughly."""

COLUMNS = {
    "date": "Date announced",
    "waiting": "Still waiting before it",
    "chance_on_the_day": "Chance on the day",
    "chance_by_then": "Chance by then",
}
"""What the columns of `chances` are called for the reader."""


def announced(metrics: pd.DataFrame) -> pd.Series:
    """The notification dates that Ofsted had announced, in order.

    Parameters
    ----------
    metrics
        The table `inspection_metrics`.
    """
    rows = metrics[metrics["id"].str.startswith("notification_")]
    return rows["as_at"].sort_values(ignore_index=True).rename("date")


def calls_per_date(metrics: pd.DataFrame) -> float:
    """Authorities that each date must call for the programme to end on time.

    Assumes that dates keep coming at the announced dates' mean interval from the first of
    them to the programme's completion date, and that each calls the same number.

    Parameters
    ----------
    metrics
        The table `inspection_metrics`.

    Returns
    -------
    Authorities per date; need not be a whole number.
    """
    dates = announced(metrics)
    apart = (dates.iloc[-1] - dates.iloc[0]) / (len(dates) - 1)
    left = _row(metrics, "programme_completion_date")["as_at"] - dates.iloc[0]
    return float(_row(metrics, "programme_remaining")["value"] / (left // apart + 1))


def chances(metrics: pd.DataFrame, calls: float) -> pd.DataFrame:
    """The chance that one waiting authority is called on each announced date.

    Assumes that every authority still waiting is as likely as any other to be called, and
    that each date calls the same number of them. Ofsted chose neither at random nor evenly,
    so this is what somebody without inside knowledge could say, not a forecast.

    Parameters
    ----------
    metrics
        The table `inspection_metrics`.
    calls
        Authorities called per date; more than 0.

    Returns
    -------
    One row per announced date: `calls_per_date`, `date`, `waiting` (authorities not yet
    called before it), `chance_on_the_day` (for one still waiting) and `chance_by_then`
    (for one waiting at the start), 0 to 1.

    Examples
    --------
    >>> metrics = pd.DataFrame({
    ...     "id": ["notification_a", "notification_b", "programme_remaining"],
    ...     "as_at": pd.to_datetime(["2016-11-14", "2016-11-21", None]),
    ...     "value": [None, None, 4.0]})
    >>> chances(metrics, calls=1)["chance_by_then"].tolist()
    [0.25, 0.5]
    """
    dates = announced(metrics)
    remaining = float(_row(metrics, "programme_remaining")["value"])
    waiting = (remaining - calls * dates.index.to_series()).clip(lower=0)
    called = pd.Series(calls, index=dates.index).clip(upper=waiting)
    return pd.DataFrame(
        {
            "calls_per_date": float(calls),
            "date": dates,
            "waiting": waiting,
            "chance_on_the_day": (called / waiting).where(waiting > 0),
            "chance_by_then": called.cumsum() / remaining,
        }
    )


def sensitivity(metrics: pd.DataFrame, central: float) -> pd.DataFrame:
    """`chances` for half, one and two times as many calls a date as assumed.

    Parameters
    ----------
    metrics
        The table `inspection_metrics`.
    central
        Calls per date, from `calls_per_date`.
    """
    parts = [chances(metrics, central * times) for times in (0.5, 1.0, 2.0)]
    return pd.concat(parts, ignore_index=True)


def finding(
    found: pd.DataFrame, metrics: pd.DataFrame, judgements: pd.DataFrame, authority: str
) -> str:
    """What the announced dates implied for one authority, in a sentence.

    Parameters
    ----------
    found
        What `chances` returns for one value of `calls`.
    metrics, judgements
        The tables `inspection_metrics` and `national_judgements`.
    """
    visited, left = (_row(metrics, f"programme_{i}")["value"] for i in ("visited", "remaining"))
    position = f"In autumn 2016, {visited:.0f} authorities had been visited and {left:.0f} had not"
    if authority not in reported_later(judgements, metrics):
        return f"{position}; {authority} was not among those still waiting"
    last = found.iloc[-1]
    return (
        f"{position}; if each of the {len(found)} dates announced called "
        f"{last['calls_per_date']:g}, the chance of {authority} being called by "
        f"{day(last['date'])} was {last['chance_by_then']:.0%}"
    )


def reported_later(judgements: pd.DataFrame, metrics: pd.DataFrame) -> list[str]:
    """Authorities whose first SIF report came too late for them to have been visited by then.

    A check on the count of authorities still waiting, from Ofsted's own table: an authority
    whose first report came more than `WEEKS_TO_REPORT` weeks after the position was stated
    had not been visited then.

    Parameters
    ----------
    judgements
        The table `national_judgements`.
    metrics
        The table `inspection_metrics`.
    """
    position = _row(metrics, "programme_remaining")["as_at"]
    first = judgements[(judgements["framework"] == "SIF") & (judgements["number"] == 1)]
    later = first[first["published"] > position + pd.Timedelta(weeks=WEEKS_TO_REPORT)]
    return sorted(later["authority"].unique())


def check_sentence(judgements: pd.DataFrame, metrics: pd.DataFrame) -> str:
    """Whether Ofsted's own dates agree with the number still waiting, in a sentence."""
    said = _row(metrics, "programme_remaining")
    dated = len(reported_later(judgements, metrics))
    have = "has" if dated == 1 else "have"
    return (
        f"A check: the report counts {said['value']:.0f} authorities still waiting on "
        f"{day(said['as_at'])}; in Ofsted's table {dated} {have} a first report dated more than "
        f"{WEEKS_TO_REPORT} weeks after that day."
    )


def _row(metrics: pd.DataFrame, name: str) -> pd.Series:
    return metrics.set_index("id").loc[name]
