"""Which reader a kind of file has, and the one way each of them may fail.

The readers and their libraries raise whatever a broken file makes them raise; past this point there is the text or a
DispatchError. It sets no limit of time or memory: the process it runs in does.
"""

from collections.abc import Callable

from scheduler.kernel.errors import DispatchError

__all__ = ["MAX_TEXT", "read_here"]

MAX_TEXT = 400_000
"""Letters; the longest dispatches with their annexes have a tenth."""


def read_here(kind: str, data: bytes) -> str:
    """The text of a file, in this process. Raises DispatchError, and nothing else."""
    try:
        text = _reader_of(kind)(data)
    except DispatchError:
        raise
    except MemoryError as fault:
        raise DispatchError("dispatch_too_heavy") from fault
    except Exception as fault:  # whatever the libraries trip over, the file is at fault
        raise DispatchError("dispatch_damaged") from fault
    if len(text) > MAX_TEXT:
        raise DispatchError("dispatch_too_long", limit=MAX_TEXT)
    return text


def _reader_of(kind: str) -> Callable[[bytes], str]:
    """Only the libraries of that format are loaded."""
    match kind:
        case "docx":
            from scheduler.intake.word import docx_text as reader
        case "pdf":
            from scheduler.intake.pdf import pdf_text as reader
        case "rtf":
            from scheduler.intake.rtf import rtf_text as reader
        case "doc":
            from scheduler.intake.doc import doc_text as reader
        case "html":
            from scheduler.intake.web_page import html_text as reader
        case "mht":
            from scheduler.intake.web_page import mht_text as reader
        case _:
            raise DispatchError("dispatch_unreadable")
    return reader
