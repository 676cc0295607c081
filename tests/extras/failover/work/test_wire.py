"""What two machines say to each other is secret, whole, from the other machine, and good for once."""

import http.client
import threading

import pytest

from scheduler.extras.failover.work import mirror
from scheduler.extras.failover.work.wire import Asker, Door, Message, Sealer, key_from, load_key
from scheduler.kernel.errors import Refused

KEY = bytes(range(32))


@pytest.fixture
def door():
    heard = []

    def answer(machine, asked):
        heard.append((machine, dict(asked.told), asked.raw))
        if asked.told["what"] == "no":
            raise Refused("pair_stranger", name="x")
        return Message({"back": asked.told.get("n")}, asked.raw * 2)

    made = Door(("127.0.0.1", 0), Sealer(KEY), answer)
    made.heard = heard
    yield made
    made.close()


@pytest.fixture
def asker():
    """Askers, closed afterwards."""
    made = []

    def make(door, key=KEY):
        made.append(Asker(f"http://127.0.0.1:{door.port}", Sealer(key), "may-1", 60.0))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_a_question_and_its_answer_carry_words_and_bytes(door, asker):
    answer = asker(door).ask("hello", b"\0abc", n=7)
    assert (answer.told, answer.raw) == ({"back": 7}, b"\0abc\0abc")
    assert door.heard == [("may-1", {"what": "hello", "n": 7}, b"\0abc")]


def test_a_refusal_keeps_its_reason(door, asker):
    with pytest.raises(Refused, match="pair_stranger"):
        asker(door).ask("no")


def test_another_key_is_turned_away_unheard(door, asker):
    with pytest.raises(Refused, match="pair_key_wrong"):
        asker(door, bytes(32)).ask("hello")
    assert door.heard == []


def posted(door, body, number, word):
    connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=60)
    connection.request("POST", "/loa-pair/1", body, {"Loa-Number": number, "Loa-Door": word})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def test_what_was_recorded_is_worth_nothing_again_nor_under_another_number_or_name(door):
    sealer = Sealer(KEY)
    body = sealer.seal(Message({"what": "vote"}), f"ask may-1/life/5 {door.word}")
    assert posted(door, body, "may-1/life/5", door.word) == 200
    assert posted(door, body, "may-1/life/5", door.word) == 403
    assert posted(door, body, "may-1/life/6", door.word) == 403
    assert posted(door, body, "may-2/life/7", door.word) == 403
    older = sealer.seal(Message({"what": "vote"}), f"ask may-1/life/4 {door.word}")
    assert posted(door, older, "may-1/life/4", door.word) == 403
    assert len(door.heard) == 1


def test_what_was_sealed_for_an_earlier_process_is_not_taken_by_the_next(door):
    body = Sealer(KEY).seal(Message({"what": "vote"}), "ask may-1/life/1 0123")
    assert posted(door, body, "may-1/life/1", "0123") == 409
    assert door.heard == []


def test_an_asker_finds_the_next_process_by_itself(door, asker):
    one = asker(door)
    one.ask("hello")
    door.word = "another-life"
    assert one.ask("hello", n=2).told == {"back": 2}


def test_nonsense_is_refused_and_the_door_lives_on(door, asker):
    for body, number in ((b"", "may-1/a/1"), (b"x" * 5000, "may-1/a/2"), (b"\xff" * 12, "no-number")):
        assert posted(door, body, number, door.word) == 403
    connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=60)
    connection.request("POST", "/elsewhere", b"x")
    answer = connection.getresponse()
    assert answer.status == 404
    answer.read()
    connection.close()
    assert asker(door).ask("hello").told == {"back": None}


def test_many_ask_at_once(door, asker):
    told = []
    askers = [asker(door) for _ in range(12)]
    asks = [lambda n=n, one=one: told.append(one.ask("hello", n=n).told["back"]) for n, one in enumerate(askers)]
    threads = [threading.Thread(target=ask) for ask in asks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(told) == list(range(12))


def test_nobody_there_is_a_refusal():
    with pytest.raises(Refused, match="pair_unreachable"):
        Asker("http://127.0.0.1:1", Sealer(KEY), "may-1", 2.0).ask("hello")


@pytest.mark.parametrize("text", ["", "ab" * 31, "zz" * 32, "ab" * 33])
def test_a_key_that_is_none_is_refused(text):
    with pytest.raises(Refused, match="pair_key_bad"):
        key_from(text)


def test_a_key_file_that_others_may_read_is_not_used(tmp_path):
    path = tmp_path / "pair.key"
    with pytest.raises(Refused, match="pair_key_missing"):
        load_key(path)
    path.write_text("ab" * 32)
    path.chmod(0o644)
    with pytest.raises(Refused, match="pair_key_open"):
        load_key(path)
    path.chmod(0o600)
    assert load_key(path) == bytes.fromhex("ab" * 32)


# Files


@pytest.mark.parametrize(
    "name",
    ["../loa.db", "library/clips/../../loa.db", "/etc/passwd", "loa.db", "keys/../loa.db", "library/clips/x.part",
     "pair/pair.key", "library/renders/x", "keys\\x", "library/clips/a\0b", ""],
)  # fmt: skip
def test_no_name_leads_out_of_the_places_that_both_machines_share(tmp_path, name):
    with pytest.raises(Refused, match="pair_name_bad"):
        mirror.place_of(tmp_path, name)


def test_a_sound_that_is_not_what_its_name_says_never_gets_it(tmp_path):
    part = tmp_path / "x.part"
    part.write_bytes(b"wrong")
    place = tmp_path / "library" / "clips" / ("ab" * 32 + ".wav")
    with pytest.raises(Refused, match="audio_changed"):
        mirror.received(place, part, 5, "")
    assert not place.exists()


def test_what_is_missing_is_told_keys_first(tmp_path):
    here, there = tmp_path / "a", tmp_path / "b"
    for name in ("library/clips/one.peaks", "keys/journal-key.json", "people-key"):
        path = here / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    (here / "library/clips/two.wav.part").write_bytes(b"half")
    there.mkdir()
    assert [name for name, *_ in mirror.missing(there, mirror.kept(here))] == [
        "keys/journal-key.json",
        "people-key",
        "library/clips/one.peaks",
    ]
