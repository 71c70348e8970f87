"""The data behind a figure: what is drawn, by its places, and nothing that is not drawn."""

import io
import json

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from kentlib import charts, show
from kentlib.charts import behind as module
from kentlib.charts.behind import behind


@pytest.fixture
def axes():
    return Figure().subplots()


def panel(axes):
    """What one panel of a figure shows, the figure drawn first as it is when it is shown."""
    figure = axes.get_figure()
    FigureCanvasSVG(figure).print_svg(io.StringIO())
    (told,) = behind(figure)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    return told


def only(axes):
    (one,) = panel(axes)["series"]
    return one


def test_a_line_has_its_label_and_its_points_missing_ones_as_null(axes):
    axes.plot([2015, 2016, 2017], [0.1234567, np.nan, 3], label="Kent", color="red")
    told = {"kind": "line", "label": "Kent", "x": [2015, 2016, 2017], "y": [0.123457, None, 3]}
    assert only(axes) == told


def test_a_masked_point_is_null(axes):
    values = np.ma.array([4, 5, 6], mask=[False, True, False])
    axes.plot([1, 2, 3], values)
    axes.scatter([1, 2, 3], values, plotnonfinite=True)
    assert [one["y"] for one in panel(axes)["series"]] == [[4, None, 6], [4, None, 6]]


def test_colour_width_and_dashes_are_not_in_the_data():
    looks = ({"color": "red"}, {"color": "blue", "linewidth": 5, "linestyle": "--", "alpha": 0.3})
    told = []
    for look in looks:
        axes = Figure().subplots()
        axes.plot([1, 2, 3], [3, 1, 2], **look)
        told.append(panel(axes))
    assert told[0] == told[1]


def test_what_is_hidden_is_not_in_the_data(axes):
    axes.plot([1, 2, 3], [3, 1, 2], visible=False)
    axes.plot([1, 2, 3], [3, 1, 2], linestyle="none", marker="none")
    axes.bar([1, 2], [3, 4]).patches[0].set_visible(False)
    axes.text(1, 1, "hidden").set_visible(False)
    assert only(axes) == {"kind": "bars", "label": "", "x": [2], "y": [4]}
    axes.set_visible(False)
    assert behind(axes.get_figure()) == []


def test_dates_are_written_as_days_and_with_their_time_where_they_have_one(axes):
    days = pd.to_datetime(["2017-03-06 00:00", "2017-03-07 14:30"])
    axes.plot(days, [1, 2], marker="o")
    assert only(axes)["x"] == ["2017-03-06", "2017-03-07T14:30"]


def test_bars_have_their_length_and_the_categories_their_words(axes):
    axes.barh([0, 1], [12, 7], label="in the area")
    axes.set_yticks([0, 1], ["Thanet\nand Dover", "Swale"])
    told = panel(axes)
    assert told["y_ticks"] == [[0, "Thanet and Dover"], [1, "Swale"]]
    assert told["series"] == [{"kind": "bars", "label": "in the area", "x": [12, 7], "y": [0, 1]}]


def test_bars_upon_bars_are_stacked_and_others_say_where_they_begin(axes):
    axes.bar([0, 1], [12, 7])
    axes.bar([0, 1], [1, 2], bottom=[12, 7])
    axes.bar([0, 1], [5, 5], bottom=[3, 3])
    kinds = [(one["kind"], one["y"], one.get("from")) for one in panel(axes)["series"]]
    assert kinds == [
        ("bars", [12, 7], None), ("stacked bars", [1, 2], None), ("bars", [5, 5], [3, 3])
    ]  # fmt: skip


def test_dots_drawn_one_by_one_are_one_series(axes):
    for place, share in enumerate((0.25, 0.5)):
        axes.plot([share - 0.1, share + 0.1], [place, place])
        axes.plot(share, place, "o")
        axes.annotate(f"{share:.0%}", (share, place))
        axes.annotate(module.SWATCH, (share, place))
    assert panel(axes)["series"] == [
        {"kind": "intervals", "label": "", "x": [0.35, 0.6], "y": [0, 1], "from": [0.15, 0.4]},
        {"kind": "points", "label": "", "x": [0.25, 0.5], "y": [0, 1]},
        {"kind": "text", "label": "", "x": [0.25, 0.5], "y": [0, 1], "said": ["25%", "50%"]},
    ]


def test_a_step_curve_keeps_the_points_at_which_it_turns(axes):
    axes.step(range(6), [0, 0, 0.5, 0.5, 0.5, 1], where="post")
    assert only(axes) == {"kind": "step", "label": "", "x": [0, 2, 5], "y": [0, 0.5, 1]}


@pytest.mark.parametrize("step", [None, "post"])
def test_a_band_has_its_lower_and_its_upper_edge(axes, step):
    axes.fill_between([1, 2, 3], [0.1, 0.2, 0.3], [0.5, 0.6, 0.7], step=step)
    told = only(axes)
    assert told["kind"] == "area"
    assert (told["x"], told["from"], told["y"]) == ([1, 2, 3], [0.1, 0.2, 0.3], [0.5, 0.6, 0.7])


def test_lines_across_the_whole_panel_have_one_value(axes):
    axes.axhline(0.4)
    axes.axvline(2017)
    assert panel(axes)["series"] == [
        {"kind": "level", "label": "", "y": [0.4]}, {"kind": "upright", "label": "", "x": [2017]}
    ]  # fmt: skip


def test_a_grid_has_its_values_and_a_frame_its_corners(axes):
    axes.pcolormesh(np.array([[1, 2], [3, 4]]))
    axes.add_patch(Rectangle((0, 1), 1, 1, fill=False))
    grid, frame = sorted(panel(axes)["series"], key=lambda one: one["kind"])
    assert (grid["x"], grid["y"]) == ([0.5, 1.5, 0.5, 1.5], [0.5, 0.5, 1.5, 1.5])
    assert grid["value"] == [1, 2, 3, 4]
    assert frame["kind"] == "shape"
    assert (frame["x"][:3], frame["y"][:3]) == ([0, 1, 1], [1, 1, 2])


def test_numbers_are_in_percent_where_the_axis_is(axes):
    axes.plot([2016, 2017], [0.071, 0.283])
    axes.yaxis.set_major_formatter(lambda share, _: f"{share * 100:g}%")
    told = panel(axes)
    assert (told["y_unit"], "x_unit" in told) == ("%", False)
    assert told["series"][0]["y"] == [7.1, 28.3]
    assert told["series"][0]["x"] == [2016, 2017]


def test_titles_labels_and_legends_are_told(axes):
    axes.plot([1, 2, 3], [3, 1, 2], label="Kent")
    axes.set_title("Stability", loc="left")
    axes.set_xlabel("Year")
    axes.set_ylabel("Share")
    axes.get_figure().legend(["Kent"])
    told = panel(axes)
    words = (told["title"], told["x_label"], told["y_label"], told["legend"])
    assert words == ("Stability", "Year", "Share", ["Kent"])


def test_thousands_of_points_are_kept_in_part_and_none_can_change_unseen(axes):
    values = np.sin(np.arange(5000))
    axes.plot(values)
    told = only(axes)
    assert len(told["x"]) == len(told["y"]) == module.MOST
    assert told["points"] == 5000
    assert (told["x"][0], told["x"][-1]) == (0, 4999)
    other = Figure().subplots()
    left_out = next(at for at in range(5000) if at not in told["x"])
    other.plot(np.where(np.arange(5000) == left_out, 0.5, values))
    changed = only(other)
    assert changed["y"] == told["y"]
    assert changed["sha256"] != told["sha256"]


def test_the_same_figure_has_the_same_data_to_the_byte_and_the_output_carries_it(monkeypatch):
    rows = pd.DataFrame({"name": ["A"], "share": [0.2], "low": [0.1], "high": [0.3]})
    shown = []
    monkeypatch.setattr(show, "display", lambda data, *, metadata, raw: shown.append(metadata))
    for _ in range(2):
        show.figure(charts.share_dots(rows, "name", axis="Share"), alt="a", caption="c")
    first, again = (json.dumps(one["kentlib"]["data"]) for one in shown)
    assert first == again
    assert json.loads(first)[0]["x_label"] == "Share"
