"""What was so until now: counts and days of the past, averages and quarters of a report, which are no order.

A report lends an order nothing. Where what it tells is to go on, or an average may be meant as an order, that is asked.
"""

import re

from scheduler.core.dispatch.said import Said
from scheduler.core.dispatch.terms import Term
from scheduler.core.dispatch.walking import Walking

__all__ = ["Reported"]


_TO_US = re.compile(r"(?:đài|loa|trạm|ban|bộ phận|cán bộ|công chức|trung tâm|các|ubnd|ủy|phát)\b")
_OUGHT = frozenset({"phải", "cần", "nên", "sẽ", "hãy"})


class Reported(Walking):
    """Reads the terms of what is told, not ordered."""

    def _usual(self, term: Term) -> None:
        """What was so until now; behind a rise it only says from what: "gấp đôi số lần hiện nay cho tới ngày 18/3"."""
        if self.now.increase or self.now.factor:
            return
        if self._is_over():
            self.aside.append((self.now.start, term.start))
            self.now, self.over = Said(term.end), True
        self.aside.append((term.start, term.end))
        self.usual, self.usual_used = True, False

    def _reached(self, term: Term) -> None:
        """In "trong tháng trước mới phát được 01 lần/ngày" a report; elsewhere "mới phát" may mean "only then"."""
        if self._is_over():
            self._usual(term)
        else:
            self.left.append(term)
            self.vague = True

    def _told(self, term: Term) -> None:
        """In "Tháng 02/2026 đài đã sản xuất 24 chương trình, phát 56 buổi" all is a report."""
        if self._is_over():
            self._usual(term)

    def _keeps(self, term: Term) -> None:
        """What was so until now is to go on: "đã phát 02 lần/ngày, tiếp tục phát" says how often in what it told."""
        if self.told_usual:
            self._question("frequency_left", term, raw=self._written(term))

    def _asks_anew(self) -> bool:
        """Whether what is so now only leads to what is asked for: "Hiện nay dịch lan rộng, đề nghị Đài phát …"."""
        before, following = self.terms[self.i - 1 : self.i], self.terms[self.i + 1 : self.i + 2]
        return any(one.kind == "mark" for one in before) or any(_TO_US.match(one.text) for one in following)

    def _is_over(self) -> bool:
        """Whether only days have been said, and all of them lie before the dispatch."""
        return bool(not self.now.orders and self.now.last and self.issued and self.now.last < self.issued.isoformat())

    def _now(self, _term: Term) -> None:
        self.usual = self.over = False

    def _average(self, term: Term) -> None:
        """Of "đã phát 120 lượt, bình quân 02 lần/ngày" the average is the report's; elsewhere nobody can tell."""
        ordered = any(one.kind in {"verb", "ask", "now"} or one.text in _OUGHT for one in self.terms[self.i + 1 :])
        if self.told_usual and not (ordered or self.now.scoped):
            self.aside.append((term.start, term.end))
        else:
            self.left.append(term)
            self.vague = True
        self.usual, self.usual_used = True, False

    def _quarter(self, term: Term) -> None:
        """A quarter of what is told; an order has none."""
        if self.usual:
            self.aside.append((term.start, term.end))
        else:
            self.left.append(term)
