"""What an approval would bring, as the leader's sheet says it: when, where, who gives way, and what must be chosen.

And what it has brought, read back from the rows. Words and fields of a form; what is offered is the service's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from flask import request

from scheduler.core.model import Announcement, AnnouncementState, Role
from scheduler.core.planning.make_up import MakeUp
from scheduler.core.planning.outlook_words import limit_words, move_words, when_words, where_words
from scheduler.core.planning.submission import Lateness, Submission, SubmissionKind, SubmissionState
from scheduler.core.words.wording import sentence, sentence_of
from scheduler.kernel.errors import Refused
from scheduler.services.announcement.submissions import Offer
from web.announcement.when_form import make_up_of, make_up_typed
from web.auth import services
from web.formats import long_text, today
from web.words.campaign_words import amount_of

__all__ = [
    "OfferView",
    "asked_words",
    "make_up_chosen",
    "missing_words",
    "moment_words",
    "offer_view",
    "result_view",
    "rhythm_of",
    "sent_at",
    "time_typed",
    "wish_words",
]

MOST_DIGITS = 12
MOST_CAMPAIGNS = 5
MOST_NAMED = 3
MINUTES = 60


class MadeUpChoice(NamedTuple):
    """The wished time after all: an airing gives way to it and is made up. `value`: what a press sends."""

    when: str
    word: str
    value: str


@dataclass(frozen=True, slots=True)
class OfferView:
    when: str
    """When it sounds if the button is pressed; empty where a time must be chosen."""
    where: str
    is_once: bool
    why: str
    """What stands against the wish: it is late, or its time is free no more."""
    moved: tuple[str, ...]
    start: int | None
    """To be sent with the approval, in seconds: the leader has it before their eyes. None = what was asked for."""
    choices: tuple[tuple[int, str], ...]
    """Times to choose from."""
    made_up: MadeUpChoice | None = None
    missing: str = ""
    """What would keep it from sounding at this moment, in words."""


def offer_view(announcement_id: int) -> OfferView | None:
    """None where nothing was asked for."""
    offer = services().submissions.offer(announcement_id)
    if offer is None:
        return None
    where = where_words(offer.submission.zones, services().config.zone_names)
    if offer.rhythm is not None:
        first = offer.rhythm.first
        why = "" if first else _why(offer)
        return OfferView(
            moment_words(first),
            where,
            is_once=False,
            why=why,
            moved=_moves(offer),
            start=None,
            choices=(),
            missing=missing_words(offer.submission.zones),
        )
    late = offer.lateness is not Lateness.IN_TIME
    choices = tuple((_seconds(one), moment_words(one)) for one in offer.choices) if late or offer.start is None else ()
    return OfferView(
        moment_words(offer.start),
        where,
        is_once=True,
        why=_why(offer) if late or offer.start is None else "",
        moved=() if late else _moves(offer),
        start=_seconds(offer.start) if late and offer.start else None,
        choices=choices,
        made_up=_made_up(offer),
        missing=missing_words(offer.submission.zones),
    )


def missing_words(zones: Sequence[str]) -> str:
    """What would keep an airing in these zones from sounding at this moment; empty = nothing."""
    causes = services().outlook.missing(zones)
    return sentence_of(causes[0]) if causes else ""


def _made_up(offer: Offer) -> MadeUpChoice | None:
    """What can be decided of a time that is refused; it is named only where it is not past."""
    judged = offer.judged
    if judged is None or judged.refusal is None or judged.make_up is None or offer.lateness is not Lateness.IN_TIME:
        return None
    value = f"{_seconds(judged.start)}+{make_up_typed(judged.make_up.decision)}"
    return MadeUpChoice(moment_words(judged.start), moment_words(judged.make_up.at), value)


def asked_words(announcement_id: int) -> str:
    """When it is to air, as its writer has asked; empty where only its campaigns say it, or nothing does."""
    asked = _open(announcement_id)
    return moment_words(asked.at) if asked else ""


def wish_words(announcement_id: int) -> dict[str, str] | None:
    """When and where what waits is to air once; no `when`: as soon as it is approved. None = no such wish."""
    asked = _open(announcement_id)
    if asked is None or asked.kind is SubmissionKind.RHYTHM:
        return None
    return {"when": moment_words(asked.at), "where": where_words(asked.zones, services().config.zone_names)}


def sent_at(announcement_id: int) -> datetime | None:
    """When it was handed in together with its wish."""
    asked = _open(announcement_id)
    return asked.created_at if asked else None


def _open(announcement_id: int) -> Submission | None:
    asked = services().submissions.of(announcement_id)
    return asked if asked and asked.state is SubmissionState.OPEN else None


def rhythm_of(seen: Announcement) -> list[dict[str, Any]]:
    """Campaigns that say it: how often, when, until when."""
    found = [one for one in services().campaigns.listed() if seen.id in one.announcement_ids]
    return [{"campaign": one, "amount": amount_of(one, today())} for one in found[:MOST_CAMPAIGNS]]


def result_view(seen: Announcement) -> dict[str, Any]:
    """What has become of a decided announcement, from the rows as they are at this moment."""
    outlook = services().outlook.of(seen.id) if seen.state is AnnouncementState.APPROVED else None
    left = outlook.start - outlook.now if outlook and outlook.start else None
    people = services().people.listed()
    menders = [one.name for one in people if one.active and one.role is Role.TECHNICIAN]
    return {
        "outlook": outlook,
        "left": left_words(left) if left and left > timedelta(0) else "",
        "menders": menders[:MOST_NAMED],
        "decision": services().announcements.last_decision(seen.id),
    }


def left_words(left: timedelta) -> str:
    """How long until then, in whole minutes: "2 giờ 18 phút"; under one, "chưa đầy 1 phút"."""
    minutes = left // timedelta(minutes=1)
    if not minutes:
        return "chưa đầy 1 phút"
    return long_text(minutes * 60_000) if minutes >= MINUTES else f"{minutes} phút"


def time_typed() -> datetime | None:
    """The start that the page sent. Raises Refused instant_invalid."""
    typed = request.form.get("luc", "").strip().partition("+")[0]
    if not typed:
        return None
    if not typed.isdecimal() or len(typed) > MOST_DIGITS:
        raise Refused("instant_invalid", value=typed[:20])
    return datetime.fromtimestamp(int(typed), UTC)


def make_up_chosen() -> MakeUp | None:
    """With that start: which airing gives way to it, and when it is made up."""
    return make_up_of(request.form.get("luc", "").strip().partition("+")[2])


def _moves(offer: Offer) -> tuple[str, ...]:
    moved, limits = offer.judged.moves if offer.judged else (), offer.rhythm
    moved = limits.moved if limits else moved
    now, zone_name = services().now(), services().config.station.time_zone
    told = tuple(move_words(one, now, zone_name) for one in moved)
    return told + (limit_words(limits.lost, limits.looked_until) if limits and not limits.refusal else ())


def _why(offer: Offer) -> str:
    """Why it cannot be as it was asked for."""
    asked = offer.submission.at
    if offer.lateness is not Lateness.IN_TIME and asked is not None:
        if offer.lateness is Lateness.LATE and offer.start is not None:
            return sentence("approved_late", {"at": moment_words(asked), "next": moment_words(offer.start)})
        return sentence("approved_too_late", {"at": moment_words(asked)})
    judged = offer.judged or offer.rhythm
    refusal = judged.refusal if judged else None
    return sentence_of(refusal) if refusal else sentence("no_room")


def moment_words(at: datetime | None) -> str:
    """An instant in words, as seen from now; empty where there is none."""
    return when_words(at, services().now(), services().config.station.time_zone) if at else ""


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
