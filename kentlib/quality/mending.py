"""What to mend first, cell by cell, in the order of what it costs."""

from __future__ import annotations

import pandas as pd

from kentlib.extracts import Extracts
from kentlib.extracts.problems import NOTE, SEVERITIES, STOPS
from kentlib.extracts.typed import COPY
from kentlib.quality.costs import header, table_of
from kentlib.quality.kinds import column_of, file_of
from kentlib.quality.measures import MEASURES
from kentlib.words import plural

MOST = 50
"""Rows of the list of what to mend first; `kentlib check` writes them all."""

COSTLY_NOTES = (
    "blank",
    "blank-column",
    "column-missing",
    "district-unknown",
    "end-without-reason",
    "gone-since",
    "not-in-header",
    "reason-without-end",
    "time-though-not",
    "x1-not-followed",
)
"""Kinds that take nothing out, and leave a measure without what it needs all the same."""

STANDS_FOR = {"not-in-header": ("ssda903 header", "dob")}
"""Kinds whose cost is that of another column than the one they stand in."""

COLUMNS = {
    "problem": "What is wrong",
    "count": "Rows",
    "column_of": "Column",
    "file_of": "File",
    "row": "First row",
    "expected": "What would be right",
    "costs": "What it costs",
}
ROW_COLUMNS = {
    "column_of": "Column",
    "row": "Row",
    "file_of": "File",
    "problem": "What is wrong",
    "expected": "What would be right",
    "costs": "What it costs",
}
FORMATS = {"count": "{:,}"}
NOTHING = "no measure"

_ALIKE = ["severity", "kind", "table", "file", "sheet", "column", "letter", "problem"]
_CELL = ["file", "sheet", "row", "column"]


def tasks(own: Extracts) -> pd.DataFrame:
    """What to mend, in the order of what it costs: one row per problem and column.

    Parameters
    ----------
    own
        What was read.

    Returns
    -------
    The problems that stop a measure, leave something out, or leave a measure without what it
    needs. First what stops a measure; then by cost, the rows times the measures that need them;
    then what is left out, and the most frequent. Of several problems of one cell the first
    counts. `problem`, `count` (rows it stands for), `measures` (how many need what it took),
    `costs` (their names), `column_of` (letter and header), `file_of` (file and sheet), `row` (the
    first, as Excel shows it), `expected`, `severity`, `table` (what the sheet seemed to be) and
    `column`.
    """
    rows = _costly(own)
    groups = rows.groupby(_ALIKE, sort=False, as_index=False)
    made = groups.agg(
        count=("count", "sum"),
        row=("row", "min"),
        expected=("expected", "first"),
        measures=("measures", "first"),
        costs=("costs", "first"),
    )
    return _placed(_in_order(made))[[*COLUMNS, "measures", "severity", "table", "column"]]


def rows(own: Extracts, *, most: int | None = MOST) -> pd.DataFrame:
    """The first cells and rows to mend, one by one, in the order of `tasks`.

    Returns
    -------
    `row`, `column_of`, `file_of`, `problem`, `expected`, `costs`, `severity`: as in `tasks`.
    """
    rows = _costly(own)
    rows = rows.assign(count=rows.groupby(_ALIKE)["count"].transform("sum"))
    rows = _in_order(rows)
    rows = rows if most is None else rows.head(most)
    return _placed(rows)[[*ROW_COLUMNS, "severity"]]


def finding(found: pd.DataFrame) -> str:
    """What to mend first, in a sentence.

    Parameters
    ----------
    found
        What `tasks` returns.
    """
    if found.empty:
        return "Nothing has to be mended: no cell or row was left out"
    first = found.iloc[0]
    parts = [part for part in (first["column"], _title(first["table"])) if part]
    where = " of ".join(parts) or "a file"
    if first["severity"] == STOPS:
        return f"Mend {where} first, since it stops a measure: {_inside(first['problem'])}"
    if not first["measures"]:
        return "What was left out costs no measure here; it can be mended in its own time"
    return (
        f"Mend {where} first: {plural(int(first['count']), 'row')}, "
        f"which {plural(int(first['measures']), 'measure')} "
        f"{'needs' if first['measures'] == 1 else 'need'}"
    )


def _costly(own: Extracts) -> pd.DataFrame:
    """The problems worth mending, each with the measures it costs."""
    found = own.problems
    found = found[(found["severity"] != NOTE) | found["kind"].isin(COSTLY_NOTES)]
    found = found[found["row"].isna() | ~found.duplicated(_CELL)]
    found = found.assign(table=table_of(found, own.files))
    keys = ["kind", "table", "column", "problem", "severity"]
    each = found[keys].drop_duplicates()
    names = [_measures(*row) for row in each.itertuples(index=False)]
    each = each.assign(measures=[len(some) for some in names], costs=[_named(n) for n in names])
    made = found.merge(each, on=keys, how="left", validate="many_to_one")
    return made[(made["severity"] != NOTE) | (made["measures"] > 0)]


def _measures(kind: str, table: str, column: str, problem: str, severity: str) -> list[str]:
    """The measures that need what a problem took."""
    if problem.startswith(COPY) or kind == "row-twice":
        return []
    table, column = STANDS_FOR.get(kind, (table, column))
    made = []
    for measure in MEASURES:
        for title, columns in measure.needs.items():
            whole = column == "" or column.casefold() in _keys(title)
            names = {header(title, name).casefold() for name in columns}
            if title.casefold() == table and (whole or column.casefold() in names):
                made.append(measure.name)
    return made


def _keys(title: str) -> tuple[str, str]:
    """The identifier's column: without it the whole row is lost."""
    kind = title.casefold().rpartition(" ")[0]
    return ("child", "child") if kind == "ssda903" else ("child_id", "child unique id")


def _named(measures: list[str]) -> str:
    if len(measures) > 2:
        return f"{measures[0]}, and {plural(len(measures) - 1, 'other')}"
    return " and ".join(measures) or NOTHING


def _in_order(found: pd.DataFrame) -> pd.DataFrame:
    rank = found["severity"].map(SEVERITIES.index).astype("int64")
    cost = found["measures"] * found["count"].astype("int64")
    found = found.assign(_later=rank > 0, _cost=cost, _rank=rank)
    falling = ("_cost", "count")
    by = ["_later", "_cost", "_rank", "count", "file", "sheet", "letter", "problem", "row"]
    return found.sort_values(by, ascending=[name not in falling for name in by], ignore_index=True)


def _placed(found: pd.DataFrame) -> pd.DataFrame:
    each = list(found.itertuples())
    return found.assign(
        file_of=pd.Series([file_of(row) for row in each], index=found.index, dtype="object"),
        column_of=pd.Series([column_of(row) for row in each], index=found.index, dtype="object"),
    )


def _title(table: str) -> str:
    """A table's name within a sentence."""
    if table in ("return interviews", "districts"):
        return f"the {table}"
    return table.replace("ssda903", "SSDA903").replace("annex a", "Annex A")


def _inside(sentence: str) -> str:
    """A problem's words within a sentence."""
    return sentence[:1].lower() + sentence[1:]


def list_sentence(own: Extracts, folder: str) -> str:
    """How to have the whole list, in a sentence.

    Parameters
    ----------
    folder
        The folder that was read, as the parameter names it.
    """
    return (
        f"The whole list, notes and all, has {plural(len(own.problems), 'line')}: "
        f"`kentlib check {folder}` writes it to problems.csv, which Excel opens."
    )
