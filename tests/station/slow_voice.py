"""Done to a process of a station before it begins: its voice takes four seconds longer for every text."""

from audio_assets.speech.voice import Voice
from tests.waiting import pause


def slow_voice():
    speak_script = Voice.speak_script

    def slowly(*given, **more):
        pause(4)
        return speak_script(*given, **more)

    Voice.speak_script = slowly
