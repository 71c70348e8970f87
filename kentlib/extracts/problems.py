"""The problem list: what is wrong in an extract, where, and what would be right.

A problem is found by its file, sheet and row, so nothing here ever holds an identifier, a date
of birth, a postcode or free text: `seen` says what kind of value stood there, or a code that
is on a code list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

STOPS = "stops the measure"
LEFT_OUT = "counted and left out"
NOTE = "note"
SEVERITIES = (STOPS, LEFT_OUT, NOTE)
"""What a problem costs. LEFT_OUT: the cell or row it stands in is not used, and is counted."""

COLUMNS = {
    "file": "str",
    "sheet": "str",
    "row": "Int64",
    "column": "str",
    "letter": "str",
    "problem": "str",
    "seen": "str",
    "expected": "str",
    "severity": "str",
    "count": "Int64",
    "kind": "str",
}
"""The columns of a problem list and their types.

`row` is the row as Excel shows it, missing when the problem is of a whole file, sheet or
column. `letter` is the column as Excel shows it. `count` is how many rows the line stands for:
1, or more where a whole column is of one kind, `row` then being the first. `kind` is a short
name for counting.
"""

_RECEIVED = {
    "table": "str",
    "rows_in": "Int64",
    "used": "Int64",
    "left_out": "Int64",
    "why": "str",
}


def empty() -> pd.DataFrame:
    """A problem list with nothing on it."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()})


class Found:
    """Problems as they are found; `table` gives them as a list.

    Examples
    --------
    >>> found = Found()
    >>> found.add("date-impossible", "a date that cannot be", file="a.csv", row=[7, 9],
    ...           column="DOB", letter="C", seen="a date", severity=LEFT_OUT)
    >>> found.table()["row"].tolist()
    [7, 9]
    """

    def __init__(self) -> None:
        self._parts: list[dict] = []

    def add(
        self,
        kind: str,
        problem: str,
        *,
        file: str,
        sheet: str = "",
        row: int | Sequence[int] | np.ndarray | None = None,
        column: str = "",
        letter: str = "",
        seen: str | Sequence[str] = "",
        expected: str = "",
        severity: str = NOTE,
        count: int = 1,
    ) -> None:
        """Add one problem, or one for each of several rows.

        Parameters
        ----------
        row
            A row as Excel shows it, several of them, or None for a whole file or column. No
            rows, no problem.
        seen
            One text for all rows, or one for each.
        """
        rows = [row] if row is None or np.isscalar(row) else row
        if len(rows):
            self._parts.append(
                {
                    "file": file,
                    "sheet": sheet,
                    "row": rows,
                    "column": column,
                    "letter": letter,
                    "problem": problem,
                    "seen": seen,
                    "expected": expected,
                    "severity": severity,
                    "count": count,
                    "kind": kind,
                }
            )

    def extend(self, other: Found) -> None:
        """Add what another has found."""
        self._parts.extend(other._parts)

    def table(self) -> pd.DataFrame:
        """The problems in the order they were found, with the columns of `COLUMNS`."""
        if not self._parts:
            return empty()
        lengths = np.array([len(part["row"]) for part in self._parts])
        return pd.DataFrame(
            {name: self._column(name, kind, lengths) for name, kind in COLUMNS.items()}
        )

    def _column(self, name: str, kind: str, lengths: np.ndarray) -> pd.Series:
        """One column of all parts; a value that holds for a whole part is stored but once."""
        values = [part[name] for part in self._parts]
        if kind == "Int64":
            arrays = [
                np.repeat(np.nan if value is None else value, length)
                if value is None or np.isscalar(value)
                else np.array([np.nan if one is None else one for one in value], dtype="float64")
                for value, length in zip(values, lengths, strict=True)
            ]
            return pd.Series(np.concatenate(arrays), dtype="Float64").astype("Int64")
        each = [
            np.repeat(np.array([value], dtype=object), length)
            if isinstance(value, str)
            else np.array(value, dtype=object)
            for value, length in zip(values, lengths, strict=True)
        ]
        codes, texts = pd.factorize(np.concatenate(each))
        return pd.Series(texts, dtype="str").take(codes).reset_index(drop=True)


def concat(lists: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Several problem lists as one."""
    parts = [part for part in lists if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else empty()


def summary(problems: pd.DataFrame) -> pd.DataFrame:
    """How often each problem occurs.

    Returns
    -------
    One row per kind, file, sheet and column, the most severe first: `severity`, `count` (rows
    it stands for), `problem`, `file`, `sheet`, `column`, `letter`, `first_row`, `expected`,
    `kind`.
    """
    by = ["severity", "kind", "file", "sheet", "column", "letter", "problem"]
    if problems.empty:
        columns = [*by, "count", "first_row", "expected"]
        return pd.DataFrame({name: pd.Series(dtype="object") for name in columns})
    found = problems.groupby(by, sort=False, as_index=False).agg(
        count=("count", "sum"), first_row=("row", "min"), expected=("expected", "first")
    )
    rank = found["severity"].map({name: place for place, name in enumerate(SEVERITIES)})
    found = found.assign(rank=rank, order=-found["count"].astype("int64"))
    found = found.sort_values(["rank", "order"], kind="stable").reset_index(drop=True)
    return found[
        [
            "severity",
            "count",
            "problem",
            "file",
            "sheet",
            "column",
            "letter",
            "first_row",
            "expected",
            "kind",
        ]
    ]


def stops(problems: pd.DataFrame) -> bool:
    """Whether anything on the list stops a measure."""
    return bool((problems["severity"] == STOPS).any())


def received(table: str, rows_in: int, used: int, left_out: Mapping[str, int]) -> pd.DataFrame:
    """What became of the rows of one table.

    Parameters
    ----------
    left_out
        Rows left out, by the reason why. With the rows used they make `rows_in`.

    Returns
    -------
    One row per reason (one with `left_out` 0 if there is none): `table`, `rows_in`, `used`,
    `left_out`, `why`. `rows_in` and `used` are those of the whole table, on every row of it.

    Examples
    --------
    >>> received("Districts", 3, 2, {"no identifier": 1})["why"].tolist()
    ['no identifier']
    """
    reasons = {why: rows for why, rows in left_out.items() if rows} or {"": 0}
    return pd.DataFrame(
        {
            "table": table,
            "rows_in": int(rows_in),
            "used": int(used),
            "left_out": list(reasons.values()),
            "why": list(reasons),
        }
    ).astype(_RECEIVED)


def nothing_received() -> pd.DataFrame:
    """The table `received` gives, with no rows."""
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _RECEIVED.items()})
