"""Bản tin nguồn: a bulletin of the server's list becomes a row of the inbox, its sound is taken in.

Which way a bulletin goes without anybody's word is `rules.bulletins`'; the way itself is the inbox's pipeline. The
issuer stands as author, whoever decided as approver: a person, or the ward's own rule where config.toml lets it decide.
Nothing here fetches, and nothing here makes speech.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self

from scheduler.core.model import Priority
from scheduler.extras.inbox.rules import State, Way
from scheduler.extras.inbox.service.inbox import Inbox
from scheduler.extras.province.rows import Outbox
from scheduler.extras.province.rules.bulletins import Bulletin, Entry, Moment, entry_of, read_bulletin
from scheduler.extras.province.rules.kept import BulletinRow
from scheduler.extras.province.service.adapter import MOST_TRIES, ProvinceAdapter
from scheduler.extras.province.service.link import ProvinceLinkService
from scheduler.kernel.errors import Refused
from scheduler.services.announcement.recordings import RecordingService
from scheduler.services.repositories import Repositories
from scheduler.store import Row, instant_text
from scheduler.store.database import json_text, reason_values

if TYPE_CHECKING:
    from scheduler.services import Services

__all__ = ["ProvinceService"]

MOST_VERSIONS = 50
"""A server that changes its mind more often than this is not followed any further."""
PAUSES = (10.0, 60.0, 300.0, 900.0)
"""Seconds between two tries to fetch a sound."""


class ProvinceService:
    def __init__(
        self, repos: Repositories, adapter: ProvinceAdapter, inbox: Inbox[BulletinRow], recordings: RecordingService
    ) -> None:
        self._repos = repos
        self.adapter = adapter
        self._rows = adapter.bulletins
        self.inbox = inbox
        self._recordings = recordings
        self.link = ProvinceLinkService(repos, Outbox(repos.store))

    @classmethod
    def of(cls, services: "Services") -> Self:
        """For the record."""
        adapter = ProvinceAdapter(services)
        inbox = Inbox(adapter, services.announcements, services.air, services.emergency)
        return cls(services.repos, adapter, inbox, services.recordings)

    # Taking in

    def receive(self, told: object, server_now: datetime | None = None) -> BulletinRow | None:
        """Keep one bulletin of the server's list and send it on its way; None = cancelled before it was ever seen.

        The same again changes nothing, a changed one is a new version and the end of the one before. Raises Refused
        province_bulletin_bad.
        """
        now = self._repos.clock.now()
        bulletin = read_bulletin(told, self._repos.config.station.time_zone)
        versions = self._rows.versions(bulletin.id)
        last = versions[-1] if versions else None
        if last and (last.digest == bulletin.digest or last.version >= MOST_VERSIONS) and not bulletin.cancelled:
            return last
        if bulletin.cancelled or bulletin.priority is Priority.EMERGENCY:
            self._repos.reserve.let_go()
        entry = entry_of(bulletin, self.adapter.policy(), Moment(now, server_now))
        if entry.way is Way.CANCELLED:
            self.adapter.end_each(versions, State.CANCELLED, Refused("province_cancelled"))
            return self._rows.get(last.id) if last else None
        with self._repos.store.write():
            row = self.adapter.keep(entry, self._values(told, bulletin, entry, versions))
            if row.state != State.AIRED:
                self.adapter.end_each(versions, State.SUPERSEDED, Refused("province_superseded"))
            return self.adapter.prepare(row)

    def _values(self, told: object, bulletin: Bulletin, entry: Entry, versions: list[BulletinRow]) -> Row:
        issuer = self.adapter.person_of(bulletin)
        values: Row = {
            "bulletin_id": bulletin.id,
            "version": versions[-1].version + 1 if versions else 1,
            "digest": bulletin.digest,
            "said": bulletin.said,
            "raw": json_text(told).encode("utf-8", "ignore").decode(),
            "title": bulletin.title,
            "priority": bulletin.priority.value,
            "zone": entry.zone,
            "issuer_id": issuer.id,
            "expires_at": instant_text(bulletin.expires) if bulletin.expires else None,
        }
        match entry.way:
            case Way.EXPIRED:
                return values | {"reason": "province_expired"}
            case Way.AIR if aired := [one for one in versions if one.said == bulletin.said and one.slot_id]:
                kept = {"slot_id": aired[-1].slot_id, "announcement_id": aired[-1].announcement_id}
                return values | kept | {"state": State.AIRED, "reason": "province_same_words"}
            case Way.AIR:
                return values | {"decided_by": issuer.id}
            case Way.SESSION:
                return values | {"decided_by": self.adapter.rule().id}
        return values

    # Sounds

    def unfetched(self) -> BulletinRow | None:
        """The next bulletin whose sound is to be fetched now."""
        rows = self._rows.unfetched(self._repos.clock.now(), MOST_TRIES)
        return next((row for row in rows if self.adapter.bulletin(row).audio_url), None)

    def fetched(self, row: BulletinRow, path: Path, file_name: str) -> BulletinRow:
        """Hand a sound that has come to the worker."""
        try:
            job_id = self._recordings.take_in(self.adapter.issuer(row), path, file_name, title=row.title)
        finally:
            path.unlink(missing_ok=True)
        return self._rows.change(row, {"job_id": job_id, "reason": "", "details_json": "{}"})

    def not_fetched(self, row: BulletinRow, refused: Refused) -> BulletinRow:
        """A sound that did not come: tried again after a while; in the end its words are spoken, if it has any."""
        tries = row.tries + 1
        after = self._repos.clock.now() + timedelta(seconds=PAUSES[min(tries, len(PAUSES)) - 1])
        row = self._rows.change(row, reason_values(refused) | {"tries": tries, "retry_at": instant_text(after)})
        return self.adapter.tend(row) if tries >= MOST_TRIES else row
