"""The names and addresses that this machine is called by in its network.

It asks no server, and decides nothing of who may call.
"""

import socket
from collections.abc import Iterable
from contextlib import suppress

__all__ = ["machine_names"]


def machine_names(configured: Iterable[str]) -> tuple[str, ...]:
    """The names and addresses this machine is called by in its network, with those of config.toml; asks no server."""
    host = socket.gethostname().split(".")[0].lower()
    found = {"localhost", "127.0.0.1", "::1", host, f"{host}.local", *(name.lower() for name in configured)}
    for family, far in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):  # RFC 5737, RFC 3849
        # A datagram socket that is connected sends nothing; it only learns which address of ours would be used.
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as line:
            line.connect((far, 9))
            found.add(str(line.getsockname()[0]))
    return tuple(sorted(name for name in found if name))
