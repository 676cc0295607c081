"""The station's signing key: one Ed25519 pair in a file that only the station's account can read.

It makes, keeps, changes and uses the key; what is signed is `proof`'s. The private half never leaves this module
and stands in no row, log or answer. A file that is there and cannot be read is never written over.
"""

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock

from scheduler.core.report.proof import Handover, handover_text
from scheduler.kernel.causes import reason_of
from scheduler.kernel.durable import make_folder, write_whole
from scheduler.kernel.errors import Refused

__all__ = ["Keys", "SigningKey", "holds"]

log = logging.getLogger(__name__)

FILE = "journal-key.json"
_PRIVATE_MODE = 0o600
_OTHERS = 0o077
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The pair that signs now, and how it came from those before it."""

    public: str
    """In hex."""
    handovers: tuple[tuple[str, Handover], ...] = ()
    """(old public key, its consent), oldest first."""
    private: str = field(default="", repr=False)

    def sign(self, message: bytes) -> str:
        """The signature, in hex."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self.private)).sign(message).hex()

    def since(self, old: str) -> tuple[Handover, ...]:
        """The consents that lead from `old` to this key; empty when there is no such way."""
        for place, (given_by, _) in enumerate(self.handovers):
            if given_by == old:
                return tuple(one for _, one in self.handovers[place:])
        return ()


class Keys:
    """The key file in `folder`. Several processes may ask at once: one makes it, all get the same."""

    def __init__(self, folder: Path, file: str = FILE) -> None:
        self.path = folder / file

    def make(self) -> None:
        """Make the first key, once. Raises Refused disk_readonly."""
        if self.path.exists():
            return
        with self._alone():
            if not self.path.exists():
                self._write(_fresh())

    def current(self) -> SigningKey:
        """The key that signs now, made if there is none. Raises Refused key_unreadable, or what the machine failed in
        (`causes`), which says nothing of the key.
        """
        self.make()
        try:
            if self.path.stat().st_mode & _OTHERS:
                log.warning("%s could be read by others; its mode is set right", self.path)
                self.path.chmod(_PRIVATE_MODE)
            return _read(self.path.read_text(encoding="utf-8"))
        except OSError as error:
            raise Refused(reason_of(error, "key_unreadable"), path=self.path) from error
        except (ValueError, KeyError, TypeError) as error:
            raise Refused("key_unreadable", path=self.path) from error

    def change(self) -> SigningKey:
        """Let a new key take the old one's place, with its consent; the old private half is gone for good."""
        self.make()
        with self._alone():
            old = self.current()
            new = _fresh()
            consent = Handover(new.public, old.sign(handover_text(old.public, new.public)))
            self._write(SigningKey(new.public, (*old.handovers, (old.public, consent)), new.private))
        return self.current()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else writes the key meanwhile."""
        try:
            make_folder(self.path.parent, 0o700)
            with FileLock(self.path.with_suffix(".lock"), mode=_PRIVATE_MODE):
                yield
        except OSError as error:
            raise Refused(reason_of(error, "disk_readonly")) from error

    def _write(self, key: SigningKey) -> None:
        """Whole or not at all: a key that was cut in half would be a key that is lost."""
        told = {
            "private": key.private,
            "public": key.public,
            "handovers": [{"old": old, "new": one.new, "proof": one.proof} for old, one in key.handovers],
        }
        write_whole(self.path, json.dumps(told).encode(), _PRIVATE_MODE)


def _fresh() -> SigningKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    made = Ed25519PrivateKey.generate()
    return SigningKey(made.public_key().public_bytes_raw().hex(), private=made.private_bytes_raw().hex())


def _read(text: str) -> SigningKey:
    told: dict[str, Any] = json.loads(text)
    private, public = bytes.fromhex(told["private"]), bytes.fromhex(told["public"])
    if (len(private), len(public)) != (_KEY_BYTES, _KEY_BYTES):
        raise ValueError("not a key of 32 bytes")
    handovers: Sequence[dict[str, str]] = told["handovers"]
    return SigningKey(
        public.hex(), tuple((one["old"], Handover(one["new"], one["proof"])) for one in handovers), private.hex()
    )


def holds(message: bytes, signature: str, public: str) -> bool:
    """Whether `message` was signed with the key whose public half this is; both in hex. Never raises."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True
