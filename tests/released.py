"""Small releases for tests: children adopted by district, as a public report tells of them."""

import hashlib

import pandas as pd

from kentlib import publication, releases
from kentlib.disclosure import Spec
from kentlib.reports import files

RULES = {"min_cell": 5, "zeros": "shown", "method": "suppress"}
CALLED = {"adopted": ("Children adopted", {"district": "District", "adopted": "Adopted"})}
YEAR = (pd.Timestamp("2016-04-01"), pd.Timestamp("2017-03-31"))


def spec(*numbers):
    """Of as many districts as there are numbers, and the whole."""
    names = ["Ashford", "Dover", "Swale", "Thanet"][: len(numbers)]
    table = pd.DataFrame({"district": [*names, "all"], "adopted": [*numbers, sum(numbers)]})
    return Spec(table, ["district"], {"adopted": "adopted"})


def protected(*numbers, period=YEAR, before=(), **rules):
    """The protected tables of a public report."""
    asked = {"audience": "public", **RULES, **rules}
    periods = {"adopted": period} if period else {}
    return publication.tables({"adopted": spec(*numbers)}, **asked, periods=periods, before=before)


def told(tables, *, notebook="permanence", authority="Kent", **rules):
    """What a public report carries of its protected tables."""
    return releases.told(notebook, authority, tables.plain(CALLED), **RULES | rules)


WHEN = "2017-04-10T09:00:00Z"


def write_release(place, *reports, when=WHEN):
    """Write a release of what some reports carry, with a CSV, as `kentlib publish` does."""
    place.mkdir()
    (place / "adopted.csv").write_text("district,adopted\n")
    csv = hashlib.sha256((place / "adopted.csv").read_bytes()).hexdigest()
    content = {"kentlib_release": 1, "published": when, "reports": list(reports)}
    content["files"] = {"adopted.csv": csv}
    (place / "release.json").write_bytes(files.as_json(releases.seal(content)))
