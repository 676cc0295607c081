"""What is said into a live voice, as a file: where it arrives, and how it becomes a recording once the voice is over.

Playout airs from it while it grows. Whoever ends the slot of a live voice calls `live_ended`, in the same transaction
where there is one.
"""

from contextlib import suppress
from pathlib import Path

from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.durable import make_folder, put_in_place, sync_file
from scheduler.services.repositories import Repositories

__all__ = ["BYTES_A_SECOND", "live_ended", "live_path"]

BYTES_A_SECOND = HOUSE_RATE * 2
"""Of what a browser sends: one channel of 16-bit samples at the house rate, little end first."""


def live_path(repos: Repositories, lease_id: str) -> Path:
    """Where the sound of a lease arrives."""
    folder = repos.config.data / "live"
    make_folder(folder)
    return folder / f"{lease_id}.pcm"


def live_ended(repos: Repositories, slot_id: str) -> None:
    """The airing of a live voice is over: its recording goes to the worker, once. Raises NotFound without a lease."""
    now = repos.clock.now()
    lease = repos.leases.of_slot(slot_id)
    path = live_path(repos, lease.id)
    with suppress(OSError):  # a recording is no reason to hold back an end
        sync_file(path)
    with repos.store.write():
        if not repos.leases.end(lease.id, now):
            return
        if not path.exists() or path.stat().st_size < BYTES_A_SECOND:
            path.unlink(missing_ok=True)
            return
        title = repos.slots.facts(slot_id).title
        args = {"path": path.name, "file_name": path.name, "title": title, "origin": "recorded", "raw": True}
        repos.jobs.add("ingest", args, lease.person_id, now)
        incoming = repos.config.data / "incoming"
        make_folder(incoming)
        put_in_place(path, incoming / path.name)
