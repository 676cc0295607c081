"""What is said to who ordered a stop, from what playout and the ring had told when it was ordered.

It claims no silence that nobody has told, and tells at which instant it was told. Pure.
"""

from scheduler.core.stops import Stopped

__all__ = ["stop_sentences"]


def stop_sentences(done: Stopped, clock: str) -> list[str]:
    """For who pressed. `clock`: `answered_at` as it is read here."""
    told = []
    if done.taken_back:
        told.append(f"Đã thu hồi {len(done.taken_back)} lệnh chưa phát.")
    if done.ordered:
        told.extend(_of_the_stop(done, clock))
    if done.waiting:
        titles = ", ".join(f"“{title}”" for _, title in done.waiting)
        told.append(f"Còn {len(done.waiting)} bản tin khẩn đang chờ và sẽ phát: {titles}.")
    return told


def _of_the_stop(done: Stopped, clock: str) -> list[str]:
    if done.answered_at is None:
        return ["Bộ phát không trả lời. Lệnh dừng đã ghi lại, nhưng không biết loa có đang kêu hay không."]
    if done.everything:
        return ["Đã ra lệnh dừng tất cả, kể cả bản tin khẩn đang chờ."]
    if done.sounded:
        return ["Đã ra lệnh dừng."]
    return [] if done.taken_back else [f"Đã ra lệnh dừng. Lúc {clock} bộ phát báo không có gì đang phát."]
