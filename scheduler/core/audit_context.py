"""Who is doing something just now, from where and by which right: what the audit log says of a change.

The page, the command line and the API open a `Doing` around what they do; the desk's own question after a right fills
in what they left open. A process that acts by itself has one for all its threads. It decides and stores nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from scheduler.core.model import Person

__all__ = ["AuditContext", "begin", "doing", "done_by", "end", "name_act", "note_act", "process_is", "set_out"]


@dataclass(slots=True)
class AuditContext:
    """One request, command or job. Its fields are written once: who came first stays."""

    via: str
    """page, cli, api, or the name of a process that acts by itself."""
    route: str = ""
    """Which page, command or call."""
    person: Person | None = None
    act: str = ""
    """The right it is done by."""
    address: str = ""
    session: str = ""
    """Number of the page's session, or the name of a token."""


_doing: ContextVar[AuditContext | None] = ContextVar("doing", default=None)
_process = ["station"]


def doing() -> AuditContext:
    """What this thread is about; of a thread that nobody has said it of, what its process is.

    The latter is made anew each time: what somebody wrote into a shared one would be said of every thread.
    """
    return _doing.get() or AuditContext(_process[0])


@contextmanager
def begin(what: AuditContext) -> Iterator[AuditContext]:
    """Everything this thread does inside is `what`."""
    token = _doing.set(what)
    try:
        yield what
    finally:
        _doing.reset(token)


def set_out(what: AuditContext) -> None:
    """The same for a request, whose begin and end are two calls: `end` ends it."""
    _doing.set(what)


def end() -> None:
    """Nothing is being done any more by this thread."""
    _doing.set(None)


def process_is(name: str) -> None:
    """What threads of this process do that nobody has said anything of: playout, worker, link, monitor, web."""
    _process[0] = name


def done_by(person: Person) -> None:
    """A command is being carried out in the name of this person, whoever was asked about before."""
    what = _doing.get()
    if what is not None:
        what.person = person


def note_act(actor: Person, act: str) -> None:
    """The desk asked for this right of this person: kept where nothing was said before."""
    what = _doing.get()
    if what is not None:
        what.person = what.person or actor
        what.act = what.act or act


def name_act(act: str) -> None:
    """What follows is done by this right, though a lesser one was asked for first: of an order, not of a drill."""
    what = _doing.get()
    if what is not None:
        what.act = act
