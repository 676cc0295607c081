"""The texts a dispatch orders to be said or sent: what stands in quotation marks after words that announce it.

A quoted name or slogan that nothing announces is no message. What each text is for (loudspeaker, SMS, notice) is told
by the nearest words before it. A missing closing mark ends the text with its paragraph, and that is said.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise

from scheduler.core.dispatch.doubts import doubt
from scheduler.core.dispatch.model import Doubt, Excerpt, MessageKind
from scheduler.core.dispatch.text import fold, is_bullet, lacks_diacritics, paragraph_at, squeeze

__all__ = ["Message", "messages_in", "without_names"]

_ANNOUNCED = re.compile(
    r"(?:noi dung|nhu sau|tin nhan|nhan tin|\bsms\b|thong diep|thong bao|ban tin|phat thanh|truyen thanh|phat song"
    r"|phat tren|phat loa|loa|loi doc|bai viet|khuyen cao|doc)\b[^.;“\"«]{0,90}$"
)
_INTRODUCES = re.compile(
    r"(?:noi dung (?:cua )?(?:tin nhan|thong bao|phat thanh|phat song|tuyen truyen|ban tin|phat|tin"
    r"|loi|bai)[^.;\n]{0,60}"
    r"|(?:tin nhan|thong diep|ban tin|bai phat thanh|noi dung|loi phat thanh)[^.;\n]{0,40}(?:nhu sau"
    r"|sau day|sau))\s*:\s*$"
)
_KINDS = (
    (MessageKind.SMS, re.compile(r"tin nhan|nhan tin|\bsms\b|so thue bao")),
    (
        MessageKind.LOUDSPEAKER,
        re.compile(
            r"\bloa\b|truyen thanh|phat thanh|phat song|phat tren|tiep am|ban tin|\bdoc\b|phat loa|phat noi dung"
        ),
    ),
    (MessageKind.NOTICE, re.compile(r"niem yet|dang tai|thong bao|zalo|facebook|trang thong tin|bang tin")),
)
_NAMES = re.compile(
    r"\b(?:chuong trinh|chuyen muc|phong trao|chien dich|cuoc van dong|cuoc thi|chu de|khau hieu|de an|mo hinh|hoi thi"
    r"|du an|cau lac bo|ke hoach|thang|tuan le|ngay hoi)\s*$"
)
"""What is quoted right behind these is a name, not a text to be said."""
_NAMED = re.compile(
    r"(?i)\b(?:chương trình|chuyên mục|chuyên đề|phong trào|chiến dịch|cuộc vận động|cuộc thi|chủ đề|mô hình|hội thi"
    r"|câu lạc bộ|tháng|tuần lễ|ngày hội|quỹ|giải|bài hát|ca khúc|phóng sự|tiểu phẩm)\s+"
    r"(?:[“\"«](?P<name>(?![^“”\"«»\n]*\b(?:không|nghỉ|trừ|riêng|chỉ|nếu|khi)\b)[^“”\"«»\n\d]{3,60})[”\"»])"
)
_EXCEPTS = re.compile(r"(?:trừ|ngoại trừ|riêng|nghỉ|không phát|tạm dừng phát)\b")
"""What is quoted and opens so takes something out of an order; nobody says it to the people."""
_BACKWARD = 420
_SHORTEST = 12
_TAIL = re.compile(r"^\W*noi nhan\b|^(?:tm|kt|tl|tuq|q)\.", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Message:
    """A quoted text on one line, its place in the tidied text, and what was doubtful about it."""

    text: str
    kind: MessageKind
    start: int
    end: int
    doubts: tuple[Doubt, ...] = ()


def messages_in(tidied: str, start: int, paragraphs: tuple[tuple[int, int], ...]) -> tuple[Message, ...]:
    """Every text to be said or sent, in order, from `start` on."""
    folded = fold(tidied)
    found: list[Message] = []
    spans = _quotations(tidied, start, paragraphs, _tail_of(folded, start))
    for a, b, closed in spans:
        text = _said(tidied, a, b)
        if len(text) >= _SHORTEST and not _EXCEPTS.match(text.lower()) and _is_announced(folded, a - 1, paragraphs):
            found.append(_message(text, folded[start:a], (a, b), reason="" if closed else "message_unclosed"))
    found.extend(_unquoted(tidied, folded, start, paragraphs, found))
    return tuple(sorted(found, key=lambda message: message.start))


def without_names(text: str) -> str:
    """The text with quoted names blanked out, every place unchanged: "Ngày Chủ nhật xanh" names no Sunday."""
    return _NAMED.sub(lambda m: m[0].replace(m["name"], " " * len(m["name"])), text)


_PAGE = re.compile(r"(?:[-–—]\s*)?\d{1,2}(?:\s*[-–—])?|trang\s+\d{1,3}(?:\s*/\s*\d{1,3})?")
_LONGEST_HEAD = 90
"""A head or foot of a page is one short line."""


def _said(tidied: str, start: int, end: int) -> str:
    """The text on one line, without page numbers and the heads and feet of pages that a PDF puts between its lines.

    A head or foot stands outside the text as well, on other pages; a line said twice inside it does not.
    """
    outside = {squeeze(line) for line in (*tidied[:start].split("\n"), *tidied[end:].split("\n"))}
    lines = [squeeze(line) for line in tidied[start:end].split("\n")]
    inner = range(1, len(lines) - 1)
    running = {
        n
        for n in inner
        if _PAGE.fullmatch(lines[n].lower()) or (0 < len(lines[n]) < _LONGEST_HEAD and lines[n] in outside)
    }
    return squeeze(" ".join(line for n, line in enumerate(lines) if n not in running))


def _tail_of(folded: str, start: int) -> int:
    tail = _TAIL.search(folded, start)
    return tail.start() if tail else len(folded)


_SHOWN = 40
"""Characters of a message that a doubt about it shows."""


def _message(text: str, before: str, span: tuple[int, int], *, reason: str) -> Message:
    """The message with what is doubtful about it; `before` is the body up to it, `reason` a doubt about its end."""
    kind = _kind_before(before)
    where = Excerpt(text, *span)
    doubts = [doubt("messages", reason=reason, excerpt=where, start=text[:_SHOWN])] if reason else []
    if kind is None:
        doubts.append(doubt("messages", reason="message_kind_unsaid", excerpt=where, start=text[:_SHOWN]))
    if lacks_diacritics(text) and kind is MessageKind.SMS:
        doubts.append(doubt("messages", reason="sms_without_diacritics", excerpt=where))
    elif lacks_diacritics(text):
        doubts.append(doubt("messages", reason="message_without_diacritics", excerpt=where))
    return Message(text, kind or MessageKind.NOTICE, *span, tuple(doubts))


def _kind_before(before: str) -> MessageKind | None:
    """Sentence by sentence backwards: the nearest that says what the text is for."""
    for sentence in reversed(re.split(r"[.;]\s|\n\n", before[-_BACKWARD:])):
        places = {kind: m.start() for kind, pattern in _KINDS for m in pattern.finditer(sentence)}
        if MessageKind.LOUDSPEAKER in places and MessageKind.NOTICE in places:
            return MessageKind.LOUDSPEAKER if MessageKind.SMS not in places else _latest(places)
        if places:
            return _latest(places)
    return None


def _latest(places: dict[MessageKind, int]) -> MessageKind:
    return max(places, key=lambda kind: places[kind])


def _is_announced(folded: str, mark: int, paragraphs: tuple[tuple[int, int], ...]) -> bool:
    before = folded[max(0, mark - _BACKWARD) : mark].rstrip(" \n*(")
    if _NAMES.search(before):
        return False
    opened = (paragraph_at(paragraphs, mark) or (mark, mark))[0]
    if not folded[opened:mark].strip(" \n*(-+"):
        # The mark opens its paragraph: the paragraph before must lead up to it.
        return before.endswith(":") and bool(_ANNOUNCED.search(before[-140:-1].rsplit("\n\n", 1)[-1]) or _near(before))
    return bool(_ANNOUNCED.search(before.rstrip(":")[-140:]))


def _near(before: str) -> bool:
    return any(pattern.search(before) for _, pattern in _KINDS)


def _quotations(
    tidied: str, start: int, paragraphs: tuple[tuple[int, int], ...], tail: int
) -> list[tuple[int, int, bool]]:
    """Outermost quotations as (start, end, closed), nested marks kept inside."""
    spans: list[tuple[int, int, bool]] = []
    marks = [m.start() for m in re.finditer(r"[“”„«»\"]|''", tidied)]
    i = bisect_left(marks, start)
    while i < len(marks):
        opening = marks[i]
        i += 1
        if not _opens(tidied, opening, depth=0):
            continue
        width = 2 if tidied.startswith("''", opening) else 1
        closing = _closing(tidied, marks, i, len(tidied) if opening > tail else tail)
        if closing is None:
            end = (paragraph_at(paragraphs, opening) or (opening, opening + width))[1]
            spans.append((opening + width, end, False))
        else:
            end = closing + 1
            spans.append((opening + width, closing, True))
        i = bisect_left(marks, end, lo=i)
    return spans


_LONGEST = 6000
"""A quotation longer than this lost its closing mark."""
_MOST_MARKS = 80
"""So did one with more marks inside than any text has."""


def _closing(tidied: str, marks: list[int], first: int, limit: int) -> int | None:
    """The mark that closes the quotation opened just before `marks[first]`."""
    depth = 1
    for mark in marks[first : first + _MOST_MARKS]:
        if mark >= limit or mark - marks[first - 1] > _LONGEST:
            return None
        if not _opens(tidied, mark, depth=depth):
            depth -= 1
            if depth == 0:
                return mark
        elif _starts_a_new_announcement(tidied, mark):
            return None
        else:
            depth += 1
    return None


def _starts_a_new_announcement(tidied: str, mark: int) -> bool:
    """A mark right after a colon and a line break opens the next message: the one before was never closed."""
    before = tidied[max(0, mark - 3) : mark]
    return "\n" in before and before.rstrip("* \n").endswith(":")


def _opens(tidied: str, mark: int, *, depth: int) -> bool:
    """OCR writes “ for ” and the reverse: where a mark stands tells more than its shape."""
    width = 2 if tidied.startswith("''", mark) else 1
    before = tidied[mark - 1] if mark else " "
    after = tidied[mark + width] if mark + width < len(tidied) else " "
    looks_open = (before.isspace() or before in "(:-“„«") and not after.isspace()
    looks_close = not before.isspace() and (after.isspace() or after in '.,;:!?)/”»"')
    if tidied[mark] in "“„«":
        return depth == 0 or not looks_close
    if tidied[mark] in "”»":
        return depth == 0 and looks_open
    return looks_open if looks_open != looks_close else depth == 0


def _unquoted(
    tidied: str, folded: str, start: int, paragraphs: tuple[tuple[int, int], ...], found: list[Message]
) -> list[Message]:
    """The paragraph after "Nội dung tin nhắn như sau:" when nobody put it in quotation marks."""
    made: list[Message] = []
    for (a, b), (c, d) in pairwise(paragraphs):
        if a < start or not _INTRODUCES.search(folded[a:b]) or is_bullet(tidied[c:d]):
            continue
        quoted = re.search(r"[“”«»\"]", tidied[c:d]) or any(m.start <= c < m.end for m in found)
        if not quoted and len(text := _said(tidied, c, d)) >= _SHORTEST:
            made.append(_message(text, folded[start:c], (c, d), reason="message_unquoted"))
    return made
