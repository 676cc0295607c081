"""The script of an announcement at this station: what is said, how, how long it takes, and what nobody knows to read.

One place puts words, shape, the station's reading and its pace together, so that the page, the command line, the worker
and the step to approval speak of the same script. It writes one thing: that a person has heard an unknown word and lets
it be said so. It makes no sound.
"""

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any

from audio_assets.speech.script import Script, script_of
from scheduler.config.loading import Config
from scheduler.core.announcement.kept import StoredClip
from scheduler.core.announcement.script_templates import blanks_left
from scheduler.core.delivery import Frame, Pace, Shape, rate_of
from scheduler.core.model import Announcement, Person
from scheduler.kernel.errors import Refused
from scheduler.services.announcement.pronunciation import PronunciationService
from scheduler.services.repositories import Repositories
from scheduler.store.announcement.confirmed_words import ConfirmedWord, ConfirmedWords

__all__ = ["ScriptService", "Unknown", "usual_shape"]

_MEASURED = 7
"""So many speeches tell how fast a voice is here."""
_STOPS = re.compile(r"[.,:;?!…]")


@dataclass(frozen=True, slots=True)
class Unknown:
    """The words of an announcement that no rule reads: those still open, and those a person lets be said so."""

    open: tuple[str, ...] = ()
    confirmed: tuple[ConfirmedWord, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.open or self.confirmed)


class ScriptService:
    def __init__(self, repos: Repositories, reading: PronunciationService) -> None:
        self._repos = repos
        self.reading = reading
        self._confirmed = ConfirmedWords(repos.store)
        self._measured: tuple[str, float] = ("", 1.0)
        """The newest speech, and how much longer than expected the last ones have become."""
        config = repos.config
        self._pace = Pace(
            sentence_pause_ms=config.speech.sentence_pause_ms,
            paced_pause_ms=config.script.paced_pause_ms,
            phrase_pause_ms=config.script.phrase_pause_ms,
            again_pause_ms=config.script.again_pause_ms,
            speed=config.script.paced_speed,
            number_speed=config.script.number_speed,
        )

    @property
    def frame(self) -> Frame:
        """What is said around an announcement, by the name that the station has now."""
        config = self._repos.config
        ident = config.script.ident.replace("{station}", config.station.name)
        return Frame(ident=ident, again=config.script.again)

    @property
    def usual(self) -> Shape:
        """The shape of an announcement for which nobody has chosen one."""
        return usual_shape(self._repos.config)

    @property
    def longest(self) -> timedelta:
        """A longer announcement is warned of."""
        return timedelta(seconds=self._repos.config.script.longest_seconds)

    @property
    def engines(self) -> tuple[str, ...]:
        """The voices of this station, in the order they are tried."""
        return tuple(self._repos.config.speech.engines)

    def of(self, title: str, text: str, shape: Shape) -> Script:
        """What is said of these words in this shape."""
        return script_of(self.reading.spoken_form, title, text, shape, frame=self.frame, pace=self._pace)

    def of_announcement(self, announcement: Announcement) -> Script:
        """What is said of an announcement as it stands now."""
        return self.of(announcement.title, announcement.text, announcement.shape)

    def asked_for(self, announcement: Announcement, args: Mapping[str, Any]) -> Script:
        """What a job of speech says: the announcement, or one sentence of it in its voice and pace alone."""
        if "sentence" not in args:
            return self.of_announcement(announcement)
        own = announcement.shape
        shape = Shape(own.kind, paced=own.paced, tempo=own.tempo, voice=own.voice)
        return self.of("", args["sentence"], shape)

    def estimate(self, script: Script) -> timedelta:
        """About how long a script takes: by the pace of a voice, put right by what it took here of late."""
        sql = "SELECT sha256, engine FROM clip WHERE origin = 'speech' AND engine <> ''"
        newest = self._repos.store.row(f"{sql} ORDER BY created_at DESC, rowid DESC LIMIT 1")
        if newest is None:
            return self._expected(script, self._repos.config.speech.engines[0])
        if self._measured[0] != newest["sha256"]:
            self._measured = (newest["sha256"], self._measure(newest["engine"]))
        return self._expected(script, newest["engine"]) * self._measured[1]

    def _expected(self, script: Script, engine: str) -> timedelta:
        return script.length(rate_of(engine), self._repos.config.speech.speed)

    def _measure(self, engine: str) -> float:
        """How much longer than expected the newest speeches of an engine have become; 1.0 while there are none."""
        sql = (
            "SELECT a.id FROM announcement a JOIN clip c ON c.sha256 = a.audio_sha256"
            " WHERE c.origin = 'speech' AND c.engine = ? AND a.text <> ''"
            " ORDER BY c.created_at DESC, c.rowid DESC LIMIT ?"
        )
        shares: list[float] = []
        for row in self._repos.store.rows(sql, (engine, _MEASURED)):
            seen = self._repos.programme.announcement(row["id"])
            clip = self._repos.programme.clip(seen.audio_sha256 or "")
            if not self.has_changed(seen, clip):
                shares.append(clip.length / self._expected(self.of_announcement(seen), engine))
        return median(shares) if shares else 1.0

    def has_changed(self, announcement: Announcement, clip: StoredClip | None) -> bool:
        """Whether a speech says something else than what would be said now: the word list has changed since."""
        if clip is None or clip.origin != "speech" or not announcement.text or not clip.said:
            return False
        if clip.sha256 != announcement.audio_sha256:
            return False
        return _bare(clip.said) != _bare(self.of_announcement(announcement).text)

    # Words nobody knows to read

    def unknown(self, announcement: Announcement) -> Unknown:
        """The unknown words of what a machine says; of a recording there are none, a person has read it."""
        if not announcement.text or self.is_recording(announcement):
            return Unknown()
        words = self.of_announcement(announcement).unknown
        if not words:
            return Unknown()
        kept = {one.word: one for one in self._confirmed.of(announcement.id, text_sha256(announcement))}
        return Unknown(
            tuple(word for word in words if word not in kept), tuple(kept[word] for word in words if word in kept)
        )

    def confirm(self, actor: Person, announcement: Announcement, words: Collection[str]) -> None:
        """Keep that `actor` has heard these words in the sound there is and lets them be said so."""
        still = [word for word in self.unknown(announcement).open if word in words]
        sha256 = text_sha256(announcement)
        now = self._repos.clock.now()
        self._confirmed.add(announcement.id, sha256, still, announcement.audio_sha256 or "", actor.id, now)

    def refuse_unread(self, announcement: Announcement, read_as: Collection[str] = ()) -> None:
        """Raise Refused word_unread while an unknown word is neither confirmed nor among `read_as`."""
        left = [word for word in self.unknown(announcement).open if word not in read_as]
        if left:
            raise Refused("word_unread", words=", ".join(left)[:200])

    def refuse_outdated(self, announcement: Announcement) -> None:
        """Raise Refused reading_changed where the speech is not what would be said now."""
        if announcement.audio_sha256 is None:
            return
        if self.has_changed(announcement, self._repos.programme.clip(announcement.audio_sha256)):
            raise Refused("reading_changed", title=announcement.title)

    def refuse_blanks(self, announcement: Announcement) -> None:
        """Raise Refused blank_left while a template's blank is not filled in."""
        said = (announcement.title, announcement.text) if announcement.shape.heading else (announcement.text,)
        if left := blanks_left(*said):
            raise Refused("blank_left", blanks=", ".join(left)[:200])

    def is_recording(self, announcement: Announcement) -> bool:
        """Whether its sound is a person's, not a machine's."""
        if announcement.audio_sha256 is None:
            return False
        return self._repos.programme.clip(announcement.audio_sha256).origin != "speech"


def usual_shape(config: Config) -> Shape:
    """The shape of what is written without choosing one, also by a dispatch or the province."""
    return Shape(paced=config.script.paced)


def _bare(said: str) -> list[str]:
    """The words alone: one sound may have been made of the same words with other stops."""
    return _STOPS.sub(" ", said).split()


def text_sha256(announcement: Announcement) -> str:
    """Names the wording of an announcement."""
    return hashlib.sha256(f"{announcement.title}\n{announcement.text}".encode()).hexdigest()
