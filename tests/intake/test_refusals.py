"""What is refused, and with which reason: before anything is opened where the bytes tell it already."""

import pytest

from scheduler.core.words.wording import sentence
from scheduler.kernel.errors import DispatchError
from tests.intake.made import (
    PDF_LINES,
    docx_of,
    lines_stream,
    ole_of,
    paragraph,
    pdf_of,
    with_document_xml,
    word_file,
    zip_of,
)
from tests.intake.reading import LIMIT, REASONS, read, reason_of
from tests.rows import over


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "dispatch_empty", id="no byte"),
        pytest.param(b" \r\n\t ", "dispatch_empty", id="spaces"),
        pytest.param(b"\xef\xbb\xbf", "dispatch_empty", id="a byte order mark alone"),
        pytest.param(b"\xff\xfe", "dispatch_empty", id="a UTF-16 mark alone"),
        pytest.param("… – —".encode(), "dispatch_empty", id="no letter"),
        pytest.param(docx_of(""), "dispatch_empty", id="an empty docx"),
        pytest.param(b"x" * 101, "dispatch_too_big", id="over the limit"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(64), "dispatch_scan", id="a picture"),
        pytest.param(b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(64), "dispatch_scan", id="a photo"),
        pytest.param(b"\x00\x00\x00\x18ftypheic" + bytes(64), "dispatch_scan", id="a photo of a telephone"),
        pytest.param(b"%PDF-1.7\n garbage", "dispatch_damaged", id="a broken pdf"),
        pytest.param(pdf_of([lines_stream(PDF_LINES)])[:300], "dispatch_damaged", id="a cut pdf"),
        pytest.param(docx_of("x")[:2000], "dispatch_damaged", id="a cut docx"),
        pytest.param(with_document_xml(b"<w:document"), "dispatch_damaged", id="a docx with broken xml"),
        pytest.param(zip_of({"word/document.xml": b"<a/>"}), "dispatch_damaged", id="a docx without its parts"),
        pytest.param(zip_of({"xl/workbook.xml": b"<a/>"}), "dispatch_unreadable", id="a spreadsheet"),
        pytest.param(zip_of({"a.txt": b"Kinh gui"}), "dispatch_unreadable", id="a zip of anything"),
        pytest.param(
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "dispatch_unreadable", id="an old file of Office"
        ),
        pytest.param(ole_of({"EncryptedPackage": b"x"}), "dispatch_encrypted", id="an encrypted docx"),
        pytest.param(b'<?xml version="1.0"?><a>Kinh gui</a>', "dispatch_unreadable", id="xml of something else"),
        pytest.param(b"{\\rtf1 \\pard }", "dispatch_empty", id="an empty rtf"),
        pytest.param(b"<html><p> </p></html>", "dispatch_empty", id="an empty page"),
        pytest.param(bytes(range(256)) * 20, "dispatch_unreadable", id="bytes without meaning"),
        pytest.param(b"ID3\x04\x00\x00" + bytes(range(128, 256)) * 9, "dispatch_unreadable", id="a song"),
        pytest.param(b"caf\xe9 au lait, cr\xe8me", "dispatch_unreadable", id="another language in an old charset"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(data, reason):
    assert reason_of(data, max_bytes=100 if reason == "dispatch_too_big" else LIMIT) == reason


def test_an_encrypted_zip_is_refused():
    data = bytearray(docx_of("x"))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(mark)
        data[at + offset] |= 1
    assert reason_of(bytes(data)) == "dispatch_encrypted"


def test_the_limit_itself_is_allowed_and_named_when_passed():
    data = "Số 1: một công văn".encode()
    assert read(data, max_bytes=len(data))
    with pytest.raises(DispatchError) as refused:
        read(data, max_bytes=len(data) - 1)
    assert refused.value.details["limit"] == len(data) - 1


def test_a_very_long_name_is_shortened_in_the_refusal():
    with pytest.raises(DispatchError) as refused:
        read(b"", "../" * 5000 + "công văn.docx")
    assert str(refused.value.details["file"]).endswith("công văn.docx")
    assert len(str(refused.value.details["file"])) <= 80


def test_a_refusal_from_the_child_names_the_file_too():
    with pytest.raises(DispatchError) as refused:
        read(b"%PDF-1.7\n garbage", "công văn 12.pdf")
    assert refused.value.details["file"] == "công văn 12.pdf"


def test_a_text_longer_than_any_dispatch_is_refused_with_its_limit():
    with pytest.raises(DispatchError) as refused:
        read(word_file("".join(paragraph("Kính gửi các tổ dân phố. " * 40) for _ in range(500))))
    assert refused.value.reason == "dispatch_too_long"
    assert refused.value.details["limit"] == 400_000


@over("reason", sorted(REASONS))
def test_every_refusal_is_one_sentence_that_says_what_to_do(reason):
    told = sentence(reason, {"limit": 1, "pages": 2, "file": "a"})
    assert told.endswith(".")
    assert "hãy" in told
    assert told.count(". ") == 0
