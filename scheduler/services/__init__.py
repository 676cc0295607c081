"""What an officer may do, one act a method: the page and the command line call these and nothing deeper.

Every act names its actor, asks the actor's right first, and raises `errors.Refused` with a reason code instead of
doing half of something.
"""

from dataclasses import dataclass, field
from threading import RLock
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

from scheduler.features import FEATURES, load
from scheduler.services.air.air import AirDesk, OnAir
from scheduler.services.air.chimes import ChimeDesk
from scheduler.services.air.cue_lists import Rundowns
from scheduler.services.air.emergency import EmergencyDesk
from scheduler.services.air.journal import JournalDesk
from scheduler.services.air.live import LiveDesk
from scheduler.services.air.output_tests import OutputTestDesk
from scheduler.services.air.renders import RenderDesk
from scheduler.services.announcement.announcements import AnnouncementDesk
from scheduler.services.announcement.drafts import DraftDesk
from scheduler.services.announcement.lexicon import LexiconDesk
from scheduler.services.announcement.pronunciation import ReadingDesk
from scheduler.services.announcement.recordings import RecordingDesk
from scheduler.services.announcement.scripts import ScriptDesk
from scheduler.services.announcement.trims import TrimDesk
from scheduler.services.announcement.upgrades import UpgradeDesk
from scheduler.services.announcement.uploads import UploadDesk
from scheduler.services.dispatch.dispatches import DispatchDesk
from scheduler.services.dispatch.duties import DutyDesk
from scheduler.services.people.audit import AuditDesk
from scheduler.services.people.people import PeopleDesk
from scheduler.services.people.tokens import TokenDesk
from scheduler.services.planning.campaigns import CampaignDesk
from scheduler.services.planning.ledger import LedgerDesk
from scheduler.services.planning.relays import RelayDesk
from scheduler.services.planning.schedule import ScheduleDesk
from scheduler.services.planning.schedule_copies import ScheduleCopies
from scheduler.services.planning.schedule_days import ScheduleDays
from scheduler.services.report.exports import ExportDesk
from scheduler.services.report.proof import ProofDesk
from scheduler.services.report.reports import ReportDesk
from scheduler.services.repositories import Parts, permit
from scheduler.services.station.backups import BackupDesk
from scheduler.services.station.clock import ClockDesk
from scheduler.services.station.onboarding import GuideDesk
from scheduler.services.station.readiness import ReadinessDesk
from scheduler.services.station.settings import SettingsDesk
from scheduler.services.station.tasks import ToDoDesk
from scheduler.services.station.waiting_for_leader import WaitingDesk

__all__ = ["Desk", "OnAir", "Parts", "permit"]


class Extra(Protocol):
    """The service of an extra."""

    @classmethod
    def of(cls, desk: "Desk") -> Self: ...


_Extra = TypeVar("_Extra", bound=Extra)


@dataclass(slots=True)
class _Extras:
    """The services of extras that were asked for."""

    made: dict[type[Extra], Any] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk, by subject; `parts` are the rooms behind it, for reading."""

    parts: Parts
    reading: ReadingDesk
    lexicon: LexiconDesk
    scripts: ScriptDesk
    upgrades: UpgradeDesk
    dispatches: DispatchDesk
    duties: DutyDesk
    ledger: LedgerDesk
    announcements: AnnouncementDesk
    recordings: RecordingDesk
    uploads: UploadDesk
    campaigns: CampaignDesk
    rundowns: Rundowns
    chimes: ChimeDesk
    renders: RenderDesk
    air: AirDesk
    emergency: EmergencyDesk
    live: LiveDesk
    relays: RelayDesk
    readiness: ReadinessDesk
    people: PeopleDesk
    proof: ProofDesk
    reports: ReportDesk
    tokens: TokenDesk
    drafts: DraftDesk
    trims: TrimDesk
    waiting: WaitingDesk
    settings: SettingsDesk
    exports: ExportDesk
    journal: JournalDesk
    to_do: ToDoDesk
    output_tests: OutputTestDesk
    backups: BackupDesk
    guide: GuideDesk
    schedule: ScheduleDesk
    schedule_days: ScheduleDays
    schedule_copies: ScheduleCopies
    audit: AuditDesk
    clock: ClockDesk

    _extras: _Extras = field(default_factory=_Extras, compare=False, repr=False)

    @classmethod
    def of(cls, parts: Parts) -> "Desk":
        made: dict[str, Any] = {}
        for build in (_words, _programme, _air, _proof, _house):
            made |= build(parts, made)
        return cls(parts=parts, **made)

    def get(self, kind: type[_Extra]) -> _Extra:
        """The service of an extra: made when it is first asked for, then kept."""
        made = self._extras.made
        if kind not in made:
            with self._extras.lock:
                if kind not in made:
                    made[kind] = kind.of(self)
        found: _Extra = made[kind]
        return found

    if not TYPE_CHECKING:  # code asks by type; tests and a terminal may ask by the name in the record

        def __getattr__(self, name: str) -> Any:
            for feature in FEATURES:
                if name in feature.services:
                    return self.get(load(feature.services[name]))
            raise AttributeError(name)


# What each part of the desk stands on, in the order they are built; each is given what stands already.


def _words(parts: Parts, _: dict[str, Any]) -> dict[str, Any]:
    """How texts are read, and what dispatches ask."""
    reading = ReadingDesk(parts)
    scripts = ScriptDesk(parts, reading)
    return {
        "reading": reading,
        "lexicon": LexiconDesk(parts, reading, scripts),
        "scripts": scripts,
        "duties": DutyDesk(parts),
        "drafts": DraftDesk(parts),
        "trims": TrimDesk(parts),
    }


def _programme(parts: Parts, made: dict[str, Any]) -> dict[str, Any]:
    """What is to be said, and when."""
    campaigns, rundowns = CampaignDesk(parts), Rundowns(parts)
    recordings = RecordingDesk(parts, campaigns)
    return {
        "campaigns": campaigns,
        "rundowns": rundowns,
        "announcements": AnnouncementDesk(parts, campaigns, made["scripts"]),
        "recordings": recordings,
        "uploads": UploadDesk(parts, recordings),
        "upgrades": UpgradeDesk(parts, campaigns),
        "dispatches": DispatchDesk(parts, campaigns),
        "chimes": ChimeDesk(parts),
        "renders": RenderDesk(parts),
        "relays": RelayDesk(parts, campaigns),
        "readiness": ReadinessDesk(parts),
    }


def _air(parts: Parts, made: dict[str, Any]) -> dict[str, Any]:
    """What sounds, and who may order that it does."""
    campaigns, rundowns, people = made["campaigns"], made["rundowns"], PeopleDesk(parts)
    air = AirDesk(parts, rundowns)
    emergency = EmergencyDesk(parts, rundowns, air, people)
    schedule = ScheduleDesk(parts, campaigns, air)
    return {
        "air": air,
        "people": people,
        "emergency": emergency,
        "live": LiveDesk(parts, rundowns, air),
        "output_tests": OutputTestDesk(parts, air),
        "clock": ClockDesk(parts),
        "schedule": schedule,
        "schedule_days": ScheduleDays(parts, campaigns),
        "schedule_copies": ScheduleCopies(parts, campaigns, schedule),
    }


def _proof(parts: Parts, made: dict[str, Any]) -> dict[str, Any]:
    """What is told afterwards, to whom."""
    ledger, proof = LedgerDesk(parts, made["campaigns"]), ProofDesk(parts)
    reports = ReportDesk(parts, ledger, proof.verify)
    return {
        "ledger": ledger,
        "proof": proof,
        "reports": reports,
        "exports": ExportDesk(parts, reports, proof),
        "journal": JournalDesk(parts),
        "audit": AuditDesk(parts),
    }


def _house(parts: Parts, made: dict[str, Any]) -> dict[str, Any]:
    """The station itself, and what waits for its people."""
    backups, settings = BackupDesk(parts), SettingsDesk(parts, made["campaigns"])
    return {
        "tokens": TokenDesk(parts),
        "waiting": WaitingDesk(parts),
        "settings": settings,
        "backups": backups,
        "to_do": ToDoDesk(parts, made["air"], made["announcements"], backups),
        "guide": GuideDesk(parts),
    }
