"""The clock of the station: whether it is trusted, and the word that it is right after it had run ahead.

Who may say it, and whether a second person has to agree, is the service's.
"""

from scheduler.operations.requests import ClockIn, instant_of
from scheduler.operations.schemas import At, Count, Record
from scheduler.operations.serializers import instant
from scheduler.operations.table import Answer, Call, Subject

subject = Subject("clock", "The clock: whether it is trusted, and the word of people that it is right.")


class Clock(Record, frozen=True):
    now: At
    trusted: bool
    ahead_until: At | None
    ahead_rows: Count
    asked_by: str


@subject.get("/clock", may="see")
def clock(call: Call) -> Answer[Clock]:
    """Whether the clock is trusted, and why not."""
    state = call.services.clock.state()
    return Answer(
        Clock(
            instant(call, state.now),
            state.trusted,
            instant(call, state.ahead.until) if state.ahead else None,
            state.ahead.rows if state.ahead else 0,
            state.asked.name if state.asked else "",
        )
    )


@subject.post("/clock/confirmation", may="confirm_clock")
def confirm(call: Call, body: ClockIn) -> Answer[Clock]:
    """Say that the hour is right, after a clock that ran ahead was put right.

    `seen` is the hour that whoever says it reads elsewhere; it may lie ten minutes from the station's. Where two or
    more people have the right, `trusted` stays false until a second one says the same within an hour. The key needs
    the right to see as well.
    """
    instant_of(body.seen)
    call.services.clock.confirm(call.actor, body.seen)
    return clock(call)
