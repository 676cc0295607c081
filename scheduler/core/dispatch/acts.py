"""What a dispatch does to earlier orders: "dừng phát …" ends an airing, "thay thế công văn số …" takes its place.

Only what this dispatch itself orders: "không ngừng tuyên truyền", "nếu dừng phát" and what one law did to another are
no acts. Which campaign is meant is for the desk to find; an act airs and ends nothing by itself.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from scheduler.core.dispatch.model import ActKind, DispatchAct, Excerpt
from scheduler.core.dispatch.terms import terms_in
from scheduler.core.dispatch.text import fold, sentences_of, squeeze
from scheduler.core.dispatch.when import is_without_gap, periods_in

__all__ = ["acts_in", "stops_airing", "told_act"]

# "nội dung phát thanh" folds like "dừng phát thanh", so this one looks at the letters themselves.
_STOP = re.compile(
    r"\b(?:(?:tạm )?(?:dừng|ngừng|ngưng)|chấm dứt|thôi(?: không)?)(?: ngay| hẳn)?(?: việc| toàn bộ)?"
    r" (?:phát(?! (?:hiện|sinh|triển|hành|tờ|quà|tiền|khẩu trang))|tuyên truyền|tiếp âm|tiếp sóng|thông báo trên loa"
    r"|hoạt động(?: của)?(?: hệ thống)? (?:loa|đài))"
    r"|\bkhông (?:tiếp tục )?(?:phát|tuyên truyền)\b[^.;]{0,60}? nữa\b|\bkhông tiếp tục (?:phát|tiếp âm)\b"
)
_STOP_BARE = re.compile(
    r"\b(?<!noi )(?:tam dung|dung|ngung|cham dut) (?:viec )?(?:phat (?:thanh|song|loa|tren|ban tin)"
    r"|tuyen truyen|tiep am)"
)
_NO_STOP = re.compile(
    r"\b(?:không|chưa|tránh|nếu|khi|trường hợp|đã|bị|từng|khong|chua|tranh|neu|truong hop)"
    r"(?: (?:được|để|phải|bị|tự ý|có|duoc|de|phai|bi))?\s*$"
)
_REPLACES = re.compile(r"\b(?P<verb>thay the|thay cho|bai bo|huy bo|thu hoi)\b")
_ENDS = re.compile(r"\b(?:het hieu luc|khong con hieu luc|khong thuc hien nua)\b")
_DOCUMENT = (
    r"(?:so\s*:?\s*)?(?P<number>\d+[a-z]?(?:\s*/\s*(?:19|20)\d\d)?\s*/\s*[a-z][a-z0-9&.]*(?:\s*-\s*[a-z0-9&.]+)*)"
    r"(?:\s*,?\s*(?:ban hanh\s+)?ngay\s*(?P<d>\d{1,2})\s*(?:[/.-]|thang)\s*(?P<m>\d{1,2})\s*(?:[/.-]"
    r"|nam)\s*(?P<y>\d{4}))?"
)
_TARGET = re.compile(_DOCUMENT)
_BASIS = re.compile(r"\b(?:thuc hien|can cu|theo|tiep theo|xet)\s+(?:\S+\s+){0,4}$")
_LONGEST = 2000
_REACH = 160
"""A number further from its verb belongs to another matter."""


def stops_airing(text: str) -> re.Match[str] | None:
    """Where `text` orders to air something no more."""
    lowered = text.lower()
    pattern = _STOP_BARE if text.isascii() else _STOP
    for found in pattern.finditer(lowered):
        if not _NO_STOP.search(lowered[max(0, found.start() - 40) : found.start()]):
            return found
    return None


def acts_in(
    orders: str,
    paragraphs: Sequence[tuple[int, int]],
    issued: date | None,
    exceptions: Sequence[tuple[int, int]] = (),
) -> tuple[DispatchAct, ...]:
    """Every act of the body, in order, each target once. `exceptions`: sentences whose "no" is that of an order."""
    acts: dict[tuple[ActKind, str | None], DispatchAct] = {}
    for start, end in paragraphs:
        for a, b in sentences_of(orders, start, end):
            excepts = any(start < b and a < end for start, end in exceptions)
            stopped = () if excepts else _stopped(orders, a, b, issued)
            for act in (*_replaced(orders, a, b, issued), *stopped):
                acts.setdefault((act.kind, act.target), act)
    targets = {act.target for act in acts.values() if act.kind is ActKind.REPLACE}
    return tuple(act for act in acts.values() if act.kind is ActKind.REPLACE or act.target not in targets - {None})


def told_act(act: DispatchAct) -> str:
    """The act in English."""
    if act.target is None or (act.kind is ActKind.STOP and stops_airing(act.excerpt.value)):
        return "frequency: airing is ordered to stop; check the campaign it means"
    return f"replaces: dispatch {act.target} is replaced; stop its campaign"


def _stopped(text: str, start: int, end: int, issued: date | None) -> Iterator[DispatchAct]:
    found = stops_airing(text[start:end])
    if not found:
        return
    folded = fold(text[start:end])
    named = next(_TARGET.finditer(folded, found.start()), None)
    first, last = _days_of_stop(text[start:end][:_LONGEST], found, issued)
    yield DispatchAct(
        ActKind.STOP,
        _number(text[start:end], named) if named else None,
        _day(named) if named else None,
        _where(text, start, end),
        since=first,
        until=last,
    )


_STATION = r"thanh|sóng|trên|hệ thống|loa|đài|truyền thanh|các|xã|phường|thị trấn"
_OF_ALL = re.compile(
    rf"(?:\W|(?:{_STATION}|toàn bộ|tất cả|chương trình|nội dung|thông báo|bài|này|nêu|trong|vào|hai|ba)\b)*"
)
"""Words between a stop and its days with which no other thing is named."""
_STATION_STOPS = re.compile(rf"(?:\W|(?:{_STATION}|đề nghị|yêu cầu|giao|thì|sẽ|cho|kính|quý)\b)*")
"""The same between days and the stop behind them."""
_OPENS = re.compile(r"(?:^|[,;:])\W*(?:(?:trong|vào|từ|các|kể|riêng)\s+)*$")
_AIRS_AGAIN = re.compile(r"\b(?:và|,|;|để)\s+(?:\w+\s+)?(?:phát(?! thanh| sóng)|thay)\b")
"""Behind a stop, what is aired instead: its days are not those of the stop."""


def _days_of_stop(sentence: str, stop: re.Match[str], issued: date | None) -> tuple[str | None, str | None]:
    """The first and the last day without airing; None where the sentence names none, or days that leave a gap."""
    low = sentence.lower()
    instead = _AIRS_AGAIN.search(low, stop.end())
    end = instead.start() if instead else len(sentence)

    def is_of_the_stop(at: int, to: int) -> bool:
        """Whether days before the stop open a clause and stand right before it."""
        opens = _OPENS.search(low, 0, at) is not None
        return at >= stop.end() or (opens and _STATION_STOPS.fullmatch(low, to, stop.start()) is not None)

    period = next((one for one in periods_in(sentence[:end], issued) if is_of_the_stop(one.at, one.end)), None)
    if period:
        return period.first, period.last
    named = [
        one for one in terms_in(sentence[:end], issued) if one.kind == "days" and is_of_the_stop(one.start, one.end)
    ]
    if named and named[0].start > stop.end() and not _OF_ALL.fullmatch(low, stop.end(), named[0].start):
        return None, None  # the day of what was told: "dừng phát thông báo họp ngày 26/6"
    days = sorted({day for term in named for day in term.value.dates})
    return (days[0], days[-1]) if days and is_without_gap(days) else (None, None)


def _replaced(text: str, start: int, end: int, issued: date | None) -> Iterator[DispatchAct]:
    sentence = text[start:end]
    folded = fold(sentence)
    verb = _REPLACES.search(folded)
    ended = None if verb else _ENDS.search(folded)
    if verb and not _TARGET.search(folded, 0, verb.start()):
        named = list(_TARGET.finditer(folded, verb.end(), min(len(folded), verb.end() + 3 * _REACH)))
    elif ended:
        named = [m for m in _TARGET.finditer(folded, 0, ended.start()) if ended.start() - m.end() < _REACH]
    else:
        return
    kind = ActKind.REPLACE if verb and verb["verb"].startswith("thay") else ActKind.STOP
    period = next((p for p in periods_in(sentence[:_LONGEST], issued) if p.first), None)
    reached = verb.end() if verb else 0
    for one in named:
        if verb and (one.start() - reached > _REACH or _BASIS.search(folded[reached : one.start()])):
            return
        reached = one.end()
        where = _where(text, start, end)
        yield DispatchAct(kind, _number(sentence, one), _day(one), where, since=period.first if period else None)


def _where(text: str, start: int, end: int) -> Excerpt:
    return Excerpt(squeeze(text[start:end]).strip(" .;,"), start, end)


def _number(written: str, found: re.Match[str]) -> str:
    return "".join(written[slice(*found.span("number"))].split()).rstrip(".,-")


def _day(found: re.Match[str]) -> str | None:
    if not found["y"]:
        return None
    try:
        return date(int(found["y"]), int(found["m"]), int(found["d"])).isoformat()
    except ValueError:
        return None
