"""How the tests of the intake ask: for a text, for a reason of refusal, or for either."""

import pytest

from scheduler.intake import text_of
from scheduler.intake.kinds import kind_of
from scheduler.intake.reading import read_here
from scheduler.kernel.errors import DispatchError

LIMIT = 20_000_000
REASONS = {
    "dispatch_empty", "dispatch_too_big", "dispatch_encrypted", "dispatch_scan", "dispatch_damaged",
    "dispatch_unreadable", "dispatch_too_long", "dispatch_too_many_pages", "dispatch_too_heavy",
    "dispatch_reader_busy", "dispatch_doc_unsupported",
}  # fmt: skip


def read(data: bytes, name: str = "cong-van", max_bytes: int = LIMIT) -> str:
    return text_of(data, name, max_bytes=max_bytes)


def lines(data: bytes) -> list[str]:
    """The lines of a file read in this process, the blank ones left out."""
    return [line for line in read_here(kind_of(data), data).split("\n") if line.strip()]


def reason_of(data: bytes, name: str = "cong-van", max_bytes: int = LIMIT) -> str:
    with pytest.raises(DispatchError) as refused:
        read(data, name, max_bytes)
    return refused.value.reason


def outcome_of(data: bytes) -> str:
    """The text, or the reason code of the refusal; anything else that is raised fails the test."""
    try:
        return read(data)
    except DispatchError as refused:
        if refused.reason not in REASONS:
            raise
        return refused.reason


def outcome_here(data: bytes) -> str:
    """The same without a process for each, for many examples."""
    try:
        kind = kind_of(data)
        return read(data) if kind == "plain" else read_here(kind, data) or "dispatch_empty"
    except DispatchError as refused:
        if refused.reason not in REASONS:
            raise
        return refused.reason
