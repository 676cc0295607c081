"""What a connection may cost before anybody knows who it is, over real sockets."""

import http.client
import re
import socket
import ssl
import threading
import time
from contextlib import ExitStack
from urllib.parse import urlencode

import pytest

from scheduler.config.loading import LimitsConfig
from scheduler.kernel.clock import SystemClock
from tests.ports import free_port
from tests.web.serving import PASSWORD, served, told
from web import guarded_server
from web.body_gate import BodyGate
from web.guarded_server import Doorkeeper, Rules
from web.http.callers import Caller, stranger
from web.http.lanes import Lanes
from web.server import _turn


@pytest.fixture
def port(config):
    with served(config) as found:
        yield found.web.port


STRANGERS_BODY = 64_000


def signed_in(port, login="lan"):
    """The cookie of a person who has signed in."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    line.request("GET", "/dang-nhap")
    page = line.getresponse()
    token = re.search(r'name="form_token" value="([^"]+)"', page.read().decode())[1]
    headers = {
        "Cookie": page.getheader("Set-Cookie").split(";")[0],
        "Content-Type": "application/x-www-form-urlencoded",
    }
    fields = urlencode({"login": login, "password": PASSWORD, "form_token": token, "toi": ""})
    line.request("POST", "/dang-nhap", fields, headers)
    answer = line.getresponse()
    answer.read()
    line.close()
    cookies = [value for name, value in answer.getheaders() if name == "Set-Cookie" and value.startswith("loa=")]
    return cookies[0].split(";")[0]


def head_of(method, path, port, **headers):
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def test_a_strangers_large_body_is_refused_before_its_first_byte(port):
    answer = told(port, head_of("POST", "/kho/tai-len", port, Content_Length=STRANGERS_BODY + 1))
    assert answer.startswith(b"HTTP/1.1 413")


def test_a_stranger_cannot_hide_a_large_body_in_pieces(port):
    answer = told(port, head_of("POST", "/dang-nhap", port, Transfer_Encoding="chunked"))
    assert answer.startswith(b"HTTP/1.1 413")


def test_a_forged_cookie_is_a_strangers(port):
    head = head_of("POST", "/kho/tai-len", port, Content_Length=STRANGERS_BODY + 1, Cookie="loa=" + "x" * 43)
    assert told(port, head).startswith(b"HTTP/1.1 413")


def test_a_strangers_form_is_taken(port):
    body = b"login=lan&password=" + b"x" * 10_000
    head = head_of(
        "POST", "/dang-nhap", port, Content_Length=len(body), Connection="close",
        Content_Type="application/x-www-form-urlencoded",
    )  # fmt: skip
    assert told(port, head + body).startswith(b"HTTP/1.1 422")


def test_a_signed_in_person_may_send_a_large_body(port):
    cookie = signed_in(port)
    body = b"x" * (STRANGERS_BODY * 2)
    head = head_of("POST", "/kho/tai-len", port, Content_Length=len(body), Cookie=cookie, Connection="close")
    assert told(port, head + body).startswith(
        b"HTTP/1.1 422"
    )  # without the form's token: the page refused it, not the door


def test_a_file_that_was_being_sent_when_the_page_ended_is_closed(tmp_path):
    large, opened = tmp_path / "large.wav", []
    with large.open("wb") as file:
        file.truncate(200_000_000)

    def app(environ, start):
        opened.append(large.open("rb"))
        start("200 OK", [])
        return environ["wsgi.file_wrapper"](opened[0])

    keeper, port, stop = keeper_of(), free_port(), threading.Event()
    keeper.dispatcher.set_thread_count(1)
    keeper.listen(app, "127.0.0.1", port)
    loop = threading.Thread(target=_turn, args=(keeper, stop))
    loop.start()
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(head_of("GET", "/", port))
        line.recv(1)
        stop.set()
        loop.join()
        keeper.dispatcher.shutdown()
        assert not opened[0].closed
        keeper.close()
    assert opened[0].closed


def keeper_of(**limits):
    """A guarded_server who knows nobody."""
    limits = LimitsConfig(**limits)
    gate = BodyGate.__new__(BodyGate)
    gate.judge = lambda *_: None
    return Doorkeeper(Rules(lambda _, address: stranger(address), gate, SystemClock().monotonic, 1_000_000, limits))


@pytest.fixture
def short_patience(monkeypatch):
    monkeypatch.setattr(guarded_server, "HEAD_WITHIN", 1.0)


def _drip(line):
    for number in range(2400):
        line.sendall(f"X-{number}: drip\r\n".encode())
        time.sleep(0.05)  # noqa: TID251 - a slow enemy


def test_a_head_that_drips_is_cut_off(short_patience, port):
    with socket.create_connection(("127.0.0.1", port), timeout=120) as line:
        line.sendall(b"GET / HTTP/1.1\r\n")
        with pytest.raises(ConnectionError):
            _drip(line)


def test_a_connection_that_waits_between_requests_is_not_cut_off(short_patience, port):
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for _ in range(2):
        line.request("GET", "/dang-nhap")
        assert line.getresponse().read()
        time.sleep(1.8)  # noqa: TID251 - longer than the head's patience
    line.close()


def test_hundreds_of_slow_connections_of_one_address_leave_the_page_to_others(port):
    with ExitStack() as held:
        for _ in range(200):
            line = held.enter_context(socket.socket())
            line.bind(("127.0.0.1", 0))
            line.connect(("127.0.0.1", port))
            line.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
        answer = told(port, head_of("GET", "/dang-nhap", port, Connection="close"))
    assert answer.startswith(b"HTTP/1.1 200")


def connection(keeper, number, caller, *, answering=0):
    """A connection as the guarded_server counts it, without a socket."""
    found = guarded_server._Connection.__new__(guarded_server._Connection)
    found.caller, found.since, found.answering, found.requests = caller, float(number), answering, []
    keeper.sockets[number] = found
    return found


def test_an_address_that_holds_too_many_connections_loses_its_oldest_idle_one():
    keeper = keeper_of(of_one=8)
    lines = [connection(keeper, n, stranger("192.0.2.7"), answering=n == 0) for n in range(8)]
    other = connection(keeper, 9, stranger("192.0.2.8"))
    assert keeper.makes_room(stranger("192.0.2.7"))
    assert [one.will_close for one in lines] == [False, True, *[False] * 6]
    assert not other.will_close
    assert keeper.makes_room(stranger("127.0.0.1"))


def test_where_strangers_hold_all_that_is_theirs_the_one_with_the_most_gives_way():
    keeper = keeper_of(strangers=16)
    crowd = [connection(keeper, n, stranger(f"192.0.2.{n % 3}")) for n in range(1, 16)]
    many = [connection(keeper, 20 + n, stranger("198.51.100.1")) for n in range(7)]
    person = connection(keeper, 0, Caller("person 1", object(), acts=True))
    assert keeper.makes_room(stranger("203.0.113.9"))
    assert many[0].will_close
    assert not person.will_close
    assert not any(one.will_close for one in crowd)


def test_what_a_thread_answers_gives_way_to_nobody():
    keeper = keeper_of(strangers=16)
    for number in range(16):
        connection(keeper, number, stranger(f"192.0.2.{number}"), answering=1)
    assert not keeper.makes_room(stranger("203.0.113.9"))
    assert keeper.makes_room(Caller("person 1", object(), acts=True))


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.7", "address 192.0.2.7"),
        ("::ffff:192.0.2.7", "address 192.0.2.7"),
        ("2001:db8:0:1:aaaa::1", "address 2001:db8:0:1::"),
        ("2001:db8:0:1:bbbb::2", "address 2001:db8:0:1::"),
        ("fe80::1%eth0", "address fe80::"),
        ("unknown", "address unknown"),
    ],
)
def test_an_address_is_counted_as_a_subscriber(address, key):
    assert stranger(address).key == key


class Asked:
    """A connection with one whole request, as the threads see it."""

    answering = 0

    def __init__(self, caller):
        self.requests, self.addr = [type("Request", (), {"caller": caller})()], ("192.0.2.1", 1)


ACTING, LOOKING = Caller("person 1", object(), acts=True), Caller("person 2", object())


def test_people_who_act_are_answered_first_and_no_caller_takes_every_thread():
    lanes = Lanes(at_once=2)
    lanes.threads = set(range(8))
    crowd = [Asked(stranger(f"192.0.2.{n}")) for n in range(9)]
    lookers, officer = [Asked(LOOKING) for _ in range(3)], Asked(ACTING)
    lanes.queue.extend([*crowd, *lookers, officer])
    order = []
    while (task := lanes._next()) is not None:
        lanes._begin(task)
        order.append(task)
    assert order[0] is officer
    assert order[1:3] == lookers[:2], "two of one person, the third waits"
    assert order[3:] == crowd[:2], "all strangers together are one caller"


# HTTPS


@pytest.fixture
def secure(config):
    with served(config, tls="own", tls_port=free_port()) as found:
        yield found


def trusting(config):
    return ssl.create_default_context(cafile=str(config.data / "tls" / "authority.crt"))


def test_the_page_is_read_over_https_by_whoever_trusts_its_authority(secure):
    line = http.client.HTTPSConnection("127.0.0.1", secure.web.tls_port, timeout=120, context=trusting(secure))
    for _ in range(3):  # one connection, several requests
        line.request("GET", "/dang-nhap")
        answer = line.getresponse()
        assert answer.status == 200
        assert "Đăng nhập" in answer.read().decode()
    assert "Secure" in answer.getheader("Set-Cookie")
    line.close()


def test_who_does_not_trust_the_authority_is_warned(secure):
    line = http.client.HTTPSConnection("127.0.0.1", secure.web.tls_port, timeout=120)
    with pytest.raises(ssl.SSLCertVerificationError):
        line.request("GET", "/dang-nhap")


def test_old_tls_is_refused(secure):
    context = trusting(secure)
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    line = http.client.HTTPSConnection("127.0.0.1", secure.web.tls_port, timeout=120, context=context)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        line.request("GET", "/dang-nhap")


def test_a_large_body_arrives_whole_over_https(secure):
    line = http.client.HTTPSConnection("127.0.0.1", secure.web.tls_port, timeout=120, context=trusting(secure))
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": signed_in(secure.web.port)}
    line.request("POST", "/kho/tai-len", urlencode({"title": "x" * 900_000}), headers)
    assert line.getresponse().status == 422
    line.close()


def test_a_long_answer_arrives_whole_over_https_though_it_is_read_slowly(secure):
    line = http.client.HTTPSConnection("127.0.0.1", secure.web.tls_port, timeout=120, context=trusting(secure))
    line.request("GET", "/static/vendor/htmx-4.0.1/htmx.min.js")
    answer = line.getresponse()
    size, got = int(answer.getheader("Content-Length")), b""
    while piece := answer.read(1000):
        got += piece
        time.sleep(0.002)  # noqa: TID251 - a slow line
    assert len(got) == size
    line.close()


def test_many_readers_and_writers_of_one_secure_page_do_not_disturb_each_other(secure):
    context, faults = trusting(secure), []

    def read():
        try:
            line = http.client.HTTPSConnection("127.0.0.1", secure.web.tls_port, timeout=120, context=context)
            for _ in range(20):
                line.request("GET", "/static/app.css")
                answer = line.getresponse()
                assert len(answer.read()) == int(answer.getheader("Content-Length"))
            line.close()
        except Exception as error:  # noqa: BLE001 - of any kind
            faults.append(error)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


@pytest.mark.parametrize("noise", [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00" + b"\x00" * 600, b"\x00" * 5000])
def test_what_is_no_tls_ends_its_own_connection_and_nothing_else(noise, secure):
    with socket.create_connection(("127.0.0.1", secure.web.tls_port), timeout=120) as line:
        line.sendall(noise)
        try:
            while line.recv(4096):
                pass
        except ConnectionError:
            pass
    test_the_page_is_read_over_https_by_whoever_trusts_its_authority(secure)


def test_who_connects_and_says_nothing_is_cut_off_and_keeps_nobody_waiting(secure, monkeypatch):
    with ExitStack() as held:
        silent = [
            held.enter_context(socket.create_connection(("127.0.0.1", secure.web.tls_port), timeout=120))
            for _ in range(40)
        ]
        test_the_page_is_read_over_https_by_whoever_trusts_its_authority(secure)
        monkeypatch.setattr(guarded_server, "HEAD_WITHIN", 1.0)  # only now: an honest reader may be slow too
        assert silent[0].recv(1) == b""


def test_with_https_plain_http_is_heard_on_this_machine_alone(secure):
    assert told(secure.web.port, head_of("GET", "/dang-nhap", secure.web.port, Connection="close")).startswith(
        b"HTTP/1.1 200"
    )
    with socket.socket() as line, pytest.raises(ConnectionRefusedError):
        line.connect(("127.0.0.2", secure.web.port))
