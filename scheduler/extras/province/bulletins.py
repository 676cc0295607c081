"""Which announcements came in from the provincial system, for the reports: the record's `from_province`.

It reads the inbox, and changes nothing.
"""

from scheduler.services.repositories import Repositories


def from_province(repos: Repositories) -> frozenset[int]:
    """Their numbers, whatever became of them."""
    sql = "SELECT announcement_id FROM province_inbox WHERE announcement_id IS NOT NULL"
    return frozenset(row["announcement_id"] for row in repos.store.rows(sql))
