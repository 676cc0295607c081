"""What an officer may do, one act a method: the page and the command line call these and nothing deeper.

Every act names its actor, asks the actor's right first, and raises `errors.Refused` with a reason code instead of
doing half of something.
"""

from dataclasses import dataclass
from typing import Any

from scheduler.desk.air import AirDesk, OnAir
from scheduler.desk.announcements import AnnouncementDesk
from scheduler.desk.audit import AuditDesk
from scheduler.desk.backups import BackupDesk
from scheduler.desk.box import BoxDesk
from scheduler.desk.campaigns import CampaignDesk
from scheduler.desk.cap import CapDesk
from scheduler.desk.cap_trust import CapTrust
from scheduler.desk.cap_work import CapWork
from scheduler.desk.chimes import ChimeDesk
from scheduler.desk.clock import ClockDesk
from scheduler.desk.clusters import ClusterDesk
from scheduler.desk.dispatches import DispatchDesk
from scheduler.desk.drafts import DraftDesk
from scheduler.desk.duties import DutyDesk
from scheduler.desk.emergency import EmergencyDesk
from scheduler.desk.exports import ExportDesk
from scheduler.desk.guide import GuideDesk
from scheduler.desk.hub import HubDesk
from scheduler.desk.hub_contents import HubContents
from scheduler.desk.journal import JournalDesk
from scheduler.desk.ledger import LedgerDesk
from scheduler.desk.lexicon import LexiconDesk
from scheduler.desk.live import LiveDesk
from scheduler.desk.output_tests import OutputTestDesk
from scheduler.desk.pair import PairDesk
from scheduler.desk.parts import Parts, permit
from scheduler.desk.people import PeopleDesk
from scheduler.desk.proof import ProofDesk
from scheduler.desk.province import ProvinceDesk
from scheduler.desk.public import PublicDesk
from scheduler.desk.readiness import ReadinessDesk
from scheduler.desk.reading import ReadingDesk
from scheduler.desk.recordings import RecordingDesk
from scheduler.desk.relays import RelayDesk
from scheduler.desk.renders import RenderDesk
from scheduler.desk.reports import ReportDesk
from scheduler.desk.rundowns import Rundowns
from scheduler.desk.schedule import ScheduleDesk
from scheduler.desk.schedule_copies import ScheduleCopies
from scheduler.desk.schedule_days import ScheduleDays
from scheduler.desk.scripts import ScriptDesk
from scheduler.desk.settings import SettingsDesk
from scheduler.desk.sms import SmsDesk
from scheduler.desk.sms_sendings import SmsSendings
from scheduler.desk.tickets import TicketDesk
from scheduler.desk.to_do import ToDoDesk
from scheduler.desk.tokens import TokenDesk
from scheduler.desk.town import TownDesk
from scheduler.desk.town_pairing import TownPairing
from scheduler.desk.trims import TrimDesk
from scheduler.desk.upgrades import UpgradeDesk
from scheduler.desk.uploads import UploadDesk
from scheduler.desk.waiting import WaitingDesk
from scheduler.store.cap import CapStore

__all__ = ["Desk", "OnAir", "Parts", "permit"]


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
    sms: SmsDesk
    sms_sendings: SmsSendings
    province: ProvinceDesk
    tokens: TokenDesk
    drafts: DraftDesk
    trims: TrimDesk
    waiting: WaitingDesk
    settings: SettingsDesk
    tickets: TicketDesk
    public: PublicDesk
    exports: ExportDesk
    journal: JournalDesk
    to_do: ToDoDesk
    output_tests: OutputTestDesk
    backups: BackupDesk
    guide: GuideDesk
    pair: PairDesk
    schedule: ScheduleDesk
    schedule_days: ScheduleDays
    schedule_copies: ScheduleCopies
    audit: AuditDesk
    town: TownDesk
    town_pairing: TownPairing
    clock: ClockDesk
    clusters: ClusterDesk
    box: BoxDesk
    hub: HubDesk
    cap: CapDesk

    @classmethod
    def of(cls, parts: Parts) -> "Desk":
        made: dict[str, Any] = {}
        for build in (_words, _programme, _air, _proof, _house):
            made |= build(parts, made)
        return cls(parts=parts, **made)


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
    alerts = CapStore(parts.store)
    cap_work = CapWork(parts, alerts, made["announcements"], campaigns, air)
    return {
        "air": air,
        "people": people,
        "emergency": emergency,
        "live": LiveDesk(parts, rundowns, air),
        "province": ProvinceDesk(parts, made["announcements"], made["recordings"], campaigns, air, emergency),
        "hub": HubDesk(HubContents(parts, people, air, made["lexicon"])),
        "cap": CapDesk(parts, alerts, cap_work, emergency, CapTrust(parts, alerts)),
        "output_tests": OutputTestDesk(parts, air),
        "clock": ClockDesk(parts),
        "clusters": ClusterDesk(parts),
        "box": BoxDesk(parts, air, rundowns),
        "schedule": schedule,
        "schedule_days": ScheduleDays(parts, campaigns),
        "schedule_copies": ScheduleCopies(parts, campaigns, schedule),
    }


def _proof(parts: Parts, made: dict[str, Any]) -> dict[str, Any]:
    """What is told afterwards, to whom."""
    ledger, proof, sendings = LedgerDesk(parts, made["campaigns"]), ProofDesk(parts), SmsSendings(parts)
    reports = ReportDesk(parts, ledger, proof.verify)
    return {
        "ledger": ledger,
        "proof": proof,
        "reports": reports,
        "exports": ExportDesk(parts, reports, proof),
        "journal": JournalDesk(parts),
        "sms": SmsDesk(parts, sendings),
        "sms_sendings": sendings,
        "tickets": TicketDesk(parts),
        "public": PublicDesk(parts),
        "audit": AuditDesk(parts),
    }


def _house(parts: Parts, made: dict[str, Any]) -> dict[str, Any]:
    """The station itself, and what waits for its people."""
    backups, settings = BackupDesk(parts), SettingsDesk(parts, made["campaigns"])
    ways = {name: made[name] for name in ("announcements", "recordings", "campaigns", "air", "emergency", "lexicon")}
    town = TownDesk(parts, **ways, settings=settings)
    return {
        "tokens": TokenDesk(parts),
        "waiting": WaitingDesk(parts),
        "settings": settings,
        "town": town,
        "town_pairing": TownPairing(parts, settings, town),
        "backups": backups,
        "to_do": ToDoDesk(parts, made["air"], made["announcements"], made["tickets"], backups),
        "guide": GuideDesk(parts),
        "pair": PairDesk(parts, made["people"].confirm),
    }
