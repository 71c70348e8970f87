"""Histories: what the episodes of a child say of care, placements, status and adoption."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kentlib import histories
from kentlib.extracts import ssda903_form

USUAL = {
    "child": "a",
    "decom": "2016-05-01",
    "dec": None,
    "rne": "S",
    "ls": "C2",
    "cin": "N1",
    "place": "U6",
    "place_provider": "PR1",
    "rec": None,
    "home_post": "CT1 1AA",
    "pl_post": "CT2 2AA",
    "urn": "1",
    "year": 2017,
}


def table(*rows, **usual):
    made = pd.DataFrame([usual | row for row in rows], columns=list(usual))
    for name in made:
        if name in ("year",):
            continue
        dated = name.startswith(("date", "mis_", "dec", "dob", "duc"))
        made[name] = pd.to_datetime(made[name]) if dated else made[name].astype("str")
    return made


def episodes(*rows):
    """One open episode from 1 May 2016 in the return of 2017; each row changes what it says."""
    return table(*rows, **USUAL)


def build(*rows, period_end=None, districts=None, **tables):
    tables = {"episodes": episodes(*rows)} | tables
    return histories.build(tables, period_end=period_end, districts=districts)


def dates(column):
    return [None if pd.isna(day) else str(day.date()) for day in column]


def spans(frame):
    return list(zip(dates(frame["start"]), dates(frame["end"]), strict=True))


ENDED = {"dec": "2016-07-01", "rec": "E4A"}


# Periods of care


def test_an_open_episode_is_a_period_without_end_or_route():
    period = build({}).periods.iloc[0]
    assert pd.isna(period["end"])
    assert pd.isna(period["route"])
    assert pd.isna(period["rec"])


def test_x1_is_not_leaving():
    history = build(
        {"dec": "2016-07-01", "rec": "X1"}, {"decom": "2016-07-01", "rne": "P", "urn": "2"}
    )
    assert spans(history.periods) == [("2016-05-01", None)]
    assert history.periods["route"].isna().all()


def test_leaving_is_counted_once_for_all_the_episodes_of_a_period():
    history = build(
        {"dec": "2016-06-01", "rec": "X1"},
        {"decom": "2016-06-01", "rne": "L", "dec": "2016-07-01", "rec": "X1"},
        {"decom": "2016-07-01", "rne": "P", "dec": "2016-08-01", "rec": "E11"},
    )
    assert spans(history.periods) == [("2016-05-01", "2016-08-01")]
    assert history.periods["route"].tolist() == ["adopted"]


def test_a_restart_on_the_day_of_leaving_is_no_return():
    history = build(ENDED, {"decom": "2016-07-01", "dec": "2016-09-01", "rec": "E13"})
    assert spans(history.periods) == [("2016-05-01", "2016-09-01")]
    assert history.periods["route"].tolist() == ["lived with relatives"]


def test_a_start_the_day_after_leaving_is_a_return():
    history = build(ENDED, {"decom": "2016-07-02"})
    assert history.periods["period"].tolist() == [1, 2]
    assert spans(history.periods) == [("2016-05-01", "2016-07-01"), ("2016-07-02", None)]


def test_x1_with_days_until_the_next_episode_is_still_one_period():
    history = build({"dec": "2016-07-01", "rec": "X1"}, {"decom": "2016-07-20", "rne": "P"})
    assert spans(history.periods) == [("2016-05-01", None)]


def test_e3_is_a_transfer_and_no_way_home():
    assert build({"dec": "2016-07-01", "rec": "E3"}).periods["route"].tolist() == ["transferred"]


@pytest.mark.parametrize("rec", sorted(set(ssda903_form.code_list("rec").codes) - {"X1"}))
def test_every_reason_for_leaving_has_one_route(rec):
    (route,) = build({"dec": "2016-07-01", "rec": rec}).periods["route"]
    assert [name for name, codes in histories.ROUTES.items() if rec in codes] == [route]


@pytest.mark.parametrize("born", ["1998-03-01", "2000-02-29", "2001-03-01"])
def test_e8_from_the_18th_birthday_is_aged_out(born):
    header = table({}, child="a", sex="1", dob=born)
    birthday = pd.Timestamp(int(born[:4]) + 18, 3, 1)
    started = {"decom": birthday - pd.Timedelta(days=300), "rec": "E8", "year": birthday.year}
    on_it = build(started | {"dec": birthday}, header=header)
    assert on_it.periods["route"].tolist() == ["aged out"]
    before = build(started | {"dec": birthday - pd.Timedelta(days=1)}, header=header)
    assert before.periods["route"].tolist() == ["other"]


def test_an_end_without_a_reason_is_not_recorded_and_not_other():
    assert build({"dec": "2016-07-01"}).periods["route"].tolist() == ["not recorded"]


def test_a_reason_without_an_end_has_not_ended():
    period = build({"rec": "E4A"}).periods.iloc[0]
    assert pd.isna(period["end"]) and pd.isna(period["rec"])


def test_an_open_episode_ends_where_the_next_begins():
    history = build({}, {"decom": "2016-07-01", "rne": "P", "urn": "2"})
    assert spans(history.periods) == [("2016-05-01", None)]
    assert spans(history.placements) == [("2016-05-01", "2016-07-01"), ("2016-07-01", None)]


def test_an_episode_that_overlaps_the_next_ends_where_it_begins():
    history = build(ENDED, {"decom": "2016-06-10", "rne": "P", "urn": "2"})
    assert len(history.periods) == 1
    assert spans(history.placements) == [("2016-05-01", "2016-06-10"), ("2016-06-10", None)]


def test_open_in_an_early_return_and_gone_from_later_ones_ends_on_that_31_march():
    history = build({"year": 2017}, {"child": "b", "decom": "2018-01-01", "year": 2018})
    assert dates(history.periods["end"]) == ["2017-03-31", None]
    assert history.periods["route"].iloc[0] == "not recorded"


def test_an_x1_that_nothing_follows_ends_unrecorded_if_later_returns_are_read():
    row = {"dec": "2016-07-01", "rec": "X1"}
    assert dates(build(row).periods["end"]) == [None]
    later = build(row, {"child": "b", "decom": "2018-01-01", "year": 2018}).periods
    assert dates(later["end"]) == ["2016-07-01", None]
    assert later["route"].iloc[0] == "not recorded"


def test_a_history_that_begins_before_the_first_return_is_no_new_entry():
    history = build({"decom": "2015-01-01", "rne": "P"})
    assert history.periods["left_truncated"].tolist() == [True]


def test_a_start_that_is_seen_is_an_entry_however_early():
    assert build({"decom": "2015-01-01"}).periods["left_truncated"].tolist() == [False]


def test_only_the_first_period_can_be_left_truncated():
    history = build(ENDED | {"rne": "P"}, {"decom": "2016-09-01", "rne": "P"})
    assert history.periods["left_truncated"].tolist() == [True, False]


def test_rows_in_any_order_make_the_same_history():
    rows = [ENDED, {"decom": "2016-09-01"}, {"child": "b"}]
    forwards, backwards = build(*rows).periods, build(*rows[::-1]).periods
    backwards = backwards.sort_values(["child", "period"], ignore_index=True)
    pd.testing.assert_frame_equal(forwards, backwards)


def test_first_and_last_return_are_the_days_that_the_returns_span():
    history = build({}, {"child": "b", "year": 2019})
    assert str(history.first_return.date()) == "2016-04-01"
    assert str(history.last_return.date()) == "2019-03-31"


def test_a_period_of_nothing_but_short_breaks_is_marked():
    made = build(
        {"ls": "V4"},
        {"child": "b"},
        {"child": "c", "ls": "V3", "dec": "2016-06-01", "rec": "X1"},
        {"child": "c", "decom": "2016-06-01", "rne": "L"},
    )
    assert made.periods["short_break"].tolist() == [True, False, False]
    assert made.placements["short_break"].tolist() == [True, False, True]


# Who the child is


def test_age_sex_district_and_asylum_are_the_childs():
    header = table({}, child="a", sex="F", dob="2006-05-01")
    uasc = table({}, child="a", duc=None)
    districts = pd.DataFrame({"child": ["a"], "district": ["Swale"]})
    period = build({}, header=header, uasc=uasc, districts=districts).periods.iloc[0]
    assert period["age_start"] == pytest.approx(10.0, abs=0.01)
    assert (period["sex"], period["district"], period["unaccompanied"]) == ("female", "Swale", True)


def test_a_period_from_the_day_that_asylum_status_ended_is_not_unaccompanied():
    uasc = table({}, child="a", duc="2016-09-01")
    made = build(ENDED, {"decom": "2016-09-01"}, uasc=uasc).periods
    assert made["unaccompanied"].tolist() == [True, False]


def test_age_is_missing_when_birth_comes_after_the_start():
    header = table({}, child="a", sex="1", dob="2016-06-01")
    assert build({}, header=header).periods["age_start"].isna().all()


def test_the_latest_header_is_believed():
    header = table(
        {"dob": "2007-05-01", "year": 2018}, {}, child="a", sex="1", dob="2006-05-01", year=2017
    )
    assert dates(build({}, header=header).periods["born"]) == ["2007-05-01"]


# Placements and legal statuses


def test_a_change_of_legal_status_alone_leaves_one_placement_and_two_statuses():
    history = build(
        {"dec": "2016-07-01", "rec": "X1", "ls": "C1"},
        {"decom": "2016-07-01", "rne": "L", "ls": "C2"},
    )
    assert history.placements["episodes"].tolist() == [2]
    assert spans(history.placements) == [("2016-05-01", None)]
    assert history.statuses["ls"].tolist() == ["C1", "C2"]
    assert spans(history.statuses) == [("2016-05-01", "2016-07-01"), ("2016-07-01", None)]


def test_other_carers_are_another_placement_though_nothing_else_differs():
    history = build({"dec": "2016-07-01", "rec": "X1"}, {"decom": "2016-07-01", "rne": "P"})
    assert history.placements["placement"].tolist() == [1, 2]
    assert history.placements["same_carer"].tolist() == [False, False]


def test_the_same_carers_in_another_kind_of_placement_are_marked():
    history = build(
        {"dec": "2016-07-01", "rec": "X1"}, {"decom": "2016-07-01", "rne": "T", "place": "U4"}
    )
    assert history.placements["same_carer"].tolist() == [False, True]


def test_a_status_change_that_moves_the_child_is_another_placement():
    history = build(
        {"dec": "2016-07-01", "rec": "X1"}, {"decom": "2016-07-01", "rne": "L", "urn": "2"}
    )
    assert len(history.placements) == 2


def test_a_restart_on_the_day_of_leaving_is_the_same_placement():
    assert build(ENDED, {"decom": "2016-07-01"}).placements["episodes"].tolist() == [2]


def test_a_temporary_placement_is_marked():
    assert build({"place": "T1"}).placements["temporary"].tolist() == [True]


def test_an_unknown_home_postcode_is_told_and_not_shown():
    made = build({}, {"child": "b", "home_post": None}).placements
    assert made["home_post_known"].tolist() == [True, False]
    assert not made.astype("str").eq("CT1 1AA").any(axis=None)


def test_placements_stop_when_a_lost_period_does():
    history = build({"year": 2017}, {"child": "b", "decom": "2018-01-01", "year": 2018})
    assert dates(history.placements["end"]) == ["2017-03-31", None]


# Adoption


ADOPTED = [
    {"dec": "2016-07-01", "rec": "X1"},
    {"decom": "2016-07-01", "rne": "L", "ls": "E1", "dec": "2016-09-01", "rec": "X1"},
    {
        "decom": "2016-09-01",
        "rne": "P",
        "ls": "E1",
        "place": "A6",
        "dec": "2017-02-01",
        "rec": "E12",
    },
]
PLAN = {
    "child": "a",
    "date_placed": "2016-06-01",
    "date_placed_ceased": None,
    "reason_placed_ceased": None,
    "year": 2017,
}
MATCH = {
    "child": "a",
    "date_int": "2016-06-01",
    "date_match": "2016-08-15",
    "foster_care": "1",
    "year": 2017,
}


def test_the_steps_to_adoption_are_one_row():
    made = build(*ADOPTED, placedadoption=table({}, **PLAN), ad1=table({}, **MATCH)).adoption
    (row,) = made.to_dict("records")
    steps = ["decision", "order", "matched", "moved_in", "adopted"]
    assert dates(row[step] for step in steps) == [
        "2016-06-01",
        "2016-07-01",
        "2016-08-15",
        "2016-09-01",
        "2017-02-01",
    ]
    assert row["foster_carer"] and row["reversals"] == 0 and pd.isna(row["decision_reversed"])


def test_a_plan_that_was_reversed_and_made_again_shows_the_latest_and_counts_the_first():
    first = {
        "date_placed": "2016-05-10",
        "date_placed_ceased": "2016-05-20",
        "reason_placed_ceased": "RD1",
    }
    row = build({}, placedadoption=table({}, first, **PLAN)).adoption.iloc[0]
    assert dates([row["decision"], row["decision_reversed"]]) == ["2016-06-01", None]
    assert row["reversals"] == 1 and pd.isna(row["reversal_reason"])


def test_without_a_plan_the_decision_is_the_one_in_ad1():
    made = build(*ADOPTED, ad1=table({}, **MATCH)).adoption
    assert dates(made["decision"]) == ["2016-06-01"]


def test_a_plan_belongs_to_the_period_it_was_made_in():
    plans = table({}, **PLAN | {"date_placed": "2016-10-01"})
    made = build(ENDED, {"decom": "2016-09-01"}, placedadoption=plans).adoption
    assert made["period"].tolist() == [2]


def test_a_plan_made_before_the_first_day_seen_belongs_to_the_first_period():
    plans = table({}, **PLAN | {"date_placed": "2010-10-01"})
    assert build({}, placedadoption=plans).adoption["period"].tolist() == [1]


def test_a_plan_for_a_child_without_episodes_is_nobodys():
    assert build({}, placedadoption=table({}, **PLAN | {"child": "z"})).adoption.empty


def test_no_step_to_adoption_is_no_row():
    assert build({}).adoption.empty


# As at an earlier day


def test_at_an_earlier_day_what_came_later_is_not_known():
    plans, matches = table({}, **PLAN), table({}, **MATCH)
    gone = table({}, child="a", missing="M", mis_start="2016-06-01", mis_end="2016-09-01")
    history = build(
        *ADOPTED, period_end="2016-08-01", placedadoption=plans, ad1=matches, missing=gone
    )
    assert spans(history.periods) == [("2016-05-01", None)]
    assert spans(history.statuses) == [("2016-05-01", "2016-07-01"), ("2016-07-01", None)]
    assert dates(history.adoption["matched"]) == [None]
    assert dates(history.adoption["decision"]) == ["2016-06-01"]
    assert spans(history.missing) == [("2016-06-01", None)]
    assert str(history.last_return.date()) == "2016-08-01"


def test_missing_and_away_are_told_apart():
    gone = table(
        {},
        {"missing": "A", "mis_start": "2016-05-02"},
        child="a",
        missing="M",
        mis_start="2016-06-01",
        mis_end=None,
    )
    assert build({}, missing=gone).missing["kind"].tolist() == ["away", "missing"]


def test_care_leavers_are_one_row_a_year():
    leavers = table({}, child="z", in_touch="YES", activ="F2", accom="B1", year=2017)
    made = build({}, oc3=leavers).leavers
    assert made.columns.tolist() == ["child", "year", "in_touch", "activity", "accommodation"]
    assert made.values.tolist() == [["z", 2017, "YES", "F2", "B1"]]


def test_no_episodes_make_empty_tables_of_the_same_columns():
    some, none = build({}), histories.build({"episodes": episodes().astype(episodes({}).dtypes)})
    for name in ("periods", "placements", "statuses", "adoption", "missing", "leavers"):
        assert getattr(none, name).columns.tolist() == getattr(some, name).columns.tolist()
        assert getattr(none, name).empty
    assert none.first_return is pd.NaT


# Whatever the episodes say


DAY = st.integers(0, 400).map(lambda n: pd.Timestamp("2016-04-01") + pd.Timedelta(days=n))
EPISODE = st.tuples(
    st.sampled_from("abc"),
    DAY,
    st.none() | st.integers(0, 90),
    st.sampled_from([None, "X1", "X1", "E4A", "E3"]),
    st.sampled_from([None, *"SLPTBU"]),
    st.sampled_from(["U6", "T1", "A5", None]),
    st.sampled_from(["C1", "V3", "E1", None]),
    st.sampled_from([2017, 2018]),
)


@st.composite
def any_episodes(draw):
    drawn = draw(st.lists(EPISODE, min_size=1, max_size=12, unique_by=lambda row: row[:2]))
    names = ("child", "decom", "dec", "rec", "rne", "place", "ls", "year")
    rows = [dict(zip(names, row, strict=True)) for row in drawn]
    for row in rows:
        if row["dec"] is not None:
            row["dec"] = row["decom"] + pd.Timedelta(days=row["dec"])
    return episodes(*rows)


@settings(max_examples=60, deadline=None)
@given(any_episodes())
def test_no_episodes_make_overlapping_periods_or_placements_outside_them(made):
    history = histories.build({"episodes": made})
    far = pd.Timestamp("2100-01-01")
    for _, own in history.periods.groupby("child"):
        assert own["period"].tolist() == list(range(1, len(own) + 1))
        assert (own["start"].iloc[1:].to_numpy() > own["end"].iloc[:-1].to_numpy()).all()
    assert (history.periods["end"].fillna(far) >= history.periods["start"]).all()
    assert (history.periods["route"].notna() == history.periods["end"].notna()).all()
    for name in ("placements", "statuses"):
        stays = getattr(history, name).merge(
            history.periods[["child", "period", "start", "end"]],
            on=["child", "period"],
            suffixes=("", "_of"),
            validate="many_to_one",
        )
        assert len(stays) == len(getattr(history, name))
        assert (stays["start"] >= stays["start_of"]).all()
        assert (stays["end"].fillna(far) <= stays["end_of"].fillna(far)).all()
        by = stays.groupby(["child", "period"])
        assert (stays["start"] >= by["end"].shift(1).fillna(stays["start"])).all()
    assert history.placements["episodes"].sum() == len(made)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from("LPTBU")), min_size=1, max_size=8),
    st.sampled_from(["E4A", "E11", "E8"]),
)
def test_the_days_of_placements_add_up_to_those_of_a_period_without_gaps(steps, rec):
    starts = np.cumsum([0, *(days for days, _ in steps)])
    day = [pd.Timestamp("2016-05-01") + pd.Timedelta(days=int(n)) for n in starts]
    rows = [
        {
            "decom": day[n],
            "dec": day[n + 1],
            "rne": rne if n else "S",
            "urn": str(n % 3),
            "rec": rec if n == len(steps) - 1 else "X1",
        }
        for n, (_, rne) in enumerate(steps)
    ]
    history = build(*rows)
    (whole,) = history.periods["end"] - history.periods["start"]
    for stays in (history.placements, history.statuses):
        assert (stays["end"] - stays["start"]).sum() == whole
