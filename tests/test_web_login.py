"""The log-in page: tokens, sessions, log-outs, guesses; nobody is sent elsewhere."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from doubles.asking import Asking, asking
from doubles.logging_in import (
    ACT,
    AT,
    BOTH,
    FORM,
    PERSON,
    PUBLIC,
    READ,
    app,
    basic,
    bearer,
    logged_in,
    write,
)
from doubles.web_history import NOW, History

from monitor.database import open_for_writing
from monitor.logs import log
from monitor.web.access import sessions
from monitor.web.access.gate import own_path
from monitor.web.access.guesses import CLIENTS, EVERY, TRIES, Guesses, TooMany
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


def test_a_person_comes_back_to_where_they_were_going(browse: Asking) -> None:
    there = browse.get(f"{AT}?a=1&b=%C3%A9%26", PERSON).headers["location"]
    assert there == "/login?next=" + quote(f"{AT}?a=1&b=%C3%A9%26", safe="")
    page = browse.get(there, PERSON)
    hidden = re.search(r'name="next" value="([^"]*)"', page.text)
    assert hidden is not None
    done = write(browse, READ, hidden[1].replace("&amp;", "&"))
    assert (done.status, done.headers["location"]) == (303, f"{AT}?a=1&b=%C3%A9%26")
    session = {"Cookie": done.headers["set-cookie"].partition(";")[0]}
    inside = browse.get(AT, session)
    assert (inside.status, "Logged in to read" in inside.text) == (200, True)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "///evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        "/\n/evil.example",
        "/x\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
        "evil.example",
        " //evil.example",
        "/\u2028/x",
        "/" + "x" * 3_000,
        "/login",
        "/logout",
        "/login?next=/login",
        "",
    ],
)
def test_nobody_is_sent_elsewhere(browse: Asking, elsewhere: str) -> None:
    assert own_path(elsewhere) == "/"
    page = browse.get("/login?" + urlencode({"next": elsewhere}))
    assert 'name="next" value="/"' in page.text
    assert write(browse, READ, elsewhere).headers["location"] == "/"


def test_below_a_public_path_all_leads_there(history: History) -> None:
    with asking(app(history, public_url=f"{PUBLIC}/deep", allowed_hosts=("trials.example.org",))) as browse:
        host = {"host": "trials.example.org"}
        assert (
            browse.get(f"/deep{AT}", {**PERSON, **host})
            .headers["location"]
            .startswith("/deep/login?next=%2Ftrials")
        )
        page = browse.get("/deep/login", host)
        assert 'action="/deep/login"' in page.text
        done = write(browse, READ, AT, headers=host)
        assert done.headers["location"] == f"/deep{AT}"
        assert "__Secure-trialbell=" in done.headers["set-cookie"]
        assert "Path=/deep;" in done.headers["set-cookie"]
        assert browse.get("/deep/health", host).status == 401


def test_the_cookie_is_for_nobody_but_us(history: History) -> None:
    hosts = ("trials.example.org", "127.0.0.1")
    with asking(app(history, public_url=PUBLIC, allowed_hosts=hosts)) as browse:
        public = {"host": "trials.example.org"}
        said = write(browse, READ, headers=public).headers["set-cookie"]
        assert said.startswith("__Host-trialbell=read.")
        assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=2592000"} <= set(said.split("; "))
        near = write(browse, READ).headers["set-cookie"]
        assert near.startswith("trialbell=") and "Secure" not in near
        plain = near.partition(";")[0]
        assert browse.get("/health", {**public, "Cookie": plain}).status == 401, "put there over plain HTTP"
        assert browse.get("/health", {"Cookie": plain}).status == 200
        # A proxy that writes another Host: the form still comes from where it does.
        changed = {"Content-Type": FORM["Content-Type"], "Origin": PUBLIC}
        safe = browse.ask("POST", "/login", changed, body=f"token={READ}").headers["set-cookie"]
        assert safe.startswith("__Host-trialbell=") and "Secure" in safe
        assert browse.get("/health", {"Cookie": safe.partition(";")[0]}).status == 200
        left = browse.ask("POST", "/logout", {**FORM, **public}).headers["set-cookie"]
        assert left.count("Max-Age=0") == 2


def test_whoever_leaves_takes_nothing_along(browse: Asking) -> None:
    session = logged_in(browse, READ)
    left = browse.ask("POST", "/logout", {**FORM, **session})
    assert (left.status, left.headers["location"]) == (303, "/login")
    assert "trialbell=" in left.headers["set-cookie"] and "Max-Age=0" in left.headers["set-cookie"]
    assert left.headers["clear-site-data"] == '"cache"'
    assert browse.get("/logout", session).status == 404


def test_a_copied_session_ends_with_its_log_out_in_every_process_and_over_a_restart(own: History) -> None:
    made = {"writing": lambda: open_for_writing(own.path)}
    with asking(app(own, **made)) as browse, asking(app(own, **made)) as beside:
        session, other = logged_in(browse, READ), logged_in(browse, READ)
        assert [one.get(AT, session).status for one in (browse, beside)] == [200, 200]
        refused = browse.ask("POST", "/logout", {**FORM, **session, "Sec-Fetch-Site": "cross-site"})
        assert (refused.status, browse.get(AT, session).status) == (403, 200)
        browse.ask("POST", "/logout", {**FORM, **session})
        assert [one.get(AT, session).status for one in (browse, beside)] == [401, 401]
        assert browse.get(AT, {**session, **bearer(READ)}).status == 200, "a token is good by itself"
        assert set(browse.get("/healthz", session).json()) == {"ok", "at"}
        assert browse.get(AT, other).status == 200
    with asking(app(own, **made)) as again:
        assert [again.get(AT, one).status for one in (session, other)] == [401, 200]
        later = app(own, now=lambda: NOW + sessions.LASTS + timedelta(days=1), **made)
    with asking(later) as browse:
        browse.ask("POST", "/logout", {**FORM, **logged_in(browse, READ)})
    with closing(own.open()) as db:
        kept = db.execute("select session, until from ended_session").fetchall()
    assert len(kept) == 1, "what ended by itself since is forgotten"
    assert session["Cookie"].partition("=")[2] not in str(kept)


def test_where_nothing_can_be_written_a_log_out_holds_while_the_process_runs(
    own: History, capsys: pytest.CaptureFixture[str]
) -> None:
    log.configure(logging.WARNING)

    def full() -> Any:
        raise OSError("no space left")

    for more in ({}, {"writing": full}):
        with asking(app(own, **more)) as browse:
            session = logged_in(browse, READ)
            assert browse.ask("POST", "/logout", {**FORM, **session}).status == 303
            assert browse.get(AT, session).status == 401
    assert "log-out is remembered until a restart only" in capsys.readouterr().err


def test_no_page_elsewhere_logs_in_or_out(browse: Asking) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        assert write(browse, READ, headers=headers).status == 403
        assert browse.ask("POST", "/logout", {**FORM, **headers}).status == 403
    origin = {"Content-Type": FORM["Content-Type"], "Origin": "http://127.0.0.1:9999"}
    assert browse.ask("POST", "/login", origin, body=f"token={READ}").status == 403


def test_a_wrong_token_is_told_and_shown_nowhere(browse: Asking, capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(logging.WARNING)
    wrong = write(browse, "open-sesame-12345")
    assert (wrong.status, "not a token of these pages" in wrong.text) == (403, True)
    assert "set-cookie" not in wrong.headers
    assert write(browse, "").status == 400
    said = capsys.readouterr()
    assert "log-in refused" in said.err and "127.0.0.1" in said.err
    for text in (wrong.text, said.err, said.out, repr(BOTH)):
        assert "sesame" not in text and READ not in text and ACT not in text


# --- sessions ---


def moving(history: History, access: Access, by: Callable[[], timedelta]) -> Any:
    return app(history, access, now=lambda: NOW + by())


def test_a_session_outlives_a_restart_and_ends_with_its_time_or_its_token(history: History) -> None:
    late = [timedelta()]
    with asking(moving(history, BOTH, lambda: late[0])) as browse:
        reading, acting = logged_in(browse, READ), logged_in(browse, ACT)
    with asking(moving(history, BOTH, lambda: late[0])) as browse:
        assert [browse.get(AT, one).status for one in (reading, acting)] == [200, 200]
        late[0] = sessions.LASTS - timedelta(minutes=1)
        assert browse.get(AT, reading).status == 200
        late[0] = sessions.LASTS
        assert browse.get(AT, reading).status == 401
        late[0] = timedelta()
    other = Access(read_token=Secret(READ + "x"), act_token=Secret(ACT))
    with asking(moving(history, other, lambda: late[0])) as browse:
        assert [browse.get(AT, one).status for one in (reading, acting)] == [401, 200]


def test_no_session_is_made_into_another(browse: Asking) -> None:
    cookie = logged_in(browse, READ)["Cookie"]
    right, ends, one, mac = cookie.removeprefix("trialbell=").split(".")
    for forged in (
        f"act.{ends}.{one}.{mac}",
        f"{right}.{int(ends) + 1}.{one}.{mac}",
        f"{right}.{ends}.{one}x.{mac}",
        f"{right}.{ends}.{one}.{mac[:-1]}",
        f"{right}.{ends}.{one}",
        f"{right}.{ends}.{one}.",
        "." * 150,
    ):
        assert browse.get(AT, {"Cookie": f"trialbell={forged}"}).status == 401
    key = sessions.key_of(READ)  # whoever has the token for reading still signs nothing for acting
    minted = sessions.made(key, "act", NOW)
    assert browse.get(AT, {"Cookie": f"trialbell={minted}"}).status == 401


# --- guessing ---


def test_guesses_are_bounded_and_whoever_is_in_stays_in(history: History) -> None:
    late = [timedelta()]
    with asking(moving(history, BOTH, lambda: late[0])) as browse:
        session = logged_in(browse, READ)
        statuses = [write(browse, f"guess-number-{at}").status for at in range(TRIES + 3)]
        assert statuses == [403] * TRIES + [429] * 3
        waiting = write(browse, READ)
        assert (waiting.status, waiting.headers["retry-after"]) == (429, "11"), (
            "not even the right one is looked at"
        )
        assert "Try again in 11 seconds" in waiting.text
        program = browse.get("/feed.atom", bearer(READ))
        assert (program.status, program.headers["retry-after"]) == (429, "11")
        assert program.json()["status"] == 429
        assert set(browse.get("/healthz", bearer(READ)).json()) == {"ok", "at"}, "it is no way around"
        assert browse.get("/login", {**PERSON, **bearer("x" * 30)}).status == 200
        assert browse.get(AT, {**PERSON, **bearer("x" * 30)}).status == 303
        assert browse.get(AT, session).status == 200
        assert write(browse, READ, client="192.0.2.7").status == 303, "others are not held up"
        late[0] = EVERY
        assert write(browse, READ).status == 303


def test_last_years_token_of_a_feed_reader_uses_nothing_up(browse: Asking) -> None:
    for _ in range(TRIES * 3):
        assert browse.get("/feed.atom", basic("last-years-token-0123")).status == 401
    assert write(browse, READ).status == 303


def test_whoever_guesses_is_known_through_a_proxy_and_cannot_hide(history: History) -> None:
    access = Access(read_token=Secret(READ), trusted_proxies=("127.0.0.1", "10.1.0.0/16"))
    with asking(app(history, access)) as browse:
        for at in range(TRIES):
            away = {"X-Forwarded-For": f"198.51.100.{at}, 203.0.113.9, 10.1.0.4"}
            assert write(browse, f"guess-number-{at}", headers=away).status == 403
        assert write(browse, READ, headers={"X-Forwarded-For": "203.0.113.9"}).status == 429
        assert write(browse, READ, headers={"X-Forwarded-For": "203.0.113.8"}).status == 303
        direct = {"X-Forwarded-For": "203.0.113.8"}
        for at in range(TRIES):
            write(
                browse,
                f"guess-number-{at}",
                headers={"X-Forwarded-For": f"203.0.113.{at}"},
                client="192.0.2.1",
            )
        assert write(browse, READ, headers=direct, client="192.0.2.1").status == 429


def test_what_is_remembered_of_guesses_is_bounded() -> None:
    guesses = Guesses()
    for at in range(CLIENTS + 50):
        assert guesses.check(f"192.0.2.{at}", "wrong", NOW, lambda _: None) is None
    assert len(guesses._clients) == CLIENTS
    for at in range(TRIES):
        guesses.check(f"2001:db8::{at:x}", f"wrong {at}", NOW, lambda _: None)
    with pytest.raises(TooMany):
        guesses.check("2001:db8::ffff", "another", NOW, lambda _: None)
    back = NOW - timedelta(days=1)  # a clock that is set back holds nobody up for a day
    guesses.check("192.0.2.1", "wrong", back, lambda _: None)
    assert guesses.check("192.0.2.1", "right", back, lambda _: "read") == "read"
