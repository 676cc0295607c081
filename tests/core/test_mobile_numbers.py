"""Mobile numbers: every way to write one is one number, and nothing else is taken for one."""

import pytest

from scheduler.core.mobile_numbers import mobile
from scheduler.kernel.errors import Refused
from tests.refusals import refused
from tests.rows import over


@over(
    "written",
    ["0912345678", "0912 345 678", "0912.345.678", "(0912) 345-678", "+84912345678", "+84 912 345 678", "84912345678",
     "0084912345678", "+840912345678", "912345678", "'0912345678", "0912\u00a0345\u00a0678"],
)  # fmt: skip
def test_every_way_to_write_a_mobile_number_is_one_number(written):
    assert mobile(written) == "+84912345678"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        pytest.param("02373761666", "phone_landline", id="landline"),
        pytest.param("01234567890", "phone_old", id="eleven_digits"),
        pytest.param("+12025550123", "phone_foreign", id="abroad"),
        pytest.param("0085512345678", "phone_foreign", id="abroad_with_zeros"),
        pytest.param("19001234", "phone_invalid", id="service"),
        pytest.param("091234567", "phone_invalid", id="a_digit_short"),
        pytest.param("09123456789", "phone_invalid", id="a_digit_long"),
        pytest.param("0412345678", "phone_invalid", id="no_such_prefix"),
        pytest.param("9.12346E+08", "phone_invalid", id="eaten_by_a_spreadsheet"),
        pytest.param("٠٩١٢٣٤٥٦٧٨", "phone_invalid", id="other_digits"),
        pytest.param("0912345678; DROP TABLE", "phone_invalid", id="more_than_a_number"),
        pytest.param("", "phone_invalid", id="nothing"),
    ],
)
def test_what_is_no_mobile_number_is_refused_with_its_reason(written, reason):
    assert refused(lambda: mobile(written)) == reason


def test_a_number_of_eleven_digits_is_told_what_it_is_now_and_not_guessed():
    with pytest.raises(Refused) as refusal:
        mobile("0166 888 9999")
    assert refusal.value.details == {"value": "0166 888 9999", "new": "0368889999"}
