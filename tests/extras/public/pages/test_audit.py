"""The log of acts says the states and kinds of reports in words."""

import pytest

from tests.web.people.test_audit import said


@pytest.mark.parametrize(
    ("table", "column", "value", "word"),
    [
        ("ticket", "state", "refused", "Không xử lý"),
        ("ticket_note", "state", "fixing", "Đang sửa"),
        ("ticket", "kind", "silent", "Loa không kêu"),
    ],
)
def test_a_value_is_said_as_its_table_means_it(table, column, value, word):
    assert said(table, column, value) == word
