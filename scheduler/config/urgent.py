"""The keys of what goes over the programme: a live voice and an emergency.

One part of the table in `config.keys`; a check looks at one value alone.
"""

from dataclasses import dataclass

from scheduler.config.checks import between, key, not_empty

__all__ = ["EmergencyConfig", "LiveConfig"]


@dataclass(frozen=True, slots=True)
class LiveConfig:
    longest_minutes: float = key(
        15.0, "Longest live talk; then the microphone is taken off the air.", between(0.2, 120)
    )
    lost_seconds: float = key(3.0, "A microphone that sends nothing for so long is taken off the air.", between(1, 30))
    duck_db: float = key(-12.0, "How far a relay is turned down under a live talk.", between(-60, 0))


@dataclass(frozen=True, slots=True)
class EmergencyConfig:
    code: bool = key(
        True,
        "Ask who orders an emergency from a page for a code once more: a number, the emergency code, the password.",
    )
    repeat: int = key(2, "How often an emergency announcement is said.", between(1, 10))
    valid_minutes: float = key(
        30.0, "An emergency that could not begin within this time is not aired.", between(1, 240)
    )
    drill_words: str = key(
        "Đây là diễn tập, không phải báo động thật.", "Said before and after every drill.", not_empty
    )
    correction_words: str = key(
        "Đính chính. Bản tin khẩn vừa phát lúc {time} là không đúng. Xin bà con yên tâm và bỏ qua bản tin đó.",
        "The correction that is ready after every emergency; {time} is when it was aired.",
        not_empty,
    )
