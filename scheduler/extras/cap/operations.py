"""Alerts in CAP for programs: hand one in. What it becomes is the ward's rules', and a person's where they are silent.

Trust and rules are approved on the page, where a leader proves who it is; no key changes them.
"""

from scheduler.extras.cap.intake.reading import MOST_BYTES
from scheduler.extras.cap.work import take_in
from scheduler.operations.schemas import At, Id, Record
from scheduler.operations.serializers import of
from scheduler.operations.table import Answer, Call, Subject

subject = Subject("cap", "Cảnh báo: alerts in the Common Alerting Protocol 1.2.")


class Alert(Record, frozen=True):
    id: Id
    state: str
    way: str
    proof: str
    title: str
    reason: str
    doubts: list[str]
    slot_id: str | None
    expires_at: At | None


@subject.post(
    "/cap",
    may="import_dispatch",
    status=201,
    keyed=False,
    most_bytes=MOST_BYTES,
)
def take(call: Call, body: bytes) -> Answer[Alert]:
    """Read one alert (XML); the same again is the same.

    Aired at once only by a rule that a leader has approved, of a sender the ward trusts, in its area, in time.
    """
    row, _ = take_in(call.station, call.actor, body)
    return Answer(of(Alert, call, row, doubts=[code for code, _ in row.doubts]))
