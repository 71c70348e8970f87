import base64
import hashlib
import re

import pytest
from a_night import (
    DISTRICTS,
    EARLIER,
    FACTS,
    FAILED,
    KENT,
    NO_REPORT,
    OLD_REPORT,
    QUESTIONS,
    STALE,
    WHY,
    records,
    told,
)
from bs4 import BeautifulSoup
from test_page import RECORD

from kentlib.reports import index

HOSTILE = """<script>steal()</script><img src=x onerror="steal()">{{ 7 * 7 }}"'>"""


def record(**change):
    """A record without what the nightly run adds, as the runs before it wrote them."""
    return RECORD | {"finding": "Northfold finished 75% on time"} | change


def soup(*made):
    return BeautifulSoup(index.make(made, FACTS), "html.parser")


def entry(one):
    return soup(one).article


def cells(page):
    """The grid: for each area the words of its cells, without the questions for small screens."""
    for about in page.select("td .about"):
        about.extract()
    rows = page.select("table tbody tr")
    return {words(row.th): [words(one) for one in row.find_all("td")] for row in rows}


def words(tag):
    return " ".join(tag.get_text(" ").split()) if tag else ""


def cell(page, name):
    return page.find("a", href=f"{name}.json").find_parent("td")


@pytest.fixture
def night():
    return soup(*records())


def test_the_same_records_make_the_same_page():
    assert index.make(records(), FACTS) == index.make(records(), FACTS)


def test_a_report_is_listed_with_question_parameters_finding_and_links():
    one = entry(record())
    assert one.h2.get_text() == "Were assessments finished on time?"
    assert "Northfold <b>" in one.dl.get_text()
    assert one.find(class_="finding").get_text() == "Northfold finished 75% on time"
    assert {a["href"] for a in one.find_all("a")} == {"small.html", "small.ipynb", "small.json"}
    assert "Made on 3 November 2025, 02:15 UTC in 4 seconds" in one.get_text()


@pytest.mark.parametrize(("seconds", "said"), [(0.8, "a second"), (61.2, "61 seconds")])
def test_how_long_a_report_took_is_the_time_that_was_measured(seconds, said):
    assert f"UTC in {said}" in entry(record(seconds=seconds)).get_text()


def test_a_failure_is_said_in_words_and_links_to_nothing_that_is_not_there():
    one = entry(record(outcome="failed", finding="", error="ValueError: <completed>"))
    notice = one.find(class_="notice").get_text()
    assert notice == "This report could not be made. ValueError: <completed>"
    assert [a["href"] for a in one.find_all("a")] == ["small.json"]
    assert "Made on" not in one.get_text()


def test_a_stale_report_says_when_it_was_made_and_when_it_failed():
    one = entry(record(outcome="stale", failed="2025-11-04T02:15:00Z", error="ValueError: x"))
    assert one.find(class_="notice").get_text() == (
        "This report is out of date. It was made on 3 November 2025, 02:15 UTC and could not be "
        "made again on 4 November 2025, 02:15 UTC. ValueError: x"
    )
    assert one.h2.a["href"] == "small.html"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([{}], "The report was made on 22 November 2026, 01:30 UTC."),
        ([{}, {}], "All 2 reports were made on 22 November 2026, 01:30 UTC."),
        (
            [EARLIER],
            "The report is unchanged: none had to be made again on 22 November 2026, 01:30 UTC.",
        ),
        (
            [EARLIER, EARLIER],
            "All 2 reports are unchanged: none had to be made again on "
            "22 November 2026, 01:30 UTC.",
        ),
        (
            [{}, NO_REPORT, {}],
            "2 of 3 reports were made on 22 November 2026, 01:30 UTC; 1 could not be made.",
        ),
        (
            [{}, EARLIER, OLD_REPORT, OLD_REPORT],
            "1 of 4 reports was made on 22 November 2026, 01:30 UTC; "
            "1 was unchanged and 2 are out of date.",
        ),
        (
            [EARLIER | {"asked": False}, NO_REPORT | {"asked": False}, {}],
            "1 of 3 reports was made on 22 November 2026, 01:30 UTC; 2 were not asked for.",
        ),
    ],
)
def test_the_summary_counts_every_report_once(changes, said):
    assert index.summary([told("judgements", **change) for change in changes], FACTS) == said


def test_the_summary_is_dated_by_the_start_of_a_run_that_has_not_ended():
    facts = FACTS | {"ended": None}
    assert index.summary([told("judgements")], facts).endswith("22 November 2026, 01:30 UTC.")


def test_the_grid_has_the_authority_and_then_its_districts_by_name(night):
    made = soup(*reversed(records()))
    assert list(cells(night)) == list(cells(made)) == ["Kent Whole authority", *DISTRICTS]


def test_the_grid_has_a_column_for_each_question_asked_of_several_areas(night):
    heads = [head.get_text() for head in night.select("thead th")]
    assert heads == ["Area", QUESTIONS["permanence"], QUESTIONS["return_interviews"]]
    assert [head["scope"] for head in night.select("thead th")] == ["col"] * 3
    assert [head["scope"] for head in night.select("tbody th")] == ["row"] * 13
    listed = [article.h2.get_text() for article in night.find_all("article")]
    assert listed == [QUESTIONS["judgements"], QUESTIONS["data_quality"]]


def test_a_notebook_run_twice_for_one_area_is_listed_twice():
    made = soup(*[told(f"permanence.{year}") for year in (2016, 2017)])
    assert len(made.find_all("article")) == 2
    assert not made.find("table")


def test_a_cell_is_the_finding_which_leads_to_its_report(night):
    finding = told("permanence.dover", "Dover")["finding"]
    assert cell(night, "permanence.dover").find("a", string=finding)["href"] == (
        "permanence.dover.html"
    )
    assert cells(night)["Kent Whole authority"][0].startswith(KENT["permanence"])


def test_a_report_without_a_finding_can_still_be_read():
    made = soup(*[told(f"permanence.{a}", a, finding="") for a in ("Dover", "Thanet")])
    assert cell(made, "permanence.Dover").a.get_text() == "Read the report"


def test_a_report_that_was_not_made_for_an_area_is_said_not_to_be_there():
    made = soup(
        told("permanence.dover", "Dover"),
        told("permanence.thanet", "Thanet"),
        told("return_interviews.dover", "Dover"),
        told("return_interviews.swale", "Swale"),
    )
    assert cells(made)["Thanet"][1] == cells(made)["Swale"][0] == "– No report"


def test_everything_that_was_made_can_be_reached(night):
    expected = {name for one in records() for name in one["outputs"]}
    expected |= {f"{one['report']}.json" for one in records()}
    expected |= {"manifest.json", "log.jsonl", "ro-crate-metadata.json"}
    links = {a["href"] for a in night.find_all("a") if not a["href"].startswith("#")}
    assert links == expected


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, None),
        (EARLIER, "Unchanged since 3 November 2025"),
        (EARLIER | {"asked": False}, "Made on 3 November 2025, not asked for in this run"),
        (NO_REPORT | {"asked": False}, "Not asked for in this run"),
        (NO_REPORT, None),
        (OLD_REPORT, None),
    ],
)
def test_what_this_run_did_not_make_is_marked(change, said):
    made = soup(told("permanence.dover", "Dover", **change), told("permanence"))
    mark = cell(made, "permanence.dover").find(class_="mark")
    assert (mark and mark.get_text()) == said


def test_what_needs_attention_is_listed_first_and_leads_to_its_place(night):
    section = night.find(class_="attention")
    assert section.h2.get_text() == "2 reports need attention"
    assert [words(item) for item in section.find_all("li")] == [
        f"Gravesham: {QUESTIONS['return_interviews']} This report could not be made.",
        f"Thanet: {QUESTIONS['permanence']} This report is out of date.",
    ]
    places = [night.find(id=a["href"].removeprefix("#")) for a in section.find_all("a")]
    assert [place.find_parent("td") for place in places] == [
        cell(night, FAILED),
        cell(night, STALE),
    ]
    assert WHY in words(cell(night, FAILED))
    assert WHY in words(cell(night, STALE))
    assert soup(told("judgements", **NO_REPORT)).find(class_="attention").h2.get_text() == (
        "1 report needs attention"
    )
    assert not soup(told("judgements")).find(class_="attention")


def test_reports_that_share_a_cell_are_told_apart_by_what_differs():
    years = [
        told(f"permanence.{area}.{year}", area, parameters={"authority": "Kent", "year": year})
        for area in ("Dover", "Thanet")
        for year in (2016, 2017)
    ]
    shared = cell(soup(*years), "permanence.Dover.2016")
    assert [words(dl) for dl in shared.find_all("dl")] == [
        "Year to 31 March 2016",
        "Year to 31 March 2017",
    ]
    assert not cell(soup(*years[1:3]), "permanence.Dover.2017").find("dl")


def test_the_index_says_which_reports_are_for_publication_though_all_of_a_cell_are():
    made = [
        told(
            f"permanence.public.{area}",
            area,
            parameters={"authority": "Kent", "audience": "public", "min_cell": 5},
        )
        for area in ("Dover", "Thanet")
    ]
    assert words(cell(soup(*made), "permanence.public.Dover").dl) == "Made for public"
    inside = told("permanence", parameters={"audience": "internal", "min_cell": 5})
    assert "Made for internal" in words(soup(inside).article)


def test_two_authorities_have_rows_of_their_own():
    made = [
        told(f"permanence.{authority}.{area}", area, parameters={"authority": authority})
        for authority in ("Medway", "Kent")
        for area in ("Dover", "all")
    ]
    assert list(cells(soup(*made))) == [
        "Kent Whole authority",
        "Dover Kent",
        "Medway Whole authority",
        "Dover Medway",
    ]


def test_a_report_whose_area_is_its_authority_is_of_the_whole_authority():
    made = [told("permanence.kent", "Kent"), told("permanence.dover", "Dover")]
    made += [told("judgements"), told("judgements.dover", "Dover", finding="It was good")]
    assert list(cells(soup(*made))) == ["Kent Whole authority", "Dover"]


def test_a_notebook_that_names_no_authority_has_a_row_for_the_whole():
    made = [told(f"permanence.{area}", area, parameters={}) for area in ("Dover", "all")]
    rows = soup(*made).select("tbody th")
    assert [words(row) for row in rows] == ["Whole authority", "Dover"]
    assert not any(row.small for row in rows)


def test_more_columns_than_a_screen_holds_scroll_in_their_own_frame():
    def frame(columns):
        made = [
            told(f"permanence.{n}.{area}", area, notebook=f"notebooks/{n}.ipynb")
            for n in range(columns)
            for area in ("Dover", "Thanet")
        ]
        return soup(*made).find("table").parent.get("role")

    assert frame(index.MANY) is None
    assert frame(index.MANY + 1) == "region"


def test_the_only_script_is_the_search_and_the_policy_knows_it_by_its_hash(night):
    (script,) = night.find_all("script")
    assert not script.attrs
    digest = base64.b64encode(hashlib.sha256(script.string.encode()).digest()).decode()
    policy = night.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith(f"default-src 'none'; script-src 'sha256-{digest}'; style-src ")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval", script.string)


def test_without_a_grid_there_is_nothing_to_search_and_no_script():
    made = soup(*[told(name) for name in QUESTIONS])
    assert len(made.find_all("article")) == 4
    assert not made.find(["script", "table", "input"])
    policy = made.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none'; style-src ")


def test_the_search_is_hidden_until_its_script_runs(night):
    assert night.find(id="search").has_attr("hidden")


def test_text_of_a_record_is_only_ever_text():
    change = {"question": HOSTILE, "finding": HOSTILE, "parameters": {"authority": HOSTILE}}
    failed = NO_REPORT | {"error": HOSTILE}
    made = soup(
        told("permanence.a", HOSTILE, **change),
        told("permanence.b", "Dover", **change | failed),
        told("judgements", **change),
    )
    assert len(made.find_all("script")) == 1
    assert not made.find_all(["img", "iframe"])
    for tag in made.find_all(True):
        assert not any(name.startswith("on") for name in tag.attrs)
    assert words(made.find("article").h2) == HOSTILE
    assert HOSTILE in words(made.find(class_="attention"))
    assert HOSTILE in words(cell(made, "permanence.b"))
    assert "49" not in made.get_text()


def test_a_name_with_a_space_or_a_mark_is_still_an_address():
    made = entry(told("judgements") | {"report": "a b#c?d"})
    assert {a["href"] for a in made.find_all("a")} == {
        f"a%20b%23c%3Fd.{kind}" for kind in ("html", "ipynb", "json")
    }


def test_no_folder_of_the_machine_is_named():
    made = told("permanence", parameters={"authority": "Kent", "extracts": "/srv/children/kent"})
    assert "/srv" not in index.make([made], FACTS)


def test_synthetic_data_are_said_to_be_synthetic(night):
    assert "about synthetic data" in night.header.find(class_="notice").get_text()
    assert not soup(told("judgements")).header.find(class_="notice")


def test_the_run_is_named_with_plan_time_and_version(night):
    assert words(night.footer).startswith(
        "Run 20261122T013000Z of nightly.yaml, begun on 22 November 2026, 01:30 UTC, "
        "by kentlib 0.1.0."
    )


def test_a_night_of_reports_is_a_small_page():
    assert len(index.make(records(), FACTS).encode()) < 40_000
