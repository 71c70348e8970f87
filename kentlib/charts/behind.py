"""What a figure draws, as data: read from its own lines, bars, areas and labels.

A figure made of a protected table gives protected data, since nothing is read but what is drawn.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

DIGITS = 6
"""Significant digits of a number: finer differences no eye can see, and machines disagree there."""

MOST = 1200
"""Points kept of all the series of a figure; of longer ones a part, with the hash of them all."""

SWATCH = "▬"
"""A text that only shows a line's colour."""


def behind(figure: Figure) -> list[dict[str, Any]]:
    """The data that a drawn figure shows.

    Parameters
    ----------
    figure
        A figure that has been drawn.

    Returns
    -------
    For each of its axes that can be seen:

    - `title`, `x_label`, `y_label`: as written; left out where there are none.
    - `x_unit`, `y_unit`: "%" where the axis is written in percent, and so are the numbers here.
    - `x_ticks`, `y_ticks`: pairs of place and words of an axis of categories; else left out.
    - `legend`: its words, in order; a legend of the whole figure is with the first axes.
    - `series`, in the order in which they were drawn: `kind` (line, step, points, bars, stacked
      bars, area, intervals, level, upright, cells, shape, text), `label` (of the legend, or ""),
      and equally long lists: `x` and `y`; of bars one of them is the length, and `from` is where
      each begins, unless it is 0 or the end of the bars before; areas and intervals run from
      `from`; cells have a `value`, texts what is `said`. A `level` has only `y`, an `upright`
      only `x`. Numbers have 6 significant digits, dates are ISO, what is missing is null.

    Colours and line styles are not in it: they are the picture's. Nothing that is hidden is.
    The same figure gives the same bytes.
    """
    axes = [one for one in figure.axes if one.get_visible()]
    found = [_axes(one) for one in axes]
    legends = [legend for legend in figure.legends if legend.get_visible()]
    if found and legends:
        words = [text.get_text() for legend in legends for text in legend.get_texts()]
        found[0]["legend"] = words + found[0].get("legend", [])
    series = [one for told in found for one in told["series"]]
    points = sum(map(_length, series))
    if points > MOST:
        for one in series:
            _thin(one, max(2, MOST * _length(one) // points))
    return found


def _axes(axes: Axes) -> dict[str, Any]:
    titles = (axes.get_title(where) for where in ("left", "center", "right"))
    told: dict[str, Any] = {
        "title": " ".join(filter(None, titles)),
        "x_label": axes.get_xlabel(),
        "y_label": axes.get_ylabel(),
        "x_unit": _unit(axes.xaxis),
        "y_unit": _unit(axes.yaxis),
        "x_ticks": _categories(axes.xaxis),
        "y_ticks": _categories(axes.yaxis),
    }
    legend = axes.get_legend()
    if legend is not None and legend.get_visible():
        told["legend"] = [text.get_text() for text in legend.get_texts()]
    told = {name: value for name, value in told.items() if value}
    told["series"] = [_rounded(one, axes) for one in _stacked(_joined(_series(axes)))]
    return told


def _categories(axis: Axis) -> list[list[Any]]:
    """Places and words of an axis whose ticks are words; nothing for one of numbers."""
    from matplotlib.category import StrCategoryLocator
    from matplotlib.ticker import FixedLocator

    if _dated(axis) or not axis.get_visible():
        return []
    if not isinstance(axis.get_major_locator(), FixedLocator | StrCategoryLocator):
        return []
    places = list(axis.get_ticklocs())
    words = axis.get_major_formatter().format_ticks(places)
    if not any(any(letter.isalpha() for letter in word) for word in words):
        return []
    return [[_number(at), " ".join(word.split())] for at, word in zip(places, words, strict=True)]


def _unit(axis: Axis) -> str:
    """The unit that the axis's ticks are written in: "%" or none."""
    words = axis.get_major_formatter().format_ticks(list(axis.get_ticklocs()))
    written = [word for word in words if word]
    return "%" if written and all(word.endswith("%") for word in written) else ""


def _series(axes: Axes) -> Iterator[dict[str, Any]]:
    """The series of some axes, each as it was drawn, in no order but that of drawing."""
    from matplotlib.collections import Collection
    from matplotlib.container import BarContainer
    from matplotlib.image import AxesImage
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.text import Text

    bars = {
        id(patch): container
        for container in axes.containers
        if isinstance(container, BarContainer)
        for patch in container.patches
    }
    told = set()
    for artist in axes.get_children():
        if not artist.get_visible() or artist is axes.patch:
            continue
        if id(artist) in bars:
            container = bars[id(artist)]
            if id(container) not in told:
                told.add(id(container))
                yield _bars(container)
        elif isinstance(artist, Line2D):
            yield from _line(artist, axes)
        elif isinstance(artist, Collection):
            yield from _collection(artist)
        elif isinstance(artist, AxesImage):
            yield _cells(artist, np.ma.asarray(artist.get_array()))
        elif isinstance(artist, Text) and artist in axes.texts:
            yield from _text(artist, axes)
        elif isinstance(artist, Patch) and artist in axes.patches:
            yield _shape(artist, axes)


def _line(line: Any, axes: Axes) -> Iterator[dict[str, Any]]:
    x, y = line.get_data(orig=False)
    drawn, marked = (one not in ("None", "none", " ", "", None)
                     for one in (line.get_linestyle(), line.get_marker()))  # fmt: skip
    if not len(x) or not (drawn or marked):
        return
    in_x, in_y = line.get_transform().contains_branch_seperately(axes.transData)
    label = _label(line)
    if in_x and in_y:
        x, y = _filled(x), _filled(y)
        style = line.get_drawstyle()
        if not drawn or (len(x) == 1 and marked):
            yield {"kind": "points", "label": label, "x": x, "y": y}
        elif style != "default":
            yield {"kind": "step", "label": label} | _turns(x, y, style)
        elif len(x) == 2 and not marked and (x[0] == x[1] or y[0] == y[1]):
            upright = x[0] == x[1]
            ends = {"x": x[1:], "y": y[1:], "from": (y if upright else x)[:1]}
            yield {"kind": "intervals", "label": label, **ends, "_upright": upright}
        else:
            yield {"kind": "line", "label": label, "x": x, "y": y}
    elif in_y:
        yield {"kind": "level", "label": label, "y": _filled(y)[:1]}
    elif in_x:
        yield {"kind": "upright", "label": label, "x": _filled(x)[:1]}


def _turns(x: list[float], y: list[float], style: str) -> dict[str, list[float]]:
    """A step curve without the points at which it goes on level: it looks the same."""
    if style not in ("steps-post", "steps-pre", "steps") or len(x) < 3:
        return {"x": x, "y": y}
    step = 1 if style == "steps-post" else -1  # the neighbour whose level runs up to the point
    last = len(x) - 1
    kept = [at for at in range(len(x)) if at in (0, last) or not _same(y[at], y[at - step])]
    return {"x": [x[at] for at in kept], "y": [y[at] for at in kept]}


def _same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


def _bars(container: Any) -> dict[str, Any]:
    patches = [patch for patch in container.patches if patch.get_visible()]
    told = {"kind": "bars", "label": _label(container)}
    if container.orientation == "horizontal":
        told["x"] = [patch.get_width() for patch in patches]
        told["y"] = [patch.get_y() + patch.get_height() / 2 for patch in patches]
        return {**told, "from": [patch.get_x() for patch in patches], "_upright": False}
    told["x"] = [patch.get_x() + patch.get_width() / 2 for patch in patches]
    told["y"] = [patch.get_height() for patch in patches]
    return {**told, "from": [patch.get_y() for patch in patches], "_upright": True}


def _collection(drawn: Any) -> Iterator[dict[str, Any]]:
    from matplotlib.collections import LineCollection, PathCollection, PolyCollection, QuadMesh

    label = _label(drawn)
    if isinstance(drawn, QuadMesh):
        yield _cells(drawn, np.ma.asarray(drawn.get_array()))
    elif isinstance(drawn, PathCollection):
        at = np.ma.asarray(drawn.get_offsets())
        yield {"kind": "points", "label": label, "x": _filled(at[:, 0]), "y": _filled(at[:, 1])}
    elif isinstance(drawn, LineCollection):
        for path in drawn.get_paths():
            x, y = path.vertices.T
            yield {"kind": "line", "label": label, "x": _filled(x), "y": _filled(y)}
    elif isinstance(drawn, PolyCollection):
        parts = [_area(path.vertices) for path in drawn.get_paths() if len(path.vertices) > 3]
        if parts:
            joined = {name: [v for part in parts for v in part[name]] for name in parts[0]}
            yield {"kind": "area", "label": label, **joined, "_upright": True}


def _area(vertices: np.ndarray) -> dict[str, list[float]]:
    """The lower and the upper edge of what `fill_between` drew, at each place across."""
    half = (len(vertices) - 3) // 2  # begins and ends with a corner, and is closed
    one, other = vertices[1 : half + 1], vertices[half + 2 : 2 * half + 2][::-1]
    if len(one) != len(other) or not np.array_equal(one[:, 0], other[:, 0]):
        return {"x": _filled(vertices[:, 0]), "y": _filled(vertices[:, 1]), "from": []}
    x, low, high = one[:, 0], one[:, 1], other[:, 1]
    if len(x) % 2 and len(x) > 2 and np.array_equal(x[1::2], x[2::2]):  # steps: each place twice
        x, low, high = x[::2], low[::2], high[::2]
    low, high = np.minimum(low, high), np.maximum(low, high)
    return {"x": _filled(x), "y": _filled(high), "from": _filled(low)}


def _cells(drawn: Any, values: np.ndarray) -> dict[str, Any]:
    """A grid of values by its columns and rows; of a picture in colours only its shape's values."""
    grid = values if values.ndim >= 2 else values.reshape(1, -1)
    rows, columns = grid.shape[:2]
    flat = np.ma.asarray(grid).reshape(rows * columns, -1)
    value = flat[:, 0] if flat.shape[1] == 1 else flat.mean(axis=1)
    told = {"kind": "cells", "label": _label(drawn)}
    if hasattr(drawn, "get_coordinates"):
        corners = np.asarray(drawn.get_coordinates())
        middle = (corners[:-1, :-1] + corners[1:, 1:]) / 2
        x, y = middle[..., 0].ravel(), middle[..., 1].ravel()
    else:
        y, x = (one.ravel().astype(float) for one in np.indices((rows, columns)))
    return {**told, "x": _filled(x), "y": _filled(y), "value": _filled(value)}


def _text(text: Any, axes: Axes) -> Iterator[dict[str, Any]]:
    said = " ".join(text.get_text().split())
    if not said or said == SWATCH:
        return
    x, y = getattr(text, "xy", None) or text.get_position()
    x, y = axes.xaxis.convert_units(x), axes.yaxis.convert_units(y)
    yield {"kind": "text", "label": "", "x": [float(x)], "y": [float(y)], "said": [said]}


def _shape(patch: Any, axes: Axes) -> dict[str, Any]:
    inside = patch.get_transform() - axes.transData
    corners = inside.transform(patch.get_path().vertices)
    x, y = _filled(corners[:, 0]), _filled(corners[:, 1])
    return {"kind": "shape", "label": _label(patch), "x": x, "y": y}


def _joined(series: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The series, with those of one point each that have no label as one of many points."""
    found: list[dict[str, Any]] = []
    by_kind: dict[tuple[Any, ...], dict[str, Any]] = {}
    for one in series:
        single = _length(one) == 1 and one["kind"] in ("points", "intervals", "text")
        key = (one["kind"], one.get("_upright"))
        if single and not one["label"] and key in by_kind:
            for name in ("x", "y", "from", "said"):
                if name in one:
                    by_kind[key][name] = [*by_kind[key][name], *one[name]]
            continue
        if single and not one["label"]:
            by_kind[key] = one
        found.append(one)
    return found


def _stacked(series: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The series, with bars that begin where those before them end told to be stacked."""
    ends: dict[bool, np.ndarray] = {}
    for one in series:
        if one["kind"] != "bars":
            continue
        upright = one["_upright"]
        begin, length = np.array(one["from"], float), np.array(one["y" if upright else "x"], float)
        before = ends.get(upright)
        if not np.any(begin):
            del one["from"]
        elif (
            before is not None
            and len(before) == len(begin)
            and np.allclose(begin, before, rtol=1e-9, atol=1e-12, equal_nan=True)
        ):
            one["kind"] = "stacked bars"
            del one["from"]
        ends[upright] = begin + length
    return series


def _rounded(series: dict[str, Any], axes: Axes) -> dict[str, Any]:
    """The series with its numbers as they are kept, its dates as dates."""
    upright = series.pop("_upright", True)
    along = {"x": axes.xaxis, "y": axes.yaxis, "from": axes.yaxis if upright else axes.xaxis}
    told = {"kind": series["kind"], "label": series["label"]}
    for name in ("x", "y", "from", "value"):
        if name in series:
            dated = name in along and _dated(along[name])
            times = 100 if name in along and _unit(along[name]) else 1
            told[name] = [
                _day(value) if dated else _number(value * times) for value in series[name]
            ]
    if "said" in series:
        told["said"] = series["said"]
    return told


def _thin(series: dict[str, Any], most: int) -> None:
    """Keep some points of a series, and the hash of them all."""
    lists = {name: value for name, value in series.items() if isinstance(value, list)}
    length = _length(series)
    if length <= most:
        return
    whole = json.dumps(lists, ensure_ascii=False, sort_keys=True).encode()
    kept = sorted({round(at * (length - 1) / (most - 1)) for at in range(most)})
    for name, value in lists.items():
        if len(value) == length:
            series[name] = [value[at] for at in kept]
    series["points"], series["sha256"] = length, hashlib.sha256(whole).hexdigest()


def _length(series: dict[str, Any]) -> int:
    return len(series.get("x") or series.get("y") or [])


def _dated(axis: Axis) -> bool:
    return "date" in type(axis.get_converter()).__name__.lower()


def _label(artist: Artist | Any) -> str:
    label = str(artist.get_label() or "")
    return "" if label.startswith("_") else label


def _filled(values: Any) -> list[float]:
    """Numbers as floats, those that are masked as NaN."""
    return np.ma.filled(np.ma.asarray(values, dtype="float64"), np.nan).tolist()


def _number(value: float) -> float | int | None:
    value = float(value)
    if not math.isfinite(value):
        return None
    kept = float(f"{value:.{DIGITS}g}")
    return int(kept) if kept.is_integer() and abs(kept) < 1e15 else kept


def _day(value: float) -> str | None:
    """A date, with its time where it has one."""
    if not math.isfinite(value):
        return None
    from matplotlib.dates import num2date

    when = num2date(round(value * 24 * 60) / (24 * 60))
    return when.date().isoformat() if not (when.hour or when.minute) else f"{when:%Y-%m-%dT%H:%M}"
