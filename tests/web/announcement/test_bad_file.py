"""A file that has no sound: its reason stands at the player, with the way to another file beside it."""

import io

import numpy as np

from tests.audio.make_audio import wav


def test_beside_the_reason_another_file_can_be_chosen(station, lans, send):
    silence = wav(np.zeros(96_000))
    answer = send(
        lans, "/kho/tai-len", file=(io.BytesIO(silence), "im.wav"), origin="upload", ban_tin="moi", title="Im"
    )
    station.worker().work_once()
    page = lans.get(answer.location).text
    assert "Tệp không có tiếng (im lặng); hãy chọn tệp khác" in page
    assert '<label class="link" for="upload-file">Chọn tệp khác</label>' in page
