"""What each output sounded of an airing, in the words of an office: seconds of how many, holes, first instant, fault.

The page, `loa journal`, the exports and the certificate say it in these words, made from the journal's own row. Of an
output behind a network it says what was sent, for nobody has measured what sounded there. Of a row from before outputs
were measured one by one it says so, and claims no second for any of them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from itertools import groupby

from scheduler.core.air.output_kinds import output_kind
from scheduler.core.air.output_share import OutputShare, worst, worst_by_zone
from scheduler.core.model import DEFAULT_ZONE
from scheduler.core.words.wording import REASONS, sentence

__all__ = [
    "NOT_APART",
    "headline_text",
    "missed_text",
    "outputs_text",
    "seconds_text",
    "share_text",
]

NOT_APART = "chưa đo riêng từng đầu ra"
NOT_COUNTED = "không tính là loa"


def seconds_text(ms: int) -> str:
    """As an office writes it: 8,75; never rounded up to more than was measured."""
    hundredths = ms // 10
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".").replace(".", ",")


def headline_text(shares: Sequence[OutputShare] | None) -> str:
    """The truth of an airing in a line: its worst loudspeaker; empty where no output was asked to sound it."""
    if shares is None:
        return NOT_APART
    if not shares:
        return ""
    found = worst(shares)
    if found is None:
        return "không đầu ra nào là loa"
    return "; ".join((f"{found.name}: {_measured(found)}", *_without_loudspeaker(shares)))


def _without_loudspeaker(shares: Sequence[OutputShare]) -> list[str]:
    """Zones of an airing where nothing but a file was."""
    return [
        f"vùng {zone} không có loa" if zone != DEFAULT_ZONE else "có vùng không có loa"
        for zone, found in worst_by_zone(shares).items()
        if found is None
    ]


def share_text(one: OutputShare, zone: tzinfo | None = None, *, instant: bool = True) -> str:
    """One output: "card: 8,75/20 giây, thiếu 1 đoạn 11,25 giây (từ giây 5), bắt đầu 06:00:00,120"."""
    told = f"{one.name}: {_measured(one)}"
    if instant and one.first_at is not None:
        told += f", bắt đầu {_clock(one.first_at, zone)}"
    if one.fault:
        told += f", {sentence(one.fault) if one.fault in REASONS else one.fault}"
    return told if one.counts else f"{told}, {NOT_COUNTED}"


def holes_text(one: OutputShare) -> str:
    """The stretches that it was to sound and did not; empty when there are none."""
    if not one.holes:
        return ""
    longest = max(one.holes, key=lambda hole: hole.length_ms)
    where = f"{seconds_text(longest.length_ms)} giây (từ giây {seconds_text(longest.start_ms)})"
    return f"thiếu 1 đoạn {where}" if len(one.holes) == 1 else f"thiếu {len(one.holes)} đoạn, dài nhất {where}"


def outputs_text(outputs: Mapping[str, str], shares: Sequence[OutputShare] | None) -> str:
    """Every output of a row in one cell: by its own measure, or as an old row had it."""
    if shares is not None:
        return "; ".join(share_text(one) for one in shares)
    told = "; ".join(name if why == "ok" else f"{name}: {why}" for name, why in outputs.items())
    return f"{told} ({NOT_APART})" if told else ""


def missed_text(shares: Sequence[OutputShare] | None) -> str:
    """Which loudspeakers missed what of an airing that was not heard whole."""
    if shares is None:
        return NOT_APART
    counting = [one for one in shares if one.counts]
    if not counting:
        return "không đầu ra nào là loa"
    told = _without_loudspeaker(shares)
    missing = sorted((one for one in counting if one.played_ms < one.total_ms), key=lambda one: one.played_ms)
    for said, of in groupby(missing, key=_lacking):
        told.append(f"{', '.join(one.name for one in of)}: {said}")
    return "; ".join(told)


def _measured(one: OutputShare) -> str:
    holes = holes_text(one)
    played, total = seconds_text(one.played_ms), seconds_text(one.total_ms)
    told = f"đã gửi {played}/{total} giây" if output_kind(one.kind).unanswered else f"{played}/{total} giây"
    return f"{told}, {holes}" if holes else told


def _lacking(one: OutputShare) -> str:
    lacking = seconds_text(one.total_ms - one.played_ms)
    fault = f" ({sentence(one.fault) if one.fault in REASONS else one.fault})" if one.fault else ""
    return f"thiếu {lacking} giây{fault}" if one.played_ms else f"không có tiếng{fault}"


def _clock(at: datetime, zone: tzinfo | None) -> str:
    local = at.astimezone(zone) if zone else at
    return f"{local:%H:%M:%S},{local.microsecond // 1000:03}"
