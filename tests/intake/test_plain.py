import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.dispatch.charsets import _TCVN3, from_tcvn3, from_vni
from scheduler.intake.letters import in_unicode, mended
from scheduler.intake.plain import looks_binary
from tests.intake.made import CORPUS, TEXT, as_tcvn3, as_vni
from tests.intake.reading import read, reason_of
from tests.rows import over


def as_cp1258(text: str) -> bytes:
    made = b""
    for char in text:
        try:
            made += char.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", char)
            tones = "".join(c for c in parts if c in "\u0300\u0301\u0303\u0309\u0323")
            base = unicodedata.normalize("NFC", "".join(c for c in parts if c not in tones))
            made += (base + tones).encode("cp1258", "replace")
    return made


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_text_is_read_in_every_encoding(charset):
    assert read(TEXT.encode(charset)) == TEXT


def test_utf_16_of_the_other_byte_order_is_read_by_its_mark():
    assert read(b"\xfe\xff" + TEXT.encode("utf-16-be")) == TEXT


def test_decomposed_letters_come_back_composed():
    assert read(unicodedata.normalize("NFD", TEXT).encode()) == TEXT


@pytest.mark.parametrize("ending", ["\r\n", "\r"], ids=["Windows", "an old Mac"])
def test_ends_of_lines_become_one_sign(ending):
    assert read(TEXT.replace("\n", ending).encode()) == TEXT


def test_cp1258_bytes_are_read():
    assert read(as_cp1258(TEXT)) == TEXT


def test_tcvn3_bytes_are_read():
    assert read(as_tcvn3(TEXT).encode("latin-1", "replace")).lower() == TEXT.lower()


def test_vni_bytes_are_read():
    text = "Uûy ban nhaân daân phöôøng kính göûi caùc toå daân phoá; ñeà nghò thöïc hieän thoâng baùo ngaøy 5 thaùng 3."
    assert read(text.encode("cp1252")) == (
        "Ủy ban nhân dân phường kính gửi các tổ dân phố; đề nghị thực hiện thông báo ngày 5 tháng 3."
    )


def test_a_whole_dispatch_in_vni_is_read():
    assert read(as_vni(TEXT).encode("cp1252", "replace")) == TEXT.replace("…", "…")


def test_every_letter_of_tcvn3_comes_back():
    assert from_tcvn3("".join(_TCVN3)) == "".join(_TCVN3.values())
    assert from_tcvn3("Céng hßa x· héi", capitals=True) == "CỘNG HÒA XÃ HỘI"


def test_vni_capitals_keep_their_size():
    assert (
        from_vni("COÄNG HOØA XAÕ HOÄI CHUÛ NGHÓA VIEÄT NAM, ÑOÄC LAÄP") == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM, ĐỘC LẬP"
    )


def test_old_letters_pasted_into_a_unicode_file_are_read():
    assert read(as_tcvn3(TEXT).encode()).lower() == TEXT.lower()
    assert read(as_vni(TEXT).encode()) == TEXT


@over("path", sorted(CORPUS.glob("*.txt")))
def test_a_unicode_dispatch_keeps_every_letter(path):
    told = path.read_text(encoding="utf-8")
    assert mended(unicodedata.normalize("NFC", told)) == unicodedata.normalize("NFC", told)


@pytest.mark.parametrize("written", [as_tcvn3, as_vni], ids=["TCVN3", "VNI"])
@given(
    st.text("aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ ", max_size=60)
)
def test_every_small_letter_comes_back_from_either_old_set(written, text):
    scheme = {as_tcvn3: "tcvn3", as_vni: "vni"}[written]
    typed = text if scheme == "tcvn3" else _vni_typable(text)
    assert in_unicode(written(typed), scheme) == typed


def _vni_typable(text: str) -> str:
    """Without what VNI cannot tell apart: a plain vowel of one mark before the next letter's own."""
    return " ".join(text)


def test_a_few_foreign_words_are_not_taken_for_old_letters():
    told = "Café Müller, 2 m², 30 °C, §4, ½ km: nghe tin\nGiá: 5 £ và “naïve façade”"
    assert mended(told) == told


def test_a_large_file_is_told_apart_by_its_beginning():
    assert not looks_binary(("Kính gửi các tổ dân phố. " * 200_000).encode())
    assert looks_binary(bytes(range(256)) * 20_000)
    assert reason_of(("Kính gửi các tổ dân phố. " * 200_000).encode()) == "dispatch_too_long"
    assert reason_of(b"ID3\x04\x00\x00" + bytes(range(128, 256)) * 50_000) == "dispatch_unreadable"
