"""Free ports of the loopback, for servers of tests that run side by side."""

import os
import random
import socket

FIRST, LAST = 10_000, 32_000
"""Below those that Linux gives to whoever calls (32768 on): between the asking and the listening nobody takes one by
chance, and two tests seldom draw the same.
"""
WORKERS = 16
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % WORKERS
_draw = random.SystemRandom()
_given: set[int] = set()


def free_port() -> int:
    """One that this process has not given before and no other worker of the run gives: it may lie idle for a while."""
    while True:
        port = _draw.randrange(FIRST + _WORKER, LAST, WORKERS)
        if port in _given:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            _given.add(port)
            return port
