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


def in_order(*columns: np.ndarray) -> np.ndarray:
    """Positions that sort rows by one whole number, then the next, ties as they stood.

    The numbers and the position are packed into one where they fit, which sorts several times
    as fast as by columns.

    >>> in_order(np.array([1, 0, 1]), np.array([5, 9, 3])).tolist()
    [1, 2, 0]
    """
    rows = len(columns[0])
    if rows == 0:
        return np.empty(0, dtype="int64")
    packed, used = np.zeros(rows, dtype="int64"), 0
    for column in columns:
        column = column.astype("int64")
        # NEVER alone is far from all else; next to the rest it fits in far fewer bits.
        rest = column[column != NEVER]
        low, high = (int(rest.min()), int(rest.max()) + 1) if len(rest) else (0, 0)
        bits = (high - low).bit_length()
        used += bits
        if used > 62:
            return np.lexsort(columns[::-1])
        packed = packed << bits | (np.where(column == NEVER, high, column) - low)
    if not (packed[1:] < packed[:-1]).any():
        return np.arange(rows)
    bits = (rows - 1).bit_length()
    if used + bits > 62:
        return np.argsort(packed, kind="stable")
    packed = packed << bits | np.arange(rows)
    packed.sort()
    return packed & ((1 << bits) - 1)


def texts(cells: pd.Series) -> pa.Array:
    """A column of texts as one array of arrow's."""
    found = pa.array(cells, pa.large_string())
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def groups(cells: pd.Series, *, sort: bool = False) -> np.ndarray:
    """Texts as whole numbers, equal where the texts are; with `sort` in the order of the texts.

    Equal texts mostly stand together, so only the first of each run is looked at twice.

    >>> groups(pd.Series(["b", "b", "a", "b"])).tolist()
    [0, 0, 1, 0]
    >>> groups(pd.Series(["b", "b", "a", "b"]), sort=True).tolist()
    [1, 1, 0, 1]
    """
    told = pc.fill_null(texts(cells), "")
    if len(told) == 0:
        return np.empty(0, dtype="int64")
    changes = np.asarray(pc.not_equal(told[1:], told[:-1]))
    run = np.append(0, np.cumsum(changes))
    firsts = told.take(pa.array(np.append(0, np.flatnonzero(changes) + 1)))
    coded = pc.dictionary_encode(firsts)
    code = coded.indices.to_numpy().astype("int64")
    if sort:
        place = np.empty(len(coded.dictionary), dtype="int64")
        place[pc.array_sort_indices(coded.dictionary).to_numpy()] = np.arange(len(place))
        code = place[code]
    return code[run]


def where(cells: pd.Series, others: pd.Series) -> np.ndarray:
    """Where each text stands among the others, first if more than once; -1 if nowhere.

    >>> where(pd.Series(["b", "x"]), pd.Series(["a", "b"])).tolist()
    [1, -1]
    """
    found = pc.index_in(texts(cells), value_set=texts(others))
    return pc.fill_null(found, -1).to_numpy().astype("int64")


def row_of(asked: pd.DataFrame, table: pd.DataFrame) -> np.ndarray:
    """The row of a table of one row per child and period, for each asked; -1 if it has none.

    >>> table = pd.DataFrame({"child": ["a", "b"], "period": [1, 1]})
    >>> row_of(pd.DataFrame({"child": ["b", "a"], "period": [1, 2]}), table).tolist()
    [1, -1]
    """
    coded = pc.dictionary_encode(pc.fill_null(texts(table["child"]), ""))
    child = where(asked["child"], pd.Series(coded.dictionary.to_pandas()))
    period, here = (rows["period"].to_numpy("int64") for rows in (asked, table))
    size = int(max(period.max(initial=0), here.max(initial=0))) + 1
    keys = coded.indices.to_numpy().astype("int64") * size + here
    order = in_order(keys)
    keys = keys[order]
    if (keys[1:] == keys[:-1]).any():
        raise ValueError("a child's period of care has more than one row")
    wanted = np.where(child < 0, -1, child * size + period)
    at = np.searchsorted(keys, wanted)
    at[at == len(keys)] = -1
    if len(keys) == 0:
        return at
    return np.where(keys[at] == wanted, order[at], -1)


def calendar(moments: pd.Series) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The year of each date, its month and day as one number, and whether there is a date.

    >>> [part.tolist() for part in calendar(pd.Series(pd.to_datetime(["2017-03-31", None])))]
    [[2017, 1970], [331, 101], [True, False]]
    """
    known = moments.notna().to_numpy()
    told = moments if known.all() else moments.fillna(pd.Timestamp(0))
    parts = (told.dt.year, told.dt.month, told.dt.day)
    year, month, into = (part.to_numpy("int64") for part in parts)
    return year, month * 100 + into, known


def among(cells: pd.Series, others: pd.Series) -> np.ndarray:
    """Whether each text is one of the others.

    >>> among(pd.Series(["a", "b"]), pd.Series(["b", "c"])).tolist()
    [False, True]
    """
    return np.asarray(pc.is_in(texts(cells), value_set=texts(others)))


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
