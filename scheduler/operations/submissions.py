"""Đề nghị phát: judge a wished time or rhythm, hand an announcement in with it, and tell what is to come of it.

Each operation is one act of a service. Approval itself is `announcements`'; nothing here decides or plans.
"""

from typing import Annotated

from msgspec import Meta

from scheduler.core.planning.day_plan import Refusal
from scheduler.core.planning.outlook_words import NamedMove
from scheduler.core.planning.submission import Lateness, SubmissionKind
from scheduler.core.words.wording import sentence, sentence_of
from scheduler.kernel.errors import Refused
from scheduler.operations.requests import CampaignIn, GivesWay, MadeUpAt, instant_of, make_up_of
from scheduler.operations.schemas import At, Count, Day, Id, Record, Request, SlotId, Zone
from scheduler.operations.serializers import Outlook, instant, to_outlook
from scheduler.operations.table import Answer, Call, Command, Subject
from scheduler.services.announcement.submissions import SubmissionRequest
from scheduler.services.planning.make_ups import JudgedMakeUp
from scheduler.services.planning.rhythm_judge import JudgedRhythm
from scheduler.services.planning.time_judge import JudgedTime

subject = Subject("submissions", "Đề nghị phát: an announcement with when and where, handed in and approved as one.")

ONE = "/announcements/{announcement_id}"
Zones = Annotated[tuple[Zone, ...], Meta(max_length=50)]


class TimeIn(Request, frozen=True):
    at: At
    zone: Zone = "all"
    gives_way: GivesWay = None
    made_up_at: MadeUpAt = None


class SubmissionIn(Request, frozen=True):
    """`at` = once; `campaigns` = by a rhythm, one for each zone; neither = as soon as it is approved."""

    at: At | None = None
    zones: Zones = ("all",)
    campaigns: Annotated[tuple[CampaignIn, ...], Meta(max_length=50)] = ()
    gives_way: GivesWay = None
    made_up_at: MadeUpAt = None


class ZoneQuery(Request, frozen=True):
    zone: Zone = "all"


class Moved(Record, frozen=True):
    title: str
    was: At
    now: At


class MadeUp(Record, frozen=True):
    gives_way: SlotId
    title: str
    was: At
    made_up_at: At


class TimeVerdict(Record, frozen=True):
    fits: bool
    start: At
    end: At
    reason: str
    sentence: str
    moved: list[Moved]
    choices: Annotated[list[At], Meta(description="Other starts that work when they are taken.")]
    make_up: Annotated[
        MadeUp | None,
        Meta(description="Who gives way and when that is made up; where it does not fit, what can be decided."),
    ]


class RhythmDay(Record, frozen=True):
    day: Day
    starts: list[At]
    ordered: Count


class RhythmVerdict(Record, frozen=True):
    fits: bool
    reason: str
    sentence: str
    first: At | None
    airings: Annotated[Count, Meta(description="Of all its days, as ordered.")]
    last_day: Day | None
    days: list[RhythmDay]
    moved: Annotated[list[Moved], Meta(description="Who gives way on `days`; later days are not looked at.")]
    lost: Annotated[list[str], Meta(description="Titles of what finds no place any more on these days.")]


class Soonest(Record, frozen=True):
    start: At | None


class Offer(Record, frozen=True):
    kind: SubmissionKind
    at: At | None
    zones: list[str]
    start: Annotated[At | None, Meta(description="When it would sound if it were approved now; null = choose.")]
    lateness: Lateness
    time: TimeVerdict | None
    rhythm: RhythmVerdict | None


class Submitted(Record, frozen=True):
    submission_id: Id
    offer: Offer | None


def _describe(_: TimeIn | None, verdict: TimeVerdict) -> str:
    """As the terminal says it."""
    others = ", ".join(f"{one:%H:%M %d/%m}" for one in verdict.choices)
    moved = "".join(f" “{one.title}” dời từ {one.was:%H:%M} sang {one.now:%H:%M}." for one in verdict.moved)
    said = f"{verdict.start:%H:%M %d/%m} phát được." if verdict.fits else verdict.sentence
    if one := verdict.make_up:
        moved += f" “{one.title}” lúc {one.was:%H:%M} nhường chỗ, bù được lúc {one.made_up_at:%H:%M %d/%m}:"
        moved += f' --gives-way {one.gives_way} --made-up-at "{one.made_up_at:%H:%M %d/%m/%Y}".'
    return f"{said}{moved} Giờ khác còn trống: {others}." if others else f"{said}{moved}"


@subject.post(f"{ONE}/judge", may="plan", keyed=False, command=Command("announcement judge", _describe))
def judge(call: Call, announcement_id: Id, body: TimeIn) -> Answer[TimeVerdict]:
    """What comes of a wished start: free, who gives way, or why not; and other times that work."""
    instant_of(body.at)
    make_up = make_up_of(body.gives_way, body.made_up_at)
    found = call.services.submissions.judge(call.actor, announcement_id, body.at, (body.zone,), make_up)
    return Answer(_time(call, found))


@subject.get(f"{ONE}/soonest", may="plan")
def soonest(call: Call, announcement_id: Id, query: ZoneQuery) -> Answer[Soonest]:
    """Ngay khi duyệt: when it would sound if it were approved now."""
    start = call.services.submissions.soon(call.actor, announcement_id, (query.zone,))
    return Answer(Soonest(instant(call, start) if start else None))


@subject.post("/campaigns/judge", may="plan", keyed=False)
def judge_rhythm(call: Call, body: CampaignIn) -> Answer[RhythmVerdict]:
    """What comes of a rhythm if its announcement were approved now: first airing, number, last day, who gives way."""
    return Answer(_rhythm(call, call.services.submissions.judge_rhythm(body.campaign())))


@subject.post(f"{ONE}/submissions", may="submit", status=201)
def submit(call: Call, announcement_id: Id, body: SubmissionIn) -> Answer[Submitted]:
    """Hand it to the leader with when and where; its approval plans it in the same transaction."""
    instant_of(body.at)
    if body.at is not None and body.campaigns:
        raise Refused("instant_invalid", value=body.at.isoformat())
    campaigns = tuple(one.campaign() for one in body.campaigns)
    make_up = make_up_of(body.gives_way, body.made_up_at)
    number = call.services.submissions.submit(
        call.actor, announcement_id, SubmissionRequest(body.at, campaigns, body.zones, make_up)
    )
    return Answer(Submitted(number, _offer(call, announcement_id)), location=f"/api/v1/announcements/{announcement_id}")


class Offered(Record, frozen=True):
    offer: Offer | None
    mark: Annotated[str, Meta(description="Of what an approval would say yes to; hand it back with the approval.")]


def _describe_offer(_: None, told: Offered) -> str:
    """As the terminal says it, with the mark that its approval can name."""
    one = told.offer
    if one is None:
        said = "Không có đề nghị phát nào đi kèm."
    elif (rhythm := one.rhythm) is not None:
        said = f"Lượt đầu: {rhythm.first:%H:%M %d/%m}." if rhythm.fits and rhythm.first else rhythm.sentence
    else:
        said = _describe(None, one.time) if one.time else sentence("no_room")
    return f"{said}\n--mark {told.mark}"


@subject.get(f"{ONE}/offer", may="see", command=Command("announcement offer", _describe_offer))
def offer(call: Call, announcement_id: Id) -> Answer[Offered]:
    """What its approval would bring at this moment; null = nothing was asked for with it."""
    call.services.announcements.get(announcement_id)
    return Answer(Offered(_offer(call, announcement_id), call.services.submissions.mark(announcement_id)))


@subject.get(f"{ONE}/outlook", may="see", command=Command("announcement outlook", "{sentence}"))
def outlook(call: Call, announcement_id: Id) -> Answer[Outlook]:
    """What is to come of it, from the planned rows, its file, the outputs and playout's last word."""
    return Answer(to_outlook(call, call.services.outlook.of(announcement_id)))


def _offer(call: Call, announcement_id: int) -> Offer | None:
    found = call.services.submissions.offer(announcement_id)
    if found is None:
        return None
    asked = found.submission
    return Offer(
        asked.kind,
        instant(call, asked.at) if asked.at else None,
        list(asked.zones),
        instant(call, found.start) if found.start else None,
        found.lateness,
        _time(call, found.judged) if found.judged else None,
        _rhythm(call, found.rhythm) if found.rhythm else None,
    )


def _time(call: Call, found: JudgedTime) -> TimeVerdict:
    return TimeVerdict(
        found.refusal is None,
        instant(call, found.start),
        instant(call, found.end),
        *_why(found.refusal),
        [_moved(call, one) for one in found.moved],
        [instant(call, one) for one in found.choices],
        _made_up(call, found.make_up) if found.make_up else None,
    )


def _made_up(call: Call, one: JudgedMakeUp) -> MadeUp:
    return MadeUp(one.lost.id, one.title, instant(call, one.lost.start), instant(call, one.at))


def _rhythm(call: Call, found: JudgedRhythm) -> RhythmVerdict:
    return RhythmVerdict(
        found.refusal is None,
        *_why(found.refusal),
        instant(call, found.first) if found.first else None,
        found.airings,
        found.last_day,
        [RhythmDay(one.day, [instant(call, at) for at in one.starts], one.ordered) for one in found.days],
        [_moved(call, one) for one in found.moved],
        list(found.lost),
    )


def _why(refusal: Refusal | None) -> tuple[str, str]:
    return (refusal.reason, sentence_of(refusal)) if refusal else ("", "")


def _moved(call: Call, one: NamedMove) -> Moved:
    return Moved(one.title, instant(call, one.was), instant(call, one.now))
