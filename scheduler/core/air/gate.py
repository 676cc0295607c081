"""The last word before sound: may this airing start, may this block sound?

It stands in the output path and asks everything again, whatever form, call, plan or clock brought the airing here.
Inside quiet hours nothing sounds but an emergency ordered by a person with that right. An untrusted clock stops
everything but such an emergency: it may come in the first minute after a power cut, its order is its own proof of
the hour, and lives go first. No emergency ever passes unapproved or changed audio.
What the order of a campaign leaves out (days, hours, long airings) is kept of its airings like quiet hours.
A zone may keep quiet hours of its own: what is for that zone is refused, what is for all stays silent there alone.
It never plays, waits, or keeps anything: a verdict is all it gives.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scheduler.core.model import DEFAULT_ZONE, Priority, Sha256, StationRules, Trigger
from scheduler.core.planning.excepted import NONE, Exceptions, met, too_long
from scheduler.core.planning.rules import is_quiet, local_day
from scheduler.core.planning.sessions import SessionAirtime, cap_breach, cap_details

__all__ = ["ALLOWED", "START_SLACK", "GateFacts", "GateRequest", "Verdict", "may_sound", "may_start"]

START_SLACK = timedelta(seconds=1)
"""A start this little late is judged as if on time: else a clip planned up to the very edge of quiet hours could never
start. `may_sound` forgives nothing."""


_TIMED = {Trigger.SCHEDULE, Trigger.MAKE_GOOD}
"""What has a time of its own to be late for; a relay joins late, a person's order is for now."""


@dataclass(frozen=True, slots=True)
class GateRequest:
    """One airing that wants to sound from `start` up to `end`."""

    slot_id: str
    start: datetime
    end: datetime
    priority: Priority
    audio_sha256: Sha256
    """Of the sound in hand, measured, not remembered."""
    approved_sha256: Sha256 | None
    """Of the sound that was approved."""
    emergency_ordered_by_right: bool = False
    """A person with the right to order an emergency ordered this very airing."""
    zone: str = DEFAULT_ZONE
    trigger: Trigger = Trigger.SCHEDULE
    excepted: Exceptions = NONE
    """What the order of its campaign leaves out."""

    @property
    def is_permitted_emergency(self) -> bool:
        return self.emergency_ordered_by_right and self.priority is Priority.EMERGENCY


@dataclass(frozen=True, slots=True)
class GateFacts:
    """What the gate cannot know from the request: the clock's trust, and what the caps count."""

    clock_trusted: bool
    on_air_here: bool = True
    """This machine has the air; of two machines of one ward only one has."""
    session: int = 0
    """The session the airing would belong to (`sessions.session_of`)."""
    aired: tuple[SessionAirtime, ...] = ()
    """Ordinary sound of the day so far, for each zone that would hear it (`sessions.session_airtime`)."""
    cap_basis: str = ""
    """The document on which an order from above stands against the caps; quiet hours and closed days still hold."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Yes, or no with a reason code and what fills its sentence."""

    allowed: bool
    reason: str = ""
    details: Mapping[str, object] = field(default_factory=dict)
    local: bool = False
    """The no is for the asked output alone; elsewhere the airing goes on."""


ALLOWED = Verdict(allowed=True)


def _no(reason: str, **details: object) -> Verdict:
    return Verdict(allowed=False, reason=reason, details=details)


def _audio_refusal(request: GateRequest) -> Verdict | None:
    """No emergency gets past this one."""
    if not request.approved_sha256:
        return _no("unapproved", slot=request.slot_id)
    if request.audio_sha256 != request.approved_sha256:
        return _no("audio_changed", approved=request.approved_sha256, found=request.audio_sha256)
    return None


def _quiet_refusal(rules: StationRules, zone: str, start: datetime, end: datetime) -> Verdict | None:
    """Of the station's quiet hours, or of those of the zone that the airing is for."""
    for quiet in (rules.quiet_hours, rules.quiet_of(zone)):
        if quiet and (window := is_quiet(quiet, start, end, rules.zone_name)):
            return _no("quiet_hours", window=str(window), legal_basis=quiet.legal_basis)
    return None


def _lane_refusal(rules: StationRules, zones: Iterable[str], start: datetime, end: datetime) -> Verdict | None:
    """Of the quiet hours of any zone that one output sounds in."""
    for zone in zones:
        quiet = rules.quiet_of(zone)
        if quiet and (window := is_quiet(quiet, start, end, rules.zone_name)):
            details = {"zone": zone, "window": str(window), "legal_basis": quiet.legal_basis}
            return Verdict(allowed=False, reason="zone_quiet", details=details, local=True)
    return None


def may_start(request: GateRequest, rules: StationRules, facts: GateFacts, now: datetime) -> Verdict:
    """Whether the airing may start at `now` (or, asked ahead of time, at its planned start).

    An airing that starts late sounds until later, so quiet hours are held against where it would really end.
    The first reason found is the one given.
    """
    if refusal := _audio_refusal(request):
        return refusal
    length = request.end - request.start
    if length <= timedelta(0):
        return _no("length_invalid", seconds=length.total_seconds())
    if not facts.on_air_here:
        return _no("not_on_air_here")
    if request.is_permitted_emergency:
        return ALLOWED
    if not facts.clock_trusted:
        return _no("clock_untrusted")
    start = request.start if now - request.start <= START_SLACK else now
    end = start + length + rules.delay_of(request.zone)
    refusal = _quiet_refusal(rules, request.zone, start, end) or _excepted_refusal(request, rules, start, end, length)
    refusal = refusal or _cap_refusal(rules, facts, start, length)
    return refusal or _late_refusal(request, rules, now) or ALLOWED


def _excepted_refusal(
    request: GateRequest, rules: StationRules, start: datetime, end: datetime, length: timedelta = timedelta(0)
) -> Verdict | None:
    """Of the days and hours that the order of its campaign leaves out, and of airings longer than it wants."""
    found = met(request.excepted, start, end, rules.zone_name) or too_long(request.excepted, length)
    return _no(found[0], **found[1]) if found else None


def _late_refusal(request: GateRequest, rules: StationRules, now: datetime) -> Verdict | None:
    late = now - request.start
    if request.trigger not in _TIMED or late <= rules.late_tolerance:
        return None
    tolerance = rules.late_tolerance.total_seconds()
    return _no("too_late", late_seconds=late.total_seconds(), tolerance_seconds=tolerance)


def _cap_refusal(rules: StationRules, facts: GateFacts, start: datetime, length: timedelta) -> Verdict | None:
    reason, day = "", local_day(start, rules.zone_name)
    if day in rules.blackout:
        return _no("blackout_date", day=day.isoformat())
    if facts.cap_basis:
        return None
    if day.weekday() not in rules.cap.weekdays:
        reason = "cap_weekday"
    for had in facts.aired or ({},):
        reason = reason or cap_breach(rules.cap, had, facts.session, length)
    return Verdict(allowed=False, reason=reason, details=cap_details(rules.cap, reason)) if reason else None


def may_sound(
    request: GateRequest,
    rules: StationRules,
    block_start: datetime,
    block_end: datetime,
    *,
    clock_trusted: bool,
    on_air_here: bool = True,
    lane_zones: Iterable[str] = (),
) -> Verdict:
    """Whether one block of the airing may leave the engine; asked for every 20 ms of sound, so it is quick.

    `block_start` and `block_end` are when the block will be heard, by the wall clock of this moment: a clock or a rule
    that changed while the airing runs is felt at once. Caps and lateness were settled when it started. `on_air_here`:
    this machine has the air until then. `lane_zones`: the zones of the output that asks.
    """
    if refusal := _audio_refusal(request):
        return refusal
    if not on_air_here:
        return _no("not_on_air_here")
    if request.is_permitted_emergency:
        return ALLOWED
    if not clock_trusted:
        return _no("clock_untrusted")
    refusal = _quiet_refusal(rules, request.zone, block_start, block_end)
    refusal = refusal or _excepted_refusal(request, rules, block_start, block_end)
    return refusal or _lane_refusal(rules, lane_zones, block_start, block_end) or ALLOWED
