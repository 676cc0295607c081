"""What a person decides: the other machine takes over, or this one goes on alone."""

import pytest

from scheduler.extras.failover.service import FailoverService
from scheduler.kernel.errors import Refused
from tests.extras.failover.work.two import order, played, up, whole
from tests.waiting import pause, until

pytestmark = pytest.mark.timed


def test_a_leader_moves_the_air_and_then_airs_alone_when_nobody_else_is_there(two):
    first, second = up(two)
    slots = order(first, 1, 2)
    until(lambda: set(slots) <= played(second), "both, as the second machine knows them")
    with second.station() as station, pytest.raises(Refused, match="pair_not_here"):
        station.services.air.play_now(station.repos.people.by_login("minh"), 1)
    with second.station() as station:
        minh = station.repos.people.by_login("minh")
        with pytest.raises(Refused, match="pair_other_lives"):
            station.services.get(FailoverService).alone(minh, "mat-khau-cua-minh")
        with pytest.raises(Refused, match="code_wrong"):
            station.services.get(FailoverService).take(minh, "sai")
        station.services.get(FailoverService).take(minh, "mat-khau-cua-minh")
    until(lambda: two.holder() is second, "the second machine's air")
    until(lambda: (state := first.told()).alive and state.peer_has_air and not state.reasons, "the first one follows")
    assert second.rows("SELECT 1 FROM journal WHERE kind = 'late'") == []  # nothing was left behind
    first.kill()
    two.server.kill()
    until(lambda: second.told().silent, "the silence of a machine that hears nobody")
    pause(1.0)
    assert two.holder() is None
    assert "pair_nobody" in {reason for reason, _ in second.told().reasons}
    with second.station() as station:
        station.services.get(FailoverService).alone(station.repos.people.by_login("minh"), "mat-khau-cua-minh")
    until(lambda: two.holder() is second, "the air of the one that is alone")
    order(second, 3)
    until(lambda: second.heard, "its sound")
    first.start()
    until(lambda: (state := first.told()).alive and state.peer_has_air, "the first one follows")
    until(lambda: not second.told().alone, "two again")
    assert two.both_heard_at_once() == []
    assert whole(second).whole
    took = [row["note"] for row in second.rows("SELECT note FROM journal WHERE reason = 'pair_took' ORDER BY seq")]
    assert [note.split(",")[0] for note in took] == ["may-1 term 2", "may-2 term 3", "may-2 term 4 alone"]
