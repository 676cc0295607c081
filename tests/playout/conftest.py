"""A playout on the station of a test, begun and ended with it."""

import pytest


@pytest.fixture
def start(station, clock):
    """Start a playout on the station; give it back."""
    begun = []

    def go(opened=station):
        service = opened.playout()
        service.start()
        begun.append(service)
        return service

    yield go
    for service in begun:
        service.stop()
