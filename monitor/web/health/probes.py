"""What a supervisor asks: `/healthz`, is all well, and `/readyz`, can this process answer at all.

Both answer in one shape each, whatever is wrong: 200 when it is so, 503 when not. Who may not read the pages is told
that alone.
"""

from __future__ import annotations

import json

import msgspec

from monitor.health import Health, health_json
from monitor.web.address import Asked
from monitor.web.answers import Answer, Document
from monitor.web.health.shapes import Ready
from monitor.web.setting import Setting
from snapshots.instants import stamp


def healthz(asked: Asked) -> Answer:
    asked.reader.trials(limit=1)
    return _alive(asked.setting.health(), asked.setting)


def unhealthy(error: Exception, setting: Setting) -> Document:
    return _alive(Health(ok=False, problems=(f"the database cannot be read: {error}",)), setting)


def readyz(asked: Asked) -> Answer:
    """That the database was opened says that its schema is ours."""
    asked.reader.trials(limit=1)
    return _ready(None, asked.setting)


def unready(error: Exception, setting: Setting) -> Document:
    return _ready(str(error), setting)


def _alive(found: Health, setting: Setting) -> Document:
    said = health_json(found, at=setting.now)
    if not setting.reads:
        said = {name: said[name] for name in ("ok", "at")}
    body = json.dumps(said, ensure_ascii=False, indent=1) + "\n"
    return Document(body=body.encode(), filename="healthz.json", status=200 if found.ok else 503, live=True)


def _ready(problem: str | None, setting: Setting) -> Document:
    shown = problem if setting.reads or problem is None else "the database cannot be read"
    said = Ready(ready=problem is None, at=stamp(setting.now), problem=shown)
    return Document(
        body=msgspec.json.encode(said) + b"\n",
        filename="readyz.json",
        status=200 if problem is None else 503,
        live=True,
    )
