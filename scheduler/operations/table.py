"""The one table of operations: what a program or the command line may do, with its right, what it takes and gives.

From it routes, commands and the document are made and requests are checked, so that none of them can say something
else. A subject's module adds its operations with the decorators here; the signature of each says what it takes and
gives. What an operation does is the service's; nothing here knows Flask or click.
"""

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar, get_args, get_origin

from scheduler.core.model import Person
from scheduler.core.people.kept import ApiToken
from scheduler.operations.schemas import Field, Nothing, example_of, fields_of
from scheduler.services import Services
from scheduler.station import Station

__all__ = ["OPEN", "SMALL_BODY", "Answer", "Call", "Command", "Download", "Events", "Operation", "Sound", "Subject"]

SMALL_BODY = 400_000
"""Bytes of a body of JSON."""
OPEN = ""
"""The right of an operation that needs no key."""
_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Call:
    """A request that has passed every check: of which station, and who asks."""

    station: Station
    actor: Person
    """The owner of the key, with what the key leaves of their rights; or whoever typed a command."""
    token: ApiToken | None = None
    if_match: str = ""

    @property
    def services(self) -> Services:
        return self.station.services

    def proof(self, act: str, code: str) -> Callable[[], None]:
        """Asks once more who it is, when nothing else stands in the way: a number that counts once is not spent before.

        Raises Refused: code_needed, code_wrong, code_too_often.
        """
        return lambda: self.services.people.confirm(self.actor, code, act)


Body = TypeVar("Body")


@dataclass(frozen=True, slots=True)
class Answer(Generic[Body]):
    """What an operation answers."""

    body: Body
    etag: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True)
class Sound:
    """A file that is given whole or in ranges."""

    path: Path
    name: str
    etag: str


@dataclass(frozen=True, slots=True)
class Download:
    """Bytes under the name of a file."""

    content: bytes
    name: str


@dataclass(frozen=True, slots=True)
class Events:
    """Lines of an event stream: called with a wait of so many seconds, which says whether to go on."""

    lines: Callable[[Callable[[float], bool]], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Command:
    """The command of `loa` that does the same; its options are the fields of the request."""

    words: str
    done: str | Callable[[Any, Any], str]
    """Printed when it is done, with the fields of the answer; or what makes that of request and answer."""
    arguments: tuple[str, ...] = ()
    """Fields that stand without a name, behind those of the address."""


View = TypeVar("View", bound=Callable[..., Any])
GIVES_NO_JSON = {Sound: "audio/wav", Download: "application/x-ndjson", Events: "text/event-stream"}
"""What an operation may return beside an answer -> its media type."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address."""

    name: str
    """`operationId`; also the endpoint's."""
    method: str
    path: str
    """Below `/api/v1`, with {places}."""
    subject: str
    may: str
    """The act that the key and its owner must have; OPEN = anybody."""
    view: Callable[..., Any]
    status: int = 200
    must_match: bool = False
    """If-Match is required."""
    keyed: bool = False
    """Idempotency-Key is honoured."""
    most_bytes: int = SMALL_BODY
    adds: str = ""
    """What its docstring cannot say because it counts something."""
    command: Command | None = None

    @property
    def says(self) -> str:
        """One line, for people."""
        return (inspect.getdoc(self.view) or "").partition("\n")[0]

    @property
    def tells(self) -> str:
        """More than one line."""
        more = (inspect.getdoc(self.view) or "").partition("\n")[2]
        return " ".join([*more.split(), *filter(None, [self.adds])])

    def _typed(self, name: str) -> Any:
        found = inspect.get_annotations(self.view).get(name)
        return None if found is bytes else found

    @property
    def takes(self) -> Any:
        """The struct of its body; None = no JSON."""
        return self._typed("body") or (Nothing if self.method == "POST" and not self.takes_bytes else None)

    @property
    def reads_body(self) -> bool:
        """Whether it is called with what was sent."""
        return "body" in inspect.get_annotations(self.view)

    @property
    def takes_bytes(self) -> bool:
        return inspect.get_annotations(self.view).get("body") is bytes

    @property
    def query(self) -> Any:
        """The struct of what may stand behind the question mark; None = nothing."""
        return self._typed("query")

    @property
    def gives(self) -> Any:
        """The kind of its answer; None = no JSON."""
        given = inspect.get_annotations(self.view).get("return")
        found = get_args(given)[0] if get_origin(given) is Answer else None
        return None if found is type(None) else found

    @property
    def media(self) -> str:
        """Of the answer."""
        return GIVES_NO_JSON.get(inspect.get_annotations(self.view)["return"], "application/json")

    @property
    def places(self) -> dict[str, Any]:
        """Names in its address, in order -> what may stand there."""
        return {name: self._typed(name) for name in _PLACE.findall(self.path)}

    @property
    def acts(self) -> bool:
        """Whether it changes something, and does not only compute or show."""
        return self.keyed or self.method in {"PUT", "DELETE"}

    @property
    def rule(self) -> str:
        """Its address as Flask writes it."""
        return _PLACE.sub(lambda found: f"<{found[1]}>", self.path)

    @property
    def needs_body(self) -> bool:
        """Whether there is something that a body must say."""
        return self.takes_bytes or any(one.required for one in self.fields)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Of its body."""
        return fields_of(self.takes or Nothing)

    @property
    def parameters(self) -> tuple[Field, ...]:
        """What may stand behind the question mark."""
        return fields_of(self.query or Nothing)

    @property
    def example(self) -> Any:
        """A body that it takes; None = it takes no JSON."""
        return example_of(self.takes) if self.takes else None


@dataclass(frozen=True, slots=True)
class Subject:
    """A group of operations; its module registers them with `get`, `post`, `put`, `delete`."""

    name: str
    says: str
    operations: list[Operation] = field(default_factory=list)

    def get(self, path: str, *, may: str, **more: Any) -> Callable[[View], View]:
        return self._added("GET", path, may=may, **more)

    def post(self, path: str, *, may: str, **more: Any) -> Callable[[View], View]:
        """A POST acts, unless `keyed` is False: then it only computes."""
        return self._added("POST", path, may=may, **({"keyed": True} | more))

    def put(self, path: str, *, may: str, **more: Any) -> Callable[[View], View]:
        return self._added("PUT", path, may=may, **more)

    def delete(self, path: str, *, may: str, **more: Any) -> Callable[[View], View]:
        return self._added("DELETE", path, may=may, **({"status": 204} | more))

    def _added(self, method: str, path: str, **more: Any) -> Callable[[View], View]:
        def add(view: View) -> View:
            name = f"{self.name}.{view.__name__}"
            self.operations.append(Operation(name, method, path, self.name, view=view, **more))
            return view

        return add
