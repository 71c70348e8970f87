"""One look for every figure, after the Government Analysis Function's chart guidance.

Each function takes a table that a measure returned and gives a figure for `show.figure`. No
figure has a title of its own: the finding is the section's heading, and the caption says what
is measured. Palette from the afcharts package; text is dark ink; lines are labelled directly.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib as mpl
import matplotlib.style
import numpy as np
import pandas as pd
import seaborn as sns
from afcharts.af_colours import get_af_colours
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from kentlib.judgements import GRADES

INK = "#0B0C0C"
GRID = "#CCCCCC"
BLUE, TEAL, PLUM, ORANGE, GREY, LILAC = get_af_colours("categorical")
SEQUENTIAL = get_af_colours("sequential")
WIDE = 8.0
"""Width of every figure in inches."""


READS = {
    "grade_profile": (
        "A row for each judgement, a dot at its grade; grades run from inadequate on the left"
        " to outstanding on the right. Orange dots are below the overall grade."
    ),
    "grade_trajectory": (
        "Each dot is a headline judgement at the date of its report, named by its framework; "
        "higher is better. The panels are apart because the third grade changed its name and "
        "meaning between them."
    ),
    "grade_bars": (
        "A bar for each judgement, divided by grade from outstanding on the left to "
        "inadequate on the right; its parts add up to all authorities graded. The white "
        "diamond stands in the authority's own grade."
    ),
    "transition_grid": (
        "Rows are the grade then, columns the grade at the later inspection; each cell counts "
        "authorities, darker for more. Cells left of the diagonal rose, right of it fell. The"
        " orange frame is the authority's own cell."
    ),
    "chance_lines": (
        "A line for each number of calls assumed per date, through the dates announced in "
        "their order, evenly spaced; the thick line is the number that would end the programme "
        "on time."
    ),
    "balance_bars": (
        "A row for each topic: the orange bar to the left counts statements of weakness, the "
        "blue bar to the right those of strength."
    ),
    "placement_bars": (
        "A bar for each placement line of the report: blue is children living in the "
        "authority's area, orange outside it; the number at the end counts both."
    ),
    "share_dots": (
        "A dot for each share; the bar through it is its 95% interval, how far chance alone "
        "could have moved it."
    ),
    "share_lines": (
        "The thick blue line is the authority, the band round it its 95% interval; the other "
        "lines are the groups it is compared with, named at their ends. The dotted upright "
        "line is the report's year."
    ),
    "share_panels": (
        "A panel for each measure, years across. The thick blue line is the authority, the "
        "band round it its 95% interval; the orange line is the group it is compared with. "
        "The dotted upright line is the report's year."
    ),
    "count_lines": (
        "A line for each count, years across, named at its end. The dotted upright line is "
        "the report's year."
    ),
    "cascade_steps": (
        "A bar for each step, narrower as fewer children can reach it; the widths stand for "
        "no number. A national return asks, of some children, for all that a solid bar needs; "
        "dashed bars can be counted only from the authority's own record."
    ),
}
"""How to read each chart, in words: the description that goes with it on the page."""


@contextmanager
def _look() -> Iterator[None]:
    """The Analysis Function's style, in the one font that every machine has."""
    own = {
        "font.family": "DejaVu Sans",
        "font.size": 11,
        "text.color": INK,
        "axes.labelcolor": INK,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "axes.grid.axis": "y",
        "figure.constrained_layout.use": True,
    }
    with mpl.style.context("afcharts.afcharts"), mpl.rc_context(own):
        yield


def _axes(reads: str, height: float, columns: int = 1, **kind: object) -> tuple[Figure, list[Axes]]:
    """A figure and its axes; its label says how to read it."""
    made = Figure(figsize=(WIDE, height))
    made.set_label(reads)
    return made, list(np.atleast_1d(made.subplots(1, columns, **kind)))


def _rows(axes: Axes, labels: list[str]) -> None:
    """Horizontal layout: one row per label, the first on top, grid lines down the page."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.tick_params(length=0)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)


def _percent(share: float, _: int) -> str:
    return f"{share * 100:g}%"


def _years(axes: Axes, years: pd.Series) -> None:
    axes.set_xticks(sorted(years.unique()))
    axes.set_xlabel("Year ending 31 March")


def _spread(wanted: list[float], gap: float) -> list[float]:
    """Positions as near the wanted ones as they can be, in their order, `gap` apart."""
    order = np.argsort(wanted, kind="stable")
    placed = np.array([wanted[i] for i in order], dtype=float)
    for _ in range(200):
        close = np.diff(placed) < gap - 1e-9
        if not close.any():
            break
        i = int(np.argmax(close))
        push = (gap - (placed[i + 1] - placed[i])) / 2
        placed[i] -= push
        placed[i + 1] += push
    found = np.empty(len(wanted))
    found[order] = placed
    return found.tolist()


def grade_profile(profile: pd.DataFrame) -> Figure:
    """A dot per judgement on the four-point scale; those below the overall grade in orange."""
    with _look():
        rows = profile.dropna(subset="scale").reset_index(drop=True)
        made, (axes,) = _axes(READS["grade_profile"], 0.9 + 0.42 * len(rows))
        _rows(axes, rows["aspect"].tolist())
        for i, row in rows.iterrows():
            colour = ORANGE if row["below_overall"] else BLUE
            axes.plot(row["scale"], i, "o", markersize=13, color=colour)
        axes.set_xlim(4.4, 0.6)
        axes.set_xticks(list(GRADES), [word.replace(" ", "\n", 1) for word in GRADES.values()])
    return made


def grade_trajectory(trajectory: pd.DataFrame) -> Figure:
    """Headline judgements by date, in two panels: the scale changed between them.

    No line crosses from one panel to the other, since "adequate" and "requires improvement"
    stand at the same height but are not the same word.
    """
    with _look():
        parts = [part for part in (True, False) if (trajectory["old_scale"] == part).any()]
        spans = [trajectory.loc[trajectory["old_scale"] == part, "published"] for part in parts]
        widths = [max((s.max() - s.min()).days / 365.25, 0) + 3 for s in spans]
        made, panels = _axes(
            READS["grade_trajectory"], 3.8, len(parts), sharey=False, width_ratios=widths
        )
        for axes, part in zip(panels, parts, strict=True):
            _trajectory_panel(axes, trajectory[trajectory["old_scale"] == part], old=part)
    return made


def _trajectory_panel(axes: Axes, rows: pd.DataFrame, *, old: bool) -> None:
    words = [("adequate" if old and grade == 3 else word) for grade, word in GRADES.items()]
    axes.set_yticks(list(GRADES), [word.replace(" ", "\n", 1) for word in words])
    axes.set_ylim(4.6, 0.4)
    years = rows["published"].dt.year + (rows["published"].dt.dayofyear - 1) / 365.25
    axes.set_xlim(years.min() - 1.5, years.max() + 1.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=4))
    axes.tick_params(length=0)
    above: dict[int, float] = {}
    for (_, row), year in zip(rows.iterrows(), years, strict=True):
        axes.plot(year, row["scale"], "o", color=BLUE, markersize=10)
        name = row["framework"]
        if row["aspect"] != "overall effectiveness":
            name += f"\n{row['aspect']}"
        up = year - above.get(row["scale"], -1e4) > 2
        if up:
            above[row["scale"]] = year
        axes.annotate(
            name, (year, row["scale"]), (0, 9 if up else -9), textcoords="offset points",
            ha="center", va="bottom" if up else "top", fontsize=9,
        )  # fmt: skip
    axes.set_xlabel("Until 2013: “adequate”" if old else "From 2013: “requires improvement”")


def grade_bars(counts: pd.DataFrame, own: pd.DataFrame, authority: str) -> Figure:
    """Shares of authorities by grade, a bar per aspect; a diamond marks the authority's grade.

    Parameters
    ----------
    counts
        What `judgements.grade_counts` returns.
    own
        What `judgements.standing` returns: its aspects, in its order.
    """
    with _look():
        aspects = own["aspect"].tolist()
        wide = counts.pivot(index="aspect", columns="scale", values="count").reindex(aspects)
        share = wide.div(wide.sum(axis=1), axis=0)
        made, (axes,) = _axes(READS["grade_bars"], 1.5 + 0.5 * len(aspects))
        _rows(axes, aspects)
        left = pd.Series(0.0, index=share.index)
        for grade, colour in zip(GRADES, (SEQUENTIAL[1], *SEQUENTIAL[2:5]), strict=True):
            axes.barh(
                range(len(aspects)), share[grade], left=left, color=colour, height=0.62,
                edgecolor="white", linewidth=1.5, label=GRADES[grade],
            )  # fmt: skip
            left += share[grade]
        edge = share.cumsum(axis=1)
        for i, row in enumerate(own.itertuples()):
            middle = edge.at[row.aspect, row.scale] - share.at[row.aspect, row.scale] / 2
            axes.plot(
                middle, i, "D", color="white", markeredgecolor=INK, markersize=9,
                label=authority if i == 0 else None,
            )  # fmt: skip
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_formatter(_percent)
        axes.set_xlabel("Share of authorities graded on the aspect")
        made.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=5,
                    handlelength=1, columnspacing=1.2, fontsize=10)  # fmt: skip
    return made


def transition_grid(counts: pd.DataFrame, start: int | None, end: int | None) -> Figure:
    """Authorities by grade then and grade next; the authority's own cell has a thick frame.

    Parameters
    ----------
    counts
        What `judgements.transitions` returns.
    start, end
        The authority's own grades, or None when it had no inspection after.
    """
    with _look():
        made, (axes,) = _axes(READS["transition_grid"], 4.2)
        words = [word.replace(" ", "\n", 1) for word in GRADES.values()]
        shade = mpl.colors.LinearSegmentedColormap.from_list("blues", ["#FFFFFF", SEQUENTIAL[3]])
        sns.heatmap(
            counts, ax=axes, cmap=shade, cbar=False, annot=True, fmt="d", linewidths=1,
            linecolor=GRID, annot_kws={"color": INK, "fontsize": 12},
            xticklabels=words, yticklabels=words,
        )  # fmt: skip
        if start is not None and end is not None:
            corner = (list(GRADES).index(end), list(GRADES).index(start))
            axes.add_patch(
                mpl.patches.Rectangle(corner, 1, 1, fill=False, edgecolor=ORANGE, linewidth=4)
            )
        axes.tick_params(length=0)
        axes.tick_params(axis="y", rotation=0)
        axes.set_ylabel("Grade then")
        axes.set_xlabel("Grade at the later inspection")
    return made


def chance_lines(chances: pd.DataFrame, central: float) -> Figure:
    """Chance of having been called by each date, a line per assumed number of calls a date.

    Parameters
    ----------
    chances
        What `programme.chances` returns for several values of `calls_per_date`.
    central
        The value of `calls_per_date` to emphasise.
    """
    with _look():
        made, (axes,) = _axes(READS["chance_lines"], 3.8)
        lines = list(chances.groupby("calls_per_date"))
        ends = [rows["chance_by_then"].iloc[-1] for _, rows in lines]
        heights = _spread(ends, gap=max(ends) * 0.08)
        for (calls, rows), height in zip(lines, heights, strict=True):
            main = calls == central
            places = range(len(rows))
            axes.plot(
                places, rows["chance_by_then"], marker="o", markersize=5,
                color=BLUE if main else GREY, linewidth=3 if main else 1.2,
            )  # fmt: skip
            _end_label(axes, len(rows) - 1, height, f"{calls:g} a date", main)
        axes.set_xticks(places, [f"{d.day} {d:%b}\n{d.year}" for d in rows["date"]])
        axes.set_ylim(0, None)
        axes.margins(x=0.04)
        axes.yaxis.set_major_formatter(_percent)
        axes.set_ylabel("Chance of being called by then")
    return made


def balance_bars(found: pd.DataFrame, name: str) -> Figure:
    """Weaknesses to the left, strengths to the right, a row per `name`.

    Parameters
    ----------
    found
        Columns `name`, `strength` and `weakness` (counts).
    """
    with _look():
        made, (axes,) = _axes(READS["balance_bars"], 1.3 + 0.5 * len(found))
        _rows(axes, found[name].tolist())
        axes.barh(range(len(found)), found["strength"], color=BLUE, height=0.6, label="strengths")
        axes.barh(range(len(found)), -found["weakness"], color=ORANGE, height=0.6,
                  label="weaknesses")  # fmt: skip
        for i, row in enumerate(found.itertuples()):
            axes.annotate(f"{row.strength}", (row.strength, i), (4, 0), va="center",
                          textcoords="offset points")  # fmt: skip
            axes.annotate(f"{row.weakness}", (-row.weakness, i), (-4, 0), va="center", ha="right",
                          textcoords="offset points")  # fmt: skip
        axes.axvline(0, color=INK, linewidth=1)
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
    with _look():
        made, (axes,) = _axes(READS["placement_bars"], 1.4 + 0.5 * len(lines))
        _rows(axes, lines["line"].tolist())
        known = lines["out_of_area"].astype("float64")
        inside = (lines["children"] - known).astype("float64")
        axes.barh(range(len(lines)), inside, color=BLUE, height=0.6, label="in the area")
        axes.barh(range(len(lines)), known, left=inside, color=ORANGE, height=0.6,
                  label="outside the area")  # fmt: skip
        for i, count in enumerate(lines["children"]):
            axes.annotate(f"{count:,}", (count, i), (5, 0), textcoords="offset points", va="center")
        axes.margins(x=0.1)
        axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
        axes.set_xlabel("Children looked after")
        made.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return made


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
    with _look():
        made, (axes,) = _axes(READS["share_dots"], 1.1 + 0.45 * len(shares))
        _rows(axes, shares[name].tolist())
        main = shares.get("main", pd.Series(True, index=shares.index))
        for i, (row, strong) in enumerate(zip(shares.itertuples(), main, strict=True)):
            if pd.isna(row.share):
                axes.annotate("not published", (0, i), (4, 0), textcoords="offset points",
                              va="center", style="italic")  # fmt: skip
                continue
            colour = BLUE if strong else GREY
            axes.plot([row.low, row.high], [i, i], color=colour, linewidth=3, alpha=0.55)
            axes.plot(row.share, i, "o", color=colour, markersize=9)
            axes.annotate(f"{row.share:.1%}", (row.high, i), (6, 0), textcoords="offset points",
                          va="center")  # fmt: skip
        top = shares["high"].max()
        axes.set_xlim(0, 1 if pd.isna(top) else min(1.12 * top, 1.1))
        axes.xaxis.set_major_formatter(_percent)
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
    with _look():
        made, (axes,) = _axes(READS["share_lines"], 4.4)
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
    with _look():
        made, every = _axes(READS["share_panels"], 3.9, len(panels))
        for axes, (name, series) in zip(every, panels.items(), strict=True):
            _share_panel(axes, series, authority, year, labels=False)
            axes.set_title(name, fontsize=11, loc="left")
            years = sorted({int(series["year"].min()), int(series["year"].max())})
            axes.set_xticks(years)
            axes.set_xlim(min(years[0], year) - 0.4, years[-1] + 0.4)
        handles = [
            mpl.lines.Line2D([], [], color=BLUE, linewidth=3, marker="o", label=authority),
            mpl.lines.Line2D([], [], color=ORANGE, linewidth=2, label=comparator),
        ]
        made.legend(handles=handles, loc="outside upper center", ncols=2)
    return made


def _share_panel(
    axes: Axes, series: pd.DataFrame, authority: str, year: int, *, labels: bool = True
) -> None:
    names = series["comparator"].drop_duplicates().tolist()
    own = series[series["comparator"] == names[0]]
    axes.axvline(year, color=INK, linewidth=1, linestyle=":")
    axes.fill_between(
        own["year"].astype(float), own["low"], own["high"], color=BLUE, alpha=0.15, linewidth=0
    )
    ends: list[tuple[str, float, str]] = []
    palette = (ORANGE, TEAL, PLUM, GREY)
    for name, colour, dash in zip(names, palette, ("-", "--", "-.", ":"), strict=False):
        group = series[series["comparator"] == name].dropna(subset="group_share")
        axes.plot(group["year"], group["group_share"], color=colour, linewidth=2, linestyle=dash)
        if len(group):
            ends.append((name, group["group_share"].iloc[-1], colour))
    axes.plot(own["year"], own["share"], color=BLUE, linewidth=3, marker="o", markersize=5)
    known = own.dropna(subset="share")
    if len(known):
        ends.append((authority, known["share"].iloc[-1], BLUE))
    _years(axes, series["year"])
    axes.set_ylim(0, None)
    axes.yaxis.set_major_formatter(_percent)
    if labels and ends:
        heights = _spread([end for _, end, _ in ends], gap=axes.get_ylim()[1] * 0.06)
        for (name, _, colour), height in zip(ends, heights, strict=True):
            last = series["year"].max()
            shown = name.removeprefix("its ").removeprefix("the ").removeprefix("authorities ")
            _end_label(axes, last, height, shown, name == authority, colour)


def _end_label(
    axes: Axes, x: object, y: float, label: str, strong: bool, colour: str | None = None
) -> None:
    """A line's name at its end: dark ink, with a swatch of the line's colour before it."""
    if colour:
        axes.annotate("▬", (x, y), (8, 0), textcoords="offset points", va="center", color=colour,
                      annotation_clip=False)  # fmt: skip
    axes.annotate(
        label, (x, y), (22 if colour else 8, 0), textcoords="offset points", va="center",
        fontsize=9.5, weight="bold" if strong else "normal", annotation_clip=False,
    )  # fmt: skip


def count_lines(series: pd.DataFrame, names: dict[str, str], *, axis: str, year: int) -> Figure:
    """Counts by year, a line per column.

    Parameters
    ----------
    series
        Column `year` and the columns of `names`, which maps each to its label.
    """
    with _look():
        made, (axes,) = _axes(READS["count_lines"], 3.9)
        axes.axvline(year, color=INK, linewidth=1, linestyle=":")
        ends = []
        for column, colour in zip(names, (BLUE, ORANGE, TEAL), strict=False):
            known = series.dropna(subset=column)
            axes.plot(known["year"], known[column], color=colour, linewidth=2.5, marker="o",
                      markersize=5)  # fmt: skip
            if len(known):
                ends.append((names[column], float(known[column].iloc[-1]), colour))
        axes.set_ylim(0, None)
        _years(axes, series["year"])
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
        axes.set_ylabel(axis)
        heights = _spread([end for _, end, _ in ends], gap=axes.get_ylim()[1] * 0.07)
        for (name, _, colour), height in zip(ends, heights, strict=True):
            _end_label(axes, series["year"].max(), height, name, strong=False, colour=colour)
    return made


def cascade_steps(steps: pd.DataFrame) -> Figure:
    """The steps of a cascade as bars that narrow, each named, none with a number.

    Parameters
    ----------
    steps
        Columns `step` and `held_nationally` (true where a national return records it).
    """
    with _look():
        made, (axes,) = _axes(READS["cascade_steps"], 0.9 + 0.5 * len(steps))
        _rows(axes, steps["step"].tolist())
        axes.grid(visible=False)
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        for i, row in enumerate(steps.itertuples()):
            width = 1 - 0.09 * i
            known = row.held_nationally
            axes.barh(
                i, width, left=(1 - width) / 2, height=0.68, linewidth=1.5,
                color=SEQUENTIAL[4] if known else "white",
                edgecolor=BLUE if known else ORANGE, linestyle="-" if known else "--",
            )  # fmt: skip
            said = "in part in a national return" if known else "only in the authority's own record"
            axes.annotate(said, (0.5, i), ha="center", va="center", fontsize=10)
    return made
