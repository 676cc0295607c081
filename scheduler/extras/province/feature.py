"""The link to the provincial system: its bulletins come in, the log goes up.

The record of its parts: names only, nothing of it is imported here.
"""

from typing import Any

from scheduler.features import Feature, Hook, Keys, Mending, Process, Tab

__all__ = ["FEATURE"]


def _is_on(config: Any) -> bool:
    """A server of the province is named."""
    return bool(config.value("province", "url"))


FEATURE = Feature(
    name="province",
    docs="province.md",
    needs=("inbox",),
    commands={
        "province": "scheduler.extras.province.commands:province",
    },
    on=_is_on,
    sessions=lambda config: config.value("province", "session_windows"),
    processes=(
        Process(
            name="province",
            work="scheduler.extras.province.work.link:run",
            wanted=_is_on,
            called="liên kết với tỉnh",
            title="Kết nối hệ thống cấp tỉnh",
            silent="province_silent",
        ),
    ),
    tasks=(Hook("scheduler.extras.province.standing:tasks"),),
    mends={"province": Mending("Mở bản tin nguồn", "province.listed", "plan")},
    gauges=(Hook("scheduler.extras.province.standing:gauges"),),
    from_province=(Hook("scheduler.extras.province.standing:from_province", tables=("province_inbox",)),),
    pages=("scheduler.extras.province.pages:bp",),
    addresses=("/ban-tin-nguon",),
    tabs=(
        Tab("Lịch phát", "province.listed", "Bản tin nguồn", badge="scheduler.extras.province.pages:province_waiting"),
    ),
    notes=(Hook("province/_note.html"),),
    keys=(
        Keys(
            "province",
            "scheduler.extras.province.keys:ProvinceConfig",
            about="The link to the provincial system; what its bulletins may do unasked, and who this ward is there. "
            "See [province.md](province.md).",
        ),
    ),
    faults=("scheduler.extras.province.keys:faults",),
    unwatched={"province_cursor": "how far the link has read", "province_outbox": "what the link sends by itself"},
    by_people=("province_inbox",),
    retried=("province_inbox",),
    unsent={"province_outbox": "ended_at IS NULL"},
)
