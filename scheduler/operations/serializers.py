"""What answers hold: one struct a noun, and a function that makes it of a row where names do not suffice.

Instants are the station's local time with its offset, lengths whole milliseconds, reason codes stand beside their
Vietnamese sentence. It reads what is given to it and decides nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta

from scheduler.core import model
from scheduler.core.delivery import ScriptKind
from scheduler.core.model import AiringOutcome, AnnouncementState, BoostKind, CampaignState, Priority, Trigger
from scheduler.core.planning import day_plan
from scheduler.core.planning import outlook as planned
from scheduler.core.planning.outlook import OutlookKind
from scheduler.core.station.kept import Job as StoredJob
from scheduler.core.words.wording import sentence, sentence_of
from scheduler.kernel.errors import NotFound
from scheduler.operations.schemas import (
    MOST,
    Airings,
    At,
    BaseAirings,
    BoostValue,
    CampaignPriority,
    Count,
    Day,
    ExceptDays,
    ExceptWindows,
    Extra,
    Gap,
    Id,
    MostMinutes,
    Ms,
    OnlyDays,
    ProvincialField,
    Record,
    Repeats,
    Rotation,
    Sha256,
    Tempo,
    Times,
    Topic,
    Voice,
    Weekdays,
    Windows,
)
from scheduler.operations.table import Call

_MILLISECOND = timedelta(milliseconds=1)
Made = TypeVar("Made", bound=Record)
StateOfJob = Literal["waiting", "running", "ready", "warning", "refused"]
CampaignId = Annotated[int, Meta(ge=0, le=MOST, description="0 = the campaign of a preview that is not kept.")]


class Problem(Record, frozen=True):
    """RFC 9457: `detail` is Vietnamese, for people; `title` English; `reason` the code."""

    type: str
    title: str
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: str
    reason: str


class Shape(Record, frozen=True):
    kind: ScriptKind
    paced: bool
    ident: bool
    heading: bool
    times: Times
    opening: Extra
    closing: Extra
    chime: bool
    tempo: Tempo
    voice: Voice


class Announcement(Record, frozen=True):
    id: Id
    title: str
    text: str
    version: Id
    state: AnnouncementState
    priority: Priority
    audio_sha256: Sha256 | None
    heard: bool
    author_id: Id
    author: str
    approver_id: Id | None
    approver: str
    approved_at: At | None
    approved_sha256: Sha256 | None
    return_reason: str
    dispatch_id: Id | None
    shape: Shape


class Outlook(Record, frozen=True):
    kind: OutlookKind
    start: At | None
    zones: list[str]
    count: Annotated[Count, Meta(description="Airings that are planned.")]
    ends: Day | None
    outputs: Annotated[list[str], Meta(description="The loudspeakers that are open for it.")]
    causes: Annotated[list[str], Meta(description="Codes of what is missing so that it sounds.")]
    sentence: str


class Approved(Announcement, frozen=True):
    outlook: Outlook


class Job(Record, frozen=True):
    id: Id
    kind: str
    state: StateOfJob
    progress: Annotated[float, Meta(ge=0, le=1)]
    result: str
    reason: str
    sentence: str


class Boost(Record, frozen=True):
    kind: BoostKind
    value: BoostValue


class Phase(Record, frozen=True):
    start: Day
    end: Day | None
    base: Airings
    boost: Boost
    windows: Windows


class Pause(Record, frozen=True):
    since: At
    until: At | None


class Campaign(Record, frozen=True):
    id: Id
    state: CampaignState
    title: str
    announcement_id: Id
    rotation: Rotation
    windows: Windows
    base: BaseAirings
    boost: Boost
    start: Day
    end: Day
    weekdays: Weekdays
    min_gap: Gap = msgspec.field(name="min_gap_ms")
    chime: bool
    repeat: Repeats
    priority: CampaignPriority
    zone: str
    topic: Topic
    field: ProvincialField
    dispatch_id: Id | None
    phases: list[Phase]
    pauses: list[Pause]
    rank: int
    replaces: Id | None
    stopped_at: At | None
    airing: Ms = msgspec.field(name="airing_ms")
    except_days: ExceptDays
    except_windows: ExceptWindows
    dates: OnlyDays
    max_minutes: MostMinutes | None


class Slot(Record, frozen=True):
    id: str
    day: Day
    start: At
    end: At
    length: Ms = msgspec.field(name="length_ms")
    zone: str
    campaign_id: CampaignId | None
    announcement_id: Id
    title: str
    priority: Priority
    trigger: Trigger
    outcome: AiringOutcome | None
    reason: str
    sentence: str


class Refusal(Record, frozen=True):
    campaign_id: CampaignId
    ordinal: Count
    reason: str
    sentence: str


class Preview(Record, frozen=True):
    date: Day
    slots: list[Slot]
    refusals: list[Refusal]
    idle_windows: list[Refusal]


class OutputState(Record, frozen=True):
    name: str
    kind: str
    state: str
    message: str
    dropped: Count


class Order(Record, frozen=True):
    slot_id: str


# From rows


def of(kind: type[Made], call: Call, one: object, **more: Any) -> Made:
    """An answer with what `one` has of the same names, and `more`; instants and lengths as everywhere."""
    names = kind.__struct_fields__
    return kind(**{name: more[name] if name in more else _shown(call, getattr(one, name)) for name in names})


def _shown(call: Call, value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(call, value)
    return ms(value) if isinstance(value, timedelta) else value


def instant(call: Call, at: datetime | str) -> datetime:
    """An instant (or its row text) as the station's clock shows it, with the offset."""
    found = datetime.fromisoformat(at) if isinstance(at, str) else at
    return call.station.config.station.local(found)


def ms(length: timedelta) -> int:
    """Whole milliseconds of a length."""
    return round(length / _MILLISECOND)


def _person_name(call: Call, person_id: int | None) -> str:
    if person_id is None:
        return ""
    try:
        return call.services.people.get(person_id).name
    except NotFound:
        return ""


def to_announcement(call: Call, one: model.Announcement) -> Announcement:
    names = {"author": _person_name(call, one.author_id), "approver": _person_name(call, one.approver_id)}
    return of(Announcement, call, one, shape=of(Shape, call, one.shape), **names)


def to_outlook(call: Call, one: planned.Outlook) -> Outlook:
    return of(
        Outlook,
        call,
        one,
        zones=list(one.zones),
        outputs=list(one.outputs),
        causes=[cause.reason for cause in one.causes],
    )


def to_approved(call: Call, one: model.Announcement, outlook: planned.Outlook) -> Approved:
    told = msgspec.structs.asdict(to_announcement(call, one))
    return Approved(**told, outlook=to_outlook(call, outlook))


def to_job(call: Call, one: StoredJob) -> Job:
    told = {"result": str(one.result or ""), "reason": one.reason or ""}
    return of(Job, call, one, sentence=sentence(one.reason or "", one.details), **told)


def to_campaign(call: Call, one: model.Campaign) -> Campaign:
    return of(
        Campaign,
        call,
        one,
        windows=_windows(one.windows),
        weekdays=tuple(sorted(one.weekdays)),
        boost=of(Boost, call, one.boost),
        phases=[_phase(call, phase) for phase in one.phases],
        pauses=[of(Pause, call, pause) for pause in one.pauses],
        airing=ms(call.services.campaigns.airing_length(one)),
        except_windows=_windows(one.except_windows),
    )


def _phase(call: Call, phase: model.Phase) -> Phase:
    return of(Phase, call, phase, boost=of(Boost, call, phase.boost), windows=_windows(phase.windows))


def _windows(windows: Sequence[model.Window]) -> tuple[str, ...]:
    return tuple(map(str, windows))


def to_slot(call: Call, one: model.Slot, title: str) -> Slot:
    return of(Slot, call, one, title=title, sentence=sentence(one.reason))


def to_slots(call: Call, found: Sequence[model.Slot]) -> list[Slot]:
    """Several slots; each announcement is looked up once."""
    get = call.services.announcements.get
    titles = {key: get(key).title for key in {one.announcement_id for one in found}}
    return [to_slot(call, one, titles[one.announcement_id]) for one in found]


def to_refusal(call: Call, one: day_plan.Refusal) -> Refusal:
    return of(Refusal, call, one, sentence=sentence_of(one))
