"""What of the inbox is CAP's own: its XML and what proves it, and that an Update or a Cancel ends what it names.

It reads a row as it came and judges it by `rules.rules`. Nobody is told back over a line: whoever hands a file in sees
what has become of it.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from scheduler.core.model import Person, Priority, Trigger
from scheduler.core.stops import StopReason
from scheduler.extras.cap.intake.reading import CapFile, read_cap
from scheduler.extras.cap.keys import CapAlertConfig
from scheduler.extras.cap.rows import Alerts
from scheduler.extras.cap.rules.alert import Alert, MsgType, Reference, said_of
from scheduler.extras.cap.rules.area import read_place
from scheduler.extras.cap.rules.kept import CapRow
from scheduler.extras.cap.rules.rules import Entry, Policy, Proof, entry_of, trusted
from scheduler.extras.inbox.rules import State, Way
from scheduler.extras.inbox.service.adapter import Offer, Reasons
from scheduler.extras.inbox.service.pipeline import Pipeline
from scheduler.kernel.errors import Refused
from scheduler.services.repositories import permit

if TYPE_CHECKING:
    from scheduler.services import Services

__all__ = ["CapAdapter", "ended", "key_of"]

SOURCE_LOGIN, SOURCE_NAME = "cảnh báo {sender}", "Nguồn cảnh báo: {name}"


class CapAdapter(Pipeline[CapRow]):
    reasons = Reasons(
        decided="cap_decided",
        expired="cap_expired",
        no_words="cap_no_words",
        no_sound="cap_no_words",
        no_session="cap_no_session",
        returned="cap_returned",
        withdrawn="cap_withdrawn",
        dismissed="cap_dismissed",
    )
    rule_login, rule_name = "quy tắc cảnh báo", "Quy tắc của phường (cảnh báo CAP)"
    stop = StopReason.ALERT

    def __init__(self, services: "Services") -> None:
        self.alerts = Alerts(services.repos.store)
        super().__init__(services.repos, self.alerts, services.announcements, services.campaigns, services.air)

    # Reading

    def policy(self) -> Policy:
        """What the ward has approved, and where it lies."""
        told = self.repos.config.get(CapAlertConfig)
        return Policy(
            senders={one.sender.sender: one.sender for one in self.alerts.senders()},
            rules=tuple(one.rule for one in self.alerts.rules()),
            place=read_place(told.place),
            geocodes=frozenset(told.geocodes),
            fresh=timedelta(minutes=told.fresh_minutes),
        )

    def alert(self, row: CapRow) -> Alert:
        """A kept alert as it reads."""
        return read_cap(row.raw.encode()).alert

    def offer(self, row: CapRow) -> Offer:
        infos = self.alert(row).infos
        return Offer(row.title, said_of(infos[row.block]) if infos else "", Priority.PRIORITY)

    def judged(self, row: CapRow, now_there: datetime | None) -> Entry:  # noqa: ARG002 - its hour is in the file
        return self.entry(read_cap(row.raw.encode()))[1]

    def entry(self, file: CapFile) -> tuple[Proof, Entry]:
        """What its signature is worth now, and the way it goes by the ward's own rules."""
        policy, now = self.policy(), self.repos.clock.now()
        sender = policy.senders.get(file.alert.sender)
        proof = file.proof(sender.certificates if sender else "", now)
        return proof, entry_of(file.alert, proof, policy, now)

    def believes(self, alert: Alert, proof: Proof) -> bool:
        """Whether the word of its sender counts by itself, so that its key is its own."""
        return not trusted(alert, proof, self.policy())

    def source(self, alert: Alert) -> Person:
        """Who stands in the journal for a sender: by the ward's own name for it, where the ward knows it."""
        known = next((one.sender for one in self.alerts.senders() if one.sender.sender == alert.sender), None)
        name = known.name if known else alert.sender
        return self.stand_in(SOURCE_LOGIN.format(sender=alert.sender), SOURCE_NAME.format(name=name))

    # What may air

    def is_prepared(self, row: CapRow) -> bool:
        """One that waits is spoken when somebody orders it: it may be in another tongue, or for elsewhere."""
        return row.state == State.PREPARING

    def trigger(self, row: CapRow) -> Trigger | None:
        return None if row.msg_type == MsgType.CANCEL else Trigger.EMERGENCY

    # What it names

    def accept(self, row: CapRow, actor: Person, prove: object) -> CapRow | None:  # noqa: ARG002 - no code is asked for
        """Let a Cancel end what it names."""
        if row.msg_type != MsgType.CANCEL:
            return None
        permit(actor, "break_in")
        values = self.decided(actor) | {"state": State.ENDED, "way": Way.END}
        with self.repos.store.write():
            row = self.rows.change(row, values | {"reason": "", "details_json": "{}"})
            self.end_named(row, self.alert(row))
        return row

    def let_through(self, row: CapRow) -> None:
        """An Update that somebody lets through ends what it stands in for; once, and not where it has ended itself."""
        alert = self.alert(row)
        if (
            alert.msg_type is MsgType.UPDATE
            and self.alerts.ended_by(key_of(alert)) is None
            and not self.alerts.ends(row.id)
        ):
            self.end_named(row, alert)

    def end_named(self, row: CapRow, alert: Alert) -> None:
        """What a believed Update or Cancel names ends; only its own sender's: nobody ends another's alarm."""
        own = [one for one in alert.references if one.sender == alert.sender and one != key_of(alert)]
        self.alerts.note_endings(own, row.id)
        state = State.CANCELLED if alert.msg_type is MsgType.CANCEL else State.SUPERSEDED
        named = [found for one in own if (found := self.alerts.find(one)) is not None]
        self.end_each(named, state, ended(row))


def key_of(alert: Alert) -> Reference:
    return Reference(alert.sender, alert.identifier, alert.sent)


def ended(by: CapRow) -> Refused:
    """Why something has ended that this one names."""
    return Refused("cap_cancelled" if by.msg_type == MsgType.CANCEL else "cap_superseded", title=by.title)
