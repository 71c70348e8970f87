"""The look that every figure shares: palette, ink, axes, and labels at the ends of lines.

After the Government Analysis Function's chart guidance; palette from the afcharts package.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib as mpl
import matplotlib.style
import numpy as np
import pandas as pd
from afcharts.af_colours import get_af_colours
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK = "#0B0C0C"
GRID = "#CCCCCC"
BLUE, TEAL, PLUM, ORANGE, GREY, LILAC = get_af_colours("categorical")
SEQUENTIAL = get_af_colours("sequential")
WIDE = 8.0
"""Width of every figure in inches."""


@contextmanager
def style() -> Iterator[None]:
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


def axes_for(
    reads: str, height: float, columns: int = 1, **kind: object
) -> tuple[Figure, list[Axes]]:
    """A figure and its axes; its label says how to read it."""
    made = Figure(figsize=(WIDE, height))
    made.set_label(reads)
    return made, list(np.atleast_1d(made.subplots(1, columns, **kind)))


def rows(axes: Axes, labels: list[str]) -> None:
    """Horizontal layout: one row per label, the first on top, grid lines down the page."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(max(len(labels), 1) - 0.5, -0.5)
    axes.tick_params(length=0)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)


def years(axes: Axes, years: pd.Series) -> None:
    axes.set_xticks(sorted(years.unique()))
    axes.set_xlabel("Year ending 31 March")


def percent(share: float, _: int) -> str:
    return f"{share * 100:g}%"


def spread(wanted: list[float], gap: float) -> list[float]:
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


def end_label(
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
