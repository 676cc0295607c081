"""Where to write, look and call: web and e-mail addresses, telephone numbers, numbers that name a person or a thing.

A number that is dialled or copied down is said digit by digit in groups, never as a quantity.
"""

import re

from audio_assets.speech.normalise_numbers import say_digits, say_int
from audio_assets.speech.normalise_rule import AFTER, BEFORE, Page, Rule, rule
from audio_assets.speech.normalise_syllable import spell, toneless_syllables
from audio_assets.speech.normalise_tables import LABELS

_IN_ADDRESS = {
    ".": "chấm", "@": "a còng", "-": "gạch ngang", "_": "gạch dưới", "/": "gạch chéo", "?": "hỏi", "=": "bằng",
    "&": "và", "#": "thăng", ":": "hai chấm", "%": "phần trăm", "+": "cộng", "~": "ngã",
}  # fmt: skip
_PIECE = re.compile(r"[A-Za-z]+|[0-9]+|.", re.DOTALL)
_SUFFIX = r"(?:vn|com|net|org|edu|gov|info|asia|io|me|app|int|eu|uk|us|jp|kr|cn|dev|online|shop|store)"
_HOST = rf"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{{0,62}})\.){{1,6}}{_SUFFIX}{AFTER}"
_SPELT = 3
"""A label this short is spelt: nobody hears "vn" or "gov" as a word."""


def _piece(piece: str) -> str:
    if piece.isdigit():
        return say_digits(piece)
    if not piece.isalpha():
        return _IN_ADDRESS.get(piece, "")
    known = LABELS.get(piece.lower())
    if known:
        return known
    syllables = toneless_syllables(piece) if len(piece) > _SPELT else None
    if syllables and syllables[0] == "phuong":
        return " ".join(["phường", *(_piece(rest) for rest in [piece[len("phuong") :]] if rest)])
    return " ".join(syllables) if syllables else spell(piece.lower())


def say_address(address: str) -> str:
    """An address as it is dictated: dots, slashes and signs named, known names said, the rest spelt."""
    return " ".join(filter(None, map(_piece, _PIECE.findall(address))))


def _url(match: re.Match[str], page: Page) -> str:
    host, path = match["host"], (match["path"] or "").rstrip("/")
    known = page.lexicon.said(match.group()) or page.lexicon.said(host + path)
    return known or say_address(host + path)


def _email(match: re.Match[str], page: Page) -> str:
    return page.lexicon.said(match.group()) or say_address(match.group())


# --- telephone numbers ---

_CALLED = (
    r"(?:điện thoại|đt|sđt|đtdđ|hotline|đường dây nóng|số máy|tổng đài|gọi|gọi ngay|gọi đến|gọi tới|gọi số|gửi|gửi tới"
    r"|soạn tin|zalo|fax"
    r"|liên hệ|lh|nhắn tin|cứu hỏa|cấp cứu|cảnh sát|công an|phản ánh|báo ngay|báo tin|đầu số|di động|tel|phone"
    r"|chữa cháy|bảo vệ trẻ em|thuê bao)"
)
_CALL_CUE = re.compile(
    rf"{_CALLED}(?: (?:số|theo|đến|tới|vào|qua|lại|khẩn|miễn phí|di động|ngay|viên)){{0,4}}\W{{0,3}}$"
)
_CALL_ANYWHERE = re.compile(rf"(?<!\w){_CALLED}(?!\w)")
_COUNTED = re.compile(
    r"\W?(?:đ|đồng|vnđ|vnd|₫|usd|triệu|tỷ|nghìn|ngàn|người|hộ|ca|vụ|trường hợp|bệnh nhân|đồng chí|suất|lượt"
    r"|cuộc|đơn|hồ sơ|kg|ha|m|km"
    r"|km2|m2|m3|lít|tấn|ngày|tháng|năm|giờ|phút|cơ quan|đơn vị|doanh nghiệp|cán bộ|chiến sĩ|phiếu|tin|quà|bộ|chiếc"
    r"|em|cháu)"
    r"(?!\w)|\s?[%‰]"
)
_NUMBERED = re.compile(r"(?:^|\W)số\W{0,2}$")
_CHAINED = r"(?:\s?[/;,–-]\s?|\s(?:hoặc|và|hay)\s)"
_SHORT = r"(?:11[1-9]|1022)"


def _groups(digits: str) -> list[str]:
    """How a whole number is cut: mobiles 4-3-3, fixed lines by their area code, 1900 and 1800 after the prefix."""
    if digits.startswith("02"):
        area = 3 if digits[2] in "48" else 4
        rest = digits[area:]
        half = 4 if len(rest) == 8 else len(rest) - 4  # noqa: PLR2004 - 8 digits after a three-digit area code
        return [digits[:area], rest[:half], rest[half:]]
    if digits.startswith(("1900", "1800", "0")):
        return [digits[:4], *_threes(digits[4:])]
    return _threes(digits)


def _threes(digits: str) -> list[str]:
    """Groups of three, the last of two to four."""
    if len(digits) <= 4:  # noqa: PLR2004 - four digits are heard as one group
        return [digits] if digits else []
    return [digits[:3], *_threes(digits[3:])]


def say_phone(written: str, page: Page) -> str:
    """A number to dial, in the groups it was written in, or in the usual ones."""
    plus = "cộng " if written.lstrip("( ").startswith("+") else ""
    groups = re.findall(r"[0-9]+", written)
    if len(groups) == 1 or any(len(group) not in {2, 3, 4} for group in groups):
        whole = "".join(groups)
        groups = [whole[:2], *_threes(whole[2:])] if plus and whole.startswith("84") else _groups(whole)
    said = plus + ", ".join(map(say_digits, groups))
    return f"{said}, xin nhắc lại, {said}" if page.style.repeat_phones else said


def _phone(match: re.Match[str], page: Page) -> str | None:
    digits = re.sub(r"[^0-9]", "", match.group())
    return say_phone(match.group(), page) if 8 <= len(digits) <= 12 else None  # noqa: PLR2004 - lengths in the numbering plan


def _service(match: re.Match[str], page: Page) -> str:
    """1900 9095, 1800.1166."""
    return say_phone(match.group(), page)


def _short_chain(match: re.Match[str], page: Page) -> str | None:
    """113, or 113/114/115: only where the sentence speaks of calling, or several of them stand together."""
    numbers = re.findall(r"[0-9]+", match.group())
    before = page.before(match.start(), 80)
    joined = len(numbers) > 1 and not {"-", "–"} & set(match.group())
    if _COUNTED.match(page.after(match.end(), 16)):
        return None
    if not (joined or _CALL_CUE.search(before) or (_NUMBERED.search(before) and _CALL_ANYWHERE.search(before))):
        return None
    words = [say_digits(number) for number in numbers]
    return re.sub(
        r"[0-9]+|\s?[/;,–-]\s?", lambda part: words.pop(0) if part.group()[0].isdigit() else ", ", match.group()
    )


def _after_call(match: re.Match[str], page: Page) -> str | None:
    """Any digits right after "số điện thoại", "gọi", "liên hệ": a number to dial even if its length is odd."""
    digits = re.sub(r"[^0-9]", "", match.group())
    if not _CALL_CUE.search(page.before(match.start(), 60)) or not 4 <= len(digits) <= 15:  # noqa: PLR2004 - E.164
        return None
    if _COUNTED.match(page.after(match.end(), 16)) or re.fullmatch(r"(?:19|20)[0-9]{2}", match.group()):
        return None
    return say_phone(match.group(), page)


# --- numbers that name ---

_NAMED_CUE = re.compile(
    r"(?:tài khoản|stk|cccd|cmnd|căn cước(?: công dân)?|chứng minh nhân dân|định danh(?: cá nhân)?|hộ chiếu"
    r"|mã số(?: \w+){0,4}"
    r"|mst|mã hồ sơ|mã khách hàng|mã vạch|mã đơn|mã tra cứu|số thẻ|thẻ|số seri|sê ri|mã bưu chính|mã otp"
    r"|mã xác nhận|mã)"
    r"(?: (?:số|là|của|gồm|ngân hàng|cá nhân|công dân|kho bạc)){0,3}\W{0,3}$"
)


def _named(match: re.Match[str], page: Page) -> str | None:
    """An identity, account or tax number: after its name, or too long to be a quantity."""
    written = match.group()
    digits = re.sub(r"[^0-9]", "", written)
    named = _NAMED_CUE.search(page.before(match.start(), 60))
    if not named and (len(digits) < 9 or "." in written or " " in written):  # noqa: PLR2004 - the shortest identity number
        return None
    if named and len(digits) < 4:  # noqa: PLR2004 - "mã 12" is a number
        return None
    if _COUNTED.match(page.after(match.end(), 16)):
        return None
    groups = re.findall(r"[0-9]+", written)
    if any(len(group) > 4 for group in groups):  # noqa: PLR2004 - longer groups are not heard as one
        groups = [piece for group in groups for piece in _threes(group)]
    return ", ".join(map(say_digits, groups))


def _file_code(match: re.Match[str], page: Page) -> str | None:
    """000.00.12.H56-250701-0001: letters and digits one by one, a pause at each point."""
    if len(re.findall("[0-9]", match.group())) < 8 or not _NAMED_CUE.search(page.before(match.start(), 60)):  # noqa: PLR2004
        return None
    parts = re.split(r"[.-]", match.group())
    return ", ".join(" ".join(say_digits(sign) or spell(sign) for sign in part) for part in parts)


def _plate(match: re.Match[str], page: Page) -> str:
    letters, digits = spell(match["series"]), say_digits(match["rest"])
    extra = f" {say_digits(match['extra'])}" if match["extra"] else ""
    return f"{say_int(int(match['province']), page.style)} {letters}{extra}, {digits}"


ADDRESSES: tuple[Rule, ...] = (
    rule("email", rf"(?<![\w.+-])[A-Za-z0-9._+-]{{1,64}}@"
         rf"(?:[A-Za-z0-9-]{{1,63}}\.){{1,6}}[A-Za-z]{{2,12}}{AFTER}", _email,
         needs="@"),
    rule("url", rf"(?<![\w@.-])(?:https?\s?:\s?//|ftp://)?(?P<host>{_HOST})(?P<path>(?::[0-9]{{2,5}})?"
         r"(?:[/?#][A-Za-z0-9_~%&=+?#/.-]*[A-Za-z0-9_=/])?/?)", _url, needs=r"\.", flags=re.IGNORECASE),
    rule("url", r"(?<!\w)https?://(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,100}[A-Za-z0-9])?)(?P<path>"
         r"(?:[/?#:][A-Za-z0-9_~%&=+?#/.-]*"
         r"[A-Za-z0-9_=/])?/?)", _url, needs="//", flags=re.IGNORECASE),
)  # fmt: skip
NUMBERS_TO_CALL: tuple[Rule, ...] = (
    rule("plate", rf"{BEFORE}(?P<province>[1-9][0-9])\s?-?\s?(?P<series>[A-ZĐ]{{1,2}})(?P<extra>[0-9]?)(?:[-. ]\s?"
         rf"(?P<rest>[0-9]{{3}}\.?[0-9]{{2}}|[0-9]{{4}})){AFTER}", _plate, needs="[0-9]"),
    rule("phone", rf"(?<![\w.,/])(?:\(?\+\s?84\)?[ .-]?\(?[0-9]{{1,4}}\)?(?:[ .-]?[0-9]{{2,4}}){{1,4}}"
         rf"|\(?0[1-9][0-9]{{0,3}}\)?(?:\s[-–]\s(?!0)|[ .-])[0-9]{{1,4}}(?:[ .-]"
         rf"(?!0[35789][0-9]{{2}}[ .-])[0-9]{{2,4}}){{1,4}}|\(?0[1-9][0-9]{{1,2}}\)?[ .-][0-9]{{6,8}}"
         rf"|02[0-9]{{1,2}}[ .-]1022|0[1-9][0-9]{{8,9}}){AFTER}", _phone, needs="[0-9]"),
    rule("phone", rf"(?<![\w.,/])1[89]00(?:[ .-]?[0-9]{{2,6}}){{1,3}}{AFTER}", _service, needs="1[89]00"),
    rule("short_number", rf"{BEFORE}{_SHORT}(?:{_CHAINED}{_SHORT})*{AFTER}"
         rf"(?![.,/-][0-9])", _short_chain, needs="1[01]"),
    rule("phone", rf"(?<![\w.,/-])[0-9]{{3,12}}(?:[ .-][0-9]{{2,4}}){{0,4}}{AFTER}"
         rf"(?![.,/%][0-9])", _after_call, needs="[0-9]"),
    rule("named_number", r"(?<![\w.,/-])[A-Z0-9]{1,12}(?:[.-][A-Z0-9]{1,12}){2,8}"
         r"(?![\w/-])", _file_code, needs="[0-9]"),
    rule("named_number", rf"(?<![\w.,/-])[0-9]{{1,20}}(?:[ .-][0-9]{{2,6}}){{0,5}}{AFTER}"
         rf"(?![.,/][0-9])", _named, needs="[0-9]"),
)  # fmt: skip
