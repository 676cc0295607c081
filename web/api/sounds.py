"""Recordings and the uploads they come from, over the API; how far the worker's jobs are.

An upload arrives in pieces that say where they belong, and goes on where it was after any break. A sound is given whole
or in ranges. Nothing about a file is decided here.
"""

from flask import Response, send_file

from web.api import told
from web.api.asked import page_of_list
from web.api.contract import Asked, Subject, Told, ref
from web.api.shapes import LIMIT, SHA256, listed, nothing
from web.auth import services

recordings = Subject("recordings", "Kho âm thanh: the sounds of the library, each named by its sha256.")
uploads = Subject("uploads", "Files on their way in, piece by piece; a whole one becomes a job and then a recording.")
jobs = Subject("jobs", "The worker's slow work: speech and files taken in.")

PIECE = 4_000_000
"""Bytes of one piece of an upload."""
CLIP = "/recordings/{sha256}"
UPLOAD = "/uploads/{upload_id}"


@recordings.get(
    "/recordings",
    may="see",
    says="Sounds of the library, the newest first.",
    gives=listed("Recording"),
    query={
        "retired": {"type": "boolean", "default": False},
        "limit": LIMIT,
        "after": {**SHA256, "default": None, "description": "`next` of the answer before."},
    },
)
def listing(asked: Asked) -> Told:
    query = asked.query
    keys = services().recordings.keys_after(query["after"], query["limit"] + 1, retired=query["retired"])
    shown, following = page_of_list(keys, query["limit"])
    return Told({"items": [told.recording(services().recordings.clip(one)) for one in shown], "next": following})


@recordings.get(CLIP, may="see", says="One sound: its length, loudness and warnings.", gives=ref("Recording"))
def one(asked: Asked, sha256: str) -> Told:  # noqa: ARG001 - every operation is given what was asked
    return Told(told.recording(services().recordings.clip(sha256)))


@recordings.get(
    f"{CLIP}/sound", may="see", says="The sound itself (48 kHz, mono, 16 bit); takes Range.", media="audio/wav"
)
def sound(asked: Asked, sha256: str) -> Response:  # noqa: ARG001 - as above
    clip = services().recordings.clip(sha256)
    path = services().recordings.file(clip.sha256)
    answer = send_file(path, mimetype="audio/wav", conditional=True, etag=sha256, max_age=86_400)
    answer.headers["Content-Disposition"] = f'attachment; filename="{sha256[:12]}.wav"'
    answer.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return answer


@recordings.post(
    f"{CLIP}/retire",
    may="retire",
    says="Offer it no more; nothing of it airs from now on.",
    takes=nothing(),
    gives=ref("Recording"),
)
def retire(asked: Asked, sha256: str) -> Told:
    services().recordings.retire(asked.actor, sha256)
    return Told(told.recording(services().recordings.clip(sha256)))


@recordings.post(
    f"{CLIP}/offer", may="retire", says="Put it back on the shelf.", takes=nothing(), gives=ref("Recording")
)
def offer(asked: Asked, sha256: str) -> Told:
    services().recordings.offer_again(asked.actor, sha256)
    return Told(told.recording(services().recordings.clip(sha256)))


@uploads.get("/uploads", may="record", says="The owner's uploads that are not whole yet.", gives=listed("Upload"))
def arriving(asked: Asked) -> Told:
    return Told({"items": [told.upload(state) for state in services().uploads.arriving(asked.actor)], "next": None})


@uploads.post(
    "/uploads",
    may="record",
    says="Begin an upload, or go on with the same file's.",
    takes=ref("UploadIn"),
    gives=ref("Upload"),
    status=201,
    keyed=False,
    tells="The same name, size and mark of the same owner again is the same upload; `received` says where to go on.",
)
def begin(asked: Asked) -> Told:
    body = asked.body
    more = {name: body[name] for name in ("title", "origin") if name in body}
    state = services().uploads.begin(asked.actor, body["file_name"], body["size"], body["mark"], **more)
    return Told(told.upload(state), location=f"/api/v1/uploads/{state.upload.id}")


@uploads.get(UPLOAD, may="record", says="How far it has come.", gives=ref("Upload"))
def state(asked: Asked, upload_id: str) -> Told:
    return Told(told.upload(services().uploads.state(asked.actor, upload_id)))


@uploads.put(
    f"{UPLOAD}/pieces/{{at}}",
    may="record",
    says="A piece that begins at byte `at`; the answer says which byte is wanted next.",
    takes_bytes=True,
    gives=ref("Received"),
    most_bytes=PIECE,
    tells="A piece that came before is not taken twice; one that would leave a hole is not taken.",
)
def push(asked: Asked, upload_id: str, at: int) -> Told:
    return Told({"received": services().uploads.push(asked.actor, upload_id, at, asked.body)})


@uploads.post(
    f"{UPLOAD}/finish",
    may="record",
    says="The whole file has come; a job takes it in. Twice is once.",
    takes=ref("UploadEnd"),
    gives=ref("Job"),
    status=202,
)
def finish(asked: Asked, upload_id: str) -> Told:
    job_id = services().uploads.finish(asked.actor, upload_id, asked.body["crc32"])
    return Told(told.job(services().jobs.get(job_id)), location=f"/api/v1/jobs/{job_id}")


@uploads.delete(UPLOAD, may="record", says="Throw away what has come of it.")
def give_up(asked: Asked, upload_id: str) -> Told:
    services().uploads.give_up(asked.actor, upload_id)
    return Told()


@jobs.get("/jobs/{job_id}", may="see", says="How far a job is, and what came of it.", gives=ref("Job"))
def job(asked: Asked, job_id: int) -> Told:  # noqa: ARG001 - as above
    return Told(told.job(services().jobs.get(job_id)))
