from bs4 import BeautifulSoup
from test_page import RECORD

from kentlib.reports import index


def record(**change):
    return RECORD | {"finding": "Northfold finished 75% on time"} | change


def entry(told):
    return BeautifulSoup(index.make([told]), "html.parser").article


def test_a_report_is_listed_with_question_parameters_finding_and_links():
    told = entry(record())
    assert told.h2.get_text() == "Were assessments finished on time?"
    assert "Northfold <b>" in told.dl.get_text()
    assert told.find(class_="finding").get_text() == "Northfold finished 75% on time"
    assert {a["href"] for a in told.find_all("a")} == {"small.html", "small.ipynb", "small.json"}
    assert "Made on 3 November 2025, 02:15 UTC in 4 seconds" in told.get_text()


def test_a_failure_is_said_in_words_and_links_to_nothing_that_is_not_there():
    told = entry(record(outcome="failed", finding="", error="ValueError: <completed>"))
    notice = told.find(class_="notice").get_text()
    assert notice == "This report could not be made. ValueError: <completed>"
    assert [a["href"] for a in told.find_all("a")] == ["small.json"]


def test_a_stale_report_says_when_it_was_made_and_when_it_failed():
    told = entry(record(outcome="stale", failed="2025-11-04T02:15:00Z", error="ValueError: x"))
    notice = told.find(class_="notice").get_text()
    assert "made on 3 November 2025" in notice
    assert "could not be made again on 4 November 2025" in notice
    assert told.h2.a["href"] == "small.html"


def test_the_summary_counts():
    assert index.summary([record()]) == "The report was made on 3 November 2025, 02:15 UTC."
    assert index.summary([record(), record()]).startswith("All 2 reports were made")
    mixed = [record(), record(outcome="failed"), record()]
    assert index.summary(mixed).startswith("2 of 3 reports were made")
