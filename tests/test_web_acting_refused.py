"""What no page elsewhere can do, and what is refused in a line: over real HTTP, nothing is half done."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

import pytest
from doubles.acting_pages import AT, SAME, Here, filled, here, history, unmoved
from doubles.browser import tab_on
from doubles.web_history import NOW, TRIAL
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route
from test_web_server import PATIENCE, serving

from monitor.database import open_for_writing
from monitor.web.acting.forms import LASTS, Forms

__all__ = ["filled", "here", "history", "unmoved"]

# --- what a page elsewhere cannot do ---


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},  # another port of this machine
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:{port}"},
        {"Sec-Fetch-Site": "", "Origin": "http://127.0.0.1:{port}"},
        {"Sec-Fetch-Site": None, "Origin": "http://evil.example"},
        {"Sec-Fetch-Site": None, "Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": None, "Origin": "null"},
        {"Sec-Fetch-Site": None, "Origin": ""},
        {"Sec-Fetch-Site": None, "Origin": "127.0.0.1:{port}"},
    ],
)
def test_a_form_from_elsewhere_is_refused_even_with_a_good_token(
    unmoved: Here, headers: dict[str, Any]
) -> None:
    given = {name: text.format(port=unmoved.port) for name, text in headers.items() if text is not None}
    body = urlencode({"token": unmoved.token, "act": "mute", "scope": "trial", "value": TRIAL, "span": "7"})
    status, _, text = unmoved.post(body, given)
    assert (status, "not ours" in text) == (403, True)
    assert unmoved.standing() == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://127.0.0.1:{port}"},  # a browser over plain HTTP beyond loopback says no more
        {},  # no browser
    ],
)
def test_our_own_forms_are_taken(here: Here, headers: dict[str, str]) -> None:
    given = {name: text.format(port=here.port) for name, text in headers.items()}
    body = urlencode({"token": here.token, "act": "mute", "scope": "trial", "value": TRIAL, "span": "7"})
    assert here.post(body, given)[0] == 303


@pytest.mark.parametrize("token", ["", "x", "1.2", "493000.", "٣.x", "9" * 400 + "." + "0" * 64, "é"])
def test_without_a_good_token_nothing_is_done_but_asked_again(here: Here, token: str) -> None:
    status, _, text = here.send(act="mute", span="7", token=token, by="Anna")
    assert status == 200
    assert "Not done yet" in text
    assert here.standing() == []
    form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', text))
    assert form["by"] == "Anna"
    assert here.post(urlencode(form), SAME)[:2] == (303, f"{AT}#alerts"), "nothing of it is lost"
    assert here.standing()[0].by.name == "Anna"


def test_a_token_is_of_one_process_and_lasts_for_hours() -> None:
    ours, others = Forms(None), Forms(None)
    token = ours.token(NOW)
    assert ours.is_fresh(token, NOW)
    assert ours.is_fresh(token, NOW + timedelta(hours=LASTS - 1))
    assert not ours.is_fresh(token, NOW + timedelta(hours=LASTS))
    assert not ours.is_fresh(token, NOW - timedelta(hours=1))
    assert not others.is_fresh(token, NOW)
    assert ours.token(NOW) == ours.token(NOW + timedelta(minutes=59)), "pages are known again meanwhile"


def test_a_foreign_host_and_a_get_do_nothing(unmoved: Here) -> None:
    body = {"act": "mute", "scope": "trial", "value": TRIAL, "span": "7", "token": unmoved.token}
    assert unmoved.post(urlencode(body), {**SAME, "Host": "evil.example"})[0] == 400
    assert unmoved.ask("GET", f"/acts?{urlencode(body)}", headers=SAME)[:2] == (303, "/health#muted")
    assert unmoved.ask("PUT", "/acts", headers=SAME)[0] == 405
    typed = {**SAME, "Content-Type": "application/x-www-form-urlencoded"}
    assert unmoved.ask("POST", AT, urlencode(body), typed)[0] == 405
    assert unmoved.standing() == []


# --- what is refused, in one line ---


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"act": "mute", "until": "2026-11-24"}, 400, "that day has begun: `2026-11-24`"),
        ({"act": "mute", "until": "tomorrow"}, 400, "no day: `tomorrow`"),
        ({"act": "mute", "until": "2126-01-01"}, 400, "more than ten years off"),
        ({"act": "mute", "span": "8"}, 400, "not one of these pages'"),
        ({"act": "snooze", "span": ""}, 400, "a snooze has an end"),
        ({"act": "delete"}, 400, "not one of these pages'"),
        ({"act": "mute", "scope": "sponsor"}, 400, "not one of these pages'"),
        ({"act": "mute", "span": "7", "value": "NCT00000001"}, 404, "nothing is stored about this trial"),
        ({"act": "mute", "span": "7", "value": "x"}, 400, "`x`"),
        ({"act": "mute", "span": "7", "scope": "field", "value": "enrolment"}, 400, "Did you mean `enrollment`?"),
        ({"act": "mute", "span": "7", "scope": "watch", "value": "MSC"}, 400, "no such watch: `MSC`"),
        ({"act": "mute", "span": "7", "scope": "watch", "value": ""}, 400, "no watch is named"),
        ({"act": "mute", "span": "7", "by": "x" * 81}, 400, "the name is longer than 80"),
        ({"act": "acknowledge", "note": "x" * 501}, 400, "the note is longer than 500"),
        ({"act": "acknowledge", "up_to": "999"}, 400, "no event of this trial"),
        ({"act": "acknowledge", "up_to": "-1"}, 400, "number of an event"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_nothing_is_done(
    unmoved: Here, form: dict[str, str], status: int, said: str
) -> None:
    got, _, text = unmoved.send(**form)
    text = text.replace("<code>", "`").replace("</code>", "`")
    assert (got, said.casefold() in text.casefold()) == (status, True), text
    assert unmoved.standing() == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"act": "mute"}', "application/json"),
        ("act=mute", "text/plain"),
        ("act=%ff%fe", "application/x-www-form-urlencoded"),
        ("é".encode(), "application/x-www-form-urlencoded"),
        ("&".join(f"a{number}=1" for number in range(50)), "application/x-www-form-urlencoded"),
        ("act=" + "x" * 20_000, "application/x-www-form-urlencoded"),
    ],
)
def test_what_is_no_form_is_refused(unmoved: Here, body: str | bytes, kind: str) -> None:
    assert unmoved.ask("POST", "/acts", body, {**SAME, "Content-Type": kind})[0] == 400
    assert unmoved.ask("GET", "/")[0] == 200


def test_a_database_that_is_held_is_said_and_nothing_is_half_done(here: Here) -> None:
    _ = here.token
    with closing(open_for_writing(here.history.path)) as other:
        other.conn.execute("BEGIN IMMEDIATE")
        try:
            answer = here.send(act="mute", span="7")
        finally:
            other.conn.execute("ROLLBACK")
    assert answer[0] == 503
    assert here.standing() == []


def test_names_and_notes_are_only_text(here: Here) -> None:
    mean = "<script>alert(1)</script>\u202e"
    here.send(act="mute", span="7", by=mean)
    here.send(act="acknowledge", note=mean, by=mean)
    for path in (AT, "/health", "/"):
        connection = HTTPConnection("127.0.0.1", here.port, timeout=PATIENCE)
        connection.request("GET", path)
        text = connection.getresponse().read().decode()
        connection.close()
        own = r'<script defer src="/static/times\.js\?v=[0-9a-f]{12}"></script>'  # and no other
        assert "<script" not in re.sub(own, "", text, count=1)
        assert "\u202e" not in text


@pytest.mark.chromium
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_page_on_another_port_of_this_machine_cannot_act(browser: Any, here: Here, host: str) -> None:
    """Even one that got hold of a token: the browser says where the form came from."""
    names = {"token": here.token, "act": "mute", "scope": "trial", "value": TRIAL, "span": "7"}
    inputs = "".join(f'<input name="{name}" value="{value}">' for name, value in names.items())
    form = f'<form method="post" action="http://127.0.0.1:{here.port}/acts">{inputs}<button>x</button></form>'
    evil = Starlette(routes=[Route("/", lambda request: HTMLResponse(form))])
    with serving(evil) as port, tab_on(browser, f"http://{host}:{port}") as tab:
        tab.open("/")
        with tab.page.expect_navigation():
            tab.page.get_by_role("button").click()
        assert tab.page.url == f"http://127.0.0.1:{here.port}/acts"
        tab.page.get_by_text("not ours").wait_for()
    assert here.standing() == []
