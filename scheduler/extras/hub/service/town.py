"""Trang của thị xã, tỉnh: the town at its desk, whole: wards, what is issued to them, what they have aired.

A station is a hub where `[hub] url` is set; everything else it does as any station does. What its parts may do stands
in `hub_wards`, `hub_issues` and `hub_sums`; `intake` is the door of the process `hub`, which talks to the broker.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Self

from scheduler.core.model import AirtimeLimit, Person
from scheduler.extras.hub.service.contents import Content, HubContents
from scheduler.extras.hub.service.intake import HubIntake
from scheduler.extras.hub.service.sums import HubSumService
from scheduler.extras.hub.service.wards import PROCESS, SILENT_AFTER
from scheduler.extras.town.rules.envelope import Kind
from scheduler.kernel.errors import Refused
from scheduler.services.repositories import permit
from scheduler.store import instant_or_none

if TYPE_CHECKING:
    from scheduler.services import Services

__all__ = ["PROCESS", "HubService", "HubState"]


_OF_A_HUB = {
    f"link_{code.removeprefix('hub_')}": code
    for code in (
        "hub_address_bad", "hub_unreachable", "hub_silent", "hub_slow", "hub_tls", "hub_ca_unreadable",
        "hub_turned_away", "hub_not_allowed", "hub_broken", "hub_no_answer", "hub_no_stream", "hub_ward_waits",
        "hub_key_open", "hub_key_unreadable",
    )
}  # fmt: skip
"""What the line tells → the code whose words are a hub's: those of `link_…` tell a ward to ask the town."""


@dataclass(frozen=True, slots=True)
class HubState:
    """How the hub stands with its broker, as its process last reported it."""

    configured: bool
    alive: bool = False
    connected: bool = False
    reached_at: datetime | None = None
    """When the broker last answered."""
    reason: str = ""
    """Why it does not now; empty = it does."""
    details: dict[str, str] = field(default_factory=dict)
    waiting: int = 0
    """Messages that the broker has not stored yet."""


class HubService(HubSumService):
    def __init__(self, contents: HubContents) -> None:
        super().__init__(contents)
        self.intake = HubIntake(contents.repos, self.conf)

    @classmethod
    def of(cls, services: "Services") -> Self:
        """For the record."""
        return cls(HubContents(services.repos, services.people, services.air, services.lexicon))

    def state(self) -> HubState:
        """How the hub stands."""
        if not self.is_hub:
            return HubState(configured=False)
        beat, waiting = self._repos.jobs.heartbeat(PROCESS), self._issues.waiting()
        if beat is None:
            return HubState(configured=True, waiting=waiting)
        told = beat.state
        alive = abs(self._repos.clock.now() - beat.at) <= SILENT_AFTER
        return HubState(
            configured=True,
            alive=alive,
            connected=alive and bool(told.get("connected")),
            reached_at=instant_or_none(told.get("reached_at")),
            reason=_OF_A_HUB.get(told.get("reason", ""), told.get("reason", "")),
            details=told.get("details", {}),
            waiting=waiting,
        )

    def offered(self, actor: Person, kind: Kind, number: int | None, cap: AirtimeLimit | None = None) -> Content:
        """What would be issued, for reading back; nothing leaves. Raises Refused as `issue` does."""
        permit(actor, "issue")
        return self._contents.of(kind, number, cap)

    def refuses_issuer(self, actor: Person, content: Content) -> str:
        """Reason code of why this person may not issue it; empty = they may."""
        try:
            self._refuse_own(actor, content)
        except Refused as refused:
            return refused.reason
        return ""
