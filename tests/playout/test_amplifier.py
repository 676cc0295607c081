"""The amplifier's power: when it is wanted, and real little programs that switch it, hang, fail or are not there."""

import os
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.config.loading import AmplifierConfig
from scheduler.kernel import beside
from scheduler.kernel.clock import SteppedClock, SystemClock
from scheduler.playout.amplifier import Amplifier, AmplifierState, wants_power
from tests.threads import Asking, starved

NOON = datetime(2026, 3, 13, 5, 0, tzinfo=UTC)


def wait_for(found: Callable[[], object]) -> None:
    pause = threading.Event()
    for _ in range(12_000):
        if found():
            return
        pause.wait(0.01)
    pytest.fail("it did not happen")


# -- when ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sounding", "until_start", "since_sound", "on"),
    [
        pytest.param(False, None, None, False, id="nothing_due"),
        pytest.param(True, None, None, True, id="sounding"),
        pytest.param(False, 3.01, None, False, id="just_before_the_lead"),
        pytest.param(False, 3.0, None, True, id="at_the_lead"),
        pytest.param(False, 2.99, None, True, id="inside_the_lead"),
        pytest.param(False, -4.0, None, True, id="late_start_still_due"),
        pytest.param(False, None, 4.99, True, id="inside_the_tail"),
        pytest.param(False, None, 5.0, False, id="tail_over"),
        pytest.param(False, 60.0, 1.0, True, id="between_two_airings"),
    ],
)
def test_power_is_wanted_from_lead_to_tail(sounding, until_start, since_sound, on):
    wanted = wants_power(sounding=sounding, until_start=until_start, since_sound=since_sound, lead=3.0, tail=5.0)
    assert wanted is on


seconds = st.floats(-1e6, 1e6)


def halves(least: int, most: int) -> st.SearchStrategy[float]:
    """Half seconds: sums of them are exact, so that edges can be compared."""
    return st.integers(least, most).map(lambda number: number / 2)


@given(st.none() | seconds, st.none() | seconds.map(abs), seconds.map(abs), seconds.map(abs))
def test_it_is_never_off_while_sounding_nor_on_with_nothing_near(until_start, since_sound, lead, tail):
    near = (until_start is not None and until_start <= lead) or (since_sound is not None and since_sound < tail)
    ask = {"until_start": until_start, "since_sound": since_sound, "lead": lead, "tail": tail}
    assert wants_power(sounding=True, **ask)
    assert wants_power(sounding=False, **ask) is near


@given(st.lists(halves(1, 200), min_size=1, max_size=10), halves(0, 40), halves(0, 40))
def test_power_covers_every_airing_of_a_day_with_lead_and_tail(pauses, lead, tail):
    """Airings of 10 s each, walked in half seconds."""
    starts, at = [], 30.0
    for pause in pauses:
        starts.append(at)
        at += 10 + pause
    sounded = None
    for tick in range(round(at * 2)):
        now = tick / 2
        sounding = any(start <= now < start + 10 for start in starts)
        sounded = now if sounding else sounded
        due = min((start - now for start in starts if start > now), default=None)
        since = None if sounded is None else now - sounded
        on = wants_power(sounding=sounding, until_start=due, since_sound=since, lead=lead, tail=tail)
        needed = any(start - lead <= now < start + 10 for start in starts)
        assert on or not needed
        if not any(start - lead - 1 <= now <= start + 10 + tail + 1 for start in starts):
            assert not on


# -- how -------------------------------------------------------------------------------------------------------------


def script(path: Path, text: str) -> str:
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


class Bench:
    """A relay that writes down what was done to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.book = folder / "book"
        self.relay = script(folder / "relay", f'echo "$@" >> "{self.book}"')
        self.clock = SystemClock()
        self.amplifiers: list[Amplifier] = []

    def amplifier(self, **keys: object) -> Amplifier:
        keys = {"on": (self.relay, "on"), "off": (self.relay, "off"), "timeout_seconds": 60.0, **keys}
        self.amplifiers.append(Amplifier(AmplifierConfig(**keys), self.clock))
        return self.amplifiers[-1]

    @property
    def done(self) -> list[str]:
        return self.book.read_text(encoding="utf-8").split() if self.book.exists() else []


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    for amplifier in bench.amplifiers:
        amplifier.stop()


def test_it_goes_on_for_sound_and_off_after_it(bench: Bench):
    amplifier = bench.amplifier(tail_seconds=0.0)
    amplifier.update(NOON, True, None)
    wait_for(lambda: amplifier.health().state is AmplifierState.ON)
    amplifier.update(NOON, False, None)
    wait_for(lambda: amplifier.health().state is AmplifierState.OFF)
    assert bench.done == ["on", "off"]
    assert amplifier.health().message == ""


def test_making_one_switches_nothing(bench: Bench):
    bench.amplifier()
    assert bench.done == []


def test_the_first_word_with_nothing_due_switches_off(bench: Bench):
    amplifier = bench.amplifier()
    amplifier.update(NOON, False, NOON + timedelta(hours=1))
    wait_for(lambda: amplifier.health().state is AmplifierState.OFF)
    assert bench.done == ["off"]


def test_it_stays_on_between_airings_that_are_close(bench: Bench):
    bench.clock = SteppedClock(NOON)
    amplifier = bench.amplifier(lead_seconds=3.0, tail_seconds=5.0)
    for second in range(60):
        now = bench.clock.now()
        start = NOON + timedelta(seconds=20)
        amplifier.update(now, 20 <= second < 30 or 34 <= second < 40, start if now < start else None)
        wait_for(lambda: amplifier.health().state in {AmplifierState.ON, AmplifierState.OFF})
        expected = AmplifierState.ON if 17 <= second < 44 else AmplifierState.OFF
        wait_for(lambda expected=expected: amplifier.health().state is expected)
        bench.clock.advance(1)
    assert bench.done == ["off", "on", "off"]


def test_a_wall_clock_that_steps_back_does_not_keep_it_on(bench: Bench):
    bench.clock = SteppedClock(NOON)
    amplifier = bench.amplifier(tail_seconds=5.0)
    amplifier.update(bench.clock.now(), True, None)
    bench.clock.step_wall(-3600)
    bench.clock.advance(6)
    amplifier.update(bench.clock.now(), False, None)
    wait_for(lambda: amplifier.health().state is AmplifierState.OFF)


def test_saying_the_same_again_switches_once(bench: Bench):
    amplifier = bench.amplifier()
    for _ in range(50):
        amplifier.update(NOON, True, None)
    wait_for(lambda: amplifier.health().state is AmplifierState.ON)
    assert bench.done == ["on"]


def test_stop_switches_off_whatever_was_on(bench: Bench):
    amplifier = bench.amplifier()
    amplifier.update(NOON, True, None)
    wait_for(lambda: amplifier.health().state is AmplifierState.ON)
    amplifier.stop()
    assert bench.done == ["on", "off"]
    assert amplifier.health().state is AmplifierState.OFF
    amplifier.update(NOON, True, None)
    amplifier.stop()
    assert bench.done == ["on", "off"]


def test_stop_switches_off_even_before_the_first_word(bench: Bench):
    bench.amplifier().stop()
    assert bench.done == ["off"]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"


def test_a_command_that_hangs_is_ended_with_its_children(bench: Bench):
    hanging = script(
        bench.folder / "hang", f"sleep 300 & echo $! $$ > {bench.folder}/pids; trap '' TERM; wait; sleep 300"
    )
    amplifier = bench.amplifier(on=(hanging,), timeout_seconds=2.0)
    amplifier.update(NOON, True, None)
    wait_for(lambda: amplifier.health().state is AmplifierState.FAILED)
    assert "hung for 2 s and was ended" in amplifier.health().message
    pids = [int(pid) for pid in (bench.folder / "pids").read_text(encoding="utf-8").split()]
    wait_for(lambda: not any(map(alive, pids)))
    amplifier.update(NOON + timedelta(hours=1), False, None)  # within its tail still
    assert amplifier.health().state in {AmplifierState.FAILED, AmplifierState.SWITCHING}


def test_update_does_not_wait_for_a_command_that_hangs(bench: Bench):
    gate = bench.folder / "gate"
    os.mkfifo(gate)
    waiting = script(
        bench.folder / "wait", f'touch "{bench.folder}/started"; read word < "{gate}"; echo on >> "{bench.book}"'
    )
    amplifier = bench.amplifier(on=(waiting,), tail_seconds=0.0, timeout_seconds=60.0)
    amplifier.update(NOON, True, None)
    wait_for((bench.folder / "started").exists)
    assert amplifier.health().state is AmplifierState.SWITCHING
    amplifier.update(NOON, False, None)  # returns although the command is still at it: the relay answers only below
    assert bench.done == []
    gate.write_text("go\n", encoding="utf-8")
    wait_for(lambda: amplifier.health().state is AmplifierState.OFF)
    assert bench.done == ["on", "off"]


def test_stop_is_bounded_when_both_commands_hang(bench: Bench):
    amplifier = bench.amplifier(on=("sleep", "300"), off=("sleep", "300"), timeout_seconds=0.5)
    amplifier.update(NOON, True, None)
    amplifier.stop()
    assert amplifier._thread is not None
    assert not amplifier._thread.lives
    assert "switches the amplifier off hung" in amplifier.health().message


@pytest.mark.parametrize(
    ("command", "words"),
    [
        pytest.param(("/nonexistent/relay", "on"), "cannot be started: /nonexistent/relay: No such file", id="missing"),
        pytest.param(("/etc/passwd",), "cannot be started: /etc/passwd: Permission denied", id="not_a_program"),
        pytest.param(("sh", "-c", "echo no relay on USB >&2; exit 3"), "failed with 3: no relay on USB", id="says_why"),
        pytest.param(("false",), "failed with 1: it said nothing", id="says_nothing"),
        pytest.param(("sh", "-c", "kill -9 $$"), "failed with -9", id="dies"),
        pytest.param(("relay\0", "on"), "cannot be started", id="impossible_name"),
    ],
)
def test_a_command_that_fails_is_told_and_not_taken_for_done(bench: Bench, command: tuple[str, ...], words: str):
    amplifier = bench.amplifier(on=command)
    amplifier.update(NOON, True, None)
    wait_for(lambda: amplifier.health().state is AmplifierState.FAILED)
    assert words in amplifier.health().message


def test_a_failed_switching_is_tried_again_by_itself(bench: Bench):
    ready = bench.folder / "ready"
    fussy = script(bench.folder / "fussy", f'test -e "{ready}" && echo on >> "{bench.book}"')
    amplifier = bench.amplifier(on=(fussy,))
    amplifier.update(NOON, True, None)
    wait_for(lambda: amplifier.health().state is AmplifierState.FAILED)
    ready.touch()
    wait_for(lambda: amplifier.health().state is AmplifierState.ON)
    assert bench.done == ["on"]
    assert amplifier.health().message == ""


def test_a_new_wish_does_not_wait_for_the_pause_of_the_old(bench: Bench):
    amplifier = bench.amplifier(on=("false",), tail_seconds=0.0)
    amplifier.update(NOON, True, None)
    wait_for(lambda: amplifier.health().state is AmplifierState.FAILED)
    amplifier.update(NOON, False, None)
    wait_for(lambda: amplifier.health().state is AmplifierState.OFF)
    assert bench.done == ["off"]


def test_a_child_that_outlives_its_command_does_not_hold_anything_up(bench: Bench):
    """`relay on &` in a shell script keeps the script's output open."""
    lasting = script(bench.folder / "lasting", f"sleep 30 & echo $! > {bench.folder}/pid")
    amplifier = bench.amplifier(on=(lasting,))
    amplifier.update(NOON, True, None)
    wait_for(lambda: amplifier.health().state is AmplifierState.ON)
    os.kill(int((bench.folder / "pid").read_text(encoding="utf-8")), 9)


def test_a_command_does_not_run_at_the_real_time_priority_of_playout(bench: Bench):
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except OSError:
        pytest.skip("real time is refused here")
    policy = bench.folder / "policy"  # field 41 of stat(5): 0 is ordinary
    asking = script(bench.folder / "asking", f"sleep 0.2; cut -d' ' -f41 /proc/$$/stat > {policy}")
    amplifier = bench.amplifier(on=(asking,))
    amplifier.update(NOON, True, None)
    wait_for(lambda: amplifier.health().state is AmplifierState.ON)
    assert policy.read_text(encoding="ascii").strip() == "0"


def test_no_shell_reads_the_command(bench: Bench):
    amplifier = bench.amplifier(on=(bench.relay, "on; touch x", "$(id)"))
    amplifier.update(NOON, True, None)
    wait_for(lambda: amplifier.health().state is AmplifierState.ON)
    assert bench.done == ["on;", "touch", "x", "$(id)"]


def test_without_anything_to_switch_nothing_happens(bench: Bench):
    amplifier = bench.amplifier(on=(), off=())
    amplifier.update(NOON, True, None)
    assert amplifier.health().state is AmplifierState.NONE
    assert amplifier._thread is None


# -- a GPIO line -----------------------------------------------------------------------------------------------------


def test_a_missing_gpio_library_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "gpiod", None)
    amplifier = bench.amplifier(gpio_chip="/dev/gpiochip0", gpio_line=17)
    amplifier.update(NOON, True, None)
    wait_for(lambda: amplifier.health().state is AmplifierState.FAILED)
    assert "needs the gpiod library, which is not installed" in amplifier.health().message


BOARD = '''
"""A board of four lines that writes down what is done to it, with the calls of gpiod 2."""
import pathlib
BOOK = pathlib.Path(__file__).parent / "book"

class LineSettings:
    def __init__(self, direction, active_low, output_value):
        self.told = f"{direction}/{active_low}/{output_value}"

class Request:
    def set_value(self, line, value):
        if (BOOK.parent / "unplugged").exists():
            raise OSError(19, "No such device")
        write(f"set:{line}={value}")
    def release(self):
        write("released")

def write(words):
    with BOOK.open("a") as book:
        book.write(words + "\\n")

def request_lines(chip, consumer, config):
    if (BOOK.parent / "unplugged").exists():
        raise FileNotFoundError(2, "No such file or directory")
    for line, settings in config.items():
        write(f"request:{chip}:{line}:{settings.told}")
    return Request()
'''


@pytest.fixture
def board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    package = tmp_path / "site" / "gpiod"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(BOARD, encoding="utf-8")
    (package / "line.py").write_text(
        "class Direction: OUTPUT = 'output'\nclass Value:\n    ACTIVE = 'active'\n    INACTIVE = 'inactive'\n",
        encoding="utf-8",
    )
    for name in ("gpiod", "gpiod.line"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend(tmp_path / "site")
    yield package / "book"
    for name in ("gpiod", "gpiod.line"):
        sys.modules.pop(name, None)


def test_a_gpio_line_is_set_with_its_request_and_then_kept(bench: Bench, board: Path):
    amplifier = bench.amplifier(gpio_chip="/dev/gpiochip0", gpio_line=17, gpio_active_low=True, tail_seconds=0.0)
    for sounding, state in ((False, AmplifierState.OFF), (True, AmplifierState.ON), (False, AmplifierState.OFF)):
        amplifier.update(NOON, sounding, None)
        wait_for(lambda state=state: amplifier.health().state is state)
    told = board.read_text(encoding="utf-8").split()
    assert told == ["request:/dev/gpiochip0:17:output/True/inactive", "set:17=active", "set:17=inactive"]
    assert bench.done == [], "with a GPIO line no command is run"


def test_a_board_that_was_unplugged_is_told_and_asked_for_anew(bench: Bench, board: Path):
    amplifier = bench.amplifier(gpio_chip="/dev/gpiochip0", gpio_line=17)
    amplifier.update(NOON, False, None)
    wait_for(lambda: amplifier.health().state is AmplifierState.OFF)
    (board.parent / "unplugged").touch()
    amplifier.update(NOON, True, None)
    wait_for(lambda: amplifier.health().state is AmplifierState.FAILED)
    assert "GPIO line 17 of /dev/gpiochip0 cannot be switched: No such device" in amplifier.health().message
    (board.parent / "unplugged").unlink()
    wait_for(lambda: amplifier.health().state is AmplifierState.ON)
    assert board.read_text(encoding="utf-8").split()[-2:] == [
        "released",
        "request:/dev/gpiochip0:17:output/False/active",
    ]


def test_an_old_gpio_library_is_told(bench: Bench, board: Path):
    (board.parent / "__init__.py").write_text("class Chip: ...\n", encoding="utf-8")
    amplifier = bench.amplifier(gpio_chip="/dev/gpiochip0")
    amplifier.update(NOON, True, None)
    wait_for(lambda: amplifier.health().state is AmplifierState.FAILED)
    assert "needs gpiod 2 or newer" in amplifier.health().message


def test_a_killed_station_leaves_it_to_the_next_start(bench: Bench):
    """kill -9 with the amplifier on; the station that starts next has nothing due."""
    code = (
        "import os, sys; from datetime import UTC, datetime; from scheduler.kernel.clock import SystemClock;"
        "from scheduler.config.loading import AmplifierConfig; from scheduler.playout.amplifier import Amplifier;"
        f"a = Amplifier(AmplifierConfig(on=({bench.relay!r}, 'on'), off=({bench.relay!r}, 'off')), SystemClock());"
        "a.update(datetime.now(UTC), True, None)\n"
        "while a.health().state != 'on': pass\n"
        "os.kill(os.getpid(), 9)"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False, timeout=120)
    assert ended.returncode == -9
    assert bench.done == ["on"]
    amplifier = bench.amplifier()
    amplifier.update(NOON, False, None)
    wait_for(lambda: amplifier.health().state is AmplifierState.OFF)
    assert bench.done == ["on", "off"]


@pytest.mark.parametrize("refuses", [False, True], ids=["dies at once", "cannot be begun"])
def test_a_machine_without_memory_for_its_thread_holds_nobody_up_is_told_and_it_goes_on_once_there_is_some(
    bench: Bench, monkeypatch, refuses
):
    amplifier = bench.amplifier()
    asking = Asking(lambda: amplifier.update(NOON, True, None))
    with starved(monkeypatch) as machine:
        machine.lacks, machine.refuses = True, refuses
        asking.ask()
        monkeypatch.setattr(beside, "BEGINS_WITHIN", 0.0)
        amplifier.update(NOON, True, None)
        assert amplifier.health().state is AmplifierState.FAILED
        assert "no memory or thread left" in amplifier.health().message
        assert machine.tried == 2
    monkeypatch.undo()
    wait_for(lambda: (amplifier.update(NOON, True, None), amplifier.health().state)[1] is AmplifierState.ON)
    assert bench.done == ["on"]


def test_without_a_thread_it_is_switched_off_by_who_ends_it(bench: Bench, monkeypatch):
    amplifier = bench.amplifier()
    with starved(monkeypatch) as machine:
        machine.lacks = machine.refuses = True
        amplifier.stop()
    assert bench.done == ["off"]


def test_what_no_command_says_is_told_and_tried_again(bench: Bench, monkeypatch):
    """No descriptor for the file of what a command says: the thread goes on."""
    failing = [True]
    usual = tempfile.TemporaryFile

    def spent():
        if failing:
            raise OSError(24, "Too many open files")
        return usual()

    monkeypatch.setattr(tempfile, "TemporaryFile", spent)
    amplifier = bench.amplifier()
    amplifier.update(NOON, True, None)
    wait_for(lambda: amplifier.health().state is AmplifierState.FAILED)
    assert "Too many open files" in amplifier.health().message
    failing.clear()
    wait_for(lambda: amplifier.health().state is AmplifierState.ON)
    assert bench.done == ["on"]
