"""Small counts protected: nobody can work out that a table speaks of one to five children.

`protect` takes one table, `protect_all` those published together. Each gives a table to publish,
a sentence on what was withheld, and an internal account of what could still be worked out.
"""

from kentlib.disclosure.export import to_csv, to_xlsx
from kentlib.disclosure.marks import LEGEND, legend
from kentlib.disclosure.over_time import Earlier
from kentlib.disclosure.protecting import Protected, protect, protect_all
from kentlib.disclosure.rules import MIN_CELL
from kentlib.disclosure.specs import Spec
from kentlib.disclosure.timeline import Period

__all__ = [
    "LEGEND",
    "MIN_CELL",
    "Earlier",
    "Period",
    "Protected",
    "Spec",
    "legend",
    "protect",
    "protect_all",
    "to_csv",
    "to_xlsx",
]
