"""Priorities of a measurement: the instrument in real time where that is allowed, so that it never measures itself."""

import os
import shutil
import subprocess

_REALTIME = 60
ORDINARY = ("chrt", "--other", "0") if shutil.which("chrt") else ()
"""Before a command: it and all below it run at ordinary priority, whatever started it."""


def ask_for_realtime():
    """True where this process, and what it starts from now on, has been given real-time priority."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(_REALTIME))
    except (AttributeError, OSError):
        return False
    return True


def start(command, environment, log, *, realtime):
    """`command` in a process group of its own, with its output in `log`."""
    line = [*(() if realtime else ORDINARY), *map(str, command)]
    return subprocess.Popen(
        line, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
    )
