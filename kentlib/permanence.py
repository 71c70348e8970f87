"""Permanence as published: who lived where, how children left care, and how that compares.

The inspection's figures are counts that the authority gave inspectors; the department's are
for years ending 31 March. Where both exist both are shown, each with its date.
"""

from __future__ import annotations

import pandas as pd

from kentlib import narrative, statistics
from kentlib.show import day

PLACEMENT_LINES = {
    "foster_families": "foster families",
    "childrens_homes": "residential children's homes",
    "with_parents": "parents",
    "residential_schools": "residential special schools",
}
"""The inspection report's placement lines, by their id in `inspection_metrics`."""

ROUTES = {
    "independent_living_12_months": "moved on to independent living",
    "adoptions_12_months": "adopted",
    "special_guardianship_12_months": "special guardianship order",
}
"""The ways of leaving care that the inspection report counts apart."""


PLACEMENT_COLUMNS = {
    "line": "Placement",
    "children": "Children",
    "out_of_area": "Outside the area",
    "share": "Share outside",
    "low": "interval from",
    "high": "to",
}
SUM_COLUMNS = {
    "total_of": "Total",
    "parts": "Parts printed",
    "sum": "Their sum",
    "published": "Total published",
    "missing": "Not accounted for",
}
ROUTE_COLUMNS = {
    "route": "How they left",
    "children": "Children",
    "share": "Share of leavers",
    "low": "interval from",
    "high": "to",
}
ROUTE_FORMATS = {"children": "{:,}", "share": "{:.1%}", "low": "{:.1%}", "high": "{:.1%}"}
BOTH_COLUMNS = {
    "figure": "Figure",
    "inspection": "Inspection",
    "inspection_as_at": "as at",
    "department": "Department",
    "department_as_at": "as at or year to",
    "difference": "Difference",
    "why": "Why they may differ",
}
BOTH_FORMATS = {"inspection": "{:,.6g}", "department": "{:,.6g}", "difference": "{:+,.6g}"}
COUNT_LINES = {
    "children": "all",
    "others": "all but unaccompanied",
    "unaccompanied": "unaccompanied",
}
LOOKED_AFTER_COLUMNS = {
    "year": "On 31 March",
    "children": "Looked after",
    "unaccompanied": "Unaccompanied",
    "others": "Others",
    "rate": "Rate per 10,000",
    "low": "interval from",
    "high": "to",
    "rate_others": "Rate without unaccompanied",
}
LOOKED_AFTER_FORMATS = {
    "children": "{:,.0f}",
    "unaccompanied": "{:,.0f}",
    "others": "{:,.0f}",
    "rate": "{:.0f}",
    "low": "{:.1f}",
    "high": "{:.1f}",
    "rate_others": "{:.0f}",
}
"""What the columns of this module's tables are called for the reader, and how they are written."""

_HALF = 0.5
"""Rates are published as whole numbers: the most that rounding moves one."""


def placement_lines(metrics: pd.DataFrame) -> pd.DataFrame:
    """Children looked after by placement line, and how many live outside the area.

    Parameters
    ----------
    metrics
        The table `inspection_metrics`.

    Returns
    -------
    One row per line of the report, most children first, then "in no line of the report" (the
    total less the lines); no row without metrics. `line`, `children`, `out_of_area` (counts),
    `share` (out_of_area / children, 0 to 1) with its interval `low`, `high`.
    """
    if metrics.empty:
        return pd.DataFrame(columns=["line", "children", "out_of_area", "share", "low", "high"])
    value = _values(metrics)
    rows = [
        (said, value[name], value[f"{name}_out_of_area"]) for name, said in PLACEMENT_LINES.items()
    ]
    found = pd.DataFrame(rows, columns=["line", "children", "out_of_area"])
    found = found.sort_values("children", ascending=False, kind="stable")
    rest = pd.DataFrame(
        {
            "line": ["in no line of the report"],
            "children": [value["looked_after_total"] - found["children"].sum()],
            "out_of_area": [value["looked_after_out_of_area"] - found["out_of_area"].sum()],
        }
    )
    found = pd.concat([found, rest], ignore_index=True)
    found[["children", "out_of_area"]] = found[["children", "out_of_area"]].astype("int64")
    found["share"] = found["out_of_area"] / found["children"]
    return found.join(statistics.share_interval(found["out_of_area"], found["children"]))


def placement_finding(found: pd.DataFrame, metrics: pd.DataFrame, authority: str) -> str:
    """What the placement lines leave unsaid, in a sentence.

    Parameters
    ----------
    found
        What `placement_lines` returns.
    """
    if found.empty:
        return narrative.absent(authority)
    total = _values(metrics)["looked_after_total"]
    lines, rest = found.iloc[:-1], found.iloc[-1]
    if rest["children"] == 0:
        return f"The report's {len(lines)} placement lines account for all {total:,.0f} children"
    return (
        f"The report's {len(lines)} placement lines add up to {lines['children'].sum():,} of "
        f"{total:,.0f} children looked after; it does not say where the other "
        f"{rest['children']:,} lived"
    )


def sums(metrics: pd.DataFrame) -> pd.DataFrame:
    """The report's totals beside the sum of the parts it prints.

    Returns
    -------
    One row per total: `total_of` (what is counted), `parts` (the parts as a sum), `sum`,
    `published` and `missing` (published less sum).
    """
    if metrics.empty:
        return pd.DataFrame(columns=["total_of", "parts", "sum", "published", "missing"])
    value = _values(metrics)
    sets = {
        "Children looked after": ("looked_after_total", list(PLACEMENT_LINES)),
        "Of them, outside the area": (
            "looked_after_out_of_area",
            [f"{name}_out_of_area" for name in PLACEMENT_LINES],
        ),
        "Children who left care in 12 months": ("ceased_12_months", list(ROUTES)),
    }
    rows = []
    for said, (whole, parts) in sets.items():
        numbers = [int(value[part]) for part in parts]
        text = " + ".join(f"{number:,}" for number in numbers)
        rows.append((said, text, sum(numbers), int(value[whole])))
    found = pd.DataFrame(rows, columns=["total_of", "parts", "sum", "published"])
    return found.assign(missing=found["published"] - found["sum"])


def routes(metrics: pd.DataFrame) -> pd.DataFrame:
    """How children left care in the 12 months before the inspection.

    The report does not say that the adoptions and special guardianship orders it counts are
    among those who left care; both end care, so they are set against the same total here.

    Parameters
    ----------
    metrics
        The table `inspection_metrics`.

    Returns
    -------
    One row per route, most children first, then "route not given": `route`, `children`,
    `left_care` (the denominator), `share` (0 to 1) with its interval `low`, `high`.
    """
    if metrics.empty:
        columns = ["route", "children", "left_care", "share", "low", "high"]
        return pd.DataFrame(columns=columns)
    value = _values(metrics)
    left = int(value["ceased_12_months"])
    found = pd.DataFrame(
        {"route": ROUTES.values(), "children": [int(value[name]) for name in ROUTES]}
    ).sort_values("children", ascending=False, ignore_index=True)
    rest = {"route": "route not given", "children": left - found["children"].sum()}
    found.loc[len(found)] = rest
    found["left_care"] = left
    found["share"] = found["children"] / left
    return found.join(statistics.share_interval(found["children"], found["left_care"]))


def routes_finding(found: pd.DataFrame, metrics: pd.DataFrame, authority: str) -> str:
    """How many left care by the two legal routes to permanence, in a sentence.

    Parameters
    ----------
    found
        What `routes` returns.
    """
    if found.empty:
        return narrative.absent(authority)
    by = found.set_index("route")["children"]
    legal = by["adopted"] + by["special guardianship order"]
    left = found["left_care"].iloc[0]
    when = day(metrics.set_index("id").at["looked_after_total", "as_at"])
    return (
        f"In the year to {when}, {left:,} children left {authority}'s care; the report counts "
        f"{by['adopted']} adoptions and {by['special guardianship order']} special guardianship "
        f"orders, together {legal / left:.0%} of that, and gives {by['route not given']} no route"
    )


def both_sources(
    pairs: pd.DataFrame, metrics: pd.DataFrame, indicators: pd.DataFrame, authority: str
) -> pd.DataFrame:
    """The inspection's figure and the department's, where both exist, each with its date.

    Parameters
    ----------
    pairs
        The table `paired_figures`: which figure of the report answers which measure and year.
    metrics, indicators
        The tables `inspection_metrics` and `published_indicators`.
    authority
        The authority that the report is about.

    Returns
    -------
    One row per pair: `figure`, `unit`, `inspection` and `inspection_as_at`, `department` and
    `department_as_at` (31 March of its year), `difference` (inspection less department) and
    `why` they may differ. A figure the department suppressed is missing.
    """
    told = metrics.set_index("id")
    own = indicators[indicators["area"] == authority]
    values = own.set_index(["measure", "year"])["value"]
    keys = pd.MultiIndex.from_frame(pairs[["measure", "year"]])
    found = pd.DataFrame(
        {
            "figure": pairs["figure"],
            "unit": told["unit"].reindex(pairs["metric"]).to_numpy(),
            "inspection": told["value"].reindex(pairs["metric"]).to_numpy(),
            "inspection_as_at": told["as_at"].reindex(pairs["metric"]).to_numpy(),
            "department": values.reindex(keys).astype("float64").to_numpy(),
            "department_as_at": pd.to_datetime(pairs["year"].astype("str") + "-03-31"),
            "why": pairs["why"],
        }
    )
    found.insert(6, "difference", found["inspection"] - found["department"])
    return found


def both_sources_finding(found: pd.DataFrame, authority: str) -> str:
    """How many figures the two sources agree on, in a sentence.

    The report prints whole numbers, so figures less than half apart are the same.

    Parameters
    ----------
    found
        What `both_sources` returns.
    """
    if found.empty:
        return narrative.absent(authority)
    known = found.dropna(subset="difference")
    same = int((known["difference"].abs() < 0.5).sum())
    return (
        f"Inspectors and the department both give {len(known)} of these figures: {same} the same "
        f"to the whole number, {len(known) - same} different, by date or by definition"
    )


def returns_sentence(metrics: pd.DataFrame) -> str:
    """How many of those who left care came back, in a sentence.

    Parameters
    ----------
    metrics
        The table `inspection_metrics`.
    """
    value = _values(metrics)
    back, left = value["returned_12_months"], value["ceased_12_months"]
    shared = value["multiple_occupation_12_months"]
    return (
        f"Of the {left:,.0f} who left, {back:.0f} ({back / left:.1%}) had come back into care by "
        f"the inspection; {shared:.0f} were care leavers living in houses in multiple occupation. "
        "Both groups left by one of the routes above, which the report does not say."
    )


def looked_after(indicators: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Number and rate of looked-after children by year, with and without unaccompanied children.

    Parameters
    ----------
    indicators
        The table `published_indicators`.
    names
        The areas to add together; one name for one area, England and the regions too.

    Returns
    -------
    One row per year: `year`, `children` looked after at 31 March, `unaccompanied` among them,
    `others` (children less unaccompanied), `population` (tens of thousands of children, as
    `children` and the published rate imply), `rate` per 10,000, `low`, `high` (its interval)
    and `rate_others`, worked out on that population. An area with a suppressed number or rate
    is left out of that year; `unaccompanied` and what needs it are missing in a year when any
    area's was suppressed.

    Source
    ------
    data/measures.yaml. The rate is published as a whole number, so the implied population
    and `rate_others` are good to about half a child per 10,000.
    """
    columns = ["looked_after_number", "looked_after_rate", "unaccompanied_number"]
    rows = indicators[indicators["area"].isin(names) & indicators["measure"].isin(columns)]
    wide = rows.pivot(index=["year", "area"], columns="measure", values="value")
    wide = wide.reindex(columns=columns).astype("float64")
    wide = wide.dropna(subset=["looked_after_number", "looked_after_rate"])
    wide["population"] = wide["looked_after_number"] / wide["looked_after_rate"]
    total = wide.groupby("year").sum(min_count=1)
    some_hidden = wide["unaccompanied_number"].isna().groupby("year").any()
    found = pd.DataFrame(
        {
            "children": total["looked_after_number"],
            "unaccompanied": total["unaccompanied_number"].mask(some_hidden),
            "rate": total["looked_after_number"] / total["population"],
        }
    )
    found["others"] = found["children"] - found["unaccompanied"]
    found["population"] = total["population"]
    found = found.join(statistics.rate_interval(found["children"], total["population"]))
    found["rate_others"] = found["others"] / total["population"]
    order = ["children", "unaccompanied", "others", "population"]
    return found.reset_index()[["year", *order, "rate", "low", "high", "rate_others"]]


def looked_after_finding(
    found: pd.DataFrame,
    other: pd.DataFrame,
    authority: str,
    where: str,
    year: int,
    *,
    counts_authority: bool,
) -> str:
    """How many children were looked after, and how the rate compares, in a sentence.

    Parameters
    ----------
    found, other
        What `looked_after` returns for the authority and for the area it is compared with.
    where
        The name of that area in a sentence.
    counts_authority
        Whether the area's figures count the authority's children as well: the rate shown is
        the whole area's, and the comparison is with the rest of it.
    """
    own = found[found["year"] == year]
    if own.empty or own["children"].isna().all():
        return f"No number of looked-after children was published for {authority} in {year}"
    own = own.iloc[0]
    sentence = f"On 31 March {year}, {authority} looked after {own['children']:,.0f} children"
    if pd.notna(own["unaccompanied"]) and own["children"] > 0:
        alone = own["unaccompanied"] / own["children"]
        few = 0 < alone < 0.005
        sentence += f", {'under 1%' if few else f'{alone:.0%}'} of them unaccompanied"
    if pd.isna(own["rate"]):
        return f"{sentence}; no rate was published"
    sentence += f": {own['rate']:.0f} per 10,000"
    beside = other[other["year"] == year]
    if beside.empty or beside["rate"].isna().all():
        return sentence
    beside = beside.iloc[0]
    rest = beside[["children", "population"]].astype("float64")
    if counts_authority:
        rest = rest - own[["children", "population"]].astype("float64")
    ratio = statistics.rate_ratio(
        *(pd.Series([n]) for n in (own["children"], own["population"], *rest)),
        rounding=_HALF / own["rate"] + _HALF / beside["rate"],
    ).iloc[0]
    if pd.isna(ratio["verdict"]):
        return sentence
    rate = f"{beside['rate']:.0f}"
    if ratio["verdict"] == "no more than chance":
        return f"{sentence}, no more apart from {where} ({rate}) than chance would give"
    side = "above" if ratio["verdict"] == "higher" else "below"
    return f"{sentence}, {side} {where} ({rate}) by more than chance would give"


def _values(metrics: pd.DataFrame) -> pd.Series:
    return metrics.set_index("id")["value"]
