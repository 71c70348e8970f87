"""What the gaps and mistakes in the extracts cost each measure.

A measure that can be made is not made from every row: some say nothing of what it counts. Here
each measure's rows are counted before those are left out, with the reason why, and a measure that
cannot be made at all says what it lacks.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kentlib.extracts import Extracts, problems, specs
from kentlib.extracts.typed import COPY
from kentlib.quality.measures import EARLIER, MEASURES, Lost, Measure, filled
from kentlib.words import plural

MAY_BE_BLANK = ("dec", "rec", "rne", "place_provider")
"""Columns that may say nothing in any row, and the measure still be made."""

TOLD_ELSEWHERE = (
    COPY,
    "another sheet holds this list too",
    "a later return tells it",
    "the same row again",
)
"""Why a row was left out and nothing was lost."""

COLUMNS = {
    "measure": "Measure",
    "counts": "What it counts",
    "rows": "Received",
    "used": "Say enough",
    "left_out": "Say too little",
    "earlier": "Begun too early",
    "share": "Say enough, share",
    "why": "Why not the rest, or what is lacking",
}
PUBLIC_COLUMNS = {"measure": "Measure", "counts": "What it counts", "made": "Can be made"}
FORMATS = {
    "rows": "{:,}",
    "used": "{:,}",
    "left_out": "{:,}",
    "earlier": "{:,}",
    "share": "{:.1%}",
}


def costs(own: Extracts, *, period_end: pd.Timestamp) -> pd.DataFrame:
    """What each measure can be made from, and what it loses.

    Parameters
    ----------
    own
        What was read.
    period_end
        The last day that is measured. All years that were received count, up to it.

    Returns
    -------
    One row per measure of MEASURES: `measure`, `counts` (what a row is), `rows` (received, and
    the measure's to use), `used` (say enough for it), `left_out` (say too little; a measure with
    a class "not recorded" counts them there), `earlier` (begun before the first return, which
    is no fault of the record), `share` (used / rows), `why` (each reason with its number of rows;
    or what is lacking), `not_read` (rows of the tables it needs that the readers left out as
    faulty, in rows of those tables) and `stopped`. The counts are missing for a measure that is
    stopped.

    Source
    ------
    The rules are those of the modules that make the measures: `kentlib.leaving`, `since_entry`,
    `adoption`, `stability`, `returning`, `out_of_area`, `interviews`, `interview_use`, `missing`.
    """
    received = tables(own)
    stops = _stops(own)
    not_read = _not_read(own.received)
    made = []
    for measure in MEASURES:
        lacking = _lacking(measure, received, stops)
        row = {
            "measure": measure.name,
            "counts": measure.counts,
            "not_read": sum(not_read.get(title.casefold(), 0) for title in measure.needs),
            "stopped": bool(lacking),
        }
        if lacking:
            made.append(row | {"why": "; ".join(lacking)})
            continue
        rows, lost = measure.look(own, period_end)
        why = _exclusive(lost)
        told = [f"{count:,} {reason}" for reason, count in why.items()]
        if row["not_read"]:
            told.append(f"{plural(row['not_read'], 'row')} of its tables could not be read")
        earlier = why.pop(EARLIER, 0)
        left_out = sum(why.values())
        row |= {"rows": rows, "used": rows - left_out - earlier, "left_out": left_out}
        made.append(row | {"earlier": earlier, "why": "; ".join(told)})
    found = pd.DataFrame(made, columns=[*COLUMNS, "not_read", "stopped"])
    whole = {name: "Int64" for name in ("rows", "used", "left_out", "earlier", "not_read")}
    found = found.astype(whole | {"stopped": "bool"})
    share = found["used"].astype("Float64") / found["rows"].replace(0, pd.NA).astype("Float64")
    return found.assign(share=share.astype("float64"), why=found["why"].replace("", None))


def finding(found: pd.DataFrame) -> str:
    """Which measures are stopped, and which loses most, in a sentence.

    Parameters
    ----------
    found
        What `costs` returns.
    """
    stopped, number = found.loc[found["stopped"], "measure"], len(found)
    if len(stopped) == number:
        return f"None of the {number} measures can be made from what was received"
    told = f"All {number} measures can be made"
    if len(stopped):
        told = f"{len(stopped)} of {number} measures cannot be made"
    made = found.dropna(subset="share")
    lost = (made["left_out"] / made["rows"]).astype("float64")
    if not lost.any():
        return f"{told}; {'of the others ' if len(stopped) else ''}no row says too little"
    worst = made.loc[lost.idxmax()]
    return (
        f"{told}; the records say least for “{worst['measure']}”: {worst['left_out']:,} of "
        f"{worst['rows']:,} {worst['counts']} say too little"
    )


def public(found: pd.DataFrame) -> pd.DataFrame:
    """Which measures can be made, without from how much.

    Parameters
    ----------
    found
        What `costs` returns.

    Returns
    -------
    One row per measure: `measure`, `counts`, `made` (true or false).
    """
    return found.assign(made=~found["stopped"])[list(PUBLIC_COLUMNS)]


def public_finding(found: pd.DataFrame) -> str:
    """How many measures can be made, in a sentence.

    Parameters
    ----------
    found
        What `public` returns.
    """
    made, number = int(found["made"].sum()), len(found)
    if made == number:
        return f"All {number} measures can be made"
    if not made:
        return f"None of the {number} measures can be made from what was received"
    return f"{number - made} of {number} measures cannot be made"


def tables(own: Extracts) -> dict[str, pd.DataFrame]:
    """Every typed table that was received, by its title in `Extracts.received`, lower-case."""
    made = {f"ssda903 {name}": rows for name, rows in own.ssda903.items()}
    made |= {f"annex a list {number}": rows for number, rows in own.annex_a.items()}
    made |= {"return interviews": own.interviews, "districts": own.districts}
    return {title: rows for title, rows in made.items() if rows is not None and len(rows)}


def header(title: str, column: str) -> str:
    """What a table's own header calls a column of the typed table."""
    kind, _, part = title.casefold().rpartition(" ")
    if kind == "ssda903":
        return column.upper()
    return specs.annex_a()[int(part)].fields[column].header if kind == "annex a list" else column


def _lacking(measure: Measure, received: dict[str, pd.DataFrame], stops: pd.DataFrame) -> list[str]:
    """What stops a measure: no table, nothing in a column, or a problem that stops it."""
    told = []
    for title, columns in measure.needs.items():
        rows = received.get(title.casefold())
        if rows is None:
            told.append(f"no rows of {title}")
            continue
        for column in columns:
            blank = ~filled(rows[column])
            if column not in MAY_BE_BLANK and blank.all():
                told.append(f"{header(title, column)} of {title} says nothing")
        names = [header(title, column).casefold() for column in columns]
        here = stops["table"].eq(title.casefold())
        here &= stops["column"].str.casefold().isin(["", *names])
        told += [f"{row.problem} ({row.file})" for row in stops[here].itertuples()]
    return list(dict.fromkeys(told))


def _stops(own: Extracts) -> pd.DataFrame:
    """The problems that stop a measure, each with the table its sheet seemed to be."""
    found = own.problems[own.problems["severity"] == problems.STOPS]
    return found.assign(table=table_of(found, own.files)).drop_duplicates(
        ["file", "sheet", "column", "problem"]
    )


def table_of(found: pd.DataFrame, files: pd.DataFrame) -> pd.Series:
    """The table that each problem's sheet seemed to be, lower-case; "" where none is known."""
    at = pd.MultiIndex.from_frame(files[["file", "sheet"]])
    known = pd.Series(files["seems_to_be"].str.casefold().to_numpy(), index=at)
    known = known[~known.index.duplicated()]
    where = pd.MultiIndex.from_frame(found[["file", "sheet"]])
    return pd.Series(known.reindex(where).to_numpy(), index=found.index, dtype="str").fillna("")


def _not_read(received: pd.DataFrame) -> dict[str, int]:
    lost = received[~received["why"].isin(TOLD_ELSEWHERE)]
    sums = lost.groupby(lost["table"].str.casefold())["left_out"].sum()
    return {title: int(rows) for title, rows in sums.items()}


def _exclusive(lost: Lost) -> dict[str, int]:
    """How many rows have each reason and none before it."""
    counts, taken = {}, None
    for why, marked in lost.items():
        marks = np.asarray(marked, dtype=bool)
        own = marks if taken is None else marks & ~taken
        taken = marks if taken is None else taken | marks
        if own.any():
            counts[why] = int(own.sum())
    return counts
