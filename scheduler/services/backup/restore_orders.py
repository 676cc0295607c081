"""Orders of the red lane on a station that a backup replaces: they come along, and their rows follow there once.

What sounded while the database could not be read stands in the ring alone, how much of it in the black box, words of
the moment in their files. It copies these and the sounds they name; what a backup itself holds of them is of another
hour and is never put back.
"""

import shutil
from pathlib import Path

from scheduler.kernel.durable import make_folder, sync_file
from scheduler.store.red_lane import red_kept
from scheduler.store.red_ring import NAME, RedRing

__all__ = ["OF_THE_MOMENT", "carry_orders"]

OF_THE_MOMENT = frozenset({NAME, red_kept.NAME})
"""Files of a data folder that speak of this hour only: an order in an old ring would sound again."""
_ALONG = (NAME, "measured.bin")
_CLIPS = Path("library", "clips")


def carry_orders(old: Path, new: Path) -> None:
    """From the data folder `old` into `new`, before that takes its place. Raises OSError."""
    for name in _ALONG:
        _copied(old / name, new / name)
    if not (new / NAME).exists():
        return
    ring = RedRing.open(new)
    try:
        orders = [one.order for one in ring.placed() if one.order.get("kind") == "order"]
    finally:
        ring.close()
    for order in orders:
        typed = Path("typed", f"{Path(order['key']).name}.json")
        _copied(old / typed, new / typed)
        for sha256 in filter(None, (order.get("sha256"), order.get("intro"))):
            sound = _CLIPS / sha256[:2] / f"{Path(sha256).name}.wav"
            _copied(old / sound, new / sound)


def _copied(file: Path, place: Path) -> None:
    """One that is there, where there is none yet; on the disk when it returns."""
    if not file.is_file() or place.exists():
        return
    make_folder(place.parent, 0o700)
    shutil.copy2(file, place)
    sync_file(place)
