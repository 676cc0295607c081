"""The red lane's file: orders of many writers, torn cells, a writer that keeps still, room that comes back."""

import fcntl
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from scheduler.kernel import mapped_file
from scheduler.store import red_ring
from scheduler.store.red_ring import NAME, RECORDS, RedRing
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]


@pytest.fixture
def ring(tmp_path):
    made = RedRing.open(tmp_path)
    yield made
    made.close()


def order(key, **more):
    return {"key": key, "kind": "order", "at": key, **more}


def put(ring, key, **more):
    with ring.alone():
        return ring.put(order(key, **more))


def keys(ring):
    return [one.key for one in ring.placed()]


def test_what_one_process_puts_another_reads_with_what_became_of_it(ring, tmp_path):
    number = put(ring, "a", title="Vỡ đê")
    other = RedRing.open(tmp_path)
    (seen,) = other.placed()
    assert (seen.key, seen.order["title"], seen.state, seen.cancel) == ("a", "Vỡ đê", "", None)
    assert other.answer(number, "a", {"state": "sounding"})
    assert ring.find("a").state == "sounding"
    other.finish(number, "a")
    assert ring.placed() == []
    other.close()


def test_it_takes_all_its_blocks_when_it_is_made_and_keeps_what_it_holds_when_it_is_opened_again(ring, tmp_path):
    put(ring, "a")
    told = (tmp_path / NAME).stat()
    assert told.st_blocks * 512 >= told.st_size
    assert told.st_mode & 0o077 == 0
    ring.close()
    again = RedRing.open(tmp_path)
    assert keys(again) == ["a"]
    again.close()


def test_who_waited_to_make_it_takes_it_as_the_first_one_made_it(tmp_path):
    """Two processes begin at once: what is put between the making of one and the look of the other stays."""
    size = made_elsewhere(tmp_path).stat().st_size
    opened = []
    with (tmp_path / NAME).open("w+b") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        second = threading.Thread(target=lambda: opened.append(RedRing.open(tmp_path)))
        second.start()
        second.join(0.2)
        assert second.is_alive(), "it waits for who makes it"
        mapped_file._make(first.fileno(), size, red_ring._MAGIC)
        early = RedRing.open(tmp_path)  # it is made: nobody waits any more
        put(early, "a")
    second.join(120)
    assert keys(opened[0]) == ["a"]
    early.close()
    opened[0].close()


def made_elsewhere(folder):
    """A file as it is made, for its size."""
    (folder / "elsewhere").mkdir()
    RedRing.open(folder / "elsewhere").close()
    return folder / "elsewhere" / NAME


@pytest.mark.parametrize("at", [0, 1, 7, 20])
def test_a_write_that_was_torn_leaves_the_one_before(ring, at):
    number = put(ring, "a")
    ring.answer(number, "a", {"state": "taken"})
    ring.answer(number, "a", {"state": "sounding"})
    cell = ring._records[number][2]
    newest = max((0, 1), key=lambda copy: cell.marks()[copy])
    place = cell._at + newest * cell._size + at
    ring._memory[place] ^= 0xFF
    assert ring.find("a").state == "taken"
    ring.answer(number, "a", {"state": "ended"})
    assert ring.find("a").state == "ended"


def test_an_order_that_was_torn_is_none_and_its_place_is_used_again(ring):
    number = put(ring, "a")
    cell = ring._records[number][0]
    for copy in (0, 1):
        ring._memory[cell._at + copy * cell._size + 18] ^= 0xFF
    assert keys(ring) == []
    assert put(ring, "b") == number
    assert keys(ring) == ["b"]


def test_rubbish_of_any_kind_is_no_order(ring):
    start = ring._records[0][0]._at
    ring._memory[start:] = os.urandom(len(ring._memory) - start)
    assert keys(ring) == []
    assert put(ring, "a") is not None
    assert keys(ring) == ["a"]


def test_room_comes_back_when_an_order_is_done_with_and_none_is_lost_before(ring):
    numbers = [put(ring, f"{number:03}") for number in range(RECORDS)]
    assert sorted(numbers) == list(range(RECORDS))
    assert put(ring, "one too many") is None
    ring.finish(numbers[5], "005")
    assert put(ring, "the next") == numbers[5]
    assert len(keys(ring)) == RECORDS
    assert ring.find("the next").answer == {}, "what was said of the order before is not said of this one"


def test_an_order_that_does_not_fit_is_not_put(ring):
    assert put(ring, "a", title="x" * 9000) is None
    assert keys(ring) == []


def test_who_takes_back_first_and_who_takes_first_both_know(ring):
    number = put(ring, "a")
    assert ring.cancel(number, "a", {"by": "Lan"})
    assert ring.find("a").cancel["by"] == "Lan"
    other = put(ring, "b")
    ring.answer(other, "b", {"state": "taken"})
    assert not ring.cancel(other, "b", {"by": "Lan"})
    assert not ring.cancel(other, "another", {"by": "Lan"})


def test_the_bell_rings_with_every_order_and_every_taking_back(ring):
    before = ring.bell()
    number = put(ring, "a")
    between = ring.bell()
    assert before != between
    ring.answer(number, "a", {"state": "taken"})
    assert ring.bell() == between
    ring.cancel(number, "a", {"by": "Lan"})
    assert ring.bell() != between


def put_many(folder, name, count):
    ring = RedRing.open(folder)
    for number in range(count):
        assert put(ring, f"{name}-{number}") is not None
    ring.close()


def test_many_processes_and_threads_at_once_lose_no_order(ring, tmp_path):
    code = "import sys; from pathlib import Path; from tests.store.test_red_ring import put_many as put;"
    code += "put(Path(sys.argv[1]), sys.argv[2], 8)"
    words = [sys.executable, "-c", code, str(tmp_path)]
    processes = [subprocess.Popen([*words, f"p{number}"], cwd=ROOT) for number in range(3)]
    threads = [threading.Thread(target=put_many, args=(tmp_path, f"t{number}", 8)) for number in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [one.wait() for one in processes] == [0, 0, 0]
    assert sorted(keys(ring)) == sorted(f"{who}{n}-{i}" for who in "pt" for n in range(3) for i in range(8))


def test_a_writer_that_keeps_still_stops_nobody(ring, tmp_path, monkeypatch):
    monkeypatch.setattr(red_ring, "LOCK_WITHIN", 0.05)
    other = os.open(tmp_path / NAME, os.O_RDWR)
    fcntl.flock(other, fcntl.LOCK_EX)
    assert put(ring, "a") is not None
    assert keys(ring) == ["a"]
    os.close(other)


def test_beats_are_told_and_one_that_is_too_long_is_refused(ring, tmp_path):
    assert ring.life("playout") is None
    assert ring.beat("playout", {"pid": 7})
    assert not ring.beat("playout", {"pid": 8, "state": "x" * 40_000})
    assert not ring.beat("nobody", {"pid": 9})
    other = RedRing.open(tmp_path)
    assert other.life("playout") == {"pid": 7}
    other.close()


def test_a_ring_that_cannot_be_had_keeps_nothing_and_raises_nothing(tmp_path, caplog):
    ring = RedRing.open(tmp_path / "no such folder")
    assert not ring.is_there
    with ring.alone():
        assert ring.put(order("a")) is None
    assert (ring.placed(), ring.bell(), ring.life("playout"), ring.sync()) == ([], b"", None, False)
    assert not ring.beat("playout", {})
    assert not ring.cancel(0, "a", {})
    assert not ring.answer(0, "a", {})
    assert "no red lane" in caplog.text


def test_a_look_at_a_ring_without_orders_reads_no_record(ring, monkeypatch):
    ring.finish(put(ring, "a"), "a")
    assert ring.placed() == []
    read = []
    monkeypatch.setattr(mapped_file.Cell, "read", read.append)
    assert (ring.placed(), ring.find("a"), read) == ([], None, [])


def test_who_waits_at_the_bell_is_woken_by_an_order(ring, tmp_path):
    other, bell = RedRing.open(tmp_path), ring.bell()

    def wait():
        while ring.bell() == bell:
            ring.wait(bell, 3600.0)

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    put(other, "a")
    thread.join(PATIENCE)
    assert not thread.is_alive()
    other.close()


def resident(name):
    """Kilobytes of a mapped file in this process's memory."""
    _, _, found = Path("/proc/self/smaps").read_text().partition(f"/{name}\n")
    return int(re.search(r"Rss: +(\d+) kB", found)[1])


@pytest.mark.skipif(sys.platform != "linux", reason="what a process holds is told by /proc")
def test_an_idle_process_holds_the_heads_of_its_records_and_no_more(tmp_path):
    with_orders = RedRing.open(tmp_path)
    numbers = [put(with_orders, str(number)) for number in range(RECORDS)]
    assert len(with_orders.placed()) == RECORDS
    for number in numbers:
        with_orders.finish(number, str(number))
    with_orders.close()
    idle = RedRing.open(tmp_path)
    assert idle.placed() == []
    assert resident(NAME) <= (RECORDS + 64) * 4
    assert [one.key for one in idle.placed()] == []
    put(idle, "a")
    assert [one.key for one in idle.placed()] == ["a"]
    idle.close()


def test_an_order_that_is_seen_while_it_is_written_is_seen_whole_later(ring, tmp_path):
    """Its head stands, its words not yet: no look may take the record for empty from then on."""
    number = put(ring, "a")
    ring.finish(number, "a")
    other = RedRing.open(tmp_path)
    assert other.placed() == []
    put(ring, "b")
    cell = ring._records[number][0]
    newest = max((0, 1), key=lambda copy: cell.marks()[copy])
    words = slice(cell._at + newest * cell._size + 16, cell._at + (newest + 1) * cell._size)
    whole = ring._memory[words]
    ring._memory[words] = bytes(len(whole))
    assert other.placed() == []
    ring._memory[words] = whole
    assert keys(other) == ["b"]
    other.close()
