"""What was published of one period: its counts, and the sums between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from kentlib.disclosure import systems
from kentlib.disclosure.specs import Key, Spec, named_measure
from kentlib.disclosure.systems import Relation
from kentlib.errors import DataError


@dataclass
class Release:
    """The counts of one period, as its tables were published last; NaN is withheld.

    Attributes
    ----------
    cells, relations
        The counts, and the sums that hold between them, as far as can be seen.
    rests
        Those that no table has: a whole less its part.
    """

    cells: dict[Key, float]
    relations: list[Relation] = field(default_factory=list)
    rests: set[Key] = field(default_factory=set)


def release(tables: Sequence[Spec], values: Mapping[Key, float] | None = None) -> Release:
    """The counts of tables of one period, the newest table first: it is the one believed.

    Parameters
    ----------
    tables
        The tables as published.
    values
        What the counts are, where that is known better than by the tables.
    """
    cells: dict[Key, float] = {}
    for spec in tables:
        for key, value in systems.cells_of(spec, "a table published before").items():
            cells.setdefault(key, value)
    if values is not None:
        cells = {key: values.get(key, np.nan) for key in cells}
    made = Release(cells)
    for spec in tables:
        for relation in systems.sums_of(spec, cells):
            if relation.keys() <= cells.keys() and _fits(relation, cells):
                made.relations.append(relation)
    for spec in tables:
        for rest, relation in rests(spec, made.cells):
            value = rest_of(rest, relation, made.cells) if rest else np.nan
            if rest and not value < 0:
                made.cells.setdefault(rest, value)
                made.rests.add(rest)
            if not value < 0 and _fits(relation, made.cells):
                made.relations.append(relation)
    return made


def _fits(relation: Relation, cells: Mapping[Key, float]) -> bool:
    off = sum(sign * cells[key] for key, sign in relation.items())
    return off == 0 or np.isnan(off)


def rest_of(rest: Key, relation: Relation, cells: Mapping[Key, float]) -> float:
    """What a rest is by the sum that makes it."""
    return -sum(sign * cells[key] for key, sign in relation.items() if key != rest)


def rests(spec: Spec, cells: Mapping[Key, float]) -> Iterator[tuple[Key | None, Relation]]:
    """Each whole as its part and a rest of its own, and the named wholes as their named parts.

    Where every part is named by a row, there is no rest (None).
    """
    for part, whole in systems.pairs_of(spec):
        if part in cells and whole in cells:
            rest = (f"{whole[0]} less {part[0]}", (("of", whole), ("part", part)))
            yield rest, {whole: -1, part: 1, rest: 1}
    have = {measure for measure, _ in cells}
    for whole, parts in named(spec).items():
        absent = unnamed(whole, parts, have)
        if whole not in absent and len(absent) < 2:
            yield from _split(whole, parts, absent, cells)


def _split(whole, parts, absent, cells) -> Iterator[tuple[Key | None, Relation]]:
    for key in [key for key in cells if key[0] == whole]:
        every = [(part, key[1]) for part in parts]
        rest = next((part for part in every if part[0] in absent), None)
        told = [part for part in every if part in cells and part != rest]
        yield rest, {key: -1} | {part: 1 for part in [*told, *([rest] if rest else [])]}


def named(spec: Spec) -> dict[str, list[str]]:
    """The measures that `between` names."""
    return {
        named_measure(whole): [named_measure(part) for part in parts]
        for whole, parts in spec.between.items()
    }


def unnamed(whole: str, parts: Iterable[str], have: set[str]) -> list[str]:
    """Those of a whole and its parts that no row names."""
    return [one for one in [whole, *parts] if one not in have]


def check_named(specs: Mapping[str, Spec], have: set[str]) -> None:
    """Raise DataError where `between` names what no row does, but for one part, the rest."""
    for spec in specs.values():
        for whole, parts in named(spec).items():
            absent = unnamed(whole, parts, have)
            if whole in absent or len(absent) > 1:
                raise DataError(
                    f"between: no row names {[one.removeprefix('cell ') for one in absent]}; one "
                    "part may be unnamed, and the whole may not."
                )
