"""The notebook on permanence made for publication: what all its reports give away together."""

import builtins
from collections import defaultdict
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from kentlib import paths, publication, records, show
from kentlib.disclosure import attack
from kentlib.reports import notebook
from kentlib.shares import ALL
from tests.public_reports import numbers
from tests.released import write_release

AREAS = [ALL, "Thanet", "Sevenoaks"]
MIN_CELL = 5


def cells():
    """The code of the parameters, of what is loaded, and of all that is worked out of extracts;
    what lies between is alike in every report."""
    code = [cell for cell in notebook.read(paths.NOTEBOOKS / "permanence.ipynb")["cells"]]
    code = [cell["source"] for cell in code if cell["cell_type"] == "code"]
    first = next(i for i, one in enumerate(code) if "records.load(" in one)
    return [*code[:4], *code[first:]]


def ran(monkeypatch, **params):
    """What a run of the notebook shows (outputs and tables), and the tables it had protected."""
    got = SimpleNamespace(outputs=[], tables=[], protected=None)
    table, protected = show.table, params.pop("safe", None)

    def shown(rows, **how):
        got.tables.append(rows)
        table(rows, **how)

    def safe(specs, **rules):
        got.specs = specs
        got.protected = protected or publication_tables(specs, **rules)
        return got.protected

    publication_tables = publication.tables
    with monkeypatch.context() as patched:
        patched.setattr(show, "display", lambda data, **more: got.outputs.append((data, more)))
        patched.setattr(show, "table", shown)
        patched.setattr(publication, "tables", safe)
        space = {"__name__": "notebook"}
        for number, code in enumerate(cells()):
            builtins.exec(compile(code, f"cell {number}", "exec"), space)
            if not number:
                space |= params
    return got


@pytest.fixture(scope="module")
def runs():
    """The public reports of the county and of two districts."""
    patch = pytest.MonkeyPatch()
    made = {}
    for area in AREAS:
        before = made[ALL].protected if made else None
        made[area] = ran(patch, audience="public", district=area, safe=before)
    yield made
    patch.undo()


def test_every_report_asks_for_the_same_tables_to_be_protected(runs):
    county = runs[ALL].specs
    for area in AREAS[1:]:
        assert list(runs[area].specs) == list(county)
        for name, spec in runs[area].specs.items():
            pd.testing.assert_frame_equal(spec.table, county[name].table)


def test_a_table_of_one_year_is_known_by_its_days_and_not_by_what_the_year_is_called(runs):
    # Twelve months to December and to January are called two years, and share eleven months.
    made = runs[ALL].protected
    for name in ("routes", "timely", "waited"):
        assert "year" in made[name]
        assert "year" not in made.specs[name].by
        assert name in made.periods
    undated = {name for name in made if name not in made.periods}
    assert undated == {name for name in made if "year" in made.specs[name].by}


def test_a_public_report_shows_rows_of_protected_tables_and_nothing_else(runs):
    for area in AREAS:
        safe = runs[area].protected.values()
        for rows in runs[area].tables:
            assert any(is_part(rows, whole) for whole in safe), list(rows)


def is_part(rows, whole):
    if not set(rows) <= {*whole, "main", "label"}:
        return False
    shared = [name for name in rows if name in whole]
    try:
        pd.testing.assert_frame_equal(rows[shared], whole.loc[rows.index, shared])
    except (AssertionError, KeyError):
        return False
    return True


def from_other_extracts(monkeypatch):
    """Have the next reports read extracts with fewer children, episodes and lists."""
    load = records.load

    def other(*given, **named):
        own = load(*given, **named)
        own.annex_a[8] = own.annex_a[8].iloc[::3]
        fewer = {name: getattr(own.history, name) for name in ("periods", "placements", "adoption")}
        fewer = {name: rows[rows["child"].str[-1] < "5"] for name, rows in fewer.items()}
        own.history = replace(own.history, **fewer)
        own.received = own.received.iloc[:3]
        return own

    monkeypatch.setattr(records, "load", other)


@pytest.fixture
def three_districts(monkeypatch):
    """The extracts with three districts in place of twelve, which are sooner protected."""
    load = records.load

    def merged(*given, **named):
        own = load(*given, **named)
        where = own.history.periods["district"].astype("str")
        merged = where.map(lambda one: one if one == "Thanet" else "East" if one < "M" else "West")
        own.history = replace(own.history, periods=own.history.periods.assign(district=merged))
        return own

    monkeypatch.setattr(records, "load", merged)


def test_the_rest_of_a_public_report_is_made_from_protected_tables_alone(runs, monkeypatch):
    # With all else that the extracts hold changed, every byte of the report stays.
    from_other_extracts(monkeypatch)
    county = runs[ALL]
    again = ran(monkeypatch, audience="public", district="Thanet", safe=county.protected)
    assert any(
        not spec.table.equals(county.specs[name].table) for name, spec in again.specs.items()
    )
    assert again.outputs == runs["Thanet"].outputs


def test_nothing_withheld_can_be_worked_out_from_all_the_reports_together(runs):
    system = System(runs[ALL].protected)
    truth = {name: spec.table for name, spec in runs[ALL].specs.items()}
    hidden = [key for key, value in system.value.items() if np.isnan(value) and key[0] != "rest"]
    small = [key for key in hidden if 1 <= system.true(key, truth) <= MIN_CELL]
    assert len(small) > 100
    for key, (low, high) in system.ranges(small).items():
        assert low <= system.true(key, truth) <= high, key
        assert high - low >= MIN_CELL, (key, low, high)


@pytest.mark.parametrize("rule", [{"method": "round"}, {"zeros": "withheld"}])
def test_a_report_by_another_rule_shows_what_that_rule_allows_and_nothing_else(
    monkeypatch, three_districts, rule
):
    county = ran(monkeypatch, audience="public", **rule)
    district = ran(monkeypatch, audience="public", district="Thanet", safe=county.protected, **rule)
    for name, spec in county.specs.items():
        for count in spec.measures:
            shown = county.protected[name][count]
            assert allowed(shown.dropna(), rule), (name, count)
            marks = set(county.protected[name].loc[shown.isna(), f"{count}_mark"])
            assert marks <= {"c", "x"} | ({"low"} if "method" in rule else set()), (name, count)
    for report in (county, district):
        said = [(data["text/plain"], more["metadata"]["kentlib"]) for data, more in report.outputs]
        said = [text for text, told in said if told["kind"] in ("heading", "text", "figure")]
        found = pd.Series([*numbers(*said)])
        assert len(found) > 5
        assert allowed(found, rule), said
        assert not any("Nobody" in one or "No child" in one for one in said)
    # And all of it, figures' data too, is made from those tables: from others it is the same.
    from_other_extracts(monkeypatch)
    again = ran(monkeypatch, audience="public", safe=county.protected, **rule)
    assert again.outputs == county.outputs


def allowed(shown, rule):
    """Whether numbers are those of a report that rounds, or that withholds noughts."""
    return (shown % 5 == 0).all() if "method" in rule else (shown > MIN_CELL).all()


def test_a_month_later_nothing_small_is_left_by_subtracting_what_was_published(
    monkeypatch, three_districts, tmp_path
):
    first = ran(monkeypatch, audience="public")
    write_release(tmp_path / "2017-03", carried(first))
    later = {"audience": "public", "period_end": "2017-03-31"}
    mindful = ran(monkeypatch, **later, published=str(tmp_path))
    growing = {name: mindful.specs[name] for name in SINCE_FIRST_RETURN}
    rules = {"min_cell": MIN_CELL, "zeros": "shown", "method": "suppress"}
    heedless = publication.tables(growing, audience="public", **rules)
    assert small_differences(first.protected, heedless, growing) > 50
    assert small_differences(first.protected, mindful.protected, growing) == 0
    assert carried(mindful)["tables"]["homes"]["period"] == ["2012-04-01", "2017-03-31"]


def carried(report):
    """What a report tells those who publish it."""
    told = [more["metadata"]["kentlib"] for _, more in report.outputs]
    (release,) = [one["release"] for one in told if one["kind"] == "release"]
    return release


SINCE_FIRST_RETURN = ("homes", "homes_by_age", "homes_by_group", "returned")


def small_differences(then, now, specs):
    """How many counts of children that are shown in both of two months' tables differ by few."""
    number = 0
    for name, spec in specs.items():
        both = then[name].merge(now[name], on=spec.by, validate="1:1")
        for count in spec.measures:
            apart = (both[f"{count}_y"] - both[f"{count}_x"]).abs()
            number += int(apart.between(1, MIN_CELL).sum())
    return number


@pytest.mark.parametrize("audience", ["internal", "public"])
def test_without_extracts_every_figure_of_a_report_has_been_published(audience, monkeypatch):
    got = ran(monkeypatch, audience=audience, extracts="none")
    said = [data["text/plain"] for data, _ in got.outputs]
    assert said[0].endswith("every figure in this report has been published before.")
    assert said[1].startswith("No extracts were given for Kent")
    assert not got.tables


class System:
    """What a reader knows: every cell that is shown, and every sum that a reader can think of.

    It is written from what the columns mean, without the specs that protected them.
    """

    def __init__(self, tables):
        self.at, self.value, self.sums = {}, {}, []
        self.where = {}
        for name, table in tables.items():
            self.read(name, table)
        self.add_up()

    def read(self, name, table):
        home = LIKE.get(name, name)
        marks = [one for one in COUNTS if f"{one}_mark" in table]
        groups = [one for one in table if one in GROUPS]
        for row, told in enumerate(table.to_dict("records")):
            group = {one: told[one] for one in groups}
            if name in LIKE:
                group["route"] = "any permanent route"
            for count in marks:
                key = self.key(home, count, group)
                value = np.nan if pd.isna(told[count]) else float(told[count])
                known = self.value.get(key, value)
                assert known == value or (np.isnan(known) and np.isnan(value)), key
                self.value[key] = value
                self.where[key] = (name, row, count)

    def key(self, home, count, group):
        group = {one: label for one, label in group.items() if label not in WHOLES}
        if count in ("followed", "too_recent") and home == "homes":
            group.pop("route", None)
        if count == "left_care":
            count, _ = "children", group.pop("route", None)
        if count in ONCE:
            group.pop(ONCE[count], None)
        if count == "looked_after":
            home = "children in care"
            group = {one: label for one, label in group.items() if one == "district"}
        return home, count, tuple(sorted(group.items()))

    def add_up(self):
        parts = defaultdict(list)
        for key in self.value:
            home, count, group = key
            for one in group:
                rest = tuple(part for part in group if part != one)
                parts[home, count, rest, one[0]].append(key)
        for (home, count, rest, dimension), among in parts.items():
            whole = (home, count, rest)
            if whole in self.value and dimension not in ("months", "year", "of", "indicator"):
                self.sums.append({whole: -1} | dict.fromkeys(among, 1))
        for (home, count, group), _ in list(self.value.items()):
            for whole, *rest in SUMS.get((home, count), []):
                names = [(home, one, group) for one in [whole, *rest]]
                names[0] = self.key(home, whole, dict(group))
                if all(one in self.value for one in names):
                    self.sums.append({names[0]: -1} | dict.fromkeys(names[1:], 1))
            wholes = [self.key(home, base, dict(group)) for base in BASES.get((home, count), [])]
            if ("of", "leavings under 18") in group:
                wholes.append(self.key(home, count, dict(group) | {"of": "all leavings"}))
            for whole in wholes:
                if whole in self.value:
                    left = ("rest", whole, (home, count, group))
                    self.value[left] = np.nan
                    self.sums.append({whole: -1, (home, count, group): 1, left: 1})

    def ranges(self, asked):
        """The least and the most that each of some cells can be."""
        keys = list(self.value)
        at = {key: number for number, key in enumerate(keys)}
        value = np.array([self.value[key] for key in keys])
        rows = [(n, at[key], sign) for n, one in enumerate(self.sums) for key, sign in one.items()]
        row, column, sign = map(np.array, zip(*rows, strict=True))
        matrix = sparse.csr_array((sign.astype(float), (row, column)), (len(self.sums), len(keys)))
        lost = np.flatnonzero(np.isnan(value))
        known = np.flatnonzero(~np.isnan(value))
        right, matrix = -(matrix[:, known] @ value[known]), sparse.csc_array(matrix)[:, lost]
        # A withheld count is at least 1, since noughts are shown; a rest may be nought.
        low = np.array([float(keys[i][0] != "rest") for i in lost])
        found = {}
        for part in linked(matrix):
            sums = np.flatnonzero(abs(matrix[:, part]).sum(axis=1))
            wanted = [n for n, i in enumerate(part) if keys[lost[i]] in set(asked)]
            ends = np.eye(len(part))[wanted]
            far = np.full(len(part), 1e5)
            held = sparse.csr_array(matrix[:, part])[sums]
            ends = np.concatenate([ends, -ends])
            best = attack.solve(held, right[sums], low[part], far, ends).optimum if wanted else []
            for n, least, most in zip(wanted, *np.split(best, 2), strict=True) if wanted else []:
                ends_at = np.ceil(least - 1e-6), np.floor(-most + 1e-6)
                found[keys[lost[part[n]]]] = ends_at
        assert len(found) == len(asked)
        return found

    def true(self, key, truth):
        name, row, count = self.where[key]
        return truth[name][count].iloc[row]


COUNTS = ("children", "left_care", "followed", "too_recent", "left", "returned", "adopted")
COUNTS += ("left_out", "in_time", "decided", "too_early", "waiting", "with_order", "matched")
COUNTS += ("looked_after", "changed", "with_plan", "many", "long_in_care", "cannot_tell", "known")
COUNTS += ("settled", "fostered")
ONCE = {"left": "months", "adopted": "indicator"}
LIKE = {"homes_by_age": "homes", "homes_by_group": "homes"}
GROUPS = ("district", "route", "months", "age_band", "group", "of", "year", "indicator")
WHOLES = (ALL, "any permanent route")
SUMS = {
    ("timely", "children"): [("adopted", "left_out", "children")],
    ("matched", "children"): [("matched", "left_out", "children")],
    ("settled", "known"): [("long_in_care", "cannot_tell", "known")],
    ("returned", "followed"): [("left", "too_recent", "followed")],
}
BASES = {
    ("homes", "children"): ["followed"],
    ("waited", "in_time"): ["decided"],
    ("waiting", "waiting"): ["looked_after"],
    ("waiting", "with_order"): ["waiting"],
    ("waiting", "matched"): ["waiting"],
    ("changed", "changed"): ["with_plan"],
    ("moved", "many"): ["looked_after"],
    ("settled", "settled"): ["known"],
    ("settled", "long_in_care"): ["looked_after"],
    ("fostered", "matched"): ["fostered"],
    ("fostered", "fostered"): ["looked_after"],
    ("returned", "returned"): ["followed"],
}


def linked(matrix):
    """The unknowns in groups that no sum joins."""
    _, label = sparse.csgraph.connected_components(abs(matrix.T) @ abs(matrix), directed=False)
    return [np.flatnonzero(label == one) for one in range(label.max() + 1)]
