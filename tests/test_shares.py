"""Shares by district: which stand apart from the rest."""

import pandas as pd
import pytest

from kentlib import shares


def compared(*held):
    names = ["Ashford", "Dover", "Swale", "Thanet"][: len(held)]
    counts = pd.DataFrame(
        {"district": [*names, "all"], "held": [*held, sum(held)], "of": [*[100] * len(held), 0]}
    )
    counts.loc[counts["district"] == "all", "of"] = 100 * len(held)
    return shares.against_rest(shares.share(counts, "held", "of"), "held", "of")


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (
            [50, 52, 51],
            "By the share seen, none of 3 districts stands apart from the rest of the county by "
            "more than chance",
        ),
        (
            [50, 50, 50, 90],
            "By the share seen, 1 of 4 districts stands apart from the rest of the county by more "
            "than chance: Thanet (90%)",
        ),
    ],
)
def test_all_districts_names_those_that_stand_apart(held, said):
    assert shares.district_finding(compared(*held), "all", "seen") == said


def test_all_districts_is_too_few_to_say_when_none_can_be_compared():
    made = compared(50, 50).assign(verdict=None)
    assert shares.district_finding(made, "all", "seen").startswith("Too few in every district")
