"""Các phường at the town's desk: which there are, how each stands, how one comes in and how it is shut out.

A ward proves itself by a key that it made; the town is given its public half together with a one-time code, so nothing
secret travels. A code is shown once, kept as a hash, and opens once. Shutting a ward out takes its key from the
broker's file at once; nothing that came from it is forgotten.
"""

import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path

from scheduler.core.model import Person
from scheduler.extras.hub.keys import HubConfig
from scheduler.extras.hub.rows.wards import HubWards, StoredWard
from scheduler.extras.hub.rules.wards import (
    HEALTH_LATE,
    Area,
    Standing,
    WardFacts,
    checked_area,
    checked_groups,
    checked_key,
    checked_place,
    checked_ward_id,
    standing,
)
from scheduler.extras.hub.service.broker_conf import HubConf
from scheduler.extras.town.broker.keys import is_public, verify
from scheduler.extras.town.rules.enrolment import Welcome, fingerprint
from scheduler.kernel.errors import Refused
from scheduler.kernel.passwords import digest
from scheduler.kernel.secret_box import SecretBox
from scheduler.services.repositories import Repositories, permit
from scheduler.services.station.link_state import CLOCK_MINUTES
from scheduler.store import Codes, Row
from scheduler.store.air.keys import Keys
from scheduler.store.database import json_text
from scheduler.store.people.codes import LETTERS, bare_code

__all__ = ["HubWardService", "NewWard", "WardState"]

log = logging.getLogger(__name__)

PROCESS = "hub"
ISSUER_KEY = "issuer-key.json"
"""What a town signs its envelopes with, and its wards pin: another file than the journal's, so that who can sign the
journal of a station cannot speak to wards, and a change of one is none of the other.
"""
SILENT_AFTER = timedelta(seconds=20)
"""A heartbeat of the process older than this: nobody listens to the broker."""
HEARD_WITHIN = timedelta(seconds=90)
MOST_NAME = 120
MOST_WARDS = 5000
MOST_HOMES = 1_000_000
MOST_AREAS = 20_000
SIGNED_WITHIN = timedelta(minutes=5)
"""How far a ward's clock may be off when it signs what it asks for."""
_CODE_LETTERS = 12


@dataclass(frozen=True, slots=True)
class NewWard:
    """What a person says of a ward."""

    id: str
    name: str
    groups: tuple[str, ...] = ()
    homes: int | None = None
    place: tuple[float, float] | None = None
    """Latitude, longitude in degrees."""
    area: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WardState(StoredWard):
    """A ward and how it stands now; a code that is over is none."""

    state: Standing
    since: datetime | None
    is_fresh: bool
    """What its health says holds: it came within its time."""
    connected: bool | None
    """Whether it has a connection to the broker; None = the process `hub` is not told who has."""
    missing_rows: int
    """Of its rows, how many at least have not come while later ones have."""

    @property
    def queue(self) -> int | None:
        """How much waits in the ward, as it told; None = it told nothing."""
        waiting = self.health.get("queue")
        count = waiting.get("waiting") if isinstance(waiting, Mapping) else None
        return count if isinstance(count, int) else None

    @property
    def clock_off_minutes(self) -> int:
        """Whole minutes by which its clock surely stands before (+) or behind (−) the town's, if worth a word now."""
        seconds = self.health.get("clock_off_seconds")
        if not self.is_fresh or not isinstance(seconds, int | float) or abs(seconds) <= CLOCK_MINUTES * 60:
            return 0
        return int(seconds / 60)

    @property
    def version(self) -> str:
        return str(self.health.get("version", ""))[:40]


class HubWardService:
    def __init__(self, repos: Repositories) -> None:
        self._repos = repos
        self._wards = HubWards(repos.store)
        self.conf = HubConf(repos, self._wards)
        self.keys = Keys(repos.written.data, ISSUER_KEY)
        self._codes = Codes(repos.store, SecretBox(repos.written.data))

    @property
    def is_hub(self) -> bool:
        """Whether this station is the desk of a town."""
        return bool(self._repos.config.get(HubConfig).url)

    @property
    def town_name(self) -> str:
        """As wards and papers call it."""
        return self._repos.config.get(HubConfig).name or self._repos.config.station.name

    # Reading

    def wards(self) -> list[WardState]:
        """Every ward and how it stands now, by id."""
        now = self._repos.clock.now()
        missing, blind = self._missing(), self.is_deaf
        silent = self._silent(blind=blind)
        return [self._state(one, now, missing.get(one.id, 0), silent, blind=blind) for one in self._wards.all()]

    def ward(self, ward_id: str) -> WardState:
        """Raises NotFound."""
        missing, blind, now = self._missing().get(ward_id, 0), self.is_deaf, self._repos.clock.now()
        return self._state(self._wards.get(ward_id), now, missing, self._silent(blind=blind), blind=blind)

    @property
    def is_deaf(self) -> bool:
        """The process `hub` is not there, or is not told who is connected: what rows say of connections is old."""
        beat = self._repos.jobs.heartbeat(PROCESS)
        if beat is None or abs(self._repos.clock.now() - beat.at) > SILENT_AFTER:
            return True
        return not (beat.state.get("connected") and beat.state.get("presence"))

    def groups(self) -> dict[str, list[str]]:
        """Group -> ids of its wards, of those that are not shut out."""
        return self._wards.groups()

    def _missing(self) -> dict[str, int]:
        sql = """SELECT ward_id, sum(missing) AS missing FROM (
                SELECT a.ward_id, l.top_row - l.whole_to - count(*) AS missing FROM hub_ahead a
                JOIN hub_line l ON l.ward_id = a.ward_id AND l.epoch = a.epoch GROUP BY a.ward_id, a.epoch)
            GROUP BY ward_id"""
        return {row["ward_id"]: row["missing"] for row in self._repos.store.rows(sql)}

    def _silent(self, *, blind: bool) -> timedelta:
        """So long without a word is being cut off."""
        silent = timedelta(seconds=self._repos.config.get(HubConfig).silent_seconds)
        return max(silent, HEARD_WITHIN) if blind else silent  # only what the ward says every minute is left to go by

    def _state(self, one: StoredWard, now: datetime, missing: int, silent: timedelta, *, blind: bool) -> WardState:
        state, since = standing(_facts(one, blind=blind), now, silent)
        stored = {item.name: getattr(one, item.name) for item in fields(one)}
        if one.code_until and one.code_until <= now:
            stored["code_until"] = None
        return WardState(
            **stored,
            state=state,
            since=one.revoked_at if state is Standing.REVOKED else since,
            is_fresh=one.health_at is not None and now - one.health_at <= HEALTH_LATE,
            connected=None if blind else one.connections > 0,
            missing_rows=missing,
        )

    # Changing

    def add_ward(self, actor: Person, told: NewWard) -> str:
        """A new ward; gives its pairing code, shown once.

        Raises Refused: ward_id_invalid, ward_name_missing, group_invalid, place_invalid, homes_invalid, ward_exists,
        wards_too_many.
        """
        permit(actor, "manage_wards")
        ward_id, values = checked_ward_id(told.id), _values(told)
        with self._repos.store.write():
            if self._wards.count() >= MOST_WARDS:
                raise Refused("wards_too_many", limit=MOST_WARDS)
            self._wards.add({"id": ward_id, **values}, self._repos.clock.now())
            return self._open_code(ward_id)

    def change_ward(self, actor: Person, told: NewWard) -> None:
        """Another name, place, count of homes or other groups.

        A ward is told its groups; until it has taken them what is for a group is issued to its wards one by one.
        """
        permit(actor, "manage_wards")
        with self._repos.store.write():
            before = self._wards.get(told.id)
            self._wards.change(before.id, _values(told))
            self._changed(before, actor)
        self.conf.put_in_force()

    def _changed(self, before: StoredWard, by: Person | None = None) -> None:
        """What is to be told to a ward that was changed or has come in, in the transaction of it; see `hub_groups`."""

    def new_code(self, actor: Person, ward_id: str) -> str:
        """Another pairing code, for a machine made anew or a ward that is let in again; the one before is void."""
        permit(actor, "manage_wards")
        with self._repos.store.write():
            return self._open_code(self._wards.get(ward_id).id)

    def _open_code(self, ward_id: str) -> str:
        code = "".join(secrets.choice(LETTERS) for _ in range(_CODE_LETTERS))
        until = self._repos.clock.now() + timedelta(minutes=self._repos.config.get(HubConfig).pairing_minutes)
        self._wards.open_code(ward_id, digest(code), until)
        return "-".join(code[at : at + 4] for at in range(0, _CODE_LETTERS, 4))

    def pairing_link(self, code: str) -> str:
        """What a QR code of a pairing code holds; empty where wards do not know this page's address."""
        page = self._repos.config.get(HubConfig).page_url.rstrip("/")
        return f"{page}/ghep-noi#{code}" if page else ""

    def join(self, code: str, public_key: str, *, address: str = "") -> Welcome:
        """A ward comes in with its code and the public half of its key; the code opens once.

        `address`: whose wrong tries are counted together. Raises Refused: pairing_code_wrong, code_too_often,
        nkey_invalid, ward_key_taken, key_unreadable.
        """
        attempt = self._codes.attempt(f"pair:{address}", self._repos.clock.now())
        key = checked_key(public_key)
        if not is_public(key):
            raise Refused("nkey_invalid")
        hash_, now = digest(bare_code(code)), self._repos.clock.now()
        ward = self._wards.ward_of_code(hash_)
        if ward is None or ward.code_until is None or ward.code_until <= now:
            raise Refused("pairing_code_wrong")
        owner = self._wards.of_key(key)
        if owner is not None and owner.id != ward.id:
            raise Refused("ward_key_taken")
        welcome = self._welcome(ward)
        with self._repos.store.write():
            if not self._wards.pair(ward.id, hash_, key, now):
                raise Refused("pairing_code_wrong")
            self._changed(ward)
        self._codes.right(attempt)
        try:
            self.conf.put_in_force()
        except Refused as refused:  # the ward has its welcome all the same; the process `hub` writes the file again
            log.error("the broker's accounts are not written: %s", refused)  # noqa: TRY400 - a full disk
        return welcome

    def fingerprint(self, ward_id: str) -> str:
        """What the ward's officer reads out when it has come in; the town's has to be the same."""
        return fingerprint(self._welcome(self._wards.get(ward_id)))

    def _welcome(self, ward: StoredWard) -> Welcome:
        hub = self._repos.config.get(HubConfig)
        ca = self._repos.written.folder / hub.ca_file if hub.ca_file else None
        return Welcome(
            ward=ward.id,
            name=ward.name,
            groups=ward.groups,
            broker=hub.ward_url or hub.url,
            page=hub.page_url.rstrip("/"),
            ca=_pem(ca) if ca else "",
            issuer=self.keys.current().public,
            issuer_name=self.town_name,
        )

    def revoke(self, actor: Person, ward_id: str) -> None:
        """Shut a ward out: its key opens nothing from now on. Raises Refused ward_revoked_already."""
        permit(actor, "manage_wards")
        self._wards.revoke(ward_id, self._repos.clock.now())
        self.conf.put_in_force()

    def ward_that_signed(self, key: str, seconds: int, signature: bytes, what: str) -> StoredWard | None:
        """The ward that has asked for `what` at that moment with its own key; None = nobody of ours."""
        ward = self._wards.of_key(key)
        if ward is None or ward.revoked_at is not None:
            return None
        if abs(self._repos.clock.now().timestamp() - seconds) > SIGNED_WITHIN.total_seconds():
            return None
        return ward if verify(key, f"{what} {seconds}".encode(), signature) else None

    # Areas

    def areas(self) -> list[Area]:
        """Communes and provinces, and behind them the districts of before 1 July 2025."""
        return self._wards.areas()

    def put_areas(self, actor: Person, areas: Sequence[Area]) -> None:
        """Keep areas, each in the place of the one with its code. Raises Refused: ward_id_invalid, area_invalid, …"""
        permit(actor, "manage_wards")
        if len(areas) > MOST_AREAS:
            raise Refused("areas_too_many", limit=MOST_AREAS)
        self._wards.put_areas([checked_area(area) for area in areas])


def _facts(one: StoredWard, *, blind: bool) -> WardFacts:
    return WardFacts(
        paired=bool(one.public_key),
        revoked=one.revoked_at is not None,
        connections=0 if blind else one.connections,
        changed_at=None if blind and one.connections else one.changed_at,
        heard_at=one.heard_at,
        health_at=one.health_at,
        health=one.health,
    )


def _values(told: NewWard) -> Row:
    name = " ".join(told.name.split())[:MOST_NAME]
    if not name:
        raise Refused("ward_name_missing")
    if told.homes is not None and not 0 <= told.homes <= MOST_HOMES:
        raise Refused("homes_invalid", limit=MOST_HOMES)
    place = checked_place(told.place)
    return {
        "name": name,
        "groups_json": json_text(checked_groups(told.groups)),
        "homes": told.homes,
        "latitude": place[0] if place else None,
        "longitude": place[1] if place else None,
        "area": checked_ward_id(told.area) if told.area else "",
    }


def _pem(path: Path) -> str:
    """Raises Refused key_unreadable."""
    try:
        return path.read_text(encoding="ascii")
    except (OSError, ValueError) as error:
        raise Refused("key_unreadable", path=path) from error
