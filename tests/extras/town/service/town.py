"""A town for tests of the ward: keys, envelopes in the order they are sent, and a ward that follows."""

import json
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scheduler.core.model import Person, Priority
from scheduler.extras.town.rules.envelope import Act, Envelope, Kind, Status, new_id, public_hex, seal
from scheduler.extras.town.service.town import TownService
from scheduler.station import Station

WARD = "27145"
TEXT = "Hồ chứa xả lũ lúc mười giờ, bà con ở bãi sông lên chỗ cao ngay."


@dataclass
class Town:
    """An issuer, and the stream of what it has sent to one station."""

    station: Station
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    sequence: int = 0
    place: int = 0

    @property
    def issuer(self) -> str:
        return public_hex(self.key)

    def envelope(self, **changes: Any) -> Envelope:
        """The next envelope of the issuer; any field changed."""
        self.sequence += 1
        now = self.station.clock.now()
        told: dict[str, Any] = {
            "id": new_id(now, secrets.token_bytes(10)),
            "kind": Kind.ANNOUNCEMENT,
            "act": Act.ALERT,
            "status": Status.ACTUAL,
            "sequence": self.sequence,
            "issuer": self.issuer,
            "sent": now,
            "expires": now + timedelta(hours=6),
            "priority": Priority.NORMAL,
            "title": "Xả lũ",
            "text": TEXT,
            "author": "Văn phòng",
            "approver": "Chủ tịch",
        }
        return Envelope(**(told | changes))

    def raw(self, envelope: Envelope) -> bytes:
        return seal(envelope, self.key)

    def send(self, envelope: Envelope | bytes, subject: str = "dispatch.all", **more: Any) -> Any:
        """What became of it in the ward; the stream gives each message the next place."""
        self.place += 1
        raw = envelope if isinstance(envelope, bytes) else self.raw(envelope)
        return self.station.services.get(TownService).receive(raw, subject, self.place, **more)

    def issue(self, **changes: Any) -> Any:
        """Send one and give its row as it stands."""
        taken = self.send(self.envelope(**changes))
        return self.station.services.get(TownService).inbox.get(taken.row.id)


def pinned(station: Station, boss: Person, **may: bool) -> Town:
    """A town that this ward trusts."""
    town = Town(station)
    station.services.get(TownService).pin(boss, town.issuer, "Thị xã", **may)
    return town


def tend(station: Station, times: int = 3) -> None:
    """What the link does about once a second, with a worker beside it."""
    for _ in range(times):
        station.services.get(TownService).tend()
        speak_all(station)


def up(station: Station, kind: str) -> list[dict[str, Any]]:
    """What is owed upwards of one kind, in order."""
    return [
        json.loads(row.body) for row in station.services.get(TownService).up.outbox(100_000) if row.subject_kind == kind
    ]


def speak_all(station: Station) -> None:
    """What the worker does when its process runs."""
    worker = station.worker()
    while worker.work_once():
        pass


def told(station: Station, issue_id: str) -> list[str]:
    """The states of an issue as they were told upwards, in order."""
    return [body["state"] for body in up(station, "ack") if body["id"] == issue_id]
