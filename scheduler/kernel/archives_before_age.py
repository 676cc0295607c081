"""Kept for upgrades: reads the encrypted archives of releases before age, AES-256-GCM in pieces, the key by scrypt.

Nothing writes them any more. It goes, with `tests/store/old/backup`, when no backup of those releases is kept any more.
"""

import struct
from collections.abc import Callable
from typing import BinaryIO

from scheduler.kernel.errors import Refused

__all__ = ["PIECE", "is_one", "unlocked"]

_MAGIC = b"LOABAK1\x00"
PIECE = (1 << 20) + 16
"""Bytes of a piece in the file: all but the last have just so many."""
_COST = 1 << 15
"""scrypt's N, which all have: 32 MB."""
_HEAD = struct.Struct(">8sI16s4s")


def is_one(head: bytes) -> bool:
    """Whether a file that begins so is one of these."""
    return head.startswith(_MAGIC)


def unlocked(raw: BinaryIO, passphrase: str) -> Callable[[bytes, int, bool], bytes]:
    """What opens a piece of the file, told its number and whether it is the last; `raw` is then at the first.

    Raises Refused backup_passphrase, backup_damaged, backup_not_ours; so does what it gives.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    head = raw.read(_HEAD.size)
    if len(head) != _HEAD.size:
        raise Refused("backup_damaged", part="đầu tệp")
    _, cost, salt, prefix = _HEAD.unpack(head)
    if cost != _COST:
        raise Refused("backup_not_ours")
    if not passphrase:
        raise Refused("backup_passphrase")
    cipher = AESGCM(Scrypt(salt=salt, length=32, n=cost, r=8, p=1).derive(passphrase.encode()))

    def opened(piece: bytes, count: int, last: bool) -> bytes:  # noqa: FBT001 - a type of function, called in one place
        try:
            return cipher.decrypt(prefix + count.to_bytes(8, "big"), piece, _MAGIC + bytes([last]))
        except InvalidTag as error:
            if not count:  # a wrong passphrase; nothing can tell it from a file damaged right here
                raise Refused("backup_passphrase") from error
            raise Refused("backup_damaged", part=f"đoạn {count + 1}") from error

    return opened
