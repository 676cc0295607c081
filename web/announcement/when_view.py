"""What the page says of a wished time: whether it can be, who gives way, other times, and the strip around it.

The verdict is the desk's dry run; here it gets its words and its places on a drawing. Asked while somebody types, so it
reads one day and draws little.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from scheduler.core.model import Announcement, Campaign, Person, Slot
from scheduler.core.planning.day_plan import Refusal
from scheduler.core.planning.make_up import MakeUp
from scheduler.core.planning.outlook_words import NamedMove, limit_words, move_words, when_words
from scheduler.core.words.wording import sentence, sentence_of
from scheduler.kernel.errors import Refused
from scheduler.services.announcement.submissions import SubmissionRequest
from scheduler.services.planning.rhythm_judge import JudgedRhythm, together
from scheduler.services.planning.time_judge import JudgedTime
from scheduler.services.planning.wished_days import DayVersion
from web.announcement.when_form import WhenForm, make_up_typed, wish_of, zones_of
from web.auth import services
from web.formats import day_words, end_as_shown, hour_minute, local, weekday_words

__all__ = ["Chip", "Strip", "Verdict", "first_free", "verdict_of"]

AHEAD = timedelta(minutes=30)
"""The first time that is offered leaves a leader so long to listen and approve."""
STEP = timedelta(minutes=15)
WIDTH, TOP, HEIGHT = 490, 20, 36
BEFORE, SPAN, TICK = timedelta(minutes=60), timedelta(minutes=150), timedelta(minutes=30)
LEAST_WIDTH = 5.0
FIELDS = {
    "add_time_missing": "luc", "time_invalid": "luc", "copy_no_time": "luc", "date_invalid": "ngay_khac",
    "no_windows": "buoi", "number_invalid": "luot",
}  # fmt: skip


class Chip(NamedTuple):
    """A time that works when it is pressed: its words, and what it puts into the fields."""

    word: str
    form: WhenForm
    is_after: bool = False
    """Right behind what stands in the way."""


class MadeUp(NamedTuple):
    """An airing that may give way: the words of its chip, what a press sends, and whether it is decided."""

    word: str
    value: str
    decided: bool


class Block(NamedTuple):
    """`kind`: fix, flex, me or bad."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Strip:
    """Two and a half hours around a start, in units of a drawing `WIDTH` wide."""

    ticks: tuple[tuple[float, str, str], ...]
    blocks: tuple[Block, ...]
    sign: tuple[float, str] | None
    at: str
    told: str
    """When others sound there, for who cannot see it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    ok: bool
    lead: str
    start: str = ""
    """The time that can be, in words; then there is no other lead."""
    rest: str = ""
    lines: tuple[str, ...] = ()
    chips: tuple[Chip, ...] = ()
    made_up: MadeUp | None = None
    strip: Strip | None = None
    bar: str = ""
    """What pressing the main button brings."""
    field: str = "luc"
    """The field that a refusal belongs to."""


def verdict_of(form: WhenForm, seen: Announcement, actor: Person, waiting: Sequence[Campaign]) -> Verdict:
    """What can be said of these fields; `seen` without a number is not kept yet, and its length a guess."""
    try:
        return _judged_wish(wish_of(form, seen, actor, waiting), form, seen, actor)
    except Refused as refused:
        typed = form.kind == "once" and refused.reason in FIELDS
        return Verdict(
            ok=False,
            lead=sentence_of(refused),
            chips=_ways_on(seen, actor, form) if typed else (),
            field=FIELDS.get(refused.reason, "luc"),
        )


def _ways_on(seen: Announcement, actor: Person, form: WhenForm) -> tuple[Chip, ...]:
    """Times that work, where none was typed that could be judged."""
    try:
        return _chips(first_judged(seen, actor, form), form)
    except Refused:
        return ()


def _judged_wish(wish: SubmissionRequest, form: WhenForm, seen: Announcement, actor: Person) -> Verdict:
    if wish.campaigns:
        return _of_rhythm(wish.campaigns, seen, running=False)
    if wish.at is None:
        return _of_soon(_soon(seen, wish.zones, actor))
    return _of_time(_judged(seen, wish.at, wish.zones, actor, wish.make_up), form)


def running_verdict(running: Sequence[Campaign], seen: Announcement) -> Verdict:
    """Of a bulletin whose campaigns run already: they say it again as soon as it is approved."""
    return _of_rhythm(running, seen, running=True)


def first_free(seen: Announcement, actor: Person) -> WhenForm:
    """The fields of the first time that is free and leaves a leader time to listen."""
    form = WhenForm()
    try:
        judged = first_judged(seen, actor, form)
    except Refused:
        return form
    times = [judged.start] if judged.refusal is None and not judged.moved else []
    later = [one for one in judged.choices if one >= judged.start]
    return WhenForm.at_time(next(iter([*times, *later, *judged.choices]), judged.start))


def first_judged(seen: Announcement, actor: Person, form: WhenForm) -> JudgedTime:
    """What comes of the first quarter of an hour that lies far enough ahead."""
    at = services().now() + AHEAD
    quarter = STEP.total_seconds()
    start = datetime.fromtimestamp(-(-at.timestamp() // quarter) * quarter, UTC)
    return _judged(seen, start, zones_of(form, actor), actor)


def _judged(
    seen: Announcement, at: datetime, zones: Sequence[str], actor: Person, make_up: MakeUp | None = None
) -> JudgedTime:
    if seen.id:
        return services().submissions.judge(actor, seen.id, at, zones, make_up)
    return services().schedule.judge.at(seen, at, zones, actor, make_up=make_up)


def _soon(seen: Announcement, zones: Sequence[str], actor: Person) -> datetime | None:
    if seen.id:
        return services().submissions.soon(actor, seen.id, zones)
    return services().schedule.judge.soon(seen, zones, actor)


# One time


def _of_time(judged: JudgedTime, form: WhenForm) -> Verdict:
    chips, strip = _chips(judged, form), _strip_of(judged)
    if judged.refusal is not None:
        told = sentence_of(judged.refusal)
        return Verdict(ok=False, lead=told, chips=chips, made_up=_made_up(judged), strip=strip)
    when, by = _when(judged.start), _latest(judged.start)
    return Verdict(
        ok=True,
        lead="",
        start=when,
        rest=f"Nói xong lúc {hour_minute(end_as_shown(judged.start, judged.end))}.",
        lines=_moves(judged.moves),
        chips=chips,
        made_up=_made_up(judged),
        strip=strip,
        bar=f"Duyệt trước {by} thì phát đúng {when}; muộn hơn, máy sẽ hỏi lại giờ.",
    )


def _made_up(judged: JudgedTime) -> MadeUp | None:
    found = judged.make_up
    return MadeUp(_when(found.at), make_up_typed(found.decision), judged.refusal is None) if found else None


def _of_soon(start: datetime | None) -> Verdict:
    if start is None:
        return Verdict(ok=False, lead=sentence("no_room"))
    when = _when(start)
    return Verdict(
        ok=True,
        lead=f"Duyệt ngay bây giờ thì phát lúc {when}.",
        rest="Duyệt lúc nào, máy chọn lúc trống đầu tiên sau đó, ngoài giờ yên tĩnh.",
        bar="Duyệt xong, loa phát vào lúc trống đầu tiên.",
    )


def _chips(judged: JudgedTime, form: WhenForm) -> tuple[Chip, ...]:
    found = []
    for one in judged.choices:
        word = hour_minute(one) if local(one).date() == local(judged.start).date() else _when(one)
        found.append(Chip(word, WhenForm.at_time(one, form.zones), is_after=one == judged.after))
    return tuple(found)


# Every day, or by campaigns


def _of_rhythm(campaigns: Sequence[Campaign], seen: Announcement, *, running: bool) -> Verdict:
    if not seen.id:
        return Verdict(ok=False, lead="Viết xong nội dung thì máy xếp được giờ.", field="text")
    judged = together([services().submissions.judge_rhythm(one) for one in campaigns])
    if judged.refusal is not None or judged.first is None or judged.last_day is None:
        return Verdict(ok=False, lead=_why(judged.refusal), field="buoi")
    when, by, last = _when(judged.first), _latest(judged.first), judged.last_day
    last_told = f"{weekday_words(day_words(last))} {last:%d/%m}"
    return Verdict(
        ok=True,
        lead=f"Lượt đầu: {when}.",
        rest="Đợt đang chạy, duyệt xong là phát tiếp."
        if running
        else f"Cả đợt {judged.airings} lượt, đến hết {last_told}.",
        lines=(*_next_day_lines(judged), *_moves(judged.moved), *limit_words(judged.lost, judged.looked_until)),
        strip=_rhythm_strip(judged, judged.first),
        bar=f"Duyệt trước {by} thì lượt đầu phát {when}; đợt chạy ngay khi duyệt.",
    )


def _next_day_lines(told: JudgedRhythm) -> list[str]:
    """When it sounds on the day behind the first."""
    following = [one for one in told.days if told.first and one.day > local(told.first).date() and one.starts]
    if not following:
        return []
    times = ", ".join(hour_minute(start) for start in following[0].starts)
    return [f"Ngày sau: {times}."]


def _why(refusal: Refusal | None) -> str:
    return sentence_of(refusal) if refusal else sentence("no_windows")


# Words and places


def _moves(moved: Iterable[NamedMove]) -> tuple[str, ...]:
    now, zone_name = services().now(), services().config.station.time_zone
    lines = [move_words(one, now, zone_name) for one in moved]
    return tuple(lines[:2]) + ((f"và {len(lines) - 2} lượt khác nhường chỗ.",) if len(lines) > 2 else ())  # noqa: PLR2004 - two lines have room


def _latest(start: datetime) -> str:
    """Until when an approval still brings this start."""
    now = services().now()
    by = (start - (services().campaigns.days.not_before() - now)).replace(second=0, microsecond=0)
    return _when(by) if local(by).date() != local(now).date() else hour_minute(by)


def _when(at: datetime) -> str:
    return when_words(at, services().now(), services().config.station.time_zone)


def _strip_of(judged: JudgedTime) -> Strip:
    moved = {one.slot.id: one.now for one in judged.verdict.moved}
    gone = judged.make_up.lost.id if judged.make_up and judged.refusal is None else ""
    others = [replace(one, start=moved.get(one.id, one.start)) for one in judged.known.slots if one.id != gone]
    kind = "me" if judged.refusal is None else "bad"
    sign = hour_minute(judged.start) if judged.refusal is None else "không được"
    return _drawn(judged.known, others, [(kind, judged.start, judged.end)], sign)


def _rhythm_strip(told: JudgedRhythm, first: datetime) -> Strip:
    day = local(first).date()
    known = services().schedule.judge.version(day)
    starts = next((one.starts for one in told.days if first in one.starts), (first,))
    mine = [("me", one, one + timedelta(minutes=1)) for one in starts]
    return _drawn(known, known.slots, mine, hour_minute(first))


def _drawn(
    known: DayVersion, others: Sequence[Slot], mine: Sequence[tuple[str, datetime, datetime]], sign: str
) -> Strip:
    wished = mine[0][1]
    half = TICK.total_seconds()
    low = datetime.fromtimestamp((wished - BEFORE).timestamp() // half * half, UTC)
    pinned = {pin.placed_on(known.day) for pin in known.pins}

    def x(at: datetime) -> float:
        return round((at - low) / SPAN * WIDTH, 1)

    rows: list[tuple[str, datetime, datetime]] = [
        ("fix" if one.campaign_id is None or one.id in pinned else "flex", one.start, one.end)
        for one in others
        if one.outcome is None
    ]
    shown = [one for one in [*rows, *mine] if one[2] > low and one[1] < low + SPAN]
    blocks = [Block(kind, max(0.0, x(start)), max(LEAST_WIDTH, x(end) - x(start))) for kind, start, end in shown]
    ticks = []
    for number in range(6):
        at = low + number * TICK
        anchor = {0: "start", 5: "end"}.get(number, "middle")
        ticks.append((x(at), hour_minute(at), anchor))
    others_at = sorted(start for kind, start, _ in shown if kind in {"fix", "flex"})
    told = ", ".join(map(hour_minute, others_at))
    middle = min(max(x(wished), 30.0), WIDTH - 30.0)
    return Strip(tuple(ticks), tuple(blocks), (middle, sign), hour_minute(wished), told)
