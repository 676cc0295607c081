"""The errors of the station: each says what happened and, where it can, what to do next.

Logs read the English message of an error; people read the Vietnamese sentence that `core.words.wording` makes of its
`reason` code. Libraries' errors are translated at the rim into one of these with ``raise … from``.
"""

from collections.abc import Mapping


class LoaError(Exception):
    """Base of every error the station raises on purpose. CLI exit code 1, one sentence on stderr, no traceback."""


class Refused(LoaError):  # noqa: N818 - a refusal is an answer, not a fault
    """Something was asked that must not or cannot be done.

    `reason` is a code of `core.words.wording.REASONS`; `details` fills its sentence.
    """

    def __init__(self, reason: str, **details: object) -> None:
        self.reason = reason
        self.details = details
        told = ", ".join(f"{key}={value}" for key, value in details.items())
        super().__init__(f"{reason} ({told})" if told else reason)


NOTHING_KEPT = frozenset({
    "disk_full", "disk_readonly", "disk_error", "no_permission", "no_descriptors", "out_of_memory", "database_lost",
})  # fmt: skip
"""Refusals of a machine that takes no row or file just now: whoever was about to write one tries again."""


class NotPermitted(Refused):
    """The person's role does not allow this act."""

    def __init__(self, act: str, role: str, reason: str = "not_permitted", **details: object) -> None:
        super().__init__(reason, act=act, role=role, **details)


class ZoneNotYours(NotPermitted):
    """The person's role allows this act, but not on the loudspeakers of this zone."""

    def __init__(self, act: str, role: str, zone: str) -> None:
        super().__init__(act, role, reason="zone_not_yours", zone=zone)


class NotFound(Refused):
    """No row with that id."""

    def __init__(self, kind: str, key: object) -> None:
        super().__init__("not_found", kind=kind, key=key)


class ConfigError(LoaError):
    """Every fault of the configuration at once: `faults` is a list of sentences.

    `partial`: what could be read of it all the same (a Config), so that it can be tried.
    """

    def __init__(self, faults: list[str], partial: object = None) -> None:
        self.faults, self.partial = faults, partial
        super().__init__("\n".join(faults))


class DispatchError(Refused):
    """A file that cannot be read as a dispatch (scan without text, encrypted, empty, not a dispatch)."""


class AudioError(Refused):
    """A file that is not usable sound, refused with a reason code."""


class SpeechError(LoaError):
    """A voice engine failed. `permanent` errors go to the next engine at once, others after retries.

    The message is for the log; `reason` is a code of `core.words.wording.REASONS`, and `details` fill its sentence.
    """

    def __init__(self, message: str, *, permanent: bool, reason: str = "voice_failed", **details: object) -> None:
        self.permanent = permanent
        self.reason = reason
        self.details = details
        super().__init__(message)


class OutputError(LoaError):
    """An output cannot be opened or refused frames. `permanent` marks it down, else it is retried with back-off."""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        self.permanent = permanent
        super().__init__(message)


class StationBusyError(LoaError):
    """Another station already runs on the same data folder."""


def as_texts(details: Mapping[str, object] | None, most: int | None = None) -> dict[str, str]:
    """Details as rows, heartbeats and other machines hold them: each as text, of at most so many letters."""
    return {name: str(value)[:most] for name, value in (details or {}).items()}
