"""What the tests of pages share."""

from tests.web.conftest import *  # noqa: F403
