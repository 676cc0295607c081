"""What a town tells a ward that has paired: where the broker is, who the ward is there, and whose word to believe.

Pure. The fingerprint is over everything that is told, so that whoever stands between the two at pairing can change
nothing that the two people who compare it would not see: not the issuer's key, not the authority, not an address.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from scheduler.core.characters import without_controls
from scheduler.extras.town.rules.envelope import addressed_to
from scheduler.kernel.errors import Refused

__all__ = ["VERSION", "Welcome", "fingerprint", "key_fingerprint", "read_welcome", "welcome_body"]

VERSION = 1
MOST_URL, MOST_NAME, MOST_CA, MOST_GROUPS = 500, 200, 40_000, 100
_KEY = re.compile(r"[0-9a-f]{64}", re.ASCII)
_BROKER = re.compile(r"(?:nats|tls|ws|wss)://[A-Za-z0-9.:_\[\]-]+(?:/[!-~]*)?", re.ASCII)
_PAGE = re.compile(r"https?://[A-Za-z0-9.:_\[\]-]+(?:/[!-~]*)?", re.ASCII)
_CERTIFICATE = "-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True, slots=True)
class Welcome:
    """The town's answer to a pairing code; nothing of it is secret."""

    ward: str
    """Administrative code."""
    name: str
    """The ward's name as the town writes it."""
    groups: tuple[str, ...]
    broker: str
    """One address, or those of a cluster with commas between."""
    page: str
    """Where sounds are fetched from; empty = where the ward has paired."""
    ca: str
    """Certificate (PEM) of the town's own authority; empty = the system's do."""
    issuer: str
    """Public key of the town's envelopes, 64 hex."""
    issuer_name: str


def welcome_body(told: Welcome) -> dict[str, Any]:
    """As it goes over the wire."""
    return {
        "v": VERSION,
        **{field.name: getattr(told, field.name) for field in fields(told)},
        "groups": list(told.groups),
    }


def read_welcome(told: object) -> Welcome:
    """The welcome in a JSON answer. Raises Refused link_welcome_bad (which key), link_welcome_newer."""
    if not isinstance(told, Mapping):
        raise Refused("link_welcome_bad", key="JSON")
    version = told.get("v")
    version = 0 if isinstance(version, bool) or not isinstance(version, int) else version
    if version > VERSION:
        raise Refused("link_welcome_newer", version=min(version, 10**6))
    groups = told.get("groups")
    if version != VERSION or not isinstance(groups, list) or len(groups) > MOST_GROUPS:
        raise Refused("link_welcome_bad", key="v" if version != VERSION else "groups")
    made = Welcome(
        ward=_text(told, "ward", 20),
        name=_line(told, "name"),
        groups=tuple(str(one) for one in groups),
        broker=_text(told, "broker", MOST_URL),
        page=_text(told, "page", MOST_URL).rstrip("/"),
        ca=_text(told, "ca", MOST_CA),
        issuer=_text(told, "issuer", 64),
        issuer_name=_line(told, "issuer_name"),
    )
    _look_at(made)
    return made


def fingerprint(told: Welcome) -> str:
    """What two people read to each other: 20 letters and digits of a hash over all of it, "4F2A-…"."""
    text = json.dumps(welcome_body(told), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return _short(text.encode())


def key_fingerprint(issuer: str) -> str:
    """The same of an issuer's key alone, for one that is pinned by hand."""
    return _short(bytes.fromhex(issuer))


def _short(raw: bytes) -> str:
    told = hashlib.sha256(raw).hexdigest()[:20].upper()
    return "-".join(told[start : start + 4] for start in range(0, 20, 4))


def _text(told: Mapping[str, Any], key: str, most: int) -> str:
    value = told.get(key, "")
    if not isinstance(value, str) or len(value) > most:
        raise Refused("link_welcome_bad", key=key)
    return value


def _line(told: Mapping[str, Any], key: str) -> str:
    return " ".join(without_controls(_text(told, key, MOST_NAME)).split())


def _look_at(made: Welcome) -> None:
    fits = {
        "broker": bool(made.broker) and all(_BROKER.fullmatch(one) for one in made.broker.split(",")),
        "issuer": bool(_KEY.fullmatch(made.issuer)),
        "page": not made.page or bool(_PAGE.fullmatch(made.page)),
        "ca": not made.ca or _CERTIFICATE in made.ca,
    }
    if bad := [key for key, is_good in fits.items() if not is_good]:
        raise Refused("link_welcome_bad", key=bad[0])
    try:
        addressed_to(made.ward, made.groups)
    except Refused as refused:
        raise Refused("link_welcome_bad", key="ward") from refused
