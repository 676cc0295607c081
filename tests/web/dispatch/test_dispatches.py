"""Công văn in the page: taken in, shown beside its text, corrected, made into drafts; refused with nothing lost."""

import io
import re
import zipfile
from pathlib import Path

import pytest

TEXT = (Path(__file__).parents[2] / "core" / "dispatches" / "14-thong-bao-dang-uy-x3.txt").read_text(encoding="utf-8")
NO_NUMBER = re.sub(r"nâng tần suất[\s\S]*loa các thôn", "tăng thời lượng phát sóng trên hệ thống loa", TEXT)


@pytest.fixture
def taken(lans, send):
    answer = send(lans, "/cong-van/dan", text=TEXT)
    assert answer.status_code == 303
    return answer.location


def test_a_pasted_dispatch_shows_every_field_beside_its_words(lans, taken):
    page = lans.get(taken).text
    assert 'name="number" value="41"' in page
    assert 'name="date" value="28/12/2020"' in page
    assert "Đảng ủy xã An Thịnh" in page
    assert '<mark data-key="number" title="Số">41</mark>' in page
    assert "tăng gấp 3 lần" in page
    assert "Đài truyền thanh xã nâng tần suất phát x3" in page


def test_an_uploaded_file_is_read_the_same(lans, send):
    answer = send(lans, "/cong-van/tep", file=(io.BytesIO(TEXT.encode()), "công văn.txt"))
    assert "công văn.txt" in lans.get(answer.location).text


def test_the_same_dispatch_again_leads_to_the_first_one(lans, send, taken):
    again = send(lans, "/cong-van/dan", text=TEXT)
    assert again.location == f"{taken}?xong=da-nhan"
    assert "đã nhận trước đây" in lans.get(again.location).text
    assert lans.get("/cong-van").text.count("41/TB/ĐU") == 1


def test_an_increase_without_a_number_asks_the_officer_for_it(station, lans, send):
    page = send(lans, "/cong-van/dan", text=NO_NUMBER)
    assert "không ghi con số" in lans.get(page.location).text
    send(lans, f"{page.location}/tao-nhap")
    [campaign] = station.parts.programme.campaigns()
    assert "hãy ghi mức tăng" in lans.get(f"/dot/{campaign.id}").text


def encrypted_word():
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")


def damaged_word():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("word/document.xml", "<broken")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "trống"),
        (b"   \n\t", "trống"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "bản quét"),
        (encrypted_word(), "mật khẩu"),
        (damaged_word(), "hỏng"),
        (b"\x00\x01\x02\x03" * 50, "Không đọc được"),
        ("Chào buổi sáng, mời cả nhà ăn cơm.".encode(), "không giống một công văn"),
    ],
    ids=["empty", "blank", "scan", "encrypted", "damaged", "binary", "no dispatch"],
)
def test_what_is_no_dispatch_is_refused_with_a_sentence_and_kept_nowhere(station, lans, send, data, words):
    answer = send(lans, "/cong-van/tep", file=(io.BytesIO(data), "tệp.docx"))
    assert answer.status_code == 422
    assert words in answer.text
    assert station.parts.programme.dispatches() == []


def test_no_file_at_all_is_refused_with_a_sentence(lans, send):
    assert "trống" in send(lans, "/cong-van/tep").text


def test_a_file_over_the_limit_is_refused(lans, send, station):
    limit = station.config.audio.max_dispatch_mb
    answer = send(lans, "/cong-van/tep", file=(io.BytesIO(b"a" * (limit * 1_000_000 + 1)), "to.txt"))
    assert answer.status_code == 422
    assert "quá lớn" in answer.text
    answer.request.environ["wsgi.input"].close()  # the test client leaves its own temporary file open


def test_a_refused_text_stays_in_the_form(lans, send):
    answer = send(lans, "/cong-van/dan", text="Mời cả nhà <b>ăn cơm</b>.")
    assert answer.status_code == 422
    assert "Mời cả nhà &lt;b&gt;ăn cơm&lt;/b&gt;.</textarea>" in answer.text


def corrected(**changed):
    fields = {
        "number": "42", "symbol": "TB/ĐU", "date": "29/12/2020", "issuer": "Đảng ủy", "subject": "lịch mới",
        "addressees": "Thôn 1\n\n Thôn 2 ", "message": ["Mời bà con họp.", " "], "phones": "0912345678", "urls": "",
    }  # fmt: skip
    return fields | changed


def test_corrections_are_kept_and_change_the_drafts(station, lans, send, taken):
    answer = send(lans, f"{taken}/sua", **corrected())
    assert answer.status_code == 303
    fields = station.parts.programme.dispatches()[0].fields
    assert fields["number_symbol"] == "42/TB/ĐU"
    assert fields["date"] == "2020-12-29"
    assert fields["addressees"] == ["Thôn 1", "Thôn 2"]
    assert fields["messages"] == ["Mời bà con họp."]
    send(lans, f"{taken}/tao-nhap")
    [announcement] = station.parts.programme.announcements()
    assert announcement.title == "Lịch mới"
    assert "Mời bà con họp." in announcement.text


@pytest.mark.parametrize("day", ["29/02/2021", "hôm qua", "32/01/2020"])
def test_a_day_that_is_none_is_refused_and_the_form_kept(station, lans, send, taken, day):
    answer = send(lans, f"{taken}/sua", **corrected(date=day))
    assert answer.status_code == 422
    assert "không có thật" in answer.text
    assert 'value="42"' in answer.text
    assert f'value="{day}"' in answer.text
    assert station.parts.programme.dispatches()[0].fields["number"] == "41"


def test_drafts_are_made_once_however_often_asked(station, lans, send, taken):
    first = send(lans, f"{taken}/tao-nhap")
    second = send(lans, f"{taken}/tao-nhap")
    assert first.location == second.location
    assert len(station.parts.programme.announcements()) == len(station.parts.programme.campaigns()) == 1
    page = lans.get(taken).text
    assert "Đã tạo:" in page
    assert "Tạo bản tin và đợt tuyên truyền" not in page


def test_a_hostile_dispatch_is_shown_as_text_everywhere(lans, send):
    hostile = TEXT.replace("lịch tiếp âm", '<script>alert("x")</script> lịch tiếp âm')
    answer = send(lans, "/cong-van/tep", file=(io.BytesIO(hostile.encode()), "<img src=x onerror=alert(1)>.txt"))
    drafts = send(lans, f"{answer.location}/tao-nhap")
    for path in (answer.location, "/cong-van", drafts.location, "/ban-tin", "/dot", "/dot/1"):
        page = lans.get(path).text
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path


def test_pages_carry_no_inline_script_or_style(lans, taken):
    for path in (taken, "/cong-van", "/ban-tin/moi", "/kho", "/duyet", "/dot/moi"):
        page = lans.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", page), path


def test_a_dispatch_that_is_not_there_is_not_found(lans):
    assert lans.get("/cong-van/99").status_code == 404
