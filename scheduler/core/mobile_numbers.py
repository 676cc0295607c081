"""What is a mobile number of this country, however it is written, in the one form it is kept and called in (+84…).

A number is never guessed: what is not plainly a Vietnamese mobile number is refused with its reason. Whether anybody
has it, this module does not know.
"""

import re

from scheduler.kernel.errors import Refused

__all__ = ["mobile"]

_OLD = {
    "0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078",
    "0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
    "0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036", "0167": "037", "0168": "038",
    "0169": "039", "0186": "056", "0188": "058", "0199": "059",
}  # fmt: skip
"""Eleven-digit prefixes that ended in 2018, and what they became."""
_WRITTEN = re.compile(r"[+(]?[0-9][0-9\s.()\-]*")
_SEPARATORS = re.compile(r"[\s.()\-]+")
_MOBILE = re.compile(r"0[35789]\d{8}", re.ASCII)
_LANDLINE = re.compile(r"02\d{8,9}", re.ASCII)
_OLD_MOBILE = re.compile(r"01[2689]\d{8}", re.ASCII)
_WITHOUT_ZERO = re.compile(r"[35789]\d{8}", re.ASCII)
_SHOWN = 60


def mobile(written: str, *, zero_may_be_lost: bool = True) -> str:
    """+84 and nine digits. Raises Refused: phone_invalid, phone_landline, phone_foreign, phone_old, phone_zero_lost.

    A spreadsheet eats the first zero; where `zero_may_be_lost` is false nine digits are not taken for a number.
    """
    found = _WRITTEN.fullmatch(written.strip().lstrip("'"))
    digits = _SEPARATORS.sub("", found[0]) if found else ""
    national = _national(digits)
    shown = written.strip()[:_SHOWN]
    if _MOBILE.fullmatch(national):
        return "+84" + national[1:]
    if digits.startswith(("+", "00")) and not digits.startswith(("+84", "0084")):
        raise Refused("phone_foreign", value=shown)
    if _OLD_MOBILE.fullmatch(national) and national[:4] in _OLD:
        raise Refused("phone_old", value=shown, new=_OLD[national[:4]] + national[4:])
    if _LANDLINE.fullmatch(national):
        raise Refused("phone_landline", value=shown)
    if _WITHOUT_ZERO.fullmatch(national):
        if zero_may_be_lost:
            return "+84" + national
        raise Refused("phone_zero_lost", value=shown)
    raise Refused("phone_invalid", value=shown)


def _national(digits: str) -> str:
    """The digits as one dials them inside the country."""
    for prefix in ("+84", "0084"):
        if digits.startswith(prefix):
            return "0" + digits.removeprefix(prefix).removeprefix("0")
    if digits.startswith("84") and len(digits) == len("84912345678"):
        return "0" + digits.removeprefix("84")
    return digits
