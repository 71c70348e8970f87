"""Looking through what a report shows, before it is written, for what nobody may be shown.

What that is, is gathered from the extracts that the report reads: see `kentlib.private`. A
notebook or page that shows any of it fails like one whose cell raised. Where it stands and what
kind of thing it is are told; the thing itself never is.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from kentlib import records
from kentlib.private import columns, kept, layers, shown
from kentlib.private.known import Known
from kentlib.reports import inputs, notebook, warm
from kentlib.reports.facts import Facts
from kentlib.reports.inputs import Input
from kentlib.reports.kernel import Failure, first_line
from kentlib.reports.plan import Job

DEEP = 4
"""Layers that are looked under: a chart in a page, a picture in it, a text in the picture."""

ADVICE = "Show counts of children, not their records"

MOST = 200
"""Extracts of which what is known is kept in memory, one authority's each."""

WITHHELD = "What was said is withheld, as it holds {}"

MACHINES = ("packages", "kentlib_sha256")
"""Parts of a record and of a manifest that hold only versions and digests."""


class Cell(NamedTuple):
    """A cell of a notebook: how an error names it, its code or text, and its other parts."""

    name: str
    source: str
    parts: list[Any]


class Scan:
    """Looks through what is made from some extracts.

    Parameters
    ----------
    known
        What nobody may be shown.
    """

    def __init__(self, known: Known) -> None:
        self._known = known
        self._clean: set[int] = set()

    def notebook(self, nb: Mapping[str, Any]) -> None:
        """Look through an executed notebook.

        Raises
        ------
        Failure
            It shows what it may not: in which cell, and what kind of thing.
        """
        if not self._known:
            return
        for cell in _cells(nb):
            if kind := self.kind(cell.source):
                raise _failure(kind, f"the text of {cell.name}")
            for part in cell.parts:
                if kind := self._part(part, about=cell.source):
                    raise _failure(kind, cell.name, first_line(cell.source))
        if kind := self._part(nb.get("metadata", {})):
            raise _failure(kind, "the notebook's metadata")

    def text(self, content: str, where: str) -> None:
        """Look through a page or another text.

        Raises
        ------
        Failure
            It shows what it may not; `where` is how it is named.
        """
        if kind := self.kind(content):
            raise _failure(kind, where)

    def record(self, told: Mapping[str, Any], where: str) -> None:
        """Look through a record or a manifest, as `text` does."""
        self.text("\n".join(_strings({k: told[k] for k in told if k not in MACHINES})), where)

    def file(self, path: Path) -> None:
        """Look through a file that was written: a notebook, a page, or lines of JSON.

        Raises
        ------
        Failure
            It shows what it may not.
        """
        if not self._known:
            return
        content = path.read_bytes()
        if path.suffix == ".ipynb":
            self.notebook(notebook.parse(content, path.name))
        elif path.suffix == ".html":
            self.text(content.decode(), path.name)
        else:
            lines = [content] if path.suffix == ".json" else content.splitlines()
            for line in lines:
                told = json.loads(line)
                self.record(told, path.name)

    def without(self, said: str) -> str:
        """What was said of a failure, or that it is withheld."""
        kind = self.kind(said)
        return f"{WITHHELD.format(columns.kinds()[kind].told)}." if kind else said

    def kind(self, content: str, *, about: str = "", deep: int = DEEP) -> str | None:
        """The name of the kind of a thing that a text shows; None if it shows none."""
        same = hash((content, about))
        if not self._known or not content or same in self._clean:
            return None
        found = self._kind(content, about, deep)
        if found is None:  # and so it is when nothing is known of what it is about
            self._clean |= {same, hash((content, ""))}
        return found

    def _kind(self, content: str, about: str, deep: int) -> str | None:
        content, payloads = layers.apart(content)
        known, content = self._known, layers.lean(content)
        for text in layers.read(content):
            if kind := known.told(text) or known.meant(text, about=about):
                return kind
        for text in layers.hidden(content):
            if kind := known.told(text):
                return kind
        marked = shown.in_html(content) if layers.is_markup(content) else shown.in_text(content)
        for header, cells in marked:
            if kind := known.in_column(header, cells):
                return kind
        for text in layers.packed(content, payloads) if deep else ():
            if kind := self.kind(text, about=about, deep=deep - 1):
                return kind
        return None

    def _part(self, part: Any, *, about: str = "") -> str | None:
        """The same of anything that JSON can hold; of a picture, what is written in it."""
        if isinstance(part, _Picture):
            return next(filter(None, (self.kind(one) for one in layers.picture(part))), None)
        if isinstance(part, str):
            return self.kind(part, about=about)
        for text in (json.dumps(part, ensure_ascii=False), *_strings(part)):
            if kind := self.kind(text, about=about):
                return kind
        return None


class _Picture(str):
    """A picture as base64."""

    __slots__ = ()


def of(job: Job, facts: Facts, prepared: Mapping[str, str] | None, address: str = "") -> Scan:
    """What looks through the report of a job.

    Parameters
    ----------
    facts
        What holds for the run.
    prepared
        What the warm parent was asked to read for it, if anything.
    address
        The socket of that warm parent; as the environment says, unless told.
    """
    address = address or os.environ.get(warm.ADDRESS, warm.NONE)
    place = None
    if prepared and address != warm.NONE:
        place = kept.place(os.path.dirname(address), kept.key(prepared))
    return _scan(facts.extracts_of(job), job.params, place)


def of_values(params: Mapping[str, Any]) -> Scan:
    """What looks through a notebook that was executed with some values of its parameters."""
    return _scan(inputs.extracts(params), params)


def _scan(own: Iterable[Input] | None, params: Mapping[str, Any], place: Path | None = None):
    if not own:
        return Scan(Known({}))
    digests = tuple((one.name, one.sha256) for one in own)
    if digests not in _scans:
        known = kept.load(place) if place else None
        while len(_scans) >= MOST:
            del _scans[next(iter(_scans))]
        _scans[digests] = Scan(known or _gathered(params))
    return _scans[digests]


_scans: dict[tuple[tuple[str, str | None], ...], Scan] = {}
"""What looks through the reports of the extracts that were last read, by what their files hold."""


def _gathered(params: Mapping[str, Any]) -> Known:
    from kentlib.private import gathering

    authority = params.get("authority")
    known = authority if isinstance(authority, str) else None
    folder = records.given(params["extracts"], known)
    private = gathering.gather(folder)
    return Known(private.cells, private.shown)


def _failure(kind: str, where: str, begins: str = "") -> Failure:
    said = f"{where} shows {columns.kinds()[kind].told}. {ADVICE}"
    return Failure("IdentifierShown", said, begins)


def _cells(nb: Mapping[str, Any]) -> Iterator[Cell]:
    """The cells with what they show, code cells and texts each counted from 1."""
    count = {"code": 0}
    for cell in nb["cells"]:
        kind = cell["cell_type"]
        count[kind] = count.get(kind, 0) + 1
        parts = [cell.get("metadata", {}), *_attached(cell)]
        for output in cell.get("outputs", []):
            parts += _output(output)
        named = {"code": "code cell", "markdown": "text cell"}.get(kind, f"{kind} cell")
        yield Cell(f"{named} {count[kind]}", cell["source"], [one for one in parts if one])


def _attached(cell: Mapping[str, Any]) -> Iterator[Any]:
    for bundle in cell.get("attachments", {}).values():
        yield from _bundle(bundle)


def _output(output: Mapping[str, Any]) -> Iterator[Any]:
    yield output.get("metadata", {})
    yield output.get("text", "")
    yield "\n".join([output.get("ename", ""), output.get("evalue", "")]).strip()
    yield "\n".join(output.get("traceback", []))
    yield from _bundle(output.get("data", {}))


def _bundle(data: Mapping[str, Any]) -> Iterator[Any]:
    for kind, content in data.items():
        drawn = kind.startswith(("image/", "application/pdf")) and "svg" not in kind
        yield _Picture(content) if drawn and isinstance(content, str) else content


def _strings(thing: Any) -> Iterator[str]:
    """Every text in what JSON can hold, names of its parts too."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, Mapping):
        for name, part in thing.items():
            yield str(name)
            yield from _strings(part)
    elif isinstance(thing, Iterable):
        for part in thing:
            yield from _strings(part)
    elif isinstance(thing, int | float) and not isinstance(thing, bool):
        yield str(thing)
