"""The bytes of an uploaded dispatch made text: .docx, .pdf with text, plain text in any character set of the field.

The content decides, never the name. Everything is measured before it is opened, so that a hostile file costs no more
than an honest one. What cannot be read is refused with a reason code; nothing else is ever raised. Reads no disk.
"""

import re
import unicodedata
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from scheduler.clock import SystemClock
from scheduler.core.dispatch.charsets import from_tcvn3, legacy_text
from scheduler.errors import DispatchError

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement
    from pypdf import Configuration, PdfReader

__all__ = ["MAX_PAGES", "text_of"]

MAX_PAGES = 200
_MAX_ENTRIES = 2000
_MAX_UNPACKED = 64_000_000
"""Of a whole .docx; pictures are already packed and hardly grow."""
_MAX_XML = 8_000_000
"""Of one part: a hundred pages of Word are about 2 MB; a parsed tree takes ten times its text."""
_MAX_TEXT = 400_000
_MAX_PDF_STREAM = 4_000_000
_MAX_PDF_WORK = 100_000
_PDF_SECONDS = 6.0
_SHORTEST_SCAN_TEXT = 20
"""Fewer letters than this in a whole PDF are a stamp on a picture."""
_NAME_SHOWN = 80

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\x00", b"MM\x00*", b"RIFF", b"BM")
_HEIF = re.compile(rb"^.{4}ftyp(?:heic|heix|mif1|avif)", re.DOTALL)
_UTF16_SHARE = 0.25


def text_of(data: bytes, file_name: str, *, max_bytes: int) -> str:
    """The text of a file, or a DispatchError that says why there is none."""
    name = file_name[-_NAME_SHOWN:]
    if len(data) > max_bytes:
        raise DispatchError("dispatch_too_big", file=name, limit=max_bytes)
    if not data.strip(b"\x00\t\n\r \xef\xbb\xbf\xff\xfe"):
        raise DispatchError("dispatch_empty", file=name)
    text = _text_by_content(data, name)
    if not any(c.isalnum() for c in text):
        raise DispatchError("dispatch_empty", file=name)
    if len(text) > _MAX_TEXT:
        raise DispatchError("dispatch_too_long", file=name, limit=_MAX_TEXT)
    return text


def _text_by_content(data: bytes, name: str) -> str:
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _from_zip(data, name)
    if b"%PDF-" in data[:1024]:
        return _from_pdf(data, name)
    if data.startswith(_OLE):
        # Word puts an encrypted .docx into an OLE file with a stream of this name.
        sealed = "EncryptedPackage".encode("utf-16-le") in data
        raise DispatchError("dispatch_encrypted" if sealed else "dispatch_unreadable", file=name)
    if _is_picture(data):
        raise DispatchError("dispatch_scan", file=name)
    if data.lstrip().startswith(b"{\\rtf"):
        raise DispatchError("dispatch_unreadable", file=name)
    return _from_plain(data, name)


def _is_picture(data: bytes) -> bool:
    # "BM" and "RIFF" may also begin a text; a picture has a zero byte early.
    return bool(_HEIF.match(data)) or (data.startswith(_PICTURES) and b"\x00" in data[:64])


# --- .docx ---------------------------------------------------------------------------------------------------------


def _from_zip(data: bytes, name: str) -> str:
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            entries = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, RuntimeError) as fault:
        raise DispatchError("dispatch_damaged", file=name) from fault
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise DispatchError("dispatch_encrypted", file=name)
    if "word/document.xml" not in {entry.filename for entry in entries}:
        raise DispatchError("dispatch_unreadable", file=name)
    xml = (entry.file_size for entry in entries if entry.filename.lower().endswith((".xml", ".rels")))
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > _MAX_ENTRIES or unpacked > _MAX_UNPACKED or max(xml, default=0) > _MAX_XML:
        raise DispatchError("dispatch_too_big", file=name, limit=_MAX_UNPACKED)
    return _from_docx(data, name)


def _from_docx(data: bytes, name: str) -> str:
    import docx

    try:
        body = docx.Document(BytesIO(data)).element.body
        return "\n".join(_paragraphs(body))
    except Exception as fault:  # whatever the libraries trip over, the file is at fault
        raise DispatchError("dispatch_damaged", file=name) from fault


_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SKIPPED = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}delText", f"{_W}pPr", _FALLBACK})
"""Deletions count as accepted; a text box stands twice, and its fallback is the copy."""


def _paragraphs(element: "BaseOxmlElement") -> Iterator[str]:
    """Every paragraph in reading order: body, table cells, then the text boxes anchored in it."""
    for child in element:
        if child.tag in _SKIPPED:
            continue
        if child.tag == f"{_W}p":
            text = "".join(_run_texts(child))
            yield f"- {text}" if _is_listed(child) and text.strip() else text
            for box in child.iter(f"{_W}txbxContent"):
                if not any(above.tag == _FALLBACK for above in box.iterancestors()):
                    yield from _paragraphs(box)
        else:
            yield from _paragraphs(child)


def _is_listed(paragraph: "BaseOxmlElement") -> bool:
    """Word draws the bullet of a list itself; the text has none."""
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    named = "" if style is None else str(style.get(f"{_W}val") or "")
    return named.startswith(("ListBullet", "ListNumber")) or paragraph.find(f"{_W}pPr/{_W}numPr") is not None


_BREAKS = {f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}tab": "\t", f"{_W}noBreakHyphen": "-"}


def _run_texts(element: "BaseOxmlElement", font: str = "") -> Iterator[str]:
    for child in element:
        if child.tag in _SKIPPED or child.tag == f"{_W}txbxContent":
            continue
        if child.tag == f"{_W}t":
            yield _as_unicode(child.text or "", font)
        elif child.tag in _BREAKS:
            yield _BREAKS[child.tag]
        else:
            yield from _run_texts(child, _font_of(child) or font)


def _font_of(element: "BaseOxmlElement") -> str:
    fonts = element.find(f"{_W}rPr/{_W}rFonts")
    return "" if fonts is None else str(fonts.get(f"{_W}ascii") or "")


def _as_unicode(text: str, font: str) -> str:
    """A run in a .Vn font holds TCVN3 letters; one typed in Unicode under such a font is left alone."""
    if not font.startswith(".Vn") or any(ord(c) > 0xFF for c in text):  # noqa: PLR2004 - Latin-1 ends there
        return text
    return from_tcvn3(text, capitals=font.endswith("H"))


# --- .pdf ----------------------------------------------------------------------------------------------------------


def _pdf_limits() -> "Configuration":
    """An honest page needs a hundredth of these; a hostile one ends here."""
    from pypdf import Configuration

    return Configuration(
        maximum_declared_stream_length=_MAX_PDF_STREAM * 8,
        array_based_stream_maximum_output_length=_MAX_PDF_STREAM,
        lzw_maximum_output_length=_MAX_PDF_STREAM,
        run_length_maximum_output_length=_MAX_PDF_STREAM,
        zlib_maximum_output_length=_MAX_PDF_STREAM,
        zlib_maximum_recovery_input_length=500_000,
        stream_decoding_work_maximum_length=_MAX_PDF_STREAM * 4,
        stream_parsing_work_maximum_count=_MAX_PDF_WORK,
        page_tree_maximum_entries=MAX_PAGES * 10,
        page_tree_maximum_page_entries=MAX_PAGES * 20,
        xform_maximum_invocations_per_extraction=20,
    )


def _from_pdf(data: bytes, name: str) -> str:
    import pypdf

    try:
        with pypdf.apply_configuration(_pdf_limits()):
            return _pdf_text(pypdf.PdfReader(BytesIO(data)), name)
    except DispatchError:
        raise
    except Exception as fault:  # whatever the library trips over, the file is at fault
        raise DispatchError("dispatch_damaged", file=name) from fault


def _pdf_text(reader: "PdfReader", name: str) -> str:
    """The text of all pages, a form feed between two; given up when the file costs more time than any honest one."""
    if reader.is_encrypted:
        raise DispatchError("dispatch_encrypted", file=name)
    count = len(reader.pages)
    if count > MAX_PAGES:
        raise DispatchError("dispatch_too_many_pages", file=name, pages=count, limit=MAX_PAGES)
    clock = SystemClock()
    deadline = clock.monotonic() + _PDF_SECONDS

    def in_time(*_: object) -> None:
        if clock.monotonic() > deadline:
            raise DispatchError("dispatch_damaged", file=name)

    pages: list[str] = []
    for page in reader.pages:
        in_time()
        pages.append(page.extract_text(visitor_operand_before=in_time))
    text = "\f".join(pages)
    if sum(c.isalpha() for c in text) < _SHORTEST_SCAN_TEXT:
        raise DispatchError("dispatch_scan", file=name)
    return text


# --- plain text ----------------------------------------------------------------------------------------------------


def _from_plain(data: bytes, name: str) -> str:
    text = _decoded(data)
    if text is None or _is_binary(text):
        raise DispatchError("dispatch_unreadable", file=name)
    return text


def _decoded(data: bytes) -> str | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _or_none(data, "utf-16")
    zeros = data[:4096].count(0)
    if zeros > len(data[:4096]) * _UTF16_SHARE:
        # Text without a mark of its byte order: spaces and ASCII letters have their zero byte on one side.
        return _or_none(data, "utf-16-le" if data[1:4096:2].count(0) * 2 > zeros else "utf-16-be")
    text = _or_none(data, "utf-8-sig")
    return legacy_text(data) if text is None and not zeros else text


def _or_none(data: bytes, charset: str) -> str | None:
    try:
        return data.decode(charset)
    except UnicodeDecodeError:
        return None


def _is_binary(text: str) -> bool:
    """Control characters and unassigned letters do not come in letters of an office."""
    strange = sum(1 for c in text if c not in "\t\n\r\f\v" and unicodedata.category(c) in {"Cc", "Cn", "Co", "Cs"})
    return strange * 50 > len(text)
