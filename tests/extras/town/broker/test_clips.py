"""Sounds over HTTP: gone on with where they broke, believed for their hash alone, asked for at judged addresses only."""

import base64
import hashlib
import os
import random
import resource
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from scheduler.extras.town.broker import keys
from scheduler.extras.town.broker.clips import fetch_clip, sweep
from scheduler.extras.town.broker.web import TownWeb, proof_of
from scheduler.kernel.errors import Refused
from tests.extras.town.broker.servers import Certificates
from tests.extras.town.work.town_side import now, page
from tests.ports import free_port

DATA = random.Random(7).randbytes(500_000)
SHA = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def sounds():
    with page() as told:
        yield told


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "town-sounds"


@pytest.fixture
def fetch(sounds, folder):
    def ask(url, *, size=None, seed=None):
        return fetch_clip(TownWeb(sounds.url, seed), url, SHA, size or len(DATA), folder)

    return ask


def kept(folder):
    return sorted(one.name for one in folder.iterdir())


def test_a_sound_comes_whole_and_nothing_else_stays(sounds, fetch, folder):
    _, path = sounds.add(DATA)
    got = fetch(path)
    assert got.read_bytes() == DATA
    assert kept(folder) == [f"{SHA}.wav"]
    assert sounds.asked == [(path, "", "", "", 200)]


def test_a_sound_that_breaks_at_forty_percent_is_gone_on_with(sounds, fetch, folder):
    _, path = sounds.add(DATA)
    sounds.cut_after = 200_000
    with pytest.raises(Refused, match="link_web_cut_off"):
        fetch(path)
    assert kept(folder) == [f"{SHA}.etag", f"{SHA}.part"]
    assert fetch(path).read_bytes() == DATA
    assert [(wanted, status) for _, wanted, _, _, status in sounds.asked] == [("", 200), ("bytes=200000-", 206)]
    assert sounds.asked[1][2] == f'"{SHA}"'


def test_a_part_of_another_version_is_thrown_away(sounds, fetch, folder):
    _, path = sounds.add(DATA)
    sounds.cut_after, sounds.etag = 200_000, '"an older one"'
    with pytest.raises(Refused, match="link_web_cut_off"):
        fetch(path)
    (folder / f"{SHA}.part").write_bytes(b"\0" * 200_000)
    sounds.etag = None
    assert fetch(path).read_bytes() == DATA
    assert [status for *_, status in sounds.asked] == [200, 200], "changed ETag: from the start"


def test_a_part_without_its_mark_is_begun_anew(sounds, fetch, folder):
    _, path = sounds.add(DATA)
    folder.mkdir()
    (folder / f"{SHA}.part").write_bytes(b"\0" * 1000)
    assert fetch(path).read_bytes() == DATA
    assert sounds.asked[0][1] == ""


def test_a_weak_mark_is_not_resumed_by(sounds, fetch, folder):
    _, path = sounds.add(DATA)
    sounds.cut_after, sounds.etag = 200_000, 'W/"perhaps"'
    with pytest.raises(Refused, match="link_web_cut_off"):
        fetch(path)
    assert fetch(path).read_bytes() == DATA
    assert sounds.asked[1][1] == ""


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (DATA[:-1] + b"!", len(DATA)),
        (DATA + b"more", len(DATA)),
        (DATA[:1000], 1000),
        (b"", 1),
    ],
    ids=["another byte", "longer than told", "another file", "empty"],
)
def test_a_sound_that_is_not_what_was_signed_leaves_nothing(sounds, fetch, folder, data, size):
    path = "/clips/x.wav"
    sounds.sounds[path] = data
    with pytest.raises(Refused, match="town_clip_wrong"):
        fetch(path, size=size)
    assert kept(folder) == []


def test_what_was_whole_already_is_verified_again_and_not_asked_for(sounds, fetch, folder):
    _, path = sounds.add(DATA)
    folder.mkdir()
    (folder / f"{SHA}.wav").write_bytes(DATA)
    assert fetch(path).read_bytes() == DATA
    assert sounds.asked == []
    (folder / f"{SHA}.wav").write_bytes(b"\0" * len(DATA))
    with pytest.raises(Refused, match="town_clip_wrong"):
        fetch(path)


@pytest.mark.parametrize("status", [404, 503])
def test_a_server_that_will_not_is_told_with_its_number(sounds, fetch, status):
    _, path = sounds.add(DATA)
    sounds.down = status == 503
    with pytest.raises(Refused, match=f"link_clip_refused.*{status}"):
        fetch(path if sounds.down else "/clips/none.wav")


def test_the_ward_proves_itself_to_its_town_and_to_nobody_else(sounds, fetch):
    seed = keys.new_seed()
    _, path = sounds.add(DATA)
    fetch(path, seed=seed)
    told = sounds.asked[0][3]
    assert told.startswith("Loa U")
    public, at, signature = told.removeprefix("Loa ").split(":")
    assert public == keys.public_of(seed)
    assert abs(int(at) - now().timestamp()) < 60
    assert keys.verify(public, f"GET {path} {at}".encode(), base64.b64decode(signature))
    assert told == proof_of(seed, "GET", path, int(at))


def test_an_address_inside_the_house_that_is_not_the_towns_is_not_asked(sounds, fetch):
    with page() as other:
        _, path = other.add(DATA)
        for url in (f"{other.url}{path}", "http://127.0.0.1:22/x", "http://[::1]/x", "http://10.1.2.3/x"):
            with pytest.raises(Refused, match=r"link_web_(private|address)"):
                fetch(url)
        assert other.asked == []


@pytest.mark.parametrize("url", ["ftp://x/y", "line:", "file:///etc/passwd", "http://a b/", "http://u:p@h/x"])
def test_an_address_that_is_none_is_refused(fetch, url):
    with pytest.raises(Refused, match="link_web_"):
        fetch(url)


def test_a_redirect_into_the_house_is_judged_like_an_address(folder):
    with page() as other:
        other.add(DATA)

        class Elsewhere(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(302)
                self.send_header("Location", f"{other.url}/clips/{SHA}.wav")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
            thread.start()
            base = f"http://127.0.0.1:{server.server_address[1]}"
            with pytest.raises(Refused, match="link_web_private"):
                fetch_clip(TownWeb(base, keys.new_seed()), "/clips/x.wav", SHA, len(DATA), folder)
            server.shutdown()
            thread.join(10)
        assert other.asked == []


def test_a_town_that_nobody_answers_at_is_said(folder):
    with pytest.raises(Refused, match="link_web_unreachable"):
        fetch_clip(TownWeb(f"http://127.0.0.1:{free_port()}"), "/clips/x.wav", SHA, 1, folder)


def test_a_full_disk_is_said_and_the_part_stays(sounds, folder, fetch):
    """A file may not grow past 100 kB here: what a full disk looks like to a writer."""
    _, path = sounds.add(DATA)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(Refused, match="disk_full"):
            fetch(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert 0 < (folder / f"{SHA}.part").stat().st_size <= 100_000
    assert fetch(path).read_bytes() == DATA
    assert sounds.asked[-1][4] == 206


def test_the_towns_own_authority_vouches_for_its_page_and_for_nothing_else(tmp_path, folder):
    made = Certificates.make(tmp_path / "tls")

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(DATA)))
            self.end_headers()
            self.wfile.write(DATA)

        def log_message(self, *_):
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate, made.key)
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        server.handle_error = lambda *_: None
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        base = f"https://localhost:{server.server_address[1]}"
        got = fetch_clip(TownWeb(base, None, made.ca), "/clips/x.wav", SHA, len(DATA), folder)
        assert got.read_bytes() == DATA
        got.unlink()
        with pytest.raises(Refused, match="link_web_tls"):
            fetch_clip(TownWeb(base), "/clips/x.wav", SHA, len(DATA), folder)
        with pytest.raises(Refused, match="link_ca_unreadable"):
            fetch_clip(TownWeb(base, None, tmp_path / "none.pem"), "/clips/x.wav", SHA, len(DATA), folder)
        server.shutdown()
        thread.join(10)


def test_parts_that_nobody_goes_on_with_are_swept(folder):
    folder.mkdir()
    for name, age in (("old.part", 40), ("old.etag", 40), ("new.part", 1)):
        (folder / name).write_bytes(b"x")
        at = now().timestamp() - age * 86_400
        os.utime(folder / name, (at, at))
    assert sweep(folder, now().timestamp() - 30 * 86_400) == 2
    assert kept(folder) == ["new.part"]
    assert sweep(folder / "none", 0) == 0
