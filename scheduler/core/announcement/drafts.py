"""What somebody is typing, as it is kept.

Pure: a draft airs nowhere, and nothing here looks at its words.
"""

from dataclasses import dataclass
from datetime import datetime

__all__ = ["Draft"]


@dataclass(frozen=True, slots=True)
class Draft:
    """Words that are being written. `version`: of the announcement they were begun on, 0 where there is none yet."""

    person_id: int
    key: str
    revision: int
    version: int
    title: str
    text: str
    shape_json: str
    saved_at: datetime
