"""What a ward and its boxes beside the horns (cụm loa) say to each other: signed messages, and which of them count.

Each message is one JSON text under an Ed25519 signature over exactly its bytes, so that nobody who can reach the
ward's MQTT server can set off a siren or invent a report. An order is for one box, has a number that only grows and,
where it must not come late, an expiry; whether it is fresh is judged by a clock that the ward's own has been held
against. Nothing here sends, and nothing here reads a clock.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from math import log10
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from scheduler.kernel.errors import Refused

__all__ = [
    "CLOCK_SLACK",
    "MOST_BYTES",
    "VERSION",
    "ClusterKind",
    "Freshness",
    "Order",
    "Topics",
    "claimed_key",
    "freshness",
    "gain_of",
    "open_message",
    "order_of",
    "public_of",
    "seal_message",
    "seal_order",
]

MOST_BYTES = 1_000_000
"""A longer message is not read at all."""
VERSION = 1
CLOCK_SLACK = timedelta(minutes=2)
"""How far the clocks of a ward and a box may differ before the box's is not believed."""
QUIETEST = 1
_ID_CHARS = 64
_KEY_CHARS = 64


class ClusterKind(StrEnum):
    """What an order is about."""

    PLAN = "plan"
    EMERGENCY = "emergency"
    STOP = "stop"
    VOLUME = "volume"
    MUTE = "mute"
    TEST = "test"
    SEEN = "seen"
    """The ward has what the box reported up to here; with the ward's clock, for who asked."""


class Freshness(StrEnum):
    """What becomes of an order at the moment."""

    NOW = "now"
    WAITS = "waits"
    """The box's clock is known to be wrong and by how much is not known yet."""
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Order:
    """One order of the ward for one box."""

    id: str
    seq: int
    """Grows with every order of this ward."""
    ward: str
    cluster: str
    kind: ClusterKind
    at: datetime
    expires: datetime | None
    """None = it holds until a later one of its kind."""
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Topics:
    """The names a box is reached by (`loa/<ward>/<cluster>/…`)."""

    ward: str
    cluster: str

    @property
    def cmd(self) -> str:
        return f"loa/{self.ward}/{self.cluster}/cmd"

    @property
    def state(self) -> str:
        return f"loa/{self.ward}/{self.cluster}/state"

    @property
    def presence(self) -> str:
        return f"loa/{self.ward}/{self.cluster}/presence"

    @property
    def log(self) -> str:
        return f"loa/{self.ward}/{self.cluster}/log"


def public_of(private: str) -> str:
    """The public half of a key, both in hex."""
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(private)).public_key().public_bytes_raw().hex()


def seal_message(told: Mapping[str, Any], private: str) -> bytes:
    """A signed message; `private`: the key's 32 bytes in hex."""
    signed = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    mark = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(private)).sign(_covered(signed)).hex()
    return json.dumps({"v": VERSION, "signed": signed, "sig": mark}, ensure_ascii=False).encode()


def _covered(signed: str) -> bytes:
    """What a signature covers: no text that the same key signs elsewhere (`core.report.proof`) can be taken for it."""
    return b"loa-cluster-1\n" + signed.encode()


def open_message(raw: bytes, public: str) -> dict[str, Any]:
    """What a message says, when `public` (hex) signed it.

    Raises Refused: cluster_too_big, cluster_unreadable, cluster_newer, cluster_forged.
    """
    if len(raw) > MOST_BYTES:
        raise Refused("cluster_too_big", bytes=len(raw), limit=MOST_BYTES)
    outer = _object(raw)
    if not isinstance(version := outer.get("v"), int) or version > VERSION:
        raise Refused("cluster_newer" if isinstance(version, int) else "cluster_unreadable")
    signed, mark = outer.get("signed"), outer.get("sig")
    if not isinstance(signed, str) or not isinstance(mark, str):
        raise Refused("cluster_unreadable")
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(mark), _covered(signed))
    except (InvalidSignature, ValueError) as error:
        raise Refused("cluster_forged") from error
    return _object(signed.encode())


def claimed_key(raw: bytes) -> str:
    """The key that a message says it is signed with; empty where it names none. Believed only after `open_message`."""
    try:
        told = _object(str(_object(raw).get("signed", "")).encode()) if len(raw) <= MOST_BYTES else {}
    except Refused:
        return ""
    key = told.get("key")
    return key if isinstance(key, str) and len(key) == _KEY_CHARS else ""


def _object(raw: bytes) -> dict[str, Any]:
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Refused("cluster_unreadable") from error
    if not isinstance(told, dict):
        raise Refused("cluster_unreadable")
    return told


def seal_order(order: Order, private: str) -> bytes:
    """An order as it goes over the wire."""
    told = {
        "id": order.id,
        "seq": order.seq,
        "ward": order.ward,
        "cluster": order.cluster,
        "kind": order.kind.value,
        "at": order.at.isoformat(),
        "expires": order.expires.isoformat() if order.expires else None,
        "body": dict(order.body),
    }
    return seal_message(told, private)


def order_of(raw: bytes, public: str, ward: str, cluster: str) -> Order:
    """The order for this box. Raises Refused as `open_message`, and cluster_not_for_us."""
    told = open_message(raw, public)
    try:
        order = Order(
            id=str(told["id"])[:_ID_CHARS],
            seq=int(told["seq"]),
            ward=str(told["ward"]),
            cluster=str(told["cluster"]),
            kind=ClusterKind(told["kind"]),
            at=_instant(told["at"]),
            expires=_instant(told["expires"]) if told["expires"] else None,
            body=told["body"] if isinstance(told["body"], dict) else {},
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Refused("cluster_unreadable") from error
    if (order.ward, order.cluster) != (ward, cluster):
        raise Refused("cluster_not_for_us", cluster=order.cluster[:40])
    return order


def _instant(text: object) -> datetime:
    made = datetime.fromisoformat(str(text))
    if made.tzinfo is None:
        raise ValueError("an instant without an offset")
    return made


def freshness(order: Order, now: datetime, ahead: timedelta | None, *, waited: bool) -> Freshness:
    """Whether an order still counts at the box.

    Args:
        order: as it came.
        now: by the box's own clock.
        ahead: how far that clock stands before the ward's, as an answer of the ward has shown; None = not known yet.
        waited: the ward has had its time to answer; the box's own clock has to do.

    """
    if order.expires is None:
        return Freshness.NOW
    true_now = now - ahead if ahead is not None else now
    is_behind = true_now < order.at - CLOCK_SLACK
    if ahead is None and (is_behind or true_now >= order.expires):
        return Freshness.EXPIRED if waited else Freshness.WAITS
    return Freshness.EXPIRED if is_behind or true_now >= order.expires else Freshness.NOW


def gain_of(percent: int) -> float:
    """A volume as people set it (1 to 100) in dB: half is 6 dB less. Raises Refused cluster_volume_bad."""
    if not QUIETEST <= percent <= 100:  # noqa: PLR2004 - percent
        raise Refused("cluster_volume_bad", percent=percent)
    return round(20 * log10(percent / 100), 1)
