"""`tests.rows`: a table is tried to its end, and what fails is named."""

import pytest

from tests.rows import each


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


def test_a_table_without_rows_proves_nothing():
    with pytest.raises(AssertionError, match="no row"):
        each([], print)
