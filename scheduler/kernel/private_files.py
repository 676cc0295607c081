"""A data folder that only the station's own account may look into, also where the folder was there before the station.

What is new is made so by the mask of every process of a station; what lies there is closed at each start. A folder that
is shared with others (a sticky one, one of the system's) is left as it is, and only the station's files in it are
closed. What cannot be closed is told by the doctor.
"""

import logging
import os
import stat
from pathlib import Path

__all__ = ["OTHERS", "close_to_others", "mask_new_files", "open_to_others"]

log = logging.getLogger(__name__)

OTHERS = 0o077
_SECRET = ("keys", "tls", "pair", "backups", "exports", "incoming", "tmp")
"""Folders whose files are closed one by one; of the rest the folder is enough."""
_OWN = ("loa.db*", "*.bin", "red.*", "*-key*", "*.nk", "*.nkey", "*.lock", "reserve")
"""Files of a station in its data folder."""
_SHALLOW = 2
"""Parts of a path such as /srv: never ours alone."""


def mask_new_files() -> None:
    """From here on this process, and whatever it starts, makes files for its own account alone."""
    os.umask(OTHERS)


def close_to_others(folder: Path) -> list[Path]:
    """Close the data folder and what is secret in it; gives what stays open, because it belongs to somebody else."""
    found = [one for pattern in _OWN for one in folder.glob(pattern) if one.is_file()]
    for name in _SECRET:
        below = folder / name
        found += [below, *below.rglob("*")] if below.is_dir() and not below.is_symlink() else []
    if not _is_shared(folder):
        found.append(folder)
    return [one for one in found if not _closed(one)]


def open_to_others(folder: Path) -> Path | None:
    """What others on this machine may read: the first of the station's files, where they may enter its folder."""
    if not _mode(folder) & OTHERS:
        return None
    files = [one for pattern in _OWN for one in sorted(folder.glob(pattern)) if one.suffix != ".lock"]
    return next((one for one in files if _mode(one) & OTHERS), folder if not _is_shared(folder) else None)


def _is_shared(folder: Path) -> bool:
    return bool(_mode(folder) & stat.S_ISVTX) or len(folder.parts) <= _SHALLOW or folder == Path.home()


def _closed(path: Path) -> bool:
    """Take what others may from a file or folder; whether they have nothing then. Links and pipes are left alone."""
    try:
        mode = path.lstat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)) or not mode & OTHERS:
            return True
        path.chmod(stat.S_IMODE(mode) & ~OTHERS)
    except FileNotFoundError:
        return True
    except OSError as error:
        log.warning("others on this machine may read %s, and it cannot be closed: %s", path, error.strerror)
        return False
    return True


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except OSError:
        return 0
