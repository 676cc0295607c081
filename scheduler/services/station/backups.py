"""Sao lưu: who asks for a backup, when the night's is due, how many are kept, and whether all is well.

A backup is asked for by a row and made by the worker, at its low priority and between other jobs, or by `loa backup`
in a process of its own. It never waits for the air and the air never waits for it. What a backup is, and how it is
looked through, is `services.backup.archive`'s; nothing here restores.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from filelock import FileLock, Timeout

from scheduler.config.checks import Names
from scheduler.config.loading import Config
from scheduler.config.named import named
from scheduler.core.model import Person
from scheduler.core.station.kept import BackupRun
from scheduler.core.written_times import parse_time
from scheduler.kernel.disk_room import MEGABYTE
from scheduler.kernel.errors import LoaError, Refused
from scheduler.services.backup.archive import ENDING, Source, looked_through, write_backup
from scheduler.services.backup.sounds import SoundFolder
from scheduler.services.repositories import Repositories, permit
from scheduler.store.air.keys import Keys
from scheduler.store.station.backup_runs import BackupRuns

__all__ = ["BackupService", "KeptFile", "backup_files", "backup_folder"]

log = logging.getLogger(__name__)

OLD = timedelta(days=2)
"""A last good backup older than this is a worry, where backups are made at night."""
NEVER_AFTER = timedelta(days=7)
"""So long a station may run without any backup before its page says so."""
AGAIN = timedelta(hours=1)
"""How long a night's backup that failed waits for its next try."""
_DAY = timedelta(days=1)
_STEP = 0.02
"""Of progress, between two rows that tell it."""


_STAMP = len("20261202-053000.loabak")
"""When a backup was made stands at the end of its name: two keys of one station sort by it."""


def backup_folder(config: Config) -> Path:
    """Where backups go: as config.toml says, else into the data folder."""
    told = config.backup.folder
    return (config.folder / told).resolve() if told else config.data / "backups"


def backup_files(config: Config) -> list[Path]:
    """The backups in the folder, the newest first: this station's, or anybody's where its key cannot be read."""
    stem = ""
    with suppress(Refused):
        stem = f"loa-{Keys(config.data / 'keys').current().public[:8]}-"
    return sorted(backup_folder(config).glob(f"{stem}*{ENDING}"), key=lambda one: one.name[-_STAMP:], reverse=True)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A backup in the folder."""

    name: str
    bytes: int
    at: datetime


class BackupService:
    def __init__(self, repos: Repositories) -> None:
        self._repos = repos
        self._runs = BackupRuns(repos.store)

    @property
    def folder(self) -> Path:
        """Where backups go: as config.toml says, else into the data folder, which is no safe place for the only one."""
        return backup_folder(self._repos.config)

    @property
    def is_nightly(self) -> bool:
        return bool(self._repos.config.backup.folder)

    def ask(self, actor: Person) -> int:
        """Ask for one now; the worker makes it (the run's number). Raises Refused backup_running."""
        permit(actor, "backup")
        run_id = self._runs.ask(str(self.folder), actor.id, self._repos.clock.now())
        if not run_id:
            raise Refused("backup_running")
        return run_id

    def make(self, actor: Person, folder: Path | None = None, tell: Callable[[float], None] = lambda _: None) -> Path:
        """Make one now, here (its file), though another waits. Raises Refused backup_running, and as `write_backup`."""
        permit(actor, "backup")
        place = (folder or self.folder).resolve()
        with self._alone():
            self._runs.fail_left(self._repos.clock.now())
            run_id = self._runs.begin(str(place), actor.id, self._repos.clock.now())
            return self._made(run_id, place, tell)

    def work(self, breathe: Callable[[], None] = lambda: None) -> bool:
        """Make the backup that waits or is due (False when there is none). `breathe` serves other jobs meanwhile, and
        may raise to stop the work, which is then done anew; a fault is the run's end and a line in the log.
        """
        now = self._repos.clock.now()
        is_due = self._is_due(now)
        if not is_due and not self._runs.is_open():
            return False
        try:
            with self._alone():
                self._runs.fail_left(now)
                if is_due:
                    self._runs.ask(str(self.folder), self._repos.people.machine(now).id, now)
                return self._worked(breathe)
        except Refused as refusal:
            if refusal.reason != "backup_running":
                raise
            return False

    def _worked(self, breathe: Callable[[], None]) -> bool:
        run = self._runs.claim()
        if run is None:
            return False
        stopped = [False]

        def tell(_: float) -> None:
            try:
                breathe()
            except BaseException:
                stopped[0] = True
                raise

        try:
            self._made(run.id, Path(run.folder), tell)
        except LoaError as error:
            log.error("backup %d failed: %s", run.id, error)  # noqa: TRY400 - the row tells it to people
        finally:
            if stopped[0]:
                self._runs.give_back(run.id)
        return True

    def last(self) -> BackupRun | None:
        """The last good one, wherever it went."""
        return self._runs.last_good()

    def newest(self) -> BackupRun | None:
        """The run that is under way, else the one that ended last."""
        return self._runs.newest()

    def history(self, limit: int = 10) -> list[BackupRun]:
        return self._runs.history(limit)

    def kept(self) -> list[KeptFile]:
        """The station's own files in the folder, newest first; empty when it cannot be read."""
        try:
            found = [(path, path.stat()) for path in self.folder.glob(f"{self._stem}*{ENDING}")]
        except OSError:
            return []
        zone = ZoneInfo(self._repos.config.station.time_zone)
        made = [KeptFile(path.name, stat.st_size, datetime.fromtimestamp(stat.st_mtime, zone)) for path, stat in found]
        return sorted(made, key=lambda one: one.name, reverse=True)

    def read_newest(self) -> str | None:
        """Read the newest file of the folder whole, as `loa restore --check` does; its name, None = there is none.

        Raises Refused as that does, and backup_passphrase_file.
        """
        kept = self.kept()
        if not kept:
            return None
        looked_through(self.folder / kept[0].name, self._passphrase())
        return kept[0].name

    def trouble(self) -> tuple[str, dict[str, object]] | None:
        """Why somebody should see to it, as a reason and its details; None = all is well."""
        now, last, newest = self._repos.clock.now(), self.last(), self.newest()
        if newest and newest.state == "failed" and (last is None or newest.id > last.id):
            return newest.reason, dict(newest.details)
        since = last.asked_at if last else self._since()
        if since is None or now - since <= (OLD if self.is_nightly else NEVER_AFTER):
            return None
        return ("backup_old", {"day": since.date().isoformat()}) if last else ("backup_never", {})

    def _since(self) -> datetime | None:
        """When this station began to have something to lose."""
        found = self._repos.store.value("SELECT at FROM journal ORDER BY seq LIMIT 1")
        return datetime.fromisoformat(found) if found else None

    def _is_due(self, now: datetime) -> bool:
        if not self.is_nightly:
            return False
        local = self._repos.config.station.local(now)
        at = parse_time(self._repos.config.backup.at)
        tonight = local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
        since = tonight if tonight <= local else tonight - _DAY
        last, newest = self.last(), self.newest()
        if last and last.folder == str(self.folder) and since <= last.asked_at <= now:
            return False
        # One from after now was asked for while the clock ran ahead: it says nothing of tonight.
        return newest is None or not (max(since, now - AGAIN) <= newest.asked_at <= now)

    def _made(self, run_id: int, folder: Path, tell: Callable[[float], None]) -> Path:
        repos = self._repos
        told = [0.0]

        def along(share: float) -> None:
            if share - told[0] >= _STEP:
                told[0] = share
                self._runs.progress(run_id, share)
            tell(share)

        local = repos.config.station.local(repos.clock.now())
        place = folder / f"{self._stem}{local:%Y%m%d-%H%M%S}{ENDING}"
        try:
            passphrase = self._passphrase()
            sounds = self._sounds(folder, passphrase)
            size = write_backup(self._source(), place, repos.clock.now(), passphrase, along, sounds)
        except Refused as refusal:
            self._runs.fail(run_id, refusal.reason, refusal.details, repos.clock.now())
            raise
        except BaseException:
            self._runs.fail(run_id, "backup_failed", {}, repos.clock.now())
            raise
        self._runs.end(run_id, repos.clock.now(), file=place.name, size=size)
        self._rotate(folder, place.name)
        if sounds is not None:
            sounds.sweep(min(path.stat().st_mtime for path in folder.glob(f"{self._stem}*{ENDING}")))
        log.info("backup %s is whole, %d bytes", place.name, size)
        return place

    def _rotate(self, folder: Path, newest: str) -> None:
        """Remove the oldest of this station's own beyond the number that is kept, never the one just made."""
        names = sorted(path.name for path in folder.glob(f"{self._stem}*{ENDING}") if path.name != newest)
        for name in names[: max(len(names) + 1 - self._repos.config.backup.keep, 0)]:
            try:
                (folder / name).unlink()
            except OSError as error:
                log.warning("an old backup cannot be removed: %s", error)

    def _sounds(self, folder: Path, passphrase: str) -> SoundFolder | None:
        """Where the sounds are kept once, if they are. Raises Refused backup_folder."""
        if self._repos.config.backup.sounds == "inside":
            return None
        try:
            return SoundFolder(folder / f"{self._stem}am-thanh", passphrase)
        except OSError as error:
            raise Refused("backup_folder", path=folder) from error

    @property
    def _stem(self) -> str:
        """What the names of this station's backups begin with: two stations may share a folder."""
        return f"loa-{Keys(self._repos.config.data / 'keys').current().public[:8]}-"

    def _source(self) -> Source:
        config = self._repos.config
        secrets = [one.value for one in named(config, Names.SECRET) if one.key != "backup.passphrase_file"]
        vouching = [one.value for one in named(config, Names.AUTHORITY)]
        return Source(
            self._repos.store,
            config.data,
            config.station.name,
            config.file,
            beside=tuple(config.folder / name for name in vouching if name),
            secrets=tuple(config.folder / name for name in secrets if name),
            keep_free=config.limits.keep_free_mb * MEGABYTE,
        )

    def _passphrase(self) -> str:
        """Raises Refused backup_passphrase_file: a file that others can read is no secret."""
        config = self._repos.config
        if not config.backup.passphrase_file:
            return ""
        path = config.folder / config.backup.passphrase_file
        try:
            text = "" if path.stat().st_mode & 0o077 else path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            text = ""
        if not text:
            raise Refused("backup_passphrase_file", path=path)
        return text

    def _alone(self) -> "_Alone":
        return _Alone(self._repos.config.data / "backup.lock")


class _Alone:
    """One backup of a station at a time, whichever process makes it."""

    def __init__(self, path: Path) -> None:
        self._lock = FileLock(path)

    def __enter__(self) -> None:
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise Refused("backup_running") from error

    def __exit__(self, *_: object) -> None:
        self._lock.release()
