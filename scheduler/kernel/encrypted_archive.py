"""A file that a passphrase opens, in the age format: whoever has `age` opens it without us (decision 0037).

One scrypt recipient, then ChaCha20-Poly1305 in pieces that are bound to their place and to whether they are the last.
Writing and reading go strictly forward, in the memory of a few pieces; what a file may ask for its key is bounded. What
older releases wrote is read too. It knows nothing of what is inside.
"""

import base64
import hmac
import re
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO

from scheduler.kernel import archives_before_age
from scheduler.kernel.errors import Refused

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

__all__ = ["EncryptedReader", "EncryptedWriter", "is_age", "is_encrypted"]

_MAGIC = b"age-encryption.org/v1\n"
_PIECE, _TAG = 1 << 16, 16
_KEY, _SALT, _NONCE = 16, 16, 16
_COST = 15
"""Binary logarithm of scrypt's N, with r = 8 and p = 1: 32 MB and about a tenth of a second."""
_MOST_COST = 18
"""What a file may ask of us: 256 MB, as much as `age -p` asks. More is no file of ours."""
_HEAD = re.compile(
    re.escape(_MAGIC) + rb"-> scrypt ([A-Za-z0-9+/]{22}) ([1-9][0-9]?)\n([A-Za-z0-9+/]{43})\n--- ([A-Za-z0-9+/]{43})\n"
)
_HEAD_LINES = 4
_LONGEST_LINE = 128


def is_age(raw: BinaryIO) -> bool:
    """Whether a file is one that we would write; it is then at its beginning again."""
    return _head(raw) == _MAGIC


def is_encrypted(raw: BinaryIO) -> bool:
    """Whether a file is one that we read; it is then at its beginning again."""
    return is_age(raw) or archives_before_age.is_one(_head(raw))


def _head(raw: BinaryIO) -> bytes:
    head = raw.read(len(_MAGIC))
    raw.seek(0)
    return head


class EncryptedWriter:
    """Takes bytes, writes them encrypted; `close` writes the last piece and leaves `raw` open."""

    def __init__(self, raw: BinaryIO, passphrase: str) -> None:
        key, salt, nonce = (secrets.token_bytes(size) for size in (_KEY, _SALT, _NONCE))
        wrapped = _wrapping(passphrase, salt, _COST).encrypt(bytes(12), key, None)
        head = b"%b-> scrypt %b %d\n%b\n---" % (_MAGIC, _base64(salt), _COST, _base64(wrapped))
        self._raw = raw
        self._cipher = _cipher(_derived(key, nonce, b"payload"))
        self._held = bytearray()
        self._count = 0
        raw.write(b"%b %b\n%b" % (head, _base64(_mac(key, head)), nonce))

    def write(self, data: bytes) -> int:
        self._held += data
        done = 0
        while len(self._held) - done > _PIECE:
            self._put(bytes(self._held[done : done + _PIECE]), last=False)
            done += _PIECE
        del self._held[:done]
        return len(data)

    def close(self) -> None:
        self._put(bytes(self._held), last=True)
        self._held.clear()

    def _put(self, piece: bytes, *, last: bool) -> None:
        self._raw.write(self._cipher.encrypt(_place(self._count, last=last), piece, None))
        self._count += 1


class EncryptedReader:
    """Reads a file of `EncryptedWriter`, of `age -p`, or of an older release, strictly forward.

    Raises Refused backup_passphrase, backup_damaged, backup_not_ours.
    """

    def __init__(self, raw: BinaryIO, passphrase: str) -> None:
        self._raw = raw
        if archives_before_age.is_one(_head(raw)):
            self._size, self._open = archives_before_age.PIECE, archives_before_age.unlocked(raw, passphrase)
        else:
            self._size, self._open = _PIECE + _TAG, _unlocked(raw, passphrase)
        self._count = 0
        self._left = b""
        self._next = raw.read(self._size)
        if not self._next:
            raise Refused("backup_damaged", part=f"đoạn {self._count + 1}")

    def read(self, size: int = -1) -> bytes:
        found = [self._left]
        length = len(self._left)
        while (size < 0 or length < size) and self._next:
            found.append(self._piece())
            length += len(found[-1])
        whole = b"".join(found)
        cut = len(whole) if size < 0 else size
        self._left = whole[cut:]
        return whole[:cut]

    def _piece(self) -> bytes:
        piece, self._next = self._next, self._raw.read(self._size)
        opened = self._open(piece, self._count, not self._next)
        self._count += 1
        return opened


def _unlocked(raw: BinaryIO, passphrase: str) -> Callable[[bytes, int, bool], bytes]:
    """What opens a piece, told its number and whether it is the last."""
    from cryptography.exceptions import InvalidTag

    key = _key(raw, passphrase)
    nonce = raw.read(_NONCE)
    cipher = _cipher(_derived(key, nonce, b"payload"))

    def opened(piece: bytes, count: int, last: bool) -> bytes:  # noqa: FBT001 - a type of function, called in one place
        try:
            found = cipher.decrypt(_place(count, last=last), piece, None)
        except InvalidTag as error:
            raise Refused("backup_damaged", part=f"đoạn {count + 1}") from error
        if not found and count:  # the format knows no empty piece but the only one of an empty file
            raise Refused("backup_damaged", part=f"đoạn {count + 1}")
        return found

    return opened


def _key(raw: BinaryIO, passphrase: str) -> bytes:
    """The key of a file, whose head is read from `raw`."""
    from cryptography.exceptions import InvalidTag

    lines = [raw.readline(_LONGEST_LINE) for _ in range(_HEAD_LINES)]
    if not lines[-1].endswith(b"\n"):
        raise Refused("backup_damaged", part="đầu tệp")
    found = _HEAD.fullmatch(b"".join(lines))
    if found is None or int(found[2]) > _MOST_COST:
        raise Refused("backup_not_ours")
    if not passphrase:
        raise Refused("backup_passphrase")
    salt, wrapped = (base64.b64decode(text + b"=" * (-len(text) % 4)) for text in found.group(1, 3))
    try:
        key = _wrapping(passphrase, salt, int(found[2])).decrypt(bytes(12), wrapped, None)
    except InvalidTag as error:  # a wrong passphrase; nothing can tell it from a file damaged right here
        raise Refused("backup_passphrase") from error
    bound = found[0][: found.start(4) - 1]
    if len(key) != _KEY or not hmac.compare_digest(found[4], _base64(_mac(key, bound))):
        raise Refused("backup_damaged", part="đầu tệp")
    return key


def _wrapping(passphrase: str, salt: bytes, cost: int) -> "ChaCha20Poly1305":
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    scrypt = Scrypt(salt=b"age-encryption.org/v1/scrypt" + salt, length=32, n=1 << cost, r=8, p=1)
    return _cipher(scrypt.derive(passphrase.encode()))


def _cipher(key: bytes) -> "ChaCha20Poly1305":
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    return ChaCha20Poly1305(key)


def _derived(key: bytes, salt: bytes | None, use: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=use).derive(key)


def _mac(key: bytes, head: bytes) -> bytes:
    return hmac.digest(_derived(key, None, b"header"), head, "sha256")


def _place(count: int, *, last: bool) -> bytes:
    return count.to_bytes(11, "big") + bytes([last])


def _base64(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")
