"""Uploads that arrive piece by piece: whose, what they were said to be, and which job they became.

How much has come is not a column: it is the size of the file, which a crash cannot make lie about itself.
"""

from dataclasses import dataclass
from datetime import datetime

from scheduler.kernel.errors import NotFound
from scheduler.store.database import Store, insert, instant_text, update
from scheduler.store.mapper import Mapper


@dataclass(frozen=True, slots=True)
class Upload:
    id: str
    person_id: int
    path: str
    """Its name in the incoming folder."""
    file_name: str
    title: str
    origin: str
    size: int
    """Bytes, as said at its beginning."""
    mark: str
    begun_at: datetime
    touched_at: datetime
    job_id: int | None = None
    """The job it became; None while it arrives."""


class Uploads:
    def __init__(self, store: Store) -> None:
        self.store = store

    def add(self, upload: Upload) -> None:
        with self.store.write() as db:
            insert(db, "upload", _UPLOAD.write(upload))

    def get(self, upload_id: str) -> Upload:
        row = self.store.row("SELECT * FROM upload WHERE id = ?", (upload_id,))
        if row is None:
            raise NotFound("upload", upload_id)
        return _UPLOAD.read(row)

    def arriving(self, person_id: int | None = None) -> list[Upload]:
        """Those that are not whole yet, of one person or of all, oldest first."""
        sql = "SELECT * FROM upload WHERE job_id IS NULL AND person_id = coalesce(?, person_id) ORDER BY rowid"
        return _UPLOAD.read_all(self.store.rows(sql, (person_id,)))

    def touch(self, upload_id: str, now: datetime, *, title: str | None = None) -> None:
        values = {"touched_at": instant_text(now)} | ({"title": title} if title is not None else {})
        with self.store.write() as db:
            update(db, "upload", {"id": upload_id}, values)

    def become(self, upload_id: str, job_id: int) -> None:
        """It is whole, and this job takes it in."""
        with self.store.write() as db:
            update(db, "upload", {"id": upload_id}, {"job_id": job_id})

    def forget(self, upload_id: str) -> None:
        with self.store.write() as db:
            db.conn.execute("DELETE FROM upload WHERE id = ?", (upload_id,))

    def forget_older(self, before: datetime) -> int:
        """Forget those that no piece has come for since `before`; their number."""
        with self.store.write() as db:
            sql = "DELETE FROM upload WHERE touched_at < ?"
            return int(db.conn.execute(sql, (instant_text(before),)).rowcount)


_UPLOAD = Mapper(Upload, "upload")
