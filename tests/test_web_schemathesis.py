"""The description and the answers agree, as schemathesis has it: all its checks, more than a thousand questions."""

from __future__ import annotations

from pathlib import Path

import pytest
from doubles.asking import asking
from doubles.schemathesis_run import BEHIND, DATA, FORMS, bearer, run
from doubles.web_history import NOW, TRIAL, History
from test_web_server import serving

from monitor.watches import Definition, add
from monitor.web.access.rules import Access
from notifiers.secret import Secret

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


def test_no_check_fails_behind_a_log_in(tmp_path: Path, history: History) -> None:
    """Its check `ignored_auth` asks again without the token and with a wrong one."""
    token = "read-0123456789abcdefgh"
    access = Access(read_token=Secret(token))
    with asking(history.app(access=access)) as browse:
        whole = browse.get("/api.json", {"Authorization": f"Bearer {token}"}).json()
    with serving(history.app(access=access)) as port:
        ran = run(tmp_path, f"http://127.0.0.1:{port}", whole, KNOWN, *BEHIND, *bearer(token))
    assert ran.code == 0, ran.text
    assert ran.cases > 100
