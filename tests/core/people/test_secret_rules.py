"""Passwords and codes that may be chosen."""

from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.people.secret_rules import check_code, check_password
from scheduler.kernel.errors import Refused
from tests.rows import over


def reason(check, *words):
    try:
        check(*words)
    except Refused as refused:
        return refused.reason
    return ""


@over(
    "password, told",
    [
        ("mat-khau-cua-lan", ""),
        ("trâu vàng ăn kem", ""),
        ("ngan", "password_short"),
        ("123456789", "password_short"),
        ("1234567890", "password_common"),
        ("aaaaaaaaaaaa", "password_common"),
        ("abababababab", "password_common"),
        ("MatKhau123", "password_common"),
        ("mat-khau-123", "password_common"),
        ("nguyenlan2026", "password_common"),
        ("Nguyen.Lan-2026", "password_common"),
        ("x1" * 600, "password_common"),
    ],
)
def test_what_everybody_would_try_first_is_no_password(password, told):
    assert reason(check_password, password, "nguyenlan") == told


@over(
    "code, told",
    [
        ("481516", ""),
        ("204816326412", ""),
        ("12345", "code_invalid"),
        ("1234567890123", "code_invalid"),
        ("48a516", "code_invalid"),
        ("٤٨١٥١٦", "code_invalid"),
        ("", "code_invalid"),
        ("000000", "code_easy"),
        ("123456", "code_easy"),
        ("654321", "code_easy"),
        ("890123", "code_easy"),
        ("246802", "code_easy"),
        ("121212", "code_easy"),
        ("123123", "code_easy"),
    ],
)
def test_repeats_and_rows_are_no_code(code, told):
    assert reason(check_code, code) == told


@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_is_typed_is_taken_or_refused_and_nothing_else(password, login):
    assert reason(check_password, password, login) in {"", "password_short", "password_common"}
    assert reason(check_code, password) in {"", "code_invalid", "code_easy"}
