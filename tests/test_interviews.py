"""Return interviews: hours that passed, blanks that stay blanks, bounds that hold the truth."""

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kentlib import interview_times, interview_use, interviews, missing, variation

FROM, TO = pd.Timestamp("2016-04-01"), pd.Timestamp("2017-03-31")
TIMES = ["episode_start", "episode_end", "offered_at", "held_at"]
ORDINARY = {
    "child_id": "a",
    "child_group": "looked after",
    "responsible_authority": None,
    "district": "Dover",
    "missing_or_away": "missing",
    "missing_from": "placement",
    "episode_start": "2016-05-01 20:00",
    "episode_end": "2016-05-02 08:00",
    "offered": "yes",
    "offered_at": "2016-05-02 10:00",
    "accepted": "yes",
    "held": "yes",
    "held_at": "2016-05-04 10:00",
    "held_by": "the service",
    "independent": "yes",
    "reasons": "R1",
    "informed_safety_plan": "yes",
    "shared_with_authority": "not applicable",
}
UNSEEN = {"held": "no", "held_at": None, "reasons": None, "informed_safety_plan": "not recorded"}


def extract(*rows, **columns):
    """Typed return interviews, each differing from an ordinary one as said.

    A time given as a date alone ("2016-05-02") has no time.
    """
    made = pd.DataFrame([ORDINARY | row for row in rows]).assign(**columns)
    for name in TIMES:
        text = made[name].astype("str")
        made[f"{name}_has_time"] = text.str.len().gt(10) & made[name].notna()
        made[name] = pd.to_datetime(made[name], format="ISO8601")
    return made


def read(*rows, within_hours=72, as_at=TO, **columns):
    """The returns in the year and their states."""
    back = interviews.returned(extract(*rows, **columns), period_start=FROM, period_end=TO)
    return back, interviews.states(back, as_at=as_at, within_hours=within_hours)


def one(name, *rows, of="returned", **more):
    """The one row of a step of the cascade."""
    back, told = read(*rows, **more)
    return interviews.step(back, told, name, of=of, min_base=1).iloc[0]


def hours(end, held):
    row = interview_times.hours(extract({"episode_end": end, "held_at": held}), "held").iloc[0]
    return row["least"], row["most"]


# Hours


def test_hours_are_those_that_passed_to_the_minute():
    assert hours("2016-05-02 08:00", "2016-05-05 08:30") == (72.5, 72.5)


def test_hours_run_through_weekends_and_bank_holidays():
    # Good Friday to Easter Monday 2017: no working day between, and 72 hours all the same.
    assert hours("2017-04-14 09:00", "2017-04-17 09:00") == (72, 72)
    assert hours("2016-12-24 09:00", "2016-12-27 09:00") == (72, 72)


@pytest.mark.parametrize(
    ("end", "held", "passed"),
    [
        ("2017-03-25 12:00", "2017-03-28 12:00", 71),
        ("2017-10-28 12:00", "2017-10-31 12:00", 73),
        ("2017-06-28 12:00", "2017-07-01 12:00", 72),
    ],
)
def test_a_night_on_which_the_clocks_change_is_an_hour_shorter_or_longer(end, held, passed):
    assert hours(end, held) == (passed, passed)


def test_a_time_the_clocks_skip_or_repeat_is_read_and_no_error():
    assert hours("2017-03-26 01:30", "2017-03-26 03:00")[0] == 1
    assert hours("2017-10-29 01:30", "2017-10-29 03:00")[0] == 2.5


@pytest.mark.parametrize(
    ("apart", "said"),
    [(0, "in time"), (1, "in time"), (2, "in time"), (3, "undecidable"), (4, "late"), (9, "late")],
)
def test_with_dates_only_two_days_are_in_time_three_undecidable_four_late(apart, said):
    end = pd.Timestamp("2016-05-02")
    held = (end + pd.Timedelta(days=apart)).strftime("%Y-%m-%d")
    table = extract({"episode_end": "2016-05-02", "held_at": held})
    assert interview_times.timing(interview_times.hours(table, "held"), 72).tolist() == [said]


@pytest.mark.parametrize(
    ("end", "held", "said"),
    [
        ("2016-05-02 08:00", "2016-05-05", "undecidable"),
        ("2016-05-02 00:00", "2016-05-04", "in time"),
        ("2016-05-02 23:00", "2016-05-06", "late"),
        ("2016-05-02", "2016-05-05 00:00", "in time"),
        ("2016-05-02", "2016-05-05 12:00", "undecidable"),
        ("2016-05-02", "2016-05-06 00:00", "late"),
        ("2016-05-02 08:00", "2016-05-05 08:00", "in time"),
        ("2016-05-02 08:00", "2016-05-05 08:01", "late"),
        ("2016-05-02 08:00", "2016-05-01 08:00", "not timed"),
        ("2016-05-02", "2016-05-01", "not timed"),
        (None, "2016-05-01", "not timed"),
        ("2016-05-02 08:00", None, "not timed"),
    ],
)
def test_one_time_beside_one_date_is_decided_where_it_can_be(end, held, said):
    table = extract({"episode_end": end, "held_at": held})
    assert interview_times.timing(interview_times.hours(table, "held"), 72).tolist() == [said]


def test_the_limit_is_a_parameter():
    back, told = read({}, within_hours=24)
    assert told["held_in_time"].tolist() == ["no"]
    assert told["offered_in_time"].tolist() == ["yes"]
    found = interviews.cascade(back, told, within_hours=24)
    assert "interview held within 24 hours" in set(found["step"])


@given(
    st.lists(
        st.tuples(st.integers(0, 24 * 60 * 300), st.integers(0, 60 * 24 * 8)),
        min_size=1,
        max_size=12,
    )
)
# Returns just before the clocks go back and forward.
@example([(303840, 60 * 72 - 1)])
@example([(516959, 60 * 72 - 59)])
def test_bounds_from_dates_alone_hold_the_share_that_times_would_show(pairs):
    rows = []
    for minutes, later in pairs:
        end = FROM + pd.Timedelta(minutes=minutes)
        held = end + pd.Timedelta(minutes=later)
        rows.append({"episode_end": f"{end:%Y-%m-%d %H:%M}", "held_at": f"{held:%Y-%m-%d %H:%M}"})
    dated = [{name: value[:10] for name, value in row.items()} for row in rows]
    exact, bounds = one("held_in_time", *rows), one("held_in_time", *dated)
    assert exact["undecidable"] == 0
    assert 0 <= bounds["share"] <= exact["share"] <= bounds["share_at_most"] <= 1
    assert bounds["low"] <= bounds["share"] + 1e-9
    assert bounds["share_at_most"] <= bounds["high"] + 1e-9


# The cascade


def test_offered_in_time_and_held_in_time_are_two_measures():
    late = {"held_at": "2016-05-20 10:00"}
    back, told = read(*[late] * 3, {})
    found = interviews.cascade(back, told, min_base=1)
    by = found[found["of"] == "returns"].set_index("name")["share"]
    assert by["offered_in_time"] == 1
    assert by["held_in_time"] == 0.25


def test_every_step_stands_on_two_stated_groups():
    back, told = read({})
    found = interviews.cascade(back, told)
    assert found.groupby("name", sort=False)["of"].apply(list).to_dict() == {
        "offered": ["returns", "returns for which an interview was applicable"],
        "offered_in_time": ["returns", "interviews offered"],
        "accepted": ["returns", "interviews offered"],
        "held": ["returns", "interviews offered"],
        "held_in_time": ["returns", "interviews held"],
        "reasons_recorded": ["returns", "interviews held"],
        "informed_safety_plan": ["returns", "interviews held"],
    }


def test_blanks_are_in_neither_yes_nor_no_and_both_denominators_are_columns():
    answers = ["yes", "no", "not applicable", "not recorded", None]
    found = one("offered", *[{"offered": answer} for answer in answers])
    assert found[["counted", "not_counted", "not_applicable", "not_recorded"]].tolist() == [
        1, 1, 1, 2,
    ]  # fmt: skip
    assert found[["base", "known"]].tolist() == [5, 2]
    assert found[["share", "share_of_known"]].tolist() == [0.2, 0.5]
    applicable = one("offered", *[{"offered": answer} for answer in answers], of="applicable")
    assert applicable["base"] == 4


def test_states_of_a_step_add_up_to_its_base():
    back, told = read(
        {},
        UNSEEN,
        {"held": None, "held_at": None},
        {"held_at": None},
        {"episode_end": "2016-05-02", "held_at": "2016-05-05"},
    )
    found = interviews.cascade(back, told)
    parts = ["counted", "undecidable", "not_timed", "not_counted", "not_applicable", "not_recorded"]
    assert found[parts].sum(axis=1).tolist() == found["base"].tolist()
    assert (found["known"] == found["counted"] + found["not_counted"]).all()


def test_children_not_seen_stay_in_the_denominator_of_returns():
    found = one("held_in_time", {}, UNSEEN, UNSEEN, UNSEEN)
    assert found[["counted", "base", "share"]].tolist() == [1, 4, 0.25]
    assert one("held_in_time", {}, UNSEEN, of="held")["base"] == 1


def test_yes_is_yes_and_no_is_no():
    # An inverted flag would give 3 of 4.
    assert one("accepted", {}, *[{"accepted": "no"}] * 3)["counted"] == 1


def test_an_interview_held_on_a_day_nobody_wrote_down_is_neither_in_time_nor_late():
    found = one("held_in_time", {}, {"held_at": None})
    assert found[["counted", "not_counted", "not_timed"]].tolist() == [1, 0, 1]
    assert found[["share", "share_at_most", "share_of_known"]].tolist() == [0.5, 1.0, 1.0]


def test_a_return_too_recent_to_be_late_is_undecidable():
    recent = UNSEEN | {"episode_start": "2017-03-28 08:00", "episode_end": "2017-03-30 08:00"}
    assert one("held_in_time", recent)["undecidable"] == 1
    assert one("held_in_time", recent, as_at=pd.Timestamp("2017-04-30"))["not_counted"] == 1


def test_what_was_not_offered_could_not_be_accepted():
    _, told = read({"offered": "no", "accepted": None}, {"accepted": None})
    assert told["accepted"].tolist() == ["not applicable", "not recorded"]


def test_reasons_not_recorded_are_a_no_only_where_an_interview_was_held():
    _, told = read({}, {"reasons": None}, UNSEEN, {"held": None, "reasons": None})
    assert told["reasons_recorded"].tolist() == ["yes", "no", "not applicable", "not recorded"]


def test_only_returns_in_the_period_count_by_the_day_of_the_return():
    rows = extract(
        {"episode_end": "2016-03-31 23:59"},
        {"episode_end": "2016-04-01"},
        {"episode_end": "2017-03-31 23:59"},
        {"episode_end": "2017-04-01 00:00"},
        {"episode_end": None},
    )
    back = interviews.returned(rows, period_start=FROM, period_end=TO)
    assert back.index.tolist() == [1, 2]


def test_returns_may_be_narrowed_to_a_group_a_kind_and_a_district():
    rows = extract({}, {"child_group": "at home"}, {"missing_or_away": "away"}, {"district": None})
    one_of = {"period_start": FROM, "period_end": TO}
    assert len(interviews.returned(rows, **one_of, child_group="at home")) == 1
    assert len(interviews.returned(rows, **one_of, missing_or_away="missing")) == 3
    assert len(interviews.returned(rows, **one_of, district="not recorded")) == 1


def test_episodes_still_open_are_listed_apart():
    rows = extract(
        {},
        {"episode_end": None},
        {"episode_start": "2010-01-01", "episode_end": "2010-01-02"},
        {"episode_start": None, "episode_end": None},
    )
    found = interviews.episodes(rows, period_start=FROM, period_end=TO)
    assert found.loc[0, ["returned", "still_open", "other", "children"]].tolist() == [1, 1, 2, 1]


def test_a_step_by_district_has_the_county_and_the_blank_district():
    back, told = read({}, {"district": "Thanet"}, {"district": None})
    found = interviews.step(back, told, "held", by=["district"], min_base=1)
    assert found["district"].tolist() == ["Dover", "Thanet", "not recorded", "all"]
    assert found["base"].tolist() == [1, 1, 1, 3]


def test_shares_of_too_few_are_missing_not_zero():
    back, told = read(*[UNSEEN] * 9)
    found = interviews.cascade(back, told)
    assert found[["share", "share_at_most", "low", "high", "share_of_known"]].isna().all().all()


def test_cascade_finding_gives_bounds_where_dates_leave_doubt():
    dated = {"episode_end": "2016-05-02", "held_at": "2016-05-05"}
    back, told = read(*[{}] * 5, *[dated] * 2, *[UNSEEN] * 3)
    assert interviews.cascade_finding(interviews.cascade(back, told)) == (
        "Of 10 returns, 70% led to an interview and between 50% and 70% to one within 72 hours"
    )
    blank = {"held": None, "held_at": None}
    back, told = read(*[{}] * 5, *[blank] * 5)
    assert interviews.cascade_finding(interviews.cascade(back, told)) == (
        "Of 10 returns, 50% led to an interview and 50% to one within 72 hours; for 5 nothing is "
        "recorded"
    )
    back, told = read({})
    assert interviews.cascade_finding(interviews.cascade(back, told)) == (
        "1 return, too few to say how many led to an interview"
    )


def test_answers_may_be_categories_with_the_same_result():
    rows = extract({}, UNSEEN, {"offered": None, "district": None})
    coded = rows.astype(dict.fromkeys(["offered", "held", "accepted", "district"], "category"))
    found = []
    for table in (rows, coded):
        back = interviews.returned(table, period_start=FROM, period_end=TO)
        told = interviews.states(back, as_at=TO)
        found.append(interviews.step(back, told, "held", by=["district"], min_base=1))
    pd.testing.assert_frame_equal(*found)


def test_no_returns_give_tables_without_shares_and_no_error():
    back = interviews.returned(extract({}).iloc[:0], period_start=FROM, period_end=TO)
    told = interviews.states(back, as_at=TO)
    found = interviews.cascade(back, told)
    assert found["share"].isna().all()
    assert interviews.cascade_finding(found) == (
        "0 returns, too few to say how many led to an interview"
    )
    months = interviews.months(back, told, period_start=FROM, period_end=TO)
    assert months["base"].tolist() == [0] * 12
    assert interview_use.reasons(back).empty
    assert interview_use.placed_by_others(back)["share"].isna().all()
    assert interview_times.curve(back, as_at=TO)["at_least"].isna().all()


# Months and districts


def test_every_month_of_the_period_is_there_also_one_without_returns():
    back, told = read({}, {"episode_end": "2016-07-02 08:00", "held_at": "2016-07-03 08:00"})
    found = interviews.months(back, told, period_start=FROM, period_end=TO, min_base=1)
    assert len(found) == 12
    assert found["base"].tolist() == [0, 1, 0, 1, *[0] * 8]
    assert found["share"].isna().tolist()[:3] == [True, False, True]


def test_months_feed_a_p_chart_and_an_xmr_chart():
    back, told = read({}, {"episode_end": "2016-07-02 08:00", "held_at": "2016-07-03 08:00"})
    found = interviews.months(back, told, period_start=FROM, period_end=TO, min_base=1)
    chart = variation.p_chart(found, "counted", "base")
    assert chart["value"].notna().sum() == 2
    assert len(variation.xmr_chart(found, "share")) == 12


def test_districts_feed_a_funnel():
    back, told = read(*[{}] * 5, *[UNSEEN | {"district": "Thanet"}] * 5)
    found = interviews.step(back, told, "held", by=["district"])
    parts = found[~found["district"].isin(["all", "not recorded"])]
    made = variation.funnel(parts, "counted", "base")
    assert made["area"].tolist() == ["Dover", "Thanet"]
    assert made["centre"].tolist() == [0.5, 0.5]


# The curve


def test_the_curve_keeps_those_not_yet_interviewed():
    back, _ = read({}, UNSEEN, UNSEEN, UNSEEN)
    found = interview_times.curve(back, as_at=TO, at=[0, 49, 50, 72], min_base=1)
    assert found["at_least"].tolist() == [0, 0, 0.25, 0.25]
    assert found["returns"].unique().tolist() == [4]


def test_a_return_is_censored_at_the_end_of_the_extract():
    recent = UNSEEN | {"episode_end": "2017-03-31 12:00", "episode_start": "2017-03-30 12:00"}
    back, _ = read({}, recent)
    found = interview_times.curve(back, as_at=TO, at=[11, 13, 50], min_base=1)
    assert found["followed"].tolist() == [2, 1, 0]
    assert found["at_least"].tolist()[:2] == [0, 0]
    assert pd.isna(found["at_least"].iloc[2])


def test_dates_alone_give_two_curves_that_hold_the_exact_one():
    exact, _ = read({}, UNSEEN)
    dated, _ = read({"episode_end": "2016-05-02", "held_at": "2016-05-04"}, UNSEEN)
    at = list(range(0, 100, 6))
    truth = interview_times.curve(exact, as_at=TO, at=at, min_base=1)
    bounds = interview_times.curve(dated, as_at=TO, at=at, min_base=1)
    assert (bounds["at_least"] <= truth["at_least"]).all()
    assert (truth["at_least"] <= bounds["at_most"]).all()
    assert truth["at_least"].tolist() == truth["at_most"].tolist()


def test_interviews_nobody_can_time_are_counted_beside_the_curve():
    back, _ = read({}, {"held_at": None}, {"held": "not applicable", "held_at": None})
    found = interview_times.curve(back, as_at=TO, at=[72], min_base=1).iloc[0]
    assert found[["returns", "seen", "not_timed", "not_applicable"]].tolist() == [1, 1, 1, 1]


def test_curve_finding_counts_those_still_waiting():
    back, _ = read(*[{}] * 5, *[UNSEEN] * 15)
    found = interview_times.curve(back, as_at=TO)
    assert interview_times.curve_finding(found) == (
        "Of 20 returns, 25% had led to an interview 72 hours later, counting those still waiting; "
        "5 led to one at any time"
    )
    few, _ = read({})
    assert "Too few returns" in interview_times.curve_finding(interview_times.curve(few, as_at=TO))


@given(
    st.lists(st.tuples(st.integers(0, 200), st.booleans(), st.booleans()), min_size=1, max_size=12)
)
def test_curves_lie_within_0_and_1_and_never_fall(rows):
    made = []
    for later, seen, timed in rows:
        held = f"{pd.Timestamp('2016-05-02 08:00') + pd.Timedelta(hours=later):%Y-%m-%d %H:%M}"
        row = {"held_at": held if timed else held[:10]} if seen else UNSEEN
        made.append(row)
    back, _ = read(*made)
    found = interview_times.curve(back, as_at=TO, min_base=1)
    for name in ("at_least", "at_most"):
        assert found[name].dropna().between(-1e-9, 1 + 1e-9).all()
        assert (found[name].dropna().diff().dropna() >= -1e-9).all()
    assert (found["at_least"] <= found["at_most"] + 1e-9).all()


# What interviews were used for


def test_reasons_have_not_recorded_as_a_class_and_two_denominators():
    back, _ = read({"reasons": "R1;R2"}, {"reasons": "R1"}, {"reasons": None}, UNSEEN)
    found = interview_use.reasons(back, min_base=1).set_index("reason")
    assert found.index.tolist() == ["R1", "R2", "not recorded"]
    assert found["interviews"].tolist() == [2, 1, 1]
    assert found["held"].unique().tolist() == [3]
    assert found["recorded"].unique().tolist() == [2]
    assert found["share_of_recorded"].tolist()[:2] == [1.0, 0.5]
    assert pd.isna(found.at["not recorded", "share_of_recorded"])


def test_better_recording_is_not_read_as_a_rise():
    def shares(recorded):
        rows = [{"reasons": "R1"}] * recorded + [{"reasons": "R2"}] * recorded
        rows += [{"reasons": None}] * (20 - 2 * recorded)
        back, _ = read(*rows)
        return interview_use.reasons(back, min_base=1).set_index("reason").loc["R1"]

    before, after = shares(5), shares(10)
    assert after["share"] > before["share"]
    assert after["share_of_recorded"] == before["share_of_recorded"] == 0.5


def test_a_reason_given_twice_in_one_interview_counts_once():
    back, _ = read({"reasons": "R1; R1;"})
    found = interview_use.reasons(back, min_base=1)
    assert found[["reason", "interviews"]].values.tolist() == [["R1", 1]]


def test_reasons_by_district_have_the_county():
    back, _ = read({}, {"district": "Thanet", "reasons": "R2"})
    found = interview_use.reasons(back, by=["district"], min_base=1)
    whole = found[found["district"] == "all"]
    assert whole["reason"].tolist() == ["R1", "R2"]
    assert whole["held"].tolist() == [2, 2]


def test_reasons_finding_says_how_many_are_recorded_first():
    back, _ = read(*[{}] * 10, *[{"reasons": None}] * 10)
    assert interview_use.reasons_finding(interview_use.reasons(back)) == (
        "Of 20 interviews held, 50% have a reason recorded; the most common, in 100% of those: R1"
    )
    few, _ = read({})
    assert "Too few" in interview_use.reasons_finding(interview_use.reasons(few))


OTHERS = {"child_group": "placed by another authority", "responsible_authority": "Medway"}


def test_interviews_shared_are_those_of_children_placed_by_others_only():
    answers = ["yes", "no", None, "not applicable"]
    back, _ = read({}, UNSEEN | OTHERS, *[OTHERS | {"shared_with_authority": a} for a in answers])
    found = interview_use.placed_by_others(back, min_base=1).iloc[0]
    assert found[["counted", "not_counted", "not_recorded", "not_applicable", "base"]].tolist() == [
        1, 1, 1, 1, 4,
    ]  # fmt: skip
    assert found["share_of_known"] == 0.5


def test_placed_by_others_finding_says_what_is_not_recorded():
    yes, blank = OTHERS | {"shared_with_authority": "yes"}, OTHERS | {"shared_with_authority": None}
    back, _ = read(*[yes] * 5, *[blank] * 5)
    assert interview_use.placed_by_others_finding(interview_use.placed_by_others(back)) == (
        "Of 10 interviews with children placed here by other authorities, 50% were shared with "
        "the authority that placed them; for 5 it is not recorded"
    )
    none, _ = read({})
    assert "Too few interviews" in interview_use.placed_by_others_finding(
        interview_use.placed_by_others(none)
    )


# Again and again


def gone(**children):
    """Episodes that began on the given days of May 2016, by child."""
    rows = [
        {"child_id": child, "episode_start": f"2016-05-{day:02d} 20:00"}
        for child, days in children.items()
        for day in days
    ]
    return missing.begun(extract(*rows), period_start=FROM, period_end=TO)


@pytest.mark.parametrize(("days", "repeated"), [([1, 2, 30], 1), ([1, 2, 31], 0), ([1, 2], 0)])
def test_three_times_in_thirty_days_is_the_first_and_last_day_included(days, repeated):
    found = missing.repeated(gone(a=days), min_base=1)
    assert found[["children", "repeated"]].values.tolist() == [[1, repeated]]


def test_three_children_once_each_are_no_repeat():
    found = missing.repeated(gone(a=[1], b=[2], c=[3]), min_base=1)
    assert found[["episodes", "children", "repeated"]].values.tolist() == [[3, 3, 0]]


def test_times_and_days_are_parameters():
    assert missing.repeated(gone(a=[1, 8]), times=2, days=7, min_base=1)["repeated"].item() == 0
    assert missing.repeated(gone(a=[1, 8]), times=2, days=8, min_base=1)["repeated"].item() == 1


def test_the_returns_own_missing_table_serves_as_well():
    table = pd.DataFrame(
        {"child": ["a", "a"], "kind": "missing", "start": pd.to_datetime(["2016-05-01"] * 2)}
    )
    found = missing.begun(table, period_start=FROM, period_end=TO, child="child", start="start")
    assert missing.repeated(found, times=2, min_base=1)["repeated"].item() == 1


def test_concentration_is_the_share_of_the_children_with_most_episodes():
    found = missing.concentration(
        gone(a=[1, 2, 3, 4, 5, 6], b=[1], c=[1], d=[1], e=[1]), top=[0.2, 0.3, 1.0], min_base=1
    )
    assert found["children"].tolist() == [1, 2, 5]
    assert found["share_of_episodes"].tolist() == [0.6, 0.7, 1.0]


def test_concentration_of_too_few_children_is_missing():
    found = missing.concentration(gone(a=[1, 2]))
    assert found["share_of_episodes"].isna().all()
    assert "Too few" in missing.concentration_finding(found)


def test_children_by_number_of_episodes_add_up():
    found = missing.by_number(gone(a=[1, 2, 3], b=[1], c=[1]), most=2)
    assert found["episodes"].tolist() == ["1", "2 or more"]
    assert found["children"].tolist() == [2, 1]
    assert found["share_of_episodes"].tolist() == [0.4, 0.6]


def test_missing_findings_say_how_many_children_and_what_share():
    many = gone(**{f"c{n}": [1] for n in range(9)}, a=[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    assert missing.repeated_finding(missing.repeated(many)) == (
        "Of 10 children who went missing, 1 (10%) did so 3 or more times within 30 days"
    )
    assert missing.concentration_finding(missing.concentration(many)) == (
        "1 child, 10% of those who went missing, account for 55% of 20 episodes"
    )
    assert "Too few" in missing.repeated_finding(missing.repeated(gone(a=[1])))


def test_nobody_missing_is_no_error():
    nobody = gone(a=[1]).iloc[:0]
    assert missing.repeated(nobody)["children"].tolist() == [0]
    assert missing.concentration(nobody)["share_of_episodes"].isna().all()
    assert missing.by_number(nobody)["children"].sum() == 0
