"""The wards as this process sees them: two processes of half of them each, asked over their standard streams."""

import json
import subprocess
import sys
from pathlib import Path

from gauges import PATIENCE, cpu_seconds, until

HERE = Path(__file__).resolve().parent


class Halves:
    """The two processes of wards."""

    def __init__(self, told, pairs):
        self.count, self.parts = len(pairs), []
        for half in (pairs[::2], pairs[1::2]):
            process = subprocess.Popen(
                [sys.executable, str(HERE / "wards.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            self.parts.append(process)
            self._say(process, told | {"wards": half})

    @staticmethod
    def _say(process, order):
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()

    def ask(self, **order):
        for process in self.parts:
            self._say(process, order)
        return [json.loads(process.stdout.readline()) for process in self.parts]

    def total(self, what, **order):
        return sum(answer[what] for answer in self.ask(**order))

    def ready(self):
        until(lambda: self.total("ready", do="ready") == self.count, "every ward connected", every=0.3)

    def acknowledged(self, issues, seconds=PATIENCE, every=0.25):
        wanted = self.count * len(issues)
        until(lambda: self.total("acknowledged", do="count", issues=issues) == wanted, "all told", seconds, every)

    def moments(self, issue, began):
        told = self.ask(do="times", issue=issue)
        return {kind: sorted(at - began for one in told for at in one[kind]) for kind in ("held", "acknowledged")}

    def cpu(self):
        """Processor seconds that the wards have used."""
        return sum(cpu_seconds(one.pid) for one in self.parts)

    def end(self):
        for process in self.parts:
            process.stdin.close()
        for process in self.parts:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
