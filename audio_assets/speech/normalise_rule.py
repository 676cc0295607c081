"""The frame every reading rule fits: a pattern over the tidied text and what its match is said as.

A rule claims a stretch of the source; what one rule has claimed no later rule may touch, so the order of the rules is
the whole policy. The source itself never changes: every change keeps its place in what was written.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from audio_assets.speech.lexicon import Lexicon
from audio_assets.speech.normalise_numbers import ReadingStyle
from audio_assets.speech.normalise_syllable import LATIN, UPPER

DIGIT = re.compile("[0-9]")
NUMBER = (
    r"(?:[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?(?![0-9])|[0-9]{1,3}(?:,[0-9]{3}){2,}(?:\.[0-9]+)?(?![0-9])"
    r"|[0-9]+[.,][0-9]+(?![0-9.,]*[0-9])|[0-9]+)"
)
"""A written number: 1.500.000 · 1.234,5 · 1,500,000 · 1,500,000.25 · 3,14 · 2.5 · 642."""
AFTER = rf"(?![{LATIN}0-9])"
BEFORE = rf"(?<![{LATIN}0-9])"
DASH = " ?[-–—−] ?"
"""Within one line: behind a line's end a dash is the mark of a list."""
MISREAD = re.compile(r"[0-9][OoIl]|[OoIl][0-9]|[0-9][SZB][0-9]")
"""Letters where a scanner saw a digit ("202O", "l3", "7S1"): whoever reads such a token only guesses."""
OF_A_GAME = re.compile(
    r"(?<!\w)(?:tỷ số|tỉ số|(?<!chiến )(?<!quyết )(?<!toàn )(?<!đại )thắng(?! lợi)|thua(?! lỗ)"
    r"|(?:hòa|hoà) (?=[0-9]|tdp|kp|tổ|đội|khu|thôn|xóm|lớp|trường|xã|phường)|chung cuộc|chung kết|bán kết|luân lưu"
    r"|đánh bại|bóng đá|bóng chuyền|lịch đấu(?! (?:nối|giá|thầu))|lịch thi đấu|trận đấu|vòng bảng"
    r"|cúp(?! (?:điện|nước|cáp|mạng))|cờ tướng|cờ vua|cầu lông|bóng bàn|đá cầu|kéo co"
    r"|quần vợt|đơn nam|đơn nữ|đôi nam|đôi nữ|trận [0-9]+|giao hữu)(?!\w)"
)
"""Words of a line that make its pairs of numbers scores."""


_END_OF_A_NAME = re.compile(
    rf"[{UPPER}][{LATIN}]+ ((?:Giữa|Cuối|Đầu|Trên|Dưới|Trong|Sau|Trước|Hết|Qua|Từ|Đến|Nay|Mai)\W{{0,3}})$"
)
"""A name of two words whose second is also a word of place or time: Cồn Giữa, xóm Đồng Trên, Bạch Mai."""

_CODES_LISTED = re.compile(r"(?:(?<!\w)(?=[^\s,;]*[0-9])[a-zđ0-9][a-zđ0-9.-]*(?:[,;/]| và| hoặc| hay| cùng) ?)+$")


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of the tidied text (`start`:`end`) and its words, at `said_start`:`said_end` of what is said."""

    start: int
    end: int
    said: str
    rule: str
    said_start: int = 0
    said_end: int = 0


@dataclass(slots=True)
class Page:
    """The text being read: which characters are claimed, by which change, and what nobody knows how to read."""

    source: str
    lexicon: Lexicon
    style: ReadingStyle
    changes: list[Change] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    ends: dict[int, str] = field(default_factory=dict)
    """Where a claimed stretch ends → the rule that claimed it."""
    starts: dict[int, str] = field(default_factory=dict)
    """Where it starts → that rule."""
    taken: bytearray = field(init=False)

    def __post_init__(self) -> None:
        self.taken = bytearray(len(self.source))

    def free(self, start: int, end: int) -> bool:
        return start < end and self.taken.find(1, start, end) == -1

    def next_free(self, start: int) -> int:
        """The first character from `start` on that no rule has claimed."""
        place = self.taken.find(0, start)
        return len(self.taken) if place == -1 else place

    def claim(self, start: int, end: int, said: str, rule: str) -> None:
        self.taken[start:end] = b"\x01" * (end - start)
        self.ends[end] = rule
        self.starts[start] = rule
        self.changes.append(Change(start, end, said, rule))

    def before(self, start: int, length: int = 40) -> str:
        """What stands before `start` in the same line, lower case, with one trailing space removed.

        The last word of a name is no word that tells: "đồng Cồn Giữa: T2" is no middle of a month.
        """
        piece = self.source[max(0, start - length) : start].rpartition("\n")[2]
        named = _END_OF_A_NAME.search(piece)
        return (piece[: named.start(1)] if named else piece).lower().removesuffix(" ")

    def before_list(self, start: int, length: int = 100) -> str:
        """As `before`, without the codes listed up to there: "mã GD4, HT2 và " is "mã", for each of the three."""
        return _CODES_LISTED.sub("", self.before(start, length) + " ").removesuffix(" ")

    def after(self, end: int, length: int = 40) -> str:
        """What follows `end` in the same line, lower case, with one leading space removed."""
        return self.source[end : end + length].lower().partition("\n")[0].removeprefix(" ")


Say = Callable[[re.Match[str], Page], str | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """`say` answers the words for a match of `pattern`, or None when the match is not this rule's after all."""

    name: str
    pattern: re.Pattern[str]
    say: Say
    needs: re.Pattern[str] | None = None
    """A text without a match of this cannot hold a match of `pattern`; it saves time on plain sentences."""

    def read(self, page: Page) -> None:
        source, place = page.source, 0
        if self.needs and not self.needs.search(source):
            return
        while match := self.pattern.search(source, place):
            start, end = match.span()
            if page.taken[start]:
                place = page.next_free(start)
                continue
            limit = page.taken.find(1, start, end)
            if limit > start:  # "20.000 VNĐ" whose unit the word list has read: the number alone is still ours
                match = self.pattern.match(source, start, limit)
                end = match.end() if match else end
            said = self.say(match, page) if match else None
            if said is None or end == start:
                place = start + 1
                continue
            page.claim(start, end, said, self.name)
            place = end


def rule(name: str, pattern: str, say: Say, *, needs: str = "", flags: int = 0) -> Rule:
    return Rule(name, re.compile(pattern, flags), say, re.compile(needs) if needs else None)
