"""Packages that a plain install leaves out, and the sections of config.toml that need them (decision 0032).

A section in use without its package is a fault of the configuration, said with the command that installs it. A package
is looked for and never imported: a ward with neither town nor boxes has none of it in memory.
"""

from dataclasses import dataclass
from importlib.util import find_spec

from scheduler.config_cluster import BoxConfig, ClusterConfig, MqttConfig
from scheduler.config_hub import HubConfig
from scheduler.config_pair import PairConfig
from scheduler.config_town import TownConfig
from scheduler.core.wording import sentence
from scheduler.errors import Refused

__all__ = ["BOXES", "TOWN", "PackageExtra", "lack_of", "link_lack", "package_faults"]


@dataclass(frozen=True, slots=True)
class PackageExtra:
    """An extra of ours, as pip calls it: what it installs, and the module by which it is found."""

    name: str
    package: str
    module: str


TOWN = PackageExtra("town", "nats-py", "nats")
BOXES = PackageExtra("boxes", "paho-mqtt", "paho")


def lack_of(extra: PackageExtra, section: str) -> Refused | None:
    """Refused package_missing, to be raised or said, where `section` needs what is not installed; else None."""
    if find_spec(extra.module) is not None:
        return None
    return Refused("package_missing", section=f"[{section}]", package=extra.package, extra=f"loa-phuong[{extra.name}]")


def link_lack() -> Refused | None:
    """The same of the link to the town."""
    return lack_of(TOWN, "town")


def package_faults(
    town: TownConfig,
    hub: HubConfig,
    pair: PairConfig,
    mqtt: MqttConfig,
    clusters: tuple[ClusterConfig, ...],
    box: BoxConfig,
) -> list[str]:
    """One sentence for each of these sections that is in use and whose package is not installed."""
    needed = (
        ("town", TOWN, bool(town.url)),
        ("hub", TOWN, bool(hub.url)),
        ("pair", TOWN, bool(pair.machine)),
        ("cluster", BOXES, bool(mqtt.url and clusters)),
        ("box", BOXES, bool(box.id)),
    )
    lacks = (lack_of(extra, section) for section, extra, is_used in needed if is_used)
    return [sentence(lack.reason, lack.details) for lack in lacks if lack is not None]
