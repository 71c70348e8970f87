"""The published totals that the sample reproduces, read from the table `inspection_metrics`."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from kentlib import tables

USED = {
    "looked_after_total": "children looked after on the day",
    "looked_after_total_2016": "children looked after on 31 March 2016",
    "unaccompanied": "of those looked after, unaccompanied asylum-seeking children",
    "looked_after_out_of_area": "of those looked after, living outside the area",
    "childrens_homes": "of those looked after, in children's homes",
    "childrens_homes_out_of_area": "of those, outside the area",
    "residential_schools": "of those looked after, in residential special schools",
    "residential_schools_out_of_area": "of those, outside the area",
    "foster_families": "of those looked after, with foster families",
    "foster_families_out_of_area": "of those, outside the area",
    "with_parents": "of those looked after, with parents",
    "with_parents_out_of_area": "of those, outside the area",
    "short_term_stability_percent": "of those looked after, with 3 or more placements in 12 months",
    "ceased_12_months": "children who ceased to be looked after in the 12 months",
    "adoptions_12_months": "of those, adopted",
    "special_guardianship_12_months": "of those, to special guardians",
    "independent_living_12_months": "of those, to independent living",
    "multiple_occupation_12_months": "of those, now in houses in multiple occupation",
    "returned_12_months": "of those, looked after again",
    "unaccompanied_arrivals_since_2015": "unaccompanied arrivals since January 2015 (over)",
    "placed_for_adoption_2016": "children placed for adoption in the calendar year 2016",
    "protection_plans": "children with a child protection plan on the day",
    "care_leavers_supported": "care leavers",
    "care_leavers_unaccompanied": "of those, formerly unaccompanied",
    "suitable_accommodation_in_touch_percent": "of care leavers in touch, suitably housed",
    "not_in_employment_feb_2017": "care leavers not in education, employment or training",
    "placed_by_other_authorities": "children placed in the county by other authorities",
    "placing_authorities": "authorities that placed them",
    "adopters_waiting": "adopters approved and waiting for a link",
}
"""Figures used, by their id in the table, and what each is in the sample."""


@dataclass(frozen=True)
class Published:
    """The figures, and the days they are about (as ordinals of the calendar)."""

    value: dict[str, int]
    unaccompanied_2016: int
    day: int
    year_from: int
    earlier: int

    def __getitem__(self, name: str) -> int:
        return self.value[name]

    @property
    def three_placements(self) -> int:
        """Children with 3 or more placements: the published percentage of the total."""
        return _part(self["looked_after_total"], self["short_term_stability_percent"])

    @property
    def lines(self) -> dict[str, tuple[int, int]]:
        """Children and children out of the area, by placement line; "other" is the rest."""
        names = ("foster_families", "childrens_homes", "residential_schools", "with_parents")
        found = {name: (self[name], self[f"{name}_out_of_area"]) for name in names}
        total, out = self["looked_after_total"], self["looked_after_out_of_area"]
        rest = (total - sum(n for n, _ in found.values()), out - sum(n for _, n in found.values()))
        return {**found, "other": rest}


def read() -> Published:
    """The published figures, from the bundled tables."""
    metrics = tables.load("inspection_metrics").set_index("id")
    value = {name: int(metrics.at[name, "value"]) for name in USED}
    department = tables.load("published_indicators")
    row = (department["measure"] == "unaccompanied_number") & (department["area"] == "Kent")
    march = metrics.at["looked_after_total_2016", "as_at"]
    row &= department["year"] == march.year
    return Published(
        value=value,
        unaccompanied_2016=int(department.loc[row, "value"].iloc[0]),
        day=_ordinal(metrics.at["looked_after_total", "as_at"]),
        year_from=_ordinal(metrics.at["ceased_12_months", "period_start"]),
        earlier=_ordinal(march),
    )


def placing_authorities() -> list[str]:
    """The authorities there were in 2017, nearest kind first: London, the region, the rest."""
    areas = tables.load("areas")
    there = (areas["kind"] == "authority") & (areas["name"] != "Kent")
    there &= ~areas["changed"].fillna("").str.startswith("Formed on")
    areas = areas[there]
    near = areas["region"].map({"London": 0, "South East": 1, "East of England": 2}).fillna(3)
    return areas.assign(near=near).sort_values(["near", "name"])["name"].tolist()


def _part(whole: int, percent: int) -> int:
    return (2 * whole * percent + 100) // 200


def _ordinal(day: pd.Timestamp) -> int:
    return day.to_pydatetime().toordinal()
