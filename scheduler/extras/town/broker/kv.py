"""One entry of a bucket of the broker: read, and written only where nobody has written since.

It knows no meaning of what stands there. What goes wrong is a plain "no": whoever asks treats every doubt alike.
"""

import logging

from nats.aio.client import Client
from nats.errors import Error
from nats.js.api import KeyValueConfig
from nats.js.errors import KeyNotFoundError, NotFoundError
from nats.js.kv import KeyValue

__all__ = ["Entry"]

log = logging.getLogger(__name__)

SECONDS = 1.5
"""How long an answer may take: a vote that comes later is worth little."""


class Entry:
    """`key` in `bucket`. Every method answers within a few seconds and raises nothing of the broker's."""

    def __init__(self, client: Client, bucket: str, key: str, replicas: int = 1) -> None:
        self._js = client.jetstream(timeout=SECONDS)
        self._bucket, self._key, self._replicas = bucket, key, replicas
        self._kv: KeyValue | None = None

    async def read(self) -> tuple[bytes | None, int] | None:
        """What stands there and its revision, (None, 0) where nothing does; None = no answer."""
        try:
            kv = await self._opened()
            found = await kv.get(self._key)
        except KeyNotFoundError:
            return None, 0
        except (Error, OSError, TimeoutError) as error:
            self._away(error)
            return None
        return found.value, int(found.revision or 0)

    async def write(self, value: bytes, revision: int) -> int | None:
        """The new revision; None where somebody has written since `revision`, or nobody answers."""
        try:
            kv = await self._opened()
            return await kv.update(self._key, value, last=revision)
        except (Error, OSError, TimeoutError) as error:
            log.debug("not written: %s", error)
            return None

    async def _opened(self) -> KeyValue:
        if self._kv is None:
            try:
                self._kv = await self._js.key_value(self._bucket)
            except NotFoundError:
                told = KeyValueConfig(bucket=self._bucket, history=1, replicas=self._replicas, max_value_size=4096)
                self._kv = await self._js.create_key_value(config=told)
        return self._kv

    def _away(self, error: Exception) -> None:
        log.debug("not read: %s", error)
        if isinstance(error, NotFoundError):
            self._kv = None  # the bucket is gone with its server's disk: it is made anew
