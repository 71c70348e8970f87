"""How soon, when for some it has not happened yet: curves that censor and never drop.

A child still looked after has not left by no route, and an interview not yet held is not an
interview that was never held; both say that it took at least so long. These are thin over
statsmodels and give the curves as tables, read at the times asked for.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

from kentlib import statistics
from kentlib.errors import DataError
from kentlib.statistics import LEVEL


def cumulative_incidence(
    time: pd.Series,
    cause: pd.Series,
    *,
    at: Sequence[float],
    causes: Sequence[str],
    level: float = LEVEL,
) -> pd.DataFrame:
    """The share that has ended by each cause, since the start, where causes compete.

    Parameters
    ----------
    time
        How long each was followed, 0 or more: to its end, or to the last day it was seen.
    cause
        What ended it, one of `causes`; missing where it had not ended (censored, not dropped).
    at
        Times to read the curves at, in the unit of `time`.
    causes
        All causes there can be, in order.

    Returns
    -------
    One row per cause and time: `cause`, `at`, `share` (0 to 1) with `low` and `high`,
    `started` (all), `followed` (still going and watched beyond that time) and `known` (ended
    by then, or followed). After the last time anybody was followed `share` is missing while
    some are censored: the curve is not drawn on as if it were flat. At any time the shares of
    all causes and of those still going sum to 1.

    Raises
    ------
    DataError
        `cause` holds one that is not among `causes`: it would be read as still going on.

    Source
    ------
    Aalen and Johansen; statsmodels `CumIncidenceRight`. The interval is that of log(-log
    share), which stays within 0 and 1; where the share is 0 or 1 it is Wilson's, of `known`.
    """
    at, causes = np.asarray(list(at), dtype="float64"), list(causes)
    times = time.to_numpy("float64")
    status = _numbered(cause, causes)
    ended = status > 0
    started = len(times)
    later = started - np.searchsorted(np.sort(times), at, side="right")
    known = later + np.searchsorted(np.sort(times[ended]), at, side="right")
    shares = np.zeros((len(causes), len(at)))
    errors = np.zeros((len(causes), len(at)))
    if ended.any():
        with np.errstate(divide="ignore", invalid="ignore"):
            curve = CumIncidenceRight(times, status)
        step = np.searchsorted(curve.times, at, side="right")
        for number, (value, error) in enumerate(zip(curve.cinc, curve.cinc_se, strict=True)):
            shares[number] = np.r_[0.0, value][step]
            errors[number] = np.r_[0.0, error][step]
    # All have ended, nobody is censored: the curve is flat from there on, and known to be so.
    seen = (later > 0) | (known == started)
    made = pd.DataFrame(
        {
            "cause": np.repeat(causes, len(at)),
            "at": np.tile(at, len(causes)),
            "share": np.where(seen & (started > 0), shares, np.nan).ravel(),
            "error": errors.ravel(),
            "started": started,
            "followed": np.tile(later, len(causes)),
            "known": np.tile(known, len(causes)),
        }
    )
    return _with_limits(made, level)


def _numbered(cause: pd.Series, causes: list[str]) -> np.ndarray:
    """Each cause as its place among all of them, from 1; 0 where there is none."""
    if cause.isna().all():
        return np.zeros(len(cause), dtype="int64")
    coded = cause.astype("category")
    strange = sorted(set(coded.cat.remove_unused_categories().cat.categories) - set(causes))
    if strange:
        raise DataError(f"cause holds {strange}; it can be one of {causes}.")
    return coded.cat.set_categories(causes).cat.codes.to_numpy("int64") + 1


def survival(
    time: pd.Series,
    happened: pd.Series,
    *,
    at: Sequence[float],
    level: float = LEVEL,
) -> pd.DataFrame:
    """The share to whom it has not happened yet, since the start.

    Parameters
    ----------
    time
        How long each was followed: to the event, or to the last moment it was seen.
    happened
        Whether the event ended it; false is censored, not dropped.
    at
        Times to read the curve at, in the unit of `time`.

    Returns
    -------
    One row per time: `at`, `share` (of those waiting, 0 to 1) with `low`, `high`, `started`,
    `followed`, `known`. As for `cumulative_incidence`.

    Source
    ------
    Kaplan and Meier, with Greenwood's error; statsmodels `SurvfuncRight`.
    """
    at = np.asarray(list(at), dtype="float64")
    times, event = time.to_numpy("float64"), happened.to_numpy(bool)
    started = len(times)
    later = started - np.searchsorted(np.sort(times), at, side="right")
    known = later + np.searchsorted(np.sort(times[event]), at, side="right")
    share, error = np.ones(len(at)), np.zeros(len(at))
    if event.any():
        with np.errstate(divide="ignore", invalid="ignore"):
            curve = SurvfuncRight(times, event.astype("int64"))
        step = np.searchsorted(curve.surv_times, at, side="right")
        share = np.r_[1.0, curve.surv_prob][step]
        error = np.r_[0.0, curve.surv_prob_se][step]
    seen = ((later > 0) | (known == started)) & (started > 0)
    made = pd.DataFrame(
        {
            "at": at,
            "share": np.where(seen, share, np.nan),
            "error": error,
            "started": started,
            "followed": later,
            "known": known,
        }
    )
    return _with_limits(made, level)


def _with_limits(made: pd.DataFrame, level: float) -> pd.DataFrame:
    """Limits of a share from its standard error, within 0 and 1; Wilson's at the ends."""
    share, error = made["share"], made["error"]
    inside = (share > 0) & (share < 1) & np.isfinite(error) & (error > 0)
    safe = share.where(inside, 0.5)
    width = stats.norm.ppf(0.5 + level / 2) * error.where(inside, 0.0)
    power = np.exp(width / (safe * -np.log(safe)))
    wilson = statistics.share_interval(
        (share * made["known"]).clip(0, made["known"]), made["known"], level=level
    )
    low = (safe**power).where(inside, wilson["low"])
    high = (safe ** (1 / power)).where(inside, wilson["high"])
    order = [name for name in ("cause", "at", "share") if name in made]
    made = made.assign(low=low.where(share.notna()), high=high.where(share.notna()))
    return made[[*order, "low", "high", "started", "followed", "known"]]
