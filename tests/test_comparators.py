"""Comparator groups: who is in them, and never the authority itself."""

import pandas as pd
import pytest

from kentlib import comparators, tables
from kentlib.errors import DataError

AS_AT = pd.Timestamp("2017-03-31")


def areas(**neighbours):
    """England, two regions and four authorities; Northfold's neighbours unless told."""
    told = {"Northfold": "Southmere; Eastwick", "Eastwick": None} | neighbours
    rows = [("England", "country", None), ("North East", "region", None)]
    rows += [("London", "region", None)]
    rows += [(name, "authority", "North East") for name in ("Northfold", "Eastwick", "Abbey")]
    rows += [("Southmere", "authority", "London")]
    table = pd.DataFrame(rows, columns=["name", "kind", "region"])
    return table.assign(statistical_neighbours=table["name"].map(told))


def judged(authority, scale, published, *, aspect="overall effectiveness", number=1):
    return {
        "authority": authority,
        "aspect": aspect,
        "scale": scale,
        "published": pd.Timestamp(published),
        "number": number,
    }


def judgements(*rows):
    table = pd.DataFrame(rows or [judged("Abbey", 4, "2015-01-01")])
    return table.astype({"scale": "Int64"})


def members(comparator, *rows, authority="Northfold", **neighbours):
    return comparators.members(
        areas(**neighbours), judgements(*rows), authority, comparator, as_at=AS_AT
    )


@pytest.mark.parametrize(
    ("comparator", "found"),
    [
        ("England", ["Abbey", "Eastwick", "Southmere"]),
        ("region", ["Abbey", "Eastwick"]),
        ("statistical neighbours", ["Eastwick", "Southmere"]),
        ("good or outstanding", []),
    ],
)
def test_members_are_in_alphabetical_order_without_the_authority(comparator, found):
    assert members(comparator) == found


def test_an_authority_without_neighbours_has_none():
    assert members("statistical neighbours", authority="Eastwick") == []


def test_an_authority_that_neighbours_itself_is_left_out():
    assert members("statistical neighbours", Northfold="Northfold; Abbey") == ["Abbey"]


def test_good_or_outstanding_goes_by_the_latest_judgement_published_by_the_day():
    found = members(
        "good or outstanding",
        judged("Abbey", 2, "2014-01-01"),
        judged("Abbey", 3, "2016-01-01", number=2),
        judged("Eastwick", 4, "2014-01-01"),
        judged("Eastwick", 1, "2017-03-31", number=2),
        judged("Southmere", 2, "2017-04-01"),
        judged("Northfold", 1, "2014-01-01"),
    )
    assert found == ["Eastwick"]


def test_a_good_aspect_does_not_make_an_authority_good():
    assert members("good or outstanding", judged("Abbey", 2, "2014-01-01", aspect="x")) == []


def test_an_authority_not_yet_judged_is_not_among_the_good():
    assert members("good or outstanding", judged("Abbey", None, "2014-01-01")) == []


def test_latest_overall_has_one_row_an_authority_its_last():
    rows = judgements(judged("Abbey", 3, "2014-01-01"), judged("Abbey", 2, "2016-01-01"))
    found = comparators.latest_overall(rows, as_at=AS_AT)
    assert found["authority"].tolist() == ["Abbey"]
    assert found["scale"].tolist() == [2]


def test_an_unknown_authority_is_named():
    with pytest.raises(DataError, match="No authority is called 'Norfold'"):
        members("England", authority="Norfold")


def test_a_region_is_no_authority():
    with pytest.raises(DataError, match="No authority is called 'London'"):
        members("England", authority="London")


def test_an_unknown_comparator_lists_the_known():
    with pytest.raises(DataError, match="'Europe'; it can be one of England, region, stat"):
        members("Europe")


@pytest.mark.parametrize(
    ("comparator", "found"),
    [
        ("England", ["England"]),
        ("region", ["North East"]),
        ("statistical neighbours", ["Eastwick", "Southmere"]),
    ],
)
def test_england_and_a_region_stand_for_themselves_other_groups_for_their_members(
    comparator, found
):
    got = comparators.areas_of(areas(), judgements(), "Northfold", comparator, as_at=AS_AT)
    assert got == found
    assert comparators.includes_authority(comparator) == (len(found) == 1)


@pytest.mark.parametrize(
    ("authority", "comparator", "said"),
    [
        ("Northfold", "England", "England"),
        ("Northfold", "region", "the North East"),
        ("Southmere", "region", "London"),
        ("Northfold", "statistical neighbours", "its statistical neighbours"),
        ("Northfold", "good or outstanding", "authorities judged good or outstanding"),
    ],
)
def test_label_reads_in_a_sentence(authority, comparator, said):
    assert comparators.label(areas(), authority, comparator) == said


def test_every_bundled_region_is_named_as_people_say_it():
    bundled = tables.load("areas")
    first = bundled.dropna(subset="region").query("kind == 'authority'").groupby("region").first()
    said = [comparators.label(bundled, name, "region") for name in first["name"]]
    assert said == [
        "the East Midlands",
        "the East of England",
        "London",
        "the North East",
        "the North West",
        "the South East",
        "the South West",
        "the West Midlands",
        "Yorkshire and The Humber",
    ]


def test_no_bundled_authority_is_in_a_group_of_its_own():
    bundled, graded = tables.load("areas"), tables.load("national_judgements")
    known = set(bundled.loc[bundled["kind"] == "authority", "name"])
    for authority in sorted(known):
        for comparator in comparators.GROUPS:
            found = comparators.members(bundled, graded, authority, comparator, as_at=AS_AT)
            assert authority not in found
            assert known.issuperset(found), (authority, comparator)
