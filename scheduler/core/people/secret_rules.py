"""Which passwords and codes a person may choose: long enough, and not the first that anybody would try.

Pure; it knows no person and keeps nothing.
"""

import re
from itertools import pairwise

from scheduler.core.people.person_names import passwords
from scheduler.kernel.errors import Refused

__all__ = ["MIN_PASSWORD", "check_code", "check_password"]

MIN_PASSWORD = 10
_MOST_PASSWORD = 1000
_CODE = re.compile(r"[0-9]{6,12}")
_COMMON = frozenset(
    """
    1234567890 0123456789 0987654321 9876543210 1234554321 1122334455 1234512345 matkhau123 matkhau1234 matkhau12345
    matkhau123456 password12 password123 password1234 password12345 password123456 qwertyuiop qwerty1234 qwerty12345
    qwerty123456 1q2w3e4r5t abcd123456 abc1234567 abcdef1234 abcdefghij admin12345 admin123456 admin123@@ quantri123
    quantri1234 loaphuong1 loaphuong12 loaphuong123 truyenthanh truyenthanh1 phuong1234 phuong12345 vietnam123
    vietnam1234 vietnam2026 hanoi12345 iloveyou123 anhyeuem123 emyeuanh123 anhyeuem12345 khongbiet1 khongcopass
    123456789a a123456789 aa123456789 asdfghjkl1 zxcvbnm123 p@ssw0rd12 p@ssword123 passw0rd12
    """.split()  # noqa: SIM905 - a list of words is read as one
)


def check_password(password: str, login: str) -> None:
    """Raise Refused password_short, or password_common for one that a list of guesses begins with."""
    password = passwords(password)[0]
    if len(password) < MIN_PASSWORD:
        raise Refused("password_short", least=MIN_PASSWORD)
    plain = password.lower()
    bare = re.sub(r"[^0-9a-z]", "", plain)
    repeats = len(set(plain)) <= 2  # noqa: PLR2004 - two letters in turn are no secret
    named = len(login) > 2 and bare.startswith(login.lower()) and bare[len(login) :].isdigit()  # noqa: PLR2004 - "lan2026"
    if (
        repeats
        or plain in _COMMON
        or bare in _COMMON
        or named
        or bare == login.lower()
        or len(password) > _MOST_PASSWORD
    ):
        raise Refused("password_common")


def check_code(code: str) -> None:
    """Raise Refused code_invalid unless it is 6 to 12 digits, code_easy for repeats and rows of digits."""
    if not _CODE.fullmatch(code):
        raise Refused("code_invalid")
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(code)}
    repeats = any(code == code[:part] * (len(code) // part) for part in range(1, len(code) // 2 + 1))
    if len(steps) == 1 or repeats:
        raise Refused("code_easy")
