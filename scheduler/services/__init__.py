"""What an officer may do, one act a method: the page and the command line call these and nothing deeper.

Every act names its actor, asks the actor's right first, and raises `errors.Refused` with a reason code instead of
doing half of something.
"""

from dataclasses import dataclass, field
from datetime import datetime
from threading import RLock
from typing import Any, Protocol, Self, TypeVar

from scheduler.config.loading import Config
from scheduler.features import Feature
from scheduler.services.air.air import AirService, OnAir
from scheduler.services.air.chimes import ChimeService
from scheduler.services.air.cue_lists import CueLists
from scheduler.services.air.emergency import EmergencyService
from scheduler.services.air.journal import JournalService
from scheduler.services.air.known_orders import KnownOrders
from scheduler.services.air.live import LiveService
from scheduler.services.air.output_tests import OutputTestService
from scheduler.services.air.renders import RenderService
from scheduler.services.air.slots import SlotService
from scheduler.services.announcement.announcements import AnnouncementService
from scheduler.services.announcement.drafts import DraftService
from scheduler.services.announcement.hearings import HearingService
from scheduler.services.announcement.lexicon import LexiconService
from scheduler.services.announcement.natural_voices import NaturalVoices
from scheduler.services.announcement.pronunciation import PronunciationService
from scheduler.services.announcement.ready_templates import ReadyTemplates
from scheduler.services.announcement.recordings import RecordingService
from scheduler.services.announcement.scripts import ScriptService
from scheduler.services.announcement.submissions import SubmissionService
from scheduler.services.announcement.trims import TrimService
from scheduler.services.announcement.typed_sounds import TypedSoundService
from scheduler.services.announcement.upgrades import UpgradeService
from scheduler.services.announcement.uploads import UploadService
from scheduler.services.dispatch.dispatches import DispatchService
from scheduler.services.dispatch.drafts import DispatchDrafts
from scheduler.services.dispatch.duties import DutyService
from scheduler.services.fault_log import FaultService, FaultsSeen
from scheduler.services.people.acts_once import ActsOnce
from scheduler.services.people.audit import AuditService
from scheduler.services.people.people import PeopleService
from scheduler.services.people.sessions import SessionService
from scheduler.services.people.tokens import TokenService
from scheduler.services.planning.campaigns import CampaignService
from scheduler.services.planning.ledger import LedgerService
from scheduler.services.planning.outlook import OutlookService
from scheduler.services.planning.relays import RelayService
from scheduler.services.planning.schedule import ScheduleService
from scheduler.services.planning.schedule_copies import ScheduleCopies
from scheduler.services.planning.schedule_days import ScheduleDays
from scheduler.services.report.exports import ExportService
from scheduler.services.report.proof import ProofService
from scheduler.services.report.reports import ReportService
from scheduler.services.repositories import Repositories, permit
from scheduler.services.station.backups import BackupService
from scheduler.services.station.clock import ClockService
from scheduler.services.station.counts import CountService
from scheduler.services.station.jobs import JobService
from scheduler.services.station.onboarding import OnboardingService
from scheduler.services.station.processes import ProcessService
from scheduler.services.station.readiness import ReadinessService
from scheduler.services.station.settings import SettingsService
from scheduler.services.station.tasks import TaskService
from scheduler.services.station.waiting_for_leader import WaitingService

__all__ = ["FaultsSeen", "OnAir", "Repositories", "Services", "permit"]


class Extra(Protocol):
    """The service of an extra."""

    @classmethod
    def of(cls, services: "Services") -> Self: ...


_Extra = TypeVar("_Extra", bound=Extra)


@dataclass(slots=True)
class _Extras:
    """The services of extras that were asked for."""

    made: dict[type[Extra], Any] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)


@dataclass(frozen=True, slots=True)
class Services:
    """The services of the core, by subject; those of extras are asked for by type. `parts` are the rows behind them."""

    repos: Repositories
    reading: PronunciationService
    lexicon: LexiconService
    scripts: ScriptService
    upgrades: UpgradeService
    natural_voices: NaturalVoices
    dispatches: DispatchService
    dispatch_drafts: DispatchDrafts
    duties: DutyService
    ledger: LedgerService
    announcements: AnnouncementService
    recordings: RecordingService
    uploads: UploadService
    typed_sounds: TypedSoundService
    campaigns: CampaignService
    rundowns: CueLists
    chimes: ChimeService
    renders: RenderService
    air: AirService
    emergency: EmergencyService
    ready_templates: ReadyTemplates
    live: LiveService
    relays: RelayService
    readiness: ReadinessService
    people: PeopleService
    proof: ProofService
    reports: ReportService
    tokens: TokenService
    drafts: DraftService
    trims: TrimService
    hearings: HearingService
    waiting: WaitingService
    settings: SettingsService
    exports: ExportService
    journal: JournalService
    to_do: TaskService
    output_tests: OutputTestService
    backups: BackupService
    guide: OnboardingService
    schedule: ScheduleService
    schedule_days: ScheduleDays
    schedule_copies: ScheduleCopies
    outlook: OutlookService
    submissions: SubmissionService
    audit: AuditService
    clock: ClockService
    slots: SlotService
    known_orders: KnownOrders
    jobs: JobService
    processes: ProcessService
    faults: FaultService
    sessions: SessionService
    acts: ActsOnce
    counts: CountService

    _extras: _Extras = field(default_factory=_Extras, compare=False, repr=False)

    @classmethod
    def of(cls, repos: Repositories) -> "Services":
        made: dict[str, Any] = {}
        for build in (_words, _programme, _air, _proof, _house):
            made |= build(repos, made)
        return cls(repos=repos, **made)

    @property
    def config(self) -> Config:
        """What holds now: config.toml, and what the page has set where the file says nothing."""
        return self.repos.config

    def hold(self) -> None:
        """From now on this thread has one configuration, until it lets go or changes it itself: one page, one rule."""
        self.repos.settings.hold()

    def let_go(self) -> None:
        """From now on every look of the calling thread asks again."""
        self.repos.settings.let_go()

    def now(self) -> datetime:
        """By the station's clock."""
        return self.repos.clock.now()

    def marks(self) -> tuple[object, object]:
        """Another first value once any row is another; another second one once an order of the red lane, a word of a
        process or a fault of the station is.
        """
        repos = self.repos
        return repos.store.version(), (repos.red.marks(), repos.faults.marks())

    def has_row(self, table: str) -> bool:
        """Whether a table holds anything: what extras have left is shown also where they are off."""
        return self.repos.store.has_row(table)

    def has_used(self, feature: Feature) -> bool:
        """Whether the station has used an extra: its tables hold something, or the page has set one of its keys."""
        return any(map(self.has_row, feature.kept)) or any(map(self.settings.was_set, feature.kept_keys))

    def get(self, kind: type[_Extra]) -> _Extra:
        """The service of an extra: made when it is first asked for, then kept."""
        made = self._extras.made
        if kind not in made:
            with self._extras.lock:
                if kind not in made:
                    made[kind] = kind.of(self)
        found: _Extra = made[kind]
        return found


# What each part of the desk stands on, in the order they are built; each is given what stands already.


def _words(repos: Repositories, _: dict[str, Any]) -> dict[str, Any]:
    """How texts are read, and what dispatches ask."""
    reading = PronunciationService(repos)
    scripts = ScriptService(repos, reading)
    return {
        "reading": reading,
        "lexicon": LexiconService(repos, reading, scripts),
        "scripts": scripts,
        "duties": DutyService(repos),
        "drafts": DraftService(repos),
        "trims": TrimService(repos),
        "hearings": HearingService(repos),
    }


def _programme(repos: Repositories, made: dict[str, Any]) -> dict[str, Any]:
    """What is to be said, and when."""
    campaigns, rundowns = CampaignService(repos), CueLists(repos)
    recordings = RecordingService(repos, campaigns)
    dispatches = DispatchService(repos, campaigns)
    return {
        "campaigns": campaigns,
        "rundowns": rundowns,
        "announcements": AnnouncementService(repos, campaigns, made["scripts"]),
        "recordings": recordings,
        "uploads": UploadService(repos, recordings),
        "typed_sounds": TypedSoundService(repos),
        "upgrades": UpgradeService(repos, campaigns),
        "natural_voices": NaturalVoices(repos),
        "dispatches": dispatches,
        "dispatch_drafts": DispatchDrafts(repos, dispatches, campaigns),
        "chimes": ChimeService(repos),
        "renders": RenderService(repos),
        "relays": RelayService(repos, campaigns),
        "readiness": ReadinessService(repos),
    }


def _air(repos: Repositories, made: dict[str, Any]) -> dict[str, Any]:
    """What sounds, and who may order that it does."""
    campaigns, rundowns, people = made["campaigns"], made["rundowns"], PeopleService(repos)
    air = AirService(repos, rundowns)
    emergency = EmergencyService(repos, rundowns, air, people)
    schedule, outlook = ScheduleService(repos, campaigns, air), OutlookService(repos, air)
    return {
        "air": air,
        "people": people,
        "emergency": emergency,
        "ready_templates": ReadyTemplates(repos, made["announcements"]),
        "live": LiveService(repos, rundowns, air),
        "output_tests": OutputTestService(repos, air),
        "clock": ClockService(repos),
        "slots": SlotService(repos),
        "known_orders": KnownOrders(repos, air.red),
        "schedule": schedule,
        "schedule_days": ScheduleDays(repos, campaigns.days),
        "schedule_copies": ScheduleCopies(repos, campaigns, schedule),
        "outlook": outlook,
        "submissions": SubmissionService(repos, made["announcements"], campaigns, schedule, outlook),
    }


def _proof(repos: Repositories, made: dict[str, Any]) -> dict[str, Any]:
    """What is told afterwards, to whom."""
    ledger, proof = LedgerService(repos, made["campaigns"]), ProofService(repos)
    reports = ReportService(repos, ledger, proof.verify)
    return {
        "ledger": ledger,
        "proof": proof,
        "reports": reports,
        "exports": ExportService(repos, reports, proof),
        "journal": JournalService(repos),
        "audit": AuditService(repos),
    }


def _house(repos: Repositories, made: dict[str, Any]) -> dict[str, Any]:
    """The station itself, and what waits for its people."""
    backups, settings = BackupService(repos), SettingsService(repos, made["campaigns"])
    return {
        "tokens": TokenService(repos),
        "sessions": SessionService(repos),
        "acts": ActsOnce(repos),
        "jobs": JobService(repos),
        "processes": ProcessService(repos),
        "faults": FaultService(repos.faults, repos.clock),
        "counts": CountService(repos),
        "waiting": WaitingService(repos),
        "settings": settings,
        "backups": backups,
        "to_do": TaskService(repos, made["air"], made["announcements"], backups),
        "guide": OnboardingService(repos),
    }
