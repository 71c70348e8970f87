"""What a cell shows: plain data, the same bytes each time, safe for any text."""

import re
import warnings

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from kentlib import once, show, tables
from tests.released import protected, told


def shown(monkeypatch, make, *given, **named):
    """The data and the kentlib metadata of the one output that a call shows."""
    outputs = []
    with monkeypatch.context() as patched:
        patched.setattr(
            show, "display", lambda data, *, metadata, raw: outputs.append((data, metadata, raw))
        )
        make(*given, **named)
    [(data, metadata, raw)] = outputs
    assert raw
    return data, metadata["kentlib"]


def table_shown(monkeypatch, rows, **named):
    """The table that is shown, parsed."""
    data, _ = shown(monkeypatch, show.table, rows, **{"caption": "Ages"} | named)
    return BeautifulSoup(data["text/html"], "html.parser")


def cells(soup):
    return [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in soup.find_all("tr")]


def figure(label="How to read it."):
    made = Figure(figsize=(2, 1))
    axes = made.subplots()
    axes.plot([1, 2], [3, 5], marker="o")
    axes.set_xlabel("Year")
    made.set_label(label)
    return made


def people(**columns):
    return pd.DataFrame({"name": ["Ann", "Bo"]} | columns)


def test_heading_is_a_second_level_heading_and_its_finding(monkeypatch):
    data, told = shown(monkeypatch, show.heading, "Kent was good")
    assert data == {"text/markdown": "## Kent was good", "text/plain": "Kent was good"}
    assert told == {"kind": "heading"}


def test_text_joins_sentences_into_one_paragraph(monkeypatch):
    data, told = shown(monkeypatch, show.text, "One.", "Two.")
    assert data["text/markdown"] == "One. Two."
    assert told == {"kind": "text"}


def test_a_notice_stands_out_in_a_notebook_and_is_a_plain_sentence_for_a_page(monkeypatch):
    data, told = shown(monkeypatch, show.notice, "No child in these data exists.")
    assert data == {
        "text/markdown": "> **No child in these data exists.**",
        "text/plain": "No child in these data exists.",
    }
    assert told == {"kind": "notice"}


def test_source_names_each_table_s_source_once(monkeypatch):
    data, told = shown(monkeypatch, show.source, "measures", "measures", also="Ours.")
    assert data["text/plain"] == f"{tables.source_line('measures')} Ours."
    assert data["text/markdown"] == f"*{data['text/plain']}*"
    assert told == {"kind": "source"}


def test_figure_carries_alt_caption_and_description(monkeypatch):
    data, told = shown(monkeypatch, show.figure, figure(), alt="A line rises.", caption="Ages")
    assert data["text/plain"] == "A line rises."
    (panel,) = told.pop("data")
    assert [one["y"] for one in panel["series"]] == [[3, 5]]
    assert told == {
        "kind": "figure",
        "alt": "A line rises.",
        "caption": "Ages",
        "description": "How to read it.",
    }


def test_figure_is_the_same_bytes_each_time_it_is_drawn(monkeypatch):
    first, again = (
        shown(monkeypatch, show.figure, made, alt="a", caption="c")[0]["image/svg+xml"]
        for made in (figure(), figure())
    )
    assert first == again


def test_a_figure_that_a_run_has_drawn_is_not_drawn_again(monkeypatch, tmp_path):
    monkeypatch.setenv(once.FOLDER, once.folder(str(tmp_path), "1 + 1"))
    drawn, true = [], show.FigureCanvasSVG.print_svg

    def draw(self, *some, **more):
        drawn.append(self.figure)
        true(self, *some, **more)
        warnings.warn("too narrow", stacklevel=1)

    monkeypatch.setattr(show.FigureCanvasSVG, "print_svg", draw)
    outputs = []
    for made, alt in ((figure(), "First."), (figure(), "Second."), (figure(label="O."), "Other.")):
        with pytest.warns(UserWarning, match="too narrow"):
            outputs.append(shown(monkeypatch, show.figure, made, alt=alt, caption="Ages"))
    (first, told), (second, again), (_, other) = outputs
    assert len(drawn) == 2
    assert second == first | {"text/plain": "Second."}
    assert again == told | {"alt": "Second."}
    assert other["description"] == "O."


def test_figure_holds_no_date_no_path_and_no_maker(monkeypatch):
    svg = shown(monkeypatch, show.figure, figure(), alt="a", caption="c")[0]["image/svg+xml"]
    assert svg.startswith("<svg ")
    assert svg.endswith("</svg>\n")
    assert not re.search(
        r"<dc:date>|<dc:creator>|20\d\d-\d\d-\d\d|file:|/home/|/tmp/|[A-Z]:\\", svg
    )


def test_table_has_a_caption_scoped_headers_and_a_header_for_each_row(monkeypatch):
    soup = table_shown(monkeypatch, people(age=[3, 5]))
    assert soup.caption.get_text() == "Ages"
    assert [th["scope"] for th in soup.thead.find_all("th")] == ["col", "col"]
    assert [th.get_text() for th in soup.tbody.find_all("th", scope="row")] == ["Ann", "Bo"]


def test_table_shows_the_columns_asked_for_in_their_order_under_their_names(monkeypatch):
    rows = people(age=[3, 5], town=["X", "Y"])
    soup = table_shown(monkeypatch, rows, columns={"town": "Town", "name": "Name"})
    assert cells(soup) == [["Town", "Name"], ["X", "Ann"], ["Y", "Bo"]]


def test_table_writes_numbers_by_their_format_and_sets_them_right(monkeypatch):
    soup = table_shown(
        monkeypatch,
        people(share=[0.123, 0.5]),
        columns={"name": "Name", "share": "Share"},
        formats={"share": "{:.0%}"},
    )
    assert cells(soup)[1:] == [["Ann", "12%"], ["Bo", "50%"]]
    assert [th.get("class") for th in soup.thead.find_all("th")] == [None, ["number"]]


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ([1.5, None], ["1.5", show.EMPTY]),
        (pd.array([1, pd.NA], dtype="Int64"), ["1", show.EMPTY]),
        (pd.to_datetime(["2017-03-06", None]), ["6 March 2017", show.EMPTY]),
        ([True, False], ["yes", "no"]),
        (pd.array([True, pd.NA], dtype="boolean"), ["yes", show.EMPTY]),
        (["words", None], ["words", show.EMPTY]),
    ],
    ids=["number", "whole", "date", "yes or no", "missing yes or no", "text"],
)
def test_a_missing_cell_is_a_dash_and_never_nan(monkeypatch, values, written):
    soup = table_shown(monkeypatch, people(value=values), formats={})
    assert [row[1] for row in cells(soup)[1:]] == written


def test_an_empty_table_has_its_headers_and_no_row(monkeypatch):
    assert cells(table_shown(monkeypatch, people().iloc[:0])) == [["name"]]


def test_table_in_plain_text_begins_with_its_caption(monkeypatch):
    data, told = shown(monkeypatch, show.table, people(), caption="Ages")
    assert data["text/plain"].startswith("Ages\n")
    assert told == {"kind": "table", "caption": "Ages"}


@example(text="<b>5 &lt; 6 &amp; 7</b>")
@example(text='"><script>')
@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_any_text_comes_out_of_a_table_as_it_went_in(text):
    with pytest.MonkeyPatch.context() as patched:
        soup = table_shown(
            patched, pd.DataFrame({"a": [text]}), caption=text, columns={"a": f"{text}x"}
        )
    assert soup.caption.get_text() == text
    assert cells(soup) == [[f"{text}x"], [text]]
    assert {tag.name for tag in soup.find_all()} == {
        "table", "caption", "thead", "tbody", "tr", "th"
    }  # fmt: skip


def test_day_is_written_as_in_a_sentence():
    assert show.day(pd.Timestamp("2017-06-13")) == "13 June 2017"


# Marks of what is withheld


def marked():
    return people(age=pd.array([None, 5], "Int64"), age_mark=["c", ""], height=[None, 1.5])


def test_a_mark_stands_where_its_number_is_withheld_and_a_dash_where_there_is_none(monkeypatch):
    soup = table_shown(monkeypatch, marked())
    assert cells(soup) == [["name", "age", "height"], ["Ann", "c", "–"], ["Bo", "5", "1.5"]]


def test_the_marks_of_the_columns_shown_are_explained_under_the_table(monkeypatch):
    data, _ = shown(monkeypatch, show.table, marked(), caption="Ages")
    soup = BeautifulSoup(data["text/html"], "html.parser")
    told = "c: withheld: a small number, or one that would give a small number away."
    assert [p.get_text() for p in soup.find_all("p")] == [told]
    assert data["text/plain"].endswith(told)
    columns = {"name": "Name", "height": "Height"}
    assert not table_shown(monkeypatch, marked(), columns=columns).find_all("p")


def test_a_table_without_marks_has_no_line_under_it(monkeypatch):
    data, _ = shown(monkeypatch, show.table, people(age=[3, 5]), caption="Ages")
    assert data["text/html"].endswith("</table>")


def test_what_later_reports_are_to_mind_is_in_the_metadata_beside_how_much_is_withheld(monkeypatch):
    made = protected(12, 3, 9, 9)
    carried = told(made)
    data, about = shown(monkeypatch, show.release, carried, made)
    assert about == {"kind": "release", "release": carried}
    assert data["text/plain"] == "2 of the 5 numbers in tables of children are withheld."
