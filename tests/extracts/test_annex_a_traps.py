"""The traps of the sector's sample workbook: each is told, and nothing else is."""

import datetime as dt

import pytest
from annex_a_files import BORN, START, lists, row, sheet, write

from kentlib import extracts
from kentlib.paths import ROOT

TODAY = dt.date(2026, 1, 1)
EXAMPLES = sorted((ROOT.parent / "shared" / "sources" / "examples" / "annex-a").glob("*.xlsx"))

OF_THE_EXAMPLE = {
    # kind: {(sheet, letter): rows it stands for}
    "header-spelling": {
        **{(f"List {n}", "E"): 1 for n in range(1, 10)},  # Age
        ("List 8", "F"): 1,  # (Y/N))
        ("List 8", "AC"): 1,  # ‘Missing’
        ("List 8", "AD"): 1,  # ‘Absent’
        ("List 10", "M"): 1,  # a space at the end
    },
    "id-number": {
        **{(f"List {n}", "A"): 5 for n in (1, 2, 4, 5, 6, 8, 10, 11)},
        **{("List 3", "A"): 6, ("List 7", "A"): 7, ("List 9", "A"): 6},
        **{("List 10", "B"): 5, ("List 11", "B"): 5},
    },
    "number-not-whole": {
        **{(f"List {n}", "E"): 5 for n in (1, 2, 4, 5, 6, 8)},
        **{("List 3", "E"): 6, ("List 7", "E"): 7, ("List 9", "E"): 6},
    },
    "codes-mixed": {("List 1", "B"): 1},  # Female, among b) Female
    "stray-space": {("List 3", "K"): 6, ("List 4", "L"): 5, ("List 5", "N"): 4},
    "error-cell": {("List 6", "M"): 5, ("List 6", "N"): 5},
    "code-unknown": {("List 4", "J"): 5, ("List 6", "H"): 1},  # CS Assessment..., PSRMEM - ...
    "code-spelling": {("List 8", "X"): 5},  # PR4 - for PR4:
    "postcode-unreadable": {("List 8", "Y"): 1},  # nope
    "blank": {("List 8", "C"): 1, ("List 8", "Y"): 1},
    "blank-column": {("List 8", "AA"): 5},
    "blank-not-applicable": {("List 8", "AE"): 5, ("List 8", "AF"): 5},
    "over-18": {("List 8", "T"): 1},
    "born-after": {("List 7", "D"): 1, ("List 8", "D"): 1, ("List 10", "E"): 1},
    "born-otherwise": {("List 10", "E"): 5},
    "adopted-and-reversed": {("List 10", "N"): 1},
    "not-in-list": {("List 8", "A"): 1},
}


def told(made):
    counts = made.problems.groupby(["kind", "sheet", "letter"])["count"].sum()
    found = {}
    for (kind, name, letter), count in counts.items():
        found.setdefault(kind, {})[name, letter] = int(count)
    return found


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_public_example_tells_of_every_trap_and_of_nothing_else(path, tmp_path):
    (tmp_path / path.name).write_bytes(path.read_bytes())
    made = extracts.read(tmp_path, today=TODAY)
    assert told(made) == OF_THE_EXAMPLE
    assert not (made.problems["severity"] == "stops the measure").any()
    assert made.received[["rows_in", "used"]].sum().tolist() == [59, 59]


def test_the_same_traps_in_a_workbook_of_ours(tmp_path):
    cells = lists()
    cells["List 8"][0] = [
        {"Age of Child (Years)": "Age", "Gender": "Gender "}.get(text, text)
        .replace("12 Months (Y/N)", "12 Months (Y/N))")
        .replace("'Missing'", "‘Missing’")
        for text in cells["List 8"][0]
    ]  # fmt: skip
    names = list(row(8))
    changes = [
        {"child_id": 123456.0, "age": 11.7, "gender": "Male", "placement_postcode": "nope",
         "worker": "Ann\u00a0Lee", "placement_provider": "e) PR4 - Private provision"},
        {"child_id": "2", "category_of_need": "PSRMEM - Support", "ethnicity": "",
         "team": ("=VLOOKUP(1,A:B,2,0)", "#N/A"), "missing_episodes": 0, "interview_offered": "",
         "interview_accepted": ""},
    ]  # fmt: skip
    for change in changes:
        values = row(8, **change)
        cells["List 8"].append([values[name] for name in names])
    made = extracts.read(write(tmp_path / "a.xlsx", cells).parent, today=TODAY)
    eight = {kind: set(places) for kind, places in told(made).items()}
    assert eight == {
        "header-spelling": {("List 8", letter) for letter in ("B", "E", "F", "AC")},
        "id-number": {("List 8", "A")},
        "number-not-whole": {("List 8", "E")},
        "codes-mixed": {("List 8", "B")},
        "postcode-unreadable": {("List 8", "Y")},
        "stray-space": {("List 8", "AH")},
        "code-spelling": {("List 8", "X")},
        "code-unknown": {("List 8", "I")},
        "blank": {("List 8", "C")},
        "error-cell": {("List 8", "AG")},
        "blank-not-applicable": {("List 8", "AE"), ("List 8", "AF")},
    }


def test_what_is_usual_is_no_trap(tmp_path):
    """Codes by word throughout, no 2024 columns, an unborn child on a plan, real dates."""
    plan = row(7, child_id="9", initial_abuse="Neglect", latest_abuse="Neglect")
    plan |= {"date_of_birth": START + dt.timedelta(days=90), "age": 0}
    older = [row(9, child_id=str(n), eligibility="Former relevant child") for n in range(2)]
    cells = lists(list_7=sheet(7, plan), list_9=sheet(9, *older))
    made = extracts.read(write(tmp_path / "a.xlsx", cells).parent, today=TODAY)
    assert made.problems.empty, made.problems.to_string()
    assert BORN < START
