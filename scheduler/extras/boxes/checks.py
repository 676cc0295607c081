"""How the line to the boxes stands, for the look at the whole station.

It reads rows or values that others have written, and changes nothing.
"""

from collections.abc import Iterator

from scheduler.core.words.wording import sentence
from scheduler.extras.boxes.service.boxes import ClusterService
from scheduler.services import Services
from scheduler.services.station.checkup_links import line_broken
from scheduler.services.station.findings import Finding


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
