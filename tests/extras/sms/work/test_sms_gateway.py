"""The adapter against a server that may say anything: every answer has its meaning, nothing raises, nothing leaks."""

import logging
import socket
import ssl
import threading
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.words.wording import REASONS
from scheduler.extras.sms.gateway import Fate, KannelGateway, KannelSettings, judged
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import Refused

YES = b"HTTP/1.0 202 Accepted\r\nContent-Type: text/html\r\nContent-Length: 24\r\n\r\n0: Accepted for delivery"
NUMBER = "+84912345678"


class Face:
    """A server that says what it is told, to one connection after the other, and keeps what it was asked."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.says, self.asked, self.holds, self.drips = YES, [], threading.Event(), False
        self.reads = True
        self.holds.set()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/cgi-bin/sendsms"

    def _serve(self):
        while True:
            try:
                link, _ = self.listener.accept()
            except OSError:
                return
            with link:
                self._answer(link)

    def _answer(self, link):
        got = b""
        link.settimeout(60)
        try:
            while self.reads and b"\r\n\r\n" not in got and (piece := link.recv(4096)):
                got += piece
            self.asked.append(got.decode("latin-1"))
            self.holds.wait(60)
            if self.drips:
                for byte in self.says:
                    link.sendall(bytes([byte]))
                    time.sleep(0.05)  # noqa: TID251 - a server that drips
            else:
                link.sendall(self.says)
        except OSError:
            return

    def close(self):
        self.holds.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(60)


@pytest.fixture
def face():
    opened = Face()
    yield opened
    opened.close()


def gateway(url, **more):
    settings = {
        "url": url,
        "user": "phuong",
        "sender": "UBND",
        "timeout": 60.0,
        "allowed_hosts": ("127.0.0.0/8", "::1"),
    }
    return KannelGateway(KannelSettings(**settings | more), SystemClock().monotonic)


def http(status, body="", **headers):
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.0 {status} X\r\n{lines}\r\n{body}".encode()


def test_a_request_is_in_kannels_words_with_the_text_untouched(face, tmp_path):
    secret = tmp_path / "mat-khau"
    secret.write_text("bí mật+&#1\n", encoding="utf-8")
    secret.chmod(0o600)
    body = "Mời bà con & cô bác: 50% + “miễn phí”?\n😀"
    assert gateway(face.url, password_file=secret).send(NUMBER, body).fate is Fate.SENT
    (asked,) = face.asked
    method, target, version = asked.split("\r\n")[0].split(" ")
    told = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
    assert (method, version, urlsplit(target).path) == ("GET", "HTTP/1.1", "/cgi-bin/sendsms")
    assert told == {
        "username": "phuong", "password": "bí mật+&#1", "to": NUMBER, "from": "UBND", "text": body,
        "charset": "UTF-8", "coding": "2",
    }  # fmt: skip


def test_plain_letters_are_sent_in_seven_bits(face):
    gateway(face.url).send(NUMBER, "Moi ba con")
    assert "coding=0" in face.asked[0]


@pytest.mark.parametrize(
    ("says", "fate", "reason"),
    [
        pytest.param(YES, Fate.SENT, "", id="accepted"),
        pytest.param(http(202, "3: Queued for later delivery"), Fate.SENT, "", id="queued"),
        pytest.param(http(200, "0: Accepted for delivery"), Fate.SENT, "", id="accepted_without_a_length"),
        pytest.param(http(503, "Temporal failure, try again later."), Fate.LATER, "sms_busy", id="for_now"),
        pytest.param(http(429, "slow down"), Fate.LATER, "sms_busy", id="too_fast"),
        pytest.param(http(403, "Authorization failed for sendsms"), Fate.HALT, "sms_auth", id="password"),
        pytest.param(http(401), Fate.HALT, "sms_auth", id="unauthorised"),
        pytest.param(
            http(400, "Number(s) has/have been denied by white- and/or black-lists."),
            Fate.FAILED, "sms_number_refused", id="number",
        ),
        pytest.param(http(403, "Not routable. Do not try again."), Fate.FAILED, "sms_number_refused", id="not_routable"),
        pytest.param(
            http(400, "Sender missing and no global set, rejected"), Fate.HALT, "sms_gateway_refused", id="no_sender"
        ),
        pytest.param(http(404, "<h1>Not found</h1>"), Fate.HALT, "sms_gateway_refused", id="wrong_path"),
        pytest.param(http(500, "<h1>Oops</h1>"), Fate.FAILED, "sms_gateway_error", id="fault"),
        pytest.param(http(502), Fate.FAILED, "sms_gateway_error", id="bad_gateway"),
        pytest.param(http(200, "<html><body>Đăng nhập wifi</body></html>"), Fate.FAILED, "sms_bad_answer", id="html"),
        pytest.param(http(200, '{"status": "ok"}'), Fate.FAILED, "sms_bad_answer", id="another_language"),
        pytest.param(http(200), Fate.FAILED, "sms_bad_answer", id="an_empty_yes"),
        pytest.param(
            http(302, Location="http://127.0.0.1/elsewhere"), Fate.HALT, "sms_bad_answer", id="redirect_not_followed"
        ),
        pytest.param(b"", Fate.UNKNOWN, "sms_cut_off", id="hung_up"),
        pytest.param(
            http(202, "0: Acc", Content_Length="24"), Fate.UNKNOWN, "sms_cut_off", id="cut_off_in_the_answer"
        ),
        pytest.param(http(200, "x" * 200_000), Fate.FAILED, "sms_bad_answer", id="endless"),
        pytest.param(b"HTTP/1.0 200 X\r\n" + b"a: b\r\n" * 20_000, Fate.UNKNOWN, "sms_cut_off", id="endless_head"),
    ],
)  # fmt: skip
def test_what_an_answer_means(face, says, fate, reason):
    face.says = says
    answer = gateway(face.url).send(NUMBER, "Moi ba con")
    assert (answer.fate, answer.reason) == (fate, reason)
    assert reason == "" or reason in REASONS
    assert len(face.asked) == 1
    assert len(answer.told) <= 200


def test_only_an_answer_in_a_strange_language_halts_the_list_too():
    assert judged(200, "<html>").halts
    assert not judged(500, "<html>").halts
    assert not judged(202, "0: Accepted for delivery").halts


@pytest.mark.parametrize("drips", [False, True], ids=["silent", "a byte now and then"])
def test_a_gateway_that_does_not_answer_in_time_leaves_a_doubt(face, drips):
    face.drips = drips
    if not drips:
        face.holds.clear()
    # Who went on waiting would have its yes in the end.
    answer = gateway(face.url, timeout=0.5).send(NUMBER, "Moi ba con")
    assert (answer.fate, answer.reason) == (Fate.UNKNOWN, "sms_no_answer")


def test_a_gateway_that_is_not_there_has_taken_nothing(face):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    answer = gateway(f"http://127.0.0.1:{port}/").send(NUMBER, "Moi ba con")
    assert (answer.fate, answer.reason) == (Fate.LATER, "sms_unreachable")


def test_a_name_that_nobody_knows_has_taken_nothing():
    answer = gateway("http://khong-co.invalid/").send(NUMBER, "Moi ba con")
    assert (answer.fate, answer.reason) == (Fate.LATER, "sms_unreachable")


def test_plain_words_to_a_port_that_wants_tls_are_an_unsafe_connection(face):
    face.says, face.reads = b"HTTP/1.0 400 Bad\r\n\r\n", False
    answer = gateway(face.url.replace("http:", "https:")).send(NUMBER, "Moi ba con")
    assert (answer.fate, answer.reason) == (Fate.HALT, "sms_tls")
    assert ssl.OPENSSL_VERSION  # TLS is in this Python


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:13013/cgi-bin/sendsms", "sms_host_private"),
        ("http://[::1]:13013/cgi-bin/sendsms", "sms_host_private"),
        ("http://localhost:13013/", "sms_host_private"),
        ("http://169.254.169.254/", "sms_host_private"),
        ("http://10.0.0.1/", "sms_host_private"),
        ("http://ten:mat-khau@gateway.example/", "sms_url_invalid"),
        ("http://gateway.example/send?to=1", "sms_url_invalid"),
        ("ftp://gateway.example/", "sms_url_invalid"),
        ("line:", "sms_url_invalid"),
        ("http://gateway.example:25/", "sms_url_invalid"),
    ],
)
def test_an_address_that_may_not_be_asked_halts_and_nothing_is_sent(url, reason):
    made = gateway(url, allowed_hosts=())
    answer = made.send(NUMBER, "Moi ba con")
    assert (answer.fate, answer.reason) == (Fate.HALT, reason)
    with pytest.raises(Refused, match=reason):
        made.check()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_password_that_others_may_read_is_not_used(face, tmp_path, mode):
    secret = tmp_path / "mat-khau"
    secret.write_text("bi-mat", encoding="utf-8")
    secret.chmod(mode)
    answer = gateway(face.url, password_file=secret).send(NUMBER, "Moi ba con")
    assert (answer.fate, answer.reason, face.asked) == (Fate.HALT, "sms_password_file", [])


def test_a_password_file_that_is_not_there_halts(face, tmp_path):
    answer = gateway(face.url, password_file=tmp_path / "khong-co").send(NUMBER, "Moi ba con")
    assert (answer.fate, answer.reason, face.asked) == (Fate.HALT, "sms_password_file", [])


def test_password_and_number_are_in_no_log_and_no_answer(face, tmp_path, caplog):
    secret = tmp_path / "mat-khau"
    secret.write_text("bi-mat-lam", encoding="utf-8")
    secret.chmod(0o600)
    caplog.set_level(logging.DEBUG)
    for says in (YES, http(500), b"", http(302, Location="/")):
        face.says = says
        answer = gateway(face.url, password_file=secret).send(NUMBER, "Moi ba con")
        assert "bi-mat-lam" not in repr(answer)
    assert "bi-mat-lam" not in caplog.text
    assert NUMBER not in caplog.text


@given(st.integers(100, 599), st.text(max_size=300))
def test_whatever_a_gateway_says_is_judged(status, text):
    answer = judged(status, text)
    assert answer.fate is not Fate.SENT or (200 <= status < 300 and text.strip()[:2] in {"0:", "3:"})
    assert answer.reason == "" or answer.reason in REASONS
