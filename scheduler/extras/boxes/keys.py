"""What the keys of boxes and of the outputs must keep together.

It reads rows or values that others have written, and changes nothing.
"""

from collections.abc import Mapping
from typing import Any

from scheduler.config.cluster import BoxConfig, MqttConfig, mqtt_faults, zone_faults
from scheduler.config.keys import OutputConfig


def faults(parts: Mapping[str, Any]) -> list[str]:
    """Sentences about keys of boxes that do not fit together, or not to the outputs."""
    clusters = parts.get("clusters", ())
    heard = {zone for output in parts.get("outputs", (OutputConfig(),)) for zone in output.zones}
    return [
        *mqtt_faults(parts.get("mqtt", MqttConfig()), clusters, parts.get("box", BoxConfig())),
        *zone_faults(clusters, heard),
    ]
