"""Reading and acting are two rights; a proxy says who asks, and is believed of its own address alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from doubles.asking import Asking, asking
from doubles.logging_in import (
    ACT,
    AT,
    BOTH,
    FORM,
    PEOPLE,
    PERSON,
    READ,
    app,
    basic,
    bearer,
    form_token,
    logged_in,
    mute,
    standing,
    write,
)
from doubles.web_history import NOW, TRIAL, History

from monitor.web.access import sessions
from monitor.web.access.guesses import TRIES
from monitor.web.access.rules import Access
from notifiers.secret import Secret


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    return History(tmp_path_factory.mktemp("access") / "history.db").fill()


@pytest.fixture
def own(tmp_path: Path) -> History:
    return History(tmp_path / "history.db").fill()


@pytest.fixture
def browse(history: History) -> Iterator[Asking]:
    with asking(app(history)) as asked:
        yield asked


def test_reading_and_acting_are_two_rights(own: History) -> None:
    with asking(app(own)) as browse:
        reader, actor = logged_in(browse, READ), logged_in(browse, ACT)
        for path in (AT, "/health"):
            assert "/acts" not in browse.get(path, reader).text
            assert 'action="/acts"' in browse.get(path, actor).text
        token = form_token(browse.get(AT, actor).text)
        for who in (reader, bearer(READ), basic(READ), basic(ACT)):
            refused = mute(browse, who, token=token)
            assert (refused.status, "read and not act" in refused.text) == (403, True)
            for method in ("POST", "PUT", "DELETE", "OPTIONS"):  # whatever an address would do with it
                assert browse.ask(method, "/health", who).status == 403
        assert browse.ask("POST", "/health", actor).status == 405
        assert mute(browse, {}, token=token).status == 401
        assert standing(own) == []
        assert mute(browse, actor, token=token).status == 303
        assert len(standing(own)) == 1
        assert f'href="/login?next={quote(AT, safe="")}">Log in to act' in browse.get(AT, reader).text
        assert "Log in to act" not in browse.get(AT, actor).text


def test_the_form_of_one_is_no_others(own: History) -> None:
    with asking(app(own)) as browse:
        one, other = logged_in(browse, ACT), logged_in(browse, ACT)
        token = form_token(browse.get(AT, one).text)
        asked_again = mute(browse, other, token=token)
        assert (asked_again.status, "Not done yet" in asked_again.text) == (200, True)
        assert standing(own) == []
        assert mute(browse, other, token=form_token(asked_again.text)).status == 303


def test_a_program_with_a_token_acts_without_a_form_and_no_page_elsewhere_does(own: History) -> None:
    with asking(app(own)) as browse:
        assert mute(browse, {**bearer(ACT), "Sec-Fetch-Site": "cross-site"}).status == 403
        assert standing(own) == []
        program = {**bearer(ACT), "Content-Type": FORM["Content-Type"]}
        body = urlencode({"act": "mute", "scope": "trial", "value": TRIAL, "span": "7", "by": "cron"})
        assert browse.ask("POST", "/acts", program, body=body).status == 303
        assert [one.by.name for one in standing(own)] == ["cron"]


def test_where_nothing_may_be_done_no_token_does_it(own: History) -> None:
    with asking(own.app(access=BOTH)) as browse:
        actor = logged_in(browse, ACT)
        assert "/acts" not in browse.get(AT, actor).text
        assert mute(browse, actor).status == 403


# --- users whom a proxy names ---


def named(*names: str) -> dict[str, str]:
    return {"X-Forwarded-User": "\n".join(names)}


def test_a_proxy_names_who_asks_and_what_they_may(own: History) -> None:
    with asking(app(own, PEOPLE)) as browse:
        page = browse.get(AT, named("ada@example.org"))
        assert "You are ada@example.org, and may act." in page.text
        assert "X-Forwarded-User" in page.headers["vary"]
        assert 'name="by"' not in page.text and "As ada@example.org." in page.text
        done = mute(browse, named("ada@example.org"), token=form_token(page.text), by="Mallory")
        assert done.status == 303
        assert [one.by.name for one in standing(own)] == ["ada@example.org"]
        reader = browse.get(AT, named("bob@example.org"))
        assert (reader.status, 'action="/acts"' in reader.text) == (200, False)
        assert mute(browse, named("bob@example.org"), token=form_token(page.text)).status == 403
        assert browse.get(AT, named("józef".encode().decode("latin-1"))).status == 200


def test_who_did_something_is_named_and_not_by_their_address(own: History) -> None:
    """Names that a proxy gives are often addresses; whoever reads the pages needs the name, nobody else's mailbox."""
    with asking(app(own, PEOPLE)) as browse:
        token = form_token(browse.get(AT, named("ada@example.org")).text)
        for form in ({"act": "mute"}, {"act": "acknowledge"}):
            assert mute(browse, named("ada@example.org"), token=token, **form).status == 303
        said = 0
        for path in (
            "/health",
            "/health.json",
            AT,
            f"{AT}.json",
            f"{AT}.csv",
            "/?since=0",
            "/events/4",
            "/healthz",
        ):
            text = browse.get(path, named("bob@example.org")).text
            assert "ada@example.org" not in text and "hidden] in the browser" not in text, path
            said += "ada in the browser" in text
        assert said >= 6


def test_everybody_whom_a_proxy_names_is_not_whom_it_does_not_name(history: History) -> None:
    everybody = Access(
        user_header="Remote-User", trusted_proxies=("127.0.0.1",), readers=("*",), actors=("*",)
    )
    with asking(app(history, everybody)) as browse:
        assert browse.get(AT, {"Remote-User": "anybody"}).status == 200
        for name in ("", " ", "{http.auth.user.id}", "(null)", "a\nb", "a,b", "\x7f", "x" * 300):
            assert browse.get(AT, {"Remote-User": name}).status == 403, name


def test_whom_it_does_not_name_or_who_may_not_is_refused(history: History) -> None:
    with asking(app(history, PEOPLE)) as browse:
        for headers in ({}, named("")):
            answer = browse.get(AT, {**PERSON, **headers})
            assert (answer.status, "it named nobody" in answer.text) == (403, True)
            assert browse.get("/login", headers).status == 404
        for headers in (
            named("mallory@example.org"),
            named("Ada@example.org"),
            named("ada@example.org", "bob@example.org"),
            named("ada@example.org", ""),
            named("mallory, ada@example.org"),
            named("*"),
            named("x" * 300),
            named("ada@example.org\x00"),
            named("\xff"),
            named("{http.reverse_proxy.header.Remote-User}"),
            named("(null)"),
        ):
            answer = browse.get(AT, {**PERSON, **headers})
            assert (answer.status, "exosomes" in answer.text) == (403, False), headers
            assert "{http" not in answer.text
            assert "may not read these pages" in answer.text
            assert set(browse.get("/healthz", headers).json()) == {"ok", "at"}


@pytest.mark.parametrize(
    ("client", "status"),
    [
        ("127.0.0.1", 200),
        ("10.1.2.3", 200),
        ("::ffff:10.1.2.3", 200),
        ("fd00::5", 200),
        ("10.2.0.1", 403),
        ("127.0.0.2", 403),
        ("::1", 403),
        ("not an address", 403),
    ],
)
def test_a_name_is_believed_of_its_proxy_alone(history: History, client: str, status: int) -> None:
    with asking(app(history, PEOPLE)) as browse:
        headers = {**named("ada@example.org"), "X-Forwarded-For": "127.0.0.1"}
        assert browse.ask("GET", AT, headers, client=client).status == status


def test_beside_a_proxy_programs_have_tokens_and_its_own_password_is_no_guess(history: History) -> None:
    access = Access(
        read_token=Secret(READ),
        user_header="X-Forwarded-User",
        trusted_proxies=("127.0.0.1",),
        readers=("bob@example.org",),
    )
    with asking(app(history, access)) as browse:
        assert browse.get("/feed.atom", bearer(READ)).status == 200
        assert browse.get("/feed.atom", {**named("mallory"), **bearer(READ)}).status == 403, (
            "the name decides"
        )
        for at in range(TRIES * 2):
            assert (
                browse.get(AT, {**named("bob@example.org"), **basic(f"password {at}", "bob")}).status == 200
            )
        assert write(browse, READ).status == 303


def test_times_of_sessions_are_aware() -> None:
    key = sessions.key_of(READ)
    value = sessions.made(key, "read", NOW)
    ahead: datetime = NOW - timedelta(hours=1)  # a clock that was set back: longer than any session lasts
    assert sessions.is_good(key, "read", value, NOW) and not sessions.is_good(key, "read", value, ahead)
