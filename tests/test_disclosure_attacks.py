"""An attacker with every published cell, who shares no code with what is attacked.

The attacker has the published tables, knows which rows are totals and which counts are parts of
others, and asks a solver for the least and the most that each withheld count can be.
"""

import itertools
import json

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from kentlib import disclosure
from kentlib.disclosure import Spec

SYSTEMS, TOGETHER = 200, 20
KINDS = ("two dimensions", "three dimensions", "hierarchy", "linked", "parts")
PARENTS = {"a0": "north", "a1": "north", "a2": "south", "a3": "south", "a4": "south"}


class Attacker:
    """Unknown counts, and what is known of them from the tables as published."""

    def __init__(self, *, least=0):
        self.least, self.cells, self.sums, self.known = least, {}, [], {}

    def cell(self, *name):
        return self.cells.setdefault(name, len(self.cells))

    def read(self, number, published, counts):
        for row, count in itertools.product(range(len(published)), counts):
            value = published[count].iloc[row]
            at = self.cell(number, row, count)
            self.known[at] = (self.least, np.inf) if pd.isna(value) else (int(value), int(value))

    def add_up(self, number, published, by, counts, parents=None):
        """Totals, along every dimension, with sub-totals along the first if it has parents."""
        for dimension in by:
            others = [name for name in by if name != dimension]
            groups = published.groupby(others, sort=False) if others else [((), published)]
            for _, rows in groups:
                place = {label: published.index.get_loc(i) for i, label in rows[dimension].items()}
                up = (parents or {}) if dimension == by[0] else {}
                for whole in place:
                    below = [one for one in place if up.get(one, "all") == whole != one]
                    if below:
                        for count in counts:
                            cells = [self.cell(number, place[one], count) for one in below]
                            self.sums.append((self.cell(number, place[whole], count), cells))

    def part_of(self, number, row, part, whole):
        rest = self.cell("rest", number, row, part)
        self.known[rest] = (0, np.inf)
        self.sums.append((self.cell(number, row, whole), [self.cell(number, row, part), rest]))
        return rest

    def same(self, one, other):
        self.sums.append((one, [other]))

    def solve(self):
        matrix = np.zeros((len(self.sums), len(self.cells)))
        for row, (whole, parts) in enumerate(self.sums):
            matrix[row, whole] -= 1
            for part in parts:
                matrix[row, part] += 1
        ends = np.array([self.known[at] for at in range(len(self.cells))], dtype="float64")
        self.matrix, (self.low, self.high) = matrix, ends.T
        return self

    def range(self, at):
        """The least and the most whole number; 10,000 stands for no limit."""
        ends = []
        for sign in (1, -1):
            form = np.zeros(len(self.cells))
            form[at] = sign
            found = milp(
                form,
                integrality=np.ones(len(form)),
                bounds=Bounds(self.low, np.minimum(self.high, 10_000)),
                constraints=LinearConstraint(self.matrix, 0, 0),
            )
            ends.append(round(sign * found.fun))
        return ends


def counts_of(dice, *shape):
    """Counts, some of them noughts and many small, with totals along every dimension."""
    spread = dice.choice([3.0, 8.0, 20.0])
    made = dice.negative_binomial(0.9, 0.9 / (0.9 + spread), shape)
    made[dice.random(shape) < dice.choice([0.0, 0.3, 0.6])] = 0
    for axis in range(len(shape)):
        made = np.concatenate([made, made.sum(axis=axis, keepdims=True)], axis=axis)
    return made


def tidy(numbers, *names):
    labels = [
        [*(f"{name}{i}" for i in range(size - 1)), "all"]
        for name, size in zip(names, numbers.shape, strict=True)
    ]
    index = pd.MultiIndex.from_product(labels, names=names)
    return pd.Series(numbers.ravel(), index=index, name="children").reset_index()


def small(number):
    return 1 <= number <= 5


def attacked(tables, attacker, hidden_rests=()):
    """Fail for any small count whose range is within the rule's."""
    attacker.solve()
    tested = 0
    for number, (truth, published, counts) in enumerate(tables):
        for row, count in itertools.product(range(len(truth)), counts):
            value = int(truth[count].iloc[row])
            if small(value):
                assert pd.isna(published[count].iloc[row])
                check(attacker.range(attacker.cells[number, row, count]), value)
                tested += 1
            elif value == 0:
                assert published[count].iloc[row] == 0
    for rest, value in hidden_rests:
        if small(value):
            check(attacker.range(rest), value)
            tested += 1
    return tested


def check(ends, value):
    low, high = ends
    assert low <= value <= high
    assert high - low >= 5 and (low < 1 or high > 5)


def system(kind, seed, least):
    """A random system, protected, attacked; how many small counts were tried."""
    dice = np.random.default_rng(seed)
    attacker = Attacker(least=least)
    if kind == "linked":
        return linked(dice, attacker)
    if kind == "parts":
        return parts(dice, attacker)
    if kind == "three dimensions":
        table, by = tidy(counts_of(dice, 2, 3, 3), "a", "b", "c"), ["a", "b", "c"]
    elif kind == "two dimensions":
        shape = dice.integers(2, 7, 2)
        table, by = tidy(counts_of(dice, *shape), "a", "b"), ["a", "b"]
    else:
        table, by = tidy(counts_of(dice, 5, 3), "a", "b"), ["a", "b"]
        areas = table["a"].map(PARENTS)
        subtotals = table[areas.notna()].assign(a=areas).groupby(["a", "b"], as_index=False).sum()
        table = pd.concat([table, subtotals], ignore_index=True)
    parents = PARENTS if kind == "hierarchy" else {}
    table = table.sample(frac=1, random_state=seed, ignore_index=True)
    safe = disclosure.protect(table, by=by, counts=["children"], parents={"a": parents})
    attacker.read(0, safe.table, ["children"])
    attacker.add_up(0, safe.table, by, ["children"], parents)
    return attacked([(table, safe.table, ["children"])], attacker)


def linked(dice, attacker):
    """One count split two ways, and again by one of them in a table without its total."""
    numbers = counts_of(dice, 4, 3, 2)
    tables = [
        (tidy(numbers[:, :, -1], "a", "b"), ["a", "b"]),
        (tidy(numbers[:, -1, :], "a", "c"), ["a", "c"]),
        (tidy(numbers[:-1, -1, -1], "a").query("a != 'all'").reset_index(drop=True), ["a"]),
    ]
    tables[2][0]["a"] = [f"a{i}" for i in range(4)][: len(tables[2][0])]
    specs = {str(i): Spec(table, by, ["children"]) for i, (table, by) in enumerate(tables)}
    safe = disclosure.protect_all(specs)
    where = {}
    for number, (_, by) in enumerate(tables):
        published = safe[str(number)].table
        attacker.read(number, published, ["children"])
        attacker.add_up(number, published, by, ["children"])
        for row, labels in enumerate(published[by].itertuples(index=False)):
            group = tuple(pair for pair in labels._asdict().items() if pair[1] != "all")
            at = attacker.cell(number, row, "children")
            if group in where:
                attacker.same(at, where[group])
            where.setdefault(group, at)
    three = [(t, safe[str(i)].table, ["children"]) for i, (t, _) in enumerate(tables)]
    return attacked(three, attacker)


def parts(dice, attacker):
    """Steps of a cascade by district: each a part of the one before, all with totals."""
    returned = counts_of(dice, 6)[:-1] + dice.integers(0, 9, 6)
    offered = dice.binomial(returned, 0.8)
    held = dice.binomial(offered, dice.choice([0.3, 0.9]))
    columns = {"returned": returned, "offered": offered, "held": held}
    table = pd.DataFrame({name: [*one, one.sum()] for name, one in columns.items()})
    table.insert(0, "district", [*(f"d{i}" for i in range(6)), "all"])
    names = list(columns)
    within = {"held": "offered", "offered": "returned"}
    safe = disclosure.protect(table, by=["district"], counts=names, within=within)
    attacker.read(0, safe.table, names)
    attacker.add_up(0, safe.table, ["district"], names)
    rests = []
    for part, whole in within.items():
        cells = []
        for row in range(len(table)):
            rest = attacker.part_of(0, row, part, whole)
            cells.append(rest)
            rests.append((rest, int(table[whole].iloc[row] - table[part].iloc[row])))
        attacker.sums.append((cells[-1], cells[:-1]))
    return attacked([(table, safe.table, names)], attacker, rests)


@pytest.mark.parametrize("first", range(0, SYSTEMS, TOGETHER))
def test_no_small_count_of_200_random_systems_is_bounded_within_the_rule(first):
    tried = sum(
        system(KINDS[seed % len(KINDS)], seed, least=seed // len(KINDS) % 2)
        for seed in range(first, first + TOGETHER)
    )
    assert tried > TOGETHER


# Loss


def protects(table, hidden):
    """Whether withholding these rows of a table with totals leaves every small count wide."""
    published = table.assign(children=table["children"].astype("Int64").mask(hidden))
    attacker = Attacker(least=1)
    attacker.read(0, published, ["children"])
    attacker.add_up(0, published, ["a", "b"], ["children"])
    attacker.solve()
    rows = [row for row, value in enumerate(table["children"]) if small(value)]
    ranges = [attacker.range(attacker.cells[0, row, "children"]) for row in rows]
    return all(high - low >= 5 for low, high in ranges)


@pytest.mark.parametrize("seed", range(8))
def test_as_few_cells_are_withheld_as_trying_every_choice_finds(seed):
    dice = np.random.default_rng(1000 + seed)
    table = tidy(counts_of(dice, 2, 3), "a", "b")
    first = table["children"].between(1, 5).to_numpy()
    open_ = np.flatnonzero(~first & (table["children"] > 0))
    level = (table[["a", "b"]] == "all").sum(axis=1).to_numpy()
    safe = disclosure.protect(table, by=["a", "b"], counts=["children"])
    ours = (1 + level)[safe.table["children"].isna().to_numpy() & ~first].sum()
    choices = itertools.chain.from_iterable(
        itertools.combinations(open_, size) for size in range(len(open_) + 1)
    )
    for chosen in sorted(choices, key=lambda one: (1 + level)[list(one)].sum()):
        cost = (1 + level)[list(chosen)].sum()
        if cost >= ours:
            break
        hidden = first.copy()
        hidden[list(chosen)] = True
        assert not protects(table, hidden)
    assert protects(table, safe.table["children"].isna().to_numpy())


def test_no_more_is_withheld_than_tau_argus_withholds(fixtures):
    # Its protection is narrower than ours at that: it lets a small count lie between 1 and 5.
    ours = theirs = 0
    for one in json.loads((fixtures / "tauargus.json").read_text(encoding="utf-8")):
        numbers = np.array(one["cells"])
        for axis in (0, 1):
            numbers = np.concatenate([numbers, numbers.sum(axis=axis, keepdims=True)], axis=axis)
        safe = disclosure.protect(tidy(numbers, "a", "b"), by=["a", "b"], counts=["children"])
        ours += safe.table["children"].isna().sum()
        theirs += one["withheld"]
    assert ours <= theirs
