"""The table holds the published figures, each in its place and none left out.

The documents are not carried with the project. Where they stand beside it, in
../shared/sources/kent, every row and every number is checked against them (the PDF through
`pdftotext`, when that program is installed). A few of their lines, in fixtures/, are always
checked in the same way.
"""

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from kentlib.paths import ROOT
from kentlib.tables import dictionary, load

FIXTURES = Path(__file__).parent / "fixtures"
KENT = ROOT.parent / "shared" / "sources" / "kent"
PDF = KENT / "inspection-report-2017.pdf"
CABINET = KENT / "cabinet-report-2016.txt"
TEXT_COPY = KENT / "inspection-report-2017-text.txt"

WORDS = [
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    "twenty",
]  # fmt: skip
ORDINALS = {"first": 1, "second": 2, "third": 3, "thirteenth": 13}
NUMBER = re.compile(
    rf"\d[\d,.]*|\b(?:{'|'.join([*WORDS, *ORDINALS])}|none|nil|zero|half|quarter|twice)\b", re.I
)
MONTH = re.compile(
    r"\b(?:January|February|March|June|July|August|September|October|November|December)\b"
)

# Numbers on a page that are no figure about anybody: names, ages that define a group, laws,
# addresses, and words that only look like a number.
NOT_FIGURES = {
    1: ["Board1", "2.1", "2.2", "section 152", "Act 2006", "section 136",
        "Regulations 2013"],
    2: ["children first come"],
    3: ["aged 16 and 17"],
    4: ["Executive summary 2", "authority 5", "area 5", "Recommendations 8", "people 9",
        "protection 10", "permanence 15", "governance 24", "(LSCB) 29",
        "Recommendations 30", "Board 30", "inspection 34"],
    5: ["area2", " 2 The local authority"],
    6: ["schools3", " 3 These"],
    8: ["aged 16 and 17"],
    10: ["16- and 17-year-olds"],
    11: ["first point of contact"],
    13: ["no progress"],
    15: ["key stages 1, 2 and 4"],
    16: ["no longer"],
    17: ["key stages 1 and 2", "key stage 2", "5 GCSEs", "key stage 4"],
    19: ["aged over 16", "a first visit"],
    20: ["second or third child", "If no matches"],
    21: ["due to turn 18", "18-plus", "one adopter"],
    23: ["18-plus"],
    26: ["First-line", "one size fits all"],
    27: ["no further action", "0-25"],
    29: ["Section 11"],
    30: ["0-25"],
    34: ["section 136", "Act 2006", "section 15A", "Act 2004", "section 152"],
    35: ["0300123 4234", "0300 123 1231", "M1 2WD", "0300 123 4234", "0161 618 8524",
         "London TW9 4DU", "copyright 2017"],
}  # fmt: skip


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub("[‘’]", "'", text)).strip()


def metrics() -> pd.DataFrame:
    return load("inspection_metrics").set_index("id")


@cache
def printed_pages() -> dict[int, str]:
    command = ["pdftotext", "-layout", str(PDF), "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return dict(enumerate(text.split("\f")[:-1], start=1))


def few_pages() -> dict[int, str]:
    return {7: (FIXTURES / "inspection_report_2017_page_7.txt").read_text(encoding="utf-8")}


def all_lines() -> dict[int, str]:
    return dict(enumerate(CABINET.read_text(encoding="utf-8").splitlines(), start=1))


def few_lines() -> dict[int, str]:
    path = FIXTURES / "cabinet_report_2016_lines_226_to_229.txt"
    return dict(enumerate(path.read_text(encoding="utf-8").splitlines(), start=226))


PRINTED = PDF.exists() and shutil.which("pdftotext") is not None
PAGES = [few_pages, printed_pages] if PRINTED else [few_pages]
LINES = [few_lines, all_lines] if CABINET.exists() else [few_lines]


def number(text: str) -> float:
    word = text.lower().rstrip(".,")
    if word in WORDS:
        return WORDS.index(word)
    return ORDINALS[word] if word in ORDINALS else float(word.replace(",", ""))


def test_every_row_has_a_value_a_date_or_a_reason_and_only_one():
    table = metrics()
    date = (table["unit"] == "date") & table["as_at"].notna()
    ways = table["value"].notna().astype(int) + date + table["no_value_because"].notna()
    assert table.index[ways != 1].tolist() == []


def test_a_row_of_the_report_has_a_page_and_one_of_the_cabinet_report_a_line():
    table = metrics()
    report = table["document"] == "inspection_report_2017"
    assert (table["page"].notna() == report).all()
    assert (table["line"].isna() == report).all()
    assert (table["lost_in_text_copy"].notna() == report).all()


def test_no_cell_holds_a_line_break_or_a_curly_apostrophe():
    cells = load("inspection_metrics").select_dtypes("str")
    assert not cells.apply(lambda column: column.str.contains("[\n\r’‘]", na=False)).any().any()


def test_a_period_does_not_end_before_it_starts():
    both = metrics().dropna(subset=["period_start", "as_at"])
    assert (both["period_start"] < both["as_at"]).all()


@pytest.mark.parametrize("link", ["compares_with", "part_of", "same_as"])
def test_no_row_is_linked_to_itself_even_through_others(link):
    to = metrics()[link].dropna()
    for start in to.index:
        seen, at = set(), start
        while at in to.index:
            assert at not in seen, start
            seen.add(at)
            at = to[at]


def test_a_comparator_says_how_it_compares_and_shares_its_unit():
    table = metrics()
    assert (table["compares_with"].notna() == table["comparison"].notna()).all()
    comparators = table.dropna(subset=["compares_with"])
    assert len(comparators) == 13
    assert (comparators["unit"].values == table.loc[comparators["compares_with"], "unit"]).all()


def test_a_national_average_is_that_of_england_and_an_earlier_date_is_earlier():
    table = metrics()
    national = table[table["comparison"] == "national_average"]
    assert set(national["authority"]) == {"England"}
    earlier = table[table["comparison"] == "earlier_date"]
    assert (earlier["as_at"].values < table.loc[earlier["compares_with"], "as_at"].values).all()


def test_a_figure_given_twice_has_the_same_value_both_times():
    table = metrics()
    again = table.dropna(subset=["same_as", "value"])
    assert again.index.tolist() == [
        "private_fostering_repeat",
        "looked_after_total_repeat",
        "board_lay_members_repeat",
    ]
    assert (again["value"].values == table.loc[again["same_as"], "value"].values).all()


def test_no_part_is_larger_than_its_whole():
    table = metrics()
    parts = table[table["value"].notna() & table["part_of"].notna() & (table["unit"] != "percent")]
    assert (parts["value"].values <= table.loc[parts["part_of"], "value"].values).all()


def test_published_percentages_are_those_of_their_counts():
    table = metrics()
    percents = table[(table["unit"] == "percent") & table["value"].notna()]
    held = {}
    for name, row in percents.iterrows():
        count = name.removesuffix("_percent")
        if count not in table.index or pd.isna(row["part_of"]):
            continue
        assert table.loc[count, "part_of"] == row["part_of"]
        held[name] = round(100 * table.loc[count, "value"] / table.loc[row["part_of"], "value"])
    assert held == percents.loc[list(held), "value"].to_dict()
    assert held == {
        "looked_after_out_of_area_percent": 18,
        "childrens_homes_out_of_area_percent": 42,
        "residential_schools_out_of_area_percent": 20,
        "foster_families_out_of_area_percent": 12,
        "with_parents_out_of_area_percent": 4,
        "returned_12_months_percent": 3,
    }


@pytest.mark.parametrize(
    ("count", "rate"),
    [
        ("looked_after_total", "looked_after_rate"),
        ("looked_after_total_2016", "looked_after_rate_2016"),
        ("protection_plans", "protection_plans_rate"),
        ("protection_plans_2016", "protection_plans_rate_2016"),
    ],
)
def test_published_rates_are_those_of_about_330_000_children(count, rate):
    value = metrics()["value"]
    children = 10_000 * value[count] / value[rate]
    assert children == pytest.approx(value["children_in_area"], rel=0.02)


def test_placements_do_not_add_up_and_the_notes_say_by_how_much():
    table = metrics()
    lines = ["childrens_homes", "residential_schools", "foster_families", "with_parents"]
    out = [f"{line}_out_of_area" for line in lines]
    assert table.loc[lines, "value"].sum() == 1467
    assert table.loc["looked_after_total", "value"] - 1467 == 426
    assert table.loc[out, "value"].sum() == 196
    assert table.loc["looked_after_out_of_area", "value"] - 196 == 142
    for name in ["looked_after_total", *lines]:
        assert "add to 1,467 of 1,893" in table.loc[name, "note"]
        assert "other 426" in table.loc[name, "note"]
    for name in ["looked_after_total", "looked_after_out_of_area", *out]:
        assert "add to 196 of 338" in table.loc[name, "note"]


def test_rows_that_contradict_each_other_stand_and_say_so():
    table = metrics()
    reviews = table.loc[["serious_case_reviews_two_years", "serious_case_reviews_12_months"]]
    assert reviews["value"].tolist() == [1, 2]
    assert reviews["note"].str.contains("Contradicts").all()


def test_private_fostering_is_compared_with_2015_where_the_rest_is_with_2016():
    earlier = metrics().query("comparison == 'earlier_date'")["as_at"].dt.year
    assert earlier[earlier != 2016].to_dict() == {"private_fostering_2015": 2015}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("looked_after_total", 1893),
        ("unaccompanied", 500),
        ("adoptions_12_months", 86),
        ("special_guardianship_12_months", 51),
        ("ceased_12_months", 1316),
        ("independent_living_12_months", 462),
        ("multiple_occupation_12_months", 286),
        ("placed_for_adoption_2016", 88),
        ("placed_for_adoption_2016_complex", 41),
        ("short_term_stability_percent", 13),
        ("placed_by_other_authorities", 1309),
        ("placing_authorities", 106),
        ("care_leavers_supported", 1278),
        ("care_leavers_unaccompanied", 586),
        ("suitable_accommodation_in_touch_percent", 92),
        ("not_in_employment_2015_16", 305),
        ("not_in_employment_feb_2017", 179),
        ("adopters_waiting", 14),
        ("foster_to_adopt_carers", 6),
        ("programme_visited", 114),
        ("programme_remaining", 38),
        ("permanent_exclusions", 0),
    ],
)
def test_the_figures_that_notebooks_use_are_as_published(name, value):
    assert metrics().loc[name, "value"] == value


def test_the_six_notification_dates_are_rows():
    dates = metrics().filter(like="notification_2", axis="index")["as_at"]
    assert [f"notification_{date:%Y_%m_%d}" for date in dates] == dates.index.tolist()
    assert len(dates) == 6


@pytest.mark.parametrize(
    "name",
    [
        "return_interviews_offered",
        "return_interviews_completed",
        "return_interviews_within_72_hours",
        "children_missing_number",
        "missing_episodes",
        "days_entry_to_adoptive_family",
        "days_order_to_match",
        "children_waiting_for_adoption",
        "long_term_stability",
        "care_leavers_in_touch_percent",
        "repeat_plans",
    ],
)
def test_a_figure_never_published_is_a_row_without_value_and_with_a_reason(name):
    row = metrics().loc[name]
    assert pd.isna(row["value"])
    assert row["no_value_because"]


def test_the_words_of_a_figure_hold_its_value():
    table = metrics()
    for name, row in table[table["value"].notna()].iterrows():
        found = [number(text) for text in NUMBER.findall(row["as_published"])]
        assert row["value"] in found, name


@pytest.mark.parametrize("places", PAGES)
def test_every_figure_of_the_report_is_found_on_its_page(places):
    pages = {page: flat(text) for page, text in places().items()}
    table = metrics().query("document == 'inspection_report_2017'")
    table = table[table["page"].isin(pages)]
    assert len(table) > 0
    lost = [name for name, row in table.iterrows() if row["as_published"] not in pages[row["page"]]]
    assert lost == []


def around(lines: dict[int, str], line: int) -> str:
    return flat(" ".join(lines.get(at, "") for at in range(line - 2, line + 3)))


@pytest.mark.parametrize("places", LINES)
def test_every_figure_of_the_cabinet_report_is_found_on_its_line(places):
    lines = places()
    table = metrics().query("document == 'cabinet_report_2016'")
    table = table[table["line"].isin(lines)]
    assert len(table) > 0
    for name, row in table.iterrows():
        assert row["as_published"] in around(lines, row["line"]), name
        if pd.isna(row["no_value_because"]):
            marks = {*NUMBER.findall(row["as_published"]), *MONTH.findall(row["as_published"])}
            assert any(mark in lines[row["line"]] for mark in marks), name


def unaccounted(text: str, held: list[str], others: list[str]) -> list[str]:
    """Numbers in a text that stand in none of the runs of words given."""
    free = [True] * len(text)
    for run in [*held, *others]:
        for found in re.finditer(re.escape(run), text):
            free[found.start() : found.end()] = [False] * len(run)
    numbers = NUMBER.finditer(text)
    return [text[max(0, n.start() - 30) : n.end() + 30] for n in numbers if free[n.start()]]


def runs(rows: pd.DataFrame) -> list[str]:
    return [*rows["as_published"], *rows["when_stated"].dropna()]


@pytest.mark.parametrize("places", PAGES)
def test_every_number_on_a_page_is_a_row_or_is_listed_as_no_figure(places):
    table = metrics()
    for page, text in places().items():
        text = re.sub(r"^\s*\d{1,3}\.\s", " ", text, flags=re.M)  # paragraph numbers
        text = re.sub(rf"^\s*{page}\s*$", " ", text, flags=re.M)
        held = runs(table[table["page"] == page])
        text = f" {flat(text)}"
        others = NOT_FIGURES.get(page, [])
        assert [run for run in others if run not in text] == [], page
        assert unaccounted(text, held, others) == [], page


NOT_FIGURES_IN_THE_CABINET_REPORT = [
    "first round", 'first "deep dive" theme', "section 3 below", "no guarantee",
    "not limited to one", "in one place", "This is one which", "no legal", "no financial",
    "no equality", "Documents None",
]  # fmt: skip


@pytest.mark.parametrize("places", LINES)
def test_every_number_in_the_cabinet_report_is_a_row_or_is_listed_as_no_figure(places):
    text = "\n".join(line for line in places().values() if "http" not in line)
    text = re.sub(r"^\d+(?:\.\d+|\.)\s", " ", text, flags=re.M)  # section numbers
    text = re.sub(r"^0[\d ]+$", " ", text, flags=re.M)  # telephone numbers
    held = runs(metrics().query("document == 'cabinet_report_2016'"))
    text = flat(re.sub("[“”]", '"', text))
    assert unaccounted(text, held, NOT_FIGURES_IN_THE_CABINET_REPORT) == []


def test_a_number_that_no_row_holds_is_told():
    text = "There were 86 adoptions and two disruptions."
    assert unaccounted(text, ["86 adoptions", "two disruptions"], []) == []
    assert unaccounted(text, ["86 adoptions"], []) == [text]


def bare(text: str) -> str:
    """As the text copy has it: no curly marks and no long dashes."""
    return re.sub("['–—]", "", flat(text))


def few_copied() -> tuple[str, pd.DataFrame]:
    text = (FIXTURES / "inspection_report_2017_page_7_text_copy.txt").read_text(encoding="utf-8")
    return text, metrics().query("page == 7")


def all_copied() -> tuple[str, pd.DataFrame]:
    table = metrics()
    return TEXT_COPY.read_text(encoding="utf-8"), table[table["page"].notna()]


@pytest.mark.parametrize("copied", [few_copied, all_copied] if TEXT_COPY.exists() else [few_copied])
def test_a_figure_is_marked_lost_when_the_text_copy_lacks_its_words(copied):
    text, table = copied()
    published = table[table["no_value_because"].isna()]
    lost = ~published["as_published"].map(lambda words: bare(words) in bare(text))
    assert (lost == published["lost_in_text_copy"]).all()
    assert lost.any() and not lost.all()


def test_the_dictionary_lists_no_unit_theme_or_word_that_the_table_does_not_use():
    table = load("inspection_metrics")
    for name, column in dictionary("inspection_metrics").columns.items():
        if column.values is not None:
            assert set(column.values) == set(table[name].dropna()), name
