"""What cron would be if it knew parts of a second: at each instant one process is started, and nothing is prepared.

punctual.py SCHEDULE ITEMS -- COMMAND …    COMMAND runs ITEMS times in a row, one process after the other
"""

import shlex
import subprocess
import sys
from pathlib import Path

from running import CLOCK, pause


def main():
    schedule, items, _, *command = sys.argv[1:]
    in_a_row = " && ".join([shlex.join(command)] * int(items))
    argv = command if int(items) == 1 else ["/bin/sh", "-c", in_a_row]
    started = []
    for line in Path(schedule).read_text(encoding="ascii").split():
        pause(float(line) - CLOCK.now().timestamp())
        started.append(subprocess.Popen(argv, stdin=subprocess.DEVNULL))
    return max(process.wait() for process in started)


if __name__ == "__main__":
    sys.exit(main())
