"""An authority's own extracts: a folder of files in, typed tables and a problem list out.

`read` never guesses in silence: what it could not use is on the problem list by file, sheet,
row and column, and what became of every row is in `received`.
"""

from __future__ import annotations

import datetime as dt
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from kentlib.private.gathering import Private


@dataclass
class Extracts:
    """What a folder held.

    Attributes
    ----------
    folder
        The folder read.
    files
        One row per sheet or CSV file: `file`, `sheet`, `seems_to_be`, `rows`.
    problems
        One row per problem, with the columns of `problems.COLUMNS`.
    received
        What became of the rows: `table`, `rows_in`, `used`, `left_out`, `why`; one row per
        table and reason.
    annex_a
        The lists of Annex A by number, 1 to 11, empty where there is none.
    ssda903
        The tables of the SSDA903 return by name, over all years.
    interviews, districts
        The return interviews, and the district of each child.
    history
        The histories made of the SSDA903 return, None where there is none.
    """

    folder: Path
    files: pd.DataFrame
    problems: pd.DataFrame
    received: pd.DataFrame
    annex_a: dict[int, pd.DataFrame] = field(default_factory=dict)
    ssda903: dict[str, pd.DataFrame] = field(default_factory=dict)
    interviews: pd.DataFrame | None = None
    districts: pd.DataFrame | None = None
    history: object | None = None


def read(
    folder: Path | str,
    *,
    period_end: str | dt.date | None = None,
    today: dt.date | None = None,
    private: Private | None = None,
) -> Extracts:
    """Read and check every extract in a folder and the folders in it.

    Parameters
    ----------
    folder
        Holds any of: an Annex A workbook, SSDA903 returns, return interviews, districts; as
        .xlsx, CSV, or zip files of them.
    period_end
        The last day of the period that is measured; where the return's own last day is not
        known it ends there.
    today
        The day after which a date is in the future; the day it is, unless told.
    private
        Gathers, while the files are open, what they hold that nobody may be shown.

    Raises
    ------
    DataError
        The folder is missing or holds no file.
    """
    from kentlib.extracts import reading

    with _at_work():
        on = today or dt.date.today()
        return reading.read(Path(folder), period_end=period_end, today=on, private=private)


@contextmanager
def _at_work() -> Iterator[None]:
    """How Python runs while it reads: no search for cycles, and short turns for each thread.

    Millions of cells are made that have no cycles, and while one sheet is typed the next is
    read, which now and then needs Python for a moment.
    """
    collecting, turn = gc.isenabled(), sys.getswitchinterval()
    gc.disable()
    sys.setswitchinterval(0.0005)
    try:
        yield
    finally:
        sys.setswitchinterval(turn)
        if collecting:
            gc.enable()


__all__ = ["Extracts", "read"]
