"""Words of the log of acts: what was done, to what, by which right, and each change as people say it.

Tables and their use; what is not in a table is shown as it stands in the row, so that nothing is ever hidden.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from scheduler.core.model import DEFAULT_ZONE
from scheduler.core.people.kept import AuditRow
from scheduler.core.report.report_words import TRIGGERS
from scheduler.core.words.wording import (
    BOOSTS,
    CAMPAIGN_STATES,
    OUTCOMES,
    REASONS,
    ROLES,
    STATES,
    folders_of_extras,
    sentence,
)
from scheduler.features import FEATURES, load
from scheduler.kernel.words import Words, tables_of
from web.words.dispatch_words import DUTY_STATES
from web.words.zones import EVERYWHERE

__all__ = ["ACTS", "KINDS", "SUBJECTS", "VIAS", "Change", "announcement_of", "changes_of", "done_words"]


def _of_extras(table: str) -> dict[str, str]:
    """What extras add to a table of the log: tables, acts and processes of their own."""
    found = (tables_of(folder).get(table, {}) for folder in folders_of_extras())
    return {code: str(word) for words in found for code, word in words.items()}


_OF_KINDS = Words(Path(__file__).parent, "audit_kinds", str)
_NOTES = Words(Path(__file__).parent, "audit_notes", str)
KINDS: dict[str, str] = {
    **_OF_KINDS,
    **_of_extras("audit_events"),
}
_OF_ACTS = Words(Path(__file__).parent, "audit_acts", str)
ACTS: dict[str, str] = {
    **_OF_ACTS,
    **_of_extras("audit_rights"),
}
SCHEDULE_CHANGES = Words(Path(__file__).parent, "schedule_changes", str)
_OF_VIAS = Words(Path(__file__).parent, "audit_vias", str)
VIAS: dict[str, str] = {
    **_OF_VIAS,
    **_of_extras("audit_vias"),
}
_OF_SUBJECTS = Words(Path(__file__).parent, "audit_subjects", str)
SUBJECTS: dict[str, str] = {
    **_OF_SUBJECTS,
    **_of_extras("audit_subjects"),
}
_COLUMNS = Words(Path(__file__).parent, "audit_columns", str)
_UNSAID = frozenset({"id", "updated_at", "totp_step"})
_OF_SECRETS = Words(Path(__file__).parent, "audit_secrets", str)
_SECRETS = {"•": _OF_SECRETS["is_set"], "• (mới)": _OF_SECRETS["set_anew"]}
_SOUNDS = Words(Path(__file__).parent, "audit_hashes", str)
"""In the place of hashes, which nobody reads: `loa audit` has them."""
_HASHED = re.compile(r"[0-9a-f]{64}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_VALUES: dict[str, str] = {
    **{state.value: word for state, word in CAMPAIGN_STATES.items()},
    **{state.value: word for state, word in STATES.items()},
    **{role.value: word for role, word in ROLES.items()},
    **{outcome.value: word for outcome, word in OUTCOMES.items()},
    **{trigger.value: word for trigger, word in TRIGGERS.items()},
    **{state.value: word for state, word in DUTY_STATES.items()},
    **{kind.value: word for kind, word in BOOSTS.items()},
    **SCHEDULE_CHANGES,
}
_PEOPLE = frozenset(
    {
        "answered_by",
        "approver_id",
        "asked_by",
        "author_id",
        "by_id",
        "changed_by",
        "created_by",
        "decided_by",
        "done_by",
        "made_by",
        "operator_id",
        "ordered_by",
        "person_id",
        "revoked_by",
        "stated_by",
        "taken_by",
        "writer_id",
    }
)
_WORDED = frozenset({"state", "role", "outcome", "trigger", "kind", "boost_kind"})
_YES_NO = frozenset({"active", "must_change", "chime", "heard", "is_on", "shows_next"})
_TEXT_SHOWN = 300


class Change(NamedTuple):
    """One thing that changed, as people read it."""

    what: str
    before: str
    after: str


def done_words(row: AuditRow) -> str:
    """What was done, in two or three words: "Sửa bản tin"."""
    kind = KINDS.get(row.kind, row.kind)
    subject = SUBJECTS.get(row.subject, row.subject)
    return (
        f"{kind} {subject[0].lower()}{subject[1:]}" if subject and row.kind in {"insert", "update", "delete"} else kind
    )


def note_words(row: AuditRow) -> str:
    """What a row without changes says besides."""
    if row.kind in _NOTES:
        return _NOTES.say(row.kind, note=row.note)
    return sentence(row.note) if row.kind in {"refused", "stopped"} else row.note


def announcement_of(row: AuditRow) -> int | None:
    """The announcement that a row of another table is about."""
    number = row.after.get("announcement_id") or row.before.get("announcement_id")
    return number if isinstance(number, int) else None


def changes_of(
    row: AuditRow, local: Any, names: Mapping[int, str], titles: Mapping[int, str] | None = None
) -> Iterator[Change]:
    """Every column that changed. `local`: an instant on the station's wall clock; `names`: of people, by number;
    `titles`: of announcements, by number.
    """
    words = _words_of(row.subject)
    for name in dict.fromkeys((*row.before, *row.after)):
        if name in _UNSAID:
            continue
        known = (titles or {}) if name == "announcement_id" else names if name in _PEOPLE else {}
        before, after = (_value(name, side, local, known, words) for side in (row.before, row.after))
        if _HASHED.fullmatch(before) or _HASHED.fullmatch(after):
            before, after = before and _SOUNDS["before"], after and _SOUNDS["after"]
        if before or after:
            yield Change(_COLUMNS.get(name, name), before, after)


def _value(name: str, side: Mapping[str, Any], local: Any, names: Mapping[int, str], words: Mapping[str, str]) -> str:
    value = side.get(name)
    if value is None or value in ("", "[]", "{}"):
        return ""
    if names and isinstance(value, int):
        return names.get(value, str(value))
    if name in _YES_NO and value in (0, 1):
        return "có" if value else "không"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    if name == "zone" and text == DEFAULT_ZONE:
        return EVERYWHERE
    if name == "reason" and text in REASONS:
        return sentence(text)
    return words.get(text, text) if name in _WORDED else _text(text, local)


@cache
def _words_of(table: str) -> dict[str, str]:
    """What stands for the values of a table: the core's words, and those of the extra whose table it is."""
    named = (where for feature in FEATURES for where in feature.values.get(table, ()))
    return _VALUES | {value: word for where in named for value, word in load(where).items()}


def _text(text: str, local: Any) -> str:
    """A secret as a word, an instant on the wall clock, the beginning of what is long."""
    if text in _SECRETS:
        return _SECRETS[text]
    if _INSTANT.match(text):
        return str(local(datetime.fromisoformat(text)).strftime("%H:%M %d/%m/%Y"))
    return text if len(text) <= _TEXT_SHOWN else text[:_TEXT_SHOWN] + "…"
