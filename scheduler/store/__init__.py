"""SQLite, the only truth: programme, slots, journal, people, and the rows the processes speak through.

The front of the package: what other layers may import. The modules behind it hold no rule, only rows.
"""

import scheduler.store.light  # noqa: F401 - first: what it imports, the others use
from scheduler.store.audit import Audit, AuditFilter, AuditRow
from scheduler.store.checkpoints import Checkpoints
from scheduler.store.codes import Codes, Proofs
from scheduler.store.database import Row, Store, instant_of, instant_or_none, instant_text
from scheduler.store.doing import Doing, begin, doing, end, name_act, note_act, process_is, set_out
from scheduler.store.endings import Airing, Ending
from scheduler.store.jobs import Command, Heartbeat, Job, Jobs
from scheduler.store.journal import Break, Entry, Journal, Verification
from scheduler.store.keys import Keys, SigningKey, holds
from scheduler.store.leases import Lease, Leases
from scheduler.store.ledger import LedgerRows
from scheduler.store.lexicon import (
    Difference,
    LexiconChange,
    LexiconRows,
    LivingText,
    OwnForm,
    StoredForm,
    TakenList,
)
from scheduler.store.moved import Moved, Place, StoredChange
from scheduler.store.people import OpenSession, People, SignedIn, WebSession
from scheduler.store.programme import Programme, StoredClip, StoredDispatch
from scheduler.store.readings import Readings
from scheduler.store.relays import Relays
from scheduler.store.seal import Seal
from scheduler.store.settings import SettingChange, SettingRows
from scheduler.store.slots import SlotFacts, Slots
from scheduler.store.todo import Todo, Todos
from scheduler.store.upgrades import StoredUpgrade, UpgradeRows
from scheduler.store.uploads import Upload, Uploads

__all__ = [
    "Airing",
    "Audit",
    "AuditFilter",
    "AuditRow",
    "Break",
    "Checkpoints",
    "Codes",
    "Command",
    "Difference",
    "Doing",
    "Ending",
    "Entry",
    "Heartbeat",
    "Job",
    "Jobs",
    "Journal",
    "Keys",
    "Lease",
    "Leases",
    "LedgerRows",
    "LexiconChange",
    "LexiconRows",
    "LivingText",
    "Moved",
    "OpenSession",
    "OwnForm",
    "People",
    "Place",
    "Programme",
    "Proofs",
    "Readings",
    "Relays",
    "Row",
    "Seal",
    "SettingChange",
    "SettingRows",
    "SignedIn",
    "SigningKey",
    "SlotFacts",
    "Slots",
    "Store",
    "StoredChange",
    "StoredClip",
    "StoredDispatch",
    "StoredForm",
    "StoredUpgrade",
    "TakenList",
    "Todo",
    "Todos",
    "UpgradeRows",
    "Upload",
    "Uploads",
    "Verification",
    "WebSession",
    "begin",
    "doing",
    "end",
    "holds",
    "instant_of",
    "instant_or_none",
    "instant_text",
    "name_act",
    "note_act",
    "process_is",
    "set_out",
]
