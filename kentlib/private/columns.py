"""Which columns hold what nobody may be shown, by their headers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kentlib import yaml_files

LIST = Path(__file__).with_name("columns.yaml")

LONGEST = 80
"""Characters of a header; more than that is text that happens to stand above a column."""


@dataclass(frozen=True)
class Kind:
    """A kind of thing that nobody may be shown.

    Attributes
    ----------
    name
        As columns.yaml has it.
    told
        How an error names one: "a date of birth".
    holds
        What its values are: code, day, postcode, name or text.
    """

    name: str
    told: str
    holds: str
    header: re.Pattern[str]


@cache
def kinds() -> dict[str, Kind]:
    """The kinds by name, in the order in which a header is compared with them."""
    listed = _list()["kinds"]
    return {
        name: Kind(name, about["told"], about["is"], re.compile(about["header"]))
        for name, about in listed.items()
    }


@cache
def no_names() -> frozenset[str]:
    """Words, in capitals, of what stands among names and is none: "Duty team", "Not allocated"."""
    return frozenset(word.upper() for word in _list()["no_names"])


@cache
def _list() -> dict:
    return yaml_files.read(LIST)


def plain(header: str) -> str:
    """A header in lower case, its words apart by one space, "DateOfBirth" as three words.

    Examples
    --------
    >>> plain(" Date-of  Birth:"), plain("child_id"), plain("ChildUniqueID")
    ('date of birth', 'child id', 'child unique id')
    """
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header[: 2 * LONGEST])
    return " ".join(re.findall(r"[a-z0-9]+", apart.lower()))


@cache
def kind(header: str) -> str | None:
    """The kind of thing that a column of this header holds; None for what may be shown.

    Examples
    --------
    >>> kind("Child Unique ID"), kind("DOB"), kind("PL_POST"), kind("Allocated Worker")
    ('identifier', 'birth', 'postcode', 'name')
    >>> kind("District"), kind("Children"), kind("Age of Child (Years)"), kind("School name")
    (None, None, None, None)
    """
    if not header or len(header) > LONGEST:
        return None
    words = plain(header)
    return next((name for name, one in kinds().items() if one.header.search(words)), None)
