"""Figures of inspection grades."""

from __future__ import annotations

import matplotlib as mpl
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from kentlib.charts import look
from kentlib.judgements import GRADES


def grade_profile(profile: pd.DataFrame) -> Figure:
    """A dot per judgement on the four-point scale; those below the overall grade in orange."""
    with look.style():
        rows = profile.dropna(subset="scale").reset_index(drop=True)
        made, (axes,) = look.axes_for(
            "A row for each judgement, a dot at its grade; grades run from inadequate on "
            "the left to outstanding on the right. Orange dots are below the overall grade.",
            0.9 + 0.42 * len(rows),
        )
        look.rows(axes, rows["aspect"].tolist())
        for i, row in rows.iterrows():
            colour = look.ORANGE if row["below_overall"] else look.BLUE
            axes.plot(row["scale"], i, "o", markersize=13, color=colour)
        axes.set_xlim(4.4, 0.6)
        axes.set_xticks(list(GRADES), [word.replace(" ", "\n", 1) for word in GRADES.values()])
    return made


def grade_trajectory(trajectory: pd.DataFrame) -> Figure:
    """Headline judgements by date, in two panels: the scale changed between them.

    No line crosses from one panel to the other, since "adequate" and "requires improvement"
    stand at the same height but are not the same word.
    """
    with look.style():
        parts = [part for part in (True, False) if (trajectory["old_scale"] == part).any()]
        spans = [trajectory.loc[trajectory["old_scale"] == part, "published"] for part in parts]
        widths = [max((s.max() - s.min()).days / 365.25, 0) + 3 for s in spans]
        made, panels = look.axes_for(
            "Each dot is a headline judgement at the date of its report, named by its "
            "framework; higher is better. The panels are apart because the third grade "
            "changed its name and meaning between them.",
            3.8,
            len(parts),
            sharey=False,
            width_ratios=widths,
        )
        for axes, part in zip(panels, parts, strict=True):
            _trajectory_panel(axes, trajectory[trajectory["old_scale"] == part], old=part)
    return made


def _trajectory_panel(axes: Axes, rows: pd.DataFrame, *, old: bool) -> None:
    words = [("adequate" if old and grade == 3 else word) for grade, word in GRADES.items()]
    axes.set_yticks(list(GRADES), [word.replace(" ", "\n", 1) for word in words])
    axes.set_ylim(4.6, 0.4)
    years = rows["published"].dt.year + (rows["published"].dt.day_of_year - 1) / 365.25
    axes.set_xlim(years.min() - 1.5, years.max() + 1.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=4))
    axes.tick_params(length=0)
    above: dict[int, float] = {}
    for (_, row), year in zip(rows.iterrows(), years, strict=True):
        axes.plot(year, row["scale"], "o", color=look.BLUE, markersize=10)
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
    with look.style():
        aspects = own["aspect"].tolist()
        wide = counts.pivot(index="aspect", columns="scale", values="count").reindex(aspects)
        share = wide.div(wide.sum(axis=1), axis=0)
        made, (axes,) = look.axes_for(
            "A bar for each judgement, divided by grade from outstanding on the left to "
            "inadequate on the right; its parts add up to all authorities graded. The white"
            " diamond stands in the authority's own grade.",
            1.5 + 0.5 * len(aspects),
        )
        look.rows(axes, aspects)
        left = pd.Series(0.0, index=share.index)
        for grade, colour in zip(GRADES, (look.SEQUENTIAL[1], *look.SEQUENTIAL[2:5]), strict=True):
            axes.barh(
                range(len(aspects)), share[grade], left=left, color=colour, height=0.62,
                edgecolor="white", linewidth=1.5, label=GRADES[grade],
            )  # fmt: skip
            left += share[grade]
        edge = share.cumsum(axis=1)
        for i, row in enumerate(own.itertuples()):
            middle = edge.at[row.aspect, row.scale] - share.at[row.aspect, row.scale] / 2
            axes.plot(
                middle, i, "D", color="white", markeredgecolor=look.INK, markersize=9,
                label=authority if i == 0 else None,
            )  # fmt: skip
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_formatter(look.percent)
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
    with look.style():
        made, (axes,) = look.axes_for(
            "Rows are the grade then, columns the grade at the later inspection; each cell "
            "counts authorities, darker for more. Cells left of the diagonal rose, right of"
            " it fell. The orange frame is the authority's own cell.",
            4.2,
        )
        words = [word.replace(" ", "\n", 1) for word in GRADES.values()]
        shade = mpl.colors.LinearSegmentedColormap.from_list(
            "blues", ["#FFFFFF", look.SEQUENTIAL[3]]
        )
        sns.heatmap(
            counts, ax=axes, cmap=shade, cbar=False, annot=True, fmt="d", linewidths=1,
            linecolor=look.GRID, annot_kws={"color": look.INK, "fontsize": 12},
            xticklabels=words, yticklabels=words,
        )  # fmt: skip
        if start is not None and end is not None:
            corner = (list(GRADES).index(end), list(GRADES).index(start))
            axes.add_patch(
                mpl.patches.Rectangle(corner, 1, 1, fill=False, edgecolor=look.ORANGE, linewidth=4)
            )
        axes.tick_params(length=0)
        axes.tick_params(axis="y", rotation=0)
        axes.set_ylabel("Grade then")
        axes.set_xlabel("Grade at the later inspection")
    return made
