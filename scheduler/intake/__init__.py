"""The bytes of an uploaded dispatch made text: .docx, .doc, .rtf, .pdf with text, saved web pages, plain text.

The content decides, never the name. Plain text is read here; every other format in a process of its own, so that a
hostile file costs no more than an honest one and takes nobody with it. What cannot be read is refused with a reason
code; nothing else is ever raised. Reads no disk. What a dispatch says is `core.dispatch`'s to find.
"""

import unicodedata

from scheduler.intake.isolation import read_apart
from scheduler.intake.kinds import kind_of
from scheduler.intake.letters import mended
from scheduler.intake.pdf import MAX_PAGES
from scheduler.intake.plain import looks_binary, plain_text
from scheduler.intake.reading import MAX_TEXT
from scheduler.kernel.errors import DispatchError

__all__ = ["MAX_PAGES", "text_of"]

_NAME_SHOWN = 80
_MAX_PLAIN = MAX_TEXT * 8
"""Bytes: no character set needs more for a letter, were every one decomposed."""


def text_of(data: bytes, file_name: str, *, max_bytes: int) -> str:
    """The text of a file, its lines parted by line feeds, or a DispatchError that says why there is none."""
    name = file_name[-_NAME_SHOWN:]
    if len(data) > max_bytes:
        raise DispatchError("dispatch_too_big", file=name, limit=max_bytes)
    try:
        text = mended(_one_spelling(_text_by_content(data)))
    except DispatchError as refused:
        raise DispatchError(refused.reason, **{**refused.details, "file": name}) from refused
    if not any(c.isalnum() for c in text):
        raise DispatchError("dispatch_empty", file=name)
    if len(text) > MAX_TEXT:
        raise DispatchError("dispatch_too_long", file=name, limit=MAX_TEXT)
    return text


def _text_by_content(data: bytes) -> str:
    if not data.strip(b"\x00\t\n\r \xef\xbb\xbf\xff\xfe"):
        raise DispatchError("dispatch_empty")
    kind = kind_of(data)
    return _plain(data) if kind == "plain" else read_apart(kind, data)


def _plain(data: bytes) -> str:
    if len(data) > _MAX_PLAIN:
        if looks_binary(data):
            raise DispatchError("dispatch_unreadable")
        raise DispatchError("dispatch_too_long", limit=MAX_TEXT)
    text = plain_text(data)
    if text is None:
        raise DispatchError("dispatch_unreadable")
    return text


def _one_spelling(text: str) -> str:
    """Letters composed, one sign for the end of a line, nothing that cannot be written down again."""
    text = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8"))
    return text.replace("\r\n", "\n").replace("\r", "\n")
