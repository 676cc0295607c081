"""When: the hours, windows, days and weekdays of a sentence about airing, and which order each of them is of.

Days that open a clause and stand right before a verb or a count belong to it; an hour and its day ("18 giờ ngày
04/3") are one. Where a sentence goes on to days of another order, what was said before is closed.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from scheduler.core.dispatch.terms import Term
from scheduler.core.dispatch.walking import COUNTS, HOURS, SCOPES, Walking
from scheduler.core.dispatch.when import hour_in

__all__ = ["Timing"]

_BESIDE_A_PART = frozenset(["phát", "thanh", "là", "thống", "nhất", "giữ", "nguyên", "vẫn", "lúc", "vào"])
"""Words that may stand between a part of the day and its hour."""
_FEAST = frozenset({"ý nghĩa", "nghĩa", "chào mừng", "mừng", "thắng"})
"""Behind one of these a day is the name of a feast."""
_NUMBER, _LATE = re.compile(r"\d+"), re.compile(r"\b(?:chiều|tối|đêm)\b")
_PART_OF_DAY = re.compile(r"\b(?:sáng|trưa|chiều|tối|đêm)\b")
_EARLIEST = 4
"""An hour that early right behind "mỗi ngày" is a length."""


class Timing(Walking):
    """Reads the terms of when."""

    def _hour(self, term: Term) -> None:
        before = self.terms[self.i - 1] if self.i else None
        if (
            before is not None
            and before.kind == "daily"
            and term.text[0].isdigit()
            and int(term.value.at[:2]) < _EARLIEST
        ):
            self.left.append(term)  # "mỗi ngày 01 giờ" is as long, not at that hour
            return
        if before is not None and before.kind == "most":
            self.left.append(term)  # "không quá 20 giờ" is the end of a day, or so many hours
            return
        at = term.value.at
        if self.now.moment or self._is_of_a_second_period():
            self._next(term)
        if self.part is not None and self._stands_beside(self.part, term):
            hour = hour_in(int(at[:2]), self.part.value.part)
            if hour is None:
                self.left.append(term)
                return
            at = f"{hour:02}:{at[3:]}"
            if self.part.value.part in self.now.parts:
                self.now.parts.remove(self.part.value.part)
            self.part = None
        if not self._take(term):
            return
        self.now.kept |= {number for number in (term.value.n, term.value.upper) if number}
        self._ask_of_hours_before(term, at)
        self.now.at.append(at)
        self.now.since["at"] = term

    def _ask_of_hours_before(self, term: Term, at: str) -> None:
        """In "7 giờ và 8 giờ tối" both may be of the evening."""
        number = _NUMBER.search(term.text)
        shown = int(number[0]) if number and _LATE.search(term.text) else 0
        parted = any(_PART_OF_DAY.search(one.text) for one in self.terms[: self.i])
        if shown < int(at[:2]) and any(int(one[:2]) < shown for one in self.now.at) and not parted:
            self.left.append(term)

    def _is_of_a_second_period(self) -> bool:
        """Whether "6h00 từ 05/3 đến 10/3 và 17h30 từ 11/3 đến 20/3" goes on with the hours of another period."""
        at, period = self.now.since.get("at"), self.now.since.get("period")
        if not (at and period and at.end <= period.start and self.now.first and self.now.last):
            return False
        for one in self.terms[self.i + 1 :]:
            if one.kind == "period":
                return bool(one.value.first and one.value.last and one.value.first > self.now.last)
            if one.kind not in HOURS and one.text not in {",", "và", "vào", "lúc"}:
                return False
        return False

    def _window(self, term: Term) -> None:
        if self.now.moment:
            self._next(term)
        if self.part is not None and self._stands_beside(self.part, term):
            self.now.parts.remove(self.part.value.part)
            self.part = None
        if not self._take(term):
            return
        self.now.windows.append(f"{term.value.at}-{term.value.until}")
        self.now.since["at"] = term

    def _stands_beside(self, part: Term, term: Term) -> bool:
        """Whether only days stand between a part of the day and its hour: "tối thứ Bảy lúc 19h30"."""
        between = self.text[part.end : term.start]
        for other in self.terms:
            if part.end <= other.start and other.end <= term.start and other.kind in SCOPES | {"near_day"}:
                between = between.replace(self.text[other.start : other.end], "")
        return set(re.findall(r"\w+", between.lower())) <= _BESIDE_A_PART and not set(between) & set(";.")

    def _part(self, term: Term) -> None:
        self.part = None
        if self._is_refused():
            self.left.append(term)  # "không phát buổi tối": a part of the day has no hours that could be left out
            return
        if not self._take(term):
            return
        self.part = term
        if term.value.part not in self.now.parts:
            self.now.parts.append(term.value.part)
            self.now.since["parts"] = term

    def _is_refused(self) -> bool:
        """Whether a "no" stands right before: "không phát vào các buổi tối"."""
        before = next((one for one in self.terms[: self.i][::-1] if one.text not in {"vào", "các", "trong"}), None)
        return before is not None and before.kind in {"silent", "except"}

    def _scope(self, term: Term) -> None:
        """Days: of the order that is being read, or of the next one where they open it."""
        if "also" in self.flags:
            self.flags.discard("also")
            self.now.weekdays |= set(term.value.weekdays) if self.now.weekdays else set()
            self.aside.append((term.start, term.end))
            return
        if self._is_no_scope(term) or self._names_a_feast(term):
            return
        named = self._date_named() if len(term.value.weekdays) == 1 else None
        if named is not None:
            self.aside.append((term.start, term.end))
            if named.weekday() not in term.value.weekdays:
                self.left.append(term)
            return
        if (term.kind == "weekdays" and self._is_of_the_same_part()) or self._is_one_more_day(term):
            self._take(term)
            self._put(term)
            return
        opens = self.boundary and self._opens_an_order()
        if self.now.orders and (opens or self._holds_already(term)):
            self._next(term)
        if opens and not self.now.orders:
            self.now.leads = True
        beside = self.terms[self.i - 1] if self.i else None
        if not self._take(term):
            return
        self._put(term)
        if (
            beside is not None
            and beside.kind in {"hour", "window"}
            and (term.kind == "days" or (term.kind == "weekdays" and self._next_hour_has_its_day()))
        ):
            self.now.moment = True

    def _is_one_more_day(self, term: Term) -> bool:
        """Whether it is the second of "hôm nay 03/3 và ngày mai 04/3", with no hour of its own right behind it."""
        before = self.terms[max(0, self.i - 2) : self.i]
        joined = len(before) == 2 and before[0].kind == "days" and before[1].text == "và"  # noqa: PLR2004
        return term.kind == "days" and joined and not self._opens_an_order()

    def _days_a_week(self, term: Term) -> None:
        """How many days a week says nothing more than as many weekdays that are named; else it is asked."""
        self.week = term

    def _settle_week(self) -> None:
        """Check "02 ngày/tuần (thứ Ba, thứ Năm)" once all weekdays are known."""
        if self.week is None:
            return
        named = {day for one in self.made for day in one.weekdays}
        if len(named) == self.week.value.n and not self.forbidden.excepted.weekdays:
            self.made[0].kept.add(self.week.value.n)
        else:
            self.left.append(self.week)

    def _names_a_feast(self, term: Term) -> bool:
        """Whether a day only names what is told: "về ý nghĩa ngày 30/4"."""
        named = self.zone == "topic" and term.kind == "days" and self.terms[self.i - 1].text in _FEAST
        if named:
            self.aside.append((term.start, term.end))
        return named

    def _is_no_scope(self, term: Term) -> bool:
        """Whether days are only expected, or a phase names a topic; days before it without a count are asked about."""
        if self.i and self.terms[self.i - 1].text == "dự kiến":
            self.left.append(term)
            return True
        if term.kind != "phase":
            return False
        if not self.boundary and term.text.startswith(("đợt", "giai đoạn")):
            self.aside.append((term.start, term.end))  # "bài tuyên truyền đợt hai"
            return True
        if self.now.scoped and not self.now.orders:
            self.left.append(term)  # "trong 3 ngày đầu, sau đó": the days before it have no count
        return False

    _weekdays = _period = _days = _for_days = _rest = _phase = _scope

    def _near_day(self, term: Term) -> None:
        """The days in the brackets of "tuần này (07/3/2026)" are meant; elsewhere it is asked which it means."""
        following = self.terms[self.i + 1 : self.i + 3]
        if len(following) == 2 and following[0].text == "(" and following[1].kind in {"days", "period"}:  # noqa: PLR2004
            self.aside.append((term.start, term.end))
        elif term.text.endswith("này") and self._days_ahead_are_of(term.text):
            self.usual = False
            self.aside.append((term.start, term.end))
        else:
            self.left.append(term)
            self._put_near_day(term)

    def _put_near_day(self, term: Term) -> None:
        """Propose the day that "sáng mai lúc 6h15" means on the day of the dispatch, where an hour stands beside it."""
        day = self.issued and _near(term.text, self.issued)
        before, after = self.terms[: self.i][-1:], self.terms[self.i + 1 : self.i + 2]
        leads, follows = _is_hour(after), _is_hour(before)
        if not day or not (leads or follows) or self._is_of_a_thing(term) or self.zone == "foreign":
            return
        if leads and (self.now.at or self.now.dates or self.now.first or self.now.weekdays):
            if [day] == self.now.dates:
                return
            self._next(term)
        self.now.dates.append(day)
        self.now.kept.add(int(day[-2:]))
        self.now.since["days"] = term
        self.now.moment = follows and not leads

    def _days_ahead_are_of(self, named: str) -> bool:
        """Whether the period behind "tháng này" is written out, and lies in the month, or the week, of the dispatch."""
        for term in self.terms[self.i + 1 :]:
            if term.text == ";":
                return False
            if term.kind in {"period", "days"} and self.issued:
                days = [*term.value.dates, *filter(None, (term.value.first, term.value.last))]
                kind = "%G-%V" if named.endswith("tuần này") else "%Y-%m" if named.endswith("tháng này") else ""
                return bool(kind) and {f"{date.fromisoformat(day):{kind}}" for day in days} == {f"{self.issued:{kind}}"}
        return False

    def _is_of_the_same_part(self) -> bool:
        """Whether "tối thứ Ba và tối thứ Sáu" goes on with the same part of the day, before any hour."""
        before = self.terms[self.i - 1] if self.i else None
        earlier = [one for one in self.terms[: max(0, self.i - 1)] if one.kind == "part"]
        return (
            before is not None
            and before.kind == "part"
            and bool(self.now.weekdays)
            and not (self.now.at or self.now.windows)
            and any(one.value.part == before.value.part and one.start >= self.now.start for one in earlier)
        )

    def _next_hour_has_its_day(self) -> bool:
        """Whether "6h00 thứ Hai, 17h00 thứ Năm" goes on with an hour and its weekday right behind it."""
        following = self.terms[self.i + 1 :]
        at = next((n for n, one in enumerate(following) if one.kind in HOURS), None)
        if at is None or any(one.kind in COUNTS | {"verb"} for one in following[:at]):
            return False
        return at + 1 < len(following) and following[at + 1].kind == "weekdays"

    def _date_named(self) -> date | None:
        """The day whose name this weekday only is: "Chủ nhật 08/3", "thứ Năm, ngày 05/3", "từ ngày 05/3 (thứ Năm)"."""
        before, after = self.terms[max(0, self.i - 2) : self.i], self.terms[self.i + 1 : self.i + 4]
        if len(before) == 2 and before[1].text == "(":  # noqa: PLR2004 - a term and its bracket
            value = before[0].value
            days = value.dates or tuple(filter(None, (value.first, value.last)))
            return date.fromisoformat(days[-1]) if days else None
        following = next((one for one in after if one.kind != "near_day" and one.text not in {",", "("}), None)
        if following is not None and following.kind == "days" and len(following.value.dates) == 1:
            return date.fromisoformat(following.value.dates[0])
        return None

    def _put(self, term: Term) -> None:
        now, value = self.now, term.value
        match term.kind:
            case "weekdays":
                now.weekdays |= set(value.weekdays)
            case "days":
                now.dates.extend(value.dates)
                now.kept |= {int(day[-2:]) for day in value.dates} | {len(value.dates)}
            case "for_days":
                now.days = value.n
            case "rest":
                now.rest = True
            case "phase":
                now.sequel = (
                    now.sequel or term.text.startswith(("sau", "tiếp")) or term.text.endswith(("tiếp theo", "kế tiếp"))
                )
                self.aside.append((term.start, term.end))
            case _:
                self._put_period(term)
        now.since[term.kind] = term

    def _put_period(self, term: Term) -> None:
        first, last = term.value.first, term.value.last
        now = self.now
        if "tháng" in term.text and "," in term.text:
            now.kept |= set(map(int, _NUMBER.findall(term.text)))  # the months between: "các tháng 5, 6, 7"
        if "thứ" in term.text or "chủ" in term.text:  # the name of a day beside it, which says nothing more
            self.aside.append((term.start, term.end))
        if self._is_a_later_phase(term):
            now.more.append((first, last))  # type: ignore[arg-type]
            return
        if (first and now.first and first != now.first) or (last and now.last and last != now.last):
            self.left.append(term)
            return
        now.first, now.last = now.first or first, now.last or last

    def _is_a_later_phase(self, term: Term) -> bool:
        """Whether it is the period of a further phase, before anything says how often: "đợt 2 từ 20/4 đến 24/4"."""
        now, beside = self.now, self.terms[self.i - 1] if self.i else None
        ends = now.more[-1][1] if now.more else now.last
        named = self.phases is not None and beside is not None and beside.kind == "phase"
        return bool(named and not now.orders and ends and term.value.first and term.value.last) and (
            str(term.value.first) > str(ends)
        )

    def _holds_already(self, term: Term) -> bool:
        now = self.now
        held = {"weekdays": bool(now.weekdays), "days": bool(now.dates), "rest": now.rest or now.scoped, "phase": True}
        if term.kind == "period":
            return bool((now.first and term.value.first) or (now.last and term.value.last) or now.dates)
        return held.get(term.kind, False)

    def _opens_an_order(self) -> bool:
        """Whether a verb, a count, an hour or a colon follows right after the days."""
        for term in self.terms[self.i + 1 :]:
            if (
                term.kind in SCOPES
                or term.kind == "day_name"
                or (term.kind == "word" and term.text in {"vào", "thì", "và"})
                or term.kind == "opener"
            ):
                continue
            return term.kind in COUNTS | HOURS | {"verb", "moved", "daily", "rise", "each"} or term.text == ":"
        return False


def _is_hour(terms: Sequence[Term]) -> bool:
    return any(one.kind == "hour" for one in terms)


def _near(named: str, issued: date) -> str | None:
    """The day of "chiều nay" or "sáng mai" as the dispatch counts."""
    ahead = {"nay": 0, "mai": 1}.get(named.rsplit(maxsplit=1)[-1])
    return None if ahead is None else (issued + timedelta(days=ahead)).isoformat()
