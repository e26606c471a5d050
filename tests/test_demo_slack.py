"""The Slack stand-in answers slack_sdk's own client as Slack would, and refuses in Slack's words."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from monitor.demo.run import ScriptClock
from monitor.demo.slack import SlackStandIn
from notifiers.secret import Secret
from notifiers.slack.channel import SlackNotifier

START = datetime(2026, 11, 18, 9, 20, tzinfo=UTC)
SECTION = {"type": "section", "text": {"type": "plain_text", "text": "x"}}


@pytest.fixture
def clock() -> ScriptClock:
    return ScriptClock(START)


@pytest.fixture
def slack(clock: ScriptClock) -> Iterator[SlackStandIn]:
    with SlackStandIn(clock=clock, channels=("trial-alerts", "other")) as one:
        yield one


@pytest.fixture
def client(slack: SlackStandIn) -> WebClient:
    return WebClient(token=slack.token, base_url=slack.api_url, retry_handlers=[])


def refusal(call: Any, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return str(caught.value.response["error"])


def texts(answer: Any) -> list[str]:
    return [message["text"] for message in answer["messages"]]


def test_a_post_is_kept_with_blocks_and_metadata(slack: SlackStandIn, client: WebClient) -> None:
    metadata = {"event_type": "trialbell_message", "event_payload": {"id": "m1"}}
    answer = client.chat_postMessage(
        channel="#trial-alerts", text="hello", blocks=[SECTION], metadata=metadata
    )
    assert answer["ok"] and answer["ts"] == "1794993600.000000"
    (kept,) = slack.messages("trial-alerts")
    assert (kept["text"], kept["blocks"], kept["metadata"]) == ("hello", [SECTION], metadata)
    assert slack.messages("other") == []


def test_doctors_look_finds_all_well_here(slack: SlackStandIn) -> None:
    channel = SlackNotifier(
        name="demo", token=Secret(slack.token), channel="#trial-alerts", api_url=slack.api_url
    )
    lines = channel.check()
    assert len(lines) == 3 and all(good for good, _ in lines), lines
    assert channel.mended()


def test_a_call_without_arguments_needs_no_body(client: WebClient) -> None:
    assert client.api_call("auth.test", json={})["user"] == "trialbell"
    assert client.api_call("auth.test", params={})["user"] == "trialbell"
    assert client.api_call("auth.test", http_verb="GET")["user"] == "trialbell"


def test_a_channel_is_posted_to_by_name_or_id_and_read_by_id_alone(client: WebClient) -> None:
    channel = client.chat_postMessage(channel="trial-alerts", text="one")["channel"]
    client.chat_postMessage(channel=channel, text="two")
    assert texts(client.conversations_history(channel=channel)) == ["two", "one"]
    assert refusal(client.conversations_history, channel="#trial-alerts") == "channel_not_found"
    assert refusal(client.chat_postMessage, channel="#nowhere", text="x") == "channel_not_found"


def test_metadata_is_shown_only_when_asked_for(client: WebClient) -> None:
    metadata = {"event_type": "t", "event_payload": {"id": "m1"}}
    channel = client.chat_postMessage(channel="trial-alerts", text="x", metadata=metadata)["channel"]
    (without,) = client.conversations_history(channel=channel)["messages"]
    (with_it,) = client.conversations_history(channel=channel, include_all_metadata=True)["messages"]
    assert "metadata" not in without and with_it["metadata"] == metadata


def test_threads(client: WebClient) -> None:
    root = client.chat_postMessage(channel="trial-alerts", text="root")
    channel, ts = root["channel"], root["ts"]
    client.chat_postMessage(channel=channel, text="quiet reply", thread_ts=ts)
    client.chat_postMessage(channel=channel, text="loud reply", thread_ts=ts, reply_broadcast=True)
    assert texts(client.conversations_history(channel=channel)) == ["loud reply", "root"]
    assert texts(client.conversations_replies(channel=channel, ts=ts)) == [
        "root",
        "quiet reply",
        "loud reply",
    ]
    assert (
        refusal(client.chat_postMessage, channel=channel, text="x", thread_ts="1.000000")
        == "thread_not_found"
    )
    assert refusal(client.conversations_replies, channel=channel, ts="1.000000") == "thread_not_found"


def test_history_between_two_moments_and_in_pages(client: WebClient, clock: ScriptClock) -> None:
    stamps = []
    for number in range(5):
        answer = client.chat_postMessage(channel="trial-alerts", text=str(number))
        stamps.append(answer["ts"])
        clock.forward(timedelta(minutes=1))
    channel = answer["channel"]
    between = {"channel": channel, "oldest": stamps[1], "latest": stamps[3]}
    assert texts(client.conversations_history(**between)) == ["2"]
    assert texts(client.conversations_history(**between, inclusive=True)) == ["3", "2", "1"]
    first = client.conversations_history(channel=channel, limit=3)
    assert texts(first) == ["4", "3", "2"] and first["has_more"]
    second = client.conversations_history(
        channel=channel, limit=3, cursor=first["response_metadata"]["next_cursor"]
    )
    assert texts(second) == ["1", "0"] and not second["has_more"]


def test_timestamps_are_the_clocks_and_never_equal(client: WebClient, clock: ScriptClock) -> None:
    stamps = [client.chat_postMessage(channel="other", text="x")["ts"] for _ in range(3)]
    clock.set(START - timedelta(days=1))
    stamps.append(client.chat_postMessage(channel="other", text="x")["ts"])
    assert stamps == [f"1794993600.00000{number}" for number in range(4)]


def test_who_we_are_and_what_there_is(slack: SlackStandIn, client: WebClient) -> None:
    answer = client.auth_test()
    assert answer["user"] == "trialbell"
    assert "channels:history" in answer.headers["X-OAuth-Scopes"]
    listed = client.conversations_list()["channels"]
    assert [one["name"] for one in listed] == ["trial-alerts", "other"]
    info = client.conversations_info(channel=listed[0]["id"])["channel"]
    assert info["is_member"] and not info["is_archived"]
    assert client.api_test()["ok"]


def test_a_permalink_leads_to_the_message(client: WebClient) -> None:
    posted = client.chat_postMessage(channel="trial-alerts", text="find <me>")
    link = client.chat_getPermalink(channel=posted["channel"], message_ts=posted["ts"])["permalink"]
    with urllib.request.urlopen(link, timeout=10) as page:
        assert "find &lt;me&gt;" in page.read().decode()
    assert (
        refusal(client.chat_getPermalink, channel=posted["channel"], message_ts="1.0") == "message_not_found"
    )


def page_of(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as page:
        return str(page.read().decode())


def test_a_channel_is_drawn_as_a_page_and_each_thread_too(slack: SlackStandIn, client: WebClient) -> None:
    root = client.chat_postMessage(channel="trial-alerts", text="root")
    channel, ts = root["channel"], root["ts"]
    client.chat_postMessage(channel=channel, text="quiet reply", thread_ts=ts)
    loud = client.chat_postMessage(channel=channel, text="loud reply", thread_ts=ts, reply_broadcast=True)
    shown = page_of(slack.channel_page("trial-alerts"))
    assert "root" in shown and "loud reply" in shown and "quiet reply" not in shown
    assert "2 replies" in shown and "replied to a thread" in shown and "Wednesday, 18 November" in shown
    link = client.chat_getPermalink(channel=channel, message_ts=loud["ts"])["permalink"]
    thread = page_of(link)
    assert [word in thread for word in ("root", "quiet reply", "also sent to #trial-alerts")] == [True] * 3
    assert thread.count("<article>") == 3
    for page in (shown, thread):
        assert "This is not Slack." in page and "<script" not in page and "src=" not in page
    with pytest.raises(urllib.error.HTTPError):
        page_of(f"{slack.origin}/archives/C0NOWHERE")


def test_what_a_message_holds_is_text_on_the_page(slack: SlackStandIn, client: WebClient) -> None:
    nasty = '<script>alert(1)</script>"><img src=x> 🔴 & <!channel>'
    elements = [
        {"type": "text", "text": nasty, "style": {"bold": True}},
        {"type": "link", "url": "javascript:alert(1)", "text": "a trap"},
        {"type": "link", "url": 'https://example.org/?a="b', "text": "a way"},
        {"type": "user", "user_id": "<b>"},
    ]
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": nasty}},
        {"type": "rich_text", "elements": [{"type": "rich_text_quote", "elements": elements}]},
        {"type": "context", "elements": [{"type": "plain_text", "text": nasty}]},
        {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": nasty}}]},
        {"type": "<b>"},
    ]
    client.chat_postMessage(channel="other", text=nasty, blocks=blocks, username=nasty)
    shown = page_of(slack.channel_page("other"))
    for live in ("<script", "<img", "javascript:", "<b>[", "🔴", "<!channel>", 'a="b'):
        assert live not in shown, live
    assert shown.count("&lt;script&gt;") == 4 and shown.count('aria-label="red circle"') == 4
    assert "a trap" in shown and 'href="https://example.org/?a=&quot;b"' in shown and "<blockquote>" in shown


def test_tokens_are_looked_at(slack: SlackStandIn) -> None:
    assert refusal(WebClient(token="xoxb-other", base_url=slack.api_url).auth_test) == "invalid_auth"
    assert refusal(WebClient(base_url=slack.api_url).auth_test) == "not_authed"


def test_an_unknown_method_is_named_as_slack_does(client: WebClient) -> None:
    assert refusal(client.users_list) == "unknown_method"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"text": "x", "blocks": [SECTION] * 51}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"text": "no type"}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "section"}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "section", "text": {"text": "y" * 3001}}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "section", "fields": [{"text": "y"}] * 11}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "section", "fields": [{"text": "y" * 2001}]}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "header", "text": {"text": "y" * 151}}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "header", "text": {"text": ""}}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "context", "elements": []}]}, "invalid_blocks"),
        ({"text": "x", "blocks": "no JSON"}, "invalid_blocks_format"),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value)[:40],
)
def test_messages_that_slack_would_refuse(
    slack: SlackStandIn, client: WebClient, arguments: dict[str, Any], error: str
) -> None:
    assert (
        refusal(client.api_call, api_method="chat.postMessage", json={"channel": "other", **arguments})
        == error
    )
    assert slack.messages("other") == []


def test_blocks_can_be_validated_without_posting(slack: SlackStandIn, client: WebClient) -> None:
    assert client.blocks_validate(blocks=[SECTION])["ok"]
    assert refusal(client.blocks_validate, blocks=[{"type": "section"}]) == "invalid_blocks"
    assert slack.messages("trial-alerts") == []
