"""Điện thoại: how other machines open the page, and the authority's certificate."""

import ssl
from dataclasses import replace

import pytest

from scheduler.config.loading import WebConfig
from scheduler.station import Station
from web import create_app
from web.phones import qr, reachable


def test_a_page_of_this_machine_alone_says_what_to_write_to_who_may(lans, hungs):
    assert "chỉ mở được trên máy này" in lans.get("/cai-dat/dien-thoai").text
    assert 'tls = "own"' not in lans.get("/cai-dat/dien-thoai").text
    assert 'tls = "own"' in hungs.get("/cai-dat/dien-thoai").text


def test_a_named_page_is_offered_by_its_name_first(config):
    web = WebConfig(host="0.0.0.0", tls="own", names=("loa.phuong.gov.vn",))  # noqa: S104
    found = reachable(replace(config, web=web))
    assert found[0] == "https://loa.phuong.gov.vn:8643/"
    assert not any("127.0.0.1" in address or "localhost" in address or "::1" in address for address in found)


def test_without_https_the_page_warns(config):
    web = WebConfig(host="0.0.0.0", names=("loa.phuong.gov.vn",))  # noqa: S104
    assert reachable(replace(config, web=web))[0] == "http://loa.phuong.gov.vn:8642/"


@pytest.fixture
def open_house(config):
    station = Station.open(replace(config, web=WebConfig(host="0.0.0.0", tls="own")))  # noqa: S104
    yield station
    station.close()


def test_anybody_may_fetch_the_authority_and_never_its_key(open_house):
    with create_app(open_house).test_client().get("/chung-chi.crt") as answer:
        assert answer.status_code == 200
        assert "attachment" in answer.headers["Content-Disposition"]
        text = answer.text
    context = ssl.create_default_context()
    context.load_verify_locations(cadata=text)
    assert "PRIVATE" not in text


def test_there_is_no_authority_where_https_is_off(app, lan):
    assert app.test_client().get("/chung-chi.crt").status_code == 404


def test_a_code_is_a_picture_without_size_that_scales():
    drawn = str(qr("https://loa.phuong.gov.vn:8643/"))
    assert drawn.startswith("<svg")
    assert 'viewBox="' in drawn
    assert "style=" not in drawn
