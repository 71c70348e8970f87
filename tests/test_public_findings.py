"""Findings made from protected tables: whichever count is withheld, none says it or fails."""

import re
from itertools import chain, combinations

import pandas as pd
import pytest

from kentlib import (
    adoption,
    adoption_plans,
    disclosure,
    leaving,
    publication,
    returning,
    shares,
    since_entry,
    stability,
)

ANY = since_entry.ANY
TOP = {"share": 0.5, "low": 0.4, "high": 0.6}


def routes():
    rows = [(route, 1000 + 7 * number) for number, route in enumerate(leaving.EXITS)]
    table = pd.DataFrame(rows, columns=["route", "children"]).assign(year=2017, district="Dover")
    left = table["children"].sum()
    return shares.share(table.assign(left_care=left), "children", "left_care")


def homes():
    rows = [(route, 300 + 7 * number) for number, route in enumerate(since_entry.PERMANENT)]
    table = pd.DataFrame(rows, columns=["route", "children"])
    table.loc[len(table)] = [ANY, table["children"].sum()]
    table = table.assign(district="Dover", months=12, too_recent=811, followed=4321)
    return shares.share(table, "children", "followed")


def timely():
    row = {"year": 2017, "indicator": "A1", "years_covered": 3, "adopted": 320, "left_out": 7}
    row |= {"children": 313, "days": 451.0, "low": 400.0, "high": 500.0, "middle": 433.0}
    return pd.DataFrame([row | {"threshold": 426, "threshold_year": 2017, "meets": False}])


def waited():
    row = {"year": 2017, "in_time": 123, "too_early": 17, "decided": 211}
    return shares.share(pd.DataFrame([row]), "in_time", "decided")


def waiting():
    row = {"district": "all", "waiting": 71, "with_order": 61, "matched": 13, "looked_after": 1893}
    return shares.share(pd.DataFrame([row]).assign(days=276.0), "waiting", "looked_after")


def moved():
    rows = [("Dover", 311, 29), ("Swale", 411, 97), ("all", 722, 126)]
    table = pd.DataFrame(rows, columns=["district", "looked_after", "many"])
    table = shares.share(table, "many", "looked_after")
    return shares.against_rest(table, "many", "looked_after")


def settled():
    row = {"district": "all", "long_in_care": 461, "cannot_tell": 13, "known": 448, "settled": 317}
    return shares.share(pd.DataFrame([row]), "settled", "known")


def fostered():
    row = {"district": "all", "matched": 437, "fostered": 1353, "looked_after": 1893}
    table = shares.share(pd.DataFrame([row]), "matched", "fostered")
    return shares.share(table, "matched", "looked_after", suffix="_of_looked_after")


def returned():
    rows = [("all leavings", 4842, 1328, 3514, 117), ("leavings under 18", 2593, 528, 2065, 83)]
    table = pd.DataFrame(rows, columns=["of", "left", "too_recent", "followed", "returned"])
    table = table.assign(district="all", months=12)
    return shares.share(table, "returned", "followed")


FINDINGS = {
    "routes": (routes, leaving.routes_spec, lambda t: leaving.routes_finding(t, "Kent", 2017)),
    "homes": (homes, since_entry.permanence_spec, since_entry.permanence_finding),
    "timely": (
        timely,
        adoption.timeliness_spec,
        lambda t: adoption.timeliness_finding(t, "Kent", 2017),
    ),
    "waited": (waited, adoption.waited_spec, lambda t: adoption.waited_finding(t, 2017)),
    "waiting": (
        waiting,
        adoption_plans.waiting_spec,
        lambda t: adoption_plans.waiting_finding(t, "Kent"),
    ),
    "moved": (moved, stability.in_year_spec, lambda t: stability.in_year_finding(t, "Kent")),
    "one district": (
        moved,
        stability.in_year_spec,
        lambda t: shares.district_finding(t, "Dover", "of children"),
    ),
    "all districts": (
        moved,
        stability.in_year_spec,
        lambda t: shares.district_finding(t, "all", "of children"),
    ),
    "settled": (settled, stability.long_term_spec, lambda t: stability.long_term_finding(t, "X")),
    "fostered": (fostered, stability.fostering_spec, lambda t: stability.fostering_finding(t, "X")),
    "returned": (returned, returning.returns_spec, returning.returns_finding),
}


def without(table, spec, cells):
    """The table as it is published when these cells, rows and counts, are withheld."""
    made = table.copy()
    for count in spec.measures:
        made[count] = made[count].astype("Int64")
        made[f"{count}_mark"] = ""
    for row, count in cells:
        made.loc[made.index[row], count] = pd.NA
        made.loc[made.index[row], f"{count}_mark"] = "c"
    gone = {count: made[f"{count}_mark"] == "c" for count in spec.measures}
    for columns, (top, bottom) in spec.shares.items():
        for name in [columns] if isinstance(columns, str) else columns:
            made[name] = made[name].mask(gone[top] | gone[bottom])
    for name in spec.derived:
        made[name] = made[name].mask(pd.concat(gone, axis=1).any(axis=1))
    return publication._marked(made, spec)


def choices(spec):
    """Every cell alone, each two of a row, all cells of a count, and all; one that is repeated
    on other rows goes there too."""
    rows, counts = range(len(spec.table)), list(spec.measures)
    alone = [[(row, count)] for row in rows for count in counts]
    twos = [[(row, one), (row, two)] for row in rows for one, two in combinations(counts, 2)]
    whole = [[(row, count) for row in rows] for count in counts]
    every = [*alone, *twos, *whole, list(chain.from_iterable(whole))]
    return [
        list(
            dict.fromkeys(
                (other, count)
                for row, count in cells
                for other in (rows if count in spec.repeats else [row])
            )
        )
        for cells in every
    ]


@pytest.mark.parametrize("name", FINDINGS)
def test_a_finding_says_no_withheld_number_and_never_fails(name):
    make, spec_of, finding = FINDINGS[name]
    table = make()
    spec = spec_of(table)
    for cells in choices(spec):
        said = finding(without(table, spec, cells))
        numbers = set(re.findall(r"\d+", said.replace(",", "")))
        for row, count in cells:
            assert str(table[count].iloc[row]) not in numbers, (cells, said)
        assert "nan" not in said.lower()
        assert "<na>" not in said.lower()


@pytest.mark.parametrize("name", FINDINGS)
def test_a_finding_is_what_it_was_where_nothing_is_withheld(name):
    make, spec_of, finding = FINDINGS[name]
    table = make()
    assert finding(without(table, spec_of(table), [])) == finding(table)


@pytest.mark.parametrize("name", FINDINGS)
def test_what_a_measure_says_of_its_table_holds(name):
    make, spec_of, _ = FINDINGS[name]
    spec = spec_of(make())
    assert disclosure.protect_all({name: spec})[name].audit.empty


def test_no_route_is_called_the_commonest_that_a_withheld_one_could_exceed():
    table = routes()
    spec = leaving.routes_spec(table)
    last = len(table) - 1
    assert f"most common route was {table['route'][last]}" in leaving.routes_finding(
        without(table, spec, [(0, "children")]), "Kent", 2017
    )
    two = leaving.routes_finding(
        without(table, spec, [(3, "children"), (4, "children")]), "Kent", 2017
    )
    assert "most common" not in two
    assert "to adoption, special guardianship" in two


def test_a_withheld_share_is_not_called_too_few():
    table = moved()
    shown = without(table, stability.in_year_spec(table), [(0, "many")])
    assert shares.district_finding(shown, "Dover", "of children") == (
        "How Dover compares with the rest of the county is not published"
    )
    assert stability.in_year_finding(shown, "Dover").endswith("is not published")
