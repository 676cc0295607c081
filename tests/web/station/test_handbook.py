"""The documents are read on the station's own page, and found with and without marks."""

import re
from urllib.parse import unquote

import pytest

from scheduler.core.dispatch.text import fold
from web.station.documents import documents, html_of, search


def test_it_begins_with_the_index_of_the_language(lans):
    assert "<h1" in lans.get("/huong-dan").text
    assert "Mục lục tài liệu" in lans.get("/huong-dan").text
    lans.set_cookie("loa-ngon-ngu", "en")
    assert "All documents, by reader" in lans.get("/huong-dan").text


def test_every_document_is_drawn_and_every_link_between_them_leads_to_a_page_and_a_heading():
    drawn = {name: html_of(name) for name in documents()}
    ids = {name: set(re.findall(r'<h\d id="([^"]+)"', html)) for name, html in drawn.items()}
    links = {
        (name, *found)
        for name, html in drawn.items()
        for found in re.findall(r'href="/huong-dan/([^"#]+)#?([^"]*)"', unquote(html))
    }
    assert len(links) > 100
    assert [link for link in links if link[1] not in drawn or (link[2] and link[2] not in ids[link[1]])] == []
    hrefs = {href for html in drawn.values() for href in re.findall(r'href="([^"]+)"', html)}
    assert [href for href in hrefs if not href.startswith(("/huong-dan/", "#", "https://"))] == []


def test_a_document_brings_no_html_of_its_own(tmp_path, monkeypatch):
    (tmp_path / "xau.md").write_text(
        "# Xấu\n\n<script>x()</script> [a](javascript:x()) [b](../../etc/passwd)\n", encoding="utf-8"
    )
    monkeypatch.setattr("web.station.documents.FOLDER", tmp_path)
    documents.cache_clear()
    html_of.cache_clear()
    try:
        html = html_of("xau")
    finally:
        documents.cache_clear()
        html_of.cache_clear()
    assert "<script" not in html
    assert "javascript:" not in re.findall(r'href="([^"]*)"', html)
    assert re.findall(r"<a [^>]*>", html) == []


@pytest.mark.parametrize("words", ["loa im lặng", "LOA IM LANG", "im lặng loa"])
def test_a_search_with_and_without_marks_finds_the_same(words):
    found = search(words)
    assert [(one.document.name, one.passage.heading) for one in found] == [
        (one.document.name, one.passage.heading) for one in search("loa im lang")
    ]
    assert {"vi/khi", "vi/khi-loa-im-lang"} & {one.document.name for one in found[:3]}


def test_a_word_is_found_from_its_beginning_and_not_in_the_middle_of_another():
    texts = [fold(f"{one.passage.heading} {one.passage.words}") for one in search("phat im")]
    assert texts
    assert [text for text in texts if not re.search(r"\bim", text)] == []


def test_the_page_says_how_much_was_found_and_where_it_leads(lans):
    page = lans.get("/huong-dan?tim=mat+ket+noi").text
    assert 'href="/huong-dan/vi/khi#khi-mất-liên-lạc"' in page
    assert "Không chỗ nào có đủ" in lans.get("/huong-dan?tim=zzzz").text
    assert lans.get("/huong-dan/khong-co").status_code == 404
    assert lans.get("/huong-dan/../config").status_code == 404
