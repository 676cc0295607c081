"""The process in which a file is read: what it may cost, and that whoever asks survives it."""

import os
import re
import subprocess
import sys
import threading
import zipfile
import zlib
from pathlib import Path

import pytest

from scheduler.intake import MAX_PAGES, isolation
from scheduler.intake.child import MEMORY
from scheduler.intake.isolation import read_apart
from scheduler.kernel.errors import DispatchError
from tests.intake.made import ROOT, TEXT, W, docx_of, paragraph, pdf_of, stream, with_document_xml, word_file, zip_of
from tests.intake.reading import REASONS, outcome_of, read, reason_of


def bomb_spaces() -> bytes:
    return with_document_xml(b"<w:document>" + b" " * 200_000_000)


def bomb_laughing() -> bytes:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    xml = f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a0 "ha">{entities}]><w:document {W}><w:body><w:p><w:r><w:t>&a9;</w:t></w:r></w:p></w:body></w:document>'
    return with_document_xml(xml.encode())


def bomb_lying() -> bytes:
    """A zip whose directory says 100 bytes and whose data unpack to 400 MB."""
    member = b"word/document.xml"
    body = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(body.compress(b" " * 10_000_000) for _ in range(40)) + body.flush()
    crc = (0).to_bytes(4, "little")
    sizes = len(packed).to_bytes(4, "little") + (100).to_bytes(4, "little")
    common = b"\x00\x00\x08\x00" + bytes(4) + crc + sizes + len(member).to_bytes(2, "little") + b"\x00\x00"
    local = b"PK\x03\x04\x14\x00" + common + member + packed
    central = b"PK\x01\x02\x14\x00\x14\x00" + common + bytes(14) + member
    end = (
        b"PK\x05\x06"
        + bytes(4)
        + b"\x01\x00\x01\x00"
        + len(central).to_bytes(4, "little")
        + len(local).to_bytes(4, "little")
    )
    return local + central + end + b"\x00\x00"


def bomb_packed_otherwise() -> bytes:
    """bzip2 makes a hundred megabytes of a hundred bytes, and Python unpacks it without a bound."""
    return word_file(paragraph("x") + " " * 7_000_000, packing=zipfile.ZIP_BZIP2)


def bomb_nested() -> bytes:
    inside = zip_of({"a": b"0" * 10_000_000})
    for _ in range(5):
        inside = zip_of({f"{n}.zip": inside for n in range(10)})
    return zip_of({"word/document.xml": b"<w:document", "word/media/a.zip": inside})


def bomb_deep() -> bytes:
    return word_file("<w:sdt><w:sdtContent>" * 100_000 + "</w:sdtContent></w:sdt>" * 100_000)


def bomb_elements() -> bytes:
    return word_file("<w:p/>" * 1_300_000)


def bomb_entries() -> bytes:
    return zip_of({f"a{n}": b"" for n in range(60_000)}, zipfile.ZIP_STORED)


def bomb_pdf_stream() -> bytes:
    return pdf_of([stream(b"BT /F1 12 Tf (x) Tj " + b"(ha) Tj " * 25_000_000, packed=True)])


def bomb_pdf_slow() -> bytes:
    return pdf_of([stream(b"BT /F1 12 Tf " + b"(ha ha) Tj 1 0 Td " * 16_000 + b"ET", packed=True)] * MAX_PAGES)


def bomb_pdf_pages() -> bytes:
    return pdf_of([b"<< /Length 0 >>\nstream\n\nendstream"] * 5000)


def bomb_pdf_deep() -> bytes:
    return b"%PDF-1.4\n1 0 obj\n" + b"[" * 2_000_000 + b"\ntrailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF"


def bomb_rtf_links() -> bytes:
    return b"{\\rtf1 " + b'{\\field{\\*\\fldinst HYPERLINK "x"}}{ a ' * 200_000 + b"}"


def bomb_rtf_words() -> bytes:
    return b"{\\rtf1 " + b"\\b\\i\\'41\\u65?" * 1_200_000 + b"}"


def bomb_page() -> bytes:
    return b"<html>" + b"<b><i><a href=x>" * 600_000


BOMBS = [
    bomb_spaces, bomb_laughing, bomb_lying, bomb_packed_otherwise, bomb_nested, bomb_deep, bomb_elements, bomb_entries,
    bomb_pdf_stream, bomb_pdf_slow, bomb_pdf_pages, bomb_pdf_deep, bomb_rtf_links, bomb_rtf_words, bomb_page,
]  # fmt: skip
MEASURED = """
import re, resource, sys
from pathlib import Path
from scheduler.kernel.errors import DispatchError
from scheduler.intake import text_of
def peak():
    return int(re.search(r'VmHWM:\\s*(\\d+)', Path('/proc/self/status').read_text())[1])
data = Path(sys.argv[1]).read_bytes()
before = peak()
try:
    text_of(data, 'x', max_bytes=50_000_000)
except DispatchError as refused:
    print(refused.reason)
else:
    print('read')
print((peak() - before) // 1024, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from Linux's /proc")
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_hostile_file_ends_in_a_refusal_within_its_memory(bomb, tmp_path):
    """What the asking process grows by, and the whole of the process that reads; two minutes stand for "does not hang"."""
    file = tmp_path / "bomb"
    file.write_bytes(bomb())
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", MEASURED, str(file)],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    reason, grown, child = done.stdout.split()
    assert reason in REASONS
    assert int(grown) < 60
    assert int(child) < 300
    assert MEMORY < 300_000_000


def test_entities_of_a_hostile_docx_are_never_opened(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("bí mật", encoding="utf-8")
    xml = (
        f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file://{secret}">]>'
        f"<w:document {W}><w:body><w:p><w:r><w:t>xin chao &x;</w:t></w:r></w:p></w:body></w:document>"
    )
    assert "bí mật" not in outcome_of(with_document_xml(xml.encode()))


def test_a_file_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(isolation, "SECONDS", 0.0)
    assert reason_of(docx_of(TEXT)) == "dispatch_too_heavy"
    monkeypatch.undo()
    assert read(docx_of(TEXT)) == TEXT


def test_a_child_that_dies_without_a_word_is_a_refusal(monkeypatch):
    for code, reason in (("-11", "dispatch_damaged"), ("-9", "dispatch_too_heavy"), ("-24", "dispatch_too_heavy")):
        killer = f"import os; os.kill(os.getpid(), {code[1:]})"
        monkeypatch.setattr(isolation, "COMMAND", (sys.executable, "-c", killer))
        assert reason_of(docx_of(TEXT)) == reason


def test_a_child_that_says_more_than_any_dispatch_is_not_believed(monkeypatch):
    monkeypatch.setattr(isolation, "COMMAND", (sys.executable, "-c", "print('\"' + 'x' * 9_000_000 + '\"')"))
    assert reason_of(docx_of(TEXT)) == "dispatch_damaged"


def test_a_fault_of_a_library_is_told_to_the_log(caplog):
    with caplog.at_level("INFO", logger="scheduler.intake.isolation"):
        assert reason_of(with_document_xml(b"<w:document")) == "dispatch_damaged"
    assert "XMLSyntaxError" in caplog.text


def test_two_files_are_read_at_a_time_and_a_third_is_told_to_wait(monkeypatch):
    monkeypatch.setattr(isolation, "_TURN_SECONDS", 0.05)
    begun, go = threading.Barrier(3), threading.Event()

    def held(kind: str, data: bytes) -> str:
        begun.wait(120)
        go.wait(120)
        return "x"

    monkeypatch.setattr(isolation, "_read", held)
    readers = [threading.Thread(target=read_apart, args=("docx", b"")) for _ in range(2)]
    for reader in readers:
        reader.start()
    begun.wait(120)
    with pytest.raises(DispatchError, match="dispatch_reader_busy"):
        read_apart("docx", b"")
    go.set()
    for reader in readers:
        reader.join(120)
    monkeypatch.undo()
    assert read(docx_of(TEXT)) == TEXT


def test_the_child_loads_only_the_libraries_of_its_format():
    code = "import sys; from scheduler.intake.reading import read_here; read_here('rtf', b'{\\\\rtf1 Kinh gui}'); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    loaded = set(re.split(r"\s+", done.stdout))
    assert "striprtf" in loaded
    assert not loaded & {"pypdf", "lxml", "flask", "numpy", "docx"}
