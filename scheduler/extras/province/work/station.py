"""A bulletin of the province goes on the air by a person's order: its sound, else its words in a voice of this machine.

An emergency goes over everything. Anything else airs as exactly the sound that its leader has heard; nothing is spoken
for it here. What may be aired, and by whom, is the service's to say.
"""

from collections.abc import Callable

from scheduler.core.model import Person, Priority
from scheduler.extras.province.service.bulletins import ProvinceService
from scheduler.kernel.errors import Refused
from scheduler.station import Station

__all__ = ["air_by_order"]


def air_by_order(
    station: Station,
    actor: Person,
    inbox_id: int,
    sha256: str = "",
    *,
    heard: bool = False,
    prove: Callable[[], None] | None = None,
) -> str:
    """Air a bulletin of the province now (its slot's id): an emergency over everything, spoken here if need be; any
    other as exactly the sound `sha256` that the leader has heard. `prove` asks who it is. Raises Refused.
    """
    service = station.services.get(ProvinceService)
    row = service.airable(actor, inbox_id)
    if row.priority != Priority.EMERGENCY:
        return service.order_now(actor, row, sha256, heard=heard, prove=prove)
    bulletin = service.bulletin(row)
    clip = service.sound(row)
    if clip is None and not bulletin.words:
        raise Refused("province_no_sound")
    limit = station.config.speech.max_chars
    clip = clip or station.speak_now(actor, bulletin.title, bulletin.words, limit=limit)
    return service.order_emergency(actor, service.airable(actor, inbox_id), clip, prove=prove)
