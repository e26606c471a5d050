"""Who is let in: by a token or a password; what is open; what stays closed whatever is asked and however."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from doubles.asking import Asking, asking
from doubles.logging_in import (
    ACT,
    AT,
    PERSON,
    READ,
    app,
    basic,
    bearer,
    every_path,
    logged_in,
)
from doubles.web_history import History

from monitor.web import following
from monitor.web.access.gate import FOLLOWED, OPEN
from monitor.web.access.rules import Access


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    return History(tmp_path_factory.mktemp("access") / "history.db").fill()


@pytest.fixture
def browse(history: History) -> Iterator[Asking]:
    with asking(app(history)) as asked:
        yield asked


def test_every_address_is_closed_but_those_that_say_nothing(history: History) -> None:
    whole = app(history)
    with asking(whole) as browse:
        paths = every_path(whole)
        assert len(paths) > 20 and AT in paths
        for path in paths:
            open_to_all = path in OPEN or path == "/static/1"
            for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "QUERY"):
                answer = browse.ask(method, path)
                if not open_to_all:
                    assert (answer.status, method == "HEAD" or "wants a token" in answer.text) == (
                        401,
                        True,
                    ), path
            if not open_to_all and not path.endswith(FOLLOWED):
                answer = browse.get(path, PERSON)
                assert (answer.status, answer.content) == (303, b"")
                assert answer.headers["location"].startswith("/login")
            if path not in OPEN:
                assert browse.get(path, bearer(READ)).status not in (401, 403), path


@pytest.mark.parametrize(
    "path",
    [
        f"/static/..{AT}",
        "/static/../state",
        "/static/%2e%2e/state",
        "/static/%2e%2e%2fstate",
        "/static/style.css/../../state",
        "//state",
        "/state/",
        "/STATE",
        "/%73tate",
        "/login/../state",
        "/login/",
        "/login%2f..%2fstate",
        "/healthz/",
        "/healthz%2f",
        "/healthz;x",
        "/login.json",
        "/deep/static/x/state",
        "/nothing",
        "/favicon.ico/state",
    ],
)
def test_no_trick_of_paths_comes_by(browse: Asking, path: str) -> None:
    assert browse.get(path).status == 401
    assert browse.get(path, PERSON).headers["location"].startswith("/login")


def test_what_is_open_says_nothing_of_what_is_stored(browse: Asking) -> None:
    assert browse.get("/static/style.css").status == 200
    assert "vary" not in browse.get("/static/style.css").headers
    assert browse.get("/favicon.ico").status == 200
    assert set(browse.get("/healthz").json()) == {"ok", "at"}
    assert "watches" in browse.get("/healthz", bearer(READ)).json()
    page = browse.get("/login", PERSON)
    assert (page.status, "Token" in page.text, "exosomes" in page.text) == (200, True, False)
    assert page.headers["cache-control"] == "private, no-store"


def test_a_session_of_another_protocol_is_closed(browse: Asking) -> None:
    """Nothing of ours speaks WebSocket; what came in by one would not be asked."""
    said: list[Any] = []

    async def send(message: Any) -> None:
        said.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    scope = {
        "type": "websocket",
        "path": "/health",
        "headers": [(b"host", b"127.0.0.1")],
        "query_string": b"",
    }
    browse._runner.run(browse.app(scope, receive, send))
    assert said == [{"type": "websocket.close", "code": 1008}]


def test_without_a_log_in_everything_is_as_before(history: History) -> None:
    with asking(app(history, Access())) as browse:
        page = browse.get(AT)
        assert (page.status, page.headers["vary"]) == (200, "Accept, Accept-Encoding")
        assert 'name="by"' in page.text and "Log out" not in page.text
        assert "watches" in browse.get("/healthz").json()
        assert browse.get("/login").status == 404


# --- programs ---


def test_programs_send_a_token_and_feed_readers_a_password(browse: Asking) -> None:
    for headers in (bearer(READ), bearer(ACT), {"Authorization": f"bEARER  {READ}"}, basic(READ), basic(ACT)):
        assert browse.get("/feed.atom", headers).status == 200
        assert browse.get(f"{AT}/versions/1.json", headers).status == 200
    refused = browse.get(f"{AT}/versions/1.json")
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["status"] == 401
    assert refused.headers["www-authenticate"].startswith('Basic realm="trialbell"')
    assert "Bearer" in refused.headers["www-authenticate"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        bearer(""),
        bearer(READ[:-1]),
        bearer(READ + "x"),
        bearer(READ.upper()),
        bearer(f"{READ} {ACT}"),
        {"Authorization": READ},
        {"Authorization": f"Digest {READ}"},
        {"Authorization": f"Bearer {READ}\nBearer {READ}"},
        {"Authorization": "Basic " + base64.b64encode(READ.encode()).decode()},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic w6k="},
        {"Authorization": "Bearer \xff\xfe"},
        {"Authorization": f"Bearer {'x' * 5_000}"},
        {"Cookie": f"trialbell={READ}"},
        {"Cookie": "trialbell=act.9999999999.x.00"},
        {"Cookie": "trialbell=...; trialbell"},
        {"Cookie": "trialbell=\xe9"},
        {"X-Forwarded-User": "ada@example.org"},
    ],
    ids=repr,
)
def test_nothing_else_is_let_in(browse: Asking, headers: dict[str, str]) -> None:
    assert browse.get("/feed.atom", headers).status == 401
    assert browse.get(AT, {**PERSON, **headers}).status == 303
    assert set(browse.get("/healthz", headers).json()) == {"ok", "at"}


def test_a_token_in_the_address_is_none(browse: Asking) -> None:
    assert browse.get(f"/feed.atom?token={READ}").status == 401


def test_what_programs_follow_asks_for_a_password_whatever_they_accept(browse: Asking) -> None:
    followed = [f"{AT}/feed.atom", f"{AT}/calendar.ics", "/feed.json"]
    for path in followed:
        assert browse.get(path, PERSON).status == 401
    ends = {one.path.rsplit("/", 1)[1] for one in following.ADDRESSES}
    assert ends == {"feed.{format}", "calendar.ics"}, "a new kind belongs into FOLLOWED"


# --- caches ---


def test_caches_are_told_that_it_depends_on_who_asks(browse: Asking) -> None:
    for path, headers in (
        (AT, bearer(READ)),
        (AT, {}),
        (AT, PERSON),
        ("/nothing", bearer(READ)),
        ("/login", {}),
    ):
        answer = browse.get(path, headers)
        assert {"Cookie", "Authorization"} <= set(answer.headers["vary"].replace(" ", "").split(","))
        assert "private" in answer.headers["cache-control"]
    known = browse.get(AT, logged_in(browse, ACT)).headers["etag"]
    again = browse.get(AT, {**bearer(READ), "If-None-Match": known})
    assert again.status == 200, "one reader's page is not another's"
