import csv
import datetime as dt

import pandas as pd
import pytest
from annex_a_files import write

from kentlib import extracts, tables
from kentlib.extracts import specs
from kentlib.paths import DATA

TODAY = dt.date(2026, 1, 1)
FIELDS = list(specs.return_interviews().fields)


def episode(**changed):
    """An ordinary row: back on 3 May, interviewed the next day."""
    values = dict.fromkeys(FIELDS, "") | {
        "child_id": "00123456",
        "child_group": "looked after",
        "district": "Thanet",
        "missing_or_away": "missing",
        "episode_start": "01/05/2017 22:00",
        "episode_end": "03/05/2017 06:30",
        "offered": "yes",
        "offered_at": "03/05/2017 10:00",
        "accepted": "yes",
        "held": "yes",
        "held_at": "04/05/2017 16:00",
        "independent": "yes",
        "reasons": "family;peers",
        "informed_safety_plan": "no",
        "shared_with_authority": "not applicable",
    }
    assert set(changed) <= set(FIELDS)
    return values | changed


def read(folder, *episodes, districts=None):
    _save(folder / "interviews.csv", FIELDS, [list(one.values()) for one in episodes])
    if districts:
        _save(folder / "districts.csv", ["child_id", "district"], districts)
    return extracts.read(folder, today=TODAY)


def _save(path, header, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


def found(made):
    return made.problems[["kind", "row", "column"]].values.tolist()


def test_an_ordinary_episode_is_typed_and_has_no_problems(tmp_path):
    made = read(tmp_path, episode())
    one = made.interviews.iloc[0]
    assert found(made) == []
    assert one["held_at"] == pd.Timestamp("2017-05-04 16:00")
    assert one["held_at_has_time"]
    assert (one["child_id"], one["reasons"]) == ("00123456", "family;peers")
    assert made.received.values.tolist() == [["Return interviews", 1, 1, 0, ""]]


def test_a_workbook_says_the_same_as_csv(tmp_path):
    there = tmp_path / "xlsx"
    there.mkdir()
    timed = [
        name for name, field in specs.return_interviews().fields.items() if field.kind == "moment"
    ]
    moments = {name: dt.datetime.strptime(episode()[name], "%d/%m/%Y %H:%M") for name in timed}
    write(there / "i.xlsx", {"Sheet1": [FIELDS, list(episode(**moments).values())]})
    (tmp_path / "csv").mkdir()
    from_csv = read(tmp_path / "csv", episode()).interviews
    from_book = extracts.read(there, today=TODAY).interviews
    fields = [name for name in from_csv if not name.startswith("_")]
    pd.testing.assert_frame_equal(from_csv[fields], from_book[fields])


def test_a_blank_answer_is_not_recorded_and_never_no(tmp_path):
    answers = {"offered": "", "offered_at": "", "accepted": "", "held": "", "held_at": ""}
    one = read(tmp_path, episode(**answers, independent="")).interviews.iloc[0]
    for name in ("offered", "accepted", "held", "independent"):
        assert one[name] == "not recorded"


@pytest.mark.parametrize(
    ("written", "read_as"),
    [("Y", "yes"), ("N", "no"), ("n/a", "not applicable"), ("Not Known", "not recorded")],
)
def test_answers_are_read_as_they_are_written(tmp_path, written, read_as):
    made = read(tmp_path, episode(accepted=written))
    assert made.interviews["accepted"].tolist() == [read_as]


@pytest.mark.parametrize(
    ("changed", "column", "left_out"),
    [
        ({"episode_end": "01/05/2017 21:00"}, "episode_end", "episode_end"),
        ({"offered_at": "03/05/2017 06:00"}, "offered_at", "offered_at"),
        ({"held_at": "03/05/2017 06:00", "offered_at": ""}, "held_at", "held_at"),
    ],
    ids=["returned before missing", "offered before returned", "interviewed before returned"],
)
def test_a_time_before_the_one_it_follows_is_left_out(tmp_path, changed, column, left_out):
    made = read(tmp_path, episode(**changed))
    assert found(made)[0] == ["ends-before-start", 2, column]
    assert "held-without-time" not in made.problems["kind"].tolist()
    assert made.interviews[left_out].isna().all()
    assert not made.interviews[f"{left_out}_has_time"].any()


def test_on_the_same_day_without_a_time_nothing_is_before(tmp_path):
    made = read(tmp_path, episode(held_at="03/05/2017", offered_at="03/05/2017"))
    assert found(made) == []


def test_episodes_of_one_child_that_overlap_are_told(tmp_path):
    later = episode(episode_start="02/05/2017 09:00")
    other = episode(child_id="2", episode_start="02/05/2017 09:00")
    after = episode(episode_start="03/05/2017 07:00", episode_end="", held="no", held_at="",
                    offered="no", offered_at="")  # fmt: skip
    made = read(tmp_path, episode(), later, other, after)
    assert found(made) == [["overlap", 3, "episode_start"]]


def test_an_episode_with_no_end_overlaps_all_that_follow(tmp_path):
    open_ended = episode(episode_end="", offered_at="", held_at="", held="no", offered="no")
    later = episode(episode_start="02/05/2018", episode_end="03/05/2018", offered_at="", held_at="",
                    held="no", offered="no")  # fmt: skip
    assert found(read(tmp_path, open_ended, later)) == [["overlap", 3, "episode_start"]]


def test_a_district_nobody_knows_is_told_when_districts_are_given(tmp_path):
    assert found(read(tmp_path, episode(district="Atlantis"))) == []
    made = read(tmp_path, episode(district="Atlantis"), episode(child_id="2", district="THANET"),
                districts=[["00123456", "Thanet"]])  # fmt: skip
    assert found(made) == [["district-unknown", 2, "district"]]
    assert made.districts[["child", "district"]].values.tolist() == [["00123456", "Thanet"]]


def test_held_and_not_when_cannot_be_timed(tmp_path):
    assert found(read(tmp_path, episode(held_at=""))) == [["held-without-time", 2, "held_at"]]


def test_free_text_among_the_reasons_is_left_out_and_not_shown(tmp_path):
    story = "left after an argument with a carer about her sister"
    made = read(
        tmp_path, episode(reasons=story), episode(child_id="2", reasons="Peers; family|peers")
    )
    assert found(made) == [["reason-free-text", 2, "reasons"]]
    assert made.interviews["reasons"].iloc[1] == "family;peers"


def test_the_same_episode_in_two_files_counts_once(tmp_path):
    read(tmp_path, episode())
    _save(
        tmp_path / "more.csv",
        FIELDS,
        [list(episode().values()), list(episode(child_id="2").values())],
    )
    made = extracts.read(tmp_path, today=TODAY)
    assert made.interviews["child_id"].tolist() == ["00123456", "2"]
    assert made.received.values.tolist() == [
        ["Return interviews", 3, 2, 1, "the same child and event as an earlier row"]
    ]
    assert made.problems[["file", "row"]].values.tolist() == [["more.csv", 2]]


@pytest.mark.parametrize("name", ["return_interviews", "districts"])
def test_the_template_is_the_header_and_nothing(name):
    text = (DATA / "templates" / f"{name}.csv").read_text(encoding="utf-8")
    assert text.splitlines() == [",".join(getattr(specs, name)().fields)]


def test_the_documented_fields_are_those_that_are_read():
    documented = tables.load("return_interview_fields")
    assert documented["field"].tolist() == FIELDS
    moments = documented.loc[documented["holds"] == "date and time", "field"].tolist()
    assert moments == [n for n, f in specs.return_interviews().fields.items() if f.kind == "moment"]
