"""The page of a review, for a person to sign off, and the same as JSON."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from kentlib.reports import notebook, record
from kentlib.reports import page as report_page
from kentlib.review import reports, verdict
from kentlib.review.changes import Change
from kentlib.review.compared import Asked, Reviewed
from kentlib.review.difference import DATA, PICTURE
from kentlib.review.outputs import Difference
from kentlib.words import plural

TEMPLATE = Path(__file__).parent / "template"

MOST = 500
"""Differences of one report that the page lists; the JSON has them all."""


def make(done: Sequence[Reviewed], asked: Asked, summary: str) -> str:
    """The page.

    Parameters
    ----------
    done
        The reviewed reports, in the order to list them.
    asked
        How they were reviewed.
    summary
        The sentence that sums the review up.
    """
    told = [_report(one, number) for number, one in enumerate(done, 1)]
    return _environment().get_template("review.html.j2").render(
        css=_css(),
        title="Review of reports",
        summary=summary,
        when=report_page.moment(record.now()),
        tolerance=asked.tolerance,
        at_recorded=asked.at_recorded,
        reports=told,
        troubled=[one for one in told if one["rows"] or one["state"] != "finished"],
    )  # fmt: skip


def as_json(done: Sequence[Reviewed], asked: Asked, summary: str) -> dict[str, Any]:
    """What a review found, for machines.

    Returns
    -------
    `reports` has for each its `outcome` (reproduced, reproduced within tolerance, differs or
    cannot be reproduced), `verdict` in words, `causes`, every difference, all that `changed` since
    it was made, whether that mattered or not, and what was `tried` to find the causes.
    """
    return {
        "reviewed": record.now(),
        "summary": summary,
        "tolerance": asked.tolerance,
        "at_recorded_version": asked.at_recorded,
        "reports": [
            {
                "report": one.report.name,
                "outcome": one.verdict.outcome,
                "verdict": one.verdict.words,
                "parameters": _parameters(one),
                "edited_since": one.report.edited,
                "run": (one.report.told or {}).get("run"),
                "causes": [
                    {
                        "how": why.how,
                        "because": verdict.because(why),
                        "changes": [_change(change) for change in why.changes],
                        "differences": len(why.differences),
                    }
                    for why in one.causes
                ],
                "differences": [_difference(each) for each in one.beyond],
                "within_tolerance": [_difference(each) for each in one.near],
                "changed": [_change(change) for change in one.changed],
                "tried": [
                    {"undone": [change.said() for change in undone], "differences_left": left}
                    for undone, left in one.tried
                ],
            }
            for one in done
        ],
    }


def _report(one: Reviewed, number: int) -> dict[str, Any]:
    told = one.report.told or {}
    source = one.report.notebook
    good = one.verdict.outcome in (verdict.REPRODUCED, verdict.WITHIN)
    return {
        "id": f"report-{number}",
        "name": one.report.name,
        "question": told.get("question") or (notebook.question(source) if source else ""),
        "parameters": _parameters(one),
        "made": report_page.moment(told["started"]) if told.get("started") else "",
        "state": "finished" if good else "failed",
        "verdict": one.verdict.words,
        "edited": one.report.edited,
        "causes": [
            {"because": verdict.because(why), "many": _many(len(why.differences))}
            for why in one.causes
        ],
        "rows": _rows(one.beyond[:MOST]),
        "more": max(len(one.beyond) - MOST, 0),
        "near": _rows(one.near[:MOST]),
        "figures": _figures(one),
        "changed": [change.said() for change in one.changed],
        "tried": [(_undone(undone), _left(left)) for undone, left in one.tried],
        "record": _record(told),
        "compared": _compared(source),
    }


def _rows(found: Sequence[Difference]) -> list[dict[str, Any]]:
    """A row for each difference; those of one table or figure have the same `order`."""
    orders: dict[str, int] = {}
    return [_row(one) | {"order": orders.setdefault(one.where, len(orders))} for one in found]


def _row(one: Difference) -> dict[str, str]:
    apart = "" if one.apart is None else f"{one.apart:g}"
    return {
        "where": verdict.place(one),
        "caption": one.where.partition(" (")[2].removesuffix(")"),
        "at": ", ".join(filter(None, (one.row, one.column))),
        "then": one.then or "nothing",
        "now": one.now or "nothing",
        "apart": apart,
    }


def _figures(one: Reviewed) -> list[dict[str, str]]:
    """The figures that differ, as pictures then and now."""
    if one.now is None or one.report.notebook is None:
        return []
    then, now = (list(notebook.outputs(nb, "figure")) for nb in (one.report.notebook, one.now))
    found: dict[int, dict[str, str]] = {}
    for each in one.beyond:
        match = re.search(r", figure (\d+)$", each.place)
        number = int(match[1]) if match and each.kind in (DATA, PICTURE) else 0
        if not 0 < number <= len(now) or number in found:
            continue
        caption = now[number - 1]["metadata"]["kentlib"].get("caption", "")
        same = [o for o in then if o["metadata"]["kentlib"].get("caption") == caption]
        was = same[0] if same else then[number - 1] if number <= len(then) else None
        found[number] = {
            "where": f"Figure {number}: {caption}",
            "then": _picture(was) if was else "",
            "now": _picture(now[number - 1]),
        }
    return list(found.values())


def _picture(output: dict[str, Any]) -> str:
    svg = output["data"].get("image/svg+xml", "")
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def _record(told: dict[str, Any]) -> list[tuple[str, str]]:
    """What the reviewed report says it was made from."""
    if not told.get("kentlib"):
        return []
    ours = told["kentlib"]
    changed = ", with changes not committed" if ours.get("modified") else ""
    commit = f", commit {ours['commit'][:12]}{changed}" if ours.get("commit") else ""
    return [
        ("Notebook", f"{told['notebook']}, SHA-256 {told['notebook_sha256'][:12]}"),
        ("kentlib", f"{ours.get('version')}{commit}"),
        ("Python", f"{told.get('python')}, {told.get('platform')}"),
        ("Run", str(told.get("run", ""))),
    ]


def _compared(source: dict[str, Any] | None) -> str:
    """What there was to compare, counted."""
    if source is None:
        return ""
    counted = [
        plural(len(list(notebook.outputs(source, kind))), name)
        for kind, name in (("heading", "finding"), ("table", "table"), ("figure", "figure"))
    ]
    return f"{', '.join(counted)}, {plural(len(source['cells']), 'cell')}"


def _parameters(one: Reviewed) -> dict[str, Any]:
    return reports.shown_parameters(one.report)


def _change(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "name": change.name,
        "then": change.then,
        "now": change.now,
        "said": change.said(),
    }


def _difference(one: Difference) -> dict[str, Any]:
    told = ("kind", "cell", "where", "row", "column", "then", "now", "apart")
    return {name: getattr(one, name) for name in told} | {"said": one.said()}


def _undone(undone: Sequence[Change]) -> str:
    if len(undone) > verdict.MANY:
        return plural(len(undone), "change")
    return "; ".join(change.said() for change in undone) or "nothing"


def _left(left: int | None) -> str:
    return "it could not be run so" if left is None else _many(left) if left else "as it was"


def _many(number: int) -> str:
    return plural(number, "difference", "differences")


@cache
def _css() -> Any:
    from markupsafe import Markup

    look = (report_page.TEMPLATE / "look.css").read_text(encoding="utf-8")
    return Markup(look + (TEMPLATE / "review.css").read_text(encoding="utf-8"))


@cache
def _environment():
    import jinja2

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader([TEMPLATE, report_page.TEMPLATE]),
        autoescape=True,
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
