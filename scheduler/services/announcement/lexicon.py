"""Từ điển cách đọc: add, change, remove, switch off, undo, take a list in, give a list out.

Every change is one act of a named person, checked before it is kept and recorded so that it can be taken back. What is
approved keeps its sound: an announcement whose words would now be said otherwise is found by `outdated`, and only a
person has its speech made anew.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from audio_assets.speech.lexicon import (
    DEFAULT_LEXICON,
    MOST_ENTRIES,
    MOST_PATTERNS,
    Entry,
    Lexicon,
    as_met,
    fault_of,
    tidy_form,
)
from audio_assets.speech.lexicon_file import LONGEST_NAME, WordList, list_toml
from scheduler.core.announcement.word_list import Difference, LexiconChange, OwnForm, StoredForm, TakenList
from scheduler.core.model import Announcement, Person
from scheduler.kernel.errors import Refused
from scheduler.services.announcement.lexicon_checks import check_entry, faults_of
from scheduler.services.announcement.lexicon_outdated import Outdated
from scheduler.services.announcement.lexicon_preview import LexiconPreview, Preview
from scheduler.services.announcement.pronunciation import PronunciationService, entry_of, list_entries, words_of
from scheduler.services.announcement.scripts import ScriptService
from scheduler.services.repositories import Repositories, permit
from scheduler.store import LexiconRows
from scheduler.store.announcement.lexicon import Act

__all__ = ["SHIPPED_NAME", "Examined", "LexiconService", "ListedForm"]

log = logging.getLogger(__name__)

SHIPPED_NAME: Final = "Có sẵn"
MOST_FAULTS: Final = 20
"""Faults of a list that are told at once."""
MOST_LISTS: Final = 10
"""Lists taken from outside that are in use at once."""
MOST_OUTDATED: Final = 300
"""Announcements that are asked whether their sound still is what would be said."""


@dataclass(frozen=True, slots=True)
class ListedForm:
    """One form of one list, and whether it counts."""

    entry: Entry
    source: str
    """Name of its list; '' = the ward's own."""
    state: str
    """used, overridden (a list above says it), off (the ward has switched it off)."""
    own: StoredForm | None = None
    """The ward's row about this form: its own entry, or that it is off."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What a list would bring, before it is taken. `revision` names the word list it was held against."""

    word_list: WordList
    revision: int
    new: tuple[Entry, ...]
    changed: tuple[tuple[Entry, Entry], ...]
    """As it is now, as it would be: forms the same list (or, for own words, the ward) says otherwise now."""
    dropped: tuple[Entry, ...]
    """Forms of the version in use that the new one has no more."""
    same: int
    conflicts: tuple[tuple[Entry, Entry, str], ...]
    """What a list above or beside says, what the new one says, and whose word the first is ('' = the ward's)."""
    faults: tuple[Refused, ...]
    preview: Preview | None


class LexiconService:
    def __init__(self, repos: Repositories, reading: PronunciationService, scripts: ScriptService) -> None:
        self._repos = repos
        self._reading = reading
        self._preview = LexiconPreview(repos, reading)
        self._outdated = Outdated(repos, reading, scripts)
        self.rows = LexiconRows(repos.store)

    # Reading

    def own(self) -> list[Entry]:
        """The ward's own entries."""
        return [entry_of(kept.form) for kept in self.rows.forms() if not kept.form.off]

    def form(self, form_id: int) -> StoredForm:
        """An own form. Raises NotFound."""
        return self.rows.get(form_id)

    def form_of(self, written: str, *, pattern: bool = False) -> StoredForm | None:
        """The own form that is written so."""
        return self.rows.of(written, pattern=pattern)

    def lists(self) -> list[TakenList]:
        """The lists that were taken over, the newest first."""
        return self.rows.lists()

    def listed(self) -> list[ListedForm]:
        """Every form of every list, the ward's own first, and whether it counts."""
        kept = self.rows.forms()
        off = {one.form.key: one for one in kept if one.form.off}
        found = [ListedForm(entry_of(one.form), "", "used", one) for one in kept if not one.form.off]
        claimed = {(one.entry.written, one.entry.pattern) for one in found}
        for source, entries in self._lower():
            for entry in entries:
                key = entry.written, entry.pattern
                state = "off" if key in off else "overridden" if key in claimed else "used"
                found.append(ListedForm(entry, source, state, off.get(key)))
            claimed |= {(entry.written, entry.pattern) for entry in entries}
        listed = {(one.entry.written, one.entry.pattern) for one in found}
        left = [one for key, one in off.items() if key not in listed]  # their list has gone
        return found + [ListedForm(entry_of(one.form), "", "off", one) for one in left]

    def entries_of(self, source: str) -> list[Entry]:
        """The entries of a list by its name, '' = the ward's own; none where there is no such list."""
        if not source:
            return self.own()
        return [entry for name, entries in self._lower() if name == source for entry in entries]

    def outdated(self, *, most_read: int | None = None) -> tuple[list[Announcement], int]:
        """Announcements whose sound says something else than would be said now, the newest first; and how many are
        not known yet because `most_read` texts had been read: asked again, it goes on from there.
        """
        spoken = (one for one in self.rows.living_texts(MOST_OUTDATED) if one.speech)
        found, left = self._outdated.among(spoken, most_read=most_read)
        return [self._repos.programme.announcement(announcement_id) for announcement_id in found], left

    def preview(self, form: OwnForm, sample: str = "", *, instead_of: int | None = None) -> Preview:
        """What keeping `form` would change, checked as `keep` does. Raises Refused as it would."""
        difference = self._difference(_tidied(form), self.rows.get(instead_of) if instead_of else None)
        return self._preview.of(self._checked(difference, sample), sample)

    # One form

    def keep(
        self, actor: Person, form: OwnForm, *, sample: str = "", form_id: int | None = None, version: int = 0
    ) -> int:
        """A new own form, or other words for the one with `form_id` as its `version` was seen (the change's id, 0 =
        nothing has changed). A pattern needs a `sample` that it stands in.

        Raises Refused: lexicon_exists, lexicon_changed_meanwhile, or what is wrong with it.
        """
        permit(actor, "edit_lexicon")
        revision = self.rows.revision()
        seen = self.rows.get(form_id) if form_id is not None else None
        if seen and seen.version != version:
            raise Refused("lexicon_changed_meanwhile", written=seen.form.written)
        difference = self._difference(_tidied(form), seen)
        if difference.before == difference.after:
            return 0
        self._checked(difference, sample)
        act: Act = "edit" if difference.before else "add"
        return self._apply(actor, difference, act, difference.after[0].written, revision=revision)

    def remove(self, actor: Person, form_id: int, version: int) -> int:
        """Take an own form away (the change's id): the lists below count again. Raises Refused, NotFound."""
        permit(actor, "edit_lexicon")
        seen = self.rows.get(form_id)
        if seen.version != version:
            raise Refused("lexicon_changed_meanwhile", written=seen.form.written)
        act: Act = "on" if seen.form.off else "remove"
        return self._apply(actor, Difference(before=(seen.form,)), act, seen.form.written)

    def switch_off(self, actor: Person, written: str, *, pattern: bool = False) -> int:
        """Do not use what the lists below the ward's own say of this form (the change's id)."""
        permit(actor, "edit_lexicon")
        if not any(
            entry.written == written and entry.pattern == pattern for _, lower in self._lower() for entry in lower
        ):
            raise Refused("lexicon_not_listed", written=written[:80])
        if self.rows.of(written, pattern=pattern):
            raise Refused("lexicon_exists", written=written)
        return self._apply(actor, Difference(after=(OwnForm(written, "", "auto", pattern, off=True),)), "off", written)

    def undo(self, actor: Person, change_id: int) -> int:
        """Take one change back (the new change's id), where nothing it touched has been changed since."""
        permit(actor, "edit_lexicon")
        change = self.rows.change(change_id)
        return self._apply(actor, change.difference.turned(), "undo", change.told, undoes=change_id)

    def changes(self) -> list[LexiconChange]:
        """What was changed, the newest first."""
        return self.rows.changes()

    # Whole lists

    def examine(self, word_list: WordList, *, as_layer: bool) -> Examined:
        """What taking a list would do: as a layer of its own below the ward's words, or into the ward's words.

        Raises Refused lexicon_name_missing, lexicon_name_too_long for a layer.
        """
        if as_layer:
            _named(word_list)
        revision = self.rows.revision()
        old = self._taken_entries(word_list.name) if as_layer else self.own()
        there = {(entry.written, entry.pattern): entry for entry in old}
        come = {(entry.written, entry.pattern): entry for entry in word_list.entries}
        changed = tuple((there[key], come[key]) for key in come if key in there and there[key] != come[key])
        if as_layer:
            after, conflicts = self._with_list(word_list), tuple(self._conflicts(word_list))
        else:
            after, conflicts = self._with(self._taken(word_list.entries, theirs=True)), ()
        faults = self._faults(after, word_list.entries)
        return Examined(
            word_list,
            revision,
            tuple(come[key] for key in come if key not in there),
            changed,
            tuple(there[key] for key in there if key not in come) if as_layer else (),
            sum(there.get(key) == come[key] for key in come),
            conflicts,
            faults,
            None if faults else self._preview.of(after),
        )

    def take_own(self, actor: Person, entries: Sequence[Entry], revision: int, *, theirs: bool) -> int:
        """Put entries among the ward's own (the change's id, 0 = nothing new); `theirs`: where the ward says a form
        otherwise, the list wins.
        """
        permit(actor, "edit_lexicon")
        self._same_revision(revision)
        difference = self._taken(entries, theirs=theirs)
        if not difference.after:
            return 0
        after = self._with(difference)
        if faults := self._faults(after, [entry_of(form) for form in difference.after]):
            raise faults[0]
        return self._apply(actor, difference, "import", difference.after[0].written, revision=revision)

    def take_list(self, actor: Person, word_list: WordList, revision: int) -> int:
        """Put a list below the ward's own words, in the place of an earlier version of it (the change's id)."""
        permit(actor, "edit_lexicon")
        self._same_revision(revision)
        name, version = _named(word_list)
        toml, old = list_toml(word_list.entries), self.rows.list_named(name)
        if old and (old.version, old.toml) == (version, toml):
            raise Refused("lexicon_same_list", title=f"{name} {version}".strip())
        if not old and len(self.rows.lists()) >= MOST_LISTS:
            raise Refused("lexicon_too_many_lists", limit=MOST_LISTS)
        if faults := self._faults(self._with_list(word_list), word_list.entries):
            raise faults[0]
        with self._repos.store.write():
            now = self._repos.clock.now()
            list_id = self.rows.keep_list(name, version, toml, len(word_list.entries), actor.id, now)
            before = (old.id,) if old else ()
            swap = Difference(lists_before=before, lists_after=(list_id,))
            return self._apply(actor, swap, "take_list", name, revision=revision)

    def end_list(self, actor: Person, list_id: int) -> int:
        """Put a list away (the change's id)."""
        permit(actor, "edit_lexicon")
        name = next((one.name for one in self.rows.lists() if one.id == list_id), None)
        if name is None:
            raise Refused("lexicon_changed_meanwhile")
        return self._apply(actor, Difference(lists_before=(list_id,)), "end_list", name)

    # Behind the acts

    def _lower(self) -> list[tuple[str, tuple[Entry, ...]]]:
        """The lists below the ward's own, by name, the upper first."""
        taken = [(one.name, list_entries(one)) for one in self.rows.lists()]
        return [*taken, (SHIPPED_NAME, DEFAULT_LEXICON.entries)]

    def _taken_entries(self, name: str) -> tuple[Entry, ...]:
        taken = self.rows.list_named(tidy_form(name))
        return list_entries(taken) if taken else ()

    def _difference(self, form: OwnForm, seen: StoredForm | None) -> Difference:
        there = self.rows.of(form.written, pattern=form.pattern)
        if there and (seen is None or there.id != seen.id):
            if not there.form.off:
                raise Refused("lexicon_exists", written=form.written)
            return Difference((there.form, *([seen.form] if seen else [])), (form,))
        return Difference((seen.form,) if seen else (), (form,))

    def _with(self, difference: Difference) -> Lexicon:
        """The word list as it would be."""
        own = {kept.form.key: kept.form for kept in self.rows.forms()}
        for form in difference.before:
            own.pop(form.key, None)
        own |= {form.key: form for form in difference.after}
        return words_of(own.values(), self.rows.lists())

    def _with_list(self, word_list: WordList) -> Lexicon:
        lists = [one for one in self.rows.lists() if one.name != tidy_form(word_list.name)]
        now = self._repos.clock.now()
        new = TakenList(0, word_list.name, "", list_toml(word_list.entries), len(word_list.entries), now, 0)
        return words_of((kept.form for kept in self.rows.forms()), [new, *lists])

    def _checked(self, difference: Difference, sample: str) -> Lexicon:
        """The word list as it would be with one new form. Raises Refused where that would not read well."""
        form = difference.after[0]
        if fault := fault_of(entry_of(form)):
            raise Refused(fault, written=form.written)
        self._room(len(difference.after) - len(difference.before), int(form.pattern))
        after = self._with(difference)
        check_entry(self._read, self._reading.lexicon, after, entry_of(form), sample)
        return after

    def _room(self, entries: int, patterns: int) -> None:
        own = self.own()
        if (count := len(own) + entries) > MOST_ENTRIES:
            raise Refused("lexicon_too_long", entries=count, limit=MOST_ENTRIES)
        if (count := sum(entry.pattern for entry in own) + patterns) > MOST_PATTERNS and patterns:
            raise Refused("lexicon_too_many_patterns", entries=count, limit=MOST_PATTERNS)

    def _read(self, lexicon: Lexicon, text: str) -> str:
        return self._reading.said_with(lexicon, text).text

    def _faults(self, after: Lexicon, entries: Sequence[Entry]) -> tuple[Refused, ...]:
        found = faults_of(self._read, self._reading.lexicon, after, entries)
        return tuple(fault for fault, _ in zip(found, range(MOST_FAULTS), strict=False))

    def _conflicts(self, word_list: WordList) -> Iterable[tuple[Entry, Entry, str]]:
        """What the ward or another list says otherwise."""
        others = {one.name: list_entries(one) for one in self.rows.lists()}
        others.pop(tidy_form(word_list.name), None)
        for source, entries in (("", self.own()), *others.items()):
            there = {(entry.written, entry.pattern): entry for entry in entries}
            for entry in word_list.entries:
                other = there.get((entry.written, entry.pattern))
                if other and other != entry:
                    yield other, entry, source

    def _taken(self, entries: Iterable[Entry], *, theirs: bool) -> Difference:
        """Entries among the ward's own forms; one that was switched off counts as not said yet."""
        own = {kept.form.key: kept.form for kept in self.rows.forms()}
        before, after = [], []
        for entry in entries:
            form = OwnForm(entry.written, entry.said, entry.case, entry.pattern)
            there = own.get(form.key)
            if there == form or (there and not there.off and not theirs):
                continue
            before += [there] if there else []
            after.append(form)
        if (count := len(own) + len(after) - len(before)) > MOST_ENTRIES:
            raise Refused("lexicon_too_long", entries=count, limit=MOST_ENTRIES)
        patterns = {key for key, form in own.items() if form.pattern} | {form.key for form in after if form.pattern}
        if len(patterns) > MOST_PATTERNS:
            raise Refused("lexicon_too_many_patterns", entries=len(patterns), limit=MOST_PATTERNS)
        return Difference(tuple(before), tuple(after))

    def _same_revision(self, revision: int) -> None:
        if revision != self.rows.revision():
            raise Refused("lexicon_changed_meanwhile")

    def _apply(
        self,
        actor: Person,
        difference: Difference,
        act: Act,
        told: str,
        *,
        undoes: int | None = None,
        revision: int | None = None,
    ) -> int:
        """Keep a difference; with a `revision` only in the word list it was checked against."""
        with self._repos.store.write():
            if revision is not None:
                self._same_revision(revision)
            made = self.rows.apply(difference, act, told, actor.id, self._repos.clock.now(), undoes=undoes)
        log.info("word list: %s of %r by %s (change %d)", act, told, actor.login, made)
        return made


def _named(word_list: WordList) -> tuple[str, str]:
    """Name and version of a list that is to be a layer."""
    name, version = tidy_form(word_list.name), tidy_form(word_list.version)
    if not name:
        raise Refused("lexicon_name_missing")
    if max(len(name), len(version)) > LONGEST_NAME:
        raise Refused("lexicon_name_too_long", limit=LONGEST_NAME)
    return name, version


def _tidied(form: OwnForm) -> OwnForm:
    """As it is kept: the forms as the rules meet them in a text."""
    entry = as_met(entry_of(form))
    return OwnForm(entry.written, entry.said, entry.case, entry.pattern)
