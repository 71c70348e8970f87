"""A report's page as a notebook that shows the same, for a reviewer who has the page alone.

What a page does not have (the data behind its figures, cells' ids) cannot be compared; the rest is
there: text, code, findings, tables, figures as pictures, sources and what was printed.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

from kentlib.errors import DataError
from kentlib.reports import page

COUNTED = re.compile(r"^(?:Figure|Table) \d+\.\s*")


def as_notebook(html: str, name: str) -> dict[str, Any]:
    """The notebook that a page shows.

    Raises
    ------
    DataError
        It is not the page of a report.
    """
    from bs4 import BeautifulSoup

    main = BeautifulSoup(html, "html.parser").find("main", id="main")
    if main is None or main.find(class_="code") is None:
        raise DataError(f"{name} is not the page of a report.")
    cells = [_cell("")]
    for group in main.find_all("hgroup"):
        group.unwrap()
    for tag in main.find_all(True, recursive=False):
        classes = tag.get("class") or []
        if "code" in classes and tag.name == "div":
            cells.append(_cell(tag.get_text().strip()))
        else:
            # Text beside the cells and text that a cell shows look the same to a reader.
            cells[-1]["outputs"].append(_output(tag, classes))
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}


def shown(executed: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """What the page of an executed notebook shows, as a notebook.

    Parameters
    ----------
    executed
        The notebook.
    told
        Its record.
    """
    return as_notebook(page.make(executed, told), told["report"])


def _cell(source: str) -> dict[str, Any]:
    cell = {"cell_type": "code", "metadata": {}, "source": source}
    return cell | {"execution_count": None, "outputs": []}


def _output(tag: Any, classes: list[str]) -> dict[str, Any]:
    text = tag.get_text().strip()
    if tag.name == "pre":
        return {"output_type": "stream", "name": "stdout", "text": f"{text}\n"}
    if tag.name == "figure":
        return _figure(tag)
    if tag.find("table"):
        for counted in tag.find_all(class_="counted"):
            counted.decompose()
        caption = tag.find("caption")
        told = {"kind": "table", "caption": caption.get_text().strip() if caption else ""}
        return _displayed(
            {"text/html": str(tag.find("table")), "text/plain": told["caption"]}, told
        )
    kind = "heading" if re.fullmatch("h[1-6]", tag.name) else "text"
    kind = "source" if "source" in classes else kind
    return _displayed({"text/plain": text}, {"kind": kind})


def _figure(tag: Any) -> dict[str, Any]:
    image, caption = tag.find("img"), tag.find("figcaption")
    told = {"kind": "figure", "alt": image.get("alt", "") if image else ""}
    told["caption"] = COUNTED.sub("", caption.get_text().strip()) if caption else ""
    details = tag.find("details")
    told["description"] = details.get_text().strip() if details else ""
    kind, _, content = (image.get("src", "") if image else "").partition(";base64,")
    if kind == "data:image/svg+xml":
        content = base64.b64decode(content).decode("utf-8", "replace")
    data = {kind.removeprefix("data:"): content} if kind else {}
    return _displayed(data | {"text/plain": told["alt"]}, told)


def _displayed(data: dict[str, str], told: dict[str, str]) -> dict[str, Any]:
    return {"output_type": "display_data", "data": data, "metadata": {"kentlib": told}}
