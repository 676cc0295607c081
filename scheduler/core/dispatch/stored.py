"""A dispatch, as it is kept with the officer's corrections.

Pure: what was read in its file is the reader's.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

__all__ = ["StoredDispatch"]


@dataclass(frozen=True, slots=True)
class StoredDispatch:
    """A dispatch as kept: `fields` has the keys of `dispatch read --json`, with the officer's corrections."""

    id: int
    file_name: str
    text: str
    fields: dict[str, Any]
    excerpts: dict[str, list[tuple[str, int, int]]]
    created_at: datetime
    created_by: int

    @property
    def number_symbol(self) -> str:
        return self.fields.get("number_symbol") or ""
