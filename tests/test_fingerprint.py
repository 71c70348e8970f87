"""Figures have one fingerprint only if they look alike, so that one drawing can serve for both."""

import io
from unittest import mock

import matplotlib as mpl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from kentlib import charts
from kentlib.charts import fingerprint as kept

USUAL = {
    "heights": (3, 5, 4),
    "colour": "black",
    "marker": "o",
    "words": "Children",
    "unit": "%",
    "top": 9,
    "log": False,
    "columns": 1,
    "size": (4, 3),
    "shade": 1.0,
}
OTHER = {
    "heights": (3, 5, 4.5),
    "colour": "#000001",
    "marker": "s",
    "words": "Adults",
    "unit": "days",
    "top": 8,
    "log": True,
    "columns": 2,
    "size": (4, 3.1),
    "shade": 0.9,
}
SETTINGS = [{"path.simplify": False}, {"svg.fonttype": "none"}, {"lines.dash_capstyle": "round"}]


def figure(*, heights, colour, marker, words, unit, top, log, columns, size, shade):
    made = Figure(figsize=size, layout="constrained")
    for axes in made.subplots(1, columns, squeeze=False)[0]:
        axes.plot(range(len(heights)), heights, marker=marker, color=colour, alpha=shade)
        axes.bar([1], [2], hatch="/")
        axes.annotate(words, (1, 2), (2, 3), arrowprops={"arrowstyle": "->"})
        axes.set(xlabel=words, ylim=(1, top), yscale="log" if log else "linear")
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}{unit}"))
    return made


def fingerprint(made):
    """The fingerprint, where functions of these tests are such as a library's."""
    with mock.patch.object(kept, "KNOWN", kept.KNOWN | {__name__.partition(".")[0]}):
        return kept.fingerprint(made)


def svg(made):
    target = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "test"}):
        made.savefig(target, format="svg", metadata={"Date": None})
    return target.getvalue()


def test_two_figures_made_alike_have_one_fingerprint_drawn_or_not():
    first, second = figure(**USUAL), figure(**USUAL)
    assert fingerprint(first) == fingerprint(second) is not None
    assert svg(first) == svg(second)


@pytest.mark.parametrize("name", OTHER)
def test_whatever_changes_what_is_drawn_changes_the_fingerprint(name):
    assert fingerprint(figure(**USUAL)) != fingerprint(figure(**USUAL | {name: OTHER[name]}))


@pytest.mark.parametrize("other", SETTINGS, ids=lambda one: next(iter(one)))
def test_so_does_a_setting_that_holds_when_it_is_drawn(other):
    first, second = figure(**USUAL), figure(**USUAL)
    usual = fingerprint(first)
    with mpl.rc_context(other):
        assert fingerprint(second) != usual


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_figures_with_one_fingerprint_look_alike(data):
    first, second = (
        figure(**{name: data.draw(st.sampled_from([USUAL[name], OTHER[name]])) for name in USUAL})
        for _ in range(2)
    )
    alike = fingerprint(first) == fingerprint(second)
    assert alike == (svg(first) == svg(second))


@pytest.mark.parametrize(
    "code",
    [
        "axes.xaxis.set_major_formatter(lambda x, _: f'{x} in {place}')",
        "def named(x, _): return f'{x} in {place}'\naxes.xaxis.set_major_formatter(named)",
        "from matplotlib.ticker import ScalarFormatter\n"
        "class Mine(ScalarFormatter): pass\n"
        "axes.xaxis.set_major_formatter(Mine())",
        "axes.lines[0].opened = open(__import__('os').devnull)",
    ],
    ids=["a lambda", "a function", "a class", "an open file"],
)
def test_what_a_notebook_defines_has_none(code):
    made = figure(**USUAL)
    exec(code, {"__name__": "__main__", "axes": made.axes[0], "place": "Dover"})
    assert fingerprint(made) is None


def test_what_is_defined_beside_a_notebook_has_none():
    assert kept.fingerprint(figure(**USUAL)) is None


def test_a_chart_of_ours_has_one_and_its_own_words_are_in_it():
    lines = pd.DataFrame({"topic": ["Leadership", "Care"], "strength": [3, 1], "weakness": [1, 4]})
    made = [charts.balance_bars(lines, "topic") for _ in range(2)]
    other = charts.balance_bars(lines.replace("Care", "Court"), "topic")
    assert kept.fingerprint(made[0]) == kept.fingerprint(made[1]) is not None
    assert kept.fingerprint(other) != kept.fingerprint(made[0])
