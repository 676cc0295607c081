"""The broker's user keys (nkeys): an Ed25519 key in base32 with a prefix and a checksum, as NATS documents it.

`cryptography` does the arithmetic (docs/decisions/0019). The seed ("SU…") is the ward's secret: it lies in a file of
mode 0600 and is in no log line and no error; the public key ("U…") is what the town is given.
"""

import base64
import binascii
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from scheduler.kernel.causes import reason_of
from scheduler.kernel.durable import make_folder, sync_folder
from scheduler.kernel.errors import Refused

__all__ = ["is_public", "load", "load_or_make", "new_seed", "public_of", "sign", "verify"]

_SEED = 18 << 3
_USER = 20 << 3
_RAW = 32
_PUBLIC_CHARS = 56
_SEED_CHARS = 58


def new_seed() -> str:
    """A new user seed, "SU…" (58 characters)."""
    return _seed_of(Ed25519PrivateKey.generate().private_bytes_raw())


def public_of(seed: str) -> str:
    """The public key "U…" (56 characters) of a seed. Raises Refused link_key_unreadable."""
    return _encoded(bytes((_USER,)) + _private(seed).public_key().public_bytes_raw())


def sign(seed: str, nonce: bytes) -> bytes:
    """The 64 bytes of the signature of `nonce`. Raises Refused link_key_unreadable."""
    return _private(seed).sign(nonce)


def verify(public: str, data: bytes, signature: bytes) -> bool:
    """Whether the owner of a public key "U…" has signed `data`; a key that is none has signed nothing."""
    raw = _public_raw(public)
    if raw is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def is_public(text: str) -> bool:
    """Whether `text` is a well-formed public key of a user: prefix, length, checksum."""
    return _public_raw(text) is not None


def load_or_make(path: Path) -> str:
    """The seed in the file `path`, made there (mode 0600) where there is none yet; two processes make one.

    Raises Refused: link_key_open (others may read it), link_key_unreadable, disk_readonly.
    """
    try:
        return load(path)
    except (FileNotFoundError, NotADirectoryError):
        pass
    made = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        make_folder(path.parent, 0o700)
        number = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(number, "w", encoding="ascii") as file:
            file.write(new_seed() + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # whoever links first has made it; a half-written seed is never there
            os.link(made, path)
            sync_folder(path.parent)
        return load(path)
    except OSError as error:
        raise Refused(reason_of(error, "disk_readonly")) from error
    finally:
        with suppress(OSError):
            made.unlink()


def load(path: Path) -> str:
    """The seed in the file `path`. Raises FileNotFoundError; Refused link_key_open, link_key_unreadable."""
    try:
        mode = path.stat().st_mode
        seed = path.read_text(encoding="ascii").strip()
    except (FileNotFoundError, NotADirectoryError):
        raise
    except (OSError, ValueError) as error:
        raise Refused("link_key_unreadable", file=path.name) from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Refused("link_key_open", file=path.name)
    _private(seed)
    return seed


def _seed_of(raw: bytes) -> str:
    return _encoded(bytes((_SEED | _USER >> 5, (_USER & 31) << 3)) + raw)


def _encoded(body: bytes) -> str:
    return base64.b32encode(body + binascii.crc_hqx(body, 0).to_bytes(2, "little")).decode().rstrip("=")


def _decoded(text: str, chars: int) -> bytes | None:
    """The bytes before the checksum; None where the text is none of ours."""
    if len(text) != chars or not text.isascii():
        return None
    try:
        raw = base64.b32decode(text + "=" * (-len(text) % 8))
    except binascii.Error:
        return None
    body, told = raw[:-2], int.from_bytes(raw[-2:], "little")
    return body if binascii.crc_hqx(body, 0) == told and _encoded(body) == text else None


def _public_raw(text: str) -> bytes | None:
    body = _decoded(text, _PUBLIC_CHARS)
    return body[1:] if body is not None and body[0] == _USER else None


def _private(seed: str) -> Ed25519PrivateKey:
    body = _decoded(seed, _SEED_CHARS)
    if body is None or body[0] & 0xF8 != _SEED or (body[0] & 7) << 5 | (body[1] & 0xF8) >> 3 != _USER:
        raise Refused("link_key_unreadable", file="nkey")
    return Ed25519PrivateKey.from_private_bytes(body[2 : 2 + _RAW])
