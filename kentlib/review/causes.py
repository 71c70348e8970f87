"""Why a report differs: changes are undone one at a time, and what then comes out is compared.

A cause is proved where undoing it makes the report what it was. What cannot be undone (an old
extract is gone, a package has another version) is told by elimination, and as such.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from kentlib.review.bench import Bench, Case, Ran
from kentlib.review.changes import Change
from kentlib.review.difference import ERROR
from kentlib.review.outputs import Difference, differences

MOST = 40
"""Executions of one report in search of causes."""

PROVED, TOGETHER, ONLY, LEFT, ONE_OF = "proved", "together", "only", "left", "one of"
EDITED, MAYBE_EDITED, UNSTABLE = "edited", "perhaps edited", "unstable"
NOTHING, UNKNOWN = "nothing", "unknown"
"""How a cause is known: undoing it made it as it was; undoing these together did; nothing else
changed; all else was undone; it is among these; the copy is not what the run wrote (proved, or
nothing else is left); it comes out otherwise each time; nothing that is recorded changed; there
is no record."""

CLOCK = re.compile(
    r"\b(now|today|utcnow|time|localtime|gmtime|getcwd|cwd|environ|gethostname|getpid|random|"
    r"uuid\d?|rand\w*|sample|shuffle|default_rng|listdir|glob|iterdir)\s*[(\[]"
)
"""Calls in a cell by which it can come out otherwise though nothing changed that is recorded."""

Place = tuple[str, ...]


@dataclass(frozen=True)
class Cause:
    """Why some of a report's differences are there, and how that is known."""

    how: str
    changes: tuple[Change, ...]
    differences: tuple[Difference, ...]
    calls: tuple[str, ...] = ()


@dataclass
class Search:
    """The search for the causes of one report's differences.

    Parameters
    ----------
    name
        The report's.
    case
        What to run again.
    then
        The notebook as it was executed.
    bench
        Executes it again; None where the state it was compared with cannot be executed here.
    vouched
        The SHA-256 of the notebook in the report's record, if the copy has another one.
    recorded
        Whether there is a record of what made it.
    shown
        Of a notebook what there is to compare.
    hints
        Sets of changes that explained other reports of the same run; grows by what is found.

    Attributes
    ----------
    tried
        What was undone and how many of the differences were left, in order; None where it could
        not be executed so.
    """

    name: str
    case: Case
    then: dict[str, Any]
    bench: Bench | None
    vouched: str | None = None
    recorded: bool = True
    shown: Callable[[dict[str, Any]], dict[str, Any]] = lambda executed: executed
    hints: list[frozenset[Change]] | None = None
    tried: list[tuple[tuple[Change, ...], int | None]] = field(default_factory=list)
    _ran: dict[frozenset[Change], Ran] = field(default_factory=dict)
    _found: dict[Place, list[Difference]] = field(default_factory=dict)

    def causes(self, found: Sequence[Difference], changed: Sequence[Change]) -> list[Cause]:
        """The causes of some differences, of which each is told with one.

        Parameters
        ----------
        found
            What differs, then from now.
        changed
            What is not as it was, and can matter.
        """
        self._found = {}
        for one in found:
            self._found.setdefault(place(one), []).append(one)
        back = [one for one in changed if self.bench and self.bench.can_put_back(self.case, one)]
        gone = [one for one in changed if one not in back]
        hints = self.hints or ()
        whole = next((one for one in hints if one <= {*back} and not self._left(one)), None)
        whole = whole or self._most(back)
        left = self._left(whole) if whole else set(self._found)
        explained = set(self._found) - left
        causes = self._proved(sorted(whole, key=back.index), explained) if explained else []
        if left:
            # Where today's own run fails, one that fails as well is no different.
            fails = any(one.kind == ERROR and not one.cell for one in found)
            if whole and not fails and self._run(whole).notebook is None:
                return [*causes, self._cause(ONE_OF, changed, left)]
            causes += self._not_undone(left, whole, gone, alone=not back)
        return causes

    def _most(self, back: list[Change]) -> frozenset[Change]:
        """All that can be undone; if nothing comes out so, the kind that explains most."""
        whole = frozenset(back)
        if not whole or self._run(whole).notebook is not None:
            return whole
        kinds = {change.kind: None for change in back}
        parts = [frozenset(one for one in back if one.kind == kind) for kind in kinds]
        return min(parts, key=lambda part: len(self._left(part)))

    def _proved(self, back: list[Change], explained: set[Place]) -> list[Cause]:
        """The fewest changes without which these differences are gone."""
        enough = self._enough(explained)
        chosen = smallest(back, enough) if len(back) > 1 else back
        if self.hints is not None and frozenset(chosen) not in self.hints:
            self.hints.append(frozenset(chosen))
        if len(chosen) == 1:
            return [self._cause(PROVED, chosen, explained)]
        causes, rest = [], set(explained)
        for change in chosen:
            alone = explained - self._left(frozenset([change]))
            if mine := alone & rest:
                causes.append(self._cause(PROVED, [change], mine))
                rest -= mine
        return causes + ([self._cause(TOGETHER, chosen, rest)] if rest else [])

    def _not_undone(
        self, left: set[Place], whole: frozenset[Change], gone: list[Change], *, alone: bool
    ) -> list[Cause]:
        """What is left when all that can be undone is."""
        if self.vouched and self.bench and self._run(whole).sha256 == self.vouched:
            return [self._cause(EDITED, [], left)]
        unstable = self._unstable(whole, left, thorough=not gone and not self.vouched)
        causes = [self._cause(UNSTABLE, [], unstable)] if unstable else []
        left = left - unstable
        if not left:
            return causes
        if self.vouched:
            return [*causes, self._cause(ONE_OF if gone else MAYBE_EDITED, gone, left)]
        if not gone:
            return [*causes, self._cause(NOTHING if self.recorded else UNKNOWN, [], left)]
        how = ONE_OF if len(gone) > 1 else ONLY if alone else LEFT
        return [*causes, self._cause(how, gone, left)]

    def _unstable(
        self, restored: frozenset[Change], left: set[Place], *, thorough: bool
    ) -> set[Place]:
        """Those of some differences that two executions of the very same do not agree on."""
        if self.bench is None:
            return set()
        once = self._run(restored)
        found: set[Place] = set()
        for cold in (False, True)[: 1 + thorough]:
            again = self.bench.run(self.case, restored, cold=cold)
            if once.notebook is None or again.notebook is None:
                return set()
            apart = self._apart(self.shown(once.notebook), again.notebook)
            unlike = {spot(one) for one in apart}
            found |= {at for at in left if any(spot(one) in unlike for one in self._found[at])}
            if found:
                break
        return found

    def _enough(self, explained: set[Place]) -> Callable[[Sequence[Change]], bool]:
        def enough(some: Sequence[Change]) -> bool:
            chosen = frozenset(some)
            if len(self._ran) >= MOST and chosen not in self._ran:
                return False
            return not self._left(chosen) & explained

        return enough

    def _left(self, restored: frozenset[Change]) -> set[Place]:
        """The differences that are there though some changes are undone."""
        new = restored not in self._ran
        ran = self._run(restored)
        if ran.notebook is None:
            if new:
                self.tried.append((tuple(restored), None))
            return set(self._found)
        apart = self._apart(self.then, ran.notebook)
        left = {place(one) for one in apart} & set(self._found)
        if new:
            self.tried.append((tuple(restored), len(left)))
        return left

    def _apart(self, then: dict[str, Any], now: dict[str, Any]) -> list[Difference]:
        return differences(then, self.shown(now), name=self.name)

    def _run(self, restored: frozenset[Change]) -> Ran:
        if restored not in self._ran:
            self._ran[restored] = self.bench.run(self.case, restored)
        return self._ran[restored]

    def _cause(self, how: str, changes: Iterable[Change], where: Collection[Place]) -> Cause:
        told = tuple(one for at, some in self._found.items() if at in where for one in some)
        calls = _calls(self.case.source_now, told) if how in (NOTHING, UNSTABLE) else ()
        return Cause(how, tuple(changes), told, calls)


def place(one: Difference) -> Place:
    """What a difference is about, however the notebook that it was found in counts its tables."""
    return one.kind, re.sub(r"(?<= )\d+", "", one.place), one.row, one.column, one.then


def spot(one: Difference) -> Place:
    """Where a difference is shown, whatever is shown there."""
    return one.kind, one.place, one.row, one.column


def smallest(items: Sequence[Any], enough: Callable[[Sequence[Any]], bool]) -> list[Any]:
    """A part of some items that is enough, none of which can be left out.

    Halves are tried first, so that one among sixty is found in about nine questions (Zeller and
    Hildebrandt, Simplifying and isolating failure-inducing input, 2002).

    Examples
    --------
    >>> smallest(range(60), lambda some: 17 in some)
    [17]
    >>> smallest(range(8), lambda some: {1, 6} <= set(some))
    [1, 6]
    """
    items, parts = list(items), 2
    while len(items) > 1:
        size = -(-len(items) // parts)
        chunks = [items[at : at + size] for at in range(0, len(items), size)]
        others = [[one for one in items if one not in chunk] for chunk in chunks]
        part = next((chunk for chunk in chunks if enough(chunk)), None)
        rest = part or next((rest for rest in others if len(chunks) > 2 and enough(rest)), None)
        if rest is None and size == 1:
            break
        if rest is None:
            parts = min(len(items), 2 * parts)
        else:
            parts = 2 if part else max(len(chunks) - 1, 2)
            items = rest
    return items


def _calls(source: dict[str, Any], told: Iterable[Difference]) -> tuple[str, ...]:
    """What the cells that differ call that can come out otherwise at any time."""
    numbered = [cell["source"] for cell in source["cells"] if cell["cell_type"] == "code"]
    found: dict[str, None] = {}
    for number in {one.cell for one in told}:
        # A run puts one cell in, before most others.
        for at in (number - 2, number - 1):
            if 0 <= at < len(numbered):
                found |= dict.fromkeys(f"{call}()" for call in CLOCK.findall(numbered[at]))
    return tuple(sorted(found))
