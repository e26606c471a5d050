"""Behind a proxy with a log-in, over real HTTP: who asks is whom it names, whatever they say themselves."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from doubles.reverse_proxy import reverse_proxy
from doubles.web_history import NOW, TRIAL, History
from test_web_server import PATIENCE, serving

from monitor.acting import mutes
from monitor.database import open_for_writing
from monitor.web.access.gate import FOLLOWED
from monitor.web.access.rules import Access
from notifiers.secret import Secret

TOKEN = "read-0123456789abcdefgh"
HEADER = "X-Forwarded-User"
USERS = {"ada@example.org": "lovelace", "bob@example.org": "bobbin"}
ACCESS = Access(
    user_header=HEADER,
    trusted_proxies=("127.0.0.1",),
    readers=("*",),
    actors=("ada@example.org",),
    read_token=Secret(TOKEN),
)
AT = f"/trials/ctgov/{TRIAL}"


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "history.db").fill()


@contextmanager
def behind(history: History, **more: Any) -> Iterator[int]:
    """The port of a proxy with trialbell behind it."""
    app = history.app(access=ACCESS, acting=lambda: open_for_writing(history.path))
    with ExitStack() as stack:
        port = stack.enter_context(serving(app))
        yield stack.enter_context(reverse_proxy(port, USERS, header=HEADER, passed_by=FOLLOWED, **more))


def ask(
    port: int, path: str, name: str | None = None, body: str = "", password: str = "", **headers: str
) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    sent = {key.replace("_", "-"): value for key, value in headers.items()}
    if name is not None:
        known = f"{name}:{password or USERS.get(name, '')}"
        sent["Authorization"] = "Basic " + base64.b64encode(known.encode()).decode()
    if body:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request("POST" if body else "GET", path, body or None, sent)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_who_asks_is_whom_the_proxy_names(history: History) -> None:
    with behind(history) as port:
        assert ask(port, AT)[0] == 401
        status, page = ask(port, AT, "ada@example.org")
        assert (status, "You are ada@example.org, and may act" in page) == (200, True)
        spoofed = ask(port, AT, "bob@example.org", X_Forwarded_User="ada@example.org")[1]
        assert "You are bob@example.org, and may read" in spoofed and 'action="/acts"' not in spoofed
        found = re.search(r'name="token" value="([^"]+)"', page)
        assert found is not None
        form = {"token": found[1], "act": "mute", "scope": "trial", "value": TRIAL, "span": "7", "by": "Eve"}
        origin = f"http://127.0.0.1:{port}"
        elsewhere = {"Origin": "https://evil.example"}
        assert ask(port, "/acts", "ada@example.org", urlencode(form), **elsewhere)[0] == 403
        assert ask(port, "/acts", "bob@example.org", urlencode(form), Origin=origin)[0] == 403
        assert ask(port, "/acts", "ada@example.org", urlencode(form), Origin=origin)[0] == 303
        db = history.open()
        assert [one.by.name for one in mutes.standing(db, now=NOW)] == ["ada@example.org"]
        db.close()


def test_programs_pass_it_by_with_a_token_and_no_name(history: History) -> None:
    with behind(history) as port:
        assert ask(port, "/feed.atom")[0] == 401
        assert ask(port, "/feed.atom", X_Forwarded_User="ada@example.org")[0] == 401
        assert ask(port, "/feed.atom", "reader", password=TOKEN)[0] == 200


def test_a_proxy_that_adds_its_name_to_what_came_lets_nobody_be_another(history: History) -> None:
    """It is set up wrongly; two names are then none."""
    with behind(history, strips=False) as port:
        assert ask(port, AT, "bob@example.org")[0] == 200
        status, page = ask(port, AT, "bob@example.org", X_Forwarded_User="ada@example.org")
        assert (status, "may not read these pages" in page) == (403, True)
