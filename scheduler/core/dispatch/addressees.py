"""Whom a dispatch is for: the list after "Kính gửi", in whatever way an office lists.

Bullets, lines that end in ";", one line with several names, names that run over their line. Where the list ends the
body begins; in doubt a line belongs to the body.
"""

import re
from collections.abc import Sequence

from scheduler.core.dispatch.model import Excerpt
from scheduler.core.dispatch.text import Line, is_bullet, squeeze, strip_bullet

__all__ = ["addressees_in", "opens_the_body"]

_SHORT_REST = 70
_SHORTER_REST = 45
_OPENER = re.compile(
    r"^(?:(?:can cu|thuc hien|theo|nham|trong)\b|de |hien nay|ngay \d|vua qua|qua |sau |tiep theo|truoc|"
    r"dieu \d|[ivx]+\.|phan |muc |i\s|dong thoi|uy ban nhan dan \S+ .{20,}|ubnd .{30,}|chu tich )"
)


def addressees_in(tidied: str, start: int, end: int, lines: Sequence[Line]) -> tuple[tuple[Excerpt, ...], int]:
    """The names from `start` (after "Kính gửi") on and in the `lines` below; and where the list ends."""
    items: list[tuple[int, int]] = [(start, end)] if start < end else []
    bulleted = bool(items) and is_bullet(tidied[start:end])
    for line in lines:
        step = _next_addressee(tidied, items, line, bulleted=bulleted)
        if step == "stop":
            break
        if step == "new":
            items.append((line.start, line.end))
            bulleted = bulleted or is_bullet(line.text)
        else:
            items[-1] = (items[-1][0], line.end)
        end = line.end
    return tuple(_names(tidied, items)), end


def _names(tidied: str, items: Sequence[tuple[int, int]]) -> list[Excerpt]:
    names: list[Excerpt] = []
    for start, end in items:
        for part in re.finditer(r"[^;]+", tidied[start:end]):
            name = strip_bullet(squeeze(part[0])).strip(" .,;:/")
            if any(c.isalpha() for c in name):
                names.append(Excerpt(name, start + part.start(), start + part.end()))
    return names


def opens_the_body(line: Line) -> bool:
    """Words a body begins with; a title in capitals does not count."""
    return bool(_OPENER.match(line.folded)) and not line.text.isupper()


def _next_addressee(tidied: str, items: Sequence[tuple[int, int]], line: Line, *, bulleted: bool) -> str:
    """What a line after "Kính gửi" is: a "new" addressee, "more" of the last, or the "stop"."""
    bullet = is_bullet(line.text)
    if not items:
        return "stop" if opens_the_body(line) and not bullet else "new"
    last = tidied[items[-1][0] : items[-1][1]].rstrip()
    if bullet:
        # Bullets after a closed list of another style are duties.
        return "stop" if last.endswith((".", ":")) or not (bulleted or last.endswith(";")) else "new"
    if last.endswith((".", ":")) or opens_the_body(line):
        return "stop"
    if last.endswith(";"):
        return "new"
    wrapped = not line.after_blank and (line.text[0].islower() or (bulleted and _closes_an_item(line.text)))
    if last.endswith((",", "-", " và")) or wrapped:
        return "more"
    return "stop"


def _closes_an_item(text: str) -> bool:
    """The short rest of an addressee that ran over its line, not the body."""
    return len(text) < _SHORT_REST and (text.endswith(";") or (text.endswith(".") and len(text) < _SHORTER_REST))
