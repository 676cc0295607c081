"""The order of a run loses no test and tears no file that waits."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.order import WAITING, waiting_first

PATHS = st.sampled_from(
    ["tests/a.py", "tests/b.py", "tests/story/c.py", "tests/extras/x/story/d.py", "tests/deploy/e.py"]
)


def waits(case):
    return any(part in case[0] for part in WAITING)


@given(st.lists(PATHS, max_size=200), st.integers(1, 9))
def test_every_case_is_there_once_and_each_files_cases_keep_their_order(paths, workers):
    cases = [(path, number) for number, path in enumerate(sorted(paths))]
    ordered = waiting_first(cases, workers, lambda case: case[0])
    assert sorted(ordered) == sorted(cases)
    assert all(one[1] < other[1] for one, other in pairwise(case for case in ordered if not waits(case)))
    together = [case for case in ordered if waits(case)]
    assert len({case[0] for case in together}) == 1 + sum(a[0] != b[0] for a, b in pairwise(together)) or not together


def test_five_workers_of_six_begin_with_what_waits_and_one_computes():
    cases = [("tests/core/a.py", number) for number in range(60)]
    cases += [(f"tests/story/{name}.py", number) for name in "bcdefghijk" for number in range(3)]
    ordered = waiting_first(cases, 6, lambda case: case[0])
    parts = [ordered[start : start + 15] for start in range(0, 90, 15)]  # as pytest-xdist cuts them
    assert [waits(part[0]) for part in parts] == [True, True, True, True, True, False]
    assert [sum(map(waits, part)) for part in parts] == [6, 6, 6, 6, 6, 0]


def test_one_worker_takes_them_as_they_come():
    cases = [("tests/story/a.py", 1), ("tests/b.py", 2)]
    assert waiting_first(cases, 1, lambda case: case[0]) == cases


@given(st.lists(PATHS, min_size=60, max_size=200), st.integers(2, 9))
def test_no_files_cases_that_wait_are_parted_by_the_cut(paths, workers):
    cases = [("tests/core/a.py", number) for number in range(1000)]
    cases += [(path, number) for number, path in enumerate(sorted(path for path in paths if waits((path,))))]
    left, begins = waiting_first(cases, workers, lambda case: case[0]), {}
    for worker in range(workers):  # as pytest-xdist cuts them
        size = len(left) // (workers - worker)
        for path, _ in filter(waits, left[:size]):
            begins.setdefault(path, set()).add(worker)
        left = left[size:]
    assert all(len(of) == 1 for of in begins.values())
