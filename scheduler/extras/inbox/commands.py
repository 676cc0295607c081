"""What `loa province` and `loa town` share: the list of what waits for a person, and the words beside each row.

It draws rows that the desks give; who may decide, and what becomes of a row, is theirs.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

import click

from scheduler.commands.base import local, print_json, print_table
from scheduler.config.loading import Config
from scheduler.core.words.wording import sentence

__all__ = ["Waiting", "all_option", "inbox_id", "reason_option", "show", "why"]

all_option = click.option("--all", "everything", is_flag=True, help="Also those that are decided.")
inbox_id = click.argument("inbox_id", type=int)


def reason_option(help_text: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return click.option("--reason", required=True, help=help_text)


class Waiting(Protocol):
    """A row of an inbox, whoever has sent it."""

    @property
    def id(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def priority(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def way(self) -> str: ...
    @property
    def doubts(self) -> tuple[tuple[str, dict[str, str]], ...]: ...
    @property
    def reason(self) -> str: ...
    @property
    def details(self) -> dict[str, str]: ...
    @property
    def received_at(self) -> datetime: ...
    @property
    def expires_at(self) -> datetime | None: ...
    @property
    def announcement_id(self) -> int | None: ...
    @property
    def campaign_id(self) -> int | None: ...
    @property
    def slot_id(self) -> str | None: ...


_Row = TypeVar("_Row", bound=Waiting)


def why(row: Waiting) -> str:
    """Why it stands where it stands, and what is doubtful about it."""
    told = [sentence(code, details) for code, details in row.doubts]
    return " ".join(filter(None, (sentence(row.reason, row.details), *told)))


def show(
    rows: Sequence[_Row],
    config: Config,
    states: Mapping[str, str],
    own: Callable[[_Row], Mapping[str, Any]],
    *,
    as_json: bool,
    nothing: str,
) -> None:
    """Print the rows. `states`: what they are called; `own`: what only this inbox tells of a row, beside its id."""
    if as_json:
        print_json({"inbox": [_told(row, config, own(row)) for row in rows]})
        return
    if not rows:
        click.echo(nothing)
        return
    table = [(row.id, row.priority, row.title[:60], states[row.state], why(row) or "-") for row in rows]
    print_table(("Số", "Mức", "Bản tin", "Trạng thái", "Lưu ý"), table)


def _told(row: Waiting, config: Config, own: Mapping[str, Any]) -> dict[str, Any]:
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
