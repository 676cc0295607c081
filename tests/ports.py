"""Free ports of the loopback, for servers of tests that run side by side."""

import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path

FIRST, LAST = 10_000, 32_000
"""Below those that Linux gives to whoever calls (32768 on): between the asking and the listening nobody takes one by
chance.
"""
_COUNT = Path(tempfile.gettempdir()) / f"loa-tests-last-port-{os.getuid()}"


def free_port() -> int:
    """One that nobody uses, and that no other test of this machine is given for the next twenty thousand times.

    A test may listen seconds after it asked; two that drew by lot would now and then wait for each other's port.
    """
    while True:
        port = _next()
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def _next() -> int:
    """The port behind the one that was given last, to whichever process."""
    with _COUNT.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        said = file.read()
        last = int(said) if said.isdigit() else random.SystemRandom().randrange(FIRST, LAST)
        port = last + 1 if FIRST <= last < LAST - 1 else FIRST
        file.truncate(0)
        file.write(b"%d" % port)
    return port
