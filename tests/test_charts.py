"""Charts: each draws what a measure returns, the edges too, and says how to read it."""

import io
import re
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest

from kentlib import charts

NONE = float("nan")
YEARS = [2016, 2017, 2018]


def drawn(made):
    """The figure as SVG, its words as text; every figure says how to read it."""
    assert len(made.get_label()) > 40
    assert made.get_label().endswith(".")
    target = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "test"}):
        made.savefig(target, format="svg", metadata={"Date": None})
    return target.getvalue()


def words(svg):
    return [re.sub(r"<[^>]+>", "", text) for text in re.findall(r"<text.*?</text>", svg, re.DOTALL)]


def profile(*grades, below=()):
    rows = [(f"aspect {n}", grade, n in below) for n, grade in enumerate(grades, 1)]
    table = pd.DataFrame(rows, columns=["aspect", "scale", "below_overall"])
    return table.astype({"scale": "Int64"})


def trajectory(*rows):
    """(year, framework, scale), the old scale before 2014."""
    table = pd.DataFrame(rows, columns=["year", "framework", "scale"])
    return table.assign(
        published=pd.to_datetime(table["year"].astype("str") + "-06-01"),
        aspect="overall effectiveness",
        old_scale=table["year"] < 2014,
    )


def grade_counts(*counts):
    return pd.DataFrame({"aspect": "overall", "scale": [1, 2, 3, 4], "count": counts})


def standing(scale=2):
    return pd.DataFrame({"aspect": ["overall"], "scale": [scale]})


def transitions(count=3):
    grid = pd.DataFrame(0, index=[1, 2, 3, 4], columns=[1, 2, 3, 4])
    grid.loc[2, 1] = count
    return grid


def chances(*calls, dates=2):
    days = pd.to_datetime(["2016-11-14", "2016-11-21", "2017-01-16"][:dates])
    parts = [
        pd.DataFrame({"calls_per_date": n, "date": days, "chance_by_then": [n / 10] * dates})
        for n in calls
    ]
    return pd.concat(parts, ignore_index=True)


def balance(**topics):
    """(strengths, weaknesses) of each topic."""
    rows = [(topic, *counts) for topic, counts in topics.items()]
    return pd.DataFrame(rows, columns=["topic", "strength", "weakness"])


def placements(*rows):
    return pd.DataFrame(rows, columns=["line", "children", "out_of_area"])


def dots(*shares):
    table = pd.DataFrame({"name": [f"row {n}" for n in range(len(shares))], "share": shares})
    return table.assign(low=table["share"] / 2, high=(table["share"] * 2).clip(upper=1))


def series(own=(0.1, 0.2, 0.3), group=(0.2, 0.2, 0.2), names=("England",), years=YEARS):
    parts = [
        pd.DataFrame(
            {"year": years, "share": own, "group_share": group, "comparator": name},
            dtype="object",
        ).astype({"year": "Int64", "share": "float64", "group_share": "float64"})
        for name in names
    ]
    table = pd.concat(parts, ignore_index=True)
    return table.assign(low=table["share"] - 0.05, high=table["share"] + 0.05)


def counts(**lines):
    return pd.DataFrame({"year": YEARS, **lines}).astype({"year": "Int64"})


def steps(*held):
    return pd.DataFrame(
        {"step": [f"step {n}" for n in range(len(held))], "held_nationally": list(held)}
    )


ALL_NONE = (NONE, NONE, NONE)
GROUPS = ("England", "the South East", "its statistical neighbours", "authorities judged good")

CHARTS = {
    "grade_profile": {
        "usual": lambda: charts.grade_profile(profile(2, 3, 1, below=[2])),
        "one": lambda: charts.grade_profile(profile(2)),
        "one not judged": lambda: charts.grade_profile(profile(2, None)),
    },
    "grade_trajectory": {
        "both scales": lambda: charts.grade_trajectory(
            trajectory((2010, "SLAC", 4), (2013, "CPI", 3), (2017, "SIF", 2))
        ),
        "one": lambda: charts.grade_trajectory(trajectory((2024, "ILACS", 2))),
        "one of the old": lambda: charts.grade_trajectory(trajectory((2010, "SLAC", 3))),
    },
    "grade_bars": {
        "usual": lambda: charts.grade_bars(grade_counts(3, 51, 65, 33), standing(), "Kent"),
        "one authority": lambda: charts.grade_bars(grade_counts(0, 1, 0, 0), standing(), "Kent"),
    },
    "transition_grid": {
        "usual": lambda: charts.transition_grid(transitions(), 2, 1),
        "no later inspection": lambda: charts.transition_grid(transitions(), None, None),
        "nobody": lambda: charts.transition_grid(transitions(0), None, None),
    },
    "chance_lines": {
        "usual": lambda: charts.chance_lines(chances(1.0, 2.0, 4.0), 2.0),
        "one line of one date": lambda: charts.chance_lines(chances(2.0, dates=1), 2.0),
    },
    "balance_bars": {
        "usual": lambda: charts.balance_bars(balance(missing=(3, 5), adoption=(9, 0)), "topic"),
        "one": lambda: charts.balance_bars(balance(missing=(0, 1)), "topic"),
    },
    "placement_bars": {
        "usual": lambda: charts.placement_bars(placements(("foster", 1353, 160), ("home", 79, 33))),
        "one, none outside": lambda: charts.placement_bars(placements(("parents", 25, 0))),
    },
    "share_dots": {
        "usual": lambda: charts.share_dots(dots(0.1, 0.5), "name", axis="Share"),
        "one missing": lambda: charts.share_dots(dots(0.1, NONE), "name", axis="Share"),
        "all missing": lambda: charts.share_dots(dots(NONE), "name", axis="Share"),
        "nought and all": lambda: charts.share_dots(dots(0.0, 1.0), "name", axis="Share"),
    },
    "share_lines": {
        "usual": lambda: charts.share_lines(series(names=GROUPS), "Kent", axis="Share", year=2017),
        "comparator empty": lambda: charts.share_lines(
            series(group=ALL_NONE), "Kent", axis="Share", year=2017
        ),
        "authority suppressed": lambda: charts.share_lines(
            series(own=ALL_NONE), "Kent", axis="Share", year=2017
        ),
        "all suppressed": lambda: charts.share_lines(
            series(own=ALL_NONE, group=ALL_NONE), "Kent", axis="Share", year=2017
        ),
        "one year": lambda: charts.share_lines(
            series(own=[0.1], group=[0.2], years=[2017]), "Kent", axis="Share", year=2017
        ),
    },
    "share_panels": {
        "usual": lambda: charts.share_panels(
            {"Stable": series(), "Moved": series()}, "Kent", "England", year=2017
        ),
        "one, all suppressed": lambda: charts.share_panels(
            {"Stable": series(own=ALL_NONE, group=ALL_NONE)}, "Kent", "England", year=2017
        ),
        "one year": lambda: charts.share_panels(
            {"Stable": series(own=[0.1], group=[0.2], years=[2018])}, "Kent", "England", year=2017
        ),
    },
    "count_lines": {
        "usual": lambda: charts.count_lines(
            counts(a=[1, 2, 3], b=[4, 5, 6]),
            {"a": "all", "b": "others"},
            axis="Children",
            year=2017,
        ),
        "one suppressed": lambda: charts.count_lines(
            counts(a=[1, 2, 3], b=ALL_NONE), {"a": "all", "b": "others"}, axis="Children", year=2017
        ),
        "all suppressed": lambda: charts.count_lines(
            counts(a=ALL_NONE), {"a": "all"}, axis="Children", year=2017
        ),
    },
    "cascade_steps": {
        "usual": lambda: charts.cascade_steps(steps(True, False)),
        "one": lambda: charts.cascade_steps(steps(False)),
    },
}
CASES = [(chart, case) for chart, cases in CHARTS.items() for case in cases]


def test_every_chart_has_its_cases_here_or_in_the_tests_of_its_subject():
    subjects = ("test_charts_of_variation.py", "test_quality.py")
    elsewhere = " ".join((Path(__file__).parent / name).read_text() for name in subjects)
    drawn_elsewhere = {name for name in charts.__all__ if f"charts.{name}(" in elsewhere}
    assert set(CHARTS) | drawn_elsewhere == set(charts.__all__)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("chart", "case"), CASES)
def test_chart_draws_the_same_bytes_each_time_without_a_word_of_nan(chart, case):
    first, again = (drawn(CHARTS[chart][case]()) for _ in range(2))
    assert first == again
    assert not [word for word in words(first) if re.search(r"\b(nan|None|NaT|inf)\b|<NA>", word)]


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_leaves_the_settings_of_matplotlib_as_they_were(chart):
    before = dict(mpl.rcParams)
    drawn(CHARTS[chart]["usual" if "usual" in CHARTS[chart] else "one"]())
    assert dict(mpl.rcParams) == before


def test_a_grade_not_given_has_no_row():
    assert "aspect 2" not in words(drawn(charts.grade_profile(profile(2, None))))


def test_adequate_stands_on_the_old_scale_only():
    old = words(drawn(charts.grade_trajectory(trajectory((2010, "SLAC", 3)))))
    new = words(drawn(charts.grade_trajectory(trajectory((2017, "SIF", 3)))))
    assert "adequate" in old
    assert "adequate" not in new


def test_a_missing_share_is_said_to_be_not_published():
    said = words(drawn(charts.share_dots(dots(0.1, NONE), "name", axis="Share")))
    assert said.count("not published") == 1
    assert "10.0%" in said


def test_a_line_breaks_where_a_share_is_missing():
    made = charts.share_lines(series(own=(0.1, NONE, 0.3)), "Kent", axis="Share", year=2017)
    lines = [line.get_ydata() for line in made.axes[0].get_lines()]
    own = next(line for line in lines if len(line) == 3 and pd.isna(line[1]))
    assert own[0] == 0.1 and own[2] == 0.3


def test_every_line_is_named_at_its_end_by_the_group_it_is():
    said = words(drawn(charts.share_lines(series(names=GROUPS), "Kent", axis="Share", year=2017)))
    for name in ("Kent", "England", "South East", "statistical neighbours", "judged good"):
        assert name in said


def test_a_group_without_figures_has_no_name_at_a_line_it_lacks():
    said = words(drawn(charts.share_lines(series(group=ALL_NONE), "Kent", axis="Share", year=2017)))
    assert "England" not in said
    assert "Kent" in said


def test_names_at_the_ends_of_lines_do_not_overlap():
    made = charts.share_lines(series(own=(0.2, 0.2, 0.2), names=GROUPS), "Kent",
                              axis="Share", year=2017)  # fmt: skip
    heights = sorted(text.xy[1] for text in made.axes[0].texts if text.get_text() != "▬")
    gaps = [high - low for low, high in pairwise(heights)]
    assert min(gaps) > 0.005


def test_the_authority_s_own_cell_is_framed_only_if_it_has_one():
    assert len(charts.transition_grid(transitions(), 2, 1).axes[0].patches) == 1
    assert len(charts.transition_grid(transitions(), None, None).axes[0].patches) == 0


def test_the_frame_stands_at_grade_then_down_and_grade_next_across():
    frame = charts.transition_grid(transitions(), 2, 1).axes[0].patches[0]
    assert frame.get_xy() == (0, 1)


def test_grade_bars_mark_the_authority_in_its_own_grade():
    made = charts.grade_bars(grade_counts(1, 2, 1, 0), standing(2), "Kent")
    diamond = next(line for line in made.axes[0].get_lines() if line.get_marker() == "D")
    assert diamond.get_xdata()[0] == 0.5


def test_weaknesses_stand_left_of_nought_and_strengths_right():
    made = charts.balance_bars(balance(missing=(3, 5)), "topic")
    assert sorted(bar.get_width() for bar in made.axes[0].patches) == [-5, 3]
