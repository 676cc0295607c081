"""What may be sent to an address, judged by the head of a request: before its first byte of body is read.

By who calls, the right that the address asks for, the length that is told and the room on the disk. A refusal is a
whole answer with its sentence; "100 Continue" is never said before it. What a form holds is the page's to judge.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Flask
from markupsafe import escape
from waitress.utilities import Error
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from scheduler.config.loading import Config
from scheduler.core.words.wording import sentence_of
from scheduler.kernel.disk_room import MEGABYTE, need_room
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.station import Station
from web.air import microphone
from web.api.problems import problem
from web.auth import right_of
from web.errors import PLAIN
from web.http.callers import Caller

__all__ = ["SMALL_BODY", "BodyGate", "Head", "TurnedAway", "most_of"]

SMALL_BODY = 4_000_000
"""Bytes a form without files may have; a megabyte of text must still reach the desk to be refused by its own reason."""
ON_DISK = 500_000
"""From so many bytes on a body is kept on the disk while it arrives."""
COPIES = 3
"""How often it lies there at most: as it came, as its form was read, and as the file that stays."""
_REASONS = {
    403: "Forbidden",
    411: "Length Required",
    413: "Content Too Large",
    417: "Expectation Failed",
    507: "Insufficient Storage",
}
_STATUS = {
    "body_stranger": 413, "body_limit": 413, "body_unmeasured": 411, "expectation_unknown": 417, "disk_floor": 507,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of a request says of its body."""

    method: str
    path: str
    length: int
    chunked: bool
    expects: str
    """Of the header Expect; empty = nothing."""


class TurnedAway(Error):  # type: ignore[misc]  # noqa: N818 - an answer; waitress has no types
    """A refusal as waitress sends one."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        super().__init__("")
        self.code, self.reason = status, _REASONS.get(status, "Refused")
        self.headers, self.text = dict(headers), body

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:  # noqa: ARG002 - waitress's signature
        return f"{self.code} {self.reason}", [*self.headers.items(), ("Cache-Control", "no-store")], self.text


class BodyGate:
    def __init__(self, app: Callable[[], Flask], station: Station) -> None:
        """`app`: the application that answers now."""
        self._app, self._station = app, station

    def turned_away(self, head: Head, caller: Caller, on_the_way: Callable[[], int]) -> TurnedAway | None:
        """The answer to a request whose body is not wanted; None = it may come.

        `on_the_way`: bytes of all bodies that are arriving, this one among them.
        """
        try:
            self.judge(head, caller, on_the_way)
        except Refused as refused:
            return _turned_away(refused, is_api=head.path.startswith("/api/"))
        return None

    def judge(self, head: Head, caller: Caller, on_the_way: Callable[[], int]) -> None:
        """Raises Refused: expectation_unknown, body_stranger, body_unmeasured, body_limit, disk_floor; NotPermitted."""
        if head.expects not in {"", "100-continue"}:
            raise Refused("expectation_unknown")
        if not head.length and not head.chunked:
            return
        limits = self._station.written.limits
        small = limits.stranger_body_kb * 1000
        if not caller.is_known and (head.chunked or head.length > small):
            raise Refused("body_stranger", limit=small)
        if head.length <= small and not head.chunked:
            return
        endpoint = self._endpoint(head)
        right = right_of(self._app(), endpoint)
        if right and caller.person and not caller.may(right):
            raise NotPermitted(right, caller.person.role.value)
        most = most_of(self._app(), endpoint, self._station.written) if endpoint else small
        if head.length > most:
            raise Refused("body_limit", limit_mb=-(-most // MEGABYTE))
        if head.chunked and most > SMALL_BODY:  # a file of unknown length: nothing can be promised for it
            raise Refused("body_unmeasured")
        if head.length > ON_DISK:
            need_room(self._station.written.data, COPIES * on_the_way(), limits.keep_free_mb)

    def most(self, head: Head) -> int:
        """Bytes that a body without a told length may grow to."""
        endpoint = self._endpoint(head)
        return most_of(self._app(), endpoint, self._station.written) if endpoint else 0

    def grown(self, head: Head) -> TurnedAway:
        """The answer to a body without a told length that has grown beyond `most`."""
        refused = Refused("body_limit", limit_mb=-(-self.most(head) // MEGABYTE))
        return _turned_away(refused, is_api=head.path.startswith("/api/"))

    def _endpoint(self, head: Head) -> str:
        """The page or act that an address and method lead to; empty = none."""
        try:
            found, _ = self._app().url_map.bind("").match(head.path, head.method)
        except (HTTPException, RequestRedirect):
            return ""
        return str(found)


def most_of(app: Flask, endpoint: str, config: Config) -> int:
    """The largest body of an address, in bytes: what its view says, a file's, a piece's or a form's."""
    if most := getattr(app.view_functions.get(endpoint), "most_bytes", 0):
        return int(most)
    files = {
        "recordings.take_in": config.audio.max_upload_mb * MEGABYTE + SMALL_BODY,
        "dispatches.import_file": config.audio.max_dispatch_mb * MEGABYTE + SMALL_BODY,
        "microphone.push": microphone.MOST_BYTES,
    }
    return files.get(endpoint, SMALL_BODY)


def _turned_away(refused: Refused, *, is_api: bool) -> TurnedAway:
    status = 403 if isinstance(refused, NotPermitted) else _STATUS[refused.reason]
    if is_api:
        answer = problem(refused.reason, refused.details, status=status)
        return TurnedAway(status, {"Content-Type": answer.content_type}, answer.get_data())
    text = PLAIN.format(told=escape(sentence_of(refused)))
    return TurnedAway(status, {"Content-Type": "text/html; charset=utf-8"}, text.encode())
