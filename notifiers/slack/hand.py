"""Answers to what people do in Slack: a few words for them alone, and the message that they pressed shown anew.

Showing a message anew comes to the same however often it is done. `calls` makes the calls, and repeats none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from notifiers.http.deadline import Deadline
from notifiers.http.post import post
from notifiers.message import Action, Link, Message
from notifiers.notifier import Outcome, Placement, Result
from notifiers.secret import Secret
from notifiers.sent import Sent
from notifiers.slack.blocks import render
from notifiers.slack.buttons import rows
from notifiers.slack.calls import Calls
from notifiers.slack.elements import Block, context, joined, link, rich, section, words
from notifiers.slack.limits import MESSAGE_TEXT
from notifiers.slack.parts import parts
from notifiers.slack.text import disarm, escape, shorten
from notifiers.text import clean

TIMEOUT, DEADLINE = 10, 20.0  # seconds: somebody waits
ANSWERS = 5  # https://docs.slack.dev/interactivity/handling-user-interaction: to one address, in half an hour
_NOTES, _NOTE = 3, 200  # lines beneath a message, and what of each is shown, by weight
_ANSWER, _LINKS = 2_900, 5


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What is answered: words of ours and of records, and whole messages after them. All plain text."""

    text: str = ""
    links: tuple[Link, ...] = ()
    messages: tuple[Message, ...] = ()


class SlackHand:
    """With a bot's token. Used from one thread at a time."""

    def __init__(
        self, *, name: str, token: Secret, api_url: str, timeout: int = TIMEOUT, deadline: float = DEADLINE
    ) -> None:
        self.name = name
        self._timeout = timeout
        self._calls = Calls(
            name=name,
            token=Secret(token.reveal().strip()),
            api_url=api_url,
            timeout=timeout,
            deadline=deadline,
        )
        self._deadline = Deadline(deadline, name=f"slack-answer-{name}")

    def show(self, sent: Sent, *, notes: Sequence[str], actions: tuple[Action, ...]) -> Outcome:
        """The message as it stands in its channel, with what people did beneath it, and other buttons."""
        message, placement = sent.message, sent.placement
        rendered = render(message, placement, earlier=self._earlier(placement))
        shown = [shorten(clean(note), _NOTE) for note in notes[:_NOTES]]
        text = rendered.text
        if placement.plain and shown:
            text = shorten(text, MESSAGE_TEXT - 1 - len(shown) * 2 * _NOTE) + "\n"
            text += "\n".join(escape(disarm(note)) for note in shown)
        arguments: dict[str, Any] = {
            "channel": sent.remote.get("channel", ""),
            "ts": sent.remote.get("ts", ""),
            "text": text,
            "metadata": rendered.metadata,
            # Unlike chat.postMessage it looks for names and addresses unless it is told not to.
            "parse": "none",
            "link_names": False,
            "mrkdwn": False,  # as when it was posted; of chat.update Slack's reference does not name it
        }
        if rendered.blocks:
            arguments["blocks"] = [*rendered.blocks, *map(context, shown), *rows(actions)]
        answer = self._calls.call("chat.update", json=arguments)
        return Outcome(result=answer.result, reason=answer.reason, retry_after=answer.retry_after)

    def respond(self, address: str, reply: Reply, *, done: int = 0) -> tuple[Outcome, int]:
        """Answer whoever did something, so that nobody else sees it.

        done: how many of the answers went before; also returned, for the rest to go later.
        """
        payloads = answers(reply)
        outcome = Outcome(result=Result.SENT)
        for payload in payloads[done:]:
            outcome = self._post(address, payload)
            if outcome.result is not Result.SENT:
                break
            done += 1
        return outcome, done

    def close(self) -> None:
        self._calls.close()

    def _post(self, address: str, payload: Mapping[str, Any]) -> Outcome:
        answer = post(
            address,
            json.dumps(payload).encode(),
            {"Content-Type": "application/json; charset=utf-8"},
            deadline=self._deadline,
            timeout=self._timeout,
            secrets=[Secret(address)],
        )
        if answer.status is None:
            return Outcome(result=answer.result, reason=answer.reason)
        if answer.status == 200:
            return Outcome(result=Result.SENT)
        later = answer.status == 429 or answer.status >= 500
        return Outcome(
            result=Result.LATER if later else Result.MESSAGE_REFUSED,
            reason=f"Slack took no answer: HTTP {answer.status}",
        )

    def _earlier(self, placement: Placement) -> str | None:
        """As when it was sent: the address of the last message of the thread that was stale."""
        last = placement.previous
        if last is None or placement.plain or not last.get("channel") or not last.get("ts"):
            return None
        answer = self._calls.call(
            "chat.getPermalink", params={"channel": last["channel"], "message_ts": last["ts"]}
        )
        address = answer.data.get("permalink")
        return address if isinstance(address, str) else None


def answers(reply: Reply) -> list[dict[str, Any]]:
    """As Slack takes them, ANSWERS at most. Pure."""
    made: list[dict[str, Any]] = []
    if reply.text or reply.links:
        made.append(_payload(reply.text, _worded(reply)))
    pages = [part for message in reply.messages for part in parts(message)]
    for page in pages[: ANSWERS - len(made)]:
        rendered = render(page, Placement())
        made.append(_payload("", rendered.blocks) | {"text": rendered.text})
    return made


def _payload(text: str, blocks: list[Block]) -> dict[str, Any]:
    shown = escape(shorten(disarm(clean(text)), MESSAGE_TEXT - 1))
    return {"response_type": "ephemeral", "replace_original": False, "text": shown, "blocks": blocks}


def _worded(reply: Reply) -> list[Block]:
    text = shorten(clean(reply.text, lines=True), _ANSWER)
    blocks = [rich([section([words(text)])])] if text else []
    links = [made for one in reply.links[:_LINKS] if (made := link(one.url, one.text, 75)) is not None]
    return [*blocks, *([rich([section(joined(links, " · "))])] if links else [])]
