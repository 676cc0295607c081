"""Letters of the years before Unicode, where a font or the text itself gives them away.

Word, RTF and web pages name the font of a run: a .Vn font draws TCVN3, a VNI- font draws VNI. Where no font is told
(.doc, .pdf, a page pasted into Notepad) a stretch of lines must be full of letters that no Vietnamese word has before
it is touched. Text that already has Vietnamese letters of Unicode is never changed. (The tables come with the whole
reader of dispatches, so a child that meets no old letter does without them.)
"""

import re
from collections.abc import Iterable
from itertools import groupby

__all__ = ["in_unicode", "joined", "mended", "scheme_of"]

_VIETNAMESE = re.compile("[ĂăĐđĨĩŨũƠơƯư\u1ea0-\u1ef9]")
_AT_HOME = "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúý"
"""The letters of Latin-1 that Vietnamese has too: only the others tell anything."""
_FOREIGN = "".join(chr(code) for code in range(0xA1, 0x100) if chr(code) not in _AT_HOME)
_STRANGE = re.compile(rf"(?<=[^\W\d_])[{re.escape(_FOREIGN)}]|[{re.escape(_FOREIGN)}](?=[^\W\d_])")
_ENOUGH_STRANGE = 8
_LEFT_OVER = 8
"""Of the strange letters at most one in so many may stay."""
_SHORTEST_CAPITALS = 4


def scheme_of(font: str) -> str:
    """What the codes of a font mean: "tcvn3", "tcvn3 capitals", "vni", or "" for Unicode."""
    name = font.strip(" \"'").lower()
    if name.startswith(".vn"):
        return "tcvn3 capitals" if name.endswith("h") else "tcvn3"
    return "vni" if name.startswith(("vni-", "vni ")) else ""


def in_unicode(text: str, scheme: str) -> str:
    """A run under a font of `scheme`; one that was typed in Unicode in spite of its font is left alone."""
    if not scheme or _VIETNAMESE.search(text):
        return text
    # Word keeps the codes of a "symbol" font in the private area.
    from scheduler.core.dispatch.charsets import from_tcvn3, from_vni

    codes = "".join(chr(ord(c) - 0xF000) if "\uf020" <= c <= "\uf0ff" else c for c in text)
    if scheme == "vni":
        return from_vni(codes)
    return from_tcvn3(codes, capitals=scheme == "tcvn3 capitals")


def joined(pieces: Iterable[tuple[str, str]]) -> str:
    """(text, scheme) in a row made one text: neighbours of one scheme are read together, as VNI parts its letters."""
    told = ((text, "" if _VIETNAMESE.search(text) else scheme) for text, scheme in pieces)
    return "".join(
        in_unicode("".join(text for text, _ in run), scheme)
        for scheme, run in groupby(told, key=lambda piece: piece[1])
    )


def mended(text: str) -> str:
    """Old letters that stand in a text as those of Latin-1 made Unicode; nothing when they are too few to be sure."""
    lines = text.split("\n")
    old = [line for line in lines if not _VIETNAMESE.search(line)]
    whole = "\n".join(old)
    strange = len(_STRANGE.findall(whole))
    if strange < _ENOUGH_STRANGE:
        return text
    from scheduler.core.dispatch.charsets import from_tcvn3, from_vni

    # TCVN3 has a letter for nearly every code and would swallow VNI; VNI leaves the signs of TCVN3 standing.
    for read in (from_vni, from_tcvn3):
        if len(_STRANGE.findall(read(whole))) * _LEFT_OVER <= strange:
            return "\n".join(line if _VIETNAMESE.search(line) else _cased(line, read(line)) for line in lines)
    return text


def _cased(line: str, made: str) -> str:
    """A line drawn by a font of capitals was typed in capitals, but the codes of its marked letters have no size."""
    typed = [c for c in line if c.isascii() and c.isalpha()]
    return made.upper() if len(typed) >= _SHORTEST_CAPITALS and all(c.isupper() for c in typed) else made
