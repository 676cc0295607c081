"""The schema, as append-only named steps: a released function is never edited, a new one is added below it.

Every step runs in one transaction with the record of itself. Instants are UTC ISO text with microseconds (they sort as
text), days are ISO dates of the station's zone, lengths are whole milliseconds, JSON columns end in `_json`.
"""

from sqlite_utils.db import Database

from scheduler.store.schema.api_schema import API
from scheduler.store.schema.cap_schema import CAP
from scheduler.store.schema.clock_schema import CLOCK
from scheduler.store.schema.cluster_schema import CLUSTERS
from scheduler.store.schema.compose_schema import COMPOSE, WRITERS
from scheduler.store.schema.emergency_schema import EMERGENCY
from scheduler.store.schema.first_schema import JOURNAL, PEOPLE, PROGRAMME
from scheduler.store.schema.heard_schema import HEARD
from scheduler.store.schema.hub_audit_schema import HUB_AUDIT
from scheduler.store.schema.hub_schema import HUB
from scheduler.store.schema.ledger_schema import LEDGER
from scheduler.store.schema.lexicon_schema import LEXICON
from scheduler.store.schema.names_schema import NAMES, compose_logins
from scheduler.store.schema.pair_schema import PAIR
from scheduler.store.schema.people_schema import PEOPLE as RIGHTS
from scheduler.store.schema.province_schema import PROVINCE
from scheduler.store.schema.public_schema import PUBLIC
from scheduler.store.schema.schedule_schema import SCHEDULE
from scheduler.store.schema.schema_steps import SchemaSteps
from scheduler.store.schema.settings_schema import SETTINGS
from scheduler.store.schema.shares_schema import add_shares
from scheduler.store.schema.sms_schema import SMS
from scheduler.store.schema.town_schema import TOWN
from scheduler.store.schema.upgrade_schema import UPGRADE
from scheduler.store.schema.upload_schema import UPLOAD

migrations = SchemaSteps("loa-phuong")


@migrations()
def m001_first(db: Database) -> None:
    for statement in (*PEOPLE, *PROGRAMME, *JOURNAL):
        db.execute(statement)


_PLAYOUT = (
    # text: a clip says it | typed: the same, ordered in an emergency and never offered again | relay: sources, approved
    # as a list | live: a person at a microphone
    """ALTER TABLE announcement ADD COLUMN kind TEXT NOT NULL DEFAULT 'text'
        CHECK (kind IN ('text', 'typed', 'relay', 'live'))""",
    "ALTER TABLE announcement ADD COLUMN corrects TEXT NOT NULL DEFAULT ''",  # the emergency's slot it puts right
    "ALTER TABLE slot ADD COLUMN intro_sha256 TEXT",  # words around a drill
    "ALTER TABLE slot ADD COLUMN makes_good TEXT NOT NULL DEFAULT ''",  # the slot whose debt it is
    "CREATE INDEX announcement_state ON announcement(state)",
    "CREATE INDEX airing_open ON airing(slot_id) WHERE ended_at IS NULL",
    """CREATE TABLE relay (
        id INTEGER PRIMARY KEY,
        announcement_id INTEGER NOT NULL UNIQUE REFERENCES announcement(id), -- its title and its approval
        state TEXT NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'active', 'stopped')),
        windows_json TEXT NOT NULL, -- ["05:00-05:30", …]
        weekdays_json TEXT NOT NULL, -- [0, …, 6], Monday = 0
        start TEXT NOT NULL, end TEXT NOT NULL, -- days, both included
        zone TEXT NOT NULL,
        sources_json TEXT NOT NULL, -- addresses in the order they are tried
        fallback_json TEXT NOT NULL DEFAULT '[]', -- sha256 of the clips that are aired when every source is silent
        created_at TEXT NOT NULL,
        created_by INTEGER NOT NULL REFERENCES person(id)
    )""",
    """CREATE TABLE live_lease (
        id TEXT PRIMARY KEY, -- also the name of the file that its sound arrives in
        slot_id TEXT NOT NULL UNIQUE REFERENCES slot(id),
        person_id INTEGER NOT NULL REFERENCES person(id),
        source TEXT NOT NULL, -- browser, or line: and a capture device
        opened_at TEXT NOT NULL,
        longest_ms INTEGER NOT NULL,
        released_at TEXT, -- the person has let go
        ended_at TEXT -- its airing is over and its recording handed to the library
    )""",
    """CREATE TABLE todo (
        key TEXT PRIMARY KEY, -- slot and finding: the same finding twice is one row
        slot_id TEXT,
        due TEXT, -- when it will fail
        reason TEXT NOT NULL, details_json TEXT NOT NULL DEFAULT '{}',
        raised_at TEXT NOT NULL,
        cleared_at TEXT -- mended, or over
    )""",
)


@migrations()
def m002_playout(db: Database) -> None:
    for statement in _PLAYOUT:
        db.execute(statement)


_CAMPAIGN_BEFORE = (
    "id, title, announcement_id, dispatch_id, state, windows_json, base, boost_kind, boost_value, weekdays_json,"
    " start, end, min_gap_ms, chime, repeat, priority, zone, created_at, created_by"
)
# The table is made anew, because a CHECK cannot be widened. Rows that refer to a campaign find it again before the
# step ends, which is when SQLite looks (`defer_foreign_keys`).
_CAMPAIGNS = (
    "PRAGMA defer_foreign_keys = ON",
    "CREATE TEMP TABLE campaign_before AS SELECT * FROM campaign",
    "DROP TABLE campaign",
    """CREATE TABLE campaign (
        id INTEGER PRIMARY KEY,
        title TEXT NOT NULL,
        announcement_id INTEGER NOT NULL REFERENCES announcement(id),
        dispatch_id INTEGER REFERENCES dispatch(id),
        state TEXT NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'active', 'stopped')),
        windows_json TEXT NOT NULL, -- ["05:00-06:30", …]
        base INTEGER NOT NULL,
        boost_kind TEXT NOT NULL DEFAULT 'none'
            CHECK (boost_kind IN ('none', 'factor', 'target', 'every', 'minutes', 'share')),
        boost_value REAL NOT NULL DEFAULT 1,
        weekdays_json TEXT NOT NULL, -- [0, …, 6], Monday = 0
        start TEXT NOT NULL, end TEXT NOT NULL, -- days, both included
        min_gap_ms INTEGER NOT NULL,
        chime INTEGER NOT NULL, repeat INTEGER NOT NULL,
        priority INTEGER NOT NULL DEFAULT 3 CHECK (priority IN (1, 2, 3)),
        zone TEXT NOT NULL,
        created_at TEXT NOT NULL,
        created_by INTEGER NOT NULL REFERENCES person(id),
        phases_json TEXT NOT NULL DEFAULT '[]', -- [{start, end, base, boost: [kind, value], windows}, …]
        rotation_json TEXT NOT NULL DEFAULT '[]', -- announcements said in turn after announcement_id
        pauses_json TEXT NOT NULL DEFAULT '[]', -- [[since, until or null], …], instants
        rank INTEGER NOT NULL DEFAULT 0, -- the ward's order among equal priority, the smaller first
        topic TEXT NOT NULL DEFAULT '',
        field INTEGER NOT NULL DEFAULT 1 CHECK (field BETWEEN 1 AND 6), -- lĩnh vực of the provincial report
        replaces INTEGER REFERENCES campaign(id), -- the campaign it stands in for
        stopped_at TEXT -- nothing of it starts from here on; may lie ahead
    )""",
    f"INSERT INTO campaign ({_CAMPAIGN_BEFORE}) SELECT {_CAMPAIGN_BEFORE} FROM campaign_before",  # noqa: S608 - names are ours
    "DROP TABLE campaign_before",
    "CREATE INDEX slot_campaign ON slot(campaign_id, day)",
    "CREATE INDEX refusal_campaign ON refusal(campaign_id, day)",
)


@migrations()
def m003_campaigns(db: Database) -> None:
    for statement in _CAMPAIGNS:
        db.execute(statement)


@migrations()
def m004_ledger(db: Database) -> None:
    for statement in LEDGER:
        db.execute(statement)


_PROOF = (
    """CREATE TABLE checkpoint (
        number INTEGER PRIMARY KEY,
        day TEXT NOT NULL UNIQUE, -- the day it closes: never two for a day
        payload TEXT NOT NULL, -- the signed text, byte for byte
        signature TEXT NOT NULL UNIQUE -- Ed25519, in hex
    )""",
    """CREATE TRIGGER checkpoint_no_update BEFORE UPDATE ON checkpoint
        BEGIN SELECT RAISE(ABORT, 'a checkpoint stays as it was signed'); END""",
    """CREATE TRIGGER checkpoint_no_delete BEFORE DELETE ON checkpoint
        BEGIN SELECT RAISE(ABORT, 'a checkpoint stays as it was signed'); END""",
    # zones in which an airing was heard; hashed where it is not NULL, so that rows from before it verify as they did
    "ALTER TABLE journal ADD COLUMN zones_json TEXT",
)


@migrations()
def m006_proof(db: Database) -> None:
    for statement in _PROOF:
        db.execute(statement)


@migrations()
def m007_province(db: Database) -> None:
    for statement in PROVINCE:
        db.execute(statement)


@migrations()
def m005_sms(db: Database) -> None:
    for statement in SMS:
        db.execute(statement)


@migrations()
def m008_reports(db: Database) -> None:
    db.execute("CREATE INDEX journal_dispatch ON journal(dispatch_number, planned_start) WHERE kind = 'airing'")


@migrations()
def m009_heard(db: Database) -> None:
    for statement in HEARD:
        db.execute(statement)


@migrations()
def m010_lexicon(db: Database) -> None:
    for statement in LEXICON:
        db.execute(statement)


_SCRIPT = (
    "ALTER TABLE announcement ADD COLUMN shape_json TEXT NOT NULL DEFAULT ''",  # '' = read straight through, once
    "ALTER TABLE clip ADD COLUMN says INTEGER NOT NULL DEFAULT 1",  # how often its words are said in it
    """CREATE TABLE confirmed_word (
        announcement_id INTEGER NOT NULL REFERENCES announcement(id),
        text_sha256 TEXT NOT NULL, -- of the title and the text it stands in: other words are asked about anew
        word TEXT NOT NULL, -- no rule reads it; a person has heard it and lets it be said so
        audio_sha256 TEXT NOT NULL, -- the sound it was heard in
        person_id INTEGER NOT NULL REFERENCES person(id),
        at TEXT NOT NULL,
        PRIMARY KEY (announcement_id, text_sha256, word)
    )""",
)


@migrations()
def m011_script(db: Database) -> None:
    for statement in _SCRIPT:
        db.execute(statement)


_RENDER = """CREATE TABLE render (
    master_sha256 TEXT NOT NULL REFERENCES clip(sha256), -- approved, planned, journalled: it stays the truth
    profile TEXT NOT NULL, -- digest of the profile's numbers; its name may change
    sha256 TEXT NOT NULL, -- of the file
    frames INTEGER NOT NULL CHECK (frames > 0), -- as many as the master's
    lufs REAL,
    made_at TEXT NOT NULL,
    PRIMARY KEY (master_sha256, profile)
) WITHOUT ROWID"""


@migrations()
def m012_render(db: Database) -> None:
    db.execute(_RENDER)


@migrations()
def m013_upload(db: Database) -> None:
    for statement in UPLOAD:
        db.execute(statement)


@migrations()
def m014_upgrade(db: Database) -> None:
    for statement in UPGRADE:
        db.execute(statement)


@migrations()
def m015_people(db: Database) -> None:
    for statement in RIGHTS:
        db.execute(statement)


@migrations()
def m016_schedule(db: Database) -> None:
    for statement in SCHEDULE:
        db.execute(statement)


@migrations()
def m017_compose(db: Database) -> None:
    for statement in COMPOSE:
        db.execute(statement)


@migrations()
def m018_settings(db: Database) -> None:
    for statement in SETTINGS:
        db.execute(statement)


@migrations()
def m019_public(db: Database) -> None:
    for statement in PUBLIC:
        db.execute(statement)


@migrations()
def m020_api(db: Database) -> None:
    for statement in API:
        db.execute(statement)


@migrations()
def m021_emergency(db: Database) -> None:
    for statement in EMERGENCY:
        db.execute(statement)


@migrations()
def m022_writers(db: Database) -> None:
    for statement in WRITERS:
        db.execute(statement)


@migrations()
def m023_town(db: Database) -> None:
    for statement in TOWN:
        db.execute(statement)


@migrations()
def m024_hub(db: Database) -> None:
    for statement in HUB:
        db.execute(statement)


@migrations()
def m025_clusters(db: Database) -> None:
    for statement in CLUSTERS:
        db.execute(statement)


@migrations()
def m026_cap(db: Database) -> None:
    for statement in CAP:
        db.execute(statement)


@migrations()
def m027_pair(db: Database) -> None:
    for statement in PAIR:
        db.execute(statement)


@migrations()
def m029_town_zones(db: Database) -> None:
    # zones an issue is for beside `zone`
    db.execute("ALTER TABLE town_inbox ADD COLUMN zones_json TEXT NOT NULL DEFAULT '[]'")


@migrations()
def m030_output_shares(db: Database) -> None:
    add_shares(db)


@migrations()
def m032_clock_and_anchor(db: Database) -> None:
    for statement in CLOCK:
        db.execute(statement)


@migrations()
def m033_names(db: Database) -> None:
    for statement in NAMES:
        db.execute(statement)
    compose_logins(db)


@migrations()
def m034_hub_audit(db: Database) -> None:
    for statement in HUB_AUDIT:
        db.execute(statement)
