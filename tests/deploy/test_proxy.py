"""The shipped Caddyfile in the real Caddy, on loopback ports, before the real page."""

import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
from contextlib import ExitStack
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.needs import needed
from tests.playout.servers import wait_for
from tests.ports import free_port
from tests.web.serving import PASSWORD, served

CADDY = os.environ.get("CADDY") or shutil.which("caddy") or "/usr/bin/caddy"
FILE = Path(__file__).parents[2] / "deploy" / "Caddyfile"
NAME = "loa.thixa.example.vn"


@pytest.fixture
def page(config):
    with served(config, trusted_proxy="127.0.0.1", names=(NAME,)) as found:
        yield found.web.port


@pytest.fixture
def proxy(page, tmp_path):
    """The port on which Caddy speaks HTTPS."""
    needed(CADDY)
    port, plain = free_port(), free_port()
    text = FILE.read_text(encoding="utf-8").replace("127.0.0.1:8642", f"127.0.0.1:{page}")
    text = text.replace("/var/log/caddy/", f"{tmp_path}/").replace(f"{NAME} {{", f"{NAME} {{\n\ttls internal", 1)
    head = f"{{\n\tadmin off\n\tskip_install_trust\n\thttp_port {plain}\n\thttps_port {port}\n}}\n"
    (tmp_path / "Caddyfile").write_text(head + text, encoding="utf-8")
    command = [CADDY, "run", "--config", str(tmp_path / "Caddyfile"), "--adapter", "caddyfile"]
    homes = {name: str(tmp_path) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    with (tmp_path / "caddy.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | homes)
    try:
        wait_for(lambda: certified(port), "Caddy's certificate", 120)
        yield port
    finally:
        process.kill()
        process.wait()


def over_tls(port):
    """A socket to the page's name; the authority is one that was made a moment ago."""
    tls = ssl.create_default_context()
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    line = socket.create_connection(("127.0.0.1", port), 60)
    try:
        return tls.wrap_socket(line, server_hostname=NAME)
    except OSError:
        line.close()
        raise


def certified(port):
    """Whether Caddy has its certificate; until then it turns away everybody."""
    try:
        over_tls(port).close()
    except OSError:
        return False
    return True


class Browser:
    """One connection after the other, with its cookies."""

    def __init__(self, port):
        self.port, self.cookies = port, {}
        self.lines = ExitStack()

    def ask(self, method, path, fields=None, **headers):
        line = http.client.HTTPConnection("127.0.0.1", self.port)
        line.sock = self.lines.enter_context(over_tls(self.port))
        head = {"Host": NAME, "Accept-Encoding": "gzip", "Origin": f"https://{NAME}", **headers}
        head["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if fields:
            head["Content-Type"] = "application/x-www-form-urlencoded"
        line.request(method, path, urlencode(fields or {}) or None, head)
        answer = self.lines.enter_context(line.getresponse())
        for told in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: one.value for name, one in SimpleCookie(told).items()}
        return answer

    def sign_in(self):
        form = self.ask("GET", "/dang-nhap", **{"Accept-Encoding": "identity"})
        token = re.search(r'name="form_token" value="([^"]+)"', form.read().decode())[1]
        return self.ask("POST", "/dang-nhap", {"login": "lan", "password": PASSWORD, "form_token": token})


@pytest.fixture
def browser(proxy):
    made = Browser(proxy)
    with made.lines:
        yield made


def test_the_file_is_what_caddy_would_accept():
    needed(CADDY)
    told = subprocess.run(
        [CADDY, "adapt", "--adapter", "caddyfile", "--config", str(FILE)], capture_output=True, timeout=60, check=False
    )
    assert told.returncode == 0, told.stderr.decode()
    assert json.loads(told.stdout)["apps"]["http"]


def test_the_live_line_comes_through_word_by_word_although_pages_are_compressed(browser):
    answer = browser.sign_in()
    assert (answer.status, answer.headers["Location"]) == (303, "/truc-tiep")
    page = browser.ask("GET", "/truc-tiep")
    assert (page.status, page.headers["Content-Encoding"]) == (200, "gzip")
    line = browser.ask("GET", "/su-kien")
    assert line.headers["Content-Type"].startswith("text/event-stream")
    assert line.headers["Content-Encoding"] is None
    words = [line.readline() for _ in range(3)]  # the first word comes at once, not when a buffer is full
    assert any(word.strip() for word in words)


def test_cookies_are_for_https_alone_and_the_real_caller_is_known(browser):
    answer = browser.sign_in()
    told = answer.headers.get_all("Set-Cookie")
    assert told
    assert all("Secure" in one for one in told)
    assert answer.headers["Strict-Transport-Security"]
    assert answer.headers["Server"] is None


def test_what_a_caller_says_of_itself_is_thrown_away(browser):
    answer = browser.ask("GET", "/dang-nhap", **{"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "1.2.3.4"})
    assert answer.status == 200
    assert "evil.example" not in str(answer.headers)
