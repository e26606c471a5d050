"""The Slack channel, over loopback: what it sends, how it finds, what faults come to, no token anywhere."""

from __future__ import annotations

import io
import json
import logging
import pickle
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import timedelta

import pytest
from doubles.scripted_server import ScriptedServer, drip, response
from doubles.slack_fault_proxy import (
    DropAfter,
    DropBefore,
    Fault,
    Says,
    SlackFaultProxy,
    Torn,
    rate_limited,
    slack_error,
)
from doubles.slack_room import HISTORY, POST, POSTED, REPLIES, Room, message, open_slack_room
from doubles.small_slack import TOKEN, Channel
from msgspec.structs import replace

from notifiers.message import Action, Item, Level, Message
from notifiers.notifier import Found, Placement, Result, WrongSettings
from notifiers.secret import Secret
from notifiers.slack.channel import SlackNotifier


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    with open_slack_room(monkeypatch) as made:
        yield made


def test_what_is_posted(room: Room) -> None:
    outcome = room.build().send(message(), Placement())
    (posted,) = room.proxy.asked(POST)
    assert posted["channel"] == "trial-alerts"
    assert posted["text"] == "🟠 Major · Recruiting → Suspended"
    assert posted["unfurl_links"] is False and posted["unfurl_media"] is False and posted["mrkdwn"] is False
    assert posted["metadata"] == {"event_type": "trialbell_message", "event_payload": {"id": "e1"}}
    assert posted["blocks"][0]["type"] == "header"
    assert "thread_ts" not in posted
    assert outcome.remote == {"channel": "C0ALERTS001", "ts": "1790000000.000001", "to": "#trial-alerts"}


def test_buttons_are_posted_by_a_notifier_whose_presses_are_heard(room: Room) -> None:
    alert = replace(message(), actions=(Action(name="mute-trial", text="Mute trial", value="v"),))
    for interactive in (False, True):
        room.build(interactive=interactive).send(alert, Placement())
    quiet, loud = ([block["type"] for block in posted["blocks"]] for posted in room.proxy.asked(POST))
    assert "actions" not in quiet and loud == [*quiet, "actions"]


def test_replies_and_the_channel(room: Room) -> None:
    notifier = room.build()
    first = notifier.send(message(), Placement())
    notifier.send(message("loud", Level.CRITICAL), Placement(reply_to=first.remote))
    notifier.send(message("quiet", Level.MINOR), Placement(reply_to=first.remote))
    loud, quiet = room.proxy.asked(POST)[1:]
    assert loud["thread_ts"] == quiet["thread_ts"] == first.remote["ts"]
    assert (loud["reply_broadcast"], quiet["reply_broadcast"]) == (True, False)
    assert loud["channel"] == "C0ALERTS001"  # the id that the first answer told


def test_a_thread_of_another_channel_is_not_replied_to(room: Room) -> None:
    first = room.build(channel="general").send(message(), Placement())
    notifier = room.build()
    placement = Placement(reply_to=first.remote)
    assert notifier.send(message("e2"), placement).result is Result.SENT
    assert "thread_ts" not in room.proxy.asked(POST)[-1]
    assert notifier.find(message("e2"), since=POSTED, placement=placement).found is Found.THERE
    assert room.proxy.asked(REPLIES) == []


def test_a_stale_thread_is_linked_and_a_failing_link_stops_nothing(room: Room) -> None:
    notifier = room.build()
    first = notifier.send(message(), Placement())
    notifier.send(message("e2"), Placement(previous=first.remote))
    assert "https://small.slack.test/archives/C0ALERTS001/p1790000000000001" in str(
        room.proxy.asked(POST)[-1]
    )
    room.proxy.plan("chat.getPermalink", slack_error("message_not_found"))
    assert notifier.send(message("e3"), Placement(previous=first.remote)).result is Result.SENT


def test_a_message_that_is_gone_opens_a_new_thread(room: Room) -> None:
    notifier = room.build()
    first = notifier.send(message(), Placement())
    room.proxy.plan(POST, slack_error("cannot_reply_to_message"), slack_error("cannot_reply_to_message"))
    assert notifier.send(message("e2"), Placement(reply_to=first.remote)).thread_gone
    assert not notifier.send(message("e2"), Placement()).thread_gone


FAULTS: list[tuple[Fault, Result]] = [
    (DropBefore(), Result.UNKNOWN),
    (DropAfter(), Result.UNKNOWN),
    (Torn(), Result.UNKNOWN),
    (Says(status=500, body="oops"), Result.UNKNOWN),
    (Says(status=502, body="<html>", after=True), Result.UNKNOWN),
    (Says(status=503, body='{"ok": false, "error": "service_unavailable"}'), Result.UNKNOWN),
    (Says(body="<html>sign in to the Wi-Fi</html>"), Result.UNKNOWN),
    (Says(body="[]"), Result.UNKNOWN),
    (Says(body="null"), Result.UNKNOWN),
    (Says(body='"ok"'), Result.UNKNOWN),
    (Says(body=""), Result.UNKNOWN),
    (Says(body="[" * 100_000), Result.UNKNOWN),
    (Says(body='{"ok": true}'), Result.UNKNOWN),
    (
        Says(body='{"ok": true}', headers={"Content-Type": "application/json; charset=nonsense"}),
        Result.UNKNOWN,
    ),
    (slack_error("internal_error"), Result.UNKNOWN),
    (slack_error("fatal_error"), Result.UNKNOWN),
    (rate_limited(7), Result.LATER),
    (slack_error("ratelimited"), Result.LATER),
    (slack_error("invalid_auth"), Result.CHANNEL_REFUSES),
    (slack_error("missing_scope", needed="chat:write"), Result.CHANNEL_REFUSES),
    (Says(status=404, body="nothing here"), Result.CHANNEL_REFUSES),
    (slack_error("invalid_blocks"), Result.MESSAGE_REFUSED),
    (slack_error("never_heard_of"), Result.MESSAGE_REFUSED),
    (Says(status=413, body="too large"), Result.MESSAGE_REFUSED),
]


@pytest.mark.parametrize(("fault", "result"), FAULTS, ids=lambda value: str(value)[:60])
def test_each_fault_comes_to_its_class_in_one_request(room: Room, fault: Fault, result: Result) -> None:
    room.proxy.plan(POST, fault)
    outcome = room.build().send(message(), Placement())
    assert outcome.result is result
    assert outcome.reason and "\n" not in outcome.reason
    # No retry handler: one attempt is one request.
    assert len(room.proxy.asked(POST)) == 1


def test_retry_after_is_read(room: Room) -> None:
    room.proxy.plan(POST, rate_limited(7))
    assert room.build().send(message(), Placement()).retry_after == timedelta(seconds=7)


def test_nobody_there_is_for_later_and_silence_is_unknown(room: Room) -> None:
    with SlackFaultProxy(room.slack.url) as gone:
        address = gone.url
    notifier = SlackNotifier(name="team", token=Secret(TOKEN), channel="c", api_url=address)
    assert notifier.send(message(), Placement()).result is Result.LATER
    held = room.proxy.hold(POST)
    assert room.build(timeout=1).send(message(), Placement()).result is Result.UNKNOWN
    held.let_go(reaches_slack=True)
    assert len(room.alerts.messages) == 1


def test_an_answer_that_drips_for_ever_is_unknown_when_the_deadline_has_passed() -> None:
    with ScriptedServer(drip(response(body=b'{"ok": true}'), every=0.01)) as server:
        notifier = SlackNotifier(
            name="team", token=Secret(TOKEN), channel="c", api_url=server.url, timeout=30, deadline=0.3
        )
        outcome = notifier.send(message(), Placement())
    assert outcome.result is Result.UNKNOWN
    assert "no whole answer within 0.3 s" in outcome.reason


def test_finds_over_pages_and_within_its_bounds(room: Room) -> None:
    notifier = room.build(channel="C0ALERTS001")
    notifier.send(message("wanted"), Placement())
    for number in range(450):
        room.slack.answer(POST, {"channel": "C0ALERTS001", "text": f"chatter {number}"}, TOKEN)
    assert notifier.find(message("wanted"), since=POSTED, placement=Placement()).found is Found.THERE
    asked = room.proxy.asked(HISTORY)
    assert len(asked) == 3
    assert {each["include_all_metadata"] for each in asked} == {"1"}
    assert float(asked[0]["oldest"]) == POSTED.timestamp() - 3600
    late = POSTED + timedelta(hours=2)
    assert notifier.find(message("wanted"), since=late, placement=Placement()).found is Found.NOT_THERE


def test_finds_replies_over_pages(room: Room) -> None:
    notifier = room.build()
    first = notifier.send(message(), Placement())
    placement = Placement(reply_to=first.remote)
    for number in range(250):
        arguments = {"channel": "C0ALERTS001", "text": f"{number}", "thread_ts": first.remote["ts"]}
        room.slack.answer(POST, arguments, TOKEN)
    notifier.send(message("wanted", Level.MINOR), placement)
    assert notifier.find(message("wanted"), since=POSTED, placement=placement).found is Found.THERE
    assert len(room.proxy.asked(REPLIES)) == 2
    assert room.proxy.asked(HISTORY) == []


def test_metadata_of_others_is_not_ours(room: Room) -> None:
    for metadata in (
        {"event_type": "deploy", "event_payload": {"id": "e1"}},
        {"event_type": "trialbell_message", "event_payload": []},
        "text",
        None,
    ):
        room.slack.answer(POST, {"channel": "C0ALERTS001", "text": "x", "metadata": metadata}, TOKEN)
    trace = room.build().find(message(), since=POSTED, placement=Placement())
    assert trace.found is Found.NOT_THERE


def test_the_name_is_resolved_when_no_answer_told_the_id(room: Room) -> None:
    room.slack.channels[:0] = [Channel(f"C0FILLER{n:04}", f"filler-{n}") for n in range(250)]
    room.proxy.plan(POST, DropAfter())
    assert room.build().send(message(), Placement()).result is Result.UNKNOWN
    anew = room.build()
    assert anew.find(message(), since=POSTED, placement=Placement()).found is Found.THERE
    assert len(room.proxy.asked("conversations.list")) == 2  # pages
    anew.find(message(), since=POSTED, placement=Placement())
    assert len(room.proxy.asked("conversations.list")) == 2  # kept


def test_the_name_is_resolved_without_the_scope_for_private_channels(room: Room) -> None:
    room.slack.scopes.discard("groups:read")
    assert room.build().find(message(), since=POSTED, placement=Placement()).found is Found.NOT_THERE


@pytest.mark.parametrize("scope", ["channels:history", "channels:read"])
def test_without_the_scope_to_read_it_cannot_tell(room: Room, scope: str) -> None:
    room.slack.scopes.discard(scope)
    trace = room.build().find(message(), since=POSTED, placement=Placement())
    assert trace.found is Found.CANNOT_TELL and not trace.try_again and not trace.channel_refuses
    assert scope in trace.reason
    assert any(not good and scope in line for good, line in room.build().check())


@pytest.mark.parametrize(
    ("fault", "try_again", "refuses"),
    [
        (DropBefore(), True, False),
        (Torn(), True, False),
        (rate_limited(9), True, False),
        (Says(status=500, body=""), True, False),
        (slack_error("invalid_auth"), False, True),
        (slack_error("not_in_channel"), False, False),
    ],
)
def test_when_it_cannot_look_it_says_so(room: Room, fault: Fault, try_again: bool, refuses: bool) -> None:
    room.proxy.plan(HISTORY, fault)
    trace = room.build(channel="C0ALERTS001").find(message(), since=POSTED, placement=Placement())
    assert (trace.found, trace.try_again, trace.channel_refuses) == (Found.CANNOT_TELL, try_again, refuses)
    if isinstance(fault, Says) and fault.status == 429:
        assert trace.retry_after == timedelta(seconds=9)


def test_a_broken_second_page_is_not_taken_for_absence(room: Room) -> None:
    notifier = room.build(channel="C0ALERTS001")
    notifier.send(message("wanted"), Placement())
    for number in range(250):
        room.slack.answer(POST, {"channel": "C0ALERTS001", "text": f"{number}"}, TOKEN)
    page = room.slack.answer(HISTORY, {"channel": "C0ALERTS001", "limit": 200}, TOKEN)
    room.proxy.plan(HISTORY, Says(body=json.dumps(page)), DropBefore())
    assert notifier.find(message("wanted"), since=POSTED, placement=Placement()).try_again


def test_check(room: Room) -> None:
    assert all(good for good, _ in room.build().check())
    assert room.proxy.asked(POST) == []
    assert [good for good, _ in room.build(channel="nowhere").check()] == [True, False]
    bad = room.build(token="xoxb-wrong").check()
    assert bad == [
        (
            False,
            "Slack: Slack says `invalid_auth`; set a valid bot token, and see that this machine's address"
            " may use it",
        )
    ]
    room.slack.scopes.discard("chat:write")
    assert (False, "Slack: the bot lacks chat:write, to post") in room.build().check()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"token": Secret(" ")}, "the token is empty"),
        ({"channel": "#"}, "the channel is empty"),
        ({"api_url": "http://slack.com/api/"}, "api_url is not a https address: `http://slack.com/api/`"),
        ({"api_url": "ftp://x"}, "api_url is not a https address"),
    ],
)
def test_wrong_settings(values: dict[str, object], words: str) -> None:
    settings = {"name": "team", "token": Secret(TOKEN), "channel": "#c"} | values
    with pytest.raises(WrongSettings, match=words.replace("`", ".")):
        SlackNotifier(**settings)  # type: ignore[arg-type]


def test_no_text_of_ours_shows_the_token(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever goes wrong, at the most talkative log level, printed or logged."""
    caplog.set_level(logging.DEBUG)
    said = io.StringIO()
    secret = Secret(TOKEN)
    echo = Says(body=f'{{"ok": false, "error": "x", "token": "{TOKEN}", "needed": "{TOKEN}"}}')
    faults: list[Fault] = [fault for fault, _ in FAULTS] + [
        echo,
        Says(body=f"<p>{TOKEN}</p>"),
        Says(400, TOKEN),
    ]
    with redirect_stdout(said), redirect_stderr(said):
        for fault in faults:
            room.proxy.plan(POST, fault)
            room.proxy.plan(HISTORY, fault)
            room.proxy.plan("auth.test", fault)
            notifier = room.build(channel="C0ALERTS001")
            print(notifier, notifier.send(message(), Placement()))
            print(notifier.find(message(), since=POSTED, placement=Placement()), notifier.check(), secret)
    assert room.proxy.headers[0]["authorization"] == f"Bearer {TOKEN}"  # it is used all the same
    assert TOKEN not in said.getvalue() and len(said.getvalue()) > 1000
    assert TOKEN not in caplog.text


def test_a_secret_is_masked_everywhere() -> None:
    secret = Secret(TOKEN)
    for text in (
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret:>30}",
        f"{[secret]}",
        f"{ {'k': secret} }",
    ):
        assert TOKEN not in text
    assert secret.reveal() == TOKEN and secret == Secret(TOKEN) and secret != Secret("x") and bool(secret)
    assert hash(secret) == hash(Secret(TOKEN)) and not Secret("")
    assert secret.mask(f"a {TOKEN} b") == "a … b" and Secret("").mask("ab") == "ab"
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    assert not hasattr(secret, "__dict__")


def test_text_alone_goes_without_blocks(room: Room) -> None:
    item = Item(level=Level.MAJOR, label="Status", summary="<!channel>")
    whole = Message(id="m", level=Level.MAJOR, headline="h", items=(item,))
    room.build().send(whole, Placement(plain=True))
    (posted,) = room.proxy.asked(POST)
    assert "blocks" not in posted and "&lt;!channel&gt;" in posted["text"]
