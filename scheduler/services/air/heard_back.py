"""Who tells the desk what came back from the loudspeakers: the extra that listens or has listened, else nobody.

Journal, reports and tickets ask here. Nothing is read, and no extra named: the record knows who answers.
"""

from scheduler.core.air.heard_back import HeardBack, Unheard
from scheduler.features import wanted
from scheduler.services.repositories import Repositories

__all__ = ["heard_back"]


def heard_back(repos: Repositories) -> HeardBack:
    """The record's answer of now."""
    for tells in wanted(lambda one: one.heard_back, repos.config, repos.store.has_row):
        told: HeardBack = tells(repos)
        return told
    return Unheard()
