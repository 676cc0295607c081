"""Better readings: which sound is to be made again, who hears it, and when it takes the old one's place.

The worker makes them in its idle time; a leader approves exactly the sound that was made, as any other. Until then, and
as long as the old one sounds or is about to, the old one airs: nothing here ever leaves an airing without its sound.
The words stay the same: where they would be read otherwise by now, nothing is made.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.core.announcement.approval import step
from scheduler.core.announcement.kept import StoredClip
from scheduler.core.announcement.voices import UpgradeState, engine_name, is_lesser, nearest_start, rests_from
from scheduler.core.model import Announcement, AnnouncementState, Person
from scheduler.core.station.readiness import Finding
from scheduler.kernel.errors import Refused
from scheduler.services.announcement.hearings import unheard_is_told
from scheduler.services.planning.campaigns import CampaignService
from scheduler.services.repositories import Repositories, permit
from scheduler.store import StoredUpgrade, UpgradeRows, instant_text

__all__ = ["UpgradeService", "WaitingUpgrade", "waiting_findings"]

MOST_TRIES = 3
"""A text that killed the worker this often is not tried again."""


@dataclass(frozen=True, slots=True)
class WaitingUpgrade:
    """A better reading for a leader to hear: `old` airs now, `new` is to. `due`: when it airs next."""

    id: int
    announcement: Announcement
    old: StoredClip
    new: StoredClip
    due: datetime | None
    approved: bool = False
    """Approved already; it waits until the old one has sounded."""


class UpgradeService:
    def __init__(self, repos: Repositories, campaigns: CampaignService) -> None:
        self._repos = repos
        self._campaigns = campaigns
        self._rows = UpgradeRows(repos.store)

    # The worker's part

    def wanted(self) -> list[tuple[Announcement, str]]:
        """What is to be read again by a better engine than the one named, the next to air first."""
        speech = self._repos.config.speech
        lesser = [engine for engine in speech.engines if is_lesser(engine, speech.engines)]
        if not speech.upgrade or not lesser:
            return []
        found = self._rows.wanted(lesser, MOST_TRIES)
        return [(self._repos.programme.announcement(key), engine) for key, engine in found if self._rests(key)]

    def begin(self, announcement: Announcement) -> int:
        """Note that a better reading is being made (its row's id)."""
        return self._rows.begin(announcement, self._repos.clock.now())

    def made(self, upgrade_id: int, clip: StoredClip) -> None:
        """The worker's answer: keep the clip, and ask a leader."""
        now = self._repos.clock.now()
        with self._repos.store.write():
            self._repos.programme.add_clip(clip)
            values = {"to_sha256": clip.sha256, "made_at": instant_text(now)}
            self._rows.move(upgrade_id, UpgradeState.MAKING, UpgradeState.WAITING, values)

    def not_made(self, upgrade_id: int, *, passing: bool) -> None:
        """It could not be made: tried again when its engine may be asked, or never."""
        if passing:
            self._rows.try_later(upgrade_id)
        else:
            self._end(upgrade_id, UpgradeState.MAKING, UpgradeState.FAILED)

    def settle(self) -> None:
        """Put what is approved in its place where nothing is in the way, and let go of what the day has overtaken."""
        for state in (UpgradeState.MAKING, UpgradeState.WAITING, UpgradeState.APPROVED):
            for one in self._rows.in_state(state):
                if self._replaced(one) is None:
                    self._end(one.id, state, UpgradeState.STALE)
                elif state is UpgradeState.APPROVED:
                    self._take(one)

    # The leader's part

    def waiting(self) -> list[WaitingUpgrade]:
        """What a leader is to hear, and what is approved and not yet in place; the next to air first."""
        found = [
            self._to_waiting(one, seen)
            for state in (UpgradeState.WAITING, UpgradeState.APPROVED)
            for one in self._rows.in_state(state)
            if (seen := self._replaced(one)) is not None and one.to_sha256
        ]
        return sorted(found, key=lambda one: (one.due is None, one.due or self._repos.clock.now(), one.id))

    def approve(
        self,
        actor: Person,
        upgrade_id: int,
        sha256: str,
        *,
        heard: bool,
        prove: Callable[[], None] = lambda: None,
    ) -> None:
        """Approve exactly the sound `sha256`, which the approver has heard; it takes the old one's place when it can.

        `prove` asks once more who it is, when nothing else stands in the way: a code counts once.
        Raises NotPermitted, or Refused: upgrade_over, audio_changed, author_is_approver, not_heard, audio_retired.
        """
        one, seen = self._open(actor, upgrade_id)
        if one.to_sha256 != sha256:
            raise Refused("audio_changed", title=seen.title)
        if self._repos.programme.clip(sha256).retired_at is not None:
            raise Refused("audio_retired", title=seen.title)
        with unheard_is_told(self._repos, actor):
            step(
                AnnouncementState.SUBMITTED,  # a better reading is submitted by being made
                "approve",
                actor_role=actor.role,
                actor_id=actor.id,
                author_id=seen.author_id,
                writer_id=seen.writer_id,
                one_officer=self._repos.config.station.one_officer,
                heard=heard,
                has_audio=True,
            )
        prove()
        self._decide(actor, one, UpgradeState.APPROVED)
        self.settle()

    def decline(self, actor: Person, upgrade_id: int) -> None:
        """Keep the old sound; this reading is not offered again. Raises NotPermitted, or Refused upgrade_over."""
        one, _ = self._open(actor, upgrade_id)
        self._decide(actor, one, UpgradeState.DECLINED)

    def _open(self, actor: Person, upgrade_id: int) -> tuple[StoredUpgrade, Announcement]:
        """A better reading that still waits for its leader."""
        permit(actor, "approve")
        one = self._rows.get(upgrade_id)
        seen = self._replaced(one)
        if one.state is not UpgradeState.WAITING or seen is None:
            raise Refused("upgrade_over")
        return one, seen

    def _decide(self, actor: Person, one: StoredUpgrade, state: UpgradeState) -> None:
        now = instant_text(self._repos.clock.now())
        values = {"decided_at": now, "decided_by": actor.id}
        values |= {"ended_at": now} if state is UpgradeState.DECLINED else {}
        if not self._rows.move(one.id, UpgradeState.WAITING, state, values):
            raise Refused("upgrade_over")

    # Rows

    def _replaced(self, one: StoredUpgrade) -> Announcement | None:
        """The announcement, while the sound that is to be replaced is still its approved one."""
        seen = self._repos.programme.announcement(one.announcement_id)
        stands = seen.state is AnnouncementState.APPROVED and seen.approved_sha256 == one.from_sha256
        return seen if stands and seen.audio_sha256 == one.from_sha256 else None

    def _replaceable(self, one: StoredUpgrade) -> Announcement | None:
        """The same, while the old sound is at rest."""
        seen = self._replaced(one)
        return seen if seen and self._rests(seen.id) else None

    def _rests(self, announcement_id: int) -> bool:
        before = timedelta(minutes=self._repos.config.speech.upgrade_minutes)
        return rests_from(self._rows.open_starts(announcement_id), self._repos.clock.now(), before)

    def _take(self, one: StoredUpgrade) -> None:
        """The new sound becomes the approved one, in one transaction with the look whether the old one is at rest."""
        if self._replaceable(one) is None:  # looked at first: the plan is owed only where something changes
            return
        with self._campaigns.owed.changing():
            seen = self._replaceable(one)
            if seen is None:
                return
            now = self._repos.clock.now()
            taken = {"ended_at": instant_text(now)}
            if not self._rows.move(one.id, UpgradeState.APPROVED, UpgradeState.TAKEN, taken):
                return
            values = {
                "audio_sha256": one.to_sha256,
                "approved_sha256": one.to_sha256,
                "approver_id": one.decided_by,
                "approved_at": instant_text(one.decided_at or now),
                "version": seen.version + 1,
            }
            self._repos.programme.change_announcement(seen, values, now)

    def _to_waiting(self, one: StoredUpgrade, seen: Announcement) -> WaitingUpgrade:
        clip = self._repos.programme.clip
        return WaitingUpgrade(
            one.id,
            seen,
            clip(one.from_sha256),
            clip(one.to_sha256 or ""),
            nearest_start(self._rows.open_starts(seen.id), self._repos.clock.now()),
            approved=one.state is UpgradeState.APPROVED,
        )

    def _end(self, upgrade_id: int, before: UpgradeState, after: UpgradeState) -> None:
        self._rows.move(upgrade_id, before, after, {"ended_at": instant_text(self._repos.clock.now())})


def waiting_findings(waiting: list[WaitingUpgrade]) -> list[Finding]:
    """Better readings that a leader is to hear, as rows of what is to be done."""
    return [
        Finding(
            f"upgrade_waits:{one.announcement.id}",
            reason="upgrade_waits",
            due=one.due,
            details={
                "title": one.announcement.title,
                "engine": engine_name(one.new.engine),
                "old": engine_name(one.old.engine),
            },
        )
        for one in waiting
        if not one.approved
    ]
