"""A report as one HTML page that asks nothing of any other host and runs no script.

nbconvert turns the cells into HTML through the template in template/cells; this module numbers
figures and tables, sets the headings in order, and puts the page around them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from kentlib import parameters
from kentlib.reports import notebook
from kentlib.reports.record import PACKAGES

TABLE = {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"}
TEXT = {"a", "abbr", "b", "br", "code", "div", "em", "h3", "h4", "i", "li", "ol", "p", "pre"}
MORE = {"small", "span", "strong", "sub", "sup", "ul"}
"""What an analyst's own HTML output may hold; a table of `kentlib.show` is taken as it is."""

MARKDOWN = {"blockquote", "del", "h1", "h2", "h5", "h6", "hr", "dl", "dt", "dd"}
"""What Markdown that code put out may hold beside that: it may quote text from a workbook."""

UNREAD = re.compile(r"<(style|script)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)

PLAIN = re.compile(r'<(?!/?(?:h[1-6]|p|em|strong|blockquote|ul|ol|li)>|h[1-6] id="[^"<>]*">)')
"""What is not one of the few tags that nearly all Markdown is made of, which need no cleaning."""

SERIES = re.compile(r'<p class="series">.*?</p>\n')
FILES = re.compile(r"<div><dt>Files</dt> <dd>(?:<a [^>]*>[^<]*</a>(?:, )?)*</dd></div>\n")
"""Where a page links to other files."""

LONG, WIDE = 40, 5
"""A table of more rows scrolls within its own frame, its header in sight; one of more columns is
not squeezed on a phone but scrolls sideways."""

TEMPLATE = Path(__file__).parent / "template"


def make(nb: dict[str, Any], record: dict[str, Any], notices: Sequence[str] = ()) -> str:
    """The page of an executed notebook.

    Parameters
    ----------
    nb
        The notebook, with its outputs.
    record
        What made it, as `kentlib.reports.record` writes it.
    notices
        Sentences that a reader must see before anything else. Those that the notebook shows
        itself, and one for synthetic data, are added.

    Returns
    -------
    The same text for the same notebook, record and notices.
    """
    body, contents = _arranged(_cells(nb))
    name = record["report"]
    return _environment().get_template("report.html.j2").render(
        css=_css(),
        title=f"{record['question']} {', '.join(_of(record))}",
        question=record["question"],
        parameters=in_words(record),
        notices=[*notices, *_own_notices(nb, record)],
        contents=contents,
        body=_safe(body),
        made=_made(record),
        tables=record["tables"],
        files=[(f"{name}.ipynb", "executed notebook"), (f"{name}.json", "full record")],
    )  # fmt: skip


def prepare(nb: dict[str, Any]) -> None:
    """Do what is alike for all pages of a notebook: read the templates, colour the code."""
    _cells(notebook.bare(nb))
    _css()
    _environment().get_template("report.html.j2")


def _of(record: dict[str, Any]) -> list[str]:
    """What a report is of: its parameters' values, without the rules of publication."""
    values = record["parameters"]
    return [str(value) for name, value in values.items() if name not in parameters.PROTECTION]


def alone(html: str) -> str:
    """A page to be given away by itself: without its links to the index, the executed notebook and
    the record, which stay where it was made."""
    for link in (SERIES, FILES):
        html = link.sub("", html, count=1)
    return html


def in_words(record: dict[str, Any]) -> list[tuple[str, str]]:
    """A report's parameters as a reader knows them, without those that changed nothing in it."""
    about, values = Path(record["notebook"]).stem, record["parameters"]
    idle = parameters.PROTECTION if values.get("audience") == parameters.INTERNAL else ()
    return [
        (parameters.label(about, name), str(value))
        for name, value in values.items()
        if name not in idle
    ]


def moment(when: str) -> str:
    """A time of a record in words.

    Examples
    --------
    >>> moment("2025-11-03T02:15:00Z")
    '3 November 2025, 02:15 UTC'
    """
    then = datetime.fromisoformat(when)
    return f"{day(when)}, {then:%H:%M} UTC"


def day(when: str) -> str:
    """The day of an ISO date or time in words.

    Examples
    --------
    >>> day("2025-11-03")
    '3 November 2025'
    """
    then = datetime.fromisoformat(when)
    return f"{then.day} {then:%B %Y}"


def render(template: str, **values: Any) -> str:
    """A page of ours other than a report, in the same look."""
    return _environment().get_template(template).render(css=_css(), **values)


def _cells(nb: dict[str, Any]) -> str:
    from kentlib.reports import slim  # noqa: F401

    # isort: split
    import nbformat

    html, _ = _exporter().from_notebook_node(nbformat.from_dict(nb))
    return html


@cache
def _exporter():
    import base64

    from bleach.css_sanitizer import CSSSanitizer
    from bleach.sanitizer import Cleaner
    from nbconvert.exporters import HTMLExporter, TemplateExporter
    from nbconvert.filters import Highlight2HTML
    from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter

    class Cells(HTMLExporter):
        """nbconvert's, but the page is not parsed once more for what `_arranged` sees to."""

        def from_notebook_node(self, nb, resources=None, **named):
            shows = WidgetsDataTypeFilter(notebook_metadata=self._nb_metadata, parent=self)
            self.register_filter("filter_data_type", shows)
            return TemplateExporter.from_notebook_node(self, nb, resources, **named)

    allowed = {
        "attributes": {
            "*": ["class", "scope", "colspan", "rowspan", "title", "style"],
            "a": ["href"],
        },
        "protocols": {"https", "http", "mailto"},
        "css_sanitizer": CSSSanitizer(allowed_css_properties=["text-align", "font-weight"]),
        "strip": True,
    }
    html = Cleaner(tags=TABLE | TEXT | MORE, **allowed)
    markdown = Cleaner(tags=TABLE | TEXT | MORE | MARKDOWN, **allowed)
    highlight = cache(Highlight2HTML(pygments_lexer="ipython3"))  # many reports have the same code
    return Cells(
        template_name="cells",
        extra_template_basedirs=[str(TEMPLATE)],
        exclude_anchor_links=True,
        filters={
            "highlight_code": lambda source, **_: highlight(source),
            "base64_text": lambda text: base64.b64encode(text.encode()).decode(),
            "safe_html": lambda text: html.clean(UNREAD.sub("", text)),
            "safe_markdown": lambda text: (
                markdown.clean(UNREAD.sub("", text)) if PLAIN.search(text) else text
            ),
        },
    )


def _arranged(html: str) -> tuple[str, list[tuple[str, str]]]:
    """The cells with their headings in order, figures and tables numbered; and the contents."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(html, "html.parser")
    question = soup.find("h1")
    if question:
        question.decompose()
    for paragraph in soup.select(".prose > p:last-child"):
        _lead(soup, paragraph)
    contents, taken, depth = [], {"main", "show-code", "contents-heading"}, 1
    for heading in soup.find_all(re.compile("^h[1-6]$")):
        depth = max(2, min(int(heading.name[1]), depth + 1))
        heading.name = f"h{depth}"
        words = heading.get_text().strip()
        heading["id"] = _slug(words, taken)
        if depth == 2:
            contents.append((heading["id"], words))
    for image in soup.select("img:not([alt])"):
        image["alt"] = "No description has been provided for this image"
    for number, caption in enumerate(soup.select("figure.chart > figcaption"), 1):
        _count(soup, caption, f"Figure {number}")
        caption.parent.find(class_="scroll")["aria-label"] = f"Figure {number}"
    for number, caption in enumerate(soup.select("[role=region] > table > caption"), 1):
        label = f"Table {number}: {caption.get_text().strip()}"
        frame = caption.parent.parent
        frame["aria-label"] = label
        rows, columns = (len(caption.parent.select(one)) for one in ("tbody > tr", "thead th"))
        frame["class"] += ["long"] * (rows > LONG) + ["wide"] * (columns > WIDE)
        _count(soup, caption, f"Table {number}")
        kept = soup.new_tag("span", attrs={"class": "kept"})
        kept.extend([part.extract() for part in list(caption.contents)])
        caption.append(kept)
    for paragraph in soup.select(".prose > p"):
        first = next(paragraph.children, None)
        if getattr(first, "name", None) == "strong" and first.get_text() == "Be careful:":
            paragraph["class"] = "careful"
    return str(soup), contents


def _lead(soup, paragraph) -> None:
    """Put a question that ends a text with the finding that answers it, if that comes next."""
    after = paragraph.parent.find_next_sibling(lambda tag: "code" not in tag.get("class", []))
    if after and after.name == "h2" and paragraph.get_text().rstrip().endswith("?"):
        text = paragraph.parent
        group = after.wrap(soup.new_tag("hgroup"))
        group.insert(0, paragraph.extract())
        if not text.get_text().strip():
            text.decompose()


def _count(soup, caption, label: str) -> None:
    counted = soup.new_tag("span", attrs={"class": "counted"})
    counted.string = f"{label}."
    caption.insert(0, counted, " ")


def _slug(words: str, taken: set[str]) -> str:
    """An address for a heading that stays the same while its words do; `taken` grows by it."""
    stem = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:60].rstrip("-") or "section"
    slug, again = stem, 2
    while slug in taken:
        slug, again = f"{stem}-{again}", again + 1
    taken.add(slug)
    return slug


def _own_notices(nb: dict[str, Any], record: dict[str, Any]) -> list[str]:
    shown = list(dict.fromkeys(o["data"]["text/plain"] for o in notebook.outputs(nb, "notice")))
    made_up = [table["title"] for table in record["tables"] if table["synthetic"]]
    if made_up:
        shown.append(f"These data are synthetic, about no real child: {'; '.join(made_up)}.")
    return shown


def _made(record: dict[str, Any]) -> list[tuple[str, str]]:
    ours = record["kentlib"]
    version = ours["version"]
    if ours["commit"]:
        changed = ", with changes not committed" if ours["modified"] else ""
        version += f", commit {ours['commit'][:12]}{changed}"
    used = ((name, record["packages"].get(name)) for name in PACKAGES)
    packages = ", ".join(f"{name} {number}" for name, number in used if number)
    rows = [
        ("Notebook", f"{record['notebook']}, SHA-256 {record['notebook_sha256'][:12]}"),
        (
            "Parameters",
            "; ".join(f"{name}: {value!r}" for name, value in record["parameters"].items()),
        ),
        ("Run", moment(record["started"])),
        ("kentlib", version),
        ("Python", f"{record['python']}; {packages}"),
    ]
    if record.get("extracts"):
        folder, many = record["extracts"]["folder"], len(record["extracts"]["files"])
        files = "1 file" if many == 1 else f"{many:,} files"
        rows.append(("Extracts", f"{folder}, {files}; the full record has the SHA-256 of each"))
    if record["lock_sha256"]:
        rows.append(("Environment", f"requirements.lock, SHA-256 {record['lock_sha256'][:12]}"))
    return rows


@cache
def _css() -> Any:
    return _safe((TEMPLATE / "look.css").read_text(encoding="utf-8"))


@cache
def _environment():
    import jinja2

    loader = jinja2.FileSystemLoader(TEMPLATE)
    environment = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["day"] = day
    return environment


def _safe(html: str) -> Any:
    from markupsafe import Markup

    return Markup(html)
