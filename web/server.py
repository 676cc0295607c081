"""The web process: waitress on the configured address, a heartbeat, and an end when told.

Every open live page holds a thread, so there are many; waitress buffers slow uploads without holding one.
"""

import logging
import os
import sqlite3
import threading
from typing import Any

from waitress import wasyncore
from waitress.server import create_server

from scheduler.errors import LoaError
from scheduler.station import Station
from web import create_app

log = logging.getLogger(__name__)

BEAT_EVERY = 2.0
"""Seconds between heartbeats."""
LOOP_TIMEOUT = 0.5
END_WITHIN = 2.0
"""Seconds that requests under way are given when the server stops."""


def serve(station: Station, stop: threading.Event) -> None:
    """Serve the page until `stop`. Raises LoaError when the address cannot be had."""
    web = station.config.web
    app = create_app(station)
    app.extensions["stop"] = stop
    sockets: dict[int, Any] = {}
    try:
        server = create_server(
            app,
            map=sockets,
            host=web.host,
            port=web.port,
            threads=web.threads,
            ident=None,
            channel_timeout=60,
            channel_request_lookahead=1,  # a stream learns at once that its page has gone
            max_request_body_size=station.config.audio.max_upload_mb * 1_000_000 + 8_000_000,
            clear_untrusted_proxy_headers=True,
        )
    except OSError as error:
        wasyncore.close_all(sockets)  # waitress leaves what it has opened
        raise LoaError(f"the page cannot listen on {web.host}:{web.port}: {error.strerror}") from error
    thread = threading.Thread(target=_turn, args=(sockets, stop), name="waitress", daemon=True)
    thread.start()
    log.info("the page listens on http://%s:%d", web.host, web.port)
    while not stop.is_set() and thread.is_alive():
        try:
            station.parts.jobs.beat("web", os.getpid(), station.clock.now(), {})
        except (LoaError, sqlite3.OperationalError) as error:  # a full disk takes no rows; the page still shows them
            log.error("heartbeat not written: %s", error)  # noqa: TRY400 - the same traceback every time helps nobody
        stop.wait(BEAT_EVERY)
    # In this order: closing sockets under the loop, or ending threads that still write to them, would be errors.
    stop.set()
    thread.join()
    server.task_dispatcher.shutdown(timeout=END_WITHIN)
    wasyncore.close_all(sockets)


def _turn(sockets: dict[int, Any], stop: threading.Event) -> None:
    """The server's loop. waitress's own ends only with the process, and not cleanly when it is told from outside."""
    while sockets and not stop.is_set():
        wasyncore.loop(timeout=LOOP_TIMEOUT, use_poll=True, map=sockets, count=1)
