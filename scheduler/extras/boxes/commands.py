"""`loa cluster` runs a box beside the horns; `loa cluster …` lists a ward's boxes and pairs one.

A box is a small station: playout and the process that listens to its ward, under one supervisor, without a page.
"""

import threading
from typing import TYPE_CHECKING, Any

import click

from scheduler import supervisor
from scheduler.commands.air import begun_spawner
from scheduler.commands.base import Context, clock_text, json_option, pass_context, print_json, print_table
from scheduler.commands.language import say
from scheduler.config.loading import Config
from scheduler.core.words.wording import sentence
from scheduler.extras.boxes.keys import BoxConfig, MqttConfig
from scheduler.extras.boxes.rules.wording_cluster import LOOKS
from scheduler.extras.boxes.service.box import BoxService
from scheduler.extras.boxes.service.boxes import ClusterService
from scheduler.kernel.clock import SystemClock, awaited
from scheduler.kernel.errors import Refused
from scheduler.playout.end_record import EndRecords
from scheduler.watchdog import BeatRows, Pulse, Vitals

if TYPE_CHECKING:
    from scheduler.extras.boxes.service.boxes import ClusterView

BOX_PROCESSES = ("playout", "box")
ANSWER_EVERY = 0.2
"""Seconds between two looks for what a box has answered."""


@click.group(invoke_without_command=True)
@click.option("--key", "show_key", is_flag=True, help="Print this box's public key and end.")
@click.pass_context
def cluster(command: click.Context, *, show_key: bool) -> None:
    """Run this machine as a box beside the horns (cụm loa), until Ctrl-C; `cluster …` is a ward's word to its boxes."""
    if command.invoked_subcommand is not None:
        return
    context: Context = command.obj
    config = context.config()
    if show_key:
        with context.station() as station:
            click.echo(station.services.get(BoxService).public_key())
        return
    if not config.get(BoxConfig).id:
        raise Refused("box_off")
    spawner = begun_spawner(context)
    held = supervisor.lock(config)
    try:
        supervisor.keep_log(config.data / "log", "cluster")
        stop = threading.Event()
        supervisor.stop_on_signals(stop)
        with context.station() as station:
            say(f"Cụm loa {config.get(BoxConfig).id} của phường {config.get(BoxConfig).ward_id}. Bấm Ctrl-C để tắt.")
            say(f"Khóa của cụm: {station.services.get(BoxService).public_key()}")
            clock = SystemClock()
            watch = supervisor.Supervisor(context.arguments(), clock, base=BOX_PROCESSES, spawner=spawner)
            watch.stop = stop
            watch.leave_word = EndRecords(config.data).put_now(clock)
            vitals, pulse = Vitals(clock, BeatRows(station.services.processes), watch), Pulse(clock)
            watch.run(lambda: pulse.turn(lives=vitals.look()))
        say("Đã tắt cụm loa.")
    finally:
        held.release()
        if spawner:
            spawner.end()


@cluster.command("list")
@json_option
@pass_context
def listed(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Every box: how it stands, since when, and what it has measured; what is not measured is absent."""
    with context.station() as station:
        found = station.services.get(ClusterService).listed()
        if as_json:
            print_json([_to_dict(view) for view in found])
            return
        if not found:
            say(sentence("clusters_off"))
            return
        config = station.config
        rows = [
            (view.config.id, view.name, LOOKS[view.look], clock_text(view.since, config), _measured(view))
            for view in found
        ]
        print_table(("Số", "Tên", "Tình trạng", "Từ lúc", "Cụm tự đo"), rows)


@cluster.command()
@click.argument("cluster_id")
@pass_context
def pair(context: Context, cluster_id: str) -> None:
    """Print what belongs into the box's own config.toml; nothing of it is secret."""
    with context.station() as station:
        view, config = station.services.get(ClusterService).get(cluster_id), station.config
        if view.config.kind != "loa":
            raise Refused("cluster_no_pairing")
        if not config.get(MqttConfig).url:
            raise Refused("clusters_off")
        page = config.get(MqttConfig).page_url or f"http://{config.web.host}:{config.web.port}"
        say(
            f'[station]\nname = "{view.name}"\ntime_zone = "{config.station.time_zone}"\n\n'
            f'[mqtt]\nurl = "{config.get(MqttConfig).url}"\n{_signs_in(config, cluster_id)}\n'
            f'[box]\nid = "{cluster_id}"\nward_id = "{station.services.get(ClusterService).ward()}"\n'
            f'ward_key = "{station.services.get(ClusterService).link.public_key()}"\npage_url = "{page}"'
        )


def _signs_in(config: Config, cluster_id: str) -> str:
    """Under which name a box signs in at the ward's MQTT server; nothing where the station needs none either."""
    mqtt = config.get(MqttConfig)
    return f'user = "{cluster_id}"\npassword_file = "mqtt.txt"\n' if mqtt.user else ""


@cluster.command()
@click.argument("cluster_id")
@click.argument("percent", type=click.IntRange(1, 100))
@pass_context
def volume(context: Context, cluster_id: str, percent: int) -> None:
    """Set how loud a box is, in percent, from its next airing on; emergencies keep their own loudness."""
    with context.station() as station:
        station.services.get(ClusterService).set_volume(context.actor(station), cluster_id, percent)
        say(f"Đã đặt âm lượng {percent}% cho cụm {cluster_id}.")


@cluster.command()
@click.argument("cluster_id")
@click.option("--on/--off", "muted", default=True, help="--off lets it sound again.")
@pass_context
def mute(context: Context, cluster_id: str, muted: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Silence a box; only a permitted emergency still sounds there."""
    with context.station() as station:
        station.services.get(ClusterService).set_muted(context.actor(station), cluster_id, muted=muted)
        say(f"Đã {'tắt tiếng' if muted else 'mở tiếng'} cụm {cluster_id}.")


@cluster.command()
@click.argument("cluster_id")
@click.option(
    "--wait",
    type=click.FloatRange(0, 60),
    default=10.0,
    show_default=True,
    help="Seconds to wait for the box's answer.",
)
@pass_context
def test(context: Context, cluster_id: str, wait: float) -> None:
    """Sound a tone of three seconds at a box, within a minute or not at all, and tell what the box answers.

    Ends with 1 where the box does not sound it, or has not answered yet.
    """
    with context.station() as station:
        boxes = station.services.get(ClusterService)
        number = boxes.test(context.actor(station), cluster_id)
        awaited(station.clock, lambda: boxes.answer_to(number)[0], wait, ANSWER_EVERY)
        answer, reason = boxes.answer_to(number)
    if answer == "done":
        say(f"Cụm {cluster_id} nhận lệnh và phát thử.")
        return
    if answer:
        say(f"Cụm {cluster_id} không phát thử. {sentence(reason)}")
    else:
        say(f"Đã gửi lệnh thử loa tới cụm {cluster_id}; chưa thấy cụm trả lời. Xem cụm còn liên lạc: loa cluster list.")
    raise SystemExit(1)


def _to_dict(view: "ClusterView") -> dict[str, Any]:
    state = view.state
    measured: dict[str, Any] = {}
    if state is not None:
        measured = {
            "airing": state.airing or None,
            "outputs": [{"name": one.name, "state": one.state, "level_dbfs": one.level_dbfs} for one in state.outputs],
            "disk_free_mb": state.disk_free_mb,
            "temperature_c": state.temperature_c,
            "volume": state.volume,
            "muted": state.muted,
            "clips_missing": state.clips_missing,
            "version": state.version or None,
        }
    return {
        "id": view.config.id,
        "name": view.name,
        "kind": view.config.kind,
        "zones": list(view.config.zones),
        "look": view.look.value,
        "since": view.since.isoformat() if view.since else None,
        "clock_off_minutes": view.clock_off_minutes,
        "refused": view.seen.refused or None,
        "measured": measured,
    }


def _measured(view: "ClusterView") -> str:
    state = view.state
    if state is None:
        return "-"
    levels = [f"{one.level_dbfs:g} dBFS" for one in state.outputs if one.level_dbfs is not None]
    parts = [
        *levels,
        f"còn {state.disk_free_mb} MB" if state.disk_free_mb is not None else "",
        f"{state.temperature_c:g} °C" if state.temperature_c is not None else "",
        f"thiếu {state.clips_missing} âm thanh" if state.clips_missing else "",
    ]
    return ", ".join(filter(None, parts)) or "-"


clusters = click.Group("clusters", cluster.commands, help=cluster.help, hidden=True)
"""The old name of what a ward says to its boxes; goes with the next release."""

COMMANDS = (cluster, clusters)
