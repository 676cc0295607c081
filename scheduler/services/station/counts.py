"""Numbers for a watchman: how many airings ended how, how much was heard, what waits for the worker.

The journal's sums go on from the row where they stood, so that years of it cost no more than a day.
"""

from scheduler.services.repositories import Repositories
from scheduler.store.report.counts import JournalSums, job_counts

__all__ = ["CountService"]


class CountService:
    def __init__(self, repos: Repositories) -> None:
        self._store, self._sums = repos.store, JournalSums()

    def journal(self) -> JournalSums:
        """Airings and seconds heard since the first row, up to now."""
        self._sums.read_on(self._store)
        return self._sums

    def jobs(self) -> dict[str, int]:
        """How many jobs of the worker stand in each state."""
        return job_counts(self._store)
