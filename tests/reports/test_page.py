import base64
import re

import pytest
from bs4 import BeautifulSoup

from kentlib.reports import notebook, page

RECORD = {
    "report": "small",
    "outcome": "finished",
    "question": "Were assessments finished on time?",
    "finding": "",
    "notebook": "notebooks/small.ipynb",
    "notebook_sha256": "a" * 64,
    "parameters": {"place": "Northfold <b>", "year": 2017},
    "kentlib": {"version": "0.1.0", "commit": "b" * 40, "modified": True},
    "python": "3.11.2",
    "packages": {"pandas": "3.0.0"},
    "lock_sha256": "c" * 64,
    "tables": [
        {
            "name": "areas",
            "title": "Areas of England",
            "source": "The department",
            "url": "https://example.org/areas",
            "retrieved": "2025-11-03",
            "licence": "Open Government Licence v3",
            "synthetic": False,
        }
    ],
    "started": "2025-11-03T02:15:00Z",
    "ended": "2025-11-03T02:15:04Z",
}


@pytest.fixture
def stored(fixtures):
    return notebook.read(fixtures / "small.ipynb")


@pytest.fixture
def soup(stored):
    return BeautifulSoup(page.make(stored, RECORD), "html.parser")


def shown(*outputs, source="", kind="code"):
    """The page of a notebook with one cell."""
    cell = {"cell_type": kind, "id": "one", "metadata": {}, "source": source}
    if kind == "code":
        cell |= {"execution_count": 1, "outputs": list(outputs)}
    nb = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return BeautifulSoup(page.make(nb, RECORD), "html.parser")


def display(data, **told):
    metadata = {"kentlib": told} if told else {}
    return {"output_type": "display_data", "data": data, "metadata": metadata}


def test_the_same_notebook_and_record_make_the_same_page(stored):
    assert page.make(stored, RECORD) == page.make(stored, RECORD)


def test_rules_of_publication_are_told_in_public_reports_alone():
    about = {"notebook": "notebooks/permanence.ipynb"}
    rules = {"min_cell": 5, "zeros": "shown", "method": "suppress"}
    for audience, many in (("internal", 1), ("public", 4)):
        told = page.in_words(RECORD | about | {"parameters": {"audience": audience, **rules}})
        assert len(told) == many
        assert told[0] == ("Made for", audience)


def test_the_page_asks_no_host_and_runs_no_script(soup):
    policy = soup.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none';")
    assert not soup.find_all(["script", "iframe", "object", "embed"])
    for tag in soup.find_all(["img", "link"]):
        assert (tag.get("src") or tag.get("href")).startswith("data:")
    assert not re.search(r"@import|url\(", soup.style.string)


def test_the_question_is_the_only_first_heading(soup):
    assert [h.get_text() for h in soup.find_all("h1")] == ["Were assessments finished on time?"]
    assert soup.html["lang"] == "en-GB"
    assert soup.find("a", class_="skip")["href"] == "#main"


def test_contents_lead_to_every_section(soup):
    for link in soup.nav.find_all("a"):
        assert soup.find(id=link["href"][1:]).get_text() == link.get_text()
    listed = [link.get_text() for link in soup.nav.find_all("a")]
    assert listed == [h.get_text() for h in soup.select("main h2, footer h2")]


def test_addresses_of_headings_are_words_and_differ(soup):
    assert soup.main.h2["id"] == "northfold-finished-75-of-assessments-on-time-in-2017"
    twice = shown(source="# Q\n\n## Again\n\n## Again\n\n## !", kind="markdown")
    assert [h["id"] for h in twice.select("main h2")] == ["again", "again-2", "section"]


def test_headings_never_skip_a_level():
    told = shown(source="# Q\n\n#### Deep\n\n# High\n\n### Next", kind="markdown")
    levels = [(h.name, h.get_text()) for h in told.main.find_all(re.compile("h[1-6]"))]
    assert levels == [("h2", "Deep"), ("h2", "High"), ("h3", "Next")]


def test_a_figure_carries_its_words(soup, stored):
    figure = soup.find("figure")
    (output,) = notebook.outputs(stored, "figure")
    told = output["metadata"]["kentlib"]
    assert figure.img["alt"] == told["alt"]
    assert figure.figcaption.get_text() == f"Figure 1. {told['caption']}"
    assert [p.get_text() for p in figure.details.find_all("p")] == told["description"].split("\n\n")
    kind, _, content = figure.img["src"].partition(";base64,")
    assert kind == "data:image/svg+xml"
    assert base64.b64decode(content).decode() == output["data"]["image/svg+xml"]


def test_a_table_keeps_its_headers_and_scrolls_by_itself(soup):
    table = soup.find("table")
    assert table.caption.get_text().startswith("Table 1. Assessments in the year")
    assert [th["scope"] for th in table.find_all("th")] == ["col", "col", "row", "row"]
    frame = table.parent
    assert (frame["role"], frame["tabindex"]) == ("region", "0")
    assert frame["aria-label"].startswith("Table 1: Assessments in the year")


def test_code_is_there_and_hidden_until_asked_for(soup, stored):
    shown_code = [block.get_text().strip() for block in soup.select("main div.code")]
    cells = [cell["source"] for cell in stored["cells"] if cell["cell_type"] == "code"]
    assert shown_code == cells
    assert soup.find("input", id="show-code").find_next("label")["for"] == "show-code"
    css = soup.style.string
    assert re.search(r"\.code \{ display: none", css)
    assert "body:has(#show-code:checked) .code { display: block; }" in css


def test_an_analysts_own_html_cannot_do_anything():
    nasty = "<table onclick='x()'><tr><td colspan=2>4</td></tr></table><script>steal()</script>"
    nasty += "<img src='https://example.org/a.png'><a href='javascript:x()'>b</a><style>*{}</style>"
    told = shown(display({"text/html": nasty}))
    assert told.main.td.get_text() == "4"
    assert not told.main.find_all(["img", "script", "style"])
    assert "steal" not in told.main.get_text()
    assert not told.main.table.get("onclick")
    assert not told.main.a.get("href")


def test_words_are_escaped():
    told = shown(
        display({"text/plain": "<b>1 < 2</b>"}),
        {"output_type": "stream", "name": "stdout", "text": "<i>out</i>"},
        display(
            {"image/svg+xml": "<svg/>", "text/plain": ""},
            kind="figure",
            alt='a "quote" <b>',
            caption="1 < 2 & <b>",
            description="<script>x</script>",
        ),
    )
    assert "<b>1 < 2</b>" in told.main.get_text()
    assert "<i>out</i>" in told.main.get_text()
    assert told.main.img["alt"] == 'a "quote" <b>'
    assert told.main.figcaption.get_text() == "Figure 1. 1 < 2 & <b>"
    assert not told.main.find("script")
    assert "Northfold <b>" in told.header.get_text()


def test_what_was_written_to_standard_error_is_shown_with_the_code_only():
    told = shown({"output_type": "stream", "name": "stderr", "text": "FutureWarning"})
    assert told.find("pre", string="FutureWarning")["class"] == ["code"]


def test_a_result_without_a_mark_is_shown():
    told = shown(
        display({"text/plain": "42"}) | {"output_type": "execute_result", "execution_count": 1}
    )
    assert told.main.pre.get_text() == "42"


def test_cautions_stand_out():
    told = shown(source="**Be careful:** few children.\n\nNot this.", kind="markdown")
    assert [p.get_text() for p in told.select("p.careful")] == ["Be careful: few children."]


def test_a_notice_is_at_the_top_and_nowhere_else():
    notice = display({"text/markdown": "For one team only", "text/plain": "For one team only"})
    notice["metadata"] = {"kentlib": {"kind": "notice"}}
    told = shown(notice)
    assert "For one team only" in told.header.find(class_="notice").get_text()
    assert "For one team only" not in told.main.get_text()


def test_a_notice_shown_twice_is_read_once():
    notice = display({"text/markdown": "> **Once**", "text/plain": "Once"}, kind="notice")
    assert [p.get_text() for p in shown(notice, notice).select(".notice")] == ["Please note: Once"]


def test_synthetic_data_are_said_to_be_synthetic(stored):
    made_up = RECORD | {"tables": [RECORD["tables"][0] | {"synthetic": True}]}
    told = BeautifulSoup(page.make(stored, made_up), "html.parser")
    assert "These data are synthetic" in told.header.find(class_="notice").get_text()
    assert not BeautifulSoup(page.make(stored, RECORD), "html.parser").find(class_="notice")


def test_the_page_says_what_made_it(soup):
    told = " ".join(soup.footer.get_text().split())
    for words in (
        "notebooks/small.ipynb",
        "year: 2017",
        "3 November 2025, 02:15 UTC",
        "0.1.0, commit bbbbbbbbbbbb, with changes not committed",
        "3.11.2; pandas 3.0.0",
        "requirements.lock, SHA-256 cccccccccccc",
        "Areas of England. The department, retrieved 3 November 2025. Open Government Licence v3.",
    ):
        assert words in told
    assert {a["href"] for a in soup.footer.find_all("a")} >= {"small.ipynb", "small.json"}


@pytest.mark.parametrize(("many", "words"), [(1, "1 file;"), (2, "2 files;")])
def test_the_page_says_which_extracts_it_was_made_from(stored, many, words):
    files = {f"secret-{number}.csv": "d" * 64 for number in range(many)}
    told = RECORD | {"extracts": {"folder": "own/2017 <b>", "files": files}}
    footer = BeautifulSoup(page.make(stored, told), "html.parser").footer.get_text()
    assert f"own/2017 <b>, {words} the full record has the SHA-256 of each" in footer
    assert "secret" not in footer


@pytest.mark.parametrize("extracts", [{}, {"extracts": None}], ids=["before", "none"])
def test_a_record_without_extracts_has_no_line_for_them(stored, extracts):
    soup = BeautifulSoup(page.make(stored, RECORD | extracts), "html.parser")
    assert "Extracts" not in [name.get_text() for name in soup.footer.find_all("dt")]


def test_a_question_stands_with_the_finding_that_answers_it():
    heading = display({"text/markdown": "## It was so", "text/plain": "It was so"}, kind="heading")
    cells = [
        {"cell_type": "markdown", "source": "**Be careful:** no.\n\nWas it so?"},
        {"cell_type": "code", "source": "x", "execution_count": 1, "outputs": [heading]},
        {"cell_type": "markdown", "source": "Is this one answered?\n\nNo."},
    ]
    for number, cell in enumerate(cells):
        cell |= {"id": f"cell-{number}", "metadata": {}}
        cells[number] = cell
    nb = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    told = BeautifulSoup(page.make(nb, RECORD), "html.parser")
    (group,) = told.select("hgroup")
    assert [child.get_text() for child in group.find_all(["p", "h2"])] == [
        "Was it so?",
        "It was so",
    ]
    assert "Was it so?" not in told.find(class_="prose").get_text()


def test_a_long_table_scrolls_in_its_own_frame():
    def made(rows):
        body = "<tr><td>1</td></tr>" * rows
        html = f"<table><caption>Rows</caption><tbody>{body}</tbody></table>"
        return shown(display({"text/html": html}, kind="table")).find(role="region")["class"]

    assert "long" not in made(page.LONG)
    assert "long" in made(page.LONG + 1)
