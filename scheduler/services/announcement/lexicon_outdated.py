"""Which announcements have a speech that says something else than would be said now.

What was found is remembered, and after a change of the word list only the texts that hold a changed form are read
again. It reads and never changes a row.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from audio_assets.speech.lexicon import Lexicon
from scheduler.services.announcement.lexicon_preview import Forms, differing
from scheduler.services.announcement.pronunciation import PronunciationService
from scheduler.services.announcement.scripts import ScriptService
from scheduler.services.repositories import Repositories
from scheduler.store import LivingText

__all__ = ["Outdated"]

_MOST_KEPT = 5_000
Key = tuple[int, int, str | None]
"""An announcement, its version and its sound."""


@dataclass(slots=True)
class _Known:
    """What was found with one state of the word list, and with the one before where that holds still."""

    version: str
    lexicon: Lexicon
    found: dict[Key, bool] = field(default_factory=dict)
    before: dict[Key, bool] = field(default_factory=dict)
    changed: Forms = field(default_factory=lambda: Forms(()))


class Outdated:
    """Safe to call from several threads."""

    def __init__(self, repos: Repositories, reading: PronunciationService, scripts: ScriptService) -> None:
        self._repos = repos
        self._reading = reading
        self._scripts = scripts
        self._known: _Known | None = None
        self._lock = threading.Lock()

    def among(self, texts: Iterable[LivingText], *, most_read: int | None = None) -> tuple[list[int], int]:
        """Those of `texts` (announcements' ids) whose speech is no more what would be said, and how many could not be
        told yet because `most_read` had been read.
        """
        changed, left = [], 0
        for living in texts:
            known, key = self._state(), (living.id, living.version, living.speech)
            answer = known.found.get(key)
            if answer is None:
                answer = known.before.get(key)
                if answer is None or known.changed.stand_in(self._all_words(living)):
                    if most_read is not None and (most_read := most_read - 1) < 0:
                        left += 1
                        continue
                    answer = self._wants_new_speech(living.id)
                self._keep(known, key, answer)
            if answer:
                changed.append(living.id)
        return changed, left

    def _keep(self, known: _Known, key: Key, answer: bool) -> None:  # noqa: FBT001 - it is the value
        with self._lock:
            if len(known.found) >= _MOST_KEPT:
                known.found.clear()
            known.found[key] = answer

    def _state(self) -> _Known:
        with self._lock:
            known, words = self._known, self._reading.words()
            if known is None:
                known = self._known = _Known(words.version, words.lexicon)
            elif known.version != words.version:
                changed = differing(known.lexicon, words.lexicon)
                known = self._known = _Known(words.version, words.lexicon, {}, known.found, changed)
            return known

    def _wants_new_speech(self, announcement_id: int) -> bool:
        programme = self._repos.programme
        announcement = programme.announcement(announcement_id)
        clip = programme.clip(announcement.audio_sha256) if announcement.audio_sha256 else None
        return self._scripts.has_changed(announcement, clip)

    def _all_words(self, living: LivingText) -> str:
        """What its script may hold, the words around it too."""
        config, shape = self._repos.config, living.shape
        frame = f"{config.station.name}\n{config.script.ident}\n{config.script.again}"
        return f"{living.words}\n{shape.opening}\n{shape.closing}\n{frame}"
