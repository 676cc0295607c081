"""What the terms of one sentence about airing say: drafts of orders, exceptions, and the words that nobody understood.

A walk from left to right. Each word is read by one rule, neutral, in a place where words are free (who airs, before the
verb; what is aired, after "về", "bài" …), or left over: what is left over, and what could belong to two things, is kept
with its place, for a person to decide. Nothing here knows of other sentences.
"""

import re
from collections.abc import Sequence
from datetime import date

from scheduler.core.dispatch.counting import Counting
from scheduler.core.dispatch.doubts import doubt
from scheduler.core.dispatch.model import Doubt, Excerpt
from scheduler.core.dispatch.reported import Reported
from scheduler.core.dispatch.said import Read, Said
from scheduler.core.dispatch.terms import Term, terms_in
from scheduler.core.dispatch.timing import Timing
from scheduler.core.dispatch.told import BACK_TO_AIRING, Told, is_of, leading_label
from scheduler.core.dispatch.vocabulary import (
    BEFORE_A_VERB,
    CONDITIONS,
    DANGER,
    NEUTRAL,
    PUTS_OFF,
    REFUSES,
    TOPICS,
    VAGUE,
)
from scheduler.core.dispatch.walking import COUNTS, HOURS, LENGTHS, REPEATED, SCOPES

__all__ = ["read_clause"]

_LOOSE = (
    SCOPES
    | {"maybe", "how_long", "days_a_week", "some_days", "number_alone", "reported", "average", "quarter", "supply"}
    | HOURS
    | COUNTS
    | LENGTHS
    | {
        "each_text",
        "until_hour",
        "near_day",
        "except",
        "silent",
        "elsewhere",
        "no_rise",
        "most",
        "named_hours",
        "relay",
    }
)
_TOLD = COUNTS | LENGTHS | HOURS | SCOPES | {"rise", "raised_to"}
"""What a report lends no order."""
_OF_A_REASON = frozenset({"some_days", "how_long", "percent_more", "quarter", "average", "named_hours", "near_day"})
"""What says nothing of an order where it is only told why it is given: "Nhân dịp kỷ niệm 51 năm …, đề nghị Đài …"."""
_OPENS_BEHIND_A_STOP = frozenset(
    {"verb", "daily", "weekly", "hourly", "every", "each_text", "rise", "grow", "length", "share", "how_long"}
)
_STOPS_IN_PART = HOURS | {"place", "weekdays", "named_hours", "for_days", "some_days", "near_day", "rest", "phase"}
"""What an order to stop would have to hold beside its days: no act does."""
_DAYS = frozenset({"period", "days"})
_FINE_MARKS = frozenset("()\"“”'’‘«»[]*_|-+…/.")
_STRONG = re.compile(
    r"\bphát (?:thanh|sóng)|\bloa\b|truyền thanh|tiếp âm|tiếp sóng|thời lượng|\bphát\b|\bgiờ phát|\bbản tin\b"
)


def read_clause(text: str, start: int, end: int, issued: date | None, *, ordered: bool) -> Read:
    """Read one sentence of `text`; `ordered`: an order stands before it, which exceptions may belong to."""
    terms = [
        Term(one.kind, one.text, one.start + start, one.end + start, one.value)
        for one in terms_in(text[start:end], issued)
    ]
    return _Walk(text, start, end, terms, issued, ordered=ordered).read()


_OPENS_STILL = frozenset(
    {"và", "riêng", "còn", "vào", "từ", "trong", "tuần", "tuần lễ", "trong tuần lễ", "cao điểm", "đợt"}
)
"""Words that may stand between a comma and the days that open an order: "…, riêng tuần lễ cao điểm từ 20/6 …"."""
_NAME_A_TIME = ("giờ", "ngày", "buổi", "tuần", "lúc", "dịp", "hôm")
"""Behind one of these an unknown word says when: "khung giờ vàng"."""


class _Walk(Counting, Timing, Reported, Told):
    """Reads the words, and has the terms of how often and when read."""

    def read(self) -> Read:
        label = leading_label(self.terms)
        for i, term in enumerate(self.terms):
            self.i = i
            if i < label:
                self.aside.append((term.start, term.end))
            elif self.i in self.forbidden.stops:
                self.zone, self.verb = "stopped", True
                self.aside.append((term.start, term.end))
            elif self.i in self.forbidden.taken:
                self.boundary = False
                self.verb = self.verb or term.kind == "silent"
                if term.kind in {"silent", "except"}:
                    self.zone = "refused" if term in self.forbidden.left else ""
            else:
                self._step(term)
        self._close()
        self._settle_attached()
        self._settle_total()
        self._settle_week()
        self._settle_things()
        self._ask_how_often()
        stops = bool(self.forbidden.stops)
        said = [one for one in self.made if one.orders or (one.scoped and not stops)]
        if not self.verb:
            self.left += self.passed
        told = self._doubts(said)
        about = bool(_STRONG.search(self.text[self.start : self.end].lower())) or self.verb
        loose = self._has_value()
        forbids = (
            self.forbidden.past
            or bool(self.forbidden.excepted)
            or any(one.kind in {"silent", "except"} for one in self.forbidden.left)
        )
        verb = any(one.kind in {"verb", "spread", "relay"} for one in self.terms)
        return Read(
            said,
            self.forbidden.excepted,
            told,
            self.aside,
            about,
            stops,
            forbids,
            loose,
            verb,
            self.weighty,
            self.of_things,
        )

    def _ask_how_often(self) -> None:
        """Nobody has said how often, nor when: "Phát hằng ngày" and no more."""
        told = any(one.orders for one in self.made) or self.forbidden.excepted or self.forbidden.stops or self.ordered
        if told or not self.verb or self.doubts:
            return
        again = [one for one in self.terms if one.kind in REPEATED and (one.start, one.end) not in self.aside]
        self.left += again
        self.vague = self.vague or bool(again)

    def _step(self, term: Term) -> None:
        if term.kind == "mark":
            self._mark(term)
            return
        if self.i < self.preamble and term.kind in _OF_A_REASON:
            self.aside.append((term.start, term.end))
        elif self.zone == "refused" and term.kind in HOURS | SCOPES:
            self.left.append(term)  # what is not done then, in words that nobody understood
        elif term.kind == "word" and not (self.over and self.usual and term.text.isdigit()):
            self._word(term)
        elif (
            self.zone in {"foreign", "stopped"}
            and term.kind not in BACK_TO_AIRING
            and not term.text.startswith("thay ")
        ):
            if self.zone == "stopped" and (
                term.kind in _STOPS_IN_PART
                or (term.kind in _DAYS and any(one.kind in _DAYS for one in self.terms[: self.i]))
            ):
                self.left.append(term)
            self.aside.append((term.start, term.end))
        elif self.usual and (term.kind in _TOLD or (self.over and (term.kind == "relay" or term.text.isdigit()))):
            self.usual_used = self.told_usual = True
            self.aside.append((term.start, term.end))
        else:
            getattr(self, f"_{term.kind}", self._neutral)(term)
        if term.kind in COUNTS or term.kind == "once":
            self.strange = self.busy = self.seldom = self.of_its_own = False
        self.boundary = self.boundary and term.text.strip() in _OPENS_STILL

    def _mark(self, term: Term) -> None:
        if term.text in {",", ";", ":"}:
            self.boundary, self.advised = True, False
            self.flags -= (
                {"each", "most", "more", "no_rise", "length", "grow", "raised_to"} if term.text != ":" else {"each"}
            )
            if (self.usual_used and not self.over) or term.text != ",":
                self.usual = self.usual_used = False
            goes_on = self.zone == "topic" and (
                (term.text == "," and self._topic_goes_on()) or (term.text == ":" and self.strange)
            )
            ended = self.zone == "stopped" and self._orders_ahead()
            if term.text == ":" and self.zone == "subject":
                ended, self.passed = True, [] if self._is_headed() else self.passed
            ended = ended or (self.zone in {"topic", "foreign", "refused"} and not goes_on)
            self.zone = "" if ended else self.zone
            if self.i and self.i == self.preamble:
                self.zone = "subject"  # who asks for what the reason was told of
            if term.text == ":" and self.i and self.terms[self.i - 1].text == "nội dung":
                self.zone, self.strange = "topic", True
        elif term.text not in _FINE_MARKS:
            self.left.append(term)

    def _topic_goes_on(self) -> bool:
        """Whether behind a comma still stands what is told."""
        listed = self._next_is_topic() or self._next_is_listed_work() or self._next_is_more_of_it()
        return listed or self._is_bracketed() or self._goes_on_with_its_days()

    def _is_bracketed(self) -> bool:
        """Whether a bracket that was opened in the topic is open: "phát lời nhắc (dài 45 giây, tệp gửi kèm)"."""
        before = [one.text for one in self.terms[: self.i] if one.text in {"(", ")"}]
        return before[-1:] == ["("]

    def _is_headed(self) -> bool:
        """Whether what stands before a colon only names an airing: "Đợt cao điểm truyền thanh hưởng ứng …:"."""
        named = not (self.now.since or any(one.text in REFUSES for one in self.terms[: self.i]))
        return named and bool(_STRONG.search(self.text[self.start : self.terms[self.i].start].lower()))

    def _orders_ahead(self) -> bool:
        """Whether an order opens behind a stop: "ngừng phát bài cũ, mỗi ngày 03 lần bài mới", not "…, 3 lần/ngày"."""
        passed = SCOPES | {"word", "phrase", "opener"}
        first = next((one for one in self.terms[self.i + 1 :] if one.kind not in passed), None)
        return first is not None and first.kind in _OPENS_BEHIND_A_STOP

    def _word(self, term: Term) -> None:
        if term.text in NEUTRAL or (term.text in DANGER and self._is_why(term)):
            return
        digit = term.text[0].isdigit()
        if term.text in DANGER and self.zone not in {"foreign", "stopped"}:
            self.weighty = self.weighty or self.zone != "topic"
            self.vague = self.vague or (self.zone != "topic" and term.text in VAGUE)
            self.put_off = self.put_off or term.text in CONDITIONS
            self.left.append(term)
        elif digit and not (self._counts_a_thing(term) or self._is_a_year(term)):
            told = self.of_things and self.zone == "topic"
            if told or self.zone in {"foreign", "stopped"} or self._is_why(term):
                self.aside.append((term.start, term.end))
            else:
                self.left.append(term)
        elif digit or any(char.isdigit() for char in term.text):
            self.aside.append((term.start, term.end))
        elif self.zone in {"", "refused"}:
            before = self.terms[self.i - 1].text if self.i else ""
            self.vague = self.vague or before.endswith(_NAME_A_TIME)
            self.left.append(term)
        elif self.zone == "topic" and not is_of(TOPICS, term):
            self.strange = True
        elif self.zone == "subject" and self.i >= self.preamble and not is_of(BEFORE_A_VERB | TOPICS, term):
            self.passed.append(term)

    def _event(self, term: Term) -> None:
        """What is told so may have hours of its own; elsewhere it is a word like others."""
        if self.zone == "topic":
            self.strange = self.of_its_own = True
        else:
            self._word(term)

    def _genre(self, term: Term) -> None:
        """Behind the verb of airing it opens what is told, "phát quyết định …"; elsewhere it is a word like others."""
        if self.verb and not self.zone and not self.boundary:
            self.zone, self.strange = "topic", term.text.startswith(_DATED)
        elif not (is_of(NEUTRAL, term) or (self._is_named_before() and not term.text.startswith(_DATED))):
            self._word(term)

    def _is_named_before(self) -> bool:
        """Whether "lời" or "bài" stands before what is aired: "phát lời giới thiệu" has no hour of its own."""
        return self.zone == "topic" and self.terms[self.i - 1].text in {"lời", "bài", "bài viết", "bản tin"}

    def _neutral(self, term: Term) -> None:
        """A term that changes nothing by itself."""

    def _phrase(self, term: Term) -> None:
        if self.zone == "stopped" and term.text.startswith("thay"):
            self.zone = ""
        elif self.verb and not self.zone and term.text.startswith(("để ", "cho ")):
            self.zone = "topic"  # what it is done for
        self.aside.append((term.start, term.end))

    def _opener(self, term: Term) -> None:
        self.weighty = self.weighty or term.text in {"chỉ", "riêng"}
        if term.text == "kể cả":
            self.flags.add("also")
        elif term.text in {"nhưng", "song"} and self.i + 1 not in self.forbidden.taken:
            self.left.append(term)

    def _place(self, term: Term) -> None:
        airs = term.text.startswith("các ") and any(one.kind in BACK_TO_AIRING for one in self.terms[self.i + 1 :])
        why = self.i < self.preamble and not term.text.startswith(("riêng", "trừ"))
        of_a_thing = self.of_things and self.zone == "topic" and "loa" not in term.text
        if not (of_a_thing or (self.zone == "subject" and (airs or why))):
            self.left.append(term)

    def _relay(self, term: Term) -> None:
        self.left.append(term)

    def _reported(self, term: Term) -> None:
        """What somebody says or wishes is no order; what a bulletin is about may be a wish."""
        why = self.terms[: self.preamble] if self.i < self.preamble else ()
        if self.zone != "topic" and not (why and all(one.kind not in _TOLD | {"verb"} for one in why)):
            self.left.append(term)

    _apart = _maybe = _named_hours = _number_alone = _relay

    def _ends(self, term: Term) -> None:
        """The end that "đến ngày 15/3 thì dừng" has told already."""
        (self.aside.append((term.start, term.end)) if self.now.last else self.left.append(term))

    def _ordinal(self, term: Term) -> None:
        self.aside.append((term.start, term.end))

    def _slots(self, term: Term) -> None:
        self.slots = term

    def _phases(self, term: Term) -> None:
        self.phases = term

    def _nonstop(self, term: Term) -> None:
        self.nonstop = term
        if term.text.startswith("phát"):
            self._verb(term)

    def _verb(self, term: Term) -> None:
        if self.zone == "foreign" and not self.boundary:
            given = any(one.text in {"cho", "để"} for one in self.terms[: self.i])
            if given and any(one.kind in COUNTS | HOURS for one in self.terms[self.i + 1 :]):
                self.left.append(term)  # "gửi bài cho Đài phát 02 lần/ngày"
                self.verb = self.vague = True
            return
        before = self.terms[self.i - 1] if self.i else None
        if before and before.kind == "word" and not self._may_stand_before(before):
            self.left.append(before)
            self.put_off = self.put_off or before.text in PUTS_OFF
        self._ask_of_days_before()
        self.zone, self.verb = "", True
        self.strange = self.busy = self.seldom = self.of_its_own = False
        self.passed.clear()

    def _moved(self, term: Term) -> None:
        """In "riêng Chủ nhật lùi sang 6h30" an hour of other days, not a second one of the same."""
        if self.now.orders or not self.now.weekdays:
            self.left.append(term)
        else:
            self.zone, self.verb = "", True

    def _may_stand_before(self, word: Term) -> bool:
        name = self.text[word.start].isupper() and word is not self.terms[0]
        return name or word.text in NEUTRAL or word.text in BEFORE_A_VERB

    def _ask(self, _term: Term) -> None:
        self.zone, self.verb = "subject", False
        self.usual, self.over = self.usual and not (self.over or self._asks_anew()), False

    def _spread(self, term: Term) -> None:
        """In "Đài tuyên truyền Luật Căn cước" what is aired stands right behind the verb."""
        self._verb(term)
        self.zone = "topic"

    def _reduce(self, term: Term) -> None:
        self._verb(term)
        self.flags.add("reduce")

    def _lowered_to(self, term: Term) -> None:
        if "reduce" not in self.flags and not (self.i and self.terms[self.i - 1].text == "chỉ"):
            self.left.append(term)

    def _has_value(self) -> bool:
        """Whether it says how often, when or where, or has a "no": a mere wish or report does not."""
        return any(term.kind in _LOOSE and term.kind != "reported" for term in self.terms)

    def _doubts(self, said: Sequence[Said]) -> list[Doubt]:
        """What was asked on the way; words left over, where the sentence says anything that could be wrong."""
        says = (
            bool(said or self.forbidden.excepted or self.doubts)
            or any(
                term.kind in _LOOSE and (term.kind != "reported" or self.weighty or self._has_value())
                for term in self.left
            )
            or self.forbidden.stops
            or (self.put_off and self.verb)
            or (self.verb and (self.vague or (self.ordered and self.weighty)))
        )
        if self.left and says:
            left = sorted({(one.start, one.end) for one in self.left})
            raw = " … ".join(" ".join(self.text[a:b].split()) for a, b in _joined(left, self.text))
            where = Excerpt(raw, left[0][0], left[-1][1])
            return [*self.doubts, doubt("frequency", reason="frequency_left", excerpt=where, raw=raw)]
        return list(self.doubts)


_DATED = ("mời", "tuyển", "chiêu sinh", "cuộc", "phát động", "phong trào", "tường thuật")
"""What is told so may have a day or an hour of its own."""


def _joined(spans: Sequence[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """Words that stand side by side as one."""
    made: list[tuple[int, int]] = []
    for start, end in spans:
        if made and not text[made[-1][1] : start].strip():
            made[-1] = (made[-1][0], end)
        else:
            made.append((start, end))
    return made
