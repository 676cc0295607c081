"""Read by the server that forks (`tests.lives`) before it forks: what every `loa …` of the tests makes or reads is ready."""

from audio_assets import chime, loudness
from scheduler.commands import language
from scheduler.config.keys import AudioConfig
from scheduler.core.air.chimes import CHIMES
from scheduler.core.model import HOUSE_RATE
from scheduler.features import FEATURES
from scheduler.operations.subjects import operations_of
from tests.ready import once

KEPT = once()
KEPT.__enter__()
for _name in CHIMES:
    _sound = chime.chime(_name, AudioConfig().target_lufs, AudioConfig().max_true_peak_dbtp)
    loudness.integrated_lufs(_sound, HOUSE_RATE)
    loudness.true_peak_dbtp(_sound, HOUSE_RATE)
language._vietnamese()
operations_of(FEATURES)
