"""What a notebook's parameters may be: their type, meaning and possible values.

This is the one place that says so. The scheduled run asks it before any kernel starts, and each
notebook asks it again in its first cell, so that a value typed in JupyterLab meets the same rule:

    parameters.check("judgements", authority=authority, framework=framework, comparator=comparator)

Importing this module costs nothing; the tables are read when a value is looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from kentlib.errors import DataError

SHORT = 12
"""A list of possible values up to this long is given whole; a longer one by its closest."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of one notebook.

    `label` names it to a reader of the report ("Compared with"), `means` to whoever sets it.
    `possible` lists its values, in order, given the values of the notebook's other parameters;
    a parameter on which the list depends may be absent or wrong, and then does not narrow it.
    """

    kind: type
    label: str
    means: str
    possible: Callable[[Mapping[str, Any]], Sequence[Any]]


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
    reporting = tables.load("published_indicators")["area"]
    return sorted(set(authorities) & set(reporting))


def years(values: Mapping[str, Any]) -> list[int]:
    """Years for which the authority has a published figure, in order."""
    from kentlib import tables

    indicators = tables.load("published_indicators").dropna(subset="value")
    return sorted(int(year) for year in _narrowed(indicators, values, "authority", "year", "area"))


def _narrowed(table, values, given: str, wanted: str, column: str | None = None) -> list:
    """The distinct `wanted` of the rows whose `column` has the given value, or of all rows."""
    rows = table[table[column or given] == values.get(given)]
    return list((table if rows.empty else rows)[wanted].dropna().unique())


_COMPARATOR = Parameter(
    str, "Compared with", "the group of authorities to compare with", comparators
)
_REPORTING = Parameter(
    str, "Authority", "name as in data/areas.csv, with published indicators", reporting_authorities
)
_YEAR = Parameter(int, "Year to 31 March", "the year that ends on 31 March of this one", years)

NOTEBOOKS: dict[str, dict[str, Parameter]] = {
    "judgements": {
        "authority": Parameter(
            str, "Authority", "name as in data/national_judgements.csv", judged_authorities
        ),
        "framework": Parameter(
            str, "Inspection framework", "a framework the authority was inspected under", frameworks
        ),
        "comparator": _COMPARATOR,
    },
    "permanence": {"authority": _REPORTING, "comparator": _COMPARATOR, "year": _YEAR},
    "return_interviews": {"authority": _REPORTING, "comparator": _COMPARATOR, "year": _YEAR},
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


def problems(notebook: str, values: Mapping[str, Any]) -> list[str]:
    """One sentence for each value that is not possible; see `check`."""
    if notebook not in NOTEBOOKS:
        return [f"No notebook is called {notebook!r}; there are {', '.join(NOTEBOOKS)}."]
    declared = NOTEBOOKS[notebook]
    found = []
    for name, value in values.items():
        if name not in declared:
            found.append(unknown_name(name, list(declared)))
        elif not is_a(value, declared[name].kind):
            found.append(wrong_type(name, value, declared[name].kind))
        else:
            possible = declared[name].possible(values)
            if value not in possible:
                found.append(f"{name} is {value!r}; {_choices(value, possible)}.")
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
    """The sentence for a value of another type."""
    return f"{name} is {value!r}, {_in_words(type(value))}; it must be {_in_words(kind)}."


def unknown_name(name: str, known: Sequence[str]) -> str:
    """The sentence for a name that the notebook does not declare."""
    close = get_close_matches(name, known, n=1)
    hint = f" (did you mean {close[0]}?)" if close else ""
    return f"{name} is not one of its parameters{hint}; they are {', '.join(known)}."


def _in_words(kind: type) -> str:
    words = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
    words |= {type(None): "nothing", list: "a list", dict: "a mapping"}
    return words.get(kind, f"a {kind.__name__}")


def _choices(value: Any, possible: Sequence[Any]) -> str:
    """What is possible instead: all of a short list, the closest of a long one."""
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
