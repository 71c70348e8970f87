"""What differs in the data behind two figures, as `kentlib.charts.behind` stores them."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import Any, NamedTuple

from kentlib.review.html_tables import NAMED

WORDS = {"title": "title", "x_label": "label of the x axis", "y_label": "label of the y axis",
         "x_unit": "unit of the x axis", "y_unit": "unit of the y axis"}  # fmt: skip

ONE = {"points": "point", "bars": "bar", "stacked bars": "bar", "intervals": "interval",
       "area": "band", "cells": "", "text": "words"}  # fmt: skip
"""What one point of a series without a label is called, where its kind does not say."""


class Change(NamedTuple):
    """One change: `row` is the point's place (a category, a year, a date), `column` its series."""

    row: str
    column: str
    then: str
    now: str


def changes(then: list[dict[str, Any]], now: list[dict[str, Any]]) -> list[Change]:
    """What differs between the data behind two figures, point by point.

    Panels are matched by their title, else in their order; series by kind and label, those that
    are the same first; points by the category or value at which they stand.
    """
    found = []
    for number, (was, is_now) in enumerate(_panels(then, now), 1):
        several = max(len(then), len(now)) > 1
        panel = ((is_now or was).get("title") or f"panel {number}") if several else ""
        if not was or not is_now:
            had, has = ("a panel" if one else "" for one in (was, is_now))
            found.append(Change("", panel, had, has))
            continue
        found += [
            Change(row, ", ".join(filter(None, (panel, column))), old, new)
            for row, column, old, new in _panel(was, is_now)
        ]
    return found


def lines(data: list[dict[str, Any]]) -> list[str]:
    """The data behind a figure, a point a line: "Thanet, adopted: 12"."""
    found = []
    for number, panel in enumerate(data, 1):
        several = [panel.get("title") or f"panel {number}"] if len(data) > 1 else []
        for one in _numbered(panel["series"]):
            for name, parts in _named(one, panel).items():
                for part, value in parts.items():
                    at = [*several, name, f"{_called(one)} {part}".strip()]
                    found.append(f"{', '.join(filter(None, at))}: {value}")
    return found


def _panels(then: list[dict[str, Any]], now: list[dict[str, Any]]) -> list[tuple[Any, Any]]:
    titled = {one.get("title"): one for one in then if one.get("title")}
    same = len(titled) == len(then) and {one.get("title") for one in now} >= set(titled)
    if same and len(then) < len(now):
        return [(titled.get(one.get("title")), one) for one in now]
    wide = max(len(then), len(now))
    padded = ([*side, *[None] * (wide - len(side))] for side in (then, now))
    return list(zip(*padded, strict=True))


def _panel(then: dict[str, Any], now: dict[str, Any]) -> list[Change]:
    found = [
        Change(words, "", then.get(name, ""), now.get(name, ""))
        for name, words in WORDS.items()
        if then.get(name, "") != now.get(name, "")
    ]
    for was, is_now in _series(then["series"], now["series"]):
        if was is None or is_now is None:
            column = _called(is_now or was)
            had, has = ("" if one is None else _summary(one) for one in (was, is_now))
            found.append(Change("", column, had, has))
            continue
        if was != is_now:
            found += _points(was, is_now, then, now)
    for name, words in (("x_ticks", "categories"), ("y_ticks", "categories"), ("legend", "legend")):
        had, has = ([tick if name == "legend" else tick[1] for tick in side.get(name, [])]
                    for side in (then, now))  # fmt: skip
        if had != has:
            found.append(Change(words, "", _from_first(had, has), _from_first(has, had)))
    return found


def _series(
    then: list[dict[str, Any]], now: list[dict[str, Any]]
) -> list[tuple[dict[str, Any] | None, dict[str, Any] | None]]:
    """Which series is which; each with its number where its kind and label come again."""
    old, new = _numbered(then), _numbered(now)
    waiting: dict[str, list[int]] = defaultdict(list)
    for at, one in enumerate(old):
        waiting[json.dumps({**one, "number": 0}, sort_keys=True)].append(at)
    partner = {}
    for at, one in enumerate(new):
        same = waiting[json.dumps({**one, "number": 0}, sort_keys=True)]
        if same:
            partner[at] = same.pop(0)
    for key in (lambda one: (one["kind"], one["label"]), lambda one: one["kind"]):
        taken = set(partner.values())
        left: dict[Any, list[int]] = defaultdict(list)
        for at, one in enumerate(old):
            if at not in taken:
                left[key(one)].append(at)
        for at, one in enumerate(new):
            if at not in partner and left[key(one)]:
                partner[at] = left[key(one)].pop(0)
    taken = set(partner.values())
    pairs = [(old[partner[at]] if at in partner else None, one) for at, one in enumerate(new)]
    return pairs + [(one, None) for at, one in enumerate(old) if at not in taken]


def _numbered(series: list[dict[str, Any]]) -> list[dict[str, Any]]:
    often = Counter((one["kind"], one["label"]) for one in series)
    seen: Counter = Counter()
    found = []
    for one in series:
        key = one["kind"], one["label"]
        seen[key] += 1
        found.append({**one, "number": seen[key] if often[key] > 1 else 0})
    return found


def _called(series: dict[str, Any]) -> str:
    name = series["label"] or ONE.get(series["kind"], series["kind"])
    return f"{name} {series['number']}" if series["number"] else name


def _summary(series: dict[str, Any]) -> str:
    many = len(series.get("x") or series.get("y") or [])
    return f"{series['kind']}, {many} point{'s' * (many != 1)}"


def _points(
    was: dict[str, Any], is_now: dict[str, Any], then: dict[str, Any], now: dict[str, Any]
) -> list[Change]:
    found = []
    column = _called(is_now)
    for what in ("kind", "label"):
        if was[what] != is_now[what]:
            found.append(Change(what, column, was[what], is_now[what]))
    old, new = _named(was, then), _named(is_now, now)
    for name in [*old, *(name for name in new if name not in old)]:
        had, has = old.get(name, {}), new.get(name, {})
        for part in [*had, *(part for part in has if part not in had)]:
            if had.get(part, "") != has.get(part, ""):
                called = f"{column} {part}".strip()
                found.append(Change(name, called, had.get(part, ""), has.get(part, "")))
    if was.get("sha256") != is_now.get("sha256") and not found:
        many = (str(one.get("points", "all")) for one in (was, is_now))
        found.append(Change("", column, *(f"{one} points, not all kept" for one in many)))
    if not found and list(old) != list(new):
        found.append(Change("order", column, _from_first(list(old), list(new)),
                            _from_first(list(new), list(old))))  # fmt: skip
    return found


def _named(series: dict[str, Any], panel: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Each point under its place, with what it shows there."""
    x, y = series.get("x", []), series.get("y", [])
    at_x, at_y = ({tick[0]: tick[1] for tick in panel.get(name, [])}
                  for name in ("x_ticks", "y_ticks"))  # fmt: skip
    many = max(len(x), len(y))
    names: list[str] = []
    parts: list[dict[str, str]] = []
    for at in range(many):
        across, up = (side[at] if at < len(side) else None for side in (x, y))
        right, high = _told(across, panel.get("x_unit")), _told(up, panel.get("y_unit"))
        value = high if across is None else right
        if series["kind"] == "cells":
            name = f"{at_y.get(up, high)}, {at_x.get(across, right)}"
            value = _told(series["value"][at])
        elif series["kind"] == "text":
            name = at_y.get(up) or at_x.get(across) or f"{right}, {high}"
            value = series["said"][at]
        elif series["kind"] in ("level", "upright"):
            name = ""
        elif series["kind"] == "shape":
            name, value = f"corner {at + 1}", f"{right}, {high}"
        elif at_y:
            name, value = at_y.get(up, high), at_x.get(across, right)
        else:
            name, value = at_x.get(across, right), high
        names.append(name)
        if "from" in series:
            begin = series["from"][at] if at < len(series["from"]) else None
            unit = panel.get("x_unit" if at_y else "y_unit")
            end = "" if "bars" in series["kind"] else "to"
            parts.append({"from": _told(begin, unit), end: value})
        else:
            parts.append({"": value})
    often, seen = Counter(names), Counter()
    found = {}
    for name, part in zip(names, parts, strict=True):
        seen[name] += 1
        found[f"{name} ({seen[name]})" if often[name] > 1 else name] = part
    return found


def _told(value: Any, unit: str | None = "") -> str:
    return "" if value is None else f"{value}{unit or ''}"


def _from_first(mine: list[str], other: list[str]) -> str:
    """Names from the first that differs."""
    first = next((at for at, (one, two) in enumerate(zip(mine, other, strict=False)) if one != two),
                 min(len(mine), len(other)))  # fmt: skip
    more = " …" if len(mine) > first + NAMED else ""
    return "; ".join(mine[first : first + NAMED]) + more
