"""A provincial system on the loopback: login, bulletins, logs, statuses, sounds, and every way such a server fails.

It keeps what it was sent and tells a log it has already (409, or a plain yes). `faults` maps a path to how the next
answers there go wrong. Run as a script it stands alone, for a demonstration: `python tests/extras/province/work/server.py 8650`.
"""

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from scheduler.kernel.clock import SystemClock

USERNAME, PASSWORD = "phuong", "mật khẩu của phường"
LOGIN, BULLETINS, LOGS, STATUS, SOUNDS = "/api/login", "/api/bantin", "/api/nhatky", "/api/trangthai", "/am-thanh/"
HTML = b"<!doctype html><html><body>Xin vui long dang nhap mang</body></html>"
NEEDED_OF_A_LOG = {"NhatKyID", "CumLoaID", "BanTinID", "MucDoUuTien", "TieuDe", "ThoiLuong", "ThoiDiemBatDau", "TiepAm"}


@dataclass
class Province:
    """The state of the system, and what it will do wrong: path -> words, each used once, "…!" for ever."""

    bulletins: list[object] = field(default_factory=list)
    sounds: dict[str, bytes] = field(default_factory=dict)
    logs: list[dict] = field(default_factory=list)
    statuses: list[dict] = field(default_factory=list)
    faults: dict[str, list[str]] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    repeated: int = 0
    answers_conflict: bool = False
    clock_ahead: float = 0.0
    """Seconds that its clock runs ahead of `now`."""
    now: datetime | None = None
    listed_in: str = "list"
    port: int = 0
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def fails(self, path: str, *how: str) -> None:
        self.faults[path] = list(how)

    def fault(self, path: str) -> str:
        told = self.faults.get(path) or [""]
        return told[0].removesuffix("!") if told[0].endswith("!") else told.pop(0) if self.faults.get(path) else ""

    def forget_tokens(self) -> None:
        self.tokens.clear()

    def asked(self, path: str) -> int:
        return sum(1 for _, one in self.requests if one == path)


class Desk(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    province: Province

    def log_message(self, *_):
        pass

    def date_time_string(self, timestamp=None):
        now = self.province.now or SystemClock().now()
        return format_datetime(datetime.fromtimestamp(now.timestamp() + self.province.clock_ahead, UTC), usegmt=True)

    def do_GET(self):
        self._answer()

    def do_POST(self):
        self._answer()

    def _answer(self):
        path = self.path.partition("?")[0]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.province.requests.append((self.command, path))
        self.province.headers.append({name.lower(): value for name, value in self.headers.items()})
        fault = self.province.fault(path)
        if fault and fault not in {"taken_then_cut", "no"}:
            self._fail(fault)
            return
        if fault == "no":
            self._send(200, {"TrangThaiGui": 1, "MoTa": "Hệ thống đang bận", "NoiDung": None})
            return
        if path.startswith(SOUNDS):
            self._sound(path.removeprefix(SOUNDS))
            return
        answer = self._work(path, body)
        if fault == "taken_then_cut":
            self.close_connection = True
            return
        self._send(*answer)

    def _work(self, path, body):
        if path == LOGIN:
            return self._login(json.loads(body))
        if self.headers.get("Authorization", "").removeprefix("Bearer ") not in self.province.tokens:
            return 401, {"TrangThaiGui": 1, "MoTa": "Token hết hạn", "NoiDung": None}
        if path == BULLETINS:
            told = self.province.bulletins
            wrapped = told if self.province.listed_in == "list" else {self.province.listed_in: told}
            return 200, {"TrangThaiGui": 0, "MoTa": "", "NoiDung": wrapped}
        if path == LOGS:
            return self._log(json.loads(body))
        if path == STATUS:
            self.province.statuses.append(json.loads(body))
            return 200, {"TrangThaiGui": 0, "MoTa": "", "NoiDung": None}
        return 404, {"TrangThaiGui": 1, "MoTa": "không có", "NoiDung": None}

    def _login(self, told):
        if (told.get("Username"), told.get("Password")) != (USERNAME, PASSWORD):
            return 200, {"TrangThaiGui": 1, "MoTa": "Sai tên hoặc mật khẩu", "NoiDung": None}
        token = f"token-{len(self.province.requests)}"
        self.province.tokens.append(token)
        return 200, {"TrangThaiGui": 0, "MoTa": "", "NoiDung": {"Token": token}}

    def _log(self, told):
        if missing := NEEDED_OF_A_LOG - set(told):
            return 400, {"TrangThaiGui": 1, "MoTa": f"thiếu {sorted(missing)}", "NoiDung": None}
        if told.get("TieuDe") == "không nhận":
            return 200, {"TrangThaiGui": 1, "MoTa": "Bản tin không hợp lệ", "NoiDung": None}
        if any(one["NhatKyID"] == told["NhatKyID"] for one in self.province.logs):
            self.province.repeated += 1
            status = 409 if self.province.answers_conflict else 200
            return status, {"TrangThaiGui": 1 if status == 409 else 0, "MoTa": "đã có", "NoiDung": None}
        self.province.logs.append(told)
        return 200, {"TrangThaiGui": 0, "MoTa": "", "NoiDung": None}

    def _sound(self, name):
        data = self.province.sounds.get(name)
        if data is None:
            self._send(404, {"TrangThaiGui": 1, "MoTa": "không có tệp", "NoiDung": None})
        else:
            self._bytes(200, data, "audio/wav")

    def _fail(self, how):
        name, _, told = how.partition(" ")
        if name == "status":
            self._bytes(int(told), b"", "text/plain")
        elif name == "html":
            self._bytes(200, HTML, "text/html")
        elif name == "body":
            self._bytes(200, told.encode(), "application/json")
        elif name == "redirect":
            self.send_response(302)
            self.send_header("Location", told)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif name == "drip":
            self._drip()
        elif name == "cut":
            self.close_connection = True
        elif name == "huge":
            self.send_response(200)
            self.send_header("Content-Length", str(10**9))
            self.end_headers()
            self.close_connection = True
        else:
            raise AssertionError(how)

    def _drip(self):
        """One byte of a header now and then, for as long as anybody listens."""
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
            while not self.province.released.wait(0.05):
                self.wfile.write(b"x")
                self.wfile.flush()
        except OSError:
            pass
        self.close_connection = True

    def _send(self, status, told):
        self._bytes(status, json.dumps(told, ensure_ascii=False).encode(), "application/json; charset=utf-8")

    def _bytes(self, status, data, kind):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        """A client that has gone is its own affair."""


@contextmanager
def running(province: Province, port: int = 0) -> Iterator[Province]:
    """The system, answering on a loopback port until the block ends."""
    handler = type("Bound", (Desk,), {"province": province})
    server = _Server(("127.0.0.1", port), handler)
    province.port = server.server_address[1]
    province.released.clear()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield province
    finally:
        province.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


if __name__ == "__main__":
    with running(Province(), int(sys.argv[1]) if len(sys.argv) > 1 else 8650) as shown:
        print(f"{shown.url}  username {USERNAME!r}  password {PASSWORD!r}")
        threading.Event().wait()
