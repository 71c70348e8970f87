"""Telling two figures that would be drawn alike from two that would not, without drawing them."""

from __future__ import annotations

import hashlib
import io
import pickle
import sys
from types import FunctionType
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.transforms import TransformNode

KNOWN = frozenset(
    ["cycler", "kentlib", "matplotlib", "numpy", "pandas", *sys.stdlib_module_names],
)
"""Packages whose functions and classes do the same in every report of a run. What a notebook
defines may depend on its parameters."""


def fingerprint(made: Figure) -> str | None:
    """The same for two figures of one run only if they look alike when they are drawn now.

    Of all that Matplotlib keeps to draw a figure again, and of its settings. None where that cannot
    be told: the figure holds something that a notebook defined, or that cannot be pickled.
    """
    told = io.BytesIO()
    try:
        _Told(told, protocol=5).dump((made, dict(mpl.rcParams)))
    except Exception:  # each thing that cannot be pickled says so in its own way
        return None
    return hashlib.sha256(told.getbuffer()).hexdigest()


class _Told(pickle.Pickler):
    """Writes what is compared, and never read again."""

    def reducer_override(self, thing: Any) -> Any:
        """Leave out where things lie in memory, and tell functions made by functions."""
        if isinstance(thing, TransformNode):
            # Those who are to be told of a change, by their place in memory.
            own = {name: part for name, part in vars(thing).items() if name != "_parents"}
            return dict, (type(thing),), own
        if isinstance(thing, FunctionType | type):
            if thing.__module__.partition(".")[0] not in KNOWN:
                raise pickle.PicklingError(thing.__module__)
            if isinstance(thing, FunctionType) and "<" in thing.__qualname__:
                holds = [cell.cell_contents for cell in thing.__closure__ or ()]
                where = (thing.__module__, thing.__qualname__, thing.__code__.co_firstlineno)
                return dict, where, (thing.__defaults__, thing.__kwdefaults__, holds)
        return NotImplemented
