"""Acting from the pages over real HTTP: what a form does, where there is none, and the way of a reader in Chromium."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from doubles.acting_pages import AT, SAME, Here, filled, here, history, unmoved
from doubles.browser import tab_on
from doubles.ctgov import LoopbackRegistry
from doubles.study_records import study_record
from doubles.told_channel import Told
from doubles.watching import Watching, ids_watch
from doubles.web_history import NOW, TRIAL, History
from test_web_server import serving

from monitor.acting import mutes
from monitor.acting.mutes import Kind, Scope
from monitor.acting.people import Via
from monitor.cli.service import _may_act
from monitor.config import read
from monitor.database import open_for_writing
from notifiers.deliver import drain
from notifiers.message import Level, Message
from notifiers.notifier import Outcome, Result
from notifiers.outbox import Outbox
from notifiers.settings import Settings
from snapshots.changeset import Severity
from snapshots.database import immediate
from snapshots.event import EventKind

__all__ = ["filled", "here", "history", "unmoved"]

# --- what a form does ---


@pytest.mark.parametrize("days", [7, 30, 90])
def test_a_trial_is_muted_for_a_while_and_says_so(here: Here, days: int) -> None:
    assert here.send(act="mute", span=str(days), by="Anna  Ärztin")[:2] == (303, f"{AT}#alerts")
    (one,) = here.standing()
    assert (one.scope, one.value, one.kind) == (Scope.TRIAL, TRIAL, Kind.MUTE)
    assert (one.by.name, one.by.via) == ("Anna Ärztin", Via.BROWSER)
    assert here.standing(timedelta(days=days, seconds=-1)) == [one]
    assert here.standing(timedelta(days=days, seconds=1)) == []
    assert "by Anna Ärztin in the browser" in here.ask("GET", AT)[2]
    state = here.ask("GET", "/health")[2]
    assert "Anna Ärztin in the browser" in state
    assert "End it" in state


def test_messages_that_show_what_people_did_are_shown_anew(here: Here) -> None:
    """A message in a channel that has buttons says what became of them: here, too."""
    channel = Told(answers=[Outcome(result=Result.SENT, remote={"channel": "C1", "ts": "1764000000.000100"})])
    told = Message(id="m", level=Level.MAJOR, headline="It stopped", thread=f"ctgov:{TRIAL}", order=1)
    with closing(open_for_writing(here.history.path)) as db:
        with immediate(db):
            Outbox(db).put(told, channel.name, now=NOW)
        drained = drain(
            Outbox(db),
            channel,
            transaction=lambda: immediate(db),
            clock=lambda: NOW,
            random=lambda: 1.0,
            wait=lambda _: True,
            settings=Settings(),
        )
        assert drained.sent == 1
    for number, form in enumerate(
        ({"act": "mute", "span": "7"}, {"act": "unmute"}, {"act": "acknowledge"}), 1
    ):
        assert here.send(**form)[0] == 303
        with closing(here.history.open()) as db:
            assert db.execute("select notifier, message, asked from showing").fetchall() == [
                ("team", "m", number)
            ]


def test_a_day_counts_before_a_span_and_begins_at_midnight(here: Here) -> None:
    assert here.send(act="snooze", span="7", until="2026-12-24")[0] == 303
    (one,) = here.standing()
    assert (one.kind, one.until) == (Kind.SNOOZE, "2026-12-24T00:00:00Z")
    assert "Snoozed until" in here.ask("GET", AT)[2]


def test_a_mute_without_an_end_stands_until_it_is_ended(here: Here) -> None:
    here.send(act="mute", span="")
    assert here.standing(timedelta(days=3_000)) != []
    assert here.send(act="unmute", by="Otto")[:2] == (303, f"{AT}#alerts")
    assert here.standing() == []
    assert here.send(act="unmute", back="health")[:2] == (303, "/health#muted"), "ended twice is ended"
    assert "Nothing is muted" in here.ask("GET", "/health")[2]


@pytest.mark.parametrize(
    ("scope", "value"), [("watch", "MSC exosomes"), ("field", "locations"), ("field", "status-stale")]
)
def test_watches_and_fields_are_muted_on_the_page_of_the_state(here: Here, scope: str, value: str) -> None:
    assert here.send(act="mute", scope=scope, value=value, span="30")[:2] == (303, "/health#muted")
    (one,) = here.standing()
    assert (one.scope.value, one.value) == (scope, value)
    assert here.send(act="unmute", scope=scope, value=value)[0] == 303
    assert here.standing() == []


def test_what_is_acknowledged_is_what_the_reader_saw(here: Here) -> None:
    shown = here.ask("GET", AT)[2]
    up_to = re.search(r'name="up_to" value="(\d+)"', shown)
    assert up_to is not None
    here.history.event(EventKind.GONE, "2026-11-24", "gone", Severity.CRITICAL)
    assert here.send(act="acknowledge", up_to=up_to[1], by="Anna", note="seen on Monday")[0] == 303
    page = here.ask("GET", AT)[2]
    said = "acknowledged by Anna in the browser, 2026-11-24: seen on Monday"
    assert said in page
    assert said in here.ask("GET", f"/events/{up_to[1]}")[2]
    assert page.index("gone") < page.index(said), "the newest event is not among what was seen"
    assert said not in here.ask("GET", f"/events/{int(up_to[1]) + 1}")[2]
    assert 'value="acknowledge"' in page, "the newest may be acknowledged yet"
    assert said in here.ask("GET", "/")[2]


def test_a_watch_is_acknowledged_up_to_now(here: Here) -> None:
    assert here.send(act="acknowledge", scope="watch", value="MSC exosomes", by="Anna")[:2] == (
        303,
        "/health#muted",
    )
    assert "acknowledged by Anna in the browser" in here.ask("GET", AT)[2]


def test_nothing_happened_is_nothing_to_acknowledge(unmoved: Here) -> None:
    status, _, text = unmoved.send(act="acknowledge", scope="field", value="age-groups")
    assert (status, "othing happened yet" in text) == (400, True), text


# --- where it is not allowed ---


def test_where_nothing_may_be_done_there_are_no_forms(history: History) -> None:
    with history.writing() as (db, _):
        mutes.mute(db, Scope.TRIAL, TRIAL, until=None, now=NOW)
    with serving(history.app()) as port:
        reading = Here(history, port)
        for path in (AT, "/health"):
            text = reading.ask("GET", path)[2]
            assert 'method="post"' not in text
            assert "Muted" in text, "what stands is shown all the same"
        status, _, text = reading.post(urlencode({"act": "unmute", "scope": "trial", "value": TRIAL}), SAME)
        assert (status, "[web] acting" in text) == (403, True)
        assert len(reading.standing()) == 1


@pytest.mark.parametrize(
    ("host", "web", "may"),
    [
        ("127.0.0.1", "", True),
        ("::1", "", True),
        ("localhost", "", True),
        ("0.0.0.0", "", False),
        ("192.168.1.4", "", False),
        ("127.0.0.1", 'public_url = "https://trials.example.org"', False),
        ("127.0.0.1", 'public_url = "http://127.0.0.1:8787"', True),
        ("0.0.0.0", 'public_url = "http://127.0.0.1:8787"', False),
        ("127.0.0.1", "acting = false", False),
        ("0.0.0.0", "acting = true", True),
        ("127.0.0.1", 'public_url = "https://trials.example.org"\nacting = true', True),
    ],
)
def test_who_may_act_by_default(tmp_path: Path, host: str, web: str, may: bool) -> None:
    assert _may_act(read(f"[web]\n{web}\n", tmp_path / "config.toml"), host) is may


def test_below_a_public_address_forms_lead_there_and_its_origin_is_ours(history: History) -> None:
    app = history.app(
        acting=lambda: open_for_writing(history.path), public_url="https://trials.example.org/deep"
    )
    with serving(app) as port:
        here = Here(history, port)
        assert 'action="/deep/acts"' in here.ask("GET", AT)[2]
        body = urlencode({"token": here.token, "act": "mute", "scope": "trial", "value": TRIAL, "span": "7"})
        elsewhere = here.post(body, {"Origin": "https://trials.example.com"})
        assert elsewhere[0] == 403
        assert here.post(body, {"Origin": "https://trials.example.org"})[:2] == (303, f"/deep{AT}#alerts")


# --- in a browser ---


@pytest.mark.chromium
@pytest.mark.parametrize("scripts", [True, False])
def test_a_reader_mutes_ends_it_and_acknowledges(browser: Any, here: Here, scripts: bool) -> None:
    with tab_on(browser, f"http://127.0.0.1:{here.port}", java_script_enabled=scripts) as tab:
        page = tab.page
        tab.open(AT)
        page.locator("summary", has_text="Mute or snooze").click()
        form = page.locator("details[open] form")
        form.get_by_role("combobox", name="For").select_option("30")
        form.get_by_label("Your name").fill("Anna")
        form.get_by_role("button", name="Do it").click()
        assert page.url.endswith(f"{AT}#alerts")
        page.get_by_text("by Anna in the browser").wait_for()
        (one,) = here.standing()
        assert (one.by.name, one.until) == ("Anna", "2026-12-24T12:00:00Z")
        page.locator("summary", has_text="Acknowledge").click()
        page.locator("details[open] form").get_by_label("Note").fill("seen")
        page.get_by_role("button", name="Acknowledge").click()
        page.get_by_text("acknowledged by somebody in the browser, 2026-11-24: seen").first.wait_for()
        tab.open("/health")
        page.get_by_role("button", name="End it").click()
        page.get_by_text("Nothing is muted or snoozed.").wait_for()
        assert here.standing() == []
        assert tab.troubles == []


@pytest.mark.chromium
@pytest.mark.parametrize("width", [320, 1280])
def test_forms_fit_their_window_and_can_be_seen(browser: Any, here: Here, width: int) -> None:
    here.send(act="mute", scope="watch", value="MSC exosomes", span="7", by="x" * 80)
    here.send(act="snooze", span="7", by="x" * 80)
    with tab_on(browser, f"http://127.0.0.1:{here.port}", viewport={"width": width, "height": 800}) as tab:
        for path in (AT, "/health"):
            tab.open(path)
            for fold in tab.page.locator("main details.filters > summary").all():
                fold.click()
            assert tab.page.evaluate("document.documentElement.scrollWidth") <= width, path
            unlabelled = "[...document.querySelectorAll('main input:not([type=hidden]), main select')]"
            assert tab.page.evaluate(f"{unlabelled}.filter(e => e.labels.length === 0).length") == 0
        assert tab.troubles == []


def test_what_was_muted_on_a_page_rings_no_more(tmp_path: Path, clock: Any) -> None:
    first = study_record(1)
    trial = first["protocolSection"]["identificationModule"]["nctId"]
    with (
        LoopbackRegistry([first], day="2026-11-20") as registry,
        closing(Watching(tmp_path, registry, ids_watch("one", trial), clock=clock)) as watching,
    ):
        watching.poll()
        history = History(tmp_path / "t.db")
        app = history.app(acting=lambda: open_for_writing(history.path), now=clock)
        with serving(app) as port:
            for number, (act, rings) in enumerate((("mute", 0), ("unmute", 1))):
                here = Here(history, port)  # with a fresh token: days go by
                assert here.send(act=act, value=trial, span="7")[0] == 303
                record = registry.record(trial)
                record["protocolSection"]["designModule"]["enrollmentInfo"]["count"] += 100 + number
                clock.forward(days=1)
                registry.publish(f"2026-11-2{number + 1}", [record])
                watching.poll()
                assert len(watching.rung()) == rings, act


def test_a_mute_without_an_end_has_no_end(here: Here) -> None:
    assert here.send(act="mute", span="")[0] == 303
    shown = here.ask("GET", "/health")[2]
    assert '<td data-label="Until">no end</td>' in shown and "it is ended" not in shown
