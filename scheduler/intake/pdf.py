"""The text inside a .pdf, page after page; a scan has none, and a stamp of a signature on a scan is none either.

A file that opens without a password is read even if it forbids editing; whoever holds it may read it. What its
streams unpack to is bounded here, the time it takes by the process it is read in.
"""

import re
import unicodedata
from io import BytesIO
from typing import TYPE_CHECKING

from scheduler.intake.plain import is_binary
from scheduler.kernel.errors import DispatchError

if TYPE_CHECKING:
    from pypdf import Configuration, PdfReader

__all__ = ["MAX_PAGES", "pdf_text"]

MAX_PAGES = 200
_MAX_STREAM = 4_000_000
_MAX_WORK = 100_000
_SHORTEST_TEXT = 20
"""Fewer letters than this in a whole file are a stamp on a picture."""
_STAMP = re.compile(
    r"^\W*(?:(?:được )?ký (?:bởi|ngày|số)|người ký|ngày ký|giờ ký|thời gian ký|chữ ký số|cơ quan:|email:|tổ chức:"
    r"|signature valid|digitally signed|signed by|signing date|date:|reason:|location:).*$",
    re.IGNORECASE | re.MULTILINE,
)


def pdf_text(data: bytes) -> str:
    """The text of all pages, a form feed between two. Raises DispatchError, or what a broken file makes pypdf raise."""
    import pypdf

    with pypdf.apply_configuration(_limits()):
        reader = pypdf.PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise DispatchError("dispatch_encrypted")
        # What the file says first: to count thousands of pages is what a hostile one wants.
        said = _said_pages(reader)
        count = said if said > MAX_PAGES else len(reader.pages)
        if count > MAX_PAGES:
            raise DispatchError("dispatch_too_many_pages", pages=count, limit=MAX_PAGES)
        text = "\f".join(page.extract_text() for page in reader.pages)
    composed = unicodedata.normalize("NFC", text)
    if sum(c.isalpha() for c in _STAMP.sub("", composed)) < _SHORTEST_TEXT or is_binary(text):
        raise DispatchError("dispatch_scan")
    return text


def _said_pages(reader: "PdfReader") -> int:
    tree = reader.root_object.get("/Pages")
    said = tree.get_object().get("/Count") if tree is not None else None
    return said if isinstance(said, int) else 0


def _limits() -> "Configuration":
    """An honest page needs a hundredth of these; a hostile one ends here."""
    from pypdf import Configuration

    return Configuration(
        maximum_declared_stream_length=_MAX_STREAM * 8,
        array_based_stream_maximum_output_length=_MAX_STREAM,
        lzw_maximum_output_length=_MAX_STREAM,
        run_length_maximum_output_length=_MAX_STREAM,
        zlib_maximum_output_length=_MAX_STREAM,
        zlib_maximum_recovery_input_length=500_000,
        stream_decoding_work_maximum_length=_MAX_STREAM * 4,
        stream_parsing_work_maximum_count=_MAX_WORK,
        page_tree_maximum_entries=MAX_PAGES * 10,
        page_tree_maximum_page_entries=MAX_PAGES * 20,
        xform_maximum_invocations_per_extraction=20,
    )
