"""Reading a file of settings in YAML: the strict part of the language, and no traceback.

PyYAML's safe loader lets a name be set twice, and raises all manner of errors for a value such as
2017-13-45. Here both are a line for whoever wrote the file. Anchors and aliases are refused: a
settings file is to be read by people, and a few of them make a text of endless size.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from pathlib import Path
from typing import Any

from kentlib.errors import DataError

LARGEST = 2**20
"""Bytes of a settings file."""

BITS = 64
"""Of a whole number; nothing here counts further."""


def read(file: Path) -> Any:
    """What a file of settings holds, made of plain Python values; None for an empty file.

    Raises
    ------
    DataError
        The file cannot be read, is not text or not YAML, sets a name twice, or has a value
        that is none: the line is named.
    """
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "its name is none that a file can have"
        raise DataError(f"it cannot be read: {why}.") from None
    if len(content) > LARGEST:
        raise DataError("it is too large for a file of settings.")
    try:
        return parse(content.decode("utf-8"))
    except UnicodeDecodeError:
        raise DataError("it is not text in UTF-8.") from None


def parse(content: str) -> Any:
    """What a text of settings holds; see `read`.

    Examples
    --------
    >>> parse('authority: Kent')
    {'authority': 'Kent'}
    >>> parse('first: 1\\nday: 2017-13-45')
    Traceback (most recent call last):
    kentlib.errors.DataError: line 2: '2017-13-45' is no value that can be read: quote a text.
    """
    import yaml

    try:
        return yaml.load(content, Loader=_loader())
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        raise DataError(f"{where}{getattr(error, 'problem', None) or error}.") from None
    except RecursionError:
        raise DataError("its brackets or lines are nested too deeply.") from None


@cache
def _loader() -> type:
    import yaml

    class Loader(yaml.SafeLoader):
        def compose_node(self, parent: yaml.Node, index: Any) -> yaml.Node:
            event = self.peek_event()
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise yaml.composer.ComposerError(
                    problem="& and * refer to another place: write the value out, or quote a text",
                    problem_mark=event.start_mark,
                )
            return super().compose_node(parent, index)

        def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
            try:
                made = super().construct_object(node, deep)
                if isinstance(made, str):
                    made.encode()
                if isinstance(made, int) and made.bit_length() > BITS:
                    raise ValueError
            except (ValueError, LookupError, AttributeError, TypeError, OverflowError):
                shown = f"{node.value!r:.40}" if isinstance(node.value, str) else "this"
                raise yaml.constructor.ConstructorError(
                    problem=f"{shown} is no value that can be read: quote a text",
                    problem_mark=node.start_mark,
                ) from None
            return made

        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
            seen = set()
            for key, _ in node.value:
                name = self.construct_object(key, deep=True)
                if isinstance(name, Hashable) and name in seen:
                    raise yaml.constructor.ConstructorError(
                        problem=f"{name} is set more than once", problem_mark=key.start_mark
                    )
                if isinstance(name, Hashable):
                    seen.add(name)
            return super().construct_mapping(node, deep)

    return Loader
