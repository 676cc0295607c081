"""Patterns of the word list: the part of regular expressions that can never make a reader wait.

A pattern is taken apart before it is believed: it may hold characters, classes, groups, choices, look-around and
repetitions, and the most steps it could take at one place of a text are counted. `+`, `*` and `{2,}` repeat up to 30
times. What could take more than the limit, looks back at its own groups or can match nothing is refused.
"""

import re
from dataclasses import dataclass
from typing import Final

__all__ = ["LONGEST_REPEAT", "MOST_STEPS", "PatternFault", "safe_pattern"]

LONGEST_REPEAT: Final = 30
"""What an open repetition goes up to: longer than any number or word that is said."""
MOST_STEPS: Final = 1_500
"""Tries at one place of the text, however it is written."""
_MOST_DEEP: Final = 8
_GROUPS: Final = ("(?:", "(?=", "(?!", "(?<=", "(?<!", "(?P<", "(")
_LOOK: Final = ("(?=", "(?!", "(?<=", "(?<!")
_ESCAPED: Final = frozenset("dDwWsSbBnt")
_NOTHING_WIDE: Final = frozenset("bB")
_REPEAT: Final = re.compile(r"\{([0-9]{0,4})(,?)([0-9]{0,4})\}")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,30}>")
_SET_SIGNS: Final = ("[", "--", "&&", "~~", "||")
"""Signs that Python keeps for set arithmetic inside a class."""


class PatternFault(ValueError):  # noqa: N818 - a fault of what somebody typed
    """Why a pattern is not taken; `code` is a reason code."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a pattern as it is compiled, and the bounds of its matching at one place."""

    text: str
    ways: int = 1
    """Ends it may find."""
    steps: int = 1
    """Characters it may look at until it has found all of them."""
    least: int = 1
    """Characters of its shortest match."""


def _bounded(text: str, ways: int, steps: int, least: int) -> _Part:
    if max(ways, steps) > MOST_STEPS:
        raise PatternFault("lexicon_pattern_too_slow")
    return _Part(text, ways, steps, least)


def _then(first: _Part, second: _Part) -> _Part:
    steps = first.steps + first.ways * second.steps
    return _bounded(first.text + second.text, first.ways * second.ways, steps, first.least + second.least)


def _repeated(part: _Part, least: int, most: int, sign: str) -> _Part:
    if least > most:
        raise PatternFault("lexicon_bad_pattern")
    ways, steps, ends = 0, 0, 1
    for times in range(most + 1):
        ways += ends if times >= least else 0
        steps += ends * part.steps if times < most else 0
        ends *= part.ways
        if max(ways, steps) > MOST_STEPS:
            raise PatternFault("lexicon_pattern_too_slow")
    return _bounded(f"{part.text}{{{least},{most}}}{sign}", ways, max(1, steps), part.least * least)


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, written: str) -> None:
        self.written = written
        self.place = 0

    def next(self, *openings: str) -> str:
        """The first of `openings` that stands here, taken; or ''."""
        for opening in openings:
            if self.written.startswith(opening, self.place):
                self.place += len(opening)
                return opening
        return ""

    def take(self) -> str:
        if self.place >= len(self.written):
            raise PatternFault("lexicon_bad_pattern")
        self.place += 1
        return self.written[self.place - 1]

    def choices(self, depth: int = 0) -> _Part:
        if depth > _MOST_DEEP:
            raise PatternFault("lexicon_pattern_too_slow")
        found = self.sequence(depth)
        while self.next("|"):
            other = self.sequence(depth)
            ways, steps = found.ways + other.ways, found.steps + other.steps
            found = _bounded(f"{found.text}|{other.text}", ways, steps, min(found.least, other.least))
        return found

    def sequence(self, depth: int) -> _Part:
        found = _Part("", steps=0, least=0)
        while self.place < len(self.written) and self.written[self.place] not in "|)":
            found = _then(found, self.repetition(self.atom(depth)))
        return found

    def atom(self, depth: int) -> _Part:
        if opening := self.next(*_GROUPS):
            return self.group(opening, depth)
        sign = self.take()
        if sign == "[":
            return _Part(self.character_class())
        if sign == "\\":
            return self.escape()
        if sign in "*+?{}":
            raise PatternFault("lexicon_bad_pattern")
        return _Part(sign, least=0 if sign in "^$" else 1)

    def group(self, opening: str, depth: int) -> _Part:
        if opening == "(" and self.written.startswith("?", self.place):
            raise PatternFault("lexicon_pattern_not_allowed")
        if opening == "(?P<":
            name = _NAME.match(self.written, self.place)
            if name is None:
                raise PatternFault("lexicon_bad_pattern")
            self.place = name.end()
            opening += name.group()
        inner = self.choices(depth + 1)
        if not self.next(")"):
            raise PatternFault("lexicon_bad_pattern")
        text = f"{opening}{inner.text})"
        return _Part(text, 1, inner.steps, 0) if opening in _LOOK else _Part(text, inner.ways, inner.steps, inner.least)

    def escape(self) -> _Part:
        sign = self.take()
        if sign.isalnum() and sign not in _ESCAPED:
            raise PatternFault("lexicon_pattern_not_allowed")
        return _Part(f"\\{sign}", least=0 if sign in _NOTHING_WIDE else 1)

    def character_class(self) -> str:
        text = "[" + self.next("^")
        first = True
        while first or not self.written.startswith("]", self.place):
            if self.next(*_SET_SIGNS):
                raise PatternFault("lexicon_pattern_not_allowed")
            sign = self.take()
            if sign == "\\":
                escaped = self.take()
                if escaped.isalnum() and (escaped not in _ESCAPED or escaped in _NOTHING_WIDE):
                    raise PatternFault("lexicon_pattern_not_allowed")
                sign += escaped
            text, first = text + sign, False
        self.take()
        return text + "]"

    def repetition(self, part: _Part) -> _Part:
        sign = self.next("*", "+", "?")
        if sign:
            least, most = {"*": (0, LONGEST_REPEAT), "+": (1, LONGEST_REPEAT), "?": (0, 1)}[sign]
        elif found := _REPEAT.match(self.written, self.place):
            self.place = found.end()
            least, most = _times(found)
        else:
            return part
        return _repeated(part, least, most, self.next("?", "+"))


def _times(found: re.Match[str]) -> tuple[int, int]:
    least, comma, most = found.groups()
    if not (least or most):
        raise PatternFault("lexicon_bad_pattern")
    fewest = int(least or 0)
    if not comma:
        return fewest, fewest
    return fewest, int(most) if most else max(fewest, LONGEST_REPEAT)


def safe_pattern(written: str, *, any_case: bool = False) -> re.Pattern[str]:
    """The pattern, compiled with its repetitions bounded. Raises PatternFault."""
    reader = _Reader(written)
    whole = reader.choices()
    if reader.place < len(written):
        raise PatternFault("lexicon_bad_pattern")
    try:
        pattern = re.compile(whole.text, re.IGNORECASE if any_case else 0)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternFault("lexicon_bad_pattern") from error
    if not whole.least or pattern.match(""):
        raise PatternFault("lexicon_pattern_matches_nothing")
    return pattern
