"""The state of one way through the terms of a sentence, shared by those who read counts, hours and days.

What is being said now, what was said before it, what is left over or asked about, and in which zone the way is: before
the verb, in a topic, in other work, or where every word has to be known. It reads no term by itself.
"""

import re
from collections.abc import Sequence
from datetime import date

from scheduler.core.dispatch.doubts import doubt
from scheduler.core.dispatch.excepted import excepted_in
from scheduler.core.dispatch.model import Doubt, Excerpt
from scheduler.core.dispatch.said import Said
from scheduler.core.dispatch.terms import Term
from scheduler.core.dispatch.vocabulary import HARD

__all__ = ["COUNTS", "HOURS", "LENGTHS", "REPEATED", "SCOPES", "Walking"]

SCOPES = frozenset({"weekdays", "period", "days", "for_days", "rest", "phase"})
HOURS = frozenset({"hour", "window", "before", "after", "part"})
COUNTS = frozenset(
    {"count", "times", "parted", "plays", "every", "hourly", "half_hourly", "minutes_a_day", "hours_a_day"}
)
LENGTHS = frozenset({"minutes", "session", "once", "share", "factor", "percent", "percent_more"})
_EVENTS = frozenset({"cử", "lễ", "hội"})
"""The last word of what has a day of its own."""
REPEATED = frozenset({"daily", "weekly"})
"""Kinds of terms."""


class Walking:
    """One way through the terms of a sentence."""

    def __init__(
        self, text: str, start: int, end: int, terms: Sequence[Term], issued: date | None, *, ordered: bool
    ) -> None:
        self.text, self.start, self.end, self.terms, self.issued = text, start, end, terms, issued
        self.now = Said(start)
        self.made: list[Said] = []
        self.left: list[Term] = []
        self.doubts: list[Doubt] = []
        self.aside: list[tuple[int, int]] = []
        self.zone = "subject"
        self.strange = self.busy = self.seldom = False
        """The topic may have days and hours of its own; it is done so many times a day; so many times a week."""
        self.of_its_own = False
        """It is a thing that has days of its own: a meeting, a power cut."""
        self.of_things: list[Doubt] = []
        """Questions about days and hours that may be those of such a thing."""
        self.advised = False
        """It is advised what to do, which may be so many times a day: "bài khuyến cáo nhỏ mắt 03 lần/ngày"."""
        self.boundary, self.usual, self.usual_used, self.over = True, False, False, False
        """…; what is told was aired on days that are over, however many commas follow."""
        self.told_usual = False
        self.flags: set[str] = set()
        self.part: Term | None = None
        self.total: Term | None = None
        """Where it says how many times in all, before hours with days of their own."""
        self.week: Term | None = None
        """Where it says on how many days a week."""
        self.phases: Term | None = None
        """Where it says how many phases follow: "trong hai đợt: đợt 1 …, đợt 2 …"."""
        self.slots: Term | None = None
        """Where it says how many hours follow: "trong 2 khung giờ: 6h00 và 17h00"."""
        self.nonstop: Term | None = None
        """Where it says "liên tục" and has not said how often."""
        self.preamble = _preamble(terms)
        self.attached: list[Term] = []
        """Where it says that the text to be aired is attached."""
        self.last_text: Term | None = None
        """Where it says that what it counts is counted for each text."""
        self.verb = False
        self.passed: list[Term] = []
        """Words before any verb, which name who airs, if a verb follows."""
        self.put_off = False
        """A word before the verb of airing puts it off."""
        self.ordered, self.weighty, self.vague = ordered, False, False
        """An order stands before; outside a topic stands a word that may turn it round, or that says how often."""
        self.forbidden = excepted_in(terms, ordered=ordered)
        self.left.extend(self.forbidden.left)
        self.i = 0

    def _is_why(self, term: Term) -> bool:
        """Whether a word stands where it is told why something is asked for, "Nhằm hạn chế tai nạn, đề nghị Đài …"."""
        return self.i < self.preamble and term.text not in HARD

    def _set(self, name: str, value: float, term: Term) -> None:
        kept = getattr(self.now, name)
        self._take(term)
        if kept not in (None, value) and "raised_to" not in self.flags:
            self._question("frequency_two_counts", term, first=_plain(kept), second=_plain(value))
            return
        setattr(self.now, name, value)
        self.now.since[name] = term

    def _take(self, term: Term) -> bool:
        """Whether the words are the order's; days and hours that may be those of what is told are asked about.

        A whole period may well be of both, "đọc trên loa việc treo cờ từ 29/4 đến 02/5", and is kept to be asked about.
        """
        self.now.end = max(self.now.end, term.end)
        advised = self.advised and self.strange and self.zone == "topic" and term.kind in COUNTS
        of_a_thing = (
            self.busy
            or advised
            or self._is_in_a_reason()
            or (self.seldom and term.value.per == "tuần")
            or self._is_of_a_thing(term)
        )
        if of_a_thing:
            self._question("frequency_scope", term, raw=self._written(term))
        if of_a_thing and self._tells_a_thing_of_days() and term.kind in HOURS | SCOPES:
            self.of_things.append(self.doubts[-1])  # what follows may still tell of it: "ngày 15/6 tại hội trường"
        elif self.zone in {"topic", "foreign"}:
            self.zone = ""
        whole = bool(term.value.first and term.value.last) and not self._is_in_a_reason()
        return whole or not (of_a_thing and term.kind in HOURS | SCOPES)

    def _tells_a_thing_of_days(self) -> bool:
        """Whether what is being told has days and hours of its own."""
        return self.zone == "topic" and self.strange and self.of_its_own and not self._is_in_a_reason()

    def _is_in_a_reason(self) -> bool:
        """Whether it is told why something is asked for: "Nhằm phục vụ lễ hội ngày 07/3, đề nghị Đài phát …"."""
        return self.i < self.preamble and _PURPOSE.match(self.terms[0].text) is not None

    def _is_of_a_thing(self, term: Term) -> bool:
        """Whether days or hours may be those of what is told: "tuyên truyền bầu cử ngày 15/3"."""
        event = self.zone == "topic" and term.kind == "days" and self.terms[self.i - 1].text in _EVENTS
        if term.kind not in HOURS | SCOPES | {"factor"} or term.text.startswith(("từ nay", "kể từ nay")):
            return False
        return self.strange or event

    def _next(self, term: Term) -> None:
        """What was said so far is an order of its own. "… và sáng Chủ nhật lúc 6h00": the part goes with its day."""
        part = self.part if self.part is not None and not self.text[self.part.end : term.start].strip() else None
        if part is not None:
            self.now.parts.remove(part.value.part)
        self._close()
        self.now = Said(part.start if part else term.start)
        if part is not None:
            self.now.parts.append(part.value.part)
            self.now.since["parts"] = part
        self.flags -= {"daily", "weekly", "each", "each_text", "length", "rise", "grow", "raised_to"}

    def _close(self) -> None:
        now = self.now
        if now.times is not None:
            self._settle_times(now)
        if now.once:
            name = "session_minutes" if now.per_day or now.per_week else "every_minutes"
            if getattr(now, name) is None:
                setattr(now, name, now.once)
            now.once = None
        self._settle_plays(now)
        self._settle_parts(now)
        if self.nonstop and not (now.counts or now.at or now.windows):
            self.left.append(self.nonstop)
            self.vague = True
        if self.slots and self.slots.value.n != len(now.at) + len(now.windows):
            self.left.append(self.slots)
        elif self.slots:
            now.kept.add(self.slots.value.n)
        self.nonstop = self.slots = None
        if self.phases and self.phases.value.n == len(now.more) + 1:
            now.kept.add(self.phases.value.n)
        elif self.phases:
            self.left.append(self.phases)
        self.phases = None
        now.each_text = "each_text" in self.flags and now.orders
        if "each_text" in self.flags and not now.orders and self.last_text:
            self.left.append(self.last_text)
        now.end = max(now.end, max((one.end for one in now.since.values()), default=now.start))
        self.made.append(now)

    def _settle_times(self, now: Said) -> None:
        term, now.times = now.times, None
        number = term.value.n if term else 0
        if now.every_minutes and number == 1:
            return
        days = len(now.dates) or (1 if now.weekdays or now.rest else 0)
        of_the_hours = not now.at or len(now.at) == number
        if now.per_day is None and not now.part_sum and days == 1 and of_the_hours and not term.value.upper:  # type: ignore[union-attr]
            now.per_day = number
        elif term is not None and now.at and len(now.dates) == 1 and number > len(now.at) and not self.total:
            self.total = term
        elif now.per_day != number and term is not None:
            self._question("frequency_unread", term, raw=self._written(term))

    def _settle_total(self) -> None:
        """Check "3 lần: 17h ngày 04/3, 6h và 17h ngày 05/3" once all hours are known."""
        if self.total is None:
            return
        self.made[0].kept.add(self.total.value.n)
        if sum(len(one.at) * len(one.dates) for one in self.made) != self.total.value.n:
            self._question("frequency_unread", self.total, raw=self._written(self.total))

    def _settle_parts(self, now: Said) -> None:
        where = now.since.get("parts")
        if now.parted and where:
            self._settle_parted(now, where)
        if now.at and _are_parts_of(now.at, now.parts) and not now.parted:
            now.parts = []
        if now.parts and where and now.per_day != len(now.parts) and len(now.parted) < 2:  # noqa: PLR2004
            self._question("frequency_part", where, raw=", ".join(now.parts))

    def _settle_parted(self, now: Said, where: Term) -> None:
        """Parts of the day with counts of their own: their sum is that of the day; uneven ones no campaign keeps."""
        if now.per_day is None:
            now.per_day = now.part_sum
        elif now.per_day != now.part_sum:
            self._question("frequency_two_counts", where, first=str(now.per_day), second=str(now.part_sum))
        named = list(dict.fromkeys(part for part, _ in now.parted))
        if now.windows or (now.at and _are_parts_of(now.at, named)):
            return  # their hours say more
        now.parts = list(dict.fromkeys((*now.parts, *named)))
        if len({number for _, number in now.parted}) > 1:
            told = ", ".join(f"{number} lượt buổi {part}" for part, number in now.parted)
            self._question("frequency_unkept", where, raw=told)

    def _settle_plays(self, now: Said) -> None:
        plays, now.plays = now.plays, None
        sessions = 0 if now.part_sum else now.per_day or len(now.at) or len(now.parts)
        if plays and sessions:
            now.kept |= {plays, sessions}
            now.per_day = plays * sessions
        elif plays and self.ordered and not (now.at or now.windows or now.scoped):
            now.plays = plays
        elif plays:
            where = next(iter(now.since.values()), self.terms[0])
            self._question("frequency_unread", where, raw=f"{plays} lượt mỗi buổi")

    def _written(self, term: Term) -> str:
        return " ".join(self.text[term.start : term.end].split())

    def _question(self, reason: str, term: Term, **details: str) -> None:
        where = Excerpt(self.text[term.start : term.end], term.start, term.end)
        self.doubts.append(doubt("frequency", reason=reason, excerpt=where, **details))


_WHY = re.compile(
    r"(?:hiện|theo|sau khi|để|nhằm|góp phần|phục vụ|nhân|thực|hưởng|chào|kỷ|căn|do|vì|qua|tiếp|phòng"
    r"|trước (?:tình hình|diễn biến|thực trạng|tình trạng|nguy cơ)"
    r"|chủ động|được)\b"
)
_PURPOSE = re.compile(
    r"(?:để|nhằm|góp phần|phục vụ|nhân|hưởng|chào|kỷ|do|vì|qua|theo"
    r"|trước (?:tình hình|diễn biến|thực trạng|tình trạng|nguy cơ))\b"
)


def _preamble(terms: Sequence[Term]) -> int:
    """How many terms only say why what follows their comma is asked for."""
    if not terms or not _WHY.match(terms[0].text):
        return 0
    asks = next((n for n, one in enumerate(terms) if one.kind == "ask"), 0)
    return next((n for n in range(asks, 0, -1) if terms[n].text == ","), 0)


_HOURS_OF = {
    "sáng": ("04:00", "10:59"),
    "trưa": ("10:30", "13:30"),
    "chiều": ("12:00", "18:59"),
    "tối": ("17:30", "22:59"),
}
"""Within these hours a part of the day adds nothing to an hour that is named."""


def _are_parts_of(hours: Sequence[str], parts: Sequence[str]) -> bool:
    """Whether each part has an hour of those named and each hour its part: "sáng, chiều … lúc 6h05 và 16h55"."""

    def lies(hour: str, part: str) -> bool:
        first, last = _HOURS_OF.get(part, ("", ""))
        return first <= hour <= last

    all_parts = all(any(lies(hour, part) for hour in hours) for part in parts)
    return bool(parts) and all_parts and all(any(lies(hour, part) for part in parts) for hour in hours)


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
