"""Announcements: write, make speech, listen, submit, approve, return, withdraw.

Which step may follow which is `approval`'s table; here a step reads the row, asks the table, and writes the row
only if it still is as it was read. Editing the text, its shape or the sound voids an approval; what a machine says
without knowing how must have been heard and confirmed before it goes on.
"""

import hashlib
from collections.abc import Callable, Collection

from scheduler.core.announcement.approval import STEPS, may, step
from scheduler.core.announcement.kept import StoredClip
from scheduler.core.delivery import Shape, checked, shape_text
from scheduler.core.model import Announcement, AnnouncementState, Person, Priority, Sha256
from scheduler.core.station.kept import Job
from scheduler.kernel.errors import NotFound, Refused
from scheduler.services.air.red_orders import RedOrders
from scheduler.services.announcement.hearings import unheard_is_told
from scheduler.services.announcement.scripts import ScriptService
from scheduler.services.planning.campaigns import CampaignService
from scheduler.services.repositories import Repositories, not_theirs, permit, permit_work
from scheduler.store import Row, instant_text
from scheduler.store.announcement.decisions import Decision, Decisions
from scheduler.store.listing import announcement_ids

MAX_TITLE = 200
_VOID = {"approver_id": None, "approved_at": None, "approved_sha256": None, "heard": 0, "return_reason": ""}
_DECIDED = {
    AnnouncementState.APPROVED: ("approve", "approved_already"),
    AnnouncementState.RETURNED: ("return", "returned_already"),
}


def words_mark(announcement: Announcement) -> str:
    """Names the words and the shape of an announcement, whatever becomes of its sound."""
    told = f"{announcement.title}\n{announcement.text}\n{shape_text(announcement.shape)}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


class AnnouncementService:
    def __init__(self, repos: Repositories, campaigns: CampaignService, scripts: ScriptService) -> None:
        self._repos = repos
        self._campaigns = campaigns
        self._scripts = scripts
        self._decisions = Decisions(repos.store)
        self._red = RedOrders(repos)

    # Reading

    def get(self, announcement_id: int) -> Announcement:
        """One announcement. Raises NotFound."""
        return self._repos.programme.announcement(announcement_id)

    def may_change(self, actor: Person, seen: Announcement) -> bool:
        """Whether this person may write, record and send it; what its state allows is another question."""
        return may(actor.role, "write") and not not_theirs(self._repos, actor, seen)

    def listed(self, state: AnnouncementState | None = None) -> list[Announcement]:
        """Announcements of text or a recording, the newest change first."""
        return self._repos.programme.announcements(state)

    def ids_before(self, state: str | None, before: int | None, limit: int) -> list[int]:
        """At most `limit` numbers below `before` (None = from the newest), the newest first."""
        return announcement_ids(self._repos.store, state, before, limit)

    # Writing

    def write(
        self,
        actor: Person,
        title: str,
        text: str,
        priority: Priority = Priority.NORMAL,
        *,
        shape: Shape | None = None,
    ) -> int:
        """A new draft; without a shape it has the station's usual one.

        Raises Refused: title_missing, text_too_long, text_not_speakable, script_times_invalid, script_words_too_long.
        """
        permit(actor, "write")
        self._check(title, text)
        row = {"title": title.strip(), "text": text.strip(), "author_id": actor.id, "priority": priority.value}
        row["shape_json"] = shape_text(checked(self._scripts.usual if shape is None else shape))
        return self._repos.programme.add_announcement(row, self._repos.clock.now())

    def edit(
        self,
        actor: Person,
        announcement_id: int,
        version: int,
        title: str,
        text: str,
        *,
        shape: Shape | None = None,
        words: str = "",
    ) -> None:
        """New words or a new shape (None = as it was); the old sound and approval are void. The same again changes
        nothing.

        `words`: the mark (`words_mark`) of what the writer began with. Where only the sound has changed since their
        version, nobody's words are in the way. Raises Refused edited_meanwhile.
        """
        seen = self._repos.programme.announcement(announcement_id)
        if version != seen.version and words != words_mark(seen):
            raise Refused("edited_meanwhile", title=seen.title)
        shape = seen.shape if shape is None else checked(shape)
        if (title.strip(), text.strip(), shape) == (seen.title, seen.text, seen.shape):
            permit(actor, "write")
            return
        self._check(title, text)
        changed: Row = {"title": title.strip(), "text": text.strip(), "shape_json": shape_text(shape)}
        changed["writer_id"] = actor.id
        sounds_alike = (text.strip(), shape) == (seen.text, seen.shape) and (
            not shape.heading or title.strip() == seen.title
        )
        if sounds_alike or (text.strip() == seen.text and self._scripts.is_recording(seen)):
            self._step(actor, seen, "edit", changed | _VOID)
        else:
            self._step(actor, seen, "edit", changed | _VOID | {"audio_sha256": None})

    def record(self, actor: Person, title: str, sha256: str) -> int:
        """A new draft whose sound is a recording of the library."""
        permit(actor, "record")
        clip = self._usable(sha256)
        if not title.strip():
            raise Refused("title_missing")
        row = {"title": title.strip()[:MAX_TITLE], "text": "", "audio_sha256": clip.sha256, "author_id": actor.id}
        return self._repos.programme.add_announcement(row, self._repos.clock.now())

    def begin_recording(self, actor: Person, title: str) -> int:
        """A new draft without words, whose sound is on its way into the library. Raises Refused: title_missing."""
        permit(actor, "record")
        permit(actor, "write")
        if not title.strip():
            raise Refused("title_missing")
        row = {"title": title.strip()[:MAX_TITLE], "text": "", "author_id": actor.id}
        return self._repos.programme.add_announcement(row, self._repos.clock.now())

    def use_recording(self, actor: Person, announcement_id: int, sha256: str) -> None:
        """Let a recording of the library be the sound of this announcement."""
        permit(actor, "record")
        seen = self._repos.programme.announcement(announcement_id)
        clip = self._usable(sha256)
        if clip.sha256 != seen.audio_sha256:
            self._step(actor, seen, "edit", _VOID | {"audio_sha256": clip.sha256, "writer_id": actor.id})

    def make_speech(self, actor: Person, announcement_id: int) -> int:
        """A job that makes the speech of the text as it is now (its id); one that is under way is not doubled.

        Raises Refused blank_left while a blank of its template is open.
        """
        permit(actor, "make_speech")
        seen = self._repos.programme.announcement(announcement_id)
        permit_work(self._repos, actor, "make_speech", seen)
        self._check(seen.title, seen.text)
        self._scripts.refuse_blanks(seen)
        with self._repos.store.write():
            job = self.speech_job(announcement_id)
            if job and not job.ended and job.args["version"] == seen.version:
                return job.id
            args = {"announcement_id": seen.id, "version": seen.version}
            return self._repos.jobs.add("speech", args, actor.id, self._repos.clock.now())

    def read_sentence(self, actor: Person, announcement_id: int, sentence: str) -> int:
        """A job that reads one sentence of it, to be heard by who asked and to be nobody's sound (its id).

        Raises Refused: text_too_long, text_not_speakable.
        """
        permit(actor, "make_speech")
        seen = self._repos.programme.announcement(announcement_id)
        permit_work(self._repos, actor, "make_speech", seen)
        self._check(seen.title, sentence)
        with self._repos.store.write():
            last = self._repos.jobs.newest_speech("heard_by", actor.id)
            same = last and last.args["sentence"] == sentence and last.args["sentence_of"] == seen.id
            if last and same and (not last.result or self._repos.library.has(Sha256(last.result))):
                return last.id
            args = {"sentence_of": seen.id, "sentence": sentence, "heard_by": actor.id}
            return self._repos.jobs.add("speech", args, actor.id, self._repos.clock.now())

    def sentence_job(self, actor: Person, job_id: int) -> Job:
        """The job of a sentence that this person asked for. Raises NotFound."""
        job = self._repos.jobs.get(job_id)
        if job.args.get("heard_by") != actor.id:
            raise NotFound("job", job_id)
        return job

    def speech_job(self, announcement_id: int) -> Job | None:
        """The newest speech job of an announcement."""
        return self._repos.jobs.newest_speech("announcement_id", announcement_id)

    def sound_job(self, announcement_id: int) -> Job | None:
        """The newest job that makes, takes in or cuts the sound of an announcement."""
        return self._repos.jobs.newest_sound(announcement_id)

    def take_sound(self, job: Job, clip: StoredClip) -> None:
        """The worker's answer: the clip becomes the sound, unless the announcement has changed since it was asked for.

        A job that belongs to no announcement changes none.
        """
        if "announcement_id" not in job.args:
            return
        with self._repos.store.write():
            seen = self._repos.programme.announcement(job.args["announcement_id"])
            if seen.version != job.args["version"] or seen.audio_sha256 == clip.sha256:
                return
            actor = self._repos.people.get(job.created_by)
            sound: Row = {"audio_sha256": str(clip.sha256)}
            if job.kind != "speech":  # a machine says the words that are there; a recording or a cut brings its own
                sound["writer_id"] = actor.id
            self._step(actor, seen, "edit", _VOID | sound)

    def heard(self, actor: Person, announcement_id: int, sha256: str) -> None:
        """The author has listened to this very sound to its end."""
        permit(actor, "write")
        seen = self._repos.programme.announcement(announcement_id)
        permit_work(self._repos, actor, "write", seen)
        if seen.audio_sha256 != sha256:
            raise Refused("audio_changed", title=seen.title)
        if not seen.heard:
            self._repos.programme.change_announcement(seen, {"heard": 1}, self._repos.clock.now())

    def confirm_words(self, actor: Person, announcement_id: int, sha256: str, words: Collection[str]) -> None:
        """Đọc như vậy: these unknown words have been heard in this very sound and are to be said so.

        Raises Refused: audio_changed, not_heard.
        """
        permit(actor, "write")
        seen = self._repos.programme.announcement(announcement_id)
        permit_work(self._repos, actor, "write", seen)
        if seen.audio_sha256 != sha256:
            raise Refused("audio_changed", title=seen.title)
        if not seen.heard:
            raise Refused("not_heard", act="confirm")
        self._scripts.confirm(actor, seen, words)

    def unread(self, announcement_id: int) -> tuple[str, ...]:
        """The words of its speech that no rule reads and nobody has confirmed."""
        return self._scripts.unknown(self._repos.programme.announcement(announcement_id)).open

    def submit(self, actor: Person, announcement_id: int, *, at_desk: bool = True) -> None:
        """Hand it to the leader; where nobody at the desk wrote it (`at_desk` False), unknown words are the leader's.

        Raises Refused: no_audio, not_heard, reading_changed, word_unread.
        """
        seen = self._repos.programme.announcement(announcement_id)
        state = self._after(actor, seen, "submit")
        if at_desk:
            self._scripts.refuse_outdated(seen)
            self._scripts.refuse_unread(seen)
        self._keep(seen, "submit", state, {"return_reason": ""})

    def approve(
        self,
        actor: Person,
        announcement_id: int,
        sha256: str,
        *,
        heard: bool,
        read_as: Collection[str] = (),
        prove: Callable[[], None] = lambda: None,
        also: Callable[[], None] = lambda: None,
    ) -> None:
        """Approve exactly the sound `sha256`, which the approver has heard, and in it the unknown words `read_as`.

        `prove` asks once more who it is, when nothing else stands in the way: a code counts once. `also`: what is
        written in the same transaction. Raises NotPermitted, or Refused: approved_already, returned_already,
        audio_changed, audio_retired, author_is_approver, not_heard, wrong_state, word_unread, edited_meanwhile.
        """
        seen = self._repos.programme.announcement(announcement_id)
        self._refuse_decided(seen, "approve")
        if seen.audio_sha256 != sha256:
            raise Refused("audio_changed", title=seen.title)
        self._usable(sha256)
        values = {
            "approver_id": actor.id,
            "approved_at": instant_text(self._repos.clock.now()),
            "approved_sha256": sha256,
        }
        with unheard_is_told(self._repos, actor):
            state = self._after(actor, seen, "approve", heard=heard)
        self._scripts.refuse_unread(seen, read_as)
        prove()
        with self._repos.store.write():
            also()
            self._keep(seen, "approve", state, values)
            self._scripts.confirm(actor, seen, read_as)
            self._decisions.add(seen, "approve", actor.id, self._repos.clock.now())

    def give_back(self, actor: Person, announcement_id: int, reason: str) -> None:
        """Return a submitted announcement to its author with a reason."""
        if not reason.strip():
            raise Refused("reason_missing")
        seen = self._repos.programme.announcement(announcement_id)
        self._refuse_decided(seen, "return")
        told = reason.strip()[:1000]
        with self._repos.store.write():
            self._step(actor, seen, "return", {"return_reason": told, "heard": 0})
            self._decisions.add(seen, "return", actor.id, self._repos.clock.now(), told)

    def last_decision(self, announcement_id: int, act: str = "") -> Decision | None:
        """Who decided last on it, and on which words and sound; or the last who approved or returned it."""
        return self._decisions.newest(announcement_id, act)

    def _refuse_decided(self, seen: Announcement, act: str) -> None:
        """Tell whoever comes second by whom and when it was decided."""
        if refused := self.decided_already(seen, act):
            raise refused

    def decided_already(self, seen: Announcement, act: str) -> Refused | None:
        """By whom and when it was decided, where `act` is not open any more."""
        if (seen.state, act) in STEPS or seen.state not in _DECIDED:
            return None
        decided, reason = _DECIDED[seen.state]
        last = self._decisions.newest(seen.id, decided)
        if last is not None:
            local = self._repos.config.station.local(last.at)
            who = self._repos.people.get(last.person_id).name
            return Refused(reason, who=who, time=f"{local:%H:%M ngày %d/%m/%Y}")
        return None

    def withdraw(self, actor: Person, announcement_id: int, *, is_stopped: bool = False) -> None:
        """Take it off the air for good: nothing of it airs from now on, and what sounds of it or is armed is stopped.

        `is_stopped`: whoever calls has ordered that stop already, with a reason of its own.
        """
        seen = self._repos.programme.announcement(announcement_id)
        self._step(actor, seen, "withdraw", {"approved_sha256": None})
        if is_stopped:
            return
        claimed, now = self._repos.slots.claimed_of(announcement_id), self._repos.clock.now()
        for slot in self._repos.slots.open_of(announcement_id):
            if slot.start <= now or slot.id in claimed:
                self._red.stop(actor, slot.id)

    def _step(self, actor: Person, seen: Announcement, act: str, values: Row) -> None:
        self._keep(seen, act, self._after(actor, seen, act), values)

    def _after(self, actor: Person, seen: Announcement, act: str, *, heard: bool | None = None) -> AnnouncementState:
        """Where `act` leads from here, or a refusal."""
        permit_work(self._repos, actor, act, seen)
        return step(
            seen.state,
            act,
            actor_role=actor.role,
            actor_id=actor.id,
            author_id=seen.author_id,
            writer_id=seen.writer_id,
            one_officer=self._repos.config.station.one_officer,
            heard=seen.heard if heard is None else heard,
            has_audio=seen.audio_sha256 is not None,
        )

    def _keep(self, seen: Announcement, act: str, state: AnnouncementState, values: Row) -> None:
        grown = {"version": seen.version + 1} if act == "edit" else {}
        airs = AnnouncementState.APPROVED in {seen.state, state}
        with self._campaigns.owed.changing() if airs else self._repos.store.write():
            now = self._repos.clock.now()
            self._repos.programme.change_announcement(seen, values | grown | {"state": state.value}, now)

    def _check(self, title: str, text: str) -> None:
        limit = self._repos.config.speech.max_chars
        if not title.strip():
            raise Refused("title_missing")
        if len(title.strip()) > MAX_TITLE:
            raise Refused("title_too_long", limit=MAX_TITLE)
        if len(text) > limit:
            raise Refused("text_too_long", chars=len(text), limit=limit)
        if not self._scripts.reading.is_speakable(text):
            raise Refused("text_not_speakable")

    def _usable(self, sha256: str) -> StoredClip:
        clip = self._repos.programme.clip(sha256)
        if clip.retired_at is not None:
            raise Refused("audio_retired", title=clip.title)
        return clip

    def waiting(self) -> list[Announcement]:
        """What waits for a leader, oldest first."""
        return self._repos.programme.announcements(AnnouncementState.SUBMITTED)[::-1]
