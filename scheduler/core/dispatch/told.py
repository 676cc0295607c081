"""What is told, not ordered: topics behind the verb of airing, and other work with days and hours of its own.

In a topic every word may stand; what says when or how often behind it may be the thing's own, and that is asked.
"""

import re

from scheduler.core.dispatch.terms import Term
from scheduler.core.dispatch.vocabulary import DONE_ONCE, MEASURES, NAMES_A_NUMBER, TOPICS
from scheduler.core.dispatch.walking import COUNTS, Walking

__all__ = ["BACK_TO_AIRING", "Told"]

BACK_TO_AIRING = frozenset({"verb", "spread", "ask", "on_air"})
"""What ends a stretch about other work."""
_ATTACHED = re.compile(r"\(?\s*(?:kèm theo|đính kèm|gửi kèm)")
_HOLDS_HOURS = frozenset({"lịch", "kế hoạch", "giờ", "biểu", "lục", "khung"})
"""What is attached so may say when to air."""
_OF_THINGS = re.compile(rf"\s*{MEASURES}\b")


def is_of(words: frozenset[str], term: Term) -> bool:
    """Whether each word of a term is one of these."""
    return all(word in words for word in term.text.split())


class Told(Walking):
    """Reads the terms of what is aired and of what others do."""

    def _next_is_topic(self) -> bool:
        """Whether a list of topics goes on: "về an ninh, trật tự"."""
        following = self.terms[self.i + 1] if self.i + 1 < len(self.terms) else None
        return following is not None and following.kind == "word" and following.text in TOPICS

    def _for_text(self, term: Term) -> None:
        """In "đối với bài tuyên truyền phòng cháy, phát …" the order is of that text."""
        self.aside.append((term.start, term.end))
        self.now.for_text = not term.text.endswith(("này", "trên"))
        self.zone = "topic"

    def _other(self, term: Term) -> None:
        named = self.verb and not self.zone and not self.boundary and not self.now.since
        if self.zone == "topic" or named:  # "truyền thanh lễ khai mạc": it is what is aired
            self.zone, self.strange = "topic", True
            self.busy, self.seldom = term.text not in DONE_ONCE, term.text in DONE_ONCE
        else:
            self.zone = "foreign"

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

    def _topic(self, term: Term) -> None:
        if self.zone != "subject" or self.verb:
            self.zone = "topic"
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
