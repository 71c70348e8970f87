"""Tables that put the Kent documents into our own words: judgements, recommendations, findings."""

import re
import shutil
import subprocess

import pandas as pd
import pytest

from kentlib import tables
from kentlib.paths import ROOT

KENT = ROOT.parent / "shared" / "sources" / "kent"
SCALE = {"Outstanding": 1, "Good": 2, "Requires improvement to be good": 3, "Inadequate": 4}
RECODED = {
    "outstanding": "Outstanding",
    "good": "Good",
    "adequate": "Requires improvement to be good",
    "requires improvement": "Requires improvement to be good",
    "inadequate": "Inadequate",
}
# The numbered paragraphs that the report marks "(Recommendation)".
MARKED = {16, 18, 25, 26, 28, 29, 62, 74, 78, 79, 81, 97, 98, 101, 102, 106}
# A made-up page in the report's form, so that each reader is tried where the report is not at hand.
TWIN = """
Inspection findings
15. Assessments are thorough.
16. For a few children plans moved slowly, and risk grew before anyone in the
    team met to talk. The authority acted on it. (Recommendation)
                                  1
\f17. Panels meet each week and agree who does what by when.
"""


def documents() -> dict[str, str]:
    """The texts of the report that are at hand here, the made-up one always among them."""
    found = {"made-up": TWIN}
    copy, report = KENT / "inspection-report-2017-text.txt", KENT / "inspection-report-2017.pdf"
    if copy.exists():
        found["text copy"] = copy.read_text(encoding="utf-8", errors="replace")
    if report.exists() and shutil.which("pdftotext"):
        command = ["pdftotext", "-layout", report, "-"]
        told = subprocess.run(command, capture_output=True, check=True)
        found["pdf"] = told.stdout.decode("utf-8")
    return found


DOCUMENTS = documents()
# The text copy lost every line that begins with a digit, the numbered paragraphs' first lines.
NUMBERED = [name for name in DOCUMENTS if name != "text copy"]


def words(text: str) -> list[str]:
    """The words of a text in lower case; page numbers that stand alone on a line are left out."""
    text = re.sub(r"^\s*\d{1,2}\s*$", "", text.replace("’", "'"), flags=re.MULTILINE)
    return re.findall(r"[a-z0-9]+(?:'[a-z]+)?", text.lower())


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    """Every run of `length` consecutive words."""
    said = words(text)
    return {tuple(said[start : start + length]) for start in range(len(said) - length + 1)}


def paragraphs(text: str) -> dict[int, str]:
    """The numbered paragraphs of the report's findings, by number."""
    _, _, findings = text.partition("Inspection findings")
    parts = re.split(r"^\s{0,4}(\d{1,3})\.\s+", findings.replace("\f", "\n"), flags=re.MULTILINE)
    return {int(number): said for number, said in zip(parts[1::2], parts[2::2], strict=True)}


def our_words() -> pd.Series:
    return pd.concat(
        [
            tables.load("findings").set_index("id")["finding"],
            tables.load("recommendations").set_index("id")["recommendation"],
        ]
    )


def numbers_of(cell: str) -> list[int]:
    return [int(number) for number in cell.split("; ")]


# Judgements


def test_every_graded_row_has_a_grade_its_recoding_and_its_place_on_the_scale():
    judgements = tables.load("kent_judgements")
    graded = judgements[judgements["graded"]]
    assert graded["grade_as_published"].map(RECODED).tolist() == graded["grade_recoded"].tolist()
    assert graded["grade_recoded"].map(SCALE).tolist() == graded["scale"].tolist()


def test_ungraded_rows_have_no_grade_at_all():
    judgements = tables.load("kent_judgements")
    ungraded = judgements[~judgements["graded"]]
    assert set(ungraded["framework"]) == {"thematic", "SEND pilot", "focused visit"}
    assert ungraded[["grade_as_published", "grade_recoded", "scale"]].isna().all(axis=None)


def test_adequate_stays_as_published_beside_its_recoding():
    judgements = tables.load("kent_judgements").set_index(["inspection", "aspect"])
    child_protection = judgements.loc[("cpi_2013", "overall effectiveness")]
    assert child_protection["grade_as_published"] == "adequate"
    assert child_protection["grade_recoded"] == "Requires improvement to be good"


def test_single_inspection_has_its_six_judgements_and_the_board():
    judgements = tables.load("kent_judgements").query("inspection == 'sif_2017'")
    assert dict(zip(judgements["aspect"], judgements["scale"], strict=True)) == {
        "overall effectiveness": 2,
        "help and protection": 3,
        "looked after and permanence": 2,
        "adoption performance": 2,
        "care leavers": 2,
        "leadership": 2,
        "safeguarding children board": 3,
    }


def test_dates_of_an_inspection_are_in_order_and_the_same_in_all_its_rows():
    judgements = tables.load("kent_judgements")
    both = judgements.dropna(subset=["inspected_from", "inspected_to", "published"])
    assert (both["inspected_from"] <= both["inspected_to"]).all()
    assert (both["inspected_to"] < both["published"]).all()
    dates = ["inspected_from", "inspected_to", "inspected_as_stated", "published", "graded"]
    assert (judgements.groupby("inspection")[dates].nunique(dropna=False) == 1).all(axis=None)


def test_kent_s_grades_and_dates_agree_with_ofsted_s_table():
    national = tables.load("national_judgements").query("authority == 'Kent'")
    national = national[national["published"] <= "2022-12-31"].dropna(subset=["grade"])
    kent = tables.load("kent_judgements").set_index(["framework", "aspect"])
    compared = national.set_index(["framework", "aspect"])[["grade", "scale", "published"]]
    assert len(compared) == 15
    ours = kent.loc[compared.index, ["grade_recoded", "scale", "published"]]
    pd.testing.assert_frame_equal(
        ours.rename(columns={"grade_recoded": "grade"}), compared, check_dtype=False
    )


# Recommendations


def test_there_are_sixteen_recommendations_ten_to_the_authority_and_six_to_the_board():
    recommendations = tables.load("recommendations")
    numbers = recommendations.groupby("addressed_to")["number"].apply(list).to_dict()
    assert numbers == {"authority": list(range(1, 11)), "board": list(range(88, 94))}
    assert recommendations["id"].tolist() == [f"rec_{place:02d}" for place in range(1, 17)]


def test_recommendations_rest_on_all_the_marked_paragraphs_and_no_others():
    evidence = tables.load("recommendations")["evidence_paragraphs"].map(numbers_of)
    assert set(evidence.explode()) == MARKED


@pytest.mark.parametrize("document", NUMBERED)
def test_marked_paragraphs_are_those_in_the_report(document):
    said = paragraphs(DOCUMENTS[document])
    found = {number for number, text in said.items() if "(Recommendation)" in text}
    assert found == ({16} if document == "made-up" else MARKED)


def test_only_recommendation_10_and_its_twin_to_the_board_share_evidence():
    recommendations = tables.load("recommendations")
    rows = recommendations.assign(of=recommendations["evidence_paragraphs"].map(numbers_of))
    shared = rows.explode("of")[lambda row: row.duplicated("of", keep=False)]
    assert shared["id"].tolist() == ["rec_10", "rec_15"]


def test_nothing_published_counts_a_return_interview():
    fifth = tables.load("recommendations").set_index("id").loc["rec_05"]
    assert fifth["needs_extract"]
    assert fifth["published_measure"] == "missing_percent; away_percent"


def test_every_published_measure_named_is_one_that_is_carried():
    named = tables.load("recommendations")["published_measure"].dropna().str.split("; ").explode()
    assert set(named) <= set(tables.load("measures")["measure"])


# Findings


def test_every_finding_s_recommendation_is_one_of_the_sixteen():
    named = tables.load("findings")["recommendation"].dropna()
    assert set(named) <= set(tables.load("recommendations")["id"])
    assert {"rec_05", "rec_06", "rec_09"} <= set(named)


def test_only_weaknesses_lead_to_a_recommendation():
    led = tables.load("findings").dropna(subset="recommendation")
    assert set(led["direction"]) == {"weakness"}


def test_each_topic_has_a_strength_and_a_weakness():
    seen = tables.load("findings").groupby("topic")["direction"].agg(set)
    assert len(seen) == 5
    assert all({"strength", "weakness"} <= directions for directions in seen)


def test_a_quantity_word_always_says_what_it_counts():
    findings = tables.load("findings")
    assert (findings["quantity_word"].isna() == findings["subject_of_quantity"].isna()).all()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_no_sentence_repeats_more_than_seven_words_of_the_report_in_a_row(document):
    reported = runs(DOCUMENTS[document], 8)
    repeated = {name: runs(said, 8) & reported for name, said in our_words().items()}
    assert {name: found for name, found in repeated.items() if found} == {}


def test_a_sentence_copied_from_the_report_would_be_noticed():
    copied = "Here plans moved slowly, and risk grew before long."
    assert not runs(copied, 8) & runs(TWIN, 8)
    copied = "Here plans moved slowly, and risk grew before anyone met."
    assert runs(copied, 8) & runs(TWIN, 8)


@pytest.mark.parametrize("document", NUMBERED)
def test_quantity_words_of_numbered_paragraphs_are_the_report_s_own(document):
    twin = pd.DataFrame({"paragraph": ["16"], "quantity_word": ["a few"]})
    findings = twin if document == "made-up" else tables.load("findings")
    said = {number: words(text) for number, text in paragraphs(DOCUMENTS[document]).items()}
    counted = findings.dropna(subset="quantity_word")
    numbered = counted[counted["paragraph"].str.fullmatch(r"\d+")]
    strange = [
        (row.paragraph, row.quantity_word)
        for row in numbered.itertuples()
        if " ".join(words(row.quantity_word)) not in " ".join(said[int(row.paragraph)])
    ]
    assert len(numbered) and not strange
