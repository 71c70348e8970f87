"""Tables in HTML: each change is named by its row and column."""

import pandas as pd
import pytest

from kentlib import show
from kentlib.review import html_tables


@pytest.fixture
def shown(monkeypatch):
    """The HTML that `show.table` shows of some columns."""
    outputs = []
    monkeypatch.setattr(show, "display", lambda data, **named: outputs.append(data))

    def html(**columns):
        show.table(pd.DataFrame(columns), caption="Ways of leaving care")
        return outputs[-1]["text/html"]

    return html


def changes(then, now):
    (was,), (is_now,) = html_tables.read(then), html_tables.read(now)
    return [tuple(one) for one in html_tables.changes(was, is_now)]


PLACES = ["Dover", "Swale", "Thanet"]


def test_a_table_is_read_with_its_caption_headers_and_rows(shown):
    (table,) = html_tables.read(shown(District=PLACES, Children=[1, 2, 3]))
    assert table.caption == "Ways of leaving care"
    assert table.columns == ["District", "Children"]
    assert table.rows == [["Dover", "1"], ["Swale", "2"], ["Thanet", "3"]]
    assert (table.names, table.numeric) == (1, {1})


def test_a_changed_cell_is_named_by_its_row_and_column(shown):
    then = shown(District=PLACES, Children=[1, 2, 11], Share=[0.1, 0.2, 0.3])
    now = shown(District=PLACES, Children=[1, 2, 12], Share=[0.1, 0.2, 0.3])
    assert changes(then, now) == [("Thanet", "Children", "11", "12")]


def test_a_row_that_came_or_went_is_told_with_its_cells_and_moves_no_other(shown):
    then = shown(District=PLACES, Children=[1, 2, 3])
    now = shown(District=["Ashford", "Dover", "Thanet"], Children=[9, 1, 3])
    assert changes(then, now) == [
        ("Swale", "", "Swale | 2", ""),
        ("Ashford", "", "", "Ashford | 9"),
    ]


def test_rows_in_another_order_are_said_to_be_in_another_order(shown):
    then = shown(District=PLACES, Children=[1, 2, 3])
    now = shown(District=["Thanet", "Dover", "Swale"], Children=[3, 1, 2])
    ((row, column, was, is_now),) = changes(then, now)
    assert (row, column) == ("", "")
    assert was == "rows in the order Dover; Swale; Thanet"
    assert is_now == "rows in the order Thanet; Dover; Swale"


def test_a_column_that_came_went_or_moved_is_told(shown):
    then = shown(District=PLACES, Children=[1, 2, 3], Share=[4, 5, 6])
    now = shown(District=PLACES, Median=[7, 8, 9], Children=[1, 2, 3])
    assert changes(then, now) == [
        ("", "Share", "4 | 5 | 6", ""), ("", "Median", "", "7 | 8 | 9")
    ]  # fmt: skip
    moved = shown(District=PLACES, Share=[4, 5, 6], Children=[1, 2, 3])
    ((_, _, was, _),) = changes(then, moved)
    assert was == "columns in the order Children; Share"


def test_rows_of_the_same_first_name_are_told_apart_by_more_columns_of_words(shown):
    named = {"Months": [6, 6, 12], "Home": ["adoption", "parents", "adoption"]}
    then, now = shown(**named, Children=[1, 1, 3]), shown(**named, Children=[1, 2, 3])
    assert changes(then, now) == [("6, parents", "Children", "1", "2")]


def test_rows_that_nothing_tells_apart_are_numbered(shown):
    then = shown(District=["Dover", "Dover"], Children=[1, 2])
    now = shown(District=["Dover", "Dover"], Children=[1, 5])
    assert changes(then, now) == [("Dover (2)", "Children", "2", "5")]


def test_a_plain_frame_is_named_by_its_index():
    frame = pd.DataFrame({"children": [1, 2]}, index=["Dover", "Swale"])
    then, now = frame.to_html(), frame.replace(2, 3).to_html()
    assert changes(then, now) == [("Swale", "children", "2", "3")]


def test_a_plain_frame_without_an_index_is_named_by_its_words():
    frame = pd.DataFrame({"place": ["Dover", "Swale"], "children": [1, 2]})
    more = pd.DataFrame({"place": ["Deal", "Dover", "Swale"], "children": [9, 1, 3]})
    assert changes(frame.to_html(), more.to_html()) == [
        ("Deal", "", "", "Deal | 9"), ("Swale", "children", "2", "3")
    ]  # fmt: skip


def test_a_plain_frame_of_numbers_alone_is_named_by_the_number_of_its_row():
    frame = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
    assert changes(frame.to_html(), frame.replace(4, 5).to_html()) == [("row 2", "b", "4", "5")]


def test_nested_headers_and_spanned_rows_name_their_cells():
    counts = [[1, 2], [3, 4], [5, 6]]
    frame = pd.DataFrame(
        counts,
        index=pd.MultiIndex.from_tuples(
            [("Kent", 2016), ("Kent", 2017), ("Medway", 2016)], names=["where", "year"]
        ),
        columns=pd.MultiIndex.from_tuples([("children", "all"), ("children", "new")]),
    )
    (table,) = html_tables.read(frame.to_html())
    assert table.columns == ["where", "year", "children, all", "children, new"]
    assert [row[0] for row in table.rows] == ["Kent", "Kent", "Medway"]
    assert changes(frame.to_html(), frame.replace(4, 7).to_html()) == [
        ("Kent, 2017", "children, new", "4", "7")
    ]


def test_a_styled_frame_is_compared_by_its_cells_not_by_its_random_ids():
    frame = pd.DataFrame({"children": [1, 2]}, index=["Dover", "Swale"])
    one, other = frame.style.set_uuid("aaaa").to_html(), frame.style.set_uuid("bbbb").to_html()
    assert one != other
    assert changes(one, other) == []


def test_html_without_a_table_has_none():
    assert html_tables.read("<p>No table.</p>") == []
