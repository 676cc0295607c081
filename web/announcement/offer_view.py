"""What an approval would bring, as the leader's sheet says it: when, where, who gives way, and what must be chosen.

Words and fields of a form; what is offered is the service's.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import request

from scheduler.core.planning.outlook_words import when_words, where_words
from scheduler.core.planning.submission import Lateness
from scheduler.core.words.wording import sentence
from scheduler.kernel.errors import Refused
from scheduler.services.announcement.submissions import Offer
from web.auth import services

__all__ = ["OfferView", "offer_view", "time_typed"]

MOST_DIGITS = 12


@dataclass(frozen=True, slots=True)
class OfferView:
    said: str
    """When, where: what pressing the button brings."""
    where: str
    moved: tuple[str, ...]
    start: int | None
    """To be sent with the approval, in seconds: the leader has it before their eyes. None = what was asked for."""
    choices: tuple[tuple[int, str], ...]
    """Times to choose from, where one must be chosen."""
    button: str


def offer_view(announcement_id: int) -> OfferView | None:
    """None where nothing was asked for."""
    offer = services().submissions.offer(announcement_id)
    if offer is None:
        return None
    where = where_words(offer.submission.zones, services().config.zone_names)
    if offer.rhythm is not None:
        first = offer.rhythm.first
        said = f"Lượt đầu: {_when(first)}." if first else _why(offer)
        return OfferView(said, where, _moves(offer), None, (), "Duyệt cho phát")
    if offer.start is None:
        choices = tuple((_seconds(one), _when(one)) for one in offer.choices)
        return OfferView(_why(offer), where, (), None, choices, "Duyệt, phát vào giờ đã chọn")
    when = _when(offer.start)
    late = offer.lateness is Lateness.LATE and offer.submission.at is not None
    said = sentence("approved_late", {"at": _when(offer.submission.at), "next": when}) if late else when
    start = _seconds(offer.start) if late else None
    return OfferView(said, where, () if late else _moves(offer), start, (), f"Duyệt, phát {when}")


def time_typed() -> datetime | None:
    """The start that the page sent. Raises Refused instant_invalid."""
    typed = request.form.get("luc", "").strip()
    if not typed:
        return None
    if not typed.isdecimal() or len(typed) > MOST_DIGITS:
        raise Refused("instant_invalid", value=typed[:20])
    return datetime.fromtimestamp(int(typed), UTC)


def _moves(offer: Offer) -> tuple[str, ...]:
    judged = offer.judged or offer.rhythm
    moved = judged.moved if judged else ()
    return tuple(f"“{one.title}” dời từ {_when(one.was)} sang {_when(one.now)}." for one in moved)


def _why(offer: Offer) -> str:
    """Why it cannot be as it was asked for."""
    if offer.lateness is Lateness.TOO_LATE and offer.submission.at is not None:
        return sentence("approved_too_late", {"at": _when(offer.submission.at)})
    judged = offer.judged or offer.rhythm
    refusal = judged.refusal if judged else None
    return sentence(refusal.reason, refusal.details) if refusal else sentence("no_room")


def _when(at: datetime | None) -> str:
    return when_words(at, services().now(), services().config.station.time_zone) if at else ""


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
