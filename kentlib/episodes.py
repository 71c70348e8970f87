"""Episodes joined into periods of care and into stays, as arrays.

`kentlib.histories` says in words how episodes are joined, and makes tables of what stands here.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kentlib.arrays import NEVER, Codes, collection_years, dates, day, days, in_order, march_31


class Episodes:
    """The episodes by child and start, as arrays; `keep` takes another column to that order."""

    def __init__(self, table: pd.DataFrame, last: pd.Timestamp, asked: pd.Timestamp | None):
        codes, self.children = pd.factorize(table["child"])
        start, end = days(table["decom"]), days(table["dec"])
        order = in_order(codes, start)
        used = (codes[order] >= 0) & (start[order] != NEVER)
        if asked is not None:
            end = np.where(end > day(asked), NEVER, end)
            used &= start[order] <= day(asked)
        self.order, self.table = order[used], table
        self.child, self.start, self.end = (column[self.order] for column in (codes, start, end))
        self.rec, self.rne, self.ls = (Codes(self.keep(name)) for name in ("rec", "rne", "ls"))
        year = self.table["year"].to_numpy(dtype="int64")[self.order]
        self.in_last_return = year >= (0 if last is pd.NaT else collection_years(day(last)))
        self.march = march_31(year)
        self.follows = joined(self.child)
        self.followed = np.append(self.follows[1:], False)[: len(self.child)]
        self.next_start = np.where(self.followed, np.roll(self.start, -1), NEVER)
        self.until = np.minimum(self.end, self.next_start)

    def keep(self, column: str) -> pd.Series:
        if column not in self.table:
            return pd.Series(None, index=range(len(self.order)), dtype="str")
        return self.table[column].take(self.order).reset_index(drop=True)


class Periods:
    """The periods as arrays: which episodes each runs between, whose it is, and its dates."""

    def __init__(self, e: Episodes):
        x1 = e.rec.isin(["X1"])
        goes_on = e.followed & (x1 | (e.end == NEVER) | (e.next_start <= e.end))
        self.begins = ~np.roll(goes_on, 1)
        self.of_episode = np.cumsum(self.begins) - 1
        self.first = np.flatnonzero(self.begins)
        self.last = np.append(self.first[1:], len(e.child))[: len(self.first)] - 1
        self.children, self.child = e.children, e.child[self.first]
        self.number = count(~joined(self.child))
        self.start, end = e.start[self.first], e.end[self.last]
        unended = (end == NEVER) | x1[self.last]
        march = np.maximum(e.march[self.last], e.start[self.last])
        seen = np.where(end == NEVER, march, end)
        lost = unended & ~e.in_last_return[self.last]
        self.end = np.where(lost, seen, np.where(unended, NEVER, end))
        self.rec = e.rec.cells.take(self.last).reset_index(drop=True).where(~unended)

    def find(self, child: pd.Series, date: np.ndarray) -> np.ndarray:
        """The period that a day of a child's belongs to: the last begun by then, or else the
        child's first; -1 for a child with none."""
        code = pd.Index(self.children).get_indexer(child).astype("int64")
        begun = np.searchsorted(_key(self.child, self.start), _key(code, date), side="right")
        before, after = begun - 1, np.minimum(begun, len(self.child) - 1)
        at = np.where((begun > 0) & (self.child[before] == code), before, after)
        return np.where((code >= 0) & (self.child[at] == code), at, -1)


class Runs:
    """Neighbouring episodes of a period joined where they are alike and no day lies between."""

    def __init__(self, e: Episodes, p: Periods, alike: np.ndarray):
        unbroken = np.roll(e.until, 1) == e.start
        begins = p.begins | ~(alike & unbroken)
        self.first = np.flatnonzero(begins)
        self.last = np.append(self.first[1:], len(begins))[: len(self.first)] - 1
        self.p, self.period = p, p.of_episode[self.first]
        self.start, end = e.start[self.first], e.until[self.last]
        self.end = np.where(end == NEVER, p.end[self.period], end)

    def frame(self, number: str | None = None, **columns: object) -> pd.DataFrame:
        p, at = self.p, self.period
        counted = {} if number is None else {number: count(~joined(at))}
        fixed = {
            "child": pd.Series(p.children.take(p.child[at]), dtype="str"),
            "period": p.number[at],
            **counted,
            "start": dates(self.start),
            "end": dates(self.end),
        }
        plain = {
            name: column.reset_index(drop=True) if isinstance(column, pd.Series) else column
            for name, column in columns.items()
        }
        return pd.DataFrame({**fixed, **plain})


def joined(group: np.ndarray) -> np.ndarray:
    """Whether each row is of the same group as the row before."""
    return np.concatenate([[False], group[1:] == group[:-1]])[: len(group)]


def count(begins: np.ndarray) -> np.ndarray:
    """1, 2, ... from each row that begins a group."""
    at = np.arange(len(begins))
    return at - np.maximum.accumulate(np.where(begins, at, 0)) + 1


def _key(child: np.ndarray, date: np.ndarray) -> np.ndarray:
    return child.astype("int64") * 2**32 + date + 2**30
