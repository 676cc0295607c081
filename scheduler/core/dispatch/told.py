"""What is told, not ordered: topics behind the verb of airing, and other work with days and hours of its own.

In a topic every word may stand; what says when or how often behind it may be the thing's own, and that is asked.
"""

from scheduler.core.dispatch.terms import Term
from scheduler.core.dispatch.vocabulary import TOPICS
from scheduler.core.dispatch.walking import COUNTS, Walking

__all__ = ["BACK_TO_AIRING", "Told"]

BACK_TO_AIRING = frozenset({"verb", "spread", "ask", "on_air"})
"""What ends a stretch about other work."""


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

    def _other(self, _term: Term) -> None:
        named = self.verb and not self.zone and not self.boundary and not self.now.since
        if self.zone == "topic" or named:  # "truyền thanh lễ khai mạc": it is what is aired
            self.zone, self.strange, self.busy = "topic", True, True
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

    def _topic(self, _term: Term) -> None:
        if self.zone != "subject" or self.verb:
            self.zone = "topic"
