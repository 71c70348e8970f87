"""The SSDA903 reader: what it recognises, what it reads, what it tells and what it leaves out."""

import io
import zipfile

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kentlib.errors import DataError
from kentlib.extracts import problems, ssda903, ssda903_form, ssda903_part
from kentlib.paths import ROOT

EXAMPLE = ROOT.parent / "shared" / "sources" / "examples" / "ssda903-2017-18"

ORDINARY = {
    "header": {"CHILD": "0012", "SEX": "1", "DOB": "01/02/2008", "ETHNIC": "WBRI", "UPN": "A1"},
    "episodes": {
        "CHILD": "0012",
        "DECOM": "05/06/2017",
        "RNE": "S",
        "LS": "C2",
        "CIN": "N1",
        "PLACE": "U6",
        "PLACE_PROVIDER": "PR1",
    },
    "uasc": {"CHILD": "0012", "SEX": "1", "DOB": "01/02/2008"},
    "ad1": {
        "CHILD": "0012",
        "DOB": "01/02/2008",
        "DATE_INT": "01/07/2017",
        "DATE_MATCH": "01/08/2017",
        "FOSTER_CARE": "0",
        "NB_ADOPTR": "2",
        "SEX_ADOPTR": "MF",
        "LS_ADOPTR": "L0",
    },
    "placedadoption": {"CHILD": "0012", "DOB": "01/02/2008", "DATE_PLACED": "01/07/2017"},
    "missing": {
        "CHILD": "0012",
        "DOB": "01/02/2008",
        "MISSING": "M",
        "MIS_START": "01/07/2017",
        "MIS_END": "02/07/2017",
    },
    "oc3": {
        "CHILD": "0012",
        "DOB": "01/02/2008",
        "IN_TOUCH": "YES",
        "ACTIV": "F3",
        "ACCOM": "B1",
    },
    "reviews": {
        "CHILD": "0012",
        "DOB": "01/02/2008",
        "REVIEW": "01/07/2017",
        "REVIEW_CODE": "PN1",
    },
    "swepisodes": {
        "CHILD": "0012",
        "DOB": "01/02/2008",
        "SW_ID": "W1",
        "SW_DECOM": "05/06/2023",
    },
    "dolo": {"CHILD": "0012", "DOB": "01/02/2008", "DOLO_START": "05/06/2026"},
}


def frame(name, *rows):
    columns = [column.upper() for column in ssda903_form.tables()[name].columns]
    return pd.DataFrame([ORDINARY[name] | row for row in rows], columns=columns)


def text(name, *rows):
    return frame(name, *rows).to_csv(index=False)


@pytest.fixture
def given_files(tmp_path):
    """Write tables as CSV files in a folder that names the year; read them."""

    def write(where="ssda903-2017-18", **tables):
        folder = tmp_path / where
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in tables.items():
            (folder / f"{name}.csv").write_text(text(name, *rows), encoding="utf-8")
        return tmp_path

    return write


def read(folder):
    return ssda903.read(folder)


def told(made, *, but=()):
    """The kinds of problem found, with the column."""
    found = made.problems
    return {(k, c) for k, c in zip(found["kind"], found["column"], strict=True) if k not in but}


def kinds(made):
    return set(made.problems["kind"])


# Reading


def test_an_ordinary_return_has_no_problem(given_files):
    made = read(given_files(header=[{}], episodes=[{}]))
    assert made.problems.empty
    assert made.tables["episodes"]["decom"].dt.strftime("%Y-%m-%d").tolist() == ["2017-06-05"]
    assert made.tables["episodes"]["year"].tolist() == [2018]
    assert made.tables["episodes"]["_row"].tolist() == [2]


def test_identifiers_are_text_and_keep_their_zeros(given_files):
    made = read(given_files(header=[{}], episodes=[{}]))
    assert made.tables["episodes"]["child"].tolist() == ["0012"]


@pytest.mark.parametrize(
    "change",
    [
        lambda t: b"\xef\xbb\xbf" + t.encode(),
        lambda t: t.replace("\n", "\r\n").encode(),
        lambda t: t.replace("U6", '"U6"').encode(),
        lambda t: t.replace("HOME_POST", "Home_Post ").replace("RNE", "rne").encode(),
        lambda t: t.replace(",U6,", ",U6 ,").encode(),
        lambda t: t.replace("0012", "0012").replace("PR1", "PR1").encode("utf-16"),
    ],
    ids=["mark", "crlf", "quoted", "header case", "space", "utf-16"],
)
def test_a_file_in_any_dress_reads_the_same(given_files, tmp_path, change):
    plain = read(given_files(header=[{}], episodes=[{}])).tables["episodes"]
    path = tmp_path / "ssda903-2017-18" / "episodes.csv"
    path.write_bytes(change(text("episodes", {})))
    pd.testing.assert_frame_equal(read(tmp_path).tables["episodes"], plain)


def test_a_file_as_windows_writes_it_is_read(given_files, tmp_path):
    folder = given_files(header=[{"UPN": "ÉTÉ"}], episodes=[{}])
    path = folder / "ssda903-2017-18" / "header.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1252"))
    assert read(folder).tables["header"]["upn"].tolist() == ["ÉTÉ"]


@pytest.mark.parametrize("name", list(ORDINARY))
def test_a_table_is_known_by_its_header_in_any_order(tmp_path, name):
    rows = frame(name, {})
    rows[rows.columns[::-1]].to_csv(tmp_path / "2027.csv", index=False)
    made = read(tmp_path)
    assert made.files["seems_to_be"].tolist() == [f"SSDA903 {name}, 2027"]
    assert len(made.tables[name]) == 1


def test_a_zip_is_read_and_named_with_its_member(tmp_path):
    with zipfile.ZipFile(tmp_path / "903 2017-18.zip", "w") as archive:
        archive.writestr("a.csv", text("header", {}))
        archive.writestr("b.csv", text("episodes", {}))
    made = read(tmp_path)
    assert made.files["file"].tolist() == ["903 2017-18.zip/a.csv", "903 2017-18.zip/b.csv"]
    assert made.problems.empty


def test_a_workbook_is_read_with_its_dates_and_numbers(tmp_path):
    header, episodes = frame("header", {}), frame("episodes", {"DECOM": 42891, "CHILD": "0012"})
    header["DOB"] = pd.to_datetime(header["DOB"], format="%d/%m/%Y")
    header["SEX"] = 1
    with pd.ExcelWriter(tmp_path / "2018.xlsx", engine="xlsxwriter") as book:
        header.to_excel(book, sheet_name="Header", index=False)
        episodes.to_excel(book, sheet_name="Episodes", index=False)
    made = read(tmp_path)
    assert made.tables["header"]["sex"].tolist() == ["1"]
    assert made.tables["header"]["dob"].astype("str").tolist() == ["2008-02-01"]
    assert made.tables["episodes"]["decom"].astype("str").tolist() == ["2017-06-05"]
    assert told(made) == {("date-as-number", "DECOM")}


def test_dates_year_first_are_read_with_a_note(given_files):
    made = read(given_files(header=[{}], episodes=[{"DECOM": "2017-06-05"}]))
    assert made.tables["episodes"]["decom"].astype("str").tolist() == ["2017-06-05"]
    assert told(made) == {("date-iso", "DECOM")}


def test_a_code_that_a_spreadsheet_made_a_decimal_is_read_with_a_note(given_files):
    made = read(given_files(header=[{"SEX": "1.0"}], episodes=[{}]))
    assert made.tables["header"]["sex"].tolist() == ["1"]
    assert told(made) == {("code-decimal", "SEX")}


def test_a_blank_line_does_not_shift_the_rows_that_problems_name(given_files, tmp_path):
    given_files(header=[{}], episodes=[{}])
    lines = text("episodes", {}, {"DECOM": "31/02/2018"}).splitlines()
    path = tmp_path / "ssda903-2017-18" / "episodes.csv"
    path.write_text("\n".join([lines[0], "", lines[1], "", lines[2]]))
    found = read(tmp_path).problems
    assert found[["kind", "row", "letter"]].values.tolist() == [["date-impossible", 5, "B"]]


def test_no_table_of_the_return_is_an_error_that_names_those_there_are(tmp_path):
    (tmp_path / "a.csv").write_text("Child Unique ID,Age\n1,2\n")
    with pytest.raises(DataError, match=r"has the header of an SSDA903 table.*episodes"):
        read(tmp_path)


def test_no_folder_is_an_error(tmp_path):
    with pytest.raises(DataError, match="not a folder"):
        read(tmp_path / "none")


# Which year


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("ssda903-2017-18", 2018),
        ("2017-18", 2018),
        ("2017_2018", 2018),
        ("201718", 2018),
        ("903 2018", 2018),
        ("2018-03-31", 2018),
        ("20170930", 2018),
        ("2016-17/of 2018", 2018),
        ("return", None),
        ("batch 120170", None),
    ],
)
def test_the_year_a_name_holds(name, year):
    assert ssda903_part.year_named(f"{name}/episodes.csv") == year


def test_without_a_name_the_latest_start_tells_the_year(given_files):
    made = read(
        given_files(
            "new", header=[{}], episodes=[{"DECOM": "31/03/2018", "DEC": "01/04/2018", "REC": "E8"}]
        )
    )
    assert set(made.tables["episodes"]["year"]) == set(made.tables["header"]["year"]) == {2018}
    assert "year-unnamed" in kinds(made)


def test_one_file_of_many_years_is_told_apart_by_its_ends(given_files):
    rows = [
        {"DEC": "01/06/2018", "REC": "E43"},
        {"CHILD": "2", "DECOM": "01/06/2019"},
    ]
    made = read(given_files("all", header=[{}, {"CHILD": "2"}], episodes=rows))
    assert made.tables["episodes"]["year"].tolist() == [2019, 2020]
    assert "code-of-another-year" not in kinds(made)


def test_a_year_between_that_has_no_return_is_told(given_files):
    given_files("2016-17", header=[{}], episodes=[{"DECOM": "05/06/2016"}])
    made = read(given_files("2018-19", header=[{}], episodes=[{"DECOM": "05/06/2018"}]))
    assert made.problems.query("kind == 'year-missing'")["seen"].tolist() == ["2018"]


# Codes of the year


@pytest.mark.parametrize(
    ("codes", "code", "years"),
    [
        ("rec", "E43", range(2017, 2019)),
        ("rec", "E44", range(2017, 2019)),
        ("rec", "E45", range(2019, 2028)),
        ("rec", "E48", range(2019, 2028)),
        ("reason_place_change", "CUSTOD", range(2019, 2028)),
        ("activ", "F3", range(2017, 2022)),
        ("activ", "P5", range(2022, 2028)),
        ("sex", "1", range(2017, 2025)),
        ("sex", "U", range(2025, 2028)),
        ("place", "H5", range(2017, 2025)),
        ("place", "K3", range(2025, 2028)),
        ("place", "Z14", range(2026, 2028)),
        ("rec", "X1", range(2017, 2028)),
    ],
)
def test_a_code_is_of_the_years_that_had_it(codes, code, years):
    having = [year for year in range(2017, 2028) if code in ssda903_form.codes_of(codes, year)]
    assert having == list(years)


def test_yes_and_no_stay_words_in_the_list_of_codes():
    assert {"YES", "NO"} < set(ssda903_form.code_list("in_touch").codes)


def test_a_code_of_another_year_is_kept_and_told(given_files):
    ended = {"DEC": "01/09/2017", "REC": "E45"}
    made = read(given_files(header=[{}], episodes=[ended]))
    assert made.tables["episodes"]["rec"].tolist() == ["E45"]
    found = made.problems[["kind", "column", "letter", "row", "seen"]].values.tolist()
    assert found == [["code-of-another-year", "REC", "I", 2, "E45"]]


def test_a_code_of_no_year_is_missing_and_told_without_the_text(given_files):
    made = read(given_files(header=[{"ETHNIC": "0012"}], episodes=[{}]))
    assert made.tables["header"]["ethnic"].isna().all()
    (found,) = made.problems.to_dict("records")
    assert (found["kind"], found["seen"]) == ("code-unknown", "digits")


def test_a_table_before_its_first_year_is_told(given_files):
    made = read(given_files(header=[{}], episodes=[{}], swepisodes=[{"SW_DECOM": "05/06/2017"}]))
    assert kinds(made) == {"table-not-of-the-year"}


# What is wrong, one at a time: the problem, where it stands, and whether the row is left out

END = {"DEC": "01/09/2017", "REC": "E4A"}
X1 = {"DEC": "01/09/2017", "REC": "X1"}
NEXT = {"DECOM": "01/09/2017", "RNE": "P"}

EPISODES = {
    "blank DECOM": ([{"DECOM": ""}, {}], {("blank", "DECOM")}, 1),
    "impossible DECOM": ([{"DECOM": "31/02/2018"}, {}], {("date-impossible", "DECOM")}, 1),
    "unreadable DEC": ([{"DEC": "soon"}], {("date-unreadable", "DEC")}, 0),
    "DEC before DECOM": ([{}, END | {"DECOM": "02/09/2017"}], {("ends-before-start", "DEC")}, 1),
    "blank LS": ([{"LS": ""}], {("blank", "LS")}, 0),
    "X1 without DEC": ([{"REC": "X1"}], {("x1-without-end", "DEC")}, 0),
    "REC without DEC": ([{"REC": "E4A"}], {("reason-without-end", "DEC")}, 0),
    "DEC without REC": ([{"DEC": "01/09/2017"}], {("end-without-reason", "REC")}, 0),
    "overlap": ([END, {"DECOM": "01/08/2017", "RNE": "P"}], {("overlap", "DEC")}, 0),
    "gap": ([X1, NEXT | {"DECOM": "05/09/2017"}], {("gap-after-x1", "DEC")}, 0),
    "X1 and nothing": ([X1], {("x1-not-followed", "REC")}, 0),
    "two open": ([{}, NEXT], {("open-but-followed", "DEC")}, 0),
    "same day": ([END, NEXT | {"RNE": "S"}], {("restart-same-day", "REC")}, 0),
    "same row": ([{}, {}], {("row-twice", "")}, 1),
    "same start": ([{"LS": "C1"}, {}], {("fact-twice", "")}, 1),
    "start not S": ([{"RNE": "P"}], {("start-not-s", "RNE")}, 0),
    "S within": ([X1, NEXT | {"RNE": "S"}], {("s-within-period", "RNE")}, 0),
    "L but moved": ([X1, NEXT | {"RNE": "L", "URN": "9"}], {("status-only-but-moved", "RNE")}, 0),
    "after 31 March": ([{"DECOM": "01/04/2018"}], {("after-return", "DECOM")}, 0),
    "ends after": ([END | {"DEC": "01/04/2018"}], {("ends-after-return", "DEC")}, 0),
    "ended before": (
        [{"DECOM": "01/06/2016", "DEC": "01/09/2016", "REC": "E4A"}],
        {("before-return", "DEC")},
        0,
    ),
}


@pytest.mark.parametrize("case", list(EPISODES))
def test_what_is_wrong_with_episodes_is_told(given_files, case):
    rows, expected, left_out = EPISODES[case]
    made = read(given_files(header=[{}], episodes=rows))
    assert told(made) == expected
    assert len(made.tables["episodes"]) == len(rows) - left_out


def test_an_x1_that_is_followed_and_an_entry_before_the_first_return_are_no_problem(given_files):
    early = X1 | {"DECOM": "01/06/2015", "RNE": "P"}
    assert read(given_files(header=[{}], episodes=[early, NEXT])).problems.empty


CHILDREN = {
    "not in header": (
        {"header": [{"CHILD": "9"}], "episodes": [{}]},
        {("not-in-header", "CHILD"), ("not-in-episodes", "CHILD")},
    ),
    "no episode": (
        {"header": [{}, {"CHILD": "9"}], "episodes": [{}]},
        {("not-in-episodes", "CHILD")},
    ),
    "born after start": (
        {"header": [{"DOB": "06/06/2017"}], "episodes": [{}]},
        {("born-after-start", "DECOM")},
    ),
    "started over 18": (
        {"header": [{"DOB": "05/06/1999"}], "episodes": [{}]},
        {("started-over-18", "DECOM")},
    ),
    "over 18": ({"header": [{"DOB": "31/08/1999"}], "episodes": [END]}, {("over-18", "DEC")}),
    "header twice": ({"header": [{}, {"SEX": "2"}], "episodes": [{}]}, {("fact-twice", "")}),
    "born otherwise": (
        {"header": [{}], "episodes": [{}], "uasc": [{"DOB": "01/02/2009"}]},
        {("born-otherwise", "DOB")},
    ),
    "AD1 and no adoption": (
        {"header": [{}], "episodes": [{}], "ad1": [{}]},
        {("ad1-not-adopted", "CHILD")},
    ),
    "matched first": (
        {"header": [{}], "episodes": [END | {"REC": "E11"}], "ad1": [{"DATE_MATCH": "01/06/2017"}]},
        {("matched-before-decision", "DATE_MATCH")},
    ),
    "adopted twice": (
        {
            "header": [{}],
            "episodes": [
                END | {"REC": "E11"},
                {"DECOM": "01/11/2017", "DEC": "01/12/2017", "REC": "E12"},
            ],
        },
        {("adopted-twice", "REC")},
    ),
    "asylum over 18": (
        {
            "header": [{"DOB": "01/02/1999"}],
            "episodes": [END | {"DECOM": "01/06/2016"}],
            "uasc": [{"DOB": "01/02/1999"}],
        },
        {("over-18", "DEC"), ("uasc-over-18", "DOB")},
    ),
    "asylum ends late": (
        {"header": [{}], "episodes": [{}], "uasc": [{"DUC": "02/02/2026"}]},
        {("duc-over-18", "DUC")},
    ),
    "back before gone": (
        {"header": [{}], "episodes": [{}], "missing": [{"MIS_END": "30/06/2017"}]},
        {("ends-before-start", "MIS_END")},
    ),
    "missing twice at once": (
        {
            "header": [{}],
            "episodes": [{}],
            "missing": [
                {"MIS_END": "09/07/2017"},
                {"MIS_START": "03/07/2017", "MIS_END": "04/07/2017"},
            ],
        },
        {("missing-overlap", "MIS_START")},
    ),
    "missing, not in care": (
        {"header": [{}], "episodes": [{}], "missing": [{"MIS_START": "01/05/2017"}]},
        {("missing-outside-care", "MIS_START")},
    ),
    "plan dropped first": (
        {
            "header": [{}],
            "episodes": [{}],
            "placedadoption": [{"DATE_PLACED_CEASED": "30/06/2017", "REASON_PLACED_CEASED": "RD1"}],
        },
        {("ends-before-start", "DATE_PLACED_CEASED")},
    ),
    "reason alone": (
        {"header": [{}], "episodes": [{}], "placedadoption": [{"REASON_PLACED_CEASED": "RD1"}]},
        {("reason-not-reversed", "DATE_PLACED_CEASED")},
    ),
}


@pytest.mark.parametrize("case", list(CHILDREN))
def test_what_is_wrong_between_tables_is_told(given_files, case):
    tables, expected = CHILDREN[case]
    assert told(read(given_files(**tables))) == expected


def test_an_adoption_without_a_row_in_ad1_is_told_when_ad1_is_given(given_files):
    rows = [END | {"REC": "E11"}, END | {"REC": "E11", "CHILD": "2"}]
    tables = {"header": [{}, {"CHILD": "2"}], "episodes": rows}
    assert read(given_files(**tables)).problems.empty
    assert kinds(read(given_files(**tables, ad1=[{}]))) == {"adopted-no-ad1"}


def test_every_kind_of_problem_of_ours_is_told_in_words():
    from kentlib.extracts.ssda903_findings import KINDS

    for problem, expected, severity in KINDS.values():
        assert problem and expected and severity in problems.SEVERITIES


# Columns and tables that are missing


@pytest.mark.parametrize("column", ["CHILD", "DECOM", "DEC", "REC"])
def test_episodes_without_a_needed_column_stop_the_measure(given_files, tmp_path, column):
    given_files(header=[{}])
    path = tmp_path / "ssda903-2017-18" / "episodes.csv"
    frame("episodes", {}).drop(columns=column).to_csv(path, index=False)
    made = read(tmp_path)
    assert problems.stops(made.problems)
    assert ("column-missing", column) in told(made)
    received = made.received.set_index("table").loc["SSDA903 episodes"]
    assert (received["rows_in"], received["used"], received["left_out"]) == (1, 0, 1)


def test_a_column_that_is_not_needed_may_be_missing(given_files, tmp_path):
    given_files(header=[{}])
    path = tmp_path / "ssda903-2017-18" / "episodes.csv"
    frame("episodes", {}).drop(columns="URN").to_csv(path, index=False)
    made = read(tmp_path)
    assert told(made) == {("column-missing", "URN")}
    assert not problems.stops(made.problems)
    assert made.tables["episodes"]["urn"].isna().all()


def test_a_column_of_the_authoritys_own_is_noted_with_its_letter(given_files, tmp_path):
    given_files(header=[{}])
    path = tmp_path / "ssda903-2017-18" / "episodes.csv"
    frame("episodes", {}).assign(Team="x").to_csv(path, index=False)
    (found,) = read(tmp_path).problems.to_dict("records")
    assert (found["kind"], found["letter"], found["severity"]) == ("column-extra", "N", "note")


@pytest.mark.parametrize("absent", ["header", "episodes"])
def test_a_return_without_header_or_episodes_stops_the_measure(given_files, absent):
    tables = {"header": [{}], "episodes": [{}]}
    del tables[absent]
    made = read(given_files(**tables))
    assert problems.stops(made.problems)
    assert made.problems.query("kind == 'table-missing'")["seen"].tolist() == [absent]


# Several years


def test_an_episode_open_in_one_return_has_its_end_from_the_next(given_files):
    given_files("2016-17", header=[{}], episodes=[{"DECOM": "05/06/2016"}])
    ended = {"DECOM": "05/06/2016", "DEC": "01/09/2017", "REC": "E4A"}
    made = read(given_files("2017-18", header=[{}], episodes=[ended]))
    (row,) = made.tables["episodes"].to_dict("records")
    assert (str(row["dec"].date()), row["rec"], row["year"]) == ("2017-09-01", "E4A", 2018)
    assert made.problems.empty
    received = made.received.set_index("table").loc["SSDA903 episodes"]
    assert received[["rows_in", "used", "left_out"]].tolist() == [2, 1, 1]
    assert received["why"] == "a later return tells it"


def test_the_later_return_wins_whatever_order_the_folders_are_read_in(given_files):
    given_files("b 2016-17", header=[{}], episodes=[{"DECOM": "05/06/2016"}])
    ended = {"DECOM": "05/06/2016", "DEC": "01/09/2017", "REC": "E4A"}
    made = read(given_files("a 2017-18", header=[{}], episodes=[ended]))
    assert made.tables["episodes"]["rec"].tolist() == ["E4A"]


def test_what_a_later_return_says_otherwise_is_told(given_files):
    first = {"DECOM": "05/06/2016", "DEC": "01/09/2016", "REC": "E4A", "LS": "C1"}
    given_files("2016-17", header=[{}], episodes=[first])
    made = read(given_files("2017-18", header=[{}], episodes=[first | {"REC": "E13"}]))
    assert told(made, but={"before-return"}) == {("changed-since", "REC")}
    assert made.problems.query("kind == 'changed-since'")["file"].tolist() == [
        "2016-17/episodes.csv"
    ]


def test_a_code_that_was_done_away_with_is_no_change(given_files):
    row = {"DECOM": "05/06/2023"}
    given_files("2023-24", header=[{}], episodes=[row | {"PLACE": "H5"}])
    made = read(given_files("2024-25", header=[{"SEX": "M"}], episodes=[row | {"PLACE": "K3"}]))
    assert made.problems.empty


def test_an_open_episode_that_later_returns_do_not_have_is_told(given_files):
    given_files("2016-17", header=[{}], episodes=[{"DECOM": "05/06/2016"}])
    other = {"CHILD": "2"}
    made = read(given_files("2017-18", header=[other], episodes=[other]))
    assert told(made) == {("gone-since", "DEC")}


def test_the_same_table_twice_in_a_year_is_told(given_files, tmp_path):
    given_files(header=[{}], episodes=[{}])
    (tmp_path / "ssda903-2017-18" / "copy.csv").write_text(text("episodes", {}))
    made = read(tmp_path)
    assert kinds(made) == {"table-twice", "row-twice"}
    assert len(made.tables["episodes"]) == 1


def test_rows_in_are_rows_used_and_rows_left_out(given_files):
    given_files(
        "2016-17", header=[{}], episodes=[{}, {}, {"DECOM": ""}, END | {"DEC": "01/01/2010"}]
    )
    made = read(given_files("2017-18", header=[{}], episodes=[{"CHILD": " "}, {}]))
    for _, rows in made.received.groupby("table"):
        assert rows["rows_in"].iloc[0] == rows["used"].iloc[0] + rows["left_out"].sum()


# Identifiers stay inside


SECRET = {"CHILD": "SECRET77", "DOB": "03/03/2003", "HOME_POST": "ZZ9 9ZZ", "PL_POST": "ZZ8 8ZZ"}


def test_no_problem_holds_an_identifier_a_birth_or_a_postcode(given_files):
    wrong = [
        {name: value for name in frame("episodes").columns} | {"CHILD": "SECRET77"}
        for value in SECRET.values()
    ]
    wrong += [SECRET, SECRET | {"DECOM": "01/01/2002"}, SECRET | END]
    births = [{name: value for name in frame("header").columns} for value in SECRET.values()]
    made = read(given_files(header=[*births, SECRET], episodes=wrong, uasc=[SECRET, SECRET]))
    assert len(made.problems) > 20
    shown = made.problems.astype("str").to_csv() + made.received.to_csv() + made.files.to_csv()
    for secret in SECRET.values():
        assert secret not in shown


# Whatever is in the file


HEADERS = [",".join(frame(name).columns) for name in ORDINARY]
CELL = st.sampled_from(
    ["", "0012", "X1", "E4A", "S", "05/06/2017", "31/02/2018", "01/09/2017", "#N/A", '"', "é", "\0"]
) | st.text(max_size=8)


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(HEADERS),
    st.lists(st.lists(CELL, max_size=15), max_size=6),
    st.binary(max_size=40),
    st.booleans(),
)
def test_any_bytes_under_a_header_are_read_or_refused_in_words(tmp_path, head, rows, tail, at_end):
    body = "\n".join([head, *(",".join(row) for row in rows)]).encode("utf-8", "replace")
    (tmp_path / "2018.csv").write_bytes(body + tail if at_end else tail + body)
    try:
        made = read(tmp_path)
    except DataError:
        return
    for _, table in made.received.groupby("table"):
        assert table["rows_in"].iloc[0] == table["used"].iloc[0] + table["left_out"].sum()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=300))
@example(b"\r\x01")
def test_any_bytes_are_read_or_refused_in_words(tmp_path, content):
    (tmp_path / "2018.csv").write_bytes(content)
    with pytest.raises(DataError):
        read(tmp_path)


# The public example, whose codes are random, and its small twin

TRAPS = {
    ("code-unknown", "REASON_PLACED_CEASED"),
    ("code-unknown", "ACCOM"),
    ("code-decimal", "MOTHER"),
    ("code-of-another-year", "REC"),
    ("code-of-another-year", "REASON_PLACE_CHANGE"),
    ("x1-without-end", "DEC"),
    ("reason-without-end", "DEC"),
    ("overlap", "DEC"),
    ("row-twice", ""),
    ("after-return", "REVIEW"),
    ("missing-overlap", "MIS_START"),
}


def twin(tmp_path):
    """A small return with each trap of the public example once."""
    rows = {
        "header": [{"MOTHER": "1.0"}, {"CHILD": "2"}, {"CHILD": "3"}],
        "episodes": [
            {"REC": "X1"},
            X1 | {"CHILD": "2", "REASON_PLACE_CHANGE": "CUSTOD"},
            {"CHILD": "2", "DECOM": "01/08/2017", "RNE": "P", "REC": "E4A"},
            END | {"CHILD": "3", "REC": "E45"},
        ],
        "placedadoption": [
            {"DATE_PLACED_CEASED": "01/09/2017", "REASON_PLACED_CEASED": "XXX"},
        ],
        "oc3": [{"ACCOM": "01"}],
        "reviews": [{}, {}, {"REVIEW": "18/11/2030"}],
        "missing": [{"MIS_END": "09/07/2017"}, {"MIS_START": "05/07/2017", "MIS_END": ""}],
    }
    for name, made in rows.items():
        (tmp_path / f"{name}.csv").write_text(text(name, *made))
    return tmp_path


@pytest.fixture(params=["twin", *(["public"] if EXAMPLE.is_dir() else [])])
def public_or_twin(request, tmp_path):
    if request.param == "public":
        return EXAMPLE
    folder = tmp_path / "ssda903-2017-18"
    folder.mkdir()
    return twin(folder)


def test_every_trap_of_the_example_is_reported(public_or_twin):
    assert told(read(public_or_twin)) >= TRAPS


def test_nothing_that_the_example_has_right_is_called_wrong(public_or_twin):
    made = read(public_or_twin)
    invented = {
        "blank", "date-unreadable", "date-impossible", "number-unreadable", "column-missing",
        "column-extra", "not-in-header", "born-otherwise", "born-after-start", "adopted-twice",
        "year-unnamed", "ends-before-start", "started-over-18", "uasc-over-18",
    }  # fmt: skip
    assert not kinds(made) & invented
    assert not problems.stops(made.problems)


def test_rows_of_the_example_are_all_accounted_for(public_or_twin):
    made = read(public_or_twin)
    assert made.files["rows"].sum() == made.received.drop_duplicates("table")["rows_in"].sum()
    for _, rows in made.received.groupby("table"):
        assert rows["rows_in"].iloc[0] == rows["used"].iloc[0] + rows["left_out"].sum()


def test_a_list_read_twice_in_memory_is_the_same(public_or_twin):
    one, other = read(public_or_twin), read(public_or_twin)
    pd.testing.assert_frame_equal(one.problems, other.problems)
    buffers = [io.BytesIO(), io.BytesIO()]
    for made, buffer in zip((one, other), buffers, strict=True):
        made.tables["episodes"].to_csv(buffer)
    assert buffers[0].getvalue() == buffers[1].getvalue()
