"""The form of the SSDA903 return: its tables, their columns, and the codes of each year."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from kentlib import yaml_files
from kentlib.extracts.codes import CodeList

SPEC = Path(__file__).parent / "specs" / "ssda903.yaml"


@dataclass(frozen=True)
class Column:
    """What a column holds: `kind` is id, text, date, number or code; `filled` if never blank."""

    kind: str
    codes: str | None
    filled: bool


@dataclass(frozen=True)
class Table:
    """A table of the return: its columns, what makes two rows the same fact, its first year, and
    the columns of a start and an end where it has them."""

    name: str
    columns: dict[str, Column]
    key: list[str]
    since: int
    interval: tuple[str, str] | None

    @property
    def needed(self) -> list[str]:
        """Columns without which the table says nothing: its key, and an episode's end."""
        ends = ["dec", "rec"] if self.name == "episodes" else []
        return [name for name in self.key if name != "year"] + ends


@cache
def _spec() -> dict:
    return yaml_files.read(SPEC)


@cache
def years() -> tuple[int, int]:
    """The first and the last collection year whose code sets are known."""
    first, last = _spec()["years"]
    return first, last


@cache
def tables() -> dict[str, Table]:
    """The tables by name, in the order of the return."""
    made = {}
    for name, told in _spec()["tables"].items():
        columns = {
            column: Column(of["is"], of.get("codes"), of.get("filled", False))
            for column, of in told["columns"].items()
        }
        interval = told.get("interval")
        first = told.get("from", years()[0])
        made[name] = Table(name, columns, told["key"], first, interval and tuple(interval))
    return made


@cache
def code_list(codes: str) -> CodeList:
    """Every code of a set, of any year, in the set's order; "1.0" is what a spreadsheet makes
    of "1"."""
    listed = list(_spec()["codes"][codes])
    return CodeList(listed, listed, {f"{code}.0": code for code in listed if code.isdigit()})


@cache
def has_digits(codes: str) -> bool:
    """Whether a set has codes that are numbers."""
    return any(code.isdigit() for code in _spec()["codes"][codes])


@cache
def every_code() -> frozenset[str]:
    """The codes of every column and year."""
    return frozenset(code for listed in _spec()["codes"].values() for code in listed)


def blank(column: Column, rows: int) -> pd.Series:
    """A column of its type that holds nothing."""
    if column.kind == "code":
        none = pd.Categorical.from_codes([-1] * rows, categories=code_list(column.codes).codes)
        return pd.Series(none)
    kind = {"date": "datetime64[us]", "number": "Int64"}.get(column.kind, "str")
    return pd.Series([None] * rows, dtype=kind)


@cache
def codes_of(codes: str, year: int | None) -> frozenset[str]:
    """The codes of a set that a collection year has; of every year if `year` is None.

    Years before the first known or after the last are read as that one.

    >>> sorted(codes_of("sex", 2024)), sorted(codes_of("sex", 2025))
    (['1', '2'], ['F', 'M', 'U'])
    """
    listed = _spec()["codes"][codes]
    if year is None:
        return frozenset(listed)
    first, last = years()
    year = min(max(year, first), last)
    return frozenset(
        code for code, of in listed.items() if of.get("from", 0) <= year <= of.get("to", 9999)
    )
