"""How the link to the province is, as a number for whoever watches the station.

It reads what the process last told of itself, and asks nobody.
"""

from collections.abc import Iterator

from scheduler.services import Services

__all__ = ["gauges"]


def gauges(services: Services) -> Iterator[tuple[str, str, float]]:
    """Name, help and value."""
    beat = services.processes.heartbeat("province")
    joined = bool(beat and beat.state.get("reached_at") and not beat.state.get("reason"))
    yield "loa_link_up", "1 = the link to the province works.", joined
