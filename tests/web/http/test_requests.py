"""Names that are ours, and names that are not."""

import pytest

from web.http.requests import is_ours

NAMES = frozenset({"localhost", "tram", "loa.phuong.gov.vn"})


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("localhost", True), ("localhost:8642", True), ("LOCALHOST", True), ("tram", True), ("tram.", True),
        ("loa.phuong.gov.vn:443", True), ("127.0.0.1", True), ("192.168.1.7:8642", True), ("[::1]:8642", True),
        ("[fe80::1]", True),
        ("evil.example", False), ("localhost.evil.example", False), ("evil.example:8642", False),
        ("127.0.0.1.evil.example", False), ("tram@evil.example", False), ("", False), ("localhost:99999999", False),
        ("localhost:8642:1", False), ("[evil.example]", False), ("xn--tram", False), ("trạm", False),
    ],
)  # fmt: skip
def test_a_name_is_ours_only_when_it_is(host, ours):
    assert is_ours(host, NAMES) is ours


@pytest.mark.parametrize("path", ["/", "/dang-nhap", "/static/app.css", "/khong-co"])
def test_every_address_is_refused_under_another_name(path, app):
    answer = app.test_client().get(path, headers={"Host": "evil.example"})
    assert answer.status_code == 421
    assert "web.names" in answer.text
    assert "evil.example" not in answer.text
