"""Lines are cut and brokers die: the air goes on where two of three agree, and never two machines are heard at once."""

from itertools import pairwise

import pytest

from scheduler.kernel.clock import since_boot
from tests.extras.failover.work.two import order, up, whole
from tests.waiting import pause, until

pytestmark = pytest.mark.timed
GAP = 3.0
"""Seconds without new sound that are more than a busy machine's hiccup."""


def gaps(machine, since, until_):
    """The longest silence of a machine between two instants."""
    heard = [since, *(at for at in machine.heard if since <= at <= until_), until_]
    return max(later - earlier for earlier, later in pairwise(heard))


def test_the_air_outlives_the_broker_and_ends_in_time_where_a_machine_is_alone_with_itself(two):
    first, second = up(two)
    order(first, 9, 1, 2)
    until(lambda: first.heard, "the long one")
    began = since_boot()
    two.server.kill()  # 1: no broker: the two go on by themselves
    pause(8.0)
    assert two.holder() is first
    two.server.start()
    first.broker.cut()  # 2: this machine does not reach the broker: the other's promise is enough
    pause(8.0)
    assert two.holder() is first
    assert gaps(first, began, since_boot()) < GAP
    first.to_peer.cut()  # 3: it reaches nobody
    second.to_peer.cut()
    cut = since_boot()
    until(lambda: two.holder() is second, "the second machine's air")
    until(lambda: second.heard, "the second machine")
    assert max(first.heard) < cut + 5.5  # what it had been promised has run out
    for line in (first.broker, first.to_peer, second.to_peer):
        line.mend()
    until(lambda: (state := first.told()).alive and state.peer_has_air and not state.reasons, "the first one's return")
    assert two.holder() is second
    assert two.both_heard_at_once() == []
    until(lambda: whole(second).whole, "the whole journal")
    late = second.rows("SELECT * FROM journal WHERE slot_id IN (SELECT id FROM slot WHERE announcement_id = 9)")
    assert [row["kind"] for row in late] in (["airing"], ["airing", "late"])
