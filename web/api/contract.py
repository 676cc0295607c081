"""The one table of the API: every operation with its right, what it takes and what it gives.

From it the routes are registered, requests are checked and the document is written, so that none of the three can say
something else. A subject's module adds its operations with the decorators here; what an operation does is the desk's.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response

from scheduler.core.model import Person
from scheduler.core.people.tokens import ApiToken
from web.api.schema import REF, Schema

__all__ = ["OPEN", "OPERATIONS", "SMALL_BODY", "Asked", "Operation", "Subject", "Told", "ref"]

SMALL_BODY = 400_000
"""Bytes of a body of JSON."""
OPEN = ""
"""The right of an operation that needs no key."""
PATH_FIELDS: Mapping[str, Schema] = {
    "announcement_id": {"type": "integer", "minimum": 1, "maximum": 2**53 - 1},
    "campaign_id": {"type": "integer", "minimum": 1, "maximum": 2**53 - 1},
    "dispatch_id": {"type": "integer", "minimum": 1, "maximum": 2**53 - 1},
    "job_id": {"type": "integer", "minimum": 1, "maximum": 2**53 - 1},
    "change_id": {"type": "integer", "minimum": 1, "maximum": 2**53 - 1},
    "ticket_id": {"type": "integer", "minimum": 1, "maximum": 2**53 - 1},
    "at": {"type": "integer", "minimum": 0, "maximum": 2**53 - 1},
    "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "upload_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    "slot_id": {"type": "string", "pattern": "^[A-Za-z0-9_.-]{1,100}$"},
    "kind": {"type": "string", "enum": ["log", "airtime", "fees"]},
}
"""What may stand at a place in an address; anything else there is the address of nothing."""
_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that has passed every check: who asks, and clean values."""

    actor: Person
    """The owner of the key, with what the key leaves of their rights."""
    token: ApiToken | None
    query: Mapping[str, Any]
    body: Any
    """The JSON, or the bytes where the operation takes bytes; None where it takes nothing."""
    if_match: str


@dataclass(frozen=True, slots=True)
class Told:
    """What an operation answers; a `Response` of its own may stand for it."""

    body: Any = None
    etag: str = ""
    location: str = ""


View = Callable[..., Told | Response]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address."""

    name: str
    """`operationId`; also the endpoint's."""
    method: str
    path: str
    """Below `/api/v1`, with {places}."""
    subject: str
    says: str
    may: str
    """The act that the key and its owner must have; OPEN = anybody."""
    view: View
    status: int
    gives: Schema | None
    """Schema of the answer; None = no JSON."""
    media: str
    """Of the answer."""
    takes: Schema | None
    """Schema of the body; None = no body."""
    takes_bytes: bool
    query: Mapping[str, Schema]
    must_match: bool
    """If-Match is required."""
    keyed: bool
    """Idempotency-Key is honoured."""
    most_bytes: int
    tells: str
    """More than one line of `says`."""

    @property
    def places(self) -> tuple[str, ...]:
        """Names in its address, in order."""
        return tuple(_PLACE.findall(self.path))

    @property
    def acts(self) -> bool:
        """Whether it changes something, and does not only compute or show."""
        return self.keyed or self.method in {"PUT", "DELETE"}

    @property
    def rule(self) -> str:
        """Its address as Flask writes it."""
        return _PLACE.sub(lambda found: f"<{found[1]}>", self.path)


OPERATIONS: list[Operation] = []
"""Every operation there is, in the order of the document."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A group of operations; its modules register with `get`, `post`, `put`, `delete`."""

    name: str
    says: str
    shapes: Mapping[str, Schema] = field(default_factory=dict)
    """What it adds to `shapes.COMPONENTS`."""
    made: list[Operation] = field(default_factory=list)

    def get(self, path: str, **more: Any) -> Callable[[View], View]:
        return self._added("GET", path, **more)

    def post(self, path: str, **more: Any) -> Callable[[View], View]:
        """A POST acts, unless `keyed` is False: then it only computes."""
        return self._added("POST", path, **({"keyed": True} | more))

    def put(self, path: str, **more: Any) -> Callable[[View], View]:
        return self._added("PUT", path, **more)

    def delete(self, path: str, **more: Any) -> Callable[[View], View]:
        return self._added("DELETE", path, **({"status": 204} | more))

    def _added(  # noqa: PLR0913 - the columns of the table
        self,
        method: str,
        path: str,
        *,
        may: str,
        says: str,
        gives: Schema | None = None,
        status: int = 200,
        media: str = "application/json",
        takes: Schema | None = None,
        takes_bytes: bool = False,
        query: Mapping[str, Schema] | None = None,
        must_match: bool = False,
        keyed: bool = False,
        most_bytes: int = SMALL_BODY,
        tells: str = "",
    ) -> Callable[[View], View]:
        def add(view: View) -> View:
            operation = Operation(
                name=f"{self.name}.{view.__name__}",
                method=method,
                path=path,
                subject=self.name,
                says=says,
                may=may,
                view=view,
                status=status,
                gives=gives,
                media=media,
                takes=takes,
                takes_bytes=takes_bytes,
                query=query or {},
                must_match=must_match,
                keyed=keyed,
                most_bytes=most_bytes,
                tells=tells,
            )
            OPERATIONS.append(operation)
            self.made.append(operation)
            return view

        return add


def ref(name: str) -> Schema:
    """A schema of `shapes.COMPONENTS` by its name."""
    return {"$ref": REF + name}
