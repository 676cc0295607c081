"""A report as JSON, in the keys of the provincial system (hệ thống thông tin nguồn) where it has one.

Keys it has none for are made in the same manner. What was not measured, and what is left to a pen, is null; what there
is none of (an airing that never began) has no key in its row.
"""

import json
from collections.abc import Sequence
from typing import Any

from scheduler.core.report.report import Block, Cell, Column, Report, Table, Unit, figure

__all__ = ["document", "draw"]


def draw(report: Report) -> bytes:
    return (json.dumps(document(report), ensure_ascii=False, indent=1) + "\n").encode()


def document(report: Report) -> dict[str, Any]:
    """What is written, before it is text."""
    return {
        "MauBaoCao": report.form.value,
        "TenBaoCao": report.title,
        "NoiDung": report.about,
        "Ma": report.code,
        "CoQuanChuQuan": report.head.authority,
        "TenNguon": report.head.agency,
        "TuNgay": report.first.isoformat(),
        "DenNgay": report.last.isoformat(),
        "ThoiDiemLap": figure(report.made_at, Unit.EPOCH),
        **({"CanhBao": report.warning} if report.warning else {}),
        "SoLieu": {block.key: _block(block) for block in report.blocks},
        "GhiChu": list(report.notes),
    }


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Table):
        told: dict[str, Any] = {"TieuDe": block.title, "DanhSach": [_row(block.columns, row) for row in block.rows]}
        return told | ({"Cong": _row(block.columns, block.total)} if block.total else {})
    return {"TieuDe": block.title} | {fact.key: figure(fact.cell, fact.unit) for fact in block.facts if fact.cell != ""}


def _row(columns: Sequence[Column], cells: Sequence[Cell]) -> dict[str, Any]:
    return {
        column.key: figure(cell, column.unit)
        for column, cell in zip(columns, cells, strict=True)
        if cell != "" or column.unit is Unit.BLANK
    }
