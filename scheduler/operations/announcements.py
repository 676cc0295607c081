"""Announcements: write, read, make speech, listen, submit, approve, return, withdraw.

Each operation is one act of a service, the same as the page's; which step may follow which is the service's table.
"""

from scheduler.core.model import AnnouncementState, Priority
from scheduler.operations.requests import (
    AnnouncementEdit,
    AnnouncementIn,
    ApprovalIn,
    RecordingAnnouncementIn,
    ReturnIn,
    SoundIn,
    WordsIn,
    instant_of,
    make_up_of,
    page_of_list,
)
from scheduler.operations.schemas import Id, Listed, Page, Record, Request
from scheduler.operations.serializers import Announcement, Approved, Job, to_announcement, to_approved, to_job
from scheduler.operations.table import Answer, Call, Command, Subject

subject = Subject("announcements", "Bản tin: what people will hear. Approval is of its sound.")

ONE = "/announcements/{announcement_id}"


class Reading(Record, frozen=True):
    said: str
    unread: list[str]
    job: Job | None


class SubmitIn(Request, frozen=True):
    """`only_stored`: nothing says when it airs, and nothing shall; else a campaign must."""

    only_stored: bool = False


class AnnouncementPage(Page, frozen=True):
    state: AnnouncementState | None = None


@subject.get("/announcements", may="see")
def listing(call: Call, query: AnnouncementPage) -> Answer[Listed[Announcement]]:
    """Announcements, the newest first."""
    found = call.services.announcements.ids_before(query.state, query.before, query.limit + 1)
    shown, following = page_of_list(found, query.limit)
    return Answer(Listed([to_announcement(call, call.services.announcements.get(one)) for one in shown], following))


@subject.post("/announcements", may="write", status=201)
def write(call: Call, body: AnnouncementIn) -> Answer[Announcement]:
    """A new draft from a text."""
    work, shape = call.services.announcements, body.shape.over(call.services.scripts.usual) if body.shape else None
    return _made(call, work.write(call.actor, body.title, body.text, Priority(body.priority), shape=shape))


@subject.post("/announcements/from-recording", may="record", status=201)
def record(call: Call, body: RecordingAnnouncementIn) -> Answer[Announcement]:
    """A new draft whose sound is a recording of the library."""
    title = body.title or call.services.recordings.clip(body.sha256).title
    return _made(call, call.services.announcements.record(call.actor, title, body.sha256))


@subject.get(ONE, may="see")
def one(call: Call, announcement_id: Id) -> Answer[Announcement]:
    """One announcement; its ETag is wanted to edit it."""
    return _answer(call, announcement_id)


@subject.put(ONE, may="write", must_match=True)
def edit(call: Call, announcement_id: Id, body: AnnouncementEdit) -> Answer[Announcement]:
    """New words or a new shape; the old sound and approval are void."""
    seen = call.services.announcements.get(announcement_id)
    version = int(call.if_match) if call.if_match.isdecimal() and len(call.if_match) < 10 else 0  # noqa: PLR2004 - digits of a version
    shape = body.shape.over(seen.shape) if body.shape else None
    call.services.announcements.edit(call.actor, announcement_id, version, body.title, body.text, shape=shape)
    return _answer(call, announcement_id)


@subject.get(f"{ONE}/reading", may="see")
def reading(call: Call, announcement_id: Id) -> Answer[Reading]:
    """What the machine will say, and the words it cannot read."""
    seen, work = call.services.announcements.get(announcement_id), call.services.announcements
    made = work.speech_job(announcement_id)
    said = call.services.reading.spoken_form(seen.text).text if seen.text else ""
    return Answer(Reading(said, list(work.unread(announcement_id)), to_job(call, made) if made else None))


@subject.post(f"{ONE}/speech", may="make_speech", status=202)
def speak(call: Call, announcement_id: Id) -> Answer[Job]:
    """Have the speech of its text made; ask the job how far it is."""
    job_id = call.services.announcements.make_speech(call.actor, announcement_id)
    return Answer(to_job(call, call.services.jobs.get(job_id)), location=f"/api/v1/jobs/{job_id}")


@subject.post(f"{ONE}/recording", may="record")
def use_recording(call: Call, announcement_id: Id, body: SoundIn) -> Answer[Announcement]:
    """Let a recording of the library be its sound."""
    call.services.announcements.use_recording(call.actor, announcement_id, body.sha256)
    return _answer(call, announcement_id)


@subject.post(f"{ONE}/heard", may="write")
def heard(call: Call, announcement_id: Id, body: SoundIn) -> Answer[Announcement]:
    """Tell that this very sound has been listened to, to its end, by the author."""
    call.services.announcements.heard(call.actor, announcement_id, body.sha256)
    return _answer(call, announcement_id)


@subject.post(f"{ONE}/words", may="write")
def confirm_words(call: Call, announcement_id: Id, body: WordsIn) -> Answer[Announcement]:
    """Đọc như vậy: unknown words are to be said as they were heard in this sound."""
    call.services.announcements.confirm_words(call.actor, announcement_id, body.sha256, body.words)
    return _answer(call, announcement_id)


@subject.post(f"{ONE}/submit", may="submit")
def submit(call: Call, announcement_id: Id, body: SubmitIn) -> Answer[Announcement]:
    """Hand it to the leader: its campaigns say when. With a time of its own: `/submissions`."""
    call.services.submissions.hand_in(call.actor, announcement_id, only_stored=body.only_stored)
    return _answer(call, announcement_id)


@subject.post(f"{ONE}/approve", may="approve")
def approve(call: Call, announcement_id: Id, body: ApprovalIn) -> Answer[Approved]:
    """Approve exactly the sound that was heard, with what was asked for it; nobody approves what they wrote.

    Its airing or its campaigns, and the plan around them, are kept in the same transaction.
    """
    outlook = call.services.submissions.approve(
        call.actor,
        announcement_id,
        body.sha256,
        heard=body.heard,
        read_as=body.read_as,
        at=instant_of(body.at),
        make_up=make_up_of(body.gives_way, body.made_up_at),
        mark=body.mark,
        prove=call.proof("approve", body.code),
    )
    seen = call.services.announcements.get(announcement_id)
    return Answer(to_approved(call, seen, outlook), etag=str(seen.version))


@subject.post(f"{ONE}/return", may="return", command=Command("announcement return", "Đã trả lại."))
def give_back(call: Call, announcement_id: Id, body: ReturnIn) -> Answer[Announcement]:
    """Return a submitted announcement to its author with a reason."""
    call.services.announcements.give_back(call.actor, announcement_id, body.reason)
    return _answer(call, announcement_id)


@subject.post(f"{ONE}/withdraw", may="withdraw", command=Command("announcement withdraw", "Đã rút."))
def withdraw(call: Call, announcement_id: Id) -> Answer[Announcement]:
    """Take an announcement off the air for good."""
    call.services.announcements.withdraw(call.actor, announcement_id)
    return _answer(call, announcement_id)


def _made(call: Call, announcement_id: int) -> Answer[Announcement]:
    found = _answer(call, announcement_id)
    return Answer(found.body, found.etag, f"/api/v1/announcements/{announcement_id}")


def _answer(call: Call, announcement_id: int) -> Answer[Announcement]:
    seen = call.services.announcements.get(announcement_id)
    return Answer(to_announcement(call, seen), etag=str(seen.version))
