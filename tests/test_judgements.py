"""Judgements: profile, trajectory, standing, unevenness and what came next, and their sentences."""

import pandas as pd
import pytest

from kentlib import comparators, judgements, tables
from kentlib.errors import DataError

WORDS = {
    1: "Outstanding",
    2: "Good",
    3: "Requires improvement to be good",
    4: "Inadequate",
    None: None,
}


def inspection(authority, framework="SIF", published="2017-06-13", number=1, **grades):
    """The rows of one inspection: a grade (1 to 4, None where not judged) for each aspect."""
    aspects = {"overall": judgements.OVERALL, "board": judgements.BOARD,
               "help": "help and protection", "looked_after": "looked after children"}  # fmt: skip
    return [
        {
            "authority": authority, "framework": framework, "inspection": "inspection",
            "number": number, "aspect": aspects.get(name, name), "grade": WORDS[scale],
            "scale": scale, "published": pd.Timestamp(published),
        }
        for name, scale in grades.items()
    ]  # fmt: skip


def graded(*inspections):
    """The table `national_judgements` of these inspections."""
    rows = [row for one in inspections for row in one]
    return pd.DataFrame(rows).astype({"scale": "Int64", "number": "Int64"})


def profile_said(framework="SIF", **grades):
    table = graded(inspection("Kent", framework, **grades))
    return judgements.profile_finding(
        judgements.profile(table, "Kent", framework), "Kent", framework
    )


# Profile


def test_frameworks_are_in_the_order_of_their_dates():
    table = graded(
        inspection("Kent", "SIF", "2017-06-13", overall=2),
        inspection("Kent", "CPI", "2013-01-15", overall=3),
        inspection("Medway", "TLAC", "2013-08-23", overall=3),
    )
    assert judgements.frameworks(table, "Kent") == ["CPI", "SIF"]


def test_profile_marks_what_is_worse_than_the_overall_grade():
    table = graded(inspection("Kent", overall=2, help=3, leadership=1, board=3))
    found = judgements.profile(table, "Kent", "SIF")
    assert found["below_overall"].tolist() == [False, True, False, True]


def test_profile_is_of_the_first_inspection_under_the_framework():
    table = graded(
        inspection("Kent", overall=4),
        inspection("Kent", published="2018-01-01", number=2, overall=2),
    )
    assert judgements.profile(table, "Kent", "SIF")["scale"].tolist() == [4]


def test_profile_under_a_framework_without_inspection_lists_those_there_are():
    with pytest.raises(DataError, match="Kent has no inspection under ILACS; it has SIF"):
        judgements.profile(graded(inspection("Kent", overall=2)), "Kent", "ILACS")


@pytest.mark.parametrize(
    ("grades", "said"),
    [
        (
            {"overall": 2, "help": 2},
            "Kent was judged good overall in the report of 13 June 2017; nothing was judged lower",
        ),
        (
            {"overall": 2, "help": 3},
            "Kent was judged good overall in the report of 13 June 2017; help and protection was "
            "judged lower",
        ),
        (
            {"overall": 1, "leadership": 2, "help": 3, "board": 4},
            "Kent was judged outstanding overall in the report of 13 June 2017; leadership, help "
            "and protection and the safeguarding children board were judged lower",
        ),
        (
            {"overall": 3, "help": None},
            "Kent was judged requires improvement overall in the report of 13 June 2017; nothing "
            "was judged lower",
        ),
        ({"overall": 4}, "Kent was judged inadequate overall in the report of 13 June 2017"),
    ],
    ids=["none lower", "one lower", "several lower", "an aspect not judged", "one judgement"],
)
def test_profile_finding(grades, said):
    assert profile_said(**grades) == said


def test_profile_finding_speaks_the_words_of_the_day():
    assert profile_said("CPI", overall=3).startswith("Kent was judged adequate overall")


def test_profile_finding_without_overall_grade_speaks_of_safeguarding():
    said = profile_said("SLAC", safeguarding=2, looked_after=3)
    assert said.startswith("Kent was judged good for safeguarding in the report")
    assert said.endswith("; looked after children was judged lower")


# Trajectory


def test_trajectory_has_headline_judgements_in_date_order_with_the_scale_of_the_day():
    table = graded(
        inspection("Kent", "SIF", "2017-06-13", overall=3, help=3),
        inspection("Kent", "CPI", "2013-01-15", overall=3),
    )
    found = judgements.trajectory(table, "Kent")
    assert found["grade_then"].tolist() == ["adequate", "requires improvement"]
    assert found["old_scale"].tolist() == [True, False]


@pytest.mark.parametrize(
    ("inspections", "said"),
    [
        ([], "No graded inspection of Kent is on record"),
        (
            [inspection("Kent", "ILACS", "2024-07-12", overall=2)],
            "Kent has one graded inspection in Ofsted's table: good in 2024",
        ),
        (
            [
                inspection("Kent", "SLAC", "2010-11-19", safeguarding=4, looked_after=4),
                inspection("Kent", "ILACS", "2022-07-05", overall=1),
            ],
            "Kent went from inadequate in 2010 to outstanding in 2022, over the 2 graded "
            "inspections in Ofsted's table",
        ),
        (
            [
                inspection("Kent", "SLAC", "2010-11-19", safeguarding=4, looked_after=3),
                inspection("Kent", "ILACS", "2022-07-05", overall=1),
            ],
            "Kent went from inadequate for safeguarding and adequate for looked after children "
            "in 2010 to outstanding in 2022, over the 2 graded inspections in Ofsted's table",
        ),
    ],
    ids=["none", "one", "two judgements alike", "two judgements apart"],
)
def test_trajectory_finding(inspections, said):
    table = graded(inspection("Medway", overall=2), *inspections)
    assert judgements.trajectory_finding(judgements.trajectory(table, "Kent"), "Kent") == said


# Standing


def five(**kent):
    """Kent among four others with overall grades 1, 2, 3 and 4."""
    others = [inspection(f"Other {scale}", overall=scale) for scale in (1, 2, 3, 4)]
    return graded(inspection("Kent", **(kent or {"overall": 2})), *others)


def test_standing_counts_others_never_the_authority():
    found = judgements.standing(five(), "Kent", "SIF").iloc[0]
    assert found[["better", "same", "worse", "authorities"]].tolist() == [1, 1, 2, 4]


def test_standing_leaves_out_an_aspect_that_the_authority_was_not_graded_on():
    found = judgements.standing(five(overall=2, help=None), "Kent", "SIF")
    assert found["aspect"].tolist() == [judgements.OVERALL]


def test_standing_does_not_count_those_not_graded_on_the_aspect():
    table = graded(inspection("Kent", overall=2), inspection("Medway", overall=None))
    assert judgements.standing(table, "Kent", "SIF")["authorities"].tolist() == [0]


def test_standing_among_a_group_counts_its_members_only():
    found = judgements.standing(five(), "Kent", "SIF", among=["Other 1", "Other 2", "Kent"])
    assert found.iloc[0][["better", "same", "worse"]].tolist() == [1, 1, 0]


def test_standing_among_nobody_counts_nought():
    assert judgements.standing(five(), "Kent", "SIF", among=[])["authorities"].tolist() == [0]


@pytest.mark.parametrize(
    ("framework", "counts", "said"),
    [
        (
            "SIF",
            (3, 50, 98),
            "Of 151 other authorities inspected under the single inspection framework, 3 were "
            "judged better than Kent, 50 the same and 98 worse",
        ),
        (
            "CPI",
            (1, 0, 0),
            "Of 1 other authority with a child protection inspection, 1 was judged better than "
            "Kent, 0 the same and 0 worse",
        ),
        ("SIF", (0, 0, 0), "No other authority has a SIF judgement to set beside Kent's"),
    ],
    ids=["many", "one", "nobody"],
)
def test_standing_finding(framework, counts, said):
    better, same, worse = counts
    row = {"aspect": judgements.OVERALL, "better": better, "same": same, "worse": worse,
           "authorities": sum(counts)}  # fmt: skip
    assert judgements.standing_finding(pd.DataFrame([row]), "Kent", framework) == said


def test_standing_finding_without_overall_grade_says_on_what():
    table = graded(*(inspection(a, "SLAC", safeguarding=2) for a in ("Kent", "Medway")))
    found = judgements.standing(table, "Kent", "SLAC")
    said = judgements.standing_finding(found, "Kent", "SLAC")
    assert "0 were judged better than Kent for safeguarding, 1 the same" in said


def stood(*counts):
    rows = [(f"aspect {n}", *c, sum(c)) for n, c in enumerate(counts, 1)]
    columns = ["aspect", "better", "same", "worse", "authorities"]
    return pd.DataFrame(rows, columns=columns)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            stood((1, 2, 7), (5, 2, 3), (0, 10, 0)),
            "Compared with its statistical neighbours, 10 other authorities with a judgement: more "
            "were judged worse than Kent than better on 1 of 3 judgements, and more were judged "
            "better on aspect 2.",
        ),
        (
            stood((1, 2, 7), (1, 2, 3)),
            "Compared with its statistical neighbours, 10 other authorities with a judgement: more "
            "were judged worse than Kent than better on 2 of 2 judgements.",
        ),
        (
            stood((1, 0, 0)),
            "Compared with its statistical neighbours, 1 other authority with a judgement: 1 was "
            "judged better than Kent, 0 the same and 0 worse.",
        ),
        (
            stood((0, 0, 0)),
            "Compared with its statistical neighbours: no other authority has a judgement under "
            "this framework.",
        ),
    ],
    ids=["both ways", "one way", "one judgement", "nobody"],
)
def test_standing_sentence(found, said):
    assert judgements.standing_sentence(found, "Kent", "its statistical neighbours") == said


def test_grade_counts_hold_every_grade_and_all_authorities():
    found = judgements.grade_counts(five(overall=2, help=3), "SIF")
    assert found["count"].tolist() == [1, 2, 1, 1, 0, 0, 1, 0]


# Uneven


def test_uneven_counts_an_aspect_below_overall_and_leaves_the_board_out():
    table = graded(
        inspection("Kent", overall=2, help=3),
        inspection("Medway", overall=2, help=2, board=4),
        inspection("Surrey", overall=4, help=4),
    )
    found = judgements.uneven(table, "SIF").set_index("overall")
    assert found["authorities"].to_dict() == {"all": 3, "good": 2, "inadequate": 1}
    assert found["with_lower"].to_dict() == {"all": 1, "good": 1, "inadequate": 0}
    assert found.loc["good", "share"] == 0.5
    assert found.loc["good", "low"] < 0.5 < found.loc["good", "high"]


@pytest.mark.parametrize("framework", ["SLAC", "CPI"])
def test_uneven_is_empty_without_an_overall_grade_and_aspects(framework):
    grades = {"SLAC": {"safeguarding": 2, "looked_after": 3}, "CPI": {"overall": 2}}[framework]
    table = graded(inspection("Kent", framework, **grades))
    found = judgements.uneven(table, framework)
    assert found.empty
    own = judgements.profile(table, "Kent", framework)
    assert judgements.uneven_finding(found, own, "Kent") == (
        "Kent's inspection gave no overall grade with aspects under it, so none could fall below"
    )


@pytest.mark.parametrize(
    ("authority", "said"),
    [
        (
            "Kent",
            "Kent had help and protection below its overall grade; of all 2 authorities judged "
            "good overall, Kent among them, 1 (50%) had an aspect below theirs",
        ),
        (
            "Medway",
            "Medway had no aspect below its overall grade; of all 2 authorities judged good "
            "overall, Medway among them, 1 (50%) had one below theirs",
        ),
    ],
)
def test_uneven_finding(authority, said):
    table = graded(
        inspection("Kent", overall=2, help=3), inspection("Medway", overall=2, help=2, board=4)
    )
    own = judgements.profile(table, authority, "SIF")
    assert judgements.uneven_finding(judgements.uneven(table, "SIF"), own, authority) == said


# Next


def moves(*pairs, framework="SIF", after="ILACS"):
    """Kent and others, each judged overall under one framework and then under the next."""
    names = ["Kent", *(f"Other {n}" for n in range(1, len(pairs)))]
    aspect = judgements.HEADLINE.get(framework, "overall")
    table = graded(
        *(
            inspection(name, framework, "2012-01-01", **{aspect: pair[0]})
            for name, pair in zip(names, pairs, strict=True)
        ),
        *(
            inspection(name, after, "2020-01-01", 2 if after == framework else 1, overall=pair[1])
            for name, pair in zip(names, pairs, strict=True)
            if pair[1]
        ),
    )
    return judgements.next_inspection(table, framework)


def test_next_inspection_counts_grades_up_as_above_nought():
    found = moves((3, 2), (2, 4))
    assert found["move"].tolist() == [1, -2]


def test_next_inspection_leaves_out_whoever_had_none():
    assert moves((3, 2), (2, None))["authority"].tolist() == ["Kent"]


def test_next_inspection_is_never_an_earlier_one():
    table = graded(
        inspection("Kent", "SIF", "2017-06-13", overall=2),
        inspection("Kent", "ILACS", "2016-01-01", overall=2),
    )
    assert judgements.next_inspection(table, "SIF").empty


@pytest.mark.parametrize(
    ("pairs", "framework", "after", "said"),
    [
        (
            [(2, 1), (2, 1), (2, 2), (2, 3), (4, 1)],
            "SIF",
            "ILACS",
            "Kent went from good to outstanding at its first ILACS inspection; of 3 others that "
            "started from good, 1 rose, 1 stayed and 1 fell",
        ),
        (
            [(3, 3), (3, 2)],
            "SIF",
            "ILACS",
            "Kent was judged requires improvement again at its first ILACS inspection; of 1 other "
            "that started from requires improvement, 1 rose, 0 stayed and 0 fell",
        ),
        (
            [(3, 3)],
            "CPI",
            "SIF",
            "Kent went from adequate to requires improvement at its first SIF inspection; no "
            "other authority started from the same grade",
        ),
        (
            [(2, 3)],
            "ILACS",
            "ILACS",
            "Kent went from good to requires improvement at its second ILACS inspection; no "
            "other authority started from the same grade",
        ),
        (
            [(2, 2)],
            "SLAC",
            "SIF",
            "Kent was judged good for safeguarding, then good overall at its first SIF "
            "inspection; no other authority started from the same grade",
        ),
        (
            [(2, None)],
            "SIF",
            "ILACS",
            "Kent has no ILACS inspection after its first SIF one on record",
        ),
    ],
    ids=["rose", "same", "renamed grade", "same framework", "no overall", "none"],
)
def test_next_finding(pairs, framework, after, said):
    found = moves(*pairs, framework=framework, after=after)
    assert judgements.next_finding(found, "Kent", framework) == said


def test_own_move_is_two_grades_or_two_nones():
    assert judgements.own_move(moves((3, 2)), "Kent") == (3, 2)
    assert judgements.own_move(moves((3, None)), "Kent") == (None, None)


def test_transitions_hold_every_authority_and_every_grade():
    counts = judgements.transitions(moves((3, 2), (2, 4), (3, 2)))
    assert counts.loc[3, 2] == 2
    assert counts.loc[2, 4] == 1
    assert counts.shape == (4, 4)
    assert counts.to_numpy().sum() == 3


def test_transitions_table_speaks_in_words_and_totals():
    read = judgements.transitions_table(moves((3, 2), (2, 4)))
    assert read["Grade then"].tolist() == list(judgements.GRADES.values())
    assert read["all"].tolist() == [0, 1, 1, 0]


# The bundled table


def test_kent_stood_in_2017_as_ofsted_s_table_has_it():
    table = tables.load("national_judgements")
    found = judgements.standing(table, "Kent", "SIF").set_index("aspect")
    assert found.loc[judgements.OVERALL, ["better", "same", "worse"]].tolist() == [3, 50, 98]
    assert found.loc["help and protection", ["better", "same", "worse"]].tolist() == [42, 79, 30]
    uneven = judgements.uneven(table, "SIF").set_index("overall")
    assert uneven.loc["good", ["with_lower", "authorities"]].tolist() == [24, 51]


def test_every_authority_has_sentences_for_each_of_its_frameworks():
    table, areas = tables.load("national_judgements"), tables.load("areas")
    uneven = {name: judgements.uneven(table, name) for name in judgements.NAMES}
    moved = {name: judgements.next_inspection(table, name) for name in judgements.NAMES}
    first = dict(list(table[table["number"] == 1].groupby("framework")))
    said = []
    for authority, rows in table.groupby("authority"):
        path = judgements.trajectory(rows, authority)
        said.append(judgements.trajectory_finding(path, authority))
        for framework in judgements.frameworks(rows, authority):
            own = judgements.profile(rows, authority, framework)
            stands = judgements.standing(first[framework], authority, framework)
            said += [
                judgements.profile_finding(own, authority, framework),
                judgements.standing_finding(stands, authority, framework),
                judgements.uneven_finding(uneven[framework], own, authority),
                judgements.next_finding(moved[framework], authority, framework),
            ]
            where = comparators.label(areas, authority, "region")
            said.append(judgements.standing_sentence(stands, authority, where))
    assert len(said) > 2000
    strange = [one for one in said if any(s in one for s in ("nan", "<NA>", "NaT", " None"))]
    assert strange == []
