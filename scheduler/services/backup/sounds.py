"""The sounds of a station's backups, kept once beside the files: a night's backup writes what is new, no more.

A sound is a file that never changes, named by the hash of what it says and the hash of its own bytes, so that a look
at the folder alone tells what is damaged. Encrypted sounds of another passphrase, or of a release before age, lie in a
folder of their own and stay as long as a backup that needs them may. It decides no number of backups and knows nothing
of what a sound is.
"""

import hashlib
import io
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from scheduler.kernel.durable import make_folder, put_in_place, write_whole
from scheduler.kernel.encrypted_archive import EncryptedReader, EncryptedWriter, is_age
from scheduler.kernel.errors import Refused

__all__ = ["BackupSound", "SoundFolder", "kept_sound", "size_and_sum"]

_PIECE = 1 << 20
_PROBE = "thu"
"""A few encrypted bytes: whether they open says whether the sounds beside them would."""
_OPEN = "khong-mat-khau"
_SLACK = 86_400.0
"""Seconds by which a sound outlives the oldest backup that may need it."""


@dataclass(frozen=True, slots=True)
class BackupSound:
    """A sound beside a backup: bytes and hash of what it says, and its name in the folder."""

    size: int
    sha256: str
    stored: str


class SoundFolder:
    def __init__(self, root: Path, passphrase: str = "") -> None:
        """`root`: made when it is not there. Raises OSError."""
        self.root = root
        self._passphrase = passphrase
        make_folder(root, 0o700)
        self._own = root / (self._opened_by(passphrase) if passphrase else _OPEN)
        make_folder(self._own, 0o700)

    @property
    def bytes(self) -> int:
        """What lies in it already and need not be written again."""
        return sum(one.stat().st_size for one in self._own.glob("*-*"))

    def keep(self, path: Path) -> BackupSound:
        """See to it that the sound `path` lies here whole. Raises OSError; Refused backup_damaged."""
        size, sha256 = _sum(path)
        for found in sorted(self._own.glob(f"{sha256}-*")):
            if _sum(found)[1] == found.name.partition("-")[2]:
                os.utime(found)  # whoever looks for what nobody needs goes by this
                return BackupSound(size, sha256, found.relative_to(self.root).as_posix())
            found.unlink()  # damaged since: written anew
        part = self._own / f"{sha256}.part"
        try:
            self._write(path, part)
            place = self._own / f"{sha256}-{_sum(part)[1]}"
            put_in_place(part, place)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        kept = BackupSound(size, sha256, place.relative_to(self.root).as_posix())
        with kept_sound(self.root, kept, self._passphrase) as stream:
            if size_and_sum(stream) != (size, sha256):
                raise Refused("backup_damaged", part=path.name)
        return kept

    def sweep(self, oldest: float) -> None:
        """Remove what no backup since `oldest` (seconds since 1970) has needed."""
        for found in self.root.glob("*/*-*"):
            with suppress(OSError):
                if found.stat().st_mtime < oldest - _SLACK:
                    found.unlink()

    def _write(self, path: Path, part: Path) -> None:
        part.unlink(missing_ok=True)
        with path.open("rb") as raw, os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            sink = EncryptedWriter(out, self._passphrase) if self._passphrase else None
            while piece := raw.read(_PIECE):
                (sink or out).write(piece)
            if sink is not None:
                sink.close()
            out.flush()
            os.fsync(out.fileno())

    def _opened_by(self, passphrase: str) -> str:
        """Name of the folder that this passphrase opens; a new one where none is."""
        for probe in sorted(self.root.glob(f"*/{_PROBE}")):
            with suppress(Refused), probe.open("rb") as raw:
                if is_age(raw):
                    EncryptedReader(raw, passphrase).read()
                    return probe.parent.name
        made = self.root / secrets.token_hex(4)
        make_folder(made, 0o700)
        said = io.BytesIO()
        writer = EncryptedWriter(said, passphrase)
        writer.write(_PROBE.encode())
        writer.close()
        write_whole(made / _PROBE, said.getvalue())
        return made.name


@contextmanager
def kept_sound(root: Path, kept: BackupSound, passphrase: str) -> Iterator[IO[bytes]]:
    """What a kept sound says, to be read forward. Raises Refused backup_sounds_missing, and as EncryptedReader."""
    parts = kept.stored.split("/")
    if len(parts) != 2 or {"", ".", ".."} & set(parts) or "\\" in kept.stored:  # noqa: PLR2004 - a folder and a name
        raise Refused("backup_damaged", part=kept.stored[:80])
    try:
        raw = (root / kept.stored).open("rb")
    except OSError as error:
        raise Refused("backup_sounds_missing", folder=root) from error
    with raw:
        stream: Any = raw if parts[0] == _OPEN else EncryptedReader(raw, passphrase)
        yield cast("IO[bytes]", stream)


def _sum(path: Path) -> tuple[int, str]:
    with path.open("rb") as raw:
        return size_and_sum(raw)


def size_and_sum(stream: IO[bytes]) -> tuple[int, str]:
    """Its bytes from here on, and their SHA-256 in hex."""
    digest, size = hashlib.sha256(), 0
    while piece := stream.read(_PIECE):
        digest.update(piece)
        size += len(piece)
    return size, digest.hexdigest()
