"""How a box gets its sounds: over a real HTTP line that breaks, lies, hangs, refuses; judged before anything counts."""

import hashlib
import http.server
import threading
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from audio_assets import part_file
from audio_assets.library import Library
from scheduler.extras.boxes.rules.plan import BoxClip
from scheduler.extras.boxes.work.fetch import fetch_clip
from scheduler.kernel.errors import Refused
from tests.ports import free_port


class Page(http.server.BaseHTTPRequestHandler):
    """Gives one sound as the ward's page does; `server.faults` says how it goes wrong, answer by answer."""

    def log_message(self, *_):
        pass

    def do_GET(self):
        server = self.server
        server.asked.append((self.path, self.headers.get("Range"), self.headers.get("If-Range")))
        fault = server.faults.pop(0) if server.faults else ""
        data = server.data
        if fault == "404":
            self.send_error(404)
            return
        if fault == "moved":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:1/x")
            self.end_headers()
            return
        first = 0
        if (asked := self.headers.get("Range")) and fault != "no range":
            first = int(asked.removeprefix("bytes=").rstrip("-"))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        else:
            self.send_response(200)
        body = data[first:]
        if fault == "other sound":
            body = bytes(len(body))
        if fault == "longer":
            body += b"x"
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if fault == "cut":
            self.wfile.write(body[: len(body) * 4 // 10])
            self.wfile.flush()
            self.connection.close()
        elif fault == "hangs":
            self.wfile.write(body[:1000])
            self.wfile.flush()
            server.release.wait(120)
        else:
            self.wfile.write(body)


@contextmanager
def serving(data):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    server.data, server.faults, server.asked, server.release = data, [], [], threading.Event()
    server.handle_error = lambda *_: None
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.release.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def master(tmp_path):
    """A sound as another station has made it: the bytes of its file, and what a plan says of it."""
    made = Library(tmp_path / "ward").add_master((np.sin(np.arange(200_000) / 20) * 8000).astype(np.int16))
    data = Library(tmp_path / "ward").path(made.sha256).read_bytes()
    return data, BoxClip(made.sha256, len(data), made.frames)


@pytest.fixture
def page(master):
    with serving(master[0]) as server:
        yield server


@pytest.fixture
def library(tmp_path):
    return Library(tmp_path / "box")


@pytest.fixture
def fetch(page, master, library, tmp_path):
    def once(clip=None, seconds=20.0, url=None):
        url = url or f"http://127.0.0.1:{page.server_address[1]}"
        fetch_clip(url, clip or master[1], library, tmp_path / "parts", seconds=seconds)

    return once


def refused(act, reason):
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.reason == reason


def test_a_sound_arrives_bit_for_bit_and_is_not_asked_for_again(fetch, page, library, master):
    fetch()
    fetch()
    assert library.path(master[1].sha256).read_bytes() == master[0]
    assert [asked[0] for asked in page.asked] == [f"/cum-loa/am/{master[1].sha256}.wav"]
    assert len(library.load(master[1].sha256)) == 200_000


def test_a_line_that_breaks_is_gone_on_with_where_it_broke(fetch, page, library, master):
    page.faults = ["cut"]
    refused(fetch, "cluster_sound_cut")
    fetch()
    had = len(master[0]) * 4 // 10
    assert page.asked[1][1:] == (f"bytes={had}-", f'"{master[1].sha256}"')
    assert library.path(master[1].sha256).read_bytes() == master[0]


def test_a_page_that_knows_no_range_gives_it_from_the_start(fetch, page, library, master):
    page.faults = ["cut", "no range"]
    refused(fetch, "cluster_sound_cut")
    fetch()
    assert hashlib.sha256(library.path(master[1].sha256).read_bytes()).hexdigest() == master[1].sha256


@pytest.mark.parametrize("fault", ["other sound", "longer"])
def test_a_sound_that_is_not_the_one_named_is_thrown_away_and_can_be_asked_again(fetch, page, library, master, fault):
    page.faults = [fault]
    refused(fetch, "cluster_sound_wrong")
    assert not library.has(master[1].sha256)
    fetch()
    assert page.asked[1][1] is None
    assert library.has(master[1].sha256)


def test_a_part_that_was_spoiled_on_the_disk_is_thrown_away(fetch, page, library, master, tmp_path):
    page.faults = ["cut"]
    refused(fetch, "cluster_sound_cut")
    (part,) = (tmp_path / "parts").glob("*.part")
    part.write_bytes(bytes(part.stat().st_size))
    refused(fetch, "cluster_sound_wrong")
    fetch()
    assert library.has(master[1].sha256)


@pytest.mark.parametrize("fault", ["404", "moved"])
def test_a_page_that_will_not_give_it_is_told(fetch, page, library, master, fault):
    page.faults = [fault]
    refused(fetch, "cluster_page_refused")
    assert not library.has(master[1].sha256)


def test_a_page_that_hangs_is_left(fetch, page):
    page.faults = ["hangs"]
    refused(lambda: fetch(seconds=0.5), "cluster_sound_slow")


def test_a_page_that_is_not_there_is_told(fetch):
    refused(lambda: fetch(url=f"http://127.0.0.1:{free_port()}"), "cluster_page_unreachable")


def test_no_other_scheme_is_followed(fetch):
    with pytest.raises(Refused):
        fetch(url="file:///etc/passwd")
    with pytest.raises(Refused):
        fetch(url="line:default")


def test_a_full_disk_is_told_and_what_came_before_is_kept(fetch, page, library, master, monkeypatch):
    import errno

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("audio_assets.library.os.fsync", full)
        refused(fetch, "disk_full")
    assert not library.has(master[1].sha256)
    fetch()
    assert library.has(master[1].sha256)
    assert part_file.PART


def test_what_is_no_master_of_the_house_is_not_adopted_even_with_the_right_name(tmp_path, library):
    data = b"RIFF" + bytes(5000)
    clip = BoxClip(hashlib.sha256(data).hexdigest(), len(data), 2478)
    with serving(data) as server:
        url = f"http://127.0.0.1:{server.server_address[1]}"
        refused(lambda: fetch_clip(url, clip, library, tmp_path / "parts"), "cluster_sound_wrong")
    assert not library.has(clip.sha256)


def test_a_length_that_the_plan_told_wrongly_is_found_out(fetch, master, library):
    refused(lambda: fetch(replace(master[1], bytes=len(master[0]) - 10)), "cluster_sound_wrong")
    refused(lambda: fetch(replace(master[1], bytes=len(master[0]) + 10)), "cluster_sound_cut")
    assert not library.has(master[1].sha256)
