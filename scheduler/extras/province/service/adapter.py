"""What of the inbox is the province's own: its JSON, its sounds behind an address, and that it is told by logs alone.

It reads a row as it came and judges it by `rules.bulletins`; nothing here fetches.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from scheduler.core.model import Person
from scheduler.core.stops import StopReason
from scheduler.extras.inbox.rules import Way
from scheduler.extras.inbox.service.adapter import Offer, Reasons
from scheduler.extras.inbox.service.pipeline import Pipeline
from scheduler.extras.province.keys import ProvinceConfig
from scheduler.extras.province.rows import Bulletins
from scheduler.extras.province.rules.bulletins import Bulletin, Entry, Moment, Policy, entry_of, read_bulletin
from scheduler.extras.province.rules.kept import BulletinRow
from scheduler.kernel.errors import Refused

if TYPE_CHECKING:
    from scheduler.services import Services

__all__ = ["MOST_TRIES", "ProvinceAdapter"]

ISSUER_LOGIN, ISSUER_NAME = "nguồn {id}", "Nguồn: {name}"
MOST_TRIES = 5
"""Of fetching the sound of a bulletin."""
EMERGENCY_TRIES = 3
"""Of fetching the sound of an emergency that has no words."""


class ProvinceAdapter(Pipeline[BulletinRow]):
    reasons = Reasons(
        decided="province_decided",
        expired="province_expired",
        no_words="province_no_words",
        no_sound="province_no_sound",
        no_session="province_no_session",
        returned="province_returned",
        withdrawn="province_withdrawn",
        dismissed="province_dismissed",
    )
    rule_login, rule_name = "quy tắc nguồn", "Quy tắc của phường (bản tin nguồn)"
    stop = StopReason.PROVINCE

    def __init__(self, services: "Services") -> None:
        self.bulletins = Bulletins(services.repos.store)
        super().__init__(services.repos, self.bulletins, services.announcements, services.campaigns, services.air)

    # Reading

    def policy(self) -> Policy:
        """What config.toml lets bulletins do."""
        told = self.repos.config.get(ProvinceConfig)
        return Policy(
            emergency=told.emergency,
            priority=told.priority,
            trusted=frozenset(told.trusted_issuers),
            own_ids=frozenset(filter(None, (told.source_id,))),
            zones=self.repos.config.zone_names,
            fresh=timedelta(minutes=told.emergency_minutes),
        )

    def bulletin(self, row: BulletinRow) -> Bulletin:
        """A kept bulletin as it reads."""
        return read_bulletin(row.told, self.repos.config.station.time_zone)

    def offer(self, row: BulletinRow) -> Offer:
        read = self.bulletin(row)
        return Offer(read.title, read.words, read.priority, has_sound=bool(read.audio_url), field=read.field or 1)

    def judged(self, row: BulletinRow, now_there: datetime | None) -> Entry:
        return entry_of(self.bulletin(row), self.policy(), Moment(self.repos.clock.now(), now_there))

    def person_of(self, bulletin: Bulletin) -> Person:
        """Who stands in the journal for an issuer."""
        login = ISSUER_LOGIN.format(id=bulletin.issuer_id or "không rõ")
        name = ISSUER_NAME.format(name=bulletin.issuer_name or bulletin.source or "không rõ")
        return self.stand_in(login, name)

    # Its sound

    def recording(self, row: BulletinRow) -> str | None:
        job = self.repos.jobs.get(row.job_id) if row.job_id else None
        return job.result if job is not None and job.kind == "ingest" and job.result else None

    def lost(self, row: BulletinRow) -> Refused | None:
        job = self.repos.jobs.get(row.job_id) if row.job_id else None
        if job is not None and job.kind == "ingest" and job.ended and not job.result:
            return Refused(job.reason, **job.details)
        tried = row.tries >= (EMERGENCY_TRIES if row.way is Way.AIR else MOST_TRIES)
        return Refused(row.reason, **row.details) if job is None and tried and row.reason else None
