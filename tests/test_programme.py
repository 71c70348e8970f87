"""The chance of being called: whole sums, and what holds for any number of calls."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentlib import programme, tables


def metrics(remaining=4.0, dates=("2016-11-14", "2016-11-21"), completion="2016-11-28"):
    """The rows that the programme's position is read from."""
    rows = [(f"notification_{date}", date, None) for date in dates]
    rows += [
        ("programme_visited", "2016-09-30", 114.0),
        ("programme_remaining", "2016-09-30", remaining),
        ("programme_completion_date", completion, None),
    ]
    table = pd.DataFrame(rows, columns=["id", "as_at", "value"])
    return table.assign(as_at=pd.to_datetime(table["as_at"]))


def first_reports(**published):
    """The first SIF report of each authority."""
    rows = [(name, "SIF", 1, pd.Timestamp(date)) for name, date in published.items()]
    return pd.DataFrame(rows, columns=["authority", "framework", "number", "published"])


def test_dates_are_announced_in_order():
    found = programme.announced(metrics(dates=("2016-11-21", "2016-11-14")))
    assert found.dt.day.tolist() == [14, 21]


def test_calls_per_date_spread_the_waiting_over_the_dates_to_come():
    # 14, 21 and 28 November: three dates a week apart for twelve authorities.
    assert programme.calls_per_date(metrics(remaining=12.0)) == 4


def test_calls_per_date_of_the_report_is_two():
    assert programme.calls_per_date(tables.load("inspection_metrics")) == 2


def test_chances_are_exact_for_one_call_among_four():
    found = programme.chances(metrics(), calls=1)
    assert found["waiting"].tolist() == [4, 3]
    assert found["chance_on_the_day"].tolist() == [1 / 4, 1 / 3]
    assert found["chance_by_then"].tolist() == [1 / 4, 1 / 2]


def test_chances_stop_at_certainty_when_nobody_waits():
    found = programme.chances(metrics(remaining=1.0), calls=3)
    assert found["chance_by_then"].tolist() == [1, 1]
    assert found["waiting"].tolist() == [1, 0]
    assert found["chance_on_the_day"].isna().tolist() == [False, True]


@given(st.floats(0.1, 50), st.integers(1, 60))
def test_chances_never_fall_and_never_pass_one(calls, remaining):
    found = programme.chances(metrics(remaining=float(remaining)), calls=calls)
    by_then = found["chance_by_then"]
    assert by_then.is_monotonic_increasing
    assert by_then.between(0, 1 + 1e-12).all()
    assert found["chance_on_the_day"].dropna().between(0, 1).all()


@given(st.floats(0.1, 5), st.integers(20, 60))
def test_the_days_chances_multiply_to_the_chance_by_then(calls, remaining):
    found = programme.chances(metrics(remaining=float(remaining)), calls=calls)
    missed = (1 - found["chance_on_the_day"]).prod()
    assert 1 - missed == pytest.approx(found["chance_by_then"].iloc[-1])


def test_sensitivity_has_half_one_and_two_times_the_calls():
    found = programme.sensitivity(metrics(), 1.0)
    assert found["calls_per_date"].unique().tolist() == [0.5, 1.0, 2.0]
    assert found.groupby("calls_per_date")["chance_by_then"].max().tolist() == [0.25, 0.5, 1.0]


def test_finding_says_the_assumption_and_the_chance():
    table = metrics()
    judged = first_reports(Kent="2017-06-13", Medway="2015-11-27")
    found = programme.chances(table, calls=1)
    assert programme.finding(found, table, judged, "Kent") == (
        "In autumn 2016, 114 authorities had been visited and 4 had not; if each of the 2 dates "
        "announced called 1, the chance of Kent being called by 21 November 2016 was 50%"
    )


def test_finding_for_an_authority_already_visited_gives_no_chance():
    table = metrics()
    judged = first_reports(Kent="2017-06-13", Medway="2015-11-27")
    said = programme.finding(programme.chances(table, calls=1), table, judged, "Medway")
    assert said == (
        "In autumn 2016, 114 authorities had been visited and 4 had not; Medway was not among "
        "those still waiting"
    )


def test_a_report_within_ten_weeks_was_of_an_inspection_already_made():
    # The position is of 30 September 2016; ten weeks later it is 9 December.
    judged = first_reports(Late="2016-12-10", Early="2016-12-09")
    assert programme.reported_later(judged, metrics()) == ["Late"]


def test_check_sentence_sets_both_counts_side_by_side():
    said = programme.check_sentence(first_reports(Kent="2017-06-13"), metrics())
    assert said == (
        "A check: the report counts 4 authorities still waiting on 30 September 2016; in Ofsted's "
        "table 1 has a first report dated more than 10 weeks after that day."
    )


def test_ofsted_s_dates_agree_with_the_report_s_thirty_eight():
    judged, table = tables.load("national_judgements"), tables.load("inspection_metrics")
    assert len(programme.reported_later(judged, table)) == 38
