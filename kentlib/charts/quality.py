"""Figures of what is wrong in the extracts, and of what it costs."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from kentlib.charts import look

SEVERITIES = {
    "stops the measure": look.ORANGE,
    "counted and left out": look.BLUE,
    "note": look.GREY,
}
"""What a problem does, the worst first, and its colour."""

TITLES = {
    "stops the measure": "Stops the measure",
    "counted and left out": "Counted and left out",
    "note": "Notes",
}

MOST_KINDS = 12
"""Kinds shown of each severity, the most frequent."""


def problem_bars(kinds: pd.DataFrame) -> Figure:
    """Rows with each kind of problem, a panel for each severity, each on its own scale.

    Parameters
    ----------
    kinds
        What `quality.kinds.by_kind` returns, not empty.
    """
    parts = {name: kinds[kinds["severity"] == name].head(MOST_KINDS) for name in SEVERITIES}
    parts = {name: part for name, part in parts.items() if len(part)}
    heights = [len(part) + 1.6 for part in parts.values()]
    with look.style():
        made = Figure(figsize=(look.WIDE, 0.6 + 0.36 * sum(heights)))
        made.set_label(
            "A bar for each kind of problem, as long as the rows that have it, with their number "
            "at its end. The panels, from what stops a measure down to mere notes, have scales "
            "of their own: compare bars within a panel."
        )
        every = made.subplots(len(parts), 1, squeeze=False, height_ratios=heights)[:, 0]
        for axes, (severity, part) in zip(every, parts.items(), strict=True):
            look.rows(axes, part["kind"].tolist())
            counts = part["count"].astype("float64")
            axes.barh(range(len(part)), counts, color=SEVERITIES[severity], height=0.66)
            for i, count in enumerate(counts):
                axes.annotate(f"{count:,.0f}", (count, i), (5, 0), textcoords="offset points",
                              va="center", fontsize=10)  # fmt: skip
            axes.set_xlim(0, counts.max() * 1.12)
            axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
            axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
            axes.set_title(TITLES[severity], loc="left", fontsize=11)
        every[-1].set_xlabel("Rows with the problem")
    return made


def usable_bars(costs: pd.DataFrame) -> Figure:
    """The share of each measure's rows that say enough for it, and of those that do not.

    Parameters
    ----------
    costs
        What `quality.costs.costs` returns.
    """
    with look.style():
        made, (axes,) = look.axes_for(
            "A bar for each measure, all of its rows long: blue is the share that say enough to "
            "be used, orange the share that say too little, with their number at the end, and "
            "lilac the share that began before the first return. A measure that cannot be made "
            "has no bar.",
            1.3 + 0.36 * len(costs),
        )
        look.rows(axes, costs["measure"].tolist())
        left = pd.Series(0.0, index=costs.index)
        parts = {
            "used": ("say enough", look.BLUE),
            "left_out": ("say too little", look.ORANGE),
            "earlier": ("began before the first return", look.LILAC),
        }
        for name, (label, colour) in parts.items():
            rows = costs["rows"].replace(0, pd.NA).astype("Float64")
            share = (costs[name] / rows).fillna(0).astype("float64")
            axes.barh(range(len(costs)), share, left=left, color=colour, height=0.66, label=label)
            left += share
        for i, row in enumerate(costs.itertuples()):
            if pd.isna(row.share):
                said = "cannot be made" if row.stopped else "no rows"
                axes.annotate(said, (0, i), (4, 0), textcoords="offset points", va="center",
                              style="italic", fontsize=10)  # fmt: skip
            elif row.left_out:
                axes.annotate(f"{row.left_out:,}", (1, i), (5, 0), textcoords="offset points",
                              va="center", fontsize=10, annotation_clip=False)  # fmt: skip
        axes.set_xlim(0, 1.0)
        axes.xaxis.set_major_formatter(look.percent)
        axes.set_xlabel("Share of the rows received")
        made.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return made


def problem_lines(trend: pd.DataFrame) -> Figure:
    """Problems in a thousand rows by the date of the folder, a panel for each severity.

    Parameters
    ----------
    trend
        What `quality.trend.trend` returns, of two folders or more.
    """
    with look.style():
        made, every = look.axes_for(
            "A panel for each severity, dates across; each dot is one set of extracts, as high as "
            "the rows with a problem in a thousand received. The panels have scales of their own.",
            3.4,
            len(SEVERITIES),
        )
        for axes, (severity, colour) in zip(every, SEVERITIES.items(), strict=True):
            rows = trend[trend["severity"] == severity]
            axes.plot(rows["date"], rows["per_thousand"], color=colour, linewidth=2.5, marker="o",
                      markersize=6)  # fmt: skip
            top = rows["per_thousand"].max()
            axes.set_ylim(0, 1 if pd.isna(top) or top == 0 else 1.15 * top)
            axes.set_title(TITLES[severity], fontsize=11, loc="left")
            dates = sorted(rows["date"].unique())
            ends = sorted({dates[0], dates[-1]})
            axes.set_xticks(ends, [f"{d.day} {d:%b}\n{d.year}" for d in ends])
            axes.margins(x=0.15)
        every[0].set_ylabel("In a thousand rows")
    return made
