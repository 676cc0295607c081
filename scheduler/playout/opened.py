"""What the log says of an output that has just opened: where its sound goes, and whether a loudspeaker sounds there.

The words are `output_words`'s, the same as in `loa run`. It opens nothing and decides nothing; an output that is
not open is not spoken of here.
"""

import logging
from collections.abc import Iterable
from dataclasses import asdict

from scheduler.config.loading import Config
from scheduler.core.air.output_words import log_line
from scheduler.playout.programme import OutputHealth
from scheduler.services.air.output_states import outputs_seen

__all__ = ["log_opened"]

log = logging.getLogger(__name__)


def log_opened(config: Config, outputs: Iterable[OutputHealth], name: str) -> None:
    """A line for the output of that name; a warning where no loudspeaker sounds."""
    opened = [asdict(health) for health in outputs if health.name == name]
    for one in outputs_seen(config, opened) if opened else ():
        log.log(logging.INFO if one.counts else logging.WARNING, "%s", log_line(one))
