"""What is told, not ordered: topics behind the verb of airing, and other work with days and hours of its own.

In a topic every word may stand; what says when or how often behind it may be the thing's own, and that is asked.
"""

import re
from collections.abc import Sequence
from datetime import date

from scheduler.core.dispatch.said import Said
from scheduler.core.dispatch.terms import Term, terms_in
from scheduler.core.dispatch.things import CHANGES_A_THING
from scheduler.core.dispatch.vocabulary import DANGER, DONE_ONCE, MEASURES, NAMES_A_NUMBER, NEUTRAL, TOPICS
from scheduler.core.dispatch.walking import COUNTS, HOURS, LENGTHS, REPEATED, SCOPES, Walking

__all__ = ["BACK_TO_AIRING", "Told", "dates_an_airing", "is_of", "leading_label"]

BACK_TO_AIRING = frozenset({"verb", "spread", "ask", "on_air"})
"""What ends a stretch about other work."""
_ATTACHED = re.compile(r"\(?\s*(?:kèm theo|đính kèm|gửi kèm)")
_HOLDS_HOURS = frozenset({"lịch", "kế hoạch", "giờ", "biểu", "lục", "khung"})
"""What is attached so may say when to air."""
_YEAR = re.compile(r"20[1-4]\d")
_BEFORE_A_PERIOD = ([], *([word] for word in ("trong", "cả", "suốt", "từ", "đến", "hết", "đầu", "giữa", "cuối", "của")))
_NO_TOPIC = DANGER | {"linh", "lưu", "luân", "tự", "loa", "đài", "máy", "nhạc", "bài", "giờ", "buổi"}
"""What says how or by whom it is aired, also where it stands beside a topic: "linh hoạt", "luân phiên"."""
_PLAIN = frozenset({"này", "tới", "sau", "nay", "hết", "tại", "trên", "ở", "của", "trong", "là", "có", "tuần", "đầu"})
"""Words beside days and hours that tell of nothing."""
_LEADS_NO_CLAUSE = _PLAIN - {"là", "có", "hết"} | frozenset(
    {"nhằm", "theo", "căn", "thực", "khi", "nếu", "nhân", "qua", "phục", "góp", "cho", "và", "vào"}
    | {"trước", "đối", "với", "bằng", "dọc", "hằng", "hàng", "mỗi", "từ", "đến", "trở"}
)
"""What opens a place or a reason."""
_WHO_AIRS = ("giao ", "cán bộ", "công chức", "bộ phận", "đồng chí")
_HAPPENS = frozenset({"có", "mở", "diễn", "làm", "họp", "bắt", "khai", "là", "ra"})
"""Words with which something happens, also behind a place: "tại nhà văn hóa có văn nghệ"."""
_TELLS = frozenset({"word", "event", "season", "genre", "other"})
_STATION = frozenset({"đài", "loa", "truyền", "phát", "đọc"})
_IN_A_CLAUSE = frozenset({"word", "event", "season", "genre", "topic", "phrase", "place", "other"})
"""What may stand where a thing is told that has a day of its own."""
_OF_THINGS = re.compile(rf"\s*{MEASURES}\b")


def is_of(words: frozenset[str], term: Term) -> bool:
    """Whether each word of a term is one of these."""
    return all(word in words for word in term.text.split())


def _tells_a_thing(clause: Sequence[Term]) -> bool:
    """Whether words before a comma tell of a thing, and of no airing: "thứ Sáu trả lương hưu"."""
    run = [one for one in clause if one.kind not in HOURS | SCOPES]
    words = [word for one in run for word in one.text.split()]
    told = any(one.kind in _TELLS and not is_of(NEUTRAL | _PLAIN, one) for one in run)
    airs = " ".join(words).startswith(_WHO_AIRS)
    led = bool(words) and (airs or words[0] in _LEADS_NO_CLAUSE) and not _HAPPENS.intersection(words)
    return told and not led and all(one.kind in _IN_A_CLAUSE for one in run) and _STATION.isdisjoint(words)


def _clauses(terms: Sequence[Term]) -> list[list[Term]]:
    """The terms between commas, without what stands behind the last of them."""
    made: list[list[Term]] = [[]]
    for term in terms:
        if term.text in {",", "-", "nên"}:
            made.append([])
        else:
            made[-1].append(term)
    return made[:-1]


_FRAMES = frozenset({"trước", "sau", "trong"})
_LONGEST_LABEL = 9


def leading_label(terms: Sequence[Term]) -> int:
    """How many terms only name the days behind them: "Trước đại hội: từ 01/10/2026 đến 09/10/2026"."""
    if not terms or terms[0].text not in _FRAMES:
        return 0
    end = next((n for n, one in enumerate(terms[:_LONGEST_LABEL]) if one.text == ":"), 0)
    names = all(one.kind in {"word", "event"} and one.text not in DANGER | {"mắt"} for one in terms[1:end])
    behind = terms[end + 1 : end + 2]
    dated = bool(behind) and behind[0].kind == "period" and bool(behind[0].value.first and behind[0].value.last)
    return end if end > 1 and names and dated else 0


_OF_WHEN = (
    SCOPES | HOURS | COUNTS | LENGTHS | REPEATED
    | {"mark", "verb", "spread", "ask", "of_airing", "on_air", "length", "each", "most", "least", "phrase"}
    | {"except", "silent", "times"}
)  # fmt: skip
"""Kinds of terms in a sentence that says when to air what was told before it."""


def says_only_when(terms: Sequence[Term]) -> bool:
    """Whether terms say how often and when something is aired, and not what."""
    return all(one.kind in _OF_WHEN or is_of(NEUTRAL | {"được"}, one) for one in terms)


def _is_dated(said: Said) -> bool:
    """Whether an order has its first and its last day, or each of its days."""
    return said.orders and bool(said.dates or (said.first and said.last))


def dates_an_airing(sentence: str, issued: date | None, said: Sequence[Said]) -> bool:
    """Whether a sentence gives what was told before it its days of airing: "Phát 02 lần/ngày từ 22/01 đến 24/01"."""
    return bool(said) and all(map(_is_dated, said)) and says_only_when(terms_in(sentence, issued))


class Told(Walking):
    """Reads the terms of what is aired and of what others do."""

    def _next_is_topic(self) -> bool:
        """Whether a list of topics goes on: "về an ninh, trật tự"."""
        following = self.terms[self.i + 1] if self.i + 1 < len(self.terms) else None
        return following is not None and following.kind == "word" and following.text in TOPICS

    def _goes_on_with_its_days(self) -> bool:
        """Whether a comma parts days, hours or places of a thing: "vào sáng thứ Hai, ngày 25/01", "tại tổ 5, 6"."""
        last = self.of_things[-1].excerpt if self.of_things else None
        since = [one for one in self.terms[: self.i] if last and one.start >= last.end]
        beside = last is not None and all(
            one.kind in HOURS | SCOPES | {"place"} or one.text.isdigit() or one.text in {",", "số"} for one in since
        )
        behind = self.terms[self.i + 1 : self.i + 2]
        return beside and any(one.kind in HOURS | {"days", "weekdays"} or one.text.isdigit() for one in behind)

    def _next_is_more_of_it(self) -> bool:
        """Whether plain words lead from a comma to how often: "về phương thức, thủ đoạn lừa đảo mỗi ngày 02 lần"."""
        following = self.terms[self.i + 1 :]
        end = next((n for n, one in enumerate(following) if one.kind != "word"), 0)
        plain = all(one.text[0].isalpha() and one.text not in _NO_TOPIC for one in following[:end])
        return end > 0 and plain and following[end].kind in COUNTS | REPEATED | {"topic"}

    def _is_a_year(self, term: Term) -> bool:
        """Whether a number in what is told is its year, "lịch gieo cấy vụ Xuân 2026"; "trong năm 2026" is a period."""
        before = [one.text for one in self.terms[max(0, self.i - 2) : self.i] if one.text != "năm"]
        return self.zone == "topic" and bool(_YEAR.fullmatch(term.text)) and before[-1:] not in _BEFORE_A_PERIOD

    def _next_is_listed_work(self) -> bool:
        """Whether what is told goes on with a work that is counted: "về kê khai, nộp thuế mỗi ngày 02 lần".

        Read as another's work, the count would be lost without a word.
        """
        following = self.terms[self.i + 1 :]
        end = next((n for n, one in enumerate(following) if one.kind in BACK_TO_AIRING or one.text == ";"), None)
        kinds = [one.kind for one in following[:end]]
        counted = COUNTS.union(REPEATED).intersection(kinds) or sum(kind in HOURS for kind in kinds) > 1
        return kinds[:1] == ["other"] and bool(counted)

    def _for_text(self, term: Term) -> None:
        """In "đối với bài tuyên truyền phòng cháy, phát …" the order is of that text."""
        self.aside.append((term.start, term.end))
        self.now.for_text = not term.text.endswith(("này", "trên"))
        self.zone = "topic"

    def _other(self, term: Term) -> None:
        named = self.verb and not self.zone and not self.boundary and not self.now.since
        if self.zone == "topic" or named:  # "truyền thanh lễ khai mạc": it is what is aired
            self.zone, self.strange, self.of_its_own = "topic", True, True
            self.busy, self.seldom = term.text not in DONE_ONCE, term.text in DONE_ONCE
        else:
            self._ask_of_its_days()
            self.zone = "foreign"

    def _before(self, term: Term) -> None:
        """An hour before, after or until which: in what is told that of a thing, else nobody can keep it."""
        if self._tells_a_thing_of_days():
            self._question("frequency_scope", term, raw=self._written(term))
            self.of_things.append(self.doubts[-1])
        else:
            self.left.append(term)

    _after = _until_hour = _some_days = _before

    def _settle_things(self) -> None:
        """In "thông báo họp ngày 5/3, phát lúc 17 giờ ngày 3/3" the airing has days of its own: nothing is unclear."""
        last = max((one.excerpt.end for one in self.of_things if one.excerpt), default=None)
        airs = next((n for n, one in enumerate(self.terms) if last and one.start >= last and one.kind == "verb"), 0)
        if not airs or self.terms[airs - 1].kind != "mark" or not says_only_when(self.terms[airs:]):
            return
        ordered = [one for one in self.made if one.orders or one.scoped]
        named = [one.since.get("period") or one.since.get("days") for one in ordered]
        if all(one and one.start > self.terms[airs].start for one in named) and all(map(_is_dated, ordered)):
            self.doubts = [one for one in self.doubts if one not in self.of_things]
            self.aside += [(one.excerpt.start, one.excerpt.end) for one in self.of_things if one.excerpt]
            self.of_things = []

    def _ask_of_its_days(self) -> None:
        """Days or hours right before another work, "thứ Năm cắt điện, Đài phát …", may be those of the work."""
        before = self.terms[self.i - 1] if self.i else None
        if before is not None and before.kind in HOURS | SCOPES and not self.verb and before.start >= self.now.start:
            self._question("frequency_scope", before, raw=self._written(before))

    def _ask_of_days_before(self) -> None:
        """Days or hours of a clause before the airing, "thứ Sáu trả lương hưu, Đài phát …", may be its own."""
        first = 1 + max((n for n in range(self.i) if self.terms[n].kind in {"verb", "spread"}), default=-1)
        alone: list[Term] = []
        for clause in _clauses(self.terms[first : self.i]):
            work = next((n for n, one in enumerate(clause) if one.kind == "other"), len(clause))
            named = [one for one in clause[:work] if one.kind in HOURS | SCOPES]
            when = named or alone
            if when and _tells_a_thing(clause):
                self._question("frequency_scope", when[0], raw=self._written(when[0]))
            alone = named if len(named) == len(clause) else []

    def _supply(self, term: Term) -> None:
        """Who writes a text or takes a call has days of his own; where it goes on to be aired, that is asked."""
        following = self.terms[self.i + 1 :]
        end = next((n for n, one in enumerate(following) if one.text in {",", ";", ":"}), len(following))
        inside = self.verb and not self.boundary  # "phát 02 lần/ngày cung cấp bài vào 6h00"
        if inside or any(one.kind in BACK_TO_AIRING | COUNTS for one in following[:end]):
            self.left.append(term)
        else:
            self._other(term)

    def _on_air(self, term: Term) -> None:
        """Behind "trên loa" the numbers are those of the airing, whatever is aired."""
        self.aside.append((term.start, term.end))
        if self.zone in {"topic", "foreign"}:
            self.zone, self.strange, self.busy = "topic", False, False

    def _of_airing(self, _term: Term) -> None:
        """Behind "thời gian phát:" stands when it is aired, whatever hours what is told has of its own."""
        self.zone, self.strange, self.busy, self.verb = "", False, False, True

    def _topic(self, term: Term) -> None:
        if self.zone != "subject" or self.verb:
            self.zone = "topic"
            if CHANGES_A_THING.match(term.text):
                self.strange = self.of_its_own = True
            self.advised = self.advised or term.text == "khuyến cáo"

    def _counts_a_thing(self, term: Term) -> bool:
        """Whether a number names something, "tổ 7", or counts what is no airing, "200 lao động"."""
        before = self.text[max(0, term.start - 30) : term.start].lower()
        return bool(NAMES_A_NUMBER.search(before) or _OF_THINGS.match(self.text.lower(), term.end))

    def _season(self, term: Term) -> None:
        """In "lễ hội" and "mưa bão" a thing that is told; outside what is told they may say when."""
        if self.zone in {"topic", "foreign", "stopped"}:
            self.strange = self.strange or self.zone == "topic"
        else:
            self.left.append(term)
            self.weighty = True

    def _elsewhere(self, term: Term) -> None:
        if _ATTACHED.match(term.text) and self._is_of_what_is_told():
            self.attached.append(term)
            return
        self._question("frequency_elsewhere", term, raw=term.text.strip("( "))

    def _is_of_what_is_told(self) -> bool:
        """Whether a text is attached, "bài viết (gửi kèm)", and no plan of hours."""
        before = next((one for one in self.terms[: self.i][::-1] if one.text not in {"(", "được", "có"}), None)
        content = before is not None and before.kind in {"topic", "genre", "word"}
        following = self.terms[self.i + 1 : self.i + 2]
        if any(one.text.startswith(("lịch", "giờ", "kế hoạch", "khung")) for one in following):
            return False
        return self.zone == "topic" and content and before.text not in _HOLDS_HOURS  # type: ignore[union-attr]

    def _settle_attached(self) -> None:
        """An attached text is no question where the sentence, or the list behind it, says when to air it."""
        if any(one.orders for one in self.made) or self.text[: self.end].endswith(":"):
            return
        for term in self.attached:
            self._question("frequency_elsewhere", term, raw=term.text.strip("( "))
