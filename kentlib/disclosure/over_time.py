"""What was published before, and of which days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from kentlib.disclosure.specs import Spec
from kentlib.errors import DataError

Period = tuple[pd.Timestamp, pd.Timestamp]
"""The first and the last day that a table counts, both included: one day twice for a count of
children on that day."""


@dataclass(frozen=True)
class Earlier:
    """What was published before of a table, and of which days.

    Parameters
    ----------
    table
        The table as it was published, a `Protected.table` with the same columns `by` and counts;
        missing is withheld.
    period
        The days it counts. None: the same as the table that is published now.
    """

    table: pd.DataFrame
    period: Period | None = None


def check(
    specs: Mapping[str, Spec],
    periods: Mapping[str, Period],
    earlier: Mapping[str, Sequence[Earlier]],
) -> None:
    """Raise DataError for a table that is not there or a period that is none."""
    strange = sorted({*periods, *earlier} - set(specs))
    if strange:
        raise DataError(f"periods or earlier speak of {strange}; the tables are {list(specs)}.")
    for name in specs:
        told = [before.period for before in earlier.get(name, ()) if before.period is not None]
        if told and name not in periods:
            raise DataError(f"{name}: a table published before has a period; this one needs one.")
        for first, last in [*told, *([periods[name]] if name in periods else [])]:
            if not first <= last:
                raise DataError(f"{name}: a period ends on {last:%Y-%m-%d}, before it begins.")
