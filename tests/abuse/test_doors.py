"""Who takes the page's connections, threads and disk without being anybody, or anybody much. A real server, loopback."""

import http.client
import re
import socket
from contextlib import ExitStack
from dataclasses import replace

import pytest

from scheduler.config.loading import LimitsConfig
from scheduler.core.model import Role
from scheduler.kernel import disk_room as room
from scheduler.station import Station
from tests.web.http.test_guarded_server import head_of, signed_in
from tests.web.serving import PASSWORD, served, told

BODY = 150_000_000
FEW = LimitsConfig(connections=64, strangers=24, of_one=8)
GET = "GET /truc-tiep HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"


@pytest.fixture
def guests(config):
    """A person who may only look, made before the page is served."""
    station = Station.open(config)
    station.prepare()
    station.repos.people.add("khach", "Khách", Role.GUEST, PASSWORD, station.clock.now())
    station.close()
    return "khach"


@pytest.fixture
def port(config, guests):
    with served(replace(config, limits=FEW)) as found:
        yield found.web.port


@pytest.fixture
def proxied(config):
    with served(replace(config, limits=FEW), trusted_proxy="127.0.0.1") as found:
        yield found.web.port


def idle_body(port, held, **headers):
    """A line on which a body is told of and never sent."""
    line = held.enter_context(socket.create_connection(("127.0.0.1", port), timeout=120))
    line.sendall(head_of("POST", "/dang-nhap", port, Content_Length=9000, **headers))
    return line


def is_open(line):
    line.setblocking(False)
    try:
        return line.recv(1, socket.MSG_PEEK) != b""
    except BlockingIOError:
        return True
    except ConnectionError:
        return False


def page(port, cookie):
    return told(port, GET.format(port=port, cookie=cookie).encode())


def test_nobody_is_told_to_go_on_with_a_body_that_is_not_wanted(port):
    """Waitress answers "100 Continue" to a request it has refused, and reads all of it."""
    answer = told(port, head_of("POST", "/kho/tai-len", port, Content_Length=BODY, Expect="100-continue"))
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"100 Continue" not in answer


def test_nor_a_person_whose_file_is_too_large(port):
    cookie = signed_in(port)
    large = head_of("POST", "/kho/tai-len", port, Content_Length=900_000_000, Expect="100-continue", Cookie=cookie)
    answer = told(port, large)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"100 Continue" not in answer


def test_a_wanted_body_is_asked_for(port):
    with socket.create_connection(("127.0.0.1", port), timeout=120) as line:
        line.sendall(head_of("POST", "/dang-nhap", port, Content_Length=9, Expect="100-continue"))
        assert line.recv(100).startswith(b"HTTP/1.1 100 Continue")


def test_what_is_expected_beyond_that_is_refused(port):
    assert told(port, head_of("POST", "/dang-nhap", port, Content_Length=9, Expect="200-ok")).startswith(
        b"HTTP/1.1 417"
    )


def test_who_may_only_look_sends_no_file_and_reads_why(port):
    """The sender goes on sending, as browsers do; the sentence is read all the same."""
    cookie = signed_in(port, "khach")
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    line.putrequest("POST", "/kho/tai-len")
    line.putheader("Cookie", cookie)
    line.putheader("Content-Length", "50000000")
    line.endheaders()
    sent = 0
    try:
        for _ in range(200):
            line.sock.sendall(b"x" * 50_000)
            sent += 50_000
    except ConnectionError:
        pass
    answer = line.getresponse()
    assert answer.status == 403
    assert "Vai trò của bạn" in answer.read().decode()
    line.close()


def test_a_program_is_refused_in_its_own_form(port):
    head = head_of("POST", "/api/v1/dispatches", port, Content_Length=BODY, Content_Type="application/json")
    answer = told(port, head)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"application/problem+json" in answer
    assert b'"reason": "body_stranger"' in answer


def test_a_file_whose_length_nobody_tells_is_not_read(port):
    cookie = signed_in(port)
    head = head_of("POST", "/kho/tai-len", port, Transfer_Encoding="chunked", Cookie=cookie)
    assert told(port, head).startswith(b"HTTP/1.1 411")


def test_a_form_in_pieces_grows_no_larger_than_a_form(port):
    cookie, piece = signed_in(port), b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=120) as line:
        line.sendall(head_of("POST", "/tu-dien/tep", port, Transfer_Encoding="chunked", Cookie=cookie))
        answer = b""
        try:
            for _ in range(120):  # 7.9 MB
                line.sendall(piece)
        except ConnectionError:
            pass
        while part := line.recv(65_536):
            answer += part
    assert answer.startswith(b"HTTP/1.1 413")


def test_idle_bodies_of_nobody_shut_no_one_out(port):
    """Six times as many as strangers may hold; people who were in stay in, and others still come in."""
    cookie = signed_in(port)
    with ExitStack() as held:
        mine = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        mine.request("GET", "/truc-tiep", headers={"Cookie": cookie})
        assert mine.getresponse().read()
        lines = [idle_body(port, held) for _ in range(6 * FEW.strangers)]
        assert page(port, cookie).startswith(b"HTTP/1.1 200")
        assert signed_in(port).startswith("loa=")
        mine.request("GET", "/truc-tiep", headers={"Cookie": cookie})  # the same line, kept open throughout
        assert mine.getresponse().status == 200
        assert sum(map(is_open, lines)) <= FEW.strangers
        mine.close()


def test_a_person_holds_so_many_lines_and_others_come_in(port):
    guest = signed_in(port, "khach")
    with ExitStack() as held:
        lines = [idle_body(port, held, Cookie=guest) for _ in range(5 * FEW.of_one)]
        assert page(port, signed_in(port)).startswith(b"HTTP/1.1 200")
        assert sum(map(is_open, lines)) <= FEW.of_one


def test_behind_a_proxy_the_caller_is_counted_and_not_the_proxy(proxied):
    """One address of the network, through the proxy that all others come by."""
    with ExitStack() as held:
        for_one = {"X_Forwarded_For": "198.51.100.1, 192.0.2.7"}
        lines = [idle_body(proxied, held, **for_one) for _ in range(2 * FEW.of_one)]
        other = head_of("GET", "/dang-nhap", proxied, X_Forwarded_For="192.0.2.8", Connection="close")
        assert told(proxied, other).startswith(b"HTTP/1.1 200")
        assert sum(map(is_open, lines)) <= FEW.of_one


def test_a_body_that_would_take_the_last_of_the_disk_is_not_read(port, monkeypatch):
    cookie = signed_in(port)
    monkeypatch.setattr(room, "free_bytes", lambda _: 560_000_000)
    head = head_of("POST", "/kho/tai-len", port, Content_Length=30_000_000, Cookie=cookie, Expect="100-continue")
    answer = told(port, head).decode()
    assert answer.startswith("HTTP/1.1 507")
    assert "còn 560 MB" in answer
    assert page(port, cookie).startswith(b"HTTP/1.1 200")


def test_an_answer_of_waiting_is_plain_words(port):
    answer = told(port, head_of("POST", "/dang-nhap", port, Content_Length=BODY))
    assert re.search("quá lớn; hãy đăng nhập", answer.decode())
