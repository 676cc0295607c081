"""A large file sent by a real browser: progress, a network that goes, a page that is opened again, and the plain form.

A real station and web server, Debian's chromium. What arrives is compared byte by byte with what was chosen.
"""

import random

import pytest

from tests.story.chromium import NEEDS_BROWSER, expect
from tests.story.test_browser_desk import chromium, clock, config, hung, open_page, served, sign_in

__all__ = ["chromium", "clock", "config", "hung", "open_page", "served"]

pytestmark = NEEDS_BROWSER
NETWORK = ("Failed to load resource", "net::ERR_FAILED", "ERR_INTERNET_DISCONNECTED")
"""What a browser's console says of a network that we take away."""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "Lời Chủ tịch.wav"
    path.write_bytes(b"RIFF" + random.Random(642).randbytes(5_000_000))
    return path


@pytest.fixture
def sent(served):
    """The bytes that the newest job is to take in."""

    def read():
        repos = served.station.repos
        [job] = repos.jobs.newest("ingest")
        assert job.args["file_name"] == "Lời Chủ tịch.wav"
        return (repos.config.data / "incoming" / job.args["path"]).read_bytes()

    return read


def offsets_of(page):
    """Where each piece that the page sends begins."""
    sent = []

    def note(request):
        tail = request.url.rpartition("/")[2]
        if "/kho/phan/" in request.url and tail.isdigit():
            sent.append(int(tail))

    page.on("request", note)
    return sent


def choose(page, file):
    page.goto("/kho")
    page.set_input_files("#upload-file", file)
    page.click("form:not([data-recorder]) button:text-is('Tải lên')")


def test_a_large_file_arrives_in_pieces_and_the_page_shows_its_job(open_page, hung, served, file, sent):
    page = open_page()
    sign_in(page)
    offsets = offsets_of(page)
    choose(page, file)
    page.wait_for_selector("#viec >> text=Đang chờ bộ xử lý")
    assert len(offsets) > 3
    assert offsets == sorted(set(offsets))
    assert sent() == file.read_bytes()


def test_a_network_that_goes_and_comes_back_costs_no_byte_twice(open_page, hung, served, file, sent):
    page = open_page(expected=NETWORK)
    sign_in(page)
    offsets = offsets_of(page)
    gone = []

    def piece(route):
        if len(offsets) == 3 and len(gone) < 2:
            gone.append(route.request.url)
            offsets.pop()
            route.abort()
        else:
            route.continue_()

    page.route("**/kho/phan/*/*", piece)
    choose(page, file)
    page.wait_for_selector("text=Mất kết nối; đang thử lại")
    page.wait_for_selector("#viec >> text=Đang chờ bộ xử lý")
    assert len(gone) == 2
    assert offsets == sorted(set(offsets))
    assert sent() == file.read_bytes()


def test_a_page_opened_again_goes_on_where_the_upload_was(open_page, hung, served, file, sent):
    page = open_page(expected=NETWORK)
    sign_in(page)
    first = offsets_of(page)
    page.route("**/kho/phan/*/*", lambda route: route.abort() if len(first) > 3 else route.continue_())
    choose(page, file)
    page.wait_for_selector("text=Mất kết nối; đang thử lại")
    page.close()  # with the route still cut: else it would go on by itself
    again = open_page()
    sign_in(again, at="/kho")
    assert "Đang tải dở" in again.inner_text("main")
    assert "trên 5 MB" in again.inner_text("main")
    later = offsets_of(again)
    choose(again, file)
    again.wait_for_selector("#viec >> text=Đang chờ bộ xử lý")
    assert later[0] >= first[2]
    assert sent() == file.read_bytes()


def test_an_unfinished_upload_is_given_up(open_page, hung, served, file):
    page = open_page(expected=NETWORK)
    sign_in(page)
    offsets = offsets_of(page)
    page.route("**/kho/phan/*/*", lambda route: route.abort() if len(offsets) > 2 else route.continue_())
    choose(page, file)
    page.wait_for_selector("text=Mất kết nối; đang thử lại")
    page.goto("/kho")
    page.unroute("**/kho/phan/*/*")
    page.click("button:has-text('Bỏ')")
    expect(page.locator("main")).not_to_contain_text("Đang tải dở")
    assert list((served.station.repos.config.data / "incoming").iterdir()) == []


def test_what_the_station_refuses_is_told_beside_the_form(open_page, hung, served, file):
    page = open_page(expected=NETWORK)
    sign_in(page)
    for number in range(3):
        served.station.services.uploads.begin(hung, f"{number}.wav", 100, "0a")
    choose(page, file)
    page.wait_for_selector("text=Bạn đang tải dở 3 tệp")
    assert page.is_enabled("form:not([data-recorder]) button:text-is('Tải lên')")
