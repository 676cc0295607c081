"""The station's nouns as frozen data: what an officer, a planner, the gate and the journal talk about.

Instants are aware UTC datetimes; a `date` is a day in the station's zone; a `time` is local wall time there.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from typing import NewType

from scheduler.core.delivery import PLAIN, Shape
from scheduler.core.people.person_names import journal_name

Seconds = NewType("Seconds", float)
Frames = NewType("Frames", int)
"""A count of mono samples at the house rate (`HOUSE_RATE`)."""
Lufs = NewType("Lufs", float)
"""Integrated loudness, EBU R128."""
GainDb = NewType("GainDb", float)
Sha256 = NewType("Sha256", str)
"""64 lower-case hex digits."""

HOUSE_RATE = 48_000
"""Frames a second of everything the station airs: mono, 16 bit."""
ALL_WEEKDAYS = frozenset(range(7))
"""Monday is 0."""
DEFAULT_ZONE = "all"
"""The zone of a station that has not divided its loudspeakers."""


def milliseconds_of(frames: int) -> int:
    """How long frames sound, rounded as a slot's length is: what was heard whole is as long as was planned."""
    return round(frames * 1000 / HOUSE_RATE)


class Role(StrEnum):
    """What a person may do; `approval` says which acts each role has. A contributor acts in zones of their own."""

    EDITOR = "editor"
    APPROVER = "approver"
    TECHNICIAN = "technician"
    ADMIN = "admin"
    CONTRIBUTOR = "contributor"
    GUEST = "guest"


class Priority(IntEnum):
    """Thông tư 39/2020/TT-BTTTT; the smaller number goes first."""

    EMERGENCY = 1
    PRIORITY = 2
    NORMAL = 3


class AnnouncementState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class CampaignState(StrEnum):
    DRAFT = "draft"
    ACTIVE = "active"
    STOPPED = "stopped"


class AiringOutcome(StrEnum):
    """The one end of a slot."""

    PLAYED = "played"
    PARTIAL = "partial"
    PRE_EMPTED = "pre_empted"
    MISSED = "missed"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RECORDED = "recorded"
    """Only written to files or sent where no loudspeaker stands: nothing sounded, and nothing is owed."""


class Trigger(StrEnum):
    """What set an airing off."""

    SCHEDULE = "schedule"
    MAKE_GOOD = "make_good"
    """Phát bù: the debt of a missed airing."""
    MANUAL = "manual"
    RELAY = "relay"
    """Tiếp âm, in its window."""
    LIVE = "live"
    DRILL = "drill"
    """Diễn tập: sounds like an announcement, is held to every rule of one, and says what it is."""
    EMERGENCY = "emergency"
    TEST = "test"
    """Thử loa: three seconds by hand, held to every rule; no airtime, and no part of any session."""


class BoostKind(StrEnum):
    """How "tăng thời lượng" is meant: not at all, ×factor, airings or minutes a day, every N minutes, or a share."""

    NONE = "none"
    FACTOR = "factor"
    TARGET = "target"
    EVERY = "every"
    """Minutes from start to start."""
    MINUTES = "minutes"
    """Minutes of sound a day, rounded up to whole airings."""
    SHARE = "share"
    """Of the minutes of the sessions (buổi phát) it may air in."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of local wall time, start included and end not; an `end` "before" `start` is on the day after."""

    start: time
    end: time

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When nothing but a permitted emergency sounds; a window may cross midnight (21:00-05:00)."""

    windows: tuple[Window, ...]
    legal_basis: str = ""


@dataclass(frozen=True, slots=True)
class AirtimeLimit:
    """Local limits on ordinary airings (hạn mức); None = no limit. `legal_basis` is shown when it refuses."""

    sessions_a_day: int | None = None
    minutes_a_session: float | None = None
    weekdays: frozenset[int] = ALL_WEEKDAYS
    legal_basis: str = ""


@dataclass(frozen=True, slots=True)
class StationRules:
    """What the planner and the gate hold against every airing. `min_gap` is silence between any two on one output."""

    zone_name: str
    """IANA name of the station's time zone."""
    quiet_hours: QuietHours
    cap: AirtimeLimit
    min_gap: timedelta
    late_tolerance: timedelta
    make_good: timedelta = timedelta(0)
    """How long after its time a missed airing may be made good; 0 = never."""
    blackout: frozenset[date] = frozenset()
    """Days without ordinary airings."""
    zone_quiet: tuple[tuple[str, QuietHours], ...] = ()
    """Zones with quiet hours of their own besides the station's."""
    zone_delay: tuple[tuple[str, timedelta], ...] = ()
    """Zones whose horns start later than others, so that neighbours do not echo."""

    def delay_of(self, zone: str) -> timedelta:
        """How much longer than its sound an airing in a zone lasts: in the whole ward as long as the latest horns."""
        late = [delay for name, delay in self.zone_delay if zone in {name, DEFAULT_ZONE}]
        return max(late, default=timedelta(0))

    def quiet_of(self, zone: str) -> QuietHours | None:
        """What a zone keeps quiet besides the station; None = nothing."""
        return dict(self.zone_quiet).get(zone)


@dataclass(frozen=True, slots=True)
class Boost:
    """`value`, by `kind`: a factor (> 0), airings a day (≥ 1), minutes between starts (≥ 1), minutes of sound a day
    (> 0), or a share of the session minutes (0 < share ≤ 1).
    """

    kind: BoostKind = BoostKind.NONE
    value: float = 1.0


_NO_BOOST = Boost()


@dataclass(frozen=True, slots=True)
class Phase:
    """Giai đoạn: days of a campaign that have an order of their own. Dates are inclusive."""

    start: date
    end: date | None = None
    """None = until the next phase begins, or the campaign ends."""
    base: int = 0
    boost: Boost = _NO_BOOST
    windows: tuple[Window, ...] = ()
    """Empty = the campaign's."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Tạm dừng: nothing of the campaign starts from `since` (included) until `until` (not); None = until resumed."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Campaign:
    """Đợt phát: what is said, when it may be said, how often. Dates are inclusive."""

    id: int
    title: str
    announcement_id: int
    windows: tuple[Window, ...]
    base: int
    start: date
    end: date
    boost: Boost = _NO_BOOST
    weekdays: frozenset[int] = ALL_WEEKDAYS
    min_gap: timedelta = timedelta(minutes=10)
    chime: bool = True
    repeat: int = 1
    """How often the clip is said in one airing (2 = "repeat ×2")."""
    priority: Priority = Priority.NORMAL
    zone: str = DEFAULT_ZONE
    dispatch_id: int | None = None
    state: CampaignState = CampaignState.DRAFT
    phases: tuple[Phase, ...] = ()
    """By start. A day in none of them has the campaign's own base, boost and windows."""
    rotation: tuple[int, ...] = ()
    """Announcements said in turn after `announcement_id`, then that one again."""
    rank: int = 0
    """Among campaigns of equal priority, the ward's own order: the smaller goes first, equal ones take turns."""
    pauses: tuple[Pause, ...] = ()
    """By start; without overlap."""
    topic: str = ""
    """Chủ đề: what airtime is compared by. Empty = none."""
    field: int = 1
    """Lĩnh vực 1-6 of the provincial report (Thông tư 39/2020/TT-BTTTT)."""
    replaces: int | None = None
    """The campaign that this one stands in for."""
    stopped_at: datetime | None = None
    """Nothing of it starts from here on; may lie ahead."""
    except_days: tuple[date, ...] = ()
    except_windows: tuple[Window, ...] = ()
    dates: tuple[date, ...] = ()
    max_minutes: int | None = None
    """What it leaves out, as `core.planning.excepted.Exceptions` has it."""

    @property
    def announcement_ids(self) -> tuple[int, ...]:
        """What it says, in turn."""
        return (self.announcement_id, *self.rotation)


@dataclass(frozen=True, slots=True)
class Relay:
    """Tiếp âm: sources aired in windows, in the order of `sources`, then the fallback clips. Dates are inclusive."""

    id: int
    announcement_id: int
    """Its title and its approval: of the very list of sources and fallbacks."""
    windows: tuple[Window, ...]
    start: date
    end: date
    sources: tuple[str, ...]
    """http:// or https:// addresses, or `line:DEVICE` for a sound input of this machine."""
    fallback: tuple[Sha256, ...] = ()
    weekdays: frozenset[int] = ALL_WEEKDAYS
    zone: str = DEFAULT_ZONE
    state: CampaignState = CampaignState.DRAFT


@dataclass(frozen=True, slots=True)
class Slot:
    """Lượt phát: one planned airing."""

    id: str
    day: date
    zone: str
    start: datetime
    length: timedelta
    campaign_id: int | None
    announcement_id: int
    audio_sha256: Sha256
    chime: bool = False
    repeat: int = 1
    priority: Priority = Priority.NORMAL
    trigger: Trigger = Trigger.SCHEDULE
    outcome: AiringOutcome | None = None
    reason: str = ""
    intro_sha256: Sha256 | None = None
    """Words said before and after the clip (of a drill)."""
    makes_good: str = ""
    """The slot whose debt this one is."""
    moved_from: datetime | None = None
    """Where the planner had put it, before a person gave it its time."""
    output: str = ""
    """The one output that sounds it; empty = every output of its zone."""
    heard: timedelta = timedelta(0)
    """What was measured of it, in all its attempts; known of the slots of a day."""

    @property
    def end(self) -> datetime:
        return self.start + self.length


@dataclass(frozen=True, slots=True)
class Announcement:
    """Bản tin: a text or a recording that people will hear. `audio_sha256` is the sound that approval speaks of."""

    id: int
    title: str
    text: str
    version: int
    state: AnnouncementState
    audio_sha256: Sha256 | None
    author_id: int
    heard: bool = False
    """The author has listened to this very sound."""
    dispatch_id: int | None = None
    priority: Priority = Priority.NORMAL
    return_reason: str = ""
    approver_id: int | None = None
    approved_at: datetime | None = None
    approved_sha256: Sha256 | None = None
    shape: Shape = PLAIN
    """How its words are said."""
    writer_id: int | None = None  # who changed its words or its recording last; None = nobody but the author


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    login: str
    name: str
    role: Role
    active: bool = True
    zones: tuple[str, ...] = ()
    """Where a contributor may act; other roles need none, but for a key of theirs that is bound to some."""
    scope: frozenset[str] | None = None
    """The acts of the key (token) that acts for this person; None = the person, with all that the role may."""

    @property
    def recorded_name(self) -> str:
        """How the journal names them: name of this instant, and account."""
        return journal_name(self.login, self.name)
