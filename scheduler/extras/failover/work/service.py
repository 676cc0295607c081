"""The pair process: keeps this machine's place, and writes down for all its processes whether it has the air.

Votes come on threads of their own; this loop looks what follows from them. Before the air is used, the rows are made
ready to be written here; when it is lost, everybody else on this machine ends first, and only then the other is
followed. It makes no sound and writes no row of the ward but the few that say who has the air.
"""

import json
import logging
import os
import sqlite3
import threading
from contextlib import suppress
from dataclasses import replace
from typing import Any

from scheduler.core.station.kept import PLAYOUT_SILENT_AFTER
from scheduler.extras.failover.keys import PairConfig
from scheduler.extras.failover.rules.election import Copy, Election, Seat
from scheduler.extras.failover.work.answers import Answers
from scheduler.extras.failover.work.follow import EVERY, Follower
from scheduler.extras.failover.work.peers import BrokerVoter, PeerVoter, Table
from scheduler.extras.failover.work.wire import Asker, Door, Sealer, load_key
from scheduler.extras.town.rows.queue import begin_line
from scheduler.kernel.air_fence import Air, AirFence, FenceState, folder_of
from scheduler.kernel.clock import since_boot
from scheduler.kernel.errors import LoaError
from scheduler.station import Station
from scheduler.store import Entry

__all__ = ["PROCESS", "PairService", "run"]

log = logging.getLogger(__name__)

PROCESS = "pair"
TURN = 0.1
BEAT_EVERY = 1.0
QUIET_WITHIN = 30.0
"""Seconds the supervisor has to end everybody else, before we go on without its word."""
READY_WITHIN = 3.0
"""Seconds in which the rows must be made ready once the votes are here."""
PLAYOUT_STARTS = 20.0
"""Seconds a playout may take to begin."""
FAREWELL = 1.3
"""Seconds that the door stays open when the station is switched off."""
LEAVING_WITHIN = 20.0
"""Seconds for the other machine to take an air that was given up for it."""


class PairService:
    """`run` goes on until told to stop."""

    def __init__(self, station: Station) -> None:
        """Raises Refused: pair_key_missing, pair_key_open, pair_key_bad, pair_port."""
        self._station = station
        config = station.written
        self._pair, self._folder = config.get(PairConfig), folder_of(config.data)
        sealer = Sealer(load_key(self._folder / "pair.key"))
        self._air = AirFence(self._folder)
        self._gate = threading.Lock()
        self._ready = False
        """The rows here are ours to write, in the term that the contest has."""
        self._turn_number = 0
        self._ready_at = since_boot()
        self._won_at: float | None = None
        (self._folder / "quiet").unlink(missing_ok=True)  # of another life: turns are counted anew after a start
        self._lost_at = self._left_at = float("-inf")
        self._beat_at = float("-inf")
        self._playout: tuple[object, float] = None, float("-inf")
        """The last word of playout, and when it was first seen."""
        before = self._air.read()
        contest = Election(
            self._pair.machine, self._pair.peer, since_boot(), rested=before.phase is not FenceState.NONE
        )
        self._table = Table(contest, self._publish)
        asker = Asker(self._pair.peer_url, sealer, self._pair.machine)
        self._follower = Follower(station, asker, self._gate, self._copied)
        self._asker = Asker(self._pair.peer_url, sealer, self._pair.machine)
        self._answers = Answers(station, self._table, self._state_for_peer)
        self._answers.asked_to_leave = self._leave
        self._peers = [PeerVoter(self._table, config, sealer, self._state_for_peer)] if self._pair.peer_url else []
        self._broker = [BrokerVoter(self._table, config)] if self._pair.url else []
        self._resume(before)
        self._door = Door((self._pair.host, self._pair.port), sealer, self._answers.answer)

    def _resume(self, before: Air) -> None:
        """What a process before this one, since the same start of the machine, had and had promised."""
        rows, contest = self._follower.rows, self._table.contest
        rows.watch()
        contest.copy = self._follower.copy()
        contest.term = max(contest.copy.term, before.term)
        self._turn_number = before.turn
        if before.phase is FenceState.NONE:
            return
        held = before.phase is FenceState.HOLDS and before.deadline > since_boot() and bool(rows.state("stream"))
        lost = before.phase in {FenceState.HOLDS, FenceState.LOST} and not held
        seat = Seat.HOLDS if held else Seat.LOST if lost else Seat.FOLLOWS
        contest.resume(
            seat, contest.term, before.deadline, before.bound_to, before.bound_until, alone=before.alone and held
        )
        self._ready = held
        if lost:
            self._lost()

    # Told and published

    def _state_for_peer(self) -> dict[str, Any]:
        """What the other machine is told of this one."""
        with self._table.lock:
            contest = self._table.contest
            seat, has = contest.seat, contest.copy
            if seat is Seat.HOLDS and (not self._ready or contest.until(since_boot()) <= since_boot()):
                seat = Seat.FOLLOWS if not self._ready else Seat.LOST
            return {
                "seat": seat,
                "term": contest.term,
                "has": [has.term, has.change],
                "page": self.page,
                "wall": self._station.clock.now().timestamp(),
                "alone": contest.alone,
            }

    @property
    def page(self) -> str:
        """Where this machine's page is."""
        web = self._station.written.web
        return self._pair.page or f"http://{web.host}:{web.port}"

    def _copied(self, copy: Copy) -> None:
        with self._table.lock:
            self._table.contest.copy = copy

    def _publish(self) -> None:
        """Write down what holds now; the table's lock is held."""
        contest, now = self._table.contest, since_boot()
        seat = contest.seat
        phase, deadline = FenceState.FOLLOWS, float("-inf")
        if seat is Seat.HOLDS and self._ready:
            phase, deadline = FenceState.HOLDS, contest.until(now)
        elif seat is Seat.LOST:
            phase = FenceState.LOST
        self._air.write(
            Air(
                deadline=deadline,
                phase=phase,
                term=contest.term,
                turn=self._turn_number,
                bound_until=contest.bound_until,
                bound_to=contest.bound_to,
                page=str(self._table.other.get("page", "")),
                alone=contest.alone,
            )
        )

    # The loop

    def run(self, stop: threading.Event) -> None:
        turns = [*(one.run for one in self._broker), *(one.run for one in self._peers)]
        threads = [threading.Thread(target=turn, args=(stop,), daemon=True) for turn in turns]
        threads.append(threading.Thread(target=self._follow, args=(stop,), name="follow", daemon=True))
        for thread in threads:
            thread.start()
        try:
            while not stop.is_set():
                self._turn_safely()
                stop.wait(TURN)
        finally:
            self._table.ask_now()
            if self._ready:  # the others are writing their last rows: whoever follows shall have them
                self._station.clock.sleep_until(self._station.clock.monotonic() + FAREWELL)
            self._door.close()
            for thread in threads:
                thread.join(2.0)
            self._asker.close()
            self._follower.close()

    def _turn_safely(self) -> None:
        try:
            self.turn()
        except (LoaError, OSError, sqlite3.Error) as error:
            log.error("a turn of the pair failed: %s", error)  # noqa: TRY400 - a full disk says the same again and again

    def turn(self) -> None:
        """What follows from the votes of this moment."""
        table, contest = self._table, self._table.contest
        self._take_request()
        with table.lock:
            now = since_boot()
            before, seat = contest.seat, contest.look(now)
            if contest.may_try(now):
                contest.begin_try(now)
                table.ask_now()
            if before is Seat.HOLDS and seat is Seat.LOST:
                self._lost()
            table.publish()
        if seat is Seat.HOLDS and not self._ready:
            self._make_ready_or_leave()
        self._won_at = self._won_at if seat is Seat.HOLDS else None
        if seat is Seat.HOLDS and self._ready:
            with table.lock:
                contest.copy = replace(contest.copy, term=contest.term)
            head = self._follower.rows.head()
            with table.lock:
                contest.copy = Copy(contest.term, head)
            self._leave_if_mute()
        if seat is Seat.LOST:
            self._settle()
        self._beat()

    def _make_ready_or_leave(self) -> None:
        """A machine that cannot write (a full disk) does not keep the air from the other one."""
        self._won_at = since_boot() if self._won_at is None else self._won_at
        try:
            self._make_ready()
        except (LoaError, OSError, sqlite3.Error):
            if since_boot() - self._won_at > READY_WITHIN:
                with self._table.lock:
                    self._table.contest.give_up()
                    self._table.contest.stand_back(since_boot())
                    self._lost()
                    self._table.publish()
            raise

    def _make_ready(self) -> None:
        """The votes are here: from now on the rows are written on this machine."""
        table, contest, rows = self._table, self._table.contest, self._follower.rows
        with self._gate:
            base = f"{rows.state('stream') or rows.state('followed')} {contest.copy.change}"
            stream, now = f"{self._pair.machine}.{contest.term}", self._station.clock.now()
            day = self._station.written.station.day_of(now).isoformat()
            alone = " alone" if contest.alone else ""
            note = f"{self._pair.machine} term {contest.term}{alone}, rows of {base.strip()}"
            with rows.store.write(own=True) as db:
                rows.begin(stream, base=base, term=contest.term)
                begin_line(db.conn, "took")  # the other machine may have told rows that are not in our copy
                self._station.repos.journal.append(
                    db, Entry(at=now, kind="pair", day=day, reason="pair_took", note=note)
                )
            with table.lock:
                contest.copy = Copy(contest.term, rows.head())
                self._ready = True
                self._ready_at = since_boot()
                self._answers.leaving.clear()
                self._answers.quiet.clear()
                table.publish()
        log.warning("this machine has the air: %s", note)

    def _lost(self) -> None:
        """The air is gone; the table's lock is held, or nobody else runs yet."""
        self._ready = False
        self._turn_number += 1
        self._lost_at = since_boot()
        self._answers.quiet.clear()
        log.warning("this machine has the air no more")

    def _settle(self) -> None:
        """Everybody else has ended: follow; after an air that was given up, only when the other has everything."""
        now = since_boot()
        if self._quiet_turn() < self._turn_number and now - self._lost_at < QUIET_WITHIN:
            return
        self._answers.quiet.set()
        leaving = self._answers.leaving.is_set() and now - self._left_at < LEAVING_WITHIN
        with self._table.lock:
            if leaving and self._table.other.get("seat") != Seat.HOLDS:
                return
            if leaving:
                self._table.contest.stand_back(now)
            self._answers.leaving.clear()
            self._table.contest.settle(now)
            self._table.publish()

    def _quiet_turn(self) -> int:
        with suppress(OSError, ValueError):
            return int((self._folder / "quiet").read_text(encoding="ascii"))
        return 0

    def _leave_if_mute(self) -> None:
        """A machine whose playout hangs has the air for nothing: the other one takes it, if it is ready."""
        now, beat = since_boot(), self._station.repos.jobs.heartbeat("playout")
        word = (beat.pid, beat.at) if beat else None
        if word != self._playout[0]:
            self._playout = word, now
        if now - self._playout[1] < PLAYOUT_SILENT_AFTER.total_seconds() or now - self._ready_at < PLAYOUT_STARTS:
            return
        table = self._table
        with table.lock:
            other = table.other
            ready = (
                not table.peer_fault and other.get("seat") == Seat.FOLLOWS and other.get("term") == table.contest.term
            )
            if not ready or not Copy(*other["has"]).reaches(table.contest.copy):
                return
        self._answers.note("pair_given", "playout does not answer")
        self._leave("playout")

    def _leave(self, _who: str) -> None:
        """Give up the air for the other machine."""
        with self._table.lock:
            self._answers.leaving.set()
            self._left_at = since_boot()
            self._table.contest.give_up()
            self._lost()
            self._table.publish()

    # Following

    def _follow(self, stop: threading.Event) -> None:
        while not stop.is_set():
            if self._follows() and self._pair.peer_url:
                try:
                    self._follower.turn(self._follows)
                except Exception:  # the copy is old, and says so; the air is kept by others
                    log.exception("a turn of following failed")
                if self._follower.left:
                    self._follower.left = False
                    with self._table.lock:
                        self._table.contest.freed(since_boot())
            stop.wait(EVERY)

    def _follows(self) -> bool:
        with self._table.lock:
            return self._table.contest.seat is Seat.FOLLOWS

    # What a person asks

    def _take_request(self) -> None:
        path = self._folder / "request.json"
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            path.unlink()
        except (OSError, ValueError):
            return
        act, who = str(told.get("act")), str(told.get("who", ""))[:80]
        log.warning("%s asks: %s", who, act)
        with self._table.lock:
            contest = self._table.contest
            other_holds = self._table.other.get("seat") == Seat.HOLDS and not self._table.peer_fault
            if act == "alone" and contest.seat is Seat.FOLLOWS and contest.copy.term:
                contest.go_alone(since_boot())
            elif act == "take" and not other_holds:
                contest.may_be_behind = True
        if act == "take" and other_holds:
            self._asker.ask("yield", who=who)

    # How it stands

    def _beat(self) -> None:
        now = since_boot()
        if now - self._beat_at < BEAT_EVERY:
            return
        self._beat_at = now
        with self._table.lock:
            contest, other, following = self._table.contest, dict(self._table.other), self._follower.state
            heard = now - self._table.heard_at
            state: dict[str, Any] = {
                "machine": self._pair.machine,
                "peer": self._pair.peer,
                "seat": contest.seat,
                "ready": self._ready,
                "term": contest.term,
                "alone": contest.alone,
                "current": contest.is_current(),
                "broker": self._table.broker_fault if self._broker else "pair_no_broker",
                "other": self._table.peer_fault or ("" if heard < 5 else "pair_unreachable"),  # noqa: PLR2004 - five seconds
                "other_seat": other.get("seat", ""),
                "other_page": other.get("page", ""),
                "clock_off": round(other["wall"] - self._station.clock.now().timestamp()) if "wall" in other else 0,
                "behind_seconds": round(now - following.at, 1) if following.at > float("-inf") else None,
                "reason": following.reason,
                "details": following.details or {},
                "files_missing": following.files_missing,
                "share": round(following.share, 2),
            }
        self._station.repos.jobs.beat(PROCESS, os.getpid(), self._station.clock.now(), state)


def run(station: Station, stop: threading.Event) -> None:
    """The process, until `stop`."""
    PairService(station).run(stop)
