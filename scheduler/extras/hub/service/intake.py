"""The town's ear: what the process `hub` has heard from the broker becomes rows, and what is missing is named.

A message is believed to be of the ward whose subject it came on, because the broker lets no other ward use it; what it
says of another ward is refused. One that cannot be read is logged, counts as come, and holds nothing up. Presence is
what the broker tells of its connections. A ward id that speaks with two voices is told, and neither voice is lost.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.extras.hub.rows.issues import HubIssues, Outgoing
from scheduler.extras.hub.rows.reported import Came, HubRows, hashed
from scheduler.extras.hub.rows.wards import HubWards
from scheduler.extras.hub.rules.uplink_reports import ack_of, health_of, journal_of, mark_of
from scheduler.extras.hub.rules.wards import holes
from scheduler.extras.hub.service.broker_conf import HubConf
from scheduler.extras.hub.service.issues import BEFORE_STREAM_FORGETS
from scheduler.extras.town.rules.envelope import AckState, Told, UpKind, read_up
from scheduler.kernel.errors import Refused
from scheduler.services.repositories import Repositories

__all__ = ["HubIntake", "Line", "Missing", "Up"]

log = logging.getLogger(__name__)

ASK_AGAIN = timedelta(seconds=60)
"""Between two requests for rows that one ward owes."""
TWO_VOICES_FOR = timedelta(seconds=90)
"""A line that broke is closed by the broker within half a minute: so long two connections of one key are no twins."""
EMPTY_ANSWERS = 3
"""A ward that so often in a row has none of the rows that are missing has them no more."""


@dataclass(frozen=True, slots=True)
class Up:
    """A message as the broker gave it."""

    subject: str
    raw: bytes
    stored_at: datetime | None = None
    """When its stream stored it, by the broker's clock; None = it came past the stream."""


@dataclass(frozen=True, slots=True)
class Line:
    """A connection, as the broker tells it."""

    key: str
    """Public nkey."""
    name: str
    id: str
    """Server and number: the same connection has the same."""
    since: datetime


@dataclass(frozen=True, slots=True)
class Missing:
    """Rows of a ward that have not come while later ones have."""

    ward_id: str
    first: int
    last: int
    line: str = ""
    """Of their numbers."""


def link_name(ward_id: str) -> str:
    """How the connection of a ward's link is named; a pair's second machine has another name."""
    return f"ward {ward_id}"


class HubIntake:
    def __init__(self, repos: Repositories, conf: HubConf) -> None:
        self._repos = repos
        self.conf = conf
        self.wards = HubWards(repos.store)
        self.issues = HubIssues(repos.store)
        self.rows = HubRows(repos.store)
        self._twins: dict[str, datetime] = {}
        self._strange: set[str] = set()
        self._empty: dict[Missing, int] = {}

    # Upwards

    def take(self, batch: Sequence[Up]) -> int:
        """Keep a batch in one transaction; how many of it were of wards of ours.

        Raises Refused disk_full, sqlite3.OperationalError: nothing of it is kept then, and the broker sends it again.
        """
        came = [one for one in map(self._read, batch) if one is not None]
        self._keep(came)
        return len(came)

    def take_early(self, batch: Sequence[Up]) -> list[Up]:
        """Keep those acknowledgements of a batch that are the next rows of a line that is known; gives them.

        So it makes no hole, begins no line and overtakes nothing that its ward has said before: what is not kept waits
        for the stream. Raises as `take` does.
        """
        read = [(up, came) for up in batch if (came := self._read(up)) is not None and came.ack is not None]
        with self._repos.store.write():
            reached = self.rows.reached(came for _, came in read)
            kept = [(up, came) for up, came in read if came.row in reached.get((came.ward_id, came.line), ())]
            self._keep([came for _, came in kept])
        return [up for up, _ in kept]

    def _keep(self, came: Sequence[Came]) -> None:
        now = self._repos.clock.now()
        with self._repos.store.write():
            twice = self.rows.take(came, now)
            taken = [one for one in came if one.ack and one.ack.state is AckState.APPROVED]
            of_groups = self.issues.of_groups({one.ack.issue_id for one in taken if one.ack})
            for ward_id in {one.ward_id for one in taken if one.ack and one.ack.issue_id in of_groups}:
                self._know_groups(ward_id)
        for ward_id, row in twice:
            if self.wards.trouble(ward_id, "ward_row_twice", {"row": row}, now):
                log.error("ward %s has told row %d with two contents: two machines speak with its name", ward_id, row)

    def _know_groups(self, ward_id: str) -> None:
        groups = self.issues.taken_groups(ward_id)
        if groups is not None:
            self.wards.knows_groups(ward_id, groups)

    def _read(self, up: Up) -> Came | None:
        parts = up.subject.split(".")
        if len(parts) != 3 or parts[0] != "up":  # noqa: PLR2004 - up.<ward>.<kind>
            self._say_once(up.subject, "what comes on subject %s is nothing a ward may say")
            return None
        ward_id = parts[1]
        try:
            told = read_up(up.raw, ward_id)
        except Refused as refused:
            self._say_once(f"{ward_id}:{refused}", "a word of a ward is not read: %s")
            return None
        try:
            if told.kind.value != parts[2]:
                return Came(ward_id, told.row, mark_of(up.raw), told.at, line=told.line)
            return self._made(told, mark_of(up.raw), up.stored_at)
        except Refused as refused:
            self._say_once(f"{ward_id} row {told.row}: {refused}", "a word of a ward is not understood: %s")
            return Came(ward_id, told.row, mark_of(up.raw), told.at, line=told.line)

    @staticmethod
    def _made(told: Told, mark: str, stored_at: datetime | None) -> Came:
        match told.kind:
            case UpKind.ACK:
                return Came(told.ward, told.row, mark, told.at, ack=ack_of(told), line=told.line)
            case UpKind.HEALTH:
                return Came(
                    told.ward, told.row, mark, told.at, health=health_of(told), line=told.line, stored_at=stored_at
                )
            case UpKind.ASRUN | UpKind.LOG:
                return Came(told.ward, told.row, mark, told.at, journal=journal_of(told, hashed), line=told.line)

    def _say_once(self, what: str, words: str) -> None:
        if what not in self._strange and len(self._strange) < 1000:  # noqa: PLR2004 - a flood fills no memory
            self._strange.add(what)
            log.warning(words, what)

    # What is missing

    def missing(self) -> list[Missing]:
        """What may be asked for now, the lowest stretch of each line; each ward once in a while."""
        now, found = self._repos.clock.now(), []
        connected = self.wards.connected()
        for (ward_id, line), (whole_to, ahead) in self.rows.holes_known().items():
            asked = self.wards.get(ward_id).asked_at
            if ward_id not in connected or (asked is not None and now - asked < ASK_AGAIN):
                continue
            found += [Missing(ward_id, *stretch, line) for stretch in holes(whole_to, ahead)[:1]]
        return found

    def asked(self, missing: Missing, resent: int | None) -> None:
        """It was asked for. `resent`: how many rows the ward sends again; None = it did not answer.

        None at all, again and again: it has them no more, and they are counted as lost.
        """
        self.wards.asked(missing.ward_id, self._repos.clock.now())
        if resent != 0:
            self._empty.pop(missing, None)
            return
        self._empty[missing] = self._empty.get(missing, 0) + 1
        if self._empty[missing] >= EMPTY_ANSWERS:
            log.error("ward %s has rows %d to %d no more", missing.ward_id, missing.first, missing.last)
            self.rows.give_up(missing.ward_id, missing.first, missing.last, missing.line)
            del self._empty[missing]

    # Who is there

    def lines(self, lines: Iterable[Line]) -> None:
        """Every connection that the broker has now: who is not among them is away."""
        now = self._repos.clock.now()
        wards = self.wards.ids_by_key()
        counts: dict[str, int] = dict.fromkeys(self.wards.connected(), 0)
        since: dict[str, datetime] = {}
        seen: dict[str, set[str]] = {}
        for line in lines:
            ward_id = wards.get(line.key)
            if ward_id is not None and line.name == link_name(ward_id):
                seen.setdefault(ward_id, set()).add(line.id)
                since[ward_id] = max(since.get(ward_id, line.since), line.since)
        counts |= {ward_id: len(ids) for ward_id, ids in seen.items()}
        self.wards.present(counts, now, since)
        self._note_twins({ward_id for ward_id, count in counts.items() if count > 1}, now)

    def _note_twins(self, twins: set[str], now: datetime) -> None:
        self._twins = {ward: self._twins.get(ward, now) for ward in twins}
        for ward_id, since in self._twins.items():
            long = now - since >= TWO_VOICES_FOR
            if long and self.wards.trouble(ward_id, "ward_connected_twice", {}, now):
                log.error("ward %s is connected twice with one key", ward_id)
        for ward_id in self.wards.troubled("ward_connected_twice"):
            if ward_id not in twins:
                self.wards.trouble(ward_id, "", {}, now)

    # Downwards

    def due(self, limit: int = 200) -> list[Outgoing]:
        """Messages that are to leave now."""
        return self.issues.leaving(self.issues.due(self._repos.clock.now(), limit))

    def published(self, stored: Sequence[tuple[int, int]]) -> None:
        """(message, place in the stream) that the broker has stored."""
        self.issues.published(stored, self._repos.clock.now())

    def stream_holds_up_to(self, last: int) -> int:
        """The stream ends at `last`: what was placed beyond it and still holds is published again; how many."""
        now = self._repos.clock.now()
        lost = self.issues.again(now, beyond=last)
        if lost:
            log.error("the broker has lost what it had stored beyond %d: %d messages are published again", last, lost)
        return lost

    def sound_is_issued(self, sha256: str) -> bool:
        """Whether a ward may still fetch this sound."""
        return self.issues.sound_is_issued(sha256, self._repos.clock.now())

    def renew(self) -> int:
        """Publish again what still holds and would soon be forgotten by the stream; how many messages."""
        return self.issues.renew(self._repos.clock.now(), BEFORE_STREAM_FORGETS)
