"""How the boxes stand, for the health that a ward tells its town.

What a box has not measured and told itself is absent. It reads, and sends nothing.
"""

from collections import Counter
from typing import Any

from scheduler.extras.boxes.service.boxes import ClusterService, ClusterView
from scheduler.services.repositories import Repositories

__all__ = ["MOST_CLUSTERS", "health"]

MOST_CLUSTERS = 60
"""Boxes that are told one by one, those that need somebody first; of more the number by how they stand."""


def health(repos: Repositories) -> dict[str, Any]:
    """Each box, and how many stand how; nothing where the ward has none."""
    clusters = ClusterService(repos)
    if not clusters.configured:
        return {}
    views = clusters.listed()
    return {
        "clusters": [_cluster(one) for one in views[:MOST_CLUSTERS]],
        "clusters_by_look": dict(Counter(one.look.value for one in views)),
    }


def _cluster(view: ClusterView) -> dict[str, Any]:
    """A box beside the horns as it has measured itself; what it has not told is absent."""
    state = view.state
    told: dict[str, Any] = {"id": view.config.id, "name": view.name[:80], "look": view.look.value}
    told["since"] = view.since.isoformat() if view.since else None
    if state is not None:
        told |= {"airing": state.airing[:80] or None, "disk_free_mb": state.disk_free_mb}
        told |= {"temperature_c": state.temperature_c, "power_w": state.power_w, "volume": state.volume}
    return {name: value for name, value in told.items() if value is not None}
