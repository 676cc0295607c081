import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.report.proof import (
    Checkpoint,
    Fault,
    Handover,
    Sealed,
    Sum,
    closes_at,
    handed_over,
    handover_text,
    line_fault,
    payload_of,
    read_payload,
)
from tests.rows import over

DAY = date(2026, 12, 2)
ZONE = "Asia/Ho_Chi_Minh"


def signature(message: bytes, key: str) -> str:
    """A stand-in for signing, as strict and without a private half; the real one has its own tests."""
    return hashlib.sha256(key.encode() + message).hexdigest()


def holds(message: bytes, told: str, key: str) -> bool:
    return signature(message, key) == told


def consent(old: str, new: str) -> Handover:
    return Handover(new, signature(handover_text(old, new), old))


def sealed(one: Checkpoint) -> Sealed:
    payload = payload_of(one)
    return Sealed(payload, signature(payload.encode(), one.key))


def line_of(*changes: dict[str, object]) -> list[Sealed]:
    """As many checkpoints as there are changes, each following the one before it but for its changes."""
    line: list[Sealed] = []
    for number, change in enumerate(changes, 1):
        plain = Checkpoint(
            number=number,
            station="Đài phường",
            day=DAY + timedelta(days=number),
            first_seq=10 * number - 9,
            last_seq=10 * number,
            last_hash=f"{number:064x}",
            sums={"2026-12-02": {"played": Sum(3, 9000)}},
            broken_at=None,
            made_at="2026-12-03T17:05:00.000000+00:00",
            previous=line[-1].signature if line else "",
            key="k1",
        )
        line.append(sealed(replace(plain, **change)))  # type: ignore[arg-type]  # any field of it
    return line


texts = st.text(max_size=20)
seqs = st.integers(0, 10**9)
checkpoints = st.builds(
    Checkpoint,
    number=seqs,
    station=texts,
    day=st.dates(),
    first_seq=seqs,
    last_seq=seqs,
    last_hash=texts,
    sums=st.dictionaries(texts, st.dictionaries(texts, st.builds(Sum, seqs, seqs), max_size=3), max_size=3),
    broken_at=st.none() | seqs,
    made_at=texts,
    previous=texts,
    key=texts,
    key_before=texts,
    handovers=st.lists(st.builds(Handover, texts, texts), max_size=3).map(tuple),
)


@given(checkpoints)
def test_what_is_signed_tells_the_whole_checkpoint(one):
    assert read_payload(payload_of(one)) == one


@given(checkpoints, st.data())
def test_no_other_text_tells_the_same_checkpoint(one, data):
    payload = payload_of(one)
    place = data.draw(st.integers(0, len(payload)))
    other = payload[:place] + data.draw(st.sampled_from([" ", "0", '"', "}", "a"])) + payload[place:]
    try:
        read = read_payload(other)
    except ValueError:
        return
    assert read != one


@over("text", ["", "[]", "{}", "null", '{"format":"loa-checkpoint-2"}', "9" * 5000, "[" * 100_000])
def test_a_text_that_is_no_checkpoint_is_a_value_error(text):
    with pytest.raises(ValueError):  # noqa: PT011 - whatever json says of it
        read_payload(text)


@pytest.mark.parametrize(
    ("minutes", "over"),
    [pytest.param(4.99, False, id="before"), pytest.param(5, True, id="at"), pytest.param(5.01, True, id="after")],
)
def test_a_day_is_closed_five_minutes_after_its_midnight_in_the_zone_of_the_station(minutes, over):
    midnight = datetime(2026, 12, 2, 17, 0, tzinfo=UTC)  # 00:00 of 3 December in Việt Nam
    assert (closes_at(DAY, ZONE) <= midnight + timedelta(minutes=minutes)) is over


def test_a_line_as_it_grows_holds():
    assert line_fault(line_of({}, {}, {}), holds) is None
    assert line_fault([], holds) is None


def test_days_without_a_row_follow_each_other_too():
    still = {"first_seq": 11, "last_seq": 10, "last_hash": f"{1:064x}", "sums": {}}
    assert line_fault(line_of({}, still, still | {"day": DAY + timedelta(days=9)}), holds) is None


@pytest.mark.parametrize("gone", [0, 1])
def test_a_checkpoint_that_was_taken_out_is_missed(gone):
    line = line_of({}, {}, {})
    del line[gone]
    fault = line_fault(line, holds)
    assert fault == Fault(gone + 1, "checkpoint_missing")


def test_a_checkpoint_that_was_signed_anew_no_longer_fits_the_next():
    line = line_of({}, {}, {})
    line[1] = line_of({}, {"last_hash": "f" * 64}, {})[1]
    assert line_fault(line, holds) == Fault(3, "checkpoint_missing")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param({"day": DAY + timedelta(days=1)}, "checkpoint_changed", id="the_same_day_twice"),
        pytest.param({"first_seq": 12}, "checkpoint_changed", id="a_row_left_out"),
        pytest.param({"first_seq": 10}, "checkpoint_changed", id="a_row_twice"),
        pytest.param({"last_seq": 9}, "checkpoint_changed", id="fewer_rows_than_before"),
        pytest.param({"last_seq": 10}, "checkpoint_changed", id="another_hash_for_the_same_row"),
        pytest.param({"number": 3}, "checkpoint_missing", id="a_number_left_out"),
        pytest.param({"previous": "0"}, "checkpoint_missing", id="another_one_before_it"),
        pytest.param({"key": "k2"}, "checkpoint_foreign_key", id="a_key_that_names_none"),
        pytest.param({"key": "k2", "key_before": "k0"}, "checkpoint_foreign_key", id="a_key_that_names_another"),
        pytest.param({"key_before": "k0"}, "checkpoint_foreign_key", id="the_same_key_that_names_one"),
        pytest.param(
            {"key": "k2", "key_before": "k1", "handovers": (Handover("k2", "no"),)},
            "checkpoint_foreign_key",
            id="a_consent_nobody_signed",
        ),
    ],
)
def test_what_does_not_follow_the_checkpoint_before_is_named(change, why):
    assert line_fault(line_of({}, change), holds) == Fault(2, why)


@pytest.mark.parametrize("place", [0, 1])
def test_a_letter_that_was_changed_is_found(place):
    line = line_of({}, {})
    line[place] = line[place]._replace(payload=line[place].payload.replace("9000", "9001"))
    assert line_fault(line, holds) == Fault(place + 1, "checkpoint_changed")


@pytest.mark.parametrize(
    "handovers",
    [
        pytest.param((consent("k1", "k2"),), id="with_consent"),
        pytest.param((consent("k1", "kx"), consent("kx", "k2")), id="changed_twice_before_it_signed"),
        pytest.param((), id="the_old_one_was_lost"),
    ],
)
def test_a_new_key_begins_a_new_line_that_names_the_old_one(handovers):
    new = {"key": "k2", "key_before": "k1", "handovers": handovers}
    assert line_fault(line_of({}, new, {"key": "k2"}), holds) is None


def test_a_consent_to_one_key_is_none_to_another():
    assert handed_over("k1", "k2", [consent("k1", "k2")], holds)
    assert not handed_over("k1", "k3", [consent("k1", "k2")], holds)
    assert not handed_over("k1", "k2", [], holds)
    assert not handed_over("k0", "k2", [consent("k1", "k2")], holds)
