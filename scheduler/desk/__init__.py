"""What an officer may do, one act a method: the page and the command line call these and nothing deeper.

Every act names its actor, asks the actor's right first, and raises `errors.Refused` with a reason code instead of
doing half of something.
"""

from dataclasses import dataclass

from scheduler.desk.air import AirDesk, OnAir
from scheduler.desk.announcements import AnnouncementDesk
from scheduler.desk.campaigns import CampaignDesk
from scheduler.desk.dispatches import DispatchDesk
from scheduler.desk.emergency import EmergencyDesk
from scheduler.desk.live import LiveDesk
from scheduler.desk.parts import Parts, permit
from scheduler.desk.people import PeopleDesk
from scheduler.desk.readiness import ReadinessDesk
from scheduler.desk.recordings import RecordingDesk
from scheduler.desk.relays import RelayDesk
from scheduler.desk.rundowns import Rundowns

__all__ = ["Desk", "OnAir", "Parts", "permit"]


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk, by subject; `parts` are the rooms behind it, for reading."""

    parts: Parts
    dispatches: DispatchDesk
    announcements: AnnouncementDesk
    recordings: RecordingDesk
    campaigns: CampaignDesk
    rundowns: Rundowns
    air: AirDesk
    emergency: EmergencyDesk
    live: LiveDesk
    relays: RelayDesk
    readiness: ReadinessDesk
    people: PeopleDesk

    @classmethod
    def of(cls, parts: Parts) -> "Desk":
        campaigns, rundowns = CampaignDesk(parts), Rundowns(parts)
        air = AirDesk(parts, campaigns, rundowns)
        return cls(
            parts,
            DispatchDesk(parts),
            AnnouncementDesk(parts, campaigns),
            RecordingDesk(parts, campaigns),
            campaigns,
            rundowns,
            air,
            EmergencyDesk(parts, rundowns, air),
            LiveDesk(parts, campaigns, rundowns, air),
            RelayDesk(parts, campaigns),
            ReadinessDesk(parts),
            PeopleDesk(parts),
        )
