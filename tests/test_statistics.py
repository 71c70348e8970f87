"""Intervals and comparisons: known answers, and what holds for any counts."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentlib import statistics
from kentlib.errors import DataError


def column(*numbers):
    return pd.Series(numbers, dtype="Float64")


def apart(k1, n1, k2, n2, **more):
    """One row of `difference`."""
    return statistics.difference(column(k1), column(n1), column(k2), column(n2), **more).iloc[0]


def times(x1, e1, x2, e2, **more):
    """One row of `rate_ratio`."""
    return statistics.rate_ratio(column(x1), column(e1), column(x2), column(e2), **more).iloc[0]


@st.composite
def shares(draw):
    base = draw(st.integers(1, 100_000))
    return draw(st.integers(0, base)), base


# Published examples: Newcombe (1998), Statistics in Medicine 17, pages 857-872 and 873-890.


def test_share_interval_is_the_published_one():
    found = statistics.share_interval(column(81, 15, 0, 1), column(263, 148, 20, 29))
    assert found.round(4).values.tolist() == [
        [0.2553, 0.3662],
        [0.0624, 0.1605],
        [0.0, 0.1611],
        [0.0061, 0.1718],
    ]


def test_difference_interval_is_the_published_one():
    found = statistics.difference(column(56, 9), column(70, 10), column(48, 3), column(80, 10))
    assert found[["difference", "low", "high"]].round(4).values.tolist() == [
        [0.2, 0.0524, 0.3339],
        [0.6, 0.1705, 0.8090],
    ]


@given(shares())
def test_share_interval_holds_the_share_and_stays_between_nought_and_one(counted):
    numerator, base = counted
    found = statistics.share_interval(column(numerator), column(base)).iloc[0]
    assert 0 <= found["low"] <= numerator / base + 1e-12
    assert numerator / base - 1e-12 <= found["high"] <= 1


@given(shares())
def test_share_interval_widens_with_its_level(counted):
    numerator, base = map(column, counted)
    usual = statistics.share_interval(numerator, base).iloc[0]
    wide = statistics.share_interval(numerator, base, level=0.998).iloc[0]
    assert wide["low"] <= usual["low"] + 1e-12
    assert usual["high"] <= wide["high"] + 1e-12


@pytest.mark.parametrize(("numerator", "base"), [(None, 10), (3, None), (0, 0)])
def test_share_interval_is_missing_not_zero_without_both_counts(numerator, base):
    assert statistics.share_interval(column(numerator), column(base)).isna().all(axis=None)


def test_rate_interval_of_no_events_begins_at_nought():
    found = statistics.rate_interval(column(0), column(2)).iloc[0]
    assert found.round(4).tolist() == [0.0, 1.8444]


def test_rate_interval_is_the_exact_one():
    found = statistics.rate_interval(column(10), column(1)).iloc[0]
    assert found.round(4).tolist() == [4.7954, 18.3904]


@pytest.mark.parametrize(("count", "exposure"), [(None, 1), (1, None), (0, 0)])
def test_rate_interval_is_missing_without_count_and_exposure(count, exposure):
    assert statistics.rate_interval(column(count), column(exposure)).isna().all(axis=None)


@given(shares(), shares())
def test_difference_turns_its_sign_with_the_order_of_the_groups(one, other):
    there, back = apart(*one, *other), apart(*other, *one)
    assert there["difference"] == pytest.approx(-back["difference"], abs=1e-12)
    assert there["low"] == pytest.approx(-back["high"], abs=1e-9)
    opposite = {"higher": "lower", "lower": "higher"}
    assert opposite.get(there["verdict"], there["verdict"]) == back["verdict"]


@given(shares(), shares())
def test_difference_lies_in_its_interval_and_the_interval_between_minus_one_and_one(one, other):
    found = apart(*one, *other)
    assert -1 <= found["low"] <= found["difference"] + 1e-12
    assert found["difference"] - 1e-12 <= found["high"] <= 1


@given(shares(), shares(), st.floats(0, 0.1))
def test_rounding_never_makes_a_difference_more_certain(one, other, rounding):
    plain, wider = apart(*one, *other), apart(*one, *other, rounding=rounding)
    assert wider["low"] <= plain["low"]
    assert plain["high"] <= wider["high"]
    assert wider["difference"] == plain["difference"]
    assert wider["verdict"] in (plain["verdict"], "no more than chance")


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ((10, 100, 30, 100), "lower"),
        ((30, 100, 10, 100), "higher"),
        ((10, 100, 12, 100), "no more than chance"),
    ],
)
def test_difference_verdict_says_on_which_side_the_interval_lies(counts, verdict):
    assert apart(*counts)["verdict"] == verdict


def test_a_difference_within_rounding_is_no_more_than_chance():
    assert apart(300, 10_000, 200, 10_000)["verdict"] == "higher"
    assert apart(300, 10_000, 200, 10_000, rounding=0.01)["verdict"] == "no more than chance"


@pytest.mark.parametrize(
    "counts", [(None, 10, 1, 10), (1, None, 1, 10), (1, 10, None, 10), (0, 0, 1, 10), (1, 10, 0, 0)]
)
def test_difference_with_nothing_to_compare_has_no_verdict(counts):
    assert apart(*counts).isna().all()


@pytest.mark.parametrize("counts", [(-1, 10, 1, 10), (11, 10, 1, 10), (1, 10, -2, 10)])
def test_difference_of_impossible_counts_stops_and_names_the_row(counts):
    with pytest.raises(DataError, match=r"below 0 or above its denominator \(first: row 0\)"):
        apart(*counts)


def test_rate_ratio_of_equal_rates_is_one_and_no_more_than_chance():
    found = times(50, 10, 500, 100)
    assert found["ratio"] == 1
    assert found["low"] < 1 < found["high"]
    assert found["verdict"] == "no more than chance"


def test_rate_ratio_verdict_says_on_which_side_of_one_the_interval_lies():
    assert times(100, 10, 500, 100)["verdict"] == "higher"
    assert times(20, 10, 500, 100)["verdict"] == "lower"


def test_rate_ratio_within_rounding_is_no_more_than_chance():
    assert times(10_000, 100, 9_600, 100)["verdict"] == "higher"
    assert times(10_000, 100, 9_600, 100, rounding=0.05)["verdict"] == "no more than chance"


@pytest.mark.parametrize(
    "inputs", [(None, 1, 2, 1), (1, None, 2, 1), (1, 0, 2, 1), (1, 1, 2, 0), (0, 1, 0, 1)]
)
def test_rate_ratio_with_nothing_to_compare_has_no_verdict(inputs):
    assert times(*inputs).isna().all()
