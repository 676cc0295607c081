"""What an act is refused for: its reason, asked for in one way by every test that means one refusal.

Any other error, and an act that goes through, fail the test.
"""

from collections.abc import Callable

import pytest

from scheduler.kernel.errors import Refused


def refused(act: Callable[..., object], *args: object, **more: object) -> str:
    """The reason code with which `act(*args, **more)` is refused."""
    with pytest.raises(Refused) as told:
        act(*args, **more)
    return told.value.reason
