"""Words of writing and approving: ready reasons of a return, and how long a job still waits.

Tables and small sentences; nothing here decides anything.
"""

from pathlib import Path

from scheduler.core.station.kept import Job
from scheduler.kernel.words import Words

__all__ = ["JOB_DONE", "READY_REASONS", "job_words", "return_reason"]


READY_REASONS = Words(Path(__file__).parent, "ready_reasons", str)
"""What leaders return announcements for most often, by the word in the form."""
_UNDER_WAY = Words(Path(__file__).parent, "jobs_under_way", str)
JOB_DONE = Words(Path(__file__).parent, "jobs_failed", str)
"""What has failed, by the kind of job."""


def job_words(job: Job, ahead: int) -> str:
    """What the worker is doing for somebody who waits; `ahead`: jobs before this one."""
    if job.state == "running":
        return _UNDER_WAY[job.kind]
    return f"Đang chờ bộ xử lý âm thanh, còn {ahead} việc phía trước." if ahead else "Đang chờ bộ xử lý âm thanh…"


def return_reason(ready: list[str], typed: str) -> str:
    """The reason of a return in one text: the ready ones that were ticked, then what was typed."""
    told = [READY_REASONS[one] for one in READY_REASONS if one in ready]
    return ". ".join([*told, *([typed.strip()] if typed.strip() else [])])
