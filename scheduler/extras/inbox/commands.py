"""The commands of an inbox, the same for every sender: what waits in the terminal, and a person's answers.

By the same acts as on the page. Which command group they belong to, and what only one sender tells of a row, is that
sender's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic

import click

from scheduler.commands.base import Context, json_option, local, pass_context, print_json, print_table
from scheduler.commands.language import say
from scheduler.config.loading import Config
from scheduler.core.words.wording import sentence, sentence_of
from scheduler.extras.inbox.rules import InboxRow, RowT
from scheduler.extras.inbox.service.inbox import Inbox
from scheduler.extras.inbox.work import air_by_order
from scheduler.services.station.link_state import LinkState

if TYPE_CHECKING:
    from scheduler.station import Station

__all__ = ["InboxCommands", "say_link", "why"]

_id = click.argument("inbox_id", type=int)


def say_link(state: LinkState[Any], config: Config, *, up: str, dials: str, clock_off: str) -> None:
    """How a configured line to a house above stands: its process, the last good answer, its clock.

    `up`, `dials`: said of a line that is answered, and of one that is not yet. `clock_off`: the reason's code.
    """
    if state.rests:
        say(sentence(state.reason))
    elif not state.alive:
        say("Bộ nối không trả lời (hãy xem loa run có chạy không, ổ đĩa còn chỗ không).")
    else:
        told = sentence_of(state) if state.reason else up if state.is_up else dials
        say(f"Bộ nối đang chạy. {told}")
    if state.reached_at:
        say(f"Lần cuối liên lạc được: {local(state.reached_at, config):%H:%M:%S %d/%m/%Y}")
    if state.clock_off_minutes:
        say(sentence(clock_off, {"minutes": abs(state.clock_off_minutes)}))


@dataclass(frozen=True, slots=True)
class InboxCommands(Generic[RowT]):
    """What only one sender's commands say."""

    inbox: "Callable[[Station], Inbox[RowT]]"
    own: "Callable[[Station, RowT], Mapping[str, Any]]"
    """What only this sender tells of a row, as JSON."""
    nothing: str
    accepted: Callable[[RowT], str]
    dismissed: str
    states: Mapping[str, str]

    def add_to(self, group: click.Group) -> None:
        """`inbox`, `accept`, `air` and `dismiss`."""
        for make in (self._inbox, self._accept, self._air, self._dismiss):
            group.add_command(make())

    def _inbox(self) -> click.Command:
        @click.command()
        @click.option("--all", "everything", is_flag=True, help="Also those that are decided.")
        @json_option
        @pass_context
        def inbox(context: Context, everything: bool, as_json: bool) -> None:  # noqa: FBT001 - click gives flags
            """What waits for a person, emergencies first, each with its doubts."""
            with context.station() as station:
                box = self.inbox(station)
                rows = box.waiting() + (box.under_way() + box.done(200) if everything else [])
                if as_json:
                    print_json({"inbox": [_to_dict(row, station.config, self.own(station, row)) for row in rows]})
                else:
                    self._print(rows)

        return inbox

    def _print(self, rows: Sequence[RowT]) -> None:
        if not rows:
            say(self.nothing)
            return
        table = [(row.id, row.priority, row.title[:60], self.states[row.state], why(row) or "-") for row in rows]
        print_table(("Số", "Mức", "Bản tin", "Trạng thái", "Lưu ý"), table)

    def _accept(self) -> click.Command:
        @click.command()
        @_id
        @pass_context
        def accept(context: Context, inbox_id: int) -> None:
            """Put it into the next session, once a leader has approved its sound; or take over what it proposes.

            Needs the running station.
            """
            with context.station() as station:
                say(self.accepted(self.inbox(station).accept(context.actor(station), inbox_id)))

        return accept

    def _air(self) -> click.Command:
        @click.command()
        @_id
        @click.option("--heard", is_flag=True, help="You have listened to its sound (an emergency needs no such word).")
        @pass_context
        def air(context: Context, inbox_id: int, heard: bool) -> None:  # noqa: FBT001 - click gives a flag
            """Air it now: an emergency over everything, a drill as drills air, any other as soon as may be."""
            with context.station() as station:
                box = self.inbox(station)
                clip = box.sound(box.get(inbox_id))
                sha256 = clip.sha256 if clip else ""
                slot_id = air_by_order(station, box, context.actor(station), inbox_id, sha256, heard=heard)
                say(f"Đã gửi lệnh phát ngay: {slot_id}")

        return air

    def _dismiss(self) -> click.Command:
        @click.command()
        @_id
        @click.option("--reason", required=True, help="Why; it stays beside it, and its sender may read it.")
        @pass_context
        def dismiss(context: Context, inbox_id: int, reason: str) -> None:
            """Leave it aside: nothing of it airs, and the reason stays beside it."""
            with context.station() as station:
                self.inbox(station).dismiss(context.actor(station), inbox_id, reason)
                say(self.dismissed)

        return dismiss


def why(row: InboxRow) -> str:
    """Why it stands where it stands, and what is doubtful about it."""
    told = [sentence(code, details) for code, details in row.doubts]
    return " ".join(filter(None, (sentence_of(row), *told)))


def _to_dict(row: InboxRow, config: Config, own: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        **own,
        "title": row.title,
        "priority": row.priority,
        "state": row.state,
        "way": row.way,
        "reason": row.reason,
        "doubts": [code for code, _ in row.doubts],
        "sentence": why(row),
        "received_at": local(row.received_at, config).isoformat(),
        "expires_at": local(row.expires_at, config).isoformat() if row.expires_at else None,
        "announcement_id": row.announcement_id,
        "campaign_id": row.campaign_id,
        "slot_id": row.slot_id,
    }
