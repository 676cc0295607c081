"""What an officer may do, one act a method: the page and the command line call these and nothing deeper.

Every act names its actor, asks the actor's right first, and raises `errors.Refused` with a reason code instead of
doing half of something.
"""

from dataclasses import dataclass

from scheduler.desk.air import AirDesk, OnAir
from scheduler.desk.announcements import AnnouncementDesk
from scheduler.desk.campaigns import CampaignDesk
from scheduler.desk.chimes import ChimeDesk
from scheduler.desk.dispatches import DispatchDesk
from scheduler.desk.duties import DutyDesk
from scheduler.desk.emergency import EmergencyDesk
from scheduler.desk.ledger import LedgerDesk
from scheduler.desk.lexicon import LexiconDesk
from scheduler.desk.live import LiveDesk
from scheduler.desk.parts import Parts, permit
from scheduler.desk.people import PeopleDesk
from scheduler.desk.proof import ProofDesk
from scheduler.desk.province import ProvinceDesk
from scheduler.desk.readiness import ReadinessDesk
from scheduler.desk.reading import ReadingDesk
from scheduler.desk.recordings import RecordingDesk
from scheduler.desk.relays import RelayDesk
from scheduler.desk.renders import RenderDesk
from scheduler.desk.reports import ReportDesk
from scheduler.desk.rundowns import Rundowns
from scheduler.desk.scripts import ScriptDesk
from scheduler.desk.sms import SmsDesk
from scheduler.desk.sms_sendings import SmsSendings
from scheduler.desk.upgrades import UpgradeDesk
from scheduler.desk.uploads import UploadDesk

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

    @classmethod
    def of(cls, parts: Parts) -> "Desk":
        reading = ReadingDesk(parts)
        scripts = ScriptDesk(parts, reading)
        campaigns, rundowns = CampaignDesk(parts), Rundowns(parts)
        air = AirDesk(parts, campaigns, rundowns)
        announcements, recordings = AnnouncementDesk(parts, campaigns, scripts), RecordingDesk(parts, campaigns)
        emergency = EmergencyDesk(parts, rundowns, air)
        sendings = SmsSendings(parts)
        ledger, proof = LedgerDesk(parts, campaigns), ProofDesk(parts)
        return cls(
            parts,
            reading,
            LexiconDesk(parts, reading, scripts),
            scripts,
            UpgradeDesk(parts, campaigns),
            DispatchDesk(parts, campaigns),
            DutyDesk(parts),
            ledger,
            announcements,
            recordings,
            UploadDesk(parts, recordings),
            campaigns,
            rundowns,
            ChimeDesk(parts),
            RenderDesk(parts),
            air,
            emergency,
            LiveDesk(parts, campaigns, rundowns, air),
            RelayDesk(parts, campaigns),
            ReadinessDesk(parts),
            PeopleDesk(parts),
            proof,
            ReportDesk(parts, ledger, proof.verify),
            SmsDesk(parts, sendings),
            sendings,
            ProvinceDesk(parts, announcements, recordings, campaigns, air, emergency),
        )
