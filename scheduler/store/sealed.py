"""A file that only a passphrase opens: AES-256-GCM in pieces, the key by scrypt.

Each piece is bound to its place and to whether it is the last, so that pieces cannot be left out, swapped or cut off
without notice. It knows nothing of what is inside.
"""

import os
import struct
from typing import BinaryIO

from scheduler.errors import Refused

__all__ = ["MAGIC", "SealedReader", "SealedWriter", "is_sealed"]

MAGIC = b"LOABAK1\x00"
_PIECE = 1 << 20
_TAG = 16
_SALT, _PREFIX = 16, 4
_COST = 1 << 15
"""scrypt's N, with r = 8 and p = 1: 32 MB and about a tenth of a second."""
_HEAD = struct.Struct(">8sI16s4s")
_MOST_COST = 1 << 20
"""What a file may ask of us; more is no file of ours."""


def is_sealed(head: bytes) -> bool:
    """Whether a file that begins so is one of these."""
    return head.startswith(MAGIC)


def _cipher(passphrase: str, salt: bytes, cost: int) -> "object":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    key = Scrypt(salt=salt, length=32, n=cost, r=8, p=1).derive(passphrase.encode())
    return AESGCM(key)


class SealedWriter:
    """Takes bytes, writes them sealed; `close` writes the last piece and leaves `raw` open."""

    def __init__(self, raw: BinaryIO, passphrase: str) -> None:
        self._raw = raw
        self._salt, self._prefix = os.urandom(_SALT), os.urandom(_PREFIX)
        self._cipher = _cipher(passphrase, self._salt, _COST)
        self._held = bytearray()
        self._count = 0
        raw.write(_HEAD.pack(MAGIC, _COST, self._salt, self._prefix))

    def write(self, data: bytes) -> int:
        self._held += data
        while len(self._held) > _PIECE:
            self._seal(bytes(self._held[:_PIECE]), last=False)
            del self._held[:_PIECE]
        return len(data)

    def close(self) -> None:
        self._seal(bytes(self._held), last=True)
        self._held.clear()

    def _seal(self, piece: bytes, *, last: bool) -> None:
        nonce, bound = _bound(self._prefix, self._count, last=last)
        self._raw.write(self._cipher.encrypt(nonce, piece, bound))  # type: ignore[attr-defined]
        self._count += 1


class SealedReader:
    """Reads what `SealedWriter` wrote, strictly forward. Raises Refused backup_passphrase, backup_damaged."""

    def __init__(self, raw: BinaryIO, passphrase: str) -> None:
        self._raw = raw
        head = raw.read(_HEAD.size)
        if len(head) != _HEAD.size:
            raise Refused("backup_damaged", part="đầu tệp")
        magic, cost, salt, self._prefix = _HEAD.unpack(head)
        if magic != MAGIC or cost > _MOST_COST or cost < 2 or cost & (cost - 1):  # noqa: PLR2004 - scrypt's least
            raise Refused("backup_not_ours")
        if not passphrase:
            raise Refused("backup_passphrase")
        self._cipher = _cipher(passphrase, salt, cost)
        self._count = 0
        self._left = b""
        self._next = raw.read(_PIECE + _TAG)

    def read(self, size: int = -1) -> bytes:
        found = [self._left]
        length = len(self._left)
        while (size < 0 or length < size) and self._next:
            found.append(self._open())
            length += len(found[-1])
        whole = b"".join(found)
        cut = len(whole) if size < 0 else size
        self._left = whole[cut:]
        return whole[:cut]

    def _open(self) -> bytes:
        from cryptography.exceptions import InvalidTag

        piece, self._next = self._next, self._raw.read(_PIECE + _TAG)
        nonce, bound = _bound(self._prefix, self._count, last=not self._next)
        try:
            opened: bytes = self._cipher.decrypt(nonce, piece, bound)  # type: ignore[attr-defined]
        except InvalidTag as error:
            if not self._count:  # a wrong passphrase; nothing can tell it from a file damaged right here
                raise Refused("backup_passphrase") from error
            raise Refused("backup_damaged", part=f"đoạn {self._count + 1}") from error
        self._count += 1
        return opened


def _bound(prefix: bytes, count: int, *, last: bool) -> tuple[bytes, bytes]:
    return prefix + count.to_bytes(8, "big"), MAGIC + bytes([last])
