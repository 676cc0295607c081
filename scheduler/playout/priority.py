"""Out of real time again: playout's priority is for its outputs, and whatever it starts inherits it.

It never asks for a priority; the process and its engine do that for themselves.
"""

import contextlib
import os
import threading

__all__ = ["be_ordinary"]


def be_ordinary(pid: int = 0) -> None:
    """Ordinary priority for a process, or (0) for the calling thread. Threads and children inherit what they find."""
    with contextlib.suppress(AttributeError, OSError):
        os.sched_setscheduler(pid, os.SCHED_OTHER, os.sched_param(0))
    with contextlib.suppress(AttributeError, OSError):
        task = pid or threading.get_native_id()
        if os.getpriority(os.PRIO_PROCESS, task) < 0:
            os.setpriority(os.PRIO_PROCESS, task, 0)
