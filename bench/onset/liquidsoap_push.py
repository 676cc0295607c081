"""Liquidsoap as a radio automation drives it: at each instant the file is pushed into a request queue by telnet.

    liquidsoap_push.py SCHEDULE FILE ITEMS OUTPUT    OUTPUT: a Liquidsoap expression, the sound being `s`

Four queues are added up over silence and used in turn, so that one that is still busy delays nobody.
"""

import re
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from running import CLOCK, pause

_SCRIPT = """\
settings.server.telnet := true
settings.server.telnet.port := {port}
settings.init.allow_root := true
settings.log.level := 2
s = add(normalize=false, [{queues}])
s = fallback(track_sensitive=false, [s, blank()])
{output}
"""
_QUEUES = 4


def connect(port):
    for _ in range(300):
        with suppress(OSError):
            return socket.create_connection(("127.0.0.1", port), timeout=10)
        pause(0.1)
    raise SystemExit("Liquidsoap did not open its telnet port")


def ask(connection, line):
    """Its answer to one command; it ends with END."""
    connection.sendall(f"{line}\r\n".encode())
    answer = b""
    while b"END\r\n" not in answer:
        answer += connection.recv(65536)
    return answer.decode()


def main():
    schedule, path, items, output = sys.argv[1:]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    queues = ", ".join(["request.queue()"] * _QUEUES)
    with subprocess.Popen(["liquidsoap", _SCRIPT.format(port=port, queues=queues, output=output)]) as player:
        connection = connect(port)
        pushes = sorted(re.findall(r"^\| (\S+\.push) ", ask(connection, "help"), re.MULTILINE))
        for number, line in enumerate(Path(schedule).read_text(encoding="ascii").split()):
            pause(float(line) - CLOCK.now().timestamp())
            for _ in range(int(items)):
                ask(connection, f"{pushes[number % len(pushes)]} {path}")
        player.wait()


if __name__ == "__main__":
    main()
