"""The contract of notifiers, for every channel of their own: one room, one set of tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from doubles.chat_service import ChatService
from doubles.mail_room import mailer
from doubles.slack_hook import SlackHook
from doubles.small_slack import TOKEN, SmallSlack
from doubles.smtp_room import PASSWORD, USER, SmtpRoom
from doubles.webhook_receiver import SECRET, Says, WebhookReceiver

from notifiers.apprise.channel import AppriseNotifier
from notifiers.jsonl import JsonlNotifier
from notifiers.message import Item, Level, Link, Message
from notifiers.notifier import Found, Notifier, NotifierClosed, Placement, Result
from notifiers.secret import Secret
from notifiers.slack.channel import SlackNotifier
from notifiers.slack.webhook import SlackWebhookNotifier
from notifiers.webhook.channel import WebhookNotifier

SINCE = datetime.fromtimestamp(1_790_000_000, UTC)


@dataclass(frozen=True, slots=True)
class Channel:
    build: Callable[[], Notifier]  # anew, as after a start
    arrived: Callable[[], list[str]]  # ids, in order
    break_it: Callable[[], None]  # as a person could


@pytest.fixture(params=["slack", "slack-webhook", "email", "jsonl", "webhook", "apprise"])
def channel(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Channel]:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    if request.param == "jsonl":
        path = tmp_path / "there" / "alerts.jsonl"
        path.parent.mkdir()

        def lines() -> list[str]:
            return [json.loads(line)["id"] for line in path.read_text().splitlines()]

        yield Channel(
            lambda: JsonlNotifier(name="log", path=path), lines, lambda: path.parent.rename(tmp_path / "away")
        )
        return
    if request.param == "email":
        with SmtpRoom(password=PASSWORD) as room:
            login = {"user": USER, "password": Secret(PASSWORD)}
            yield Channel(
                lambda: mailer(room, **login), room.ids, lambda: setattr(room, "password", "another")
            )
        return
    if request.param == "webhook":
        with WebhookReceiver() as receiver:
            yield Channel(
                lambda: WebhookNotifier(name="hook", url=Secret(receiver.url), secrets=[Secret(SECRET)]),
                lambda: receiver.ids,
                lambda: setattr(receiver, "always", Says(410)),
            )
        return
    if request.param == "slack-webhook":
        with SlackHook() as hook:
            yield Channel(
                lambda: SlackWebhookNotifier(name="hook", url=Secret(hook.url)),
                lambda: hook.ids,
                lambda: setattr(hook, "gone", True),
            )
        return
    if request.param == "apprise":
        with ChatService() as service:
            yield Channel(
                lambda: AppriseNotifier(name="chat", url=Secret(f"json://{service.host}/")),
                lambda: [body["title"].rpartition("(")[2].rstrip(")") for body in service.bodies],
                lambda: setattr(service, "always", 410),
            )
        return
    with SmallSlack() as slack:
        alerts = slack.channel("trial-alerts")
        yield Channel(
            lambda: SlackNotifier(
                name="team", token=Secret(TOKEN), channel="#trial-alerts", api_url=slack.url
            ),
            lambda: [message["metadata"]["event_payload"]["id"] for message in alerts.messages],
            lambda: setattr(alerts, "is_archived", True),
        )


def placed(**how: Any) -> Placement:
    """A signature is held against the clock on the wall."""
    return Placement(now=datetime.now(UTC), **how)


def message(id_: str = "e1") -> Message:
    return Message(
        id=id_,
        level=Level.CRITICAL,
        headline=f"Recruiting → Suspended ({id_})",
        title="NCT07146087 · MSC-derived exosomes",
        items=(
            Item(level=Level.CRITICAL, label="Status", summary="Recruiting → Suspended", reason="stopped"),
        ),
        facts=(("Posted", "2026-11-23"),),
        links=(Link(text="Record", url="https://clinicaltrials.gov/study/NCT07146087"),),
        footer="ClinicalTrials.gov, build of 2026-11-23; not affiliated",
        thread="A",
        payload={"id": id_, "event": "changed"},
    )


def test_says_who_it_is(channel: Channel) -> None:
    notifier = channel.build()
    assert notifier.name and notifier.type
    assert notifier.pace >= timedelta(0)
    assert notifier.reconcile_after is None or notifier.reconcile_after >= timedelta(0)
    assert isinstance(notifier.holds_many, bool) and isinstance(notifier.repeats_are_dropped, bool)


def test_a_repeat_is_dropped_where_that_is_said(channel: Channel) -> None:
    notifier = channel.build()
    for _ in range(2 if notifier.repeats_are_dropped else 1):
        assert channel.build().send(message(), placed()).result is Result.SENT
    assert channel.arrived() == ["e1"]


def test_sends_and_is_found_also_after_a_start(channel: Channel) -> None:
    notifier = channel.build()
    if notifier.reconcile_after is None:
        assert notifier.send(message(), placed()).result is Result.SENT
        assert notifier.find(message(), since=SINCE, placement=placed()).found is Found.CANNOT_TELL
        return
    assert notifier.find(message(), since=SINCE, placement=placed()).found is Found.NOT_THERE
    outcome = notifier.send(message(), placed())
    assert outcome.result is Result.SENT and outcome.remote
    assert all(isinstance(value, str) for value in outcome.remote.values())
    assert notifier.find(message(), since=SINCE, placement=placed()).found is Found.THERE
    again = channel.build()
    trace = again.find(message(), since=SINCE, placement=placed())
    assert trace.found is Found.THERE and trace.remote == outcome.remote
    assert again.find(message("e2"), since=SINCE, placement=placed()).found is Found.NOT_THERE
    assert channel.arrived() == ["e1"]


def test_keeps_the_order_and_finds_replies(channel: Channel) -> None:
    notifier = channel.build()
    first = notifier.send(message("e1"), placed())
    placement = placed(reply_to=first.remote)
    assert notifier.send(message("e2"), placement).result is Result.SENT
    assert channel.arrived() == ["e1", "e2"]
    if notifier.reconcile_after is not None:
        assert channel.build().find(message("e2"), since=SINCE, placement=placement).found is Found.THERE


@pytest.mark.parametrize("how", [{"plain": True}, {"possible_repeat": True}])
def test_takes_every_placement(channel: Channel, how: dict[str, Any]) -> None:
    assert channel.build().send(message(), placed(**how)).result is Result.SENT
    assert channel.arrived() == ["e1"]


def test_a_message_of_bare_words_goes(channel: Channel) -> None:
    bare = Message(id="notice-1", level=Level.NOTICE, headline="`team` is paused (notice-1)")
    assert channel.build().send(bare, placed()).result is Result.SENT
    assert channel.arrived() == ["notice-1"]


def test_a_broken_channel_refuses_in_one_line_and_never_raises(channel: Channel) -> None:
    notifier = channel.build()
    assert notifier.send(message("e1"), placed()).result is Result.SENT
    channel.break_it()
    outcome = notifier.send(message("e2"), placed())
    assert outcome.result is Result.CHANNEL_REFUSES
    assert outcome.reason and "\n" not in outcome.reason and not outcome.reason.endswith(".")


def test_check_says_good_and_bad(channel: Channel) -> None:
    notifier = channel.build()
    lines = notifier.check()
    assert lines and all(good for good, _ in lines)
    assert all(line and "\n" not in line for _, line in lines)


def test_closes_twice_and_is_then_closed(channel: Channel) -> None:
    notifier = channel.build()
    notifier.send(message(), placed())
    notifier.close()
    notifier.close()
    with pytest.raises(NotifierClosed):
        notifier.send(message("e2"), placed())
    with pytest.raises(NotifierClosed):
        notifier.find(message("e2"), since=SINCE, placement=placed())
