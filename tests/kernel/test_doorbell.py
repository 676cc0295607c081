"""The doorbell: who waits is woken by another process, and where the system has none waits a moment only."""

import mmap
import subprocess
import sys
import threading

import pytest

from scheduler.kernel import doorbell
from scheduler.kernel.mapped_file import open_allocated
from tests.waiting import PATIENCE

FOR_EVER = 100 * PATIENCE
AT = 64
RING = """
import sys
from pathlib import Path
from scheduler.kernel import doorbell
from scheduler.kernel.mapped_file import open_allocated
memory = open_allocated(Path(sys.argv[1]), 4096)
memory[64:68] = b"ring"
doorbell.ring(memory, 64)
"""
needs_futex = pytest.mark.skipif(doorbell._CALL is None, reason="this system has no futex that we know")


@pytest.fixture
def memory(tmp_path):
    found = open_allocated(tmp_path / "shared", mmap.PAGESIZE)
    yield found
    found.close()


def waiting(memory):
    """A thread that waits for another value than zeroes."""

    def wait():
        while memory[AT : AT + 4] == bytes(4):
            doorbell.wait(memory, AT, bytes(4), FOR_EVER)

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    return thread


@needs_futex
def test_who_waits_is_woken_by_another_process(memory, tmp_path):
    thread = waiting(memory)
    subprocess.run([sys.executable, "-c", RING, tmp_path / "shared"], check=True)
    thread.join(PATIENCE)
    assert not thread.is_alive()


@needs_futex
def test_who_comes_after_the_ring_does_not_wait(memory):
    memory[AT : AT + 4] = b"ring"
    doorbell.wait(memory, AT, bytes(4), FOR_EVER)


def test_without_a_futex_it_is_a_pause(memory, monkeypatch):
    monkeypatch.setattr(doorbell, "_CALL", None)
    thread = waiting(memory)
    memory[AT : AT + 4] = b"ring"
    doorbell.ring(memory, AT)
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_memory_that_was_closed_under_it_raises_nothing(tmp_path):
    memory = open_allocated(tmp_path / "closed", mmap.PAGESIZE)
    memory.close()
    doorbell.ring(memory, AT)
    doorbell.wait(memory, AT, bytes(4), 0.01)
