"""The công văn and the legal basis that a town's issue stands on, as the ward keeps them.

So that airtime is summed by one number in the ward and in the town. It writes no word of a document that was not told:
the number, who issued it and what the issue is called, with the envelope's own text as the text.
"""

import hashlib

from scheduler.core.model import Person
from scheduler.extras.town.rows.town import Town
from scheduler.extras.town.rules.envelope import Envelope
from scheduler.extras.town.rules.kept import TownRow
from scheduler.services.repositories import Repositories
from scheduler.store.air.journal import Entry

__all__ = ["dispatch_of", "order_entry", "overriding"]

ORDER = "order"
"""Kind of the journal rows that tell by whose word an airing was ordered."""


def dispatch_of(repos: Repositories, rows: Town, envelope: Envelope, issuer: Person) -> int | None:
    """The dispatch of an issue; None = it names none."""
    number = " ".join(envelope.dispatch_number.split())
    if not number:
        return None
    if known := rows.dispatch_numbered(number):
        return known
    mark = hashlib.sha256(f"{envelope.issuer}:{number}".encode()).hexdigest()
    first, _, symbol = number.partition("/")
    fields: dict[str, object] = {"number": first, "symbol": symbol, "number_symbol": number, "date": None}
    fields |= {"issuer": issuer.name, "subject": envelope.title}
    fields |= {name: [] for name in ("addressees", "messages", "message_kinds", "phones", "urls")}
    row = {"file_name": number, "original_sha256": mark, "text": envelope.text or envelope.title, "fields": fields}
    return repos.programme.add_dispatch(row | {"excerpts": {}}, issuer.id, repos.clock.now())[0]


def overriding(repos: Repositories, row: TownRow, number: str, rule: Person) -> Entry:
    """On what an issue stands against the ward's approval and caps: a row of the journal of its own."""
    return order_entry(repos, row, rule, "town_override", row.basis, number=number)


def order_entry(
    repos: Repositories, row: TownRow, by: Person, reason: str, note: str, *, number: str = "", zone: str = ""
) -> Entry:
    """A row of the journal about the ordering of an issue, beside the rows of its airings."""
    now = repos.clock.now()
    return Entry(
        at=now,
        kind=ORDER,
        day=repos.config.station.day_of(now).isoformat(),
        announcement_id=row.announcement_id,
        title=row.title,
        dispatch_number=number,
        zone=zone or row.zone,
        priority=row.priority,
        reason=reason,
        author=repos.people.get(row.issuer_id).recorded_name,
        operator=by.recorded_name,
        note=note,
    )
