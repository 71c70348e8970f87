"""Words that a finding needs: a count with its noun, and names in a row."""

from __future__ import annotations

from collections.abc import Iterable


def plural(number: float, one: str, many: str = "") -> str:
    """A count with its noun: "1 child", "1,316 children".

    Examples
    --------
    >>> plural(1, "child", "children"), plural(1316, "child", "children"), plural(0, "return")
    ('1 child', '1,316 children', '0 returns')
    """
    return f"{number:,.0f} {one if number == 1 else many or one + 's'}"


def listed(names: Iterable[str]) -> str:
    """Names in a row, in their order.

    Examples
    --------
    >>> listed(["Ashford"]), listed(["Ashford", "Dover", "Thanet"])
    ('Ashford', 'Ashford, Dover and Thanet')
    """
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
