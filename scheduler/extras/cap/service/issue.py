"""Alerts that this ward issues for its own emergencies, as CAP 1.2 for others: Alert, then Update or Cancel of it.

Only what was ordered on the air becomes an alert, in its own words; a drill becomes an Exercise. An identifier is
stable (the ward and the airing), and whatever follows names all that was said before. It sends nothing anywhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.core.model import Person, Trigger
from scheduler.extras.cap.keys import CapAlertConfig
from scheduler.extras.cap.rows import Alerts
from scheduler.extras.cap.rules.alert import (
    Alert,
    Area,
    Certainty,
    Info,
    MsgType,
    Reference,
    Resource,
    Scope,
    Severity,
    Status,
    Urgency,
)
from scheduler.extras.cap.rules.area import Circle, Polygon, read_place
from scheduler.extras.cap.rules.kept import Issued
from scheduler.extras.cap.rules.writing import alert_xml
from scheduler.kernel.errors import Refused
from scheduler.services.air.slots import emergency_or_drill_facts
from scheduler.services.repositories import Repositories, permit
from scheduler.store import SlotFacts, instant_text

__all__ = ["CapIssue", "Words"]

GIVES = "break_in"
_EVENT = "Thông báo khẩn cấp"
_DRILL = "Diễn tập, không phải tình huống thật."


@dataclass(frozen=True, slots=True)
class Words:
    """What an alert says beside the words that were aired."""

    event: str = ""
    category: str = "Safety"
    urgency: Urgency = Urgency.IMMEDIATE
    severity: Severity = Severity.SEVERE
    certainty: Certainty = Certainty.OBSERVED
    instruction: str = ""
    hours: float = 6.0
    """How long it holds."""


class CapIssue:
    def __init__(self, repos: Repositories, rows: Alerts) -> None:
        self._repos = repos
        self._rows = rows

    def listed(self, limit: int = 50) -> list[Issued]:
        return self._rows.issued_list(limit)

    def get(self, issued_id: int) -> Issued:
        return self._rows.issued(issued_id)

    def issuable(self) -> list[SlotFacts]:
        """Emergencies of the last two days that no alert tells of yet, the newest first."""
        since = self._repos.clock.now() - timedelta(days=2)
        sql = """SELECT id FROM slot WHERE trigger IN ('emergency', 'drill') AND start >= ?
            AND NOT EXISTS (SELECT 1 FROM cap_issued i WHERE i.slot_id = slot.id) ORDER BY start DESC LIMIT 20"""
        return [self._repos.slots.facts(row["id"]) for row in self._repos.store.rows(sql, (instant_text(since),))]

    def is_current(self, one: Issued) -> bool:
        """The last of its chain, and neither cancelled nor expired."""
        last = self._rows.chain(one.topic)[-1]
        return last.id == one.id and one.msg_type != MsgType.CANCEL and one.expires_at > self._repos.clock.now()

    def issue(self, actor: Person, slot_id: str, words: Words, *, prove: Callable[[], None] = lambda: None) -> Issued:
        """The alert of an emergency that was ordered; the same again is the one there is.

        Raises NotPermitted; Refused cap_sender_missing, no_emergency, cap_words.
        """
        permit(actor, GIVES)
        facts = emergency_or_drill_facts(self._repos, slot_id)
        if known := self._rows.issued_first(slot_id):
            return known
        identifier = f"{self._sender()}-{slot_id}"
        made = self._alert(identifier, MsgType.ALERT, facts, words, ())
        prove()
        return self._keep(actor, made, identifier, slot_id)

    def update(
        self, actor: Person, issued_id: int, words: Words, text: str, *, prove: Callable[[], None] = lambda: None
    ) -> Issued:
        """An Update of an alert, in new words. Raises Refused cap_words, cap_not_current."""
        permit(actor, GIVES)
        before = self._current(issued_id)
        if not text.strip():
            raise Refused("cap_words")
        facts = emergency_or_drill_facts(self._repos, before.slot_id)
        chain = self._rows.chain(before.topic)
        identifier = f"{before.topic}-{len(chain) + 1}"
        made = self._alert(identifier, MsgType.UPDATE, facts, words, chain, text)
        prove()
        return self._keep(actor, made, before.topic, before.slot_id)

    def cancel(self, actor: Person, issued_id: int, why: str, *, prove: Callable[[], None] = lambda: None) -> Issued:
        """A Cancel of an alert. Raises Refused cap_not_current, reason_missing."""
        permit(actor, GIVES)
        before = self._current(issued_id)
        if not why.strip():
            raise Refused("reason_missing")
        chain = self._rows.chain(before.topic)
        facts = emergency_or_drill_facts(self._repos, before.slot_id)
        alert = Alert(
            identifier=f"{before.topic}-{len(chain) + 1}",
            sender=before.sender,
            sent=self._now(),
            status=_status(facts),
            msg_type=MsgType.CANCEL,
            scope=Scope.PUBLIC,
            note=why.strip()[:1000],
            references=_references(chain),
        )
        prove()
        return self._keep(actor, alert, before.topic, before.slot_id, before)

    def _sender(self) -> str:
        sender = self._repos.config.get(CapAlertConfig).sender
        if not sender:
            raise Refused("cap_sender_missing")
        return sender

    def _now(self) -> datetime:
        """Whole seconds, as CAP writes them, on the station's wall clock."""
        return self._repos.config.station.local(self._repos.clock.now().replace(microsecond=0))

    def _current(self, issued_id: int) -> Issued:
        before = self._rows.issued(issued_id)
        if not self.is_current(before):
            raise Refused("cap_not_current")
        return before

    def _alert(
        self,
        identifier: str,
        msg_type: MsgType,
        facts: SlotFacts,
        words: Words,
        chain: list[Issued] | tuple[Issued, ...],
        text: str = "",
    ) -> Alert:
        if not 0 < words.hours <= 72:  # noqa: PLR2004 - three days: what lasts longer is said again
            raise Refused("cap_words")
        now, config = self._now(), self._repos.config
        said = text.strip() or self._repos.programme.announcement(facts.slot.announcement_id).text.strip()
        drill = _status(facts) is Status.EXERCISE
        info = Info(
            event=" ".join(words.event.split())[:200] or _EVENT,
            urgency=words.urgency,
            severity=words.severity,
            certainty=words.certainty,
            categories=(words.category,),
            language="vi-VN",
            effective=now,
            expires=now + timedelta(hours=words.hours),
            sender_name=config.station.name,
            headline=" ".join(facts.title.split())[:160],
            description=f"{_DRILL}\n{said}".strip() if drill else said,
            instruction=words.instruction.strip()[:2000],
            resources=self._resources(facts),
            areas=(self._area(),),
        )
        return Alert(
            identifier=identifier,
            sender=self._sender(),
            sent=now,
            status=_status(facts),
            msg_type=msg_type,
            scope=Scope.PUBLIC,
            note=_DRILL if drill else "",
            references=_references(chain),
            infos=(info,),
        )

    def _resources(self, facts: SlotFacts) -> tuple[Resource, ...]:
        """Its sound is named by what it is; there is no address for it, and CAP's digest is SHA-1: none is told."""
        seconds = round(facts.slot.length.total_seconds())
        return (Resource(f"Bản phát trên loa, {seconds} giây", "audio/wav"),) if seconds else ()

    def _area(self) -> Area:
        told = self._repos.config.get(CapAlertConfig)
        place = read_place(told.place)
        shapes = (Polygon(place),) if len(place) > 1 else ()
        circles = (Circle(place[0], told.radius_km),) if len(place) == 1 else ()
        codes = tuple((told.geocode_name, code) for code in told.geocodes[:1])
        return Area(self._repos.config.station.name, shapes, circles, codes)

    def _keep(self, actor: Person, alert: Alert, topic: str, slot_id: str, before: Issued | None = None) -> Issued:
        info = alert.infos[0] if alert.infos else None
        expires = info.expires if info and info.expires else (before.expires_at if before else alert.sent)
        with self._repos.store.write():
            if before is None and alert.msg_type is MsgType.ALERT and (known := self._rows.issued_first(slot_id)):
                return known  # two pages have asked for it at the same time
            return self._rows.issue(
                {
                    "identifier": alert.identifier,
                    "sender": alert.sender,
                    "sent": instant_text(alert.sent),
                    "msg_type": alert.msg_type.value,
                    "topic": topic,
                    "title": info.headline if info else before.title if before else "",
                    "slot_id": slot_id,
                    "xml": alert_xml(alert),
                    "expires_at": instant_text(expires),
                    "issued_by": actor.id,
                }
            )


def _status(facts: SlotFacts) -> Status:
    return Status.EXERCISE if facts.slot.trigger is Trigger.DRILL else Status.ACTUAL


def _references(chain: list[Issued] | tuple[Issued, ...]) -> tuple[Reference, ...]:
    return tuple(Reference(one.sender, one.identifier, one.sent) for one in chain)
