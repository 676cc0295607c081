"""The slow work that pages and commands wait for: jobs of the worker, as they stand.

Reads only. What asks for a job is the service of its subject; the worker does it.
"""

from scheduler.core.station.jobs import Job
from scheduler.services.repositories import Repositories

__all__ = ["JobService"]


class JobService:
    def __init__(self, repos: Repositories) -> None:
        self._repos = repos

    def get(self, job_id: int) -> Job:
        """One job. Raises NotFound."""
        return self._repos.jobs.get(job_id)

    def ahead_of(self, job_id: int) -> int:
        """How many jobs are done before this one."""
        return self._repos.jobs.ahead_of(job_id)
