"""The search for causes, on reports that are made by a function in place of a kernel."""

import pytest

from kentlib.review import causes
from kentlib.review.bench import Ran
from kentlib.review.causes import Search, smallest
from kentlib.review.changes import EXTRACT, KENTLIB, PACKAGE, TABLE, Change
from kentlib.review.outputs import differences

ROUNDING, WORDING = (Change(KENTLIB, f"kentlib/{name}.py", "0", "1") for name in ("a", "b"))
VALUE, LOST = Change(TABLE, "data/a.csv", "0", "1"), Change(EXTRACT, "episodes.csv", "0", "1")
PANDAS, SCIPY = (Change(PACKAGE, name, "1.0", "2.0") for name in ("pandas", "scipy"))


def printed(*lines):
    """An executed notebook that prints a line in each of its cells."""
    cells = [
        {"cell_type": "code", "id": f"cell-{number}", "metadata": {}, "source": f"say({number})"}
        | {
            "execution_count": number,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": f"{line}\n"}],
        }
        for number, line in enumerate(lines, 1)
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


class Bench:
    """Makes a report from what is undone; what names PACKAGE or LOST cannot be."""

    def __init__(self, make):
        self.make, self.runs = make, []

    def can_put_back(self, case, change):
        return change.kind in (KENTLIB, TABLE)

    def run(self, case, restored=(), *, cold=False):
        self.runs.append(frozenset(restored))
        made = self.make(frozenset(restored))
        return Ran(made, "a hash") if made else Ran(None, error="it raised")


class Case:
    source_now = printed("")


def searched(then, make, changed, **more):
    bench = Bench(make)
    search = Search("tides", Case, then, bench, **more)
    found = differences(then, make(frozenset()), name="tides")
    return bench, search.causes(found, changed)


def told(found):
    return [(one.how, list(one.changes), len(one.differences)) for one in found]


def test_one_change_that_is_undone_is_proved():
    make = lambda undone: printed("1" if VALUE in undone else "2", "same")  # noqa: E731
    _, found = searched(printed("1", "same"), make, [VALUE, ROUNDING])
    assert told(found) == [("proved", [VALUE], 1)]
    assert found[0].differences[0].then == "1"


def test_two_changes_that_each_moved_an_output_are_told_apart():
    def make(undone):
        return printed("1" if VALUE in undone else "2", "3" if WORDING in undone else "4")

    _, found = searched(printed("1", "3"), make, [VALUE, ROUNDING, WORDING])
    assert told(found) == [("proved", [VALUE], 1), ("proved", [WORDING], 1)]


def test_two_changes_that_only_both_undone_make_it_as_it_was_are_told_together():
    make = lambda undone: printed("1" if {VALUE, WORDING} <= undone else "2")  # noqa: E731
    _, found = searched(printed("1"), make, [VALUE, ROUNDING, WORDING])
    assert told(found) == [("together", [VALUE, WORDING], 1)]


def test_what_cannot_be_undone_is_the_cause_when_it_alone_changed():
    make = lambda undone: printed("2")  # noqa: E731
    assert told(searched(printed("1"), make, [LOST])[1]) == [("only", [LOST], 1)]


def test_what_cannot_be_undone_is_left_when_all_else_was_undone():
    make = lambda undone: printed("2", "3" if VALUE in undone else "4")  # noqa: E731
    _, found = searched(printed("1", "3"), make, [VALUE, PANDAS])
    assert told(found) == [("proved", [VALUE], 1), ("left", [PANDAS], 1)]


def test_of_several_that_cannot_be_undone_it_is_one():
    make = lambda undone: printed("2")  # noqa: E731
    _, found = searched(printed("1"), make, [LOST, PANDAS, SCIPY])
    assert told(found) == [("one of", [LOST, PANDAS, SCIPY], 1)]


def test_an_output_that_never_comes_out_the_same_is_unstable_and_the_others_keep_their_cause():
    numbers = iter(range(100))

    def make(undone):
        return printed(str(next(numbers)), "1" if VALUE in undone else "2")

    then = make({VALUE})
    _, found = searched(then, make, [VALUE])
    assert told(found) == [("proved", [VALUE], 1), ("unstable", [], 1)]


def test_nothing_that_is_recorded_changed_and_it_is_stable():
    make = lambda undone: printed("2")  # noqa: E731
    bench, found = searched(printed("1"), make, [])
    assert told(found) == [("nothing", [], 1)]
    assert len(bench.runs) == 3, "once as found, once more, once in a kernel started anew"


def test_without_a_record_nothing_is_known_of_the_cause():
    make = lambda undone: printed("2")  # noqa: E731
    assert told(searched(printed("1"), make, [], recorded=False)[1]) == [("unknown", [], 1)]


def test_an_edited_copy_is_proved_by_the_hash_of_what_is_made_again():
    make = lambda undone: printed("2")  # noqa: E731
    assert told(searched(printed("1"), make, [], vouched="a hash")[1]) == [("edited", [], 1)]


def test_an_edited_copy_may_be_the_cause_where_nothing_else_is():
    make = lambda undone: printed("2")  # noqa: E731
    _, found = searched(printed("1"), make, [], vouched="another hash")
    assert told(found) == [("perhaps edited", [], 1)]


def test_old_files_that_do_not_work_together_are_no_proof_and_no_end():
    def make(undone):
        if WORDING in undone:
            return None
        return printed("1" if VALUE in undone else "2")

    _, found = searched(printed("1"), make, [VALUE, WORDING])
    assert told(found) == [("proved", [VALUE], 1)]


def test_when_nothing_can_be_made_with_old_files_it_is_one_of_them():
    make = lambda undone: None if undone else printed("2")  # noqa: E731
    _, found = searched(printed("1"), make, [WORDING, ROUNDING])
    assert told(found) == [("one of", [WORDING, ROUNDING], 1)]


def test_without_kernels_what_changed_is_told_by_elimination():
    then, now = printed("1"), printed("2")
    found = differences(then, now, name="tides")
    told_ = Search("tides", Case, then, None).causes(found, [VALUE])
    assert told(told_) == [("only", [VALUE], 1)]


def test_what_explained_one_report_is_tried_first_for_the_next():
    changed = [Change(KENTLIB, f"kentlib/{number}.py", "0", "1") for number in range(60)]
    make = lambda undone: printed("1" if changed[17] in undone else "2")  # noqa: E731
    hints = []
    first, _ = searched(printed("1"), make, changed, hints=hints)
    again, found = searched(printed("1"), make, changed, hints=hints)
    assert told(found) == [("proved", [changed[17]], 1)]
    assert len(first.runs) < 20
    assert len(again.runs) == 1


@pytest.mark.parametrize("needed", [{0}, {59}, {0, 59}, {3, 4, 5}, {1, 20, 40}])
def test_the_smallest_part_is_found_wherever_it_is(needed):
    assert smallest(range(60), lambda some: needed <= set(some)) == sorted(needed)


def test_a_table_is_the_same_place_whatever_its_number_is():
    one = differences(printed("1"), printed("2"), name="tides")[0]
    other = differences(printed("0", "1"), printed("0", "2"), name="tides")[0]
    assert one.place != other.place
    assert causes.place(one) == causes.place(other)
