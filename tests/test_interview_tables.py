"""Return interviews made public: no count can be worked out, and no sentence says a withheld one.

The attacker here knows nothing of specs. It knows what answers a return can have together, counts
the returns of each such class as an unknown, and asks a solver how few and how many there can be.
"""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.optimize import linprog

from kentlib import interview_tables, interview_use, interviews, missing, variation
from kentlib.interviews import GROUPS

FROM, TO = pd.Timestamp("2016-04-01"), pd.Timestamp("2017-03-31")
SPAN = {"period_start": FROM, "period_end": TO, "within_hours": 72}
PUBLIC = {"audience": "public", "min_cell": 5, "zeros": "shown", "method": "suppress"}
INTERNAL = PUBLIC | {"audience": "internal"}
BACK = pd.Timestamp("2016-05-02 08:00")
COUNTS = ["counted", "base"]
ANSWERS = ["yes", "no", "not applicable", "not recorded"]


def extract(number, seed, places=("Ashford", "Dover", "Swale")):
    """Random returns of some places, the last of them small, with answers that can contradict."""
    dice = np.random.default_rng(seed)

    def draw(values, chances):
        return dice.choice(np.array(values, dtype="object"), number, p=chances)

    sizes = np.array([8.0, 4.0, 1.0])[: len(places)]
    offered = draw(ANSWERS, [0.7, 0.15, 0.05, 0.1])
    held = draw(ANSWERS, [0.5, 0.35, 0.05, 0.1])
    hours = {name: draw([10, 200], [0.6, 0.4]) for name in ("offered", "held")}
    group = draw(["looked after", "at home", "placed by another authority"], [0.5, 0.2, 0.3])
    made = pd.DataFrame(
        {
            "child_id": dice.integers(0, number // 2, number).astype("str"),
            "child_group": group,
            "responsible_authority": None,
            "district": draw(places, sizes / sizes.sum()),
            "missing_or_away": draw(["missing", "away"], [0.8, 0.2]),
            "episode_start": BACK - pd.Timedelta(days=1),
            "episode_end": BACK,
            "offered": offered,
            "offered_at": BACK + pd.to_timedelta(hours["offered"].astype("int64"), unit="h"),
            "accepted": draw(ANSWERS, [0.6, 0.2, 0.05, 0.15]),
            "held": held,
            "held_at": BACK + pd.to_timedelta(hours["held"].astype("int64"), unit="h"),
            "reasons": draw(["R1", "R2", "R1;R2", None], [0.4, 0.1, 0.1, 0.4]),
            "informed_safety_plan": draw(ANSWERS, [0.5, 0.3, 0.1, 0.1]),
            "shared_with_authority": draw(ANSWERS, [0.4, 0.3, 0.1, 0.2]),
        }
    )
    for name in ("episode_start", "episode_end", "offered_at", "held_at"):
        made[f"{name}_has_time"] = True
    return made


def tables(rows, places=(), **said):
    return interview_tables.tables(rows, places, **SPAN, **(PUBLIC | said))


# Nothing can be worked out


def classes():
    """What one return can be, as far as anything that is published tells."""
    both, names = (True, False), ("offered", "accepted", "offered_in_time")
    first = [("yes", *told) for told in itertools.product(both, both)]
    first += [(o, a, False) for o, a in itertools.product(("no", "not applicable"), both)]
    names += ("held", "held_in_time", "reason", "informed_safety_plan", "shared")
    reasons, shared = ("R1", "R2", "R1;R2", None), (None, True, False)
    second = [(True, *told) for told in itertools.product(both, reasons, both, shared)]
    second += [(False, False, r, p, None) for r, p in itertools.product(("R1", None), both)]
    return [dict(zip(names, a + b, strict=True)) for a, b in itertools.product(first, second)]


def counted(one, name):
    if name == "reasons_recorded":
        return one["reason"] is not None
    return one["offered"] == "yes" if name == "offered" else one[name]


def inside(one, of):
    return {
        GROUPS["returned"]: True,
        GROUPS["applicable"]: one["offered"] != "not applicable",
        GROUPS["offered"]: one["offered"] == "yes",
        GROUPS["held"]: one["held"],
    }[of]


def counts_in(one, row, table, count):
    """Whether a class is counted in a cell of a table."""
    if table == "cascade":
        return inside(one, row["of"]) and (count == "base" or counted(one, row["name"]))
    if table == "shared":
        return one["shared"] is not None and (count == "base" or one["shared"])
    named = {"held": True, "recorded": one["reason"] is not None}
    return one["held"] and named.get(count, row["reason"] in (one["reason"] or ""))


def cells(safe, true, places):
    """Every cell of the tables: where it stands, the classes in it, what is shown and is true."""
    kinds = classes()
    for table, counts in COUNTS_OF.items():
        for row, told in zip(
            safe[table].to_dict("records"), true[table].to_dict("records"), strict=True
        ):
            assert row["district"] == told["district"]
            for count in counts:
                among = [float(counts_in(one, row, table, count)) for one in kinds]
                here = [row["district"] in (place, "all") for place in places]
                step = row.get("name", row.get("reason")), row.get("of")
                where = (table, row["district"], step, count)
                yield where, np.kron(here, among), row[count], told[count]


def rests(every):
    """The cells, and the rest of each base beyond what is counted of it."""
    found = {where: (line, value) for where, line, _, value in every}
    yield from every
    for where, (line, value) in found.items():
        whole = {"counted": "base", "interviews": "recorded", "recorded": "held"}.get(where[3])
        if whole:
            above, of = found[*where[:3], whole]
            yield (*where, "rest"), above - line, None, of - value
        if where[0] == "shared" and where[3] == "base":
            held = ("cascade", where[1], ("held_in_time", GROUPS["held"]), "base")
            above, of = found[held]
            yield (*where, "others"), above - line, None, of - value


COUNTS_OF = {"cascade": COUNTS, "shared": COUNTS, "reasons": ["interviews", "held", "recorded"]}


@pytest.mark.parametrize("seed", [1, 2])
def test_nobody_who_knows_what_answers_go_together_can_work_out_a_small_count(seed):
    rows = extract(160, seed)
    safe, true = tables(rows), tables(rows, **INTERNAL)
    for made in (safe, true):
        made["reasons"] = made["reasons"].sort_values(["district", "reason"])
    every = list(cells(safe, true, ["Ashford", "Dover", "Swale"]))
    known = [(line, shown) for _, line, shown, _ in every if not pd.isna(shown)]
    hidden = [line for _, line, shown, _ in every if pd.isna(shown)]
    said = {
        "A_eq": sparse.csr_array([line for line, _ in known]),
        "b_eq": [shown for _, shown in known],
        "A_ub": -sparse.csr_array(hidden),
        "b_ub": -np.ones(len(hidden)),
        "method": "highs",
    }
    small = [(where, line, value) for where, line, _, value in rests(every) if 1 <= value <= 5]
    assert len(small) > 8
    for where, line, value in small:
        least, most = (linprog(sign * line, **said) for sign in (1, -1))
        low = np.ceil(least.fun - 1e-6)
        high = np.inf if most.status == 3 else np.floor(1e-6 - most.fun)
        assert low <= value <= high
        assert high - low >= 5, where


def test_three_interviews_with_other_children_are_not_the_rest_of_those_held():
    rows = extract(160, 1).assign(child_group="placed by another authority")
    few = rows[(rows["held"] == "yes") & (rows["district"] == "Ashford")].index[:3]
    rows.loc[few, "child_group"] = "at home"
    safe = tables(rows)
    for place in ("Ashford", "all"):
        steps = interview_tables.at(safe["cascade"], place).set_index(["name", "of"])
        held = steps.at[("held_in_time", GROUPS["held"]), "base"]
        placed = interview_tables.at(safe["shared"], place)["base"].item()
        assert pd.isna(held) or pd.isna(placed)


def test_what_is_published_is_true_and_small_counts_are_not():
    rows = extract(300, 4)
    safe, true = tables(rows), tables(rows, **INTERNAL)
    for name, counts in {"cascade": COUNTS, "shared": COUNTS, "episodes": ["returned"]}.items():
        for count in counts:
            shown = safe[name][count].notna()
            assert (safe[name].loc[shown, count] == true[name].loc[shown, count]).all()
            assert not safe[name].loc[shown, count].between(1, 5).any()
            assert shown[true[name][count] == 0].all()


def test_one_count_is_withheld_in_every_table_that_has_it():
    safe = tables(extract(160, 5))
    steps = safe["cascade"].set_index(["district", "name", "of"])
    for row in safe["reasons"].to_dict("records"):
        held = steps.at[(row["district"], "held_in_time", GROUPS["held"]), "base"]
        recorded = steps.at[(row["district"], "reasons_recorded", GROUPS["held"]), "counted"]
        assert (pd.isna(held), pd.isna(recorded)) == (
            pd.isna(row["held"]),
            pd.isna(row["recorded"]),
        )


def test_a_district_without_a_return_has_noughts_that_zeros_withheld_hides():
    rows = extract(300, 6)
    shown = interview_tables.at(tables(rows, ["Thanet"])["cascade"], "Thanet")
    assert len(shown) and shown[COUNTS].eq(0).all(axis=None)
    hidden = tables(rows, ["Thanet"], zeros="withheld")
    gone = interview_tables.at(hidden["cascade"], "Thanet")
    assert len(gone) and gone[COUNTS].isna().all(axis=None)
    assert interview_tables.at(hidden["reasons"], "Thanet")["interviews"].isna().all()


def test_no_return_at_all_is_no_error():
    safe = tables(extract(20, 7).iloc[:0], ["Dover"])
    steps = interview_tables.at(safe["cascade"], "Dover")
    assert interviews.cascade_finding(steps) == (
        "0 returns, too few to say how many led to an interview"
    )
    assert "Too few" in interview_use.reasons_finding(interview_tables.at(safe["reasons"], "all"))


def test_rounded_tables_hold_multiples_of_five():
    safe = tables(extract(100, 8), method="round")
    for count in COUNTS:
        assert (safe["cascade"][count].dropna() % 5 == 0).all()
    assert "low" in set(safe["cascade"]["counted_mark"])
    interviews.cascade_finding(interview_tables.at(safe["cascade"], "Swale"))


def test_reasons_that_are_withheld_come_last_by_name():
    safe = tables(extract(160, 9))["reasons"]
    for _, rows in safe.groupby("district"):
        gone = rows["interviews"].isna()
        assert gone.is_monotonic_increasing
        assert rows.loc[gone, "reason"].is_monotonic_increasing
        assert rows.loc[~gone, "interviews"].is_monotonic_decreasing


# No sentence says a withheld number


def blanked(table, columns):
    """The table with each combination of these cells of its rows missing, and what they were."""
    cells = [(row, column) for row in table.index for column in columns]
    for number in range(len(cells) + 1):
        for gone in itertools.combinations(cells, number):
            made = table.astype(dict.fromkeys(columns, "Int64")).copy()
            for row, column in gone:
                made.loc[row, column] = pd.NA
            yield made, [f"{table.at[row, column]:,}" for row, column in gone]


def test_the_cascade_is_told_with_any_of_its_counts_withheld():
    table = pd.DataFrame({"name": ["held", "held_in_time"], "of": GROUPS["returned"]})
    table["counted"], table["base"] = [1487, 1266], 2791
    for made, gone in blanked(table, ["counted", "base"]):
        made["share"] = made["counted"].astype("Float64") / made["base"].astype("Float64")
        said = interviews.cascade_finding(made)
        assert ("2,791" in said) == pd.notna(made.at[0, "base"]), said
        held, timely = made["share"].notna()
        assert ("53%" in said) == held, said
        assert ("45%" in said) == (held and timely), said
        assert ("not published" in said) == (not held or not timely), said
        assert not {"1,487", "1,266"} & set(gone) & set(said.split()), said


def test_a_published_share_in_time_is_the_certain_one():
    steps = interview_tables.at(tables(extract(300, 8))["cascade"], "all")
    held = steps[(steps["name"] == "held_in_time") & (steps["of"] == GROUPS["returned"])]
    said = f"and {held['share'].item():.0%}, for certain, to one within 72 hours"
    assert said in interviews.cascade_finding(steps)


def test_reasons_are_told_with_any_of_their_counts_withheld():
    table = pd.DataFrame({"reason": ["R1", "R2"], "interviews": [733, 421]})
    table["held"], table["recorded"] = 1394, 1173
    for gone in itertools.product([True, False], repeat=4):
        first, second, held, recorded = gone
        made = table.astype(dict.fromkeys(["interviews", "held", "recorded"], "Int64"))
        made.loc[0, "interviews"] = pd.NA if first else 733
        made.loc[1, "interviews"] = pd.NA if second else 421
        made["held"] = pd.NA if held else made["held"]
        made["recorded"] = pd.NA if recorded else made["recorded"]
        made = made.sort_values("interviews", ascending=False, na_position="last")
        of = {"share": "held", "share_of_recorded": "recorded"}
        for share, base in of.items():
            made[share] = made["interviews"].astype("Float64") / made[base].astype("Float64")
        said = interview_use.reasons_finding(made)
        assert ("1,394" in said) == (not held), said
        assert ("84%" in said) == (not held and not recorded), said
        assert ("R1" in said) == (not any((first, held, recorded))), said
        if (first or second) and not (first and second) and not held and not recorded:
            assert "the most common of those published" in said


def test_interviews_shared_are_told_with_any_of_their_counts_withheld():
    table = pd.DataFrame({"counted": [88], "base": [305]})
    for made, gone in blanked(table, ["counted", "base"]):
        made["share"] = made["counted"].astype("Float64") / made["base"].astype("Float64")
        said = interview_use.placed_by_others_finding(made)
        assert not any(number in said for number in gone), said
        assert ("29%" in said) == made["share"].notna().item(), said


def test_children_gone_repeatedly_are_told_with_any_of_their_counts_withheld():
    table = pd.DataFrame({"episodes": [2790], "children": [1161], "repeated": [54]})
    for made, gone in blanked(table, ["episodes", "children", "repeated"]):
        made["share"] = made["repeated"].astype("Float64") / made["children"].astype("Float64")
        said = missing.repeated_finding(made)
        assert not any(number in said for number in gone), said
        assert ("5%" in said) == made["share"].notna().item(), said


def test_a_funnel_leaves_out_a_district_whose_counts_are_withheld():
    names = ["Ashford", "Dover", "Swale", "Thanet"]
    counts = pd.DataFrame({"district": names, "counted": [90, 50, 4, 70], "base": [100] * 4})
    counts = counts.astype({"counted": "Int64", "base": "Int64"})
    alone = counts.drop(index=2)
    counts.loc[2, "counted"] = pd.NA
    counts["counted_mark"] = ["", "", "c", ""]
    found = variation.funnel(counts, "counted", "base")
    assert found.loc[found["area"] == "Swale", "counted_mark"].item() == "c"
    shown = found[found["area"] != "Swale"].drop(columns="counted_mark").reset_index(drop=True)
    pd.testing.assert_frame_equal(shown, variation.funnel(alone, "counted", "base"))
    gone = found[found["area"] == "Swale"]
    assert gone[["counted", "share", "lower", "upper", "signal"]].isna().all(axis=None)
    chance = variation.beyond_chance(counts, "counted", "base")
    pd.testing.assert_frame_equal(chance, variation.beyond_chance(alone, "counted", "base"))
    assert "of 3 districts published, Ashford lies above" in variation.funnel_finding(
        found, chance, "Interviews held in time"
    )
