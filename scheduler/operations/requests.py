"""What requests may say, and what becomes of it: texts, days and windows as the services want them.

What does not fit a struct never comes so far (`reading`). What fits and still makes no sense, such as a day of another
century, is refused with the reason that the page would give. Nothing is decided here about what is asked.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal, TypeVar

import msgspec
from msgspec import Meta

from scheduler.core.delivery import ScriptKind, Shape
from scheduler.core.model import Boost, BoostKind, Campaign, Phase, Priority
from scheduler.core.planning import rules
from scheduler.core.planning.make_up import MakeUp
from scheduler.kernel.errors import Refused
from scheduler.operations.schemas import (
    Airings,
    At,
    BaseAirings,
    BoostValue,
    CampaignPriority,
    Code,
    Day,
    ExceptDays,
    ExceptWindows,
    Extra,
    Gap,
    Id,
    MostMinutes,
    OnlyDays,
    ProvincialField,
    Repeats,
    Request,
    Rotation,
    Sha256,
    SlotId,
    Tempo,
    Text,
    Times,
    Title,
    Topic,
    Voice,
    Weekdays,
    Windows,
    Zone,
)
from scheduler.operations.table import Call

Key = TypeVar("Key", int, str)
FIRST_YEAR, LAST_YEAR = 2000, 2199
"""A station's days; beyond them somebody has mistyped."""

AtOnce = Annotated[
    bool, Meta(description="Without the seconds of grace; for a machine behind which nobody stands to cancel.")
]
Repeat = Annotated[int, Meta(ge=1, le=3)]
Words = Annotated[str, Meta(min_length=1, max_length=100, examples=["VNeID"])]
SpokenNow = Annotated[str, Meta(max_length=15_000, examples=["Nước lũ đang lên. Bà con lên cao ngay."])]
Leader = Annotated[
    str, Meta(min_length=1, max_length=100, description="Sign-in name of the leader.", examples=["minh"])
]
LeadersNumber = Annotated[
    str,
    Meta(
        max_length=200, description="The number that the leader's authenticator application shows.", examples=["123456"]
    ),
]


# Announcements


class ShapeIn(Request, frozen=True):
    """How the words are said; what is not told is as usual."""

    kind: ScriptKind | None = None
    paced: bool | None = None
    ident: bool | None = None
    heading: bool | None = None
    times: Times | None = None
    opening: Extra | None = None
    closing: Extra | None = None
    chime: bool | None = None
    tempo: Tempo | None = None
    voice: Voice | None = None

    def over(self, usual: Shape) -> Shape:
        told = {name: value for name, value in msgspec.structs.asdict(self).items() if value is not None}
        return replace(usual, **told)


class AnnouncementIn(Request, frozen=True):
    title: Title
    text: Text
    priority: Priority = Priority.NORMAL
    shape: ShapeIn | None = None


class AnnouncementEdit(Request, frozen=True):
    title: Title
    text: Text
    shape: ShapeIn | None = None


class RecordingAnnouncementIn(Request, frozen=True):
    sha256: Sha256
    title: Title = ""


class SoundIn(Request, frozen=True):
    sha256: Sha256


class WordsIn(Request, frozen=True):
    sha256: Sha256
    words: Annotated[tuple[Words, ...], Meta(min_length=1, max_length=200)]


GivesWay = Annotated[SlotId, Meta(description="The airing that gives way, as `judge` has offered it.")] | None
MadeUpAt = Annotated[At, Meta(description="When that airing is made up, on a later day.")] | None


def make_up_of(gives_way: str | None, made_up_at: datetime | None) -> MakeUp | None:
    """The decision of a wish. Raises Refused: make_up_gone (one without the other), instant_invalid."""
    if gives_way is None and made_up_at is None:
        return None
    if gives_way is None or made_up_at is None:
        raise Refused("make_up_gone")
    instant_of(made_up_at)
    return MakeUp(gives_way, made_up_at)


class ApprovalIn(Request, frozen=True):
    sha256: Sha256
    heard: bool
    read_as: Annotated[tuple[Words, ...], Meta(max_length=200)] = ()
    code: Code = ""
    at: Annotated[At, Meta(description="The start that you have before your eyes, or have chosen.")] | None = None
    gives_way: GivesWay = None
    made_up_at: MadeUpAt = None
    mark: Annotated[
        str, Meta(max_length=64, description="`mark` of the offer that you have before your eyes; changed = refused.")
    ] = ""


class ReturnIn(Request, frozen=True):
    reason: Annotated[str, Meta(max_length=1000, description="Why.", examples=["Sai ngày tiêm"])]


# Files


FirstBytesSum = Annotated[
    str,
    Meta(pattern="^[0-9a-f]{1,64}$", description="Check sum of the file's first bytes, in hex.", examples=["5f" * 32]),
]


class UploadIn(Request, frozen=True):
    old_names: ClassVar[Mapping[str, str]] = {"mark": "first_bytes_sum"}
    file_name: Annotated[str, Meta(max_length=200, examples=["ban-tin.mp3"])]
    size: Annotated[int, Meta(ge=0, le=2**53 - 1, description="Bytes of the whole file.", examples=[480_000])]
    first_bytes_sum: FirstBytesSum
    title: Title = ""
    origin: Literal["upload", "recorded"] = "upload"


class UploadEnd(Request, frozen=True):
    crc32: Annotated[int, Meta(ge=0, le=2**32 - 1)]


# Campaigns


class BoostIn(Request, frozen=True):
    kind: BoostKind
    value: BoostValue

    def boost(self) -> Boost:
        return Boost(self.kind, self.value)


class PhaseIn(Request, frozen=True):
    start: Day
    end: Day | None = None
    base: Airings = 0
    boost: BoostIn | None = None
    windows: Windows = ()

    def phase(self) -> Phase:
        return Phase(
            start=day_of(self.start),
            end=day_of(self.end) if self.end else None,
            base=self.base,
            boost=self.boost.boost() if self.boost else Boost(),
            windows=tuple(map(rules.parse_window, self.windows)),
        )


class CampaignIn(Request, frozen=True):
    title: Title
    announcement_id: Id
    windows: Windows
    base: BaseAirings
    start: Day
    end: Day
    rotation: Rotation = ()
    boost: BoostIn | None = None
    weekdays: Weekdays = tuple(range(7))
    min_gap_ms: Gap = 600_000
    chime: bool = True
    repeat: Repeats = 1
    priority: CampaignPriority = 3
    zone: Zone = "all"
    topic: Topic = ""
    field: ProvincialField = 1
    dispatch_id: Id | None = None
    phases: Annotated[tuple[PhaseIn, ...], Meta(max_length=24)] = ()
    except_days: ExceptDays | None = None
    except_windows: ExceptWindows | None = None
    dates: OnlyDays | None = None
    max_minutes: MostMinutes | None = None

    def campaign(self, kept: Campaign | None = None) -> Campaign:
        """A whole campaign as told; what acts have made of it (state, pauses, rank) stays as it is kept.

        So does what its order leaves out, where nothing is told of it: who does not know of exceptions loses none.

        Raises Refused: date_invalid, window_invalid.
        """
        by_acts = ("id", "state", "pauses", "rank", "replaces", "stopped_at")
        return Campaign(
            **({name: getattr(kept, name) for name in by_acts} if kept else {"id": 0}),
            title=self.title.strip(),
            announcement_id=self.announcement_id,
            windows=tuple(map(rules.parse_window, self.windows)),
            base=self.base,
            start=day_of(self.start),
            end=day_of(self.end),
            boost=self.boost.boost() if self.boost else Boost(),
            weekdays=frozenset(self.weekdays),
            min_gap=timedelta(milliseconds=self.min_gap_ms),
            chime=self.chime,
            repeat=self.repeat,
            priority=Priority(self.priority),
            zone=self.zone,
            dispatch_id=self.dispatch_id,
            phases=tuple(one.phase() for one in self.phases),
            rotation=self.rotation,
            topic=" ".join(self.topic.split()),
            field=self.field,
            **self._left_out(kept),
        )

    def _left_out(self, kept: Campaign | None) -> dict[str, Any]:
        told = {
            "except_days": None if self.except_days is None else map(day_of, self.except_days),
            "except_windows": None if self.except_windows is None else map(rules.parse_window, self.except_windows),
            "dates": None if self.dates is None else map(day_of, self.dates),
        }
        before = kept or _NO_CAMPAIGN
        found = {name: getattr(before, name) if value is None else tuple(value) for name, value in told.items()}
        most = before.max_minutes if self.max_minutes is None else self.max_minutes or None
        return found | {"max_minutes": most}


_NO_CAMPAIGN = Campaign(0, "", 0, (), 0, date.min, date.min)
"""Leaves nothing out."""


class AtIn(Request, frozen=True):
    at: At | None = None


class PauseIn(Request, frozen=True):
    at: At | None = None
    until: At | None = None


class ReplaceIn(Request, frozen=True):
    campaign_id: Id
    at: At | None = None


class OrderIn(Request, frozen=True):
    campaigns: Annotated[tuple[Id, ...], Meta(min_length=2, max_length=100)]


# The plan and the air


class SlotIn(Request, frozen=True):
    announcement_id: Id
    at: At
    zone: Zone = "all"


class MoveIn(Request, frozen=True):
    to: At
    seen: Annotated[At, Meta(description="The start that you have before your eyes.")] | None = None


class LeaveOutIn(Request, frozen=True):
    why: Annotated[str, Meta(max_length=500, description="Why; it is kept.", examples=["Trùng lễ chào cờ"])]


class PlayIn(Request, frozen=True):
    announcement_id: Id
    chime: Annotated[bool, Meta(description="A chime before it.")] = True
    repeat: Annotated[Repeat, Meta(description="How often it is said, one behind the other.")] = 1
    zone: Zone = "all"


class StopIn(Request, frozen=True):
    slot_id: Annotated[str, Meta(max_length=100)] = ""
    also_waiting: Annotated[bool, Meta(description="End all that was ordered and waits for its turn, too.")] = False


class ClockIn(Request, frozen=True):
    seen: At


class EmergencyIn(Request, frozen=True):
    announcement_id: Id
    zone: Zone = "all"
    code: Code = ""
    at_once: AtOnce = False


class EmergencyTextIn(Request, frozen=True):
    text: SpokenNow
    title: Title = ""
    zone: Zone = "all"
    code: Code = ""
    at_once: AtOnce = False


class TelephoneIn(Request, frozen=True):
    announcement_id: Id
    leader: Leader
    code: LeadersNumber
    zone: Zone = "all"


class TelephoneTextIn(Request, frozen=True):
    text: SpokenNow
    leader: Leader
    code: LeadersNumber
    title: Title = ""
    zone: Zone = "all"


class DrillIn(Request, frozen=True):
    announcement_id: Id
    zone: Zone = "all"


class CodeIn(Request, frozen=True):
    code: Code = ""


# Behind the question mark


class DayQuery(Request, frozen=True):
    date: Annotated[Day, Meta(description="Default: today.")] | None = None


def today(call: Call) -> date:
    return call.station.config.station.day_of(call.station.clock.now())


def day_of(day: date) -> date:
    """The same day. Raises Refused date_invalid."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Refused("date_invalid", value=day.isoformat())
    return day


def instant_of(at: datetime | None) -> datetime | None:
    """The same instant. Raises Refused instant_invalid."""
    if at is not None and not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise Refused("instant_invalid", value=at.isoformat())
    return at


def page_of_list(keys: list[Key], limit: int) -> tuple[list[Key], Key | None]:
    """The first `limit` of `keys`, and the one behind which the rest begins; None = there is no rest."""
    shown = keys[:limit]
    return shown, shown[-1] if len(keys) > limit else None
