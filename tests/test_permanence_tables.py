"""What a public report on permanence takes as known, and which of its counts it leaves out."""

import pandas as pd

from kentlib import permanence_tables, publication
from kentlib.disclosure import Spec

METRICS = pd.DataFrame(
    {"id": ["adoptions_12_months", "ceased_12_months", "looked_after_total"], "value": [8, 32, 100]}
)
INDICATORS = pd.DataFrame(
    {
        "measure": ["adopted_number", "special_guardianship_number", "three_placements_number"] * 2,
        "area": ["Kent"] * 3 + ["Medway"] * 3,
        "year": 2017,
        "value": [9.0, 3.0, 12.0, 1.0, 1.0, 1.0],
    }
)


def tables():
    rows = [("adopted", 8), ("special guardianship", 3), ("aged out", 9), ("other", 12)]
    routes = pd.DataFrame(rows, columns=["route", "children"])
    routes = routes.assign(district="all", year=2017, left_care=32)
    moved = pd.DataFrame({"district": ["Dover", "all"], "looked_after": [60, 99], "many": [5, 12]})
    return {"routes": routes, "moved": moved}


def known(min_cell=5):
    told = permanence_tables.printed(METRICS, INDICATORS, "Kent", 2017)
    return permanence_tables.known(tables(), told, min_cell=min_cell)


def test_a_county_s_count_is_known_where_it_has_been_printed_with_the_same_number():
    found = known()
    routes = found["routes"].set_index("route")["children"]
    assert routes.dropna().to_dict() == {"adopted": 8}
    assert found["routes"]["left_care"].tolist() == [32] * 4
    assert found["moved"]["district"].tolist() == ["all"]
    assert found["moved"]["many"].tolist() == [12]
    assert found["moved"]["looked_after"].isna().all()


def test_a_printed_number_that_is_small_protects_nobody_and_is_passed_over():
    assert known(min_cell=2)["routes"]["children"].dropna().tolist() == [8, 3]
    assert known(min_cell=8)["routes"]["children"].isna().all()


def test_the_small_count_is_not_hidden_behind_the_printed_one():
    spec = Spec(
        tables()["routes"],
        ["district", "year", "route"],
        {"children": "leavers", "left_care": "leavers"},
        repeats={"left_care": ["route"]},
    )
    rules = {"audience": "public", "min_cell": 5, "zeros": "shown", "method": "suppress"}
    alone = publication.tables({"routes": spec}, **rules)["routes"]
    assert alone["children_mark"].tolist() == ["c", "c", "", ""]
    told = {"routes": known()["routes"]}
    safe = publication.tables({"routes": spec}, **rules, known=told)["routes"]
    assert safe["children_mark"].tolist() == ["", "c", "c", ""]
