"""Plain text out of bytes: UTF-8, UTF-16 with or without its mark, TCVN3, VNI, windows-1258.

Whatever the bytes mean, an answer is either text that people could have written or None; nothing is guessed from the
name, and a file is looked at by its beginning before all of it is made letters.
"""

import codecs
import unicodedata

__all__ = ["decoded", "is_binary", "looks_binary", "plain_text"]

_HEAD = 65_536
_UTF16_SHARE = 0.25


def plain_text(data: bytes) -> str | None:
    """The text of the bytes, None when they are none."""
    text = decoded(data)
    return None if text is None or is_binary(text) else text


def decoded(data: bytes) -> str | None:
    """Letters in whatever character set fits, not yet looked at; None when none does."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _or_none(data, "utf-16")
    head = data[:4096]
    zeros = head.count(0)
    if zeros > len(head) * _UTF16_SHARE:
        # Text without a mark of its byte order: spaces and ASCII letters have their zero byte on one side.
        return _or_none(data, "utf-16-le" if head[1::2].count(0) * 2 > zeros else "utf-16-be")
    text = _or_none(data, "utf-8-sig")
    if text is not None or zeros:
        return text
    from scheduler.core.dispatch.charsets import legacy_text  # late, as in `letters`

    return legacy_text(data)


def looks_binary(data: bytes) -> bool:
    """Whether the beginning of a large file is no text; costs the same for every size."""
    head = data[:_HEAD]
    try:
        text: str | None = codecs.getincrementaldecoder("utf-8-sig")().decode(head)
    except UnicodeDecodeError:
        text = decoded(head)
    return text is None or is_binary(text)


def _or_none(data: bytes, charset: str) -> str | None:
    try:
        return data.decode(charset)
    except UnicodeDecodeError:
        return None


def is_binary(text: str) -> bool:
    """Control characters and unassigned letters do not come in letters of an office."""
    strange = sum(1 for c in text if c not in "\t\n\r\f\v" and unicodedata.category(c) in {"Cc", "Cn", "Co", "Cs"})
    return strange * 50 > len(text)
