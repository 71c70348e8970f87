"""What an authority's own extracts give, beside what was published for the same day.

A difference is not an error by itself: it says where to look before the child-level figures are
trusted for what nobody published.
"""

from __future__ import annotations

import pandas as pd

from kentlib import leaving, out_of_area, returning, stability
from kentlib.extracts import Extracts
from kentlib.permanence import PLACEMENT_LINES, ROUTES

TAKEN_AS = {"special guardianship order": "special guardianship"}
COLUMNS = {
    "figure": "Figure",
    "computed": "From the extracts",
    "published": "Published",
    "as_at": "as at",
    "difference": "Difference",
}
FORMATS = {"computed": "{:,.6g}", "published": "{:,.6g}", "difference": "{:+,.6g}"}
"""What the columns of `beside` are called for the reader, and how they are written."""


def figures(own: Extracts, on: pd.Timestamp) -> pd.Series:
    """The published figures that can be worked out from the extracts, by their id.

    Parameters
    ----------
    own
        What `kentlib.extracts.read` returns.
    on
        The last day measured.

    Returns
    -------
    Values by `id` of the table `inspection_metrics`; a figure is missing from it when the
    table it needs was not among the extracts.
    """
    made: dict[str, float] = {}
    if own.history is not None:
        made |= _from_history(own.history, on)
    if 8 in own.annex_a and len(own.annex_a[8]):
        made |= _from_list_8(own.annex_a[8], on)
    if 9 in own.annex_a and len(own.annex_a[9]):
        made |= _from_list_9(own.annex_a[9])
    return pd.Series(made, dtype="float64")


def beside(made: pd.Series, metrics: pd.DataFrame) -> pd.DataFrame:
    """Computed and published figures with their difference.

    Parameters
    ----------
    made
        What `figures` returns.
    metrics
        The table `inspection_metrics`.

    Returns
    -------
    One row per figure that has both: `figure` (its measure in words), `computed`, `published`,
    `as_at` (the published figure's date) and `difference` (computed less published; a
    percentage is rounded as the published one is before it is compared).
    """
    told = metrics[metrics["id"].isin(made.index) & metrics["value"].notna()]
    computed = told["id"].map(made)
    computed = computed.where(told["unit"] != "percent", computed.round())
    return pd.DataFrame(
        {
            "figure": told["measure"],
            "computed": computed,
            "published": told["value"],
            "as_at": told["as_at"],
            "difference": computed - told["value"],
        }
    ).reset_index(drop=True)


def finding(found: pd.DataFrame, authority: str) -> str:
    """How many figures agree, in a sentence.

    Parameters
    ----------
    found
        What `beside` returns.
    """
    if found.empty:
        return f"No published figure for {authority} can be set beside the extracts"
    same = int((found["difference"] == 0).sum())
    apart = len(found) - same
    return (
        f"Of {len(found)} published figures that the extracts can give, {same} "
        f"{'is' if same == 1 else 'are'} the same and {apart} "
        f"{'differs' if apart == 1 else 'differ'}"
    )


def _from_history(history, on: pd.Timestamp) -> dict[str, float]:
    periods = history.periods
    care = stability.unaccompanied(periods, on=on).iloc[-1]
    left = leaving.routes(periods, period_end=on)
    year = int(leaving.year_ending(pd.Series([on]), on).iloc[0])
    by_route = left[left["year"] == year].set_index("route")["children"]
    back = returning.returned_since(periods, period_end=on).iloc[0]
    moved = stability.in_year(stability.stays(history.placements), periods, on=on).iloc[-1]
    made = {name: by_route.get(TAKEN_AS.get(said, said)) for name, said in ROUTES.items()}
    made["independent_living_12_months"] = by_route.get("independent living")
    return made | {
        "looked_after_total": care["looked_after"],
        "unaccompanied": care["unaccompanied"],
        "ceased_12_months": back["left_care"],
        "returned_12_months": back["returned"],
        "returned_12_months_percent": back["share"] * 100,
        "short_term_stability_percent": moved["share"] * 100,
    }


def _from_list_8(list_8: pd.DataFrame, on: pd.Timestamp) -> dict[str, float]:
    lines = out_of_area.lines(list_8, on=on).set_index("line")
    made = {
        "looked_after_out_of_area": lines.at["all", "out_of_area"],
        "looked_after_out_of_area_percent": lines.at["all", "share"] * 100,
    }
    for name, line in PLACEMENT_LINES.items():
        made[name] = lines.at[line, "children"]
        made[f"{name}_out_of_area"] = lines.at[line, "out_of_area"]
        made[f"{name}_out_of_area_percent"] = lines.at[line, "share"] * 100
    return made


def _from_list_9(list_9: pd.DataFrame) -> dict[str, float]:
    in_touch = list_9[list_9["in_touch"] == "YES"]
    suitable = (in_touch["suitability"] == "suitable").sum()
    return {
        "care_leavers_supported": len(list_9),
        "care_leavers_unaccompanied": (list_9["unaccompanied"] == "yes").sum(),
        "suitable_accommodation_in_touch_percent": 100 * suitable / len(in_touch)
        if len(in_touch)
        else float("nan"),
    }
