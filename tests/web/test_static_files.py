"""Scripts and styles are sent compressed to whoever can unpack them; pages, fonts and pieces of files are not."""

import gzip
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "web" / "static"
GZIP = {"Accept-Encoding": "gzip, deflate"}


def got(client, path, headers=()):
    """An answer that is read and closed, as a server would."""
    answer = client.get(path, headers=dict(headers))
    assert answer.data is not None
    answer.close()
    return answer


@pytest.mark.parametrize("name", ["app.css", "pages.js", "vendor/htmx-4.0.1/htmx.min.js"])
def test_a_script_or_style_is_a_third_of_its_size(app, name):
    plain = (STATIC / name).read_bytes()
    answer = got(app.test_client(), f"/static/{name}", headers=GZIP)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert gzip.decompress(answer.data) == plain
    assert int(answer.headers["Content-Length"]) == len(answer.data) < len(plain) / 2


@pytest.mark.parametrize("headers", [{}, {"Accept-Encoding": "br"}, {"Accept-Encoding": "gzip;q=0"}], ids=str)
def test_who_cannot_unpack_gets_it_plain(app, headers):
    answer = got(app.test_client(), "/static/app.css", headers=headers)
    assert "Content-Encoding" not in answer.headers
    assert answer.data == (STATIC / "app.css").read_bytes()


def test_both_forms_have_a_tag_of_their_own_and_a_kept_one_is_not_sent_again(app):
    client = app.test_client()
    tags = {got(client, "/static/app.css", headers=headers).headers["ETag"] for headers in ({}, GZIP)}
    assert len(tags) == 2
    plain = next(tag for tag in tags if "-gz" not in tag)
    assert got(client, "/static/app.css", headers={"If-None-Match": plain}).status_code == 304


def test_a_page_with_a_token_is_never_compressed(lans):
    assert "Content-Encoding" not in got(lans, "/truc-tiep", headers=GZIP).headers


def test_a_font_is_sent_as_it_is(app):
    font = next((STATIC / "vendor").rglob("*.woff2"))
    answer = got(app.test_client(), f"/static/{font.relative_to(STATIC)}", headers=GZIP)
    assert "Content-Encoding" not in answer.headers
    assert answer.data == font.read_bytes()


def test_a_file_that_is_not_there_is_not_found(app):
    assert got(app.test_client(), "/static/khong-co.css", headers=GZIP).status_code == 404
