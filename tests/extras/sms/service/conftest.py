"""The log of acts, and somebody who is told of faults."""

from tests.services.people.test_audit import rows  # noqa: F401 - a fixture
from tests.services.station.test_fault_watch import server  # noqa: F401 - a fixture
