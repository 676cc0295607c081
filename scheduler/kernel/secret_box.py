"""What must not be readable in a stolen database: sealed with a key that stands in a file of its own beside it.

The key file has mode 0600, is made once and never written over. A sealed text opens only for the row it was sealed for.
"""

import base64
import secrets
from pathlib import Path

from filelock import FileLock

from scheduler.kernel.causes import reason_of
from scheduler.kernel.durable import write_whole
from scheduler.kernel.errors import Refused

__all__ = ["SecretBox"]

FILE = "people-key"
_MODE = 0o600
_KEY_BYTES, _NONCE_BYTES = 32, 12


class SecretBox:
    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def seal(self, text: str, about: str) -> str:
        """`text` so that only `open` with the same `about` reads it.

        Raises Refused disk_readonly, people_key_unreadable.
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(self._key(make=True)).encrypt(nonce, text.encode(), about.encode())
        return base64.b64encode(nonce + sealed).decode()

    def open(self, sealed: str, about: str) -> str:
        """What was sealed. Raises Refused people_key_unreadable: no key, another's key, or a changed text."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            whole = base64.b64decode(sealed, validate=True)
            told = AESGCM(self._key()).decrypt(whole[:_NONCE_BYTES], whole[_NONCE_BYTES:], about.encode())
        except (InvalidTag, ValueError) as error:
            raise Refused("people_key_unreadable", path=self.path) from error
        return told.decode()

    def _key(self, *, make: bool = False) -> bytes:
        try:
            if make and not self.path.exists():
                self._make()
            if self.path.stat().st_mode & 0o077:
                self.path.chmod(_MODE)
            key = bytes.fromhex(self.path.read_text(encoding="ascii").strip())
        except (OSError, ValueError) as error:
            raise Refused("people_key_unreadable", path=self.path) from error
        if len(key) != _KEY_BYTES:
            raise Refused("people_key_unreadable", path=self.path)
        return key

    def _make(self) -> None:
        """Whole or not at all, once, however many ask."""
        try:
            with FileLock(self.path.with_suffix(".lock"), mode=_MODE):
                if self.path.exists():
                    return
                write_whole(self.path, secrets.token_hex(_KEY_BYTES).encode("ascii"), _MODE)
        except OSError as error:
            raise Refused(reason_of(error, "disk_readonly")) from error
