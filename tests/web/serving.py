"""A real server of the page on free ports of this machine, for tests that speak to sockets."""

import contextlib
import socket
import threading
from dataclasses import replace

from scheduler.config.loading import WebConfig
from scheduler.core.model import Role
from scheduler.station import Station
from tests.ports import free_port
from web.server import serve

PASSWORD = "mat-khau-cua-lan"


@contextlib.contextmanager
def served(config, **web):
    """The station's page, served until the block ends; gives the configuration it was served with."""
    config = replace(config, web=WebConfig(port=free_port(), **web))
    station = Station.open(config)
    station.prepare()
    station.repos.people.add("lan", "Lan", Role.EDITOR, PASSWORD, station.clock.now())
    stop = threading.Event()

    def run():
        serve(station, stop)
        station.repos.store.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        for port in (config.web.port, *([config.web.tls_port] if config.web.tls == "own" else [])):
            _wait_for(port, thread)
        yield config
    finally:
        stop.set()
        thread.join(timeout=120)
        station.close()
    assert not thread.is_alive()


def _wait_for(port, thread):
    for _ in range(2400):
        with socket.socket() as door:
            if door.connect_ex(("127.0.0.1", port)) == 0:
                return
        thread.join(0.05)
        if not thread.is_alive():
            break
    raise AssertionError(f"nobody listens on {port}")


def told(port, text, *, patience=120.0, source=None):
    """All that the server answers to `text` until it closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=patience, source_address=source) as line:
        line.sendall(text)
        return b"".join(iter(lambda: line.recv(65536), b""))
