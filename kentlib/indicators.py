"""Published indicators as shares with their counts, intervals and comparators.

The department publishes most measures as a count and a whole-number percentage. A share is
worked out from the two counts where both are published, unless the percentage is the more exact
of the two; where only the percentage is published, the share is that percentage. Intervals and
comparisons allow for the rounding as well as for chance.
"""

from __future__ import annotations

import pandas as pd

from kentlib import comparators, statistics
from kentlib.errors import DataError
from kentlib.once import once_for_each

PUBLISHED_COUNTS = "published counts"
PUBLISHED_PERCENT = "published percentage"
ROUNDED_TO_FIVE = (
    "special_guardianship_number",
    "three_placements_number",
    "care_leavers_number",
    "education_employment_number",
)
"""Counts that the department rounded to the nearest 5 for authorities, until `LAST_ROUNDED`."""

LAST_ROUNDED = 2017

ESTIMATED_FROM = ("looked_after_number", "ceased_number")
"""Counts whose sum stands for a denominator that is not published."""


def values(indicators: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Rows `area`, `year`, `value`, `mark` of one published measure, in year order."""
    rows = indicators[indicators["measure"] == measure]
    if rows.empty:
        known = ", ".join(sorted(indicators["measure"].unique()))
        raise DataError(f"No published measure is called {measure!r}; there are {known}.")
    columns = ["area", "year", "value", "mark"]
    return rows[columns].sort_values(["area", "year"], ignore_index=True)


def shares(indicators: pd.DataFrame, measures: pd.DataFrame, measure: str) -> pd.DataFrame:
    """A published percentage as a share of counts, for every area and year.

    Parameters
    ----------
    indicators, measures
        The tables `published_indicators` and `measures`.
    measure
        A measure whose unit is percent, such as "adopted_percent".

    Returns
    -------
    One row per area and year in which either the percentage or both counts are in the table:
    `area`, `year`, `numerator`, `denominator` (counts; a numerator worked back from a
    percentage has a fraction), `share` (0 to 1), `low`, `high` (95% interval), `rounding` (the
    most by which rounding at the source may have moved the share) and `basis`: "published
    counts", "published percentage", or missing where nothing was published. Where both are,
    the basis is the one that rounding moved less: a small authority's percentage rather than
    a count rounded to 5. A suppressed figure leaves `share` and the interval missing.

    Raises
    ------
    DataError
        The measure is unknown or is not a percentage.

    Source
    ------
    data/measures.yaml: which counts make a percentage, and how a denominator that is not
    published was estimated.
    """
    told = _told(measures, measure)
    wide = _wide(indicators, told)
    percent, count = _column(wide, measure), _column(wide, told["numerator"])
    base = _denominator(wide, told, percent, count)

    rounded = (told["numerator"] in ROUNDED_TO_FIVE) & (wide["year"] <= LAST_ROUNDED)
    of_count = (2.5 / base.where(base > 0)).where(rounded, 0.0)
    of_percent = 0.5 / 10 ** int(told["decimals"]) / 100
    both = count.notna() & base.notna() & (told["denominator_basis"] == "published")
    from_counts = both & ((of_count <= of_percent) | percent.isna())
    share = (count / base).where(from_counts, percent / 100)
    slack = of_count.where(from_counts, of_percent)
    basis = pd.Series(PUBLISHED_PERCENT, index=wide.index).mask(from_counts, PUBLISHED_COUNTS)
    rows = pd.DataFrame(
        {
            "area": wide["area"],
            "year": wide["year"],
            "numerator": count.where(from_counts, share * base),
            "denominator": base,
            "share": share,
            "low": statistics.share_interval((share - slack).clip(lower=0) * base, base)["low"],
            "high": statistics.share_interval((share + slack).clip(upper=1) * base, base)["high"],
            "rounding": slack.where(share.notna()),
            "basis": basis.where(share.notna()),
        }
    )
    return rows[share.notna() | base.notna()].reset_index(drop=True)


def group(found: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """The pooled share of a group of authorities, by year.

    Parameters
    ----------
    found
        What `shares` returns.
    names
        Members. A member without a published figure in a year is left out of that year.

    Returns
    -------
    One row per year: `year`, `numerator`, `denominator`, `share` (pooled: all children
    together, so that large authorities weigh more), `rounding` (of the pooled share, members'
    roundings being independent), `members` (how many were counted) and `left_out`.
    """
    rows = found[found["area"].isin(names)]
    counted = rows.dropna(subset=["numerator", "denominator"])
    moved = (counted["rounding"] * counted["denominator"]) ** 2
    each = counted[["year", "numerator", "denominator"]].assign(rounding=moved, members=1)
    pooled = each.groupby("year").sum().reindex(sorted(rows["year"].unique()))
    pooled["rounding"] = pooled["rounding"] ** 0.5 / pooled["denominator"]
    pooled["members"] = pooled["members"].fillna(0).astype("int64")
    pooled["left_out"] = len(names) - pooled["members"]
    pooled["share"] = pooled["numerator"] / pooled["denominator"]
    return pooled.rename_axis("year").reset_index()


def compare(
    found: pd.DataFrame,
    areas: pd.DataFrame,
    judgements: pd.DataFrame,
    authority: str,
    comparator: str,
    *,
    as_at: pd.Timestamp,
) -> pd.DataFrame:
    """An authority's share beside a comparator group's, year by year, and the difference.

    Parameters
    ----------
    found
        What `shares` returns for one measure.
    areas, judgements
        The tables `areas` and `national_judgements`.
    authority, comparator, as_at
        As in `kentlib.comparators.members`.

    Returns
    -------
    One row per year in which the authority has a figure or a mark: `year`, `numerator`,
    `denominator`, `share`, `low`, `high`, `rounding`, `basis` (the authority's); `comparator` (the
    group's name), `group_share` (as published for England and a region, the authority
    included; pooled for the other groups), `members`, `left_out` (of a pooled group; missing
    for England and a region, whose figure is published whole); then `difference`,
    `difference_low`, `difference_high` and `verdict` from `kentlib.statistics.difference`,
    against the group without the authority, rounding allowed for. Where rounding makes the
    authority larger than the group that counts it, the rest of the group is taken as empty.
    """
    own = found[found["area"] == authority].drop(columns="area").set_index("year")
    names = comparators.areas_of(areas, judgements, authority, comparator, as_at=as_at)
    years = own.index
    if comparators.includes_authority(comparator):
        whole = found[found["area"].isin(names)].set_index("year").reindex(years)
        rest = _without(whole, own)
        whole = whole.assign(members=pd.NA, left_out=pd.NA)
    else:
        rest = whole = group(found, names).set_index("year").reindex(years)
    apart = statistics.difference(
        own["numerator"],
        own["denominator"],
        rest["numerator"],
        rest["denominator"],
        rounding=own["rounding"] + rest["rounding"],
    )
    told = pd.DataFrame(
        {
            "comparator": comparators.label(areas, authority, comparator),
            "group_share": whole["share"],
            "members": whole["members"].astype("Int64"),
            "left_out": whole["left_out"].astype("Int64"),
        }
    )
    apart = apart.rename(columns={"low": "difference_low", "high": "difference_high"})
    return pd.concat([own, told, apart], axis=1).reset_index()


@once_for_each
def compare_all(
    found: pd.DataFrame,
    areas: pd.DataFrame,
    judgements: pd.DataFrame,
    authority: str,
    *,
    as_at: pd.Timestamp,
) -> pd.DataFrame:
    """`compare` with every comparator group, one group after another."""
    parts = [
        compare(found, areas, judgements, authority, comparator, as_at=as_at)
        for comparator in comparators.GROUPS
    ]
    return pd.concat(parts, ignore_index=True)


@once_for_each
def compare_several(
    indicators: pd.DataFrame,
    measures: pd.DataFrame,
    areas: pd.DataFrame,
    judgements: pd.DataFrame,
    authority: str,
    comparator: str,
    steps: dict[str, str],
    *,
    as_at: pd.Timestamp,
) -> dict[str, pd.DataFrame]:
    """`compare` for several measures with one comparator group.

    Parameters
    ----------
    steps
        For each name that a reader sees, the measure: {"Not in touch": "not_in_touch_percent"}.

    Returns
    -------
    For each name, what `compare` returns and the measure's `polarity` ("high" or "low" is
    good, or "none").
    """
    made = {}
    for name, measure in steps.items():
        found = shares(indicators, measures, measure)
        rows = compare(found, areas, judgements, authority, comparator, as_at=as_at)
        made[name] = rows.assign(polarity=_told(measures, measure)["polarity"])
    return made


def in_year(several: dict[str, pd.DataFrame], year: int) -> pd.DataFrame:
    """One year's row of each of several comparisons, its name in the column `what`.

    A measure that was not published for the year has a row with everything else missing.
    """
    parts = []
    for name, rows in several.items():
        row = rows.set_index("year").reindex([year]).reset_index().assign(what=name)
        parts.append(row.astype({"verdict": "str"}) if row["verdict"].isna().all() else row)
    return pd.concat(parts, ignore_index=True)


def several_finding(rows: pd.DataFrame, authority: str, where: str, year: int) -> str:
    """How an authority compares on several measures, in a sentence.

    Parameters
    ----------
    rows
        What `in_year` returns.
    where
        The group's name in a sentence.
    """
    if rows.dropna(subset=["share", "verdict"]).empty:
        return f"In the year to March {year}, nothing was published to compare {authority} with"
    parts = [f"{row['what'].lower()} {_beside(row)}" for _, row in rows.iterrows()]
    return f"In the year to March {year}, {authority} beside {where}: {'; '.join(parts)}"


def _beside(row: pd.Series) -> str:
    """ "13% against 10%, worse by more than chance"."""
    if pd.isna(row["share"]):
        return "not published"
    if pd.isna(row["group_share"]):
        return f"{row['share']:.0%}, nothing to compare with"
    own, other = _percentages(row)
    both = f"{own} against {other}"
    if pd.isna(row["verdict"]):
        return f"{both}, too little published to say whether by chance"
    if row["verdict"] == "no more than chance":
        return f"{both}, no more apart than chance"
    if row["polarity"] == "none":
        return f"{both}, {row['verdict']} by more than chance"
    good = (row["verdict"] == "higher") == (row["polarity"] == "high")
    return f"{both}, {'better' if good else 'worse'} by more than chance"


def several_for_reading(rows: pd.DataFrame, authority: str) -> pd.DataFrame:
    """`for_reading` of what `in_year` returns, a row named by its measure."""
    read = for_reading(rows, authority).drop(columns=["Compared with", "Year to March"])
    read.insert(0, "Measure", rows["what"])
    return read


def headline(authority: str, subject: str, rows: pd.DataFrame, where: str) -> str:
    """The finding of a section: `sentence` for the group that the report compares with.

    Parameters
    ----------
    rows
        One year of `compare_all`.
    where
        The group's name in a sentence, as `comparators.label` gives it.
    """
    row = rows[rows["comparator"] == where]
    if row.empty:
        return f"No share of {subject} was published for {authority}"
    return sentence(authority, subject, row.iloc[0])


def sentence(name: str, subject: str, row: pd.Series, *, decimals: int = 0) -> str:
    """One comparison as a finding.

    Parameters
    ----------
    name
        The authority.
    subject
        What the share is of, to follow "the share of": "children leaving care who were
        adopted".
    row
        One row of `compare`.
    decimals
        Decimal places of the percentages.

    Examples
    --------
    >>> row = pd.Series({"year": 2017, "share": 0.06, "group_share": 0.14,
    ...                  "comparator": "England", "verdict": "lower"})
    >>> print(sentence("Kent", "leavers adopted", row))
    In the year to March 2017, the share of leavers adopted was lower in Kent (6%) than in \
England (14%), by more than chance would give
    """
    year = f"In the year to March {row['year']},"
    if pd.isna(row["share"]):
        return f"{year} no share of {subject} was published for {name}"
    if pd.isna(row["group_share"]):
        return (
            f"{year} the share of {subject} was {row['share']:.{decimals}%} in {name}; "
            f"for {row['comparator']} there is no published figure to compare with"
        )
    own, other = _percentages(row, decimals)
    if pd.isna(row["verdict"]):
        return (
            f"{year} the share of {subject} was {own} in {name} and {other} in "
            f"{row['comparator']}: too little was published to say whether by chance"
        )
    if row["verdict"] == "no more than chance":
        return (
            f"{year} the share of {subject} was {own} in {name} and {other} in "
            f"{row['comparator']}: no more apart than chance would give"
        )
    return (
        f"{year} the share of {subject} was {row['verdict']} in {name} ({own}) than in "
        f"{row['comparator']} ({other}), by more than chance would give"
    )


def _percentages(row: pd.Series, decimals: int = 0) -> tuple[str, str]:
    """Both shares as percentages; with a decimal more where they differ and would not show it."""
    own, other = (f"{row[share]:.{decimals}%}" for share in ("share", "group_share"))
    if own == other and row["verdict"] in ("higher", "lower"):
        return _percentages(row, decimals + 1) if decimals < 3 else (own, other)
    return own, other


def for_reading(compared: pd.DataFrame, authority: str) -> pd.DataFrame:
    """Comparisons with the columns that a reader sees, percentages in points.

    Parameters
    ----------
    compared
        Rows of `compare` or `compare_all`.

    Returns
    -------
    The same rows: the year, the group, the authority's percentage with its interval, the
    group's, how many authorities it was pooled from, the difference in percentage points and
    whether it is more than chance would give.
    """
    return pd.DataFrame(
        {
            "Compared with": compared["comparator"].str.removeprefix("its "),
            "Year to March": compared["year"],
            f"{authority}, %": compared["share"] * 100,
            "interval from": compared["low"] * 100,
            "to": compared["high"] * 100,
            "Group, %": compared["group_share"] * 100,
            "Authorities pooled": compared["members"],
            "Difference from the rest, points": compared["difference"] * 100,
            "More than chance?": compared["verdict"],
        }
    )


READING = {
    "{}, %": "{:.1f}",
    "interval from": "{:.1f}",
    "to": "{:.1f}",
    "Group, %": "{:.1f}",
    "Difference from the rest, points": "{:+.1f}",
}
"""How the columns of `for_reading` are written; {} stands for the authority."""


def formats(authority: str) -> dict[str, str]:
    """How `show.table` writes the columns of `for_reading`."""
    return {column.format(authority): form for column, form in READING.items()}


def _without(whole: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """A published whole less one of its parts: counts, and the rounding of the rest's share."""
    counts = ["numerator", "denominator"]
    rest = (whole[counts] - own[counts]).clip(lower=0)
    rest["numerator"] = rest["numerator"].clip(upper=rest["denominator"])
    moved = whole["rounding"] * whole["denominator"] + own["rounding"] * own["denominator"]
    return rest.assign(rounding=moved / rest["denominator"].where(rest["denominator"] > 0))


def _told(measures: pd.DataFrame, measure: str) -> pd.Series:
    rows = measures[measures["measure"] == measure]
    if rows.empty or rows["unit"].iloc[0] != "percent":
        known = ", ".join(measures.loc[measures["unit"] == "percent", "measure"])
        raise DataError(f"No published percentage is called {measure!r}; there are {known}.")
    return rows.iloc[0]


def _wide(indicators: pd.DataFrame, told: pd.Series) -> pd.DataFrame:
    """`area`, `year` and a column per measure that a percentage is worked out from.

    One row per area and year that any of them has, in their order.
    """
    names = [told["measure"], told["numerator"], told["denominator"]]
    names += ESTIMATED_FROM if _is_estimated(told) else ()
    rows = indicators[indicators["measure"].isin(names)]
    wide = rows.pivot(index=["area", "year"], columns="measure", values="value")
    return wide.astype("float64").reset_index()


def _column(wide: pd.DataFrame, measure: object) -> pd.Series:
    return wide.get(measure, pd.Series(float("nan"), index=wide.index))


def _is_estimated(told: pd.Series) -> bool:
    """Whether the denominator is the sum of the counts `ESTIMATED_FROM`."""
    said = "not published; estimated as looked after at 31 March plus ceased"
    return told["denominator_basis"].startswith(said)


def _denominator(
    wide: pd.DataFrame, told: pd.Series, percent: pd.Series, count: pd.Series
) -> pd.Series:
    basis = told["denominator_basis"]
    if pd.notna(told["denominator"]):
        return _column(wide, told["denominator"])
    if basis == "implied by the published count and percentage":
        return (count / (percent / 100)).where(percent > 0).round()
    if _is_estimated(told):
        return sum(_column(wide, measure) for measure in ESTIMATED_FROM)
    return _column(wide, None)
