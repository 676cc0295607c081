"""`loa simulate`: the station on a stepped clock, for trying a plan.

The record of its parts: names only, nothing of it is imported here.
"""

from scheduler.features import Feature

__all__ = ["FEATURE"]

FEATURE = Feature(
    name="simulate",
    docs="simulate.md",
    commands={
        "simulate": "scheduler.extras.simulate.commands:simulate",
    },
)
