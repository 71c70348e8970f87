"""The inspection documents that have been transcribed, and whom they are about."""

from __future__ import annotations

import pandas as pd

from kentlib import tables

AUTHORITY = "Kent"
"""The one authority whose inspection report has been transcribed."""


def load(name: str, authority: str) -> pd.DataFrame:
    """A table transcribed from the inspection documents, if they are about this authority.

    Returns
    -------
    The whole table for the authority that the documents are about; for another, the same
    columns without a row.

    Examples
    --------
    >>> len(load("recommendations", "Kent")), len(load("recommendations", "Medway"))
    (16, 0)
    """
    table = tables.load(name)
    return table if authority == AUTHORITY else table.iloc[:0]


def absent(authority: str) -> str:
    """The one line that a section says when it has no narrative to work from."""
    return f"No inspection report on {authority} has been transcribed, so this section stays empty"


def inspections(judged: pd.DataFrame) -> pd.DataFrame:
    """Every inspection in the documents, one row each, in the table's order, for reading.

    Parameters
    ----------
    judged
        The table `kent_judgements`.

    Returns
    -------
    `Inspection`, `Published` (as the source states it) and `Judgements` as published, or "not
    graded".
    """
    # Here, since the check of the parameters imports this module and draws nothing.
    from kentlib.show import day

    graded = judged["grade_as_published"].fillna("not graded")
    said = (judged["aspect"] + ": " + graded).where(judged["grade_as_published"].notna(), graded)
    stated = judged["published_as_stated"].fillna("inspected " + judged["inspected_as_stated"])
    known = judged["published"].notna()
    when = judged["published"].map(day, na_action="ignore").where(known, stated)
    found = (
        judged.assign(said=said, when=when)
        .groupby("inspection", sort=False)
        .agg(
            name=("framework_name", "first"),
            when=("when", "first"),
            said=("said", lambda parts: "; ".join(dict.fromkeys(parts))),
        )
    )
    names = {"name": "Inspection", "when": "Report published", "said": "Judgements as published"}
    return found.reset_index()[list(names)].rename(columns=names)


def inspections_sentence(found: pd.DataFrame, authority: str) -> str:
    """How many inspections the documents name, in a sentence.

    Parameters
    ----------
    found
        What `inspections` returns.
    """
    if found.empty:
        return f"{absent(authority)}."
    ungraded = int((found["Judgements as published"] == "not graded").sum())
    return (
        f"The documents and Ofsted's table name {len(found)} inspections of {authority}; "
        f"{ungraded} of them gave no grade."
    )


def strengths(findings: pd.DataFrame) -> pd.DataFrame:
    """How many of the inspectors' statements on each topic were strengths or weaknesses.

    Summaries repeat what numbered paragraphs say, so these count statements, not matters.

    Parameters
    ----------
    findings
        The table `findings`, or some of its rows.

    Returns
    -------
    One row per topic: `topic`, `strength`, `weakness`, `neutral`, `all`, most findings first.
    """
    counts = pd.crosstab(findings["topic"], findings["direction"])
    counts = counts.reindex(columns=["strength", "weakness", "neutral"], fill_value=0)
    counts["all"] = counts.sum(axis=1)
    order = counts.sort_values(["all", "strength"], ascending=False, kind="stable")
    order.columns.name = None
    return order.reset_index()


def strengths_finding(found: pd.DataFrame, recommendations: pd.DataFrame, authority: str) -> str:
    """Where the criticism fell, in a sentence.

    Parameters
    ----------
    found
        What `strengths` returns.
    recommendations
        The table `recommendations`.
    """
    if found.empty:
        return absent(authority)
    share = found["weakness"] / found["all"]
    worst = found.loc[share.idxmax()]
    to = recommendations["addressed_to"].value_counts()
    return (
        f"Inspectors made {to.sum()} recommendations, {to.get('authority', 0)} to {authority} and "
        f"{to.get('board', 0)} to its board; {worst['topic']} drew the largest share of "
        f"weaknesses ({worst['weakness']} of {worst['all']} statements)"
    )


def behind_grades(
    profile: pd.DataFrame, findings: pd.DataFrame, recommendations: pd.DataFrame
) -> pd.DataFrame:
    """What stands behind each grade: statements of strength and weakness, recommendations.

    Parameters
    ----------
    profile
        What `judgements.profile` returns.
    findings, recommendations
        The tables of those names.

    Returns
    -------
    One row per graded aspect: `aspect`, `grade`, `strength`, `weakness`, `neutral` (counts of
    statements on the topics that `findings` covers) and `recommendations` (their printed
    numbers, apart by commas; missing where there are none).
    """
    counts = pd.crosstab(findings["aspect"], findings["direction"])
    counts = counts.reindex(
        index=profile["aspect"], columns=["strength", "weakness", "neutral"], fill_value=0
    )
    numbers = recommendations["number"].astype("str").groupby(recommendations["aspect"])
    found = profile[["aspect", "grade"]].merge(counts, left_on="aspect", right_index=True)
    return found.assign(recommendations=found["aspect"].map(numbers.agg(", ".join)))


BEHIND_COLUMNS = {
    "aspect": "Judgement",
    "grade": "Grade",
    "strength": "Strengths",
    "weakness": "Weaknesses",
    "neutral": "Neither",
    "recommendations": "Recommendations",
}
RECOMMENDATION_COLUMNS = {
    "number": "No.",
    "addressed_to": "To",
    "recommendation": "Recommendation",
    "aspect": "Behind the grade for",
    "indicators": "What would track it",
}
FINDING_COLUMNS = {
    "topic": "Topic",
    "finding": "Finding",
    "direction": "Direction",
    "quantity_word": "The report's word",
    "paragraph": "Paragraph",
    "page": "Page",
}
"""What the columns of this module's tables are called for the reader."""
