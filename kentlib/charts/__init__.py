"""Figures, one look for all. Each takes a table that a measure returned.

A figure goes to `show.figure`. It has no title of its own: the finding is the section's heading,
and the caption says what is measured. Its label says in words how to read it.
"""

from kentlib.charts.counts import balance_bars, cascade_steps, count_lines, placement_bars
from kentlib.charts.grades import grade_bars, grade_profile, grade_trajectory, transition_grid
from kentlib.charts.quality import problem_bars, problem_lines, usable_bars
from kentlib.charts.shares import chance_lines, share_dots, share_lines, share_panels
from kentlib.charts.variation import (
    cascade_bars,
    control_chart,
    funnel_plot,
    incidence_lines,
    seen_curve,
    waits,
)

__all__ = [
    "balance_bars",
    "cascade_bars",
    "cascade_steps",
    "chance_lines",
    "control_chart",
    "count_lines",
    "funnel_plot",
    "grade_bars",
    "grade_profile",
    "grade_trajectory",
    "incidence_lines",
    "placement_bars",
    "problem_bars",
    "problem_lines",
    "seen_curve",
    "share_dots",
    "share_lines",
    "share_panels",
    "transition_grid",
    "usable_bars",
    "waits",
]
