"""The counts that all others of a table are sums of.

Where every count is a sum of such atoms, the sums hold between all days as soon as they hold in
each published table: only the atoms need be followed through time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from kentlib.disclosure.specs import Key
from kentlib.disclosure.systems import Relation


def expanded(keys: Iterable[Key], relations: Iterable[Relation]) -> tuple[dict, list[Relation]]:
    """Each count as a sum of atoms, and the sums between atoms that this leaves.

    Returns
    -------
    For each key its atoms with their factors, all above 0 (an atom has itself); and the sums
    that are not true by that alone, such as of one count split in two ways.

    Examples
    --------
    >>> all_, a, b = (("n", ()), ("n", (("of", "a"),)), ("n", (("of", "b"),)))
    >>> made, left = expanded([all_, a, b], [{all_: -1, a: 1, b: 1}])
    >>> [made[all_] == {a: 1, b: 1}, made[a] == {a: 1}, left]
    [True, True, []]
    """
    made: dict[Key, dict[Key, int]] = {key: {key: 1} for key in keys}
    users: dict[Key, set[Key]] = defaultdict(set)
    left = sorted(relations, key=_depth)
    size = len(left) + 1
    while len(left) < size:
        size, waiting = len(left), []
        for relation in left:
            total = _total(relation, made, users)
            whole = _whole_of(total, relation)
            if whole is not None:
                _substitute(whole, total, made, users)
            elif total:
                waiting.append(relation)
        left = waiting
    return made, [_total(relation, made, users) for relation in left]


def _depth(relation: Relation):
    whole = next(key for key, sign in relation.items() if sign < 0)
    return (-len(whole[1]), str(whole), str(list(relation)))


def _total(relation: Relation, made, users) -> Relation:
    total: Relation = defaultdict(int)
    for key, sign in relation.items():
        for atom, factor in made[key].items():
            users[atom].add(key)
            total[atom] += sign * factor
    return {atom: factor for atom, factor in total.items() if factor}


def _whole_of(total: Relation, relation: Relation) -> Key | None:
    """The one atom that is the sum of the others, if there is one."""
    for sign in (-1, 1):
        same = [atom for atom, factor in total.items() if factor * sign > 0]
        if len(same) == 1 and total[same[0]] == sign:
            return same[0]
    return None


def _substitute(whole: Key, total: Relation, made, users) -> None:
    parts = {atom: abs(factor) for atom, factor in total.items() if atom != whole}
    for user in [*users[whole], whole]:
        times = made[user].pop(whole, 0)
        if times:
            for atom, factor in parts.items():
                made[user][atom] = made[user].get(atom, 0) + times * factor
                users[atom].add(user)
