"""The proxy of an office: asked for a way where the environment names it, and held to the same bounds as a server."""

import socket
import ssl
import threading
from contextlib import closing
from dataclasses import replace

import pytest

from scheduler.kernel.net.faults import HttpError, HttpFault
from scheduler.kernel.net.proxy import proxy_for
from tests.net.hostile import hostile, issued
from tests.ports import free_port


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def behind(tmp_path):
    """A server that only its proxy can reach, and a client that trusts it."""
    context, pem = issued(tmp_path, "xa.example")
    with hostile(context=context) as server:
        yield server, ssl.create_default_context(cafile=str(pem))


@pytest.fixture
def proxy(monkeypatch, behind):
    """Leads every CONNECT to that server, unless it says otherwise."""
    with hostile() as running:
        running.says = lambda link: _lead(link, behind[0].port)
        monkeypatch.setenv("HTTPS_PROXY", f"http://nguoi:mat%20khau@127.0.0.1:{running.port}")
        yield running


def _lead(link, port):
    link.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    with closing(socket.create_connection(("127.0.0.1", port))) as other:

        def carry(one, two):
            try:
                while data := one.recv(65_536):
                    two.sendall(data)
                two.shutdown(socket.SHUT_WR)
            except OSError:
                return

        back = threading.Thread(target=carry, args=(other, link))
        back.start()
        carry(link, other)
        back.join()


def got(client_of, behind, **limits):
    client = replace(client_of(trust=behind[1], **limits), uses_proxy=True)
    with client.ask("GET", f"https://xa.example:{behind[0].port}/a") as answer:
        return answer.body()


def fault_of(act):
    with pytest.raises(HttpError) as caught:
        act()
    return caught.value.fault


def test_a_server_is_reached_through_the_proxy_and_vouched_for_by_tls(client_of, behind, proxy):
    assert got(client_of, behind) == b"hello"
    lines = proxy.asked[0].decode().split("\r\n")
    assert lines[:2] == [f"CONNECT xa.example:{behind[0].port} HTTP/1.1", f"Host: xa.example:{behind[0].port}"]
    assert "Proxy-Authorization: Basic bmd1b2k6bWF0IGtoYXU=" in lines
    assert behind[0].names == ["xa.example"]
    assert b"Proxy-Authorization" not in behind[0].asked[0]


@pytest.mark.parametrize(
    ("says", "fault"),
    [
        (b"HTTP/1.1 407 Who?\r\n\r\n", HttpFault.UNREACHABLE),
        (b"HTTP/1.1 302 Found\r\nLocation: http://cong.example/\r\n\r\n", HttpFault.UNREACHABLE),
        (b"<html>\r\n\r\n", HttpFault.UNREACHABLE),
        (b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 20_000, HttpFault.BAD_ANSWER),
        (b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", HttpFault.TLS),
    ],
    ids=["password", "portal", "page", "endless", "no_tls_behind"],
)
def test_a_proxy_that_leads_nowhere_is_a_fault(client_of, behind, proxy, says, fault):
    def answer(link):
        link.sendall(says)
        link.shutdown(socket.SHUT_WR)

    proxy.says = answer
    assert fault_of(lambda: got(client_of, behind)) is fault
    assert behind[0].asked == []


def test_a_proxy_that_drips_is_left(client_of, behind, proxy):
    proxy.says = proxy.drips(b"a: b\r\n" * 999, b"HTTP/1.1 200 OK\r\n")
    assert fault_of(lambda: got(client_of, behind, whole=0.3)) is HttpFault.SLOW


def test_a_proxy_that_is_not_there_is_unreachable(client_of, behind, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", f"127.0.0.1:{free_port()}")
    assert fault_of(lambda: got(client_of, behind)) is HttpFault.UNREACHABLE
    monkeypatch.setenv("HTTPS_PROXY", "socks5://127.0.0.1:1080")
    assert fault_of(lambda: got(client_of, behind)) is HttpFault.UNREACHABLE


def test_nobody_is_asked_for_a_way_where_none_is_needed(client_of, monkeypatch):
    source = client_of().addresses.judge("https://xa.example/")
    assert proxy_for(source) is None
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:3128")
    assert proxy_for(source).port == 3128
    assert proxy_for(client_of().addresses.judge("http://xa.example/")) is None
    monkeypatch.setenv("NO_PROXY", "example")
    assert proxy_for(source) is None
