"""The second machine: how the two stand, the key of the pair, and what only a leader may ask.

It reads what the pair process last said and leaves it requests; who has the air is decided there, by votes. A request
is told in the journal by the machine that has the air afterwards.
"""

import json
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from scheduler.core.model import Person
from scheduler.extras.failover.keys import PairConfig
from scheduler.extras.failover.rows import PairRows
from scheduler.extras.failover.rules.election import Seat
from scheduler.kernel.air_fence import folder_of, holds_air
from scheduler.kernel.causes import reason_of
from scheduler.kernel.durable import make_folder, sync_folder, write_whole
from scheduler.kernel.errors import Refused
from scheduler.services.repositories import Repositories, permit

if TYPE_CHECKING:
    from scheduler.services import Services

__all__ = ["NKEY_FILE", "FailoverService", "PairState"]

PROCESS = "pair"
SILENT_AFTER = timedelta(seconds=10)
CLOCKS_MAY_DIFFER = 60
"""Seconds between the clocks of the two machines that nobody need be told of."""
BEHIND = 15.0
"""Seconds that a copy may be behind before a person is told."""
KEY_BYTES = 32
NKEY_FILE = "nkey"
"""In the pair's folder: the seed by which this machine proves itself to the broker."""


@dataclass(frozen=True, slots=True)
class PairState:
    """How this machine stands, as its pair process last said."""

    configured: bool
    alive: bool = False
    here: bool = False
    """This machine has the air."""
    alone: bool = False
    machine: str = ""
    peer: str = ""
    peer_has_air: bool = False
    peer_page: str = ""
    term: int = 0
    at: datetime | None = None
    reasons: tuple[tuple[str, dict[str, Any]], ...] = ()
    """What is not as it should be, worst first: reason codes and what fills their sentences."""
    behind_seconds: float | None = None
    files_missing: int = 0
    share: float = 1.0

    @property
    def silent(self) -> bool:
        """Neither machine is known to have the air."""
        return self.configured and not self.here and not self.peer_has_air


class FailoverService:
    def __init__(self, repos: Repositories, confirm: Callable[[Person, str, str], None]) -> None:
        """`confirm`: asks once more who it is (person, code, act)."""
        self._repos, self._confirm = repos, confirm

    @classmethod
    def of(cls, services: "Services") -> Self:
        """For the record."""
        return cls(services.repos, services.people.confirm)

    @property
    def configured(self) -> bool:
        return bool(self._repos.written.get(PairConfig).machine)

    @property
    def folder(self) -> Path:
        return folder_of(self._repos.written.data)

    def state(self) -> PairState:
        """How it stands now."""
        pair = self._repos.written.get(PairConfig)
        if not self.configured:
            return PairState(configured=False)
        beat, now = self._repos.jobs.heartbeat(PROCESS), self._repos.clock.now()
        if beat is None or abs(now - beat.at) > SILENT_AFTER:
            reasons: list[tuple[str, dict[str, Any]]] = [("pair_process_silent", {})]
            with suppress(Refused):
                self._need_key()
                return PairState(True, machine=pair.machine, peer=pair.peer, reasons=tuple(reasons))
            return PairState(True, machine=pair.machine, peer=pair.peer, reasons=(("pair_key_missing", {}),))
        told = beat.state
        here = told["seat"] == Seat.HOLDS and bool(told["ready"])
        peer_has = told["other_seat"] == Seat.HOLDS and not told["other"]
        return PairState(
            configured=True,
            alive=True,
            here=here,
            alone=bool(told["alone"]),
            machine=pair.machine,
            peer=pair.peer,
            peer_has_air=peer_has,
            peer_page=page if (page := str(told["other_page"])).startswith(("http://", "https://")) else "",
            term=int(told["term"]),
            at=beat.at,
            reasons=tuple(_reasons(told, self._files(), here=here, peer_has=peer_has)),
            behind_seconds=told["behind_seconds"],
            files_missing=int(told["files_missing"]),
            share=float(told["share"]),
        )

    def _files(self) -> dict[str, dict[str, Any]]:
        """Reason -> the file that its sentence names."""
        written = self._repos.written
        pair, nkey = written.get(PairConfig), {"path": self.folder / NKEY_FILE}
        return {
            "pair_nkey_open": nkey,
            "pair_nkey_unreadable": nkey,
            "pair_ca_unreadable": {"path": written.folder / pair.ca_file},
        }

    def public_key(self) -> str:
        """The public half of the key by which this machine proves itself to the broker; "" = it uses none.

        Raises Refused: pair_nkey_none (none is made yet), pair_nkey_open, pair_nkey_unreadable.
        """
        pair = self._repos.written.get(PairConfig)
        if not (pair.nkey and pair.url):
            return ""
        from scheduler.extras.town.broker.keys import load, public_of

        path = self.folder / NKEY_FILE
        try:
            return public_of(load(path))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise Refused("pair_nkey_none") from error
        except Refused as refused:
            is_open = refused.reason == "link_key_open"
            raise Refused("pair_nkey_open" if is_open else "pair_nkey_unreadable", path=path) from refused

    # What a leader asks

    def take(self, actor: Person, code: str = "") -> None:
        """Let this machine have the air: the other gives it up, where it is heard. Raises Refused pair_here_already."""
        permit(actor, "take_air")
        state = self._standing()
        if state.here:
            raise Refused("pair_here_already")
        self._confirm(actor, code, "take_air")
        self._request("take", actor)

    def alone(self, actor: Person, code: str = "") -> None:
        """Air from this machine without any vote: the other one is declared off.

        Raises Refused: pair_here_already, pair_other_lives (it is heard, so it is not off), pair_no_copy.
        """
        permit(actor, "take_air")
        state = self._standing()
        if state.here:
            raise Refused("pair_here_already")
        if state.peer_has_air:
            raise Refused("pair_other_lives", page=state.peer_page or state.peer)
        if not PairRows(self._repos.store).state("term"):
            raise Refused("pair_no_copy")
        self._confirm(actor, code, "take_air")
        self._request("alone", actor)

    def _standing(self) -> PairState:
        """Raises Refused: pair_not_set_up, pair_process_silent."""
        state = self.state()
        if not state.configured:
            raise Refused("pair_not_set_up")
        if not state.alive:
            raise Refused("pair_process_silent")
        return state

    def _request(self, act: str, actor: Person) -> None:
        try:
            make_folder(self.folder, 0o700)
            told = json.dumps({"act": act, "who": actor.recorded_name}, ensure_ascii=False)
            write_whole(self.folder / "request.json", told.encode())
        except OSError as error:
            raise Refused(reason_of(error, "disk_readonly")) from error

    # The key

    def new_key(self, actor: Person) -> str:
        """Begin a pair on the machine that has the ward's rows; the key that the other machine is told.

        Raises Refused: pair_not_set_up, pair_key_there.
        """
        permit(actor, "configure")
        if not self.configured:
            raise Refused("pair_not_set_up")
        key = secrets.token_hex(KEY_BYTES)
        self._keep(key)
        rows = PairRows(self._repos.store)
        rows.watch()
        rows.begin(f"{self._repos.written.get(PairConfig).machine}.1", term=1)
        return " ".join(key[at : at + 8] for at in range(0, len(key), 8))

    def join(self, text: str, *, over: bool = False) -> None:
        """Make this machine the second one: whatever rows it has are written over by the ward's.

        Raises Refused: pair_not_set_up, pair_key_there, pair_key_bad, pair_not_empty (without `over`).
        """
        if not self.configured:
            raise Refused("pair_not_set_up")
        key = "".join(text.split()).lower()
        if len(key) != 2 * KEY_BYTES or not set(key) <= set("0123456789abcdef"):
            raise Refused("pair_key_bad")
        if not over and self._repos.store.value("SELECT 1 FROM slot LIMIT 1"):
            raise Refused("pair_not_empty")
        self._keep(key)

    def _keep(self, key: str) -> None:
        path = self.folder / "pair.key"
        try:
            make_folder(self.folder, 0o700)
            number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise Refused("pair_key_there", path=path) from error
        except OSError as error:
            raise Refused(reason_of(error, "disk_readonly")) from error
        with os.fdopen(number, "w", encoding="ascii") as file:
            file.write(key + "\n")
            file.flush()
            os.fsync(file.fileno())
        sync_folder(self.folder)

    def _need_key(self) -> None:
        if not (self.folder / "pair.key").exists():
            raise Refused("pair_key_missing", path=self.folder / "pair.key")

    def has_air(self) -> bool:
        """Whether this machine may sound and write now, as all its processes read it."""
        return not self.configured or holds_air(self.folder)


def _reasons(
    told: dict[str, Any], files: dict[str, dict[str, Any]], *, here: bool, peer_has: bool
) -> list[tuple[str, dict[str, Any]]]:
    """What a person should know, worst first. `files`: reason -> what its sentence names."""
    found: list[tuple[str, dict[str, Any]]] = []
    if not here and not peer_has:
        found.append(("pair_nobody", {"peer": told["peer"]}))
    if told["other"]:
        found.append((str(told["other"]), {"url": told["peer"]}))
    if told["broker"]:
        found.append((str(told["broker"]), files.get(str(told["broker"]), {})))
    if peer_has and told["reason"]:
        found.append((str(told["reason"]), dict(told["details"])))
    if not here and not told["current"]:
        found.append(("pair_copy_old", {"peer": told["peer"]}))
    if abs(told["clock_off"]) > CLOCKS_MAY_DIFFER:
        found.append(("pair_clocks_differ", {"minutes": round(abs(told["clock_off"]) / 60)}))
    if told["alone"]:
        found.append(("pair_alone", {"peer": told["peer"]}))
    return found
