"""Web pages that offices save or send as .doc."""

import pytest

from tests.intake.made import TEXT, as_tcvn3, as_vni
from tests.intake.reading import lines, outcome_of, read, reason_of


def page(body: str, head: str = "") -> bytes:
    return f"<html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>".encode()


def test_a_dispatch_saved_as_a_page_is_read():
    body = "".join(f"<p>{line}</p>\n" for line in TEXT.split("\n") if line.strip())
    assert lines(page(body)) == [line.strip() for line in TEXT.split("\n") if line.strip()]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"\xef\xbb\xbf" + "<html><p>Kính gửi</p></html>".encode(), "Kính gửi", id="with a mark"),
        pytest.param("<HTML><P>Kính gửi</P></HTML>".encode("utf-16"), "Kính gửi", id="UTF-16 with its mark"),
        pytest.param("<!DOCTYPE html><p>Kính gửi</p>".encode(), "Kính gửi", id="no html element"),
        pytest.param(b"<html><meta charset='windows-1258'><p>b\xea\xf2nh</p>", "bệnh", id="the code page it names"),
        pytest.param(
            "<html><meta charset='no-such'><p>Kính gửi</p>".encode(), "Kính gửi", id="a code page that is none"
        ),
        pytest.param(
            b'<?xml version="1.0"?>\n<html xmlns="x"><body><p>K&#237;nh</p></body></html>', "Kính", id="XHTML"
        ),
    ],
)
def test_a_page_is_decoded_as_it_says(data, expected):
    assert read(data).strip() == expected


def test_the_cells_of_a_letterhead_are_lines():
    body = "<table><tr><td><p>UBND<br>PHƯỜNG AN LẠC</p></td><td>CỘNG  HÒA\n XÃ HỘI</td></tr></table>"
    assert lines(page(body)) == ["UBND", "PHƯỜNG AN LẠC", "CỘNG HÒA XÃ HỘI"]


def test_what_a_browser_does_not_show_is_not_read():
    body = (
        "<script>bỏ()</script><style>p{}</style><!-- bỏ --><p style='display:none'>bỏ</p><span style='mso-hide:all'>bỏ</span>"
        "<p>Phát <del>hai</del><ins>ba</ins> lần</p>"
    )
    assert lines(page(body, "<title>bỏ</title>")) == ["Phát ba lần"]


def test_items_keep_their_numbers():
    body = "<ol><li>một<ol type=a start=2><li>trong</ol><li>hai</ol><ul><li>gạch</ul><ol type=I><li>mục</ol>"
    assert lines(page(body)) == ["1. một", "b. trong", "2. hai", "- gạch", "I. mục"]


def test_the_number_that_word_puts_into_a_page_is_kept():
    body = "<p class=MsoListParagraph><![if !supportLists]><span style='mso-list:Ignore'>1.<span>&nbsp;&nbsp;</span></span><![endif]>Đài truyền thanh</p>"
    assert [" ".join(line.split()) for line in lines(page(body))] == ["1. Đài truyền thanh"]


def test_old_fonts_decide_letters_in_every_way_a_page_names_them():
    head = '<style><!-- p.Cu, li.Cu {mso-x:1; font-family:".VnTimeH","serif";} --></style>'
    body = (
        f'<p><font face=".VnTime">{as_tcvn3("nhân dân")}</font> café</p>'
        f"<p style='font-family:\"VNI-Times\"'>{as_vni('phường')}</p><p class=Cu>{as_tcvn3('CỘNG HÒA')}</p>"
    )
    assert lines(page(body, head)) == ["nhân dân café", "phường", "CỘNG HÒA"]


def test_text_as_typed_keeps_its_lines():
    assert lines(page("<pre>Kính gửi:\n- Các tổ</pre>")) == ["Kính gửi:", "- Các tổ"]


def test_a_packed_web_archive_is_read():
    packed = (
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n--x\r\n'
        b'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
        b"<html><meta charset=3Dutf-8><p>K=C3=ADnh g=E1=BB=ADi</p></html>\r\n--x\r\n"
        b"Content-Type: image/png\r\n\r\nxx\r\n--x--\r\n"
    )  # fmt: skip
    assert read(packed).strip() == "Kính gửi"


def test_a_page_without_a_word_is_empty():
    assert reason_of(page("<p> </p>")) == "dispatch_empty"


def test_a_text_of_ocr_that_begins_with_a_tag_stays_a_text():
    assert read("<table>\nSố: 12/UBND\n".encode()) == "<table>\nSố: 12/UBND\n"


def test_a_page_nested_without_end_is_read_or_refused():
    assert outcome_of(page("<div>" * 200_000 + "Kính gửi các tổ"))


def test_no_file_of_the_machine_is_read_for_a_page(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("bí mật", encoding="utf-8")
    told = read(page(f"<p>Kính gửi</p><iframe src='file://{secret}'></iframe><object data='file://{secret}'></object>"))
    assert told.strip() == "Kính gửi"
