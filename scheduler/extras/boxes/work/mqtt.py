"""The MQTT client of ward and box: connects, connects again, and puts what comes into a queue. The one home of paho.

Its thread only moves messages; rows are written by whoever reads the queue. Nothing that was handed over counts as
sent before the server has confirmed it. It knows no topic's meaning.
"""

import logging
import secrets
import socket
import ssl
import stat
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from scheduler.extras.boxes.keys import MqttConfig
from scheduler.extras.boxes.rules.messages import MOST_BYTES
from scheduler.kernel.errors import Refused

__all__ = ["Came", "Mqtt", "Will", "client_id"]

log = logging.getLogger(__name__)

LONGEST_PAUSE = 10
MOST_QUEUED = 10_000
_SESSION_SECONDS = 30 * 24 * 3600
_PLAIN, _TLS = 1883, 8883


@dataclass(frozen=True, slots=True)
class Came:
    """One message, or a change of the connection (topic empty; payload empty = it is gone)."""

    topic: str
    payload: bytes
    retained: bool = False

    @property
    def is_connection(self) -> bool:
        return not self.topic


@dataclass(frozen=True, slots=True)
class Will:
    """What the server says for us when we are gone."""

    topic: str
    payload: bytes


class Mqtt:
    """One connection with a persistent session under `client_id`."""

    def __init__(
        self,
        told: MqttConfig,
        folder: Path,
        client_id: str,
        topics: Iterable[str],
        *,
        will: Will | None = None,
        with_expiry: bool = False,
    ) -> None:
        """`with_expiry`: speak MQTT 5, whose messages may expire at the server."""
        self._topics = tuple(topics)
        self._came: SimpleQueue[Came] = SimpleQueue()
        self._confirmed: SimpleQueue[int] = SimpleQueue()
        self.connected = False
        self.fault = "mqtt_unreachable"
        """Why it is not connected, as a reason code."""
        self._told, self._folder, self._v5 = told, folder, with_expiry
        version = MQTTProtocolVersion.MQTTv5 if with_expiry else MQTTProtocolVersion.MQTTv311
        clean = None if with_expiry else False  # of MQTT 5 the connecting says it
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id, clean, protocol=version)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message
        self._client.on_publish = lambda _c, _u, mid, *_: self._confirmed.put(mid)
        self._client.on_socket_open = _no_delay
        self._client.reconnect_delay_set(1, LONGEST_PAUSE)
        self._client.max_queued_messages_set(MOST_QUEUED)
        if will:
            self._client.will_set(will.topic, will.payload, qos=1, retain=True)
        if told.ca_file or told.url.startswith("mqtts"):
            self._client.tls_set_context(self._tls())

    def _tls(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(
                cafile=str(self._folder / self._told.ca_file) if self._told.ca_file else None
            )
        except (OSError, ssl.SSLError) as error:
            raise Refused("mqtt_ca_unreadable", path=self._told.ca_file) from error

    def start(self) -> None:
        """Connect in the background, now or when the server is there. Raises Refused mqtt_password_open, …_missing."""
        if self._told.user:
            self._client.username_pw_set(self._told.user, self._password())
        parts = urlsplit(self._told.url)
        port = parts.port or (_TLS if parts.scheme == "mqtts" else _PLAIN)
        more: dict[str, Any] = {}
        if self._v5:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho's
            properties.SessionExpiryInterval = _SESSION_SECONDS
            more = {"clean_start": False, "properties": properties}
        self._client.connect_async(parts.hostname or "", port, self._told.keepalive_seconds, **more)
        self._client.loop_start()

    def _password(self) -> str:
        path = self._folder / self._told.password_file
        try:
            mode, password = path.stat().st_mode, path.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, ValueError) as error:
            raise Refused("mqtt_password_missing") from error
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise Refused("mqtt_password_open")
        return password

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, seconds: int | None = None) -> int | None:
        """Hand a message over (its number, which `confirmed` tells later); None while there is no connection.

        `seconds`: how long the server keeps it for who is away, where this connection knows of that.
        """
        if not self.connected:
            return None
        properties = None
        if self._v5 and seconds is not None:
            properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho's
            properties.MessageExpiryInterval = max(seconds, 1)
        told = self._client.publish(topic, payload, qos=1, retain=retain, properties=properties)
        return told.mid if told.rc == paho.MQTT_ERR_SUCCESS else None

    def confirmed(self) -> list[int]:
        """Numbers of messages that the server has, since the last call."""
        found = []
        with suppress(Empty):
            while True:
                found.append(self._confirmed.get_nowait())
        return found

    def take(self, seconds: float) -> list[Came]:
        """What has come; waits up to `seconds` for the first."""
        found = []
        with suppress(Empty):
            found.append(self._came.get(timeout=seconds))
            while True:
                found.append(self._came.get_nowait())
        return found

    def stop(self, farewell: Will | None = None) -> None:
        """Say a last word and hang up."""
        if farewell and self.connected:
            with suppress(RuntimeError, ValueError):
                self._client.publish(farewell.topic, farewell.payload, qos=1, retain=True).wait_for_publish(1.0)
        self._client.disconnect()
        self._client.loop_stop()

    # On paho's own thread

    def _on_connect(self, client: paho.Client, _data: object, _flags: object, code: Any, _properties: object) -> None:
        if code.is_failure:
            refused = {"Not authorized", "Bad user name or password"}
            self.fault = "mqtt_refused" if str(code) in refused else "mqtt_unreachable"
            log.error("the MQTT server says: %s", code)
            return
        if self._topics:
            client.subscribe([(topic, 1) for topic in self._topics])
        self.connected, self.fault = True, ""
        self._came.put(Came("", b"1"))

    def _on_disconnect(self, _client: object, _data: object, _flags: object, code: Any, _properties: object) -> None:
        if self.connected:
            log.warning("the MQTT connection is gone: %s", code)
        self.connected, self.fault = False, self.fault or "mqtt_unreachable"
        self._came.put(Came("", b""))

    def _on_message(self, _client: object, _data: object, message: paho.MQTTMessage) -> None:
        if len(message.payload) > MOST_BYTES:
            log.error("a message of %d bytes on %s is left unread", len(message.payload), message.topic)
            return
        self._came.put(Came(message.topic, bytes(message.payload), bool(message.retain)))


def _no_delay(_client: object, _data: object, connection: Any) -> None:
    """Without it every small message waits 40 ms for the other side's acknowledgement."""
    with suppress(OSError, AttributeError):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def client_id(who: str, ward: str, key: str) -> str:
    """A name at the server that no other machine has: of its key, or drawn."""
    return f"loa-{who}-{ward}-{key[:12] or secrets.token_hex(6)}"
