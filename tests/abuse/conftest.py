"""A ward with something of everything in it, its people with their browsers, and strangers."""

from dataclasses import replace

import pytest

from scheduler.config.loading import OutputConfig
from tests.of_extras import of_extras
from tests.web.conftest import (  # noqa: F401 - fixtures
    app,
    beat,
    client_of,
    guest,
    hung,
    hungs,
    ky,
    lans,
    minhs,
    send,
    template,
    tu,
)
from tests.web.test_security import everything  # noqa: F401 - a fixture

ZONES = ("all", "khu-pho-1", "khu-pho-3")


@pytest.fixture
def config(config):
    """Two quarters with loudspeakers of their own, and what extras open to strangers."""
    outputs = (OutputConfig(name="wav", kind="wavfile", counts=True, zones=ZONES),)
    return replace(config, outputs=outputs).having(*of_extras("hostile_requests", "OPEN"))


@pytest.fixture
def stranger(app):  # noqa: F811 - the fixture above
    return app.test_client()


@pytest.fixture
def tus(client_of, tu):  # noqa: F811 - the fixtures above
    return client_of(tu)


@pytest.fixture
def guests(client_of, guest):  # noqa: F811 - the fixtures above
    return client_of(guest)
