"""How often and how long: the counts, lengths, shares and rises of a sentence about airing.

Words like "mỗi ngày", "mỗi buổi", "tối đa" and "thêm" say how the next number is meant. Of a range the lower number is
taken and that is asked; a number that nothing explains is left over.
"""

import re

from scheduler.core.dispatch.terms import Term
from scheduler.core.dispatch.walking import Walking

__all__ = ["Counting"]

_MINUTES_OF = {"phút": 1, "giờ": 60, "tiếng": 60}
_BESIDE = frozenset({"sau", "trước", "trong", "ngoài", "đầu", "cuối", "giữa"})
_FIGURE = re.compile(r"\d+\s*\([^()]*\)|\d+")


class Counting(Walking):
    """Reads the terms of how often."""

    def _counted(self, term: Term, name: str, number: int) -> None:
        period = {"per_day": "ngày", "per_week": "tuần"}[name]
        if "more" in self.flags:
            self.now.increase = True
            self._question("frequency_more", term, number=str(number), period=period)
            self._take(term)
            self.now.since["increase"] = term
            return
        if upper := term.value.upper:
            self._question("frequency_range", term, lower=str(number), upper=str(upper), period=period)
        if term.value.differs:
            self._question("frequency_words_differ", term, raw=_figure(self.text[term.start : term.end]))
        if "most" in self.flags:
            self.now.at_most = True
            self._question("frequency_at_most", term, raw=self._written(term))
            self.flags.discard("most")
        if "grow" in self.flags or "raised_to" in self.flags:
            self.now.increase = True
        self._set(name, number, term)

    def _count(self, term: Term) -> None:
        goes_on = self.boundary and self.now.scoped and self.now.per_day not in (None, term.value.n)
        if self.now.moment or goes_on:
            self._next(term)
        of_a_day = term.value.per == "ngày" or ("daily" in self.flags and "trong" in term.text)
        self._counted(term, "per_day" if of_a_day else "per_week", term.value.n)  # "mỗi ngày 2 lần trong tuần từ …"

    def _times(self, term: Term) -> None:
        number = term.value.n
        if self.part is not None and term.start - self.part.end <= len(" phát: "):
            self.now.parted.append((self.part.value.part, number))
            self.now.since["parts"] = term
            self.now.kept.add(number)
            self.now.parts.remove(self.part.value.part)
            self.part = None
            self._take(term)
        elif "each" in self.flags:
            self.now.plays = number
            self._take(term)
        elif "daily" in self.flags:
            self._counted(term, "per_day", number)
        elif "weekly" in self.flags:
            self._counted(term, "per_week", number)
        elif "grow" in self.flags and number > 1:
            raw = " ".join(self.text[self.terms[self.i - 1].start : term.end].split())
            self._question("frequency_times", term, raw=raw, number=str(number))
            self._set("factor", float(number), term)
        elif self.now.times is None or self.now.dates:
            if self.now.times is not None:
                self._next(term)  # "3 lần trong ngày 18/5 và 2 lần trong ngày 19/5"
            self.now.times = term
            self._take(term)
        else:
            self.left.append(term)

    def _parted(self, term: Term) -> None:
        """Of "một lần buổi sáng, một lần buổi chiều" the counts are of parts of the day; "thêm một lần" is asked."""
        if "more" in self.flags:
            self.left.append(term)
        self.now.parted.append((term.value.part, term.value.n))
        self.now.kept.add(term.value.n)
        self.now.since["parts"] = term
        self._take(term)

    def _half_hourly(self, term: Term) -> None:
        self._set("every_minutes", 30, term)

    def _plays(self, term: Term) -> None:
        self.now.plays = term.value.n
        self._take(term)

    def _every(self, term: Term) -> None:
        if term.text.startswith("cách") and (self.now.per_day or self.now.times):
            self.left.append(term)  # how far airings are apart
            return
        self._set("every_minutes", term.value.n * _MINUTES_OF[term.value.unit], term)

    def _hourly(self, term: Term) -> None:
        if self.now.every_minutes is None:
            self._set("every_minutes", 60, term)

    def _minutes(self, term: Term) -> None:
        if "most" in self.flags:
            self._set("max_minutes", term.value.n, term)
            self.flags -= {"each", "most"}
        elif "more" in self.flags:
            self.left.append(term)
        elif self.flags & {"each", "length"} or "session" in self.now.since:
            self._set("session_minutes", term.value.n, term)
            self._lower(term)
            self.flags.discard("each")  # in "mỗi lượt 10 phút, ngày 2 lần" the next count is none of each
        elif "daily" in self.flags:
            self._set("minutes_a_day", term.value.n, term)
            self._lower(term)
        else:
            self.left.append(term)

    def _how_long(self, term: Term) -> None:
        """How long each one lasts, "mỗi lượt kéo dài 08 phút"; of anything else it is left over."""
        if term.text.startswith("kéo dài") and term.text.endswith("phút") and self.flags & {"each", "length"}:
            self._minutes(term)
        else:
            self.left.append(term)

    def _session(self, term: Term) -> None:
        if "most" in self.flags:
            self._set("max_minutes", term.value.n, term)
            return
        self._set("session_minutes", term.value.n, term)
        self._lower(term)

    def _once(self, term: Term) -> None:
        if "most" in self.flags:
            self._set("max_minutes", term.value.n, term)
        elif "length" in self.flags:
            self._set("session_minutes", term.value.n, term)
        else:
            self._set("once", term.value.n, term)
        self._lower(term)

    def _minutes_a_day(self, term: Term) -> None:
        if "most" in self.flags:
            self.left.append(term)
        if "more" in self.flags:
            self.now.increase = True
            self.now.since["increase"] = term
            self._take(term)
            self._question("frequency_minutes_more", term, minutes=str(term.value.n))
            return
        self._set("minutes_a_day", term.value.n, term)
        self._lower(term)

    def _hours_a_day(self, term: Term) -> None:
        self._set("minutes_a_day", term.value.n * 60, term)

    def _lower(self, term: Term) -> None:
        if term.value.upper:
            before = self.terms[self.i - 1] if self.i else term
            start = before.start if before.kind in {"each", "length"} else term.start
            self._question("frequency_lower_taken", term, raw=" ".join(self.text[start : term.end].split()))

    def _share(self, term: Term) -> None:
        if self.flags & {"more", "grow"} and not term.value.upper:
            self.now.increase = True
            self._set("factor", 1 + term.value.share, term)
            return
        self._set("share", term.value.share, term)
        if term.value.upper:
            self._set("session_minutes", term.value.upper, term)

    def _factor(self, term: Term) -> None:
        self._set("factor", term.value.factor, term)
        self.now.increase |= "grow" in self.flags
        if term.value.upper:
            self._question("frequency_lower_taken", term, raw=self._written(term))

    _percent = _factor

    def _percent_more(self, term: Term) -> None:
        if self.flags & {"more", "grow", "rise"}:
            self._factor(term)
        else:
            self.left.append(term)

    def _rise(self, term: Term) -> None:
        self.now.increase = True
        self.now.since["increase"] = term
        self.now.end = max(self.now.end, term.end)
        self.flags.add("rise")
        self.zone, self.verb = "", True

    def _raised_to(self, term: Term) -> None:
        if "no_rise" in self.flags:
            self.left.append(term)
        self.flags.add("raised_to")
        if term.text.startswith("tăng"):
            self.now.increase = True

    def _raised_from(self, term: Term) -> None:
        self.aside.append((term.start, term.end))

    def _flag(self, term: Term) -> None:
        self.flags.add(term.kind)
        if term.kind in {"grow", "length"}:
            self.zone = ""
        if term.kind == "grow" and term.text.endswith("thêm"):
            self.flags.add("more")

    _daily = _weekly = _each = _most = _more = _grow = _length = _flag

    def _each_text(self, term: Term) -> None:
        """Of "mỗi bản tin 04 lượt/ngày" the count is of each text; "mỗi bản tin 5 phút" only says how long it is."""
        if self.i and self.terms[self.i - 1].text in _BESIDE:
            self.flags.add("each")  # "sau mỗi bản tin" is a place in the programme
            return
        between = {"word", "verb", "most", "least", "length", "phrase"}
        following = next((one.kind for one in self.terms[self.i + 1 :] if one.kind not in between), "")
        if following in {"minutes", "session", "once", "how_long"}:
            self.flags.add("each")
        else:
            self.flags.add("each_text")
            self.last_text = term

    def _no_rise(self, term: Term) -> None:
        self.flags.add(term.kind)
        self.zone, self.verb = "", True


def _figure(raw: str) -> str:
    found = _FIGURE.search(raw)
    return found[0] if found else raw
