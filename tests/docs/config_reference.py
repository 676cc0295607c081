"""Writes docs/config.md from the table of keys: `python tests/docs/config_reference.py > docs/config.md`."""

import sys
from dataclasses import fields
from typing import get_type_hints

from scheduler.config.keys import OF_EXTRAS
from scheduler.config.loading import SEVERAL, kind_of, section_names

HEAD = """# The configuration: config.toml

This page is written by `python tests/docs/config_reference.py > docs/config.md` from the tables of keys in
`scheduler/config/keys.py` and in the `keys` of extras; a test compares the two.

The station reads `toml` in the current folder, or the file named by `loa --config` or `LOA_CONFIG`. Every key has
a default: an empty file is a whole configuration. Relative paths start at the folder of the file. A change is taken at
the next start.

- `loa config check` names every fault at once, unknown keys with a guess, and tries what the file names:
  files, folders, addresses, zones and outputs, each with its line. Exit code 1 where something will not work.
- `loa config show` prints every key with its value and meaning.
"""
ABOUT = {
    "station": "Who and where the station is.",
    "web": "The page. With `127.0.0.1` only this computer can open it.",
    "quiet_hours": "Hours in which the gate lets nothing but a permitted emergency sound, wherever it comes from. "
    "A window may run across midnight.",
    "cap": "What the locality limits. A cap of 0 is no cap.",
    "planning": "How days are planned, and when a late airing is missed rather than played.",
    "speech": "Voices and how they speak. The chain goes on to the next voice when one fails; `espeak` needs no network "
    "and no file. See [voices.md](voices.md).",
    "voice_server": "A voice of one's own behind HTTP, used where `server` stands in `speech.engines`. See "
    "[voices.md](voices.md#a-voice-server).",
    "script": "How an announcement is said on horns: paced reading, who speaks, the words again; see "
    "[scripts.md](scripts.md).",
    "audio": "Loudness of every clip, and limits of what is taken in.",
    "chime": "The station's own chimes and sirens; a drill always has its own, the knocks on wood. See "
    "[horns.md](horns.md#chimes).",
    "playout": "Buffers of the player.",
    "amplifier": "The power of the amplifier, switched by a command or by a GPIO line, off outside sessions; see "
    "[outputs.md](outputs.md#the-amplifiers-power). With neither there is nothing to switch.",
    "relay": "When a relay leaves a source for the next one, and which addresses it may come from; see "
    "[relay.md](relay.md).",
    "live": "The live microphone: how long a talk may last, and when a microphone that fell silent is given up.",
    "emergency": "How an emergency is said and how long its order is good for, the words around a drill, and those of "
    "the correction. Who may order is in [roles.md](roles.md).",
    "report": "What stands at the head and the foot of [reports](reports.md), and how a relay's source is told.",
    "output": "Where sound goes. Written `[[output]]`, once for each output; only one of them may be a sound card "
    "(`auto` or `soundcard`), because a sound card sets the pace. Each kind with examples: [outputs.md](outputs.md).",
    "horn": "What horn loudspeakers are given instead of the plain sound. Written `[[horn]]`, once for each profile; the "
    "profile `loa-nen` is there without being written. See [horns.md](horns.md).",
    "zone": "What a zone keeps besides the station's own rules. Written `[[zone]]`, once for each zone. A zone whose name "
    "stands only at an output needs none.",
    "limits": "How much of the page, the processor and the disk one caller may take, and all of them together; see "
    "[security.md](security.md#how-much-one-caller-may-take).",
    "extras": "What a ward can live without and turns on without keys of its own. See [settings.md](settings.md#extras).",
    "faults": "Whom the station tells when it has a fault ([faults.md](faults.md#what-the-standards-ask)).",
    "backup": "Copies of the whole station, made at night ([settings.md](settings.md#backups)).",
}
_TYPES = {str: "text", int: "whole number", float: "number", bool: "true or false", bool | None: "true or false"}


def toml(value: object) -> str:
    """A default as it is written in config.toml."""
    if value is None:
        return "not written"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else repr(value)


def type_words(wanted: object) -> str:
    return _TYPES[wanted] if wanted in _TYPES else f"list of {_TYPES[wanted.__args__[0]]}s".replace("texts", "text")


def page() -> str:
    lines = [HEAD]
    for name in section_names():
        section, extra = kind_of(name), OF_EXTRAS.get(name)
        types = get_type_hints(section)
        title = f"[[{name}]]" if name in SEVERAL or (extra and extra.several) else f"[{name}]"
        lines += [
            f"## {title}",
            "",
            extra.about if extra else ABOUT[name],
            "",
            "| Key | Type | Default | Meaning |",
            "|---|---|---|---|",
        ]
        lines += [
            f"| `{item.name}` | {type_words(types[item.name])} | `{toml(item.default)}` | {item.metadata['help']} |"
            for item in fields(section)
        ]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
