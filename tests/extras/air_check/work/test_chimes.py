"""The chimes as the air check hears them."""

import numpy as np
import pytest

from audio_assets.chime import chime
from scheduler.core.air.chimes import DRILL, Use, named
from scheduler.core.model import HOUSE_RATE
from scheduler.extras.air_check.work.bands import bands_of
from scheduler.extras.air_check.work.matching import match


@pytest.mark.parametrize("siren", named(Use.EMERGENCY))
def test_a_drill_is_not_taken_for_a_siren_at_the_far_end_of_the_line(siren):
    drill = np.concatenate([np.zeros(HOUSE_RATE, np.int16), chime(DRILL), np.zeros(4 * HOUSE_RATE, np.int16)])
    found = match(bands_of([chime(siren)], HOUSE_RATE), bands_of([drill], HOUSE_RATE), 0.28)
    assert not found.stretches or found.share == 0.0
