"""What differs between two executed notebooks, each difference in its own kind and place."""

import copy

import pytest

from kentlib.review.outputs import Difference, differences, within


def shown(kind, plain, *, html=None, svg=None, **told):
    data = {"text/plain": plain}
    data |= {"text/html": html} if html else {"image/svg+xml": svg} if svg else {}
    metadata = {"kentlib": {"kind": kind, **told}}
    return {"output_type": "display_data", "data": data, "metadata": metadata}


def table(*rows, caption="Ways of leaving care"):
    header = "<th>District</th><th>Children</th>"
    body = "".join(
        f"<tr><th>{name}</th><td class='number'>{count}</td></tr>" for name, count in rows
    )
    html = f"<table><caption>{caption}</caption><thead><tr>{header}</tr></thead>"
    return shown("table", f"{caption} {rows}", html=f"{html}<tbody>{body}</tbody></table>",
                 caption=caption)  # fmt: skip


def figure(value=12, *, colour="#ff0000", caption="Leavers", **more):
    series = [{"kind": "bars", "label": "adopted", "x": [value, 5], "y": [0, 1]}]
    data = [{"y_ticks": [[0, "Thanet"], [1, "Dover"]], "series": series}]
    path = f'<path d="M 0 0 L 9 0 L 9 {value} z" style="fill: {colour}"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 30">{path}</svg>'
    return shown("figure", "Bars.", svg=svg, caption=caption, alt="Bars.",
                 **({"data": data} | more))  # fmt: skip


def printed(text):
    return {"output_type": "stream", "name": "stdout", "text": text}


def raised(said):
    return {"output_type": "error", "ename": "ValueError", "evalue": said, "traceback": []}


def notebook(*outputs, source="show()"):
    """A cell of text, then a code cell for each list of outputs."""
    cells = [{"cell_type": "markdown", "id": "about", "metadata": {}, "source": "# Why?"}]
    for number, some in enumerate(outputs, 1):
        some = some if isinstance(some, list) else [some]
        cells.append({"cell_type": "code", "id": f"cell-{number}", "metadata": {},
                      "source": f"{source}  # {number}", "execution_count": number,
                      "outputs": some})  # fmt: skip
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def found(then, now):
    return differences(then, now, name="permanence")


def one(then, now):
    (only,) = found(notebook(then), notebook(now))
    return only


@pytest.fixture
def everything():
    return notebook(
        shown("heading", "11 children left."), table(("Thanet", 11)), figure(), printed("a\nb\n"),
        raised("no"), [shown("source", "Ofsted"), shown("text", "11 of 12.")],
    )  # fmt: skip


def test_a_notebook_differs_in_nothing_from_itself(everything):
    assert found(everything, copy.deepcopy(everything)) == []


def test_counts_times_parameters_put_in_and_metadata_are_no_difference(everything):
    now = copy.deepcopy(everything)
    now["metadata"] = {"papermill": {"parameters": {"year": 2017}, "duration": 3.2}}
    injected = {"cell_type": "code", "id": "x", "metadata": {"tags": ["injected-parameters"]},
                "source": "year = 2017", "execution_count": 1, "outputs": []}  # fmt: skip
    for cell in now["cells"][1:]:
        cell["execution_count"] += 1
        cell["metadata"] = {"papermill": {"duration": 0.1}, "execution": {"iopub.status": "2026"}}
    now["cells"].insert(1, injected)
    assert found(everything, now) == []


def test_a_table_s_cell_is_told_by_row_column_and_how_far_apart():
    then, now = table(("Dover", 5), ("Thanet", 11)), table(("Dover", 5), ("Thanet", 12))
    told = one(then, now)
    assert (told.kind, told.row, told.column) == ("table", "Thanet", "Children")
    assert (told.then, told.now, told.apart) == ("11", "12", 1.0)
    assert told.where == "permanence, table 1 (Ways of leaving care)"
    assert told.said() == "permanence, table 1: Thanet, Children: 11 then, 12 now"


def test_outputs_are_numbered_among_their_kind_and_cells_among_code_cells():
    then = notebook(table(("a", 1)), figure(), [table(("a", 1)), table(("Thanet", 11))])
    now = notebook(table(("a", 1)), figure(), [table(("a", 1)), table(("Thanet", 12))])
    (told,) = found(then, now)
    assert (told.place, told.cell) == ("permanence, table 3", 3)


def test_a_finding_is_told_word_by_word():
    told = one(shown("heading", "In all 11 children left care in Thanet."),
               shown("heading", "In all 12 children left care in Thanet."))  # fmt: skip
    assert told.kind == "finding"
    assert told.words() == [("In all 11 children left …", "In all 12 children left …")]
    assert told.apart is None
    assert told.said() == (
        "permanence, finding 1: “In all 11 children left care in Thanet.” then, "
        "“In all 12 children left care in Thanet.” now"
    )


def test_of_a_long_sentence_the_words_that_differ_are_said():
    about = " ".join(["very"] * 60)
    told = one(shown("heading", f"{about} 11 {about}."), shown("heading", f"{about} 12 {about}."))
    assert told.said() == (
        "permanence, finding 1: “… very very 11 very very …” then, “… very very 12 very very …” now"
    )


@pytest.mark.parametrize("kind", ["text", "source", "notice"])
def test_other_sentences_are_text(kind):
    told = one(shown(kind, "As at 2016."), shown(kind, "As at 2017."))
    assert (told.kind, told.place) == ("text", f"permanence, {kind} 1")


def test_a_sentence_that_differs_only_in_its_marks_is_a_difference():
    then, now = shown("text", "Kent"), shown("text", "Kent")
    then["data"]["text/markdown"], now["data"]["text/markdown"] = "Kent", "**Kent**"
    assert (one(then, now).then, one(then, now).now) == ("Kent", "**Kent**")


@pytest.mark.parametrize("what", ["caption", "alt", "description"])
def test_words_about_a_figure_are_text(what):
    then = figure(**{"description": "So."})
    now = copy.deepcopy(then)
    now["metadata"]["kentlib"][what] = "Otherwise."
    told = one(then, now)
    assert (told.kind, told.column, told.now) == ("text", what, "Otherwise.")


def test_a_figure_s_data_are_told_by_category_and_series_and_not_again_as_a_picture():
    told = one(figure(12), figure(14))
    assert (told.kind, told.row, told.column) == ("data", "Thanet", "adopted")
    assert (told.then, told.now, told.apart) == ("12", "14", 2.0)
    assert told.said() == "permanence, figure 1: Thanet, adopted: 12 then, 14 now"


def test_a_figure_in_percent_is_as_far_apart_as_a_table_in_percent():
    then, now = figure(12.5), figure(14)
    for one_of in (then, now):
        one_of["metadata"]["kentlib"]["data"][0]["x_unit"] = "%"
    told = one(then, now)
    assert (told.then, told.now, told.apart) == ("12.5%", "14%", 1.5)


def test_a_figure_in_another_colour_differs_as_a_picture():
    assert one(figure(), figure(colour="#00ff00")).kind == "picture"


def test_a_figure_that_looks_the_same_is_the_same_and_one_without_data_is_compared_by_sight():
    assert found(notebook(figure()), notebook(figure(colour="#ff0001"))) == []
    before = figure()
    del before["metadata"]["kentlib"]["data"]
    assert found(notebook(before), notebook(figure())) == []
    assert one(before, figure(14)).kind == "picture"


def test_of_what_later_reports_are_to_mind_the_tables_that_differ_are_named():
    def carried(number, min_cell=5):
        tables = {"routes": {"cells": {"children": [number]}}, "homes": {"cells": {}}}
        told = {"rules": {"min_cell": min_cell}, "tables": tables}
        return shown("release", "1 number is withheld.", release=told)

    change = one(carried(12), carried(13))
    assert (change.row, change.kind) == ("table routes", "data")
    assert "13" not in str(change)
    assert "min_cell" in one(carried(12), carried(12, 3)).now
    assert found(notebook(carried(12)), notebook(carried(12))) == []


def test_printed_text_is_told_by_line():
    told = one(printed("a\nb\nc\n"), printed("a\nx\nc\n"))
    assert (told.kind, told.row, told.then, told.now) == ("text", "line 2", "b", "x")
    assert told.place == "permanence, printed text (stdout) 1"


def test_printed_text_that_differs_in_white_space_alone_is_a_difference():
    assert one(printed("a\n"), printed("a")).kind == "text"


def test_an_error_is_told_without_what_it_quotes_of_a_child():
    told = one(raised("no"), raised("could not convert 'ME14 1XQ'"))
    assert told.kind == "error"
    assert told.now == "ValueError: could not convert –"
    (again := raised("no"))["traceback"] = ["line 2"]
    assert found(notebook(raised("no")), notebook(again)) == []


def test_a_value_shown_as_it_is_and_a_plain_table_are_compared():
    def plain(value, html=None):
        data = {"text/plain": str(value)} | ({"text/html": html} if html else {})
        return {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": data}

    assert one(plain(7), plain(8)).then == "7"
    html = "<table><tr><th></th><th>n</th></tr><tr><th>Dover</th><td>{}</td></tr></table>"
    told = one(plain("", html.format(1)), plain("", html.format(2)))
    assert (told.kind, told.row, told.column, told.apart) == ("table", "Dover", "n", 1.0)
    assert told.place == "permanence, plain table 1"


def test_a_table_marked_up_otherwise_is_a_difference():
    then, now = table(("Dover", 5)), table(("Dover", 5))
    now["data"]["text/html"] = now["data"]["text/html"].replace(" class='number'", "")
    assert one(then, now).kind == "picture"


def test_an_output_that_came_or_went_is_told():
    then, now = notebook([table(("a", 1))]), notebook([table(("a", 1)), shown("heading", "Two.")])
    (told,) = found(then, now)
    assert (told.kind, told.then, told.now) == ("finding", "", "Two.")
    (told,) = found(now, then)
    assert (told.then, told.now) == ("Two.", "")


def test_a_cell_that_came_or_went_is_told_with_its_outputs(everything):
    now = copy.deepcopy(everything)
    del now["cells"][2]
    cell, output = found(everything, now)
    assert (cell.kind, cell.then, cell.now) == ("structure", "show()  # 2", "")
    assert cell.said().startswith("permanence, code cell 3 removed: ")
    assert (output.kind, output.place) == ("table", "permanence, table 1")
    cell, output = found(now, everything)
    assert (cell.then, cell.now, cell.cell) == ("", "show()  # 2", 3)


def test_an_edited_cell_is_told_by_its_lines_and_matched_by_its_id(everything):
    now = copy.deepcopy(everything)
    now["cells"][3]["source"] = "other(2)"
    (told,) = found(everything, now)
    assert (told.kind, told.then, told.now) == ("structure", "show()  # 3", "other(2)")
    assert told.where == "permanence, code cell 4 edited"


def test_text_between_the_code_is_compared_too(everything):
    now = copy.deepcopy(everything)
    now["cells"][0]["source"] = "# How?"
    (told,) = found(everything, now)
    assert (told.kind, told.where) == ("structure", "permanence, markdown cell 1 edited")


def test_a_moved_cell_is_told_once_by_what_it_stands_after(everything):
    now = copy.deepcopy(everything)
    now["cells"].append(now["cells"].pop(1))
    (told,) = found(everything, now)
    assert (told.where, told.then) == ("permanence, code cell 7 moved", "after “# Why?”")
    assert told.now == "after “show()  # 6”"


@pytest.mark.parametrize("ids", ["none", "numbered"])
def test_cells_without_ids_or_with_numbers_for_ids_are_matched_by_their_text(everything, ids):
    now = copy.deepcopy(everything)
    new = {"cell_type": "code", "metadata": {}, "source": "new()", "outputs": []}
    now["cells"].insert(2, new)
    for nb in (everything, now):
        for number, cell in enumerate(nb["cells"]):
            cell.pop("id", None)
            if ids == "numbered":
                cell["id"] = f"cell-{number}"
    (told,) = found(everything, now)
    assert (told.now, told.cell) == ("new()", 3)
    now["cells"][4]["source"] = "show(3)  # 3"
    assert [told.cell for told in found(everything, now)] == [3, 5]


def test_only_numbers_can_be_within_a_tolerance():
    then = notebook(table(("a", "10.0%"), ("b", "3")), shown("heading", "10.0% left."))
    now = notebook(table(("a", "10.1%"), ("b", "–")), shown("heading", "10.1% left."))
    all_three = found(then, now)
    beyond, near = within(all_three, 0.1)
    assert [(one.row, one.apart) for one in near] == [("a", 0.1)]
    assert [one.kind for one in beyond] == ["table", "finding"]
    assert within(all_three, 0.05) == (all_three, [])


def test_a_difference_is_said_with_nothing_where_there_was_none():
    told = Difference(
        "table", 1, "x, table 1 (c)", "Thanet", "", "", "Thanet | 3", place="x, table 1"
    )
    assert told.said() == "x, table 1: Thanet: nothing then, Thanet | 3 now"
    told = Difference("data", 1, "x, figure 1", "Thanet", "adopted", "3", "")
    assert told.said() == "x, figure 1: Thanet, adopted: 3 then, nothing now"
