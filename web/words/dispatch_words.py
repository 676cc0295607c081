"""What the reader of dispatches found, in an officer's words: fields, orders about airing, doubts.

The reader tells its doubts in English for logs and `--json`; here each becomes one Vietnamese sentence that says what
to look at. A doubt this table does not know is still shown, with its own words. It decides nothing.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scheduler.core.dispatch.doubts import TOLD, written_day
from scheduler.core.dispatch.duty_list import DutyState
from scheduler.core.dispatch.gathering import COUNTS
from scheduler.core.dispatch.model import ActKind, Channel
from scheduler.core.dispatch.order_sentence import excepted_words, in_words, order_of, unsaid
from scheduler.core.words.wording import REASONS, sentence
from scheduler.kernel.words import Words

__all__ = [
    "ACTS",
    "CHANNELS",
    "DUTY_STATES",
    "FIELDS",
    "URGENCIES",
    "doubt",
    "order_sentence",
    "order_words",
    "short_weekdays",
]

FIELDS = Words(Path(__file__).parent, "dispatch_fields", str)
"""Field of a dispatch -> its name on the page, in the order of the form."""
CHANNELS = Words(Path(__file__).parent, "channels", Channel)
DUTY_STATES = Words(Path(__file__).parent, "duty_states", DutyState)
ACTS = Words(Path(__file__).parent, "dispatch_acts", ActKind)
URGENCIES = Words(Path(__file__).parent, "urgencies", str)
_WEEKDAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")
_PERIODS = Words(Path(__file__).parent, "count_periods", str)

_DOUBTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), told)
    for pattern, told in (
        (r"frequency: an increase is ordered without a number.*", "frequency_without_number"),
        (
            r"frequency: (\d+) more a (\w+) than usual is ordered.*",
            "Công văn yêu cầu phát thêm {0} lượt mỗi {1}; hãy ghi tổng số lượt ở đợt phát.",
        ),
        (
            r"frequency: (\d+) to (\d+) a (\w+) is ordered.*",
            "Công văn ghi {0}–{1} lượt mỗi {2}; đang lấy số nhỏ hơn.",
        ),
        (
            r"frequency: airing is ordered to stop.*",
            "Công văn yêu cầu dừng phát; hãy kiểm tra đợt phát liên quan.",
        ),
        (
            r"replaces: dispatch (.+?) is replaced.*",
            "Văn bản này thay thế {0}; hãy dừng đợt phát của văn bản cũ.",
        ),
        (r"symbol: none.*", "symbol_missing"),
        (r"number: (none|the place).*", "number_missing"),
        (r"number: (\S+) was read as (\S+); .*", "Số “{0}” được đọc là {1}; hãy kiểm tra."),
        (r"date: (none|the place).*", "date_missing"),
        (r"date: (.+) is no day of the calendar.*", "Ngày “{0}” không có thật; hãy sửa lại."),
        (r"issuer: none.*|issuer: no office.*", "issuer_missing"),
        (r"subject: none.*", "subject_missing"),
        (r"addressees: .*", "addressees_missing"),
        (r"messages: the sms text has no diacritics.*", "Nội dung tin nhắn không có dấu; hãy viết dấu trước khi đọc."),
        (
            r"messages: [\"“](.+)[\"”] has no closing quotation mark.*",
            "Đoạn trích “{0}” không có dấu đóng ngoặc; hãy kiểm tra đoạn này hết ở đâu.",
        ),
    )
)
"""What a warning looks like -> the reason whose sentence it is, or its own words."""


def _pattern_of(told: str) -> re.Pattern[str]:
    """What a line of the reader's log looks like, whatever its gaps hold."""
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(told)), re.DOTALL)


_TOLD = tuple((reason, _pattern_of(told)) for reason, told in TOLD.items() if reason in REASONS)


def doubt(warning: str) -> str:
    """One Vietnamese sentence for a warning of the reader, as it stands in the rows of an older dispatch."""
    for reason, shape in _TOLD:
        if found := shape.fullmatch(warning):
            return sentence(reason, {name: _PERIODS.get(part, part) for name, part in found.groupdict().items()})
    for pattern, told in _DOUBTS:
        if found := pattern.fullmatch(warning):
            if told in REASONS:
                return sentence(told)
            return told.format(*(_PERIODS.get(part or "", part) for part in found.groups()))
    return f"Có chỗ cần xem lại trong công văn ({warning})."


def short_weekdays(days: Sequence[int]) -> str:
    """Weekdays in short: "T2–T6", "T7, CN", "hằng ngày"."""
    chosen = sorted(set(days))
    if len(chosen) == len(_WEEKDAYS):
        return "hằng ngày"
    run = len(chosen) > 2 and chosen == list(range(chosen[0], chosen[-1] + 1))  # noqa: PLR2004 - two days are a list
    if run:
        return f"{_WEEKDAYS[chosen[0]]}–{_WEEKDAYS[chosen[-1]]}"
    return ", ".join(_WEEKDAYS[day] for day in chosen)


def order_words(order: Mapping[str, Any]) -> str:
    """One order about airing as read, in words: "tăng ×3, 05:30-06:30, từ 30/12/2020 đến 15/01/2021"."""
    told = [
        f"tăng gấp {order['factor']:g} lần".replace(".", ",") if order.get("factor") else "",
        f"{order['per_day']} lượt/ngày" if order.get("per_day") else "",
        f"{order['per_week']} lượt/tuần" if order.get("per_week") else "",
        f"cứ {order['every_minutes']} phút một lượt" if order.get("every_minutes") else "",
        f"mỗi buổi {order['session_minutes']} phút" if order.get("session_minutes") else "",
        f"{order['minutes_a_day']} phút/ngày" if order.get("minutes_a_day") else "",
        f"{order['share'] * 100:g} % thời lượng buổi phát".replace(".", ",") if order.get("share") else "",
        f"trong {order['days']} ngày" if order.get("days") else "",
        f"lúc {', '.join(order['at'])}" if order.get("at") else "",
        f"buổi phát {', '.join(order['windows'])}" if order.get("windows") else "",
        short_weekdays(order["weekdays"]) if order.get("weekdays") else "",
        f"từ {written_day(order['start'])}" if order.get("start") else "",
        f"đến {written_day(order['end'])}" if order.get("end") else "",
        f"chỉ các ngày {', '.join(map(written_day, order['dates']))}" if order.get("dates") else "",
        f"mỗi buổi không quá {order['max_minutes']} phút" if order.get("max_minutes") else "",
        *excepted_words(order_of(order)),
    ]
    if order.get("each_text"):
        told.insert(0, "mỗi bản tin")
    counted = any(order.get(name) for name in COUNTS)
    if order.get("increase") and not counted:
        told.insert(0, "tăng thời lượng, chưa có con số")
    return ", ".join(part for part in told if part) or "có nói đến việc phát, chưa rõ số lượt"


def order_sentence(order: Mapping[str, Any]) -> str:
    """One sentence made of the values alone, and what they leave unsaid; it stands beside the quoted words."""
    read = order_of(order)
    return "; ".join((in_words(read), *unsaid(read)))
