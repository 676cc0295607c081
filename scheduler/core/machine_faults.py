"""Reasons that say what failed in this machine, not in an announcement or by anybody's wish.

A slot that ends for one of them is told as a task, and a planned one is owed. Pure; which exception is which is
`causes`' to say, the sentences stand in `wording_faults`.
"""

from scheduler.core.stops import WhyEnded

__all__ = ["CUT_BY_A_FAULT", "MACHINE_FAULTS"]

MACHINE_FAULTS = frozenset({
    "database_damaged", "database_busy", "database_lost", "disk_error", "disk_full", "disk_readonly", "internal_fault",
    "no_descriptors", "no_permission", "out_of_memory",
})  # fmt: skip
CUT_BY_A_FAULT = MACHINE_FAULTS | {"output_failed", *(why.value for why in WhyEnded if why is not WhyEnded.STOPPING)}
"""Why an airing broke off without anybody's wish."""
