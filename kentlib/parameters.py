"""What a notebook's parameters may be: their type, meaning and possible values.

This is the one place that says so. The scheduled run asks it before any kernel starts, and each
notebook asks it again in its first cell, so that a value typed in JupyterLab meets the same rule:

    parameters.check("judgements", authority=authority, framework=framework, comparator=comparator)

Importing this module costs nothing; the tables are read when a value is looked up.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from kentlib.errors import DataError

SHORT = 16
"""A list of possible values up to this long is given whole; a longer one by its closest."""

EARLIEST = dt.date(2010, 1, 1)
"""The first day that a period of a report may end on."""

INTERNAL, PUBLIC = "internal", "public"
AUDIENCES = (INTERNAL, PUBLIC)
"""Whom a report may be made for: see `kentlib.publication`."""

AUDIENCE_LABEL = "Made for"
PROTECTION = ("min_cell", "zeros", "method", "published")
"""Parameters that count in a public report only."""

Check = Callable[[Any, Mapping[str, Any]], str | None]
"""Says in a clause why a value of the right type is not possible, or None if it is."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of one notebook.

    `label` names it to a reader of the report ("Compared with"), `means` to whoever sets it.
    `check` is given a value and those of the other parameters that it `looks_at`; one of them
    that is of another type is left out, and one that is absent or not possible does not count
    against this one.
    """

    kind: type
    label: str
    means: str
    check: Check
    looks_at: tuple[str, ...] = ()


def one_of(possible: Callable[[Mapping[str, Any]], Sequence[Any]]) -> Check:
    """The check of a parameter whose values can be listed, in order, given the other values."""

    def check(value: Any, values: Mapping[str, Any]) -> str | None:
        among = possible(values)
        return None if value in among else choices(value, among)

    return check


def within(smallest: int, largest: int) -> Check:
    """The check of a number that has bounds."""

    def check(value: int, values: Mapping[str, Any]) -> str | None:
        fits = smallest <= value <= largest
        return None if fits else f"it must be from {smallest} to {largest}"

    return check


def judged_authorities(values: Mapping[str, Any]) -> list[str]:
    """Authorities with a judgement under any framework, abolished ones included."""
    from kentlib import tables

    return sorted(tables.load("national_judgements")["authority"].dropna().unique())


def frameworks(values: Mapping[str, Any]) -> list[str]:
    """Frameworks under which the authority was inspected, oldest first as in the table."""
    from kentlib import tables

    judgements = tables.load("national_judgements")
    return _narrowed(judgements, values, "authority", "framework")


def comparators(values: Mapping[str, Any]) -> list[str]:
    """Groups with which the authority can be compared: no region, no regional comparison."""
    from kentlib import comparators as groups
    from kentlib import tables

    areas = tables.load("areas").set_index("name")
    if values.get("authority") not in areas.index:
        return list(groups.GROUPS)
    needs = {groups.REGION: "region", groups.NEIGHBOURS: "statistical_neighbours"}
    known = areas.loc[values["authority"]].notna()
    return [group for group in groups.GROUPS if group not in needs or known[needs[group]]]


def reporting_authorities(values: Mapping[str, Any]) -> list[str]:
    """Authorities of today that have published indicators."""
    from kentlib import tables

    areas = tables.load("areas")
    authorities = areas.loc[areas["kind"] == "authority", "name"]
    reporting = tables.load("published_indicators")["area"].unique()
    return sorted(set(authorities) & set(reporting))


def years(values: Mapping[str, Any]) -> list[int]:
    """Years for which the authority has a published figure, in order."""
    from kentlib import tables

    indicators = tables.load("published_indicators").dropna(subset="value")
    return sorted(int(year) for year in _narrowed(indicators, values, "authority", "year", "area"))


def past_day(value: str, values: Mapping[str, Any]) -> str | None:
    """Whether a text is a day that has been, written as ISO 8601 writes it.

    Examples
    --------
    >>> past_day("2017-02-29", {}), past_day("6/3/2017", {})
    ('there is no such day', 'a day is written as 2017-03-06')
    """
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return "a day is written as 2017-03-06"
    try:
        day = dt.date.fromisoformat(value)
    except ValueError:
        return "there is no such day"
    if day < EARLIEST:
        return f"it must not be before {EARLIEST.isoformat()}"
    return "it is in the future" if day > dt.date.today() else None


def extracts_folder(value: str, values: Mapping[str, Any]) -> str | None:
    """Whether extracts can be read from a folder, or none are asked for."""
    from kentlib import records

    return records.problem(value)


def districts(values: Mapping[str, Any]) -> list[str] | None:
    """The districts that the authority's extracts know, in order; None without such extracts.

    Parameters
    ----------
    values
        `extracts`, the parameter, one that can be read or "none"; and `authority`, where it is
        known whose they should be.
    """
    from kentlib import records

    authority = values.get("authority")
    known = authority in reporting_authorities(values)
    folder = records.given(values["extracts"], authority if known else None)
    if folder is None:
        return None
    from kentlib.extracts import known_districts

    return known_districts.in_files(records.files(folder))


def district(value: str, values: Mapping[str, Any]) -> str | None:
    """Whether the extracts know a district; only they do."""
    from kentlib import records

    extracts, authority = values.get("extracts"), values.get("authority")
    if value == records.ALL or not isinstance(extracts, str) or records.problem(extracts):
        return None
    named = districts(values)
    if named is None:
        whose = f" of {authority}" if authority in reporting_authorities(values) else ""
        return f"it can only be {records.ALL!r}, since there are no extracts{whose} to read"
    if not named:
        return f"it can only be {records.ALL!r}, since the extracts name no district"
    return one_of(lambda _: [records.ALL, *named])(value, values)


def _narrowed(table, values, given: str, wanted: str, column: str | None = None) -> list:
    """The distinct `wanted` of the rows whose `column` has the given value, or of all rows."""
    rows = table[table[column or given] == values.get(given)]
    return list((table if rows.empty else rows)[wanted].dropna().unique())


_COMPARATOR = Parameter(
    str,
    "Compared with",
    "the group of authorities to compare with",
    one_of(comparators),
    looks_at=("authority",),
)
_REPORTING = Parameter(
    str,
    "Authority",
    "name as in data/areas.csv, with published indicators",
    one_of(reporting_authorities),
)
_YEAR = Parameter(
    int,
    "Year to 31 March",
    "the year that ends on 31 March of this one",
    one_of(years),
    looks_at=("authority",),
)
_INDICATORS = {"authority": _REPORTING, "comparator": _COMPARATOR, "year": _YEAR}

_EXTRACTS = Parameter(
    str,
    "Extracts",
    "the folder of the authority's own extracts, from the project's folder, or none",
    extracts_folder,
)
_DISTRICT = Parameter(
    str,
    "District",
    "all, or a district that the extracts know",
    district,
    looks_at=("authority", "extracts"),
)
_PERIOD_END = Parameter(str, "Last day measured", "a day that has been, as 2017-03-06", past_day)


def _published(notebook: str) -> dict[str, Parameter]:
    """The parameter `published` of a kind of report."""

    def check(value: str, values: Mapping[str, Any]) -> str | None:
        from kentlib import releases

        return releases.problem(value, notebook, values)

    means = "the folder of what was published before (kentlib publish), or none"
    looks_at = ("authority", "audience", "min_cell", "zeros", "method", "within_hours")
    return {"published": Parameter(str, "Published before", means, check, looks_at)}


_WITHIN_HOURS = Parameter(
    int,
    "Hours allowed",
    "hours from a child's return within which an interview should be held",
    within(1, 720),
)
_CHILD_LEVEL = {"extracts": _EXTRACTS, "district": _DISTRICT, "period_end": _PERIOD_END}
_AUDIENCE = {
    "audience": Parameter(
        str,
        AUDIENCE_LABEL,
        "internal, or public: small counts withheld",
        one_of(lambda _: AUDIENCES),
    )
}
_PROTECTED = {
    **_AUDIENCE,
    "min_cell": Parameter(
        int,
        "Small counts, from 1 to",
        "counts from 1 to this are withheld in a public report",
        within(1, 100),
    ),
    "zeros": Parameter(
        str,
        "Noughts in public",
        "shown or withheld in a public report",
        one_of(lambda _: ("shown", "withheld")),
    ),
    "method": Parameter(
        str,
        "Small counts in public",
        "suppress, or round: every count to the nearest 5",
        one_of(lambda _: ("suppress", "round")),
    ),
}

NOTEBOOKS: dict[str, dict[str, Parameter]] = {
    "data_quality": {
        "authority": _REPORTING,
        "extracts": _EXTRACTS,
        "period_end": _PERIOD_END,
        **_PROTECTED,
    },
    "judgements": {
        "authority": Parameter(
            str, "Authority", "name as in data/national_judgements.csv", one_of(judged_authorities)
        ),
        "framework": Parameter(
            str,
            "Inspection framework",
            "a framework the authority was inspected under",
            one_of(frameworks),
            looks_at=("authority",),
        ),
        "comparator": _COMPARATOR,
        **_AUDIENCE,
    },
    "permanence": {
        **_INDICATORS,
        **_CHILD_LEVEL,
        **_PROTECTED,
        **_published("permanence"),
    },
    "return_interviews": {
        **_INDICATORS,
        **_CHILD_LEVEL,
        "within_hours": _WITHIN_HOURS,
        **_PROTECTED,
        **_published("return_interviews"),
    },
}
"""Every notebook's parameters, in the order of its parameters cell."""


def check(notebook: str, /, **values: Any) -> None:
    """Stop unless every value is possible.

    Parameters
    ----------
    notebook
        One of `NOTEBOOKS`.
    values
        The notebook's parameters by name. One that is left out is not checked.

    Raises
    ------
    DataError
        Says of every wrong parameter, together, its name, what was given and what is possible.

    Examples
    --------
    >>> check("permanence", year="2017")
    Traceback (most recent call last):
    kentlib.errors.DataError: permanence: year is '2017', text; it must be a whole number.
    """
    found = problems(notebook, values)
    if found:
        raise DataError(f"{notebook}: {' '.join(found)}")


def problems(
    notebook: str, values: Mapping[str, Any], *, answers: dict[Any, str | None] | None = None
) -> list[str]:
    """One sentence for each value that is not possible; see `check`.

    Parameters
    ----------
    answers
        What earlier calls were told, filled as it is used: whoever asks about many reports
        gives each call the same dict, and no value is looked up twice.
    """
    if notebook not in NOTEBOOKS:
        return [f"No notebook is called {notebook!r}; there are {', '.join(NOTEBOOKS)}."]
    declared = NOTEBOOKS[notebook]
    answers = {} if answers is None else answers
    typed = {
        name: value
        for name, value in values.items()
        if name in declared and is_a(value, declared[name].kind)
    }
    found = []
    for name, value in values.items():
        if name not in declared:
            found.append(unknown_name(name, list(declared)))
        elif name not in typed:
            found.append(wrong_type(name, value, declared[name].kind))
        elif why := _answer(declared[name], value, typed, answers):
            found.append(f"{name} is {value!r}; {why}.")
    return found


def label(notebook: str, name: str) -> str:
    """What a report calls a parameter.

    Examples
    --------
    >>> label("judgements", "comparator"), label("my_own", "period_end")
    ('Compared with', 'Period end')
    """
    known = NOTEBOOKS.get(notebook, {}).get(name)
    return known.label if known else name.replace("_", " ").capitalize()


def is_a(value: Any, kind: type) -> bool:
    """Whether a value has exactly a type: True is no whole number, and 2017.0 is none either.

    Examples
    --------
    >>> is_a(2017, int), is_a(True, int), is_a("2017", int), is_a(2, float)
    (True, False, False, True)
    """
    return type(value) is kind or (kind is float and type(value) is int)


def wrong_type(name: str, value: Any, kind: type) -> str:
    """The sentence for a value of another type.

    Examples
    --------
    >>> wrong_type("period_end", dt.date(2017, 3, 6), str)
    'period_end is 2017-03-06, a date; it must be text: quote it, as "2017-03-06".'
    """
    if isinstance(value, dt.date):
        day = value.strftime("%Y-%m-%d")
        quoted = f': quote it, as "{day}"' if kind is str else ""
        return f"{name} is {day}, a date; it must be {_in_words(kind)}{quoted}."
    shown = "" if isinstance(value, list | dict) else f"{value!r}, "
    return f"{name} is {shown}{_in_words(type(value))}; it must be {_in_words(kind)}."


def unknown_name(name: str, known: Sequence[str], what: str = "parameters") -> str:
    """The sentence for a name that the notebook, or whatever has it, does not declare."""
    close = get_close_matches(name, known, n=1)
    hint = f" (did you mean {close[0]}?)" if close else ""
    return f"{name} is not one of its {what}{hint}; they are {', '.join(known)}."


def _answer(
    parameter: Parameter, value: Any, values: Mapping[str, Any], answers: dict[Any, str | None]
) -> str | None:
    seen = {one: values[one] for one in parameter.looks_at if one in values}
    asked = parameter.check, repr((value, seen))
    if asked not in answers:
        answers[asked] = parameter.check(value, seen)
    return answers[asked]


def _in_words(kind: type) -> str:
    words = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
    words |= {type(None): "nothing", list: "a list", dict: "a mapping"}
    return words.get(kind, f"a {kind.__name__}")


def choices(value: Any, possible: Sequence[Any]) -> str:
    """What is possible instead of a value: all of a short list, the closest of a long one.

    Examples
    --------
    >>> choices("dover", ["all", "Dover"])
    "it can be 'all', 'Dover'"
    """
    if isinstance(value, str) and value.strip() in possible:
        return f"it has spaces around it: write {value.strip()!r}"
    if not possible:
        return "no value is possible with the other parameters given"
    if len(possible) <= SHORT:
        return f"it can be {', '.join(map(repr, possible))}"
    folded = {str(one).casefold(): one for one in possible}
    close = get_close_matches(str(value).strip().casefold(), list(folded), n=3, cutoff=0.5)
    nearest = ", ".join(repr(folded[one]) for one in close)
    if not close:
        return f"none of the {len(possible)} possible values is like it"
    return f"of {len(possible)} possible values the closest: {nearest}"
