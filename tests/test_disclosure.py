"""Small counts: which are withheld, which others go with them, and what is never said."""

import os
import pickle
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentlib import disclosure, shares
from kentlib.disclosure import Earlier, Spec
from kentlib.errors import DataError


def districts(*numbers, total=True, **columns):
    """Children by district, with the county's row unless said otherwise."""
    names = ["Ashford", "Dover", "Swale", "Thanet", "Tonbridge"][: len(numbers)]
    table = pd.DataFrame({"district": names, "children": numbers} | columns)
    if not total:
        return table
    whole = {name: sum(table[name]) for name in table if name != "district"}
    return pd.concat([table, pd.DataFrame([{"district": "all"} | whole])], ignore_index=True)


def protect(table, **more):
    return disclosure.protect(table, **({"by": ["district"], "counts": ["children"]} | more))


def marks(safe, count="children"):
    return safe.table[f"{count}_mark"].tolist()


def grid(rows):
    """A table of rows and columns with totals of both."""
    numbers = np.array(rows)
    numbers = np.vstack([numbers, numbers.sum(axis=0)])
    numbers = np.column_stack([numbers, numbers.sum(axis=1)])
    labels = [[*"abcdefg"[: size - 1], "all"] for size in numbers.shape]
    index = pd.MultiIndex.from_product(labels, names=["district", "route"])
    return pd.Series(numbers.ravel(), index=index, name="children").reset_index()


BOTH = {"by": ["district", "route"]}


# Primary and complementary


def test_the_small_count_and_the_next_smallest_are_withheld_under_a_shown_total():
    safe = protect(districts(12, 3, 9, 40))
    assert marks(safe) == ["", "c", "c", "", ""]
    assert safe.table["children"].tolist() == [12, pd.NA, pd.NA, 40, 64]


def test_two_small_counts_that_sum_to_little_take_a_third_with_them():
    assert marks(protect(districts(12, 1, 2, 40))) == ["c", "c", "c", "", ""]
    assert marks(protect(districts(12, 4, 5, 40))) == ["", "c", "c", "", ""]


def test_in_two_dimensions_a_rectangle_is_withheld():
    safe = protect(grid([[3, 20, 30], [10, 40, 50], [60, 70, 80]]), **BOTH)
    hidden = safe.table[safe.table["children"].isna()]
    pairs = list(zip(hidden["district"], hidden["route"], strict=True))
    assert pairs == [("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")]


def test_without_totals_only_small_counts_are_withheld():
    safe = protect(districts(12, 3, 9, total=False))
    assert marks(safe) == ["", "c", ""]
    assert safe.audit[["low", "high"]].values.tolist() == [[1, pd.NA]]


def test_a_table_without_small_counts_is_as_it_was():
    table = districts(12, 0, 9)
    safe = protect(table)
    assert safe.table["children"].tolist() == table["children"].tolist()
    assert safe.finding == (
        "None of 4 counts is withheld: none is small, and none would give a count of 1 to 5 away"
    )
    assert safe.audit.empty and safe.legend.empty


def test_a_total_that_is_small_is_withheld_with_its_parts():
    assert marks(protect(districts(3, 0, 0))) == ["c", "", "", "c"]
    assert marks(protect(districts(1, 1, 1))) == ["c", "c", "c", "c"]


def test_where_a_row_has_one_count_its_totals_and_the_county_go_with_it():
    table = grid([[3, 0], [0, 20]])
    safe = protect(table, **BOTH)
    assert safe.table["children"].isna().tolist() == table["children"].isin([3, 23]).tolist()


def test_one_row_and_no_row_are_protected():
    assert marks(protect(districts(3, total=False))) == ["c"]
    assert marks(protect(districts(total=False))) == []
    one = pd.DataFrame({"children": [4]})
    assert marks(disclosure.protect(one, by=[], counts=["children"])) == ["c"]


def test_noughts_are_shown_unless_withheld_and_then_count_as_small():
    assert marks(protect(districts(12, 0, 9, 40))) == ["", "", "", "", ""]
    assert marks(protect(districts(12, 0, 9, 40), zeros="withheld")) == ["", "c", "c", "", ""]


@pytest.mark.parametrize(
    ("min_cell", "withheld"), [(0, 0), (1, 0), (2, 0), (3, 2), (5, 2), (10, 2), (12, 3), (40, 4)]
)
def test_min_cell_says_which_counts_are_small(min_cell, withheld):
    safe = protect(districts(12, 3, 9, 40), min_cell=min_cell)
    assert safe.table["children"].isna().sum() == withheld


def test_sub_totals_do_not_give_a_district_away():
    table = districts(3, 20, 30, 40)
    areas = pd.DataFrame({"district": ["east", "west"], "children": [23, 70]})
    parents = {"Ashford": "east", "Dover": "east", "Swale": "west", "Thanet": "west"}
    together = pd.concat([table, areas], ignore_index=True)
    safe = protect(together, parents={"district": parents | {"east": "all", "west": "all"}})
    assert marks(safe) == ["c", "c", "", "", "", "", ""]


def test_a_sub_total_that_is_not_in_the_table_is_passed_over():
    parents = {"Ashford": "east", "Dover": "east", "Swale": "west", "Thanet": "west"}
    safe = protect(districts(3, 20, 30, 40), parents={"district": parents})
    assert marks(safe) == ["c", "c", "", "", ""]


def test_totals_are_kept_rather_than_parts():
    safe = protect(districts(3, 500, 600))
    assert marks(safe) == ["c", "c", "", ""]


# Parts of a count, shares and what is worked out


def held(**more):
    table = districts(40, 30, 50, held=[20, 3, 25])
    table = shares.share(table, "held", "children")
    return protect(
        table,
        counts=["children", "held"],
        within={"held": "children"},
        shares={("share", "low", "high"): ("held", "children")},
        **more,
    )


def test_a_share_and_its_interval_go_with_the_count_they_are_made_of():
    safe = held()
    assert marks(safe, "held") == ["c", "c", "", ""]
    assert marks(safe) == ["", "", "", ""]
    assert safe.table["share"].isna().tolist() == [True, True, False, False]
    assert safe.table["low"].isna().tolist() == safe.table["high"].isna().tolist()
    assert safe.table["low"].isna().tolist() == [True, True, False, False]


def test_a_small_rest_of_a_shown_whole_is_a_small_count():
    table = districts(40, 30, 50, held=[20, 27, 25])
    told = {"counts": ["children", "held"], "within": {"held": "children"}}
    assert marks(protect(table, **told), "held") == ["c", "c", "", ""]
    assert marks(protect(table, **told, rest="shown"), "held") == ["", "", "", ""]


def test_a_denominator_on_every_row_is_the_total_of_the_numerators():
    table = pd.DataFrame(
        {"route": ["adopted", "home", "other"], "children": [3, 20, 9], "left_care": [32] * 3}
    )
    safe = disclosure.protect(
        table,
        by=["route"],
        counts={"children": "leavers", "left_care": "leavers"},
        repeats={"left_care": "route"},
    )
    assert marks(safe) == ["c", "", "c"]
    assert marks(safe, "left_care") == ["", "", ""]
    assert safe.finding.startswith("2 of 4 counts are withheld;")


def test_columns_that_add_up_do_not_give_one_another_away():
    table = districts(40, 30, total=False, held=[30, 26], refused=[7, 3], not_said=[3, 1])
    sums = {"children": ["held", "refused", "not_said"]}
    counts = ["children", "held", "refused", "not_said"]
    safe = protect(table, counts=counts, sums=sums)
    assert [marks(safe, name)[0] for name in counts] == ["", "", "c", "c"]
    assert [marks(safe, name)[1] for name in counts] == ["", "c", "c", "c"]


def test_a_count_taken_off_is_in_the_sum_too():
    table = pd.DataFrame({"before": [50], "ended": [3], "after": [47]})
    sums = {"after": ["before", "-ended"]}
    safe = disclosure.protect(table, by=[], counts=["before", "ended", "after"], sums=sums)
    assert marks(safe, "ended") == ["c"]
    assert marks(safe, "before") + marks(safe, "after") in (["c", ""], ["", "c"])


def test_groups_within_groups_do_not_give_the_rest_away():
    table = pd.DataFrame({"of": ["all leavings", "under 18"], "children": [40, 37]})
    told = {"by": ["of"], "nested": {"of": {"under 18": "all leavings"}}}
    assert marks(protect(table, **told)) == ["", "c"]


def test_steps_of_a_cascade_share_the_cells_they_name():
    table = pd.DataFrame(
        {
            "step": ["offered", "held", "held"],
            "of": ["returned", "returned", "offered"],
            "counted": [40, 37, 37],
            "base": [90, 90, 40],
            "counted_cell": ["offered", "held", "held"],
            "base_cell": ["returned", "returned", "offered"],
        }
    )
    safe = disclosure.protect(
        table,
        by=["step", "of"],
        counts=["counted", "base"],
        within={"counted": "base"},
        cells={"counted": ("counted_cell", []), "base": ("base_cell", [])},
    )
    assert marks(safe, "counted") == ["", "c", "c"]
    assert marks(safe, "base") == ["", "", ""]


def test_the_rest_between_two_named_denominators_is_a_count():
    table = pd.DataFrame({"of": ["returned", "applicable"], "base": [90, 86]})
    told = {"by": ["of"], "counts": ["base"], "cells": {"base": ("name", [])}}
    table["name"] = table["of"]
    assert marks(disclosure.protect(table, **told), "base") == ["", ""]
    safe = disclosure.protect(table, **told, between={"returned": ["applicable", "the rest"]})
    assert marks(safe, "base") == ["", "c"]
    with pytest.raises(DataError, match=r"no row names \['a', 'b'\]"):
        disclosure.protect(table, **told, between={"returned": ["a", "b"]})


def test_named_cells_keep_the_dimensions_that_are_said():
    table = pd.concat([districts(90, 50), districts(86, 44)], ignore_index=True)
    table["of"] = ["returned"] * 3 + ["applicable"] * 3
    safe = protect(
        table.assign(name=table["of"]),
        by=["district", "of"],
        cells={"children": ("name", ["district"])},
        between={"returned": ["applicable", "not applicable"]},
    )
    # Ashford's rest is 4: it goes with its own count, and that with Dover's, under the total.
    assert marks(safe) == ["", "", "", "c", "c", ""]


def test_what_is_worked_out_from_a_row_or_its_total_goes_with_it():
    table = districts(40, 3, 50).assign(verdict="higher", days=[1, 2, 3, 4])
    safe = protect(table, derived=["verdict", "days"])
    assert safe.table["days"].tolist() == [pd.NA, pd.NA, 3, 4]
    assert safe.table["verdict"].isna().tolist() == [True, True, False, False]
    grids = grid([[3, 0], [0, 20]]).assign(days=1)
    both = protect(grids, **BOTH, derived=["days"]).table
    assert both["days"].isna().all()
    small = districts(3, 0, 0).assign(days=[1, 2, 3, 4])
    assert protect(small, derived=["days"]).table["days"].isna().all()


# Tables together


def test_one_count_split_two_ways_is_one_count():
    by_route = pd.DataFrame({"route": ["adopted", "home", "all"], "children": [30, 34, 64]})
    specs = {
        "district": Spec(districts(12, 3, 9, 40), ["district"], ["children"]),
        "route": Spec(by_route, ["route"], ["children"]),
    }
    safe = disclosure.protect_all(specs)
    assert marks(safe["district"]) == ["", "c", "c", "", ""]
    assert marks(safe["route"]) == ["", "", ""]


def test_the_county_in_another_table_does_not_give_a_district_away():
    alone = districts(12, 3, 9, 40, total=False)
    county = pd.DataFrame({"children": [64]})
    assert marks(protect(alone)) == ["", "c", "", ""]
    specs = {
        "county": Spec(county, [], ["children"]),
        "districts": Spec(alone, ["district"], ["children"]),
    }
    safe = disclosure.protect_all(specs)
    assert marks(safe["districts"]) == ["", "c", "c", ""]


def test_a_cell_withheld_in_one_table_is_withheld_in_every_other():
    by_route = grid([[3, 20], [10, 40]])
    specs = {
        "both": Spec(by_route, ["district", "route"], ["children"]),
        "again": Spec(by_route.query("route == 'b'"), ["district", "route"], ["children"]),
    }
    safe = disclosure.protect_all(specs)
    two = safe["both"].table.query("route == 'b'")["children"].isna().tolist()
    assert safe["again"].table["children"].isna().tolist() == two == [True, True, False]


def test_two_tables_that_differ_on_a_cell_are_refused_without_saying_by_how_much():
    specs = {
        "one": Spec(districts(12, 3, total=False), ["district"], ["children"]),
        "two": Spec(districts(12, 4, total=False), ["district"], ["children"]),
    }
    with pytest.raises(DataError, match="two: children at district Dover is not what another"):
        disclosure.protect_all(specs)


# What was published before


def days(first, last):
    return pd.Timestamp(first), pd.Timestamp(last)


def so_far(before):
    """The year, after its first nine months were published."""
    earlier = Earlier(before, days("2016-04-01", "2016-12-31"))
    return {"period": days("2016-04-01", "2017-03-31"), "earlier": [earlier]}


def rolling(before):
    """Twelve months, after the twelve that began a month before were published."""
    earlier = Earlier(before, days("2016-03-01", "2017-02-28"))
    return {"period": days("2016-04-01", "2017-03-31"), "earlier": [earlier]}


def test_the_same_period_again_withholds_the_same_cells():
    table = districts(12, 3, 9, 9)
    before = protect(table).table
    again = protect(table, earlier=[Earlier(before)])
    pd.testing.assert_frame_equal(again.table, before)


def test_a_cell_shown_before_is_no_cover_now():
    before = protect(districts(12, 6, 9, 40)).table
    now = districts(12, 3, 9, 40)
    safe = protect(now, earlier=[Earlier(before)])
    # Swale, unchanged, is known; so the county, which fell by three, is what must go.
    assert marks(safe) == ["", "c", "", "", "c"]


def test_a_total_shown_before_is_known_though_it_is_left_out_now():
    before = protect(districts(12, 3, 9, 40)).table
    now = districts(12, 3, 9, 40, total=False)
    assert marks(protect(now)) == ["", "c", "", ""]
    assert marks(protect(now, earlier=[Earlier(before)])) == ["", "c", "c", ""]


def test_a_revision_by_few_children_is_withheld_and_one_by_many_is_not():
    before = protect(districts(12, 60, 90, total=False)).table
    safe = protect(districts(12, 63, 80, total=False), earlier=[Earlier(before)])
    assert marks(safe) == ["", "c", ""]
    assert safe.audit["why"].tolist() == ["changed by few"]


def test_the_few_added_since_the_year_so_far_are_protected():
    before = protect(districts(12, 60, 90, total=False)).table
    safe = protect(districts(12, 63, 99, total=False), **so_far(before))
    assert marks(safe) == ["", "c", ""]
    assert safe.audit[["low", "high"]].values.tolist() == [[60, pd.NA]]


def test_added_counts_under_shown_totals_need_more_than_one_cell():
    before = protect(districts(12, 60, 90)).table
    safe = protect(districts(20, 63, 99), **so_far(before))
    assert marks(safe) == ["c", "c", "", ""]


def test_a_count_withheld_in_the_year_so_far_stays_so():
    before = protect(districts(40, 3, 9)).table
    safe = protect(districts(60, 20, 30), **so_far(before))
    assert marks(safe) == ["", "", "", ""]
    assert protect(districts(60, 20, 30)).audit.empty


def test_rolling_years_are_a_difference_of_two_unknown_months():
    before = protect(districts(12, 60, 90)).table
    safe = protect(districts(12, 62, 91), **rolling(before))
    assert marks(safe) == ["", "", "", ""]
    small = protect(districts(12, 3, 91), **rolling(before))
    assert marks(small) == ["c", "c", "", ""]


def test_a_small_count_that_was_published_before_cannot_be_protected():
    before = districts(12, 3, 9)
    with pytest.raises(DataError, match="1 of the counts to be withheld were published") as error:
        protect(districts(12, 3, 9), earlier=[Earlier(before)])
    assert "3" not in str(error.value)


# Rounding


def rounded(*numbers, **more):
    return protect(districts(*numbers), method="round", **more)


def test_all_counts_are_rounded_to_five_and_totals_apart_from_their_parts():
    safe = rounded(12, 23, 98)
    assert safe.table["children"].tolist() == [10, 25, 100, 135]
    assert marks(safe) == [""] * 4


def test_a_count_that_rounds_to_nought_is_low_and_a_nought_is_nought():
    safe = rounded(2, 0, 40, 3)
    assert safe.table["children"].tolist() == [pd.NA, 0, 40, 5, 45]
    assert marks(safe) == ["low", "", "", "", ""]
    assert safe.legend["mark"].tolist() == ["low"]
    ranges = safe.audit.set_index("district")[["low", "high"]]
    assert ranges.loc["Ashford"].tolist() == [1, 2] and ranges.loc["Thanet"].tolist() == [3, 7]


def test_rounded_parts_that_pin_one_another_are_withheld():
    # Four fives are 12 at least, and the total of 10 is 12 at most: each would be 3.
    safe = rounded(3, 3, 3, 3)
    assert "c" in marks(safe)
    left = safe.audit.set_index("district")
    assert ((left["high"].fillna(np.inf) - left["low"]) >= 3).all()


def test_shares_are_made_anew_from_rounded_counts_and_missing_on_a_small_base():
    safe = held(method="round")
    assert safe.table["share"].round(3).tolist() == [0.5, round(5 / 30, 3), 0.5, round(50 / 120, 3)]
    table = shares.share(districts(8, 40, held=[4, 20]), "held", "children", min_base=1)
    told = {("share", "low", "high"): ("held", "children")}
    few = protect(table, counts=["children", "held"], shares=told, method="round")
    assert few.table["share"].tolist() == [0.5, 0.5, 0.5]
    table = shares.share(districts(7, 40, held=[4, 20]), "held", "children", min_base=1)
    few = protect(table, counts=["children", "held"], shares=told, method="round")
    assert few.table[["share", "low", "high"]].isna().all(axis=1).tolist() == [True, False, False]


def test_what_is_worked_out_from_true_counts_is_missing_where_counts_are_rounded():
    table = districts(12, 23, 98).assign(mean=3.5)
    assert protect(table, derived=["mean"], method="round").table["mean"].isna().all()


# What is refused


@pytest.mark.parametrize(
    ("table", "more", "said"),
    [
        (
            districts(12, 3).replace({15: 19}),
            {},
            "children at the only row is not the sum of its 2",
        ),
        (districts(12, 3, 3).assign(district="Dover"), {}, "two rows of one group: district Dover"),
        (districts(12, -3), {}, "children is not a whole number of 0 or more in 1 of 3 rows"),
        (districts(12, 2.5), {}, "not a whole number"),
        (districts(12, 3).assign(children=True), {}, "not a whole number"),
        (districts(12, 3).assign(district=None), {}, "district is blank in 3 of 3 rows"),
        (districts(12, 3).assign(mean=3.5), {}, r"\['mean'\] are not among by, counts, shares"),
        (districts(12, 3), {"counts": ["held"]}, r"lacks \['held'\]; it has"),
        (districts(12, 3), {"within": {"held": "children"}}, r"\['held'\] are spoken of as counts"),
        (districts(12, 3), {"totals": {"year": "all"}}, r"\['year'\] are spoken of as dimensions"),
        (districts(12, 3), {"by": []}, "3 rows and no column in by"),
        (districts(12, 3), {"zeros": "hidden"}, "zeros is 'hidden'; it may be"),
        (districts(12, 3), {"min_cell": -1}, "min_cell is -1; it must be 0 or more"),
        (districts(12, 3), {"min_cell": 2.5}, "it must be a whole number"),
        (districts(12, 3), {"min_cell": True}, "it must be a whole number"),
        (
            districts(12, 3, held=[13, 1]),
            {"counts": ["children", "held"], "within": {"held": "children"}},
            "held at district Ashford is more than children",
        ),
        (
            districts(12, 3, total=False),
            {"parents": {"district": {"Dover": "x", "x": "y", "y": "x"}}},
            "goes round in a circle",
        ),
    ],
)
def test_a_table_that_cannot_be_protected_is_refused_in_words(table, more, said):
    more = {"kept": []} | more
    if "by" in more and not more["by"]:
        more["kept"] = ["district"]
    with pytest.raises(DataError, match=said) as error:
        protect(table, **more)
    assert not re.search(r"\b(12|-3|2\.5|15|19)\b", str(error.value).replace("2.5; it", ""))


def test_a_place_called_all_is_no_total_when_so_said():
    table = districts(12, 3, 9, total=False).replace({"Swale": "all"})
    with pytest.raises(DataError, match="is not the sum of its 2 parts"):
        protect(table)
    assert marks(protect(table, totals={})) == ["", "c", ""]
    total = districts(12, 3, 9).replace({"all": "Kent"})
    assert marks(protect(total, totals={"district": "Kent"})) == ["", "c", "c", ""]


def test_a_missing_count_stays_missing_with_a_mark_of_its_own():
    table = districts(12, 30, 9, total=False).astype({"children": "Int64"})
    table.loc[1, "children"] = pd.NA
    safe = protect(table)
    assert marks(safe) == ["", "x", ""]
    assert safe.legend["mark"].tolist() == ["x"]


def test_a_missing_count_that_the_total_gives_is_protected_if_it_is_small():
    few = districts(12, 3, 9, 40).astype({"children": "Int64"})
    few.loc[1, "children"] = pd.NA
    assert marks(protect(few)) == ["", "x", "c", "", ""]
    many = districts(12, 30, 9, 40).astype({"children": "Int64"})
    many.loc[1, "children"] = pd.NA
    assert marks(protect(many)) == ["", "x", "", "", ""]
    two = districts(12, 1, 2, 40).astype({"children": "Int64"})
    two.loc[[1, 2], "children"] = pd.NA
    assert marks(protect(two)) == ["c", "x", "x", "", ""]


# What is given back


def test_the_table_keeps_its_columns_rows_index_and_order_and_gains_marks():
    table = districts(12, 3, 9, 40).assign(note="as given")
    table = table.iloc[::-1].set_axis(list("edcba"), axis=0)
    safe = protect(table, kept=["note"])
    assert list(safe.table) == ["district", "children", "note", "children_mark"]
    assert safe.table.index.tolist() == list("edcba")
    assert safe.table["district"].tolist() == table["district"].tolist()
    assert safe.table["children"].dtype == "Int64"


def test_the_table_that_came_in_is_not_changed():
    table = districts(12, 3, 9, 40)
    before = table.copy()
    protect(table)
    pd.testing.assert_frame_equal(table, before)


def test_nothing_given_back_holds_a_withheld_count():
    numbers = (70_001, 80_002, 90_003)
    table = districts(3, *numbers)
    table.attrs["counts"] = numbers
    safe = protect(table)
    assert marks(safe) == ["c", "c", "", "", ""]
    assert safe.table.attrs == {} and safe.audit.attrs == {}
    arrays = [safe._outside.right, safe._outside.low, safe._outside.high]
    held_ = {float(n) for array in arrays for n in np.ravel(array)}
    assert not held_ & {3.0, 70_001.0}
    assert b"70001" not in pickle.dumps(safe.table) + repr(safe).encode()


def test_the_audit_says_why_and_what_could_still_be_worked_out():
    audit = protect(districts(12, 3, 9, 40)).audit
    assert audit.to_dict("list") == {
        "count": ["children", "children"],
        "district": ["Dover", "Swale"],
        "mark": ["c", "c"],
        "why": ["small", "protects another"],
        "low": [1, 1],
        "high": [11, 11],
    }


def test_the_finding_counts_cells_and_the_legend_has_marks_used_only():
    safe = protect(districts(12, 3, 9, 40))
    assert safe.finding == (
        "2 of 5 counts are withheld; tested with every sum, a count of 1 to 5 stays one of at "
        "least 6 numbers"
    )
    assert safe.legend["mark"].tolist() == ["c"]


def test_hash_seed_and_threads_do_not_change_what_is_withheld():
    code = (
        "from tests.test_disclosure import *; "
        "dice = np.random.default_rng(1); "
        "t = grid(dice.negative_binomial(0.8, 0.09, (6, 5))); "
        "print(protect(t, **BOTH).table.to_csv())"
    )
    made = set()
    for seed, threads in (("1", "1"), ("2", "4")):
        told = {"PYTHONHASHSEED": seed, "OMP_NUM_THREADS": threads}
        run = [sys.executable, "-c", code]
        made.add(subprocess.run(run, env=os.environ | told, capture_output=True, text=True).stdout)
    (only,) = made
    assert only.count(",c") > 5


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    st.lists(st.lists(st.integers(0, 25), min_size=3, max_size=3), min_size=2, max_size=5),
    st.randoms(use_true_random=False),
)
def test_the_order_of_the_rows_does_not_matter(rows, shuffle):
    table = grid(rows)
    order = list(range(len(table)))
    shuffle.shuffle(order)
    safe = protect(table, **BOTH).table
    other = protect(table.iloc[order], **BOTH).table
    pd.testing.assert_frame_equal(other.sort_index(), safe)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(st.lists(st.integers(0, 25), min_size=3, max_size=3), min_size=2, max_size=5))
def test_what_is_shown_is_true_and_every_small_count_is_withheld(rows):
    table = grid(rows)
    safe = protect(table, **BOTH)
    shown = safe.table["children"].notna()
    assert (safe.table.loc[shown, "children"] == table.loc[shown, "children"]).all()
    assert not table.loc[shown, "children"].between(1, 5).any()
    assert shown[table["children"] == 0].all()
    small = safe.audit[safe.audit["why"] == "small"]
    assert (small["high"].fillna(10**9) - small["low"] >= 5).all()


def test_the_legend_names_the_marks_of_the_department():
    assert list(disclosure.LEGEND) == ["c", "low", "k", "x", "z"]
    assert disclosure.legend().columns.tolist() == ["mark", "means"]
