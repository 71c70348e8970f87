"""Who may read a report, and so which of its counts are shown.

A report is "internal", for the authority's own use, or "public". Both come from the same tables;
in a public one these are protected together, whichever district the report is of, so that no two
reports of a run differ in what they withhold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from kentlib import disclosure, released_tables, releases
from kentlib.disclosure import Period, Spec, marks
from kentlib.disclosure.protecting import MARK
from kentlib.disclosure.specs import listed
from kentlib.errors import DataError
from kentlib.once import once
from kentlib.parameters import AUDIENCES, PUBLIC

MADE = "Made for publication"
"""How the notice of a public report begins."""


def is_public(audience: str) -> bool:
    """Whether a report is made for publication.

    Raises
    ------
    DataError
        The audience is neither "internal" nor "public": nothing is published by a misspelling.
    """
    if audience not in AUDIENCES:
        raise DataError(f"audience is {audience!r}; it can be {', '.join(map(repr, AUDIENCES))}.")
    return audience == PUBLIC


def notice(audience: str, method: str = "", min_cell: int = 0, zeros: str = "shown") -> str:
    """Who may read a report and what it withholds, for the top of its page.

    Parameters
    ----------
    audience, method, min_cell, zeros
        The report's parameters. A report that holds published figures only has no method.

    Examples
    --------
    >>> notice("public", "suppress", 5)
    'Made for publication: counts of children from 1 to 5 are withheld (c), with other counts that \
would give them away and whatever is worked out from either.'
    """
    if not method:
        who = MADE if is_public(audience) else "For use inside the authority"
        return f"{who}: every figure in this report has been published before."
    if not is_public(audience):
        return (
            "For use inside the authority, not for publication: small counts of children are "
            "shown, and a child could be recognised by them."
        )
    if method == "round":
        return (
            f"{MADE}: every count of children is rounded to the nearest 5 (low: 1 or "
            "2), and whatever is worked out from counts is worked out from the rounded ones or "
            "left out."
        )
    first = 1 if zeros == "shown" else 0
    return (
        f"{MADE}: counts of children from {first} to {min_cell} are withheld (c), "
        "with other counts that would give them away and whatever is worked out from either."
    )


class Tables(dict[str, pd.DataFrame]):
    """Tables by their names; of those made for publication also what they hold (`specs`) and the
    days that they count (`periods`)."""

    specs: Mapping[str, Spec] = {}
    periods: Mapping[str, Period] = {}

    def plain(
        self, called: Mapping[str, released_tables.Called]
    ) -> dict[str, released_tables.Plain]:
        """Each protected table as plain data, called as said: see `kentlib.released_tables`."""
        return {
            name: released_tables.plain(self[name], spec, self.periods.get(name), called[name])
            for name, spec in self.specs.items()
        }


def tables(
    specs: Mapping[str, Spec],
    *,
    audience: str,
    min_cell: int,
    zeros: str,
    method: str,
    known: Mapping[str, pd.DataFrame] | None = None,
    periods: Mapping[str, Period] | None = None,
    before: Sequence[releases.Release] = (),
) -> Tables:
    """The tables of a report as its audience may see them.

    Parameters
    ----------
    specs
        Every table of counts that any report of the run shows, by name, and what it holds: the
        whole system, all districts, whichever the report is of. Take a report's rows afterwards.
    audience, min_cell, zeros, method
        The report's parameters; see `kentlib.disclosure.protect`.
    known
        Of a table, by its name, the counts that others have published already: its columns
        `by` and counts, missing where nobody has. Nothing is hidden behind a number that can be
        read elsewhere. (Rounded tables hide nothing so, and pass it over.)
    periods
        The first and the last day that a table counts, by its name; one day twice for children on
        a day. One without has rows that each tell their own.
    before
        What was published before, from `kentlib.releases.before`: nothing is to be worked out
        from the difference. (Passed over likewise.)

    Returns
    -------
    Each table by its name. Internal: as it came. Public: protected; a count is missing where it
    is withheld, `<count>_mark` says why, and so does `<column>_mark` of what is worked out from
    counts. `show.table` writes the marks.
    """
    if not is_public(audience):
        return Tables({name: spec.table for name, spec in specs.items()})
    rules = {"min_cell": min_cell, "zeros": zeros, "method": method}
    hides = method != releases.ROUND
    earlier = releases.earlier(before if hides else (), specs)
    for name, table in (known or {}).items() if hides else ():
        earlier.setdefault(name, []).insert(0, disclosure.Earlier(table))

    def protected() -> dict[str, pd.DataFrame]:
        safe = disclosure.protect_all(specs, **rules, periods=periods, earlier=earlier)
        return {name: _marked(safe[name].table, spec) for name, spec in specs.items()}

    made = Tables(once(lambda: ("protected", rules, periods, specs, earlier), protected))
    made.specs, made.periods = specs, periods or {}
    return made


def _marked(table: pd.DataFrame, spec: Spec) -> pd.DataFrame:
    """Beside what is worked out from counts, a mark where it was taken out.

    In a row with a withheld count every missing one has it: whether there were enough to work
    it out in the first place would say how many.
    """
    sources = {
        name: [*listed(top), bottom]
        for columns, (top, bottom) in spec.shares.items()
        for name in listed(columns)
    }
    sources |= {name: list(spec.measures) for name in spec.derived}
    made = table.copy()
    for name, counts in sources.items():
        if counts:
            marked = (table[[f"{one}{MARK}" for one in counts]] != "").any(axis=1)
            gone = table[name].isna() & (marked | spec.table[name].notna())
            made[f"{name}{MARK}"] = gone.map({True: marks.WITHHELD, False: ""}).astype("str")
    return made


def legend(*shown: pd.DataFrame) -> str:
    """What the marks that tables use mean, in one line, or "" where there is none.

    Examples
    --------
    >>> legend(pd.DataFrame({"adopted": [None, 12], "adopted_mark": ["c", ""]}))
    'c: withheld: a small number, or one that would give a small number away.'
    """
    used = {
        mark
        for table in shown
        for column in table
        if is_mark(column, table)
        for mark in table[column]
    }
    if used <= {""}:
        return ""
    lines = marks.legend(used).itertuples(index=False)
    return "; ".join(f"{one.mark}: {one.means[0].lower()}{one.means[1:]}" for one in lines) + "."


def finding(*shown: pd.DataFrame) -> str:
    """How many numbers of protected tables are withheld, in a sentence.

    Examples
    --------
    >>> finding(pd.DataFrame({"adopted": [None, 12], "adopted_mark": ["c", ""]}))
    '1 of the 2 numbers in tables of children is withheld'
    """
    every = [table[name] for table in shown for name in table if is_mark(name, table)]
    number = sum(len(column) for column in every)
    gone = sum(int((column == marks.WITHHELD).sum()) for column in every)
    verb = "is" if gone == 1 else "are"
    return f"{gone:,} of the {number:,} numbers in tables of children {verb} withheld"


def is_mark(column: object, table: pd.DataFrame) -> bool:
    """Whether a table has a column, and it holds the marks of another."""
    name = str(column)
    return name.endswith(MARK) and {name, name.removesuffix(MARK)} <= set(table.columns)


def withheld(what: str) -> str:
    """The sentence that stands where a public report shows nothing.

    Parameters
    ----------
    what
        What is not shown, as it begins a sentence: "Leavings by month".

    Examples
    --------
    >>> withheld("Leavings by month")
    'Leavings by month: not shown in a report made for publication, because small counts would \
show.'
    """
    return f"{what}: not shown in a report made for publication, because small counts would show."
