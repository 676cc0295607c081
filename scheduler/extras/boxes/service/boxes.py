"""Cụm loa: how each box beside the horns stands, and what people order of it: volume, silence, a test.

What is shown is what a box has measured and signed, or nothing. An order is a row first and goes out by the process
`clusters`; what follows from the ward's own rows (plan, emergency, stop) is `desk.cluster_link`'s.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self
from uuid import uuid4

from scheduler.core.model import Person
from scheduler.extras.boxes.keys import ClusterConfig, MqttConfig
from scheduler.extras.boxes.rows.ward import ClusterRows, SeenRow
from scheduler.extras.boxes.rules.messages import ClusterKind, gain_of
from scheduler.extras.boxes.rules.state import BoxState, Look, clock_is_off, look_of, read_state
from scheduler.extras.boxes.rules.vendor import read_vendor_state
from scheduler.extras.boxes.service.link import PROCESS, ClusterLinkService, ward_of
from scheduler.kernel.errors import NotFound, Refused
from scheduler.services.repositories import Repositories, permit
from scheduler.store import Row

if TYPE_CHECKING:
    from scheduler.services import Services

__all__ = ["ClusterService", "ClusterView"]

TEST_MINUTES = timedelta(minutes=1)
"""Who tests loudspeakers stands there and listens: a test does not come later."""
SILENT_AFTER = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class ClusterView:
    """One box as it stands."""

    config: ClusterConfig
    seen: SeenRow
    look: Look
    since: datetime | None
    state: BoxState | None
    clock_off_minutes: int
    waiting: int
    """Orders that it has not answered yet."""

    @property
    def name(self) -> str:
        return self.config.name or self.config.id


class ClusterService:
    def __init__(self, repos: Repositories) -> None:
        self._repos = repos
        self._rows = ClusterRows(repos.store)
        self.link = ClusterLinkService(repos, self._rows)

    @classmethod
    def of(cls, services: "Services") -> Self:
        """For the record."""
        return cls(services.repos)

    @property
    def configured(self) -> bool:
        config = self._repos.config
        return bool(config.get(MqttConfig).url and config.all(ClusterConfig))

    def ward(self) -> str:
        return ward_of(self._repos.config)

    # Reading

    def listed(self) -> list[ClusterView]:
        """Every box of the configuration, those that need somebody first."""
        order = {Look.CUT_OFF: 0, Look.LATE: 1, Look.NEVER: 2, Look.ON_AIR: 3, Look.QUIET: 4}
        views = [self._view(one) for one in self._repos.config.all(ClusterConfig)]
        return sorted(views, key=lambda view: (order[view.look], view.name))

    def get(self, cluster_id: str) -> ClusterView:
        return self._view(self._config(cluster_id))

    def red_count(self) -> int:
        """How many boxes have been heard once and are not heard now."""
        looks = [self._look(one)[0] for one in self._repos.config.all(ClusterConfig)] if self.configured else []
        return sum(look in {Look.CUT_OFF, Look.LATE} for look in looks)

    @property
    def link_rests(self) -> bool:
        """Whether that process does not run here on purpose: the other machine of the pair has the air."""
        return self._repos.store.is_fenced

    def link_alive(self) -> bool:
        """Whether the process that speaks with the boxes does its work."""
        beat = self._repos.jobs.heartbeat(PROCESS)
        return beat is not None and abs(self._repos.clock.now() - beat.at) <= SILENT_AFTER

    def link_fault(self) -> str:
        """Why the ward's MQTT server is not reached from here, as a reason code; empty = it is."""
        if self.link_rests:
            return "link_rests"
        beat = self._repos.jobs.heartbeat(PROCESS)
        return str(beat.state.get("reason", "")) if beat is not None else ""

    def orders(self, cluster_id: str, limit: int = 8) -> list[Row]:
        return self._rows.orders_of(cluster_id, limit)

    def airings(self, cluster_id: str, limit: int = 10) -> list[Row]:
        """What a box says it has aired, newest first."""
        return self._rows.airings(cluster_id, limit)

    def told_of(self, slot_id: str) -> list[tuple[str, Row]]:
        """What boxes say of one slot: name, report."""
        names = {one.id: one.name or one.id for one in self._repos.config.all(ClusterConfig)}
        rows = self._rows.airings_of_slot(slot_id)
        return [(names.get(str(row["cluster_id"]), str(row["cluster_id"])), row) for row in rows]

    def _view(self, config: ClusterConfig) -> ClusterView:
        look, since, state, seen = self._look(config)
        now = self._repos.clock.now()
        off = (seen.clock_ahead_ms or 0) // 60_000 if clock_is_off(seen.clock_ahead_ms) else 0
        waiting = len(self._rows.unanswered(config.id, now)) if config.kind == "loa" else 0
        return ClusterView(config, seen, look, since, state, off, waiting)

    def _look(self, config: ClusterConfig) -> tuple[Look, datetime | None, BoxState | None, SeenRow]:
        """How a box stands, since when, and by what."""
        seen = self._rows.seen(config.id)
        read = read_state if config.kind == "loa" else read_vendor_state
        state = read(seen.state) if seen.state is not None else None
        return *look_of(state, seen.state_at, seen.online, seen.online_at, self._repos.clock.now()), state, seen

    def _config(self, cluster_id: str) -> ClusterConfig:
        for one in self._repos.config.all(ClusterConfig):
            if one.id == cluster_id:
                return one
        raise NotFound("cluster", cluster_id)

    # Orders

    def set_volume(self, actor: Person, cluster_id: str, percent: int) -> None:
        """From the next airing on; emergencies keep their own loudness. Raises Refused cluster_volume_bad."""
        permit(actor, "configure")
        gain_of(percent)
        self._order(actor, cluster_id, ClusterKind.VOLUME, {"percent": percent})
        self._rows.note(cluster_id, {"volume": percent})

    def set_muted(self, actor: Person, cluster_id: str, *, muted: bool) -> None:
        """Tắt tiếng: nothing but a permitted emergency sounds there, what sounds now included."""
        permit(actor, "configure")
        volume = self._rows.seen(cluster_id).volume
        self._order(actor, cluster_id, ClusterKind.MUTE, {"muted": muted, "percent": volume or 100})
        self._rows.note(cluster_id, {"muted": int(muted)})

    def test(self, actor: Person, cluster_id: str) -> int:
        """Three seconds of a tone on its loudspeakers, within a minute or not at all (the order's number)."""
        permit(actor, "test_output")
        if self._config(cluster_id).kind == "vendor":
            raise Refused("cluster_no_test")
        return self._order(actor, cluster_id, ClusterKind.TEST, {}, TEST_MINUTES)

    def answer_to(self, number: int) -> tuple[str, str]:
        """What a box has said of an order, done or refused, and why; both empty as long as it has not."""
        row = self._rows.order(number)
        return (row["answer"], row["reason"]) if row else ("", "")

    def stop(self, actor: Person, cluster_id: str) -> None:
        """Stop what sounds at one box."""
        permit(actor, "stop")
        self._order(actor, cluster_id, ClusterKind.STOP, {"slot_id": None}, TEST_MINUTES)

    def forget_key(self, actor: Person, cluster_id: str) -> None:
        """Another machine may take this box's place: the first key that is heard now is its key."""
        permit(actor, "configure")
        if self._config(cluster_id).public_key:
            raise Refused("cluster_key_written")
        row = {"public_key": "", "reported_seq": 0, "answered": 0, "refused": "", "refused_at": None}
        self._rows.note(cluster_id, row)
        self._repos.audit.event("cluster_key_forgotten", person=actor, title=self.get(cluster_id).name)

    def _order(
        self, actor: Person, cluster_id: str, kind: ClusterKind, body: Row, valid: timedelta | None = None
    ) -> int:
        one, now = self._config(cluster_id), self._repos.clock.now()
        with self._repos.store.write():
            number = self._rows.add_order(
                cluster_id,
                kind,
                body,
                now,
                order_id=uuid4().hex,
                expires=now + valid if valid else None,
                person_id=actor.id,
            )
            told = {"title": one.name or one.id, "note": _note(kind, body)}
            self._repos.audit.event(f"cluster_{kind.value}", person=actor, **told)
        return number


def _note(kind: ClusterKind, body: Row) -> str:
    """What the audit log says besides."""
    if kind is ClusterKind.VOLUME:
        return f"{body['percent']}%"
    return "" if kind is not ClusterKind.MUTE else "tắt tiếng" if body["muted"] else "mở tiếng"
