"""What a process does when the database is damaged: one page that tells it, and no restart loop.

A process that meets damage stays up and waits until the file is whole again, so that its supervisor starts nothing anew
every second; the page's process serves the one page that tells what is wrong. Nothing here mends or writes the file.
"""

import logging
import threading
from collections.abc import Callable
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from scheduler.config import Config
from scheduler.errors import Refused
from scheduler.store.damage import damage_of, refusal_of_damage, said

__all__ = ["damage_page", "hold", "shown"]

log = logging.getLogger(__name__)

LOOK_EVERY = 30.0
"""Seconds between looks at whether the file has been mended."""
_PAGE = (
    '<!doctype html><html lang="vi"><head><meta charset="utf-8"><meta http-equiv="refresh" content="30">'
    '<meta name="viewport" content="width=device-width,initial-scale=1"><title>Cơ sở dữ liệu bị hỏng</title></head>'
    '<body style="font:18px/1.5 sans-serif;max-width:42em;margin:2em auto;padding:0 1em"><h1>Cơ sở dữ liệu bị hỏng</h1>'
    "{told}</body></html>"
)


def shown(path: Path) -> Refused | None:
    """The damage of the database at `path` as a refusal; None = it is whole."""
    fault = damage_of(path)
    return refusal_of_damage(path, fault) if fault else None


def damage_page(lines: list[str]) -> bytes:
    """The one page that tells it; made of nothing but these words."""
    return _PAGE.format(told="".join(f"<p>{escape(line)}</p>" for line in lines)).encode()


def hold(config: Config, name: str, refused: Refused, stop: threading.Event) -> None:
    """What the process `name` does instead of its work: wait until the file is whole, or until it is told to end."""
    path = config.data / "loa.db"
    lines = said(path, refused)
    log.error("%s waits, the database is damaged: %s", name, refused)
    ended = _served(config, lines) if name == "web" else None
    try:
        while not stop.wait(LOOK_EVERY):
            if path.exists() and not damage_of(path):
                return
    finally:
        if ended:
            ended()


def _served(config: Config, lines: list[str]) -> Callable[[], None] | None:
    body = damage_page(lines)

    class Told(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            self.send_response(503)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Retry-After", "30")
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_HEAD = do_GET  # noqa: N815 - the library's names

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    try:
        server = ThreadingHTTPServer((config.web.host, config.web.port), Told)
    except OSError as error:
        log.error("the page cannot tell of the damage: %s", error)  # noqa: TRY400 - the log has told it
        return None
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="damaged", daemon=True).start()

    def end() -> None:
        server.shutdown()
        server.server_close()

    return end
