"""The outputs of this station as playout reported them, and as they are written down where it has not.

Page, to-do, `loa run` and `loa doctor` take them from here, so that all say the same of an output. It asks no device
and opens nothing.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from scheduler.config.loading import Config, OutputConfig
from scheduler.core.air.output_share import counts_as_written, counts_by_kind
from scheduler.core.air.output_words import OutputSeen, mute_zones, silence_of
from scheduler.core.model import DEFAULT_ZONE
from scheduler.kernel.net.address_policy import shown_url

__all__ = ["as_written", "counts_as_loudspeaker", "outputs_seen", "silence", "silent_zones"]


def counts_as_loudspeaker(setting: OutputConfig | None, kind: str) -> bool:
    """Whether an output that is really of `kind` is held to be a loudspeaker."""
    return counts_as_written(setting.kind, kind, written=setting.counts) if setting else counts_by_kind(kind)


def outputs_seen(config: Config, reported: Iterable[Mapping[str, Any]]) -> tuple[OutputSeen, ...]:
    """The outputs that playout reports in its heartbeat; where it reports none, those of the configuration."""
    written = {one.name: one for one in config.outputs}
    seen = tuple(_reported(one, written.get(str(one["name"]))) for one in reported)
    return seen or tuple(map(as_written, config.outputs))


def _reported(told: Mapping[str, Any], setting: OutputConfig | None) -> OutputSeen:
    kind = str(told["kind"])
    return OutputSeen(
        name=str(told["name"]),
        kind=kind,
        state=str(told["state"]),
        counts=bool(told.get("counts", counts_as_loudspeaker(setting, kind))),
        device=str(told.get("device") or ""),
        message=str(told.get("message") or ""),
        wanted=setting.kind if setting else "",
        zones=setting.zones if setting else (DEFAULT_ZONE,),
        unheard=bool(told.get("unheard")),
        is_asked=_is_asked(setting),
    )


def as_written(setting: OutputConfig) -> OutputSeen:
    """An output that nobody has opened."""
    return OutputSeen(
        name=setting.name,
        kind=setting.kind,
        state="",
        counts=counts_as_loudspeaker(setting, setting.kind),
        device=shown_url(setting.device),
        wanted=setting.kind,
        zones=setting.zones,
        is_asked=_is_asked(setting),
    )


def _is_asked(setting: OutputConfig | None) -> bool:
    return setting is not None and setting.kind == "snapcast" and bool(setting.control)


def silence(config: Config, reported: Iterable[Mapping[str, Any]]) -> str:
    """Where the sound goes when no output of the station is a loudspeaker; empty when one may be."""
    return silence_of(outputs_seen(config, reported))


def silent_zones(config: Config, reported: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Zones of the station that no loudspeaker reaches, while it has one elsewhere; empty where it has none at all."""
    seen = outputs_seen(config, reported)
    return () if silence_of(seen) else mute_zones(seen, config.zone_names)
