"""An emergency of the town goes on the air: its sound, else its words in a voice of this machine, at once.

By rule in its issuer's name, or by a person's order. A recording that has not come is not waited for where there are
words; what cannot be aired goes to the inbox with the reason, so that a person hears of it.
"""

import logging
from collections.abc import Callable

from scheduler.core.announcement.clips import StoredClip
from scheduler.core.model import Person
from scheduler.extras.town.rows.town import TownRow
from scheduler.extras.town.rules.envelope import Status
from scheduler.extras.town.service.inbox import is_urgent
from scheduler.extras.town.service.town import TownService
from scheduler.kernel.errors import LoaError, Refused
from scheduler.station import Station

__all__ = ["air_by_order", "air_by_rule"]

log = logging.getLogger(__name__)

_BROKEN = (ArithmeticError, LookupError, TypeError, ValueError)
"""What a value nobody has thought of may raise: a person must hear of it, whatever it was."""


def air_by_rule(station: Station, row: TownRow) -> str | None:
    """Air one row of `TownService.to_air` (its slot's id); None = not now: the inbox or the next turn has it."""
    service = station.services.get(TownService)
    issuer = station.parts.people.get(row.issuer_id)
    try:
        clip = _clip(station, issuer, row)
        if clip is None:
            return None
        row = service.inbox.get(row.id)
        if row.state != "preparing":  # while a voice spoke, somebody else has decided
            return None
        slot_id = _order(station, issuer, row, clip, lambda: None)
    except LoaError as error:
        log.error("issue %s is not aired: %s", row.issue_id, error)  # noqa: TRY400 - a sentence
        refused = error if isinstance(error, Refused) else Refused("no_voice", why=str(error))
        service.work.give_back(service.inbox.get(row.id), refused)
        return None
    except _BROKEN:
        log.exception("issue %s is not aired", row.issue_id)
        service.work.give_back(service.inbox.get(row.id), Refused("job_failed"))
        return None
    log.warning("issue %s of %s is on its way: slot %s", row.issue_id, issuer.name, slot_id)
    return slot_id


def air_by_order(
    station: Station,
    actor: Person,
    inbox_id: int,
    sha256: str = "",
    *,
    heard: bool = False,
    prove: Callable[[], None] = lambda: None,
) -> str:
    """Air an issue of the town now (its slot's id): an emergency over everything, a drill the drill's way, any other as
    exactly the sound `sha256` that the leader has heard. `prove` asks who it is. Raises Refused.
    """
    inbox = station.services.get(TownService).inbox
    row = inbox.airable(actor, inbox_id)
    if not is_urgent(row) and row.status == Status.ACTUAL:
        return inbox.order_now(actor, row, sha256, heard=heard, prove=prove)
    clip = inbox.sound(row) or _spoken(station, actor, row)
    return _order(station, actor, inbox.airable(actor, inbox_id), clip, prove)


def _order(station: Station, actor: Person, row: TownRow, clip: StoredClip, prove: Callable[[], None]) -> str:
    inbox = station.services.get(TownService).inbox
    if row.status == Status.ACTUAL:
        return inbox.order_emergency(actor, row, clip, prove=prove)
    config = station.config
    words = station.speak_now(actor, "Diễn tập", config.emergency.drill_words, limit=config.speech.max_chars)
    return inbox.order_drill(actor, row, clip, words, prove=prove)


def _clip(station: Station, issuer: Person, row: TownRow) -> StoredClip | None:
    """Its own sound if it is here, else its words; None = it has no words, and its sound may still come."""
    service = station.services.get(TownService)
    if clip := service.inbox.sound(row):
        return clip
    if not service.inbox.envelope(row).text.strip():
        if refused := service.clips.hopeless(row.clip_sha256):
            raise refused
        return None
    return _spoken(station, issuer, row)


def _spoken(station: Station, actor: Person, row: TownRow) -> StoredClip:
    envelope = station.services.get(TownService).inbox.envelope(row)
    if not envelope.text.strip():
        raise Refused("town_no_sound")
    return station.speak_now(actor, row.title, envelope.text, limit=station.config.speech.max_chars)
