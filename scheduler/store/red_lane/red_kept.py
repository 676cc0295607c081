"""What may be ordered at once, and by whom, as the rows last told it: a file for a start without the database.

Playout writes it whenever it has read something new; it is read where the rows cannot be. It holds no sound, only the
hashes of sounds, and decides nothing: the gate asks for approval, right and hash as always. A file that is torn, of
another owner, or that others may write is as if it were not there. Nothing here raises for what it finds.
"""

import hashlib
import json
import logging
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scheduler.core.model import Person, Role, Sha256
from scheduler.kernel.durable import write_whole
from scheduler.store.database import json_text

__all__ = ["NAME", "KeptKit", "RedKept", "RedKit"]

log = logging.getLogger(__name__)

NAME = "red.json"
_FORMAT = 1
_OTHERS_WRITE = 0o022


@dataclass(frozen=True, slots=True)
class KeptKit:
    """One template as one kind of order: what it consists of, sounds by their hashes."""

    announcement_id: int
    title: str
    audio_sha256: Sha256
    approved_sha256: Sha256
    trigger: str
    intro_sha256: str
    repeat: int
    items: tuple[tuple[str, int], ...]
    """Kind and frames, in their order."""
    named: Mapping[str, Sha256]
    """Kind -> the sound it has."""


@dataclass(frozen=True, slots=True)
class RedKit:
    """All of it."""

    kits: tuple[KeptKit, ...] = ()
    people: tuple[Person, ...] = ()
    """Who may act."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What the page has set: rules that hold beside those of config.toml."""


class RedKept:
    """The file of one data folder."""

    def __init__(self, data: Path) -> None:
        self.path = data / NAME

    def write(self, kept: RedKit, now: datetime) -> None:
        """Whole and on the disk, or not at all. Raises OSError."""
        people = [
            {"id": one.id, "login": one.login, "name": one.name, "role": one.role.value, "zones": list(one.zones)}
            for one in kept.people
        ]
        told = {"format": _FORMAT, "kits": [asdict(one) for one in kept.kits], "people": people}
        body = json_text(told | {"settings": dict(kept.settings)}).encode()
        write_whole(self.path, hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
        self.still_holds(now)

    def still_holds(self, now: datetime) -> None:
        """The rows have just told the same: how old it is counts from now. Raises OSError."""
        os.utime(self.path, (now.timestamp(), now.timestamp()))

    def as_of(self) -> datetime | None:
        """When the rows were last read and told this; None = there is no such file."""
        try:
            return datetime.fromtimestamp(self.path.stat().st_mtime, UTC)
        except OSError:
            return None

    def read(self) -> RedKit | None:
        """What was kept; None = nothing, or nothing that may be believed."""
        try:
            return self._read()
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            log.warning("%s is not believed: %s", NAME, error)
            return None

    def _read(self) -> RedKit:
        with self.path.open("rb") as file:
            status = os.fstat(file.fileno())
            if status.st_uid not in {os.geteuid(), self.path.parent.stat().st_uid} or status.st_mode & _OTHERS_WRITE:
                raise ValueError("others may write it")
            digest, _, body = file.read().partition(b"\n")
        if hashlib.sha256(body).hexdigest().encode() != digest:
            raise ValueError("it is not whole")
        told = json.loads(body)
        if told["format"] != _FORMAT:
            raise ValueError("it is of another release")
        people = (one | {"role": Role(one["role"]), "zones": tuple(one["zones"])} for one in told["people"])
        return RedKit(
            kits=tuple(_kit(one) for one in told["kits"]),
            people=tuple(Person(**one) for one in people),
            settings={name: tuple(one) if isinstance(one, list) else one for name, one in told["settings"].items()},
        )


def _kit(told: dict[str, Any]) -> KeptKit:
    items = tuple((str(kind), int(frames)) for kind, frames in told["items"])
    return KeptKit(**told | {"items": items, "named": {kind: Sha256(sha) for kind, sha in told["named"].items()}})
