"""The amplifier's power: on some seconds before sound, off some seconds after it, and off whenever nothing is due.

`update` says what is wanted and returns at once; a thread carries it out, one switching at a time. A command that hangs
is ended with all its children, a failed one is tried again with growing pauses, and until it worked nobody claims to
know. After a crash the first word with nothing due switches off. What is due is not decided here.
"""

import contextlib
import importlib
import logging
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, Protocol

from scheduler.config.loading import AmplifierConfig
from scheduler.kernel.beside import Beside
from scheduler.kernel.clock import Clock
from scheduler.kernel.errors import OutputError
from scheduler.playout.priority import be_ordinary

__all__ = ["Amplifier", "AmplifierHealth", "AmplifierState", "wants_power"]

log = logging.getLogger(__name__)

_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 30.0
_MOST_TOLD = 200
_DYING = 1.0
_NO_THREAD = "the amplifier cannot be switched: this machine has no memory or thread left for it; it is tried again"


class AmplifierState(StrEnum):
    """`none` = there is nothing to switch; `switching` = under way; `failed` = could not, tried again by itself."""

    NONE = "none"
    OFF = "off"
    ON = "on"
    SWITCHING = "switching"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class AmplifierHealth:
    state: AmplifierState
    message: str
    """What went wrong and what to try; empty unless failed."""
    since: datetime


def wants_power(
    *, sounding: bool, until_start: float | None, since_sound: float | None, lead: float, tail: float
) -> bool:
    """Whether the amplifier has to be on. Seconds until the next start and since the last sound; None = there is none.

    A start that is past and not yet sounding is still due: it comes late.
    """
    if sounding or (until_start is not None and until_start <= lead):
        return True
    return since_sound is not None and since_sound < tail


class _Switch(Protocol):
    def turn(self, *, on: bool) -> None:
        """Do it, within bounded time, or OutputError."""


class Amplifier:
    """The amplifier of `settings`; nothing is switched before the first `update`."""

    def __init__(self, settings: AmplifierConfig, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._switch = _switch_of(settings)
        self._news = threading.Condition()
        self._wanted: bool | None = None
        self._actual: bool | None = None
        """None = not known: just started, or a switching failed half-way."""
        self._is_stopping = False
        self._sounded_at: float | None = None
        self._thread: Beside | None = None
        state = AmplifierState.NONE if self._switch is None else AmplifierState.SWITCHING
        self._health = AmplifierHealth(state, "", clock.now())

    @property
    def is_there(self) -> bool:
        """Whether there is anything to switch."""
        return self._switch is not None

    def update(self, now: datetime, sounding: bool, next_start: datetime | None) -> None:  # noqa: FBT001 - read aloud: now sounding, next at
        """Say what is going on, some times a second; never waits. `next_start`: the next airing due, if any."""
        seconds = self._clock.monotonic()
        if sounding:
            self._sounded_at = seconds
        wanted = wants_power(
            sounding=sounding,
            until_start=None if next_start is None else (next_start - now).total_seconds(),
            since_sound=None if self._sounded_at is None else seconds - self._sounded_at,
            lead=self._settings.lead_seconds,
            tail=self._settings.tail_seconds,
        )
        with self._news:
            if self._switch is None or self._is_stopping:
                return
            if self._thread is not None and not self._thread.lives:
                self._failed(_NO_THREAD)
            if wanted == self._wanted and self._thread is not None and self._thread.lives:
                return
            self._wanted = wanted
            self._see_to(self._switch)
            self._news.notify()

    def health(self) -> AmplifierHealth:
        return self._health

    def stop(self) -> None:
        """Switch off and end. What is under way may finish first; one that hangs is ended, so this is bounded."""
        with self._news:
            if self._switch is not None and not self._is_stopping:
                self._see_to(self._switch)
            self._is_stopping, self._wanted = True, False
            self._news.notify()
        if self._thread is not None:
            self._thread.join(2 * (self._settings.timeout_seconds + _DYING) + 1)
            if self._switch is not None and self._thread.is_stillborn:
                self._run(self._switch)  # it is not left on for want of a thread

    def _see_to(self, switch: _Switch) -> None:
        """A thread is at work; one that could not begin is followed by another."""
        if self._thread is None or not self._thread.lives:
            self._thread = Beside(partial(self._run, switch), "amplifier")
            self._thread.begin()

    def _run(self, switch: _Switch) -> None:
        pause = _FIRST_PAUSE
        while (wanted := self._next()) is not None:
            self._change(AmplifierState.SWITCHING, self._health.message)
            try:
                switch.turn(on=wanted)
            except Exception as error:  # noqa: BLE001 - the edge of the thread: it is told, and tried again
                self._failed(str(error) if isinstance(error, OutputError) else f"the amplifier's switch: {error!r}")
                if self._is_stopping and not wanted:
                    return
                with self._news:
                    # A new wish does not wait for the pause that the old one's failure earned.
                    self._news.wait_for(lambda wish=wanted: self._wanted != wish or self._is_stopping, pause)  # type: ignore[misc]
                pause = min(2 * pause, _LONGEST_PAUSE)
            else:
                self._actual, pause = wanted, _FIRST_PAUSE
                self._change(AmplifierState.ON if wanted else AmplifierState.OFF, "")

    def _next(self) -> bool | None:
        """What to do next; None when it is stopping and there is nothing left to do."""
        with self._news:
            self._news.wait_for(lambda: self._wanted != self._actual or self._is_stopping)
            return None if self._is_stopping and self._actual is False else self._wanted

    def _failed(self, why: str) -> None:
        self._actual = None
        if why != self._health.message:
            log.warning("amplifier: %s", why)
        self._change(AmplifierState.FAILED, why)

    def _change(self, state: AmplifierState, message: str) -> None:
        if (state, message) != (self._health.state, self._health.message):
            self._health = AmplifierHealth(state, message, self._clock.now())


def _switch_of(settings: AmplifierConfig) -> _Switch | None:
    if settings.gpio_chip:
        return _Line(settings.gpio_chip, settings.gpio_line, active_low=settings.gpio_active_low)
    if settings.on or settings.off:
        return _Commands(settings.on, settings.off, settings.timeout_seconds)
    return None


class _Commands:
    """A program that switches: run without a shell, in a group of its own so that its children go with it."""

    def __init__(self, on: Sequence[str], off: Sequence[str], timeout: float) -> None:
        self._on = tuple(on)
        self._off = tuple(off)
        self._timeout = timeout

    def turn(self, *, on: bool) -> None:
        command = self._on if on else self._off
        if not command:
            return  # an amplifier that goes to sleep by itself, say
        act = "on" if on else "off"
        # A file and not a pipe: a child that outlives the command would keep a pipe open.
        with tempfile.TemporaryFile() as said:
            try:
                process = subprocess.Popen(  # noqa: S603 - the ward's own command, word by word from config.toml
                    command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
                )
            except (OSError, ValueError) as error:
                why = getattr(error, "strerror", None) or str(error)
                what = f"the command that switches the amplifier {act} cannot be started: {command[0]}: {why}"
                raise OutputError(f"{what}; check [amplifier] in config.toml") from error
            be_ordinary(process.pid)  # a command that spins in real time would starve the whole machine
            try:
                code = process.wait(self._timeout)
            except subprocess.TimeoutExpired as error:
                _end_group(process)
                what = f"the command that switches the amplifier {act} hung for {self._timeout:g} s and was ended"
                raise OutputError(f"{what}; check the relay and its cable") from error
            if code:
                said.seek(0)
                words = " ".join(said.read(_MOST_TOLD).decode(errors="replace").split())
                what = f"the command that switches the amplifier {act} failed with {code}"
                raise OutputError(f"{what}: {words or 'it said nothing'}; check the relay and its cable")


def _end_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):  # it hangs in the kernel: left behind
        process.wait(_DYING)


class _Line:
    """A GPIO line of a relay board, by the gpiod library (version 2), which is loaded only here."""

    def __init__(self, chip: str, line: int, *, active_low: bool) -> None:
        self._chip = chip
        self._line = line
        self._active_low = active_low
        self._request: Any = None

    def turn(self, *, on: bool) -> None:
        try:
            gpiod, line = importlib.import_module("gpiod"), importlib.import_module("gpiod.line")
        except ImportError as error:
            what = "the amplifier's GPIO line needs the gpiod library, which is not installed"
            raise OutputError(f"{what}: pip install 'gpiod>=2'", permanent=True) from error
        if not hasattr(gpiod, "request_lines"):
            raise OutputError(
                "the amplifier's GPIO line needs gpiod 2 or newer: pip install 'gpiod>=2'", permanent=True
            )
        value = line.Value.ACTIVE if on else line.Value.INACTIVE
        try:
            if self._request is None:
                # The value is part of the request, so that the relay does not click on the way.
                settings = gpiod.LineSettings(
                    direction=line.Direction.OUTPUT, active_low=self._active_low, output_value=value
                )
                self._request = gpiod.request_lines(self._chip, consumer="loa-phuong", config={self._line: settings})
            else:
                self._request.set_value(self._line, value)
        except (OSError, ValueError) as error:
            self._release()
            why = getattr(error, "strerror", None) or str(error)
            what = f"GPIO line {self._line} of {self._chip} cannot be switched: {why}"
            raise OutputError(f"{what}; check the chip's name and the user's right to it") from error

    def _release(self) -> None:
        request, self._request = self._request, None
        if request is not None:
            with contextlib.suppress(OSError, ValueError):
                request.release()
