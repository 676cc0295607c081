"""Announcements over the API: write, read, make speech, listen, submit, approve, return, withdraw.

Each operation is one act of the desk, the same as the page's; which step may follow which is the desk's table.
"""

from scheduler.core.model import Announcement, AnnouncementState, Priority
from web.api import told
from web.api.asked import page_by_state, shape_of
from web.api.confirming import proof
from web.api.contract import Asked, Subject, Told, ref
from web.api.shapes import BEFORE, ID, LIMIT, also, chosen, listed, nothing
from web.auth import services

subject = Subject("announcements", "Bản tin: what people will hear. Approval is of its sound.")

ONE = "/announcements/{announcement_id}"
_STATE = also(chosen(AnnouncementState), default=None)


@subject.get(
    "/announcements",
    may="see",
    says="Announcements, the newest first.",
    gives=listed("Announcement", ID),
    query={"state": _STATE, "limit": LIMIT, "before": BEFORE},
)
def listing(asked: Asked) -> Told:
    return page_by_state(
        asked, services().announcements.ids_before, lambda one: told.announcement(services().announcements.get(one))
    )


@subject.post(
    "/announcements",
    may="write",
    says="A new draft from a text.",
    takes=ref("AnnouncementIn"),
    gives=ref("Announcement"),
    status=201,
)
def write(asked: Asked) -> Told:
    body, usual = asked.body, services().scripts.usual
    priority = Priority(body.get("priority", Priority.NORMAL.value))
    shape = shape_of(body.get("shape"), usual)
    return _made(services().announcements.write(asked.actor, body["title"], body["text"], priority, shape=shape))


@subject.post(
    "/announcements/from-recording",
    may="record",
    says="A new draft whose sound is a recording of the library.",
    takes=ref("RecordingAnnouncementIn"),
    gives=ref("Announcement"),
    status=201,
)
def record(asked: Asked) -> Told:
    sha256 = asked.body["sha256"]
    title = asked.body.get("title") or services().recordings.clip(sha256).title
    return _made(services().announcements.record(asked.actor, title, sha256))


@subject.get(ONE, may="see", says="One announcement; its ETag is wanted to edit it.", gives=ref("Announcement"))
def one(asked: Asked, announcement_id: int) -> Told:  # noqa: ARG001 - every operation is given what was asked
    return _told(announcement_id)


@subject.put(
    ONE,
    may="write",
    says="New words or a new shape; the old sound and approval are void.",
    takes=ref("AnnouncementEdit"),
    gives=ref("Announcement"),
    must_match=True,
)
def edit(asked: Asked, announcement_id: int) -> Told:
    body, seen = asked.body, services().announcements.get(announcement_id)
    version = int(asked.if_match) if asked.if_match.isdecimal() and len(asked.if_match) < 10 else 0  # noqa: PLR2004 - digits of a version
    shape = shape_of(body.get("shape"), seen.shape)
    services().announcements.edit(asked.actor, announcement_id, version, body["title"], body["text"], shape=shape)
    return _told(announcement_id)


@subject.get(
    f"{ONE}/reading", may="see", says="What the machine will say, and the words it cannot read.", gives=ref("Reading")
)
def reading(asked: Asked, announcement_id: int) -> Told:  # noqa: ARG001 - as above
    seen, work = services().announcements.get(announcement_id), services().announcements
    made = work.speech_job(announcement_id)
    said = work.spoken_form(seen.text).text if seen.text else ""
    return Told({"said": said, "unread": list(work.unread(announcement_id)), "job": told.job(made) if made else None})


@subject.post(
    f"{ONE}/speech",
    may="make_speech",
    says="Have the speech of its text made; ask the job how far it is.",
    takes=nothing(),
    gives=ref("Job"),
    status=202,
)
def speak(asked: Asked, announcement_id: int) -> Told:
    job_id = services().announcements.make_speech(asked.actor, announcement_id)
    return Told(told.job(services().jobs.get(job_id)), location=f"/api/v1/jobs/{job_id}")


@subject.post(
    f"{ONE}/recording",
    may="record",
    says="Let a recording of the library be its sound.",
    takes=ref("SoundIn"),
    gives=ref("Announcement"),
)
def use_recording(asked: Asked, announcement_id: int) -> Told:
    services().announcements.use_recording(asked.actor, announcement_id, asked.body["sha256"])
    return _told(announcement_id)


@subject.post(
    f"{ONE}/heard",
    may="write",
    says="This very sound has been listened to, to its end, by the author.",
    takes=ref("SoundIn"),
    gives=ref("Announcement"),
)
def heard(asked: Asked, announcement_id: int) -> Told:
    services().announcements.heard(asked.actor, announcement_id, asked.body["sha256"])
    return _told(announcement_id)


@subject.post(
    f"{ONE}/words",
    may="write",
    says="Đọc như vậy: unknown words are to be said as they were heard in this sound.",
    takes=ref("WordsIn"),
    gives=ref("Announcement"),
)
def confirm_words(asked: Asked, announcement_id: int) -> Told:
    body = asked.body
    services().announcements.confirm_words(asked.actor, announcement_id, body["sha256"], body["words"])
    return _told(announcement_id)


@subject.post(f"{ONE}/submit", may="submit", says="Hand it to the leader.", takes=nothing(), gives=ref("Announcement"))
def submit(asked: Asked, announcement_id: int) -> Told:
    services().announcements.submit(asked.actor, announcement_id)
    return _told(announcement_id)


@subject.post(
    f"{ONE}/approve",
    may="approve",
    says="Approve exactly the sound that was heard; nobody approves what they wrote.",
    takes=ref("ApprovalIn"),
    gives=ref("Announcement"),
)
def approve(asked: Asked, announcement_id: int) -> Told:
    body = asked.body
    services().announcements.approve(
        asked.actor,
        announcement_id,
        body["sha256"],
        heard=body["heard"],
        read_as=body.get("read_as", ()),
        prove=proof(asked, "approve"),
    )
    return _told(announcement_id)


@subject.post(
    f"{ONE}/return",
    may="return",
    says="Return it to its author with a reason.",
    takes=ref("ReturnIn"),
    gives=ref("Announcement"),
)
def give_back(asked: Asked, announcement_id: int) -> Told:
    services().announcements.give_back(asked.actor, announcement_id, asked.body["reason"])
    return _told(announcement_id)


@subject.post(
    f"{ONE}/withdraw",
    may="withdraw",
    says="Take it off the air for good.",
    takes=nothing(),
    gives=ref("Announcement"),
)
def withdraw(asked: Asked, announcement_id: int) -> Told:
    services().announcements.withdraw(asked.actor, announcement_id)
    return _told(announcement_id)


def _made(announcement_id: int) -> Told:
    found = _told(announcement_id)
    return Told(found.body, found.etag, f"/api/v1/announcements/{announcement_id}")


def _told(announcement_id: int) -> Told:
    seen: Announcement = services().announcements.get(announcement_id)
    return Told(told.announcement(seen), etag=str(seen.version))
