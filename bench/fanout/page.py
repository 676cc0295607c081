"""The hub's page as a process of its own, as `loa hub` has it: waitress behind its doorkeeper. Argument: the config."""

import logging
import pickle
import signal
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scheduler.kernel.clock import SystemClock
from scheduler.station import Station
from web.server import serve

if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    config = pickle.loads(Path(sys.argv[1]).read_bytes())  # noqa: S301 - written by the bench itself
    serve(Station.open(config, SystemClock()), stop)
