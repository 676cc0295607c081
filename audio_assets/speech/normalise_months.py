"""Months, quarters and rounds of a year: "3/2026", "T10/2026", "quý 2/2026", "đợt 1/2026".

A month is said with "tháng" and "năm" exactly once each: what the writer already wrote is not said again.
"""

import re

from audio_assets.speech.normalise_numbers import say_int, say_month
from audio_assets.speech.normalise_rule import AFTER, DASH, Page, Rule, rule

DAY = r"(?:0?[1-9]|[12][0-9]|3[01])"
MONTH = r"(?:0?[1-9]|1[0-2])"
YEAR = r"(?:1[89]|20|21)[0-9]{2}"
FREE = r"(?<![\w/.,-])(?<![0-9]:)"
DAY_END = r"(?![\w/]|[.,:-][0-9])"


def month_said(written: str, page: Page) -> str:
    """April is "tư"."""
    return say_month(int(written), page.style)


def _month_year(match: re.Match[str], page: Page) -> str | None:
    before = page.before(match.start(), 30)
    if re.search(
        r"(?:số|tỷ lệ|tỉ lệ|bản đồ|quy hoạch|quý|kỳ|đợt|lần|khóa|kỳ họp|quyết định|nghị định|thông tư|nghị quyết|luật"
        r"|chỉ thị)\W{0,2}$",
        before,
    ):
        return None
    year = say_int(int(match["y"]), page.style)
    last = f"{month_said(match['m'], page)} năm {year}"
    told = re.search(r"tháng\W{0,2}$", before) is not None
    if match["m1"]:
        first = month_said(match["m1"], page)
        return f"{first} đến tháng {last}" if told else f"từ tháng {first} đến tháng {last}"
    return last if told else f"tháng {last}"


def _months_of_years(match: re.Match[str], page: Page) -> str:
    """3/2026-5/2026: two months, each with its year."""
    first, last = (
        f"{month_said(match[m], page)} năm {say_int(int(match[y]), page.style)}" for m, y in (("m1", "y1"), ("m", "y"))
    )
    told = re.search(r"tháng\W{0,2}$", page.before(match.start(), 30))
    return f"{'' if told else 'từ tháng '}{first} đến tháng {last}"


def _short_month(match: re.Match[str], page: Page) -> str:
    year = f" năm {say_int(int(match['y']), page.style)}" if match["y"] else ""
    return f"tháng {month_said(match['m'], page)}{year}"


def _month_of_a_short_year(match: re.Match[str], page: Page) -> str:
    """T12/25: a month of 2025; "T4/26" may be a Wednesday and a day, and is asked about unless it is told."""
    told = int(match["m"]) not in range(2, 8) or _IN_TURN.search(page.before(match.start()))
    if not told and not re.match(r"\s?[-–]\s?T[0-9]", page.source[match.end() : match.end() + 5]):
        page.unknown.append(match.group())
    return f"tháng {month_said(match['m'], page)} năm {say_int(2000 + int(match['y']), page.style)}"


_IN_TURN = re.compile(
    r"(?:(?<!\w)t[0-9]{1,2}/[0-9]{2}\s?[-–]\s?|(?<![^\W\d])(?:tiền điện|tiền nước|lương|nợ|cước|phí"
    r"|hóa đơn|hoá đơn|kỳ)\W{0,2})$"
)
_BILLED = re.compile(r"(?<![^\W\d])(?:tiền điện|tiền nước|tiền nhà|lương|nợ|cước|phí|hóa đơn|hoá đơn)\W{0,2}$")


def _billed_month(match: re.Match[str], page: Page) -> str | None:
    """The "T10" of "tiền điện T10"; elsewhere it may be a weekday or the name of a thing."""
    return f"tháng {month_said(match['m'], page)}" if _BILLED.search(page.before(match.start())) else None


_ROUND = re.compile(
    r"(?<!\w)(?:tuần|đợt|lần|kỳ|kì|vòng|khóa|khoá|phiên|giai đoạn|học kỳ|học kì|lứa|số báo|bản tin số)\W{0,2}$"
)


def _round_of_year(match: re.Match[str], page: Page) -> str | None:
    """đợt 1/2026: the first round of the year, not January."""
    if not _ROUND.search(page.before(match.start())):
        return None
    return f"{say_int(int(match['n']), page.style)} năm {say_int(int(match['y']), page.style)}"


def _quarter_year(match: re.Match[str], page: Page) -> str:
    first = f"{say_int(int(match['first']), page.style)} đến quý " if match["first"] else ""
    return f"{first}{say_int(int(match['n']), page.style)} năm {say_int(int(match['y']), page.style)}"


def _short_quarter(match: re.Match[str], page: Page) -> str:
    """Q1/2025, QIV/2025."""
    number = {"I": 1, "II": 2, "III": 3, "IV": 4}.get(match["n"]) or int(match["n"])
    return f"quý {say_int(number, page.style)} năm {say_int(int(match['y']), page.style)}"


ROUNDS: tuple[Rule, ...] = (
    rule("round", rf"{FREE}(?P<n>[1-9][0-9]?)/(?P<y>{YEAR}){DAY_END}", _round_of_year, needs="[0-9]/"),
)  # fmt: skip
"""Before the rules for days."""
MONTHS: tuple[Rule, ...] = (
    rule("month", rf"(?<![\w])T\.?(?P<m>{MONTH})(?:[/.-](?P<y>{YEAR})){AFTER}", _short_month, needs=r"T\.?[0-9]"),
    rule("month", rf"(?<![\w/])T(?P<m>{MONTH})/(?P<y>2[4-9]|3[0-5])(?![\w/]|[.,][0-9])", _month_of_a_short_year,
         needs="T[0-9]+/"),
    rule("month", r"(?<![\w])[Tt](?P<m>0?1|0[2-9]|[89]|1[0-3])(?![\w/-]|[.,][0-9])", _billed_month, needs="[Tt][0-9]"),
    rule("month", rf"(?i)(?<=tháng )(?P<m>{MONTH})/(?P<y>2[4-9]|3[0-5]){DAY_END}",
         lambda match, page: f"{month_said(match['m'], page)} năm {say_int(2000 + int(match['y']), page.style)}",
         needs="tháng "),
    rule("month", rf"{FREE}(?P<m1>{MONTH})/(?P<y1>{YEAR}){DASH}(?P<m>{MONTH})/(?P<y>{YEAR}){DAY_END}", _months_of_years,
         needs="[0-9]/"),
    rule("month", rf"{FREE}(?:(?P<m1>{MONTH}){DASH})?(?P<m>{MONTH})\s?[/.-]\s?"
         rf"(?P<y>{YEAR}){DAY_END}", _month_year, needs="[0-9]"),
    rule("quarter", rf"(?i)(?<=quý )(?:(?P<first>[1-4])\s?[-–]\s?)?(?P<n>[1-4])\s?[/-]\s?(?P<y>{YEAR}){DAY_END}",
         _quarter_year, needs="[0-9]"),
)  # fmt: skip
"""Behind the rules for days with a year, before those for days without."""
QUARTERS: tuple[Rule, ...] = (
    rule("quarter", rf"(?<![\w])Q\.?\s?(?P<n>[1-4]|I{{1,3}}|IV)\s?[/-]\s?(?P<y>{YEAR}){DAY_END}", _short_quarter,
         needs="Q"),
)  # fmt: skip
"""Before the word list, which knows "Q." as other things."""
