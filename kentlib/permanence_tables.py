"""The counts that the notebook on permanence works out from extracts, for all districts together.

A report of one district shows its own rows of the same tables. In public they are protected
first, all districts and all tables together, so that the reports of a run withhold the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from kentlib import (
    adoption,
    adoption_plans,
    labels,
    leaving,
    publication,
    releases,
    returning,
    shares,
    since_entry,
    stability,
)
from kentlib.disclosure import Period, Spec
from kentlib.histories import History
from kentlib.once import once_for_each
from kentlib.releases import Release

SPAN = 3
"""Years that adoption's averages cover."""

_BY = ("district",)


@once_for_each
def measured(
    history: History, thresholds: pd.DataFrame, *, on: pd.Timestamp
) -> dict[str, pd.DataFrame]:
    """Every table of counts, by name.

    Parameters
    ----------
    history
        `Extracts.history`.
    thresholds
        The table `adoption_thresholds`.
    on
        The last day measured.

    Returns
    -------
    Of all districts with the county's rows "all": `routes` (`leaving.routes` of the last year),
    `homes`, `homes_by_age` and `homes_by_group` (`since_entry.permanence_within`; the last two
    of any permanent route alone, with `age_band` or `group`, unaccompanied or not), `moved`
    (`stability.in_year` with `shares.against_rest`), `settled` (`stability.long_term`),
    `fostered` (`stability.fostering`), `returned` (`returning.returns`) and `waiting`
    (`adoption_plans.waiting`). Of the county alone: `timely` (`adoption.timeliness`), `waited`
    (`adoption.waited`), `changed` (`adoption_plans.changed`) and `matched`
    (`adoption_plans.decision_to_match`).
    """
    seen = {"first_return": history.first_return, "last_return": history.last_return}
    told = adoption.steps(history.adoption, history.periods, history.placements)
    stays = stability.stays(history.placements)
    periods = leaving.care(history.periods)
    left = leaving.routes(history.periods, by=_BY, period_end=on)
    entered = since_entry.entries(periods, first_return=history.first_return)
    grouped = periods.assign(group=periods["unaccompanied"].map(labels.UNACCOMPANIED))
    by_age = since_entry.permanence_within(entered, **seen, by=("district", "age_band"))
    by_group = since_entry.permanence_within(grouped, **seen, by=("district", "group"))
    moved = stability.in_year(stays, history.periods, on=on, by=_BY)
    return {
        "routes": left[left["year"] == left["year"].max()],
        "homes": since_entry.permanence_within(periods, **seen, by=_BY),
        "homes_by_age": by_age[by_age["route"] == since_entry.ANY],
        "homes_by_group": by_group[by_group["route"] == since_entry.ANY],
        "timely": adoption.timeliness(told, thresholds, **seen),
        "waited": adoption.waited(told, **seen),
        "waiting": adoption_plans.waiting(told, history.periods, on=on),
        "changed": adoption_plans.changed(told, **seen),
        "matched": adoption_plans.decision_to_match(told),
        "moved": shares.against_rest(moved, "many", "looked_after"),
        "settled": stability.long_term(stays, history.periods, on=on, by=_BY),
        "fostered": stability.fostering(history.placements, history.periods, on=on, by=_BY),
        "returned": returning.returns(periods, last_return=history.last_return, by=_BY),
    }


def shown(
    made: Mapping[str, pd.DataFrame],
    told: pd.Series,
    history: History,
    *,
    year: int,
    on: pd.Timestamp,
    audience: str,
    min_cell: int,
    zeros: str,
    method: str,
    before: Sequence[Release] = (),
) -> publication.Tables:
    """The tables as a report's audience may see them; those for publication have less: see
    `specs` (for `made` and `year`), `known` (for `told`), `periods` (for `history` and `on`) and
    `publication.tables`."""
    if not publication.is_public(audience):
        return publication.Tables(made)
    return publication.tables(
        specs(made, year=year),
        audience=audience,
        min_cell=min_cell,
        zeros=zeros,
        method=method,
        known=known(made, told, min_cell=min_cell),
        periods=periods(made, history, year=year, on=on),
        before=before,
    )


def release(made: publication.Tables, authority: str, **rules: Any) -> dict[str, Any]:
    """What a public report tells those who publish it, for `show.release`.

    Parameters
    ----------
    made
        What `shown` returned.
    rules
        Those the report was made by.
    """
    return releases.told("permanence", authority, made.plain(labels.PERMANENCE_TABLES), **rules)


def periods(
    made: Mapping[str, pd.DataFrame], history: History, *, year: int, on: pd.Timestamp
) -> dict[str, Period]:
    """The first and the last day that each table for publication counts.

    Parameters
    ----------
    made
        What `measured` returned of `history`.
    year
        The year of adoption's three-year tables.
    on
        The last day measured.

    Returns
    -------
    By the name of the table. `routes`: the twelve months that end on the day and month of `on`, a
    leaving counting on its day. `timely` and `waited`: three years to 31 March; those who wait at
    their end stand in `waited` too, which two spans that overlap may share in part. `waiting`,
    `moved`, `settled` and `fostered`: the one day `on`, since they are of the children looked after
    on it, whatever they look back on; so children on two days are never subtracted. `homes` and its
    splits, and `returned`: from the first return to the last; who came or left on each of these
    days and could be followed is counted, and a later return only adds days. `changed` and
    `matched` have none: each row is of its own year to 31 March, which is another row of another
    year, and the same again in a later report (the last year grows until it is over, and is a
    revision of itself).
    """
    of = int(made["routes"]["year"].max()) if len(made["routes"]) else on.year
    before, last = leaving.last_day(pd.Series([of - 1, of]), on)
    whole = (history.first_return, history.last_return)
    span = (pd.Timestamp(year - SPAN, 4, 1), pd.Timestamp(year, 3, 31))
    return {
        "routes": (before + pd.Timedelta(days=1), last),
        **dict.fromkeys(("homes", "homes_by_age", "homes_by_group", "returned"), whole),
        **dict.fromkeys(("timely", "waited"), span),
        **dict.fromkeys(("waiting", "moved", "settled", "fostered"), (on, on)),
    }


def of_district(made: Mapping[str, pd.DataFrame], district: str) -> dict[str, pd.DataFrame]:
    """The rows of one district ("all" for the county) of the tables that have districts."""
    return {
        name: table[table["district"] == district]
        for name, table in made.items()
        if "district" in table
    }


def printed(
    metrics: pd.DataFrame, indicators: pd.DataFrame, authority: str, year: int
) -> pd.Series:
    """The numbers that the inspection report and the department have printed of an authority.

    Parameters
    ----------
    metrics, indicators
        The tables `inspection_metrics`, of the authority, and `published_indicators`.
    year
        Of the department's figures, the year ending 31 March of this one.

    Returns
    -------
    Values by `id` of the first table and `measure` of the second.
    """
    theirs = indicators[(indicators["area"] == authority) & (indicators["year"] == year)]
    both = [metrics.set_index("id")["value"], theirs.set_index("measure")["value"]]
    return pd.concat([values.astype("float64") for values in both]).dropna()


def known(
    made: Mapping[str, pd.DataFrame], told: pd.Series, *, min_cell: int
) -> dict[str, pd.DataFrame]:
    """The county's counts that have been printed with the same number, for `publication.tables`.

    Parameters
    ----------
    made, told
        What `measured` and `printed` return.
    min_cell
        A printed count up to this protects nobody and is passed over.

    Returns
    -------
    The county's rows of `routes` and `moved` with the counts that have been printed. An equal
    number is taken as known also where it was counted to another day.
    """
    told = told[told > min_cell]
    routes = made["routes"][made["routes"]["district"] == shares.ALL]
    moved = made["moved"][made["moved"]["district"] == shares.ALL]
    everybody = pd.Series("left", index=routes.index)
    return {
        "routes": routes[["district", "year", "route"]].assign(
            children=_same(routes["children"], routes["route"], told),
            left_care=_same(routes["left_care"], everybody, told),
        ),
        "moved": moved[["district"]].assign(
            looked_after=_same(moved["looked_after"], moved["district"], told),
            many=_same(moved["many"], moved["district"] + ", many", told),
        ),
    }


_PRINTED_AS = {
    "adopted": ("adoptions_12_months", "adopted_number"),
    "special guardianship": ("special_guardianship_12_months", "special_guardianship_number"),
    "independent living": ("independent_living_12_months",),
    "left": ("ceased_12_months", "ceased_number"),
    shares.ALL: ("looked_after_total", "looked_after_number"),
    f"{shares.ALL}, many": ("three_placements_number",),
}


def _same(counts: pd.Series, what: pd.Series, told: pd.Series) -> pd.Series:
    """The counts that are among the numbers printed of the same thing, the others missing."""
    names = [[name for name in _PRINTED_AS.get(one, ()) if name in told] for one in what]
    same = [count in told[name].tolist() for count, name in zip(counts, names, strict=True)]
    return counts.astype("float64").where(pd.Series(same, index=counts.index, dtype="bool"))


def specs(made: Mapping[str, pd.DataFrame], *, year: int) -> dict[str, Spec]:
    """What a public report may show of the tables, and what they hold, for `publication.tables`.

    Parameters
    ----------
    made
        What `measured` returns.
    year
        The year of adoption's three-year tables.

    Returns
    -------
    Every table by its name, with fewer rows and columns: of `timely` and `waited` one year,
    because the spans of two years overlap; of `changed` not who was adopted, whom `timely`
    counts over the span; of `waiting` the county; and no count that no report shows, since
    each count more takes others with it.
    """
    made = {name: table.reset_index(drop=True) for name, table in made.items()}
    unseen = {
        "homes": ["entered", "transferred"],
        "homes_by_age": ["entered", "transferred"],
        "homes_by_group": ["entered", "transferred"],
        "waited": ["children", "not_in_time", "unknown", "share_of_all"],
        "changed": ["adopted", "ended", "share_of_ended", "low_of_ended", "high_of_ended"],
        "settled": ["unclear"],
    }
    made |= {name: made[name].drop(columns=columns) for name, columns in unseen.items()}
    for name in ("timely", "waited"):
        made[name] = made[name][made[name]["year"] == year]
    made["waiting"] = made["waiting"][made["waiting"]["district"] == shares.ALL]
    held = made["moved"].set_index("district")["looked_after"]
    made["settled"]["looked_after"] = made["settled"]["district"].map(held)
    spec_of = {
        "routes": leaving.routes_spec,
        "homes": since_entry.permanence_spec,
        "homes_by_age": since_entry.permanence_spec,
        "homes_by_group": since_entry.permanence_spec,
        "timely": adoption.timeliness_spec,
        "waited": adoption.waited_spec,
        "waiting": adoption_plans.waiting_spec,
        "changed": adoption_plans.changed_spec,
        "matched": adoption_plans.match_spec,
        "moved": stability.in_year_spec,
        "settled": stability.long_term_spec,
        "fostered": stability.fostering_spec,
        "returned": returning.returns_spec,
    }
    found = {name: spec_of[name](table) for name, table in made.items()}
    return found | {name: _of_one_year(found[name]) for name in ("routes", "timely", "waited")}


def _of_one_year(spec: Spec) -> Spec:
    """The spec of a table of one year, whose period tells it: two that overlap may be called by two
    years, and are of the same children all the same."""
    left = [name for name in spec.by if name != "year"]
    return replace(spec, by=left, kept=[*spec.kept, "year"])
