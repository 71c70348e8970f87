"""Files for whoever opens them in a spreadsheet: whole or not at all, and nothing it would run.

Source
------
OWASP, CSV injection: a cell that begins with =, +, -, @, a tab or a line break may be taken for
a formula; an apostrophe before it makes it text. [S] Full-width forms of the first four are read
as the same by some spreadsheets, and are treated alike. [M]
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def inert(text: str) -> str:
    """Text that no spreadsheet takes for a formula.

    Examples
    --------
    >>> inert("=HYPERLINK(1)"), inert("  @SUM(1)"), inert("Dover")
    ("'=HYPERLINK(1)", "'  @SUM(1)", 'Dover')
    """
    begins = text.startswith(_BEGINS_FORMULA) or text.lstrip().startswith(_BEGINS_FORMULA)
    return f"'{text}" if begins else text


def to_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV that Excel opens as it is meant: UTF-8 with its mark, text inert.

    Raises
    ------
    OSError
        It cannot be written: a file that was there is as it was.
    """
    safe = table.rename(columns=lambda name: inert(str(name)))
    for name in safe:
        if not _is_number(safe[name]):
            safe[name] = safe[name].map(inert, na_action="ignore")

    def write(beside: str) -> None:
        safe.to_csv(beside, index=False, encoding="utf-8-sig", lineterminator="\r\n")

    whole(path, write)


def whole(path: Path, write: Callable[[str], None]) -> None:
    """Write beside the path and put it there when complete; leave nothing behind otherwise."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    try:
        write(name)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _is_number(column: pd.Series) -> bool:
    import pandas as pd

    return pd.api.types.is_numeric_dtype(column)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
