"""An order about airing as one Vietnamese sentence made of its values, and what it leaves unsaid.

Beside the words of a dispatch it shows what was understood: who reads both sees what is missing. Reading the sentence
again gives the same order. It reads nothing and asks nothing; exceptions are written in capitals.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from scheduler.core.dispatch.doubts import written_day
from scheduler.core.dispatch.model import FrequencyOrder

__all__ = ["excepted_words", "in_words", "order_of", "parts_in_words", "unsaid"]

_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_MOST_NAMED = 4
"""More weekdays than these are told by those that are left out."""
_WEEK = 7


def order_of(said: Mapping[str, Any]) -> FrequencyOrder:
    """The order of a reading's JSON; one that was kept before it had exceptions has none."""
    known = {one.name for one in fields(FrequencyOrder)}
    values: dict[str, Any] = {"quote": ""}
    values |= {
        name: tuple(value) if isinstance(value, list) else value for name, value in said.items() if name in known
    }
    return FrequencyOrder(**values)


def parts_in_words(order: FrequencyOrder) -> tuple[str, ...]:
    """Each value of the order in words of its own, in the order of the sentence."""
    said = (*_how_often(order), *_how_long(order), *_at(order))
    if order.each_text and said:
        said = (f"mỗi bản tin {said[0]}", *said[1:])
    return (*said, *_on(order), *excepted_words(order))


def in_words(order: FrequencyOrder) -> str:
    """The order as "phát mỗi ngày 2 lượt, lúc 6 giờ 15, từ ngày 05/03/2026, KHÔNG phát Chủ nhật"."""
    parts = parts_in_words(order)
    return "phát " + ", ".join(parts) if parts else "phát"


def unsaid(order: FrequencyOrder) -> tuple[str, ...]:
    """What the order does not say and somebody has to."""
    counts = (order.factor, order.per_day, order.per_week, order.every_minutes, order.minutes_a_day, order.share)
    days = order.start or order.end or order.dates or order.days
    return tuple(
        told
        for told, said in (
            ("chưa nói phát mấy lượt", any(counts) or order.at),
            ("chưa nói giờ phát", order.at or order.windows or order.every_minutes),
            ("chưa nói từ ngày nào đến ngày nào", days),
        )
        if not said
    )


def _how_often(order: FrequencyOrder) -> list[str]:
    most = "tối đa " if order.at_most else ""
    factor = f"{order.factor:g}".replace(".", ",") if order.factor else ""
    told = (
        ("tăng thời lượng phát thanh", order.increase),
        (f"gấp {factor} lần", order.factor),
        (f"mỗi ngày {most}{order.per_day} lượt", order.per_day),
        (f"{'' if order.per_day else most}{order.per_week} lượt/tuần", order.per_week),
        (f"cứ {order.every_minutes} phút một lần", order.every_minutes),
        (f"{order.minutes_a_day} phút/ngày", order.minutes_a_day),
        (f"dành {round((order.share or 0) * 100)}% thời lượng phát thanh", order.share),
    )
    return [words for words, said in told if said]


def _how_long(order: FrequencyOrder) -> list[str]:
    told = (
        (f"mỗi lần {order.session_minutes} phút", order.session_minutes),
        (f"mỗi lần không quá {order.max_minutes} phút", order.max_minutes),
    )
    return [words for words, said in told if said]


def _at(order: FrequencyOrder) -> list[str]:
    told = []
    if order.parts:
        told.append(_listed([f"buổi {part}" for part in order.parts]))
    if order.at:
        told.append("lúc " + _listed([_hour(at) for at in order.at]))
    if order.windows:
        told.append(_listed([_window(window) for window in order.windows]))
    return told


def _on(order: FrequencyOrder) -> list[str]:
    told = []
    if 0 < len(order.weekdays) <= _MOST_NAMED:
        told.append("các ngày " + _listed([_WEEKDAYS[day] for day in order.weekdays]))
    if order.days:
        told.append(f"liên tục trong {order.days} ngày")
    if order.dates:
        told.append("các ngày " + _listed([written_day(day) for day in order.dates]))
    if order.start and order.start == order.end:
        told.append(f"ngày {written_day(order.start)}")
    else:
        first = f"từ ngày {written_day(order.start)}" if order.start else ""
        last = f"đến ngày {written_day(order.end)}" if order.end else ""
        told.append(f"{first} {last}".strip())
    return [one for one in told if one]


def excepted_words(order: FrequencyOrder) -> list[str]:
    """What is not aired, each in words of its own."""
    told = []
    if len(order.weekdays) > _MOST_NAMED and len(order.weekdays) < _WEEK:
        left_out = [_WEEKDAYS[day] for day in range(_WEEK) if day not in order.weekdays]
        told.append("KHÔNG phát " + _listed(left_out))
    if order.except_days:
        days = [written_day(day) for day in order.except_days]
        told.append(f"KHÔNG phát {'ngày' if len(days) == 1 else 'các ngày'} {_listed(days)}")
    if order.except_windows:
        told.append("KHÔNG phát " + _listed([_window(window) for window in order.except_windows]))
    if order.not_before or order.not_after:
        before = f"trước {_hour(order.not_before)}" if order.not_before else ""
        after = f"sau {_hour(order.not_after)}" if order.not_after else ""
        told.append("KHÔNG phát " + " và ".join(filter(None, (before, after))))
    return told


def _listed(words: Sequence[str]) -> str:
    return " và ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _hour(at: str) -> str:
    hour, minute = at.split(":")
    return f"{int(hour)} giờ" + ("" if minute == "00" else f" {minute}")


def _window(window: str) -> str:
    start, end = window.split("-")
    return f"từ {_hour(start)} đến {_hour(end)}"
