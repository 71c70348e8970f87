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

_PLACE = ["district"]
_BEYOND = {
    "accepted": "offered",
    "held": "offered",
    "reasons_recorded": "held",
    "informed_safety_plan": "held",
}
"""Steps that a return can be at without being in the group that they are a share of."""
_PLACED = "held with children placed by others"


def cascade(found: pd.DataFrame) -> dict[str, Spec]:
    """The cascade as counts of what is certain: a table for each step.

    Parameters
    ----------
    found
        What `interviews.cascade` returns with `by=["district"]`.

    Returns
    -------
    By the name of the step, the spec of its rows with `district`, `step`, `name`, `of`,
    `counted`, `base`, `share`, `low`, `high`. The rest of each base is not split further, and
    the share has no upper bound: what is not recorded, not applicable or cannot be told is
    mostly a small count. The steps are to be protected together.
    """
    table = shares.share(
        found[["district", "step", "name", "of", "counted", "base"]], "counted", "base"
    )
    keys = {words: of for of, words in GROUPS.items()}
    table["base_is"] = table["of"].map(keys)
    beyond = table["name"].map(_BEYOND) == table["base_is"]
    inside = table["name"] + " of " + table["base_is"]
    table["counted_is"] = table["name"].where(~beyond, inside)
    return {name: _step(rows, name) for name, rows in table.groupby("name", sort=False)}


def _step(rows: pd.DataFrame, name: str) -> Spec:
    return Spec(
        rows.reset_index(drop=True),
        by=["district", "of"],
        counts=["counted", "base"],
        within={"counted": "base"},
        shares={SHARE: ("counted", "base")},
        kept=["step", "name"],
        cells={count: (f"{count}_is", _PLACE) for count in ("counted", "base")},
        between=_rests(name),
    )


def _rests(name: str) -> dict[str, list[str]]:
    """What is left of counts of all returns beyond those of a group: also counts of returns."""
    if name == "offered":
        outside = {"not offered": ["not offered, applicable", "not applicable"]}
        inside = {"applicable": ["offered", "not offered, applicable"]}
        return {"returned": ["offered", "not offered"], **inside, **outside}
    if name not in _BEYOND:
        return {}
    of = _BEYOND[name]
    beyond, neither = f"{name}, not {of}", f"neither {name} nor {of}"
    return {
        "returned": [of, f"not {of}"],
        name: [f"{name} of {of}", beyond],
        f"not {of}": [beyond, neither],
    }


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
        between={"held": ["reasons_recorded of held", "held, without reasons recorded"]},
    )


def shared(found: pd.DataFrame) -> Spec:
    """Interviews with children placed by others that were shared with the authority.

    Parameters
    ----------
    found
        What `interview_use.placed_by_others` returns with `by=["district"]`. To be protected
        beside the cascade, whose interviews held they are part of.
    """
    table = shares.share(found[["district", "counted", "base"]], "counted", "base")
    return Spec(
        table.assign(base_is=_PLACED),
        by=_PLACE,
        counts={"counted": "shared", "base": "base"},
        within={"counted": "base"},
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
