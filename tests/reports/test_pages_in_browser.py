"""Every page, opened in chromium as a reader opens it.

The pages of reports are made from the outputs stored in notebooks/, which nbval holds to the code,
so nothing is executed here. .ci/browser sees to the browser; CHROMIUM names another one.
"""

import base64
import os
import shutil
from functools import cache
from itertools import pairwise

import a_night
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from kentlib import paths
from kentlib.reports import facts, index, notebook, page, plan, record

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
STILL = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--no-first-run",
]
SMALL = "small"
INDEXES = ("index", "night", "wide")
HOSTILE = """<script>window.stolen = 1</script><img src=x onerror="stolen = 1">{{ 7 * 7 }}"'>"""
NAMES = [*sorted(path.stem for path in paths.NOTEBOOKS.glob("*.ipynb")), SMALL]


@pytest.fixture(scope="module")
def browser():
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    assert path, "No browser to open the pages in: run .ci/browser, or set CHROMIUM to one."
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=STILL)
        yield opened
        opened.close()


@cache
def source(name):
    folder = paths.ROOT / "tests" / "fixtures" if name == SMALL else paths.NOTEBOOKS
    return folder / f"{name}.ipynb"


@cache
def stored(name):
    return notebook.read(source(name))


def job(name):
    declared = notebook.parameters(stored(name))
    return plan.Job(source(name), {one: d.default for one, d in declared.items()}, name)


@cache
def gathered():
    return facts.gather(a_night.RUN, map(job, NAMES))


def told(name):
    made = record.begin(job(name), stored(name), gathered())
    found = next(iter(notebook.findings(stored(name))), "")
    return made | {
        "tables": record.tables(stored(name)),
        "finding": found,
        "outcome": "finished",
        "ended": made["started"],
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Every page of a run, its index with one report stale and one failed, and the nightly run's.

    The last have a grid; it is `wide` where its columns do not fit on a screen.
    """
    made = tmp_path_factory.mktemp("pages")
    records = [told(name) for name in NAMES]
    for one in records:
        html = page.make(stored(one["report"]), one, ["this report is old."])
        (made / f"{one['report']}.html").write_text(html, encoding="utf-8")
    why = {"error": "ValueError: no", "failed": records[0]["started"]}
    records[0] = records[0] | why | {"outcome": "stale"}
    records[1] = records[1] | why | {"outcome": "failed"}
    wide = [
        a_night.told(f"permanence.{n}.{area}", area, notebook=f"notebooks/{n}.ipynb")
        for area in ("all", *a_night.DISTRICTS)
        for n in range(index.MANY + 1)
    ]
    indexes = dict(zip(INDEXES, (records, a_night.records(), wide), strict=True))
    for name, listed in indexes.items():
        html = index.make(listed, a_night.FACTS)
        (made / f"{name}.html").write_text(html, encoding="utf-8")
    return made


@pytest.fixture(params=[*NAMES, *INDEXES])
def opened(request, browser, folder):
    """A page in the browser, its name, and what it asked for and complained of."""
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    asked, complaints = [], []
    tab.on("request", lambda sent: asked.append(sent.url))
    tab.on("console", lambda said: complaints.append(said.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto((folder / f"{request.param}.html").as_uri(), wait_until="load")
    yield tab, request.param, asked, complaints
    tab.close()


def test_a_page_is_whole_and_open_to_everyone(opened):
    tab, name, asked, complaints = opened
    assert not complaints
    assert [url.partition(":")[0] for url in asked if not url.startswith("data:")] == ["file"]
    if name not in INDEXES:
        holds_what_the_notebook_shows(tab, stored(name))
    headings = tab.eval_on_selector_all(
        "h1, h2, h3, h4, h5, h6", "all => all.map(one => Number(one.tagName[1]))"
    )
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(headings))

    tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    accessible(tab)
    if name not in INDEXES:
        assert tab.locator("div.code:visible").count() == 0
        tab.check("#show-code")
        assert tab.locator("div.code:visible").count() > 0
        accessible(tab)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 1280
    tab.set_viewport_size({"width": 360, "height": 740})
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    accessible(tab)


@pytest.fixture
def night(browser, folder):
    """The nightly run's index in the browser."""
    tab = browser.new_page(viewport={"width": 1200, "height": 800})
    tab.goto((folder / "night.html").as_uri())
    yield tab
    tab.close()


def areas(tab):
    """The areas of the grid that are to be seen."""
    return [one.split("\n")[0] for one in tab.locator("tbody th:visible").all_inner_texts()]


@pytest.mark.parametrize(
    ("sought", "left", "said"),
    [
        ("thanet", ["Thanet"], "1 of 13 areas left, with 2 of 28 reports"),
        ("TUNBRIDGE w", ["Tunbridge Wells"], "1 of 13 areas left, with 2 of 28 reports"),
        ("swapped", ["Gravesham", "Thanet"], "2 of 13 areas left, with 4 of 28 reports"),
        ("unchanged since Ashfórd", ["Ashford"], "1 of 13 areas left, with 2 of 28 reports"),
        ("safeguarding children board", [], "1 of 13 areas left, with 1 of 28 reports"),
        ("permanent home", [], "0 of 13 areas left, with 0 of 28 reports"),
        ("anet", [], "0 of 13 areas left, with 0 of 28 reports"),
        (" ,", ["Kent", *a_night.DISTRICTS], ""),
    ],
)
def test_the_search_leaves_the_rows_that_have_every_word(night, sought, left, said):
    night.get_by_label("Search by district").fill(sought)
    assert areas(night) == left
    assert night.get_by_role("status").inner_text() == said
    if left != ["Kent", *a_night.DISTRICTS]:
        accessible(night)


def test_the_search_is_reached_used_and_cleared_with_the_keyboard(night):
    for _ in range(5):
        night.keyboard.press("Tab")
        if night.evaluate("document.activeElement.id") == "sought":
            break
    night.keyboard.type("dover")
    assert areas(night) == ["Dover"]
    assert night.get_by_role("article").count() == 0
    night.keyboard.press("Enter")
    night.keyboard.press("Tab")
    assert night.evaluate("document.activeElement.getAttribute('href')") == "permanence.dover.html"
    night.keyboard.press("Shift+Tab")
    night.keyboard.press("Escape")
    assert areas(night) == ["Kent", *a_night.DISTRICTS]
    assert night.get_by_role("article").count() == 2


def test_what_needs_attention_is_shown_whatever_was_searched_for(night):
    night.get_by_label("Search by district").fill("dover")
    night.get_by_role("link", name="Thanet:").click()
    assert night.locator(":target").is_visible()
    assert "Thanet" in night.locator(":target").inner_text()


def test_the_grid_is_a_table_with_its_headers_on_a_phone_too(night):
    questions = night.locator("td .about:visible")
    for width, heads, repeated in ((1200, 1, 0), (360, 0, 13)):
        night.set_viewport_size({"width": width, "height": 740})
        assert night.get_by_role("row").count() == 13 + heads
        assert night.get_by_role("rowheader", name="Thanet").count() == 1
        expected = [a_night.QUESTIONS[name] for name in a_night.DISTRICT] * repeated
        assert questions.all_inner_texts() == expected


def test_the_search_hides_rows_on_a_phone_too(night):
    night.set_viewport_size({"width": 360, "height": 740})
    night.get_by_label("Search by district").fill("dover")
    assert areas(night) == ["Dover"]


def test_without_scripts_the_index_is_whole_and_has_no_search(browser, folder):
    tab = browser.new_page(java_script_enabled=False)
    tab.goto((folder / "night.html").as_uri())
    assert areas(tab) == ["Kent", *a_night.DISTRICTS]
    assert tab.get_by_role("article").count() == 2
    assert not tab.locator("#sought").is_visible()
    tab.close()


def test_nothing_that_a_record_says_can_run(browser, tmp_path):
    records = []
    for one in a_night.records():
        told = {"question": HOSTILE, "finding": HOSTILE, "area": one["area"] + HOSTILE}
        records.append(one | told | ({"error": HOSTILE} if "error" in one else {}))
    (tmp_path / "index.html").write_text(index.make(records, a_night.FACTS), encoding="utf-8")
    tab = browser.new_page()
    said = []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.goto((tmp_path / "index.html").as_uri())
    assert tab.evaluate("window.stolen") is None
    assert not said
    tab.get_by_label("Search by district").fill('Dover <script> "onerror"')
    assert tab.locator("tbody th:visible").inner_text() == f"Dover{HOSTILE}"
    assert tab.evaluate("window.stolen") is None
    tab.close()


def test_a_script_that_is_not_the_search_is_refused(browser, folder, tmp_path):
    html = (folder / "night.html").read_text(encoding="utf-8")
    more = html.replace("</body>", "<script>window.stolen = 1</script></body>")
    (tmp_path / "index.html").write_text(more, encoding="utf-8")
    tab = browser.new_page()
    said = []
    tab.on("console", lambda message: said.append(message.text))
    tab.goto((tmp_path / "index.html").as_uri())
    assert tab.evaluate("window.stolen") is None
    assert "Content Security Policy" in said[0]
    assert tab.locator("#sought").is_visible()
    tab.close()


def accessible(tab):
    found = Axe().run(tab)
    assert found.violations_count == 0, found.generate_report()


def holds_what_the_notebook_shows(tab, nb):
    findings = notebook.findings(nb)
    assert findings
    assert [one for one in tab.locator("main h2").all_inner_texts() if one in findings] == findings

    figures = list(notebook.outputs(nb, "figure"))
    shown = tab.eval_on_selector_all(
        "figure img",
        """all => all.map(one => [
            one.alt, one.src, one.naturalWidth, one.closest("figure").innerText])""",
    )
    assert len(shown) == len(figures)
    for (alt, src, width, words), output in zip(shown, figures, strict=True):
        said = output["metadata"]["kentlib"]
        assert alt == said["alt"]
        assert said["caption"] in words
        svg = base64.b64decode(src.removeprefix("data:image/svg+xml;base64,")).decode()
        assert svg == output["data"]["image/svg+xml"]
        assert width > 0

    tables = list(notebook.outputs(nb, "table"))
    captions = tab.locator("main table caption").all_inner_texts()
    expected = [
        f"Table {number}. {output['metadata']['kentlib']['caption']}"
        for number, output in enumerate(tables, 1)
    ]
    assert captions == expected
    rows = tab.eval_on_selector_all("main table", "all => all.map(one => one.rows.length)")
    assert rows == [output["data"]["text/html"].count("<tr") for output in tables]
