"""Figures of shares with their intervals, and of chances."""

from __future__ import annotations

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kentlib.charts import look


def share_dots(shares: pd.DataFrame, name: str, *, axis: str) -> Figure:
    """A dot per share with its 95% interval, a row per `name`.

    Parameters
    ----------
    shares
        Columns `name`, `share`, `low`, `high` (0 to 1; a missing share leaves its row empty)
        and, optionally, `main` (true for the row to emphasise).
    axis
        What the shares are of: the label of the axis.
    """
    with look.style():
        made, (axes,) = look.axes_for(
            "A dot for each share; the bar through it is its 95% interval, how far chance "
            "alone could have moved it.",
            1.1 + 0.45 * len(shares),
        )
        look.rows(axes, shares[name].tolist())
        main = shares.get("main", pd.Series(True, index=shares.index))
        for i, (row, strong) in enumerate(zip(shares.itertuples(), main, strict=True)):
            if pd.isna(row.share):
                axes.annotate("not published", (0, i), (4, 0), textcoords="offset points",
                              va="center", style="italic")  # fmt: skip
                continue
            colour = look.BLUE if strong else look.GREY
            axes.plot([row.low, row.high], [i, i], color=colour, linewidth=3, alpha=0.55)
            axes.plot(row.share, i, "o", color=colour, markersize=9)
            axes.annotate(f"{row.share:.1%}", (row.high, i), (6, 0), textcoords="offset points",
                          va="center")  # fmt: skip
        top = shares["high"].max()
        axes.set_xlim(0, 1 if pd.isna(top) else min(1.12 * top, 1.1))
        axes.xaxis.set_major_formatter(look.percent)
        axes.set_xlabel(axis)
    return made


def share_lines(series: pd.DataFrame, authority: str, *, axis: str, year: int) -> Figure:
    """An authority's share by year with its interval, beside its comparators.

    Parameters
    ----------
    series
        What `indicators.compare_all` returns.
    axis
        What the shares are of: the label of the axis.
    year
        The report's year, marked by a dotted line.
    """
    with look.style():
        made, (axes,) = look.axes_for(
            "The thick blue line is the authority, the band round it its 95% interval; the "
            "other lines are the groups it is compared with, named at their ends. The "
            "dotted upright line is the report's year.",
            4.4,
        )
        _share_panel(axes, series, authority, year)
        axes.set_ylabel(axis)
    return made


def share_panels(
    panels: dict[str, pd.DataFrame], authority: str, comparator: str, *, year: int
) -> Figure:
    """Small panels of an authority's shares beside one comparator, one panel a measure.

    Parameters
    ----------
    panels
        For each measure's short name, what `indicators.compare` returns.
    """
    with look.style():
        made, every = look.axes_for(
            "A panel for each measure, years across. The thick blue line is the authority, "
            "the band round it its 95% interval; the orange line is the group it is "
            "compared with. The dotted upright line is the report's year.",
            3.9,
            len(panels),
        )
        for axes, (name, series) in zip(every, panels.items(), strict=True):
            _share_panel(axes, series, authority, year, labels=False)
            axes.set_title(name, fontsize=11, loc="left")
            years = sorted({int(series["year"].min()), int(series["year"].max())})
            look.years(axes, pd.Series(years))
            axes.set_xlim(min(years[0], year) - 0.4, years[-1] + 0.4)
        handles = [
            mpl.lines.Line2D([], [], color=look.BLUE, linewidth=3, marker="o", label=authority),
            mpl.lines.Line2D([], [], color=look.ORANGE, linewidth=2, label=comparator),
        ]
        made.legend(handles=handles, loc="outside upper center", ncols=2)
    return made


def _share_panel(
    axes: Axes, series: pd.DataFrame, authority: str, year: int, *, labels: bool = True
) -> None:
    names = series["comparator"].drop_duplicates().tolist()
    own = series[series["comparator"] == names[0]]
    axes.axvline(year, color=look.INK, linewidth=1, linestyle=":")
    axes.fill_between(
        own["year"].astype(float), own["low"], own["high"], color=look.BLUE, alpha=0.15, linewidth=0
    )
    ends: list[tuple[str, float, str]] = []
    palette = (look.ORANGE, look.TEAL, look.PLUM, look.GREY)
    for name, colour, dash in zip(names, palette, ("-", "--", "-.", ":"), strict=False):
        group = series[series["comparator"] == name].dropna(subset="group_share")
        axes.plot(group["year"], group["group_share"], color=colour, linewidth=2, linestyle=dash)
        if len(group):
            ends.append((name, group["group_share"].iloc[-1], colour))
    axes.plot(own["year"], own["share"], color=look.BLUE, linewidth=3, marker="o", markersize=5)
    known = own.dropna(subset="share")
    if len(known):
        ends.append((authority, known["share"].iloc[-1], look.BLUE))
    axes.set_ylim(0, None)
    axes.yaxis.set_major_formatter(look.percent)
    if not labels:
        return
    look.years(axes, series["year"])
    if ends:
        heights = look.spread([end for _, end, _ in ends], gap=axes.get_ylim()[1] * 0.06)
        for (name, _, colour), height in zip(ends, heights, strict=True):
            last = series["year"].max()
            shown = name.removeprefix("its ").removeprefix("the ").removeprefix("authorities ")
            look.end_label(axes, last, height, shown, name == authority, colour)


def chance_lines(chances: pd.DataFrame, central: float) -> Figure:
    """Chance of having been called by each date, a line per assumed number of calls a date.

    Parameters
    ----------
    chances
        What `programme.chances` returns for several values of `calls_per_date`.
    central
        The value of `calls_per_date` to emphasise.
    """
    with look.style():
        made, (axes,) = look.axes_for(
            "A line for each number of calls assumed per date, through the dates announced "
            "in their order, evenly spaced; the thick line is the number that would end the"
            " programme on time.",
            3.8,
        )
        lines = list(chances.groupby("calls_per_date"))
        ends = [rows["chance_by_then"].iloc[-1] for _, rows in lines]
        heights = look.spread(ends, gap=max(ends) * 0.08)
        for (calls, rows), height in zip(lines, heights, strict=True):
            main = calls == central
            places = range(len(rows))
            axes.plot(
                places, rows["chance_by_then"], marker="o", markersize=5,
                color=look.BLUE if main else look.GREY, linewidth=3 if main else 1.2,
            )  # fmt: skip
            look.end_label(axes, len(rows) - 1, height, f"{calls:g} a date", main)
        axes.set_xticks(places, [f"{d.day} {d:%b}\n{d.year}" for d in rows["date"]])
        axes.set_ylim(0, None)
        axes.margins(x=0.04)
        axes.yaxis.set_major_formatter(look.percent)
        axes.set_ylabel("Chance of being called by then")
    return made
