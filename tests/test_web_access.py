"""Who is let in: by a token, a session, a password; what is open; what stays closed whatever is asked and however."""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from doubles.asking import Answer, Asking, asking
from doubles.web_history import NOW, TRIAL, History

from monitor.acting import mutes
from monitor.database import open_for_writing
from monitor.logs import log
from monitor.web import following
from monitor.web.access import sessions
from monitor.web.access.gate import FOLLOWED, OPEN, own_path
from monitor.web.access.guesses import CLIENTS, EVERY, TRIES, Guesses, TooMany
from monitor.web.access.rules import Access
from notifiers.secret import Secret

READ, ACT = "read-0123456789abcdefgh", "act-zyxwvutsrqponmlk9876"
BOTH = Access(read_token=Secret(READ), act_token=Secret(ACT))
PEOPLE = Access(
    user_header="X-Forwarded-User",
    trusted_proxies=("127.0.0.1", "10.1.0.0/16", "fd00::/8"),
    readers=("bob@example.org", "józef"),
    actors=("ada@example.org",),
)
AT = f"/trials/ctgov/{TRIAL}"
PERSON = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
PUBLIC = "https://trials.example.org"


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    return History(tmp_path_factory.mktemp("access") / "history.db").fill()


def app(history: History, access: Access = BOTH, **more: Any) -> Any:
    more = {"acting": lambda: open_for_writing(history.path), **more}
    return history.app(access=access, **more)


@pytest.fixture
def browse(history: History) -> Iterator[Asking]:
    with asking(app(history)) as asked:
        yield asked


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def basic(password: str, user: str = "feeds") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def write(browse: Asking, token: str, then: str = "/", **more: Any) -> Answer:
    headers = {**FORM, **more.pop("headers", {})}
    return browse.ask("POST", "/login", headers, body=urlencode({"token": token, "next": then}), **more)


def logged_in(browse: Asking, token: str) -> dict[str, str]:
    answer = write(browse, token)
    assert answer.status == 303
    return {"Cookie": answer.headers["set-cookie"].partition(";")[0]}


def every_path(app: Any) -> list[str]:
    """An address of each route of the application."""
    values = {"registry": "ctgov", "trial": TRIAL, "number": "4", "format": "atom", "day": "2026-11-23"}

    def filled(path: str) -> str:
        return re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: values.get(found[1], "1"), path)

    return [filled(route.path) for route in app.routes]


# --- every address ---


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
    browse._runner.run(browse._app(scope, receive, send))
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


# --- the log-in page ---


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


# --- acting ---


@pytest.fixture
def own(tmp_path: Path) -> History:
    return History(tmp_path / "history.db").fill()


def standing(history: History) -> list[mutes.Mute]:
    db = history.open()
    try:
        return mutes.standing(db, now=NOW)
    finally:
        db.close()


def form_token(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def mute(browse: Asking, headers: dict[str, str], **form: str) -> Answer:
    whole = {"act": "mute", "scope": "trial", "value": TRIAL, "span": "7", **form}
    return browse.ask("POST", "/acts", {**FORM, **headers}, body=urlencode(whole))


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
