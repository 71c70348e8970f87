"""Control charts and funnel limits: exact on small tables, and no alarm where there is no cause."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from kentlib import variation


def districts(counted, base, names="ABCDEFGHIJKL"):
    """A row per district, named by letters."""
    return pd.DataFrame({"district": list(names)[: len(base)], "held": counted, "returned": base})


def months(counted, base):
    """A row per month from April 2016."""
    time = pd.date_range("2016-04-01", periods=len(base), freq="MS")
    return pd.DataFrame({"month": time, "held": counted, "returned": base})


def test_funnel_limits_are_the_exact_binomial_quantiles():
    made = variation.funnel(districts([5, 5], [10, 10]), "held", "returned", allow="none")
    # Of 10 at one half: P(X <= 1) = 11/1024 < 2.5%, P(X <= 2) = 56/1024 > 2.5%.
    assert made["centre"].tolist() == [0.5, 0.5]
    assert made["lower"].tolist() == [0.2, 0.2]
    assert made["upper"].tolist() == [0.8, 0.8]


def test_funnel_limits_widen_with_the_number_of_districts():
    made = variation.funnel(districts([50] * 12, [100] * 12), "held", "returned")
    assert (made["lower"] < made["lower_one"]).all()
    assert (made["upper"] > made["upper_one"]).all()
    assert set(made["comparisons"]) == {12}
    tail = (1 - 0.95 ** (1 / 12)) / 2
    assert made["lower"].iloc[0] == stats.binom.ppf(tail, 100, 0.5) / 100


def test_a_district_outside_its_own_limits_but_within_those_for_twelve_is_chance():
    counted = [50] * 11 + [62]
    made = variation.funnel(districts(counted, [100] * 12), "held", "returned")
    last = made.set_index("area").loc["L"]
    assert last["share"] > last["upper_one"]
    assert last["signal"] == "no more than chance"
    alone = variation.funnel(districts(counted, [100] * 12), "held", "returned", allow="none")
    assert alone.set_index("area").at["L", "signal"] == "higher"


def test_a_district_without_cases_has_no_share_and_is_not_compared():
    made = variation.funnel(districts([0, 5, 5], [0, 10, 10]), "held", "returned")
    empty = made.set_index("area").loc["A"]
    assert empty[["share", "lower", "upper", "signal"]].isna().all()
    assert set(made["comparisons"]) == {2}


def test_funnel_without_any_cases_is_missing_and_no_error():
    made = variation.funnel(districts([0, 0], [0, 0]), "held", "returned")
    assert made[["share", "centre", "lower", "signal"]].isna().all().all()


def test_bonferroni_and_sidak_are_named_and_anything_else_is_refused():
    assert variation.allowed_tail(0.025, 1, "sidak") == pytest.approx(0.025)
    assert variation.allowed_tail(0.025, 12, "sidak") > variation.allowed_tail(
        0.025, 12, "bonferroni"
    )
    with pytest.raises(ValueError, match="it can be one of none, bonferroni, sidak"):
        variation.allowed_tail(0.025, 12, "both")


@given(st.integers(1, 400), st.floats(0, 1), st.floats(0.0005, 0.2))
def test_funnel_limits_leave_no_more_than_the_tail_outside(base, centre, tail):
    lower, upper = variation.funnel_limits(pd.Series([base]), centre, tail=tail)
    low, high = round(lower[0] * base), round(upper[0] * base)
    assert 0 <= low <= high <= base
    assert stats.binom.cdf(low - 1, base, centre) <= tail + 1e-9
    assert stats.binom.sf(high, base, centre) <= tail + 1e-9


def test_districts_that_differ_are_beyond_chance_and_alike_ones_are_not():
    apart = variation.beyond_chance(districts([90, 50, 70], [100] * 3), "held", "returned")
    assert apart.loc[0, "verdict"] == "more than chance"
    # Each district is 20 off or none: 2 x 20^2 / (100 x 0.7 x 0.3).
    assert apart.loc[0, "statistic"] == pytest.approx(800 / 21)
    alike = variation.beyond_chance(districts([7, 6, 8], [10] * 3), "held", "returned")
    assert alike.loc[0, "verdict"] == "no more than chance"


def test_the_same_counts_give_the_same_chance_every_time():
    counts = districts([12, 9, 15], [20, 20, 20])
    first = variation.beyond_chance(counts, "held", "returned")
    pd.testing.assert_frame_equal(first, variation.beyond_chance(counts, "held", "returned"))


@pytest.mark.parametrize(
    ("counted", "base"), [([5], [10]), ([0, 0], [9, 9]), ([9, 9], [9, 9]), ([3, 0], [9, 0])]
)
def test_one_district_or_one_answer_for_all_cannot_vary(counted, base):
    made = variation.beyond_chance(districts(counted, base), "held", "returned")
    assert made[["statistic", "chance", "verdict"]].isna().all().all()


def test_p_chart_limits_follow_each_months_denominator():
    chart = variation.p_chart(months([50, 20], [100, 25]), "held", "returned")
    assert chart["centre"].tolist() == [0.56, 0.56]
    sigma = np.sqrt(0.56 * 0.44 / np.array([100, 25]))
    assert chart["sigma"].tolist() == pytest.approx(list(sigma))
    assert chart["lower"].tolist() == pytest.approx(list(0.56 - 3 * sigma))
    assert chart["upper"].tolist() == pytest.approx(list(0.56 + 3 * sigma))


def test_p_chart_limits_stay_within_a_share():
    chart = variation.p_chart(months([2, 5], [2, 10]), "held", "returned")
    assert chart["lower"].min() == 0
    assert chart["upper"].max() == 1


def test_a_month_without_returns_has_no_share_and_ends_a_run():
    flat = variation.p_chart(
        months([9] * 4 + [0] + [9] * 4 + [1], [10] * 4 + [0] + [10] * 5), "held", "returned"
    )
    assert flat["value"].isna().tolist() == [False] * 4 + [True] + [False] * 5
    assert not flat["run_of_8"].any()


def test_a_baseline_sets_the_centre_and_later_months_are_judged_by_it():
    chart = variation.p_chart(months([50, 50, 90], [100] * 3), "held", "returned", baseline=2)
    assert set(chart["centre"]) == {0.5}
    assert chart["beyond_3"].tolist() == [False, False, True]


def test_p_chart_with_all_counted_breaks_no_rule():
    chart = variation.p_chart(months([10] * 9, [10] * 9), "held", "returned")
    assert not chart["breaks"].any()


def test_xmr_limits_are_two_point_six_six_mean_moving_ranges_from_the_mean():
    values = pd.DataFrame({"month": range(4), "value": [10.0, 12.0, 10.0, 12.0]})
    chart = variation.xmr_chart(values, "value")
    assert chart["moving_range"].tolist()[1:] == [2.0, 2.0, 2.0]
    assert chart["centre"].tolist() == [11.0] * 4
    assert chart["upper"].iloc[0] == pytest.approx(11 + 2.66 * 2, abs=0.001)
    assert chart["lower"].iloc[0] == pytest.approx(11 - 2.66 * 2, abs=0.001)
    assert chart["range_upper"].iloc[0] == pytest.approx(3.268 * 2)


def test_xmr_takes_no_moving_range_across_a_missing_month():
    values = pd.DataFrame({"month": range(4), "value": [1.0, np.nan, 9.0, 10.0]})
    chart = variation.xmr_chart(values, "value")
    assert chart["moving_range"].isna().tolist() == [True, True, True, False]


def test_xmr_with_one_value_has_no_limits():
    chart = variation.xmr_chart(pd.DataFrame({"month": [1], "value": [3.0]}), "value")
    assert chart[["centre", "lower", "upper"]].isna().all().all()
    assert not chart["breaks"].any()


@pytest.mark.parametrize(
    ("sigmas", "rule", "broken"),
    [
        ([0.5, 3.1, -0.5], "beyond_3", [1]),
        ([0.5, 3.0, -0.5], "beyond_3", []),
        ([0.1] * 8 + [-0.1], "run_of_8", range(8)),
        ([0.1] * 7 + [-0.1], "run_of_8", []),
        ([0.1] * 4 + [0.0] + [0.1] * 4, "run_of_8", []),
        ([2.1, 0.5, 2.2], "two_of_3", [0, 2]),
        ([2.1, 2.2, -1.0], "two_of_3", [0, 1]),
        ([2.1, 0.5, 0.5, 2.2], "two_of_3", []),
        ([2.1, -2.2, 0.5], "two_of_3", []),
        ([-2.1, 0.5, -2.2], "two_of_3", [0, 2]),
    ],
)
def test_each_western_electric_rule_marks_its_points(sigmas, rule, broken):
    made = variation.rule_breaks(pd.Series(sigmas))
    assert made.index[made[rule]].tolist() == list(broken)


def test_the_rule_in_words_is_the_first_that_a_point_breaks():
    made = variation.rule_breaks(pd.Series([3.5, 2.5, 0.0]))
    assert made["rule"].tolist()[:2] == [
        "beyond three sigma",
        "one of two in three beyond two sigma",
    ]
    assert pd.isna(made["rule"].iloc[2])


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=30))
def test_p_chart_shares_and_limits_lie_within_0_and_1(pairs):
    counts = months([min(pair) for pair in pairs], [max(pair) for pair in pairs])
    chart = variation.p_chart(counts, "held", "returned")
    for name in ("value", "lower", "upper", "centre"):
        assert chart[name].dropna().between(0, 1).all()
    known = chart.dropna(subset=["value", "sigma"])
    assert (known["lower"] <= known["upper"]).all()


WHAT = "The share seen within 72 hours"


def test_chart_finding_is_too_few_to_say_below_eight_months():
    chart = variation.p_chart(months([5], [10]), "held", "returned")
    assert variation.chart_finding(chart, WHAT) == (
        f"{WHAT}: 1 month has a figure, too few to say whether it varies more than by chance"
    )
    chart = variation.p_chart(months([5, 5], [10, 10]), "held", "returned")
    assert "2 months have a figure" in variation.chart_finding(chart, WHAT)


def test_chart_finding_names_the_first_month_that_breaks_a_rule():
    calm = variation.p_chart(months([50, 55] * 5, [100] * 10), "held", "returned")
    assert variation.chart_finding(calm, WHAT) == (
        f"{WHAT} varied from month to month no more than chance would give"
    )
    one = variation.p_chart(months([50, 52] * 4 + [90], [100] * 9), "held", "returned", baseline=8)
    assert variation.chart_finding(one, WHAT) == (
        f"{WHAT} varied by more than chance: 1 month breaks a rule of the control chart, in "
        "December 2016"
    )
    two = variation.p_chart(
        months([50, 52] * 4 + [90, 91], [100] * 10), "held", "returned", baseline=8
    )
    assert "2 months break a rule of the control chart, the first in December 2016" in (
        variation.chart_finding(two, WHAT)
    )


def test_chart_finding_tells_a_run_from_the_first_month_beyond_the_limits():
    run = months([52] * 10 + [48, 48, 48] + [95], [100] * 14)
    chart = variation.p_chart(run, "held", "returned", baseline=13)
    assert variation.chart_finding(chart, WHAT).endswith(
        "the first in April 2016, and the first beyond its limits May 2017"
    )


@pytest.mark.parametrize(
    ("counted", "said"),
    [
        ([80, 60, 60, 60, 60], "of 5 districts, A lies above the limits of chance"),
        (
            [90, 20, 50],
            "of 3 districts, A lies above the limits and B lies below the limits of chance",
        ),
        (
            [90, 90, 10, 50],
            "of 4 districts, A and B lie above the limits and C lies below the limits",
        ),
        ([50, 52, 48], "the 3 districts differ no more than chance would give"),
        ([0, 0, 0], "too few districts or cases to say whether districts differ"),
    ],
)
def test_funnel_finding_names_the_districts_outside(counted, said):
    counts = districts(counted, [100] * len(counted))
    found = variation.funnel(counts, "held", "returned")
    chance = variation.beyond_chance(counts, "held", "returned")
    assert said in variation.funnel_finding(found, chance, WHAT)


def test_funnel_finding_says_when_only_all_together_differ():
    found = pd.DataFrame({"area": list("AB"), "signal": ["no more than chance"] * 2})
    chance = pd.DataFrame({"verdict": ["more than chance"]})
    assert "no district lies outside the limits of chance, but together the 2 differ" in (
        variation.funnel_finding(found, chance, WHAT)
    )
