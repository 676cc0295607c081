"""What must be true of a station when the power comes back: what it had told anybody is so, and its day goes on.

A cut is a step of a trace and a draw of what reached the disk. Each check reads rows and files anew; what is broken
comes back as sentences. What was heard before the cut was heard, whatever the disk says.
"""

import hashlib
import random
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scheduler.config.loading import Config
from scheduler.core.model import Sha256
from scheduler.kernel.clock import SteppedClock
from scheduler.kernel.errors import LoaError
from scheduler.services.backup.archive import looked_through
from scheduler.station import Station
from tests.faults.day import DAWN, config_in, turn, with_ears
from tests.faults.power_day import config_of
from tests.faults.power_disk import Left
from tests.faults.power_mending import AT, LATER
from tests.faults.power_trace import Call, Trace
from tests.faults.truth import broken_promises

__all__ = ["Cut", "cuts_of", "judged", "mended"]

HEARD = ("data", "heard")
A_BEAT = timedelta(seconds=1.2)
"""What was measured goes to the disk once a second: so much of it a power cut may take, and the turn it falls in."""
_HEARD = re.compile(r"(\S+): (\d+) ms were heard, the journal says (\d+)")
SOON = 250
"""Steps in which an order sounds and ends."""
_OFF = ((0.3, 3.0), (5.0, 90.0), (120.0, 7200.0))


@dataclass
class Cut:
    """The power went at a step; `said`: what had been told by then."""

    step: int
    last: str
    """What was done last."""
    place: Path
    left: Left
    at: datetime
    said: list[dict[str, Any]] = field(repr=False)

    def __str__(self) -> str:
        lost = f"{self.left.lost_names} names, {self.left.lost_sectors} sectors lost or torn"
        return f"step {self.step} ({self.last}), {self.at:%H:%M:%S.%f}, {self.left.style}: {lost}"


def chosen(kinds: list[str], count: int, draw: random.Random) -> list[int]:
    """Steps to cut at: anywhere, where names or syncs are at stake, right after a word, or soon after an order."""
    steps = list(range(1, len(kinds) + 1))
    names = [step for step, kind in enumerate(kinds, 1) if kind not in {"write", "now"}]
    words = [step for step, kind in enumerate(kinds, 1) if kind in {"word", "order"}]
    orders = [step + draw.randint(1, SOON) for step, kind in enumerate(kinds, 1) if kind == "order"]
    found: set[int] = set()
    while len(found) < min(count, len(steps)):
        found.add(min(draw.choice(draw.choice([steps, names, words, orders or words])), len(steps)))
    return sorted(found)


def cuts_of(
    calls: Sequence[Call], folder: Path, places: Path, count: int, seed: int, *, deaf: bool = False
) -> Iterator[Cut]:
    """That many cuts of a traced day, each in a folder of its own below `places`, in the order of the day.

    `deaf`: as of `Trace`. Who asks for the next cut has done with the one before: its folder goes.
    """
    draw = random.Random(seed)
    wanted = set(chosen([_kind(step) for step in Trace(calls, folder).steps()], count, draw))
    trace, at, said = Trace(calls, folder, deaf=deaf), DAWN, list[dict[str, Any]]()
    for number, step in enumerate(trace.steps(), 1):
        if step.told and step.told["is"] == "now":
            at = datetime.fromtimestamp(step.told["at"], UTC)
        elif step.told:
            said.append(step.told)
        if number in wanted:
            place = places / f"cut-{number}"
            left = trace.disk.leave(place, random.Random(f"{seed} {number}"), HEARD)
            yield Cut(number, f"{step.call} {step.path[-40:]}".strip(), place, left, at, list(said))
            shutil.rmtree(place)


def _kind(step: Any) -> str:
    if not step.told:
        return step.call
    return {"now": "now", "act": "now", "chains": "now", "order": "order"}.get(step.told["is"], "word")


def judged(cut: Cut, until: datetime | None) -> list[str]:
    """What is broken after the power came back. `until`: when the day is over; None = what two minutes tell."""
    draw = random.Random(cut.step)
    clock = SteppedClock(cut.at + timedelta(seconds=draw.uniform(*draw.choice(_OFF))))
    with_ears(clock)
    try:
        station = Station.open(config_of(cut.place), clock)
        station.prepare()
    except LoaError as error:
        return [f"the station does not open: {error!r}"]
    try:
        broken = list(_kept(station, cut))
        service = station.playout()
        service.start()
        end = max(until or clock.now(), clock.now() + timedelta(minutes=2))
        while clock.now() < end:
            turn(service, clock, end)
        service.stop()
        broken += _whole(station, "later on")
        told = [one for one in broken_promises(station) if until or not _is_to_come(one)]
        broken += [one for one in told if not _is_of_the_last_beat(station, one)]
    finally:
        station.close()
    return broken


def _is_to_come(sentence: str) -> bool:
    """A day that is not over has slots without an end, and debts that wait for their time."""
    return "has no end" in sentence or "neither made good nor written off" in sentence


def _is_of_the_last_beat(station: Station, sentence: str) -> bool:
    """What sounded since it was last written down is lost with the power, and no more: at most a beat of it."""
    if not (found := _HEARD.match(sentence)):
        return False
    slot_id, heard, told = found[1], int(found[2]), int(found[3])
    reason = station.repos.slots.slot(slot_id).reason  # none where nearly all of it was written down
    return reason in {"power_cut", ""} and 0 <= heard - told <= A_BEAT / timedelta(milliseconds=1)


def _kept(station: Station, cut: Cut) -> Iterator[str]:
    """What was told before the cut, as it stands before anything else is done."""
    found = station.repos.store.value("PRAGMA integrity_check")
    if found != "ok":
        yield f"the database is not whole: {found}"
    yield from _whole(station, "at the start")
    for told in cut.said:
        if (check := _CHECKS.get(told["is"])) and (why := check(station, cut, told)):
            yield f"{ {name: str(value)[:60] for name, value in told.items()} }: {why}"


def _whole(station: Station, when: str) -> Iterator[str]:
    verdict = station.services.proof.verify()
    if not verdict.whole:
        yield f"the journal does not hold {when}: {verdict.broken}"
    if verdict.notes:
        yield f"the journal speaks of its anchor {when}: {verdict.notes}"


def _row(station: Station, cut: Cut, told: dict[str, Any]) -> str:
    found = station.repos.store.value(told["sql"], told["given"])
    grows = isinstance(found, int) and isinstance(told["value"], int) and found >= told["value"]
    return "" if found == told["value"] or grows else f"now {found}"


def _chains(station: Station, cut: Cut, told: dict[str, Any]) -> str:
    for chain in ("journal", "audit"):
        if told[chain]:
            seq, sha256 = told[chain]
            if station.repos.store.value(f"SELECT hash FROM {chain} WHERE seq = ?", (seq,)) != sha256:  # noqa: S608
                return f"row {seq} of the {chain} is not there"
    return ""


def _approved(station: Station, cut: Cut, told: dict[str, Any]) -> str:
    seen = station.repos.programme.announcement(told["id"])
    if seen.state.value != "approved" or seen.approved_sha256 != told["sha256"]:
        return f"it is {seen.state}"
    return _clip(station, cut, told)


def _clip(station: Station, cut: Cut, told: dict[str, Any]) -> str:
    try:
        station.repos.library.verify(told["sha256"])
    except LoaError as error:
        return f"its sound: {error!r}"
    return ""


def _order(station: Station, cut: Cut, told: dict[str, Any]) -> str:
    in_rows = station.repos.store.value("SELECT 1 FROM slot WHERE id = ?", (told["key"],))
    return "" if in_rows or station.repos.red.find(told["key"]) else "the order is nowhere"


def _words(station: Station, cut: Cut, told: dict[str, Any]) -> str:
    sql = "SELECT 1 FROM slot s JOIN announcement a ON a.id = s.announcement_id WHERE s.id = ? AND a.text = ?"
    if not station.repos.store.value(sql, (told["key"], told["text"])):
        words = station.repos.typed.read(told["key"])
        if words is None or words.announcement["text"] != told["text"]:
            return "its words are nowhere"
    return _clip(station, cut, told)


def _upload(station: Station, cut: Cut, told: dict[str, Any]) -> str:
    """The file waits for the worker, or is sound already."""
    job = station.repos.jobs.get(told["job"])
    if job.ended:
        return "" if job.state in {"ready", "warning"} else f"the worker says {job.state} {job.reason}"
    path = station.services.recordings.incoming / job.args["path"]
    if not path.exists():
        return "the file is gone"
    return "" if _hash(path) == told["sha256"] else "the file is not what came"


def _key(station: Station, cut: Cut, told: dict[str, Any]) -> str:
    found = station.services.proof.key().public
    return "" if found == told["public"] else "the key that signs is another"


def _sealed(station: Station, cut: Cut, told: dict[str, Any]) -> str:
    person = next(one for one in station.repos.people.listed() if one.login == told["login"])
    try:
        found = station.services.people.pending_totp(person)[0]
    except LoaError as error:
        return repr(error)
    return "" if found == told["secret"] else "the secret is another"


def _backup(station: Station, cut: Cut, told: dict[str, Any]) -> str:
    return _backup_at(cut.place / told["path"])


def _backup_at(path: Path) -> str:
    try:
        looked_through(path)
    except (LoaError, OSError) as error:
        return repr(error)
    return ""


def _file(station: Station, cut: Cut, told: dict[str, Any]) -> str:
    path = cut.place / told["path"]
    if not path.exists():
        return "the file is gone"
    return "" if _hash(path) == told["sha256"] or _is_newer(cut, told) else "the file is another"


def _is_newer(cut: Cut, told: dict[str, Any]) -> bool:
    return any(one["is"] == "act" and one["name"] == "prove" for one in cut.said[cut.said.index(told) :])


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def mended(cut: Cut) -> list[str]:
    """What is broken of a station that a person was mending when the power went."""
    said = [(one["is"], one.get("act", "")) for one in cut.said]
    if ("backed up", "") not in said:
        return []
    why = _backup_at(cut.place / "backups" / "tram.loabak")
    broken = [f"the backup: {why}"] if why else []
    if ("stands", "") not in said:
        return broken
    data = cut.place / "data"
    if not (data / "loa.db").exists():
        return [*broken, "there is no station"]
    came_later = LATER in _people(data / "loa.db")
    if not came_later and ("begins", "restore") not in said:
        broken.append("rows are lost")
    if came_later and ("done", "restore") in said:
        broken.append("it is not what was restored")
    aside = next(iter(cut.place.glob("data.before-*")), data) if not came_later else data
    for told in cut.said:
        if told["is"] == "done":
            where = told["kept"] if told["act"] == "restore" else f"{aside.name}/{Path(told['kept']).name}"
            if not any(LATER in _people(one) for one in cut.place.glob(where)):
                broken.append(f"what was there before the {told['act']} is not kept")
    return [*broken, *_opens(config_in(cut.place))]


def _opens(config: Config) -> Iterator[str]:
    """A station opens there, whole, with every sound that was approved."""
    station = Station.open(config, SteppedClock(AT))
    try:
        station.prepare()
        if (found := station.repos.store.value("PRAGMA integrity_check")) != "ok":
            yield f"the database is not whole: {found}"
        if not (verdict := station.services.proof.verify()).whole:
            yield f"the journal does not hold: {verdict.broken}"
        for seen in station.repos.programme.announcements():
            station.repos.library.verify(Sha256(seen.approved_sha256 or ""))
    except LoaError as error:
        yield repr(error)
    finally:
        station.close()


def _people(database: Path) -> set[str]:
    try:
        with closing(sqlite3.connect(database)) as db:
            return {login for (login,) in db.execute("SELECT login FROM person")}
    except sqlite3.Error as error:
        return {repr(error)}


_CHECKS: dict[str, Callable[[Station, Cut, dict[str, Any]], str]] = {
    "row": _row,
    "chains": _chains,
    "approved": _approved,
    "order": _order,
    "words": _words,
    "upload": _upload,
    "key": _key,
    "sealed": _sealed,
    "backup": _backup,
    "file": _file,
}
