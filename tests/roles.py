"""Groups of roles, for the tables in which tests write rights down a second time."""

from scheduler.core.model import Role

EVERYBODY = "everybody"
"""Instead of a right: what asks for none."""
LEADERS = frozenset({Role.APPROVER, Role.ADMIN})
DESK = LEADERS | {Role.EDITOR}
WRITERS = DESK | {Role.CONTRIBUTOR}
MACHINES = frozenset({Role.TECHNICIAN, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})
