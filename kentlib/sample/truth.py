"""What is known of the sample: truth.yaml and the README that go with it."""

from __future__ import annotations

from datetime import date

import yaml

from kentlib.sample import (
    adoption,
    annex_a,
    care,
    community,
    interviews,
    leavers,
    missing,
    problems,
    stays,
)
from kentlib.sample.published import USED, Published

READ_ME = """\
# A wholly synthetic sample

**No child, young person, carer, adopter or worker in these files exists.** They are made by
`kentlib sample --seed {seed}`; the same seed gives the same bytes. Every identifier begins with
SYN, every postcode with ZZ99, which belongs to no place, and every data file's name or folder
says synthetic.

| file | holds | rows |
|---|---|---|
{files}

Period: returns for the years ending 31 March {first} to {last}, the last one cut at {day}; the
workbook as at that day; return interviews from {interviews_from}.

**Published numbers.** The totals in truth.yaml under `published` are the inspection report's, and
the files reproduce them exactly. Unaccompanied children on 31 March 2016 are the department's
number. Everything else is invented: ages, districts, time in care, who moved where and, above
all, **every number on return interviews, since none was published**.

**Known truth.** truth.yaml says what was planted for the measures to find, and which mistakes
were planted in the record.

**Not reproduced.** Children in need: lists 1 to 6 are far shorter than an authority's. The report
counts care leavers in houses in multiple occupation, for which neither return has a code: here
accommodation Y ("other") means just these. No child was transferred to another authority in the
12 months, since such leavings may count as ceasing or not, and none has short breaks (V3, V4).

The years 2012-13 to 2015-16 use the code sets of 2016-17 (special guardianship is E43 and E44).
The workbook has the columns of January 2024, which ask more than those of 2017 did.
"""


def known(
    seed: int, published: Published, planted: dict, missing_again: dict, files: dict[str, int]
) -> str:
    """truth.yaml."""
    told = {
        "synthetic": "Wholly synthetic: no child, carer or worker exists",
        "seed": seed,
        "as_at": _iso(published.day),
        "published": {
            "source": "data/inspection_metrics.csv by id; unaccompanied_2016: the department",
            "totals": {
                name: {"value": published[name], "means": means} for name, means in USED.items()
            }
            | {
                "unaccompanied_2016": {
                    "value": published.unaccompanied_2016,
                    "means": "of those looked after on 31 March 2016, unaccompanied",
                }
            },
            "worked_out": {
                "three_placements": published.three_placements,
                "lived_elsewhere": published.lines["other"][0],
                "lived_elsewhere_out_of_area": published.lines["other"][1],
            },
        },
        "invented": {
            "leavings_in_12_months": published["ceased_12_months"] + care.TWICE,
            "children_who_left_twice_in_12_months": care.TWICE,
            "transfers_in_12_months": 0,
            "same_day_restarts": care.SAME_DAY,
            "temporary_placements_of_children_with_one": stays.TEMPORARY,
            "placed_for_adoption_since_january": adoption.PLACED_LATELY,
            "waiting_for_adopters": adoption.WAITING,
            "adoption_plan_changed_and_looked_after": adoption.CHANGED,
            "shared_houses_are_accommodation": leavers.SHARED_HOUSE,
            "rows_of_lists_1_to_6": {
                1: community.CONTACTS,
                2: community.EARLY_HELP,
                3: community.REFERRALS,
                4: community.ASSESSMENTS,
                5: community.ENQUIRIES,
                6: community.IN_NEED,
            },
            "prospective_adopters": annex_a.ADOPTERS + published["adopters_waiting"],
            "still_missing": missing.STILL_MISSING,
        },
        "planted": {
            "interview_within_72_hours": {
                "rate_in_thousand": {**interviews.WITHIN_72_HOURS},
                "rate_elsewhere_in_thousand": interviews.ELSEWHERE_WITHIN,
                "came_out": planted["timeliness_by_district"],
            },
            "more_offered": {
                "from": _iso(interviews.MORE_OFFERED_FROM),
                "rate_before_in_thousand": interviews.OFFERED[0]["yes"],
                "rate_from_in_thousand": interviews.OFFERED[1]["yes"],
                "came_out": planted["offered"],
            },
            "reasons_better_recorded": {
                "from": _iso(interviews.BETTER_RECORDED_FROM),
                "rate_before_in_thousand": interviews.REASONS_RECORDED[0],
                "rate_from_in_thousand": interviews.REASONS_RECORDED[1],
                "reasons": "drawn from the same weights before and after",
                "came_out": planted["reasons_recorded"],
            },
            "missing_3_times_within_30_days": missing_again,
        },
        "mistakes": {
            "return interviews": {**problems.IN_INTERVIEWS},
            "annex a": {**problems.IN_WORKBOOK},
            "ssda903": {**problems.IN_RETURNS},
        },
        "rows": files,
    }
    return yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=100)


def read_me(seed: int, published: Published, holds: dict[str, tuple[str, int]], years) -> str:
    """README.md."""
    files = "\n".join(f"| {name} | {what} | {rows:,} |" for name, (what, rows) in holds.items())
    return READ_ME.format(
        seed=seed,
        files=files,
        first=years[0],
        last=years[-1],
        day=_iso(published.day),
        interviews_from=_iso(missing.INTERVIEWS_FROM),
    )


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()
