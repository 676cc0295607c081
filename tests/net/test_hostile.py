"""Every bad way in which a server may answer, against the one client: each ends as its fault, in time, within its bytes.

What each caller of the client makes of a fault is its own test; that the fault is found out is proved here, once.
"""

import gzip
import logging
import socket
import ssl
import struct
import threading
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.kernel.errors import Refused
from scheduler.kernel.net.client import Addresses, KeptLine, Limits
from scheduler.kernel.net.faults import HttpError, HttpFault, told_as
from tests.net.hostile import OK, hostile, issued
from tests.ports import free_port

STREAM = {"whole": None, "header": 60.0, "idle": 60.0}


def got(client, url, method="GET", **how):
    with client.ask(method, url, **how) as answer:
        return answer.status, answer.body()


def fault_of(act):
    with pytest.raises(HttpError) as caught:
        act()
    return caught.value.fault


def head(*lines, status="200 OK"):
    return "\r\n".join((f"HTTP/1.1 {status}", *lines, "", "")).encode()


# Answers that are good, in every framing


CHUNKED = head("Transfer-Encoding: chunked") + b"2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nTrailer: a\r\n\r\n"


@pytest.mark.parametrize(
    "says",
    [
        OK,
        CHUNKED,
        b"HTTP/1.0 200 OK\r\n\r\nhello",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\nA: b\r\n\r\n" + OK,
        head("Content-Length: 5", *[f"X-{n}: {n}" for n in range(90)]) + b"hello",
        head("Content-Length: 5", "Content-Encoding: identity") + b"hello",
        head("Content-Length: 25", "Content-Encoding: gzip") + gzip.compress(b"hello", mtime=0),
        head("Content-Encoding: deflate", "Connection: close") + zlib.compress(b"hello"),
        head("Content-Length: what") + b"hello",
    ],
    ids=["length", "chunks", "until_the_end", "continue", "many_headers", "identity", "gzip", "deflate", "no_number"],
)
def test_a_good_answer_is_read_whole_however_it_is_framed(server, client_of, says):
    server.says = says
    assert got(client_of(), server.url) == (200, b"hello")


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_a_body_is_not_waited_for(server, client_of, status):
    server.says = server.then_silent(head(status=f"{status} X"))
    assert got(client_of(), server.url) == (status, b"")


def test_what_is_asked_is_plain_and_says_who_asks(server, client_of):
    got(client_of(), f"{server.url}/a?b=c", "POST", headers={"X-A": "b"}, body=b"body")
    lines, _, body = server.asked[0].partition(b"\r\n\r\n")
    first, *rest = lines.decode().split("\r\n")
    assert (first, body) == ("POST /a?b=c HTTP/1.1", b"body")
    assert set(rest) == {
        f"Host: 127.0.0.1:{server.port}", "User-Agent: LoaPhuong", "Accept-Encoding: identity", "Connection: close",
        "Content-Length: 4", "X-A: b",
    }  # fmt: skip


def test_a_header_cannot_bring_another_one_along(server, client_of):
    assert fault_of(lambda: got(client_of(), server.url, headers={"X": "a\r\nEvil: b"})) is HttpFault.BAD_ANSWER
    assert server.asked == []


# Seconds


def test_a_server_that_says_nothing_is_left_when_the_time_is_over(server, client_of):
    server.says = server.silent
    assert fault_of(lambda: got(client_of(whole=0.3), server.url)) is HttpFault.SLOW
    assert fault_of(lambda: got(client_of(**STREAM | {"idle": 0.3}), server.url)) is HttpFault.SILENT
    assert fault_of(lambda: got(client_of(**STREAM | {"header": 0.3}), server.url)) is HttpFault.SILENT


@pytest.mark.parametrize(
    ("first", "data"),
    [(b"", OK * 99), (b"HTTP/1.1 200 OK\r\n", b"a: b\r\n" * 99), (head("Content-Length: 999"), b"x" * 999)],
    ids=["first_line", "head", "body"],
)
def test_a_byte_now_and_then_buys_a_server_no_time(server, client_of, first, data):
    server.says = server.drips(data, first)
    assert fault_of(lambda: got(client_of(whole=0.3), server.url)) is HttpFault.SLOW


def test_a_chunk_that_drips_buys_no_time_either(server, client_of):
    server.says = server.drips(b"5;" + b"a" * 999, head("Transfer-Encoding: chunked"))
    assert fault_of(lambda: got(client_of(whole=0.3), server.url)) is HttpFault.SLOW


def test_a_head_that_drips_ends_with_the_time_for_heads(server, client_of):
    server.says = server.drips(b"a: b\r\n" * 999, b"HTTP/1.1 200 OK\r\n")
    assert fault_of(lambda: got(client_of(**STREAM | {"header": 1.0}), server.url)) is HttpFault.BAD_ANSWER


def test_a_stream_that_stops_is_silent(server, client_of):
    server.says = server.then_silent(head() + b"sound")
    client = client_of(**STREAM)
    with client.ask("GET", server.url) as answer:
        assert answer.read() == b"sound"
        answer._line._socket._limits = replace(client.limits, idle=0.3)  # patient until here, whatever the machine does
        assert fault_of(answer.read) is HttpFault.SILENT


def test_a_stream_may_last_once_its_head_is_here(server, client_of):
    now = [0.0]
    client = replace(client_of(**STREAM), monotonic=lambda: now[0])
    server.says = server.drips(b"x" * 20, head())
    with client.ask("GET", server.url) as answer:
        now[0] = 1000.0
        assert answer.first(20) == b"x" * 20


def test_a_server_that_does_not_read_is_not_written_to_for_ever(client_of):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        act = lambda: got(client_of(whole=0.3), url, "POST", body=bytes(50_000_000))  # noqa: E731
        assert fault_of(act) is HttpFault.SLOW


def test_tls_that_never_answers_ends_with_the_time_for_connecting(client_of):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"https://127.0.0.1:{deaf.getsockname()[1]}"
        assert fault_of(lambda: got(client_of(connect=0.3), url)) is HttpFault.UNREACHABLE


def test_redirects_share_one_time(server, client_of):
    def late(link):
        server.held.wait(0.2)
        link.sendall(head("Location: /again", "Content-Length: 0", status="302 X"))

    server.says = late
    with pytest.raises(HttpError) as caught:
        got(client_of(whole=0.5), server.url, redirects=9)
    assert (caught.value.fault, caught.value.details) == (HttpFault.SLOW, {"seconds": "0.5"})
    assert len(server.asked) <= 3


def test_bounds_of_nothing_are_no_bounds():
    with pytest.raises(ValueError, match="bound of time"):
        Limits(whole=None, header=1.0)


# Bytes


@cache
def bomb():
    return gzip.compress(bytes(50_000_000), mtime=0)


@pytest.mark.parametrize(
    "says",
    [
        lambda: head("Content-Length: 1000001"),
        lambda: head("Content-Length: 1000001", "Content-Encoding: gzip"),
        lambda: head() + bytes(1_000_001),
        lambda: head("Transfer-Encoding: chunked") + b"F4241\r\n" + bytes(1_000_001) + b"\r\n0\r\n\r\n",
        lambda: head(f"Content-Length: {len(bomb())}", "Content-Encoding: gzip") + bomb(),
        lambda: head("Content-Encoding: gzip, gzip") + gzip.compress(bomb(), mtime=0),
    ],
    ids=["told", "told_packed", "untold", "chunked", "packed", "packed_twice"],
)
def test_a_body_larger_than_allowed_is_not_read(server, client_of, says):
    server.says = says()
    assert fault_of(lambda: got(client_of(), server.url)) is HttpFault.TOO_BIG


def test_a_body_without_an_end_is_left_at_its_bound(server, client_of):
    server.says = server.endless(head(), bytes(65_536))
    assert fault_of(lambda: got(client_of(), server.url)) is HttpFault.TOO_BIG
    with client_of().ask("GET", server.url) as answer:
        assert len(answer.first(70_000)) == 70_000


def test_a_body_of_just_what_is_allowed_is_read(server, client_of):
    server.says = head("Content-Length: 1000000") + bytes(1_000_000)
    assert len(got(client_of(), server.url)[1]) == 1_000_000


@pytest.mark.parametrize(
    ("first", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"a: b\r\n"),
        (b"HTTP/1.1 200 OK\r\nA: ", b"x" * 4096),
        (b"HTTP/1.1 200 ", b"O" * 4096),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nA: b\r\n", b" folded\r\n"),
    ],
    ids=["many", "long", "first_line", "continue", "folded"],
)
def test_a_head_without_an_end_is_no_answer(server, client_of, first, piece):
    server.says = server.endless(first, piece)
    assert fault_of(lambda: got(client_of(), server.url)) is HttpFault.BAD_ANSWER


# Half answers and nonsense


@pytest.mark.parametrize(
    ("says", "fault"),
    [
        (b"", HttpFault.CUT_OFF),
        (b"HTTP/1.1 200", HttpFault.CUT_OFF),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", HttpFault.CUT_OFF),
        (head("Content-Length: 9") + b"hello", HttpFault.CUT_OFF),
        (head("Transfer-Encoding: chunked") + b"9\r\nhello", HttpFault.CUT_OFF),
        (head("Transfer-Encoding: chunked") + b"5\r\nhello\r\n", HttpFault.CUT_OFF),
        (head("Transfer-Encoding: chunked") + b"zz\r\nhello", HttpFault.CUT_OFF),
        (head("Transfer-Encoding: chunked") + b"-5\r\nhello", HttpFault.CUT_OFF),
        (head("Content-Length: 9", "Content-Encoding: gzip") + b"not gzip!", HttpFault.CUT_OFF),
        (b"SSH-2.0-OpenSSH_9.2\r\n" * 9, HttpFault.BAD_ANSWER),
        (b"HTTP/1.1 OK\r\n\r\n", HttpFault.BAD_ANSWER),
        (b"HTTP/1.1 999999 OK\r\n\r\n", HttpFault.BAD_ANSWER),
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", HttpFault.BAD_ANSWER),
        (b"\r\n\r\n\r\n", HttpFault.BAD_ANSWER),
        (head("Content-Length: 5, 6") + b"hello", HttpFault.BAD_ANSWER),
    ],
)
def test_half_an_answer_and_what_is_no_http_are_told_apart(server, client_of, says, fault):
    server.says = says
    assert fault_of(lambda: got(client_of(), server.url)) is fault


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\n", head("Content-Length: 9") + b"half"])
def test_a_connection_that_is_torn_down_is_cut_off(server, client_of, first):
    def reset(link):
        link.sendall(first)
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        link.close()

    server.says = reset
    assert fault_of(lambda: got(client_of(), server.url)) is HttpFault.CUT_OFF


def test_a_server_that_only_closes_its_ear_is_still_heard(server, client_of):
    def deaf(link):
        link.shutdown(socket.SHUT_RD)
        link.sendall(OK)

    server.says = deaf
    assert got(client_of(), server.url) == (200, b"hello")


@given(st.binary(max_size=400))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_bytes_come_they_are_an_answer_or_a_fault(server, client_of, says):
    server.says = says
    try:
        got(client_of(), server.url)
    except HttpError as error:
        assert error.fault in {HttpFault.BAD_ANSWER, HttpFault.CUT_OFF, HttpFault.TOO_BIG}  # noqa: PT017 - or it is read


# Addresses


def test_a_name_that_turns_inside_after_it_was_judged_is_never_asked_inside(server, client_of, names):
    with hostile(address="127.0.0.2", port=server.port) as inner:
        names.known["dai.example"] = [["127.0.0.1"], ["127.0.0.2"]]
        client = client_of(Addresses(allowed_hosts=("127.0.0.1",)))
        url = f"http://dai.example:{server.port}/a"
        assert got(client, url) == (200, b"hello")
        assert names.asked == ["dai.example"]
        assert f"Host: dai.example:{server.port}\r\n".encode() in server.asked[0]
        assert fault_of(lambda: got(client, url)) is HttpFault.PRIVATE
        assert (len(server.asked), inner.asked) == (1, [])


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.1"],
        ["93.184.216.34", "127.0.0.1"],
        ["127.0.0.1", "93.184.216.34"],
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["0.0.0.0"],  # noqa: S104 - what a name may resolve to
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["::ffff:10.0.0.1"],
        ["fe80::1"],
        ["fd00:ec2::254"],
        ["64:ff9b::a00:1"],
        ["2002:7f00:1::"],
    ],
)
def test_a_name_with_one_inner_address_is_asked_nowhere(client_of, names, monkeypatch, found):
    names.known["dai.example"] = found
    monkeypatch.setattr(socket, "socket", lambda *_: pytest.fail("a connection was tried"))
    assert fault_of(lambda: got(client_of(Addresses()), "http://dai.example/")) is HttpFault.PRIVATE


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://127.0.0.1/", HttpFault.PRIVATE),
        ("http://[::1]/", HttpFault.PRIVATE),
        ("http://[::ffff:127.0.0.1]/", HttpFault.PRIVATE),
        ("http://localhost/", HttpFault.PRIVATE),
        ("http://169.254.169.254/latest", HttpFault.PRIVATE),
        ("http://192.168.1.1/", HttpFault.PRIVATE),
        ("http://2130706433/", HttpFault.ADDRESS),
        ("http://0x7f.1/", HttpFault.ADDRESS),
        ("http://dai.example:25/", HttpFault.ADDRESS),
        ("http://ten:mat-khau@dai.example/", HttpFault.ADDRESS),
        ("ftp://dai.example/", HttpFault.ADDRESS),
        ("file:///etc/passwd", HttpFault.ADDRESS),
        ("line:hw:0", HttpFault.ADDRESS),
        ("http://dai.example\\@10.0.0.1/", HttpFault.ADDRESS),
        ("", HttpFault.ADDRESS),
    ],
)
def test_an_address_that_may_not_be_asked_is_refused_unasked(client_of, names, url, fault):
    assert fault_of(lambda: got(client_of(Addresses()), url)) is fault
    assert names.asked == []


def test_the_second_address_is_tried_where_the_first_does_not_answer(server, client_of, names):
    names.known["dai.example"] = ["127.0.0.9", "127.0.0.1"]
    assert got(client_of(), f"http://dai.example:{server.port}/") == (200, b"hello")


def test_a_machine_by_its_ipv6_address_is_asked(client_of):
    with hostile(address="::1") as server:
        assert got(client_of(), server.url) == (200, b"hello")
        assert f"Host: [::1]:{server.port}\r\n".encode() in server.asked[0]


def test_nobody_there_and_a_name_that_nobody_knows_are_unreachable(client_of, names):
    names.known["khong-co.example"] = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    for url in (f"http://127.0.0.1:{free_port()}/", "http://khong-co.example/"):
        assert fault_of(lambda url=url: got(client_of(), url)) is HttpFault.UNREACHABLE


def test_no_proxy_of_the_environment_is_asked(server, client_of, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert got(client_of(), server.url) == (200, b"hello")


# Redirects


def moved(to, status=302):
    return head(f"Location: {to}", "Content-Length: 0", status=f"{status} Moved")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    ("to", "fault"),
    [
        ("http://127.0.0.2:@/", HttpFault.PRIVATE),
        ("//127.0.0.2:@/", HttpFault.PRIVATE),
        ("http://dai.example:@/a", HttpFault.PRIVATE),
        ("http://169.254.169.254/latest", HttpFault.PRIVATE),
        ("http://2130706434:@/", HttpFault.ADDRESS),
        ("file:///etc/passwd", HttpFault.ADDRESS),
        ("line:", HttpFault.ADDRESS),
        ("http://[", HttpFault.ADDRESS),
    ],
)
def test_each_redirect_is_judged_like_a_first_address(server, client_of, names, status, to, fault):
    names.known["dai.example"] = [["127.0.0.1"], ["127.0.0.2"]]
    client, url = client_of(Addresses(allowed_hosts=("127.0.0.1",))), f"http://dai.example:{server.port}/"
    with hostile(address="127.0.0.2", port=server.port) as inner:
        server.script = [moved(to.replace("@", str(server.port)), status)]
        assert fault_of(lambda: got(client, url, redirects=3)) is fault
        assert (len(server.asked), inner.asked) == (1, [])


def test_a_redirect_is_an_answer_unless_somebody_follows(server, client_of):
    server.script = [moved("b"), moved("/c"), OK]
    with client_of().ask("GET", f"{server.url}/a") as answer:
        assert (answer.status, answer.moved_to) == (302, f"{server.url}/b")
    with client_of().ask("GET", f"{server.url}/a", redirects=1) as answer:
        assert (answer.body(), answer.redirects) == (b"hello", 1)
    assert [one.split()[1] for one in server.asked] == [b"/a", b"/a", b"/c"]


def test_a_round_of_redirects_ends_after_as_many_as_are_allowed(server, client_of):
    server.says = moved("/again")
    assert fault_of(lambda: got(client_of(), server.url, redirects=5)) is HttpFault.REDIRECTS
    assert len(server.asked) == 6


def test_a_redirect_that_leads_nowhere_is_an_answer(server, client_of):
    server.says = head("Content-Length: 0", status="302 Found")
    assert got(client_of(), server.url, redirects=3) == (302, b"")


def test_credentials_go_to_their_own_server_and_to_no_other(server, client_of):
    with hostile() as other:
        home = Addresses(allowed_hosts=("127.0.0.1",)).judge(server.url)
        client = client_of(Addresses(allowed_hosts=("127.0.0.1",), home=home))
        secret = {"credentials": lambda source: {"Authorization": f"Bearer {source.target}"}, "redirects": 2}
        server.script = [moved("/b"), moved(f"{other.url}/c")]
        assert got(client, f"{server.url}/a", **secret) == (200, b"hello")
        assert [b"Authorization: Bearer /a\r\n" in one for one in server.asked] == [True, False]
        assert b"Authorization: Bearer /b\r\n" in server.asked[1]
        assert b"Authorization" not in other.asked[0]


def test_only_the_named_server_may_lie_inside(server, client_of):
    with hostile() as other:
        home = Addresses(allow_private=True).judge(server.url)
        client = client_of(Addresses(home=home))
        assert got(client, server.url) == (200, b"hello")
        server.script = [moved(other.url)]
        assert fault_of(lambda: got(client, server.url, redirects=1)) is HttpFault.PRIVATE
        assert fault_of(lambda: got(client, f"http://localhost:{server.port}/")) is HttpFault.PRIVATE
        assert other.asked == []


# TLS


@pytest.fixture
def secured(tmp_path, names):
    """A server that may be called by a name, and the file that makes a client trust it."""
    context, pem = issued(tmp_path, "dai.example")
    for name in ("dai.example", "khac.example"):
        names.known[name] = ["127.0.0.1"]
    with hostile(context=context) as server:
        yield server, ssl.create_default_context(cafile=str(pem))


def test_tls_vouches_for_the_name_that_was_asked_for(secured, client_of):
    server, trust = secured
    assert got(client_of(trust=trust), f"https://dai.example:{server.port}/") == (200, b"hello")
    assert server.names == ["dai.example"]


def test_a_certificate_for_another_name_or_of_nobody_is_refused_before_a_word(secured, client_of):
    server, trust = secured
    asks = [
        (client_of(trust=trust), "khac.example"),
        (client_of(trust=trust), "127.0.0.1"),
        (client_of(), "dai.example"),
    ]
    for client, name in asks:
        assert fault_of(lambda c=client, n=name: got(c, f"https://{n}:{server.port}/")) is HttpFault.TLS
    assert server.asked == []


def test_a_certificate_that_has_run_out_is_refused(tmp_path, names, client_of):
    context, pem = issued(tmp_path, "cu.example", ends=datetime(2021, 1, 1, tzinfo=UTC))
    names.known["cu.example"] = ["127.0.0.1"]
    with hostile(context=context) as server:
        client = client_of(trust=ssl.create_default_context(cafile=str(pem)))
        assert fault_of(lambda: got(client, f"https://cu.example:{server.port}/")) is HttpFault.TLS
        assert server.asked == []


def test_plain_words_where_tls_was_wanted_are_a_fault_of_tls(client_of):
    with socket.create_server(("127.0.0.1", 0)) as plain:

        def answer():
            link, _ = plain.accept()
            with link:
                link.recv(99)
                link.sendall(b"HTTP/1.0 400 Bad\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        url = f"https://127.0.0.1:{plain.getsockname()[1]}/"
        assert fault_of(lambda: got(client_of(), url)) is HttpFault.TLS
        thread.join()


def test_who_vouches_for_the_named_server_vouches_for_no_other(secured, client_of):
    server, trust = secured
    url = f"https://dai.example:{server.port}/"
    allowed = ("127.0.0.1",)
    home = Addresses(allowed_hosts=allowed).judge(url)
    assert got(client_of(Addresses(allowed_hosts=allowed, home=home), trust), url) == (200, b"hello")
    elsewhere = Addresses(allowed_hosts=allowed).judge("https://khac.example/")
    client = client_of(Addresses(allowed_hosts=allowed, home=elsewhere), trust)
    assert fault_of(lambda: got(client, url)) is HttpFault.TLS


# A kept line


def asked_over(line, url, client):
    with line.ask("GET", client.addresses.judge(url)) as answer:
        return answer.body()


def test_a_kept_line_asks_over_one_connection_while_it_lasts(server, client_of):
    client = client_of()
    line = KeptLine(client)
    assert [asked_over(line, server.url, client) for _ in range(3)] == [b"hello"] * 3
    assert (len(server.asked), len(server._threads), line.is_open) == (3, 1, True)
    server.script = [head("Connection: close", "Content-Length: 4") + b"last"]
    assert asked_over(line, server.url, client) == b"last"
    assert not line.is_open
    assert asked_over(line, server.url, client) == b"hello"
    assert len(server._threads) == 2
    line.close()


def test_a_kept_line_is_not_gone_on_with_behind_half_an_answer_or_to_another_server(server, client_of):
    client = client_of()
    line = KeptLine(client)
    server.script = [head("Content-Length: 9") + b"unread!!!"]
    line.ask("GET", client.addresses.judge(server.url)).close()
    assert not line.is_open
    with hostile() as other:
        assert [asked_over(line, url, client) for url in (server.url, other.url)] == [b"hello"] * 2
        assert len(other.asked) == 1
        line.close()


def test_each_request_of_a_kept_line_has_its_own_time(server, client_of):
    now = [0.0]
    client = replace(client_of(whole=60.0), monotonic=lambda: now[0])
    line = KeptLine(client)
    for _ in range(4):
        assert asked_over(line, server.url, client) == b"hello"
        now[0] += 50.0
    assert len(server._threads) == 1
    line.close()


# What is told


def test_nothing_secret_of_a_request_is_in_the_log_or_in_a_fault(server, client_of, caplog):
    caplog.set_level(logging.DEBUG)
    answers = [OK, b"", b"junk\r\n\r\n", head("no colon here", "Content-Length: 5") + b"hello", moved("/bi-mat-lam")]
    for says in (*answers, head("Content-Length: 9") + b"bi-mat-lam"[:3]):
        server.says = says
        try:
            got(client_of(), f"{server.url}/bi-mat-lam?a=bi-mat-lam", headers={"Authorization": "bi-mat-lam"})
        except HttpError as error:
            assert "bi-mat-lam" not in f"{error} {error.details}"  # noqa: PT017 - some of them are answers
    assert len(server.asked) == 6
    assert "bi-mat-lam" not in caplog.text


def test_a_fault_leaves_in_the_callers_words():
    reasons = {fault: f"tinh_{fault}" for fault in HttpFault}
    with pytest.raises(Refused) as caught, told_as(reasons, path="x"):
        raise HttpError(HttpFault.SLOW, seconds="3")
    assert (caught.value.reason, caught.value.details) == ("tinh_slow", {"seconds": "3", "path": "x"})
