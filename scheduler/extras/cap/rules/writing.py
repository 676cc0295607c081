"""An alert as CAP 1.2 writes it: elements in the order of the schema, times with their offset, text escaped.

Text alone: it signs nothing, and decides nothing of what an alert says. What XML cannot hold is left out.
"""

import re
from collections.abc import Iterator
from html import escape

from scheduler.extras.cap.rules.alert import NAMESPACE, Alert, Area, Info, Reference, instant_words

__all__ = ["alert_xml", "references_text"]

_NO_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def references_text(references: tuple[Reference, ...]) -> str:
    return " ".join(f"{one.sender},{one.identifier},{instant_words(one.sent)}" for one in references)


def alert_xml(alert: Alert) -> str:
    """The whole document; what is empty is left out."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<alert xmlns="{NAMESPACE}">',
        *_one("identifier", alert.identifier),
        *_one("sender", alert.sender),
        *_one("sent", instant_words(alert.sent)),
        *_one("status", alert.status),
        *_one("msgType", alert.msg_type),
        *_one("source", alert.source),
        *_one("scope", alert.scope),
        *_one("restriction", alert.restriction),
        *_one("addresses", alert.addresses),
        *(line for code in alert.codes for line in _one("code", code)),
        *_one("note", alert.note),
        *_one("references", references_text(alert.references)),
        *_one("incidents", alert.incidents),
        *(line for info in alert.infos for line in _info(info)),
        "</alert>",
        "",
    ]
    return "\n".join(lines)


def _one(name: str, text: str) -> Iterator[str]:
    told = _NO_XML.sub("", text)
    if told:
        yield f"<{name}>{escape(told, quote=False)}</{name}>"


def _pairs(name: str, pairs: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for called, value in pairs:
        yield f"<{name}>"
        yield f"<valueName>{escape(_NO_XML.sub('', called), quote=False)}</valueName>"
        yield f"<value>{escape(_NO_XML.sub('', value), quote=False)}</value>"
        yield f"</{name}>"


def _info(info: Info) -> Iterator[str]:
    yield "<info>"
    yield from _one("language", info.language)
    for name, values in (("category", info.categories), ("event", (info.event,)), ("responseType", info.responses)):
        for value in values:
            yield from _one(name, value)
    yield from _one("urgency", info.urgency)
    yield from _one("severity", info.severity)
    yield from _one("certainty", info.certainty)
    yield from _one("audience", info.audience)
    yield from _pairs("eventCode", info.event_codes)
    for name, moment in (("effective", info.effective), ("onset", info.onset), ("expires", info.expires)):
        if moment is not None:
            yield from _one(name, instant_words(moment))
    for name in ("senderName", "headline", "description", "instruction", "web", "contact"):
        yield from _one(name, str(getattr(info, "sender_name" if name == "senderName" else name)))
    yield from _pairs("parameter", info.parameters)
    for resource in info.resources:
        yield "<resource>"
        yield from _one("resourceDesc", resource.description)
        yield from _one("mimeType", resource.mime_type)
        yield from _one("size", "" if resource.size is None else str(resource.size))
        yield from _one("uri", resource.uri)
        yield from _one("digest", resource.digest)
        yield "</resource>"
    for area in info.areas:
        yield from _area(area)
    yield "</info>"


def _area(area: Area) -> Iterator[str]:
    yield "<area>"
    yield from _one("areaDesc", area.description)
    for polygon in area.polygons:
        yield from _one("polygon", " ".join(f"{_degrees(lat)},{_degrees(lon)}" for lat, lon in polygon.points))
    for circle in area.circles:
        latitude, longitude = circle.center
        yield from _one("circle", f"{_degrees(latitude)},{_degrees(longitude)} {_degrees(circle.radius_km)}")
    yield from _pairs("geocode", area.geocodes)
    yield "</area>"


def _degrees(value: float) -> str:
    """Never with an exponent: CAP knows none."""
    return f"{value:.15f}".rstrip("0").rstrip(".") or "0"
