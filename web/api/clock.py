"""The clock of the station over the API: whether it is trusted, and the word that it is right after it had run ahead.

Who may say it, and whether a second person has to agree, is the desk's.
"""

from web.api import told
from web.api.asked import instant_of
from web.api.contract import Asked, Subject, Told, ref
from web.auth import services, station

subject = Subject("clock", "The clock: whether it is trusted, and the word of people that it is right.")


@subject.get("/clock", may="see", says="Whether the clock is trusted, and why not.", gives=ref("Clock"))
def clock(asked: Asked) -> Told:  # noqa: ARG001 - every operation is given what was asked
    return Told(_told())


@subject.post(
    "/clock/confirmation",
    may="confirm_clock",
    says="Say that the hour is right, after a clock that ran ahead was put right.",
    tells=(
        "`seen` is the hour that whoever says it reads elsewhere; it may lie ten minutes from the station's. Where two "
        "or more people have the right, `trusted` stays false until a second one says the same within an hour. The key "
        "needs the right to see as well."
    ),
    takes=ref("ClockIn"),
    gives=ref("Clock"),
)
def confirm(asked: Asked) -> Told:
    seen = instant_of(asked.body["seen"]) or station().clock.now()
    services().clock.confirm(asked.actor, seen)
    return Told(_told())


def _told() -> dict[str, object]:
    state = services().clock.state()
    return {
        "now": told.instant(state.now),
        "trusted": state.trusted,
        "ahead_until": told.instant(state.ahead.until) if state.ahead else None,
        "ahead_rows": state.ahead.rows if state.ahead else 0,
        "asked_by": state.asked.name if state.asked else "",
    }
