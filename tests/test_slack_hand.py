"""Answers and messages shown anew: what goes to Slack, what each of its answers comes to, and no secret in a word."""

from __future__ import annotations

import json

import pytest
from doubles.scripted_server import ScriptedServer, response
from doubles.slack_app import SlackApp
from doubles.small_slack import TOKEN

from notifiers.message import Action, Item, Level, Link, Message
from notifiers.notifier import Placement, Result
from notifiers.secret import Secret
from notifiers.sent import Sent
from notifiers.slack.hand import ANSWERS, Reply, SlackHand, answers


def long_message(number=0, items=80):
    return Message(
        id=f"m{number}",
        level=Level.MAJOR,
        headline="Much changed",
        items=tuple(
            Item(
                level=Level.MAJOR,
                label=f"Field {at}",
                summary="s" * 400,
                before="b" * 2_000,
                after="a" * 2_000,
            )
            for at in range(items)
        ),
    )


@pytest.fixture
def slack():
    with SlackApp() as running:
        yield running


@pytest.fixture
def hand(slack):
    made = SlackHand(name="team", token=Secret(TOKEN), api_url=slack.url)
    yield made
    made.close()


def hand_to(server):
    return SlackHand(name="team", token=Secret(TOKEN), api_url=f"{server.url}/api/", deadline=5)


def test_a_long_answer_is_as_many_as_slack_takes(slack, hand):
    reply = Reply(text="This:", messages=(long_message(1), long_message(2)))
    outcome, done = hand.respond(f"{slack.url}respond/1", reply)
    assert (outcome.result, done, len(slack.responses)) == (Result.SENT, ANSWERS, ANSWERS)
    for _, payload in slack.responses:
        assert (payload["response_type"], payload["replace_original"]) == ("ephemeral", False)
        assert len(json.dumps(payload["blocks"])) <= 13_000 and len(payload["blocks"]) <= 50


def test_an_answer_that_went_in_part_goes_on_where_it_was(slack, hand):
    reply = Reply(text="This:", messages=(long_message(1),))
    whole = answers(reply)
    outcome, done = hand.respond(f"{slack.url}respond/1", reply, done=2)
    assert (outcome.result, done) == (Result.SENT, len(whole))
    assert [payload for _, payload in slack.responses] == json.loads(json.dumps(whole[2:]))


@pytest.mark.parametrize(
    ("status", "result"),
    [
        (404, Result.MESSAGE_REFUSED),
        (403, Result.MESSAGE_REFUSED),
        (302, Result.MESSAGE_REFUSED),
        (429, Result.LATER),
        (500, Result.LATER),
    ],
)
def test_what_became_of_an_answer(status, result):
    with ScriptedServer(response(status, b"used_url", ("Location", "http://127.0.0.1:1/"))) as server:
        address = f"{server.url}/actions/secret-hook"
        outcome, done = hand_to(server).respond(address, Reply(text="x"))
    assert (outcome.result, done) == (result, 0)
    assert "secret-hook" not in outcome.reason and TOKEN not in outcome.reason


def test_nobody_there_is_later():
    outcome, _ = SlackHand(name="team", token=Secret(TOKEN), api_url="http://127.0.0.1:9/api/").respond(
        "http://127.0.0.1:9/secret-hook", Reply(text="x")
    )
    assert outcome.result is Result.LATER and "secret-hook" not in outcome.reason


def test_links_and_words_are_no_markup():
    (payload,) = answers(
        Reply(
            text="<!here> *a*",
            links=(Link(text="ours", url="https://x.test/"), Link(text="no", url="javascript:1")),
        )
    )
    assert payload["text"] == "&lt;!here&gt; *a*"
    assert "mrkdwn" not in json.dumps(payload["blocks"]) and "javascript" not in json.dumps(payload)
    assert answers(Reply()) == []


@pytest.fixture
def posted(slack):
    def post(text="as it was", **placement):
        channel = slack.channel("trial-alerts")
        channel.messages.append({"type": "message", "ts": "17.000001", "text": text})
        return Sent(
            message=Message(id="m1", level=Level.MAJOR, headline=text, thread="ctgov:NCT1"),
            notifier="team",
            placement=Placement(**placement),
            remote={"channel": channel.id, "ts": "17.000001", "to": "#trial-alerts"},
            made_at=None,
            events=(),
        )

    return post


def test_a_message_shown_anew_keeps_what_it_was_and_gets_notes_and_buttons(slack, hand, posted):
    sent = posted()
    actions = (Action(name="unmute-trial", text="Unmute", value="v"),)
    outcome = hand.show(sent, notes=["Muted by @<!channel>\n until 2026-12-29"], actions=actions)
    assert outcome.result is Result.SENT
    (update,) = slack.updates
    assert (update["parse"], update["link_names"], update["mrkdwn"]) == ("none", False, False)
    assert update["metadata"]["event_payload"] == {"id": "m1"}
    header, *_, note, row = update["blocks"]
    assert header["type"] == "header" and "as it was" in header["text"]["text"]
    assert note == {
        "type": "context",
        "elements": [
            {"type": "plain_text", "text": "Muted by @<!channel> until 2026-12-29", "emoji": False},
        ],
    }
    assert [one["action_id"] for one in row["elements"]] == ["unmute-trial"]


def test_one_that_went_as_text_alone_stays_so(slack, hand, posted):
    assert (
        hand.show(posted("w" * 5_000, plain=True), notes=["Seen by <@U1>"] * 3, actions=()).result
        is Result.SENT
    )
    (update,) = slack.updates
    assert "blocks" not in update
    assert update["text"].count("Seen by &lt;@U1&gt;") == 3 and len(update["text"]) < 4_000


def test_what_became_of_showing_it(slack, hand, posted):
    sent = posted()
    for code, result in (
        ("message_not_found", Result.MESSAGE_REFUSED),
        ("cant_update_message", Result.MESSAGE_REFUSED),
        ("internal_error", Result.UNKNOWN),
        ("ratelimited", Result.LATER),
        ("invalid_auth", Result.CHANNEL_REFUSES),
    ):
        slack.update_answers = [{"ok": False, "error": code}]
        assert hand.show(sent, notes=[], actions=()).result is result


def test_the_link_to_earlier_messages_is_kept(slack, hand, posted):
    channel = slack.channel("trial-alerts")
    channel.messages.append({"type": "message", "ts": "16.000001", "text": "before"})
    before = {"channel": channel.id, "ts": "16.000001", "to": "#trial-alerts"}
    hand.show(posted(previous=before), notes=[], actions=())
    assert "https://small.slack.test/archives/" in json.dumps(slack.updates[0]["blocks"])
