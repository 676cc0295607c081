"""What every kind of output reads from its section of config.toml in the same way: its gain, and how late it is heard.

It decides no default of a kind: each kind's own delay stands in its module. It opens nothing.
"""

from scheduler.config.loading import Config, OutputConfig
from scheduler.core.air.volume import Volume, volume_of

__all__ = ["delay_of", "volume_in"]


def volume_in(config: Config, setting: OutputConfig) -> Volume:
    """The gain by the hour of the station."""
    return volume_of(setting.gain_db, setting.volume_by_hour, config.station.time_zone)


def delay_of(setting: OutputConfig, own: float) -> float:
    """Seconds from a hand-over until it is heard; a negative setting means the kind's own."""
    return own if setting.delay_ms < 0 else setting.delay_ms / 1000
