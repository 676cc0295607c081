"""Recordings and the uploads they come from; how far the worker's jobs are.

An upload arrives in pieces that say where they belong, and goes on where it was after any break. A sound is given whole
or in ranges. Nothing about a file is decided here.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from scheduler.operations.requests import UploadEnd, UploadIn, page_of_list
from scheduler.operations.schemas import At, Count, Id, Limit, Listed, Ms, Record, Request, Sha256, UploadId
from scheduler.operations.serializers import Job, of, to_job
from scheduler.operations.table import Answer, Call, Sound, Subject
from scheduler.services.announcement.uploads import UploadState

recordings = Subject("recordings", "Kho âm thanh: the sounds of the library, each named by its sha256.")
uploads = Subject("uploads", "Files on their way in, piece by piece; a whole one becomes a job and then a recording.")
jobs = Subject("jobs", "The worker's slow work: speech and files taken in.")

PIECE = 4_000_000
"""Bytes of one piece of an upload."""
CLIP = "/recordings/{sha256}"
UPLOAD = "/uploads/{upload_id}"


class Recording(Record, frozen=True):
    sha256: Sha256
    title: str
    origin: str
    file_name: str
    length: Ms = msgspec.field(name="length_ms")
    lufs: float | None
    true_peak_dbtp: float | None
    warnings: list[str]
    says: Count
    created_at: At
    retired_at: At | None


class Upload(Record, frozen=True):
    id: str
    file_name: str
    title: str
    size: Count
    received: Count
    job_id: Id | None


class Received(Record, frozen=True):
    received: Count


class RecordingPage(Request, frozen=True):
    retired: bool = False
    limit: Limit = 50
    after: Annotated[Sha256, Meta(description="`next` of the answer before.")] | None = None


class Recordings(Record, frozen=True):
    items: list[Recording]
    next: Sha256 | None


@recordings.get("/recordings", may="see")
def listing(call: Call, query: RecordingPage) -> Answer[Recordings]:
    """Sounds of the library, the newest first."""
    keys = call.services.recordings.keys_after(query.after, query.limit + 1, retired=query.retired)
    shown, following = page_of_list(keys, query.limit)
    return Answer(Recordings([_recording(call, one).body for one in shown], following))


@recordings.get(CLIP, may="see")
def one(call: Call, sha256: Sha256) -> Answer[Recording]:
    """One sound: its length, loudness and warnings."""
    return _recording(call, sha256)


@recordings.get(f"{CLIP}/sound", may="see")
def sound(call: Call, sha256: Sha256) -> Sound:
    """The sound itself (48 kHz, mono, 16 bit); takes Range."""
    clip = call.services.recordings.clip(sha256)
    return Sound(call.services.recordings.file(clip.sha256), f"{sha256[:12]}.wav", etag=sha256)


@recordings.post(f"{CLIP}/retire", may="retire")
def retire(call: Call, sha256: Sha256) -> Answer[Recording]:
    """Offer it no more; nothing of it airs from now on."""
    call.services.recordings.retire(call.actor, sha256)
    return _recording(call, sha256)


@recordings.post(f"{CLIP}/offer", may="retire")
def offer(call: Call, sha256: Sha256) -> Answer[Recording]:
    """Put it back on the shelf."""
    call.services.recordings.offer_again(call.actor, sha256)
    return _recording(call, sha256)


@uploads.get("/uploads", may="record")
def arriving(call: Call) -> Answer[Listed[Upload]]:
    """The owner's uploads that are not whole yet."""
    return Answer(Listed([_upload(call, state) for state in call.services.uploads.arriving(call.actor)], None))


@uploads.post("/uploads", may="record", status=201, keyed=False)
def begin(call: Call, body: UploadIn) -> Answer[Upload]:
    """Begin an upload, or go on with the same file's.

    The same name, size and sum of first bytes again, of the same owner, is the same upload; `received` says where to
    go on.
    """
    state = call.services.uploads.begin(
        call.actor, body.file_name, body.size, body.first_bytes_sum, title=body.title, origin=body.origin
    )
    return Answer(_upload(call, state), location=f"/api/v1/uploads/{state.upload.id}")


@uploads.get(UPLOAD, may="record")
def state(call: Call, upload_id: UploadId) -> Answer[Upload]:
    """How far it has come."""
    return Answer(_upload(call, call.services.uploads.state(call.actor, upload_id)))


@uploads.put(f"{UPLOAD}/pieces/{{at}}", may="record", most_bytes=PIECE)
def push(call: Call, upload_id: UploadId, at: Count, body: bytes) -> Answer[Received]:
    """A piece that begins at byte `at`; the answer says which byte is wanted next.

    A piece that came before is not taken twice; one that would leave a hole is not taken.
    """
    return Answer(Received(call.services.uploads.push(call.actor, upload_id, at, body)))


@uploads.post(f"{UPLOAD}/finish", may="record", status=202)
def finish(call: Call, upload_id: UploadId, body: UploadEnd) -> Answer[Job]:
    """The whole file has come; a job takes it in. Twice is once."""
    job_id = call.services.uploads.finish(call.actor, upload_id, body.crc32)
    return Answer(to_job(call, call.services.jobs.get(job_id)), location=f"/api/v1/jobs/{job_id}")


@uploads.delete(UPLOAD, may="record")
def give_up(call: Call, upload_id: UploadId) -> Answer[None]:
    """Throw away what has come of it."""
    call.services.uploads.give_up(call.actor, upload_id)
    return Answer(None)


@jobs.get("/jobs/{job_id}", may="see")
def job(call: Call, job_id: Id) -> Answer[Job]:
    """How far a job is, and what came of it: for 30 days after its end."""
    return Answer(to_job(call, call.services.jobs.get(job_id)))


def _recording(call: Call, sha256: str) -> Answer[Recording]:
    return Answer(of(Recording, call, call.services.recordings.clip(sha256)))


def _upload(call: Call, state: UploadState) -> Upload:
    return of(Upload, call, state.upload, received=state.received)
