"""Words of the public page, of what people report there.

Read by people of the ward, on a telephone: short, without a word of ours.
"""

from pathlib import Path

from scheduler.extras.public.rules.tickets import TicketKind, TicketState
from scheduler.kernel.words import Words

__all__ = ["PUBLIC_TRIGGERS", "SILENCES", "TICKET_KINDS", "TICKET_STATES", "TICKET_STEPS"]

TICKET_KINDS = Words(Path(__file__).parents[1], "ticket_kinds", TicketKind)
TICKET_STATES = Words(Path(__file__).parents[1], "ticket_states", TicketState)
TICKET_STEPS = Words(Path(__file__).parents[1], "ticket_steps", TicketState)
"""State -> the button that leads there."""
PUBLIC_TRIGGERS = Words(Path(__file__).parents[1], "public_triggers", str)
"""What is said beside a title; an ordinary airing needs no word."""
SILENCES = Words(Path(__file__).parents[1], "silences", str)
"""Why no words are shown."""
