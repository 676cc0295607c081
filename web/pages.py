"""The application that the server asks: built anew when an extra is turned on or off, while requests go on.

A request that has begun ends in the application it began in. What belongs to the process and not to one application
(the board, open streams, the callers' accounts) goes over. What an extra that was turned off had imported leaves memory
with the process; its pages leave at once.
"""

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

from scheduler.kernel.errors import LoaError
from scheduler.station import Station
from web import create_app
from web.extras_here import Here, seen

__all__ = ["ServedPages"]

log = logging.getLogger(__name__)

GO_OVER = ("board", "streams", "pace", "api_rates", "look at extras", "stop")
"""Extensions that the next application has from the one before."""


class ServedPages:
    """One WSGI application for one station, whichever extras it has. Safe to call from several threads."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._lock = threading.Lock()
        self.app = self._built(seen(station))
        self.app.extensions["look at extras"] = self.look

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return self.app(environ, start_response)

    def look(self) -> None:
        """Have the pages of the extras that are on now; where rows cannot be read all stays as it is."""
        with self._lock:
            try:
                found, before = seen(self._station), self.app.extensions["extras here"]
            except (LoaError, sqlite3.Error):
                return
            if found.names == before.names:
                self.app.extensions["extras here"] = found
                return
            log.info("extras: %s", ", ".join(sorted(found.names)) or "none")
            built = self._built(found)
            built.extensions.update(
                {name: self.app.extensions[name] for name in GO_OVER if name in self.app.extensions}
            )
            built.secret_key = self.app.secret_key
            self.app = built

    def _built(self, found: Here) -> Flask:
        return create_app(self._station, found)
