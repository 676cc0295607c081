"""What the tests of the desk share."""

from tests.desk.conftest import *  # noqa: F403
