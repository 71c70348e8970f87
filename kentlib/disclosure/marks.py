"""The department's marks: what stands in a table where a number does not."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

WITHHELD, LOW, NOT_AVAILABLE, NOT_APPLICABLE = "c", "low", "x", "z"

LEGEND = {
    WITHHELD: "Withheld: a small number, or one that would give a small number away",
    LOW: "Rounds to 0, but is not 0",
    "k": "Rounds to 0, but is not 0 (in releases before low was used)",
    NOT_AVAILABLE: "Not available",
    NOT_APPLICABLE: "Not applicable",
}
"""Every mark and what it means, in the order of a legend.

Source
------
c, z, x, k: DfE, data guidance of the releases on children looked after (explore education
statistics, "Stability measures", 2024). [S] low, with k as its older form: the symbols of the
department's own site (dfe-analytical-services, DataSymbolsTable). [S] There c marks a number
suppressed for its own size and one suppressed to protect it alike, and x is for other reasons:
so no reader can tell which of two withheld numbers is the small one. [S]
"""


def legend(marks: Iterable[str] = LEGEND) -> pd.DataFrame:
    """The marks given, each once, with what they mean.

    Parameters
    ----------
    marks
        Marks of LEGEND, such as those of a table's mark columns; blanks are passed over.

    Returns
    -------
    One row per mark, in the order of LEGEND: `mark`, `means`.

    Examples
    --------
    >>> legend(["", "low", "c", "c"])["mark"].tolist()
    ['c', 'low']
    """
    used = set(marks)
    rows = [(mark, means) for mark, means in LEGEND.items() if mark in used]
    return pd.DataFrame(rows, columns=["mark", "means"])
