"""Making one report: the page is prepared for while the notebook runs, and is not changed by it."""

import threading

import pytest

from kentlib.reports import facts, kernel, page, plan, warm, worker
from kentlib.reports.kernel import Limits
from kentlib.reports.worker import Making


@pytest.fixture
def made(write_notebook, write_params, tmp_path, monkeypatch):
    """Make a report in this process, from a cold kernel; what is left running is told."""

    def make():
        write_notebook("tides", "print(place)")
        job = plan.plan([write_params("tides.yaml")], notebooks=tmp_path).jobs[0]
        known = facts.gather("20261122T013000Z", [job])
        monkeypatch.setattr(worker, "_prepared", set())
        with kernel.surroundings():
            monkeypatch.setenv(warm.ADDRESS, warm.NONE)
            told = worker.make(job, Making(known, tmp_path, tmp_path / "none", Limits(120, None)))
        return told, (tmp_path / "tides.html").read_text()

    return make


def test_the_page_is_prepared_for_while_the_notebook_runs(made, monkeypatch):
    where, true = [], page.prepare

    def prepare(nb):
        where.append((threading.current_thread() is threading.main_thread(), nb["cells"]))
        true(nb)

    monkeypatch.setattr(page, "prepare", prepare)
    before = threading.active_count()
    told, _ = made()
    assert told["outcome"] == "finished"
    assert [elsewhere for elsewhere, _ in where] == [False]
    assert [cell["source"] for cell in where[0][1]][-1] == "print(place)"
    assert threading.active_count() == before


def test_what_is_wrong_in_preparing_is_said_by_the_page_or_not_at_all(made, monkeypatch, capfd):
    def prepare(nb):
        raise RuntimeError("no template")

    monkeypatch.setattr(page, "prepare", prepare)
    told, html = made()
    assert told["outcome"] == "finished"
    assert "Northfold" in html
    assert capfd.readouterr() == ("", "")


def test_a_page_is_the_same_whether_it_was_prepared_for_or_not(fixtures):
    from kentlib.reports import notebook
    from tests.reports.test_page import RECORD

    stored = notebook.read(fixtures / "small.ipynb")
    first = page.make(stored, RECORD)
    page.prepare(stored)
    assert page.make(stored, RECORD) == first
