"""Draws that are the same on any machine, for any version of the libraries.

Only the raw 64-bit output of numpy's PCG64 is used, whose stream is fixed, and everything made
from it is whole-number arithmetic: no floating point, no distribution that a release may refine,
no order of a set or dictionary that is not written down.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")

_BLOCK = 4096


class Draws:
    """A named stream of draws: another part of the sample does not move this one's."""

    def __init__(self, seed: int, name: str):
        entropy = np.random.SeedSequence([seed, zlib.crc32(name.encode("ascii"))])
        self._bits = np.random.PCG64(entropy)
        self._ready: list[int] = []

    def raw(self) -> int:
        """The next whole number from 0 to 2**64 - 1."""
        if not self._ready:
            self._ready = self._bits.random_raw(_BLOCK).tolist()[::-1]
        return self._ready.pop()

    def below(self, n: int) -> int:
        """A whole number from 0 to n - 1, each as likely."""
        return (self.raw() * n) >> 64

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def chance(self, thousandths: int) -> bool:
        """True so many times in a thousand."""
        return self.below(1000) < thousandths

    def quantile(self, points: Sequence[int]) -> int:
        """A value whose quantiles, at equal steps of probability, are `points`."""
        place = self.raw() * (len(points) - 1)
        low, high = points[place >> 64], points[(place >> 64) + 1]
        return low + (((high - low) * (place & (2**64 - 1))) >> 64)

    def one(self, of: Sequence[T]) -> T:
        """One of these, each as likely."""
        return of[self.below(len(of))]

    def pick(self, weights: Mapping[T, int]) -> T:
        """One of the keys, as likely as its weight."""
        left = self.below(sum(weights.values()))
        for choice, weight in weights.items():
            left -= weight
            if left < 0:
                return choice
        raise AssertionError("weights are whole numbers, 0 or more, and not all 0")

    def some(self, of: Sequence[T], count: int) -> list[T]:
        """So many of these, each as likely, in drawn order; all of them when there are fewer."""
        pool = list(of)
        count = min(count, len(pool))
        for at in range(count):
            other = at + self.below(len(pool) - at)
            pool[at], pool[other] = pool[other], pool[at]
        return pool[:count]
