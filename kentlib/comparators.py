"""Whom an authority is compared with: England, its region, its neighbours, the well judged."""

from __future__ import annotations

import pandas as pd

from kentlib.errors import DataError

ENGLAND = "England"
REGION = "region"
NEIGHBOURS = "statistical neighbours"
GOOD = "good or outstanding"
GROUPS = (ENGLAND, REGION, NEIGHBOURS, GOOD)
"""What the parameter `comparator` may be."""

WITHOUT_ARTICLE = ("London", "Yorkshire and The Humber")
"""Regions that are named without "the"."""


def label(areas: pd.DataFrame, authority: str, comparator: str) -> str:
    """A comparator group's name in a sentence or a legend: "the South East", "London"."""
    if comparator == ENGLAND:
        return "England"
    if comparator == REGION:
        region = region_of(areas, authority)
        return region if region in WITHOUT_ARTICLE else f"the {region}"
    if comparator == NEIGHBOURS:
        return "its statistical neighbours"
    return "authorities judged good or outstanding"


def members(
    areas: pd.DataFrame,
    judgements: pd.DataFrame,
    authority: str,
    comparator: str,
    *,
    as_at: pd.Timestamp,
) -> list[str]:
    """The authorities in a comparator group, in alphabetical order.

    Parameters
    ----------
    areas, judgements
        The tables `areas` and `national_judgements`.
    authority
        Name as in `areas`. It is never a member of its own group.
    comparator
        One of `GROUPS`.
    as_at
        For "good or outstanding": the group is those whose most recent overall judgement
        published by this day was good or outstanding, whatever the framework. The other
        groups do not depend on it: regions and neighbours are those of today.

    Raises
    ------
    DataError
        The authority or the comparator is not known.

    Source
    ------
    data/areas.yaml (statistical neighbours: the Department for Education's, one edition for
    all years), data/national_judgements.yaml
    """
    everyone = areas[areas["kind"] == "authority"]
    if authority not in set(everyone["name"]):
        raise DataError(f"No authority is called {authority!r} in data/areas.csv.")
    if comparator == ENGLAND:
        found = everyone["name"]
    elif comparator == REGION:
        found = everyone.loc[everyone["region"] == region_of(areas, authority), "name"]
    elif comparator == NEIGHBOURS:
        listed = everyone.set_index("name").at[authority, "statistical_neighbours"]
        found = [] if pd.isna(listed) else listed.split("; ")
    elif comparator == GOOD:
        latest = latest_overall(judgements, as_at=as_at)
        found = latest.loc[latest["scale"] <= 2, "authority"]
    else:
        raise DataError(f"comparator is {comparator!r}; it can be one of {', '.join(GROUPS)}.")
    return sorted(set(found) - {authority})


def areas_of(
    areas: pd.DataFrame,
    judgements: pd.DataFrame,
    authority: str,
    comparator: str,
    *,
    as_at: pd.Timestamp,
) -> list[str]:
    """The areas whose published figures stand for a group: the whole itself, or its members.

    England and a region have published figures of their own, the authority included; the other
    groups are the sum of their members. Parameters as for `members`.
    """
    if comparator == ENGLAND:
        return [ENGLAND]
    if comparator == REGION:
        return [region_of(areas, authority)]
    return members(areas, judgements, authority, comparator, as_at=as_at)


def includes_authority(comparator: str) -> bool:
    """Whether a group's figures, as `areas_of` gives them, count the authority itself."""
    return comparator in (ENGLAND, REGION)


def latest_overall(judgements: pd.DataFrame, *, as_at: pd.Timestamp) -> pd.DataFrame:
    """Each authority's most recent overall judgement published by a day.

    Returns one row per authority that had one: `authority`, `scale` (1 outstanding to 4
    inadequate), `published`.
    """
    overall = judgements[
        (judgements["aspect"] == "overall effectiveness")
        & judgements["scale"].notna()
        & (judgements["published"] <= as_at)
    ]
    in_order = overall.sort_values(["published", "number"])
    latest = in_order.drop_duplicates("authority", keep="last")
    return latest[["authority", "scale", "published"]].sort_values("authority", ignore_index=True)


def region_of(areas: pd.DataFrame, authority: str) -> str:
    """The region of an authority, as `areas` spells it."""
    return areas.set_index("name").at[authority, "region"]
