"""What is said to the socket itself: two lengths, folded headers, strange targets and hosts, readers that do not read."""

import re
import socket

import pytest

from scheduler.config.loading import WebConfig
from tests.of_extras import each_of_extras, of_extras, rows_of_extras
from tests.web.serving import served, told

FORM = "login=lan&password=sai"


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    from scheduler.config.loading import Config, OutputConfig, StationConfig

    outputs = (OutputConfig(name="wav", kind="wavfile", counts=True),)
    config = Config(
        folder=tmp_path_factory.mktemp("wire"), station=StationConfig(data="data"), outputs=outputs, web=WebConfig(),
    ).having(*of_extras("hostile_requests", "OPEN"))  # fmt: skip
    with served(config) as running:
        yield running.web.port


def statuses(port, text):
    """The status of every answer to what is sent in one go."""
    head = f"Host: 127.0.0.1:{port}\r\n"
    sent = text.replace("@", head).encode("latin-1")
    return [int(one) for one in re.findall(rb"HTTP/1\.[01] (\d{3})", told(port, sent))], told(port, sent)


SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
BOTH = f"POST /dang-nhap HTTP/1.1\r\n@Content-Length: {len(SMUGGLED) + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{SMUGGLED}"
TWO = f"POST /dang-nhap HTTP/1.1\r\n@Content-Length: 0\r\nContent-Length: {len(SMUGGLED)}\r\n\r\n{SMUGGLED}"
TRICKS = {
    "two lengths": TWO,
    "a length and pieces": BOTH,
    "a length with a plus": f"POST /dang-nhap HTTP/1.1\r\n@Content-Length: +{len(SMUGGLED)}\r\n\r\n{SMUGGLED}",
    "a length below nothing": f"POST /dang-nhap HTTP/1.1\r\n@Content-Length: -1\r\n\r\n{SMUGGLED}",
    "a folded header": f"POST /dang-nhap HTTP/1.1\r\n@X: a\r\n Content-Length: 5\r\n\r\n{SMUGGLED}",
    "a blank before the colon": f"POST /dang-nhap HTTP/1.1\r\n@Content-Length : {len(SMUGGLED)}\r\n\r\n{SMUGGLED}",
    "pieces under another name": f"POST /dang-nhap HTTP/1.1\r\n@Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{SMUGGLED}",
    "a piece of a wrong length": f"POST /dang-nhap HTTP/1.1\r\n@Transfer-Encoding: chunked\r\n\r\nZZ\r\n{SMUGGLED}",
    "a bare line feed in a header": f"POST /dang-nhap HTTP/1.1\r\n@X: a\nContent-Length: 0\r\n\r\n{SMUGGLED}",
    "a NUL in a header": "POST /dang-nhap HTTP/1.1\r\n@X: a\x00b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
}


@pytest.mark.parametrize("trick", TRICKS.values(), ids=TRICKS.keys())
def test_a_request_is_not_hidden_in_another(trick, port):
    """No trick gets the second request answered as if a proxy had let it through."""
    found, text = statuses(port, trick)
    assert found, "no answer at all"
    assert b" 404" not in text or len(found) == 2  # the hidden address, answered: only as an openly pipelined request
    assert found[0] >= 400 or len(found) <= 2
    if "Transfer-Encoding" in trick or "Content-Length: 0\r\nContent-Length" in trick:
        assert 404 not in found


TARGETS = {
    "an absolute address of another host": "GET http://evil.example/dang-nhap HTTP/1.1\r\n@Connection: close\r\n\r\n",
    "an absolute address of ours": "GET http://127.0.0.1/dang-nhap HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    "two hosts": "GET /dang-nhap HTTP/1.1\r\n@Host: evil.example\r\nConnection: close\r\n\r\n",
    "a user in the host": "GET /dang-nhap HTTP/1.1\r\nHost: 127.0.0.1@evil.example\r\nConnection: close\r\n\r\n".replace(
        "@", "%40"
    ),
    "a host with a path": "GET /dang-nhap HTTP/1.1\r\nHost: 127.0.0.1/evil.example\r\nConnection: close\r\n\r\n",
    "another port of another host": "GET /dang-nhap HTTP/1.1\r\nHost: evil.example:8642\r\nConnection: close\r\n\r\n",
    "forwarded for another host": "GET /dang-nhap HTTP/1.1\r\n@X-Forwarded-Host: evil.example\r\nX-Original-URL: /nguoi-dung\r\nX-Rewrite-URL: /nguoi-dung\r\nConnection: close\r\n\r\n",
    "two slashes": "GET //evil.example/%2e%2e HTTP/1.1\r\n@Connection: close\r\n\r\n",
    "a network path": "GET /\\evil.example HTTP/1.1\r\n@Connection: close\r\n\r\n",
    "a line break in the address": "GET /%0d%0aSet-Cookie:%20loa=evil.example HTTP/1.1\r\n@Connection: close\r\n\r\n",
} | rows_of_extras("hostile_requests", "TARGETS")


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS.keys())
def test_no_answer_speaks_of_another_host(target, port):
    _, text = statuses(port, target)
    head = text.split(b"\r\n\r\n")[0].lower()
    assert b"evil.example" not in head.replace(b"/%0d", b""), head
    assert b"set-cookie: loa=" not in head
    assert b"location: //" not in head
    assert b'href="http://evil' not in text.lower()


OUTSIDE = (
    "/static/../__init__.py", "/static/%2e%2e/__init__.py", "/static/..%2f__init__.py", "/static/%252e%252e/__init__.py",
    "/static/....//__init__.py", "/static/%5c..%5c__init__.py", "/static//etc/passwd", "/static/%2fetc%2fpasswd",
    "/static/app.css%00.py", "/am-thanh/..%2f..%2floa.db.wav", "/static/%c0%ae%c0%ae/__init__.py",
    *each_of_extras("hostile_requests", "OUTSIDE"),
)  # fmt: skip


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_path_leads_out_of_a_folder(path, port):
    _, text = statuses(port, f"GET {path} HTTP/1.1\r\n@Connection: close\r\n\r\n")
    status = int(text.split(b" ")[1])
    assert status in {303, 400, 403, 404, 405}, status
    assert b"create_app" not in text
    assert b"SQLite format" not in text
    assert b"root:" not in text


def test_who_reads_nothing_keeps_nobody_waiting(port):
    """Twenty that ask for a large file and never read a byte; the next one is served."""
    lines = []
    for _ in range(20):
        line = socket.create_connection(("127.0.0.1", port), timeout=120)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        line.sendall(f"GET /static/app.css HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode() * 5)
        lines.append(line)
    try:
        found, _ = statuses(port, "GET /dang-nhap HTTP/1.1\r\n@Connection: close\r\n\r\n")
        assert found in ([403], [200])
    finally:
        for line in lines:
            line.close()


def test_who_dribbles_a_head_keeps_nobody_waiting(port):
    lines = [socket.create_connection(("127.0.0.1", port), timeout=120) for _ in range(40)]
    try:
        for line in lines:
            line.sendall(b"GET /dang-nhap HTTP/1.1\r\nHost: 127.0.0.1\r\nX-a: ")
        found, _ = statuses(port, "GET /dang-nhap HTTP/1.1\r\n@Connection: close\r\n\r\n")
        assert found in ([200], [403])
    finally:
        for line in lines:
            line.close()


def test_a_head_without_end_is_refused(port):
    try:
        found, _ = statuses(port, "GET /dang-nhap HTTP/1.1\r\n@X: " + "a" * 400_000 + "\r\n\r\n")
    except ConnectionResetError:  # hung up on while it was still sending
        return
    assert found[0] in {400, 431}


def test_the_server_tells_nothing_of_itself(port):
    _, text = statuses(port, "GET /khong-co HTTP/1.1\r\n@Connection: close\r\n\r\n")
    head = text.split(b"\r\n\r\n")[0].lower()
    for word in (b"server:", b"waitress", b"python", b"werkzeug", b"x-powered-by", b"access-control-"):
        assert word not in head, word


@pytest.mark.parametrize(
    "path",
    [
        "/dang-nhap",
        "/truc-tiep",
        "/api/v1/openapi.json",
        "/healthz",
        "/am-thanh/x.wav",
        *each_of_extras("hostile_requests", "FRAMED"),
    ],
)
def test_no_other_site_may_read_an_answer(path, port):
    """CORS is absent everywhere, also for a question asked beforehand."""
    for method in ("GET", "OPTIONS"):
        asked = f"{method} {path} HTTP/1.1\r\n@Origin: http://evil.example\r\nAccess-Control-Request-Method: POST\r\nConnection: close\r\n\r\n"
        _, text = statuses(port, asked)
        assert b"access-control-" not in text.split(b"\r\n\r\n")[0].lower(), (method, path)
