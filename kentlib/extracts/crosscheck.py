"""Checks across the rows of a table, and between tables.

Each check tells what it finds and, where a value cannot be right, takes it out of the table:
the problem is then "counted and left out". Where nobody can say which of two values is wrong
both stay, and the problem is a note.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from kentlib.extracts import rowchecks, specs
from kentlib.extracts.problems import LEFT_OUT, Found
from kentlib.extracts.rowchecks import BySheet, Teller
from kentlib.extracts.typed import Places


def annex_a(
    lists: dict[int, pd.DataFrame], places: Mapping[int, Places], found: Found, *, today: dt.date
) -> dict[int, pd.DataFrame]:
    """Check the lists of Annex A, each by itself and against each other.

    Parameters
    ----------
    lists, places
        What `annex_a.Lists.settle` gives.
    today
        A later date is in the future.

    Returns
    -------
    The lists without the values that cannot be right.
    """
    checked = dict(lists)
    for number in specs.annex_a():
        if number not in places or lists[number].empty:
            continue
        rows = lists[number].copy(deep=False)
        teller = _teller(number, rows, places, found)
        rowchecks.in_order(rows, teller)
        rowchecks.from_birth(rows, teller)
        rowchecks.future(rows, teller, today)
        rowchecks.age(rows, teller)
        if number == 8:
            _list_8(rows, teller)
        if number == 10:
            _list_10(rows, teller)
        checked[number] = rows
    born = {n: rows for n, rows in lists.items() if n in places and n != 11 and len(rows)}
    _born_otherwise(born, places, found)
    _between(checked, places, found)
    return checked


def interviews(
    rows: pd.DataFrame, places: BySheet, districts: pd.DataFrame, found: Found, *, today: dt.date
) -> pd.DataFrame:
    """Check the return interviews, and their districts against the table of districts.

    Returns the rows without the times that cannot be right.
    """
    if rows.empty:
        return rows
    rows = rows.copy(deep=False)
    teller = Teller(specs.return_interviews(), rows, places, found)
    untimed = rows["held"].eq("yes") & rows["held_at"].isna()
    rowchecks.in_order(rows, teller)
    rowchecks.future(rows, teller, today)
    rowchecks.overlap(rows, teller)
    known = set(districts["district"].dropna().str.casefold())
    if known:
        strange = rows["district"].notna() & ~rows["district"].str.casefold().isin(known)
        teller.tell(
            strange,
            "district",
            "district-unknown",
            "a district that the table of districts does not have",
            seen="another district",
            expected="a district of that table, as it is spelt there",
        )
    for name, other in (("held_at", "held"), ("offered_at", "offered")):
        said_no = rows[other].isin(["no", "not applicable"]) & rows[name].notna()
        teller.tell(
            said_no,
            other,
            "time-though-not",
            f"{other} says no, and {name} holds a date",
            seen="no, and a date",
            expected="both or neither",
        )
    teller.tell(
        untimed,
        "held_at",
        "held-without-time",
        "held, and not when: it cannot be said whether it was in time",
        seen="an empty cell",
        expected="when the interview was held",
        severity=LEFT_OUT,
    )
    return rows


def looked_after(
    rows: pd.DataFrame, places: BySheet, children: set[str], source: str, found: Found
) -> None:
    """Tell of interviews said to be of looked-after children whom another table does not have.

    Parameters
    ----------
    children
        The children of that table: list 8, or the SSDA903 episodes.
    source
        Its name for the reader.
    """
    if rows.empty or not children:
        return
    absent = rows["child_group"].eq("looked after") & ~rows["child_id"].isin(children)
    Teller(specs.return_interviews(), rows, places, found).tell(
        absent,
        "child_group",
        "not-in-table",
        f"said to be looked after, and not in {source}",
        seen="looked after",
        expected=f"a child of {source}, or another group",
    )


def _list_8(rows: pd.DataFrame, teller: Teller) -> None:
    ceased, reason = rows["date_ceased"].notna(), rows["reason_ceased"].notna()
    both = "a date and a reason, or neither"
    teller.tell(
        ceased & ~reason,
        "reason_ceased",
        "end-without-reason",
        "ceased to be looked after, and no reason",
        seen="an empty cell",
        expected=both,
    )
    teller.tell(
        reason & ~ceased,
        "date_ceased",
        "reason-without-end",
        "a reason for ceasing, and no date",
        seen="an empty cell",
        expected=both,
    )
    teller.tell(
        rows["reason_ceased"].eq("X1"),
        "reason_ceased",
        "x1-as-end",
        "X1 is a change while looked after, no reason for ceasing",
        seen="X1",
        expected="the reason the child ceased to be looked after",
    )
    teller.tell(
        (rows["age"] >= 18).fillna(False) & ~ceased,
        "date_ceased",
        "over-18",
        "aged 18 or over, and no date of ceasing to be looked after",
        seen="an empty cell",
        expected="the date the child ceased to be looked after, by the 18th birthday",
    )
    accepted = rows["interview_accepted"].eq("yes") & rows["interview_offered"].eq("no")
    teller.tell(
        accepted,
        "interview_accepted",
        "accepted-not-offered",
        "a return interview accepted that was not offered",
        seen="yes",
        expected="No, or offered",
    )


def _list_10(rows: pd.DataFrame, teller: Teller) -> None:
    adopted = rows["adoption_order"].notna()
    again = adopted & rows["child_id"].where(adopted).duplicated(keep="first")
    teller.tell(
        again,
        "adoption_order",
        "adopted-twice",
        "a second adoption order for the same child",
        seen="a date",
        expected="one adoption order for a child",
    )
    teller.tell(
        adopted & rows["decision_reversed"].notna(),
        "decision_reversed",
        "adopted-and-reversed",
        "an adoption order, and a decision that the child should no longer be placed",
        seen="a date",
        expected="one or the other",
    )
    reason = rows["reversal_reason"].notna()
    teller.tell(
        reason & rows["decision_reversed"].isna(),
        "decision_reversed",
        "reason-without-end",
        "a reason for no longer placing the child, and no date",
        seen="an empty cell",
        expected="a date and a reason, or neither",
    )


def _between(lists: dict[int, pd.DataFrame], places: Mapping[int, Places], found: Found) -> None:
    """What one list says of a child against what another says."""

    def absent(number: int, marked: pd.Series, other: int, problem: str) -> None:
        if number not in places or other not in places:
            return
        rows, there = lists[number], set(lists[other]["child_id"])
        marked = marked.to_numpy(dtype=bool, copy=True)
        marked[marked] = [child not in there for child in rows["child_id"][marked].tolist()]
        if not marked.any():
            return
        zeroless = {child.lstrip("0") for child in there}
        bare = marked.copy()
        bare[marked] = [
            child.lstrip("0") in zeroless for child in rows["child_id"][marked].tolist()
        ]
        teller = _teller(number, rows, places, found)
        teller.tell(
            marked & bare,
            "child_id",
            "id-zeros",
            f"{problem}, unless leading zeros were lost on the way",
            seen="other leading zeros",
            expected="the identifier written alike in every list",
        )
        teller.tell(
            marked & ~bare,
            "child_id",
            "not-in-list",
            problem,
            expected=f"the child in both lists {number} and {other}",
        )

    eight, ten, six = lists[8], lists[10], lists[6]
    to_adopt = (eight["legal_status"].eq("E1") | eight["permanence_plan"].eq("adoption")) & eight[
        "date_ceased"
    ].isna()
    absent(8, to_adopt, 10, "a plan or order for adoption in list 8, and not in list 10")
    waiting = ten["adoption_order"].isna() & ten["decision_reversed"].isna()
    absent(10, waiting, 8, "waiting for adoption in list 10, and not looked after in list 8")
    cared_for = six["case_status"].eq("looked after child")
    absent(6, cared_for, 8, "a looked after child in list 6, and not in list 8")
    protected = six["case_status"].eq("child protection plan")
    absent(6, protected, 7, "on a child protection plan in list 6, and not in list 7")


def _teller(number: int, rows: pd.DataFrame, places: Mapping[int, Places], found: Found) -> Teller:
    place = (rows["_file"].cat.categories[0], rows["_sheet"].cat.categories[0])
    return Teller(specs.annex_a()[number], rows, {place: places[number]}, found)


def _born_otherwise(
    lists: dict[int, pd.DataFrame], places: Mapping[int, Places], found: Found
) -> None:
    """A child born on another day than in the first list that has the child."""
    if not lists:
        return
    numbers = list(lists)
    children = pd.concat([rows["child_id"] for rows in lists.values()], ignore_index=True)
    born = pd.concat([rows["date_of_birth"] for rows in lists.values()], ignore_index=True)
    lengths = [len(rows) for rows in lists.values()]
    child, names = pd.factorize(children)
    day = born.to_numpy().astype("datetime64[D]")
    held = np.flatnonzero(~np.isnat(day) & (child >= 0))[::-1]
    first = np.zeros(len(names), dtype=np.intp)
    first[child[held]] = held
    differs = np.zeros(len(child), dtype=bool)
    differs[held] = day[held] != day[first[child[held]]]
    if not differs.any():
        return
    list_of = np.repeat(numbers, lengths)
    for number in numbers:
        own = list_of == number
        marked, source = differs[own], list_of[first[child[own]]]
        for other in np.unique(source[marked]):
            _teller(number, lists[number], places, found).tell(
                marked & (source == other),
                "date_of_birth",
                "born-otherwise",
                f"born on another day than in list {int(other)}",
                seen="another date",
                expected="one date of birth for a child",
            )
