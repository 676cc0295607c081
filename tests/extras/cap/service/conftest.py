"""What the tests of việc cần làm share."""

from tests.desk.test_to_do import beat, desk  # noqa: F401 - fixtures
