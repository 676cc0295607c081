"""What the tests of the desk share."""

from tests.services.conftest import *  # noqa: F403
