"""How the boxes stand: for the look at the whole station, and for the health that a ward tells its town.

What a box has not measured and told itself is absent. It reads, and sends nothing.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from scheduler.core.words.wording import sentence
from scheduler.extras.boxes.service.boxes import ClusterService, ClusterView
from scheduler.services import Services
from scheduler.services.repositories import Repositories
from scheduler.services.station.checkup_links import line_broken
from scheduler.services.station.findings import Finding

MOST_CLUSTERS = 60
"""Boxes that are told one by one, those that need somebody first; of more the number by how they stand."""


def checks(services: Services) -> Iterator[Finding]:
    """One finding at least, where the line is configured; that it rests, as on a machine without the air, is none."""
    clusters = services.get(ClusterService)
    if not clusters.configured:
        return
    if clusters.link_rests:
        pass
    elif not clusters.link_alive():
        yield Finding(False, "Cụm loa", "check_clusters_process")
    elif fault := clusters.link_fault():
        yield line_broken("Cụm loa", sentence(fault, {}))
    all_, red = len(clusters.listed()), clusters.red_count()
    if red:
        yield Finding(False, "Cụm loa", "check_clusters_silent", {"red": red, "all": all_})
    else:
        yield Finding(True, "Cụm loa", "check_clusters_good", {"all": all_})


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
