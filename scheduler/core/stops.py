"""Whose act ended an airing: the reason codes of a stop, and of a playout that was ended by something it knows.

A stop is somebody's order and owes nothing; what a fault of the station cut is told as that fault. Pure.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = ["STATION_STOPPING", "StopReason", "Stopped", "WhyEnded"]

STATION_STOPPING = "station_stopping"


class StopReason(StrEnum):
    """Whose order a stop was."""

    OFFICER = "stopped_by"
    TOWN = "stopped_by_town"
    PROVINCE = "stopped_by_province"
    ALERT = "stopped_by_alert"
    """An update or a cancel of an alert in CAP."""
    WARD = "stopped_by_ward"
    """Of a box beside the horns: its ward's."""
    EXPIRED = "stopped_expired"
    WITHDRAWN = "stopped_withdrawn"


class WhyEnded(StrEnum):
    """What ended a playout that did not end by itself, where that is known."""

    CUT = "power_cut"
    """Nobody left a word: the power went, or all of the machine."""
    HUNG = "playout_hung"
    DIED = "playout_died"
    SUPERVISOR = "supervisor_died"
    STOPPING = STATION_STOPPING
    """The station was told to stop, and playout did not end in time."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """What is known once a stop has been ordered: what there was to stop, and what will sound all the same."""

    sounded: bool
    """Playout or the ring told of something that sounds, or is about to."""
    answered_at: datetime | None
    """When playout last told what sounds; None = it does not answer, and nobody knows."""
    taken_back: tuple[str, ...] = ()
    """Orders that had not begun, by their slots."""
    waiting: tuple[tuple[str, str], ...] = ()
    """Orders that still wait for their turn, as (slot, title)."""
    ordered: bool = True
    """Playout was told to stop; else all there was to do was to take an order back."""
    everything: bool = False
    """What waits for its turn was to end too."""
    behind: tuple[tuple[str, str], ...] = ()
    """The same of what was to air now ("phát ngay") and of live voices."""
