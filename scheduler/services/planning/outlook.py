"""Reads what is to come of an announcement, and what of the station it needs: rows, file, heartbeat, outputs.

The one place from which page, API and terminal have their sentence of success. It is asked after the commit and
writes nothing.
"""

from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta

from scheduler.core.air.output_words import OutputSeen, mute_zones
from scheduler.core.model import (
    DEFAULT_ZONE,
    AiringOutcome,
    Announcement,
    AnnouncementState,
    CampaignState,
    Priority,
    Slot,
)
from scheduler.core.planning.day_plan import Refusal
from scheduler.core.planning.outlook import OF_THE_FILE, Outlook, OutlookKind
from scheduler.core.planning.outlook_words import NamedMove, where_words
from scheduler.core.planning.sessions import sounds_in
from scheduler.kernel.errors import NotFound
from scheduler.services.air.air import AirService
from scheduler.services.air.output_states import outputs_seen
from scheduler.services.repositories import Repositories
from scheduler.store.planning.submissions import Submissions

__all__ = ["OutlookService"]

_ENDS = {
    AiringOutcome.PLAYED: OutlookKind.SOUNDED,
    AiringOutcome.PARTIAL: OutlookKind.PARTLY,
    AiringOutcome.RECORDED: OutlookKind.RECORDED,
}


class OutlookService:
    def __init__(self, repos: Repositories, air: AirService) -> None:
        self._repos = repos
        self._air = air
        self._wishes = Submissions(repos.store)

    def of(self, announcement_id: int) -> Outlook:
        """What can be said of an announcement at this moment. Raises NotFound."""
        repos, now = self._repos, self._repos.clock.now()
        seen = repos.programme.announcement(announcement_id)
        late = repos.config.rules.late_tolerance
        sounding = {one["slot_id"] for one in self._air.on_air().airings}
        opened = repos.slots.open_of(announcement_id)
        ahead = [slot for slot in opened if slot.start + late >= now or slot.id in sounding]
        if seen.state is not AnnouncementState.APPROVED:
            return self._outlook(seen, OutlookKind.WAITS, now)
        if not ahead:
            return self._ended(seen, now)
        first = ahead[0]
        together = [slot for slot in ahead if slot.start == first.start]
        outputs, causes = self._station(seen, together, now)
        kind = OutlookKind.WONT_SOUND if causes else OutlookKind.WILL_SOUND
        if first.id in sounding:
            kind = OutlookKind.ON_AIR
        last = ahead[-1].day
        return self._outlook(
            seen,
            kind,
            now,
            first=first,
            slots=together,
            count=len(ahead),
            last=last,
            ends=self._ends(seen.id, last),
            outputs=outputs,
            causes=causes,
            moved=self._moved(seen.id, now),
            goes_on=self._goes_on(seen.id),
        )

    def _moved(self, announcement_id: int, now: datetime) -> tuple[NamedMove, ...]:
        """What gave way to it and is still to come, from where it stood to where its row stands."""
        found: list[NamedMove] = []
        for slot_id, was in self._wishes.gave_way(announcement_id):
            with suppress(NotFound):
                slot = self._repos.slots.slot(slot_id)
                if slot.outcome is None and slot.start > now and slot.start != was:
                    title, made_up = self._repos.programme.title_of(slot), bool(slot.makes_good)
                    found.append(NamedMove(title, was, slot.start, made_up))
        return tuple(found)

    def _goes_on(self, announcement_id: int) -> bool:
        """Whether its campaigns air behind the day after the first airing: who gives way then, no approval has kept."""
        told = self._wishes.newest_of(announcement_id)
        if told is None or told.told is None:
            return False
        known = self._repos.config.station.day_of(told.told) + timedelta(days=1)
        ends = (self._repos.programme.campaign(one.campaign_id).end for one in told.places if one.campaign_id)
        return any(end > known for end in ends)

    def _ended(self, seen: Announcement, now: datetime) -> Outlook:
        """Of what was approved and has nothing ahead: what became of it since."""
        slot = self._repos.slots.last_sounded(seen.id, seen.approved_at or now)
        if slot is None:
            ready = seen.priority is Priority.EMERGENCY
            return self._outlook(seen, OutlookKind.READY if ready else OutlookKind.UNPLANNED, now)
        day = self._repos.slots.of_day(slot.day)
        together = [one for one in day if (one.announcement_id, one.start) == (seen.id, slot.start)]
        ends = {_ENDS.get(one.outcome or AiringOutcome.FAILED, OutlookKind.PARTLY) for one in together}
        kind = ends.pop() if len(ends) == 1 else OutlookKind.PARTLY
        return self._outlook(seen, kind, now, first=slot, slots=together)

    def _outlook(  # noqa: PLR0913 - each is a fact of its own, and all are named at the call
        self,
        seen: Announcement,
        kind: OutlookKind,
        now: datetime,
        *,
        first: Slot | None = None,
        slots: Sequence[Slot] = (),
        count: int = 0,
        last: date | None = None,
        ends: date | None = None,
        outputs: Sequence[OutputSeen] = (),
        causes: Sequence[Refusal] = (),
        moved: tuple[NamedMove, ...] = (),
        goes_on: bool = False,
    ) -> Outlook:
        config, zones = self._repos.config, tuple(dict.fromkeys(slot.zone for slot in slots))
        proved = bool(outputs) and not causes and all(one.is_proved for one in outputs)
        return Outlook(
            announcement_id=seen.id,
            title=seen.title,
            kind=kind,
            now=now,
            zone_name=config.station.time_zone,
            first=first,
            zones=zones,
            where=where_words(zones, config.zone_names, proved=proved) if zones else "",
            count=count,
            last_planned=last,
            ends=ends,
            outputs=tuple(one.name for one in outputs),
            causes=tuple(causes),
            moved=moved,
            goes_on=goes_on,
        )

    def _ends(self, announcement_id: int, last: date) -> date | None:
        """The last day of the campaigns that say it, where it lies behind `last`."""
        running = self._repos.programme.campaigns(CampaignState.ACTIVE)
        ends = max((one.end for one in running if announcement_id in one.announcement_ids), default=last)
        return ends if ends > last else None

    # What has to be there so that it sounds

    def _station(
        self, seen: Announcement, slots: Sequence[Slot], now: datetime
    ) -> tuple[list[OutputSeen], list[Refusal]]:
        """The loudspeakers that are open for some airings, and what is missing."""
        causes = list[Refusal]()
        if any(slot.audio_sha256 != seen.approved_sha256 for slot in slots):
            causes.append(_cause("audio_changed", title=seen.title))
        elif damage := self._damage(slots):
            causes.append(_cause(damage, title=seen.title))
        elif not self._has_sound(slots[0]):
            causes.append(_cause("audio_missing", title=seen.title))
        well, missing = self._loudspeakers({slot.zone for slot in slots}, now)
        is_silent = bool(missing) and missing[0].reason == "playout_silent"
        return well, [*missing, *causes] if is_silent else [*causes, *missing]

    def missing(self, zones: Collection[str]) -> tuple[Refusal, ...]:
        """What would keep an airing in these zones from sounding at this moment, the gravest first."""
        return tuple(self._loudspeakers(set(zones), self._repos.clock.now())[1])

    def _loudspeakers(self, zones: set[str], now: datetime) -> tuple[list[OutputSeen], list[Refusal]]:
        """The loudspeakers of some zones that are well, and what the station needs for the others."""
        on_air, causes = self._air.on_air(), list[Refusal]()
        if not on_air.alive or on_air.at is None or abs(now - on_air.at).total_seconds() > MOST_SECONDS:
            return [], [_cause("playout_silent")]
        if not on_air.clock_trusted:
            causes.append(_cause("clock_untrusted"))
        heard = [
            one
            for one in outputs_seen(self._repos.config, on_air.outputs)
            if any(sounds_in(zone, one.zones) for zone in zones)
        ]
        loud = [one for one in heard if one.counts]
        for one in loud:
            if one.state != "open":
                reason = "output_down" if one.state == "down" else "output_trouble"
                causes.append(_cause(reason, output=one.name, message=one.message))
            elif not one.is_well:
                causes.append(_cause("output_unheard", output=one.name, message=one.message))
        causes += self._mute(zones, loud)
        return [one for one in loud if one.is_well], causes

    def _mute(self, zones: set[str], loud: Sequence[OutputSeen]) -> list[Refusal]:
        """Where no loudspeaker is at all."""
        if not loud:
            return [_cause("no_loudspeaker")]
        asked = self._repos.config.zone_names if DEFAULT_ZONE in zones else sorted(zones)
        named = [zone for zone in asked if zone != DEFAULT_ZONE]
        return [_cause("unheard_zone", zone=zone) for zone in mute_zones(loud, named)]

    def _damage(self, slots: Sequence[Slot]) -> str:
        """What the readiness check has found of the files of these airings; empty = nothing."""
        ids = {slot.id for slot in slots}
        return next(
            (one.reason for one in self._repos.todos.open() if one.slot_id in ids and one.reason in OF_THE_FILE), ""
        )

    def _has_sound(self, slot: Slot) -> bool:
        """Whether the file of its sound is there, and as long as that sound."""
        try:
            clip = self._repos.programme.clip(slot.audio_sha256)
            return self._repos.library.is_as_long(clip.sha256, clip.frames)
        except (NotFound, OSError):
            return False


MOST_SECONDS = 5.0
"""How old playout's last word may be."""


def _cause(reason: str, **details: object) -> Refusal:
    return Refusal(0, 0, reason, {name: value for name, value in details.items() if value != ""})
