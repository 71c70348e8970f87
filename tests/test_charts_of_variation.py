"""Charts of curves, control charts and funnels: edges are drawn, marks say what they mean."""

import io
import re

import matplotlib as mpl
import pandas as pd
import pytest

from kentlib import charts
from kentlib.charts import look

MONTHS = pd.date_range("2016-01-01", periods=4, freq="MS")
NONE = float("nan")


def drawn(made):
    """The figure as SVG, its words as text; every figure says how to read it."""
    assert len(made.get_label()) > 40
    target = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "test"}):
        made.savefig(target, format="svg", metadata={"Date": None})
    return target.getvalue()


def words(made):
    svg = drawn(made)
    return [re.sub(r"<[^>]+>", "", text) for text in re.findall(r"<text.*?</text>", svg, re.DOTALL)]


def curves(**routes):
    rows = [(route, m, s) for route, shares in routes.items() for m, s in enumerate(shares)]
    return pd.DataFrame(rows, columns=["route", "months", "share"])


def control(values, breaks):
    return pd.DataFrame(
        {"month": MONTHS, "value": values, "breaks": breaks, "centre": 0.5, "lower": 0.3,
         "upper": 0.7}
    )  # fmt: skip


def funnel(*signals):
    rows = range(1, len(signals) + 1)
    return pd.DataFrame(
        {
            "area": [f"Area {n}" for n in rows],
            "base": [n * 50 for n in rows],
            "share": [0.5] * len(signals),
            "centre": 0.5,
            "lower": 0.4,
            "upper": 0.6,
            "signal": signals,
        }
    )


def test_incidence_lines_name_the_routes_taken_and_not_those_nobody_took():
    said = words(charts.incidence_lines(curves(adopted=[0, 0.1], died=[0.0, 0.0])))
    assert "adopted" in said
    assert "died" not in said


def test_incidence_lines_end_where_too_few_were_followed():
    assert "adopted" in words(charts.incidence_lines(curves(adopted=[0, 0.1, NONE])))


def test_a_control_chart_draws_a_month_that_breaks_a_rule_apart():
    calm = drawn(charts.control_chart(control([0.5] * 4, [False] * 4), axis="Share"))
    broken = drawn(
        charts.control_chart(control([0.5] * 4, [False, True, False, False]), axis="Share")
    )
    orange = look.ORANGE.lower()
    assert orange not in calm.lower()
    assert orange in broken.lower()


def test_a_control_chart_of_missing_months_is_drawn():
    assert "Share" in words(
        charts.control_chart(control([0.5, NONE, 0.4, NONE], [False] * 4), axis="Share")
    )


def test_a_funnel_names_only_the_areas_outside_its_limits():
    kind = {"area": "area", "base": "base", "axis": "Share", "across": "Returns"}
    said = words(charts.funnel_plot(funnel("no more than chance", "higher"), **kind))
    assert "Area 2" in said
    assert "Area 1" not in said


def test_cascade_bars_count_what_is_certain_once_a_step():
    steps = pd.DataFrame(
        {"step": ["held", "held"], "counted": [1200, 1200], "undecidable": [3, 1],
         "not_timed": [0, 0]}
    )  # fmt: skip
    assert words(charts.cascade_bars(steps)).count("1,200") == 1


@pytest.mark.parametrize("counted", [[pd.NA, 1200], [pd.NA, pd.NA]])
def test_a_step_whose_count_is_withheld_has_no_bar(counted):
    steps = pd.DataFrame({"step": ["offered", "held"], "counted": counted})
    made = charts.cascade_bars(steps.astype({"counted": "Int64"}))
    said = words(made)
    assert said.count("not published") == sum(pd.isna(count) for count in counted)
    widths = [bar.get_width() for axes in made.axes for bar in axes.patches]
    assert widths == [count for count in counted if not pd.isna(count)]
    assert "cannot be told" not in said


@pytest.mark.parametrize("seen", [[0.0, 0.5, 0.6], [0.0, NONE, NONE]])
def test_the_curve_of_children_seen_is_drawn_as_far_as_it_is_known(seen):
    found = pd.DataFrame(
        {"hours": [0, 72, 144], "at_least": seen, "at_most": seen, "low": seen, "high": seen}
    )
    assert "Hours since the return" in words(charts.seen_curve(found, within_hours=72))


def test_waits_are_drawn_beside_their_threshold():
    found = pd.DataFrame(
        {"year": [2015, 2016], "indicator": "A1", "days": [400.0, 380.0], "low": [380.0, 360.0],
         "high": [420.0, 400.0], "threshold": pd.array([487, None], dtype="Int64")}
    )  # fmt: skip
    assert "Entering care" in words(charts.waits(found, {"A1": "Entering care"}))


def test_a_funnel_of_areas_without_a_case_is_drawn_empty():
    nothing = funnel("no more than chance").assign(base=0, share=NONE, centre=NONE)
    said = words(charts.funnel_plot(nothing, axis="Share held in time", across="Interviews held"))
    assert "Share held in time" in said
    assert "Area 1" not in said


def test_a_chart_of_no_rows_warns_nobody(recwarn):
    nobody = pd.DataFrame(columns=["route", "share", "low", "high"], dtype=float)
    drawn(charts.share_dots(nobody, "route", axis="Share"))
    assert not recwarn.list
