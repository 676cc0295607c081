"""Whether any loudspeaker of a Snapcast stream sounds, by what its server tells of its clients.

One sounds when it is connected, plays our stream, is not muted, and answers the server: a client whose cable was pulled
stays "connected" for minutes, but its time stands still. Where it cannot be told which stream is ours, any will do. It
asks nobody and remembers only when each client last answered.
"""

import os
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from scheduler.playout.outputs.snapcast_control import SnapcastClient, SnapcastStatus, SnapcastStream

__all__ = ["SILENT_AFTER", "Listeners"]

SILENT_AFTER = 5.0
"""Seconds without an answer after which a client is gone: it asks its server for the time every second."""
_SOURCE_PORT = 4953


class Listeners:
    """Of the stream that is fed through `target`, a pipe's path or tcp://host:port."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._answers: dict[str, tuple[float, float, bool]] = {}
        """Client -> what it last answered, since when (monotonic), and whether its answers were ever seen to go on."""

    def silence(self, status: SnapcastStatus, now: float) -> str:
        """Why no loudspeaker sounds what is sent, at `now` (monotonic); empty = one does."""
        ours = self._ours(status.sources)
        answering: set[str] = {one.id for one in status.connected if self._answers_at(one, now)}
        playing = [group for group in status.groups if not ours or group.stream in ours]
        here = [(group, one) for group in playing for one in group.clients if one.id in answering]
        if not here and answering:
            return f"no Snapcast client plays the stream {', '.join(sorted(ours))}; put a group on it"
        if not here:
            return "no Snapcast client is connected; check the loudspeakers and their network"
        if all(group.is_muted or one.is_muted or not one.percent for group, one in here):
            return "every Snapcast client is muted or at volume 0"
        return ""

    def _answers_at(self, client: SnapcastClient, now: float) -> bool:
        """A server that never moves a client's time tells nothing by it: such a client is believed."""
        last, since, moves = self._answers.get(client.id, (client.last_seen, now, False))
        if client.last_seen != last:
            last, since, moves = client.last_seen, now, True
        self._answers[client.id] = last, since, moves
        return not moves or now - since <= SILENT_AFTER

    def _ours(self, streams: tuple[SnapcastStream, ...]) -> set[str]:
        """Our stream and those made of it; empty where it is not to be told which of them it is."""
        fed = [one.id for one in streams if self._is_fed(one.uri)]
        if len(fed) != 1:
            return set()
        sources = {one.id: _source(one.uri) for one in streams}
        return {*fed, *(name for name, of in sources.items() if of.scheme == "meta" and fed[0] in of.path.split("/"))}

    def _is_fed(self, uri: str) -> bool:
        source = _source(uri)
        if "://" not in self._target:
            return source.scheme == "pipe" and os.path.realpath(source.path) == os.path.realpath(self._target)
        return source.scheme == "tcp" and source.port == _source(self._target).port


class _Source(NamedTuple):
    scheme: str = ""
    path: str = ""
    port: int = 0


def _source(uri: str) -> _Source:
    """Where a stream comes from; one that cannot be read comes from nowhere."""
    try:
        parts = urlsplit(uri)
        return _Source(parts.scheme, unquote(parts.path), parts.port or _SOURCE_PORT)
    except ValueError:
        return _Source()
