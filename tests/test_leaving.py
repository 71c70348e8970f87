"""Leaving care and coming back: counted as the department counts, worked out by hand."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentlib import histories, leaving, returning, shares, since_entry

FIRST, LAST = pd.Timestamp("2014-04-01"), pd.Timestamp("2017-03-31")
COVER = {"first_return": FIRST, "last_return": LAST}


def periods(*rows, **columns):
    """Periods of care: ("a", start, end, route) each, of an ordinary child of eight."""
    made = pd.DataFrame(list(rows), columns=["child", "start", "end", "route"])
    made["start"] = pd.to_datetime(made["start"])
    made["end"] = pd.to_datetime(made["end"])
    made["period"] = made.groupby("child").cumcount() + 1
    made["rec"] = None
    made["cin"] = "N1"
    made["unaccompanied"] = False
    made["left_truncated"] = False
    made["district"] = "Dover"
    made["sex"] = "female"
    made["born"] = made["start"] - pd.DateOffset(years=8)
    made = made.assign(**columns)
    made["age_start"] = (made["start"] - made["born"]).dt.days / 365.25
    made["age_end"] = (made["end"] - made["born"]).dt.days / 365.25
    return made


# Routes out


def test_a_child_who_left_twice_in_a_year_is_one_leaver_by_the_last_route():
    twice = periods(
        ("a", "2015-05-01", "2016-06-01", "returned home"),
        ("a", "2016-08-01", "2017-01-01", "special guardianship"),
    )
    found = leaving.routes(twice, min_base=1).set_index("route")
    assert found["left_care"].unique().tolist() == [1]
    assert found.at["special guardianship", "children"] == 1
    assert found.at["returned home", "children"] == 0


def test_leaving_is_counted_per_child_and_year_and_not_per_episode():
    three = periods(
        ("a", "2015-05-01", "2016-06-01", "returned home"),
        ("a", "2016-08-01", "2016-09-01", "returned home"),
        ("a", "2017-02-01", "2017-05-01", "adopted"),
        ("b", "2015-05-01", "2016-06-01", "returned home"),
    )
    found = leaving.leavings(three)
    assert found["year"].tolist() == [2017, 2018, 2017]
    assert found.loc[found["year"] == 2017, "end"].dt.month.tolist() == [9, 6]


@pytest.mark.parametrize("transfer_last", [True, False])
def test_a_transfer_to_another_authority_is_not_an_exit(transfer_last):
    ends = [("2016-06-01", "adopted"), ("2016-12-01", "transferred")]
    ends = ends if transfer_last else [(ends[0][0], "transferred"), (ends[1][0], "adopted")]
    moved = periods(("a", "2015-05-01", *ends[0]), ("a", "2016-08-01", *ends[1]))
    found = leaving.routes(moved, min_base=1).set_index("route")
    assert "transferred" not in found.index
    assert found["left_care"].unique().tolist() == [1]
    assert found.at["adopted", "share"] == 1


def test_short_breaks_only_are_no_looked_after_child():
    brief = periods(("a", "2016-05-01", "2016-06-01", "returned home"), short_break=True)
    assert leaving.leavings(brief).empty
    assert leaving.looked_after(brief, pd.Timestamp("2016-05-15")).empty


def test_a_route_that_is_not_known_is_its_own_class_in_the_denominator():
    rows = periods(
        ("a", "2015-05-01", "2016-06-01", None), ("b", "2015-05-01", "2016-06-01", "adopted")
    )
    found = leaving.routes(rows, min_base=1).set_index("route")
    assert found.at["not recorded", "children"] == 1
    assert found.at["adopted", "share"] == 0.5


def test_shares_are_of_all_who_left_with_wilsons_interval():
    rows = periods(
        *[(f"a{n}", "2015-05-01", "2016-06-01", "adopted") for n in range(3)],
        *[(f"b{n}", "2015-05-01", "2016-06-01", "returned home") for n in range(9)],
    )
    found = leaving.routes(rows).set_index("route")
    assert found.loc["adopted", ["children", "left_care", "share"]].tolist() == [3, 12, 0.25]
    assert found.loc["adopted", ["low", "high"]].round(3).tolist() == [0.089, 0.532]


def test_route_shares_are_missing_not_zero_below_min_base():
    found = leaving.routes(periods(("a", "2015-05-01", "2016-06-01", "adopted")))
    assert found["share"].isna().all()
    assert found["children"].sum() == 1


def test_routes_by_district_have_the_county_beside_them():
    rows = periods(
        ("a", "2015-05-01", "2016-06-01", "adopted"),
        ("b", "2015-05-01", "2016-06-01", "returned home"),
        district=["Dover", None],
    )
    found = leaving.routes(rows, by=["district"], min_base=1)
    adopted = found[found["route"] == "adopted"].set_index("district")
    assert adopted.index.tolist() == ["Dover", "not recorded", "all"]
    assert adopted["left_care"].tolist() == [1, 1, 2]


def test_a_year_may_end_on_the_day_of_an_inspection():
    rows = periods(
        ("a", "2015-05-01", "2017-03-06", "adopted"), ("b", "2015-05-01", "2017-03-07", "adopted")
    )
    found = leaving.leavings(rows, period_end=pd.Timestamp("2017-03-06"))
    assert found["year"].tolist() == [2017, 2018]


def test_nobody_left_gives_no_rows_and_says_so():
    found = leaving.routes(periods(("a", "2016-05-01", None, None)))
    assert found.empty
    assert leaving.routes_finding(found, "Kent", 2017) == (
        "Nobody left Kent's care in the year to 2017"
    )


def test_routes_finding_counts_legal_routes_and_names_the_commonest():
    rows = periods(
        *[(f"a{n}", "2015-05-01", "2016-06-01", "adopted") for n in range(4)],
        *[(f"b{n}", "2015-05-01", "2016-06-01", "returned home") for n in range(6)],
    )
    assert leaving.routes_finding(leaving.routes(rows), "Kent", 2017) == (
        "In the year ending in 2017, 10 children left Kent's care: 40% to adoption, special "
        "guardianship or a child arrangements order; the most common route was returned home (60%)"
    )
    one = leaving.routes(rows.head(1))
    assert leaving.routes_finding(one, "Kent", 2017) == (
        "In the year ending in 2017, 1 child left Kent's care, too few to say by which routes"
    )


# Entries and exits


def test_entries_and_exits_balance_with_those_looked_after():
    rows = periods(
        ("a", "2013-01-01", None, None),
        ("b", "2014-06-01", "2014-07-01", "returned home"),
        ("b", "2014-09-01", "2014-10-01", "returned home"),
        ("c", "2014-06-01", "2015-06-01", "transferred"),
        left_truncated=[True, False, False, False],
    )
    found = leaving.counts(rows, **COVER).set_index("year")
    assert found.loc[2015].tolist() == [1, 3, 2, 0, 2, 2, 1]
    assert found.loc[2016].tolist() == [2, 0, 0, 1, 1, 0, 0]
    balance = found["before"] + found["started"] - found["ended"] - found["transferred"]
    assert balance.tolist() == found["after"].tolist()


def test_a_left_truncated_history_is_no_entry_in_any_year():
    rows = periods(
        ("a", "2014-04-01", None, None), ("b", "2015-09-01", None, None), left_truncated=True
    )
    found = leaving.counts(rows, **COVER)
    assert found["entries"].tolist() == [0, 0, 0]
    assert found["after"].tolist() == [2, 2, 2]


def test_a_year_the_returns_cover_only_in_part_is_not_shown():
    rows = periods(("a", "2014-05-01", None, None))
    cut = leaving.counts(rows, first_return=FIRST, last_return=pd.Timestamp("2017-03-06"))
    assert cut["year"].tolist() == [2015, 2016]
    own = leaving.counts(
        rows,
        first_return=FIRST,
        last_return=pd.Timestamp("2017-03-06"),
        period_end=pd.Timestamp("2017-03-06"),
    )
    assert own["year"].tolist() == [2016, 2017]


def test_a_child_who_leaves_on_31_march_is_not_looked_after_that_night():
    rows = periods(
        ("a", "2016-05-01", "2017-03-31", "adopted"), ("b", "2016-05-01", "2017-04-01", "adopted")
    )
    assert leaving.looked_after(rows, LAST)["child"].tolist() == ["b"]
    assert leaving.counts(rows, **COVER).set_index("year").at[2017, "after"] == 1


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        (["2016-06-01", None], "1 child came into Kent's care and 1 left it; as many were looked"),
        ([None, None], "1 child came into Kent's care and 0 left it; 1 more were looked after at"),
    ],
)
def test_counts_finding_says_how_the_year_balanced(ends, said):
    rows = periods(
        ("a", "2015-05-01", ends[0], None if ends[0] is None else "adopted"),
        ("b", "2016-05-01", ends[1], None),
    )
    assert said in leaving.counts_finding(leaving.counts(rows, **COVER), "Kent")


def test_counts_finding_without_a_whole_year_says_so():
    none = leaving.counts(
        periods(("a", "2016-05-01", None, None)), first_return=LAST, last_return=LAST
    )
    assert leaving.counts_finding(none, "Kent") == (
        "No child of Kent is in a whole year of returns: too few to say who came"
    )


# Since entry


def test_children_still_looked_after_are_censored_and_not_dropped():
    rows = periods(
        ("a", "2014-05-01", "2014-06-01", "adopted"),
        ("b", "2014-05-01", None, None),
        ("c", "2014-05-01", None, None),
        ("d", "2014-05-01", None, None),
    )
    found = since_entry.cumulative_incidence(rows, **COVER, months=[12], min_base=1)
    assert found.set_index("route").at["adopted", "share"] == 0.25
    assert found["entered"].unique().tolist() == [4]


def test_a_left_truncated_history_is_not_read_as_a_new_entry():
    rows = periods(
        ("a", "2014-05-01", "2014-06-01", "adopted"),
        ("b", "2014-05-01", None, None),
        left_truncated=[False, True],
    )
    found = since_entry.cumulative_incidence(rows, **COVER, months=[12], min_base=1)
    assert found["entered"].unique().tolist() == [1]


def test_an_entry_before_the_first_return_is_left_out_though_its_start_is_known():
    # Those who came in on 1 March 2014 and left that month are in no return: only stayers are.
    rows = periods(("a", "2014-03-01", None, None), ("b", "2014-04-01", None, None))
    assert since_entry.entries(rows, first_return=FIRST)["child"].tolist() == ["b"]


def test_a_transferred_child_is_censored_on_that_day():
    rows = periods(
        ("a", "2014-05-01", "2014-06-01", "transferred"), ("b", "2014-05-01", None, None)
    )
    found = since_entry.cumulative_incidence(rows, **COVER, months=[12], min_base=1)
    assert found["share"].sum() == 0
    assert found["followed"].unique().tolist() == [1]


def test_an_end_after_the_last_return_has_not_happened_yet():
    rows = periods(("a", "2014-05-01", "2017-05-01", "adopted"), ("b", "2014-04-01", None, None))
    found = since_entry.cumulative_incidence(rows, **COVER, months=[35], min_base=1)
    assert found["share"].sum() == 0


def test_incidence_by_district_has_the_county_and_by_age_only_the_bands_there_are():
    rows = periods(
        ("a", "2014-05-01", "2014-06-01", "adopted"),
        ("b", "2014-05-01", None, None),
        district=["Dover", "Thanet"],
    )
    by = since_entry.cumulative_incidence(rows, **COVER, by="district", months=[1, 2], min_base=1)
    assert by["district"].drop_duplicates().tolist() == ["Dover", "Thanet", "all"]
    aged = since_entry.cumulative_incidence(rows, **COVER, by="age_band", months=[1], min_base=1)
    assert aged["age_band"].unique().tolist() == ["5 to 9"]


def test_incidence_of_too_few_is_missing_not_zero():
    rows = periods(("a", "2014-05-01", None, None))
    found = since_entry.cumulative_incidence(rows, **COVER, months=[12])
    assert found[["share", "low", "high"]].isna().all().all()
    assert "Too few" in since_entry.incidence_finding(found, 12)


def test_incidence_finding_names_the_two_commonest_routes():
    rows = periods(
        *[(f"a{n}", "2014-05-01", "2014-06-01", "adopted") for n in range(2)],
        *[(f"b{n}", "2014-05-01", "2014-07-01", "returned home") for n in range(3)],
        *[(f"c{n}", "2014-05-01", None, None) for n in range(5)],
    )
    found = since_entry.cumulative_incidence(rows, **COVER, months=[12], min_base=5)
    assert since_entry.incidence_finding(found, 12) == (
        "Within 12 months of coming into care 50% of children had left it, most often by these "
        "routes: returned home (30%) and adopted (20%); 10 entries seen"
    )


@given(
    st.lists(
        st.tuples(
            st.integers(0, 1000),
            st.integers(0, 1200) | st.none(),
            st.sampled_from(leaving.EXITS),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_routes_and_those_still_in_care_sum_to_one(rows):
    starts = [FIRST + pd.Timedelta(days=start) for start, _, _ in rows]
    ends = [
        None if stay is None else start + pd.Timedelta(days=stay)
        for start, (_, stay, _) in zip(starts, rows, strict=True)
    ]
    made = periods(
        *[
            (f"c{n}", start, end, route if end is not None else None)
            for n, (start, end, (_, _, route)) in enumerate(zip(starts, ends, rows, strict=True))
        ]
    )
    found = since_entry.cumulative_incidence(made, **COVER, months=[0, 6, 12], min_base=1)
    shown = found.dropna(subset="share")
    assert shown[["share", "low", "high"]].stack().between(-1e-9, 1 + 1e-9).all()
    assert (shown.groupby("months")["share"].sum() <= 1 + 1e-9).all()


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (0.99, "under 1"),
        (1.0, "1 to 4"),
        (4.99, "1 to 4"),
        (5.0, "5 to 9"),
        (10.0, "10 to 15"),
        (15.99, "10 to 15"),
        (16.0, "16 and over"),
        (None, "not recorded"),
    ],
)
def test_an_age_lies_in_exactly_one_band(age, band):
    # "10 or over or under 16" would put every child in the band: it must be "and".
    made = since_entry.age_band(pd.Series([age], dtype="float64"))
    assert made.tolist() == [band]


def test_ages_turn_on_birthdays_and_not_on_days_over_365_and_a_quarter():
    eighteenth = periods(("a", "2016-05-01", None, None), born=pd.Timestamp("2000-05-01"))
    assert since_entry.entries(eighteenth, first_return=FIRST)["age_band"].tolist() == [
        "16 and over"
    ]


# Permanence within a time


def test_permanence_within_counts_only_those_who_could_be_followed_for_the_whole_time():
    rows = periods(
        ("a", "2014-05-01", "2014-06-01", "adopted"),
        ("b", "2014-05-01", "2015-05-02", "adopted"),
        ("c", "2014-05-01", None, None),
        ("d", "2016-04-01", "2016-05-01", "returned home"),
        ("e", "2014-05-01", "2014-06-01", "transferred"),
        ("f", "2014-05-01", "2014-06-01", "independent living"),
    )
    found = since_entry.permanence_within(rows, **COVER, months=[12], min_base=1)
    any_route = found.set_index("route").loc[since_entry.ANY]
    assert any_route[["entered", "too_recent", "transferred", "followed"]].tolist() == [6, 1, 1, 4]
    assert any_route["children"] == 1
    assert any_route["share"] == 0.25


def test_permanence_within_lists_every_permanent_route_and_their_sum():
    rows = periods(
        ("a", "2014-05-01", "2014-06-01", "adopted"),
        ("b", "2014-05-01", "2014-06-01", "lived with relatives"),
    )
    found = since_entry.permanence_within(rows, **COVER, months=[12, 24], min_base=1)
    assert found["route"].tolist() == [*leaving.PERMANENT, since_entry.ANY] * 2
    for _, part in found.groupby("months"):
        assert part["children"].iloc[:-1].sum() == part["children"].iloc[-1] == 2


def test_permanence_by_age_band_keeps_bands_in_order_of_age():
    rows = periods(
        ("a", "2014-05-01", None, None),
        ("b", "2014-05-01", None, None),
        born=pd.to_datetime(["2012-05-01", "2000-05-01"]),
    )
    found = since_entry.permanence_within(rows, **COVER, by=["age_band"], months=[12])
    assert found["age_band"].astype("str").drop_duplicates().tolist() == ["1 to 4", "10 to 15"]


def test_permanence_finding_has_the_interval_and_the_returns_home():
    rows = periods(
        *[(f"a{n}", "2014-05-01", "2014-06-01", "returned home") for n in range(5)],
        *[(f"c{n}", "2014-05-01", None, None) for n in range(5)],
    )
    found = since_entry.permanence_within(rows, **COVER)
    assert since_entry.permanence_finding(found, 12) == (
        "Of 10 entries to care followed for 12 months, 50% had led to a permanent home by then "
        "(interval 24% to 76%); 5 of those 5 were returns home"
    )
    thin = since_entry.permanence_within(rows.head(3), **COVER)
    assert since_entry.permanence_finding(thin, 12).startswith("Too few came into care")


# Returns to care


def test_a_leaving_too_recent_to_follow_is_neither_a_return_nor_a_stay():
    rows = periods(
        ("a", "2014-05-01", "2015-05-01", "returned home"),
        ("a", "2015-09-01", None, None),
        ("b", "2014-05-01", "2015-05-01", "returned home"),
        ("c", "2014-05-01", "2017-01-01", "returned home"),
    )
    found = returning.returns(rows, last_return=LAST, months=[12], min_base=1)
    whole = found.set_index("of").loc["all leavings"]
    assert whole[["left", "too_recent", "followed", "returned"]].tolist() == [3, 1, 2, 1]
    assert whole["share"] == 0.5


def test_who_left_at_18_is_in_one_denominator_and_not_in_the_other():
    rows = periods(
        ("a", "2014-05-01", "2015-05-01", "aged out"),
        ("b", "2014-05-01", "2015-04-30", "returned home"),
        born=pd.Timestamp("1997-05-01"),
    )
    found = returning.returns(rows, last_return=LAST, months=[12], min_base=1)
    assert found.set_index("of")["left"].to_dict() == {"all leavings": 2, "leavings under 18": 1}


def test_the_18th_birthday_itself_is_not_under_18():
    # 18 years can be 6574 days, which are 17.999 years of 365.25.
    rows = periods(("a", "2014-05-01", "2015-05-01", "aged out"), born=pd.Timestamp("1997-05-01"))
    assert rows["age_end"].iloc[0] < 18
    found = returning.returns(rows, last_return=LAST, months=[12], min_base=1)
    assert found.set_index("of").at["leavings under 18", "left"] == 0


def test_a_return_after_the_follow_up_time_is_not_within_it():
    rows = periods(
        ("a", "2014-05-01", "2014-06-01", "returned home"), ("a", "2015-06-02", None, None)
    )
    found = returning.returns(rows, last_return=LAST, months=[12, 24], min_base=1)
    assert found[found["of"] == "all leavings"]["returned"].tolist() == [0, 1]


def test_a_later_start_of_another_child_is_no_return():
    rows = periods(
        ("a", "2014-05-01", "2014-06-01", "returned home"), ("b", "2014-07-01", None, None)
    )
    found = returning.returns(rows, last_return=LAST, months=[12], min_base=1)
    assert found["returned"].sum() == 0


def test_children_who_never_returned_stay_in_the_denominator():
    # An inner join of leavings with later starts would make this share 100%.
    rows = periods(
        ("a", "2014-05-01", "2014-06-01", "returned home"),
        ("a", "2014-07-01", None, None),
        *[(f"b{n}", "2014-05-01", "2014-06-01", "returned home") for n in range(3)],
    )
    found = returning.returns(rows, last_return=LAST, months=[12], min_base=1)
    assert found["share"].tolist() == [0.25, 0.25]


def test_returned_since_counts_children_as_the_inspection_report_does():
    rows = periods(
        ("a", "2014-05-01", "2016-05-01", "returned home"),
        ("a", "2016-06-01", "2016-07-01", "returned home"),
        ("b", "2014-05-01", "2016-05-01", "returned home"),
        ("c", "2014-05-01", "2016-03-06", "returned home"),
        ("d", "2014-05-01", "2016-05-01", "transferred"),
    )
    found = returning.returned_since(rows, period_end=pd.Timestamp("2017-03-06"), min_base=1)
    assert found.loc[0, ["left_care", "returned", "share"]].tolist() == [2, 1, 0.5]


def test_returns_finding_states_both_denominators():
    rows = periods(
        *[(f"a{n}", "2014-05-01", "2014-06-01", "returned home") for n in range(9)],
        ("r", "2014-05-01", "2014-06-01", "returned home"),
        ("r", "2014-07-01", None, None),
    )
    found = returning.returns(rows, last_return=LAST)
    assert returning.returns_finding(found) == (
        "Of 10 leavings that could be followed for 12 months, 1 (10%) led back into care within "
        "that time; of the 10 at an age under 18, 1 (10%)"
    )
    assert "Too few left care 12 months or more ago" in returning.returns_finding(
        returning.returns(rows.head(1), last_return=LAST)
    )


# Histories


def test_measures_read_the_histories_that_are_built_from_returns():
    episodes = pd.DataFrame(
        {
            "child": ["a", "a", "a", "b"],
            "decom": pd.to_datetime(["2014-05-01", "2014-08-01", "2015-06-01", "2014-05-01"]),
            "dec": pd.to_datetime(["2014-08-01", "2014-10-01", None, "2014-10-01"]),
            "rec": ["X1", "E4A", None, "E3"],
            "rne": ["S", "P", "S", "S"],
            "ls": "C1",
            "place": "U6",
            "year": [2015, 2015, 2016, 2015],
        }
    )
    built = histories.build({"episodes": episodes})
    assert leaving.leavings(built.periods)["route"].tolist() == ["returned home"]
    cover = {"first_return": built.first_return, "last_return": built.last_return}
    assert leaving.counts(built.periods, **cover)["started"].tolist() == [2, 1]
    found = returning.returns(built.periods, last_return=built.last_return, months=[9], min_base=1)
    assert found["returned"].tolist()[0] == 1
    within = since_entry.permanence_within(built.periods, **cover, months=[6], min_base=1)
    assert within.set_index("route").at["returned home", "children"] == 1


@pytest.mark.parametrize("by", [[], ["district"], ["unaccompanied"]])
def test_no_children_give_tables_without_shares_and_no_error(by):
    nobody = periods(("a", "2015-05-01", "2016-06-01", "adopted")).iloc[:0]
    for made in (
        leaving.routes(nobody, by=by),
        returning.returns(nobody, last_return=LAST, by=by),
        since_entry.permanence_within(nobody, **COVER, by=by),
        since_entry.cumulative_incidence(nobody, **COVER, by=by[0] if by else None),
        returning.returned_since(nobody, period_end=LAST),
    ):
        assert made["share"].isna().all()


# Districts and the county


def test_a_district_is_compared_with_the_rest_of_the_county_and_not_with_itself():
    counts = pd.DataFrame(
        {"district": ["Dover", "Thanet", "all"], "held": [90, 50, 140], "returned": [100, 100, 200]}
    )
    counts = shares.share(counts, "held", "returned")
    made = shares.against_rest(counts, "held", "returned").set_index("district")
    assert made.at["Dover", "rest"] == 100
    assert made.at["Dover", "rest_share"] == 0.5
    assert made.at["Dover", "difference"] == pytest.approx(0.4)
    assert made["verdict"].tolist()[:2] == ["higher", "lower"]
    assert pd.isna(made.at["all", "verdict"])


def test_each_year_is_compared_with_the_county_of_that_year():
    counts = pd.DataFrame(
        {
            "year": [2016, 2016, 2016, 2017, 2017, 2017],
            "district": ["Dover", "Thanet", "all"] * 2,
            "held": [90, 50, 140, 50, 50, 100],
            "returned": [100, 100, 200] * 2,
        }
    )
    made = shares.against_rest(counts, "held", "returned", within=["year"])
    assert made["verdict"].fillna("-").tolist() == [
        "higher",
        "lower",
        "-",
        "no more than chance",
        "no more than chance",
        "-",
    ]


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (
            [90, 50],
            "In Dover 90% left, above the rest of Kent (50%) by more than chance would give",
        ),
        (
            [50, 90],
            "In Dover 50% left, below the rest of Kent (90%) by more than chance would give",
        ),
        (
            [52, 50],
            "In Dover 52% left, no more apart from the rest of Kent (50%) than chance would give",
        ),
    ],
)
def test_district_finding_says_which_side_only_if_beyond_chance(held, said):
    counts = pd.DataFrame(
        {"district": ["Dover", "Thanet", "all"], "held": [*held, sum(held)], "of": [100, 100, 200]}
    )
    made = shares.against_rest(shares.share(counts, "held", "of"), "held", "of")
    assert shares.district_finding(made, "Dover", "left", county="Kent") == said
    assert "Too few in Ashford" in shares.district_finding(made, "Ashford", "left")


def test_children_without_a_district_are_kept_and_not_joined_away():
    rows = pd.DataFrame({"child_id": ["a", "b", "c"]})
    known = pd.DataFrame({"child": ["a", "a"], "district": ["Dover", "Dover"]})
    made = shares.with_district(rows, known)
    assert made["district"].tolist() == ["Dover", "not recorded", "not recorded"]
