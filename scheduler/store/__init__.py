"""SQLite, the only truth: programme, slots, journal, people, and the rows the processes speak through.

The front of the package: what other layers may import. The modules behind it hold no rule, only rows.
"""

import scheduler.store.light  # noqa: F401 - first: what it imports, the others use
from scheduler.store.database import Row, Store, instant_of, instant_text
from scheduler.store.jobs import Command, Heartbeat, Job, Jobs
from scheduler.store.journal import Break, Entry, Journal, Verification
from scheduler.store.leases import Lease, Leases
from scheduler.store.people import People, WebSession
from scheduler.store.programme import Programme, StoredClip, StoredDispatch
from scheduler.store.relays import Relays
from scheduler.store.slots import Airing, Ending, SlotFacts, Slots
from scheduler.store.todo import Todo, Todos

__all__ = [
    "Airing",
    "Break",
    "Command",
    "Ending",
    "Entry",
    "Heartbeat",
    "Job",
    "Jobs",
    "Journal",
    "Lease",
    "Leases",
    "People",
    "Programme",
    "Relays",
    "Row",
    "SlotFacts",
    "Slots",
    "Store",
    "StoredClip",
    "StoredDispatch",
    "Todo",
    "Todos",
    "Verification",
    "WebSession",
    "instant_of",
    "instant_text",
]
