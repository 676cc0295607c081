"""Why what came from outside sounds no more."""

import pytest

from scheduler.core.stops import StopReason
from scheduler.extras.inbox.rules import reason_of_end


@pytest.mark.parametrize(
    ("state", "by_officer", "expected"),
    [
        ("cancelled", False, StopReason.ALERT),
        ("superseded", False, StopReason.ALERT),
        ("expired", False, StopReason.EXPIRED),
        ("dismissed", False, StopReason.WITHDRAWN),
        ("dismissed", True, StopReason.OFFICER),
    ],
)
def test_what_came_from_outside_ends_for_its_own_reason(state, by_officer, expected):
    assert reason_of_end(StopReason.ALERT, state, by_officer=by_officer) is expected
