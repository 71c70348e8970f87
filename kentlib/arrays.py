"""Columns as arrays: dates as whole days, rows in order, codes as numbers.

A million rows are compared faster as numbers than as dates and text. Nothing here knows what a
column means.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

NEVER = np.int64(2**31)
"""The day that stands for no date: later than any other."""


def days(dates: pd.Series) -> np.ndarray:
    """Days since 1 January 1970; a missing date is NEVER.

    >>> days(pd.Series(pd.to_datetime(["1970-01-03", None]))).tolist()
    [2, 2147483648]
    """
    numbers = dates.to_numpy(dtype="datetime64[D]")
    return np.where(np.isnat(numbers), NEVER, numbers.astype("int64"))


def day(date: pd.Timestamp) -> int:
    """The same of one date, which may not be missing."""
    return int(date.to_datetime64().astype("datetime64[D]").astype("int64"))


def dates(numbers: np.ndarray) -> pd.Series:
    """The way back from `days`.

    >>> dates(np.array([2, NEVER])).dt.date.tolist()
    [datetime.date(1970, 1, 3), NaT]
    """
    known = np.where(numbers == NEVER, np.datetime64("NaT"), numbers.astype("datetime64[D]"))
    return pd.Series(known.astype("datetime64[us]"))


def march_31(years: np.ndarray) -> np.ndarray:
    """The day each year's 31 March is.

    >>> dates(march_31(np.array([2016, 2018]))).dt.date.astype(str).tolist()
    ['2016-03-31', '2018-03-31']
    """
    months = (np.asarray(years, dtype="int64") - 1970) * 12 + 2
    return months.astype("datetime64[M]").astype("datetime64[D]").astype("int64") + 30


def birthdays(born: np.ndarray, age: int) -> np.ndarray:
    """The day each child turns an age; NEVER without a birth. Born on 29 February, 1 March.

    >>> dates(birthdays(days(pd.Series(pd.to_datetime(["2000-02-29"]))), 18)).dt.date.tolist()
    [datetime.date(2018, 3, 1)]
    """
    known = born != NEVER
    day = np.where(known, born, 0).astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    into = (day - month).astype("int64")
    turned = (month + 12 * age).astype("datetime64[D]").astype("int64") + into
    return np.where(known, turned, NEVER)


def collection_years(numbers: np.ndarray) -> np.ndarray:
    """The year of the 31 March that a day falls on or before.

    >>> collection_years(march_31(np.array([2018])) + [[0], [1]]).ravel().tolist()
    [2018, 2019]
    """
    months = np.asarray(numbers).astype("datetime64[D]").astype("datetime64[M]").astype("int64")
    return (months + 9) // 12 + 1970


def in_order(major: np.ndarray, minor: np.ndarray) -> np.ndarray:
    """Positions that sort rows by one whole number, then another, ties as they stood.

    Both numbers and the position are packed into one where they fit, which sorts several times
    as fast as by columns.

    >>> in_order(np.array([1, 0, 1]), np.array([5, 9, 3])).tolist()
    [1, 2, 0]
    """
    rows = len(major)
    if rows == 0:
        return np.empty(0, dtype="int64")
    major, minor = major.astype("int64"), minor.astype("int64")
    # NEVER alone is far from all else; next to the rest it fits in far fewer bits.
    rest = minor[minor != NEVER]
    low, high = (rest.min(), rest.max() + 1) if len(rest) else (0, 0)
    minor = np.where(minor == NEVER, high, minor) - low
    bits = [int(n).bit_length() for n in (major.max() - major.min(), high - low, rows - 1)]
    if sum(bits) > 62:
        return np.lexsort((minor, major))
    packed = ((major - major.min()) << bits[1] | minor) << bits[2] | np.arange(rows)
    if (packed[1:] < packed[:-1]).any():
        packed.sort()
    return packed & ((1 << bits[2]) - 1)


def among(cells: pd.Series, others: pd.Series) -> np.ndarray:
    """Whether each text is one of the others.

    >>> among(pd.Series(["a", "b"]), pd.Series(["b", "c"])).tolist()
    [False, True]
    """
    values = pa.array(others, pa.large_string())
    return np.asarray(pc.is_in(pa.array(cells, pa.large_string()), values))


class Codes:
    """A coded column as numbers, a blank as -1: `isin` asks the few codes, not every row.

    >>> Codes(pd.Series(["a", None, "b"])).isin(["b", "c"]).tolist()
    [False, False, True]
    """

    def __init__(self, cells: pd.Series):
        if not isinstance(cells.dtype, pd.CategoricalDtype):
            cells = cells.astype("category")
        self.cells = cells
        self.numbers = cells.cat.codes.to_numpy()
        self.blank = self.numbers < 0

    def isin(self, codes: list[str]) -> np.ndarray:
        asked = np.append(self.cells.cat.categories.isin(codes), False)
        return asked[self.numbers]
