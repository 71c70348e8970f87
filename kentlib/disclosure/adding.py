"""Counts tied to other periods put into the system in the making."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from kentlib.disclosure import systems
from kentlib.disclosure.draft import Draft
from kentlib.disclosure.specs import Key
from kentlib.disclosure.systems import Relation
from kentlib.disclosure.ties import Form, Ties


class Adding:
    """Cells and sums of `Ties` put into a draft."""

    def __init__(self, draft: Draft, ties: Ties, prefix: str) -> None:
        self.draft, self.ties, self.prefix = draft, ties, prefix
        self.forms = list(ties.forms())
        self.followed = ties.followed(self.forms)
        told_apart = [ties.atoms[key] for key, _ in self.forms + ties.loose]
        told_apart += [{key: 1} for key, _ in self.forms]
        told_apart += [relation for relation in ties.crossing if relation.keys() <= self.followed]
        every = list(range(ties.stretches + 1))
        self.ends = {key: every for keys in told_apart for key in keys}

    def add(self) -> None:
        ties = self.ties
        for column, one in enumerate(ties.told):
            if column == 0 or column in ties.beyond:
                continue
            for relation in one.relations:
                if any(np.isnan(one.cells[key]) for key in relation):
                    mapped = {self.cell(key, column): sign for key, sign in relation.items()}
                    self.relate(mapped, column)
            for key, value in one.cells.items():
                if np.isnan(value) and ties.tied[ties.at[key], column]:
                    self.cell(key, column)
        for key in systems.in_order(ties.own):
            (self.follow if key in self.followed else self.bound)(key)
        for key, column in ties.loose:
            if ties.atoms[key].keys() <= self.followed:
                self.tie(key, column, dict(ties.atoms[key]))
        for relation in ties.crossing:
            if relation.keys() <= self.followed:
                for stretch in range(ties.stretches):
                    self.relate(self.sum(relation, (stretch,)), 0)
        for key, form in self.forms:
            self.keep(key, form)

    def cell(self, key: Key, column: int) -> Key:
        """A count of a release as a cell, which is there from then on."""
        if column == 0:
            return key
        name = (f"{self.prefix}before {column:03} {key[0]}", key[1])
        if name not in self.draft.value:
            value = self.ties.value[self.ties.at[key], column]
            self.draft.add(name, value)
            if not np.isnan(value):
                self.draft.known.add(name)
            elif key not in self.ties.told[column].rests:
                self.draft.width[name] = self.ties.rules.width
                self.draft.withheld.add(name)
        return name

    def days(self, key: Key, form: Form) -> list[Key]:
        """The cells of the days of some stretches, where anybody could be counted.

        Days that no period of the count tells apart are one cell.
        """
        row, made = self.ties.at[key], []
        ends = self.ends.get(key) or self.ties.ends(key)
        for start, end in pairwise(ends):
            if start in form and self.ties.before.far[row, start, end] > 0:
                name = (f"{self.prefix}days {start:03} {key[0]}", key[1])
                self.draft.add(name, np.nan)
                made.append(name)
        return made

    def sum(self, parts: dict[Key, int], form: Form) -> Relation:
        return {day: factor for part, factor in parts.items() for day in self.days(part, form)}

    def tie(self, key: Key, column: int, parts: dict[Key, int]) -> None:
        form = tuple(range(*self.ties.spans[column]))
        self.relate({self.cell(key, column): -1} | self.sum(parts, form), column)

    def follow(self, key: Key) -> None:
        for column in np.flatnonzero(self.ties.tied[self.ties.at[key]]).tolist():
            self.tie(key, column, {key: 1})

    def bound(self, key: Key) -> None:
        """The one count that is not known lies where the others of it leave it."""
        for column in np.flatnonzero(self.ties.unknown[self.ties.at[key]]).tolist():
            row, span = self.ties.at[key], self.ties.spans[column]
            cell = self.cell(key, column)
            self.draft.bounds[cell] = tuple(
                float(end[row])
                for line in (self.ties.sure, self.ties.before)
                for end in (line.least(span), line.most(span))
            )

    def keep(self, key: Key, form: Form) -> None:
        """A difference that has to stay uncertain."""
        parts = {key: 1} if key in self.ties.own else self.ties.atoms[key]
        name = (f"{self.prefix}in {'+'.join(map(str, form))} {key[0]}", key[1])
        self.draft.add(name, np.nan)
        self.draft.width[name] = self.ties.rules.width
        self.relate({name: -1} | self.sum(parts, form), 0)

    def relate(self, relation: Relation, column: int) -> None:
        """A sum that may be given up, the older the sooner, where numbers contradict it."""
        if relation:
            age = column / len(self.ties.told)
            self.draft.loose[len(self.draft.relations)] = 2 - age
            self.draft.relations.append(relation)
