"""Words of the journal's rows that are no airings, and of the notes of those that are.

Rows are English, kept as they were written; here they become sentences. What is not understood stands as it is.
"""

from datetime import date
from pathlib import Path
from typing import Any

from scheduler.core.air.clock_trust import Ahead
from scheduler.core.report.journal_notes import read_ahead, read_moved, read_rules
from scheduler.core.station.selftest import part_words, read_parts
from scheduler.core.station.station_faults import read_fault
from scheduler.core.words.wording import sentence, sentence_of
from scheduler.kernel.words import Words
from scheduler.services.station.settings import setting_word
from web.formats import clock, day_text, local
from web.station.settings_form import value_words

__all__ = ["airing_note_words", "clock_ahead_words", "ordered_by_words", "other_row_words"]

WORDS = Words(Path(__file__).parent, "journal_rows", str)
"""Kind of a row -> what it is about."""


def other_row_words(row: dict[str, Any]) -> dict[str, Any]:
    """A row that is no airing: when, what about, the sentence, and what was changed in it."""
    told = {"at": row["at"], "word": WORDS[row["kind"]], "who": "", "changes": [], "note": ""}
    if row["kind"] == "order":
        return told | {"sentence": ordered_by_words(row), "note": row["title"]}
    if row["kind"] == "late":
        return told | {"sentence": sentence("pair_late_row", {"title": row["title"]}), "note": row["note"]}
    told["sentence"] = sentence(row["reason"])
    if row["kind"] in {"fault", "selftest"}:
        return told | {"note": _machine_words(row)}
    if ahead := read_ahead(row["note"]):
        who = " · ".join(dict.fromkeys(name for name in (row["author"], row["approver"]) if name))
        return told | {"who": who, "note": clock_ahead_words(ahead)}
    if row["kind"] != "rules":
        return told | {"note": row["note"].replace(".", ",")}
    return told | _rules_words(row)


def _machine_words(row: dict[str, Any]) -> str:
    """What a row about the machine tells besides its sentence."""
    if row["kind"] == "fault":
        fault = read_fault(row["note"])
        return sentence_of(fault) if fault else str(row["note"])
    return " · ".join(map(part_words, read_parts(row["note"]))) or str(row["note"])


def _rules_words(row: dict[str, Any]) -> dict[str, Any]:
    who, changes = read_rules(row["note"])
    if not changes:
        return {"note": who}
    rows = [
        (setting_word(one.key), value_words(one.key, one.before), value_words(one.key, one.after)) for one in changes
    ]
    return {"who": who, "changes": rows}


def clock_ahead_words(ahead: Ahead) -> str:
    """What a clock that ran ahead has left in the journal."""
    words = f"{ahead.rows} dòng nhật ký mang giờ tới {clock(ahead.until)} {day_text(local(ahead.until).date())}"
    early = ", ".join(f"{day_text(date.fromisoformat(day))}: {count} lượt" for day, count in ahead.airings.items())
    return f"{words}; đã phát sớm, không phát lại: {early}" if early else words


def ordered_by_words(row: dict[str, Any]) -> str:
    """By whose word an order was given, in a sentence."""
    return sentence(row["reason"], {"officer": row["author"], "leader": row["operator"]})


def airing_note_words(note: str) -> dict[str, str]:
    """The note of an airing: the time the plan had given it, if a person moved it, and what else stands there."""
    moved, rest = read_moved(note)
    return {"moved": clock(moved) if moved else "", "rest": rest}
