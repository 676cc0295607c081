"""What a person does to a station that stands still, traced: a rescue, the way back to an older release and forth, a restore.

Run as a module under `power_trace.traced`. It says when the station stands, when each act begins and when it is done: a
power cut in between leaves the one or the other, each whole.
"""

import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from scheduler.core.model import Role
from scheduler.kernel.clock import SteppedClock
from scheduler.services.backup.archive import Source, write_backup
from scheduler.services.backup.restore import restore
from scheduler.services.backup.sounds import SoundFolder
from scheduler.services.station.downgrade import downgrade
from scheduler.services.station.rescue import rescue
from scheduler.station import Station
from scheduler.store.versions import known_steps
from tests.faults.day import DAWN, approved, config_in, peopled
from tests.faults.power_day import Words, empty_the_log_often

AT = DAWN + timedelta(hours=1)
FOLDER = "backups"
LATER = "den-sau"
"""Who came after the backup was made."""


def back_up(station: Station, place: Path) -> None:
    """A backup with its sounds beside it."""
    source = Source(station.repos.store, station.config.data, "Trạm")
    write_backup(source, place, AT, sounds=SoundFolder(place.parent / "sounds"))


def standing(folder: Path, words: Words) -> Path:
    """A station with one more person than its backup has; it does not run."""
    station = peopled(config_in(folder), SteppedClock(DAWN))
    approved(station, "Bản tin", 1.0, 1)
    place = folder / FOLDER / "tram.loabak"
    back_up(station, place)
    words.say("backed up")
    station.repos.people.add(LATER, "Đến sau", Role.EDITOR, "mat-khau-rat-dai", AT)
    station.close()
    words.say("stands")
    return place


def restored(folder: Path, place: Path) -> None:
    restore(place, folder / "data", replaced_at=AT, now=AT)


def rescued(folder: Path, place: Path) -> None:
    """Of a database with a log that was not emptied, as a kill leaves it."""
    with closing(sqlite3.connect(folder / "data" / "loa.db")):
        rescue(folder / "data" / "loa.db", AT, even_whole=True)


def gone_back(folder: Path, place: Path) -> None:
    downgrade(folder / "data" / "loa.db", known_steps()[-2], AT, lose_unsent=True)


def brought_up(folder: Path, place: Path) -> None:
    """The newer release is started."""
    Station.open(config_in(folder), SteppedClock(AT)).close()


ACTS: tuple[tuple[str, str, Callable[[Path, Path], None]], ...] = (
    ("rescue", "data/loa.db.damaged-*", rescued),
    ("downgrade", "data/loa.db.before-going-back-*", gone_back),
    ("upgrade", "data/loa.db.before-m*", brought_up),
    ("restore", "data.before-*/loa.db", restored),
)
"""Name, where what was there before is kept, act."""


def main() -> None:
    folder = Path(sys.argv[1])
    words = Words(folder)
    words.listen()
    empty_the_log_often()
    place = standing(folder, words)
    for name, kept, act in ACTS:
        words.say("begins", act=name)
        act(folder, place)
        words.say("done", act=name, kept=kept)


if __name__ == "__main__":
    main()
