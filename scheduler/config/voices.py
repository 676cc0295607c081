"""The keys of `[speech]` and `[voice_server]`: how texts are read, and by whom. Part of the one table of `config.keys`.

A check looks at one value alone; whether the address may be asked at all is judged when it is asked.
"""

from dataclasses import dataclass

from scheduler.config.checks import (
    Names,
    between,
    each,
    hosts,
    key,
    listed,
    not_empty,
    one_of,
    speech_server,
    web_address,
)
from scheduler.core.voice_engines import VOICE_ENGINES

__all__ = ["SpeechConfig", "VoiceServerConfig"]


@dataclass(frozen=True, slots=True)
class SpeechConfig:
    engines: tuple[str, ...] = key(
        ("gtts", "piper", "espeak"),
        f"Voices in the order they are tried: {listed(VOICE_ENGINES.values())}.",
        each(one_of(*VOICE_ENGINES)),
    )
    speed: float = key(1.0, "Reading speed; 1.0 is the voice's own.", between(0.5, 2.0))
    sentence_pause_ms: int = key(500, "Silence between two sentences.", between(0, 5000))
    max_chars: int = key(20_000, "Longest text of one announcement, in characters.", between(100, 100_000))
    gtts_timeout_seconds: float = key(10.0, "How long one request to the online voice may take.", between(1, 120))
    gtts_tries: int = key(3, "Tries of one request to the online voice.", between(1, 10))
    gtts_tld: str = key("com.vn", "Domain ending of the online voice.", not_empty)
    piper_model: str = key(
        "", "Path of a Piper voice (.onnx, its .json beside it); empty = the first usable one in data/voices."
    )
    piper_voices_url: str = key(
        "https://huggingface.co/rhasspy/piper-voices/resolve/main",
        "Where natural voices are downloaded from, asked only when somebody presses; a mirror holds the same folders.",
        web_address,
    )
    dialect: str = key(
        "northern",
        "Whose words numbers are said in: northern (linh, nghìn) or southern (lẻ, ngàn).",
        one_of("northern", "southern"),
    )
    short_documents: bool = key(False, "True says only the number of a document, not its year and symbol.")
    repeat_phones: bool = key(False, "True says each telephone number twice, with “xin nhắc lại” between.")
    espeak_voice: str = key(
        "",
        "Voice of eSpeak NG: vi (north), vi-vn-x-central or vi-vn-x-south; empty = the one of the dialect.",
        one_of("", "vi", "vi-vn-x-central", "vi-vn-x-south"),
    )
    upgrade: bool = key(
        True, "Speech of a lesser voice is made again when a better one can be had, and asks for approval again."
    )
    upgrade_minutes: float = key(30.0, "Never of what airs within so many minutes.", between(2, 1440))


@dataclass(frozen=True, slots=True)
class VoiceServerConfig:
    url: str = key(
        "",
        "Address of a voice server, such as https://giong.tinh.gov.vn/v1; empty = none. It speaks only where "
        '"server" stands in speech.engines.',
        speech_server,
    )
    kind: str = key(
        "openai",
        "openai = POST …/audio/speech as OpenAI's servers and many others know it; http = the text is posted to the "
        "address as it is, and sound comes back.",
        one_of("openai", "http"),
    )
    model: str = key("", "Model that is asked for; empty = the server's own choice.")
    voice: str = key("", "Voice of it that is asked for; empty = the server's own choice.")
    format: str = key(
        "wav", "Sound that is asked for; what comes is told by its bytes.", one_of("wav", "mp3", "opus", "flac")
    )
    key_file: str = key(
        "",
        "File that holds the key and nothing else, readable by its owner only (0600); empty = none.",
        names=Names.SECRET,
    )
    timeout_seconds: float = key(20.0, "How long one answer may take as a whole.", between(1, 300))
    tries: int = key(2, "Tries of one request.", between(1, 10))
    max_answer_mb: int = key(16, "Largest answer to one sentence, in MB.", between(1, 200))
    allowed_hosts: tuple[str, ...] = key(
        (), "Hosts or networks (CIDR) of one's own network that the server may be in.", hosts
    )
