"""Lệnh từ cấp trên at the desk, and the only door of the link: taken in, sent on their way, told upwards.

One transaction stores an envelope (or why it was not taken), moves the cursor of its subject and queues the
acknowledgement: a process that is killed at any point has done all of it or nothing, and no bad input stops the line.
Which way a word goes unasked is `rules.routing`'s; the steps on the way are the inbox's pipeline's. Nothing here opens
a connection, and nothing here makes speech.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Self

from scheduler.core.model import Person
from scheduler.extras.inbox.service.inbox import Inbox
from scheduler.extras.inbox.service.pipeline import BROKEN
from scheduler.extras.town.rows.clips import TownClips
from scheduler.extras.town.rows.queue import TownQueue, UpRow
from scheduler.extras.town.rules.envelope import Moment
from scheduler.extras.town.rules.kept import RefusedRow, TownRow
from scheduler.extras.town.rules.routing import Issuer
from scheduler.extras.town.service.adapter import TownAdapter
from scheduler.extras.town.service.clips import ClipService
from scheduler.extras.town.service.ingest import Taken, TownTaking
from scheduler.extras.town.service.proposals import TownTake
from scheduler.extras.town.service.uplink_reports import TownUp
from scheduler.kernel.errors import Refused
from scheduler.services.air.air import AirService
from scheduler.services.air.emergency import EmergencyService
from scheduler.services.announcement.announcements import AnnouncementService
from scheduler.services.announcement.lexicon import LexiconService
from scheduler.services.announcement.recordings import RecordingService
from scheduler.services.planning.campaigns import CampaignService
from scheduler.services.repositories import Repositories, permit
from scheduler.services.station.settings import SettingsService

if TYPE_CHECKING:
    from scheduler.services import Services

__all__ = ["Taken", "TownService", "UpRow"]

log = logging.getLogger(__name__)


class TownService:
    def __init__(
        self,
        repos: Repositories,
        announcements: AnnouncementService,
        recordings: RecordingService,
        campaigns: CampaignService,
        air: AirService,
        emergency: EmergencyService,
        lexicon: LexiconService,
        settings: SettingsService,
    ) -> None:
        self._repos = repos
        self._queue = TownQueue(repos.store)
        self.up = TownUp(repos, self._queue)
        self.clips = ClipService(repos, TownClips(repos.store), recordings, self.up)
        self.adapter = TownAdapter(repos, self.clips, self.up, announcements, campaigns, air)
        self.rows = self.adapter.issues
        self.take = TownTake(repos, self.adapter, announcements, campaigns, lexicon, settings, self.clips)
        self.inbox = Inbox(self.adapter, announcements, air, emergency)
        self._taking = TownTaking(repos, self.adapter, self.take, self.clips, self.up)

    @classmethod
    def of(cls, services: "Services") -> Self:
        """For the record."""
        return cls(
            services.repos,
            services.announcements,
            services.recordings,
            services.campaigns,
            services.air,
            services.emergency,
            services.lexicon,
            services.settings,
        )

    # Whom the ward trusts

    def pinned(self) -> Mapping[str, Issuer]:
        """Whose word counts here, by public key."""
        return self.rows.issuers()

    def issuer(self, key: str) -> Issuer:
        """Who has issued with this key, trusted still or no more."""
        return self.rows.issuer(key)

    def not_taken(self) -> list[RefusedRow]:
        """Messages that nobody could take, the newest first."""
        return self.rows.refused()

    def pin(
        self,
        actor: Person,
        key: str,
        name: str,
        *,
        may_emergency: bool = False,
        may_override: bool = False,
        prove: Callable[[], None] = lambda: None,
    ) -> Issuer:
        """Trust an issuer, or change what it may. `prove` asks once more who it is, where more becomes possible.

        Raises NotPermitted; Refused town_key_invalid, town_name_missing.
        """
        permit(actor, "configure")
        wanted = _issuer(key, name, may_emergency=may_emergency, may_override=may_override)
        if self.gives_more(wanted.key, may_emergency=may_emergency, may_override=may_override):
            prove()
        with self._repos.store.write():
            self.rows.keep_issuer(wanted, actor.id, self._repos.clock.now())
        return self.pinned()[wanted.key]

    def gives_more(self, key: str, *, may_emergency: bool = False, may_override: bool = False) -> bool:
        """Whether pinning so lets anything through that does not come through today."""
        before = self.pinned().get(key)
        return before is None or may_emergency > before.may_emergency or may_override > before.may_override

    def unpin(self, actor: Person, key: str) -> None:
        """Trust an issuer no longer: nothing of it is taken from now on, and nothing airs by its rule."""
        permit(actor, "configure")
        self.rows.end_issuer(key.strip().lower(), self._repos.clock.now())

    # Down

    def cursor(self, subject: str) -> int:
        """The last place of a subject in the stream that is dealt with; 0 = none."""
        return self._queue.cursor(subject) or 0

    def receive(self, raw: bytes, subject: str, sequence: int, *, now_of_hub: datetime | None = None) -> Taken:
        """Deal with one message of the stream; whatever it is, it is dealt with once.

        Never raises for what the message holds. Raises Refused disk_full, disk_readonly and sqlite3.OperationalError
        for a store that cannot be written: then nothing has happened, and the same call later goes on.
        """
        moment = Moment(self._repos.clock.now(), now_of_hub)
        try:
            with self._repos.store.write():
                if sequence <= self.cursor(subject):
                    return Taken(None, "envelope_known")
                taken = self._taking.take_in(raw, subject, sequence, moment)
                self._queue.move(subject, sequence)
        except BROKEN:
            log.exception("an envelope on %s at %d is not taken", subject, sequence)
            with self._repos.store.write():
                taken = self._taking.refused(raw, subject, sequence, Refused("envelope_broken"))
                self._queue.move(subject, sequence)
        if taken.row is not None:
            self._send_on(taken.row)
        return taken

    def _send_on(self, row: TownRow) -> None:
        """The first step on its way; what fails here is found again by `tend`."""
        self.adapter.supersede(row.topic)
        self.adapter.safely(row, lambda: self._first_step(self.rows.get(row.id)))

    def _first_step(self, row: TownRow) -> None:
        if row.open and self.adapter.step(row) is None:
            self.adapter.prepare(row)

    # On their way

    def tend(self) -> None:
        """Every sound and every issue that is on its way, one step on; to be called about once a second.

        A fault of one is logged and does not stop the others.
        """
        self.clips.tend()
        self.adapter.supersede()
        self.adapter.tend_all()


def _issuer(key: str, name: str, *, may_emergency: bool, may_override: bool) -> Issuer:
    told, called = key.strip().lower(), " ".join(name.split())[:200]
    if len(told) != 64 or any(ch not in "0123456789abcdef" for ch in told):  # noqa: PLR2004 - 32 bytes in hex
        raise Refused("town_key_invalid")
    if not called:
        raise Refused("town_name_missing")
    return Issuer(told, called, may_emergency, may_override)
