"""Slack's incoming webhook: what it posts, what each answer comes to, and no piece of its address anywhere."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from doubles.scripted_server import ScriptedServer, drip, response
from doubles.slack_checks import assert_sound, shown, urls_of
from doubles.slack_hook import HANGS_UP, KEY, SlackHook
from doubles.told_channel import START, open_room
from msgspec.structs import replace

from monitor.assembly import notifier_of
from monitor.config import SlackWebhook, read
from notifiers.message import Item, Level, Link, Message
from notifiers.notifier import Found, Outcome, Placement, Result, WrongSettings
from notifiers.secret import Secret
from notifiers.slack.blocks import Rendered
from notifiers.slack.webhook import SlackWebhookNotifier

MESSAGE = Message(
    id="m1",
    level=Level.MAJOR,
    headline="NCT07146087: Recruiting → Suspended (m1)",
    title="NCT07146087 · MSC-derived exosomes",
    items=(Item(level=Level.MAJOR, label="Why stopped", summary="<!channel> funding", after="word " * 900),),
    links=(Link(text="Record", url="https://clinicaltrials.gov/study/NCT07146087"),),
    thread="A",
)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def hook() -> Iterator[SlackHook]:
    with SlackHook() as made:
        yield made


def notifier(url: str, **more: float) -> SlackWebhookNotifier:
    return SlackWebhookNotifier(name="hook", url=Secret(url), pace=timedelta(0), **more)


def sent(hook: SlackHook) -> Outcome:
    return notifier(hook.url).send(MESSAGE, Placement())


def test_what_is_posted(hook: SlackHook) -> None:
    assert sent(hook) == Outcome(result=Result.SENT)
    (posted,) = hook.posted
    assert posted["text"] == "🟠 Major · NCT07146087: Recruiting → Suspended (m1)"
    assert (posted["unfurl_links"], posted["unfurl_media"], posted["mrkdwn"]) == (False, False, False)
    assert "thread_ts" not in posted
    rendered = Rendered(
        text=posted["text"], blocks=posted["blocks"], metadata={"event_payload": {"id": ""}}, broadcast=False
    )
    assert_sound(rendered, urls_of(MESSAGE))


def test_what_is_too_long_is_shortened_and_its_page_named(hook: SlackHook) -> None:
    made = notifier(hook.url)
    assert made.parts(MESSAGE) == (MESSAGE,)
    made.send(MESSAGE, Placement())
    said = shown(Rendered(text="", blocks=hook.posted[0]["blocks"], metadata={}, broadcast=False))
    assert "Shortened, whole under “Record”" in said and "thread" not in said


def test_a_second_try_after_a_refusal_is_text_with_where_to_look(hook: SlackHook) -> None:
    notifier(hook.url).send(MESSAGE, Placement(plain=True))
    (posted,) = hook.posted
    assert "blocks" not in posted
    assert "&lt;!channel&gt; funding" in posted["text"]
    assert posted["text"].endswith("Record: https://clinicaltrials.gov/study/NCT07146087")


@pytest.mark.parametrize(
    ("status", "word", "expected", "says"),
    [
        (200, "ok", Result.SENT, ""),
        (200, "<html>sign in to the Wi-Fi</html>", Result.UNKNOWN, "no answer of Slack's"),
        (200, "", Result.UNKNOWN, "no answer of Slack's"),
        (302, "", Result.CHANNEL_REFUSES, "redirects"),
        (400, "invalid_payload", Result.MESSAGE_REFUSED, "`invalid_payload`"),
        (400, "invalid_blocks", Result.MESSAGE_REFUSED, "`invalid_blocks`"),
        (400, "user_not_found", Result.CHANNEL_REFUSES, "make a new incoming webhook"),
        (403, "action_prohibited", Result.CHANNEL_REFUSES, "an administrator must allow it"),
        (403, "invalid_token", Result.CHANNEL_REFUSES, "make a new incoming webhook"),
        (403, "never_heard_of", Result.CHANNEL_REFUSES, "`never_heard_of`"),
        (404, "no_service", Result.CHANNEL_REFUSES, "make a new incoming webhook"),
        (404, "channel_not_found", Result.CHANNEL_REFUSES, "make a new incoming webhook"),
        (410, "channel_is_archived", Result.CHANNEL_REFUSES, "unarchive the channel"),
        (408, "", Result.UNKNOWN, "HTTP 408"),
        (413, "<html>", Result.MESSAGE_REFUSED, "HTTP 413"),
        (429, "rate_limited", Result.LATER, "`rate_limited`"),
        (500, "rollup_error", Result.UNKNOWN, "`rollup_error`"),
        (503, "no_service", Result.UNKNOWN, "`no_service`"),
    ],
)
def test_each_answer_comes_to_its_class_in_one_request(
    hook: SlackHook, status: int, word: str, expected: Result, says: str
) -> None:
    hook.answers = [(status, word, {"Location": hook.url} if status == 302 else {})]
    outcome = sent(hook)
    assert outcome.result is expected and says in outcome.reason
    assert hook.requests == 1
    assert KEY not in outcome.reason


def test_retry_after_is_read(hook: SlackHook) -> None:
    hook.answers = [(429, "rate_limited", {"Retry-After": "30"})]
    assert sent(hook).retry_after == timedelta(seconds=30)


def test_nobody_there_is_for_later_and_a_broken_connection_unknown(hook: SlackHook) -> None:
    with SlackHook() as gone:
        url = gone.url
    assert notifier(url).send(MESSAGE, Placement()).result is Result.LATER
    hook.answers = [(HANGS_UP, "", {})]
    outcome = sent(hook)
    assert outcome.result is Result.UNKNOWN and KEY not in outcome.reason


def test_an_answer_that_drips_for_ever_is_left_at_the_deadline() -> None:
    with ScriptedServer(drip(response(200, b"ok" + b" " * 9_000), 0.05)) as server:
        outcome = notifier(server.url + "/services/x", timeout=5, deadline=0.5).send(MESSAGE, Placement())
    assert outcome.result is Result.UNKNOWN


def test_it_cannot_be_asked_and_says_so(hook: SlackHook, tmp_path: Path) -> None:
    made = notifier(hook.url)
    assert made.reconcile_after is None
    assert made.find(MESSAGE, since=START, placement=Placement()).found is Found.CANNOT_TELL
    with open_room(tmp_path / "outbox.db") as room:
        room.outbox.put(MESSAGE, "hook", now=room.now)
        hook.answers = [(500, "rollup_error", {})]
        room.drain(made)
        room.now = room.outbox.next_at("hook", room.now) or room.now
        room.drain(made)
        assert room.state("m1") == "sent"
    assert hook.posted[0]["text"].startswith(
        "Possible repeat: whether this arrived before could not be found out"
    )


def test_doctor_asks_and_posts_nothing(hook: SlackHook) -> None:
    made = notifier(hook.url)
    assert [good for good, _ in made.check()] == [True, True] and made.mended()
    hook.gone = True
    ((good, line),) = made.check()
    assert not good and "`no_service`" in line and not made.mended()
    assert hook.posted == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.slack.com/services/T/B/x",
        "http://hooks.slack.com/services/T/B/x",
        "https:///x",
        "https://a:b/x",
        "https://a/ b",
    ],
)
def test_an_address_that_is_none_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(WrongSettings) as caught:
        notifier(url)
    assert url == "" or url not in f"{caught.value} {caught.value.hint}"


def test_no_text_of_ours_shows_the_address(hook: SlackHook, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    made = notifier(hook.url)
    hook.answers = [(404, f"no {hook.url}", {}), (500, KEY, {}), (200, KEY, {})]
    said = [made.send(MESSAGE, Placement()).reason for _ in range(3)]
    said += [line for _, line in made.check()] + [repr(made), str(vars(made)), caplog.text]
    with SlackHook() as gone:
        url = gone.url
    said += [notifier(url).send(MESSAGE, Placement()).reason]
    path = f"/services/T0123456/B0123456/{KEY}"
    with ScriptedServer(f"not HTTP: {path}\r\n\r\n".encode()) as server:
        said += [notifier(server.url + path).send(MESSAGE, Placement()).reason]
    assert "broke before an answer" in said[-1]
    assert all(KEY not in words and "T0123456" not in words for words in said)


def test_its_table_in_the_configuration(hook: SlackHook, tmp_path: Path) -> None:
    text = '[notifiers.hook]\ntype = "slack-webhook"\nurl = "${SLACK_WEBHOOK_URL}"\nquiet_hours = "20:00-07:00"\n'
    config = read(text, tmp_path / "config.toml")
    assert isinstance(config.notifiers["hook"], SlackWebhook)
    made, _ = notifier_of(config, "hook", {"SLACK_WEBHOOK_URL": f"{hook.url}\n"})
    assert made.send(replace(MESSAGE, items=()), Placement()).result is Result.SENT
    made.close()
