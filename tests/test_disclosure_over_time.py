"""Tables of overlapping periods published one after the other, and somebody who has them all.

The attacker shares no code with what is attacked: the published tables alone, cut into days of
their own, one linear programme for the least and the most of each withheld count.
"""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from kentlib import disclosure
from kentlib.disclosure import Earlier, Spec, ties
from kentlib.errors import DataError

SYSTEMS, TOGETHER = 50, 10
KINDS = ("quarters then year", "year then quarters", "so far", "rolling", "revised")


def months(first, last):
    """A period from the first of a month to the end of another, counted from April 2016."""
    start = pd.Timestamp("2016-04-01")
    after = start + pd.DateOffset(months=last)
    return start + pd.DateOffset(months=first), after - pd.Timedelta(days=1)


def released(tables, periods, *, by=("district",), **more):
    """Each table protected with those before it in view."""
    made = []
    for table, period in zip(tables, periods, strict=True):
        earlier = [Earlier(safe.table, then) for safe, then in zip(made, periods, strict=False)]
        told = {"by": list(by), "counts": ["children"], "period": period, "earlier": earlier}
        made.append(disclosure.protect(table, **told | more))
    return made


class Attacker:
    """Unknown counts by group and month, as somebody sees them who has every release."""

    def __init__(self, releases, periods, by, least):
        self.by = list(by)
        self.least = least
        self.releases = releases
        self.periods = [(first, last + pd.Timedelta(days=1)) for first, last in periods]
        self.cuts = sorted({day for period in self.periods for day in period})
        self.columns, self.low, self.high = {}, [], []
        self.rows, self.right, self.dropped = [], [], set()
        groups = sorted({group for one in releases for group in self.groups(one)})
        inner = [group for group in groups if "all" not in group]
        for group, start in itertools.product(inner, self.cuts[:-1]):
            self.column((group, start), 0, None)
        self.inner = inner

    def groups(self, published):
        return list(published[self.by].itertuples(index=False, name=None))

    def column(self, name, low, high):
        self.columns[name] = len(self.low)
        self.low.append(low)
        self.high.append(high)

    def read(self):
        for number, published in enumerate(self.releases):
            for group, value in zip(self.groups(published), published["children"], strict=True):
                if pd.isna(value):
                    self.column((number, group), self.least, None)
                else:
                    self.column((number, group), int(value), int(value))
        return self

    def of(self, group):
        return [
            one
            for one in self.inner
            if all(a in ("all", b) for a, b in zip(group, one, strict=True))
        ]

    def tie(self, number, group):
        """A published count is the sum of its parts in each stretch of days in its period."""
        first, after = self.periods[number]
        days = [day for day in self.cuts[:-1] if first <= day < after]
        row = {self.columns[number, group]: -1}
        row |= {self.columns[part, day]: 1 for part in self.of(group) for day in days}
        self.rows.append(row)

    def add_up(self, number):
        """A release by itself: its total rows."""
        groups = self.groups(self.releases[number])
        for group in groups:
            if "all" in group:
                parts = [one for one in self.of(group) if one in groups]
                row = {self.columns[number, group]: -1}
                self.rows.append(row | {self.columns[number, part]: 1 for part in parts})

    def solve(self, form):
        size = len(self.low)
        matrix = np.zeros((len(self.rows), size))
        for number, row in enumerate(self.rows):
            matrix[number, list(row)] = list(row.values())
        cost = np.zeros(size)
        cost[list(form)] = list(form.values())
        bounds = list(zip(self.low, self.high, strict=True))
        return linprog(cost, A_eq=matrix, b_eq=np.zeros(len(self.rows)), bounds=bounds)

    def range(self, at):
        ends = []
        for sign in (1, -1):
            found = self.solve({at: sign})
            assert found.status in (0, 3)
            ends.append(sign * found.fun if found.status == 0 else 10_000)
        return np.ceil(ends[0] - 1e-6), np.floor(ends[1] + 1e-6)


def attacked(tables, releases, periods, by=("district",), least=1):
    """Fail for any count that is bounded within the rule; how many were tried."""
    attacker = Attacker([safe.table for safe in releases], periods, by, least).read()
    for number in range(len(tables)):
        attacker.add_up(number)
    for number in reversed(range(len(tables))):
        for group in attacker.groups(tables[number]):
            attacker.tie(number, group)
            if attacker.solve({}).status == 2:
                attacker.rows.pop()  # records were mended: the newer number is believed
    tried = 0
    for number, (table, safe) in enumerate(zip(tables, releases, strict=True)):
        groups = attacker.groups(table)
        for group, value, shown in zip(
            groups, table["children"], safe.table["children"], strict=True
        ):
            small = 1 <= value <= 5
            assert not (small and pd.notna(shown))
            assert pd.isna(shown) or shown == value
            if pd.isna(shown):
                low, high = attacker.range(attacker.columns[number, group])
                misled = not low <= value <= high  # by numbers that were mended
                assert misled or not (low >= 1 and high <= 5), (number, group, value, low, high)
                assert misled or high - low >= 5 or not small, (number, group, value, low, high)
                tried += small
    return tried


def tables_of(dice, counts, spans, labels):
    """The tables of some spans of months, with totals along every dimension."""
    made = []
    for first, last in spans:
        numbers = counts[first:last].sum(axis=0)
        for axis in range(numbers.ndim):
            total = numbers.sum(axis=axis, keepdims=True)
            numbers = np.concatenate([numbers, total], axis=axis)
        index = [
            [*(f"{name}{i}" for i in range(size - 1)), "all"]
            for name, size in zip(labels, numbers.shape, strict=True)
        ]
        index = pd.MultiIndex.from_product(index, names=labels)
        made.append(pd.Series(numbers.ravel(), index=index, name="children").reset_index())
    return made


MAY_BE_NOUGHT = ("year then quarters", "revised")
"""Where a whole is known before its parts, a part that is withheld may be a nought."""

SPANS = {
    "quarters then year": [(0, 3), (3, 6), (6, 9), (9, 12), (0, 12)],
    "year then quarters": [(0, 12), (0, 3), (3, 6), (6, 12)],
    "so far": [(0, 2), (0, 5), (0, 6), (0, 9), (0, 12)],
    "rolling": [(0, 12), (1, 13), (2, 14), (6, 18), (12, 24)],
    "revised": [(0, 3), (0, 6), (3, 6), (0, 6), (0, 12)],
}


def system(kind, seed):
    dice = np.random.default_rng(seed)
    spans = SPANS[kind][: int(dice.integers(2, 6))] if kind != "quarters then year" else SPANS[kind]
    shape, labels = ((4,), ["district"]) if seed % 3 else ((3, 2), ["district", "route"])
    spread = dice.choice([0.3, 0.8, 2.0])
    counts = dice.negative_binomial(0.7, 0.7 / (0.7 + spread), (24, *shape))
    counts[:, dice.random(shape) < 0.2] = 0
    tables, periods = [], [months(*span) for span in spans]
    for span in spans:
        tables += tables_of(dice, counts, [span], labels)
        if kind == "revised":
            late = dice.integers(-1, 2, counts.shape) * (dice.random(counts.shape) < 0.05)
            counts = np.maximum(counts + late, 0)
    releases = released(tables, periods, by=labels)
    return attacked(tables, releases, periods, labels, least=kind not in MAY_BE_NOUGHT)


@pytest.mark.parametrize("first", range(0, SYSTEMS, TOGETHER))
def test_no_withheld_count_of_50_random_systems_is_bounded_by_all_its_releases(first):
    tried = sum(system(KINDS[seed % 5], seed) for seed in range(first, first + TOGETHER))
    assert tried > TOGETHER


# Named cases


def districts(*numbers):
    """Children by district, with the county's row."""
    names = ["Ashford", "Dover", "Swale", "Thanet"][: len(numbers)]
    table = pd.DataFrame({"district": [*names, "all"], "children": [*numbers, sum(numbers)]})
    return table


def withheld(safe):
    return safe.table.loc[safe.table["children"].isna(), "district"].tolist()


QUARTERS = [(0, 3), (3, 6), (6, 9), (9, 12)]


def test_a_year_does_not_give_its_last_quarter_away():
    quarters = [districts(20, 11, 30), districts(20, 12, 31), districts(20, 13, 32)]
    quarters.append(districts(21, 2, 33))
    year = districts(81, 38, 126)
    periods = [months(*span) for span in [*QUARTERS, (0, 12)]]
    made = released([*quarters, year], periods)
    assert withheld(made[3]) == ["Dover", "Ashford"] or withheld(made[3]) == ["Ashford", "Dover"]
    assert withheld(made[4]) == withheld(made[3])
    assert withheld(disclosure.protect(year, by=["district"], counts=["children"])) == []
    attacked([*quarters, year], made, periods)


def test_the_quarter_that_leaves_few_for_the_rest_of_a_published_year_is_withheld():
    tables = [districts(81, 38, 126), districts(20, 11, 30), districts(20, 12, 31)]
    tables.append(districts(20, 13, 32))
    periods = [months(*span) for span in [(0, 12), *QUARTERS[:3]]]
    made = released(tables, periods)
    assert [len(withheld(safe)) for safe in made] == [0, 0, 0, 2]
    assert "Dover" in withheld(made[3])


def test_the_year_to_date_is_withheld_where_a_month_added_few():
    tables = [districts(10, 20), districts(19, 30), districts(29, 33), districts(40, 44)]
    periods = [months(0, last) for last in (1, 2, 3, 4)]
    made = released(tables, periods)
    assert [withheld(safe) for safe in made] == [[], [], ["Ashford", "Dover"], []]
    attacked(tables, made, periods)


def one(number):
    return pd.DataFrame({"children": [number]})


def test_a_chain_of_twelve_months_does_not_pin_one_of_them():
    # The first year has none, so the 13th and 14th month have 7; of the year from the 14th on
    # there are 6, and from the 15th on none: the 14th has 6, and the 13th has 1.
    spans, numbers = [(0, 12), (2, 14), (13, 25), (14, 26)], [0, 7, 6, 0]
    periods = [months(*span) for span in spans]
    made = released([one(number) for number in numbers], periods, by=())
    shown = [safe.table["children"].isna().item() for safe in made]
    assert shown == [False, False, False, True]  # a nought, and yet withheld
    assert made[3].audit[["why", "low"]].values.tolist() == [["protects another", 0]]


def test_a_part_that_would_show_what_another_part_is_is_withheld_though_it_is_nought():
    first, half = districts(3, 8, 20), districts(13, 8, 40)
    periods = [months(0, 3), months(0, 6), months(3, 6)]
    made = released([first, half, districts(10, 0, 20)], periods)
    assert withheld(made[0]) == ["Ashford", "Dover"]
    attacked([first, half, districts(10, 0, 20)], made, periods, least=0)


def test_days_around_a_period_within_another_are_a_difference_too():
    tables = [one(20), one(23)]
    made = released(tables, [months(3, 6), months(0, 12)], by=())
    assert made[1].table["children"].isna().all()
    made = released(tables, [months(3, 6), months(4, 12)], by=())
    assert made[1].table["children"].notna().all()


def test_periods_that_do_not_touch_say_nothing_of_each_other():
    earlier = [Earlier(districts(10, 20), months(0, 3))]
    told = {"by": ["district"], "counts": ["children"]}
    safe = disclosure.protect(districts(11, 21), period=months(3, 6), earlier=earlier, **told)
    assert withheld(safe) == []


def test_children_on_a_day_are_compared_with_those_of_the_same_day_alone():
    day, next_ = pd.Timestamp("2017-03-31"), pd.Timestamp("2017-04-01")
    told = {"by": ["district"], "counts": ["children"], "period": (next_, next_)}
    for then, gone in (((day, day), []), (months(0, 24), []), ((next_, next_), ["Dover", "all"])):
        earlier = [Earlier(districts(30, 20), then)]
        assert withheld(disclosure.protect(districts(30, 22), earlier=earlier, **told)) == gone


def test_a_mended_part_that_exceeds_its_whole_is_passed_over_and_the_rest_protected():
    before = [districts(40, 11, 30), districts(20, 12, 31), districts(20, 13, 32)]
    year = districts(35, 38, 126)  # of Ashford's first quarter 40 were published
    spans = [*QUARTERS[:3], (0, 12)]
    made = released([*before, year], [months(*span) for span in spans])
    assert "Dover" in withheld(made[3])  # 38 less 36 would be two


def test_a_whole_that_is_less_than_its_part_was_by_few_is_withheld():
    made = released([one(20), one(18)], [months(0, 3), months(0, 6)], by=())
    assert made[1].table["children"].isna().all()
    assert made[1].audit["why"].tolist() == ["changed by few"]
    made = released([one(30), one(18)], [months(0, 3), months(0, 6)], by=())
    assert made[1].table["children"].notna().all()


def test_numbers_of_releases_that_only_together_contradict_one_another_are_no_error():
    # Of the half's four in Ashford and five in Dover there were 12 in the first quarter.
    first = districts(3, 9, 20).assign(children=[pd.NA, pd.NA, 20, 32])
    half = districts(3, 3, 40).assign(children=[4, 5, 40, 49])
    earlier = [Earlier(first, months(0, 3)), Earlier(half, months(0, 6))]
    told = {"by": ["district"], "counts": ["children"], "period": months(3, 6)}
    safe = disclosure.protect(districts(0, 3, 20), earlier=earlier, **told)
    assert "Dover" in withheld(safe)


def test_what_earlier_tables_tell_already_is_said_and_not_held_against_this_one():
    told = {"by": [], "counts": ["children"]}
    earlier = [Earlier(one(20), months(0, 12)), Earlier(one(17), months(0, 9))]
    safe = disclosure.protect(one(3), period=months(9, 12), earlier=earlier, **told)
    assert safe.table["children"].isna().all()
    assert safe.audit[["low", "high"]].values.tolist() == [[3, 3]]
    assert safe.finding.endswith(", but for 1 of which what was published before tells more")


def test_tables_of_one_period_are_held_to_earlier_ones_of_the_other():
    by_route = pd.DataFrame({"route": ["adopted", "home", "all"], "children": [14, 26, 40]})
    year = {
        "district": Spec(districts(17, 23), ["district"], ["children"]),
        "route": Spec(by_route, ["route"], ["children"]),
    }
    before = {"district": [Earlier(districts(12, 10), months(0, 9))]}
    periods = dict.fromkeys(year, months(0, 12))
    safe = disclosure.protect_all(year, periods=periods, earlier=before)
    assert withheld(safe["district"]) == ["Ashford", "Dover"]
    assert safe["route"].table["children"].notna().all()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"earlier": [Earlier(one(9), months(0, 3))]}, "has a period; this has none"),
        (
            {"period": months(0, 3)[::-1], "earlier": [Earlier(one(9))]},
            "a period ends on 2016-04-01, before it begins",
        ),
        (
            {"period": months(0, 3), "earlier": [Earlier(one(9).add_prefix("x"), months(0, 1))]},
            r"the table published before lacks \['children'\]",
        ),
        ({"method": "round", "earlier": [Earlier(one(9))]}, "earlier is for the method suppress"),
    ],
)
def test_what_was_published_before_is_refused_in_words(more, said):
    with pytest.raises(DataError, match=said):
        disclosure.protect(one(9), by=[], counts=["children"], **more)


def test_one_measure_of_two_periods_needs_two_names():
    specs = {name: Spec(one(9), [], ["children"]) for name in ("first", "second")}
    periods = {"first": months(0, 3), "second": months(0, 6)}
    with pytest.raises(DataError, match="first and second tell children of two periods"):
        disclosure.protect_all(specs, periods=periods)
    with pytest.raises(DataError, match=r"speak of \['third'\]"):
        disclosure.protect_all(specs, periods={"third": months(0, 3)})


def test_numbers_shown_are_minded_of_releases_whose_withheld_counts_are_not_followed(monkeypatch):
    monkeypatch.setattr(ties, "MANY", 0)
    quarters = [districts(20, number, 30) for number in (11, 12, 13, 2)]
    periods = [months(*span) for span in [*QUARTERS, (0, 12)]]
    made = released([*quarters, districts(80, 38, 120)], periods)
    assert "Dover" in withheld(made[4])
