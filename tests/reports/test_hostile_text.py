"""What somebody typed into a workbook or a plan is text: in every page, in the code, in paths."""

import json

import a_night
import pandas as pd
import pytest
from kernels import COLD, printed
from test_page import RECORD
from test_pages_in_browser import browser  # noqa: F401

from kentlib import show
from kentlib.reports import index, page, plan, run

RUN = "window.stolen=(window.stolen||0)+1"
PAYLOADS = (
    f"<script>{RUN}</script>",
    f"<SCRIPT >{RUN}</SCRIPT\t>",
    f"</td></tr></table><script>{RUN}</script>",
    f"</title><script>{RUN}</script>",
    f"</style><script>{RUN}</script>",
    f"--><script>{RUN}</script>",
    f"]]><script>{RUN}</script>",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    "<script src=https://example.org/x.js></script>",
    "<script src=//example.org/x.js></script>",
    f'<img src=x onerror="{RUN}">',
    f"<img src=x onerror={RUN}//",
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<math><mtext><script>{RUN}</script></mtext></math>",
    f"<body onload={RUN}>",
    f"<details open ontoggle={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    f"<video><source onerror={RUN}></video>",
    f"<marquee onstart={RUN}>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    f"<iframe src='javascript:parent.{RUN}'></iframe>",
    f"<object data='javascript:{RUN}'></object>",
    "<embed src=https://example.org/x.swf>",
    f"<a href='javascript:{RUN}'>a</a>",
    f"[a](javascript:{RUN})",
    "![a](https://example.org/x.png)",
    "<base href=https://example.org/>",
    "<meta http-equiv=refresh content='0;url=https://example.org/'>",
    "<link rel=stylesheet href=https://example.org/x.css>",
    "<style>@import 'https://example.org/x.css';body{display:none}</style>",
    "<form action=https://example.org/><button>a</button></form>",
    "<p style='position:fixed;inset:0;background:url(https://example.org/x.png)'>",
    "<template><script>1</script></template><!--",
    f"' onmouseover='{RUN}' x='",
    f'" autofocus onfocus="{RUN}" x="',
    "{{ 7 * 7 }}{% for a in () %}${7*7}#{7*7}<%= 7*7 %>",
    f"&lt;script&gt;{RUN}&lt;/script&gt;",
    f"`</code><script>{RUN}</script>",
)


@pytest.fixture(scope="module")
def shown():
    """What the functions of `kentlib.show` put out when each payload is a name somewhere."""
    outputs = []
    with pytest.MonkeyPatch.context() as patch:

        def keep(data, metadata, raw):
            outputs.append({"output_type": "display_data", "data": data, "metadata": metadata})

        patch.setattr(show, "display", keep)
        for payload in PAYLOADS:
            show.heading(f"In {payload} all is well")
            show.text(f"Text about {payload}")
            show.notice(f"Note {payload}.")
            show.source(also=f"Source: {payload}")
            show.table(
                pd.DataFrame({"team": [payload], payload: [1]}), caption=f"Caption {payload}"
            )
            told = {"alt": f"Alt {payload}", "caption": payload, "description": f"About {payload}"}
            keep({"image/svg+xml": "<svg/>"}, {"kentlib": {"kind": "figure", **told}}, True)
            for kind in ("text/html", "text/markdown", "text/plain"):
                keep({kind: payload}, {}, True)
            outputs.append({"output_type": "stream", "name": "stdout", "text": payload})
    cell = {"cell_type": "code", "metadata": {}, "source": "1", "execution_count": 1}
    cells = [cell | {"id": f"c{n}", "outputs": [one]} for n, one in enumerate(outputs)]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def visited(browser, path):  # noqa: F811
    """A page in the browser, and the addresses outside its own file that it could ask for.

    What the policy of the page stops is told by the browser, and never sent.
    """
    tab = browser.new_page()
    asked = []
    tab.on("requestfinished", lambda sent: asked.append(sent.url))
    tab.on("requestfailed", lambda sent: sent.failure == "csp" or asked.append(sent.url))
    tab.on("dialog", lambda dialog: dialog.dismiss())
    tab.goto(path.as_uri(), wait_until="load")
    tab.wait_for_timeout(200)
    return tab, [url for url in asked if not url.startswith(("data:", path.as_uri()))]


def harmless(tab, path, asked):
    assert asked == []
    assert tab.url == path.as_uri()
    assert tab.evaluate("window.stolen") is None
    assert tab.evaluate("document.querySelectorAll('base, iframe, object, embed, form').length") < 2
    hrefs = tab.eval_on_selector_all("a[href]", "all => all.map(one => one.protocol)")
    assert set(hrefs) <= {"file:", "http:", "https:"}
    handlers = "all => all.flatMap(one => one.getAttributeNames()).filter(a => a.startsWith('on'))"
    assert tab.eval_on_selector_all("*", handlers) == []


def test_forty_payloads_neither_run_nor_break_a_report(browser, shown, tmp_path):  # noqa: F811
    assert len(PAYLOADS) == 40
    path = tmp_path / "report.html"
    record = RECORD | {"parameters": dict(zip(map(str, range(40)), PAYLOADS, strict=True))}
    record |= {"question": PAYLOADS[3], "finding": PAYLOADS[0]}
    path.write_text(page.make(shown, record, PAYLOADS), encoding="utf-8")
    tab, asked = visited(browser, path)
    harmless(tab, path, asked)
    assert tab.locator("script").count() == 0
    tables = tab.locator("[role=region] > table")
    assert tables.count() == 40
    assert [one.split("\n")[0] for one in tab.locator("[role=region] tbody th").all_inner_texts()]
    cells = tab.eval_on_selector_all(
        "[role=region] > table > tbody th", "all => all.map(one => one.textContent)"
    )
    assert cells == list(PAYLOADS)
    values = tab.eval_on_selector_all("header dd", "all => all.map(one => one.textContent)")
    assert values == list(PAYLOADS)
    alts = tab.eval_on_selector_all("main img", "all => all.map(one => one.alt)")
    assert alts == [f"Alt {payload}" for payload in PAYLOADS]
    assert tab.locator("main > h2, main > hgroup > h2").count() == 40
    assert tab.locator("footer dl.made").is_visible()
    tab.close()


def test_forty_payloads_neither_run_nor_break_the_index(browser, tmp_path):  # noqa: F811
    records = [
        a_night.told(
            f"permanence.{number}",
            payload,
            finding=f"In {payload}",
            question=payload,
            parameters={"authority": "Kent", "district": payload},
            **({"outcome": "stale", "failed": a_night.FACTS["ended"], "error": payload}
               if number % 2 else {}),
        )
        for number, payload in enumerate(PAYLOADS)
    ]  # fmt: skip
    path = tmp_path / "index.html"
    path.write_text(index.make(records, a_night.FACTS), encoding="utf-8")
    tab, asked = visited(browser, path)
    harmless(tab, path, asked)
    assert tab.locator("script").count() == 1
    rows = tab.eval_on_selector_all("tbody > tr", "all => all.map(one => one.dataset.area)")
    assert sorted(rows) == sorted(PAYLOADS)
    tab.get_by_label("Search by district").fill("marquee")
    assert tab.locator("tbody > tr:visible").count() == 1
    tab.close()


@pytest.mark.parametrize("kind", ["report", "index"])
def test_the_policy_of_a_page_stops_what_would_be_in_it_all_the_same(
    browser,  # noqa: F811
    shown,
    tmp_path,
    kind,
):
    made = page.make(shown, RECORD) if kind == "report" else index.make(
        a_night.records(), a_night.FACTS
    )  # fmt: skip
    path = tmp_path / f"{kind}.html"
    kept = [one for one in PAYLOADS if "refresh" not in one and "<!--" not in one]
    path.write_text(made.replace("</main>", "\n".join(kept) + "</main>"), encoding="utf-8")
    tab, asked = visited(browser, path)
    assert tab.evaluate("window.stolen") is None
    assert asked == []
    tab.close()


@pytest.mark.parametrize(
    "name",
    ['"); import os; open("stolen", "w").close() #', "\\'''\"\"\"\nimport os\n", "{place!r}%s"],
)
def test_a_parameter_is_only_ever_data_to_the_code(tmp_path, name):
    (said,) = printed(
        COLD, "import json\nprint(json.dumps(place))", folder=tmp_path, params={"place": name}
    )[-1:]
    assert json.loads(said) == name
    assert not (tmp_path / "stolen").exists()


def test_a_district_named_like_a_path_stays_inside_the_folder_of_the_run(tmp_path, write_notebook):
    write_notebook("tides", "print(place)")

    def planned(*names):
        asked = {"reports": [{"notebook": "tides", "for_each": {"place": list(names)}}]}
        (tmp_path / "plan.yaml").write_text(json.dumps(asked))
        out = tmp_path / "out"
        return plan.plan([tmp_path / "plan.yaml"], notebooks=tmp_path, out=out, workers=1)

    names = ["../../etc/passwd", "..", "/srv", "a\\..\\b", 'x"); import os', "con", "<b>.html"]
    called = [job.name for job in planned(*names).jobs]
    assert len(set(called)) == len(names)
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.") for name in called)
    made = planned("../../etc/passwd")
    before = {path.name for path in tmp_path.iterdir()}
    assert run.run(made, lambda line: None) == 0
    written = {path.name for path in (tmp_path / "out" / "latest").glob("tides*")}
    assert written == {f"tides.etc-passwd.{kind}" for kind in ("html", "ipynb", "json")}
    assert {path.name for path in tmp_path.iterdir()} - before == {"out"}
