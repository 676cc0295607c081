"""The log of acts, and somebody who is told of faults."""

from tests.desk.test_audit import rows  # noqa: F401 - a fixture
from tests.desk.test_fault_watch import server  # noqa: F401 - a fixture
