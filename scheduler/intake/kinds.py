"""What a file is, by its first bytes: the name of a file is never asked, as offices rename freely.

It tells which reader is to try, not that the file is whole. What no dispatch ever is, a picture or a spreadsheet of
1997, is refused here, before anything is opened.
"""

import re
from typing import Literal

from scheduler.kernel.errors import DispatchError

__all__ = ["Kind", "kind_of"]

Kind = Literal["docx", "doc", "rtf", "pdf", "html", "mht", "plain"]

_HEAD = 4096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\x00", b"MM\x00*", b"RIFF", b"BM")
_HEIF = re.compile(rb"^.{4}ftyp(?:heic|heix|mif1|avif)", re.DOTALL)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_PAGE = re.compile(
    rb"(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|meta|body)\b",
    re.DOTALL | re.IGNORECASE,
)
_ARCHIVE = re.compile(
    rb"(?:[\w-]{1,40}:[^\n]{0,300}\n(?:[ \t][^\n]{0,300}\n)*){0,12}content-type:\s*multipart/related",
    re.IGNORECASE,
)


def kind_of(data: bytes) -> Kind:
    """The kind of a file. Raises DispatchError for what is known to hold no text to read."""
    head = data[:_HEAD]
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "docx"
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(_OLE):
        return _kind_of_ole(data)
    if _is_picture(head):
        raise DispatchError("dispatch_scan")
    return _kind_of_marked_text(_in_ascii(head))


def _kind_of_ole(data: bytes) -> Kind:
    """Word puts an encrypted .docx into an OLE file too; what is in one is told by the names of its streams."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise DispatchError("dispatch_encrypted")
    if "WordDocument".encode("utf-16-le") not in data:
        raise DispatchError("dispatch_unreadable")
    return "doc"


def _is_picture(head: bytes) -> bool:
    # "BM" and "RIFF" may also begin a text; a picture has a zero byte early.
    return bool(_HEIF.match(head)) or (head.startswith(_PICTURES) and b"\x00" in head[:64])


def _in_ascii(head: bytes) -> bytes:
    """The beginning without its mark and without the zero bytes of UTF-16: enough to know a tag by."""
    for mark in _MARKS:
        head = head.removeprefix(mark)
    return head.replace(b"\x00", b"").lstrip()


def _kind_of_marked_text(head: bytes) -> Kind:
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if _PAGE.match(head):
        return "html"
    if _ARCHIVE.match(head):
        return "mht"
    if head.startswith(b"<?xml"):
        raise DispatchError("dispatch_unreadable")
    return "plain"
