"""Where a key stands in config.toml: its line, so that a fault can be found by somebody who edits the file.

It reads lines, not TOML: a key that is written in an unusual way (dotted, inline) has no line, and is still named.
"""

import re
from pathlib import Path

__all__ = ["line_of", "place_of"]

_TABLE = re.compile(r"\s*\[(?P<many>\[)?\s*(?P<name>[A-Za-z_]+)\s*\]")
_KEY = re.compile(r"\s*(?P<name>[A-Za-z_]+)\s*=")


def line_of(text: str, key: str) -> int | None:
    """The line of "section.key", or of "output 2.key" in the second [[output]]; of its table where it has none."""
    wanted, _, name = key.partition(".")
    section, counts, table = "", dict[str, int](), None
    for number, line in enumerate(text.splitlines(), 1):
        if found := _TABLE.match(line):
            section = found["name"]
            if found["many"]:
                counts[section] = counts.get(section, 0) + 1
                section = f"{section} {counts[section]}"
            table = number if section == wanted else table
        elif section == wanted and (found := _KEY.match(line)) and found["name"] == name:
            return number
    return table


def place_of(file: Path | None, key: str) -> str:
    """How a fault names its key: with the line, where the file has one."""
    try:
        line = line_of(file.read_text(encoding="utf-8-sig"), key) if file else None
    except (OSError, UnicodeDecodeError):
        line = None
    return f'"{key}" (dòng {line})' if line else f'"{key}"'
