"""Asking and steering a Snapcast server: its JSON-RPC over HTTP, for clients, groups, volume and mute.

Every call opens a connection of its own and waits a few seconds at most. Whatever goes wrong (no server, no such
client, an answer that makes no sense) is an OutputError with a sentence. Nothing is remembered between calls.
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from scheduler.kernel.errors import OutputError
from scheduler.kernel.net.client import Addresses, HttpClient, Limits
from scheduler.kernel.net.faults import HttpError, HttpFault

__all__ = ["SnapcastClient", "SnapcastControl", "SnapcastGroup", "SnapcastStatus", "SnapcastStream"]

_TIMEOUT = 2.0
_PORT = 1780
_MOST_ANSWER = 4_000_000
_LOUDEST = 100


@dataclass(frozen=True, slots=True)
class SnapcastClient:
    id: str
    name: str
    """What people called it, else its host."""
    is_connected: bool
    percent: int
    is_muted: bool
    last_seen: float
    """When it last answered, in seconds of the server's own clock."""


@dataclass(frozen=True, slots=True)
class SnapcastGroup:
    id: str
    name: str
    is_muted: bool
    stream: str
    clients: tuple[SnapcastClient, ...]


@dataclass(frozen=True, slots=True)
class SnapcastStream:
    id: str
    uri: str
    """Where its sound comes from, such as tcp://0.0.0.0:4953?name=loa."""


@dataclass(frozen=True, slots=True)
class SnapcastStatus:
    version: str
    groups: tuple[SnapcastGroup, ...]
    sources: tuple[SnapcastStream, ...]

    @property
    def streams(self) -> tuple[str, ...]:
        return tuple(one.id for one in self.sources)

    @property
    def connected(self) -> tuple[SnapcastClient, ...]:
        return tuple(client for group in self.groups for client in group.clients if client.is_connected)


class SnapcastControl:
    """The server whose JSON-RPC is at `url`, such as http://127.0.0.1:1780 (with or without /jsonrpc)."""

    def __init__(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            host = port = None
        if not host or parts.scheme not in {"http", "https"}:
            what = f'"{url}" is no address of a Snapcast control: write http://host:1780'
            raise OutputError(what, permanent=True)
        self._host, self._port = host, port or _PORT
        self._path = parts.path if parts.path not in {"", "/"} else "/jsonrpc"
        addresses = Addresses(allow_private=True, allowed_hosts=(host,))  # the configuration names it
        self._client = HttpClient(addresses, Limits(_TIMEOUT, _MOST_ANSWER, connect=_TIMEOUT))
        shown = f"[{host}]" if ":" in host else host
        try:
            self._place = addresses.judge(f"{parts.scheme}://{shown}:{self._port}{self._path}")
        except HttpError as error:
            raise OutputError(f"{url!r} cannot be a Snapcast control: {error}", permanent=True) from error

    def status(self) -> SnapcastStatus:
        """The server's groups and clients as they are now."""
        answer = self._call("Server.GetStatus")
        try:
            server = answer["server"]
            return SnapcastStatus(
                version=str(server["server"]["snapserver"]["version"]),
                groups=tuple(map(_group, server["groups"])),
                sources=tuple(map(_stream, server["streams"])),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise self._senseless() from error

    def groups(self) -> tuple[SnapcastGroup, ...]:
        return self.status().groups

    def set_client_volume(self, client_id: str, percent: int) -> None:
        """How loud one client is, 0 to 100; whether it is muted stays as it was."""
        if not 0 <= percent <= _LOUDEST:
            raise OutputError(f"the volume of a Snapcast client is 0 to 100, not {percent}")
        self._call("Client.SetVolume", id=client_id, volume={"percent": percent})

    def set_group_mute(self, group_id: str, *, muted: bool) -> None:
        self._call("Group.SetMute", id=group_id, mute=muted)

    def _call(self, method: str, **params: object) -> Any:
        asked = json.dumps({"id": 1, "jsonrpc": "2.0", "method": method, "params": params}).encode()
        try:
            headers = {"Content-Type": "application/json"}
            with self._client.ask("POST", self._place, headers=headers, body=asked) as response:
                raw, status = response.body(), response.status
        except HttpError as error:
            if error.fault in {HttpFault.BAD_ANSWER, HttpFault.TOO_BIG}:
                raise self._senseless() from error
            told = error.told or error.fault
            what = f"the Snapcast control at {self._host}:{self._port} does not answer: {told}; does snapserver run?"
            raise OutputError(what) from error
        try:
            answer = json.loads(raw)
        except ValueError as error:
            raise self._senseless(status) from error
        if not isinstance(answer, dict) or ("result" not in answer and "error" not in answer):
            raise self._senseless(status)
        if fault := answer.get("error"):
            why = (fault.get("data") or fault.get("message")) if isinstance(fault, dict) else fault
            raise OutputError(f"the Snapcast server refuses {method}: {why}")
        return answer["result"]

    def _senseless(self, status: int | None = None) -> OutputError:
        told = "" if status is None else f" (HTTP {status})"
        return OutputError(
            f"what answers at {self._host}:{self._port}{self._path} is no Snapcast control{told}; check the address"
        )


def _group(told: dict[str, Any]) -> SnapcastGroup:
    clients = tuple(map(_client, told["clients"]))
    return SnapcastGroup(str(told["id"]), str(told["name"]), bool(told["muted"]), str(told["stream_id"]), clients)


def _stream(told: dict[str, Any]) -> SnapcastStream:
    return SnapcastStream(str(told["id"]), str(told.get("uri", {}).get("raw", "")))


def _client(told: dict[str, Any]) -> SnapcastClient:
    config = told["config"]
    return SnapcastClient(
        id=str(told["id"]),
        name=str(config["name"] or told["host"]["name"]),
        is_connected=bool(told["connected"]),
        percent=int(config["volume"]["percent"]),
        is_muted=bool(config["volume"]["muted"]),
        last_seen=_seconds(told.get("lastSeen") or {}),
    )


def _seconds(told: dict[str, Any]) -> float:
    return float(told.get("sec", 0)) + float(told.get("usec", 0)) / 1e6
