"""The measures of the collection: what each counts, in our words, and where LAIT keeps it.

The wording is hand-written from the department's dictionary of its local authority interactive
tool (LAIT). Polarity, decimal places and years are not: the build takes them from the files.
"""

from __future__ import annotations

from dataclasses import dataclass

AT_31_MARCH = "at 31 March"
IN_YEAR = "year ending 31 March"

PUBLISHED = "published"
IMPLIED = "implied by the published count and percentage"
ESTIMATED = "not published; estimated as looked after at 31 March plus ceased in the year"
NEAREST = "not published; the published number of care leavers is close to it"
NONE = "not published"

_LOOKED_AFTER = "Children looked after"
_LEAVING = "Leaving care"
_ADOPTION = "Adoption and special guardianship"
_STABILITY = "Placements"
_MISSING = "Missing children"
_CARE_LEAVERS = "Care leavers"
_PROTECTION = "Child protection"
_REFERRALS = "Referrals"

_WHOLE = "The department rounds the percentage to a whole number."
_LAST = "Only a child's last time of leaving care in the year counts."
_SHORT_BREAKS = "Leaves out children looked after under a series of short-term placements."
_FIVES = (
    "The counts of authorities for 2016 and 2017 are rounded to the nearest 5; later ones are not."
)
_LEAVERS = (
    "Care leavers are former relevant young people whose 19th, 20th or 21st birthday fell in the "
    "year: looked after for at least 13 weeks after turning 14, some of it after turning 16. "
    "Those who died, or had gone home to a parent for 6 months or more, are left out; those the "
    "authority is not in touch with are not."
)
_MISSING_COUNTED = (
    "Includes those already missing or away on 1 April. Since 2017 a growing number of "
    "authorities record every time away as missing, so that missing is counted too high (by the "
    "department's estimate up to 10% to 13% of missing incidents in 2019 to 2023) and away too "
    "low."
)


@dataclass(frozen=True)
class Measure:
    """One measure. `numerator` and `denominator` name other measures, or are ""."""

    measure: str
    label: str
    topic: str
    unit: str
    stock_or_flow: str
    definition: str
    lait_code: str
    numerator: str = ""
    denominator: str = ""
    denominator_basis: str = ""
    note: str = ""


MEASURES = (
    Measure(
        "looked_after_number",
        "Children looked after",
        _LOOKED_AFTER,
        "children",
        AT_31_MARCH,
        "Children looked after by the authority on 31 March: accommodated for more than 24 hours, "
        "or under a care order or a placement order. Unaccompanied children are among them.",
        "LACnum",
    ),
    Measure(
        "looked_after_rate",
        "Children looked after per 10,000 children",
        _LOOKED_AFTER,
        "per 10,000 children",
        AT_31_MARCH,
        "Children looked after on 31 March for every 10,000 residents aged under 18. Rounded to a "
        "whole number.",
        "LAC",
        numerator="looked_after_number",
        denominator_basis=NONE,
        note="The population estimate it rests on is not in LAIT's table.",
    ),
    Measure(
        "started_number",
        "Children who started to be looked after",
        _LOOKED_AFTER,
        "children",
        IN_YEAR,
        "Children who started to be looked after in the year.",
        "LACnum_Start",
    ),
    Measure(
        "ceased_number",
        "Children who ceased to be looked after",
        _LEAVING,
        "children",
        IN_YEAR,
        f"Children who ceased to be looked after in the year. {_LAST} Those whose care passed to "
        "another authority are counted, which has become more common with the National Transfer "
        "Scheme for unaccompanied children; a few children are counted by two authorities.",
        "LACceased",
    ),
    Measure(
        "adopted_number",
        "Children adopted from care",
        _ADOPTION,
        "children",
        IN_YEAR,
        f"Children who ceased to be looked after because they were adopted. {_LAST}",
        "No_of LAC Adopted",
        note="LAIT describes it in the words of the percentage; the values are counts.",
    ),
    Measure(
        "adopted_percent",
        "Children leaving care who were adopted",
        _ADOPTION,
        "percent",
        IN_YEAR,
        "Of the children who ceased to be looked after in the year, those who were adopted. "
        f"{_LAST} {_WHOLE} LAIT adds that a high figure is good but should not reach 100%.",
        "%_of LAC Adopted",
        numerator="adopted_number",
        denominator="ceased_number",
        denominator_basis=PUBLISHED,
        note="Many leavers who turn 18 or are transferred, as among unaccompanied children, lower "
        "it without any change in adoption.",
    ),
    Measure(
        "special_guardianship_number",
        "Children who left care to special guardians",
        _ADOPTION,
        "children",
        IN_YEAR,
        "Children who ceased to be looked after because of a special guardianship order. "
        f"{_LAST} {_FIVES}",
        "LAC_ceased_SGO",
        note="LAIT's text still names the reason codes E43 and E44, in use until 2018.",
    ),
    Measure(
        "special_guardianship_percent",
        "Children leaving care who left to special guardians",
        _ADOPTION,
        "percent",
        IN_YEAR,
        "Of the children who ceased to be looked after in the year, those who left because of a "
        f"special guardianship order. {_LAST} {_WHOLE} LAIT adds that a high figure is good but "
        "should not reach 100%.",
        "LAC_ceased_SGO%",
        numerator="special_guardianship_number",
        denominator="ceased_number",
        denominator_basis=PUBLISHED,
        note="Not published before 2020, though the count is.",
    ),
    Measure(
        "three_placements_number",
        "Children with three or more placements in the year",
        _STABILITY,
        "children",
        AT_31_MARCH,
        "Children looked after on 31 March who had three or more placements of 24 hours or more "
        "in the year, one open on 1 April included. Being adopted by one's foster carers is no "
        f"new placement. {_SHORT_BREAKS} {_FIVES}",
        "LACStableNum_2016on",
    ),
    Measure(
        "three_placements_percent",
        "Children looked after with three or more placements in the year",
        _STABILITY,
        "percent",
        AT_31_MARCH,
        "Of the children looked after on 31 March, those with three or more placements in the "
        f"year. {_SHORT_BREAKS} {_WHOLE}",
        "LACStable_2016on",
        numerator="three_placements_number",
        denominator="looked_after_number",
        denominator_basis=PUBLISHED,
        note="For 2016 and 2017 prefer the percentage: a share worked out from the rounded counts "
        "is up to 3 points off in a small authority.",
    ),
    Measure(
        "long_term_stable_number",
        "Children in a long-term stable placement",
        _STABILITY,
        "children",
        AT_31_MARCH,
        "Children aged under 16 on 31 March, looked after without a break for at least 2.5 years, "
        "who had lived in the same placement for at least 2 years, or were placed for adoption "
        "and that placement and the one before it had lasted at least 2 years together.",
        "LAC_LongStableNum",
    ),
    Measure(
        "long_term_stable_percent",
        "Children looked after long term who are in a stable placement",
        _STABILITY,
        "percent",
        AT_31_MARCH,
        "Of the children aged under 16 on 31 March who had been looked after without a break for "
        "at least 2.5 years, those in the same placement for at least 2 years, or placed for "
        f"adoption and 2 years with that placement and the one before it. {_WHOLE}",
        "LAC_LongStable%",
        numerator="long_term_stable_number",
        denominator_basis=IMPLIED,
    ),
    Measure(
        "missing_percent",
        "Children looked after who went missing",
        _MISSING,
        "percent",
        IN_YEAR,
        "Of the children looked after at any time in the year, those who were missing at least "
        "once: not at their placement or where they were expected, whereabouts not known. "
        f"{_MISSING_COUNTED} {_WHOLE}",
        "Children_missing",
        denominator_basis=ESTIMATED,
        note="It counts children, not incidents, and says nothing of return interviews.",
    ),
    Measure(
        "away_percent",
        "Children looked after who were away from placement without authorisation",
        _MISSING,
        "percent",
        IN_YEAR,
        "Of the children looked after at any time in the year, those who were away without "
        "authorisation at least once: whereabouts known, but not where they were expected, and "
        f"the carer was concerned or it was reported. {_MISSING_COUNTED} {_WHOLE}",
        "Children_Away",
        denominator_basis=ESTIMATED,
        note="It counts children, not incidents, and says nothing of return interviews.",
    ),
    Measure(
        "unaccompanied_number",
        "Unaccompanied asylum-seeking children looked after",
        _LOOKED_AFTER,
        "children",
        AT_31_MARCH,
        "Children looked after on 31 March who had applied for asylum in their own right and were "
        f"apart from both parents or another responsible adult. {_SHORT_BREAKS}",
        "Unacc_Asylmn_Seek_Childn",
    ),
    Measure(
        "unaccompanied_percent",
        "Children looked after who are unaccompanied asylum-seeking children",
        _LOOKED_AFTER,
        "percent",
        AT_31_MARCH,
        "Of the children looked after on 31 March, those who were unaccompanied asylum-seeking "
        f"children. {_SHORT_BREAKS} {_WHOLE}",
        "Unacc_Asylmn_Seek_Childn%",
        numerator="unaccompanied_number",
        denominator="looked_after_number",
        denominator_basis=PUBLISHED,
        note="Not published before 2020, though the count is.",
    ),
    Measure(
        "distant_placement_percent",
        "Children looked after placed more than 20 miles from home, outside the authority",
        _STABILITY,
        "percent",
        AT_31_MARCH,
        "Of the children looked after on 31 March, those placed outside the authority's boundary "
        "and more than 20 miles from the home they were first placed from. "
        f"{_SHORT_BREAKS} {_WHOLE}",
        "LACDistance",
        denominator="looked_after_number",
        denominator_basis=PUBLISHED,
        note="The number of such children is not in LAIT's table.",
    ),
    Measure(
        "care_leavers_number",
        "Care leavers aged 19 to 21",
        _CARE_LEAVERS,
        "care leavers",
        IN_YEAR,
        f"{_LEAVERS} {_FIVES}",
        "NoCareLeavers",
        note="From 2021 it is the total of the department's table on suitable accommodation, "
        "which leaves out those who went abroad, were deported or whose residence is not known; "
        "the total of its table on activity is a little higher (Kent 2021: 1,167 and 1,174).",
    ),
    Measure(
        "suitable_accommodation_number",
        "Care leavers in suitable accommodation",
        _CARE_LEAVERS,
        "care leavers",
        IN_YEAR,
        "Care leavers aged 19 to 21 whose accommodation was judged suitable.",
        "NoCareLeaverAcc",
        note="Not published before 2018, though the percentage is.",
    ),
    Measure(
        "suitable_accommodation_percent",
        "Care leavers in suitable accommodation",
        _CARE_LEAVERS,
        "percent",
        IN_YEAR,
        "Of the care leavers aged 19 to 21, those whose accommodation was judged suitable. "
        f"{_LEAVERS} Those who went abroad, were deported or whose residence is not known are "
        f"left out too. {_WHOLE}",
        "CareLeaverAcc",
        numerator="suitable_accommodation_number",
        denominator="care_leavers_number",
        denominator_basis=PUBLISHED,
    ),
    Measure(
        "education_employment_number",
        "Care leavers in education, employment or training",
        _CARE_LEAVERS,
        "care leavers",
        IN_YEAR,
        f"Care leavers aged 19 to 21 who were in education, employment or training. {_FIVES}",
        "CareLeaverEETNum",
    ),
    Measure(
        "education_employment_percent",
        "Care leavers in education, employment or training",
        _CARE_LEAVERS,
        "percent",
        IN_YEAR,
        "Of the care leavers aged 19 to 21, those who were in education, employment or training. "
        f"{_LEAVERS} {_WHOLE}",
        "CareLeaverEET",
        numerator="education_employment_number",
        denominator_basis=IMPLIED,
        note="Its denominator is the total of the department's table on activity, which LAIT does "
        "not give. The count over care_leavers_number is higher than the percentage, by up to 10 "
        "points in a small authority.",
    ),
    Measure(
        "not_in_touch_percent",
        "Care leavers the authority is not in touch with",
        _CARE_LEAVERS,
        "percent",
        IN_YEAR,
        "Of the care leavers aged 19 to 21, those the authority was not in touch with. Someone "
        "whose activity was known from a third party does not count as not in touch. "
        f"{_WHOLE}",
        "CareLeavers_LA_NotInTouch",
        denominator="care_leavers_number",
        denominator_basis=NEAREST,
        note="About half of all authorities' figures are marked, as the numbers are small.",
    ),
    Measure(
        "child_protection_number",
        "Children with a child protection plan",
        _PROTECTION,
        "children",
        AT_31_MARCH,
        "Children who were the subject of a child protection plan on 31 March.",
        "CPP_Num",
    ),
    Measure(
        "child_protection_rate",
        "Children with a child protection plan per 10,000 children",
        _PROTECTION,
        "per 10,000 children",
        AT_31_MARCH,
        "Children who were the subject of a child protection plan on 31 March for every 10,000 "
        "residents aged under 18.",
        "CPP_rate",
        numerator="child_protection_number",
        denominator_basis=NONE,
        note="The population estimate it rests on is not in LAIT's table.",
    ),
    Measure(
        "child_protection_started_number",
        "Child protection plans started",
        _PROTECTION,
        "plans",
        IN_YEAR,
        "Child protection plans that started in the year. It counts plans: a child may have more "
        "than one.",
        "CPP_Abuse",
        note="LAIT describes it in the words of the number at 31 March; its title and its values "
        "are of plans started in the year.",
    ),
    Measure(
        "repeat_plan_number",
        "Child protection plans that were a second or later one",
        _PROTECTION,
        "plans",
        IN_YEAR,
        "Of the child protection plans that started in the year, those of a child who had had a "
        "plan before, however long ago. It counts plans: a child may have more than one.",
        "ReRegCPR",
    ),
    Measure(
        "repeat_plan_percent",
        "Child protection plans that were a second or later one",
        _PROTECTION,
        "percent",
        IN_YEAR,
        "Of the child protection plans that started in the year, those of a child who had had a "
        "plan before, however long ago. It counts plans: a child may have more than one.",
        "PrevRegCPR",
        numerator="repeat_plan_number",
        denominator="child_protection_started_number",
        denominator_basis=PUBLISHED,
        note="LAIT has Yorkshire and The Humber at 23.6 for 2022; its own counts, 1,660 of 7,490, "
        "make 22.2.",
    ),
    Measure(
        "conference_15_days_percent",
        "Child protection conferences held within 15 working days",
        _PROTECTION,
        "percent",
        IN_YEAR,
        "Of the initial child protection conferences in the year, those held within 15 working "
        "days of the strategy discussion that began the enquiries which led to them.",
        "CP_conf_15days",
        denominator_basis=NONE,
        note="Neither the number of conferences nor those in time are in LAIT's table.",
    ),
    Measure(
        "referrals_number",
        "Referrals to children's social care",
        _REFERRALS,
        "referrals",
        IN_YEAR,
        "Requests in the year for services for a child who had no open case. Every referral "
        "counts: a child may have more than one.",
        "CPP_Total_NumRef",
    ),
    Measure(
        "referrals_rate",
        "Referrals to children's social care per 10,000 children",
        _REFERRALS,
        "per 10,000 children",
        IN_YEAR,
        "Referrals in the year for every 10,000 residents aged under 18.",
        "CPP_Total_Rateper10,000",
        numerator="referrals_number",
        denominator_basis=NONE,
        note="The population estimate it rests on is not in LAIT's table.",
    ),
    Measure(
        "re_referral_percent",
        "Referrals within 12 months of an earlier one",
        _REFERRALS,
        "percent",
        IN_YEAR,
        "Of the referrals in the year, those within 12 months of an earlier referral of the same "
        "child.",
        "ReReferral",
        denominator="referrals_number",
        denominator_basis=PUBLISHED,
        note="The number of re-referrals is not in LAIT's table.",
    ),
)
