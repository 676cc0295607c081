"""The slow work that pages and commands wait for: jobs of the worker, as they stand.

What asks for a job is the service of its subject; the worker does it. Here they are read, and go when nothing can need
them any more.
"""

from datetime import timedelta

from scheduler.core.station.kept import Job
from scheduler.services.repositories import Repositories

__all__ = ["KEPT", "JobService"]

KEPT = timedelta(days=30)
"""How long a job is told of after its end, and a command kept, at least."""
PRUNED_EVERY = 3600.0
"""Seconds between two looks for jobs that may go."""


class JobService:
    def __init__(self, repos: Repositories) -> None:
        self._repos = repos
        self._pruned_at = float("-inf")

    def get(self, job_id: int) -> Job:
        """One job. Raises NotFound."""
        return self._repos.jobs.get(job_id)

    def ahead_of(self, job_id: int) -> int:
        """How many jobs are done before this one."""
        return self._repos.jobs.ahead_of(job_id)

    def prune(self) -> None:
        """Jobs that ended long ago and that nothing names go, now and then, and so do commands that were taken."""
        if (mono := self._repos.clock.monotonic()) - self._pruned_at >= PRUNED_EVERY:
            self._pruned_at = mono
            before = self._repos.clock.now() - KEPT
            self._repos.jobs.prune(before)
            self._repos.jobs.prune_commands(before)
