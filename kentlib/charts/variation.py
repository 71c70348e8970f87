"""Figures of how soon, how varied, and against which limit."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kentlib.charts import look

LINES = 6
"""The most lines that one figure can tell apart."""


def incidence_lines(found: pd.DataFrame, *, name: str = "route") -> Figure:
    """The share of children who have left by each route, by months since they came into care.

    Parameters
    ----------
    found
        What `since_entry.cumulative_incidence` returns for one group. The routes taken by
        most are drawn, as many as can be told apart; the table has them all.
    """
    with look.style():
        made, (axes,) = look.axes_for(
            "Months since coming into care run to the right. A line for each route, named at its "
            "end, rises as children leave by it; children still looked after are on no line. A "
            "line ends where too few were followed for longer.",
            4.4,
        )
        most = found.groupby(name)["share"].max().nlargest(LINES)
        ends = []
        colours = (look.BLUE, look.ORANGE, look.TEAL, look.PLUM, look.GREY, look.LILAC)
        dashes = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)))
        for route, colour, dash in zip(most[most > 0].index, colours, dashes, strict=False):
            rows = found[found[name] == route].dropna(subset="share")
            axes.step(
                rows["months"], rows["share"], where="post", color=colour, linestyle=dash,
                linewidth=2.5,
            )  # fmt: skip
            ends.append((route, rows["share"].iloc[-1], colour))
        axes.set_ylim(0, None)
        axes.set_xlim(0, found["months"].max())
        axes.set_xticks(range(0, int(found["months"].max()) + 1, 6))
        axes.set_xlabel("Months since coming into care")
        axes.set_ylabel("Share who had left by the route")
        axes.yaxis.set_major_formatter(look.percent)
        heights = look.spread([end for _, end, _ in ends], gap=axes.get_ylim()[1] * 0.06)
        for (route, _, colour), height in zip(ends, heights, strict=True):
            look.end_label(axes, found["months"].max(), height, route, False, colour)
    return made


def waits(found: pd.DataFrame, names: dict[str, str]) -> Figure:
    """Mean waits by year with their intervals, a panel an indicator, against the threshold.

    Parameters
    ----------
    found
        What `adoption.timeliness` returns, the years that the returns wholly cover.
    names
        For each indicator to draw, its short title.
    """
    with look.style():
        made, every = look.axes_for(
            "A panel for each indicator, years across. The blue line is the mean wait of adopted "
            "children over three years, the band its 95% interval; the orange steps are the "
            "national threshold of the year.",
            3.9,
            len(names),
        )
        for axes, (indicator, title) in zip(every, names.items(), strict=True):
            rows = found[found["indicator"] == indicator]
            years = rows["year"].astype("float64")
            axes.fill_between(
                years, rows["low"].astype(float), rows["high"].astype(float),
                color=look.BLUE, alpha=0.15, linewidth=0,
            )  # fmt: skip
            axes.plot(years, rows["days"], color=look.BLUE, linewidth=3, marker="o")
            axes.step(years, rows["threshold"], where="mid", color=look.ORANGE, linewidth=2)
            axes.set_title(title, loc="left", fontsize=11)
            axes.set_xticks(years)
            axes.set_ylim(0, 1.1 * rows[["high", "threshold"]].astype(float).max().max())
            axes.set_xlabel("Year ending 31 March")
        every[0].set_ylabel("Days")
    return made


def control_chart(chart: pd.DataFrame, *, axis: str) -> Figure:
    """A series of months with its centre and limits; months that break a rule in orange.

    Parameters
    ----------
    chart
        What `variation.p_chart` or `xmr_chart` returns for a column `month`.
    axis
        What is charted: the label of the axis.
    """
    with look.style():
        made, (axes,) = look.axes_for(
            "A dot for each month. The solid level line is the mean of the months that set the "
            "limits; between the dashed lines chance alone keeps nearly all months. Orange dots "
            "break a rule: they are more than chance would give.",
            3.9,
        )
        months = chart["month"]
        axes.plot(months, chart["value"], color=look.BLUE, linewidth=1.5)
        broken = chart["breaks"].fillna(False).astype(bool)
        for rows, colour, size in ((chart[~broken], look.BLUE, 6), (chart[broken], look.ORANGE, 9)):
            axes.plot(rows["month"], rows["value"], "o", color=colour, markersize=size)
        axes.step(months, chart["centre"], where="mid", color=look.INK, linewidth=1)
        for limit in ("lower", "upper"):
            axes.step(
                months, chart[limit], where="mid", color=look.INK, linewidth=1, linestyle="--"
            )
        every = max(1, len(chart) // 6)
        axes.set_xticks(months[::every], [f"{month:%b}\n{month:%Y}" for month in months[::every]])
        axes.set_ylim(0, min(1, axes.get_ylim()[1]))
        axes.yaxis.set_major_formatter(look.percent)
        axes.set_ylabel(axis)
    return made


def funnel_plot(
    found: pd.DataFrame, *, axis: str, across: str, area: str = "area", base: str = "base"
) -> Figure:
    """Areas by size and share, within the limits that chance alone would keep them.

    Parameters
    ----------
    found
        What `variation.funnel` returns.
    axis, across
        What the share is, and what the areas are sized by: the labels of the axes.
    area, base
        The columns of names and of denominators.
    """
    with look.style():
        made, (axes,) = look.axes_for(
            "A dot for each district: further right is larger, higher is a larger share. The level "
            "line is the share of all together. Between the dashed lines chance alone would keep "
            "every district, allowing for how many there are; named dots in orange lie outside.",
            4.4,
        )
        rows = found.dropna(subset=["share"]).sort_values(base)
        for centre in rows["centre"].head(1):  # none where no area has a case
            axes.axhline(centre, color=look.INK, linewidth=1)
        for limit in ("lower", "upper"):
            axes.plot(rows[base], rows[limit], color=look.INK, linewidth=1, linestyle="--")
        for row in rows.to_dict("records"):
            outside = row["signal"] != "no more than chance"
            colour = look.ORANGE if outside else look.BLUE
            axes.plot(row[base], row["share"], "o", color=colour, markersize=9)
            if outside:
                axes.annotate(
                    row[area], (row[base], row["share"]), (9, 0), textcoords="offset points",
                    va="center",
                )  # fmt: skip
        axes.margins(x=0.12)
        axes.set_ylim(0, 1)
        axes.yaxis.set_major_formatter(look.percent)
        axes.set_ylabel(axis)
        axes.set_xlabel(across)
    return made


def cascade_bars(found: pd.DataFrame) -> Figure:
    """The steps from return to an interview that is used, as counts of returns.

    Parameters
    ----------
    found
        What `interviews.cascade` returns: of its two rows a step, the first is drawn. As it may
        be published it has no doubtful counts, and a step whose count is missing has no bar.
    """
    with look.style():
        rows = found.drop_duplicates("step").reset_index(drop=True)
        doubtful = "undecidable" in rows
        made, (axes,) = look.axes_for(
            "A bar for each step: blue is counted for certain, light blue may have been but the "
            "record cannot say. The number counts what is certain."
            if doubtful
            else "A bar for each step, with the number of returns counted for certain at its end.",
            1.3 + 0.5 * len(rows),
        )
        look.rows(axes, rows["step"].tolist())
        counted = rows["counted"].astype(float)
        unsure = (rows["undecidable"] + rows["not_timed"]).astype(float) if doubtful else 0.0
        shown = rows.index[counted.notna()]
        axes.barh(shown, counted[shown], color=look.BLUE, height=0.62, label="certain")
        if doubtful:
            axes.barh(range(len(rows)), unsure, left=counted, color=look.SEQUENTIAL[4],
                      height=0.62, label="cannot be told")  # fmt: skip
        ends = (counted + unsure).fillna(0)
        for i, (count, total) in enumerate(zip(rows["counted"], ends, strict=True)):
            said = "not published" if pd.isna(count) else f"{count:,}"
            axes.annotate(said, (total, i), (5, 0), textcoords="offset points", va="center")
        axes.margins(x=0.1)
        axes.set_xlabel("Returns")
        made.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return made


def seen_curve(found: pd.DataFrame, *, within_hours: float) -> Figure:
    """The share of returns followed by an interview, by hours since the return.

    Parameters
    ----------
    found
        What `interview_times.curve` returns.
    within_hours
        The limit, marked by a dotted line.
    """
    with look.style():
        made, (axes,) = look.axes_for(
            "Hours since the child's return run to the right; the line rises as interviews are "
            "held, and counts every return, interviewed or not. The band is the 95% interval. "
            "The dotted upright line is the time limit.",
            3.9,
        )
        _curve(axes, found)
        axes.axvline(within_hours, color=look.INK, linewidth=1.2, linestyle=":")
        axes.set_xticks(range(0, int(found["hours"].max()) + 1, 48))
        axes.set_xlabel("Hours since the return")
        axes.set_ylabel("Share with an interview held")
        axes.set_ylim(0, 1)
        axes.yaxis.set_major_formatter(look.percent)
    return made


def _curve(axes: Axes, found: pd.DataFrame) -> None:
    rows = found.dropna(subset="at_least")
    axes.fill_between(
        rows["hours"], rows["low"].astype(float), rows["high"].astype(float), step="post",
        color=look.BLUE, alpha=0.15, linewidth=0,
    )  # fmt: skip
    for column, width in (("at_least", 2.5), ("at_most", 1.2)):
        axes.step(rows["hours"], rows[column], where="post", color=look.BLUE, linewidth=width)
