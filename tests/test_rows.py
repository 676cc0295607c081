"""`tests.rows`: a table is tried to its end, and what fails is named."""

import inspect

import pytest

from tests.rows import each, over


def test_every_row_is_tried_and_all_that_fail_are_named():
    tried = []

    def check(row):
        tried.append(row)
        if row == "c":
            pytest.fail("never")
        assert row in {"a", "d"}

    with pytest.raises(BaseExceptionGroup, match="2 of 4 rows") as caught:
        each("abcd", check)
    assert tried == list("abcd")
    assert [one.__notes__[-1] for one in caught.value.exceptions] == ["row 2: 'b'", "row 3: 'c'"]


def test_a_row_that_skips_has_failed():
    with pytest.raises(BaseExceptionGroup, match="2 of 2 rows"):
        each("ab", pytest.skip)


def test_a_table_without_rows_proves_nothing():
    with pytest.raises(AssertionError, match="no row"):
        each([], print)


def test_a_table_of_several_arguments_is_one_test_with_its_fixtures(tmp_path):
    seen = []

    @over("first, second", [(1, 2), (3, 4)])
    def rule(second, first, tmp_path):
        seen.append((first, second, tmp_path))
        assert first < 3

    assert list(inspect.signature(rule).parameters) == ["tmp_path"]
    with pytest.raises(BaseExceptionGroup, match="1 of 2 rows") as caught:
        rule(tmp_path=tmp_path)
    assert seen == [(1, 2, tmp_path), (3, 4, tmp_path)]
    assert caught.value.exceptions[0].__notes__ == ["row 2: (3, 4)"]
