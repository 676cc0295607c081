"""The streams of the hub: DISPATCH downwards and UP upwards, made or brought to what is written here.

What a stream holds is never touched: a setting that cannot be changed on a living stream is a fault told, not a stream
made anew.
"""

from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, RePublish, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import APIError, NotFoundError

from scheduler.kernel.errors import Refused

__all__ = ["DISPATCH", "LIVE", "UP", "ensure_streams", "streams"]

DISPATCH = "DISPATCH"
UP = "UP"
LIVE = "live."
"""What stands before the subject of a dispatch that the stream has just stored."""
DAYS = 30
SECONDS_A_DAY = 86_400.0
MOST_BYTES = 65_536
DUPLICATES_SECONDS = 600.0


def streams(replicas: int = 1, *, duplicate_seconds: float = DUPLICATES_SECONDS) -> tuple[StreamConfig, ...]:
    """Both streams as they must be; `replicas`: 1 on one server, 3 on a cluster."""
    dispatch = StreamConfig(
        name=DISPATCH,
        subjects=["dispatch.>"],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        num_replicas=replicas,
        max_age=DAYS * SECONDS_A_DAY,
        max_msg_size=MOST_BYTES,
        duplicate_window=duplicate_seconds,
        discard=DiscardPolicy.OLD,
        allow_direct=True,
        deny_delete=True,
        deny_purge=True,
        republish=RePublish(src="dispatch.>", dest=LIVE + "dispatch.>"),
    )
    up = StreamConfig(
        name=UP,
        subjects=["up.>"],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        num_replicas=replicas,
        max_age=DAYS * SECONDS_A_DAY,
        duplicate_window=duplicate_seconds,
        # A full broker must say so: what it threw away in silence the ward would believe delivered.
        discard=DiscardPolicy.NEW,
    )
    return dispatch, up


async def ensure_streams(
    js: JetStreamContext, replicas: int = 1, *, duplicate_seconds: float = DUPLICATES_SECONDS
) -> None:
    """Make both streams, or bring those that exist to these settings. Raises Refused link_no_stream."""
    for wanted in streams(replicas, duplicate_seconds=duplicate_seconds):
        try:
            try:
                await js.stream_info(wanted.name or "")
            except NotFoundError:
                await js.add_stream(wanted)
            else:
                await js.update_stream(wanted)
        except (APIError, TimeoutError) as error:
            raise Refused("link_no_stream", told=f"{wanted.name}: {error}"[:200]) from error
