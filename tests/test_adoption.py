"""Adoption: waits in days against the thresholds of the year, and plans that changed."""

import pandas as pd
import pytest

from kentlib import adoption, adoption_plans, tables

FIRST, LAST = pd.Timestamp("2013-04-01"), pd.Timestamp("2017-03-31")
COVER = {"first_return": FIRST, "last_return": LAST}

DATES = ["start", "end", "decision", "decision_reversed", "order", "matched", "moved_in", "adopted"]
ORDINARY = {
    "start": "2014-01-01",
    "end": "2016-01-01",
    "decision": "2014-06-01",
    "decision_reversed": None,
    "order": "2014-09-01",
    "matched": "2014-12-10",
    "moved_in": "2015-01-01",
    "adopted": "2016-01-01",
}


def told(*children, **columns):
    """What `steps` returns: adopted children, each differing from an ordinary one as said."""
    rows = pd.DataFrame([ORDINARY | child for child in children])
    rows[DATES] = rows[DATES].apply(pd.to_datetime)
    rows.insert(0, "child", [f"c{n}" for n in range(len(rows))])
    rows.insert(1, "period", 1)
    rows["reversal_reason"] = None
    rows["foster_carer"] = False
    rows["unaccompanied"] = False
    rows["district"] = "Dover"
    rows["fostered"] = pd.NaT
    return rows.assign(**columns)


WAITS = {"end": None, "adopted": None, "moved_in": None, "matched": None}


def history(rows):
    """The tables `adoption` and `periods` that such rows come from."""
    steps = ["decision", "decision_reversed", "order", "matched", "moved_in", "adopted"]
    base = rows[["child", "period", *steps, "reversal_reason", "foster_carer"]]
    kept = rows[["child", "period", "start", "end", "unaccompanied", "district"]]
    born = rows["start"] - pd.DateOffset(months=6)
    route = rows["adopted"].notna().map({True: "adopted", False: None})
    route = route.where(rows["end"].notna())
    return base, kept.assign(route=route, left_truncated=False, born=born)


# Steps


def test_steps_keep_a_child_whose_period_is_not_known():
    base, periods = history(told({}, {}))
    made = adoption.steps(base, periods.head(1))
    assert len(made) == 2
    assert made["start"].isna().tolist() == [False, True]


def test_an_entry_to_care_that_was_not_seen_gives_no_wait_since_entry():
    base, periods = history(told({}, {}))
    made = adoption.steps(base, periods.assign(left_truncated=[True, False]))
    found = adoption.waits(made)
    assert found["A1"].isna().tolist() == [True, False]
    assert found["A2"].notna().all()


def placements(*rows):
    made = pd.DataFrame(list(rows), columns=["child", "period", "start", "place"])
    return made.assign(start=pd.to_datetime(made["start"]))


def test_a10_stops_at_the_fostering_that_became_adoption():
    base, periods = history(told({}, {}))
    lived = placements(
        ("c0", 1, "2014-01-01", "U6"),
        ("c0", 1, "2014-03-02", "U4"),
        ("c0", 1, "2015-01-01", "A5"),
        ("c1", 1, "2014-03-02", "U4"),
        ("c1", 1, "2015-01-01", "A6"),
    )
    found = adoption.waits(adoption.steps(base, periods, lived))
    assert found["A10"].tolist() == [60, 365]
    assert found["A1"].tolist() == [365, 365]


def test_a_foster_placement_of_another_child_is_not_taken_for_the_one_before():
    base, periods = history(told({}, {}))
    lived = placements(("c0", 1, "2014-03-02", "U4"), ("c1", 1, "2015-01-01", "A5"))
    made = adoption.steps(base, periods, lived)
    assert made["fostered"].isna().all()


# Waits and averages


def test_a2_is_zero_when_matched_before_the_order_and_not_negative():
    found = adoption.waits(told({"matched": "2014-08-01"}))
    assert found["A2"].tolist() == [0]


@pytest.mark.parametrize("change", [{"order": None}, {"moved_in": None}, {"matched": None}])
def test_a2_leaves_out_children_without_order_placement_or_match(change):
    found = adoption.timeliness(
        told({}, change), tables.load("adoption_thresholds"), **COVER, min_base=1
    )
    row = found.set_index(["year", "indicator"]).loc[(2016, "A2")]
    assert row[["adopted", "left_out", "children"]].tolist() == [2, 1, 1]
    assert row["days"] == 100


def test_a1_is_the_mean_over_three_years_of_those_adopted_in_them():
    rows = told(
        {},
        {"start": "2013-01-01", "moved_in": "2014-01-01", "adopted": "2014-06-01"},
        {"start": "2014-12-22", "adopted": "2016-06-01"},
        {"adopted": "2013-04-30"},
    )
    found = adoption.timeliness(rows, tables.load("adoption_thresholds"), **COVER, min_base=1)
    a1 = found[found["indicator"] == "A1"].set_index("year")
    assert a1["adopted"].to_dict() == {2014: 1, 2015: 2, 2016: 3, 2017: 3}
    assert a1.at[2016, "days"] == 365
    assert a1.at[2017, "days"] == (365 + 365 + 10) / 3
    assert a1["years_covered"].tolist() == [1, 2, 3, 3]


def test_only_a_span_wholly_covered_is_held_to_the_threshold():
    found = adoption.timeliness(told({}), tables.load("adoption_thresholds"), **COVER, min_base=1)
    a1 = found[found["indicator"] == "A1"].set_index("year")
    assert a1["threshold"].astype("object").to_dict() == {
        2014: 547,
        2015: 487,
        2016: 426,
        2017: 426,
    }
    assert a1["threshold_year"].tolist() == [2014, 2015, 2016, 2016]
    assert a1["meets"].isna().tolist() == [True, True, False, False]
    assert a1.at[2016, "meets"]


@pytest.mark.parametrize(("days", "meets"), [(426, True), (427, False)])
def test_a_threshold_is_met_up_to_and_including_its_days(days, meets):
    start = pd.Timestamp("2015-01-01") - pd.Timedelta(days=days)
    found = adoption.timeliness(
        told({"start": start}), tables.load("adoption_thresholds"), **COVER, min_base=1
    )
    row = found.set_index(["year", "indicator"]).loc[(2016, "A1")]
    assert bool(row["meets"]) is meets


def test_a_year_without_a_threshold_found_has_none():
    thresholds = tables.load("adoption_thresholds")
    found = adoption.timeliness(
        told({"adopted": "2013-01-01", "moved_in": "2012-12-01"}),
        thresholds,
        first_return=pd.Timestamp("2012-04-01"),
        last_return=LAST,
        min_base=1,
    )
    row = found.set_index(["year", "indicator"]).loc[(2013, "A1")]
    assert pd.isna(row["threshold"])
    assert pd.isna(row["meets"])


def test_a10_has_no_threshold():
    found = adoption.timeliness(told({}), tables.load("adoption_thresholds"), **COVER, min_base=1)
    assert found.loc[found["indicator"] == "A10", "threshold"].isna().all()


def test_an_average_of_too_few_is_missing_and_their_number_is_not():
    found = adoption.timeliness(told({}), tables.load("adoption_thresholds"), **COVER)
    row = found.set_index(["year", "indicator"]).loc[(2016, "A1")]
    assert pd.isna(row["days"])
    assert row["children"] == 1


def test_bundled_thresholds_are_those_of_the_sources():
    by = tables.load("adoption_thresholds").set_index(["indicator", "year"])["days"]
    assert by["A1"].dropna().tolist() == [639, 547, 487, 426]
    assert by["A2"].dropna().tolist() == [213, 182, 152, 121]


def test_timeliness_finding_names_the_threshold_and_its_year():
    found = adoption.timeliness(
        told({}, {}), tables.load("adoption_thresholds"), **COVER, min_base=1
    )
    assert adoption.timeliness_finding(found, "Kent", 2016) == (
        "Over the three years to March 2016, 2 adopted children waited 365 days on average from "
        "entering care to moving in with the adoptive family, within the threshold of 426 days"
    )
    assert adoption.timeliness_finding(found, "Kent", 2017).endswith(
        "within the threshold of 426 days of 2016, the last one found"
    )
    assert adoption.timeliness_finding(found, "Kent", 2015).endswith("adoptive family")
    assert adoption.timeliness_finding(found, "Kent", 2014) == (
        "Too few children were adopted from Kent's care to say how long from entering care to "
        "moving in with the adoptive family"
    )


def test_timeliness_finding_above_and_exactly_at_the_threshold():
    def said(days):
        start = pd.Timestamp("2015-01-01") - pd.Timedelta(days=days)
        found = adoption.timeliness(
            told({"start": start}), tables.load("adoption_thresholds"), **COVER, min_base=1
        )
        return adoption.timeliness_finding(found, "Kent", 2016)

    assert "1 adopted child waited 500 days" in said(500)
    assert said(500).endswith("above the threshold of 426 days")
    assert said(426).endswith("exactly the threshold")


# Waiting


def test_a3_has_the_waiting_in_its_denominator_once_their_time_is_up():
    rows = told(
        {},
        {"start": "2013-01-01"},
        {**WAITS, "start": "2015-01-29"},
        {**WAITS, "start": "2016-01-01", "decision": "2016-02-01"},
        {**WAITS, "decision_reversed": "2015-01-01"},
        {**WAITS, "start": None},
    )
    found = adoption.waited(rows, **COVER, min_base=1).set_index("year").loc[2016]
    assert found[["children", "in_time", "not_in_time", "too_early", "unknown"]].tolist() == [
        5, 1, 2, 1, 1,
    ]  # fmt: skip
    assert found["decided"] == 3
    assert found["share"] == pytest.approx(1 / 3)
    assert found["share_of_all"] == pytest.approx(1 / 5)


def test_fourteen_months_to_the_day_is_not_less_than_fourteen_months():
    rows = told({"moved_in": "2015-03-01"}, {"moved_in": "2015-02-28"})
    found = adoption.waited(rows, **COVER, min_base=1).set_index("year").loc[2016]
    assert found[["in_time", "not_in_time"]].tolist() == [1, 1]


def test_waited_finding_says_for_how_many_it_is_too_early():
    rows = told({}, {**WAITS, "start": "2016-01-01", "decision": "2016-02-01"})
    found = adoption.waited(rows, **COVER, min_base=1)
    assert adoption.waited_finding(found, 2016) == (
        "Of 1 child adopted or waiting, 100% moved in with an adoptive family within 14 months of "
        "entering care; for 1 it is too early to say"
    )
    assert "Too few children" in adoption.waited_finding(found, 2014)


def test_waiting_children_are_looked_after_with_a_plan_and_not_moved_in():
    rows = told(
        {**WAITS},
        {**WAITS, "order": None},
        {**WAITS, "matched": "2016-03-01"},
        {**WAITS, "decision_reversed": "2016-01-01"},
        {**WAITS, "moved_in": "2016-01-01"},
        {**WAITS, "end": "2016-01-01"},
        {**WAITS, "decision": None},
    )
    _, periods = history(rows)
    found = adoption_plans.waiting(rows, periods, on=pd.Timestamp("2016-03-31"), min_base=1)
    whole = found.set_index("district").loc["all"]
    assert whole[["waiting", "with_order", "matched", "looked_after"]].tolist() == [3, 2, 1, 6]
    assert whole["share"] == 0.5
    assert whole["days"] == (pd.Timestamp("2016-03-31") - pd.Timestamp("2014-06-01")).days
    assert adoption_plans.waiting_finding(found, "Kent") == (
        "3 children of Kent with a plan for adoption had not moved in with a family, 2 of them "
        "with a placement order and 1 matched, half of them for over 669 days"
    )


def test_nobody_waiting_is_said_plainly():
    rows = told({})
    _, periods = history(rows)
    found = adoption_plans.waiting(rows, periods, on=pd.Timestamp("2015-12-31"))
    assert found["waiting"].tolist() == [0, 0]
    assert adoption_plans.waiting_finding(found, "Kent", district="Dover") == (
        "No child of Dover was waiting to move in with an adoptive family"
    )


# Plans


def test_changed_plans_stand_on_two_denominators():
    rows = told(
        {},
        {**WAITS, "decision_reversed": "2015-12-01"},
        {**WAITS},
        {**WAITS, "decision_reversed": "2015-03-01"},
        {**WAITS, "decision": "2016-05-01"},
    )
    found = adoption_plans.changed(rows, **COVER, min_base=1).set_index("year").loc[2016]
    assert found[["changed", "with_plan", "adopted", "ended"]].tolist() == [1, 3, 1, 2]
    assert found["share"] == pytest.approx(1 / 3)
    assert found["share_of_ended"] == 0.5


def test_changed_finding_is_about_the_plans_that_ended():
    rows = told({}, {**WAITS, "decision_reversed": "2015-12-01"})
    found = adoption_plans.changed(rows, **COVER, min_base=1)
    assert adoption_plans.changed_finding(found, 2016) == (
        "Of 2 plans for adoption that ended in the year to 2016, 50% were changed and the others "
        "led to adoption"
    )
    assert "Too few plans" in adoption_plans.changed_finding(found, 2014)


def test_reasons_of_change_keep_not_recorded_as_its_own_class():
    rows = told(
        {"decision_reversed": "2015-12-01"},
        {"decision_reversed": "2015-12-01"},
        reversal_reason=["RD3", None],
    )
    found = adoption_plans.change_reasons(rows, **COVER)
    assert found[["reason", "children", "changed"]].values.tolist() == [
        ["no adopters could be found", 1, 2],
        ["not recorded", 1, 2],
    ]


def test_decision_to_match_leaves_out_and_counts_those_without_a_usable_decision():
    rows = told(
        {"decision": "2014-12-01", "matched": "2014-12-11"},
        {"decision": "2014-12-01", "matched": "2014-12-31"},
        {"decision": None},
        {"decision": "2015-01-01", "matched": "2014-12-31"},
    )
    found = adoption_plans.decision_to_match(rows, min_base=1)
    assert found.loc[0, ["year", "matched", "left_out", "children"]].tolist() == [2015, 4, 2, 2]
    assert found.loc[0, ["days", "middle", "quarter"]].tolist() == [20, 20, 15]


def test_matched_since_keeps_the_unmatched_and_lets_changed_plans_compete():
    rows = told(
        {"decision": "2015-01-01", "matched": "2015-01-31"},
        {**WAITS, "decision": "2015-01-01", "decision_reversed": "2015-02-01"},
        {**WAITS, "decision": "2015-01-01"},
        {**WAITS, "decision": "2015-01-01", "end": "2015-02-01"},
    )
    found = adoption_plans.matched_since(rows, last_return=LAST, months=[12], min_base=1)
    assert found["share"].tolist() == [0.25, 0.25, 0.25]
    assert found["decided"].unique().tolist() == [4]
    assert adoption_plans.matched_finding(found, 12) == (
        "12 months after the decision 25% of children had been matched, the plan had changed for "
        "25% and 25% were still waiting"
    )
    assert "Too few" in adoption_plans.matched_finding(found, 24)


def test_no_plans_give_tables_without_figures_and_no_error():
    nobody = told({}).iloc[:0]
    base, periods = history(told({}))
    steps = adoption.steps(base.iloc[:0], periods, placements())
    assert steps.empty
    found = adoption.timeliness(nobody, tables.load("adoption_thresholds"), **COVER)
    assert found["days"].isna().all()
    assert adoption.waited(nobody, **COVER)["share"].isna().all()
    assert adoption_plans.changed(nobody, **COVER)["share"].isna().all()
    assert adoption_plans.matched_since(nobody, last_return=LAST)["share"].isna().all()
    assert adoption_plans.decision_to_match(nobody).empty
    assert adoption_plans.change_reasons(nobody, **COVER).empty
