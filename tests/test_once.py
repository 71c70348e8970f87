"""What all reports of a run work out alike: once in a run, and nowhere else."""

import os
import pickle
import stat
from dataclasses import replace

import pandas as pd
import pytest

from kentlib import disclosure, once, paths, permanence_tables, publication, stability, tables
from kentlib.extracts import read
from tests.released import RULES, protected, spec


@pytest.fixture
def shared(tmp_path, monkeypatch):
    place = tmp_path / "warm"
    place.mkdir()
    monkeypatch.setenv(once.FOLDER, once.folder(str(place), "1 + 1"))
    return place


@pytest.fixture
def asked(monkeypatch):
    """How many times tables were protected."""
    times, true = [], disclosure.protect_all
    monkeypatch.setattr(
        disclosure, "protect_all", lambda *some, **more: times.append(1) or true(*some, **more)
    )
    return times


def test_reports_of_a_run_protect_the_same_tables_once(shared, asked):
    first, second = protected(12, 3, 9, 9), protected(12, 3, 9, 9)
    assert len(asked) == 1
    pd.testing.assert_frame_equal(first["adopted"], second["adopted"])
    assert second.plain({"adopted": ("It", {})}) == first.plain({"adopted": ("It", {})})


def test_other_tables_rules_periods_and_releases_are_protected_anew(shared, asked):
    protected(12, 3, 9, 9)
    protected(12, 3, 9, 8)
    protected(12, 3, 9, 9, min_cell=4)
    protected(12, 3, 9, 9, period=None)
    told = {"notebook": "permanence", "authority": "Kent", "rules": RULES}
    from kentlib import releases

    for number in (12, 13):
        tables = protected(number, 30, 9, 9, period=None).plain({"adopted": ("It", {})})
        protected(
            12,
            3,
            9,
            9,
            before=[releases.Release("2017-02", "2017-03-10T09:00:00Z", tables=tables, **told)],
        )
    assert len(asked) == 8


def test_all_districts_are_measured_once(shared, monkeypatch):
    thresholds, on = tables.load("adoption_thresholds"), pd.Timestamp("2017-03-06")
    history = read(paths.DATA / "sample", period_end="2017-03-06").history
    times, true = [], stability.stays
    monkeypatch.setattr(stability, "stays", lambda *some: times.append(1) or true(*some))
    first, second = (permanence_tables.measured(history, thresholds, on=on) for _ in range(2))
    assert len(times) == 1
    assert first.keys() == second.keys()
    for name in first:
        pd.testing.assert_frame_equal(first[name], second[name])
    assert pickle.dumps(first) == pickle.dumps(second)  # a key made of either is the same
    permanence_tables.measured(history, thresholds, on=on - pd.Timedelta(days=1))
    permanence_tables.measured(history, thresholds.head(1), on=on)
    later = history.periods.assign(district="Dover")
    permanence_tables.measured(replace(history, periods=later), thresholds, on=on)
    assert len(times) == 4


def test_what_cannot_be_told_apart_is_made_each_time(shared):
    for of in (None, lambda: 1, (x for x in ())):
        made = iter("ab")
        assert [once.once(lambda of=of: of, lambda made=made: next(made)) for _ in "ab"] == [*"ab"]
    assert not list(shared.iterdir())


def test_arguments_by_name_or_by_place_and_functions_of_one_name_are_told_apart(shared):
    calls = []

    def add(x, *, y=1):
        calls.append((x, y))
        return x + y

    kept = once.once_for_each(add)
    assert [kept(1), kept(1), kept(1, y=2), kept(2), kept(2)] == [2, 2, 3, 3, 3]
    assert calls == [(1, 1), (1, 2), (2, 1)]
    other = once.once_for_each(lambda x: -x)
    assert (other(1), kept(1)) == (-1, 2)


def test_what_is_kept_is_private_and_only_where_a_run_has_a_folder(shared, asked, monkeypatch):
    protected(12, 3)
    (place,) = shared.iterdir()
    (kept,) = place.iterdir()
    if os.name != "nt":
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    for gone in (str(shared / "gone" / "once"), ""):
        monkeypatch.setenv(once.FOLDER, gone)
        protected(12, 3)
    assert len(asked) == 3
    assert list(shared.iterdir()) == [place]
    assert list(place.iterdir()) == [kept]


def test_an_internal_report_keeps_nothing_protected(shared):
    publication.tables({"adopted": spec(12, 3)}, audience="internal", **RULES)
    assert not list(shared.iterdir())
