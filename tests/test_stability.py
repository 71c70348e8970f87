"""Staying put: placements counted as the department counts them, and where children live."""

import pandas as pd
import pytest

from kentlib import out_of_area, shares, stability

ON = pd.Timestamp("2017-03-31")


def periods(*children, **columns):
    """One open period per child, begun in 2014, of a child of ten; `columns` may differ."""
    made = pd.DataFrame({"child": list(children) or ["a"], "period": 1})
    made["start"] = pd.Timestamp("2014-01-01")
    made["end"] = pd.NaT
    made["route"] = None
    made["unaccompanied"] = False
    made["left_truncated"] = False
    made["district"] = "Dover"
    made["born"] = pd.Timestamp("2007-01-01")
    return made.assign(**columns)


def placements(*rows, child="a", **columns):
    """Placements in order: (start, place) each, lasting until the next one starts."""
    made = pd.DataFrame(list(rows), columns=["start", "place"])
    made["start"] = pd.to_datetime(made["start"])
    made["end"] = made["start"].shift(-1)
    made.insert(0, "child", child)
    made.insert(1, "period", 1)
    made.insert(2, "placement", range(1, len(made) + 1))
    made["provider"] = "PR1"
    made["temporary"] = made["place"].str.startswith("T")
    made["short_break"] = False
    return made.assign(**columns)


def in_year(*rows, **columns):
    made = stability.stays(placements(*rows, **columns))
    return stability.in_year(made, periods(), on=ON, min_base=1)


def long_term(*rows, of=None, **columns):
    made = stability.stays(placements(*rows, **columns))
    return stability.long_term(made, periods() if of is None else of, on=ON, min_base=1)


# Stays


def test_a_temporary_move_and_the_return_from_it_are_one_stay():
    made = stability.stays(
        placements(("2014-01-01", "U6"), ("2015-01-01", "T3"), ("2015-01-15", "U6"))
    )
    assert made["start"].tolist() == [pd.Timestamp("2014-01-01")]
    assert made["end"].isna().all()


def test_another_placement_after_a_temporary_move_is_another_stay():
    made = stability.stays(
        placements(("2014-01-01", "U6"), ("2015-01-01", "T3"), ("2015-01-15", "K2"))
    )
    assert made["place"].tolist() == ["U6", "K2"]
    assert made["end"].iloc[0] == pd.Timestamp("2015-01-15")


def test_a_child_away_for_a_holiday_still_lives_where_they_live():
    made = stability.stays(placements(("2014-01-01", "U6"), ("2017-03-25", "T2")))
    assert made["end"].isna().tolist() == [True]


def test_a_period_that_begins_with_a_temporary_placement_leaves_another_childs_alone():
    both = pd.concat(
        [
            placements(("2014-01-01", "U6"), child="a", end=pd.Timestamp("2014-06-01")),
            placements(("2015-01-01", "T1"), ("2015-02-01", "U6"), child="b"),
        ]
    )
    made = stability.stays(both)
    assert made["child"].tolist() == ["a", "b"]
    assert made["end"].iloc[0] == pd.Timestamp("2014-06-01")
    assert made["start"].iloc[1] == pd.Timestamp("2015-02-01")


def test_short_breaks_and_placements_of_a_day_are_no_stays():
    brief = placements(("2014-01-01", "U6"), ("2014-01-01", "K2"), ("2015-01-01", "U3"))
    assert stability.stays(brief)["place"].tolist() == ["K2", "U3"]
    assert stability.stays(placements(("2014-01-01", "U6"), short_break=True)).empty


def test_carers_who_adopt_the_child_they_foster_are_one_stay():
    made = stability.stays(placements(("2014-01-01", "U4"), ("2016-01-01", "A5")))
    assert made[["place", "start"]].values.tolist() == [["A5", pd.Timestamp("2014-01-01")]]
    apart = stability.stays(placements(("2014-01-01", "U4"), ("2016-01-01", "A6")))
    assert len(apart) == 2
    assert apart["together"].iloc[1] == pd.Timestamp("2014-01-01")


def test_a_change_of_placement_with_the_same_carer_is_one_stay():
    moved = placements(("2014-01-01", "U6"), ("2016-01-01", "U4"), same_carer=[False, True])
    assert stability.stays(moved)["place"].tolist() == ["U4"]


def test_the_stay_before_in_another_period_of_care_is_not_joined_to_an_adoptive_one():
    both = placements(("2014-01-01", "U4"), ("2016-01-01", "A6")).assign(period=[1, 2])
    assert stability.stays(both)["together"].tolist() == both["start"].tolist()


# Three or more placements in the year


def test_a_placement_open_on_1_april_is_one_of_the_years():
    found = in_year(("2014-01-01", "U6"), ("2016-06-01", "K2"), ("2016-09-01", "U6"))
    assert found[["looked_after", "many", "share"]].values.tolist() == [[1, 1, 1.0]]


def test_a_placement_that_ended_before_the_year_is_not():
    found = in_year(("2014-01-01", "U6"), ("2016-04-01", "K2"), ("2016-09-01", "U6"))
    assert found["many"].tolist() == [0]


def test_temporary_moves_and_short_breaks_are_not_counted_as_placements():
    found = in_year(
        ("2014-01-01", "U6"), ("2016-06-01", "T3"), ("2016-06-15", "U6"), ("2016-09-01", "K2")
    )
    assert found["many"].tolist() == [0]


def test_placements_of_two_periods_of_care_in_the_year_add_up():
    rows = placements(("2016-05-01", "U6"), ("2016-07-01", "K2"), ("2016-09-01", "U6"))
    rows = rows.assign(period=[1, 1, 2])
    care = pd.concat(
        [
            periods(end=pd.Timestamp("2016-09-01"), route="returned home"),
            periods(period=2, start=pd.Timestamp("2016-09-01")),
        ],
        ignore_index=True,
    )
    found = stability.in_year(stability.stays(rows), care, on=ON, min_base=1)
    assert found[["looked_after", "many"]].values.tolist() == [[1, 1]]


def test_only_children_looked_after_at_the_end_are_counted_and_all_of_them():
    rows = placements(("2014-01-01", "U6"), ("2016-06-01", "K2"), ("2016-09-01", "U6"))
    care = periods("a", "b", "c")
    care.loc[2, ["end", "route"]] = [ON, "adopted"]
    found = stability.in_year(stability.stays(rows), care, on=ON, min_base=1)
    # The child without any placement row stays in the denominator: no inner join.
    assert found[["looked_after", "many", "share"]].values.tolist() == [[2, 1, 0.5]]


def test_in_year_by_district_has_the_county():
    care = periods("a", "b", district=["Dover", "Thanet"])
    rows = placements(("2014-01-01", "U6"))
    found = stability.in_year(stability.stays(rows), care, on=ON, by=["district"])
    assert found["district"].tolist() == ["Dover", "Thanet", "all"]
    assert found["looked_after"].tolist() == [1, 1, 2]
    assert found["share"].isna().all()


@pytest.mark.parametrize(("many", "said"), [(1, "1 child of Kent, 10.0%"), (2, "2 children of")])
def test_in_year_finding_counts_children(many, said):
    table = shares.share(
        pd.DataFrame({"looked_after": [10], "many": [many]}), "many", "looked_after"
    )
    assert said in stability.in_year_finding(table, "Kent")
    assert "Too few" in stability.in_year_finding(table.assign(share=None), "Kent")


# Long-term stability


def test_stability_is_measured_from_the_start_of_the_placement_and_not_of_care():
    # A filter that compares the start of care with itself would call every child settled.
    found = long_term(("2014-01-01", "U6"), ("2016-01-01", "U4"))
    assert found[["long_in_care", "known", "settled"]].values.tolist() == [[1, 1, 0]]


@pytest.mark.parametrize(("since", "settled"), [("2015-03-31", 1), ("2015-04-01", 0)])
def test_two_years_in_the_same_placement_are_enough(since, settled):
    assert long_term(("2014-01-01", "U6"), (since, "U4"))["settled"].tolist() == [settled]


@pytest.mark.parametrize(("start", "base"), [("2014-09-30", 1), ("2014-10-01", 0)])
def test_two_and_a_half_years_in_care_are_enough(start, base):
    care = periods(start=pd.Timestamp(start))
    assert long_term((start, "U6"), of=care)["long_in_care"].tolist() == [base]


@pytest.mark.parametrize(("born", "base"), [("2001-04-01", 1), ("2001-03-31", 0)])
def test_only_children_under_16_on_the_day_are_counted(born, base):
    care = periods(born=pd.Timestamp(born))
    assert long_term(("2014-01-01", "U6"), of=care)["long_in_care"].tolist() == [base]


def test_both_age_and_time_in_care_are_asked_for():
    # "Under 16 or 2.5 years" would count all three; only the first is both.
    care = periods(
        "a", "b", "c",
        born=pd.to_datetime(["2007-01-01", "2000-01-01", "2007-01-01"]),
        start=pd.to_datetime(["2014-01-01", "2014-01-01", "2016-01-01"]),
    )  # fmt: skip
    found = long_term(("2014-01-01", "U6"), of=care)
    assert found["long_in_care"].tolist() == [1]


def test_settled_is_the_high_and_good_end_and_not_its_opposite():
    settled = long_term(("2014-01-01", "U6"))
    moved = long_term(("2014-01-01", "U6"), ("2017-01-01", "K2"))
    assert settled["share"].tolist() == [1.0]
    assert moved["share"].tolist() == [0.0]


def test_placed_for_adoption_counts_with_the_placement_before():
    adoptive = long_term(("2014-01-01", "U6"), ("2016-06-01", "A6"))
    assert adoptive["settled"].tolist() == [1]
    fostered = long_term(("2014-01-01", "U6"), ("2016-06-01", "U4"))
    assert fostered["settled"].tolist() == [0]


def test_a_stay_as_old_as_a_truncated_record_cannot_be_told():
    care = periods(left_truncated=True)
    unsure = long_term(("2015-06-01", "U6"), of=care)
    assert unsure[["long_in_care", "cannot_tell", "known"]].values.tolist() == [[1, 0, 1]]
    old = long_term(("2014-01-01", "U6"), of=care)
    assert old[["known", "settled"]].values.tolist() == [[1, 1]]
    recent = periods(left_truncated=True, start=pd.Timestamp("2015-06-01"))
    hidden = long_term(("2015-06-01", "U6"), of=recent)
    assert hidden[["long_in_care", "unclear"]].values.tolist() == [[0, 1]]


def test_a_child_long_in_care_without_a_placement_cannot_be_told():
    found = long_term(("2014-01-01", "U6"), child="b")
    assert found[["long_in_care", "cannot_tell", "known"]].values.tolist() == [[1, 1, 0]]
    assert found["share"].isna().all()
    assert "Too few" in stability.long_term_finding(found, "Kent")


def test_long_term_finding_says_share_and_base():
    table = shares.share(pd.DataFrame({"known": [10], "settled": [7]}), "settled", "known")
    assert stability.long_term_finding(table, "Kent") == (
        "Of 10 children of Kent under 16 and in care for two and a half years or more, 70% had "
        "lived in the same placement for two years"
    )


# Fostering, unaccompanied


def test_long_term_fostering_stands_on_two_denominators():
    rows = pd.concat(
        [
            placements(("2014-01-01", "U4"), child="a"),
            placements(("2014-01-01", "U6"), child="b"),
            placements(("2014-01-01", "K2"), child="c"),
        ]
    )
    found = stability.fostering(rows, periods("a", "b", "c", "d"), on=ON, min_base=1)
    assert found[["matched", "fostered", "looked_after"]].values.tolist() == [[1, 2, 4]]
    assert found[["share", "share_of_looked_after"]].values.tolist() == [[0.5, 0.25]]
    assert stability.fostering_finding(found, "Kent") == (
        "1 child of Kent lived with foster carers matched for the long term, 50% of 2 fostered"
    )


def test_a_placement_that_has_ended_is_not_where_the_child_lives():
    rows = placements(("2014-01-01", "U4"), ("2016-01-01", "K2"))
    found = stability.fostering(rows, periods(), on=ON, min_base=1)
    assert found["matched"].tolist() == [0]
    then = stability.fostering(rows, periods(), on=pd.Timestamp("2015-12-31"), min_base=1)
    assert then["matched"].tolist() == [1]


def test_unaccompanied_children_are_a_share_of_all_looked_after():
    care = periods("a", "b", "c", "d", unaccompanied=[True, False, False, False])
    found = stability.unaccompanied(care, on=ON, min_base=1)
    assert found[["unaccompanied", "looked_after", "share"]].values.tolist() == [[1, 4, 0.25]]


# Where they live


def list_8(*rows):
    made = pd.DataFrame(list(rows), columns=["placement_type", "placement_location"])
    made.insert(0, "child_id", [f"c{n}" for n in range(len(made))])
    made["date_started"] = pd.Timestamp("2016-01-01")
    made["date_ceased"] = pd.NaT
    return made


def test_lines_are_those_of_the_inspection_report_and_add_up():
    rows = list_8(
        ("U1", "in"), ("U6", "out"), ("K2", "out"), ("S1", "in"), ("P1", "in"), ("H5", "out")
    )
    found = out_of_area.lines(rows, on=ON, min_base=1).set_index("line")
    assert found["children"].to_dict() == {
        "foster families": 2,
        "residential children's homes": 1,
        "parents": 1,
        "residential special schools": 1,
        "in no line of the report": 1,
        "all": 6,
    }
    assert found.at["all", "out_of_area"] == 3
    assert found.at["foster families", "share"] == 0.5


def test_a_location_left_blank_is_in_no_denominator_and_is_counted():
    rows = list_8(("U1", "in"), ("U1", "out"), ("U1", None))
    found = out_of_area.lines(rows, on=ON, min_base=1).set_index("line").loc["foster families"]
    assert found[["children", "not_recorded", "known", "share"]].tolist() == [3, 1, 2, 0.5]


def test_children_who_ceased_are_still_in_list_8_and_not_looked_after():
    rows = list_8(("U1", "in"), ("U1", "out")).assign(date_ceased=[ON, pd.NaT])
    found = out_of_area.lines(rows, on=ON, min_base=1).set_index("line")
    assert found.at["all", "children"] == 1


def test_lines_by_district_have_the_county_beside_them():
    rows = shares.with_district(
        list_8(("U1", "in"), ("U1", "out")),
        pd.DataFrame({"child_id": ["c0"], "district": ["Dover"]}),
    )
    found = out_of_area.lines(rows, on=ON, by=["district"], min_base=1)
    totals = found[found["line"] == "all"].set_index("district")["children"]
    assert totals.to_dict() == {"Dover": 1, "not recorded": 1, "all": 2}


def test_out_of_area_finding_says_how_many_have_no_location():
    rows = list_8(("U1", "in"), ("U1", "out"), ("U1", None))
    assert out_of_area.finding(out_of_area.lines(rows, on=ON, min_base=1), "Kent") == (
        "1 child of Kent lived outside the area, 50% of the 2 whose location is recorded; for 1 "
        "it is not recorded"
    )
    assert "Too few children" in out_of_area.finding(out_of_area.lines(rows, on=ON), "Kent")


def test_no_children_give_tables_without_shares_and_no_error():
    none, nobody = placements(("2014-01-01", "U6")).iloc[:0], periods().iloc[:0]
    made = stability.stays(none)
    assert made.empty
    assert stability.in_year(made, nobody, on=ON)["share"].isna().all()
    assert stability.long_term(made, nobody, on=ON)["share"].isna().all()
    assert stability.fostering(none, nobody, on=ON, by=["district"]).empty
    assert out_of_area.lines(list_8(("U1", "in")).iloc[:0], on=ON)["share"].isna().all()
