"""Which cell of one notebook is which cell of another."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from kentlib.reports.notebook import INJECTED, tags

ALIKE = 0.5
"""The least share of text in common with which two cells of the same place are one, edited."""


class Cell(NamedTuple):
    """A cell, its number among all cells and its number among code cells, from 1."""

    content: dict[str, Any]
    number: int
    code: int


class Matched(NamedTuple):
    """The cells of two notebooks.

    `pairs` in the order of the new notebook; `removed` and `added` in the order of their own;
    `moved` holds the numbers of the new notebook's cells that stood elsewhere among the others.
    """

    pairs: list[tuple[Cell, Cell]]
    removed: list[Cell]
    added: list[Cell]
    moved: set[int]


def cells(notebook: dict[str, Any]) -> list[Cell]:
    """A notebook's cells, but the one with the parameters that were put into it."""
    found, code = [], 0
    for number, cell in enumerate(notebook["cells"], 1):
        code += cell["cell_type"] == "code"
        if INJECTED not in tags(cell):
            found.append(Cell(cell, number, code))
    return found


def match(then: dict[str, Any], now: dict[str, Any]) -> Matched:
    """Match the cells of two notebooks.

    A cell is the one with the same id and text; else the one with the same text; else the one
    with the same id; else the one that stands between the same two neighbours and has half of
    the text. A program that gives its cells new ids, or numbers them, misleads none of these.
    """
    old, new = cells(then), cells(now)
    partner: dict[int, int] = {}  # index among `old` by index among `new`

    def by(key: Callable[[dict[str, Any]], Any]) -> None:
        waiting = defaultdict(list)
        taken = set(partner.values())
        for index, cell in enumerate(old):
            if index not in taken and key(cell.content) is not None:
                waiting[key(cell.content)].append(index)
        for index, cell in enumerate(new):
            if index not in partner and waiting[key(cell.content)]:
                partner[index] = waiting[key(cell.content)].pop(0)

    by(lambda cell: (_id(cell), _text(cell)) if _id(cell) else None)
    by(_text)
    by(lambda cell: (_id(cell), cell["cell_type"]) if _id(cell) else None)
    _between(old, new, partner)

    pairs = [(old[partner[index]], cell) for index, cell in enumerate(new) if index in partner]
    taken = set(partner.values())
    return Matched(
        pairs,
        [cell for index, cell in enumerate(old) if index not in taken],
        [cell for index, cell in enumerate(new) if index not in partner],
        {pairs[at][1].number for at in out_of_order([was.number for was, _ in pairs])},
    )


def out_of_order(numbers: Sequence[int]) -> list[int]:
    """Places in a list without which it would rise; as few as can be.

    Examples
    --------
    >>> out_of_order([1, 2, 5, 3, 4])
    [2]
    """
    best: list[int] = []  # length of the longest rising run that ends here
    before: list[int | None] = []
    for at, number in enumerate(numbers):
        lower = [i for i in range(at) if numbers[i] < number]
        chosen = max(lower, key=lambda i: best[i], default=None)
        best.append(1 if chosen is None else best[chosen] + 1)
        before.append(chosen)
    at = max(range(len(numbers)), key=lambda i: best[i], default=None)
    kept = set()
    while at is not None:
        kept.add(at)
        at = before[at]
    return [at for at in range(len(numbers)) if at not in kept]


def _between(old: list[Cell], new: list[Cell], partner: dict[int, int]) -> None:
    """Match edited cells that stand between the same matched neighbours."""
    taken = set(partner.values())
    for index, cell in enumerate(new):
        if index in partner:
            continue
        before = next((partner[i] for i in range(index - 1, -1, -1) if i in partner), -1)
        for candidate in range(before + 1, len(old)):
            if candidate in taken:
                break
            one, other = old[candidate].content, cell.content
            if one["cell_type"] == other["cell_type"] and _alike(one["source"], other["source"]):
                partner[index] = candidate
                taken.add(candidate)
                break


def _alike(one: str, other: str) -> bool:
    matched = difflib.SequenceMatcher(None, one, other, autojunk=False)
    return matched.quick_ratio() >= ALIKE and matched.ratio() >= ALIKE


def _id(cell: dict[str, Any]) -> str:
    return cell.get("id", "")


def _text(cell: dict[str, Any]) -> tuple[str, str]:
    return cell["cell_type"], cell["source"].strip()
