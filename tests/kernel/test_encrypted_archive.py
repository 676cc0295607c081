"""Files that a passphrase opens: ours for `age` and pyrage, theirs for us, and nothing else for anybody."""

import io
import secrets
import subprocess
import tracemalloc
from contextlib import suppress

import pyrage
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.kernel import encrypted_archive as archive
from scheduler.kernel.encrypted_archive import EncryptedReader, EncryptedWriter, is_encrypted
from scheduler.kernel.errors import Refused
from tests.needs import needed
from tests.rows import over

PASSPHRASE = "câu mật khẩu dài, dễ nhớ"
PIECE = 1 << 16
SIZES = (0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 5 * PIECE + 17)


COST = archive._COST
"""The station's, read before the fixture of all tests makes keys that cost little."""


@pytest.fixture
def dear(monkeypatch):
    """Keys that cost what they cost a station."""
    monkeypatch.setattr(archive, "_COST", COST)


def written(data, passphrase=PASSPHRASE, step=None):
    raw = io.BytesIO()
    writer = EncryptedWriter(raw, passphrase)
    for begin in range(0, len(data), step or max(len(data), 1)):
        writer.write(data[begin : begin + (step or len(data))])
    writer.close()
    return raw.getvalue()


def read(data, passphrase=PASSPHRASE):
    return EncryptedReader(io.BytesIO(data), passphrase).read()


def refused(data, passphrase=PASSPHRASE):
    with pytest.raises(Refused) as caught:
        read(data, passphrase)
    return caught.value.reason


def split(data):
    """Lines of the head, nonce and pieces."""
    head, end = data.split(b"\n--- ")
    mac, body = end[:44], end[44:]
    pieces = [body[at : at + PIECE + 16] for at in range(16, len(body), PIECE + 16)]
    return head + b"\n--- " + mac, body[:16], pieces


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    size=st.sampled_from(SIZES) | st.integers(0, 4 * PIECE),
    step=st.integers(1000, 3 * PIECE),
    take=st.integers(1, 3 * PIECE),
)
def test_gives_back_what_was_written_however_it_is_cut(size, step, take):
    data = secrets.token_bytes(size)
    reader, found = EncryptedReader(io.BytesIO(written(data, step=step)), PASSPHRASE), b""
    while piece := reader.read(take):
        assert len(piece) == take or len(found) + len(piece) == size
        found += piece
    assert found == data


@over("size", SIZES)
def test_another_program_opens_ours(size):
    data = secrets.token_bytes(size)
    assert opened_by_pyrage(written(data)) == data


def test_we_open_what_another_program_wrote(monkeypatch):
    """It measures for itself what a key may cost, and on a fast machine takes one that we would not."""
    monkeypatch.setattr(archive, "_MOST_COST", 20)
    data = secrets.token_bytes(max(SIZES))
    assert read(pyrage.passphrase.encrypt(data, PASSPHRASE)) == data


def opened_by_pyrage(data):
    """It refuses what seems dear to it, by a stopwatch: where the machine stood still meanwhile, it is asked again."""
    for _ in range(10):
        with suppress(pyrage.DecryptError):
            return pyrage.passphrase.decrypt(data, PASSPHRASE)
    return None


@pytest.mark.parametrize("wrong", ["", "sai", PASSPHRASE + " ", PASSPHRASE.upper()])
def test_another_passphrase_opens_nothing(wrong):
    assert refused(written(b"abc"), wrong) == "backup_passphrase"


def test_two_files_of_one_text_have_nothing_in_common():
    one, other = written(b"abc" * 50), written(b"abc" * 50)
    assert not set(split(one)[0].split(b"\n")[1:-1]) & set(split(other)[0].split(b"\n")[1:-1])
    assert split(one)[1] != split(other)[1]
    assert split(one)[2] != split(other)[2]


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bit=st.integers(0, 8 * 2000))
def test_one_other_bit_in_a_short_file_is_refused(bit):
    data = bytearray(written(b"abc" * 100))
    place = bit // 8 % len(data)
    data[place] ^= 1 << bit % 8
    assert refused(bytes(data)) in {"backup_damaged", "backup_not_ours", "backup_passphrase"}


def test_the_head_cut_anywhere_is_refused():
    data = written(b"abc")
    for size in range(len(data)):
        assert refused(data[:size]) in {"backup_damaged", "backup_not_ours", "backup_passphrase"}, size


CHANGES = {
    "the last gone": lambda pieces: pieces[:-1],
    "one in the middle gone": lambda pieces: [pieces[0], *pieces[2:]],
    "two swapped": lambda pieces: [pieces[1], pieces[0], *pieces[2:]],
    "one twice": lambda pieces: [pieces[0], *pieces],
    "all gone": lambda _: [],
    "more behind": lambda pieces: [*pieces, b"x"],
    "the last cut to nothing": lambda pieces: [*pieces[:-1], pieces[-1][:16]],
}


@over("change", CHANGES.values())
def test_pieces_that_are_gone_swapped_or_cut_are_told(change):
    head, nonce, pieces = split(written(bytes(3 * PIECE)))
    assert refused(head + nonce + b"".join(change(pieces))) == "backup_damaged"


def test_an_empty_piece_at_the_end_is_none_of_the_format():
    raw = io.BytesIO()
    writer = EncryptedWriter(raw, PASSPHRASE)
    writer._put(bytes(PIECE), last=False)
    writer._put(b"", last=True)
    assert refused(raw.getvalue()) == "backup_damaged"
    assert opened_by_pyrage(raw.getvalue()) is None


def of_a_recipient():
    return pyrage.encrypt(b"abc", [pyrage.x25519.Identity.generate().to_public()])


HEADS = {
    "a dear key": lambda good: good.replace(b" 15\n", b" 19\n", 1),
    "the dearest key": lambda good: good.replace(b" 15\n", b" 63\n", 1),
    "a key of a thousand digits": lambda good: good.replace(b" 15\n", b" " + b"1" * 1000 + b"\n", 1),
    "a cost with a zero before it": lambda good: good.replace(b" 15\n", b" 015\n", 1),
    "no cost": lambda good: good.replace(b" 15\n", b" 0\n", 1),
    "a cost below nothing": lambda good: good.replace(b" 15\n", b" -1\n", 1),
    "lines of another system": lambda good: good.replace(b"\n", b"\r\n", 4),
    "a second way to open it": lambda good: good.replace(b"\n--- ", b"\n-> X25519 abc\nabc\n--- ", 1),
    "a line without an end": lambda good: good[:22] + b"-> scrypt " + b"A" * 5_000_000,
    "another version": lambda good: good.replace(b"/v1", b"/v2", 1),
    "for a key, not a passphrase": lambda _: of_a_recipient(),
}


@pytest.mark.parametrize("change", HEADS.values(), ids=HEADS.keys())
def test_a_head_that_no_archive_of_ours_has_costs_nothing(change, dear, monkeypatch):
    changed = change(written(b"abc"))
    monkeypatch.setattr(archive, "_wrapping", lambda *_: pytest.fail("a key was made"))
    assert refused(changed) in {"backup_damaged", "backup_not_ours"}


def test_a_key_costs_what_a_small_machine_has(dear):
    assert b" 15\n" in written(b"abc")[:80], "32 MB"
    assert archive._MOST_COST <= 18, "256 MB"


def test_a_large_file_takes_the_memory_of_a_few_pieces(tmp_path):
    piece, times = secrets.token_bytes(1 << 20), 48
    tracemalloc.start()
    try:
        with (tmp_path / "x").open("wb") as raw:
            writer = EncryptedWriter(raw, PASSPHRASE)
            for _ in range(times):
                writer.write(piece)
            writer.close()
        with (tmp_path / "x").open("rb") as raw:
            reader, size = EncryptedReader(raw, PASSPHRASE), 0
            while found := reader.read(1 << 20):
                size += len(found)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert size == times << 20
    assert peak < 8 << 20


@pytest.mark.parametrize("data", [b"", b"age", b"PK\x03\x04", b"-----BEGIN AGE ENCRYPTED FILE-----\n", b"ustar" * 99])
def test_what_is_something_else_is_told_by_its_beginning(data):
    raw = io.BytesIO(data)
    assert not is_encrypted(raw)
    assert raw.tell() == 0


def age(command, passphrase, cwd):
    """The program `age`, which asks a terminal for the passphrase and nobody else."""
    needed("age", "script")
    words = ["script", "-qec", command, "/dev/null"]
    told = subprocess.run(words, input=passphrase, text=True, cwd=cwd, capture_output=True, timeout=120, check=False)
    return told.returncode


@pytest.mark.parametrize("size", [0, PIECE, 3 * PIECE + 5])
def test_the_program_age_opens_ours_and_we_open_its(tmp_path, size):
    data = secrets.token_bytes(size)
    (tmp_path / "ours").write_bytes(written(data))
    assert age("age -d -o opened ours", f"{PASSPHRASE}\n", tmp_path) == 0
    assert (tmp_path / "opened").read_bytes() == data
    assert age("age -d -o not ours", "sai\n", tmp_path) == 1
    (tmp_path / "plain").write_bytes(data)
    assert age("age -p -o theirs plain", f"{PASSPHRASE}\n" * 2, tmp_path) == 0
    assert read((tmp_path / "theirs").read_bytes()) == data
