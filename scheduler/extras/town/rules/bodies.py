"""Nội dung của phong bì: what stands in the body of an envelope of each kind, as the ward reads it.

Pure. `core.hub_bodies` writes what is read here. A reader gives whole values or refuses the body with the key that was
wrong; whether the ward then wants them is the ward's.

announcement  shape
campaign      announcements [{title, text, shape, clip}], windows, base, boost {kind, value}, start, end, weekdays,
              min_gap_minutes, chime, repeat, topic, field, phases [{start, end, base, boost, windows}],
              except_days, except_windows, dates, max_minutes (left out where there is none)
template      shape; its title, text and priority are the envelope's
lexicon       toml, version: a word list
groups        groups: all those that the ward is in from now on
caps          sessions_a_day, minutes_a_session (null = no limit), weekdays, quiet_hours, legal_basis; what is left out
              is not proposed
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from scheduler.core.delivery import LONGEST_WORDS, MOST_TIMES, PLAIN, ScriptKind, Shape, checked
from scheduler.core.model import Boost, BoostKind, Campaign, CampaignState, Phase, Priority, Window
from scheduler.core.planning.campaign_faults import MOST_EXCEPTED
from scheduler.core.planning.rules import parse_window
from scheduler.extras.town.rules.envelope import Clip, Envelope, addressed_to, read_clip
from scheduler.extras.town.rules.envelope_fields import Fields
from scheduler.kernel.errors import Refused

__all__ = [
    "Proposal",
    "Proposed",
    "read_campaign",
    "read_caps",
    "read_groups",
    "read_lexicon",
    "read_template",
    "shape_of",
]

MOST_ANNOUNCEMENTS, MOST_WINDOWS, MOST_PHASES = 20, 24, 50
MOST_TITLE, MOST_TEXT, MOST_TOPIC = 200, 20_000, 100
MOST_GROUPS, MOST_GROUP = 100, 64
MOST_AMOUNT = 10_000
_WEEKDAYS, _FIELDS, _REPEATS = range(7), 6, 10
_DAY_MINUTES = 1440


@dataclass(frozen=True, slots=True)
class Proposed:
    """One announcement of a campaign, as the town wrote it."""

    title: str
    text: str
    shape: Shape = PLAIN
    clip: Clip | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A campaign of the town: what is said, and the order of it without the ward's own numbers."""

    announcements: tuple[Proposed, ...]
    order: Campaign
    """id, announcement_id 0: the ward's are not known yet."""


# Campaigns


def read_campaign(envelope: Envelope) -> Proposal:
    """The campaign that an envelope proposes. Raises Refused envelope_unreadable with the key."""
    told = Fields(envelope.body, "body.")
    spoken = tuple(map(_announcement, _objects(envelope.body, "announcements", MOST_ANNOUNCEMENTS)))
    if not spoken:
        raise _bad("announcements")
    order = Campaign(
        id=0,
        title=envelope.title or spoken[0].title,
        announcement_id=0,
        windows=_windows(envelope.body, "windows"),
        base=told.whole("base", 0, MOST_AMOUNT),
        start=_day(envelope.body, "start"),
        end=_day(envelope.body, "end"),
        boost=_boost(envelope.body.get("boost")),
        weekdays=_weekdays(envelope.body),
        min_gap=timedelta(minutes=told.number("min_gap_minutes", 0, MOST_AMOUNT)),
        chime=envelope.body.get("chime") is not False,
        repeat=told.whole("repeat", 1, _REPEATS),
        priority=envelope.priority,
        state=CampaignState.DRAFT,
        phases=tuple(map(_phase, _objects(envelope.body, "phases", MOST_PHASES))),
        topic=told.text("topic", MOST_TOPIC, lines=False),
        field=told.whole("field", 1, _FIELDS),
        except_days=_days(envelope.body, "except_days"),
        except_windows=_windows(envelope.body, "except_windows"),
        dates=_days(envelope.body, "dates"),
        max_minutes=told.whole("max_minutes", 1, _DAY_MINUTES) if "max_minutes" in envelope.body else None,
    )
    return Proposal(spoken, order)


def _announcement(told: Mapping[str, Any]) -> Proposed:
    fields = Fields(told, "body.announcements.")
    title, text = fields.text("title", MOST_TITLE, lines=False), fields.text("text", MOST_TEXT)
    clip = read_clip(told["clip"], "body.announcements.clip") if told.get("clip") is not None else None
    if not title.strip() or not (text.strip() or clip):
        raise _bad("announcements.title" if text.strip() or clip else "announcements.text")
    return Proposed(title, text, shape_of(told), clip)


def _phase(told: Mapping[str, Any]) -> Phase:
    return Phase(
        start=_day(told, "start"),
        end=_day(told, "end") if told.get("end") is not None else None,
        base=Fields(told, "body.phases.").whole("base", 0, MOST_AMOUNT),
        boost=_boost(told.get("boost")),
        windows=_windows(told, "windows"),
    )


def _boost(told: object) -> Boost:
    if told is None:
        return Boost()
    if not isinstance(told, Mapping):
        raise _bad("boost")
    fields = Fields(told, "body.boost.")
    return Boost(fields.word("kind", BoostKind), fields.number("value", 0, MOST_AMOUNT))


# Words, forms, rules


def read_template(envelope: Envelope) -> tuple[Shape, bool]:
    """How a form is said, and whether it is to be kept ready for an emergency. Its words are the envelope's."""
    return shape_of(envelope.body), envelope.priority is Priority.EMERGENCY


def shape_of(body: Mapping[str, Any]) -> Shape:
    """How words are to be said; the plain shape where the body does not say. Raises Refused envelope_unreadable."""
    told = body.get("shape")
    if not told:
        return PLAIN
    if not isinstance(told, Mapping):
        raise _bad("shape")
    fields = Fields(told, "body.shape.")
    kind = told.get("kind")
    shape = Shape(
        kind=ScriptKind(kind) if kind in set(ScriptKind) else ScriptKind.NOTICE,  # a later release may know more
        paced=told.get("paced") is True,
        ident=told.get("ident") is True,
        heading=told.get("heading") is True,
        times=fields.whole("times", 1, MOST_TIMES) if "times" in told else PLAIN.times,
        opening=fields.text("opening", LONGEST_WORDS),
        closing=fields.text("closing", LONGEST_WORDS),
        chime=told.get("chime") is not False,
        tempo=fields.whole("tempo", 1, MOST_AMOUNT) if "tempo" in told else PLAIN.tempo,
        voice=fields.text("voice", MOST_TOPIC),
    )
    try:
        return checked(shape)
    except Refused as refused:
        raise _bad("shape") from refused


def read_lexicon(envelope: Envelope) -> tuple[str, str]:
    """A word list as its file tells it, and its version."""
    toml = envelope.body.get("toml")
    if not isinstance(toml, str) or not toml.strip():
        raise _bad("toml")
    return toml, Fields(envelope.body, "body.").text("version", MOST_TOPIC, lines=False)


def read_groups(envelope: Envelope, ward_id: str) -> tuple[str, ...]:
    """The groups of this ward, for which alone such an envelope may be."""
    told = Fields(envelope.body, "body.").texts("groups", MOST_GROUP, MOST_GROUPS)
    if envelope.targets != (f"ward.{ward_id}",):
        raise Refused("envelope_unreadable", key="targets")
    try:
        addressed_to(ward_id, told)
    except Refused as refused:
        raise _bad("groups") from refused
    return tuple(dict.fromkeys(told))


def read_caps(envelope: Envelope) -> dict[str, Any]:
    """What the town would have the ward's rules be, by keys of config.toml; a document it rests on is the envelope's
    own basis where the body names none.
    """
    body, found = envelope.body, dict[str, Any]()
    fields = Fields(body, "body.")
    for key, most in (("sessions_a_day", 100.0), ("minutes_a_session", 1440.0)):
        if key in body:
            found[f"cap.{key}"] = 0 if body[key] is None else fields.number(key, 0, most)
    if "cap.sessions_a_day" in found:
        found["cap.sessions_a_day"] = int(found["cap.sessions_a_day"])
    if "weekdays" in body:
        found["cap.weekdays"] = tuple(sorted(_weekdays(body)))
    if "quiet_hours" in body:
        found["quiet_hours.windows"] = tuple(map(str, _windows(body, "quiet_hours")))
    if not found:
        raise _bad("caps")
    if basis := fields.text("legal_basis", MOST_TEXT) or envelope.legal_basis:
        found |= {f"{section}.legal_basis": basis for section in {key.partition(".")[0] for key in found}}
    return found


# Small readers


def _bad(key: str) -> Refused:
    return Refused("envelope_unreadable", key=f"body.{key}"[:60])


def _objects(told: Mapping[str, Any], key: str, most: int) -> list[Mapping[str, Any]]:
    found = told.get(key, [])
    if not isinstance(found, list) or len(found) > most or not all(isinstance(one, Mapping) for one in found):
        raise _bad(key)
    return found


def _windows(told: Mapping[str, Any], key: str) -> tuple[Window, ...]:
    try:
        return tuple(parse_window(one) for one in Fields(told, "body.").texts(key, 20, MOST_WINDOWS))
    except Refused as refused:
        raise _bad(key) from refused
    except ValueError as error:
        raise _bad(key) from error


def _day(told: Mapping[str, Any], key: str) -> date:
    value = told.get(key)
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == len("2026-11-26") else _no_day(key)
    except ValueError as error:
        raise _bad(key) from error


def _days(told: Mapping[str, Any], key: str) -> tuple[date, ...]:
    found = told.get(key, [])
    if not isinstance(found, list) or len(found) > MOST_EXCEPTED:
        raise _bad(key)
    return tuple(_day({key: one}, key) for one in found)


def _no_day(key: str) -> date:
    raise _bad(key)


def _weekdays(told: Mapping[str, Any]) -> frozenset[int]:
    found = told.get("weekdays", list(_WEEKDAYS))
    whole = isinstance(found, list) and all(isinstance(one, int) and not isinstance(one, bool) for one in found)
    if not whole or not set(found) <= set(_WEEKDAYS):
        raise _bad("weekdays")
    return frozenset(found)
