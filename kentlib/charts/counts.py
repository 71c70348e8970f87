"""Figures of counts, and of steps."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from kentlib.charts import look


def balance_bars(found: pd.DataFrame, name: str) -> Figure:
    """Weaknesses to the left, strengths to the right, a row per `name`.

    Parameters
    ----------
    found
        Columns `name`, `strength` and `weakness` (counts).
    """
    with look.style():
        made, (axes,) = look.axes_for(
            "A row for each topic: the orange bar to the left counts statements of "
            "weakness, the blue bar to the right those of strength.",
            1.3 + 0.5 * len(found),
        )
        look.rows(axes, found[name].tolist())
        axes.barh(
            range(len(found)), found["strength"], color=look.BLUE, height=0.6, label="strengths"
        )
        axes.barh(range(len(found)), -found["weakness"], color=look.ORANGE, height=0.6,
                  label="weaknesses")  # fmt: skip
        for i, row in enumerate(found.itertuples()):
            axes.annotate(f"{row.strength}", (row.strength, i), (4, 0), va="center",
                          textcoords="offset points")  # fmt: skip
            axes.annotate(f"{row.weakness}", (-row.weakness, i), (-4, 0), va="center", ha="right",
                          textcoords="offset points")  # fmt: skip
        axes.axvline(0, color=look.INK, linewidth=1)
        most = max(found[["strength", "weakness"]].max())
        axes.set_xlim(-most * 1.15, most * 1.15)
        axes.xaxis.set_major_formatter(lambda x, _: f"{abs(x):g}")
        axes.set_xlabel("Number of statements")
        made.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return made


def placement_bars(lines: pd.DataFrame) -> Figure:
    """Children by placement line, inside and outside the authority's area.

    Parameters
    ----------
    lines
        What `permanence.placement_lines` returns.
    """
    with look.style():
        made, (axes,) = look.axes_for(
            "A bar for each placement line of the report: blue is children living in the "
            "authority's area, orange outside it; the number at the end counts both.",
            1.4 + 0.5 * len(lines),
        )
        look.rows(axes, lines["line"].tolist())
        known = lines["out_of_area"].astype("float64")
        inside = (lines["children"] - known).astype("float64")
        axes.barh(range(len(lines)), inside, color=look.BLUE, height=0.6, label="in the area")
        axes.barh(range(len(lines)), known, left=inside, color=look.ORANGE, height=0.6,
                  label="outside the area")  # fmt: skip
        for i, count in enumerate(lines["children"]):
            axes.annotate(f"{count:,}", (count, i), (5, 0), textcoords="offset points", va="center")
        axes.margins(x=0.1)
        axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
        axes.set_xlabel("Children looked after")
        made.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return made


def count_lines(series: pd.DataFrame, names: dict[str, str], *, axis: str, year: int) -> Figure:
    """Counts by year, a line per column.

    Parameters
    ----------
    series
        Column `year` and the columns of `names`, which maps each to its label.
    """
    with look.style():
        made, (axes,) = look.axes_for(
            "A line for each count, years across, named at its end. The dotted upright line"
            " is the report's year.",
            3.9,
        )
        axes.axvline(year, color=look.INK, linewidth=1, linestyle=":")
        ends = []
        for column, colour in zip(names, (look.BLUE, look.ORANGE, look.TEAL), strict=False):
            known = series.dropna(subset=column)
            axes.plot(known["year"], known[column], color=colour, linewidth=2.5, marker="o",
                      markersize=5)  # fmt: skip
            if len(known):
                ends.append((names[column], float(known[column].iloc[-1]), colour))
        axes.set_ylim(0, None)
        look.years(axes, series["year"])
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
        axes.set_ylabel(axis)
        heights = look.spread([end for _, end, _ in ends], gap=axes.get_ylim()[1] * 0.07)
        for (name, _, colour), height in zip(ends, heights, strict=True):
            look.end_label(axes, series["year"].max(), height, name, strong=False, colour=colour)
    return made


def cascade_steps(steps: pd.DataFrame) -> Figure:
    """The steps of a cascade as bars that narrow, each named, none with a number.

    Parameters
    ----------
    steps
        Columns `step` and `held_nationally` (true where a national return records it).
    """
    with look.style():
        made, (axes,) = look.axes_for(
            "A bar for each step, narrower as fewer children can reach it; the widths stand"
            " for no number. A national return asks, of some children, for all that a solid"
            " bar needs; dashed bars can be counted only from the authority's own record.",
            0.9 + 0.5 * len(steps),
        )
        look.rows(axes, steps["step"].tolist())
        axes.grid(visible=False)
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        for i, row in enumerate(steps.itertuples()):
            width = 1 - 0.055 * i
            known = row.held_nationally
            axes.barh(
                i, width, left=(1 - width) / 2, height=0.68, linewidth=1.5,
                color=look.SEQUENTIAL[4] if known else "white",
                edgecolor=look.BLUE if known else look.ORANGE, linestyle="-" if known else "--",
            )  # fmt: skip
            said = "in part in a national return" if known else "only in the authority's own record"
            axes.annotate(said, (0.5, i), ha="center", va="center", fontsize=10)
    return made
