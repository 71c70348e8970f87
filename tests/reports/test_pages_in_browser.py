"""Every page, opened in chromium as a reader opens it.

The pages are made from the outputs stored in notebooks/, which nbval holds to the code, so nothing
is executed here. .ci/browser sees to the browser; CHROMIUM names another one.
"""

import base64
import os
import shutil
from functools import cache
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from kentlib import paths
from kentlib.reports import index, notebook, page, plan, record

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


def told(name):
    declared = notebook.parameters(stored(name))
    job = plan.Job(source(name), {one: d.default for one, d in declared.items()}, name)
    made = record.begin(job, stored(name), source(name).read_bytes())
    found = next(iter(notebook.findings(stored(name))), "")
    return made | {
        "tables": record.tables(stored(name)),
        "finding": found,
        "outcome": "finished",
        "ended": made["started"],
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Every page of a run, and an index of which one report is stale and one failed."""
    made = tmp_path_factory.mktemp("pages")
    records = [told(name) for name in NAMES]
    for one in records:
        html = page.make(stored(one["report"]), one, ["this report is old."])
        (made / f"{one['report']}.html").write_text(html, encoding="utf-8")
    why = {"error": "ValueError: no", "failed": records[0]["started"]}
    records[0] = records[0] | why | {"outcome": "stale"}
    records[1] = records[1] | why | {"outcome": "failed"}
    (made / "index.html").write_text(index.make(records), encoding="utf-8")
    return made


@pytest.fixture(params=[*NAMES, "index"])
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
    if name != "index":
        holds_what_the_notebook_shows(tab, stored(name))
    headings = tab.eval_on_selector_all(
        "h1, h2, h3, h4, h5, h6", "all => all.map(one => Number(one.tagName[1]))"
    )
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(headings))

    tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    accessible(tab)
    if name != "index":
        assert tab.locator("div.code:visible").count() == 0
        tab.check("#show-code")
        assert tab.locator("div.code:visible").count() > 0
        accessible(tab)
    tab.set_viewport_size({"width": 360, "height": 740})
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    accessible(tab)


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
