"""What would keep an airing of Lịch phát silent, as far as it is known beforehand.

Pure. It shows what the gate would say as far as that can be known beforehand; it moves nothing (that is `placing`'s)
and is not asked before sound.
"""

from dataclasses import dataclass

from scheduler.core.model import Sha256, Slot, StationRules, Trigger
from scheduler.core.planning.excepted import NONE, Exceptions, met, too_long
from scheduler.core.planning.rules import is_quiet, quiets_of

__all__ = ["Known", "hindrance"]

_BY_RIGHT = frozenset({Trigger.EMERGENCY})


@dataclass(frozen=True, slots=True)
class Known:
    """What is known now of an airing to come. `approved_sha256`: of the sound that may air; None = nothing may."""

    approved_sha256: Sha256 | None
    is_retired: bool = False
    is_stopped: bool = False
    is_paused: bool = False
    excepted: Exceptions = NONE
    """What the order of its campaign leaves out."""


def hindrance(slot: Slot, known: Known, rules: StationRules) -> tuple[str, dict[str, object]]:
    """Why an airing to come would stay silent if nothing changed, with the details of its sentence; "" when it sounds.

    Caps and the state of the station are left to the gate and to the readiness check.
    """
    reason = _of_sound(slot, known)
    if reason or slot.trigger in _BY_RIGHT:
        return reason, {}
    if known.is_paused:
        return "campaign_paused", {}
    if found := met(known.excepted, slot.start, slot.end, rules.zone_name) or too_long(known.excepted, slot.length):
        return found[0], dict(found[1])
    for quiet in quiets_of(rules, slot.zone):
        if window := is_quiet(quiet, slot.start, slot.end, rules.zone_name):
            return "quiet_hours", {"window": str(window), "legal_basis": quiet.legal_basis}
    return "", {}


def _of_sound(slot: Slot, known: Known) -> str:
    if known.is_stopped:
        return "campaign_stopped"
    if known.approved_sha256 is None:
        return "unapproved"
    if known.approved_sha256 != slot.audio_sha256:
        return "audio_changed"
    return "audio_retired" if known.is_retired else ""
