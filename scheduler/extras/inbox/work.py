"""What came from outside goes on the air: its own sound, else its words in a voice of this machine, at once.

By rule in its sender's name, or by a person's order. A sound that has not come is not waited for where there are words;
what cannot be aired goes to the inbox with the reason, so that a person hears of it. It decides nothing: the inbox
does, and playout's gate has the last word.
"""

import logging
from collections.abc import Callable

from scheduler.core.announcement.kept import StoredClip
from scheduler.core.model import Person, Trigger
from scheduler.extras.inbox.rules import RowT
from scheduler.extras.inbox.service.inbox import Inbox
from scheduler.extras.inbox.service.pipeline import BROKEN
from scheduler.kernel.errors import LoaError, Refused
from scheduler.station import Station

__all__ = ["air_by_order", "air_by_rule"]

log = logging.getLogger(__name__)


def air_by_rule(
    station: Station, inbox: Inbox[RowT], row: RowT, fetch: Callable[[RowT], StoredClip | None] = lambda _: None
) -> str | None:
    """Air one row of `Inbox.to_air` (its slot's id); None = not now: a person, or the next turn, has it.

    `fetch`: how its own sound is fetched at once, where that can be.
    """
    issuer = inbox.adapter.issuer(row)
    try:
        clip = inbox.sound(row) or fetch(row) or _words(station, inbox, issuer, row)
        if clip is None:
            return None
        seen = inbox.get(row.id)
        if (seen.state, seen.way) != (row.state, row.way):  # while a voice spoke, somebody else has decided
            return None
        slot_id = _order(station, inbox, issuer, seen, clip, None)
    except LoaError as error:
        log.error("%s is not aired: %s", row.name, error)  # noqa: TRY400 - a sentence
        _give_back(inbox, row, error if isinstance(error, Refused) else Refused("no_voice", why=str(error)))
        return None
    except BROKEN:  # a person must hear of it, whatever it was
        log.exception("%s is not aired", row.name)
        _give_back(inbox, row, Refused("job_failed"))
        return None
    log.warning("%s of %s is on its way: slot %s", row.name, issuer.name, slot_id)
    return slot_id


def _give_back(inbox: Inbox[RowT], row: RowT, refused: Refused) -> None:
    seen = inbox.get(row.id)
    if (seen.state, seen.way) == (row.state, row.way):
        inbox.adapter.give_back(seen, refused)


def _words(station: Station, inbox: Inbox[RowT], issuer: Person, row: RowT) -> StoredClip | None:
    """Its words; None = it has none, and its own sound may still come."""
    if inbox.offer(row).text.strip():
        return _spoken(station, inbox, issuer, row)
    if lost := inbox.adapter.lost(inbox.get(row.id)):
        raise lost
    return None


def _spoken(station: Station, inbox: Inbox[RowT], actor: Person, row: RowT) -> StoredClip:
    offer = inbox.offer(row)
    if not offer.text.strip():
        raise Refused(inbox.adapter.reasons.no_sound)
    return station.speak_now(actor, row.title, offer.text, limit=station.config.speech.max_chars)


def air_by_order(
    station: Station,
    inbox: Inbox[RowT],
    actor: Person,
    inbox_id: int,
    sha256: str = "",
    *,
    heard: bool = False,
    prove: Callable[[], None] | None = None,
) -> str:
    """Air something now (its slot's id): an emergency over everything, a drill the drill's way, any other as exactly
    the sound `sha256` that the leader has heard. `prove` asks who it is. Raises Refused.
    """
    row = inbox.airable(actor, inbox_id)
    if inbox.adapter.trigger(row) is Trigger.MANUAL:
        return inbox.order_now(actor, row, sha256, heard=heard, prove=prove)
    clip = inbox.sound(row) or _spoken(station, inbox, actor, row)
    return _order(station, inbox, actor, inbox.airable(actor, inbox_id), clip, prove)


def _order(
    station: Station,
    inbox: Inbox[RowT],
    actor: Person,
    row: RowT,
    clip: StoredClip,
    prove: Callable[[], None] | None,
) -> str:
    words = None
    if inbox.adapter.trigger(row) is Trigger.DRILL:
        config = station.config
        words = station.speak_now(actor, "Diễn tập", config.emergency.drill_words, limit=config.speech.max_chars)
    return inbox.order(actor, row, clip, words=words, prove=prove)
