"""The cells of one table or several and every sum that holds between them.

What a reader can work out is settled by the sums: totals and sub-totals, parts of a count and its
rest, the same cell in two tables, this year's table and what was published before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse.csgraph import connected_components

from kentlib.disclosure import specs
from kentlib.disclosure.specs import Key, Spec, said
from kentlib.errors import DataError

Relation = dict[Key, int]


@dataclass
class System:
    """Cells in a fixed order, and the sums between them.

    Attributes
    ----------
    keys
        The cells, in an order that does not depend on that of the tables' rows.
    value
        What each counts (for one that nobody has, a number that fits the rest).
    matrix
        One row per sum: `matrix @ value` is 0.
    printed
        Whether a table would show the cell.
    hidden
        Cells that are withheld whatever is chosen: small ones, and those in no table.
    free
        Cells that may be withheld or shown; a cell neither hidden nor free is known.
    known
        Cells that were published before.
    later
        Cells that are there for what was published of other periods: its withheld counts, and
        those of the days between.
    least, most
        What the cell is known to be at least and at most, when withheld.
    before
        The same two before anything of now was known.
    need
        How wide the range of the cell must stay, as largest less smallest whole number; 0 for
        one that needs no protection.
    cost
        What it costs to withhold the cell.
    box
        For a cell that is not withheld, how far below and above its value it could lie: two
        noughts, unless counts are rounded.
    """

    keys: list[Key]
    value: np.ndarray
    matrix: sparse.csr_array
    printed: np.ndarray
    hidden: np.ndarray
    free: np.ndarray
    known: np.ndarray
    later: np.ndarray
    least: np.ndarray
    most: np.ndarray
    before: np.ndarray
    need: np.ndarray
    cost: np.ndarray
    box: np.ndarray

    @property
    def is_tied(self) -> bool:
        """Whether what was published of other periods says anything of these cells."""
        return bool(self.later.any() or np.isfinite(self.most).any())

    def part(self, index: np.ndarray, *, whole: bool = False) -> System:
        """Some of the cells, with the sums between them; only those alone, if `whole`."""
        matrix = sparse.csr_array(self.matrix[:, index])
        size = np.diff(matrix.indptr)
        matrix = matrix[(size > 0) & ((size == np.diff(self.matrix.indptr)) | (not whole))]
        names = {one.name for one in fields(self)} - {"keys", "matrix"}
        arrays = {name: getattr(self, name)[index] for name in names}
        return System([self.keys[i] for i in index], matrix=matrix, **arrays)

    def parts(self) -> Iterator[np.ndarray]:
        """Groups of cells, none of which says anything of another's; known cells are in none."""
        open_ = np.flatnonzero(self.hidden | self.free | (self.box > 0).any(axis=1))
        matrix = sparse.csr_array(self.matrix[:, open_])
        linked = connected_components(matrix.T @ matrix, directed=False)[1]
        order = np.argsort(linked, kind="stable")
        yield from np.split(open_[order], np.flatnonzero(np.diff(linked[order])) + 1)


def cells_of(spec: Spec, name: str) -> dict[Key, float]:
    """The cells of a table and what they count.

    Raises
    ------
    DataError
        A cell has two values: a column said to repeat does not, or one measure stands for two.
    """
    found: dict[Key, float] = {}
    for count in spec.measures:
        for key, value in zip(spec.keys(count), specs.values(spec, count), strict=True):
            known = found.get(key, np.nan)
            if not np.isnan(known) and not np.isnan(value) and known != value:
                raise DataError(
                    f"{name}: {count} has two values for one cell ({key[0]}, {said(key[1])}). Are "
                    "repeats and the measures right?"
                )
            found[key] = known if np.isnan(value) else value
    return found


def sums_of(spec: Spec, cells: Mapping[Key, float]) -> list[Relation]:
    """Every sum between the cells: totals and sub-totals, and what `sums` says."""
    made = []
    groups: dict[tuple[Key, str], dict[object, Key]] = defaultdict(dict)
    for measure, group in cells:
        for place, (dimension, label) in enumerate(group):
            rest = (measure, group[:place] + group[place + 1 :])
            groups[rest, dimension][label] = (measure, group)
    for (rest, dimension), among in groups.items():
        parents, total = spec.parents.get(dimension, {}), spec.total_labels.get(dimension)
        for whole, labels in _families(among, parents, total).items():
            key = rest if whole is None else among[whole]
            if key in cells:
                made.append({key: -1} | {among[label]: 1 for label in labels})
    for whole, parts in spec.sums.items():
        columns = {part.removeprefix("-"): -1 if part[0] == "-" else 1 for part in parts}
        lines = [spec.keys(column) for column in columns]
        for key, *others in zip(spec.keys(whole), *lines, strict=True):
            relation: Relation = {key: -1}
            for other, sign in zip(others, columns.values(), strict=True):
                relation[other] = relation.get(other, 0) + sign
            made.append(relation)
    return made


def _families(among, parents, total) -> dict[object, list[object]]:
    """The labels under each parent that the table has, or under the total (None)."""
    found: dict[object, list[object]] = defaultdict(list)
    for label in among:
        above, passed = parents.get(label), {label}
        while above is not None and above not in among and above != total:
            if above in passed:
                raise DataError(f"parents goes round in a circle at {above}.")
            passed.add(above)
            above = parents.get(above)
        found[None if above == total else above].append(label)
    return found


def pairs_of(spec: Spec) -> list[tuple[Key, Key]]:
    """Each cell that is part of another, and that other, from `within` and `nested`."""
    made = []
    for part, whole in spec.within.items():
        made += list(zip(spec.keys(part), spec.keys(whole), strict=True))
    for dimension, inside in spec.nested.items():
        for count in spec.measures:
            keys = dict.fromkeys(spec.keys(count))
            for measure, group in keys:
                small = dict(group).get(dimension)
                if small in inside:
                    swapped = {**dict(group), dimension: inside[small]}
                    if spec.total_labels.get(dimension) == inside[small]:
                        del swapped[dimension]
                    larger = (measure, tuple(sorted(swapped.items())))
                    if larger in keys:
                        made.append(((measure, group), larger))
    return list(dict.fromkeys(pair for pair in made if pair[0] != pair[1]))


def check_sums(name: str, relations: list[Relation], cells: Mapping[Key, float]) -> None:
    """Raise DataError for the first sum that does not add up, in the table's own order."""
    for relation in relations:
        off = sum(sign * cells[key] for key, sign in relation.items())
        if off and not np.isnan(off):
            whole = next(key for key, sign in relation.items() if sign < 0)
            raise DataError(
                f"{name}: {whole[0]} at {said(whole[1])} is not the sum of its "
                f"{len(relation) - 1} parts. If it need not be (a child counted once in each), "
                "say so with totals."
            )


def check_pairs(name: str, pairs: list[tuple[Key, Key]], cells: Mapping[Key, float]) -> None:
    """Raise DataError for the first part that is more than its whole."""
    for part, whole in pairs:
        if cells[part] > cells[whole]:
            raise DataError(
                f"{name}: {part[0]} at {said(part[1])} is more than {whole[0]}, which it is said "
                "to be part of."
            )


def completed(
    value: np.ndarray, least: np.ndarray, most: np.ndarray, matrix: sparse.csr_array
) -> np.ndarray | None:
    """The values, with the least whole numbers that fit for those nobody has; None if none do."""
    unknown = np.isnan(value)
    if (value < 0).any():
        return None
    if not unknown.any():
        return value
    right = -(matrix[:, ~unknown] @ value[~unknown])
    left = sparse.csr_array(matrix[:, unknown])
    size = int(unknown.sum())
    solved = milp(
        np.ones(size),
        integrality=np.ones(size),
        bounds=Bounds(least[unknown], most[unknown]),
        constraints=LinearConstraint(left, right, right) if left.shape[0] else None,
    )
    if solved.x is None:
        return None
    return np.where(unknown, 0, value) + _spread(np.round(solved.x), unknown)


def _spread(numbers: np.ndarray, where: np.ndarray) -> np.ndarray:
    made = np.zeros(len(where))
    made[where] = numbers
    return made


def in_order(keys) -> list[Key]:
    """Cells in an order of their own."""
    return sorted(
        keys, key=lambda key: (key[0], [(name, str(at)) for name, at in key[1]], str(key))
    )


def matrix_of(keys: list[Key], relations: list[Relation]) -> sparse.csr_array:
    """One row per sum, each once, in an order of its own."""
    place = {key: i for i, key in enumerate(keys)}
    rows = {tuple(sorted((place[k], sign) for k, sign in r.items() if sign)) for r in relations}
    ordered = sorted(row for row in rows if row)
    entries = [(i, j, sign) for i, row in enumerate(ordered) for j, sign in row]
    i, j, signs = zip(*entries, strict=True) if entries else ((), (), ())
    shape = (len(ordered), len(keys))
    return sparse.csr_array((np.array(signs, dtype="float64"), (i, j)), shape=shape)


def without_table(spec: Spec, table: pd.DataFrame) -> Spec:
    """The same spec of another table, its counts only."""
    names = [*spec.by, *spec.measures, *(column for column, _ in spec.cells.values())]
    return replace(spec, table=table[names], shares={}, derived=(), kept=())
