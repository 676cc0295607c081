"""Free ports of the loopback, for servers of tests that run side by side."""

import random
import socket

FIRST, LAST = 10_000, 32_000
"""Below those that Linux gives to whoever calls (32768 on): between the asking and the listening nobody takes one by
chance, and two tests seldom draw the same.
"""
_draw = random.SystemRandom()


def free_port() -> int:
    while True:
        port = _draw.randrange(FIRST, LAST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
