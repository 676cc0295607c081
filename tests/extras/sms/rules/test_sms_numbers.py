"""Lists of recipients: which number is taken, in which form, and what is said of every line that is not."""

from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.mobile_numbers import mobile
from scheduler.extras.sms.rules.numbers import CARRIERS, MOST_SHOWN, carrier_of, read_numbers
from scheduler.kernel.errors import Refused
from tests.refusals import refused

PREFIXES = [prefix for prefixes in CARRIERS.values() for prefix in prefixes]
NUMBERS = st.builds("{}{:07d}".format, st.sampled_from(PREFIXES), st.integers(0, 9_999_999))


@contextmanager
def suppress_codes(*codes):
    try:
        yield
    except Refused as refusal:
        if refusal.reason not in codes:
            raise


@given(NUMBERS)
def test_a_number_in_any_form_comes_out_the_same_and_again_the_same(national):
    kept = mobile(national)
    assert kept == "+84" + national[1:]
    assert mobile(kept) == mobile(national[1:]) == mobile("84" + national[1:]) == kept
    assert national[:3] in CARRIERS[carrier_of(kept)]


def test_a_prefix_belongs_to_one_carrier():
    assert len(PREFIXES) == len(set(PREFIXES))
    assert carrier_of("+84510000000") == "Khác"


def test_a_list_of_numbers_is_read_in_its_order_without_doubles():
    listed = read_numbers("0912345678\n+84 912 345 678\n\n0987654321\n84912345678\n", limit=9)
    assert listed.numbers == ("+84912345678", "+84987654321")
    assert (listed.duplicates, listed.refused, listed.bad) == (2, 0, ())


def test_every_number_of_a_line_is_taken():
    assert len(read_numbers("0912345678, 0987654321; ghi chú\n0912345679,0912345670", limit=9).numbers) == 4 - 1


def test_a_table_is_read_by_the_column_its_head_names():
    text = "STT;Họ tên;CCCD;Số điện thoại;Khác\n1;Lan;038123456789;912345678;0987654321\n2;Minh;351234567;;\n"
    listed = read_numbers(text, limit=9)
    assert listed.numbers == ("+84912345678",)
    assert [(bad.line, bad.reason) for bad in listed.bad] == [(3, "phone_invalid")]


def test_nine_digits_in_a_table_without_a_head_are_not_taken_for_a_number():
    listed = read_numbers("Lan,1,351234567\nMinh,2,0912345678\n", limit=9)
    assert listed.numbers == ("+84912345678",)
    assert [(bad.line, bad.written, bad.reason) for bad in listed.bad] == [(1, "351234567", "phone_zero_lost")]


def test_who_opted_out_and_who_has_it_already_are_left_out_and_counted():
    listed = read_numbers(
        "0912345678\n0912345679\n0912345670", limit=9, opted_out={"+84912345678"}, reached={"+84912345679"}
    )
    assert (listed.numbers, listed.opted_out, listed.reached) == (("+84912345670",), 1, 1)


@pytest.mark.parametrize(("text", "reason"), [("", "sms_list_empty"), ("Họ tên\nLan\n", "sms_list_empty")])
def test_a_list_without_a_number_is_refused(text, reason):
    assert refused(lambda: read_numbers(text, limit=9)) == reason


def test_a_list_may_be_as_long_as_its_limit_and_no_longer():
    text = "\n".join(f"09123456{n:02d}" for n in range(10))
    assert len(read_numbers(text, limit=10).numbers) == 10
    assert refused(lambda: read_numbers(text, limit=9)) == "sms_list_long"


def test_of_many_bad_lines_the_first_are_told_and_all_are_counted():
    listed = read_numbers("\n".join(["123"] * (MOST_SHOWN + 5)), limit=9)
    assert (len(listed.bad), listed.refused) == (MOST_SHOWN, MOST_SHOWN + 5)


@given(st.text())
def test_any_text_is_a_list_or_is_refused_by_a_code(text):
    numbers: tuple[str, ...] = ()
    with suppress_codes("sms_list_empty", "sms_list_long"):
        numbers = read_numbers(text, limit=5).numbers
    assert all(mobile(number) == number for number in numbers)
