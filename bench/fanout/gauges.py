"""What is read of this machine and of its processes, and waits that end."""

# ruff: noqa: S101 - a bench stops where something is not so

import os
import resource
import sys
import time
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scheduler.kernel.clock import SystemClock

CLOCK = SystemClock()
PATIENCE = 120.0


def say(*words):
    print(*words, flush=True)


def until(found, what, seconds=PATIENCE, every=0.02):
    end = CLOCK.monotonic() + seconds
    while not (answer := found()):
        assert CLOCK.monotonic() < end, f"not within {seconds:g} s: {what}"
        pause(every)
    return answer


def pause(seconds):
    time.sleep(seconds)  # noqa: TID251 - a bench's own wait


def megabytes(pid):
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1000
    return float("nan")


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cpu_share():
    """What share of a core a busy loop gets now: how far the other figures can be believed."""
    began, used = CLOCK.monotonic(), time.process_time()
    while CLOCK.monotonic() - began < 0.5:
        pass
    return (time.process_time() - used) / (CLOCK.monotonic() - began)


def flushes_a_second(folder, count=100):
    """How often a second this disk takes a short write for good: a broker that flushes each message waits for it."""
    began = CLOCK.monotonic()
    with (folder / "flushed").open("wb", buffering=0) as file:
        for _ in range(count):
            file.write(b"x" * 400)
            os.fsync(file.fileno())
    return count / (CLOCK.monotonic() - began)


def as_eager(pid):
    """A server in a session of its own gets as much of a busy machine as this bench: the scheduler weighs sessions."""
    with suppress(OSError, IndexError):
        nice = Path("/proc/self/autogroup").read_text().split()[-1]
        Path(f"/proc/{pid}/autogroup").write_text(nice)


def load():
    return f"load {os.getloadavg()[0]:.1f}, a busy loop gets {cpu_share():.2f} of a core"


def many_files():
    """As many open files as this process may have: each ward is one here and one at the broker."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def share_of(times, share):
    """A quantile of sorted seconds, in milliseconds."""
    return times[min(len(times) - 1, int(share * len(times)))] * 1000 if times else float("nan")


def ms(times, share):
    return f"{share_of(times, share):.0f}"
