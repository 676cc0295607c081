"""The output of a station that names none: the sound card if the machine has one, else WAV files.

It looks for a card when it is made, and never changes its mind: where one appears later, playout starts again with it
(`scheduler.playout.process`).
"""

from scheduler.config.loading import Config, OutputConfig
from scheduler.playout.outputs import soundcard, wavfile
from scheduler.playout.outputs.soundcard import SoundCard, find_soundcard
from scheduler.playout.outputs.wavfile import WavFile

__all__ = ["from_config"]


def from_config(setting: OutputConfig, config: Config) -> SoundCard | WavFile:
    """The kind that this machine can have."""
    if find_soundcard(setting.device):
        return soundcard.from_config(setting, config)
    return wavfile.from_config(setting, config)
