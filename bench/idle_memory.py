"""What the idle processes hold: PSS (shared pages counted by share) and RSS, and which big libraries are mapped.

The three share much with the supervisor and with the process that forks, so these two are shown as well.
"""

import tempfile
from pathlib import Path

from running import children, config_in, loa, pause, wait_for_page
from table import Figure, show

PROMISE = 110.0
SETTLE = 5.0
BIG = ("numpy", "av", "sqlite3", "onnxruntime", "espeakng_loader", "cffi")


def megabytes(pid, what):
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith(f"{what}:"):
            return int(line.split()[1]) / 1024
    return 0.0


def mapped(pid):
    maps = Path(f"/proc/{pid}/maps").read_text()
    return [name for name in BIG if f"/{name}" in maps or f"_{name}" in maps]


def below(pid):
    """Every process whose parent this is."""
    stats = ((int(one.parent.name), one.read_text()) for one in Path("/proc").glob("[0-9]*/stat"))
    return [found for found, stat in stats if int(stat.rpartition(")")[2].split()[1]) == pid]


def main():
    with tempfile.TemporaryDirectory() as folder:
        path, port = config_in(folder)
        with loa(path, "run") as process:
            wait_for_page(port)
            while len(children(process.pid)) < 3:
                pause(0.1)
            pause(SETTLE)
            found = children(process.pid)
            figures = [
                Figure(f"{name} {what.upper()}", megabytes(pid, what), "MB")
                for name, pid in found.items()
                for what in ("Pss", "Rss")
            ]
            whole = [process.pid, *below(process.pid)]
            figures.append(Figure("supervisor PSS", megabytes(process.pid, "Pss"), "MB"))
            figures.append(
                Figure("all processes of the station PSS", sum(megabytes(pid, "Pss") for pid in whole), "MB")
            )
            for what in ("Pss", "Rss"):
                total = sum(megabytes(pid, what) for pid in found.values())
                figures.append(Figure(f"three processes together {what.upper()}", total, "MB", PROMISE))
            libraries = {name: mapped(pid) for name, pid in found.items()}
    show(f"Memory {SETTLE:g} s after the start, idle", figures)
    for name, names in libraries.items():
        print(f"  {name} maps {', '.join(names) or 'none of the big libraries'}")


if __name__ == "__main__":
    main()
