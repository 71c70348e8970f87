"""Reconciliation: what the extracts give beside what was published, and what cannot be given."""

from types import SimpleNamespace

import pandas as pd

from kentlib import reconcile, records, tables

ON = pd.Timestamp("2017-03-06")


def metrics(*rows):
    table = pd.DataFrame(rows, columns=["id", "measure", "value", "unit"])
    return table.assign(as_at=ON)


def test_a_figure_is_set_beside_the_published_one_with_its_difference():
    made = pd.Series({"looked_after_total": 1890.0})
    told = metrics(("looked_after_total", "Looked after", 1893.0, "children"))
    row = reconcile.beside(made, told).iloc[0]
    assert (row["computed"], row["published"], row["difference"]) == (1890, 1893, -3)


def test_a_percentage_is_rounded_as_the_published_one_before_they_are_compared():
    made = pd.Series({"stability": 13.4, "homes": 41.6})
    told = metrics(("stability", "Stability", 13.0, "percent"), ("homes", "Homes", 42.0, "percent"))
    assert reconcile.beside(made, told)["difference"].tolist() == [0, 0]


def test_figures_without_a_counterpart_are_left_out_of_both():
    made = pd.Series({"looked_after_total": 5.0, "of_our_own": 1.0})
    told = metrics(("looked_after_total", "Looked after", 5.0, "children"),
                   ("published_only", "Other", 9.0, "children"),
                   ("never_published", "None", None, "children"))  # fmt: skip
    assert reconcile.beside(made, told)["figure"].tolist() == ["Looked after"]


def test_the_finding_counts_those_that_are_the_same():
    found = pd.DataFrame({"difference": [0.0, 0.0, 2.0]})
    assert reconcile.finding(found, "Kent") == (
        "Of 3 published figures that the extracts can give, 2 are the same and 1 differs"
    )
    assert reconcile.finding(found[:0], "Medway") == (
        "No published figure for Medway can be set beside the extracts"
    )


def test_an_extract_without_a_table_gives_no_figure_that_needs_it():
    list_9 = pd.DataFrame(
        {
            "in_touch": ["YES", "YES", "NO"],
            "suitability": ["suitable", "unsuitable", "suitable"],
            "unaccompanied": ["yes", "no", "no"],
        }
    )
    own = SimpleNamespace(history=None, annex_a={9: list_9})
    assert reconcile.figures(own, ON).to_dict() == {
        "care_leavers_supported": 3,
        "care_leavers_unaccompanied": 1,
        "suitable_accommodation_in_touch_percent": 50,
    }


def test_the_bundled_sample_gives_every_published_figure_it_was_made_to():
    own = records.load(records.SAMPLE, "Kent", period_end="2017-03-06")
    found = reconcile.beside(reconcile.figures(own, ON), tables.load("inspection_metrics"))
    assert len(found) == 26
    assert found["difference"].eq(0).all()
