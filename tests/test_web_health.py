"""/healthz: 200 when all is well, 503 when not, in one shape."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from doubles.asking import asking
from doubles.web_history import NOW, History
from sqlite_utils import Database

from monitor.health import Health, HeldSweep, OutboxHealth, WatchHealth
from snapshots.errors import DatabaseHeld

WELL = Health(
    ok=True,
    build="2026-11-23",
    next_poll=datetime(2026, 11, 24, 13, tzinfo=UTC),
    watches=(
        WatchHealth(
            name="MSC exosomes",
            last_success=datetime(2026, 11, 24, 11, tzinfo=UTC),
            build="2026-11-23",
            trials=3,
        ),
    ),
    outbox=OutboxHealth(pending=1, sent=20, failed=0, dropped=2),
)


def test_all_is_well(tmp_path: Path) -> None:
    with asking(History(tmp_path / "history.db").app(health=lambda: WELL)) as browse:
        answer = browse.get("/healthz")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert json.loads(answer.content) == {
        "ok": True,
        "at": "2026-11-24T12:00:00Z",
        "problems": [],
        "build": "2026-11-23",
        "next_poll": "2026-11-24T13:00:00Z",
        "watches": [
            {
                "name": "MSC exosomes",
                "last_success": "2026-11-24T11:00:00Z",
                "build": "2026-11-23",
                "trials": 3,
                "overdue": False,
                "problem": None,
                "unknown": [],
            }
        ],
        "outbox": {
            "pending": 1,
            "sent": 20,
            "failed": 0,
            "dropped": 2,
            "others_pending": 0,
            "others_sent": 0,
        },
        "held": [],
        "notices": [],
        "unreached": [],
        "sweeps": [],
        "backfill": {
            "waiting": 0,
            "requests": None,
            "done": 0,
            "aside": 0,
            "reasons": [],
            "paused": None,
        },
        "conditions": [],
        "ping": None,
    }
    assert datetime(2026, 11, 24, 12, tzinfo=UTC) == NOW


def test_trouble_is_503_and_says_what(tmp_path: Path) -> None:
    ill = Health(
        ok=False,
        problems=("watch `A` is overdue",),
        held=(HeldSweep(registry="ctgov", build="2026-11-23", reason="40 records vanished"),),
    )
    with asking(History(tmp_path / "history.db").app(health=lambda: ill)) as browse:
        answer = browse.get("/healthz")
    assert answer.status == 503
    said = json.loads(answer.content)
    assert (said["ok"], said["problems"]) == (False, ["watch `A` is overdue"])
    assert said["held"] == [{"registry": "ctgov", "build": "2026-11-23", "reason": "40 records vanished"}]


def test_an_unreadable_database_is_trouble(tmp_path: Path) -> None:
    history = History(tmp_path / "history.db")
    with history.writing() as (db, _):
        db.execute("alter table trial rename to elsewhere")
    with asking(history.app(health=lambda: WELL)) as browse:
        answer = browse.get("/healthz")
        assert answer.status == 503
        assert "database" in json.loads(answer.content)["problems"][0]
    history.path.unlink()
    with asking(history.app(health=lambda: WELL)) as browse:
        assert browse.get("/healthz").status == 503


def test_after_an_error_the_database_is_opened_anew(tmp_path: Path) -> None:
    history = History(tmp_path / "history.db").fill()
    opened: list[None] = []

    def database() -> Database:
        opened.append(None)
        return history.open()

    with asking(history.app(database=database)) as browse:
        assert [browse.get("/").status for _ in range(3)] == [200] * 3
        assert len(opened) == 1
        with history.writing() as (db, _):
            db.execute("alter table trial rename to elsewhere")
        assert browse.get("/trials").status == 503
        with history.writing() as (db, _):
            db.execute("alter table elsewhere rename to trial")
        assert browse.get("/trials").status == 200
        assert len(opened) == 3, "after the tables changed, and after the error"
        assert browse.get("/trials").status == 200
        assert len(opened) == 3


def test_health_that_cannot_be_had_is_trouble(tmp_path: Path) -> None:
    def held() -> Health:
        raise DatabaseHeld("another process holds the file")

    with asking(History(tmp_path / "history.db").app(health=held)) as browse:
        answer = browse.get("/healthz")
    assert answer.status == 503
    assert "another process" in json.loads(answer.content)["problems"][0]


def test_ok_and_problems_cannot_disagree() -> None:
    with pytest.raises(ValueError, match="exactly when"):
        Health(ok=True, problems=("x",))
    with pytest.raises(ValueError, match="exactly when"):
        Health(ok=False)
