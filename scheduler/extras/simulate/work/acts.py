"""What happens at an instant of a scenario: faults of the machine, and what people do at the desk.

Each kind of event is one small act. A refusal is an answer and becomes a line; while the machine has no power nobody
can act at its desk.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from scheduler.extras.simulate.work.air import Air
from scheduler.extras.simulate.work.keys import EventKeys
from scheduler.extras.simulate.work.reading import Event, OneOff, changed_campaign
from scheduler.extras.simulate.work.stage import Stage
from scheduler.kernel.errors import Refused

__all__ = ["RESTART", "Acts"]

RESTART = timedelta(seconds=1)
"""After a kill: what the supervisor needs."""
_DESK = frozenset({"stop_now", "edit", "delete", "stop", "pause", "resume", "urgent", "withdraw"})

Later = Callable[[timedelta, Callable[[], None]], None]
"""Do this so much later."""


class Acts:
    """The acts of one run. `later` puts a part of an act into the future."""

    def __init__(self, stage: Stage, air: Air, later: Later) -> None:
        self._stage, self._air, self._later = stage, air, later
        self._services = stage.station.services
        self._kinds: Mapping[str, Callable[[EventKeys], None]] = {
            "power_off": self._power_off,
            "power_on": self._power_on,
            "process_kill": self._process_kill,
            "process_start": lambda _: self._start(),
            "second_process": lambda _: self._air.second_playout(),
            "clock_step": lambda keys: self._air.clock.step_wall(keys.seconds),
            "stall": lambda keys: self._air.stall(keys.seconds),
            "clip_missing": lambda keys: self._file(keys.clip).unlink(),
            "clip_replaced": self._replace_clip,
            "output_crash": self._crash_output,
            "output_back": lambda keys: self._air.break_output(keys.output, broken=False),
            "stop_now": lambda _: self._stop_now(),
            "edit": self._edit,
            "delete": lambda keys: stage.stop(keys.campaign),
            "stop": lambda keys: stage.stop(keys.campaign),
            "resume": lambda keys: stage.resume(keys.campaign),
            "urgent": self._urgent,
            "withdraw": lambda keys: self._services.announcements.withdraw(
                stage.leader, stage.announcements[keys.clip]
            ),
        }

    def do(self, event: Event) -> None:
        """Raises Refused, or StationBusyError, where the station says no."""
        keys = event.keys
        if keys.kind in _DESK and not self._air.has_power:
            raise Refused("station_off")
        if keys.kind == "pause":
            self._stage.pause(keys.campaign, event.until)
            return
        if keys.kind == "clock_set":
            wanted = event.clock or self._air.true_now
            self._air.clock.step_wall((wanted - self._air.clock.now()).total_seconds())
            return
        self._kinds[keys.kind](keys)

    def press(self, one_off: OneOff) -> None:
        """A person presses "phát ngay"."""
        if not self._air.has_power:
            raise Refused("station_off")
        announcement_id = self._stage.announcements[one_off.keys.clip]
        self._services.air.play_now(
            self._stage.officer, announcement_id, chime=one_off.keys.chime, repeat=one_off.keys.plays
        )

    # The machine

    def _power_off(self, _: EventKeys) -> None:
        self._air.has_power = False
        if self._air.is_running:
            self._air.kill_playout()

    def _power_on(self, _: EventKeys) -> None:
        self._air.has_power = True
        self._start()

    def _start(self) -> None:
        if not self._air.has_power:
            raise Refused("station_off")
        self._air.start_playout()

    def _process_kill(self, _: EventKeys) -> None:
        if not self._air.is_running:
            raise Refused("station_off")
        self._air.kill_playout()
        self._later(RESTART, self._restart)

    def _restart(self) -> None:
        if self._air.has_power:
            self._air.start_playout()

    def _crash_output(self, keys: EventKeys) -> None:
        self._air.break_output(keys.output, broken=True)
        if keys.seconds > 0:
            self._later(timedelta(seconds=keys.seconds), lambda: self._air.break_output(keys.output, broken=False))

    def _file(self, clip: str) -> Path:
        """The clip's file; NotFound where it is gone already."""
        return self._stage.station.repos.library.path(self._stage.sha256s[clip])

    def _replace_clip(self, keys: EventKeys) -> None:
        path = self._file(keys.clip)
        data = bytearray(path.read_bytes())
        data[-1] ^= 0xFF
        path.unlink()
        path.write_bytes(data)

    # People

    def _stop_now(self) -> None:
        self._services.air.stop(self._stage.officer)

    def _edit(self, keys: EventKeys) -> None:
        now = self._stage.standing[keys.campaign].keys
        self._stage.edit(keys.campaign, changed_campaign(now, keys.change))

    def _urgent(self, keys: EventKeys) -> None:
        """The first press now, the others spread over the time they come within; the last at its end."""

        def press() -> None:
            announcement_id = self._stage.announcements[keys.clip]
            self._services.emergency.break_in(self._stage.leader, announcement_id, zone=keys.zone)

        for number in range(1, keys.times):
            self._later(timedelta(milliseconds=keys.within_ms * number / (keys.times - 1)), press)
        press()
