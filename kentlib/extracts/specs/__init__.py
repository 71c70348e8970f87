"""What each table of an extract holds, as the YAML files beside this module say it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from kentlib import yaml_files
from kentlib.extracts.cells import header
from kentlib.extracts.codes import CodeList


@dataclass(frozen=True)
class Field:
    """One column of a table.

    Attributes
    ----------
    name, header
        Its name in the typed table, and the header the template prints.
    kind
        id, text, date, moment, whole, postcode, reasons or code.
    codes
        Its code list, if it is coded.
    filled
        "" if it may be blank, "noted" if a blank is told, "true" if a blank is told and counted.
    since
        The year from which the template has it, if not from the first.
    """

    name: str
    header: str
    kind: str
    codes: CodeList | None = None
    filled: str = ""
    since: int | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table of an extract.

    Attributes
    ----------
    family, part
        The extract and the table in it: "annex_a" and "8", "ssda903" and "episodes".
    title
        What it is called for the reader: "Annex A list 8".
    about
        What its rows are: "Children looked after".
    headers
        The field of each header, as `cells.header` compares them.
    """

    family: str
    part: str
    title: str
    about: str
    fields: dict[str, Field]
    headers: dict[str, str]
    key: list[str] = field(default_factory=list)
    in_order: list[list[str]] = field(default_factory=list)
    from_birth: list[str] = field(default_factory=list)
    before_birth: int = 0
    needed: bool = False


@cache
def annex_a() -> dict[int, Table]:
    """The lists of Annex A by number."""
    spec = _load("annex_a")
    codes = _codes(spec)
    return {
        number: _table("annex_a", str(number), f"Annex A list {number}", told, codes)
        for number, told in spec["lists"].items()
    }


@cache
def return_interviews() -> Table:
    """The return interviews extract."""
    spec = _load("return_interviews")
    return _table("return_interviews", "", "return interviews", spec, _codes(spec))


@cache
def districts() -> Table:
    """The table of districts."""
    return _table("districts", "", "districts", _load("districts"), {})


@cache
def ssda903() -> dict[str, Table]:
    """The tables of the SSDA903 return by name, to know a header by; read elsewhere."""
    return {
        name: Table(
            family="ssda903",
            part=name,
            title=f"SSDA903 {name}",
            about="",
            fields={},
            headers={header(column): column for column in told["columns"]},
        )
        for name, told in _load("ssda903")["tables"].items()
    }


@cache
def every() -> tuple[Table, ...]:
    """All tables that a header may be of."""
    return (*annex_a().values(), *ssda903().values(), return_interviews(), districts())


@cache
def known_codes() -> frozenset[str]:
    """Every code of every list, of two characters or more: these may be named in a problem."""
    lists = [*_codes(_load("annex_a")).values(), *_codes(_load("return_interviews")).values()]
    codes = {code for book in lists for code in book.codes}
    return frozenset(code for code in codes if len(code) > 1)


def _load(name: str) -> dict:
    return yaml_files.read(Path(__file__).with_name(f"{name}.yaml"))


def _codes(spec: dict) -> dict[str, CodeList]:
    return {
        name: CodeList(
            [str(code) for code in told["says"]],
            [str(said) for said in told["says"].values()],
            {str(word): str(code) for word, code in told.get("also", {}).items()},
        )
        for name, told in spec.get("codes", {}).items()
    }


def _table(family: str, part: str, title: str, told: dict, codes: dict[str, CodeList]) -> Table:
    fields = {
        name: Field(
            name=name,
            header=column["header"],
            kind=column["is"],
            codes=codes[column["codes"]] if column["is"] == "code" else None,
            filled=str(column.get("filled", "")).lower(),
            since=column.get("since"),
            also=tuple(column.get("also", ())),
        )
        for name, column in told["columns"].items()
    }
    headers = {
        header(text): name
        for name, column in fields.items()
        for text in (column.name, column.header, *column.also)
    }
    return Table(
        family,
        part,
        title,
        told.get("title", title),
        fields,
        headers,
        told["key"],
        told.get("in_order", []),
        told.get("from_birth", []),
        told.get("before_birth", 0),
        told.get("needed", False),
    )
