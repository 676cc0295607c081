"""The shapes of the API's JSON, in and out: what `openapi.json` calls components.

Names are those of `--json` of the command line. Instants are ISO with the station's offset, days are ISO, lengths are
whole milliseconds. It holds schemas and nothing else; `told` makes the values.
"""

from scheduler.core.delivery import LONGEST_WORDS, MOST_TIMES, TEMPOS, VOICES, ScriptKind
from scheduler.core.model import (
    AiringOutcome,
    AnnouncementState,
    BoostKind,
    CampaignState,
    Trigger,
)
from scheduler.core.station.tasks import Gravity, Mend
from web.api.schema import REF, Schema
from web.api.schema_parts import MOST, also, array, chosen, given, listed, maybe, number, some, taken, text

__all__ = [
    "BEFORE",
    "COMPONENTS",
    "DAY",
    "ID",
    "INSTANT",
    "LIMIT",
    "QUERY_DAY",
    "SHA256",
    "ZONE",
    "also",
    "array",
    "chosen",
    "given",
    "listed",
    "maybe",
    "nothing",
    "number",
    "required",
    "taken",
    "text",
]


def required(schema: Schema) -> tuple[str, ...]:
    """The fields that a body must have."""
    if "$ref" in schema:
        return required(COMPONENTS[str(schema["$ref"]).removeprefix(REF)])
    return tuple(schema.get("required", ()))


ID = number(1, MOST)
SHA256: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
DAY: Schema = {"type": "string", "format": "date", "examples": ["2026-12-02"]}
INSTANT: Schema = {"type": "string", "format": "date-time", "examples": ["2026-12-02T06:00:00+07:00"]}
ZONE = text(80, says="A zone of this station (`GET /zones`); `all` = the whole ward.")
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"
WINDOW: Schema = {"type": "string", "pattern": f"^{_CLOCK}-({_CLOCK}|24:00)$", "examples": ["05:00-06:30"]}
LIMIT = also(number(1, 200), default=50, description="Items in one answer.")
BEFORE: Schema = {**ID, "default": None, "description": "`next` of the answer before."}
QUERY_DAY: Schema = {**DAY, "default": None, "description": "Default: today."}
CODE = text(200, says="Who it is, where the station asks for it: a one-time number, the person's code or password.")
_TITLE, _TEXT = text(200), text(60_000)
_MS, _COUNT, _FREE = number(0, MOST), number(0, MOST), {"type": "object"}
_STANDING = dict.fromkeys(("planned", "whole", "partly", "partly_ms", "silent", "recorded"), _COUNT)
"""Airings by how they stand: `core.air.standing`."""
_ANY_TEXT: Schema = {"type": "string"}
_FLAG: Schema = {"type": "boolean"}
_AT_ONCE = also(_FLAG, description="Without the seconds of grace; for a machine behind which nobody stands to cancel.")
_ALSO_WAITING = also(_FLAG, description="End the emergencies and drills that wait for their turn, too.")
_NUMBER: Schema = {"type": "number"}


def nothing() -> Schema:
    """A body that holds nothing, or is not there."""
    return taken()


_SHAPE = {
    "kind": chosen(ScriptKind),
    "paced": _FLAG,
    "ident": _FLAG,
    "heading": _FLAG,
    "times": number(1, MOST_TIMES),
    "opening": text(LONGEST_WORDS),
    "closing": text(LONGEST_WORDS),
    "chime": _FLAG,
    "tempo": chosen(TEMPOS, "Percent of the station's reading speed."),
    "voice": chosen(("", *VOICES), "Asked first; empty = the station's own order."),
}
_BOOST = taken(("kind", "value"), kind=chosen(BoostKind), value=number(0, 100_000, "number"))
_PHASE = {"base": number(0, 1440), "boost": _BOOST, "windows": array(WINDOW, 12)}
_CAMPAIGN: dict[str, Schema] = {
    "title": _TITLE,
    "announcement_id": ID,
    "rotation": array(ID, 20),
    "windows": array(WINDOW, 12),
    "base": number(0, 1440, says="Airings a day before any boost."),
    "boost": _BOOST,
    "start": DAY,
    "end": DAY,
    "weekdays": array(number(0, 6), 7, unique=True),
    "min_gap_ms": number(0, 86_400_000),
    "chime": _FLAG,
    "repeat": number(1, 10),
    "priority": chosen((2, 3)),
    "zone": ZONE,
    "topic": text(80),
    "field": number(1, 6, says="Lĩnh vực 1-6 of the provincial report."),
    "dispatch_id": maybe(ID),
}
_CAMPAIGN_ID = number(0, MOST, says="0 = the campaign of a preview that is not kept.")
_REASON = {"reason": _ANY_TEXT, "sentence": _ANY_TEXT}
_SLOT = {
    "id": _ANY_TEXT,
    "day": DAY,
    "start": INSTANT,
    "end": INSTANT,
    "length_ms": _MS,
    "zone": _ANY_TEXT,
    "campaign_id": maybe(_CAMPAIGN_ID),
    "announcement_id": ID,
    "title": _ANY_TEXT,
    "priority": chosen((1, 2, 3)),
    "trigger": chosen(Trigger),
    "outcome": maybe(chosen(AiringOutcome)),
    **_REASON,
}

_PLAN: dict[str, Schema] = {
    "date": DAY,
    "slots": array(some("Slot")),
    "refusals": array(some("Refusal")),
    "idle_windows": array(some("Refusal")),
}
COMPONENTS: dict[str, Schema] = {
    "Problem": also(
        given(type=_ANY_TEXT, title=_ANY_TEXT, status=number(400, 599), detail=_ANY_TEXT, reason=_ANY_TEXT),
        description="RFC 9457: `detail` is Vietnamese, for people; `title` English; `reason` the code.",
    ),
    # In
    "ShapeIn": taken((), **_SHAPE),
    "AnnouncementIn": taken(
        ("title", "text"), title=_TITLE, text=_TEXT, priority=chosen((1, 2, 3)), shape=some("ShapeIn")
    ),
    "AnnouncementEdit": taken(("title", "text"), title=_TITLE, text=_TEXT, shape=some("ShapeIn")),
    "SoundIn": taken(("sha256",), sha256=SHA256),
    "RecordingAnnouncementIn": taken(("sha256",), sha256=SHA256, title=_TITLE),
    "WordsIn": taken(("sha256", "words"), sha256=SHA256, words=array(text(100, 1), 200, 1)),
    "ApprovalIn": taken(
        ("sha256", "heard"), sha256=SHA256, heard=_FLAG, read_as=array(text(100, 1), 200), code=CODE
    ),
    "ReturnIn": taken(("reason",), reason=text(1000)),
    "UploadIn": taken(
        ("file_name", "size", "mark"),
        file_name=text(200),
        size=number(0, MOST, says="Bytes of the whole file."),
        mark={"type": "string", "pattern": "^[0-9a-f]{1,64}$", "description": "Check sum of its first bytes, in hex."},
        title=_TITLE,
        origin=chosen(("upload", "recorded")),
    ),
    "UploadEnd": taken(("crc32",), crc32=number(0, 2**32 - 1)),
    "PhaseIn": taken(("start",), start=DAY, end=maybe(DAY), **_PHASE),
    "CampaignIn": taken(
        ("title", "announcement_id", "windows", "base", "start", "end"),
        **_CAMPAIGN,
        phases=array(some("PhaseIn"), 24),
    ),
    "At": taken((), at=INSTANT),
    "PauseIn": taken((), at=INSTANT, until=INSTANT),
    "ReplaceIn": taken(("campaign_id",), campaign_id=ID, at=INSTANT),
    "OrderIn": taken(("campaigns",), campaigns=array(ID, 100, 2)),
    "PlayIn": taken(("announcement_id",), announcement_id=ID, chime=_FLAG, repeat=number(1, 3), zone=ZONE),
    "SlotIn": taken(("announcement_id", "at"), announcement_id=ID, at=INSTANT, zone=ZONE),
    "MoveIn": taken(("to",), to=INSTANT, seen=also(INSTANT, description="The start that you have before your eyes.")),
    "LeaveOutIn": taken(("why",), why=text(500)),
    "ClockIn": taken(("seen",), seen=INSTANT),
    "StopIn": taken((), slot_id=text(100), also_waiting=_ALSO_WAITING),
    "EmergencyIn": taken(("announcement_id",), announcement_id=ID, zone=ZONE, code=CODE, at_once=_AT_ONCE),
    "EmergencyTextIn": taken(("text",), text=text(15_000), title=_TITLE, zone=ZONE, code=CODE, at_once=_AT_ONCE),
    "DrillIn": taken(("announcement_id",), announcement_id=ID, zone=ZONE),
    "CodeIn": taken((), code=CODE),
    # Out
    "Shape": given(**_SHAPE),
    "Announcement": given(
        id=ID,
        title=_ANY_TEXT,
        text=_ANY_TEXT,
        version=ID,
        state=chosen(AnnouncementState),
        priority=chosen((1, 2, 3)),
        audio_sha256=maybe(SHA256),
        heard=_FLAG,
        author_id=ID,
        author=_ANY_TEXT,
        approver_id=maybe(ID),
        approver=_ANY_TEXT,
        approved_at=maybe(INSTANT),
        approved_sha256=maybe(SHA256),
        return_reason=_ANY_TEXT,
        dispatch_id=maybe(ID),
        shape=some("Shape"),
    ),
    "Reading": given(said=_ANY_TEXT, unread=array(_ANY_TEXT), job=maybe(_FREE)),
    "Job": given(
        id=ID,
        kind=_ANY_TEXT,
        state=chosen(("waiting", "running", "ready", "warning", "refused")),
        progress=number(0, 1, "number"),
        result=_ANY_TEXT,
        **_REASON,
    ),
    "Recording": given(
        sha256=SHA256,
        title=_ANY_TEXT,
        origin=_ANY_TEXT,
        file_name=_ANY_TEXT,
        length_ms=_MS,
        lufs=maybe(_NUMBER),
        true_peak_dbtp=maybe(_NUMBER),
        warnings=array(_ANY_TEXT),
        says=_COUNT,
        created_at=INSTANT,
        retired_at=maybe(INSTANT),
    ),
    "Upload": given(
        id=_ANY_TEXT, file_name=_ANY_TEXT, title=_ANY_TEXT, size=_COUNT, received=_COUNT, job_id=maybe(ID)
    ),
    "Received": given(received=_COUNT),
    "Campaign": given(
        id=ID,
        state=chosen(CampaignState),
        **_CAMPAIGN,
        phases=array(given(start=DAY, end=maybe(DAY), **_PHASE)),
        pauses=array(given(since=INSTANT, until=maybe(INSTANT))),
        rank={"type": "integer"},
        replaces=maybe(ID),
        stopped_at=maybe(INSTANT),
        airing_ms=_MS,
    ),
    "Slot": given(**_SLOT),
    "Refusal": given(campaign_id=_CAMPAIGN_ID, ordinal=_COUNT, **_REASON),
    "Plan": given(**_PLAN, owed_since=maybe(INSTANT)),
    "Preview": given(**_PLAN),
    "Change": given(
        change_id=ID, day=DAY, slots=array(given(slot_id=_ANY_TEXT, title=_ANY_TEXT))
    ),
    "Collision": given(campaigns=array(ID), days=array(DAY), decided=_FLAG),
    "Airing": given(
        slot_id=_ANY_TEXT, title=_ANY_TEXT, trigger=_ANY_TEXT, zone=_ANY_TEXT, started_at=INSTANT, played_ms=_MS,
        total_ms=_MS, left_ms=_MS,
    ),
    "OutputState": given(name=_ANY_TEXT, kind=_ANY_TEXT, state=_ANY_TEXT, message=_ANY_TEXT, dropped=_COUNT),
    "OnAir": given(
        now=INSTANT,
        alive=_FLAG,
        at=maybe(INSTANT),
        clock_trusted=_FLAG,
        airing=maybe(given(slot_id=_ANY_TEXT)),
        airings=array(some("Airing")),
        next=maybe(given(id=_ANY_TEXT)),
        outputs=array(some("OutputState")),
    ),
    "Clock": given(
        now=INSTANT, trusted=_FLAG, ahead_until=maybe(INSTANT), ahead_rows=_COUNT, asked_by=_ANY_TEXT
    ),
    "Order": given(slot_id=_ANY_TEXT),
    "EmergencyOrder": given(
        **_SLOT, text=_ANY_TEXT, operator=_ANY_TEXT, correction_text=_ANY_TEXT, correction_id=maybe(ID)
    ),
    "Template": given(id=ID, title=_ANY_TEXT, text=_ANY_TEXT, audio_sha256=SHA256, length_ms=_MS),
    "JournalRow": given(
        seq=_COUNT,
        at=INSTANT,
        kind=_ANY_TEXT,
        day=DAY,
        slot_id=maybe(_ANY_TEXT),
        title=_ANY_TEXT,
        zone=_ANY_TEXT,
        planned_start=maybe(INSTANT),
        actual_start=maybe(INSTANT),
        actual_end=maybe(INSTANT),
        planned_ms=maybe(_MS),
        played_ms=maybe(_MS),
        outcome=_ANY_TEXT,
        reason=_ANY_TEXT,
        sentence=_ANY_TEXT,
        audio_sha256=_ANY_TEXT,
        outputs=_FREE,
        headline=_ANY_TEXT,
        shares=maybe(array(some("OutputShare"))),
        prev_hash=_ANY_TEXT,
        hash=_ANY_TEXT,
    ),
    "OutputShare": given(
        name=_ANY_TEXT, kind=_ANY_TEXT, counts=_FLAG, zones=array(_ANY_TEXT), played_ms=_MS, total_ms=_MS,
        first_at=maybe(_ANY_TEXT), holes=array(array(_COUNT)), fault=_ANY_TEXT, refused=_FLAG,
    ),
    "Verification": given(
        whole=_FLAG, rows=_COUNT, checkpoints=_COUNT, signed_rows=_COUNT, broken=maybe(given(**_REASON))
    ),
    "Checkpoint": given(
        number=ID, day=DAY, first_seq=_COUNT, last_seq=_COUNT, last_hash=_ANY_TEXT, made_at=INSTANT, key=_ANY_TEXT
    ),
    "AirtimeDay": given(day=DAY, dispatch=maybe(_ANY_TEXT), airings=_COUNT, played_ms=_MS, **_STANDING),
    "Airtime": given(**{"from": DAY, "to": DAY, "played_ms": _MS, "days": array(some("AirtimeDay"))}, **_STANDING),
    "Report": {"type": "object", "description": "The report in the provincial keys, as `loa report --json` prints it."},
    "Dispatch": given(
        id=ID, number_symbol=_ANY_TEXT, file_name=_ANY_TEXT, created_at=INSTANT, fields=_FREE
    ),
    "Ledger": {"type": "object", "description": "As `loa ledger show --json` prints it."},
    "Zone": given(name=_ANY_TEXT, outputs=array(_ANY_TEXT), homes=maybe(_COUNT)),
    "Output": given(
        name=_ANY_TEXT, kind=_ANY_TEXT, zones=array(_ANY_TEXT), state=_ANY_TEXT, message=_ANY_TEXT, dropped=_COUNT
    ),
    "Todo": given(
        key=_ANY_TEXT,
        gravity=chosen([one.name.lower() for one in Gravity]),
        mend=chosen(Mend, "What mends it."),
        about=_ANY_TEXT,
        title=_ANY_TEXT,
        due=maybe(INSTANT),
        **_REASON,
    ),
    "Check": given(name=_ANY_TEXT, state=chosen(("ok", "degraded", "down")), **_REASON),
    "Health": given(status=chosen(("ok", "degraded", "down")), checks=array(some("Check")), version=_ANY_TEXT),
    "Station": given(
        name=_ANY_TEXT, time_zone=_ANY_TEXT, now=INSTANT, version=_ANY_TEXT, one_officer=_FLAG
    ),
    "Token": given(
        name=_ANY_TEXT, owner=_ANY_TEXT, role=_ANY_TEXT, acts=array(_ANY_TEXT), zones=array(_ANY_TEXT),
        expires_at=INSTANT,
    ),
}  # fmt: skip
"""Name -> schema; whatever a name stands for has it in the document too. Subjects may bring more of them along."""
