"""Hours of the clock, single and in ranges: 7h30, 17:00, 8 AM, 9g sáng, 7h-11h.

Minutes of zero are not said; half days are said as a person says them ("hai giờ chiều"). A colon that stands for a
ratio is left to the rules for quantities.
"""

import re

from audio_assets.speech.normalise_dash import names_a_place
from audio_assets.speech.normalise_months import DAY, DAY_END, FREE, MONTH, YEAR
from audio_assets.speech.normalise_numbers import say_int
from audio_assets.speech.normalise_rule import DASH, Page, Rule, rule
from audio_assets.speech.normalise_time import DAY_CUE, DAY_SAID, say_date

_CLOCK = (
    r"(?:[01]?[0-9]|2[0-4])(?:\s?[hH](?:[0-5][0-9](?!/[0-9]{1,2}(?![/.0-9hg:-]))"
    r"|\s[0-5][0-9](?![/.-][0-9]))?(?:\s?(?:'|ph?(?:út)?)(?![\w]))?|\s?g[0-5][0-9]|\sg\s[0-5][0-9]"
    r"|:[0-5][0-9](?::[0-5][0-9])?(?:\s?[AaPp]\.?[Mm]\.?(?![\w.]))?)"
)
_HALF_DAY = re.compile(r"[AaPp](?=\.?[Mm])")
_ONE = re.compile(r"([0-9]{1,2})\D+([0-9]{2})?(?::([0-9]{2}))?")


def _half_day(hour: int, half: str) -> str:
    """What Vietnamese says for a.m. and p.m.: noon is "trưa", the evening begins at six."""
    if half in "Aa":
        return "đêm" if hour == 12 else "sáng"  # noqa: PLR2004 - twelve on the dial
    if hour == 12:  # noqa: PLR2004 - twelve on the dial
        return "trưa"
    return "chiều" if hour < 6 else "tối"  # noqa: PLR2004 - six on the dial


def _clock(written: str, page: Page) -> str:
    found = _ONE.match(written + " ")
    if found is None:
        return ""
    hour, minute, second = found.groups()
    said = f"{say_int(int(hour), page.style)} giờ"
    if int(minute or 0) or int(second or 0):
        said += f" {say_int(int(minute), page.style)} phút"
    if int(second or 0):
        said += f" {say_int(int(second), page.style)} giây"
    half = _HALF_DAY.search(written)
    return f"{said} {_half_day(int(hour), half.group())}" if half else said


_MIXED = r"(?<!\w)(?:pha|pha loãng|pha chế|trộn|hòa|hoà)(?: (?:theo|với|nước|loãng|vôi|thuốc|dung dịch)){0,3}\W{0,2}$"
"""Before "1:10" of what is diluted."""


def _not_clock(match: re.Match[str], page: Page) -> bool:
    """Whether "tỷ lệ 1:50" and "Điều 5:10" is meant, where a colon is no hour."""
    return (
        ":" in match.group()
        and re.search(r"(?:tỷ lệ|tỉ lệ|bản đồ|tỷ số|lệ|tỉ số)\W{0,2}$|" + _MIXED, page.before(match.start(), 40))
        is not None
    )


def _one_clock(match: re.Match[str], page: Page) -> str | None:
    return None if _not_clock(match, page) else _clock(match.group(), page)


def _clock_and_date(match: re.Match[str], page: Page) -> str:
    """7h/5/12, 15h-15/3: the hour and the day of a telegram."""
    return f"{_clock(match['clock'], page)} ngày {say_date(match['d'], match['m'], match['y'], page)}"


def _minutes(match: re.Match[str], page: Page) -> str:
    """25'30": how long a run took."""
    return f"{say_int(int(match['m']), page.style)} phút {say_int(int(match['s']), page.style)} giây"


def _whole_hour(match: re.Match[str], page: Page) -> str:
    """07 giờ 00 phút: nobody says the zero minutes."""
    return f"{say_int(int(match['h']), page.style)} giờ"


_PART_AFTER = re.compile(r"(?:sáng|trưa|chiều|tối|đêm|ngày|thứ|hôm|kém|rưỡi|mai)(?!\w)")
_HOUR_BEFORE = re.compile(r"(?<!\w)(?:lúc|hồi|trước|sau|khoảng lúc|vào)\W{0,2}$")


_G_WITH_MINUTES = re.compile(r"(?<![\w.,])(?:[01]?[0-9]|2[0-4])g[0-5][0-9](?!\w)")
_HEAVY = re.compile(
    r"(?<!\w)(?:nặng|cân|gói|túi|hộp|liều|muối|đường|thuốc|bột|men|vàng|uống|pha|bón|rắc|trộn|khẩu phần)(?!\w)"
)
_NEAR = 200


def _hours_of_the_south_near(match: re.Match[str], page: Page) -> bool:
    """Whether "19g30" stands near, and nothing is weighed: then "14g-17g" are hours too."""
    near = page.source[max(0, match.start() - _NEAR) : match.end() + _NEAR]
    return _G_WITH_MINUTES.search(near) is not None and _HEAVY.search(near.lower()) is None


def _hour_of_the_south(match: re.Match[str], page: Page) -> str | None:
    """9g sáng: an hour; elsewhere "g" is a gram."""
    listed = page.ends.get(match.start() - 2) in {"clock", "clock_range"}  # "lúc 8g, 14g"
    told = (
        listed
        or _hours_of_the_south_near(match, page)
        or _PART_AFTER.match(page.after(match.end()))
        or _HOUR_BEFORE.search(page.before(match.start()))
    )
    return f"{say_int(int(match['h']), page.style)} giờ" if told else None


_HOW_LONG = re.compile(
    r"(?<![^\W\d])(?:ngâm|ủ|trong|cách(?: nhau)?|mất|kéo dài|sau|phơi|chờ|đợi|theo dõi|nhịn|mỗi ca|trễ|chậm|muộn"
    r"|khoảng|tối thiểu"
    r"|tối đa|ít nhất|liên tục|suốt|để|hầm|sấy|đun|nấu|ngủ|bơm|dừng)(?: [^\W\d]+){0,2} ?$"
)
"""Before hours that are counted: "ngâm 2-3h" has no "từ hai giờ"."""


def _clock_range(match: re.Match[str], page: Page) -> str | None:
    if _not_clock(match, page) or (match["h1"] and names_a_place(match, page)):
        return None
    if match["h1"] and _HOW_LONG.search(page.before(match.start())) and re.fullmatch(r"[0-9]+\s?[hH]", match["c2"]):
        return f"{say_int(int(match['h1']), page.style)} đến {_clock(match['c2'], page)}"
    first = _clock(match["c1"], page) if match["c1"] else f"{say_int(int(match['h1']), page.style)} giờ"
    told = _FROM_SAID.search(page.before(match.start(), 30))
    return f"{'' if told else 'từ '}{first} đến {_clock(match['c2'], page)}"


_FROM_SAID = re.compile(r"(?:từ|lúc|khoảng)\W{0,2}$")
_G = r"(?:[01]?[0-9]|2[0-4])\s?g(?:\s?[0-5][0-9])?"
_OF_THE_DAY = re.compile(
    r"(?<![^\W\d])(?:lúc|hồi|vào|sáng|trưa|chiều|tối|đêm|giờ|thời gian|buổi|từ(?: khoảng)?|khoảng từ)\W{0,2}$"
)
_PART_BEHIND = re.compile(r"\W{0,2}(?:sáng|trưa|chiều|tối|đêm|ngày|thứ|hằng ngày|hàng ngày|hôm|mỗi)(?!\w)")


def _range_of_the_south(match: re.Match[str], page: Page) -> str | None:
    """8g-10g30, sáng 8-10g: hours where one of them has its minutes, or a part of the day stands beside."""
    hours = [re.findall("[0-9]+", match[side]) for side in ("a", "b")]
    told = max(map(len, hours)) > 1 or _PART_BEHIND.match(page.after(match.end()))
    before = page.before(match.start(), 30)
    if not (told or _OF_THE_DAY.search(before) or _hours_of_the_south_near(match, page)):
        return None
    said = [_clock("h".join([hour, *(minute or ["00"])]), page) for hour, *minute in hours]
    return f"{'' if _FROM_SAID.search(before) else 'từ '}{said[0]} đến {said[1]}"


_AT_AN_HOUR = re.compile(
    r"(?<![^\W\d])(?:lúc|hồi|vào lúc|giờ|giờ làm việc|thời gian|bắt đầu|sáng|trưa|chiều|tối|đêm|giờ học"
    r"|mở cửa)(?: từ)?\W{0,2}$"
)
_OF_A_DAY = re.compile(r"\W{0,2}(?:sáng|trưa|chiều|tối|đêm|hôm|ngày [0-9]|thứ|cn|chủ nhật)(?!\w)")


_ONE_MORE = re.compile(r"(?:,|;| và| &| /) ?$")


def _with_a_dot(match: re.Match[str], page: Page) -> str | None:
    """Lúc 7.30, 7.30-11.30 sáng: an hour behind a word for hours or before a part of the day; else a decimal."""
    joint = _ONE_MORE.search(page.source, max(0, match.start() - 6), match.start())
    one_more = joint is not None and page.ends.get(joint.start()) == "clock"
    if not (one_more or _AT_AN_HOUR.search(page.before(match.start())) or _OF_A_DAY.match(page.after(match.end()))):
        return None
    hours = [_clock("h".join(re.findall("[0-9]+", match[side])), page) for side in ("a", "b") if match[side]]
    told = len(hours) == 1 or _FROM_SAID.search(page.before(match.start(), 30))
    return f"{'' if told else 'từ '}{' đến '.join(hours)}"


_DOTTED = r"(?:[01]?[0-9]|2[0-4])\.(?:00|[1-5][05])"
_AT_ALL_HOURS = re.compile(
    r"(?<!\w)(?:trực(?! (?:tiếp|thuộc|tuyến))|phục vụ|hoạt động|mở cửa|gọi|gọi ngay|nộp|đăng ký|truy cập|tra cứu"
    r"|sự cố|dịch vụ|hỗ trợ|tiếp nhận|vận hành|giám sát|liên tục|hotline|đường dây nóng|tổng đài"
    r"|camera|cấp cứu|tư vấn|làm việc|túc trực|ứng trực|canh gác|bảo vệ|giờ|tuần tra|miễn phí|theo dõi)(?!\w)"
)


def _round_clock(match: re.Match[str], page: Page) -> str | None:
    """24/7 and 24/24: at all hours, unless the sentence names the 24th of July."""
    before = page.before(match.start())
    if DAY_SAID.search(before) or DAY_CUE.search(before) or page.after(match.end())[:3] in {"đến", "- 2", "- 3"}:
        return None
    near = re.split("[,;.] ", page.before(match.start(), 80).rstrip(" ,;:("))[-1]
    near = f"{near} {re.split('[,;.]', page.after(match.end()))[0]}"
    if match["of"] == "7" and not _AT_ALL_HOURS.search(near):
        page.unknown.append(match.group())
    return f"hai mươi tư trên {'bảy' if match['of'] == '7' else 'hai mươi tư'}"


CLOCKS: tuple[Rule, ...] = (
    rule("round_clock", rf"{FREE}24/(?P<of>24|7)(?![\w/-]|[.,][0-9])", _round_clock, needs="24/"),
    rule("clock", rf"{FREE}(?P<a>{_DOTTED})(?:{DASH}(?P<b>{_DOTTED}))?(?![\w/%]|[.,][0-9])", _with_a_dot,
         needs=r"\.(?:00|[1-5][05])"),
    rule("minutes", rf"{FREE}(?P<m>[0-9]{{1,3}})'\s?(?P<s>[0-5]?[0-9])(?:\"|'')", _minutes, needs="[0-9]'"),
    rule("clock_range", rf"{FREE}(?:(?P<c1>{_CLOCK})|(?P<h1>[01]?[0-9]|2[0-4]))(?:{DASH}|\s?~\s?)(?P<c2>{_CLOCK})"
         rf"(?![\w/]|:[0-9])", _clock_range,
         needs="[-–—−~]"),
    rule("clock_range", rf"{FREE}(?P<a>{_G}|(?:[01]?[0-9]|2[0-4]))(?:{DASH}|\s?~\s?|\s(?:đến|tới)\s)"
         rf"(?P<b>{_G})(?![\w/])",
         _range_of_the_south, needs="[0-9] ?g"),
    rule("clock", rf"{FREE}(?P<clock>{_CLOCK})(?:\s?/\s?|\s?[–-]\s?(?=[0-9]{{1,2}}/))(?P<d>{DAY})"
         rf"(?P<sep>[/.-])(?P<m>{MONTH})(?:(?P=sep)(?P<y>{YEAR}))?{DAY_END}", _clock_and_date, needs="[/–-]"),
    rule("clock", rf"(?<![\w.,])(?:(?<!-)|(?<=[^\W\d_]-))(?<![0-9]:){_CLOCK}(?!\w|:[0-9])", _one_clock, needs="[0-9]"),
    rule("clock", rf"{FREE}(?P<h>[01]?[0-9]|2[0-4])g(?![\w/])", _hour_of_the_south, needs="[0-9]g"),
    rule("clock", rf"{FREE}(?P<h>[01]?[0-9]|2[0-4]) giờ 00(?: phút)?(?![\w:/]|[.,][0-9])", _whole_hour,
         needs="giờ 00"),
)  # fmt: skip
