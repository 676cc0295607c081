"""Who it is, once more: the code that an emergency or an approval asks for beside the key.

Which act asks for which code is the desk's business; a program sends it as `code`. It is asked for when nothing else
stands in the way, so that a number which counts once is not spent on what is refused.
"""

from collections.abc import Callable

from web.api.contract import Asked
from web.auth import services

__all__ = ["proof", "typed_code"]


def typed_code(asked: Asked) -> str:
    """What was sent as `code`."""
    return str((asked.body or {}).get("code", ""))


def proof(asked: Asked, act: str) -> Callable[[], None]:
    """Asks once more who it is, with the code of this request.

    Raises Refused: code_needed, code_wrong, code_too_often.
    """
    return lambda: services().people.confirm(asked.actor, typed_code(asked), act)
