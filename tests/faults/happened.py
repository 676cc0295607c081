"""What has really happened on a day, told by the true clock, in a file that outlives kill -9: for the judge.

The station knows nothing of it. One line a happening, one `os.write` each.
"""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

NAME = "happened.jsonl"


@dataclass(frozen=True)
class Happening:
    """`what`: a kind of mishap that began, or `over` that kind; lived, died, given, confirmed."""

    at: datetime
    what: str
    told: str = ""
    wall: datetime | None = None
    """What the clock showed."""


class Telling:
    """The file, held open: what happens must be told also when no descriptor is left."""

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder / NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC)

    def tell(self, at: datetime, what: str, told: str = "", wall: datetime | None = None) -> None:
        line = [at.timestamp(), what, told, wall.timestamp() if wall else None]
        os.write(self._file, json.dumps(line).encode() + b"\n")

    def close(self) -> None:
        os.close(self._file)


def happenings(folder: Path) -> list[Happening]:
    """All of a day, in the order in which they were told; a line that a kill cut short is none."""
    path, found = folder / NAME, []
    for line in path.read_bytes().split(b"\n")[:-1] if path.exists() else []:
        at, what, told, wall = json.loads(line)
        found.append(Happening(_instant(at), what, told, None if wall is None else _instant(wall)))
    return found


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds)
