"""Bundled tables: `load(name)` reads data/<name>.csv, typed and checked by data/<name>.yaml.

The dictionary beside each table says what a row is, what each column means and may hold, and
where the figures come from. The loader, the source line under a chart and the tests all read
that one file, so it cannot drift quietly from the table.
"""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, Self

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kentlib import yaml_files
from kentlib.errors import DataError
from kentlib.paths import DATA

_EXACT = 2**53
"""Whole numbers up to this one are told apart when read as floating point."""


class Column(BaseModel):
    """What one column holds.

    `kind` ("is" in the file) is how a cell is read: text, yes_no, date (YYYY-MM-DD), year,
    count (a whole number, 0 or more) or number. `blank` says what an empty cell means; a
    column without it may not have one. `values` lists all that a cell may hold; `within` names
    a column of this or another table ("areas.name") whose values it must be among.
    """

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    kind: Literal["text", "yes_no", "date", "year", "count", "number"] = Field(alias="is")
    means: str
    unit: str | None = None
    blank: str | None = None
    values: list[str] | dict[str, str] | None = None
    within: str | None = None
    smallest: float | None = None
    largest: float | None = None

    @model_validator(mode="after")
    def _limits_are_of_numbers(self) -> Self:
        limited = self.smallest is not None or self.largest is not None
        if limited and self.kind not in ("year", "count", "number"):
            raise ValueError("smallest and largest are for year, count and number")
        return self


class Dictionary(BaseModel):
    """A table's dictionary, as data/<name>.yaml holds it."""

    model_config = ConfigDict(extra="forbid")

    title: str
    rows: str
    shape: tuple[int, int]
    source: str
    url: str
    retrieved: str
    licence: str
    changed: str
    columns: dict[str, Column]
    key: list[str]
    care_with: list[str] = []
    synthetic: bool = False

    @model_validator(mode="after")
    def _names_its_own_columns(self) -> Self:
        named = [*self.key, *(c.within for c in self.columns.values() if c.within)]
        strange = [name for name in named if "." not in name and name not in self.columns]
        if strange:
            raise ValueError(f"key or within names {strange}, which is no column here")
        if self.shape[1] != len(self.columns):
            raise ValueError(f"shape says {self.shape[1]} columns; {len(self.columns)} follow")
        return self


def names() -> list[str]:
    """Names of the bundled tables, in alphabetical order."""
    return sorted(path.stem for path in DATA.glob("*.yaml"))


@cache
def dictionary(name: str) -> Dictionary:
    """The dictionary of a bundled table.

    Raises
    ------
    DataError
        No table has this name (the message lists those there are), or its dictionary breaks
        the form that `Dictionary` sets.
    """
    if name not in names():
        raise DataError(f"No table is called {name!r}. The tables are: {', '.join(names())}.")
    return read_dictionary(DATA / f"{name}.yaml")


def read_dictionary(path: Path) -> Dictionary:
    """Read a dictionary file; see `dictionary` for the errors."""
    try:
        return Dictionary.model_validate(yaml_files.read(path))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the dictionary"
        raise DataError(f"{path.name}: {where}: {first['msg']}.") from None
    except FileNotFoundError:
        raise DataError(f"{path.name} is missing from {path.parent.name}/.") from None
    except (yaml.YAMLError, ValueError) as error:
        raise DataError(f"{path.name} is not YAML that can be read: {error}.") from None


@cache
def _loaded(name: str) -> pd.DataFrame:
    return read(DATA / f"{name}.csv", dictionary(name))


def load(name: str) -> pd.DataFrame:
    """A bundled table, typed and checked against its dictionary.

    Parameters
    ----------
    name
        One of `names()`.

    Returns
    -------
    One row per what the dictionary's `rows` says, in the file's order, a copy the caller may
    change. Text columns are `str`, counts and years `Int64`, numbers `float64`, dates
    `datetime64`, yes_no `boolean`. An empty cell is missing; what that means is the column's
    `blank`.

    Raises
    ------
    DataError
        The name is unknown, or the table breaks its dictionary: the message names the column,
        the row (1 is the header) and the rule.

    Examples
    --------
    >>> load("recommendations").shape[0]
    16
    """
    dictionary(name)
    return _loaded(name).copy()


def forget() -> None:
    """Read the bundled tables anew from now on: their files have been replaced."""
    dictionary.cache_clear()
    _loaded.cache_clear()


def source_line(name: str) -> str:
    """The line that stands under a figure or table made from a bundled table."""
    told = dictionary(name)
    retrieved = date.fromisoformat(told.retrieved)
    day = f"{retrieved.day} {retrieved:%B %Y}"
    return f"Source: {told.source}, retrieved {day}. {told.licence}."


def read(path: Path, told: Dictionary) -> pd.DataFrame:
    """Read a CSV file and hold it to a dictionary.

    A table that `within` names is looked for beside the file.

    Raises
    ------
    DataError
        As `load`; also when the file is missing, is not UTF-8 text or is not a CSV table.
    """
    cells = _cells(path)
    _check_header(path.name, cells, told)
    typed = pd.DataFrame(
        {name: _typed(path.name, cells[name], column) for name, column in told.columns.items()}
    )
    for name, column in told.columns.items():
        known = None if column.within is None else _known(column.within, cells, path.parent)
        _check_column(path.name, cells[name], typed[name], column, known)
    _check_key(path.name, typed, told.key)
    if typed.shape != told.shape:
        raise DataError(
            f"{path.name} has {typed.shape[0]} rows and {typed.shape[1]} columns; "
            f"its dictionary says {told.shape[0]} and {told.shape[1]}."
        )
    return typed


def _cells(path: Path) -> pd.DataFrame:
    """The cells of a CSV file as text, an empty one missing. Row 1 is the header."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file, strict=True)
    except FileNotFoundError:
        raise DataError(f"{path.name} is missing from {path.parent.name}/.") from None
    except ValueError as error:  # not UTF-8, or no header to unpack
        told = "it is empty" if path.stat().st_size == 0 else error
        raise DataError(f"{path.name} cannot be read as a CSV table in UTF-8: {told}.") from None
    except csv.Error as error:
        raise DataError(f"{path.name} cannot be read as a CSV table in UTF-8: {error}.") from None
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise DataError(
                f"{path.name}, row {number}: it has {len(row)} cells; the header has {len(header)}."
            )
    if len(set(header)) < len(header):
        raise DataError(f"{path.name}: a column's name stands twice in {header}.")
    cells = pd.DataFrame(rows, columns=header, dtype="str")
    return cells.mask(cells == "")


def _check_header(file: str, cells: pd.DataFrame, told: Dictionary) -> None:
    if list(cells.columns) != list(told.columns):
        raise DataError(
            f"{file} has the columns {list(cells.columns)}; "
            f"its dictionary has {list(told.columns)}."
        )


def _stop(file: str, column: str, bad: pd.Series, cells: pd.Series, rule: str) -> None:
    """Raise for the first row where `bad` is true; say how many there are."""
    if not bad.any():
        return
    first = bad.idxmax()
    seen = "an empty cell" if pd.isna(cells[first]) else repr(cells[first])
    more = f" ({int(bad.sum())} rows break this rule)" if bad.sum() > 1 else ""
    raise DataError(f"{file}, column {column}, row {first + 2}: {seen}; {rule}{more}.")


def _typed(file: str, cells: pd.Series, column: Column) -> pd.Series:
    name = cells.name
    if column.kind == "text":
        return cells
    if column.kind == "yes_no":
        _stop(file, name, cells.notna() & ~cells.isin(["yes", "no"]), cells, "it must be yes or no")
        return cells.map({"yes": True, "no": False}).astype("boolean")
    if column.kind == "date":
        dates = pd.to_datetime(cells, format="%Y-%m-%d", errors="coerce")
        full = cells.str.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}").fillna(False).astype(bool)
        bad = cells.notna() & (dates.isna() | ~full)
        _stop(file, name, bad, cells, "it must be a date, YYYY-MM-DD")
        return dates
    numbers = pd.to_numeric(cells, errors="coerce").astype("float64")
    finite = numbers.abs() < float("inf")
    _stop(file, name, cells.notna() & ~finite, cells, "it must be a number")
    if column.kind == "number":
        return numbers
    whole = numbers.isna() | ((numbers % 1 == 0) & (numbers >= 0) & (numbers < _EXACT))
    _stop(file, name, ~whole, cells, "it must be a whole number, 0 or more")
    return numbers.astype("Int64")


def _check_column(
    file: str, cells: pd.Series, typed: pd.Series, column: Column, known: set[str] | None
) -> None:
    name = cells.name
    if column.blank is None:
        _stop(file, name, cells.isna(), cells, "this column may not be empty")
    if column.values is not None:
        allowed = list(column.values)
        rule = f"the dictionary allows {', '.join(allowed)}"
        _stop(file, name, cells.notna() & ~cells.isin(allowed), cells, rule)
    if known is not None:
        rule = f"it must be one of the values of {column.within}"
        _stop(file, name, cells.notna() & ~cells.isin(known), cells, rule)
    if column.smallest is not None:
        rule = f"the smallest allowed is {column.smallest:g}"
        _stop(file, name, (typed < column.smallest).fillna(False).astype(bool), cells, rule)
    if column.largest is not None:
        rule = f"the largest allowed is {column.largest:g}"
        _stop(file, name, (typed > column.largest).fillna(False).astype(bool), cells, rule)


def _known(within: str, cells: pd.DataFrame, folder: Path) -> set[str]:
    """The values of a column of this table ("id") or of the one beside it ("areas.name")."""
    other, _, column = within.rpartition(".")
    if other:
        cells = _cells(folder / f"{other}.csv")
        if column not in cells:
            raise DataError(f"{other}.csv has no column {column}, which {within} names.")
    return set(cells[column].dropna())


def _check_key(file: str, table: pd.DataFrame, key: list[str]) -> None:
    again = table.duplicated(key)
    if again.any():
        rows = f"row {again.idxmax() + 2}"
        raise DataError(f"{file}, {rows}: its {' + '.join(key)} is that of an earlier row.")
