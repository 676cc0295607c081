"""SQLite, the only truth: programme, slots, journal, people, and the rows the processes speak through.

The front of the package: what other layers may import. The modules behind it hold no rule, only rows.
"""

import scheduler.store.lean_imports  # noqa: F401 - first: what it imports, the others use
from scheduler.store.air.checkpoints import Checkpoints
from scheduler.store.air.endings import Airing, Ending
from scheduler.store.air.journal import Break, Entry, Journal
from scheduler.store.air.keys import Keys, SigningKey, holds
from scheduler.store.air.leases import Lease, Leases
from scheduler.store.announcement.lexicon import LexiconRows, LivingText
from scheduler.store.announcement.upgrades import StoredUpgrade, UpgradeRows
from scheduler.store.announcement.uploads import Upload, Uploads
from scheduler.store.database import Row, Store, instant_of, instant_or_none, instant_text
from scheduler.store.dispatch.dispatch_findings import Readings
from scheduler.store.jobs import Command, Jobs
from scheduler.store.people.audit import Audit
from scheduler.store.people.codes import Codes, Proofs
from scheduler.store.people.people import OpenSession, People, SignedIn, WebSession
from scheduler.store.planning.ledger import LedgerRows
from scheduler.store.planning.programme import Programme
from scheduler.store.planning.relays import Relays
from scheduler.store.planning.schedule_overrides import Moved, ScheduleOverride, StoredChange
from scheduler.store.planning.slots import SlotFacts, Slots
from scheduler.store.station.settings import SettingChange, SettingRows
from scheduler.store.station.tasks import Todo, Todos

__all__ = [
    "Airing",
    "Audit",
    "Break",
    "Checkpoints",
    "Codes",
    "Command",
    "Ending",
    "Entry",
    "Jobs",
    "Journal",
    "Keys",
    "Lease",
    "Leases",
    "LedgerRows",
    "LexiconRows",
    "LivingText",
    "Moved",
    "OpenSession",
    "People",
    "Programme",
    "Proofs",
    "Readings",
    "Relays",
    "Row",
    "ScheduleOverride",
    "SettingChange",
    "SettingRows",
    "SignedIn",
    "SigningKey",
    "SlotFacts",
    "Slots",
    "Store",
    "StoredChange",
    "StoredUpgrade",
    "Todo",
    "Todos",
    "UpgradeRows",
    "Upload",
    "Uploads",
    "WebSession",
    "holds",
    "instant_of",
    "instant_or_none",
    "instant_text",
]
