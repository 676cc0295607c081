"""What the terminal says of the outputs: `loa run` as they open, `loa doctor` whenever it is asked.

Both say the sentence of `output_words`. Of a station that runs doctor says what playout reports, of one that does
not what is written down and whether there is a sound card; it opens no output.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from scheduler.core.air.output_words import OutputSeen, mute_zones, output_text, silence_of
from scheduler.services.air.output_states import as_written, counts_as_loudspeaker, outputs_seen

if TYPE_CHECKING:
    from scheduler.config.loading import OutputConfig
    from scheduler.station import Station

__all__ = ["Finding", "output_findings", "output_lines"]

Finding = tuple[bool | None, str, str]
"""Good, bad or worth knowing; of what; what was found and what to do."""


def output_lines(seen: Sequence[OutputSeen], zones: Iterable[str]) -> Iterator[str]:
    """A line for each output, then what no loudspeaker sounds."""
    for one in seen:
        yield f"Đầu ra “{one.name}”: {output_text(one)}"
    for what, said in _mute(seen, zones):
        yield f"{what}: {said}"


def output_findings(station: "Station") -> Iterator[Finding]:
    """The same for `loa doctor`. A station that only writes files is well, and is told so."""
    on_air = station.services.air.on_air()
    if on_air.alive:
        seen = outputs_seen(station.config, on_air.outputs)
    else:
        seen = tuple(map(_looked_for, station.config.outputs))
    for one in seen:
        yield _good(one), f"Đầu ra {one.name}", output_text(one)
    for what, said in _mute(seen, station.config.zone_names):
        yield None, what, said


def _good(one: OutputSeen) -> bool | None:
    if (one.state and not one.is_well) or (one.wanted == "soundcard" and not one.state and not one.device):
        return False
    return True if one.state == "open" and one.counts else None


def _looked_for(setting: "OutputConfig") -> OutputSeen:
    """An output of a station that does not run, with the sound card that it would find."""
    from scheduler.playout.outputs.soundcard import find_soundcard

    written = as_written(setting)
    if setting.kind not in {"auto", "soundcard"}:
        return written
    found = find_soundcard(setting.device)
    if found is None and setting.kind == "soundcard":
        return replace(written, device="", message="Không có card âm thanh; hãy cắm card hoặc đổi kind")
    kind = "soundcard" if found else "wavfile"
    return replace(written, kind=kind, counts=counts_as_loudspeaker(setting, kind), device=found or "")


def _mute(seen: Sequence[OutputSeen], zones: Iterable[str]) -> Iterator[tuple[str, str]]:
    if where := silence_of(seen):
        yield "KHÔNG CÓ LOA NÀO KÊU", f"{where}; mọi việc khác vẫn chạy."
        return
    for zone in mute_zones(seen, zones):
        yield f"Vùng {zone}", "KHÔNG CÓ LOA NÀO KÊU: không đầu ra nào của vùng là loa."
