"""Uploads at the desk that arrive piece by piece: begun, gone on with after any break, finished, given up.

A piece says where it belongs; one that came before is not taken twice, and one that would leave a hole is not taken.
What has come is in one file of the incoming folder and outlives the page, the network and the process. A whole upload
is held against its check sum before it becomes the same job as any other file. Limits: a person's uploads at a time,
all files on their way in together, and the disk.
"""

import fcntl
import os
import re
import secrets
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from audio_assets.part_file import disk_faults
from scheduler.core.model import Person
from scheduler.kernel.disk_room import need_room
from scheduler.kernel.errors import NotFound, Refused
from scheduler.services.announcement.recordings import MEGABYTE, RecordingService
from scheduler.services.repositories import Repositories, permit
from scheduler.store import Upload, Uploads

MARK = re.compile(r"[0-9a-f]{1,64}")
_TOUCH_EVERY = timedelta(minutes=5)
"""A row costs a flush of the disk, a piece need not."""
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class UploadState:
    """How far an upload has come."""

    upload: Upload
    received: int
    """Bytes from its beginning; the next piece belongs there."""

    @property
    def share(self) -> float:
        return self.received / self.upload.size


class UploadService:
    def __init__(self, repos: Repositories, recordings: RecordingService) -> None:
        self._repos = repos
        self._recordings = recordings
        self._rows = Uploads(repos.store)

    def begin(
        self, actor: Person, file_name: str, size: int, mark: str, *, title: str = "", origin: str = "upload"
    ) -> UploadState:
        """A new upload, or the one of the same person and file that was broken off.

        `mark` is a check sum of the file's first bytes, in hex. Raises Refused: audio_too_big, audio_empty,
        upload_mark, uploads_too_many, uploads_full, disk_floor.
        """
        permit(actor, "record")
        shown, title = self._recordings.named(file_name, title, origin)
        self._recordings.fits(size)
        if not MARK.fullmatch(mark):
            raise Refused("upload_mark")
        now = self._repos.clock.now()
        self.sweep()
        with self._repos.store.write():  # two tabs may ask at the same time
            mine = self._rows.arriving(actor.id)
            for one in mine:
                if (one.file_name, one.size, one.mark, one.origin) == (shown, size, mark, origin):
                    self._rows.touch(one.id, now, title=title)
                    return self._state(one)
            self._room_for(mine, size)
            upload_id = secrets.token_hex(16)
            path = f"phan-{upload_id}"
            upload = Upload(upload_id, actor.id, path, shown, title, origin, size, mark, now, now)
            self._rows.add(upload)
        return UploadState(upload, 0)

    def push(self, actor: Person, upload_id: str, at: int, data: bytes) -> int:
        """Take a piece that begins at byte `at`; gives the byte that is wanted next.

        Raises Refused: upload_ended, upload_longer, disk_floor, disk_full; NotFound for anybody else's.
        """
        permit(actor, "record")
        with self._held(actor, upload_id) as (upload, file):
            if upload.job_id is not None:
                raise Refused("upload_ended")
            if at + len(data) > upload.size:
                raise Refused("upload_longer", name=upload.file_name)
            there = os.fstat(file).st_size
            if at > there or at + len(data) <= there:
                return there
            self._need_room(len(data))
            _append(file, data[there - at :], there)
        now = self._repos.clock.now()
        if now - upload.touched_at > _TOUCH_EVERY:
            self._rows.touch(upload_id, now)
        return at + len(data)

    def state(self, actor: Person, upload_id: str) -> UploadState:
        """How far it has come. Raises NotFound for anybody else's."""
        return self._state(self._own(actor, upload_id))

    def arriving(self, actor: Person) -> list[UploadState]:
        """The person's uploads that are not whole, oldest first."""
        return [self._state(upload) for upload in self._rows.arriving(actor.id)]

    def finish(self, actor: Person, upload_id: str, crc32: int) -> int:
        """The job that takes a whole upload in; the same again is the same job.

        Raises Refused upload_incomplete, and upload_differs where what came is not what was sent: that is thrown away.
        """
        permit(actor, "record")
        with self._held(actor, upload_id) as (upload, file):
            if upload.job_id is not None:
                return upload.job_id
            there = os.fstat(file).st_size
            if there != upload.size:
                raise Refused("upload_incomplete", name=upload.file_name)
            if _crc32_of(file) != crc32:
                self._drop(upload)
                raise Refused("upload_differs", name=upload.file_name)
            return self._recordings.enqueue(
                actor,
                self._path(upload),
                upload.file_name,
                upload.title,
                upload.origin,
                also=lambda job_id: self._rows.become(upload.id, job_id),
            )

    def give_up(self, actor: Person, upload_id: str) -> None:
        """Throw away what has come of it."""
        permit(actor, "record")
        with self._held(actor, upload_id) as (upload, _):
            if upload.job_id is not None:
                raise Refused("upload_ended")
            self._drop(upload)

    def sweep(self) -> int:
        """Forget uploads that nobody has gone on with for `audio.upload_hours`; the number of them."""
        hours = timedelta(hours=self._repos.config.audio.upload_hours)
        forgotten = self._rows.forget_older(self._repos.clock.now() - hours)
        if forgotten:
            self._recordings.sweep()
        return forgotten

    def _room_for(self, mine: list[Upload], size: int) -> None:
        """Refuse a further upload of this size: of one person too many, of all too much, or no room on the disk."""
        audio = self._repos.config.audio
        if len(mine) >= audio.max_uploads:
            raise Refused("uploads_too_many", limit=audio.max_uploads)
        coming = sum(one.size - self._received(one) for one in self._rows.arriving())
        limit = max(audio.max_uploads_mb, audio.max_upload_mb)
        if self._recordings.waiting_bytes() + coming + size > limit * MEGABYTE:
            raise Refused("uploads_full", limit_mb=limit)
        self._need_room(coming + size)

    def _need_room(self, size: int) -> None:
        """The journal and the day's sound come first. Raises Refused disk_floor."""
        need_room(self._recordings.incoming, size, self._repos.config.limits.keep_free_mb)

    def _own(self, actor: Person, upload_id: str) -> Upload:
        upload = self._rows.get(upload_id)
        if upload.person_id != actor.id:
            raise NotFound("upload", upload_id)
        return upload

    def _path(self, upload: Upload) -> Path:
        return self._recordings.incoming / Path(upload.path).name

    def _received(self, upload: Upload) -> int:
        try:
            return self._path(upload).stat().st_size
        except FileNotFoundError:
            return 0

    def _state(self, upload: Upload) -> UploadState:
        return UploadState(upload, upload.size if upload.job_id is not None else self._received(upload))

    @contextmanager
    def _held(self, actor: Person, upload_id: str) -> Iterator[tuple[Upload, int]]:
        """The upload as it stands and a descriptor of its file, for one writer at a time."""
        upload = self._own(actor, upload_id)
        if upload.job_id is not None:
            yield upload, -1
            return
        with disk_faults():
            file = os.open(self._path(upload), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield self._after_waiting(actor, upload, file), file
        finally:
            os.close(file)

    def _after_waiting(self, actor: Person, upload: Upload, file: int) -> Upload:
        """The row again, now that nobody else writes. Who waited may hold the file of an upload that has ended."""
        try:
            fresh = self._own(actor, upload.id)
        except NotFound:
            if not os.fstat(file).st_size:
                self._path(upload).unlink(missing_ok=True)
            raise
        if fresh.job_id is not None and not os.fstat(file).st_size:
            self._path(upload).unlink(missing_ok=True)
        return fresh

    def _drop(self, upload: Upload) -> None:
        self._rows.forget(upload.id)
        self._path(upload).unlink(missing_ok=True)


def _append(file: int, data: bytes, at: int) -> None:
    """Write all of it or, on a disk that does not take it, none of it. Raises Refused disk_full."""
    rest, place = memoryview(data), at
    try:
        with disk_faults():
            while rest:
                written = os.pwrite(file, rest, place)
                rest, place = rest[written:], place + written
    except BaseException:
        os.ftruncate(file, at)
        raise


def _crc32_of(file: int) -> int:
    total, place = 0, 0
    while piece := os.pread(file, _PIECE, place):
        total = zlib.crc32(piece, total)
        place += len(piece)
    return total
