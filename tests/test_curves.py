"""Cumulative incidence and survival: worked by hand, and always adding up to one."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kentlib import curves
from kentlib.errors import DataError

CAUSES = ["home", "adopted"]


def incidence(times, causes, at, **more):
    cause = pd.Series(causes, dtype="object")
    return curves.cumulative_incidence(pd.Series(times), cause, at=at, causes=CAUSES, **more)


def test_competing_routes_are_worked_out_as_by_hand():
    # Four children: home at 1, censored at 2, adopted at 3, still there at 4.
    made = incidence([1, 2, 3, 4], ["home", None, "adopted", None], at=[0, 1, 2, 3])
    by = made.set_index(["cause", "at"])["share"]
    assert by["home"].tolist() == [0, 0.25, 0.25, 0.25]
    # After 2, two of the 3/4 are left: 3/4 x 1/2 leave by adoption.
    assert by["adopted"].tolist() == pytest.approx([0, 0, 0, 0.375])


def test_one_minus_survival_would_overstate_a_route_that_competes():
    made = incidence([1, 2], ["home", "adopted"], at=[2])
    assert made["share"].tolist() == [0.5, 0.5]


def test_the_censored_are_counted_as_started_and_not_dropped():
    made = incidence([1, 2, 3, 4], ["home", None, None, None], at=[1])
    assert made["started"].tolist() == [4, 4]
    assert made["share"].tolist() == [0.25, 0.0]
    assert made["followed"].tolist() == [3, 3]
    assert made["known"].tolist() == [4, 4]


def test_beyond_the_last_day_anybody_was_followed_the_share_is_missing():
    made = incidence([1, 2, 3], ["home", None, None], at=[2, 3, 5])
    assert made.set_index("at").loc[3, "share"].isna().all()
    assert made.set_index("at").loc[5, ["share", "low", "high"]].isna().all().all()
    assert made.set_index("at").loc[2, "share"].tolist() == pytest.approx([1 / 3, 0])


def test_once_all_have_left_the_curve_is_known_for_ever():
    made = incidence([1, 2], ["home", "home"], at=[9])
    assert made["share"].tolist() == [1.0, 0.0]


def test_nobody_left_is_a_share_of_zero_with_wilsons_upper_limit():
    made = incidence([9, 9, 9, 9], [None] * 4, at=[5])
    assert made["share"].tolist() == [0.0, 0.0]
    assert made["low"].tolist() == [0.0, 0.0]
    assert made["high"].iloc[0] == pytest.approx(0.49, abs=0.01)


def test_a_cause_that_is_not_listed_is_refused_and_not_read_as_still_going_on():
    with pytest.raises(DataError, match=r"cause holds \['died'\]; it can be one of"):
        incidence([1, 2], ["died", "home"], at=[1])


def test_no_children_no_shares():
    made = incidence([], [], at=[1])
    assert made["share"].isna().all()
    assert made["started"].tolist() == [0, 0]


@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.sampled_from([None, *CAUSES])), min_size=1, max_size=40
    )
)
def test_incidences_and_those_still_there_sum_to_one(rows):
    times, causes = zip(*rows, strict=True)
    at = list(range(0, 22))
    made = incidence(times, causes, at=at)
    happened = pd.Series([cause is not None for cause in causes])
    still = curves.survival(pd.Series(times), happened, at=at)
    total = made.groupby("at")["share"].sum(min_count=len(CAUSES)).to_numpy() + still["share"]
    known = still["share"].notna()
    assert np.allclose(total[known], 1)
    for table in (made, still):
        shown = table.dropna(subset="share")
        assert shown[["share", "low", "high"]].stack().between(-1e-9, 1 + 1e-9).all()
        assert (shown["low"] <= shown["share"] + 1e-9).all()
        assert (shown["share"] <= shown["high"] + 1e-9).all()


def test_survival_is_kaplan_and_meiers():
    made = curves.survival(pd.Series([1, 2, 3, 4]), pd.Series([1, 0, 1, 0]) == 1, at=[0, 1, 2, 3])
    assert made["share"].tolist() == pytest.approx([1, 0.75, 0.75, 0.375])


def test_without_censoring_the_curve_is_the_plain_share():
    made = incidence([1, 2, 3, 4], ["home", "home", "adopted", "home"], at=[2, 4])
    by = made.set_index(["cause", "at"])["share"]
    assert by["home", 2] == pytest.approx(0.5)
    assert by["home", 4] == pytest.approx(0.75)
    assert by["adopted", 4] == pytest.approx(0.25)
