"""Phát khẩn cấp at the desk: break in, drill, put right.

A person with the right orders; the slot is the order, and playout takes it within a tenth of a second whether the page
lives or not. The same order pressed twice is one. A drill has the drill's words around it and a chime of its own, is no
emergency to the gate, and so never sounds at night. Nothing here makes speech: a typed text comes with its clip.
"""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from scheduler.core import rules
from scheduler.core.model import (
    DEFAULT_ZONE,
    Announcement,
    AnnouncementState,
    Person,
    Priority,
    Sha256,
    Slot,
    Trigger,
)
from scheduler.core.rundown import length
from scheduler.desk.air import AirDesk
from scheduler.desk.parts import Parts, permit
from scheduler.desk.rundowns import Rundowns
from scheduler.errors import Refused
from scheduler.store import SlotFacts, StoredClip, instant_text

_TITLE_CHARS = 60


class EmergencyDesk:
    def __init__(self, parts: Parts, rundowns: Rundowns, air: AirDesk) -> None:
        self._parts = parts
        self._rundowns = rundowns
        self._air = air

    def templates(self) -> list[Announcement]:
        """Approved announcements of emergency priority: what can be on the air within a second."""
        approved = self._parts.programme.announcements(AnnouncementState.APPROVED)
        return [one for one in approved if one.priority is Priority.EMERGENCY and one.audio_sha256]

    def break_in(self, actor: Person, announcement_id: int, *, zone: str = DEFAULT_ZONE) -> str:
        """Air an approved announcement at once, over everything (its slot's id). The same order twice is one airing."""
        permit(actor, "break_in")
        return self._order(actor, announcement_id, Trigger.EMERGENCY, zone, None)

    def drill(self, actor: Person, announcement_id: int, words: StoredClip, *, zone: str = DEFAULT_ZONE) -> str:
        """Rehearse it: the drill's words (`words`) before and after, its own chime, held to every rule."""
        permit(actor, "drill")
        return self._order(actor, announcement_id, Trigger.DRILL, zone, Sha256(words.sha256))

    def take_typed(self, actor: Person, title: str, text: str, clip: StoredClip, *, corrects: str = "") -> int:
        """An announcement of words for now: who orders them answers for them, and is its approver."""
        permit(actor, "break_in")
        now = self._parts.clock.now()
        row = {
            "title": title.strip() or _shortened(text),
            "text": text.strip(),
            "kind": "typed",
            "state": AnnouncementState.APPROVED.value,
            "audio_sha256": clip.sha256,
            "priority": Priority.EMERGENCY.value,
            "author_id": actor.id,
            "heard": 0,
            "approver_id": actor.id,
            "approved_at": instant_text(now),
            "approved_sha256": clip.sha256,
            "corrects": corrects,
        }
        return self._parts.programme.add_announcement(row, now)

    def correction_text(self, slot_id: str) -> str:
        """The correction of an emergency that was ordered. Raises Refused no_emergency."""
        facts = self._emergency(slot_id)
        at = facts.slot.start.astimezone(ZoneInfo(self._parts.config.station.time_zone))
        return self._parts.config.emergency.correction_words.replace("{time}", f"{at:%H:%M}")

    def correction_ready(self, slot_id: str) -> int | None:
        """The announcement with the sound of an emergency's correction, where it has been made already."""
        sql = "SELECT id FROM announcement WHERE corrects = ? AND state = 'approved' ORDER BY id DESC LIMIT 1"
        found = self._parts.store.value(sql, (slot_id,))
        return int(found) if found is not None else None

    def recent(self, since: datetime) -> list[SlotFacts]:
        """Emergencies and drills ordered since, newest first."""
        sql = "SELECT id FROM slot WHERE trigger IN ('emergency', 'drill') AND start >= ? ORDER BY start DESC LIMIT 50"
        return [self._parts.slots.facts(row["id"]) for row in self._parts.store.rows(sql, (instant_text(since),))]

    def _emergency(self, slot_id: str) -> SlotFacts:
        facts = self._parts.slots.facts(slot_id)
        if facts.slot.trigger is not Trigger.EMERGENCY:
            raise Refused("no_emergency", title=facts.title)
        return facts

    def _order(self, actor: Person, announcement_id: int, trigger: Trigger, zone: str, intro: Sha256 | None) -> str:
        parts, now = self._parts, self._parts.clock.now()
        seen, clip = self._air.airable(announcement_id)
        is_real = trigger is Trigger.EMERGENCY
        day = rules.local_day(now, parts.config.station.time_zone)
        slot = Slot(
            id=f"{day:%Y%m%d}-{trigger.value[0]}{seen.id}-{secrets.token_hex(4)}",
            day=day,
            zone=zone,
            start=now,
            length=timedelta(0),
            campaign_id=None,
            announcement_id=seen.id,
            audio_sha256=Sha256(clip.sha256),
            chime=True,
            repeat=parts.config.emergency.repeat if is_real else 1,
            priority=Priority.EMERGENCY if is_real else Priority.PRIORITY,
            trigger=trigger,
            intro_sha256=intro,
        )
        slot = replace(slot, length=length(self._rundowns.of(slot, clip.frames)))
        return self._air.order(actor, slot, seen.approved_sha256)


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _TITLE_CHARS else line[: _TITLE_CHARS - 1].rsplit(" ", 1)[0] + "…"
