"""Words about a campaign that its page and the list share: how much, when it pauses or stops, whom it collides with.

It reads what the desk knows and decides nothing.
"""

from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from scheduler.core.model import AnnouncementState, BoostKind, Campaign, CampaignState, Phase, Priority
from scheduler.core.planning import rules
from scheduler.core.planning.collisions import Collision
from scheduler.core.planning.halts import pauses_at
from scheduler.core.planning.outlook_words import when_words
from scheduler.core.words.wording import CAMPAIGN_STATES, sentence
from scheduler.kernel.words import Words
from scheduler.services import Services
from web.formats import day_words, decimal
from web.words.dispatch_words import short_weekdays

__all__ = [
    "CollisionView",
    "Standing",
    "amount_of",
    "collision_views",
    "exception_words",
    "halt_words",
    "instant_words",
    "phase_words",
    "plan_words",
    "standing_of",
]

_PERCENT = 100
PRIORITIES = Words(Path(__file__).parent, "priorities", Priority)


class CollisionView(NamedTuple):
    rows: tuple[tuple[int, str, int], ...]
    """(campaign, title, airings it loses), in their present order."""
    days: str
    priority: str
    is_decided: bool


def amount_of(campaign: Campaign, day: date) -> str:
    """How much on `day`, in a word: "2 lượt → 6 lượt mỗi ngày"; a day outside its dates counts as the nearest."""
    return phase_words(rules.phase_on(campaign, min(max(day, campaign.start), campaign.end)))


def phase_words(phase: Phase) -> str:
    """How much a phase asks for."""
    value = decimal(phase.boost.value)
    match phase.boost.kind:
        case BoostKind.NONE:
            return f"{phase.base} lượt mỗi ngày"
        case BoostKind.FACTOR:
            return f"{phase.base} lượt → {rules.airings_raised(phase.base, phase.boost.value)} lượt mỗi ngày"
        case BoostKind.TARGET:
            return f"{value} lượt mỗi ngày"
        case BoostKind.MINUTES:
            return f"{value} phút mỗi ngày"
        case BoostKind.SHARE:
            return f"{decimal(phase.boost.value * _PERCENT)} % buổi phát"
        case BoostKind.EVERY:
            return f"{value} phút một lượt"


def exception_words(campaign: Campaign) -> tuple[str, ...]:
    """What its order leaves out, each in a sentence."""
    days = ", ".join(map(day_words, sorted(campaign.except_days)))
    only = ", ".join(map(day_words, sorted(campaign.dates)))
    hours = ", ".join(map(str, campaign.except_windows))
    told = (
        (f"Chỉ phát các ngày {only}.", campaign.dates),
        (f"Không phát các ngày {days}.", campaign.except_days),
        (f"Không phát trong giờ {hours}.", campaign.except_windows),
        (f"Mỗi lượt không quá {campaign.max_minutes} phút.", campaign.max_minutes),
    )
    return tuple(words for words, said in told if said)


class Standing(NamedTuple):
    """The first line of a campaign's page: its state, and what follows from it."""

    state: str
    kind: str
    """air | wait | off | done: how it is coloured."""
    words: str


def standing_of(services: Services, campaign: Campaign, place: str) -> Standing:
    """Made of rows: the next airing that is planned, whether its sound is approved, what waits for an answer."""
    state = CAMPAIGN_STATES[campaign.state]
    said = [services.announcements.get(one) for one in campaign.announcement_ids]
    approved = sum(one.state is AnnouncementState.APPROVED for one in said)
    is_approved = approved > 0
    match campaign.state:
        case CampaignState.STOPPED:
            return Standing(state, "done", "Không phát nữa. Muốn phát lại thì lưu với ngày mới.")
        case CampaignState.DRAFT:
            return _of_a_draft(services, campaign, state, is_approved=is_approved)
    if pauses_at(campaign, services.now()):
        return Standing("Đang tạm dừng", "wait", sentence("campaign_paused"))
    coming = [slot for _, slots in services.schedule_days.of_campaign(campaign.id) for slot in slots]
    if not is_approved:
        return Standing(f"{state}: chờ duyệt", "wait", "Bản tin chưa được duyệt nên chưa phát lượt nào.")
    if not coming:
        return Standing(state, "wait", "Chưa có lượt nào trong những ngày đã xếp lịch.")
    when = when_words(min(one.start for one in coming), services.now(), services.config.station.time_zone)
    last = day_words(campaign.end)
    ready = (
        "Bản tin đã duyệt." if approved == len(said) else f"Đã duyệt {approved} trên {len(said)} bản tin thay phiên."
    )
    return Standing(state, "air", f"Lượt kế tiếp: {when}, {place}. Phát đến hết {last}. {ready}")


def _of_a_draft(services: Services, campaign: Campaign, state: str, *, is_approved: bool) -> Standing:
    if campaign.dispatch_id and any(one.is_open for one in services.dispatches.doubts(campaign.dispatch_id)):
        return Standing(state, "wait", "Công văn còn chỗ chưa rõ: lưu lịch này, hoặc trả lời ở trang công văn.")
    if is_approved:
        return Standing(state, "wait", "Bản tin đã duyệt. Bấm “Lưu và phát theo lịch này” thì bắt đầu.")
    return Standing(f"{state}: chờ duyệt", "wait", "Lãnh đạo duyệt bản tin xong là phát theo lịch này.")


def plan_words(campaign: Campaign, *, counted: bool = True) -> str:
    """When and how often it airs, in one line; not `counted`: how often is still to be said."""
    often = amount_of(campaign, campaign.start) if counted else "số lượt chọn ở trên"
    if counted and campaign.phases:
        often = "; ".join(f"từ {day_words(one.start)}: {phase_words(one)}" for one in campaign.phases)
    hours = ", ".join(str(window) for window in campaign.windows)
    days = f"từ {day_words(campaign.start)} đến hết {day_words(campaign.end)}"
    return f"{often} · {hours} · {days}, {short_weekdays(sorted(campaign.weekdays))}"


def instant_words(instant: datetime, zone_name: str) -> str:
    """HH:MM dd/mm/yyyy on the station's clock."""
    return f"{instant.astimezone(ZoneInfo(zone_name)):%H:%M %d/%m/%Y}"


def halt_words(campaign: Campaign, zone_name: str) -> tuple[str, ...]:
    """When it pauses, has paused and stops, each in a sentence."""
    told: list[str] = []
    for pause in campaign.pauses:
        since = instant_words(pause.since, zone_name)
        told.append(
            f"Tạm dừng từ {since} đến {instant_words(pause.until, zone_name)}."
            if pause.until
            else f"Tạm dừng từ {since} cho đến khi phát tiếp."
        )
    if campaign.stopped_at:
        told.append(f"Dừng từ {instant_words(campaign.stopped_at, zone_name)}.")
    return tuple(told)


def collision_views(services: Services, campaign: Campaign | None = None) -> tuple[CollisionView, ...]:
    """The collisions of the days ahead, all or those of one campaign."""
    known = {one.id: one for one in services.campaigns.listed()}
    found = [one for one in services.campaigns.collisions() if campaign is None or campaign.id in one.campaign_ids]
    return tuple(_view(one, known) for one in found)


def _view(one: Collision, known: dict[int, Campaign]) -> CollisionView:
    lost = dict(one.lost)
    days = day_words(one.days[0])
    if len(one.days) > 1:
        days = f"{len(one.days)} ngày, từ {days}"
    return CollisionView(
        rows=tuple((each, known[each].title, lost.get(each, 0)) for each in one.campaign_ids),
        days=days,
        priority=PRIORITIES[known[one.campaign_ids[0]].priority],
        is_decided=one.is_decided,
    )
