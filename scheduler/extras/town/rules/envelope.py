"""Phong bì: what a town sends to its wards, and what a ward tells back, as exact bytes.

Pure. An envelope is a JSON text and a signature (Ed25519) over exactly the bytes of that text, so that nothing has to
be put into a canonical form. `unseal` gives an envelope whose every field has been looked at, or refuses it with a
reason; `judge` says whether it is new here and still of use. Whom a ward trusts, and what becomes of an envelope, is
not decided here (`core.town`), and nothing is kept. Subjects are those of the streams DISPATCH and UP.
"""

import base64
import binascii
import json
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from scheduler.core.characters import without_controls
from scheduler.core.model import Priority
from scheduler.extras.town.rules.envelope_fields import Fields, bounded_body, duplicate_free, instant_word
from scheduler.extras.town.rules.envelope_model import (
    ALL,
    AckState,
    Act,
    Claims,
    Clip,
    Envelope,
    Kind,
    Moment,
    Status,
    Told,
    UpKind,
    Verdict,
)
from scheduler.kernel.errors import Refused

__all__ = [
    "ALL",
    "MOST_BYTES",
    "VERSION",
    "AckState",
    "Act",
    "Claims",
    "Clip",
    "Envelope",
    "Kind",
    "Moment",
    "Status",
    "Told",
    "UpKind",
    "Verdict",
    "addressed_to",
    "clip_to_dict",
    "judge",
    "new_id",
    "public_hex",
    "read_claims",
    "read_clip",
    "read_up",
    "seal",
    "subject_of",
    "subjects_for",
    "topic_of",
    "unseal",
    "up_body",
    "up_message_id",
    "up_subject",
]

MOST_BYTES = 65_536
"""The largest message of the stream, and so of an envelope."""
VERSION = 1
MOST_TITLE, MOST_TEXT, MOST_NAME, MOST_BASIS = 200, 20_000, 200, 1_000
MOST_TARGETS, MOST_ZONES, MOST_REFERENCES = 3_000, 100, 500
MOST_CLIP_BYTES, MOST_CLIP_SECONDS, MOST_URL = 500_000_000, 4 * 3600.0, 2_000
MOST_SEQUENCE = 2**53
MOST_CLAIM = 64
_KEY = re.compile(r"[0-9a-f]{64}\Z")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z")
_TARGET = re.compile(r"(?:all|group\.[A-Za-z0-9_-]{1,64}|ward\.[0-9]{1,20})\Z")
_WARD = re.compile(r"[0-9]{1,20}\Z")
_LINE = re.compile(r"[0-9a-z]{1,40}\Z")


def new_id(now: datetime, noise: bytes) -> str:
    """A UUIDv7 of `now` and ten random bytes: identifiers sort by the time they were made."""
    millis = int(now.timestamp() * 1000).to_bytes(6, "big")
    raw = bytearray(millis + noise[:10])
    raw[6], raw[8] = raw[6] & 0x0F | 0x70, raw[8] & 0x3F | 0x80
    told = raw.hex()
    return "-".join((told[:8], told[8:12], told[12:16], told[16:20], told[20:]))


def public_hex(private: Ed25519PrivateKey) -> str:
    """The public half of a key, as envelopes name their issuer."""
    return private.public_key().public_bytes_raw().hex()


# Down


def seal(envelope: Envelope, private: Ed25519PrivateKey) -> bytes:
    """The bytes of an envelope, signed. Raises Refused: whatever `unseal` would refuse it for, at the issuer's desk."""
    if envelope.issuer != public_hex(private):
        raise Refused("envelope_forged", id=envelope.id)
    told: dict[str, Any] = {
        "v": VERSION,
        "id": envelope.id,
        "kind": envelope.kind.value,
        "act": envelope.act.value,
        "status": envelope.status.value,
        "sequence": envelope.sequence,
        "issuer": envelope.issuer,
        "sent": instant_word(envelope.sent),
        "not_before": instant_word(envelope.not_before) if envelope.not_before else None,
        "expires": instant_word(envelope.expires),
        "priority": int(envelope.priority),
        "targets": list(envelope.targets),
        "zones": list(envelope.zones),
        "references": list(envelope.references),
        "legal_basis": envelope.legal_basis,
        "title": envelope.title,
        "text": envelope.text,
        "clip": clip_to_dict(envelope.clip),
        "body": bounded_body(envelope.body),
        "author": envelope.author,
        "approver": envelope.approver,
        "dispatch_number": envelope.dispatch_number,
    }
    try:
        signed = json.dumps(told, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        signature = private.sign(signed.encode())
    except (ValueError, TypeError, RecursionError) as error:  # half a letter, NaN, what JSON has no word for
        raise Refused("envelope_unreadable", key="body") from error
    sealed = {"v": VERSION, "signed": signed, "sig": base64.b64encode(signature).decode()}
    raw = json.dumps(sealed, ensure_ascii=False, separators=(",", ":")).encode()
    _refuse_size(raw)
    _envelope(_parsed(signed))
    return raw


def unseal(raw: bytes, keys: Mapping[str, Any] | Collection[str]) -> Envelope:
    """The envelope in `raw`, signed by one of the issuers `keys` (public keys, 64 hex).

    Raises Refused: envelope_too_big, envelope_unreadable, envelope_newer, envelope_unsigned, envelope_unknown_issuer,
    envelope_forged.
    """
    _refuse_size(raw)
    outer = _parsed(raw)
    _refuse_newer(outer)
    signed, signature = outer.get("signed"), outer.get("sig")
    if not isinstance(signed, str):
        raise Refused("envelope_unreadable", key="signed")
    if not isinstance(signature, str) or not signature:
        raise Refused("envelope_unsigned")
    told = _parsed(signed)
    issuer = told.get("issuer")
    if not isinstance(issuer, str) or not _KEY.match(issuer):
        raise Refused("envelope_unreadable", key="issuer")
    if issuer not in keys:
        raise Refused("envelope_unknown_issuer", issuer=issuer[:16])
    _refuse_forged(signed, signature, issuer)
    _refuse_newer(told)
    return _envelope(told)


def read_claims(raw: bytes) -> Claims:
    """What an envelope that was refused says of itself, as far as it can be read; never raises."""
    try:
        if len(raw) > MOST_BYTES:
            return Claims()
        outer = _parsed(raw)
        told = _parsed(str(outer.get("signed", "")))
    except Refused:
        return Claims()
    return Claims(
        id=_claim(told.get("id"), MOST_CLAIM),
        kind=_claim(told.get("kind"), MOST_CLAIM),
        issuer=_claim(told.get("issuer"), MOST_CLAIM),
        title=_claim(told.get("title"), MOST_TITLE),
    )


def topic_of(envelope: Envelope) -> str:
    """What a later word of the same issuer replaces an earlier one of: caps, lexicon, groups, one template, one issue.

    An issue keeps the name of its first version through every update and its cancelling.
    """
    match envelope.kind:
        case Kind.CAPS | Kind.LEXICON | Kind.GROUPS:
            return f"{envelope.issuer}:{envelope.kind.value}"
        case Kind.TEMPLATE:
            return f"{envelope.issuer}:template:{envelope.title.casefold()}"
        case Kind.STOP | Kind.TEST:
            return envelope.id
    return envelope.references[0] if envelope.act is not Act.ALERT else envelope.id


def judge(
    envelope: Envelope, *, seen: bool, newest_sequence: int, moment: Moment, addressed: Collection[str]
) -> Verdict:
    """What a well-signed envelope is to this ward.

    Args:
        envelope: as `unseal` gave it.
        seen: its id has been here.
        newest_sequence: the newest of this issuer on this topic (`topic_of`) so far; 0 = none.
        moment: now. The station's clock decides: what its own clock calls expired is never aired.
        addressed: the targets that mean this ward.

    What only takes back never expires and is never stale: a stop that was late still stops.

    """
    if not set(addressed) & set(envelope.targets):
        return Verdict.NOT_FOR_US
    if seen:
        return Verdict.AGAIN
    if envelope.takes_back:
        return Verdict.NEW
    if envelope.sequence <= newest_sequence:
        return Verdict.STALE
    if envelope.expires <= moment.station:
        return Verdict.EXPIRED
    return Verdict.NEW


def subjects_for(ward_id: str, groups: Iterable[str] = ()) -> tuple[str, ...]:
    """The subjects that a ward follows, each with a cursor of its own."""
    return tuple(f"dispatch.{target}" for target in addressed_to(ward_id, groups))


def addressed_to(ward_id: str, groups: Iterable[str] = ()) -> tuple[str, ...]:
    """The targets that mean a ward. Raises Refused envelope_target for a code or a group that cannot be one."""
    found = (ALL, *(f"group.{group}" for group in groups), f"ward.{ward_id}")
    for target in found:
        _refuse_target(target)
    return found


def subject_of(target: str) -> str:
    """Where an envelope for a target is published. Raises Refused envelope_target."""
    _refuse_target(target)
    return f"dispatch.{target}"


# Up


def up_subject(ward_id: str, kind: UpKind | str) -> str:
    """Where a ward tells its town something. Raises Refused envelope_target; ValueError for no kind of telling."""
    if not _WARD.match(ward_id):
        raise Refused("envelope_target", target=ward_id[:40])
    return f"up.{ward_id}.{UpKind(kind).value}"


def up_message_id(ward_id: str, row: int, line: str = "") -> str:
    """The `Nats-Msg-Id` by which the stream knows a telling again."""
    return f"{ward_id}:{line}:{row}" if line else f"{ward_id}:{row}"


def up_body(told: Told) -> bytes:
    """The bytes of one telling."""
    head = {"v": VERSION, "ward": told.ward, "row": told.row, "kind": told.kind.value, "at": instant_word(told.at)}
    head |= {"line": told.line} if told.line else {}
    return json.dumps(head | dict(told.body), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def read_up(raw: bytes, ward_id: str) -> Told:
    """A telling of the ward that may speak on its subject.

    Raises Refused: envelope_too_big, envelope_unreadable, envelope_newer, envelope_other_ward.
    """
    _refuse_size(raw)
    told = _parsed(raw)
    _refuse_newer(told)
    fields = Fields(told)
    if fields.text("ward", 20) != ward_id:
        raise Refused("envelope_other_ward", ward=fields.text("ward", 20))
    rest = {name: value for name, value in told.items() if name not in {"v", "ward", "line", "row", "kind", "at"}}
    body = bounded_body(rest, steering=True)  # a row of a journal is what it is: its hash hangs on every character
    row, line = fields.whole("row", 1, MOST_SEQUENCE), fields.match("line", _LINE) if "line" in told else ""
    return Told(ward_id, row, fields.word("kind", UpKind), fields.instant("at"), body, line)


# Reading


def _refuse_size(raw: bytes) -> None:
    if len(raw) > MOST_BYTES:
        raise Refused("envelope_too_big", kilobytes=len(raw) // 1024, limit=MOST_BYTES // 1024)


def _refuse_target(target: str) -> None:
    if not _TARGET.match(target):
        raise Refused("envelope_target", target=without_controls(target)[:40])


def _refuse_newer(told: Mapping[str, Any]) -> None:
    version = told.get("v")
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise Refused("envelope_unreadable", key="v")
    if version > VERSION:
        raise Refused("envelope_newer", version=min(version, 10**6))


def _refuse_forged(signed: str, signature: str, issuer: str) -> None:
    try:
        mark = base64.b64decode(signature, validate=True)
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(issuer)).verify(mark, signed.encode())
    except (binascii.Error, InvalidSignature, ValueError) as error:
        raise Refused("envelope_forged", issuer=issuer[:16]) from error


def _parsed(raw: bytes | str) -> dict[str, Any]:
    """A JSON object. Raises Refused envelope_unreadable: no JSON, a key twice, too deep, half of a letter."""
    try:
        text = raw.decode("utf-8") if isinstance(raw, bytes) else raw
        told = json.loads(text, object_pairs_hook=duplicate_free)
    except (ValueError, RecursionError) as error:
        raise Refused("envelope_unreadable", key="JSON") from error
    if not isinstance(told, dict):
        raise Refused("envelope_unreadable", key="JSON")
    return told


def _envelope(told: Mapping[str, Any]) -> Envelope:
    """The envelope of a signed text, every field looked at."""
    fields = Fields(told)
    made = Envelope(
        id=fields.match("id", _ID),
        kind=fields.word("kind", Kind),
        act=fields.word("act", Act),
        status=fields.word("status", Status),
        sequence=fields.whole("sequence", 1, MOST_SEQUENCE),
        issuer=fields.match("issuer", _KEY),
        sent=fields.instant("sent"),
        not_before=fields.instant("not_before") if told.get("not_before") is not None else None,
        expires=fields.instant("expires"),
        priority=Priority(fields.whole("priority", 1, 3)),
        targets=fields.matches("targets", _TARGET, MOST_TARGETS),
        zones=fields.texts("zones", MOST_NAME, MOST_ZONES),
        references=fields.matches("references", _ID, MOST_REFERENCES),
        legal_basis=fields.text("legal_basis", MOST_BASIS),
        title=fields.text("title", MOST_TITLE, lines=False),
        text=fields.text("text", MOST_TEXT),
        clip=read_clip(told["clip"]) if told.get("clip") is not None else None,
        body=fields.body("body"),
        author=fields.text("author", MOST_NAME, lines=False),
        approver=fields.text("approver", MOST_NAME, lines=False),
        dispatch_number=fields.text("dispatch_number", MOST_NAME, lines=False),
    )
    if not made.targets or made.expires <= made.sent:
        raise Refused("envelope_unreadable", key="expires" if made.targets else "targets")
    if (made.kind is Kind.STOP or made.act is not Act.ALERT) and not made.references:
        raise Refused("envelope_unreadable", key="references")
    return made


def read_clip(told: object, key: str = "clip") -> Clip:
    """A sound as an envelope tells it. Raises Refused envelope_unreadable."""
    if not isinstance(told, Mapping):
        raise Refused("envelope_unreadable", key=key)
    fields = Fields(told, f"{key}.")
    return Clip(
        sha256=fields.match("sha256", _KEY),
        bytes=fields.whole("bytes", 1, MOST_CLIP_BYTES),
        seconds=fields.number("seconds", 0.0, MOST_CLIP_SECONDS),
        url=fields.text("url", MOST_URL, lines=False),
    )


def clip_to_dict(clip: Clip | None) -> dict[str, Any] | None:
    """A sound as an envelope tells it."""
    if clip is None:
        return None
    return {"sha256": clip.sha256, "bytes": clip.bytes, "seconds": clip.seconds, "url": clip.url}


def _claim(value: object, most: int) -> str:
    if not isinstance(value, str):
        return ""
    return " ".join(without_controls(value.encode("utf-8", "ignore").decode()).split())[:most]
