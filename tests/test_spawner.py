"""Processes that are forked from one that has imported all: they are the supervisor's own, whatever becomes of that one.

Each story runs in an interpreter of its own: what forks may have no thread.
"""

import json
import subprocess
import sys

BEGIN = """
import json, os, signal, sys, time
from pathlib import Path
from scheduler.kernel.spawner import Spawner, Strangers
def forked(words):
    if words[0] == "tells":
        Path(words[1]).write_text(json.dumps([os.getppid(), os.getpgid(0), os.getpid()]))
        raise SystemExit(7)
    if words[0] == "leaves":
        if os.fork() == 0:
            time.sleep(0.3)
            os._exit(0)
        raise SystemExit(0)
    time.sleep(60)
spawner = Spawner.begin(forked)
def words_of(pid):
    return Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\\0").split(b"\\0")
def forking():
    stats = {int(one.parent.name): one.read_text().rpartition(")")[2].split() for one in Path("/proc").glob("[0-9]*/stat")}
    return [pid for pid, stat in stats.items() if int(stat[1]) == os.getpid()]
"""


def told(code, *words):
    """What `code` prints as JSON behind the common beginning."""
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + code, *words], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_what_is_forked_is_the_supervisors_own_child(tmp_path):
    code = """
one = spawner.start(["tells", sys.argv[1]])
code = one.wait(20)
parent, group, pid = json.loads(Path(sys.argv[1]).read_text())
print(json.dumps([code, one.poll(), parent == os.getpid(), group == pid == one.pid]))
"""
    assert told(code, str(tmp_path / "told")) == [7, 7, True, True]


def test_it_stands_under_its_own_words_and_ends_when_told():
    code = """
one = spawner.start(["web"])
while words_of(one.pid)[:3] != [b"loa", b"process", b"web"]:
    time.sleep(0.01)
runs = one.poll()
one.terminate()
print(json.dumps([runs, one.wait(20)]))
"""
    assert told(code) == [None, -15]


def test_one_that_does_not_end_is_said_to_run():
    code = """
import subprocess
one = spawner.start(["web"])
try:
    one.wait(0.2)
except subprocess.TimeoutExpired:
    one.kill()
print(json.dumps(one.wait(20)))
"""
    assert told(code) == -9


def test_the_death_of_the_forking_process_harms_nobody():
    code = """
(forks,) = forking()
one = spawner.start(["web"])
os.kill(forks, signal.SIGKILL)
os.waitpid(forks, 0)
nothing = spawner.start(["worker"])
again = spawner.start(["worker"])
runs = one.poll()
one.kill()
print(json.dumps([nothing, again, runs, one.wait(20)]))
"""
    assert told(code) == [None, None, None, -9]


def test_its_end_leaves_what_it_forked():
    code = """
(forks,) = forking()
one = spawner.start(["web"])
spawner.end()
os.waitpid(forks, 0)
runs = one.poll()
one.kill()
print(json.dumps([runs, one.wait(20), spawner.start(["web"])]))
"""
    assert told(code) == [None, -9, None]


def test_whom_a_dead_process_leaves_is_taken_out_of_the_table_and_nobody_else():
    code = """
one = spawner.start(["leaves"])
one.wait(20)
strangers, own = Strangers(), spawner.start(["web"])
while len(forking()) > 2:
    strangers.take_out({own.pid})
    time.sleep(0.05)
own.kill()
for _ in range(5):
    strangers.take_out({own.pid})
print(json.dumps(own.wait(20)))
"""
    assert told(code) == -9


def test_a_process_with_threads_forks_nobody():
    code = """
import threading
threading.Thread(target=time.sleep, args=(0.5,)).start()
print(json.dumps(Spawner.begin(forked)))
"""
    assert told(code) is None


def test_what_is_forked_after_the_supervisor_has_given_up_does_not_run():
    code = """
spawner._line.settimeout(0.2)
(forks,) = forking()
os.kill(forks, signal.SIGSTOP)
nothing = spawner.start(["web"])
os.kill(forks, signal.SIGCONT)
os.waitpid(forks, 0)
late = forking()
ends = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in late]
print(json.dumps([nothing, ends]))
"""
    assert told(code) == [None, [-9]]
