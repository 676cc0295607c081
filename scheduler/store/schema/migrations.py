"""Which steps the schema has gone: `<name>.sql` beside this module, then those of extras in their folders.

A released step is never edited, a new one is added below it. Instants are UTC ISO text with microseconds (they sort as
text), days are ISO dates of the station's zone, lengths are whole milliseconds, JSON columns end in `_json`. What SQL
cannot say of a step stands here.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlite_utils.db import Database

from scheduler.features import FEATURES, Feature, folder_of
from scheduler.store.schema.schema_steps import Change, SchemaStep, SchemaSteps

__all__ = ["CORE", "CORE_STEPS", "OF_EXTRA", "all_steps", "migrations"]

CORE = "loa-phuong"
"""Whose steps those of this folder are, in the record of a database."""
OF_EXTRA = f"{CORE}/"
"""Before the name of an extra: whose steps its are."""

CORE_STEPS = (
    "m001_first",
    "m002_playout",
    "m003_campaigns",
    "m004_ledger",
    "m006_proof",
    "m007_province",
    "m005_sms",
    "m008_reports",
    "m009_heard",
    "m010_lexicon",
    "m011_script",
    "m012_render",
    "m013_upload",
    "m014_upgrade",
    "m015_people",
    "m016_schedule",
    "m017_compose",
    "m018_settings",
    "m019_public",
    "m020_api",
    "m021_emergency",
    "m022_writers",
    "m023_town",
    "m024_hub",
    "m025_clusters",
    "m026_cap",
    "m027_pair",
    "m029_town_zones",
    "m030_output_shares",
    "m032_clock_and_anchor",
    "m033_names",
    "m034_hub_audit",
    "m035_submission",
    "m036_exceptions",
    "m037_dispatch_drafts",
    "m038_hearing",
    "m039_gave_way",
    "m040_make_up",
)
"""In their order. Tables of extras that were released before extras had steps of their own stay here."""

_BEFORE = "'refused', 'failed', 'cancelled')"
_NOW = "'refused', 'failed', 'cancelled', 'recorded')"


def widen_outcomes(db: Database) -> None:
    """Let a slot end as only recorded: the CHECK of `slot.outcome` is widened in the text of the schema, the way that
    SQLite's documentation gives for a change that no row on the disk can be against. No row is touched, so rows, keys,
    indexes and triggers stay as they are, in a second also where the table is large.
    """
    (version,) = db.execute("PRAGMA schema_version").fetchone()
    db.execute("PRAGMA writable_schema = ON")
    try:
        changed = db.execute(
            "UPDATE sqlite_master SET sql = replace(sql, :before, :now)"
            " WHERE type = 'table' AND name = 'slot' AND instr(sql, :before)",
            {"before": _BEFORE, "now": _NOW},
        ).rowcount
        if changed != 1:
            raise RuntimeError("the table slot is none that this program has made")
        db.execute(f"PRAGMA schema_version = {version + 1}")  # so that every connection reads the schema anew
    finally:
        db.execute("PRAGMA writable_schema = OFF")


def compose_logins(db: Database) -> None:
    """Every login in its composed form (NFC), so that one typed on another keyboard finds it; but for one that another
    has already.
    """
    for person_id, login in db.execute("SELECT id, login FROM person ORDER BY id").fetchall():
        composed = unicodedata.normalize("NFC", login)
        if composed != login:
            db.execute("UPDATE OR IGNORE person SET login = ? WHERE id = ?", (composed, person_id))


_ALSO: Mapping[str, Change] = {"m030_output_shares": widen_outcomes, "m033_names": compose_logins}


def all_steps(features: Sequence[Feature]) -> SchemaSteps:
    """The steps of the core, then those of extras: `<extra>_<step>` in the record."""
    here = Path(__file__).parent
    core = [SchemaStep(CORE, name, here / f"{name}.sql", _ALSO.get(name)) for name in CORE_STEPS]
    theirs = [
        SchemaStep(OF_EXTRA + feature.name, f"{feature.name}_{name}", folder_of(feature) / "schema" / f"{name}.sql")
        for feature in features
        for name in feature.schema
    ]
    return SchemaSteps((*core, *theirs), (CORE, *(OF_EXTRA + feature.name for feature in features)))


migrations = all_steps(FEATURES)
