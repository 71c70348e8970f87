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

PUBLISHED = {
    "offered": ["returned"],
    "offered_in_time": ["returned", "offered"],
    "accepted": ["offered"],
    "held": ["returned"],
    "held_in_time": ["returned", "held"],
    "reasons_recorded": ["held"],
    "informed_safety_plan": ["held"],
}
"""The steps and the groups that they are published as shares of.

Of the others, a count of all returns differs from that of the group by what the records
contradict (accepted, not offered): the two together would tell a count of one or two.
"""

_PLACE = ["district"]
_PLACED = "held with children placed by others"


def cascade(found: pd.DataFrame) -> Spec:
    """The cascade as counts of what is certain, of the groups of PUBLISHED.

    Parameters
    ----------
    found
        What `interviews.cascade` returns with `by=["district"]`.

    Returns
    -------
    The spec of those rows with `district`, `step`, `name`, `of`, `counted`, `base`, `share`,
    `low`, `high`. The rest of a base is not split further, and the share has no upper bound:
    what is not recorded, not applicable or cannot be told is mostly a small count.
    """
    keys = {words: of for of, words in GROUPS.items()}
    group = found["of"].map(keys)
    chosen = [of in PUBLISHED[name] for name, of in zip(found["name"], group, strict=True)]
    columns = ["district", "step", "name", "of", "counted", "base"]
    table = shares.share(found.loc[chosen, columns], "counted", "base")
    table = table.assign(counted_is=table["name"], base_is=group[chosen])
    return Spec(
        table.reset_index(drop=True),
        by=["district", "name", "of"],
        counts=["counted", "base"],
        within={"counted": "base"},
        shares={SHARE: ("counted", "base")},
        kept=["step"],
        cells={count: (f"{count}_is", _PLACE) for count in ("counted", "base")},
    )


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
        table.assign(held_is="held", recorded_is="reasons_recorded"),
        by=["district", "reason"],
        counts={"interviews": "interviews with a reason", "held": "held", "recorded": "recorded"},
        within={"interviews": "recorded", "recorded": "held"},
        shares={SHARE: ("interviews", "held"), OF_RECORDED: ("interviews", "recorded")},
        cells={"held": ("held_is", _PLACE), "recorded": ("recorded_is", _PLACE)},
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
