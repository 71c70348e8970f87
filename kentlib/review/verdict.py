"""What is said of a report that was run again, in words and as an exit status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kentlib.review import causes
from kentlib.review.causes import Cause
from kentlib.review.changes import Change
from kentlib.review.outputs import Difference
from kentlib.words import listed, plural

REPRODUCED, WITHIN = "reproduced", "reproduced within tolerance"
DIFFERS, CANNOT = "differs", "cannot be reproduced"
EXIT = {REPRODUCED: 0, WITHIN: 0, DIFFERS: 1, CANNOT: 2}

MANY = 4
"""Changes that a clause names; of more, how many there are."""


@dataclass(frozen=True)
class Verdict:
    """What became of a report: `outcome` is a key of EXIT, `words` the sentence."""

    outcome: str
    words: str


def of(
    beyond: Sequence[Difference],
    near: Sequence[Difference],
    why: Sequence[Cause],
    tolerance: float | None,
    *,
    at_recorded: bool = False,
) -> Verdict:
    """The verdict on a report that could be run again.

    Parameters
    ----------
    beyond, near
        Its differences, and those of them that are within the tolerance.
    why
        The causes of those beyond it.
    tolerance
        What was asked for; None where every difference counts.
    at_recorded
        Whether it was run with the version that made it.
    """
    if not beyond:
        if not near:
            return Verdict(REPRODUCED, REPRODUCED)
        apart = max(one.apart or 0 for one in near)
        many = plural(len(near), "number differs", "numbers differ")
        told = f"{WITHIN} {tolerance:g}: {many}, by {apart:g} at most"
        return Verdict(WITHIN, told)
    missing = [change for one in why for change in one.changes if change.gone]
    lacking = [one for one in why if one.how in (causes.ONLY, causes.LEFT)]
    if missing and lacking and all(one in lacking for one in why):
        return Verdict(CANNOT, f"cannot be reproduced here, because {_clauses(missing)}")
    packages = [c for one in why for c in one.changes if c.kind == "package"]
    if at_recorded and packages:
        return Verdict(CANNOT, f"cannot be reproduced here, because {_clauses(packages)}")
    clauses = "; and ".join(dict.fromkeys(map(because, why)))
    over = f" by more than {tolerance:g}" if tolerance is not None else ""
    return Verdict(DIFFERS, f"differs{over}, because {clauses}")


def cannot(why: str) -> Verdict:
    """The verdict on a report that could not be run again, or not be read."""
    return Verdict(CANNOT, f"cannot be reproduced here, because {why}")


def because(cause: Cause) -> str:
    """Why, in a clause that says how it is known."""
    changed = _clauses(cause.changes) if cause.changes else ""
    where = listed(dict.fromkeys(map(place, cause.differences))) if cause.differences else ""
    asked = f"; its code calls {listed(cause.calls)}" if cause.calls else ""
    return {
        causes.PROVED: f"{changed} (undone, it is as it was)",
        causes.TOGETHER: f"{changed} (undone together, it is as it was)",
        causes.ONLY: f"{changed} (the only thing that changed)",
        causes.LEFT: f"{changed} (all else that changed was undone, and it still differs)",
        causes.ONE_OF: f"of one of these, which cannot be undone here: {changed}",
        causes.EDITED: "this copy was edited after the run made it (run again, the notebook is "
        "the one that its record vouches for)",
        causes.MAYBE_EDITED: "this copy is not what the run wrote (it was edited, or its record "
        "is not its own), and nothing else changed that could explain it",
        causes.UNSTABLE: f"it does not come out the same when run twice: {where}{asked}",
        causes.NOTHING: "of something that its record does not tell: nothing that it tells "
        f"changed, and run twice it comes out the same{asked}",
        causes.UNKNOWN: "of something that is not known, since its record is not beside it",
    }[cause.how]


def place(one: Difference) -> str:
    """Where a difference is, without the name of the notebook."""
    return one.place.partition(", ")[2] or one.place


def _clauses(changed: Sequence[Change]) -> str:
    said = list(dict.fromkeys(one.said() for one in changed))
    if len(said) <= MANY:
        return listed(said)
    return f"{', '.join(said[:MANY])} and {plural(len(said) - MANY, 'other', 'others')}"
