"""Changes planted in the collection one at a time, each with the review it is to get.

`PLANTS` has for each a function that plants it and reviews; `EXPECTED` has the outcome, how its
causes are known and what they name.
"""

import json
import os
import shutil
from functools import cache

PLANTS = {}
EXPECTED = {}

LAST = "reports/latest/tides.ipynb"
WORDS = "kentlib/tide_words.py"

REPRODUCED, WITHIN = "reproduced", "reproduced within tolerance"
DIFFERS, CANNOT = "differs", "cannot be reproduced"
DATA, CODES, MEASURE = "data/tides.csv", "data/places.csv", "kentlib/tides.py"
TIDES = "notebooks/tides.ipynb"


def plant(what, outcome, *causes, kinds=None, says=""):
    """Register a plant: what it is, and what its review is to find.

    `causes` are pairs of how each is known and the names of what changed; `kinds`, where given,
    are those of all differences; `says` is a part of the verdict.
    """

    def registered(function):
        PLANTS[what] = function
        EXPECTED[what] = (outcome, [(how, names) for how, *names in causes], kinds, says)
        return function

    return registered


def edited(what, report, path, old, new, outcome, *causes, **more):
    """A plant that replaces a text in a file."""

    def change(made):
        made.edit(path, old, new)
        return made.review(f"{report}.ipynb")

    plant(what, outcome, *causes, **more)(change)


def proved(*names):
    return [("proved", name) for name in names]


@plant("nothing", REPRODUCED)
def _(made):
    return made.review("tides.ipynb")


edited("a value in a CSV", "tides", DATA, "W,37,5", "W,37,6", DIFFERS, *proved(DATA))
edited("a row removed from a CSV", "tides", DATA, "W,37,5\n", "", DIFFERS, *proved(DATA))
edited(
    "rows of a CSV reordered", "tides", DATA, "N,40,10\nE,80,12\n", "E,80,12\nN,40,10\n", REPRODUCED
)
edited("a name in a code list", "tides", CODES, "Eastmere", "Eastmoor", DIFFERS, *proved(CODES))
edited("rounding in a measure", "tides", MEASURE, "/ of, 1)", "/ of, 0)", DIFFERS, *proved(MEASURE))
edited(
    "a sign flipped",
    "tides",
    MEASURE,
    "iloc[0] - made",
    "iloc[0] + made",
    DIFFERS,
    *proved(MEASURE),
    kinds=["text"],
)
edited(
    "a denominator swapped", "tides", MEASURE, "late / of,", "of / late,", DIFFERS, *proved(MEASURE)
)
edited(
    "a comment in a measure",
    "tides",
    MEASURE,
    "def load",
    "# How tides are read.\ndef load",
    REPRODUCED,
)
edited(
    "a figure's colour only",
    "tides",
    MEASURE,
    "#12436D",
    "#801650",
    DIFFERS,
    *proved(MEASURE),
    kinds=["picture"],
)
edited(
    "a figure's data only",
    "tides",
    MEASURE,
    'made["tides"], color',
    'made["tides"] + 1, color',
    DIFFERS,
    *proved(MEASURE),
    kinds=["data"],
)
edited(
    "a sentence reworded",
    "tides",
    WORDS,
    "were late",
    "came late",
    DIFFERS,
    *proved(WORDS),
    kinds=["finding"],
)
edited(
    "a measure that raises",
    "tides",
    MEASURE,
    "def bars(made):",
    "def bars(made):\n    raise KeyError",
    DIFFERS,
    *proved(MEASURE),
    kinds=["error"],
)
edited(
    "a cell edited",
    "tides",
    TIDES,
    "from last to first",
    "from first to last",
    DIFFERS,
    *proved(TIDES),
    kinds=["structure", "text"],
)
edited(
    "text beside the cells edited",
    "tides",
    TIDES,
    "# Are tides so?",
    "# Are tides not so?",
    DIFFERS,
    *proved(TIDES),
    kinds=["structure"],
)


@plant("two modules changed, one of them without effect", DIFFERS, *proved(MEASURE))
def _(made):
    made.edit(MEASURE, "/ of, 1)", "/ of, 0)")
    made.edit(WORDS, '"""Invented sentences."""', '"""Sentences."""')
    return made.review("tides.ipynb")


@plant(
    "data and code changed, each with its own effect",
    DIFFERS,
    *proved(DATA, WORDS),
)
def _(made):
    made.edit(DATA, "W,37,5", "W,37,6")
    made.edit(WORDS, "were late", "came late")
    return made.review("tides.ipynb")


@plant("a table of data removed", DIFFERS, *proved(CODES), says="is gone")
def _(made):
    (made.root / CODES).unlink()
    return made.review("tides.ipynb")


@plant("a cell added", DIFFERS, *proved(TIDES))
def _(made):
    return _cells(made, lambda cells: [*cells, cells[-1] | {"id": "more", "source": "print(2)"}])


@plant("a cell removed", DIFFERS, *proved(TIDES))
def _(made):
    return _cells(made, lambda cells: cells[:-1])


@plant("two cells reordered", DIFFERS, *proved(TIDES), kinds=["structure"])
def _(made):
    return _cells(made, lambda cells: [*cells[:-2], cells[-1], cells[-2]])


@plant("stored outputs renewed, no code changed", REPRODUCED)
def _(made):
    shown = {"output_type": "stream", "name": "stdout", "text": "as stored"}
    return _cells(made, lambda cells: [*cells[:-1], cells[-1] | {"outputs": [shown]}])


def _cells(made, change):
    path = made.notebook("tides")
    nb = json.loads(path.read_text())
    path.write_text(json.dumps(nb | {"cells": change(nb["cells"])}))
    return made.review("tides.ipynb")


edited(
    "a number edited in the executed copy",
    "tides",
    LAST,
    "In 2016, 27.1%",
    "In 2016, 17.1%",
    DIFFERS,
    ("edited",),
)
edited(
    "a cell edited in the executed copy",
    "tides",
    LAST,
    "from last to first",
    "from west to east",
    DIFFERS,
    ("edited",),
)
edited(
    "a parameter edited in the executed copy",
    "tides",
    LAST,
    "year = 2016",
    "year = 2015",
    CANNOT,
    says="tell different parameters (year)",
)


@plant("the executed copy saved again by an editor", REPRODUCED)
def _(made):
    path = made.run / "tides.ipynb"
    path.write_text(json.dumps(json.loads(path.read_text()), indent=3))
    return made.review("tides.ipynb")


@plant("a parameter changed, two runs compared", DIFFERS, *proved("year"), kinds=["finding"])
def _(made):
    made.edit("params/tides.yaml", "2016", "2015")
    made.runs("tides.yaml", out="other")
    return made.review(made.run, made.root / "other" / "latest")


@plant("a package of another version", DIFFERS, ("only", "tidelib"), says="was 1.0 and is 1.1")
def _(made):
    made.package("1.1", 41)
    return made.review("packed.ipynb")


@plant("a package of another version, without effect", REPRODUCED)
def _(made):
    made.package("1.1", 40)
    return made.review("packed.ipynb")


@plant("a package and a table changed, the package is to blame", DIFFERS, ("left", "tidelib"))
def _(made):
    made.package("1.1", 41)
    made.edit(DATA, "W,37,5", "W,37,6")
    return made.review("packed.ipynb")


@plant("a cell that uses the current time", DIFFERS, ("unstable",), says="now()")
def _(made):
    return made.review("clock.ipynb")


@plant("an unseeded random draw", DIFFERS, ("unstable",), says="random()")
def _(made):
    return made.review("chance.ipynb")


@plant("a set in no order", DIFFERS, ("unstable",))
def _(made):
    return made.review("order.ipynb")


def _with(made, report, **variables):
    os.environ.update(variables)
    return made.review(f"{report}.ipynb")


@plant("another time zone", DIFFERS, ("proved", "time zone"))
def _(made):
    return _with(made, "zone", TZ="Asia/Tokyo")


@plant("another locale", DIFFERS, ("proved", "LC_ALL"))
def _(made):
    return _with(made, "place", LC_ALL="C" if os.environ.get("LC_ALL") != "C" else "C.UTF-8")


@plant("another number of threads", DIFFERS, ("proved", "OMP_NUM_THREADS"))
def _(made):
    return _with(made, "threads", OMP_NUM_THREADS="7")


@plant("another time zone, locale and number of threads, without effect", REPRODUCED)
def _(made):
    return _with(made, "tides", TZ="Asia/Tokyo", LC_ALL="C", OMP_NUM_THREADS="7")


@plant("another working directory", REPRODUCED)
def _(made):
    os.chdir(made.root / "data")
    return made.review("folder.ipynb")


@plant(
    "an extract changed, the old one is nowhere",
    DIFFERS,
    ("only", "waves.csv"),
    says="the only thing",
)
def _(made):
    made.edit("received/waves.csv", "5\n", "6\n")
    return made.review("waves.ipynb")


@plant("an extract changed, a copy of the old one kept elsewhere", DIFFERS, *proved("waves.csv"))
def _(made):
    (made.root / "site" / "kept").mkdir()
    shutil.copy(made.root / "received" / "waves.csv", made.root / "site" / "kept" / "old.csv")
    made.edit("received/waves.csv", "5\n", "6\n")
    return made.review("waves.ipynb", inputs=(made.root / "site" / "kept",))


@plant("an extract and a package changed", DIFFERS, ("one of", "waves.csv", "tidelib"))
def _(made):
    made.package("1.1", 41)
    made.edit("received/waves.csv", "5\n", "6\n")
    return made.review("waves.ipynb")


@plant(
    "an extract that is gone",
    CANNOT,
    ("only", "waves.csv"),
    says="in the extracts is gone",
)
def _(made):
    (made.root / "received" / "waves.csv").unlink()
    return made.review("waves.ipynb")


@plant("an extract that has another name now", DIFFERS, *proved("waves.csv"))
def _(made):
    (made.root / "received" / "waves.csv").rename(made.root / "received" / "other.csv")
    return made.review("waves.ipynb")


@plant("the folder of the extracts gone", CANNOT, says="the extracts are gone")
def _(made):
    shutil.rmtree(made.root / "received")
    return made.review("waves.ipynb")


@plant("the notebook gone", CANNOT, says="notebooks/tides.ipynb is gone")
def _(made):
    made.notebook("tides").unlink()
    return made.review("tides.ipynb")


@plant("an executed notebook that cannot be read", CANNOT, says="not a notebook")
def _(made):
    (made.run / "tides.ipynb").write_text("{")
    return made.review("tides.ipynb")


@plant("nothing, the page alone reviewed", REPRODUCED)
def _(made):
    (made.run / "tides.ipynb").unlink()
    return made.review("tides.html")


@plant("a value in a CSV, the page alone reviewed", DIFFERS, *proved(DATA))
def _(made):
    (made.run / "tides.ipynb").unlink()
    made.edit(DATA, "W,37,5", "W,37,6")
    return made.review("tides.html")


@plant("no record beside the notebook", DIFFERS, ("unknown",))
def _(made):
    (made.run / "tides.json").unlink()
    made.edit(DATA, "W,37,5", "W,37,6")
    return made.review("tides.ipynb")


@plant("a value within the tolerance", WITHIN, says="within tolerance 3")
def _(made):
    return _small(made, 3)


@plant("a value beyond the tolerance", DIFFERS, *proved(DATA), says="by more than 1")
def _(made):
    return _small(made, 1)


def _small(made, tolerance):
    """The tides of a place that no sentence names: cells and a bar move by 2 or less."""
    made.edit(DATA, "S,50,6", "S,52,6")
    return made.review("tides.ipynb", tolerance=tolerance)


@plant("code changed, run with the recorded version", REPRODUCED)
def _(made):
    return _at_recorded(made)["tides"]


@plant("a package changed, run with the recorded version", CANNOT, ("only", "tidelib"))
def _(made):
    return _at_recorded(made)["packed"]


@cache
def _at_recorded(made):
    """Two reports, each made again by its commit; it takes long, so once."""
    made.edit(MEASURE, "/ of, 1)", "/ of, 0)")
    made.commit("rounding")
    made.package("1.1", 41)
    return made.reviews("tides.ipynb", "packed.ipynb", at_recorded=True)


@plant("the recorded version is not in the history", CANNOT, says="history here lacks")
def _(made):
    made.edit("reports/latest/tides.json", made.git("rev-parse", "HEAD"), "f" * 40)
    return made.review("tides.ipynb", at_recorded=True)
