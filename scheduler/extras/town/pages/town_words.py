"""The words of Từ cấp trên: what taking an issue is called, and what a proposal says.

Tables and their use; nothing is decided here.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scheduler.core.model import Campaign, Phase
from scheduler.extras.town.keys import TownConfig
from scheduler.extras.town.rules.bodies import Proposal, read_campaign, read_caps, read_groups, read_lexicon
from scheduler.extras.town.rules.envelope import Envelope, Kind
from scheduler.kernel.errors import Refused
from scheduler.kernel.words import Words
from scheduler.services.station.settings import setting_word
from web.auth import services
from web.formats import WEEKDAYS, day_words, decimal
from web.words.campaign_words import amount_of, exception_words, phase_words

__all__ = ["NOTICES", "TAKE", "proposed"]

NOTICES = Words(Path(__file__).parents[1], "notices", str)
TAKE = Words(Path(__file__).parents[1], "take", str)
"""What taking an issue is called, by its kind."""


def proposed(envelope: Envelope) -> list[tuple[str, str]]:
    """What a proposal says, as pairs of a name and its words; nothing where it is an announcement."""
    try:
        match envelope.kind:
            case Kind.CAMPAIGN:
                return list(_campaign(read_campaign(envelope)))
            case Kind.CAPS:
                return [(setting_word(key), _value(value)) for key, value in read_caps(envelope).items()]
            case Kind.GROUPS:
                told = read_groups(envelope, services().config.get(TownConfig).ward_id)
                return [("Các nhóm", ", ".join(told) or "không có")]
            case Kind.LEXICON:
                toml, version = read_lexicon(envelope)
                return [("Phiên bản", version or "–"), ("Số mục", str(toml.count("[[entry]]")))]
    except Refused:
        return []
    return []


def _campaign(proposal: Proposal) -> Iterator[tuple[str, str]]:
    order = proposal.order
    yield "Từ ngày", day_words(order.start)
    yield "Đến ngày", day_words(order.end)
    yield "Khung giờ", ", ".join(map(str, order.windows)) or "–"
    yield "Số lượt", amount_of(order, order.start)
    if len(order.weekdays) < len(WEEKDAYS):
        yield "Thứ", ", ".join(WEEKDAYS[day] for day in sorted(order.weekdays))
    yield from (("Trừ ra", words) for words in exception_words(order))
    yield from (("Giai đoạn", _phase(order, phase)) for phase in order.phases)
    yield "Số bản tin", str(len(proposal.announcements))


def _phase(order: Campaign, phase: Phase) -> str:
    last = day_words(phase.end) if phase.end else day_words(order.end)
    return f"{day_words(phase.start)} – {last}: {phase_words(phase)}"


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(WEEKDAYS[one] if isinstance(one, int) else str(one) for one in value) or "–"
    if isinstance(value, int | float):
        return decimal(value) if value else "không giới hạn"
    return str(value)
