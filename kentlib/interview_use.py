"""What became of return interviews: why children went missing, and who was told.

Safety plans are a step of the cascade in `kentlib.interviews`; here are the reasons recorded and
the interviews shared with the authorities that placed children in the area.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from kentlib import shares
from kentlib.interviews import YES, step
from kentlib.shares import MIN_BASE, NOT_RECORDED
from kentlib.words import plural

PLACED_BY_OTHERS = "placed by another authority"


def placed_by_others(
    returns: pd.DataFrame, *, by: Sequence[str] = (), min_base: int = MIN_BASE
) -> pd.DataFrame:
    """Interviews of children placed here by other authorities: were they shared with them?

    Parameters
    ----------
    returns
        What `returned` gives. Only children "placed by another authority" are counted.
    by
        [] or ["responsible_authority"].

    Returns
    -------
    As `step`: `counted` is shared, `base` the interviews held.

    Source
    ------
    Kent inspection report 2017, paragraph 86: information was not routinely shared. [S]
    """
    mine = returns[returns["child_group"] == PLACED_BY_OTHERS]
    named = shares.recorded(mine["responsible_authority"]).astype("str")
    mine = mine.assign(responsible_authority=named)
    held = shares.recorded(mine["held"])
    told = pd.DataFrame({"held": held, "shared": shares.recorded(mine["shared_with_authority"])})
    return step(mine, told, "shared", of="held", by=by, min_base=min_base)


def placed_by_others_finding(found: pd.DataFrame) -> str:
    """How many interviews were shared, in a sentence.

    Parameters
    ----------
    found
        `placed_by_others`'s one row, or the same as it may be published: with counts missing,
        and nothing on what is not recorded.
    """
    row = found.iloc[0] if len(found) else None
    if row is not None and (pd.isna(row["base"]) or pd.isna(row["counted"])):
        return (
            "How many interviews with children placed here by other authorities were shared with "
            "those authorities is not published"
        )
    if row is None or pd.isna(row["share"]):
        return (
            "Too few interviews were held with children placed here by other authorities to say "
            "how many were shared with those authorities"
        )
    sentence = (
        f"Of {plural(row['base'], 'interview')} with children placed here by other authorities, "
        f"{row['share']:.0%} were shared with the authority that placed them"
    )
    blank = row.get("not_recorded", 0)
    return sentence if blank == 0 else f"{sentence}; for {blank:,.0f} it is not recorded"


def reasons(
    returns: pd.DataFrame, *, by: Sequence[str] = (), min_base: int = MIN_BASE
) -> pd.DataFrame:
    """Why children said they went missing, with "not recorded" as a class of its own.

    Parameters
    ----------
    returns
        What `returned` gives. Only returns with an interview held are counted.
    by
        Columns to split by, such as ["year"] or ["district"].

    Returns
    -------
    One row per group and reason, most often first and "not recorded" last: `by`, `reason` (its
    code), `interviews` (with that reason; one may have several), `held` (the first denominator)
    with `share`, `low`, `high`, and `recorded` (held with any reason, the second) with
    `share_of_recorded`, `low_of_recorded`, `high_of_recorded`. Compare years on the second:
    better recording raises the first. "Not recorded" has no share of the recorded.

    Source
    ------
    Kent inspection report 2017, paragraphs 26 and 81 [S]; the classes are the extract's own.
    """
    keys = list(by)
    held = returns[shares.recorded(returns["held"]) == YES]
    codes = shares.recorded(held["reasons"]).astype("str").str.split(";")
    rows = held[keys].assign(reason=codes, _row=range(len(held))).explode("reason")
    rows["reason"] = shares.recorded(rows["reason"].str.strip())
    rows = rows.drop_duplicates(["_row", "reason"])
    several = rows["_row"].duplicated(keep=False)
    rows = rows[~(several & (rows["reason"] == NOT_RECORDED))]
    group = [*keys, "reason"]
    whole = "district" if "district" in keys else None
    rows["recorded"] = ~rows["_row"].duplicated() & (rows["reason"] != NOT_RECORDED)
    rows = rows.assign(held=~rows["_row"].duplicated(), interviews=True)
    found = shares.tally(rows, group, ["interviews"], whole=whole)
    bases = shares.tally(rows, keys, ["held", "recorded"], whole=whole)
    found = found.merge(bases, on=keys) if keys else found.merge(bases, how="cross")
    absent = found["reason"] == NOT_RECORDED
    order = found.assign(_absent=absent, _less=-found["interviews"])
    found = found.loc[order.sort_values([*keys, "_absent", "_less"], kind="stable").index]
    found = shares.share(found.reset_index(drop=True), "interviews", "held", min_base=min_base)
    second = found.assign(_base=found["recorded"].mask(found["reason"] == NOT_RECORDED, 0))
    found = shares.share(second, "interviews", "_base", min_base=min_base, suffix="_of_recorded")
    order = [*group, "interviews", "held", "share", "low", "high", "recorded"]
    return found[[*order, "share_of_recorded", "low_of_recorded", "high_of_recorded"]]


def reasons_finding(found: pd.DataFrame) -> str:
    """How well reasons are recorded and which is most common, in a sentence.

    Parameters
    ----------
    found
        `reasons`'s rows of one place, or the same as they may be published: without those not
        recorded, with counts missing, and those shown first.
    """
    if len(found) and found["held"].isna().iloc[0]:
        return "How many interviews were held, and why children went missing, is not published"
    if found.empty or (found["share"].isna() & found["interviews"].notna()).any():
        return "Too few interviews were held to say why children went missing"
    held, known = found["held"].iloc[0], found["recorded"].iloc[0]
    of = f"Of {plural(held, 'interview')} held"
    if pd.isna(known):
        return f"{of}, how many have a reason recorded is not published"
    sentence = f"{of}, {known / held:.0%} have a reason recorded"
    top = found[found["share_of_recorded"].notna()]
    if top.empty:
        return sentence
    top = top.iloc[0]
    most = "most common of those published" if found["interviews"].isna().any() else "most common"
    return f"{sentence}; the {most}, in {top['share_of_recorded']:.0%} of those: {top['reason']}"
