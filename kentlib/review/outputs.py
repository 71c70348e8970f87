"""What differs between two executed notebooks: cells, sentences, tables, figures."""

from __future__ import annotations

import difflib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from kentlib.reports import notebook
from kentlib.reports.record import without_paths, without_values
from kentlib.review import behind, html_tables, pictures
from kentlib.review.difference import (
    DATA,
    ERROR,
    FINDING,
    KINDS,
    PICTURE,
    STRUCTURE,
    TABLE,
    TEXT,
    Difference,
    apart,
    within,
)
from kentlib.review.matching import Cell, cells, match

__all__ = ["KINDS", "Difference", "apart", "differences", "within"]

SHOWN = {"heading": "finding"}
"""What a reader calls an output that `kentlib.show` calls otherwise."""

PICTURES = ("image/svg+xml", "image/png", "image/jpeg")


@dataclass(frozen=True)
class Output:
    """One output, the cell it is of, what it is called and its number among those of its name."""

    content: dict[str, Any]
    cell: Cell
    called: str
    number: int

    @property
    def told(self) -> dict[str, Any]:
        return self.content.get("metadata", {}).get("kentlib", {})

    @property
    def data(self) -> dict[str, Any]:
        return self.content.get("data", {})


def differences(then: dict[str, Any], now: dict[str, Any], *, name: str) -> list[Difference]:
    """What differs between two executed notebooks, in the order of the new one.

    Parameters
    ----------
    then, now
        The notebooks, as `kentlib.reports.notebook.parse` gives them.
    name
        What the notebook is called in each difference.

    Returns
    -------
    Nothing where a reader is shown the same. Numbers of executions, times, the cell with the
    parameters that were put in, and the metadata of notebook and cells do not count. A figure
    whose data are the same and that looks the same is the same; everything else is compared to
    the letter.
    """
    matched = match(then, now)
    old, new = _outputs(then), _outputs(now)
    found = []
    for cell in matched.removed:
        found.append(_structure(name, cell, _begins(cell), "", "removed"))
        found += [_gone(name, one) for one in old[cell.number]]
    after: dict[int, list[Difference]] = {}
    for cell in matched.added:
        after[cell.number] = [
            _structure(name, cell, "", _begins(cell), "added"),
            *(_come(name, one) for one in new[cell.number]),
        ]
    for was, is_now in matched.pairs:
        told = after.setdefault(is_now.number, [])
        if is_now.number in matched.moved:
            before = (_after(nb, one) for nb, one in ((then, was), (now, is_now)))
            told.append(_structure(name, is_now, *before, "moved"))
        if was.content["source"] != is_now.content["source"]:
            lines = _lines(was.content["source"], is_now.content["source"])
            told.append(_structure(name, is_now, *lines, "edited"))
        told += _cell(name, old[was.number], new[is_now.number])
    return found + [one for number in sorted(after) for one in after[number]]


def _outputs(nb: dict[str, Any]) -> dict[int, list[Output]]:
    """A notebook's outputs, by the number of their cell; numbered as the page numbers them."""
    seen: Counter = Counter()
    found: dict[int, list[Output]] = defaultdict(list)
    for cell in cells(nb):
        for content in cell.content.get("outputs", []):
            called = _called(content)
            seen[called] += 1
            found[cell.number].append(Output(content, cell, called, seen[called]))
    return found


def _called(content: dict[str, Any]) -> str:
    kind = content.get("metadata", {}).get("kentlib", {}).get("kind")
    if kind:
        return SHOWN.get(kind, kind)
    if content["output_type"] == "stream":
        return f"printed text ({content['name']})"
    if content["output_type"] == "error":
        return "error"
    data = content.get("data", {})
    if "<table" in str(data.get("text/html", "")):
        return "plain table"
    return "picture" if any(one in data for one in PICTURES) else "output"


def _structure(name: str, cell: Cell, then: str, now: str, what: str) -> Difference:
    where = f"{name}, {cell.content['cell_type']} cell {cell.number} {what}"
    return Difference(STRUCTURE, cell.number, where, "", "", then, now, place=where)


def _begins(cell: Cell) -> str:
    return next((line.strip() for line in cell.content["source"].splitlines() if line.strip()), "")


def _after(nb: dict[str, Any], cell: Cell) -> str:
    before = [one for one in cells(nb) if one.number < cell.number]
    return f"after “{_begins(before[-1])}”" if before else "first"


def _lines(then: str, now: str) -> tuple[str, str]:
    """The lines of a source that differ."""
    was, is_now = then.splitlines(), now.splitlines()
    matched = difflib.SequenceMatcher(None, was, is_now, autojunk=False)
    changed = [code for code in matched.get_opcodes() if code[0] != "equal"]
    old = [line.strip() for _, at, until, _, _ in changed for line in was[at:until]]
    new = [line.strip() for _, _, _, at, until in changed for line in is_now[at:until]]
    return " ⏎ ".join(old), " ⏎ ".join(new)


def _cell(name: str, old: list[Output], new: list[Output]) -> list[Difference]:
    """What differs between the outputs of one cell: those of the same name and caption belong
    together, else those of the same name, in their order."""
    partner: dict[int, int] = {}
    for key in (
        lambda one: (one.called, _caption(one)),
        lambda one: one.called,
    ):
        left = defaultdict(list)
        for at, one in enumerate(old):
            if at not in partner.values():
                left[key(one)].append(at)
        for at, one in enumerate(new):
            if at not in partner and left[key(one)]:
                partner[at] = left[key(one)].pop(0)
    found = [_gone(name, one) for at, one in enumerate(old) if at not in partner.values()]
    for at, one in enumerate(new):
        found += _output(name, old[partner[at]], one) if at in partner else [_come(name, one)]
    return found


def _caption(output: Output) -> str:
    if output.called in ("table", "figure"):
        return str(output.told.get("caption", ""))
    return json.dumps(output.data, sort_keys=True)


def _output(name: str, was: Output, is_now: Output) -> list[Difference]:
    """What differs between two outputs; at least one, where they are not the same."""
    if _kept(was.content) == _kept(is_now.content):
        return []
    if is_now.called == "error":
        return [_at(name, is_now, ERROR, *(_raised(one) for one in (was, is_now)))]
    if is_now.called.startswith("printed"):
        return _by_line(name, is_now, was.content["text"], is_now.content["text"])
    found = _words(name, was, is_now)
    if is_now.called in ("table", "plain table"):
        found += _tables(name, was, is_now)
    drawn = [kind for kind in PICTURES if kind in was.data and kind in is_now.data][:1]
    for kind in drawn:
        found += _figure(name, was, is_now, kind)
    # The other forms of an output say the same again: they matter where nothing else was found.
    for kind in sorted((was.data.keys() | is_now.data.keys()) - set(drawn) if not found else ()):
        old, new = (_text(one.data.get(kind, "")) for one in (was, is_now))
        if old != new:
            found += _by_line(name, is_now, old, new)
    return found


def _words(name: str, was: Output, is_now: Output) -> list[Difference]:
    """Differences of what `kentlib.show` was told: the sentence, the caption, the alt text; and
    of any other metadata but the data behind a figure."""
    found = []
    if is_now.called in ("finding", "text", "source", "notice", "release"):
        old, new = (notebook.plain(_text(one.data.get("text/plain", ""))) for one in (was, is_now))
        if old != new:
            kind = FINDING if is_now.called == "finding" else TEXT
            found.append(_at(name, is_now, kind, old, new))
    if is_now.called == "release":
        found += _released(name, was, is_now)
    for what in sorted((was.told.keys() | is_now.told.keys()) - {"kind", "data", "release"}):
        old, new = (_text(one.told.get(what, "")) for one in (was, is_now))
        if old != new:
            found.append(_at(name, is_now, TEXT, old, new, column=what))
    old, new = ({**one.content.get("metadata", {}), "kentlib": 0} for one in (was, is_now))
    if old != new:
        found.append(_at(name, is_now, TEXT, *map(_text, (old, new)), column="metadata"))
    return found


def _released(name: str, was: Output, is_now: Output) -> list[Difference]:
    """Which of the tables that later reports are to mind differ; what is in them the report of the
    whole authority shows."""
    old, new = (one.told.get("release") or {} for one in (was, is_now))
    tables = [one.get("tables", {}) for one in (old, new)]
    found = [
        _at(name, is_now, DATA, "as it was then", "otherwise", row=f"table {table}")
        for table in sorted({*tables[0], *tables[1]})
        if tables[0].get(table) != tables[1].get(table)
    ]
    rules = [_text({**one, "tables": 0}) for one in (old, new)]
    return found + ([_at(name, is_now, TEXT, *rules)] if rules[0] != rules[1] else [])


def _tables(name: str, was: Output, is_now: Output) -> list[Difference]:
    old, new = (_text(one.data.get("text/html", "")) for one in (was, is_now))
    if old == new:
        return []
    before, after = html_tables.read(old), html_tables.read(new)
    if len(before) != len(after):
        told = (f"{len(one)} tables" for one in (before, after))
        return [_at(name, is_now, TABLE, *told)]
    found = [
        _at(name, is_now, TABLE, change.then, change.now, change.row, change.column)
        for pair in zip(before, after, strict=True)
        for change in html_tables.changes(*pair)
    ]
    if found or [one.caption for one in before] != [one.caption for one in after]:
        return found
    return [_at(name, is_now, PICTURE, "the same cells", "the same cells, marked up otherwise")]


def _figure(name: str, was: Output, is_now: Output, kind: str) -> list[Difference]:
    """The data behind a figure; where these are the same or unknown, the picture."""
    old, new = (one.told.get("data") for one in (was, is_now))
    if old is not None and new is not None and old != new:
        return [
            _at(name, is_now, DATA, change.then, change.now, change.row, change.column)
            for change in behind.changes(old, new)
        ] or [_at(name, is_now, DATA, "other data", "other data")]
    if pictures.alike(was.data[kind], is_now.data[kind], kind):
        return []
    return [_at(name, is_now, PICTURE, "drawn so", "drawn differently")]


def _by_line(name: str, output: Output, then: str, now: str) -> list[Difference]:
    """The lines that differ, each run of them as one difference."""
    was, is_now = then.splitlines(), now.splitlines()
    if was == is_now:
        return [_at(name, output, TEXT, repr(then[-20:]), repr(now[-20:]))]
    matched = difflib.SequenceMatcher(None, was, is_now, autojunk=False)
    return [
        _at(name, output, TEXT, "\n".join(was[at:until]), "\n".join(is_now[at_now:until_now]),
            row=f"line {at_now + 1}" if max(len(was), len(is_now)) > 1 else "")
        for kind, at, until, at_now, until_now in matched.get_opcodes()
        if kind != "equal"
    ]  # fmt: skip


def _gone(name: str, output: Output) -> Difference:
    return _at(name, output, _kind(output), _summary(output), "")


def _come(name: str, output: Output) -> Difference:
    return _at(name, output, _kind(output), "", _summary(output))


def _kind(output: Output) -> str:
    kinds = {"finding": FINDING, "table": TABLE, "plain table": TABLE, "error": ERROR,
             "figure": DATA if "data" in output.told else PICTURE, "picture": PICTURE}  # fmt: skip
    return kinds.get(output.called, TEXT)


def _summary(output: Output) -> str:
    if output.called in ("table", "figure"):
        return f"a {output.called}"
    if output.called == "error":
        return _raised(output)
    if output.called in ("plain table", "picture"):
        return f"a {output.called.removeprefix('plain ')}"
    text = output.content.get("text", output.data.get("text/plain", ""))
    return _text(text).strip() or "an output without text"


def _at(
    name: str, output: Output, kind: str, then: str, now: str, row: str = "", column: str = ""
) -> Difference:
    place = f"{name}, {output.called} {output.number}"
    caption = output.told.get("caption")
    where = f"{place} ({caption})" if caption else place
    far = apart(then, now) if kind in (TABLE, DATA) else None
    return Difference(kind, output.cell.code, where, row, column, then, now, far, place)


def _raised(output: Output) -> str:
    """An error without what it may quote from a record about a child."""
    said = without_values(without_paths(output.content["evalue"]), output.cell.content["source"])
    return f"{output.content['ename']}: {said}"


def _kept(content: dict[str, Any]) -> dict[str, Any]:
    """An output without its traceback, which names lines of other packages."""
    return {name: value for name, value in content.items() if name != "traceback"}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)
