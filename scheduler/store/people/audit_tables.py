"""Which tables the audit log watches, what it never repeats, and the triggers that do the watching.

Every table is watched unless it stands here with the reason why not: a table that a later step adds is watched from its
first day. Secrets become a dot, telephone numbers their last digits, and very long texts their beginning.
"""

import re
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from scheduler.features import FEATURES
from scheduler.store.database import Row, Store

__all__ = ["NOISE", "TITLES", "UNWATCHED", "Watched", "as_logged", "by_people_only", "watches"]

UNWATCHED: dict[str, str] = {
    "_sqlite_migrations": "the schema's own steps",
    "act": "keys of drawn forms",
    "anchored": "which file of anchors goes with this database",
    "airing": "measured: the journal tells it",
    "audit": "itself",
    "checkpoint": "signed, append-only",
    "code_attempt": "wrong codes are told as events",
    "draft": "kept while somebody types; what is saved of it is told",
    "heartbeat": "again and again, by machines",
    "job": "work of the worker; what comes of it is told",
    "journal": "append-only and hash-chained itself",
    "known_device": "sign-ins are told as events",
    "login_attempt": "sign-ins are told as events",
    "person_name": "names that people have had; the person is told",
    "recovery_code": "secrets; their making and use are told as events",
    "refusal": "the planner's",
    "render": "made of approved sound, and measured",
    "setup_token": "a secret; the person it makes is told",
    "todo": "found by machines",
    "upload": "pieces of a file; the recording is told",
    "web_session": "sign-ins are told as events",
    **{table: why for feature in FEATURES for table, why in feature.unwatched.items()},
}
"""Table -> why the log does not watch it."""
NOISE = frozenset(
    {
        "updated_at",
        "touched_at",
        "seen_at",
        "taken_at",
        "last_used_at",
        "last_address",
        "tries",
        "retry_at",
        "totp_step",
    }
)
"""Columns that change by themselves: alone they are no act."""
TITLES = ("title", "name", "key", "written", "number_symbol", "file_name", "login", "zone")
"""Columns that hold what people call a row, best first."""
_BY_PEOPLE = frozenset({"backup_run", "clip", *(table for feature in FEATURES for table in feature.by_people)})
"""Tables that machines change all day: of them, only what a person does is told."""
_WHEN = {
    "slot": {
        "insert": "NEW.operator_id IS NOT NULL",
        "update": "OLD.operator_id IS NOT NULL AND OLD.outcome IS NULL AND NEW.outcome = 'cancelled'",
        "delete": "OLD.operator_id IS NOT NULL",
    },
    "command": {"insert": "NEW.kind <> 'replan'"},
    "hearing": {"update": "NEW.ended_at IS NOT NULL"},
}
"""Tables of which only some changes count: what a person ordered, and called back."""
_SECRET = re.compile(r"password|secret|sealed|pending|csrf|(token|code|device)_hash|^salt$|^hint$|totp_step")
_PRIVATE = re.compile(r"^(phone|email|contact|sender)$")
_PRIVATE_OF = {table: names for feature in FEATURES for table, names in feature.private.items()}
_SECRET_OF = {table: names for feature in FEATURES for table, names in feature.secret.items()}
"""Columns that hold numbers of citizens among other words, or that open something."""
_LONG = 4000
"""Characters of a text beyond which its beginning is kept."""


def by_people_only(table: str) -> bool:
    """Whether changes by machines are not told."""
    return table in _BY_PEOPLE


class Watched(NamedTuple):
    """A table as the log looks at it."""

    columns: tuple[str, ...]
    key: tuple[str, ...]


_COLUMNS = (
    "SELECT t.name AS tbl, c.name, c.pk FROM main.sqlite_master t, pragma_table_info(t.name, 'main') c"
    " WHERE t.type = 'table' ORDER BY t.name, c.cid"
)


def watches(store: Store) -> tuple[dict[str, Watched], tuple[str, ...]]:
    """The watched tables, and the statements that make a connection note every change of them."""
    tables: dict[str, Watched] = {}
    statements: list[str] = []
    for table, found in groupby(store.rows(_COLUMNS), key=itemgetter("tbl")):
        if table in UNWATCHED or table.startswith("sqlite_"):
            continue
        columns = list(found)
        in_key = sorted((row for row in columns if row["pk"]), key=lambda row: int(row["pk"]))
        tables[table] = Watched(tuple(row["name"] for row in columns), tuple(row["name"] for row in in_key))
        statements += _triggers(table, columns)
    return tables, tuple(statements)


def _triggers(table: str, columns: list[Row]) -> list[str]:
    old, new = _object("OLD", columns), _object("NEW", columns)
    sides = {"insert": ("NULL", new), "update": (old, new), "delete": (old, "NULL")}
    whens = _WHEN.get(table, dict.fromkeys(sides, ""))
    return [_trigger(table, kind, f"WHEN {when}" if when else "", *sides[kind]) for kind, when in whens.items()]


# Short on purpose: a connection that is about to write for the first time waits until all of them are read.
_TRIGGER = (
    "CREATE TEMP TRIGGER w_{table}_{kind} AFTER {kind} ON {table} {when}"
    " BEGIN INSERT INTO witnessed VALUES(NULL,'{table}',{old},{new}); END"
)


def _trigger(table: str, kind: str, when: str, old: str, new: str) -> str:
    return _TRIGGER.format(table=table, kind=kind, when=when, old=old, new=new)


def _object(row: str, columns: list[Row]) -> str:
    names = ",".join(f'{row}."{column["name"]}"' for column in columns)
    return f"json_array({names})"


def as_logged(table: str, name: str, before: Any, after: Any) -> tuple[Any, Any]:
    """A column's two values as the log may hold them; they differ where the real ones do."""
    changed = before != after
    if _SECRET.search(name) or name in _SECRET_OF.get(table, ()):
        return "•" if before else "", ("• (mới)" if changed and before is not None else "•") if after else ""
    if _PRIVATE.search(name) or name in _PRIVATE_OF.get(table, ()):
        return _ending(before), _ending(after) + (" (mới)" if changed and before and after else "")
    return _cut(before), _cut(after, changed=changed and before is not None)


def _ending(value: object) -> str:
    return f"…{str(value)[-3:]}" if value else ""


def _cut(value: Any, *, changed: bool = False) -> Any:
    if not isinstance(value, str) or len(value) <= _LONG:
        return value
    return f"{value[:_LONG]}… ({len(value)})" + (" (mới)" if changed else "")
