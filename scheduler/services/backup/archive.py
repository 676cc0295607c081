"""One file that holds a station: database, sounds, keys, configuration; how it is written and how it is looked through.

The database is copied by SQLite's own backup while everything runs; the sounds are files that never change once they
are there. The file is written beside its place, read back whole against its list of hashes, and only then takes its
name. What can be made again (renders for horns, logs, recordings of the WAV output) stays out. Who may, when and how
many are kept is `services.station.backups`'; putting it back is `services.backup.restore`'s.
"""

import hashlib
import io
import json
import os
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from scheduler.kernel.causes import reason_of
from scheduler.kernel.disk_reserve import free_bytes
from scheduler.kernel.disk_room import same_disk
from scheduler.kernel.durable import make_folder, put_in_place
from scheduler.kernel.encrypted_archive import EncryptedReader, EncryptedWriter, is_encrypted
from scheduler.kernel.errors import Refused
from scheduler.services.backup.members import Members, listed
from scheduler.services.backup.restore_orders import OF_THE_MOMENT
from scheduler.services.backup.sounds import BackupSound, SoundFolder, kept_sound, size_and_sum
from scheduler.store.air.journal import Journal
from scheduler.store.database import Store, instant_text, json_text
from scheduler.store.versions import KEPT

__all__ = ["ENDING", "HEAD", "LIST", "Contents", "Source", "looked_through", "opened", "reading", "write_backup"]

ENDING = ".loabak"
HEAD, LIST = "loa-phuong.json", "danh-sach.json"
"""The first and the last member: what this is, and size and hash of every member between."""
FORMAT, FORMAT_BESIDE = 1, 2
"""The second: its sounds lie beside it, which a release that knows only the first would not notice."""
DATABASE = "data/loa.db"
_LEFT_OUT = frozenset({"wav", "log", "backups", "library/renders", "exports", "trims", "tmp"})
"""Folders of the data that can be made again, or are backups themselves."""
_LEFT_FILES = frozenset(
    {"loa.db", "loa.db-wal", "loa.db-shm", "measured.bin", "measured.ends", "loa.pcm", "reserve", "anchor.bin"}
) | {
    f"pair/{name}"
    for name in ("air.bin", "quiet", "request.json", "outgoing.db", "outgoing.z", "incoming.db", "incoming.z")
}
"""The database is copied in its own way; the rest holds for this machine and this moment only: who has the air is told
anew to whoever is restored."""
_LEFT_ENDINGS = (".lock", ".part", ".new", ".tmp", ENDING)
_SOUNDS = "data/library/clips/"
_PIECE = 1 << 20
_MODE = 0o600
_ROOM = 50_000_000
"""Bytes that must be left on the disk when the backup is written."""

Tell = Callable[[float], None]
"""Told how far it has come, from 0 to 1; it may raise to stop the work."""


@dataclass(frozen=True, slots=True)
class Source:
    """What is backed up. Beside the data: `config`, `beside`, and only into an encrypted backup `secrets`."""

    store: Store
    data: Path
    station: str
    config: Path | None = None
    beside: tuple[Path, ...] = ()
    secrets: tuple[Path, ...] = ()
    keep_free: int = 0
    """Bytes that a backup on the disk of the data leaves free."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup says of itself, and what it holds: member -> (bytes, sha256)."""

    made_at: str
    station: str
    journal_rows: int
    journal_whole: bool
    members: dict[str, tuple[int, str]] = field(repr=False)
    sounds: dict[str, BackupSound] = field(repr=False, default_factory=dict)
    """Members whose bytes lie beside the file, in `sounds_in`."""
    sounds_in: Path | None = None

    @property
    def files(self) -> int:
        return len(self.members) + len(self.sounds)

    @property
    def bytes(self) -> int:
        return sum(size for size, _ in self.members.values()) + sum(kept.size for kept in self.sounds.values())


def write_backup(
    source: Source,
    place: Path,
    now: datetime,
    passphrase: str = "",
    tell: Tell = lambda _: None,
    sounds: SoundFolder | None = None,
) -> int:
    """Write the backup of `source` to `place` (its size in bytes); on a fault nothing half-made is left behind.
    `sounds`: where the library's are kept once, instead of in each file; it lies in the same folder as `place`.

    Raises Refused: backup_folder, backup_no_room, disk_full, backup_damaged (what was written reads otherwise).
    """
    part, copy = place.with_suffix(".part"), place.with_suffix(".db.part")
    try:
        make_folder(place.parent, 0o700)
        _need_room(source, place.parent, sounds)
        head = _copied(source, copy, now)
        if sounds is not None:
            head |= {"format": FORMAT_BESIDE, "sounds_in": sounds.root.name}
        tell(0.1)
        with _new(part) as raw:
            _packed(source, head, copy, raw, passphrase, lambda share: tell(0.1 + 0.5 * share), sounds)
        looked_through(part, passphrase, lambda share: tell(0.6 + 0.39 * share), hears=False)
        size = part.stat().st_size
        put_in_place(part, place)
        tell(1.0)
    except OSError as error:
        raise _refusal(error, place.parent) from error
    finally:
        for left in (part, copy, *copy.parent.glob(f"{copy.name}-*")):
            with suppress(OSError):
                left.unlink(missing_ok=True)
    return size


def looked_through(path: Path, passphrase: str = "", tell: Tell = lambda _: None, *, hears: bool = True) -> Contents:
    """Read a backup whole and hold every member against the list at its end; `hears`: the sounds beside it too.

    Raises Refused: backup_not_ours, backup_passphrase, backup_damaged, backup_sounds_missing.
    """
    head: dict[str, Any] = {}
    told: dict[str, Any] = {}
    found: dict[str, tuple[int, str]] = {}
    with reading(path):
        for name, member in opened(path, passphrase, tell):
            if name == HEAD:
                head = _json(member)
            elif name == LIST:
                told = _json(member)
            else:
                found[name] = size_and_sum(member)
    if head.get("format") not in {FORMAT, FORMAT_BESIDE}:
        raise Refused("backup_not_ours")
    wanted, sounds, rows, made_at = listed(head, told)
    if wanted != found or DATABASE not in found:
        odd = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
        raise Refused("backup_damaged", part=(odd or [DATABASE])[0])
    whole = bool(head.get("journal_whole"))
    folder = path.parent / Path(str(head.get("sounds_in", ""))).name if sounds else None
    if hears and folder is not None:
        for name, kept in sounds.items():
            with reading(path), kept_sound(folder, kept, passphrase) as stream:
                if size_and_sum(stream) != (kept.size, kept.sha256):
                    raise Refused("backup_damaged", part=name)
    return Contents(made_at, str(head.get("station", "")), rows, whole, found, sounds=sounds, sounds_in=folder)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """What goes wrong while a backup is read, as a refusal."""
    try:
        yield
    except (tarfile.TarError, EOFError, ValueError, RecursionError, OverflowError) as error:
        raise Refused("backup_damaged", part=path.name) from error


def opened(path: Path, passphrase: str = "", tell: Tell = lambda _: None) -> Iterator[tuple[str, IO[bytes]]]:
    """The members of a backup in their order, each to be read before the next is asked for, inside `reading`."""
    whole = max(path.stat().st_size, 1)
    with path.open("rb") as raw:
        source: Any = EncryptedReader(raw, passphrase) if is_encrypted(raw) else raw
        members = Members(whole, HEAD, own=frozenset({HEAD, LIST, DATABASE}), is_left=_is_left_out)
        with _tar(source) as tar:
            for member in tar:
                members.judge(member)
                stream = tar.extractfile(member)
                if stream is None:
                    raise Refused("backup_damaged", part=member.name[:80])
                yield member.name, stream
                tell(min(raw.tell() / whole, 1.0))
        while source.read(_PIECE):  # behind the archive's end: only the last piece of all says that none is missing
            pass


def _tar(source: Any) -> tarfile.TarFile:
    try:
        return tarfile.open(fileobj=source, mode="r|", bufsize=_PIECE)
    except tarfile.TarError as error:
        raise Refused("backup_not_ours") from error


def _copied(source: Source, copy: Path, now: datetime) -> dict[str, Any]:
    """A consistent copy of the database, looked at; what the backup says of itself."""
    copy.unlink(missing_ok=True)
    with _new(copy):
        pass
    with closing(sqlite3.connect(copy)) as target:
        # All pages in one step: in WAL mode no writer waits for it, and none can make it begin anew.
        source.store.db.conn.backup(target)
        if target.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise Refused("backup_damaged", part="loa.db")
    copied = Store(copy)
    try:
        verified = Journal(copied).verify()
        steps = [row["name"] for row in copied.rows("SELECT name FROM _sqlite_migrations ORDER BY rowid")]
        copied.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        copied.db.conn.execute("PRAGMA journal_mode=DELETE")
    finally:
        copied.close()
    return {
        "format": FORMAT,
        "made_at": instant_text(now),
        "station": source.station,
        "steps": steps,
        "journal_rows": verified.rows,
        "journal_whole": verified.whole,
    }


def _packed(
    source: Source,
    head: dict[str, Any],
    copy: Path,
    raw: BinaryIO,
    passphrase: str,
    tell: Tell,
    sounds: SoundFolder | None,
) -> None:
    sink: Any = EncryptedWriter(raw, passphrase) if passphrase else raw
    files = [(DATABASE, copy), *_files(source, encrypted=bool(passphrase))]
    whole = max(sum(path.stat().st_size for _, path in files if path.exists()), 1)
    members: dict[str, tuple[int, str]] = {}
    beside: dict[str, tuple[int, str, str]] = {}
    done = 0
    with tarfile.open(fileobj=sink, mode="w|", format=tarfile.PAX_FORMAT, bufsize=_PIECE) as tar:
        _add(tar, HEAD, json_text(head).encode())
        for name, path in files:
            try:
                if sounds is not None and name.startswith(_SOUNDS):
                    kept = sounds.keep(path)
                    beside[name] = kept.size, kept.sha256, kept.stored
                    done += kept.size
                else:
                    members[name] = _add_file(tar, name, path)
                    done += members[name][0]
            except FileNotFoundError:
                continue  # thrown away by a person between the look and now
            tell(done / whole)
        _add(tar, LIST, json_text({"members": members, **({"sounds": beside} if sounds else {})}).encode())
    if passphrase:
        sink.close()
    raw.flush()
    os.fsync(raw.fileno())


def _files(source: Source, *, encrypted: bool) -> Iterator[tuple[str, Path]]:
    for path in sorted(source.data.rglob("*")):
        told = path.relative_to(source.data).as_posix()
        if path.is_symlink() or not path.is_file() or told in OF_THE_MOMENT or _is_left_out(told):
            continue
        yield f"data/{told}", path
    if source.config and source.config.is_file():
        yield "config/config.toml", source.config
    taken = {"config.toml"}
    for path in dict.fromkeys((*source.beside, *(source.secrets if encrypted else ()))):
        name = path.name
        while name in taken:  # two services, each with a file called password
            name = f"{path.parent.name}-{name}"
        if path.is_file():
            taken.add(name)
            yield f"config/{name}", path


def _is_left_out(told: str) -> bool:
    is_file = told in _LEFT_FILES or told.endswith(_LEFT_ENDINGS) or told.startswith(f"loa.db{KEPT}")
    return is_file or any(told.startswith(f"{folder}/") for folder in _LEFT_OUT)


class _Hashing:
    """A file that tells what was read from it."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._raw.read(size)
        self.digest.update(data)
        return data


def _add_file(tar: tarfile.TarFile, name: str, path: Path) -> tuple[int, str]:
    with path.open("rb") as raw:
        info = tarfile.TarInfo(name)
        info.size, info.mode = os.fstat(raw.fileno()).st_size, _MODE
        reader = _Hashing(raw)
        tar.addfile(info, cast("IO[bytes]", reader))
    return info.size, reader.digest.hexdigest()


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(data), _MODE
    tar.addfile(info, io.BytesIO(data))


def _json(stream: IO[bytes]) -> dict[str, Any]:
    told = json.loads(stream.read(64_000_000))
    return told if isinstance(told, dict) else {}


@contextmanager
def _new(path: Path) -> Iterator[BinaryIO]:
    """A file that was not there, readable by its owner only."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE), "wb") as raw:
        yield raw


def _need_room(source: Source, folder: Path, sounds: SoundFolder | None) -> None:
    """Room for the copy of the database and for the file. Raises Refused backup_no_room."""
    database = source.store.path.stat().st_size + _size(source.store.path.with_name("loa.db-wal"))
    sizes = {name: _size(path) for name, path in _files(source, encrypted=True)}
    kept = min(sounds.bytes, sum(size for name, size in sizes.items() if name.startswith(_SOUNDS))) if sounds else 0
    room = max(_ROOM, source.keep_free) if same_disk(folder, source.data) else _ROOM
    needed = 2 * database + sum(sizes.values()) - kept + room
    free = free_bytes(folder)
    if free < needed:
        raise Refused("backup_no_room", needed=needed // 1_000_000, free=free // 1_000_000)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _refusal(error: OSError, folder: Path) -> Refused:
    reason = reason_of(error)
    return Refused(reason if reason in {"disk_full", "disk_error"} else "backup_folder", path=folder)
