"""A server whose pages act, over real HTTP, and what is in its database; the fixtures of the tests that drive it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from doubles.web_history import NOW, TRIAL, History
from sqlite_utils import Database
from test_web_server import PATIENCE, serving

from monitor.acting import mutes
from monitor.database import open_for_writing
from monitor.health import Health, WatchHealth
from monitor.watches import Definition, add

AT = f"/trials/ctgov/{TRIAL}"
SAME = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Here:
    """A server, and what is in its database."""

    history: History
    port: int

    def ask(
        self, method: str, path: str, body: str | bytes = "", headers: dict[str, str] | None = None
    ) -> tuple[int, str, str]:
        """Status, where to, and text."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body or None, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.getheader("location", ""), unescape(answer.read().decode())
        finally:
            connection.close()

    @cached_property
    def token(self) -> str:
        found = re.search(r'name="token" value="([^"]+)"', self.ask("GET", "/health")[2])
        assert found is not None
        return found[1]

    def send(self, headers: dict[str, str] | None = None, **form: str) -> tuple[int, str, str]:
        """As the trial's page would, but for what is given."""
        whole = {"token": self.token, "scope": "trial", "value": TRIAL, **form}
        kept = {name: text for name, text in whole.items() if text is not None}
        return self.post(urlencode(kept), {**SAME, **(headers or {})})

    def post(self, body: str | bytes, headers: dict[str, str]) -> tuple[int, str, str]:
        typed = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        return self.ask("POST", "/acts", body, typed)

    def standing(self, after: timedelta = timedelta()) -> list[mutes.Mute]:
        with closing(self.history.open()) as db:
            return mutes.standing(db, now=NOW + after)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a watch, for each test to have its own copy of."""
    history = History(tmp_path_factory.mktemp("filled") / "history.db").fill()
    with history.writing() as (db, _):
        add(db, "MSC exosomes", Definition(registry="ctgov", ids=(TRIAL,)), now=NOW)
    return history.path


@pytest.fixture
def history(filled: Path, tmp_path: Path) -> History:
    return History(Path(shutil.copy(filled, tmp_path / "history.db")))


def without_patience(history: History) -> Database:
    """As the program opens it, but that it waits for nobody."""
    db = open_for_writing(history.path)
    db.execute("pragma busy_timeout = 0")
    return db


@pytest.fixture(scope="module")
def unmoved(filled: Path) -> Iterator[Here]:
    """One server for all that it refuses: nothing is written."""
    history = History(filled)
    with serving(history.app(acting=lambda: without_patience(history), health=healthy)) as port:
        yield Here(history, port)


@pytest.fixture
def here(history: History) -> Iterator[Here]:
    app = history.app(acting=lambda: without_patience(history), health=healthy)
    with serving(app) as port:
        yield Here(history, port)


def healthy() -> Health:
    return Health(ok=True, watches=(WatchHealth(name="MSC exosomes", last_success=NOW, build="2026-11-23"),))
