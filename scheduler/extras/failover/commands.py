"""`loa pair …`: the second machine of a ward; how the two stand, their key, and who takes the air.

Who has the air is decided by votes in the pair process; these commands ask and show.
"""

import click

from scheduler.commands.base import Context, json_option, pass_context, print_json
from scheduler.commands.language import ask_secret, in_words, say
from scheduler.core.words.wording import sentence
from scheduler.extras.failover.service import FailoverService
from scheduler.kernel.errors import Refused

COMMANDS: tuple[click.Command, ...]


@click.group()
def pair() -> None:
    """The second machine of this ward, of which one has the air."""


@pair.command()
@json_option
@pass_context
def status(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Which machine has the air, how the copy is, and the public half of this machine's key (pair.nkey)."""
    with context.station() as station:
        service = station.services.get(FailoverService)
        state, reasons, key = service.state(), [], ""
        try:
            key = service.public_key() if state.configured else ""
        except Refused as refused:
            reasons = [(refused.reason, refused.details)]
        reasons = [*state.reasons, *(one for one in reasons if one[0] not in dict(state.reasons))]
        if as_json:
            print_json(
                {
                    "configured": state.configured,
                    "alive": state.alive,
                    "machine": state.machine,
                    "peer": state.peer,
                    "here": state.here,
                    "peer_has_air": state.peer_has_air,
                    "alone": state.alone,
                    "term": state.term,
                    "behind_seconds": state.behind_seconds,
                    "files_missing": state.files_missing,
                    "share": state.share,
                    "public_key": key,
                    "reasons": [reason for reason, _ in reasons],
                }
            )
            return
        if not state.configured:
            say(sentence("pair_not_set_up"))
            return
        say(_who(state.here, state.peer_has_air, state.machine, state.peer, state.peer_page))
        if key:
            say(f"Khóa công khai của máy này, để khai ở máy chủ trung gian: {key}")
        for reason, details in reasons:
            say(f"- {sentence(reason, details)}")


def _who(here: bool, there: bool, machine: str, peer: str, page: str) -> str:  # noqa: FBT001 - two facts
    if here:
        return f"Máy này ({machine}) đang giữ sóng."
    if there:
        return f"Máy {peer} đang giữ sóng ({page}); máy này ({machine}) đi theo."
    return f"Không máy nào giữ sóng; máy này là {machine}."


@pair.command()
@pass_context
def new(context: Context) -> None:
    """Begin a pair on the machine that has the ward's data; prints the key for the other machine."""
    with context.station() as station:
        key = station.services.get(FailoverService).new_key(context.actor(station))
        say("Khóa của hai máy (gõ vào máy kia bằng lệnh loa pair join; không gửi qua mạng):")
        click.echo(key)


@pair.command()
@click.option("--over", is_flag=True, help="Also where this machine has data of its own, which is written over.")
@pass_context
def join(context: Context, over: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Make this machine the second one; asks for the key that `loa pair new` has printed."""
    with context.station() as station:
        station.services.get(FailoverService).join(ask_secret("Khóa"), over=over)
        say("Xong. Bật trạm (loa run): máy này sẽ chép dữ liệu của máy kia.")


@pair.command()
@pass_context
def take(context: Context) -> None:
    """Let this machine have the air; the other gives it up, where it is heard. For leaders."""
    with context.station() as station:
        station.services.get(FailoverService).take(context.actor(station))
        say("Đã yêu cầu; xem lại bằng loa pair status sau vài giây.")


@pair.command()
@click.option("--yes", is_flag=True, help="Ask nothing.")
@pass_context
def alone(context: Context, yes: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Air from this machine without any vote, because the other one is off. For leaders."""
    if not yes:
        asked = "Máy kia đã TẮT HẲN chưa? Nếu chưa, hai máy có thể cùng phát. Tiếp tục?"
        click.confirm(in_words(asked), abort=True)
    with context.station() as station:
        station.services.get(FailoverService).alone(context.actor(station))
        say("Đã yêu cầu; máy này phát một mình cho đến khi máy kia trở lại.")


COMMANDS = (pair,)
