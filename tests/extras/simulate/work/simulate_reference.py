"""The tables of docs/simulate.md, from the tables of keys: `python -m tests.extras.simulate.work.simulate_reference` fills them in."""

from dataclasses import MISSING, fields
from pathlib import Path

from scheduler.extras.simulate.work.keys import (
    EVENTS,
    SETTINGS,
    BoostKeys,
    CampaignKeys,
    EventKeys,
    OneOffKeys,
    RelayKeys,
    ScenarioKeys,
)

DOCUMENT = Path(__file__).parents[4] / "docs" / "simulate.md"
TABLES = {
    "top": ScenarioKeys,
    "[[campaigns]]": CampaignKeys,
    "boost": BoostKeys,
    "[[one_offs]]": OneOffKeys,
    "[[relays]]": RelayKeys,
    "[[events]]": EventKeys,
}


def key_rows() -> list[str]:
    rows = []
    for where, kind in TABLES.items():
        for item in fields(kind):
            needed = " Must be there." if item.default is MISSING and item.default_factory is MISSING else ""
            rows.append(f"| {where} | `{item.name.rstrip('_')}` | {item.metadata['help']}{needed} |")
    return rows


def setting_rows() -> list[str]:
    return [f"| `{name}` | `{section}.{key}` |" for name, (section, key) in SETTINGS.items()]


def event_rows() -> list[str]:
    return [
        f"| `{kind}` | {', '.join(f'`{name}`' for name in needed)} | {', '.join(f'`{name}`' for name in may)} | {text} |"
        for kind, (needed, may, text) in EVENTS.items()
    ]


if __name__ == "__main__":
    text = DOCUMENT.read_text(encoding="utf-8")
    for mark, rows in (("@KEYS@", key_rows()), ("@SETTINGS@", setting_rows()), ("@EVENTS@", event_rows())):
        text = text.replace(mark, "\n".join(rows))
    DOCUMENT.write_text(text, encoding="utf-8")
