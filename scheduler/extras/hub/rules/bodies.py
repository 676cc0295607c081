"""What an envelope holds besides its words, by kind: a campaign with its announcements, a lexicon, caps, a template.

Pure: rows of the town in, plain values for JSON out, read by the ward's `core.town`. It decides nothing: what a ward
makes of a proposal is the ward's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from scheduler.core.delivery import Shape
from scheduler.core.model import AirtimeLimit, Announcement, Boost, Campaign, Phase
from scheduler.extras.town.rules.envelope import Clip

__all__ = ["campaign_body", "caps_body", "groups_body", "lexicon_body", "shape_body", "template_body"]


def campaign_body(campaign: Campaign, said: Sequence[tuple[Announcement, Clip | None]]) -> dict[str, Any]:
    """A campaign and what it says in turn, the first being its own announcement."""
    return {
        "start": campaign.start.isoformat(),
        "end": campaign.end.isoformat(),
        "windows": [str(window) for window in campaign.windows],
        "base": campaign.base,
        "boost": _boost(campaign.boost),
        "weekdays": sorted(campaign.weekdays),
        "min_gap_minutes": round(campaign.min_gap.total_seconds() / 60),
        "chime": campaign.chime,
        "repeat": campaign.repeat,
        "topic": campaign.topic,
        "field": campaign.field,
        "phases": [_phase(phase) for phase in campaign.phases],
        **_left_out(campaign),
        "announcements": [
            {"title": one.title, "text": one.text, "shape": shape_body(one.shape), "clip": _clip(clip)}
            for one, clip in said
        ],
    }


def _left_out(campaign: Campaign) -> dict[str, Any]:
    """What it leaves out; said only where it does, as a ward of an earlier release knows no such keys."""
    told = {
        "except_days": [day.isoformat() for day in campaign.except_days],
        "except_windows": [str(window) for window in campaign.except_windows],
        "dates": [day.isoformat() for day in campaign.dates],
        "max_minutes": campaign.max_minutes,
    }
    return {name: value for name, value in told.items() if value}


def _boost(boost: Boost) -> dict[str, Any]:
    return {"kind": boost.kind.value, "value": boost.value}


def _phase(phase: Phase) -> dict[str, Any]:
    return {
        "start": phase.start.isoformat(),
        "end": phase.end.isoformat() if phase.end else None,
        "base": phase.base,
        "boost": _boost(phase.boost),
        "windows": [str(window) for window in phase.windows],
    }


def _clip(clip: Clip | None) -> dict[str, Any] | None:
    return None if clip is None else asdict(clip)


def shape_body(shape: Shape) -> dict[str, Any]:
    """How words are said, as a ward reads it back."""
    return {name: value for name, value in asdict(shape).items() if value is not None}


def template_body(shape: Shape) -> dict[str, Any]:
    """A form to complete: its words are the envelope's text, blanks in [brackets]."""
    return {"shape": shape_body(shape), "template": shape.kind.value}


def lexicon_body(toml: str, version: str) -> dict[str, Any]:
    """A list of how words are read, as the file a ward would take in."""
    return {"toml": toml, "version": version}


def groups_body(groups: Sequence[str]) -> dict[str, Any]:
    """All the groups that a ward is in."""
    return {"groups": list(groups)}


def caps_body(cap: AirtimeLimit) -> Mapping[str, Any]:
    """Limits on ordinary airings; None = no limit."""
    return {
        "sessions_a_day": cap.sessions_a_day,
        "minutes_a_session": cap.minutes_a_session,
        "weekdays": sorted(cap.weekdays),
        "legal_basis": cap.legal_basis,
    }
