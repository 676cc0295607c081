"""`loa run` and what a running station is asked for: now, play, stop; and the processes it is made of.

Nothing here sounds: `run` supervises, the others write rows that playout takes and read what it measured.
"""

import importlib
import logging
import os
import sqlite3
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from scheduler import supervisor
from scheduler.commands.base import Context, clock_text, json_option, length_text, pass_context, print_json
from scheduler.commands.damaged import fault_of, hold, no_rows, run_without_rows, serve_lane
from scheduler.commands.demo import demo
from scheduler.commands.kept import actor_of, any_station
from scheduler.commands.language import say
from scheduler.commands.output_states import output_lines
from scheduler.config.packages import lack_of
from scheduler.core.air.stop_words import stop_sentences
from scheduler.core.words.wording import preload, sentence_of
from scheduler.fault_watch import watching
from scheduler.features import FEATURES, Process, load
from scheduler.kernel.air_fence import Resting, folder_of
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.disk_room import use_scratch
from scheduler.kernel.errors import LoaError, Refused
from scheduler.kernel.private_files import mask_new_files
from scheduler.kernel.spawner import Spawner
from scheduler.playout.end_record import EndRecords
from scheduler.services.air.output_states import outputs_seen
from scheduler.station_extras import leave_off
from scheduler.watchdog import BeatRows, Pulse, Vitals

if TYPE_CHECKING:
    from scheduler.station import Station

log = logging.getLogger(__name__)

_OF_EXTRAS = tuple(one for feature in FEATURES for one in feature.processes)

SAID_EVERY = 60.0
"""Seconds between two lines of the log about the same trouble."""
LOOKS_EVERY = 2.0
"""Seconds between two looks at whether the settings want another process."""
OPENS_WITHIN = timedelta(seconds=8)
"""How long the terminal waits for outputs to open before it says that they have not."""


@click.command()
@pass_context
def run(context: Context) -> None:
    """Start the station: playout, page and worker under one supervisor, until Ctrl-C.

    Prints the page's address, on first start a one-time link that makes the first user, and where the sound goes. A
    second start on the same data is refused.
    """
    run_station(context)


def run_station(context: Context) -> None:
    """What `loa run` does, for whoever else begins a station. Raises StationBusyError; Refused as the supervisor."""
    config = context.config()
    spawner = begun_spawner(context)
    held = supervisor.lock(config)
    try:
        supervisor.check_port(config)
        supervisor.keep_log(config.data / "log", "station")
        stop = threading.Event()
        supervisor.stop_on_signals(stop)
        address = f"http://{'127.0.0.1' if config.web.host == '0.0.0.0' else config.web.host}:{config.web.port}"  # noqa: S104 - compared, not bound
        say(f"{config.station.name} — trang điều khiển: {address}")
        is_new = not (config.data / "loa.db").exists()
        while not stop.is_set() and (fault := fault_of(config)) is not None:
            run_without_rows(context, fault, stop, spawner)
        if stop.is_set():
            say("Đã tắt trạm.")
            return
        if is_new:
            _prepare_apart(context)
        with context.station() as station:
            if not station.services.people.any() and not station.only_reads:
                token = station.services.sessions.new_setup_token()
                say("Lần đầu: mở liên kết dùng một lần này để tạo người dùng đầu tiên:")
                say(f"  {address}/cai-dat-lan-dau?ma={token}")
            told = _OutputsTold(station)
            more = tuple(one.name for one in config.extra_processes if not one.later)
            watch = supervisor.Supervisor(context.arguments(), SystemClock(), more, spawner=spawner)
            watch.stop = stop
            watch.leave_word = EndRecords(config.data).put_now(SystemClock())
            resting = _two_machines(station, watch)
            say("Bấm Ctrl-C để tắt trạm.")
            with watching(station.services, stop) as faults:
                watch.died = faults.died
                watch.run(_turns(station, watch, told, resting))
        say("Đã tắt trạm.")
    finally:
        held.release()
        if spawner:
            spawner.end()


def begun_spawner(context: Context) -> Spawner | None:
    """What forks the processes: it has imported what most of them do, and nothing that only one does.

    For `loa run` and a box (`loa cluster`), before they have a thread or a database; who begins it ends it.
    """
    for name in ("scheduler.station", "audio_assets.speech.normalise", "scheduler.core.dispatch.reader"):
        importlib.import_module(name)
    preload()
    mask_new_files()
    return Spawner.begin(lambda words: process.main(list(words), prog_name="loa process", obj=context))


def _prepare_apart(context: Context) -> None:
    """Make what a new station needs in a process that ends: what draws chimes and keys is 15 MB of libraries.

    What is not made by it, this process makes itself, and says why not.
    """
    if threading.active_count() > 1:
        return
    if (child := os.fork()) == 0:
        try:
            with context.station():
                pass
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def _two_machines(station: "Station", watch: supervisor.Supervisor) -> Resting | None:
    """Of a station with a second machine: who rests while that one has the air. None = it stands alone."""
    config = station.written
    if not config.shares_air:
        leave_off(station)
        return None
    resting = Resting(folder_of(config.data))
    watch.rests = resting.rests
    return resting


def _turns(
    station: "Station", watch: supervisor.Supervisor, told: "_OutputsTold", resting: Resting | None
) -> Callable[[], None]:
    """What the supervisor does in each of its turns besides looking after its processes."""
    vitals, pulse = Vitals(SystemClock(), BeatRows(station.services.processes), watch), Pulse(SystemClock())

    look_at, said_at = [float("-inf")], [float("-inf")]
    want = _wanting(watch)

    def turn() -> None:
        try:
            look()
        except (LoaError, sqlite3.Error) as error:  # the processes are looked after whatever the database says
            if (at := SystemClock().monotonic()) - said_at[0] >= SAID_EVERY:
                said_at[0] = at
                log.error("the database cannot be read: %s", error)  # noqa: TRY400 - no use but for its sentence
        pulse.turn(lives=vitals.look())

    def look() -> None:
        told.turn()
        if resting is not None:
            resting.over(watch.alive)
        if (at := SystemClock().monotonic()) - look_at[0] >= LOOKS_EVERY:
            look_at[0] = at
            for one in station.config.extra_processes:
                if one.later:  # such as the line of a ward that has been paired since `loa run` began
                    want(one)

    return turn


def _wanting(watch: supervisor.Supervisor) -> Callable[[Process], None]:
    """Has a process looked after; where its package is not installed, the terminal says so once."""
    said: set[str] = set()

    def want(one: Process) -> None:
        lack: Refused | None = lack_of(one.section) if one.section else None
        if lack is None:
            watch.want(one.name)
        elif one.name not in said:
            said.add(one.name)
            say(sentence_of(lack))

    return want


class _OutputsTold:
    """Says once, plainly, where the sound goes, when playout has reported it."""

    def __init__(self, station: "Station") -> None:
        self._station = station
        self._told = False
        self._started = station.clock.now()

    def turn(self) -> None:
        if self._told:
            return
        beat = self._station.services.processes.heartbeat("playout")
        if beat is None or beat.at < self._started or not beat.state.get("outputs"):
            return
        outputs = beat.state["outputs"]
        if beat.at - self._started < OPENS_WITHIN and any(output["state"] != "open" for output in outputs):
            return
        self._told = True
        for line in output_lines(outputs_seen(self._station.config, outputs), self._station.config.zone_names):
            say(line)


@click.command(hidden=True)
@click.argument(
    "name",
    type=click.Choice(
        (*supervisor.PROCESSES, *(one.name for one in _OF_EXTRAS)),
    ),
)
@click.option("--parent", type=int, default=None, help="Number of the process that watches it.")
@pass_context
def process(context: Context, name: str, parent: int | None) -> None:
    """One of the station's processes; `loa run` starts them."""
    stop = supervisor.Stopping()
    supervisor.install_child_signals(stop, parent)
    config = context.config()
    supervisor.keep_log(config.data / "log", name)
    try:
        if name != "playout":  # which waits for nobody's disk
            use_scratch(config.data, name)
        with context.station() as station:
            work = _WORK.get(name) or load(next(one.work for one in _OF_EXTRAS if one.name == name))
            work(station, stop)
    except (LoaError, sqlite3.Error) as error:
        if not no_rows(error):
            raise
        fault = error.with_traceback(None)  # whose frames keep the station open
    else:
        return
    if name == supervisor.AIR:
        serve_lane(context, fault, stop)
    else:
        hold(config, name, fault, stop)


def _playout(station: "Station", stop: supervisor.Stopping) -> None:
    from scheduler.playout.process import run_playout

    run_playout(station.playout(), station.config, stop, lambda: stop.orphaned)


def _web(station: "Station", stop: threading.Event) -> None:
    from web.server import serve

    serve(station, stop)


def _worker(station: "Station", stop: threading.Event) -> None:
    from scheduler.station_extras import beside_worker
    from scheduler.station_selftest import selftesting
    from scheduler.station_words import speaking
    from scheduler.worker import be_nice

    be_nice()
    with (
        beside_worker(station, stop),
        selftesting(station, stop),
        speaking(station, stop),
    ):
        station.worker().run(stop)


_WORK = {"playout": _playout, "web": _web, "worker": _worker}


@click.command()
@json_option
@pass_context
def now(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """What is on the air, as playout measured it."""
    with any_station(context) as (station, _):
        on_air = station.services.air.on_air()
        if as_json:
            print_json({"alive": on_air.alive, "airing": on_air.airing, "outputs": on_air.outputs})
            return
        if not on_air.alive:
            say("Mất liên lạc bộ phát: trạm không chạy hoặc đang treo.")
        elif on_air.airing is None:
            say("Không phát gì.")
        else:
            left = timedelta(milliseconds=on_air.airing["total_ms"] - on_air.airing["played_ms"])
            how_far = f"còn {length_text(left)}" if on_air.airing["total_ms"] else "chuông đang kêu, máy đang đọc lời"
            say(f"Đang phát “{on_air.airing['title']}”, {how_far}")


@click.command()
@click.option("--all", "everything", is_flag=True, help="End all that was ordered and waits for its turn, too.")
@pass_context
def stop(context: Context, everything: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Stop what sounds now, and say what was ordered, still waits for its turn and will sound.

    What had been cut for an emergency and would have come back does not come back either.
    """
    with any_station(context) as (station, _):
        done = station.services.air.stop(actor_of(context, station), also_waiting=everything)
        for sentence in stop_sentences(done, clock_text(done.answered_at, station.config)):
            say(sentence)
        if done.waiting or done.behind:
            say("Dừng tất cả: loa stop --all")


COMMANDS = (run, process, now, stop, demo)
