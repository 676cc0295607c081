"""Numbers to call: fixed lines, mobiles, 1900 and 1800, short numbers such as 113 and 1022, codes such as *101#.

A number that is dialled is said digit by digit in groups, never as a quantity; twice where the style asks. Whether
"113" is dialled or counted is decided here, from the words around it.
"""

import re

from audio_assets.speech.normalise_numbers import say_digits
from audio_assets.speech.normalise_rule import AFTER, BEFORE, Page, Rule, rule
from audio_assets.speech.normalise_syllable import spell
from audio_assets.speech.normalise_tidy import DIALLED_STAR

_CALLED = (
    r"(?:điện thoại|đt|sđt|đtdđ|hotline|đường dây nóng|số máy|tổng đài|gọi|gọi ngay|gọi đến|gọi tới|gọi số|gửi|gửi tới"
    r"|soạn tin|zalo|fax"
    r"|liên hệ|lh|nhắn tin|báo hỏng:|báo sự cố:|cứu hỏa|cấp cứu|cảnh sát|công an|phản ánh"
    r"|báo|báo ngay|báo tin|đầu số|di động|tel|phone"
    r"|chữa cháy|báo cháy|ứng dụng|đầu số|bảo vệ trẻ em|thuê bao|cứu thương|lực lượng|báo cho|cứu nạn|cứu hộ|bấm)"
)
_CALL_CUE = re.compile(
    rf"{_CALLED}(?: (?:số|theo|đến|tới|về|vào|qua|lại|khẩn|miễn phí|di động|cố định|bàn|riêng|ngay|viên|trên|này|nêu"
    rf"|hoặc|máy)){{0,4}}\W{{0,3}}$"
)
_CALL_ANYWHERE = re.compile(rf"(?<!\w){_CALLED}(?!\w)")
COUNTED = re.compile(
    r"[^\w(]?(?:đ|đồng|vnđ|vnd|₫|usd|triệu|tỷ|nghìn|ngàn|người|hộ|ca|vụ|trường hợp|bệnh nhân|đồng chí|suất|lượt"
    r"|cuộc|đơn|hồ sơ|kg|ha|m|km"
    r"|km2|m2|m3|lít|tấn|ngày|tháng|năm|giờ|phút|cơ quan|đơn vị|doanh nghiệp|cán bộ|chiến sĩ|phiếu|tin|quà|bộ|chiếc"
    r"|em|cháu|công dân|thanh niên|bản|thư|tờ)"
    r"(?!\w)|\s?[%‰]"
)
_NUMBERED = re.compile(r"(?:^|\W)số\W{0,2}$")
_BRANCH = re.compile(r"\W?(?:nhánh|phím|\(?miễn phí)(?!\w)")
_SERVICE_AFTER = re.compile(
    r"\W{0,2}(?:cấp cứu|cứu hỏa|cứu hoả|chữa cháy|công an|cảnh sát|cứu nạn|tìm kiếm|y tế)(?!\w)"
)
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
        return [digits[:4], *threes(digits[4:])]
    return threes(digits)


def say_in_threes(digits: str) -> str:
    """A number that is copied down: digit by digit, in groups."""
    return ", ".join(map(say_digits, threes(digits)))


def threes(digits: str) -> list[str]:
    """Groups of three, the last of two to four."""
    if len(digits) <= 4:  # noqa: PLR2004 - four digits are heard as one group
        return [digits] if digits else []
    return [digits[:3], *threes(digits[3:])]


def _abroad(digits: str) -> list[str]:
    """84 and the number as it is dialled at home, but for its zero."""
    home = _groups("0" + digits[2:])
    return [digits[:2], *filter(None, [home[0][1:], *home[1:]])]


def _twice(said: str, page: Page) -> str:
    return f"{said}, xin nhắc lại, {said}" if page.style.repeat_phones else said


def say_phone(written: str, page: Page) -> str:
    """A number to dial, in the groups it was written in, or in the usual ones; twice where the style asks."""
    plus = "cộng " if written.lstrip("( ").startswith("+") else ""
    groups = re.findall(r"[0-9]+", written)
    if len(groups) == 1 or any(len(group) not in {2, 3, 4} for group in groups):
        whole = "".join(groups)
        abroad = whole.startswith("84") and (plus or len(whole) in {11, 12})
        groups = _abroad(whole) if abroad else _groups(whole)
    return _twice(plus + ", ".join(map(say_digits, groups)), page)


def _masked(match: re.Match[str], page: Page) -> str:
    """0900 xxx 678: a number of which a part is hidden."""
    del page
    return ", ".join(say_digits(part) or spell(part) for part in re.findall("[0-9]+|[xX]+", match.group()))


def _starred(match: re.Match[str], page: Page) -> str:
    """0905***123: what stands there, and nobody can dial it, so it is asked about."""
    page.unknown.append(match.group().replace(DIALLED_STAR, "*"))
    parts = re.findall(rf"[0-9]+|[A-ZĐ]+|{DIALLED_STAR}+", match.group())
    return ", ".join(
        " ".join(["sao"] * len(part)) if part[0] == DIALLED_STAR else say_digits(part) or spell(part) for part in parts
    )


_LIKE_A_DATE = re.compile(r"[0-3]?[0-9]([.-])[01]?[0-9]\1(?:19|20)[0-9]{2}")


def _phone(match: re.Match[str], page: Page) -> str | None:
    if _LIKE_A_DATE.fullmatch(match.group()):
        return None
    digits = re.sub(r"[^0-9]", "", match.group())
    return say_phone(match.group(), page) if 8 <= len(digits) <= 12 else None  # noqa: PLR2004 - lengths in the numbering plan


def _foreign_phone(match: re.Match[str], page: Page) -> str | None:
    """+1 408 555 0199, 0084 905 123 456: the groups as they are written."""
    groups = re.findall(r"[0-9]+", match.group())
    if not 8 <= sum(map(len, groups)) <= 15:  # noqa: PLR2004 - E.164
        return None
    plus = "cộng " if "+" in match.group() else ""
    return _twice(plus + ", ".join(say_in_threes(group) for group in groups), page)


def _service(match: re.Match[str], page: Page) -> str:
    """1900 9095, 1800.1166."""
    return say_phone(match.group(), page)


def _short_chain(match: re.Match[str], page: Page) -> str | None:
    """113, or 113/114/115: only where the sentence speaks of calling, or several of them stand together."""
    numbers = re.findall(r"[0-9]+", match.group())
    before = page.before(match.start(), 80)
    joined = len(numbers) > 1 and not {"-", "–"} & set(match.group())
    if COUNTED.match(page.after(match.end(), 16)):
        return None
    called = _CALL_CUE.search(before) or (_NUMBERED.search(before) and _CALL_ANYWHERE.search(before))
    called = called or (_NUMBERED.search(before) and _SERVICE_AFTER.match(page.after(match.end(), 16)))
    if not (joined or called or _BRANCH.match(page.after(match.end(), 16)) or _one_was_called(match.start(), page)):
        return None
    words = [say_digits(number) for number in numbers]
    return _twice(
        re.sub(
            r"[0-9]+|\s?[/;,–-]\s?", lambda part: words.pop(0) if part.group()[0].isdigit() else ", ", match.group()
        ),
        page,
    )


def _one_was_called(start: int, page: Page) -> bool:
    """In "gọi 114 (cháy), 115 (cấp cứu)" the second is called as the first is."""
    here = page.source.rfind("\n", 0, start)
    if any(page.ends.get(end) == "short_number" for end in range(start - 1, max(here, start - 48), -1)):
        return True
    return _follows_a_phone(start, page)


def _dialled_code(match: re.Match[str], page: Page) -> str:
    """*101#: what a telephone is asked about its own account."""
    signs = {DIALLED_STAR: "sao", "#": "thăng"}
    said = " ".join(signs.get(part) or say_digits(part) for part in re.findall("[0-9]+|.", match.group()))
    return _twice(said, page)


_JOINT = re.compile(r"\s?[/;,–-]\s?|\s(?:hoặc|và|hay)\s")


def _local_after(match: re.Match[str], page: Page) -> str | None:
    """In "0237 3761666/3776559" the second number, written without its area code."""
    start = match.start()
    if not _follows_a_phone(start, page) or COUNTED.match(page.after(match.end(), 16)):
        return None
    return say_phone(match.group(), page)


def _follows_a_phone(start: int, page: Page) -> bool:
    nearest = range(start - 1, max(0, start - 7), -1)  # as far back as " hoặc " is long
    return any(page.ends.get(end) == "phone" and _JOINT.fullmatch(page.source, end, start) for end in nearest)


def _after_call(match: re.Match[str], page: Page) -> str | None:
    """Any digits right after "số điện thoại", "gọi", "liên hệ": a number to dial even if its length is odd."""
    digits = re.sub(r"[^0-9]", "", match.group())
    if not _CALL_CUE.search(page.before(match.start(), 60)) or not 4 <= len(digits) <= 15:  # noqa: PLR2004 - E.164
        return None
    if COUNTED.match(page.after(match.end(), 16)) or re.fullmatch(r"(?:19|20)[0-9]{2}", match.group()):
        return None
    return say_phone(match.group(), page)


_LINE = re.compile(
    r"(?<!\w)(?:điện thoại|đt|sđt|hotline|đường dây nóng|số máy|gọi|liên hệ|lh|tel|fax)"
    r"(?: (?:số|theo|bàn|cố định)){0,2}\W{0,3}$"
)


def _local_after_call(match: re.Match[str], page: Page) -> str | None:
    """ĐT: 3.824.567: a fixed line of seven digits without its area code, grouped as an amount is."""
    if not _LINE.search(page.before(match.start(), 40)) or COUNTED.match(page.after(match.end(), 16)):
        return None
    return say_phone(match.group(), page)


_SHORT_CALLED = re.compile(
    r"(?<!\w)(?:soạn(?! thảo)|cú pháp)[^.;\n]{1,50} gửi(?: (?:đến|tới|về|số|tổng đài)){0,2}\W{0,2}$"
    r"|(?<![^\W\d])(?:gọi|tổng đài|đầu số|nhắn tin đến|nhắn đến|gửi tin đến|gửi tin nhắn đến|gửi đến|bấm"
    r"|máy lẻ)(?: số)?\W{0,2}$"
)


def _short_called(match: re.Match[str], page: Page) -> str | None:
    """156, 5656: a short number that is called or written to."""
    nearest = range(match.start() - 1, max(0, match.start() - 7), -1)  # as far back as " hoặc " is long
    chained = any(
        page.ends.get(end) in {"short_number", "dialled_code"} and _JOINT.fullmatch(page.source, end, match.start())
        for end in nearest
    )
    called = chained or _SHORT_CALLED.search(page.before(match.start(), 80))
    if COUNTED.match(page.after(match.end(), 16)) or not called:
        return None
    return say_phone(match.group(), page)


MASKED: tuple[Rule, ...] = (
    rule("phone", rf"(?<![\w.{DIALLED_STAR}-])[A-ZĐ]{{0,3}}[0-9{DIALLED_STAR}](?:[0-9.{DIALLED_STAR}-]{{0,30}}"
         rf"[0-9{DIALLED_STAR}])?(?<={DIALLED_STAR})(?:[.-]?[0-9]{{1,12}})?(?![#0-9{DIALLED_STAR}])", _starred,
         needs=DIALLED_STAR),
)  # fmt: skip
"""Before any other rule that reads a part of such a number."""
NUMBERS_TO_CALL: tuple[Rule, ...] = (
    rule("dialled_code", rf"{DIALLED_STAR}[0-9{DIALLED_STAR}]{{1,20}}#", _dialled_code, needs=DIALLED_STAR),
    rule("phone", rf"(?<![\w.,/])(?:\(?\+\s?84\)?[ .-]?\(?[0-9]{{1,4}}\)?(?:[ .-]?[0-9]{{2,4}}){{1,4}}"
         rf"|\(?0[1-9][0-9]{{0,3}}(?:\)\s?|\)?(?:\s[-–]\s(?!0)|[ .-]))[0-9]{{1,4}}(?:[ .-]"
         rf"(?!0[35789][0-9]{{2}}[ .-])[0-9]{{2,4}}){{1,4}}|\(?0[1-9][0-9]{{1,2}}\)?[ .-][0-9]{{6,8}}"
         rf"|02[0-9]{{1,2}}[ .-]1022|\(84[ .-][0-9]{{2,3}}\)\s?[0-9]{{3,8}}(?:[ .-]?[0-9]{{2,4}}){{0,2}}"
         rf"|84[ .-][0-9]{{2,3}}(?:[ .-][0-9]{{3,4}}){{2}}|0[1-9][0-9]{{8,9}}"
         rf"|0[1-9][0-9]{{1,2}}(?:\s/\s[0-9]{{3,4}}){{2}}){AFTER}", _phone, needs="[0-9]"),
    rule("phone", rf"(?<![\w.,/+])\(?(?:\+\s?(?!84(?![0-9]))|00(?=[1-9]))[1-9][0-9]{{0,2}}\)?"
         rf"(?:[ .-][0-9]{{2,8}}){{1,5}}{AFTER}",
         _foreign_phone, needs=r"\+|00[1-9]"),
    rule("phone", rf"(?<![\w.,/])0[1-9][0-9]{{1,2}}(?:[ .-]?[xX]{{2,4}}[ .-]?[0-9]{{2,4}}|[ .-]?[0-9]{{2,4}}[ .-]?"
         rf"[xX]{{2,4}}){AFTER}", _masked, needs="[xX]{2}"),
    rule("phone", rf"(?<=[0-9][,/])0[1-9](?:[0-9]{{8,9}}|[0-9]{{1,2}}(?:[ .-][0-9]{{2,4}}){{2,3}}){AFTER}", _phone,
         needs="[,/]0[1-9]"),
    rule("phone", rf"(?<![\w.,/])1[89]00(?:[ .-]?[0-9]{{2,6}}){{1,3}}{AFTER}", _service, needs="1[89]00"),
    rule("phone", rf"{BEFORE}[2-8](?:(?:[. ][0-9]{{3}}){{2}}|[0-9]{{6}})(?!\w|[.,]\w|\s?%)", _local_after_call,
         needs="[0-9]{3}"),
    rule("phone", rf"{BEFORE}(?:[0-9]{{6,8}}|[0-9](?:[. ][0-9]{{3}}){{2}}){AFTER}(?![.,/]?[0-9])", _local_after,
         needs="[0-9]{3}"),
    rule("short_number", rf"{BEFORE}{_SHORT}(?:{_CHAINED}{_SHORT})*{AFTER}"
         rf"(?![.,-][0-9]|/(?!0[1-9][0-9]{{2}})[0-9])", _short_chain, needs="1[01]"),
    rule("short_number", r"(?<![\w.,/-])[0-9]{3,5}(?![\w.,/-]*[0-9])", _short_called, needs="[0-9]{3}"),
    rule("phone", rf"(?<![\w.,/-])[0-9]{{3,12}}(?:[ .-][0-9]{{2,4}}){{0,4}}{AFTER}"
         rf"(?![.,/%][0-9])", _after_call, needs="[0-9]"),
)  # fmt: skip
