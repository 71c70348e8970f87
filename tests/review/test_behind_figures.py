"""What differs in the data behind two figures, named by category, series and panel."""

import copy

from kentlib.review import behind


def bars(*pairs, label="adopted"):
    """Bars to the right, a row for each name."""
    names, counts = zip(*pairs, strict=True)
    places = list(range(len(names)))
    series = [{"kind": "bars", "label": label, "x": list(counts), "y": places}]
    return {"y_ticks": [list(pair) for pair in enumerate(names)], "series": series}


def line(*shares, label="Kent", since=2015):
    years = list(range(since, since + len(shares)))
    return {"kind": "line", "label": label, "x": years, "y": list(shares)}


def changes(then, now):
    return [tuple(one) for one in behind.changes(then, now)]


def test_a_category_that_went_moves_no_other():
    then, now = bars(("Dover", 5), ("Swale", 6), ("Thanet", 7)), bars(("Dover", 5), ("Thanet", 8))
    assert changes([then], [now]) == [
        ("Swale", "adopted", "6", ""),
        ("Thanet", "adopted", "7", "8"),
        ("categories", "", "Swale; Thanet", "Thanet"),
    ]


def test_a_point_is_named_by_its_year_and_its_line_by_its_label_or_its_number():
    then = {"series": [line(1, 2), line(3, 4, label=""), line(5, 6, label="")]}
    now = {"series": [line(1, 9), line(3, 4, label=""), line(5, 8, label="")]}
    assert changes([then], [now]) == [("2016", "Kent", "2", "9"), ("2016", "line 2", "6", "8")]


def test_a_missing_point_is_nothing():
    assert changes([{"series": [line(1, None)]}], [{"series": [line(1, 2)]}]) == [
        ("2016", "Kent", "", "2")
    ]


def test_a_series_that_came_changes_no_other():
    then = {"series": [line(1, 2, label=""), line(3, 4, label="")]}
    now = {"series": [line(7, 8, label=""), *copy.deepcopy(then["series"])]}
    assert changes([then], [now]) == [("", "line 1", "", "line, 2 points")]
    assert changes([now], [then]) == [("", "line 1", "line, 2 points", "")]


def test_panels_are_named_by_their_titles():
    def titled(title, share):
        return {"title": title, "series": [line(share)]}

    then = [titled("Long-term", 1), titled("Three moves", 2)]
    now = [titled("Long-term", 1), titled("Three moves", 3)]
    assert changes(then, now) == [("2015", "Three moves, Kent", "2", "3")]
    assert changes(then, [titled("Near home", 1), *then]) == [("", "Near home", "", "a panel")]


def test_where_an_interval_and_a_band_begin_and_end_is_told_apart():
    spans = {"kind": "intervals", "label": "", "x": [9], "y": [0], "from": [2]}
    band = {"kind": "area", "label": "", "x": [2015], "y": [5], "from": [1]}
    then = [{"y_ticks": [[0, "Dover"]], "y_unit": "", "x_unit": "%", "series": [spans]}]
    now = copy.deepcopy(then)
    now[0]["series"][0]["from"] = [3]
    assert changes(then, now) == [("Dover", "interval from", "2%", "3%")]
    other = {**band, "y": [6]}
    told = changes([{"series": [band]}], [{"series": [other]}])
    assert told == [("2015", "band to", "5", "6")]


def test_words_axes_and_a_legend_are_told():
    then = {"x_label": "Children", "legend": ["in", "out"], "series": []}
    now = {"x_label": "Share", "x_unit": "%", "legend": ["in", "away"], "series": []}
    assert changes([then], [now]) == [
        ("label of the x axis", "", "Children", "Share"),
        ("unit of the x axis", "", "", "%"),
        ("legend", "", "out", "away"),
    ]
    said = {"kind": "text", "label": "", "x": [1], "y": [0], "said": ["7%"]}
    panel = {"y_ticks": [[0, "Dover"]], "series": [said]}
    other = {**panel, "series": [{**said, "said": ["8%"]}]}
    assert changes([panel], [other]) == [("Dover", "words", "7%", "8%")]


def test_a_change_among_the_points_that_are_not_kept_is_told():
    then = {"series": [line(1, 2) | {"points": 5000, "sha256": "a"}]}
    now = {"series": [line(1, 2) | {"points": 5000, "sha256": "b"}]}
    ((_, column, was, is_now),) = changes([then], [now])
    assert (column, was, is_now) == (
        "Kent",
        "5000 points, not all kept",
        "5000 points, not all kept",
    )


def test_the_same_points_in_another_order_are_told():
    then, now = {"series": [line(1, 2)]}, {"series": [line(1, 2)]}
    now["series"][0] |= {"x": [2016, 2015], "y": [2, 1]}
    assert changes([then], [now]) == [("order", "Kent", "2015; 2016", "2016; 2015")]


def test_every_point_has_a_line_of_its_own():
    assert behind.lines([bars(("Dover", 5), ("Thanet", 7))]) == [
        "Dover, adopted: 5", "Thanet, adopted: 7"
    ]  # fmt: skip
