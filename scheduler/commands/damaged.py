"""What a station does whose database gives no rows: the red lane is served, one page tells it, nothing restarts.

Playout serves the lane by what it kept outside the database; the page's process serves the one page that tells what is
wrong; every other process waits. All look whether rows can be read again. Nothing here mends or writes the file.
"""

import logging
import sqlite3
import threading
from collections.abc import Callable
from datetime import timedelta
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from scheduler import supervisor
from scheduler.commands.base import Context
from scheduler.commands.language import say
from scheduler.config.loading import Config
from scheduler.core.station.kept import Heartbeat
from scheduler.core.words.wording import sentence
from scheduler.kernel.causes import reason_of
from scheduler.kernel.database_faults import DAMAGED, gives_no_rows, is_damage, refusal_of_damage
from scheduler.kernel.errors import LoaError, Refused
from scheduler.kernel.spawner import Spawner
from scheduler.playout.end_record import EndRecords
from scheduler.services.air.kept_orders import kept_as_of
from scheduler.services.air.red_lane_words import lane_said
from scheduler.services.station.damage import damage_of, damage_said
from scheduler.watchdog import BeatRows, Pulse, Vitals

if TYPE_CHECKING:
    from scheduler.station import Station

__all__ = ["damage_page", "fault_of", "hold", "no_rows", "run_without_rows", "serve_lane"]

log = logging.getLogger(__name__)

LOOK_EVERY = 30.0
"""Seconds between looks at whether a damaged file has been mended: all of it is read."""
TRY_EVERY = 2.0
"""The same of one that is locked or out of reach."""
TELL_EVERY = 2.0
"""Seconds between two looks at whether an emergency can be aired."""
TELLS_WITHIN = timedelta(seconds=20)
"""How long the terminal waits for playout to say what it can air."""
_PAGE = (
    '<!doctype html><html lang="vi"><head><meta charset="utf-8"><meta http-equiv="refresh" content="30">'
    '<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title></head>'
    '<body style="font:18px/1.5 sans-serif;max-width:42em;margin:2em auto;padding:0 1em"><h1>{title}</h1>'
    "{told}</body></html>"
)
_TITLE = "Cơ sở dữ liệu không đọc được"


def no_rows(error: Exception) -> bool:
    """Whether a station could not be opened because its database gives no rows; other faults end the process."""
    return isinstance(error, (LoaError, sqlite3.Error)) and (is_damage(error) or gives_no_rows(error))


def fault_of(config: Config, *, whole: bool = True) -> Exception | None:
    """Why the database of `config` cannot be opened; None = it can. `whole`: all of it is read."""
    from scheduler.station import Station

    path = config.data / "loa.db"
    if whole and (fault := damage_of(path)):
        return refusal_of_damage(path, fault)
    try:
        Station.open(config).close()
    except (LoaError, sqlite3.Error) as error:
        if no_rows(error):
            return error
        raise
    return None


def _fault_said(config: Config, error: Exception) -> list[str]:
    """What is wrong and what that keeps from being aired, line by line."""
    path = config.data / "loa.db"
    if is_damage(error):
        refused = error if isinstance(error, Refused) and error.reason == DAMAGED else refusal_of_damage(path, error)
        return damage_said(path, refused)
    details = error.details if isinstance(error, Refused) else {}
    return [sentence(reason_of(error), details), sentence("database_away_now")]


def _mend_said(error: Exception) -> list[str]:
    return [sentence("database_damaged_mend")] if is_damage(error) else []


def damage_page(lines: list[str]) -> bytes:
    """The one page that tells it; made of nothing but these words."""
    return _PAGE.format(title=_TITLE, told="".join(f"<p>{escape(line)}</p>" for line in lines)).encode()


def hold(config: Config, name: str, error: Exception, stop: threading.Event) -> None:
    """What the process `name` does instead of its work: wait until rows can be read, or until it is told to end."""
    log.error("%s waits, the database gives no rows: %s", name, error)
    ended = _served(config, error) if name == "web" else None
    try:
        _wait_for_rows(config, error, stop)
    finally:
        if ended:
            ended()


def _wait_for_rows(config: Config, error: Exception, stop: threading.Event) -> None:
    damaged = is_damage(error)
    while not stop.wait(LOOK_EVERY if damaged else TRY_EVERY):
        try:
            if (config.data / "loa.db").exists() and fault_of(config, whole=damaged) is None:
                return
        except (LoaError, sqlite3.Error):  # another fault by now: who starts anew will tell it
            return


def serve_lane(context: Context, error: Exception, stop: supervisor.Stopping) -> None:
    """Playout without rows: the red lane alone is served, until rows can be read and nothing sounds or waits."""
    from scheduler.playout.process import QUIET_MOMENT, run_playout

    log.error("the red lane alone is served, the database gives no rows: %s", error)
    with context.station_without_rows(error) as station:
        service = station.playout()

        def look() -> None:
            _wait_for_rows(station.written, error, stop)
            while not stop.is_set() and not service.quiet_for(QUIET_MOMENT):
                stop.wait(1.0)
            stop.set()

        threading.Thread(target=look, name="rows", daemon=True).start()
        run_playout(service, station.config, stop, lambda: stop.orphaned)


def run_without_rows(context: Context, error: Exception, stop: threading.Event, spawner: Spawner | None) -> None:
    """`loa run` meanwhile: say what is wrong, what works and what mends it; look after the processes.

    `spawner`: forks them, as in a station whose rows can be read. Raises `error` where nobody has ever kept what could
    be aired, and nothing is damaged: then it is no station yet.
    """
    config = context.config()
    if not is_damage(error) and kept_as_of(config.data) is None:
        raise error
    for line in (*_fault_said(config, error), sentence("red_lane_starts"), *_mend_said(error)):
        say(line, err=True)
    with context.station_without_rows(error) as station:
        processes = supervisor.Supervisor(context.arguments(), station.clock, spawner=spawner)
        watch = _Meanwhile(station, processes, stop)
        watch.processes.leave_word = EndRecords(config.data).put_now(station.clock)
        threading.Thread(target=watch.wait, args=(error,), name="rows", daemon=True).start()
        say("Bấm Ctrl-C để tắt trạm.")
        watch.processes.run(watch.turn)
    if not stop.is_set():
        say(sentence("database_back"), err=True)


class _Meanwhile:
    """The supervisor's turns while rows cannot be read."""

    def __init__(self, station: "Station", processes: supervisor.Supervisor, stop: threading.Event) -> None:
        self._config, self._clock, self._processes = station.written, station.clock, station.services.processes
        self.processes, self._stop = processes, stop
        self._vitals = Vitals(self._clock, BeatRows(self._processes), processes)
        self._pulse, self._began, self._told = Pulse(self._clock), self._clock.now(), ""
        self._looked = float("-inf")

    def turn(self) -> None:
        if self._stop.is_set():
            self.processes.stop.set()
        if (mono := self._clock.monotonic()) - self._looked >= TELL_EVERY:
            self._looked = mono
            self._tell()
        self._pulse.turn(lives=self._vitals.look())

    def wait(self, error: Exception) -> None:
        """End the turns once rows can be read and nothing sounds."""
        _wait_for_rows(self._config, error, self._stop)
        while not self._stop.is_set() and (beat := self._beat()) is not None and beat.state.get("airings"):
            self._stop.wait(1.0)
        self.processes.stop.set()

    def _tell(self) -> None:
        """Whether an emergency can be aired, when that is known first and whenever it becomes another."""
        outputs = beat.state.get("outputs", []) if (beat := self._beat()) else []
        is_ready = outputs and all(one["state"] == "open" for one in outputs)
        if is_ready or self._told or self._clock.now() - self._began > TELLS_WITHIN:
            said, self._told = self._told, lane_said(self._config.data)
            if said != self._told:
                say(self._told, err=True)

    def _beat(self) -> Heartbeat | None:
        """Playout's newest beat of this run."""
        beat = self._processes.heartbeat("playout")
        is_fresh = beat is not None and beat.at >= self._began and beat.lives(self._clock.now())
        return beat if is_fresh else None


def _served(config: Config, error: Exception) -> Callable[[], None] | None:
    fault = _fault_said(config, error)

    class Told(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            body = damage_page([*fault, lane_said(config.data), *_mend_said(error)])
            self.send_response(503)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Retry-After", "30")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_POST = do_HEAD = do_GET  # noqa: N815 - the library's names

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    try:
        server = ThreadingHTTPServer((config.web.host, config.web.port), Told)
    except OSError as refused:
        log.error("the page cannot tell of the damage: %s", refused)  # noqa: TRY400 - the log has told it
        return None
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="damaged", daemon=True).start()

    def end() -> None:
        server.shutdown()
        server.server_close()

    return end
