"""Return home interviews: what was found, what was never published, what an extract must hold.

No national return holds the date of a return interview, so no published figure says whether
children were seen in time. What is published is how many looked-after children went missing.
"""

from __future__ import annotations

import pandas as pd

from kentlib import narrative
from kentlib.words import plural

TOPICS = ("missing", "return interviews")
"""The topics of the table `findings` that this subject covers."""

PLACED_HERE = ("placed_by_other_authorities", "placing_authorities")
"""Figures, outside the theme, on children whose interviews another authority should share."""


GIVEN_COLUMNS = {
    "measure": "Figure",
    "value": "Value",
    "unit": "Unit",
    "as_at": "As at",
    "page": "Page",
    "paragraph": "Paragraph",
}
ABSENT_COLUMNS = {
    "measure": "Figure",
    "no_value_because": "Why there is none",
    "paragraph": "Spoken of in paragraph",
}
CASCADE_COLUMNS = {
    "step": "Step",
    "counts": "Counts",
    "of": "As a share of",
    "needs": "Fields it needs",
    "missing_nationally": "Of them, in no national return",
}
FIELD_COLUMNS = {
    "field": "Field",
    "holds": "Holds",
    "means": "Means",
    "national_return": "National return that asks",
    "note": "To know",
}
"""What the columns of this subject's tables are called for the reader."""


def not_published(metrics: pd.DataFrame) -> pd.DataFrame:
    """The figures on missing children that inspectors did not print.

    Parameters
    ----------
    metrics
        The table `inspection_metrics`.

    Returns
    -------
    One row per figure without a value: `measure`, `unit`, `no_value_because`, `paragraph`.
    """
    rows = metrics[(metrics["theme"] == "missing") & metrics["no_value_because"].notna()]
    return rows[["measure", "unit", "no_value_because", "paragraph"]].reset_index(drop=True)


def published(metrics: pd.DataFrame) -> pd.DataFrame:
    """The figures that inspectors did print on missing children and those placed by others.

    Returns one row per figure: `measure`, `value`, `unit`, `as_at`, `page`, `paragraph`.
    """
    about = (metrics["theme"] == "missing") | metrics["id"].isin(PLACED_HERE)
    rows = metrics[about & metrics["value"].notna()]
    columns = ["measure", "value", "unit", "as_at", "page", "paragraph"]
    return rows[columns].reset_index(drop=True)


def publication_finding(found: pd.DataFrame, absent: pd.DataFrame, authority: str) -> str:
    """How much was and was not published, in a sentence.

    Parameters
    ----------
    found, absent
        What `published` and `not_published` return.
    """
    if found.empty and absent.empty:
        return narrative.absent(authority)
    interviews = absent["measure"].str.contains("interview", case=False).sum()
    return (
        f"The report prints {plural(len(found), 'figure')} on children missing or "
        f"placed by others and leaves {len(absent)} unsaid, {interviews} of them about return "
        "interviews"
    )


def inspectors(findings: pd.DataFrame) -> pd.DataFrame:
    """What inspectors said on missing children and return interviews, in the report's order.

    Parameters
    ----------
    findings
        The table `findings`.

    Returns
    -------
    Its rows on these topics, all columns.
    """
    return findings[findings["topic"].isin(TOPICS)].reset_index(drop=True)


def inspectors_finding(found: pd.DataFrame, authority: str) -> str:
    """How the inspectors' findings weigh, in a sentence.

    Parameters
    ----------
    found
        What `inspectors` returns.
    """
    if found.empty:
        return narrative.absent(authority)
    about = found["topic"] == "return interviews"
    weak = found["direction"] == "weakness"
    said, against = (about & weak).sum(), (weak & ~about).sum()
    return (
        f"Of the inspectors' {plural(about.sum(), 'statement')} on {authority}'s "
        f"return interviews, {said} {'is a weakness' if said == 1 else 'are weaknesses'}, against "
        f"{against} of {(~about).sum()} on children going missing"
    )


def cascade(steps: pd.DataFrame, fields: pd.DataFrame) -> pd.DataFrame:
    """The steps from a child's return to an interview that is used, and what each one needs.

    Parameters
    ----------
    steps, fields
        The tables `return_interview_cascade` and `return_interview_fields`.

    Returns
    -------
    One row per step, in order: `step`, `counts` (what is counted), `of` (its denominators),
    `needs` (the fields), `held_nationally` (every field it needs is in a national return) and
    `missing_nationally` (the fields that are in none).
    """
    held = set(fields.loc[fields["national_return"].notna(), "field"])
    found = steps.copy()
    needs = found["needs"].str.split("; ")
    absent = needs.map(lambda names: [name for name in names if name not in held])
    found["held_nationally"] = absent.map(len) == 0
    found["missing_nationally"] = absent.map("; ".join)
    return found[["step", "counts", "of", "needs", "held_nationally", "missing_nationally"]]


def cascade_finding(found: pd.DataFrame) -> str:
    """What only an authority's own extract can answer, in a sentence.

    Parameters
    ----------
    found
        What `cascade` returns.
    """
    own = found[~found["held_nationally"]]
    return (
        f"{len(own)} of the {len(found)} steps from return to an interview that is used, the "
        "72-hour test among them, can be counted only from an authority's own extract"
        if own["step"].str.contains("72").any()
        else f"{len(own)} of the {len(found)} steps can be counted only from an authority's own "
        "extract"
    )
