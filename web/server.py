"""The web process: the page on its addresses, a heartbeat, and an end when told.

Every open live page holds a thread, so there are many; slow senders hold none, and how much of them is borne is
`guarded_server`'s. With a certificate of its own the page speaks HTTPS to the network and plain HTTP to this machine.
"""

import logging
import sqlite3
import ssl
import threading
from datetime import datetime, timedelta
from typing import Any

from waitress import wasyncore

from scheduler.config.loading import Config
from scheduler.kernel.disk_room import MEGABYTE
from scheduler.kernel.errors import LoaError
from scheduler.station import Station
from web.body_gate import SMALL_BODY, BodyGate
from web.guarded_server import Doorkeeper, Rules
from web.http.callers import Callers
from web.pages import ServedPages

log = logging.getLogger(__name__)

BEAT_EVERY = 2.0
"""Seconds between heartbeats."""
LOOP_TIMEOUT = 0.5
END_WITHIN = 2.0
"""Seconds that requests under way are given when the server stops."""
RENEW_EVERY = timedelta(days=1)
"""How often the certificate is looked at, for a station that runs for years."""
THIS_MACHINE = "127.0.0.1"


def serve(station: Station, stop: threading.Event) -> None:
    """Serve the page until `stop`. Raises LoaError when an address cannot be had or a certificate not be used."""
    config, pages = station.config, ServedPages(station)
    pages.app.extensions["stop"] = stop
    keeper = Doorkeeper(_rules(pages, station))
    keeper.dispatcher.set_thread_count(config.web.threads)
    tls = _tls(config, station.clock.now()) if config.web.tls == "own" else None
    if tls:
        _listen(keeper, pages, station, config.web.host, config.web.tls_port, tls=tls)
    _listen(keeper, pages, station, THIS_MACHINE if tls else config.web.host, config.web.port)
    thread = threading.Thread(target=_turn, args=(keeper, stop), name="waitress", daemon=True)
    thread.start()
    _add_up(station)
    renewed = station.clock.now()
    while not stop.is_set() and thread.is_alive():
        _beat(station)
        pages.look()
        if tls and station.clock.now() - renewed > RENEW_EVERY:
            renewed = station.clock.now()
            _renew(station, tls)
        stop.wait(BEAT_EVERY)
    # In this order: closing sockets under the loop, or ending threads that still write to them, would be errors.
    stop.set()
    thread.join()
    keeper.dispatcher.shutdown(timeout=END_WITHIN)
    keeper.close()


def _rules(pages: ServedPages, station: Station) -> Rules:
    written = station.written
    largest = written.audio.max_upload_mb * MEGABYTE + 2 * SMALL_BODY
    gate, callers = BodyGate(lambda: pages.app, station), Callers(station)
    return Rules(callers.of, gate, station.clock.monotonic, largest, written.limits, written.web.trusted_proxy)


def _listen(keeper: Doorkeeper, pages: ServedPages, station: Station, host: str, port: int, **tls: Any) -> None:
    proxy = station.config.web.trusted_proxy
    trust: dict[str, Any] = {"clear_untrusted_proxy_headers": True}
    if proxy and not tls:
        trust |= {
            "trusted_proxy": proxy,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
        }
    try:
        keeper.listen(pages, host, port, **tls, **trust)
    except OSError as error:
        keeper.close()  # waitress leaves what it has opened
        raise LoaError(f"the page cannot listen on {host}:{port}: {error.strerror}") from error
    log.info("the page listens on %s://%s:%d", "https" if tls else "http", host, port)


def _add_up(station: Station) -> None:
    """Years of the journal are added up once; better now than while somebody waits for a page."""
    try:
        station.services.journal.add_up()
    except (LoaError, sqlite3.Error) as error:  # whoever asks will be told
        log.warning("the journal could not be added up: %s", error)


def _beat(station: Station) -> None:
    ends = _certificate_ends(station.config)
    told = {"certificate_ends": ends.isoformat()} if ends else {}
    try:
        station.services.processes.beat("web", told)
    except (LoaError, sqlite3.OperationalError) as error:  # a full disk takes no rows; the page still shows them
        log.error("heartbeat not written: %s", error)  # noqa: TRY400 - the same traceback every time helps nobody


def _tls(config: Config, now: datetime, context: ssl.SSLContext | None = None) -> ssl.SSLContext:
    from web.http.certificate import server_context  # 7 MB, for a station with HTTPS of its own alone

    return server_context(config, now, context)


def _certificate_ends(config: Config) -> datetime | None:
    if config.web.tls != "own":
        return None
    from web.http.certificate import ends_at

    return ends_at(config)


def _renew(station: Station, tls: Any) -> None:
    """Show the certificate of today to connections from now on."""
    try:
        _tls(station.config, station.clock.now(), tls)
    except LoaError as error:
        log.warning("%s", error)


def _turn(keeper: Doorkeeper, stop: threading.Event) -> None:
    """The server's loop. waitress's own ends only with the process, and not cleanly when it is told from outside."""
    while keeper.sockets and not stop.is_set():
        wasyncore.loop(timeout=LOOP_TIMEOUT, use_poll=True, map=keeper.sockets, count=1)
        keeper.sweep()
