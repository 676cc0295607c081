"""Whether eSpeak NG says the words it was given: its return codes do not tell.

A data file that could not be opened once (no descriptor left, a bad sector) leaves the library working with another
voice, with no dictionary, or spelling foreign words letter by letter, and every call still returns "no error". So the
voice is asked for after it was chosen, its six tones must be six readings, and the phonemes that were spoken are held
against a second reading made from files opened anew. It judges; it never speaks, repairs or chooses another voice.
"""

import ctypes
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from scheduler.kernel.errors import SpeechError

__all__ = ["declare", "hold_data", "hold_voice", "phonemes", "same_reading", "wrong_words"]

_CHARS_UTF8 = 1
_DICTIONARIES = ("vi_dict", "en_dict")
"""Read when a voice is chosen, and at the first word that Vietnamese writes as English does."""
_SIX_TONES = ("ma", "má", "mà", "mả", "mã", "mạ")
_LEVEL = str.maketrans("", "", "17 \n")
"""Marks of the level tone that are only there once a sentence has got its melody."""


class _CurrentVoice(ctypes.Structure):
    """The beginning of espeak_VOICE in speak_lib.h."""

    _fields_ = (("name", ctypes.c_char_p), ("languages", ctypes.c_char_p))


def declare(calls: Any) -> None:
    """Tell ctypes what the two calls give back that are used here."""
    calls.espeak_GetCurrentVoice.restype = ctypes.POINTER(_CurrentVoice)
    calls.espeak_TextToPhonemes.restype = ctypes.c_char_p
    calls.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int]


def wrong_words(told: str) -> SpeechError:
    """Other words would be said than were given, or have been. It may be over the next time."""
    return SpeechError(f"eSpeak NG: {told}", permanent=False, reason="voice_wrong_words")


def hold_data(folder: Path) -> None:
    """Refuse dictionaries that cannot be read whole: eSpeak says other words then, or ends the process."""
    for name in _DICTIONARIES:
        try:
            (folder / name).read_bytes()
        except OSError as error:
            raise wrong_words(f"{name} cannot be read ({error.strerror})") from error


def hold_voice(calls: Any, voice: str) -> None:
    """Refuse where another voice than the asked one is set, or where it has lost its dictionary."""
    current = calls.espeak_GetCurrentVoice()
    # a byte of priority stands before the language
    language = (current.contents.languages or b"")[1:].decode("ascii", "replace") if current else ""
    if language.lower() != voice.lower():
        raise wrong_words(f"{voice!r} was asked for and {language!r} is set")
    if len({phonemes(calls, syllable) for syllable in _SIX_TONES}) != len(_SIX_TONES):
        raise wrong_words(f"{voice!r} does not tell the six tones apart")


def phonemes(calls: Any, text: str) -> str:
    """How the voice that is set reads `text`."""
    place = ctypes.c_char_p(text.encode())
    found = []
    while place.value:
        found.append(calls.espeak_TextToPhonemes(ctypes.byref(place), _CHARS_UTF8, 0) or b"")
    return _bare(found)


def same_reading(spoken: Iterable[bytes], again: str) -> bool:
    """Whether the phonemes that were spoken are those of the second reading."""
    return _bare(spoken) == again


def _bare(clauses: Iterable[bytes]) -> str:
    return b"".join(clauses).decode("utf-8", "replace").translate(_LEVEL)
