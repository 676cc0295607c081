"""The broker's user keys, held against NATS's own published pair and against everything that is no key."""

import os
import stat
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.extras.town.broker import keys
from scheduler.kernel.errors import Refused

# The pair that the documentation of NATS shows (docs.nats.io, NKeys).
KNOWN_SEED = "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY"
KNOWN_PUBLIC = "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4"


def test_the_pair_that_nats_publishes_is_ours_too():
    assert keys.public_of(KNOWN_SEED) == KNOWN_PUBLIC
    assert keys.is_public(KNOWN_PUBLIC)


def test_a_new_key_signs_and_another_does_not():
    seed, other = keys.new_seed(), keys.new_seed()
    assert seed != other
    assert (seed[:2], len(seed), keys.public_of(seed)[0], len(keys.public_of(seed))) == ("SU", 58, "U", 56)
    signature = keys.sign(seed, b"nonce")
    assert keys.verify(keys.public_of(seed), b"nonce", signature)
    assert not keys.verify(keys.public_of(seed), b"another", signature)
    assert not keys.verify(keys.public_of(other), b"nonce", signature)
    assert not keys.verify("UNKNOWN", b"nonce", signature)
    assert not keys.verify(keys.public_of(seed), b"nonce", signature[:-1])


@given(st.integers(0, 55), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_a_key_with_one_letter_changed_is_none(place, letter):
    changed = KNOWN_PUBLIC[:place] + letter + KNOWN_PUBLIC[place + 1 :]
    assert keys.is_public(changed) == (changed == KNOWN_PUBLIC)


@given(st.text(max_size=80))
def test_no_text_makes_the_reader_of_keys_stumble(text):
    assert not keys.is_public(text)
    with pytest.raises(Refused, match="link_key_unreadable"):
        keys.public_of(text)


def test_a_public_key_is_no_seed_and_a_seed_no_public_key():
    with pytest.raises(Refused, match="link_key_unreadable"):
        keys.public_of(KNOWN_PUBLIC)
    assert not keys.is_public(KNOWN_SEED)


def test_the_file_is_made_once_for_its_owner_alone(tmp_path):
    path = tmp_path / "new" / "town.nkey"
    seed = keys.load_or_make(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys.load_or_make(path) == seed
    assert [one.name for one in path.parent.iterdir()] == ["town.nkey"]


def test_ten_that_make_it_at_once_have_one_key(tmp_path):
    path, found, start = tmp_path / "town.nkey", [], threading.Barrier(10)

    def make():
        start.wait()
        found.append(keys.load_or_make(path))

    threads = [threading.Thread(target=make) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 10
    assert len(set(found)) == 1


def test_a_file_that_others_may_read_is_refused(tmp_path):
    path = tmp_path / "town.nkey"
    keys.load_or_make(path)
    path.chmod(0o640)
    with pytest.raises(Refused, match="link_key_open"):
        keys.load_or_make(path)


def test_a_damaged_file_is_refused_and_not_replaced(tmp_path):
    path = tmp_path / "town.nkey"
    path.write_bytes(b"\xff\xfe nothing")
    path.chmod(0o600)
    with pytest.raises(Refused, match="link_key_unreadable"):
        keys.load_or_make(path)
    assert path.read_bytes() == b"\xff\xfe nothing"


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    with pytest.raises(Refused, match="disk_readonly"):
        keys.load_or_make(blocked / "town.nkey")


def test_no_seed_stands_in_an_error(tmp_path):
    damaged = KNOWN_SEED[:-1] + "A"
    path = tmp_path / "town.nkey"
    path.write_text(damaged, encoding="ascii")
    os.chmod(path, 0o600)  # noqa: PTH101 - as a person would
    with pytest.raises(Refused) as told:
        keys.load_or_make(path)
    assert damaged not in str(told.value)
