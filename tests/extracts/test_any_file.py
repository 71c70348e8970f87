import datetime as dt

import annex_a_files
import mutate
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kentlib import extracts
from kentlib.errors import DataError
from kentlib.extracts import problems, report, specs

TODAY = dt.date(2026, 1, 1)


def read(folder):
    """What a folder gives, and everything that would be printed or written about it."""
    try:
        made = extracts.read(folder, today=TODAY)
    except DataError as error:
        return None, str(error)
    parts = [
        *report.lines(made),
        made.problems.to_csv(),
        problems.summary(made.problems).to_csv(),
        made.received.to_csv(),
        made.files.to_csv(),
    ]
    return made, "\n".join(parts)


@pytest.mark.parametrize("seed", range(320))
def test_any_spoilt_file_gives_a_result_or_a_clear_message_and_no_secret(tmp_path, seed, capfd):
    mutate.make(tmp_path, seed)
    made, told = read(tmp_path)
    assert [secret for secret in mutate.SECRETS if secret in told] == []
    assert told
    if made is not None:
        _adds_up(made)
    assert "Traceback" not in capfd.readouterr().err


def _adds_up(made):
    """Every row that came in is used or left out for a reason, and every problem is whole."""
    for _, rows in made.received.groupby("table"):
        first = rows.iloc[0]
        assert first["rows_in"] == first["used"] + rows["left_out"].sum()
        assert (rows["left_out"].eq(0) == rows["why"].eq("")).all()
    assert list(made.problems) == list(problems.COLUMNS)
    assert made.problems["severity"].isin(problems.SEVERITIES).all()
    assert made.problems[["problem", "kind"]].ne("").all(axis=None)
    for number, rows in made.annex_a.items():
        assert list(rows) == [*specs.annex_a()[number].fields, "_file", "_sheet", "_row"]
        assert rows[specs.annex_a()[number].key[0]].notna().all()


SECRET = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FFF, exclude_characters="\ufeff"),
    min_size=6,
    max_size=30,
).map(lambda text: f"Qx{text}")


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(secret=SECRET, place=st.integers(0, 33), also=st.integers(0, 33))
def test_an_identifier_in_any_column_is_never_told(tmp_path, secret, place, also):
    rows = [list(annex_a_files.row(8).values()) for _ in range(3)]
    rows[0][0] = rows[1][place] = rows[2][also] = secret
    cells = [annex_a_files.header(8), *rows]
    annex_a_files.write(tmp_path / "a.xlsx", {"List 8": cells})
    _, told = read(tmp_path)
    assert secret not in told


@settings(
    deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(born=st.dates(dt.date(1990, 1, 1), dt.date(2030, 1, 1)), other=st.dates(dt.date(1850, 1, 1)))
def test_a_date_of_birth_is_never_told(tmp_path, born, other):
    day, odd = (one.strftime("%d/%m/%Y") for one in (born, other))
    rows = [
        annex_a_files.row(8, date_of_birth=day),
        annex_a_files.row(8, child_id="2", date_of_birth=other.isoformat(), gender=day, age=odd),
    ]
    annex_a_files.write(tmp_path / "a.xlsx", {"List 8": annex_a_files.sheet(8, *rows)})
    _, told = read(tmp_path)
    for day in (born, other):
        assert day.strftime("%d/%m/%Y") not in told
        assert day.isoformat() not in told


def test_the_same_files_give_the_same_problems_in_the_same_order(tmp_path):
    for seed in (0, 1, 5):
        folder = tmp_path / str(seed)
        folder.mkdir()
        mutate.make(folder, seed)
    first, again = (extracts.read(tmp_path, today=TODAY) for _ in range(2))
    pd.testing.assert_frame_equal(first.problems, again.problems)
