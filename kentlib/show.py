"""What a notebook cell shows: headings, notices, figures with alt text, tables, sources.

Each output is plain data in the notebook (Markdown, SVG, HTML), the same bytes on every run,
so that a diff in a stored output is a changed result. The `kentlib` entry in an output's
metadata tells the page maker what the output is.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
import matplotlib as mpl
import pandas as pd
from IPython.display import display
from matplotlib.backends.backend_svg import FigureCanvasSVG

from kentlib import publication, tables
from kentlib.once import once

if TYPE_CHECKING:
    from matplotlib.figure import Figure

EMPTY = "–"
"""What a table cell without a value shows."""


def heading(finding: str) -> None:
    """Show a finding as the section's heading."""
    _show("heading", {"text/markdown": _plain(f"## {finding}"), "text/plain": finding})


def text(*sentences: str) -> None:
    """Show computed sentences as one paragraph."""
    paragraph = " ".join(sentences)
    _show("text", {"text/markdown": _plain(paragraph), "text/plain": paragraph})


def notice(sentence: str) -> None:
    """Show what a reader must know before anything else; a report has it at the top of its page.

    Parameters
    ----------
    sentence
        One whole sentence, with its full stop.
    """
    _show("notice", {"text/markdown": _plain(f"> **{sentence}**"), "text/plain": sentence})


def source(*names: str, also: str = "") -> None:
    """Show the source line of the bundled tables that a figure or table was made from.

    Parameters
    ----------
    names
        Names of bundled tables; each line comes from the table's own dictionary.
    also
        A source that is not a bundled table, or what was computed from them.
    """
    lines = [tables.source_line(name) for name in names] + ([also] if also else [])
    line = " ".join(dict.fromkeys(lines))
    _show("source", {"text/markdown": _plain(f"*{line}*"), "text/plain": line})


def figure(made: Figure, *, alt: str, caption: str) -> None:
    """Show a figure as SVG that says in words what it shows.

    Parameters
    ----------
    made
        A figure from `kentlib.charts`. Its label says how to read it: what the axes, marks and
        lines are; the page shows that as the chart's description.
    alt
        What a reader who cannot see the figure needs first: its kind and the finding.
    caption
        The line above the figure: what is measured, where and when. No finding.

    The output's metadata has the data that the figure draws, for whoever compares two reports.
    """
    from kentlib.charts.fingerprint import fingerprint  # charts are of measures, which use `day`

    svg, data, warned = once(lambda: fingerprint(made), lambda: _drawn(made))
    for about in warned:
        warnings.warn_explicit(*about)
    told = {"alt": alt, "caption": caption, "description": made.get_label(), "data": data}
    _show("figure", {"image/svg+xml": svg, "text/plain": alt}, **told)


def _drawn(made: Figure) -> tuple[str, list[dict[str, Any]], list[tuple[Any, ...]]]:
    """A figure as SVG, the data that it draws, and what Matplotlib warned of."""
    from kentlib.charts.behind import behind

    drawn = io.StringIO()
    settings = {"svg.hashsalt": "kentlib", "svg.fonttype": "path"}
    with mpl.rc_context(settings), warnings.catch_warnings(record=True) as said:
        # savefig would draw once to lay out, then again
        FigureCanvasSVG(made).print_svg(drawn, metadata={"Date": None, "Creator": None})
    warned = [(one.message, one.category, one.filename, one.lineno) for one in said]
    _, _, svg = drawn.getvalue().partition("<svg")
    return f"<svg{svg}".strip() + "\n", behind(made), warned


def table(
    rows: pd.DataFrame,
    *,
    caption: str,
    columns: Mapping[str, str] | None = None,
    formats: Mapping[str, str] | None = None,
) -> None:
    """Show a table with a caption and headers that a screen reader can follow.

    Parameters
    ----------
    rows
        What to show. Its index is not; its first column names the row. A column of marks
        (`<column>_mark`) is not shown: its mark stands where the column's cell is missing, and
        a line below the table says what the marks mean.
    caption
        What a row is, where and when. No finding.
    columns
        The columns to show, in order, and what each is called for the reader; all of them
        by their own names when not given.
    formats
        How to write a column's numbers, by its name in `rows`: "{:,.0f}", "{:.1%}"; those of
        columns not shown are passed over. Dates are written as "6 March 2017" and missing
        cells as a dash without being asked.
    """
    every = [name for name in rows.columns if not publication.is_mark(name, rows)]
    called = dict(columns) if columns else {name: str(name) for name in every}
    forms = formats or {}
    cells = {
        label: _marked(rows, name, [_written(cell, forms.get(name)) for cell in rows[name]])
        for name, label in called.items()
    }
    legend = publication.legend(rows[[*called, *_marks(rows, called)]])
    written = pd.DataFrame(cells, dtype="object")
    html = table_template().render(
        caption=caption,
        columns=list(cells),
        rows=[dict(zip(cells, row, strict=True)) for row in zip(*cells.values(), strict=True)],
        legend=legend,
        numeric={label for name, label in called.items() if _is_number(rows[name])},
    )
    plain = "\n".join(filter(None, [caption, written.to_string(index=False), legend]))
    _show("table", {"text/html": html, "text/plain": plain}, caption=caption)


def release(told: Mapping[str, Any], protected: Mapping[str, pd.DataFrame]) -> None:
    """Show how much is withheld, with what later reports must know of what is published.

    Parameters
    ----------
    told
        From the `release` of `kentlib.permanence_tables` or `kentlib.interview_tables`. It goes
        into the output's metadata, where `kentlib publish` finds it.
    protected
        The protected tables that all reports of a run have in common, by name.
    """
    sentence = f"{publication.finding(*protected.values())}."
    _show("release", {"text/markdown": _plain(sentence), "text/plain": sentence}, release=told)


def day(when: pd.Timestamp) -> str:
    """A date as it is written in a sentence.

    Examples
    --------
    >>> day(pd.Timestamp("2017-03-06"))
    '6 March 2017'
    """
    return f"{when.day} {when:%B %Y}"


def _plain(markdown: str) -> str:
    """Markdown in which no tag is one: a district may be called <b>, whoever typed that in."""
    return markdown.replace("<", "&lt;")


def _written(value: object, form: str | None) -> str:
    if pd.isna(value):
        return EMPTY
    if isinstance(value, pd.Timestamp):
        return day(value)
    if pd.api.types.is_bool(value):
        return "yes" if value else "no"
    return form.format(value) if form else str(value)


def _marks(rows: pd.DataFrame, columns: Iterable[str]) -> list[str]:
    marks = [f"{name}{publication.MARK}" for name in columns]
    return [name for name in marks if publication.is_mark(name, rows)]


def _marked(rows: pd.DataFrame, column: str, written: list[str]) -> list[str]:
    """The cells of a column, with the mark of each that is missing and has one."""
    [marks] = [rows[name].tolist() for name in _marks(rows, [column])] or [[""] * len(rows)]
    missing = rows[column].isna().tolist()
    cells = zip(written, missing, marks, strict=True)
    return [mark if gone and mark else cell for cell, gone, mark in cells]


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


@cache
def table_template() -> jinja2.Template:
    """What a table is written with; compiled once."""
    loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    return jinja2.Environment(loader=loader, autoescape=True).get_template("table.html.j2")


def _show(kind: str, data: dict[str, str], /, **told: object) -> None:
    display(data, metadata={"kentlib": {"kind": kind, **told}}, raw=True)
