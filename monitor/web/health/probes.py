"""What a supervisor asks: `/healthz`, is all well, and `/readyz`, can this process answer at all.

Both answer in one shape each, whatever is wrong: 200 when it is so, 503 when not.
"""

from __future__ import annotations

import json
from datetime import datetime

import msgspec

from monitor.health import Health, health_json
from monitor.web.address import Asked
from monitor.web.answers import Answer, Document
from monitor.web.health.shapes import Ready
from snapshots.instants import stamp


def healthz(asked: Asked) -> Answer:
    asked.reader.trials(limit=1)
    return _alive(asked.setting.health(), asked.setting.now)


def unhealthy(error: Exception, now: datetime) -> Document:
    return _alive(Health(ok=False, problems=(f"the database cannot be read: {error}",)), now)


def readyz(asked: Asked) -> Answer:
    """That the database was opened says that its schema is ours."""
    asked.reader.trials(limit=1)
    return _ready(None, asked.setting.now)


def unready(error: Exception, now: datetime) -> Document:
    return _ready(str(error), now)


def _alive(found: Health, now: datetime) -> Document:
    body = json.dumps(health_json(found, at=now), ensure_ascii=False, indent=1) + "\n"
    return Document(body=body.encode(), filename="healthz.json", status=200 if found.ok else 503, live=True)


def _ready(problem: str | None, now: datetime) -> Document:
    said = Ready(ready=problem is None, at=stamp(now), problem=problem)
    return Document(
        body=msgspec.json.encode(said) + b"\n",
        filename="readyz.json",
        status=200 if problem is None else 503,
        live=True,
    )
