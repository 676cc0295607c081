"""SQLite, the only truth: programme, slots, journal, people, and the rows the processes speak through.

The front of the package: what other layers may import. The modules behind it hold no rule, only rows.
"""

import scheduler.store.light  # noqa: F401 - first: what it imports, the others use
from scheduler.store.checkpoints import Checkpoints
from scheduler.store.database import Row, Store, instant_of, instant_or_none, instant_text
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
from scheduler.store.people import People, WebSession
from scheduler.store.programme import Programme, StoredClip, StoredDispatch
from scheduler.store.readings import Readings
from scheduler.store.relays import Relays
from scheduler.store.slots import Airing, Ending, SlotFacts, Slots
from scheduler.store.sms import OptOut, SmsTexts, StoredHandOver, StoredSms
from scheduler.store.sms_batches import SmsBatch, SmsBatches, SmsRecipient
from scheduler.store.todo import Todo, Todos
from scheduler.store.upgrades import StoredUpgrade, UpgradeRows
from scheduler.store.uploads import Upload, Uploads

__all__ = [
    "Airing",
    "Break",
    "Checkpoints",
    "Command",
    "Difference",
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
    "OptOut",
    "OwnForm",
    "People",
    "Programme",
    "Readings",
    "Relays",
    "Row",
    "SigningKey",
    "SlotFacts",
    "Slots",
    "SmsBatch",
    "SmsBatches",
    "SmsRecipient",
    "SmsTexts",
    "Store",
    "StoredClip",
    "StoredDispatch",
    "StoredForm",
    "StoredHandOver",
    "StoredSms",
    "StoredUpgrade",
    "TakenList",
    "Todo",
    "Todos",
    "UpgradeRows",
    "Upload",
    "Uploads",
    "Verification",
    "WebSession",
    "holds",
    "instant_of",
    "instant_or_none",
    "instant_text",
]
