"""Which words of two sentences differ."""

from __future__ import annotations

import difflib

AROUND = 2
"""Words of what is the same that are shown before and after those that differ."""

MOST = 400
"""Words beyond which two texts are not compared one by one."""


def apart(then: str, now: str) -> list[tuple[str, str]]:
    """The words that differ, each run of them with the words around it.

    Returns
    -------
    Pairs of what stood there then and now, in order; the whole texts where they are too long to
    compare word by word. "" where there was nothing.

    Examples
    --------
    >>> apart("Care ended for 11 children in Thanet.", "Care ended for 12 children in Thanet.")
    [('… ended for 11 children in …', '… ended for 12 children in …')]
    """
    was, is_now = then.split(), now.split()
    if then == now:
        return []
    if was == is_now or not was or not is_now or max(len(was), len(is_now)) > MOST:
        return [(then, now)]
    matched = difflib.SequenceMatcher(None, was, is_now, autojunk=False)
    runs: list[list[int]] = []
    for kind, at, until, at_now, until_now in matched.get_opcodes():
        if kind == "equal":
            continue
        if runs and at - runs[-1][1] <= 2 * AROUND:
            runs[-1][1], runs[-1][3] = until, until_now
        else:
            runs.append([at, until, at_now, until_now])
    return [(_part(was, *run[:2]), _part(is_now, *run[2:])) for run in runs]


def _part(words: list[str], at: int, until: int) -> str:
    first, last = max(at - AROUND, 0), min(until + AROUND, len(words))
    part = " ".join(words[first:last])
    return f"{'… ' if first else ''}{part}{' …' if last < len(words) else ''}"
