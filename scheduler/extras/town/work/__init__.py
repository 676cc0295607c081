"""The link to the town: a process of its own between the broker and the ward's database.

A package because it does two things that must not know each other: `conversation` and `outbox` speak with the broker
and know no database (a bench runs thousands of them in one process), `process` is what this ward does with what they
hear. `ward` is the wall between the two, `sounds` fetches clips beside them. None of it imports playout, Flask or
APScheduler; when it dies the supervisor starts it again and the day on the air goes on.
"""

from scheduler.extras.town.work.conversation import Link
from scheduler.extras.town.work.ward import LinkState, Taken, Up, Ward

__all__ = ["Link", "LinkState", "Taken", "Up", "Ward"]
