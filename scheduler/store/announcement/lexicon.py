"""The word list as rows: own entries, lists taken from outside, and the record of every change.

A change and its record are one transaction, and `apply` changes nothing when the rows are not as its caller saw them.
What an entry may say is the desk's business; what it means is `audio_assets.speech.lexicon`'s.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlite_utils.db import Database

from scheduler.core.announcement.word_list import Difference, LexiconChange, OwnForm, StoredForm, TakenList
from scheduler.core.delivery import Shape, shape_from
from scheduler.core.model import AnnouncementState, Sha256
from scheduler.kernel.errors import NotFound, Refused
from scheduler.store.database import Row, Store, insert, instant_of, instant_text, json_text, update
from scheduler.store.mapper import Column, Mapper, Of

Act = Literal["add", "edit", "remove", "off", "on", "import", "take_list", "end_list", "undo"]
MOST_CHANGES = 100


@dataclass(frozen=True, slots=True)
class LivingText:
    """An announcement that may still air, as far as the word list is concerned."""

    id: int
    version: int
    title: str
    text: str
    state: AnnouncementState
    shape: Shape
    speech: Sha256 | None
    """Its sound, where a machine's voice says it."""

    @property
    def words(self) -> str:
        """What of it is read out."""
        return f"{self.title}\n{self.text}" if self.shape.heading else self.text


class LexiconRows:
    def __init__(self, store: Store) -> None:
        self.store = store

    def revision(self) -> int:
        """Which state the word list is in; 0 = never changed."""
        return int(self.store.value("SELECT coalesce(max(id), 0) FROM lexicon_change"))

    def forms(self) -> list[StoredForm]:
        """The ward's own forms in the order they were made, which is the order of its patterns."""
        return _STORED.read_all(self.store.rows("SELECT * FROM lexicon_entry ORDER BY id"))

    def get(self, form_id: int) -> StoredForm:
        row = self.store.row("SELECT * FROM lexicon_entry WHERE id = ?", (form_id,))
        if row is None:
            raise NotFound("lexicon", form_id)
        return _STORED.read(row)

    def of(self, written: str, *, pattern: bool = False) -> StoredForm | None:
        row = self.store.row("SELECT * FROM lexicon_entry WHERE written = ? AND pattern = ?", (written, int(pattern)))
        return _STORED.read(row) if row else None

    def lists(self) -> list[TakenList]:
        """The lists in use, the newest first: it stands above the older ones."""
        rows = self.store.rows("SELECT * FROM lexicon_list WHERE ended_at IS NULL ORDER BY id DESC")
        return _TAKEN.read_all(rows)

    def list_named(self, name: str) -> TakenList | None:
        row = self.store.row("SELECT * FROM lexicon_list WHERE name = ? AND ended_at IS NULL", (name,))
        return _TAKEN.read(row) if row else None

    def keep_list(self, name: str, version: str, toml: str, entries: int, by: int, now: datetime) -> int:
        """A list that is not in use yet (its id): `apply` puts it into use."""
        at = instant_text(now)
        row = {"name": name, "version": version, "toml": toml, "entries": entries}
        with self.store.write() as db:
            return insert(db, "lexicon_list", row | {"taken_at": at, "taken_by": by, "ended_at": at})

    def apply(
        self, difference: Difference, act: Act, told: str, by: int, now: datetime, *, undoes: int | None = None
    ) -> int:
        """Make one difference and record it (the change's id). Raises Refused lexicon_changed_meanwhile when the list
        is not as `difference.before` says.
        """
        with self.store.write() as db:
            self._change_forms(db, difference, by, now)
            for list_id in set(difference.lists_before) - set(difference.lists_after):
                _expect(update(db, "lexicon_list", {"id": list_id, "ended_at": None}, {"ended_at": instant_text(now)}))
            for list_id in set(difference.lists_after) - set(difference.lists_before):
                self._use(db, list_id)
            if undoes is not None and self.store.value("SELECT 1 FROM lexicon_change WHERE undoes = ?", (undoes,)):
                raise Refused("lexicon_changed_meanwhile")
            row = {"at": instant_text(now), "by_id": by, "act": act, "told": told, "undoes": undoes}
            return insert(db, "lexicon_change", row | _recorded(difference))

    def _change_forms(self, db: Database, difference: Difference, by: int, now: datetime) -> None:
        before = {form.key: form for form in difference.before}
        after = {form.key: form for form in difference.after}
        for key in {**before, **after}:
            found = self.of(key[0], pattern=key[1])
            if (found.form if found else None) != before.get(key):
                raise Refused("lexicon_changed_meanwhile", written=key[0])
            stamp = {"changed_at": instant_text(now), "changed_by": by}
            if found and key in after:
                values = _FORM.write(after[key]) | stamp | {"version": found.version + 1}
                update(db, "lexicon_entry", {"id": found.id}, values)
            elif found:
                db.conn.execute("DELETE FROM lexicon_entry WHERE id = ?", (found.id,))
            else:
                insert(db, "lexicon_entry", _FORM.write(after[key]) | stamp)

    def _use(self, db: Database, list_id: int) -> None:
        name = self.store.value("SELECT name FROM lexicon_list WHERE id = ? AND ended_at IS NOT NULL", (list_id,))
        if name is None or self.list_named(name):
            raise Refused("lexicon_changed_meanwhile", written=name)
        update(db, "lexicon_list", {"id": list_id}, {"ended_at": None})

    def living_texts(self, most: int) -> list[LivingText]:
        """Announcements with words that may still air, the newest first."""
        sql = (
            "SELECT a.id, a.version, a.title, a.text, a.state, a.shape_json, c.sha256 FROM announcement a"
            " LEFT JOIN clip c ON c.sha256 = a.audio_sha256 AND c.origin = 'speech'"
            " WHERE a.kind = 'text' AND a.text <> '' AND a.state NOT IN ('withdrawn', 'expired')"
            " ORDER BY a.id DESC LIMIT ?"
        )
        return _LIVING.read_all(self.store.rows(sql, (most,)))

    def changes(self, most: int = MOST_CHANGES) -> list[LexiconChange]:
        """What was changed, the newest first."""
        return [_change(row) for row in self.store.rows(f"{_CHANGES} ORDER BY c.id DESC LIMIT ?", (most,))]

    def change(self, change_id: int) -> LexiconChange:
        row = self.store.row(f"{_CHANGES} WHERE c.id = ?", (change_id,))
        if row is None:
            raise NotFound("lexicon_change", change_id)
        return _change(row)


_CHANGES = "SELECT c.*, EXISTS (SELECT 1 FROM lexicon_change u WHERE u.undoes = c.id) AS undone FROM lexicon_change c"


def _expect(changed: int) -> None:
    if changed != 1:
        raise Refused("lexicon_changed_meanwhile")


_FORM = Mapper(OwnForm, "lexicon_entry", case=Column("case_rule"), off=Column("switched_off"))


_STORED = Mapper(StoredForm, "lexicon_entry", form=Of(_FORM.read))
_TAKEN = Mapper(TakenList, "lexicon_list")
_LIVING = Mapper(LivingText, "announcement", shape=Column("shape_json", shape_from), speech=Column("sha256"))


def _recorded(difference: Difference) -> Row:
    def told(forms: tuple[OwnForm, ...], lists: tuple[int, ...]) -> str:
        rows = [[form.written, form.said, form.case, form.pattern, form.off] for form in forms]
        return json_text({"entries": rows, "lists": lists})

    return {
        "before_json": told(difference.before, difference.lists_before),
        "after_json": told(difference.after, difference.lists_after),
    }


def _change(row: Row) -> LexiconChange:
    before, after = json.loads(row["before_json"]), json.loads(row["after_json"])
    difference = Difference(
        tuple(OwnForm(*form) for form in before["entries"]),
        tuple(OwnForm(*form) for form in after["entries"]),
        tuple(before["lists"]),
        tuple(after["lists"]),
    )
    at = instant_of(row["at"])
    return LexiconChange(row["id"], at, row["by_id"], row["act"], row["told"], difference, bool(row["undone"]))
