"""A machine that died comes back: what it wrote alone is told late, once, and it follows."""

import pytest

from tests.extras.failover.work.two import order, played, shared, up, whole
from tests.waiting import until

pytestmark = pytest.mark.timed


def test_what_a_machine_wrote_alone_before_it_died_is_told_late_once_and_the_journal_is_whole(two):
    first, second = up(two)
    slots = order(first, 1, 2, 3, 4)
    until(lambda: slots[0] in played(second), "the first one, at the second machine")
    second.to_peer.cut()  # what is written now, the other never gets
    until(lambda: slots[1] in played(first), "the second one")
    with first.station() as station:
        lan = station.repos.people.by_login("lan")
        sha256 = station.repos.programme.announcement(1).audio_sha256
        station.services.announcements.record(lan, "Viết trong phút cuối", sha256)
    first.kill()
    second.to_peer.mend()
    until(lambda: two.holder() is second, "the second machine's air")
    until(lambda: {slots[2], slots[3]} & played(second), "what was left")
    alone = [row["hash"] for row in first.rows("SELECT hash FROM journal ORDER BY seq")]
    first.start()
    until(lambda: second.rows("SELECT 1 FROM journal WHERE kind = 'late'"), "the late row")
    until(lambda: shared(first) == shared(second), "the same rows on both")
    late = second.rows("SELECT * FROM journal WHERE kind = 'late'")
    told = second.rows("SELECT hash FROM pair_late")
    common = {row["hash"] for row in second.rows("SELECT hash FROM journal")}
    assert {row["hash"] for row in told} == set(alone) - common
    assert slots[1] in {row["slot_id"] for row in late}
    assert all("may-1 #" in row["note"] for row in late)
    ends = second.rows("SELECT slot_id FROM journal WHERE kind = 'airing'")
    assert len(ends) == len({row["slot_id"] for row in ends})
    assert whole(second).whole, whole(second)
    kept = "".join(path.read_text() for path in (first.data / "pair").glob("left-behind-*.json"))
    assert "Viết trong phút cuối" in kept
    assert two.both_heard_at_once() == []
