"""An alert in the Common Alerting Protocol 1.2 (OASIS, CAP-v1.2): what it says, and what of it cannot be believed.

Reading is by the standard's own table: what it requires is required, a value outside its lists is a fault, a time
without a zone is a fault, and nothing is guessed. It opens no file, asks no clock, and trusts nobody: that is
`cap_rules`'.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from scheduler.core.characters import without_controls
from scheduler.extras.cap.rules.area import Circle, Polygon, read_circle, read_polygon
from scheduler.kernel.errors import Refused

__all__ = [
    "NAMESPACE", "Alert", "Area", "Certainty", "Info", "MsgType", "Reference", "Resource", "Scope", "Severity",
    "Status", "Urgency", "instant_words", "preferred", "read_alert", "read_references", "said_of",
]  # fmt: skip

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
MOST_INFOS, MOST_AREAS, MOST_VALUES = 20, 100, 200
MOST_WORDS, MOST_NAME = 20_000, 300
Node = Mapping[str, Sequence[Any]]
"""Elements by name: of each a text, or the same again."""


class Status(StrEnum):
    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    SYSTEM = "System"
    TEST = "Test"
    DRAFT = "Draft"


class MsgType(StrEnum):
    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"
    ACK = "Ack"
    ERROR = "Error"


class Scope(StrEnum):
    PUBLIC = "Public"
    RESTRICTED = "Restricted"
    PRIVATE = "Private"


class Urgency(StrEnum):
    """How soon one must act; the most urgent first."""

    IMMEDIATE = "Immediate"
    EXPECTED = "Expected"
    FUTURE = "Future"
    PAST = "Past"
    UNKNOWN = "Unknown"


class Severity(StrEnum):
    """The worst first."""

    EXTREME = "Extreme"
    SEVERE = "Severe"
    MODERATE = "Moderate"
    MINOR = "Minor"
    UNKNOWN = "Unknown"


class Certainty(StrEnum):
    """The surest first."""

    OBSERVED = "Observed"
    LIKELY = "Likely"
    POSSIBLE = "Possible"
    UNLIKELY = "Unlikely"
    UNKNOWN = "Unknown"


CATEGORIES = frozenset(
    "Geo Met Safety Security Rescue Fire Health Env Transport Infra CBRNE Other".split()  # noqa: SIM905 - the standard's list
)
RESPONSES = frozenset("Shelter Evacuate Prepare Execute Avoid Monitor Assess AllClear None".split())  # noqa: SIM905 - as above


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier message that this one updates, cancels or answers."""

    sender: str
    identifier: str
    sent: datetime


@dataclass(frozen=True, slots=True)
class Resource:
    """A file beside an alert. Nothing is ever fetched from `uri`."""

    description: str
    mime_type: str
    size: int | None = None
    """Bytes."""
    uri: str = ""
    digest: str = ""
    """SHA-1 as CAP has it, hex: told, never relied on."""


@dataclass(frozen=True, slots=True)
class Area:
    description: str
    polygons: tuple[Polygon, ...] = ()
    circles: tuple[Circle, ...] = ()
    geocodes: tuple[tuple[str, str], ...] = ()
    """(what kind of code, the code)."""


@dataclass(frozen=True, slots=True)
class Info:
    """What an alert says, in one language."""

    event: str
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    categories: tuple[str, ...]
    language: str = "en-US"
    responses: tuple[str, ...] = ()
    effective: datetime | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    audience: str = ""
    web: str = ""
    contact: str = ""
    event_codes: tuple[tuple[str, str], ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[Area, ...] = ()

    @property
    def is_vietnamese(self) -> bool:
        return self.language.lower().partition("-")[0] == "vi"


@dataclass(frozen=True, slots=True)
class Alert:
    """One message. The standard's key is sender, identifier and sent together."""

    identifier: str
    sender: str
    sent: datetime
    status: Status
    msg_type: MsgType
    scope: Scope
    source: str = ""
    restriction: str = ""
    addresses: str = ""
    codes: tuple[str, ...] = ()
    note: str = ""
    references: tuple[Reference, ...] = ()
    incidents: str = ""
    infos: tuple[Info, ...] = ()

    @property
    def title(self) -> str:
        info = preferred(self.infos)
        return (info.headline or info.event)[:200] if info else f"{self.msg_type} {self.identifier}"[:200]


def preferred(infos: Sequence[Info]) -> Info | None:
    """The block in Vietnamese, else the first."""
    return next((one for one in infos if one.is_vietnamese), infos[0] if infos else None)


def said_of(info: Info) -> str:
    """What is spoken of a block: its headline, what is happening, what to do; each once."""
    parts: list[str] = []
    for words in (info.headline or info.event, info.description, info.instruction):
        said = words if not words or words[-1] in ".!?…" else f"{words}."
        if said and said not in parts:
            parts.append(said)
    return "\n".join(parts)


# Reading

_ID = re.compile(r"[^\s,<&]{1,200}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?[+-]\d\d:\d\d")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,8}")
_Choice = TypeVar("_Choice", bound=StrEnum)


def _bad(key: str) -> Refused:
    return Refused("cap_invalid", key=key)


def _text(node: Node, key: str, *, most: int = MOST_WORDS, where: str = "") -> str:
    """The one text of an element, "" = it is not there; what cannot be seen or would turn letters round is dropped."""
    values = node.get(key, ())
    if len(values) > 1 or any(not isinstance(value, str) for value in values):
        raise _bad(where + key)
    told = without_controls(values[0]) if values else ""
    if len(told) > most:
        raise Refused("cap_too_big", limit=most)
    return "\n".join(" ".join(line.split()) for line in told.strip().splitlines() if line.strip())


def _name(node: Node, key: str, where: str = "") -> str:
    told = _text(node, key, most=MOST_NAME, where=where).replace("\n", " ")
    if not told:
        raise _bad(where + key)
    return told


def _choice(node: Node, key: str, kind: type[_Choice], where: str = "") -> _Choice:
    try:
        return kind(_text(node, key, most=MOST_NAME, where=where))
    except ValueError:
        raise _bad(where + key) from None


def _instant(told: str, key: str) -> datetime:
    """An instant with its offset. CAP knows no "Z" and no time without a zone; the first is read all the same."""
    if told.endswith("Z"):
        told = told[:-1] + "+00:00"
    if not _INSTANT.fullmatch(told):
        raise Refused("cap_time", key=key)
    try:
        return datetime.fromisoformat(told).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused("cap_time", key=key) from None


def instant_words(moment: datetime) -> str:
    """An instant as CAP writes it: whole seconds and an offset, never Z."""
    return moment.astimezone(moment.tzinfo or UTC).isoformat(timespec="seconds")


def _when(node: Node, key: str, where: str) -> datetime | None:
    told = _text(node, key, most=MOST_NAME, where=where)
    return _instant(told, where + key) if told else None


def _all(node: Node, key: str, where: str, most: int = MOST_VALUES) -> list[str]:
    values = node.get(key, ())
    if len(values) > most:
        raise Refused("cap_too_big", limit=most)
    return [_text({key: [value]}, key, where=where) for value in values]


def _nodes(node: Node, key: str, where: str, most: int) -> list[Node]:
    values = node.get(key, ())
    if len(values) > most:
        raise Refused("cap_too_big", limit=most)
    if any(not isinstance(value, Mapping) for value in values):
        raise _bad(where + key)
    return list(values)


def _pairs(node: Node, key: str, where: str) -> tuple[tuple[str, str], ...]:
    inside = f"{where}{key}/"
    found = _nodes(node, key, where, MOST_VALUES)
    return tuple((_name(one, "valueName", inside), _text(one, "value", where=inside)) for one in found)


def _listed(node: Node, key: str, known: frozenset[str], where: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(_all(node, key, where)))
    if not known.issuperset(found):
        raise _bad(where + key)
    return found


def read_alert(node: Node) -> Alert:
    """An alert from its elements. Raises Refused: cap_invalid (which element), cap_time, cap_area, cap_too_big."""
    identifier, sender = (_text(node, key, most=MOST_NAME) for key in ("identifier", "sender"))
    for key, told in (("identifier", identifier), ("sender", sender)):
        if not _ID.fullmatch(told):
            raise _bad(key)
    scope = _choice(node, "scope", Scope)
    made = Alert(
        identifier=identifier,
        sender=sender,
        sent=_instant(_text(node, "sent", most=MOST_NAME), "sent"),
        status=_choice(node, "status", Status),
        msg_type=_choice(node, "msgType", MsgType),
        scope=scope,
        source=_text(node, "source"),
        restriction=_text(node, "restriction"),
        addresses=_text(node, "addresses"),
        codes=tuple(_all(node, "code", "")),
        note=_text(node, "note"),
        references=read_references(_text(node, "references")),
        incidents=_text(node, "incidents"),
        infos=tuple(_info(one) for one in _nodes(node, "info", "", MOST_INFOS)),
    )
    if made.msg_type is not MsgType.ALERT and not made.references:
        raise _bad("references")
    if made.msg_type in {MsgType.ALERT, MsgType.UPDATE} and not made.infos:
        raise _bad("info")
    return made


def read_references(told: str) -> tuple[Reference, ...]:
    """Words "sender,identifier,sent" with spaces between. Raises Refused cap_invalid."""
    found: list[Reference] = []
    for one in told.split():
        parts = one.split(",")
        if len(parts) != 3 or len(found) >= MOST_VALUES or not all(map(_ID.fullmatch, parts[:2])):  # noqa: PLR2004 - the three
            raise _bad("references")
        found.append(Reference(parts[0], parts[1], _instant(parts[2], "references")))
    return tuple(found)


def _info(node: Node) -> Info:
    where = "info/"
    language = _text(node, "language", most=MOST_NAME, where=where) or "en-US"
    categories = _listed(node, "category", CATEGORIES, where)
    if not categories or not _LANGUAGE.fullmatch(language):
        raise _bad(where + ("category" if not categories else "language"))
    return Info(
        event=_name(node, "event", where),
        urgency=_choice(node, "urgency", Urgency, where),
        severity=_choice(node, "severity", Severity, where),
        certainty=_choice(node, "certainty", Certainty, where),
        categories=categories,
        language=language,
        responses=_listed(node, "responseType", RESPONSES, where),
        effective=_when(node, "effective", where),
        onset=_when(node, "onset", where),
        expires=_when(node, "expires", where),
        sender_name=_text(node, "senderName", most=MOST_NAME, where=where),
        headline=_text(node, "headline", where=where).replace("\n", " "),
        description=_text(node, "description", where=where),
        instruction=_text(node, "instruction", where=where),
        audience=_text(node, "audience", where=where),
        web=_text(node, "web", where=where),
        contact=_text(node, "contact", where=where),
        event_codes=_pairs(node, "eventCode", where),
        parameters=_pairs(node, "parameter", where),
        resources=tuple(_resource(one) for one in _nodes(node, "resource", where, MOST_VALUES)),
        areas=tuple(_area(one) for one in _nodes(node, "area", where, MOST_AREAS)),
    )


def _resource(node: Node) -> Resource:
    where = "info/resource/"
    size = _text(node, "size", most=MOST_NAME, where=where)
    if size and not (size.isascii() and size.isdigit() and len(size) < MOST_INFOS):
        raise _bad(where + "size")
    return Resource(
        _name(node, "resourceDesc", where),
        _name(node, "mimeType", where),
        int(size) if size else None,
        _text(node, "uri", where=where),
        _text(node, "digest", most=MOST_NAME, where=where),
    )


def _area(node: Node) -> Area:
    where = "info/area/"
    return Area(
        _name(node, "areaDesc", where),
        tuple(map(read_polygon, _all(node, "polygon", where))),
        tuple(map(read_circle, _all(node, "circle", where))),
        _pairs(node, "geocode", where),
    )
