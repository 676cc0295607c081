"""Alerts in CAP that are handed in: each becomes a row of the inbox, once; an Update or a Cancel ends what it names.

Which way an alert goes without anybody's word is `rules.rules`'; the way itself is the inbox's pipeline. The sender
stands as author; the ward's rule, or a person, as who decided. Nothing here makes speech.
"""

from typing import TYPE_CHECKING, Self

from scheduler.core.model import DEFAULT_ZONE, Person
from scheduler.extras.cap.intake.reading import CapFile, read_cap
from scheduler.extras.cap.rules.alert import Alert, MsgType
from scheduler.extras.cap.rules.kept import CapRow
from scheduler.extras.cap.rules.rules import Entry, Proof, priority_of
from scheduler.extras.cap.service.adapter import CapAdapter, ended, key_of
from scheduler.extras.cap.service.issue import CapIssue
from scheduler.extras.cap.service.trust import CapTrust
from scheduler.extras.inbox.rules import State, Way
from scheduler.extras.inbox.service.inbox import Inbox
from scheduler.kernel.errors import Refused
from scheduler.services.repositories import Repositories, permit
from scheduler.store import Row, instant_text
from scheduler.store.database import json_text, reason_values

if TYPE_CHECKING:
    from scheduler.services import Services

__all__ = ["CapService"]

_DONE = frozenset({State.AIRED, State.ENDED})
"""It has been heard, or has ended what it names: the same words do so once."""
_OVER = frozenset({State.ENDED, State.KEPT, State.DISMISSED, State.SUPERSEDED, State.CANCELLED, State.EXPIRED})
HANDS_IN = "import_dispatch"
"""The right by which a file from outside is handed in."""


class CapService:
    def __init__(self, repos: Repositories, adapter: CapAdapter, inbox: Inbox[CapRow]) -> None:
        self._repos = repos
        self.adapter = adapter
        self.rows = adapter.alerts
        self.inbox = inbox
        self.issuing = CapIssue(repos, adapter.alerts)
        self.trust = CapTrust(repos, adapter.alerts)

    @classmethod
    def of(cls, services: "Services") -> Self:
        """For the record."""
        adapter = CapAdapter(services)
        return cls(services.repos, adapter, Inbox(adapter, services.announcements, services.air, services.emergency))

    def receive(self, actor: Person, data: bytes) -> tuple[CapRow, bool]:
        """Keep one alert and send it on its way; (row, whether it is new). The same again changes nothing.

        An unproved one owns nothing: its key goes to the first that is believed, which goes its own way beside it.
        Raises NotPermitted, and Refused as `read_cap`; cap_key_taken where a believed one has the key for other words.
        """
        permit(actor, HANDS_IN)
        file = read_cap(data)
        key = key_of(file.alert)
        proof, entry = self.adapter.entry(file)
        self._repos.reserve.let_go()  # whatever it warns of
        with self._repos.store.write():
            if known := self.rows.find(key):
                if same := self._again(known, file, proof):
                    return same, False
                self._give_up_key(known, believed=self.adapter.believes(file.alert, proof))
            row = self.adapter.keep(entry, self._values(actor, file, proof, entry) | self._standing(file.alert, entry))
            if entry.ends:
                self.adapter.end_named(row, file.alert)
        return self.adapter.prepare(row), True

    def _again(self, known: CapRow, file: CapFile, proof: Proof) -> CapRow | None:
        """The row that this one is once more; None = it is another one, and the row there does not own the key."""
        there = self.adapter.alert(known)
        owns, believed = (self.adapter.believes(file.alert, one) for one in (Proof(known.proof), proof))
        if there != file.alert:
            if owns:
                raise Refused("cap_key_taken")
            return None
        if owns or not believed:
            return known
        return self.rows.change(known, {"proof": proof.value, "xml": file.text}) if known.state in _DONE else None

    def _give_up_key(self, known: CapRow, *, believed: bool) -> None:
        """Its key is no longer its own; where the other one is believed, nothing of it airs any more."""
        left = self.rows.change(known, {"identifier": f"{known.identifier} #{known.id}"})
        if believed and left.state not in _OVER:
            self.adapter.end(left, State.SUPERSEDED, Refused("cap_superseded", title=left.title))

    def _values(self, actor: Person, file: CapFile, proof: Proof, entry: Entry) -> Row:
        alert = file.alert
        info = alert.infos[entry.block] if alert.infos else None
        return {
            "sender": alert.sender,
            "identifier": alert.identifier,
            "sent": instant_text(alert.sent),
            "msg_type": alert.msg_type.value,
            "status": alert.status.value,
            "scope": alert.scope.value,
            "title": (info.headline or info.event)[:200] if info else alert.title,
            "priority": priority_of(info).value,
            "raw": file.text,
            "proof": proof.value,
            "block": entry.block,
            "zone": DEFAULT_ZONE,
            "rule_id": entry.rule_id,
            "issuer_id": self.adapter.source(alert).id,
            "taken_by": actor.id,
            "expires_at": instant_text(info.expires) if info and info.expires else None,
        }

    def _standing(self, alert: Alert, entry: Entry) -> Row:
        """What of where it begins the way alone does not say."""
        if entry.way in {Way.AIR, Way.SESSION} and (by := self.rows.ended_by(key_of(alert))):
            state = State.CANCELLED if by.msg_type == MsgType.CANCEL else State.SUPERSEDED
            return {"state": state, "way": Way.NONE} | reason_values(ended(by))
        if entry.way in {Way.AIR, Way.SESSION, Way.END}:
            return self.adapter.decided(self.adapter.rule())
        if entry.way is Way.INBOX:
            return {}
        code, details = entry.doubts[0]
        return {"reason": code, "details_json": json_text(details), "doubts_json": "[]"}
