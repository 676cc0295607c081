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
    ordered = "Đã ra lệnh dừng tất cả, kể cả bản tin khẩn đang chờ." if done.everything else "Đã ra lệnh dừng."
    if done.answered_at is None:
        told.append("Bộ phát không trả lời. Lệnh dừng đã ghi lại, nhưng không biết loa có đang kêu hay không.")
    elif done.sounded or done.everything:
        told.append(ordered)
    elif not done.taken_back:
        told.append(f"Đã ra lệnh dừng. Lúc {clock} bộ phát báo không có gì đang phát.")
    if done.waiting:
        titles = ", ".join(f"“{title}”" for _, title in done.waiting)
        told.append(f"Còn {len(done.waiting)} bản tin khẩn đang chờ và sẽ phát: {titles}.")
    return told
