"""The description and the answers agree, as schemathesis has it: all its checks, more than a thousand questions."""

from __future__ import annotations

from pathlib import Path

import pytest
from doubles.asking import asking
from doubles.schemathesis_run import DATA, FORMS, run
from doubles.web_history import NOW, TRIAL, History
from test_web_server import serving

from monitor.watches import Definition, add

KNOWN = {
    "path.trial": [TRIAL],
    "path.version": ["1", "5", "r1", "r3"],
    "path.pair": ["1...5", "r1...r3"],
    "path.day": ["2026-11-20"],
    "path.number": ["1", "4"],
    "path.field": ["overall-status", "enrollment"],
    "path.watch": ["MSC exosomes"],
    "query.before": ["3", "5"],
    "query.trial": [TRIAL],
}


@pytest.fixture
def history(tmp_path: Path) -> History:
    history = History(tmp_path / "history.db").fill()
    with history.writing() as (db, _):
        add(db, "MSC exosomes", Definition(registry="ctgov", ids=(TRIAL,)), now=NOW)
    return history


@pytest.mark.parametrize(("which", "least"), [(DATA, 500), (FORMS, 80)], ids=["data", "forms"])
def test_no_check_fails(tmp_path: Path, history: History, which: tuple[str, ...], least: int) -> None:
    with asking(history.app()) as browse:
        whole = browse.get("/api.json").json()
    with serving(history.app()) as port:
        ran = run(tmp_path, f"http://127.0.0.1:{port}", whole, KNOWN, *which)
    assert ran.code == 0, ran.text
    assert ran.cases > least
