"""Alerts in CAP over the API: hand one in. What it becomes is the ward's rules', and a person's where they are silent.

Trust and rules are approved on the page, where a leader proves who it is; no key changes them.
"""

from typing import Any

from scheduler.extras.cap.intake.reading import MOST_BYTES
from scheduler.extras.cap.rules.kept import CapRow
from scheduler.extras.cap.work import take_in
from web.api import told
from web.api.contract import Asked, Subject, Told
from web.api.shapes import ID, array, given, text
from web.auth import station

subject = Subject("cap", "Cảnh báo: alerts in the Common Alerting Protocol 1.2.")

_GIVES = given(
    id=ID,
    state=text(20),
    way=text(20),
    proof=text(20),
    title=text(200),
    reason=text(100),
    doubts=array(text(100)),
    slot_id={"type": ["string", "null"]},
    expires_at={"type": ["string", "null"], "format": "date-time"},
)


@subject.post(
    "/cap",
    may="import_dispatch",
    says="Read one alert (XML); the same again is the same.",
    tells="Aired at once only by a rule that a leader has approved, of a sender the ward trusts, in its area, in time.",
    takes_bytes=True,
    gives=_GIVES,
    status=201,
    keyed=False,
    most_bytes=MOST_BYTES,
)
def take(asked: Asked) -> Told:
    row, _ = take_in(station(), asked.actor, asked.body)
    return Told(_told(row))


def _told(row: CapRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "state": row.state,
        "way": row.way,
        "proof": row.proof,
        "title": row.title,
        "reason": row.reason,
        "doubts": [code for code, _ in row.doubts],
        "slot_id": row.slot_id,
        "expires_at": told.instant(row.expires_at),
    }
