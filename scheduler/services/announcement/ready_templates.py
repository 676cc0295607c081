"""Six ready templates for an emergency: a station that has none is given them, spoken, waiting for its leader.

They are announcements of the machine like any other: a leader hears, approves or returns them, the ward changes or
withdraws them. They are given once, when there is somebody who may approve them. Nothing airs unapproved.
"""

from datetime import timedelta

from scheduler.core.announcement.approval import may
from scheduler.core.announcement.emergency_texts import READY_SHAPE, READY_TEXTS
from scheduler.core.model import Announcement, AnnouncementState, Person, Priority
from scheduler.kernel.errors import Refused
from scheduler.services.announcement.announcements import AnnouncementService
from scheduler.services.repositories import Repositories
from scheduler.store.people.people import MACHINE_LOGIN

__all__ = ["GIVEN", "ReadyTemplates"]

GIVEN = "mau-khan-cap"
"""The mark in the guide's steps: a ward that withdraws them all is not given them again."""
AGAIN_AFTER = timedelta(minutes=10)
"""After so long a speech that could not be made is tried once more."""


class ReadyTemplates:
    def __init__(self, repos: Repositories, announcements: AnnouncementService) -> None:
        self._repos = repos
        self._announcements = announcements

    def unapproved(self) -> list[Announcement]:
        """Templates of an emergency that a leader could decide on, or that are being made; the oldest first."""
        open_states = {AnnouncementState.DRAFT, AnnouncementState.SUBMITTED, AnnouncementState.RETURNED}
        return [one for one in self._templates() if one.state in open_states]

    def keep_up(self) -> int:
        """Give the six to a station that has none, and hand in those that are spoken. Gives how many were given now.

        Called by the worker once a minute (not in its first), and when the first leader comes.
        """
        if self._repos.store.is_fenced:
            return 0
        given = self._give(self._repos.people.machine(self._repos.clock.now())) if self._is_wanted() else 0
        machine = self._repos.people.by_login(MACHINE_LOGIN)
        if machine is None or not self._is_given():
            return given
        for one in self._templates():
            untouched = one.author_id == machine.id and one.writer_id in {None, machine.id}
            if untouched and one.state is AnnouncementState.DRAFT:
                self._bring_on(machine, one)
        return given

    def _is_given(self) -> bool:
        return GIVEN in self._repos.settings.steps_done()

    def _is_wanted(self) -> bool:
        if self._is_given() or self._templates():
            return False
        people = self._repos.people.listed()
        return any(one.active and one.login != MACHINE_LOGIN and may(one.role, "approve") for one in people)

    def _templates(self) -> list[Announcement]:
        """Every template of an emergency that there is, in whatever state, the oldest first."""
        sql = "SELECT id FROM announcement WHERE kind = 'text' AND priority = ? ORDER BY id"
        rows = self._repos.store.rows(sql, (Priority.EMERGENCY.value,))
        return [self._repos.programme.announcement(row["id"]) for row in rows]

    def _give(self, machine: Person) -> int:
        with self._repos.store.write():
            if self._is_given():  # another process came first
                return 0
            for one in READY_TEXTS:
                self._announcements.write(machine, one.title, one.text, Priority.EMERGENCY, shape=READY_SHAPE)
            self._repos.settings.step_done(GIVEN, machine.id, self._repos.clock.now())
        return len(READY_TEXTS)

    def _bring_on(self, machine: Person, seen: Announcement) -> None:
        """Have it spoken, then hand it to the leader: nobody at the desk wrote it, so its words are the leader's."""
        try:
            if seen.audio_sha256 is None:
                if self._may_be_spoken(seen):
                    self._announcements.make_speech(machine, seen.id)
                return
            with self._repos.store.write():
                self._announcements.heard(machine, seen.id, seen.audio_sha256)
                self._announcements.submit(machine, seen.id, at_desk=False)
        except Refused:
            return  # somebody has taken it in hand meanwhile

    def _may_be_spoken(self, seen: Announcement) -> bool:
        """No speech of it is under way, and none has failed a moment ago."""
        job = self._repos.jobs.newest_sound(seen.id)
        return job is None or (job.ended_at is not None and self._repos.clock.now() - job.ended_at >= AGAIN_AFTER)
