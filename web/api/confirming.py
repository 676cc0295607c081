"""Who it is, once more: the code that an emergency or an approval asks for beside the key.

Which act asks for which code is the desk's business; a program sends it as `code`.
"""

from web.api.contract import Asked
from web.auth import desk

__all__ = ["confirmed"]


def confirmed(asked: Asked, act: str) -> None:
    """Raise Refused code_needed, code_wrong or code_too_often unless the act is confirmed or asks for no code."""
    desk().people.confirm(asked.actor, str((asked.body or {}).get("code", "")), act)
