import socket

import pytest

from scheduler.kernel.net.client import Addresses, HttpClient, Limits
from tests.net.hostile import hostile

REAL = socket.getaddrinfo


@pytest.fixture
def server():
    with hostile() as running:
        yield running


@pytest.fixture
def client_of():
    """A client that may ask the loopback, patient unless a test says otherwise."""

    def make(addresses=None, trust=None, **limits):
        bounds = Limits(**({"whole": 60.0, "most_bytes": 1_000_000, "connect": 60.0} | limits))
        return HttpClient(addresses or Addresses(allowed_hosts=("127.0.0.0/8", "::1")), bounds, trust)

    return make


@pytest.fixture
def names(monkeypatch):
    """What names resolve to: name -> addresses, or a list of such lists, one for each question, the last for ever."""
    known, asked = {}, []

    def resolved(host, port, *rest, **more):
        if host not in known:
            return REAL(host, port, *rest, **more)
        asked.append(host)
        told = known[host]
        if isinstance(told, OSError):
            raise told
        if isinstance(told[0], list):
            told = told.pop(0) if len(told) > 1 else told[0]
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in told
        ]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    resolved.known, resolved.asked = known, asked
    return resolved
