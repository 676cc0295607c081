"""What the process `clusters` asks of the desk: which orders follow from the ward's own rows, and what boxes report.

Plans of today and tomorrow, emergencies and stops become orders here, each once; a report is believed when the box's
own key signed it, and kept once. Nothing here opens a connection.
"""

import json
import logging
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from audio_assets.library import WAV_HEADER_BYTES
from scheduler.config.loading import Config
from scheduler.core.model import DEFAULT_ZONE, AiringOutcome, Sha256, Slot
from scheduler.core.planning.sessions import sounds_in
from scheduler.extras.boxes.keys import ClusterConfig, MqttConfig
from scheduler.extras.boxes.rows.ward import KEPT_DAYS, ClusterRows
from scheduler.extras.boxes.rules.messages import ClusterKind, Order, claimed_key, open_message, seal_order
from scheduler.extras.boxes.rules.plan import CARRIED, BoxClip, holds_of, plan_json, slot_json
from scheduler.extras.boxes.rules.state import PresenceWord, read_state
from scheduler.kernel.errors import NotFound, Refused
from scheduler.services.repositories import Repositories
from scheduler.store import Keys, Row, instant_text
from scheduler.store.planning.slots import slot_of

__all__ = ["KEY_FILE", "PROCESS", "ClusterLinkService", "ward_of"]

log = logging.getLogger(__name__)

PROCESS = "clusters"
KEY_FILE = "cluster-key.json"
BEHIND = timedelta(minutes=1)
"""A slot whose start is past by no more than this still goes out: the box decides whether it is too late."""
STOPS_FROM = timedelta(seconds=30)
"""Orders to stop that were given before the process began, if no longer ago."""
STOP_VALID = timedelta(minutes=1)
SEEN_VALID = timedelta(seconds=15)
MOST_ROWS = 200
_SILENT = -200.0
_GONE = frozenset({AiringOutcome.CANCELLED, AiringOutcome.REFUSED})


def ward_of(config: Config) -> str:
    """The ward's number in topics."""
    return config.get(MqttConfig).ward_id or config.value("town", "ward_id") or "phuong"


class ClusterLinkService:
    def __init__(self, repos: Repositories, rows: ClusterRows) -> None:
        self._repos = repos
        self.rows = rows
        self._keys = Keys(repos.written.data / "keys", KEY_FILE)
        self._stops_seen: int | None = None

    # Keys

    def public_key(self) -> str:
        """What boxes pin: only its orders count there."""
        return self._keys.current().public

    def seal(self, order: Order) -> bytes:
        return seal_order(order, self._keys.current().private)

    def names_sound(self, sha256: str) -> bool:
        """Whether a box may fetch this sound: something of yesterday or later airs it."""
        day = self._repos.today - timedelta(days=1)
        return self.rows.names_sound(sha256, day.isoformat())

    # Orders that follow from the ward's rows

    def make_urgent(self, now: datetime) -> int:
        """Emergencies and stops as orders (how many are new); quick, so that it may be asked every turn."""
        made = 0
        valid = timedelta(minutes=self._repos.config.emergency.valid_minutes)
        found = self.rows.emergencies(now - valid)
        for cluster in self._repos.config.all(ClusterConfig) if found else ():
            ordered = self.rows.ordered_slots(cluster.id)
            for row in found:
                if row["id"] not in ordered and self._hears(cluster, row["zone"]):
                    made += self._emergency(cluster, row["id"], now, valid)
        for row in self.rows.taken_back():
            self._stop(row["cluster_id"], row["slot_id"], now, row["reason"])
            made += 1
        return made + self._pass_stops_on(now)

    def _emergency(self, cluster: ClusterConfig, slot_id: str, now: datetime, valid: timedelta) -> bool:
        facts = self._repos.slots.facts(slot_id)
        slot, words = facts.slot, str(facts.row["text"])
        clips = self._clips([slot])
        if slot.audio_sha256 not in clips:
            log.error("emergency %s: its sound is not in the library; no box is told", slot_id)
            return False
        body = {"slot": slot_json(slot, self._delay(cluster), facts.title, clips, words)}
        self.rows.add_order(
            cluster.id,
            ClusterKind.EMERGENCY,
            body,
            now,
            order_id=uuid4().hex,
            expires=slot.start + valid,
            slot_id=slot_id,
        )
        log.warning("emergency %s goes to box %s", slot_id, cluster.id)
        return True

    def _stop(self, cluster_id: str, slot_id: str | None, now: datetime, reason: str) -> None:
        expires = None if slot_id else now + STOP_VALID
        body = {"slot_id": slot_id, "reason": reason}
        self.rows.add_order(
            cluster_id, ClusterKind.STOP, body, now, order_id=uuid4().hex, expires=expires, slot_id=slot_id
        )

    def _pass_stops_on(self, now: datetime) -> int:
        """Every stop that the ward's own playout is given."""
        if self._stops_seen is None:
            self._stops_seen = self.rows.last_command(now - STOPS_FROM)
        made = 0
        for row in self.rows.stops_after(self._stops_seen):
            self._stops_seen = row["id"]
            args = json.loads(row["args_json"])
            if args.get("finish"):
                continue
            for cluster in self._repos.config.all(ClusterConfig):
                self._stop(cluster.id, args.get("slot_id"), now, str(args.get("reason", "")))
                made += 1
        return made

    def make_plans(self, now: datetime) -> int:
        """A new plan for every box whose slots or holds have changed (how many)."""
        config = self._repos.config
        day = config.station.day_of(now)
        days = (day, day + timedelta(days=1))
        rows = [row for one in days for row in self._repos.slots.rows_of_day(one)]
        slots = [(slot_of(row), str(row["title"])) for row in rows if _airs(row)]
        clips = self._clips([slot for slot, _ in slots])
        return sum(self._plan(cluster, slots, clips, days, now) for cluster in config.all(ClusterConfig))

    def _plan(
        self,
        cluster: ClusterConfig,
        slots: list[tuple[Slot, str]],
        clips: Mapping[str, BoxClip],
        days: tuple[date, date],
        now: datetime,
    ) -> bool:
        delay = self._delay(cluster)
        named = [
            slot_json(slot, delay, title, clips)
            for slot, title in slots
            if slot.start >= now - BEHIND and _is_whole(slot, clips) and self._hears(cluster, slot.zone)
        ]
        config = self._repos.config
        zones = [zone for zone in cluster.zones if zone != DEFAULT_ZONE]
        holds = holds_of(config.rules, zones, config.emergency.valid_minutes)
        body = plan_json(named, holds, *days)
        last = self.rows.plan(cluster.id)
        if last is not None and _says_the_same(json.loads(last["body_json"]), body, now):
            return False
        self.rows.add_order(cluster.id, ClusterKind.PLAN, body, now, order_id=uuid4().hex)
        log.info("box %s: a plan of %d airings", cluster.id, len(named))
        return True

    def _clips(self, slots: Iterable[Slot]) -> dict[str, BoxClip]:
        """What boxes must know of the sounds of slots; a sound that is not in the library is left out."""
        wanted = {sha256 for slot in slots for sha256 in (slot.audio_sha256, slot.intro_sha256) if sha256}
        found: dict[str, BoxClip] = {}
        for sha256 in wanted:
            try:
                clip = self._repos.programme.clip(sha256)
            except NotFound:
                continue
            found[sha256] = BoxClip(Sha256(sha256), WAV_HEADER_BYTES + 2 * clip.frames, clip.frames, clip.says)
        return found

    @staticmethod
    def _hears(cluster: ClusterConfig, zone: str) -> bool:
        return sounds_in(zone, cluster.zones)

    def _delay(self, cluster: ClusterConfig) -> timedelta:
        """How much later than others its horns start: the latest of its zones."""
        of_zone = dict(self._repos.config.rules.zone_delay)
        return max((of_zone.get(zone, timedelta(0)) for zone in cluster.zones), default=timedelta(0))

    # What boxes tell

    def presence(self, cluster_id: str, word: PresenceWord | None, now: datetime) -> None:
        """A box's last word about itself, or its last will. It can only make a box red: green is what it signs."""
        if word is not None:
            values: Row = {"online": int(word is PresenceWord.ONLINE), "online_at": instant_text(now)}
            self.rows.note(cluster_id, values)

    def state(self, cluster: ClusterConfig, raw: bytes, now: datetime, *, retained: bool) -> Order | None:
        """Keep a box's state; the answer that it asks for, if it does. What is not believed is noted and shown."""
        told = self._believed(cluster, raw, now)
        seen = self.rows.seen(cluster.id)
        if told is None or (seen.state is not None and not _is_newer(told, seen.state)):
            return None
        values: Row = {"state_json": json.dumps(told, ensure_ascii=False), "state_at": instant_text(now)}
        state = read_state(told)
        if retained:  # when it was told is not known: by its own word, if that is no later than now
            values["state_at"] = instant_text(min(state.at or now, now))
        elif state.at is not None:
            values |= {"clock_ahead_ms": round((state.at - now) / timedelta(milliseconds=1)), "online": 1}
            values["online_at"] = instant_text(now)
        self.rows.note(cluster.id, values | {"refused": ""})
        if retained:
            return None
        self._catch_up(cluster.id, state.newest_seq, state.plan_seq, now, is_back=bool(told.get("nonce")))
        return self._seen(cluster.id, now, nonce=str(told.get("nonce") or ""))

    def _catch_up(self, cluster_id: str, newest_seq: int, plan_seq: int, now: datetime, *, is_back: bool) -> None:
        """What the MQTT server may have lost goes out again: to a box that has just come, or that has another plan."""
        self.rows.never_below(newest_seq)
        plan = self.rows.plan(cluster_id)
        again = [row["seq"] for row in self.rows.unanswered(cluster_id, now)] if is_back else []
        if plan is not None and plan["sent_at"] is not None and plan["seq"] != plan_seq:
            if plan["seq"] < newest_seq:  # it has had later numbers than this one: it would not believe it
                self.rows.add_order(
                    cluster_id, ClusterKind.PLAN, json.loads(plan["body_json"]), now, order_id=uuid4().hex
                )
            else:
                again.append(plan["seq"])
        if again:
            self.rows.send_again(again)

    def report(self, cluster: ClusterConfig, raw: bytes, now: datetime) -> Order | None:
        """Keep what a box has aired and what it has done about orders; the word that tells it so."""
        told = self._believed(cluster, raw, now)
        if told is None:
            return None
        seen, source = self.rows.seen(cluster.id), str(told.get("key", ""))
        reported, answered = seen.reported_seq, seen.answered
        with self._repos.store.write():
            for one in _rows(told.get("answers")):
                number = one.get("number")
                if isinstance(number, int) and not isinstance(number, bool):
                    words = str(one.get("answer"))[:10], str(one.get("reason", ""))[:60]
                    self.rows.answered(cluster.id, str(one.get("id", ""))[:64], *words, now)
                    answered = max(answered, number)
            for one in _rows(told.get("airings")):
                number = one.get("seq")
                if isinstance(number, int) and not isinstance(number, bool):
                    self.rows.add_airing(_airing(cluster.id, source, str(number), one, now))
                    reported = max(reported, number)
            self.rows.note(cluster.id, {"reported_seq": reported, "answered": answered})
        return self._seen(cluster.id, now)

    def _seen(self, cluster_id: str, now: datetime, nonce: str = "") -> Order:
        seen = self.rows.seen(cluster_id)
        body = {"nonce": nonce[:64], "now": now.isoformat(), "reported": seen.reported_seq, "answered": seen.answered}
        ward = ward_of(self._repos.config)
        return Order(uuid4().hex, 0, ward, cluster_id, ClusterKind.SEEN, now, now + SEEN_VALID, body)

    def _believed(self, cluster: ClusterConfig, raw: bytes, now: datetime) -> dict[str, Any] | None:
        """What a box's message says; None, and a note, where its key did not sign it. The first key heard is pinned."""
        seen, claimed = self.rows.seen(cluster.id), claimed_key(raw)
        pinned = cluster.public_key or seen.public_key
        try:
            told = _opened(raw, pinned or claimed, claimed, cluster.id)
        except Refused as refused:
            if seen.refused != refused.reason:
                log.warning("box %s: not believed: %s", cluster.id, refused)
            self.rows.note(cluster.id, {"refused": refused.reason, "refused_at": instant_text(now)})
            return None
        if seen.public_key != claimed:  # another machine counts its rows anew
            log.warning("box %s: key %s… is pinned from now on", cluster.id, claimed[:12])
            self.rows.note(cluster.id, {"public_key": claimed, "reported_seq": 0, "answered": 0})
        return told

    def forget(self, now: datetime) -> None:
        self.rows.forget(now - timedelta(days=KEPT_DAYS))


def _opened(raw: bytes, key: str, claimed: str, cluster_id: str) -> dict[str, Any]:
    """A message of the box that has this key. Raises Refused."""
    if claimed and claimed != key:
        raise Refused("cluster_other_key")
    told = open_message(raw, key)
    if told.get("cluster") != cluster_id:
        raise Refused("cluster_not_for_us", cluster=str(told.get("cluster"))[:40])
    return told


def _airs(row: Row) -> bool:
    """Whether a slot of the plan is to sound at boxes: approved as it stands, and taken back by nobody."""
    slot = slot_of(row)
    approved = row["a_state"] == "approved" and row["approved_sha256"] == slot.audio_sha256
    is_ours = slot.trigger in CARRIED and not slot.output and slot.outcome not in _GONE
    stopped = row["c_state"] == "stopped" or bool(row["c_stopped_at"] and row["c_stopped_at"] <= row["start"])
    return approved and is_ours and not stopped and row["retired_at"] is None


def _is_whole(slot: Slot, clips: Mapping[str, BoxClip]) -> bool:
    return slot.audio_sha256 in clips and (not slot.intro_sha256 or slot.intro_sha256 in clips)


def _says_the_same(last: Mapping[str, Any], body: Mapping[str, Any], now: datetime) -> bool:
    """Whether a plan adds nothing to the last one: that a slot of it is past changes nothing at a box."""
    if (last["holds"], last["to_day"]) != (body["holds"], body["to_day"]):
        return False
    had, has = last["slots"], body["slots"]
    gone = any(one not in has for one in had if datetime.fromisoformat(one["start"]) > now)
    return not gone and all(one in had for one in has)


def _is_newer(told: Mapping[str, Any], kept: Mapping[str, Any]) -> bool:
    """Whether a state is a later word than the kept one: within one run of a box its count grows."""
    if told.get("boot") != kept.get("boot"):
        return True
    count, before = told.get("count"), kept.get("count")
    return not isinstance(count, int) or not isinstance(before, int) or count > before


def _rows(told: object) -> list[Mapping[str, Any]]:
    found = told if isinstance(told, list) else []
    return [one for one in found if isinstance(one, Mapping)][:MOST_ROWS]


def _airing(cluster_id: str, source: str, number: str, told: Mapping[str, Any], now: datetime) -> Row:
    """A report as a row; what cannot be what it is called is absent."""
    return {
        "cluster_id": cluster_id,
        "source": source,
        "row": number,
        "slot_id": str(told.get("slot_id") or "")[:80],
        "day": str(told.get("day") or "")[:10],
        "title": str(told.get("title") or "")[:200],
        "trigger": str(told.get("trigger") or "")[:20],
        "started_at": _instant(told.get("started_at")),
        "ended_at": _instant(told.get("ended_at")),
        "planned_ms": _milliseconds(told.get("planned_ms")),
        "played_ms": _milliseconds(told.get("played_ms")),
        "outcome": str(told.get("outcome") or "")[:20],
        "reason": str(told.get("reason") or "")[:60],
        "level_dbfs": _level(told.get("level_dbfs")),
        "hash": str(told.get("hash") or "")[:64],
        "received_at": instant_text(now),
    }


def _instant(value: object) -> str | None:
    try:
        made = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return instant_text(made) if made.tzinfo else None


def _milliseconds(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else None


def _level(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if _SILENT < value <= 0 else None
