import json
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from scheduler.core.report.proof import handed_over
from scheduler.kernel.errors import Refused
from scheduler.store.air.keys import Keys, holds


@pytest.fixture
def keys(tmp_path):
    return Keys(tmp_path / "keys")


def test_what_the_key_signs_holds_and_nothing_else_does(keys):
    key = keys.current()
    signature = key.sign(b"a day")
    assert holds(b"a day", signature, key.public)
    assert not holds(b"another day", signature, key.public)
    assert not holds(b"a day", signature, "00" * 32)


@pytest.mark.parametrize("signature", ["", "zz", "00" * 63, "00" * 64, "00" * 65])
def test_a_signature_that_is_none_does_not_hold(keys, signature):
    assert not holds(b"a day", signature, keys.current().public)
    assert not holds(b"a day", "00" * 64, signature)


def test_the_file_and_its_folder_are_for_the_station_alone(keys):
    keys.make()
    assert stat.S_IMODE(keys.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(keys.path.parent.stat().st_mode) == 0o700


def test_a_file_that_others_could_read_is_closed_to_them(keys, caplog):
    keys.make()
    keys.path.chmod(0o644)
    keys.current()
    assert stat.S_IMODE(keys.path.stat().st_mode) == 0o600
    assert "could be read by others" in caplog.text


def test_the_key_stays_the_same(keys):
    assert keys.current() == keys.current()
    assert Keys(keys.path.parent).current() == keys.current()


def test_processes_that_ask_at_once_get_the_same_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: Keys(tmp_path / "keys").current().public, range(16)))
    assert len(found) == 1


def test_the_private_half_is_not_shown(keys):
    key = keys.current()
    assert key.private not in repr(key)
    assert key.private in keys.path.read_text()


def test_a_changed_key_has_the_consent_of_the_one_before(keys):
    old = keys.current()
    new = keys.change()
    assert new.public != old.public
    assert keys.current() == new
    assert handed_over(old.public, new.public, new.since(old.public), holds)
    assert old.private not in keys.path.read_text()


def test_a_key_that_was_changed_twice_leads_back_to_the_first(keys):
    first = keys.current()
    second = keys.change()
    third = keys.change()
    assert handed_over(first.public, third.public, third.since(first.public), holds)
    assert handed_over(second.public, third.public, third.since(second.public), holds)
    assert third.since("00" * 32) == ()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"private": "00"}', "\x00"])
def test_a_damaged_file_is_refused_and_left_as_it_is(keys, text):
    keys.make()
    keys.path.write_text(text)
    for ask in (keys.current, keys.change):
        with pytest.raises(Refused) as refused:
            ask()
        assert refused.value.reason == "key_unreadable"
    assert keys.path.read_text() == text


def test_a_private_half_of_the_wrong_length_is_refused(keys):
    keys.make()
    told = json.loads(keys.path.read_text())
    keys.path.write_text(json.dumps(told | {"private": "00" * 31}))
    with pytest.raises(Refused):
        keys.current()


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "keys").write_text("")
    with pytest.raises(Refused) as refused:
        Keys(tmp_path / "keys").make()
    assert refused.value.reason == "disk_readonly"
