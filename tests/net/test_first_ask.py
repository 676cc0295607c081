"""The library of HTTP is imported when it is first needed, and several threads may need it first at once."""

import subprocess
import sys

TOGETHER = """
import sys, threading
from scheduler.kernel.net.client import KeptLine

assert "urllib3" not in sys.modules
sys.setswitchinterval(1e-6)
found, begin = [], threading.Barrier(16)


class NoWay:
    limits = None

    def connected(self, *_, **__):
        raise OSError("no way")


def ask(number):
    begin.wait()
    line = KeptLine(NoWay())
    try:
        line.ask("GET", None) if number % 2 else line._ready(None)
    except OSError:
        pass
    except BaseException as error:
        found.append(repr(error))


threads = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(*found, sep="\\n")
"""


def test_threads_that_ask_first_at_once_all_find_the_whole_library():
    ran = subprocess.run([sys.executable, "-c", TOGETHER], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""
