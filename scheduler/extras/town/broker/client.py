"""One connection to the broker: proves itself by its key, pings every 10 s, comes back for ever, says how it stands.

An address that begins with `tls:` is never spoken to in the clear, whatever the server says. What the broker refuses
(a subject, a key, a certificate) comes to nobody as an exception in nats-py: it is told to `on_fault`, in reason codes.
It knows no subject and no stream.
"""

import asyncio
import logging
import random
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nats.errors
from nats.aio.client import Client
from nats.js import JetStreamContext

from scheduler.extras.town.broker import keys
from scheduler.extras.town.broker.waiting import end_all
from scheduler.kernel.errors import Refused

__all__ = ["JS_TIMEOUT", "Broker", "BrokerClient", "LineState", "connect", "fault_of", "jetstream", "urls_of"]

log = logging.getLogger(__name__)

JS_TIMEOUT = 4.0
"""Seconds for an answer of the log: nats-py fails no request of a broken connection before its own time is over."""
PING_EVERY = 10
PINGS_MISSED = 2
CONNECT_SECONDS = 10
LEAST_PAUSE, MOST_PAUSE = 1.0, 2.5
"""Seconds between two attempts, drawn anew each time, so that a province does not dial in step."""
PATIENT_AFTER = 8
"""Attempts that were turned away at the door before they become rare: a revoked ward is not to knock all day."""
LONGEST_PAUSE = 15.0
_SCHEMES = {"nats": 4222, "tls": 4222, "ws": 80, "wss": 443}
_SAFE = frozenset({"tls", "wss"})


class LineState(StrEnum):
    CONNECTED = "connected"
    AWAY = "away"
    CLOSED = "closed"
    """For good: the broker has thrown us out. Whoever wants to go on connects anew."""


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is and who we are there."""

    url: str
    """One address, or those of a cluster with commas between; nats, tls, ws or wss."""
    seed: str | None = None
    ca_file: Path | None = None
    """Certificates (PEM) that vouch for the broker; None = those of the system."""
    inbox_prefix: str = "_INBOX"


class BrokerClient(Client):
    """nats-py's client, proving itself by a key without the package `nkeys`, and never in the clear if TLS is asked.

    The one place that touches what nats-py keeps for itself; a contract test pins it against the real server.
    """

    def __init__(self, seed: str | None, *, is_safe: bool) -> None:
        super().__init__()
        self._seed = seed
        self._is_safe = is_safe
        self.turned_away = 0
        """How often in a row the broker has refused the key."""
        self._dialling = asyncio.Lock()
        self._loops: set[asyncio.Task[Any]] = set()
        """Those that dial, and those that wait for their turn."""
        self._is_over = False
        if seed is not None:
            self._public_nkey = keys.public_of(seed)
            self._auth_configured = True

    def signed(self, nonce: str) -> bytes:
        """nats-py's signature callback."""
        from base64 import b64encode

        return b64encode(keys.sign(self._seed or "", nonce.encode()))

    def _connect_command(self) -> bytes:
        # A server (or somebody between) that offers no TLS would get our word in the clear.
        if self._is_safe and not self._server_info.get("tls_required"):
            raise nats.errors.SecureConnRequiredError
        return super()._connect_command()

    # Nats-py 2.16 starts the readers of a connection also where the server went before its answer, and such a reader
    # begins a second reconnect loop beside the one that dials. Both share one transport: the later dial forgets the
    # socket of the earlier one, which stays connected (a client twice), or both read one line, and the error ends the
    # loop unheard (a client never again). A cancelled loop goes on, too: `wait_for` of Python 3.11 loses a
    # cancellation that meets its answer. Hence: one loop at a time, one socket at a time, none after the end; and who
    # closes waits until no loop is left, for a loop keeps the socket that it has just got.

    async def _attempt_reconnect(self) -> None:
        if (task := asyncio.current_task()) is None:
            return
        self._loops.add(task)
        try:
            async with self._dialling:
                if self.is_reconnecting and not self._is_over:  # else the loop before has come through after all
                    await super()._attempt_reconnect()
        finally:
            self._loops.discard(task)

    async def _end_dialling(self) -> None:
        while loops := self._loops - {asyncio.current_task()}:
            await end_all(loops)
            self._status = Client.DISCONNECTED

    async def _process_op_err(self, e: Exception) -> None:
        if not self.is_connecting:  # whoever dials hears of it
            await super()._process_op_err(e)

    async def _close(self, status: int, do_cbs: bool = True) -> None:  # noqa: FBT001, FBT002 - nats-py's signature
        if self._is_over:
            return
        self._is_over = status == Client.CLOSED
        if self._is_over:
            await self._end_dialling()
        if self._transport is not None and not self.is_connected:
            # A socket whose TLS has failed never tells its end: nats-py would wait for it for ever, and dial no more.
            self._transport.close()  # type: ignore[no-untyped-call]  # nats-py tells no types here
            self._transport = None
        try:
            await super()._close(status, do_cbs)
        except (OSError, asyncio.CancelledError):
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise
            # The line broke under the last words; or the dialling, cancelled while it waited for the socket's end, has
            # cancelled that end for all who wait for it. Nats-py stops there, and nobody hears that it is over. Once
            # more, with nothing left to say and nothing to wait for.
            self._pending, self._pending_data_size = [], 0
            if self._transport is not None:
                self._transport.close()  # type: ignore[no-untyped-call]  # nats-py tells no types here
            self._transport = None
            self._status = Client.DISCONNECTED
            await super()._close(status, do_cbs)

    async def _process_pong(self) -> None:
        # Who waited for it may have gone (a `flush` cancelled, or out of time). Its place in the row stays, for answers
        # come in their order; but to tell it would end the reading of the whole connection.
        if self._pongs and self._pongs[0].done():
            self._pongs[0] = asyncio.get_running_loop().create_future()
        await super()._process_pong()

    async def _connect_to_server(self, s: Any) -> None:
        await self._hang_up()
        self._not_when_over()
        await super()._connect_to_server(s)

    async def _process_connect_init(self) -> None:
        try:
            await super()._process_connect_init()
            self._not_when_over()
            # A server that goes between our word and its answer leaves nats-py for ever in the state "connecting".
            if not self.is_connected:
                raise nats.errors.UnexpectedEOF  # noqa: TRY301 - one way out, below
        except OSError:  # a certificate that is not believed is one, and a ValueError as well
            await self._hang_up()
            raise
        except (RuntimeError, ValueError) as fault:  # what is no INFO ends nats-py's loop unheard
            await self._hang_up()
            raise nats.errors.Error(str(fault)) from fault
        except BaseException:
            await self._hang_up()  # nats-py forgets the socket of an attempt that failed, and dials the next
            raise

    def _not_when_over(self) -> None:
        if self._is_over:
            self._status = Client.CLOSED
            raise asyncio.CancelledError

    async def _hang_up(self) -> None:
        """Nothing is left of the attempt before: no reader, no flusher, no ping, no socket."""
        for task in (self._reading_task, self._ping_interval_task, self._flusher_task):
            if task is not None and task is not asyncio.current_task():
                task.cancel()
        if self._transport is not None:
            self._transport.close()  # type: ignore[no-untyped-call]  # nats-py tells no types here
            # Not awaited itself: to cancel that would cancel the socket's end for all who wait for it.
            ending = asyncio.ensure_future(self._transport.wait_closed())  # type: ignore[no-untyped-call]
            ending.add_done_callback(lambda one: one.cancelled() or one.exception())
            await asyncio.wait({ending}, timeout=1.0)

    def pause(self) -> float:
        """Seconds before the next attempt."""
        if self.turned_away > PATIENT_AFTER:
            return LONGEST_PAUSE * random.uniform(0.7, 1.0)  # noqa: S311 - spreads wards, no secret
        return random.uniform(LEAST_PAUSE, MOST_PAUSE)  # noqa: S311 - spreads wards, no secret


async def connect(
    address: Broker,
    *,
    name: str,
    on_fault: Callable[[Refused], None],
    on_state: Callable[[LineState], None] = lambda _: None,
    wait: bool = True,
) -> BrokerClient:
    """A connection, also to a broker that is not there yet: it dials until it is, however long that takes.

    `on_fault` hears what is wrong, as reason codes: link_unreachable, link_tls, link_turned_away, link_not_allowed,
    link_broken. `on_state` hears of every change. `wait=False`: one attempt. Raises Refused: link_address_bad,
    link_ca_unreadable, link_key_unreadable, and without `wait` what the attempt ran into.
    """
    urls = urls_of(address.url)
    is_safe = urlsplit(urls[0]).scheme in _SAFE
    client = BrokerClient(address.seed, is_safe=is_safe)
    ear = _Ear(client, on_fault, on_state)
    try:
        await client.connect(
            urls,
            name=name,
            error_cb=ear.fault,
            disconnected_cb=ear.away,
            reconnected_cb=ear.back,
            closed_cb=ear.closed,
            allow_reconnect=wait,
            connect_timeout=CONNECT_SECONDS,
            reconnect_time_wait=client.pause(),  # type: ignore[arg-type]  # it sleeps so long, and knows fractions
            max_reconnect_attempts=-1,
            ping_interval=PING_EVERY,
            max_outstanding_pings=PINGS_MISSED,
            tls=_tls(address) if is_safe else None,
            signature_cb=client.signed if address.seed is not None else None,
            inbox_prefix=address.inbox_prefix,
            reconnect_to_server_handler=ear.next_server,
        )
    except (OSError, nats.errors.Error, TimeoutError) as fault:
        raise (ear.last or fault_of(fault)) from fault
    client.turned_away = 0
    on_state(LineState.CONNECTED)
    return client


class _Ear:
    """What nats-py calls back, made into reason codes and states; and when and where it dials again."""

    def __init__(
        self, client: BrokerClient, on_fault: Callable[[Refused], None], on_state: Callable[[LineState], None]
    ) -> None:
        self._client, self._on_fault, self._on_state = client, on_fault, on_state
        self._is_first = False
        """Whether the next attempt is the first since the line broke."""
        self.last: Refused | None = None

    async def fault(self, fault: Exception) -> None:
        self.last = fault_of(fault)
        if self.last.reason == "link_turned_away":
            self._client.turned_away += 1
        self._client.options["reconnect_time_wait"] = self._client.pause()
        self._on_fault(self.last)

    def next_server(self, servers: list[Any], _told: dict[str, Any]) -> tuple[Any, float]:
        first, self._is_first = self._is_first, False
        seconds = random.uniform(0, LEAST_PAUSE) if first else self._client.pause()  # noqa: S311 - spreads wards
        return random.choice(servers), seconds  # noqa: S311 - spreads wards, no secret

    async def away(self) -> None:
        self._is_first = True
        self._on_state(LineState.AWAY)

    async def back(self) -> None:
        self._client.turned_away = 0
        self._on_state(LineState.CONNECTED)

    async def closed(self) -> None:
        self._on_state(LineState.CLOSED)


def jetstream(client: Client) -> JetStreamContext:
    """The log behind a connection, with the short time-outs of NETWORK 3.5."""
    return client.jetstream(timeout=JS_TIMEOUT)


def urls_of(told: str) -> list[str]:
    """The addresses of one broker. Raises Refused link_address_bad."""
    urls = [one.strip() for one in told.split(",") if one.strip()]
    schemes = {_scheme_of(url) for url in urls}
    if not urls or len(schemes) != 1:
        raise Refused("link_address_bad", url=told[:200])
    return urls


def _scheme_of(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in _SCHEMES and parts.hostname and "@" not in parts.netloc
        _ = parts.port
    except ValueError as error:
        raise Refused("link_address_bad", url=url[:200]) from error
    if not is_good or any(char.isspace() for char in url):
        raise Refused("link_address_bad", url=url[:200])
    return parts.scheme


def _tls(address: Broker) -> ssl.SSLContext:
    """Raises Refused link_ca_unreadable."""
    try:
        return ssl.create_default_context(cafile=str(address.ca_file) if address.ca_file else None)
    except (OSError, ValueError) as error:
        raise Refused("link_ca_unreadable", file=address.ca_file.name if address.ca_file else "") from error


_TOLD: Mapping[type[Exception], str] = {
    nats.errors.AuthorizationError: "link_turned_away",
    nats.errors.SecureConnRequiredError: "link_tls",
    nats.errors.UnexpectedEOF: "link_unreachable",
    nats.errors.StaleConnectionError: "link_silent",
    nats.errors.SlowConsumerError: "link_slow",
    nats.errors.NoServersError: "link_unreachable",
    ssl.SSLError: "link_tls",
    TimeoutError: "link_slow",
    OSError: "link_unreachable",
}


def fault_of(fault: Exception) -> Refused:
    """The reason code of what nats-py or the socket reports."""
    told = str(fault).removeprefix("nats: ").strip("' ")
    lower = told.lower()
    if "permissions violation" in lower:
        return Refused("link_not_allowed", told=told[:200])
    if "authorization" in lower or "authentication" in lower or "account authentication" in lower:
        return Refused("link_turned_away")
    for kind, reason in _TOLD.items():
        if isinstance(fault, kind):
            return Refused(reason)
    return Refused("link_broken", told=told[:200])
