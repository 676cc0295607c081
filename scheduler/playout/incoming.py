"""What comes in while it airs: the feed of each relay and each live voice, and the sources behind it.

A slot that is armed gets a feed here, and its sources fill it from threads and child processes of their own. A live
voice is listened to only when its chime is over: what was said before is in the recording, not on the air.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from queue import SimpleQueue
from typing import Any

from scheduler.core.model import HOUSE_RATE, Frames, Slot
from scheduler.kernel.clock import Clock
from scheduler.playout.programme import Programme
from scheduler.playout.relay.chain import Chain, RelaySpec, start_relay
from scheduler.playout.sound import Sounds
from scheduler.playout.stream_buffer import StreamBuffer
from scheduler.services import Services
from scheduler.services.air.live import BROWSER

LISTEN_AHEAD = timedelta(seconds=0.3)
"""A microphone is listened to this long before its chime is over, so that its first word finds the buffer filled."""
_NOTHING = "none"


@dataclass(frozen=True, slots=True)
class Change:
    """A slot's sound comes from somewhere else now."""

    slot_id: str
    origin: str
    to: str
    reason: str

    @property
    def is_silence(self) -> bool:
        return self.to == _NOTHING


@dataclass(slots=True, eq=False)
class _Incoming:
    feed: StreamBuffer
    spec: RelaySpec
    opening: timedelta | None = None
    """Of a live voice: how long its chime sounds."""
    chain: Chain | None = None
    listen_at: datetime | None = None


class Incoming:
    """Feeds and sources by slot. All but the sources' own threads is called by the service's thread."""

    def __init__(self, services: Services, clock: Clock, sounds: Sounds) -> None:
        self._services = services
        self._clock = clock
        self._sounds = sounds
        self._open: dict[str, _Incoming] = {}
        self._changes: SimpleQueue[Change] = SimpleQueue()

    def relay(self, slot: Slot, start: datetime) -> Programme:
        """A relay from `start` to the end of its window; its sources are started now. Raises NotFound, Refused."""
        settings = self._services.repos.config.relay
        relay = self._services.repos.relays.of_announcement(slot.announcement_id)
        frames = Frames(max(1, round((slot.end - start).total_seconds() * HOUSE_RATE)))
        spec = self._spec(slot, sources=relay.sources, fallback=self._sounds.fallback(relay.fallback))
        feed = StreamBuffer(frames, prebuffer=min(1.5, settings.lost_seconds), ahead=4.0)
        one = self._open[slot.id] = _Incoming(feed, spec)
        self._listen(one)
        return Programme(slot_id=slot.id, zone=slot.zone, priority=slot.priority, parts=(feed,))

    def live(self, slot: Slot) -> Programme:
        """A live voice behind its chime; it turns a relay down while it sounds. Raises NotFound, Refused."""
        settings = self._services.repos.config.live
        lease = self._services.repos.leases.of_slot(slot.id)
        parts = self._sounds.opening(slot)
        feed = StreamBuffer(round(lease.longest.total_seconds() * HOUSE_RATE), prebuffer=0.25, ahead=0.8)
        from_browser = lease.source == BROWSER
        spec = self._spec(
            slot,
            sources=() if from_browser else (lease.source,),
            tail=self._services.live.path(lease.id) if from_browser else None,
            lost_seconds=settings.lost_seconds,
        )
        opening = timedelta(seconds=sum(map(len, parts)) / HOUSE_RATE)
        self._open[slot.id] = _Incoming(feed, spec, opening=opening)
        return Programme(
            slot_id=slot.id,
            zone=slot.zone,
            priority=slot.priority,
            parts=(*parts, feed),
            under_gain=10 ** (settings.duck_db / 20),
        )

    def began(self, slot_id: str, at: datetime) -> None:
        """The slot is audible since `at`."""
        one = self._open.get(slot_id)
        if one and one.opening is not None and not one.feed.is_closed:
            one.listen_at = at + one.opening - LISTEN_AHEAD

    def step(self, now: datetime) -> Sequence[Change]:
        """Listen where a chime is over; what the sources have told since the last step."""
        for one in self._open.values():
            if one.listen_at and one.chain is None and now >= one.listen_at:
                self._listen(one)
            elif one.chain is not None:
                one.chain.keep_on()
        changes: list[Change] = []
        while not self._changes.empty():
            change = self._changes.get()
            if change.slot_id in self._open:
                changes.append(change)
        return changes

    def finish(self, slot_id: str) -> None:
        """The voice has let go: what has come is still heard, then the airing ends."""
        if one := self._open.get(slot_id):
            one.listen_at = None
            if one.chain:
                one.chain.stop(wait=False)
            one.feed.close()

    def close(self, slot_id: str) -> None:
        """The airing is over. Unknown slots are no fault."""
        if (one := self._open.pop(slot_id, None)) and one.chain:
            one.chain.stop(wait=False)

    def stop(self) -> None:
        """End every source, and wait for it."""
        for slot_id in list(self._open):
            one = self._open.pop(slot_id)
            if one.chain:
                one.chain.stop()

    def states(self) -> list[dict[str, Any]]:
        """Where each comes from now, for the heartbeat."""
        told: list[dict[str, Any]] = []
        for slot_id, one in self._open.items():
            if one.chain is None:
                continue
            state = one.chain.state()
            level = state.level_db if state.level_db > -120 else -120.0  # noqa: PLR2004 - silence, as a number JSON has
            told.append(
                {
                    "slot_id": slot_id,
                    "source": state.on_air,
                    "state": str(state.state),
                    "reason": state.reason,
                    "level_db": round(level, 1),
                }
            )
        return told

    def _spec(self, slot: Slot, **settings: Any) -> RelaySpec:
        relay, audio = self._services.repos.config.relay, self._services.repos.config.audio
        common: dict[str, Any] = {
            "lost_seconds": relay.lost_seconds,
            "silence_seconds": relay.silence_seconds,
            "silence_db": relay.silence_db,
            "probe_seconds": relay.probe_seconds,
            "allow_private": relay.allow_private,
            "allowed_hosts": relay.allowed_hosts,
            "target_lufs": audio.target_lufs,
        }
        return RelaySpec(slot_id=slot.id, **(common | settings))

    def _listen(self, one: _Incoming) -> None:
        one.chain = start_relay(one.spec, one.feed, self._clock, self._changed)

    def _changed(self, slot_id: str, origin: str, to: str, reason: str) -> None:
        self._changes.put(Change(slot_id, origin, to, reason))
