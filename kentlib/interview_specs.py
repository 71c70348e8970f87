"""What the tables of return interviews hold, for `kentlib.disclosure`: which counts are the same.

One return stands in many counts: an interview held is a step of the cascade, has reasons, and was
held with a child of some group. A count has one name wherever it stands, so that what is withheld
in one table is not told by another. Each function takes a table by district, "all" among them,
unless it says otherwise.
"""

from __future__ import annotations

import pandas as pd

from kentlib import shares
from kentlib.disclosure import Spec
from kentlib.interviews import GROUPS
from kentlib.shares import NOT_RECORDED

SHARE = ("share", "low", "high")
OF_RECORDED = ("share_of_recorded", "low_of_recorded", "high_of_recorded")
PARTS = ["counted", "not_recorded", "otherwise"]

_PLACE = ["district"]
_SUBSETS = {"accepted": "offered", "held": "offered", "informed_safety_plan": "held"}
"""Steps that a return can be at without being in the group that they are a share of."""
_UNHELD = "reasons recorded, whether an interview was held is not"
_PLACED = "held with children placed by others"


def cascade(found: pd.DataFrame) -> Spec:
    """The cascade with three classes a step: counted, not recorded, and all that is neither.

    Parameters
    ----------
    found
        What `interviews.cascade` returns with `by=["district"]`.

    Returns
    -------
    The spec of its rows with `district`, `step`, `name`, `of`, `counted`, `not_recorded`,
    `otherwise` (no, not applicable, or it cannot be told), `base`, `share`, `low`, `high`. The
    bounds and the second denominator are left out: what they tell apart are mostly small counts.
    """
    table = _three_classes(found[["district", "step", "name", "of", *PARTS[:2], "base"]])
    keys = {words: of for of, words in GROUPS.items()}
    steps = [(name, keys[of]) for name, of in zip(table["name"], table["of"], strict=True)]
    for part in PARTS:
        table[f"{part}_is"] = [_cell(part, name, of) for name, of in steps]
    table["base_is"] = [of for _, of in steps]
    counts = [*PARTS, "base"]
    return Spec(
        table,
        by=["district", "name", "of"],
        counts=counts,
        sums={"base": PARTS},
        shares={SHARE: ("counted", "base")},
        kept=["step"],
        cells={count: (f"{count}_is", _PLACE) for count in counts},
        between=_rests(),
    )


def _three_classes(found: pd.DataFrame) -> pd.DataFrame:
    rest = found["base"] - found["counted"] - found["not_recorded"]
    return shares.share(found.assign(otherwise=rest), "counted", "base")


def _cell(part: str, name: str, of: str) -> str:
    """What a count of a step is called; "" for one that is nought whatever the records say."""
    whole = "" if of == "returned" else f" of {of}"
    if part == "otherwise":
        return f"{name} otherwise{whole}"
    timed = name.removesuffix("_in_time")
    if part == "counted":
        return name if timed != name or name == "offered" else f"{name}{whole}"
    if of == "returned" or name == "offered":
        return f"{timed} not recorded"
    return f"{name} not recorded{whole}" if name in _SUBSETS else ""


def _rests() -> dict[str, list[str]]:
    """What a count of all returns has beyond the same count of a group."""
    found = {"returned": ["applicable", "interview not applicable"]}
    for name, of in _SUBSETS.items():
        for part in PARTS:
            whole = _cell(part, name, "returned")
            found[whole] = [_cell(part, name, of), f"{whole} beyond {of}"]
    inside, otherwise = "reasons_recorded", "reasons_recorded otherwise"
    found[inside] = [f"{inside} of held", _UNHELD]
    found[otherwise] = [f"{otherwise} of held", "held otherwise"]
    return found


def episodes(found: pd.DataFrame) -> Spec:
    """What `interviews.episodes` returns, which is of no district."""
    group = found["child_group"] + ", " + found["missing_or_away"]
    return Spec(
        found.assign(group=group, returned_is="returned"),
        by=["group"],
        counts=["returned", "still_open", "other", "children"],
        kept=["child_group", "missing_or_away"],
        cells={"returned": ("returned_is", ["group"])},
    )


def reasons(found: pd.DataFrame) -> Spec:
    """The reasons recorded, of those held and of those with any.

    Parameters
    ----------
    found
        What `interview_use.reasons` returns with `by=["district"]`.

    Returns
    -------
    The spec of its columns, without the rows of "not recorded": that is `held` less `recorded`.
    """
    table = found[found["reason"] != NOT_RECORDED].reset_index(drop=True)
    return Spec(
        table.assign(held_is="held", recorded_is="reasons_recorded of held"),
        by=["district", "reason"],
        counts={"interviews": "interviews with a reason", "held": "held", "recorded": "recorded"},
        within={"interviews": "recorded"},
        shares={SHARE: ("interviews", "held"), OF_RECORDED: ("interviews", "recorded")},
        cells={"held": ("held_is", _PLACE), "recorded": ("recorded_is", _PLACE)},
        between={"held": ["reasons_recorded of held", "reasons_recorded otherwise of held"]},
    )


def shared(found: pd.DataFrame) -> Spec:
    """Interviews with children placed by others: shared, not recorded, neither.

    Parameters
    ----------
    found
        What `interview_use.placed_by_others` returns with `by=["district"]`. To be protected
        beside the cascade, whose interviews held they are part of.
    """
    table = _three_classes(found[["district", *PARTS[:2], "base"]])
    return Spec(
        table.assign(base_is=_PLACED),
        by=_PLACE,
        counts={part: f"shared: {part}" for part in PARTS} | {"base": "base"},
        sums={"base": PARTS},
        shares={SHARE: ("counted", "base")},
        cells={"base": ("base_is", _PLACE)},
        between={"held": [_PLACED, "held with other children"]},
    )


def repeated(found: pd.DataFrame) -> Spec:
    """What `missing.repeated` returns of the whole authority, one row.

    Of groups and districts it cannot be told so: a child who went missing in two is counted in
    both, and no sum says how many those are.
    """
    return Spec(
        found,
        by=[],
        counts={"episodes": "begun", "children": "gone", "repeated": "gone repeatedly"},
        within={"repeated": "children", "children": "episodes"},
        shares={SHARE: ("repeated", "children")},
    )
