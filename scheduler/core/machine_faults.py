"""Reasons that say what failed in this machine, not in an announcement or by anybody's wish.

A slot that ends for one of them is told as a task, and a planned one is owed. Pure; which exception is which is
`causes`' to say, the sentences stand in `wording_faults`.
"""

from scheduler.core.stops import WhyEnded
from scheduler.kernel.causes import MACHINE_FAULTS

__all__ = ["CUT_BY_A_FAULT"]

CUT_BY_A_FAULT = MACHINE_FAULTS | {"output_failed", *(why.value for why in WhyEnded if why is not WhyEnded.STOPPING)}
"""Why an airing broke off without anybody's wish."""
