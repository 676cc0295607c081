"""What may go wrong when another machine is asked, in one short list, and how a caller tells it in its own words.

A fault names what was found out and not whose fault it is. Its details are the host, seconds and sizes: never a path, a
query, a header or a body, so that no secret of a request gets into a log.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum

from scheduler.kernel.errors import LoaError, Refused

__all__ = ["HttpError", "HttpFault", "told_as"]


class HttpFault(StrEnum):
    ADDRESS = "address"
    """It is none that may be asked; `refused` says why. Nothing was sent."""
    PRIVATE = "private"
    """It lies, or its name leads, where this caller may not connect to. Nothing was sent."""
    UNREACHABLE = "unreachable"
    """Nobody answered at any of its addresses. Nothing was sent."""
    TLS = "tls"
    """Nobody who is trusted vouches for the name. Nothing was sent."""
    SILENT = "silent"
    """No byte came for too long."""
    SLOW = "slow"
    """Not all of it came within the time for all of it."""
    BAD_ANSWER = "bad_answer"
    """What came is no HTTP, or its head is without end."""
    CUT_OFF = "cut_off"
    """The connection ended before the answer did."""
    TOO_BIG = "too_big"
    REDIRECTS = "redirects"
    """It sends on and on."""


class HttpError(LoaError):
    """No answer, or half of one. `refused`: what the policy of addresses said, for ADDRESS and PRIVATE."""

    def __init__(self, fault: HttpFault, told: str = "", *, refused: Refused | None = None, **details: object) -> None:
        self.fault, self.told, self.refused, self.details = fault, told, refused, details
        super().__init__(" ".join(filter(None, (fault, str(details.get("host", "")), told))))


@contextmanager
def told_as(reasons: Mapping[HttpFault, str], **details: object) -> Iterator[None]:
    """Within it a fault leaves as Refused with the caller's reason for it; `details` beside those of the fault."""
    try:
        yield
    except HttpError as error:
        raise Refused(reasons[error.fault], **(error.details | details)) from error
