"""A Slack channel by an incoming webhook: an address that posts into one channel, and can do nothing else.

It cannot be asked what it has, so that a lost answer may come to a message twice; it knows no threads, so that long
texts are shortened and their page is named. The address is the only key: it is never shown, nor a piece of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from notifiers.http.deadline import Deadline
from notifiers.http.post import Answer, post
from notifiers.message import Message
from notifiers.notifier import Found, NotifierClosed, Outcome, Placement, Result, Trace, WrongSettings
from notifiers.secret import Secret
from notifiers.slack.errors import retry_after
from notifiers.slack.limits import SECONDS_BETWEEN_POSTS

TIMEOUT = 30.0  # seconds, for each read and write
DEADLINE = 90.0  # seconds, for a whole request
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_HEADERS = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "trialbell"}
_CHANNEL, _MESSAGE, _UNKNOWN = Result.CHANNEL_REFUSES, Result.MESSAGE_REFUSED, Result.UNKNOWN
_NEW = "make a new incoming webhook in Slack, and set its address"

# Slack's words for what went wrong: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks and
# https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks, in stored copies.
_WORDS: Mapping[str, tuple[Result, str]] = {
    "no_service": (_CHANNEL, f"the webhook was removed or switched off: {_NEW}"),
    "no_service_id": (_CHANNEL, f"the address is not whole: {_NEW}"),
    "no_active_hooks": (_CHANNEL, f"the webhook is switched off: {_NEW}"),
    "no_team": (_CHANNEL, f"the workspace is gone, or the address is not whole: {_NEW}"),
    "team_disabled": (_CHANNEL, "the workspace is switched off"),
    "invalid_token": (_CHANNEL, f"the webhook is no longer good: {_NEW}"),
    "action_prohibited": (_CHANNEL, "an administrator must allow it"),
    "posting_to_general_channel_denied": (
        _CHANNEL,
        "an administrator must allow it, or name another channel",
    ),
    "channel_is_archived": (_CHANNEL, f"unarchive the channel, or {_NEW}"),
    "channel_not_found": (_CHANNEL, f"the channel is gone: {_NEW}"),
    "user_not_found": (_CHANNEL, f"whom it wrote to is gone: {_NEW}"),
}
# What says that a message was looked at: the address is good then.
_EMPTY = frozenset({"no_text", "invalid_payload", "missing_text_or_fallback_or_attachments"})
# Of an answer without a word of Slack's; any other 4xx is of the message.
_STATUSES: Mapping[int, Result] = {
    **dict.fromkeys((401, 403, 404, 405, 407, 410, 451), _CHANNEL),
    408: _UNKNOWN,  # whoever lost patience on the way: it may have got through
    429: Result.LATER,
}
_LONGEST_WORD = 200  # bytes of an answer; one of our own
_WORD = re.compile(r"[a-z][a-z0-9_]{1,80}")


class SlackWebhookNotifier:
    type = "slack-webhook"
    holds_many = True
    repeats_are_dropped = False
    reconcile_after: timedelta | None = None

    def __init__(
        self,
        *,
        name: str,
        url: Secret,
        pace: timedelta = timedelta(seconds=SECONDS_BETWEEN_POSTS),
        timeout: float = TIMEOUT,
        deadline: float = DEADLINE,
    ) -> None:
        """Raises WrongSettings."""
        self.name = name
        self.pace = pace
        self._url = _checked(url, f"notifier `{name}`")
        self._timeout = timeout
        self._deadline = Deadline(deadline, name=f"slack-{name}")
        path = urlsplit(self._url.reveal()).path
        self._hidden = (self._url, *(Secret(piece) for piece in (path, *path.split("/")) if len(piece) > 5))
        self._closed = False

    def __repr__(self) -> str:
        return f"SlackWebhookNotifier(name={self.name!r})"

    def parts(self, message: Message) -> tuple[Message, ...]:
        return (message,)  # there is no thread for them to stand in: the page is named where texts are whole

    def send(self, message: Message, placement: Placement) -> Outcome:
        from notifiers.slack.blocks import render  # a channel that has nothing to say needs none of it

        rendered = render(message, placement)
        payload: dict[str, Any] = {
            "text": rendered.text,
            "unfurl_links": False,
            "unfurl_media": False,
            "mrkdwn": False,
        }
        if rendered.blocks:
            payload["blocks"] = rendered.blocks
        return _outcome(self._post(payload))

    def find(self, message: Message, *, since: datetime, placement: Placement) -> Trace:
        self._open()
        return Trace(found=Found.CANNOT_TELL, reason="an incoming webhook cannot be asked what it has")

    def check(self) -> list[tuple[bool, str]]:
        fault = self._fault()
        if fault:
            return [(False, f"Slack: the webhook takes no messages: {fault}")]
        lines = [(True, f"Slack: the webhook answers; `trialbell notify {self.name}` sends a sample")]
        return [
            *lines,
            (True, "Slack: a webhook cannot be asked; after a lost answer a message may come twice"),
        ]

    def mended(self) -> bool:
        return not self._fault()

    def close(self) -> None:
        self._closed = True  # urllib keeps no connection

    def _fault(self) -> str:
        """Why it takes no messages; "" when it does. A message without a text is what Slack never posts, and refuses
        as such where the webhook is good.
        """
        answer = self._post({})
        outcome = _outcome(answer)
        if outcome.result is Result.SENT or (answer.status == 400 and _word(answer) in _EMPTY):
            return ""
        return outcome.reason

    def _post(self, payload: dict[str, Any]) -> Answer:
        self._open()
        return post(
            self._url.reveal(),
            json.dumps(payload).encode(),
            _HEADERS,
            deadline=self._deadline,
            timeout=self._timeout,
            secrets=self._hidden,
            read_at_most=_LONGEST_WORD,
        )

    def _open(self) -> None:
        if self._closed:
            raise NotifierClosed(f"the notifier is closed: `{self.name}`")


def _outcome(answer: Answer) -> Outcome:
    status, word = answer.status, _word(answer)
    if status is None:
        return Outcome(result=answer.result, reason=f"Slack: {answer.reason}")
    if status == 200 and word == "ok":
        return Outcome(result=Result.SENT)
    if 200 <= status < 300:
        # Something on the way, as a Wi-Fi that wants a sign-in; or the word was lost.
        return Outcome(result=_UNKNOWN, reason=f"HTTP {status}, and no answer of Slack's")
    if 300 <= status < 400:
        reason = f"HTTP {status}: it redirects, and messages go nowhere but to the address that is set"
        return Outcome(result=_CHANNEL, reason=reason)
    if status >= 500 or status < 200:
        return Outcome(result=_UNKNOWN, reason=_reason(status, word, ""))
    result, hint = _STATUSES.get(status, _MESSAGE), ""
    if word in _WORDS and result is not Result.LATER:
        result, hint = _WORDS[word]
    return Outcome(result=result, reason=_reason(status, word, hint), retry_after=retry_after(answer.headers))


def _reason(status: int, word: str, hint: str) -> str:
    """Nothing of an answer's body but a word of Slack's kind goes into it."""
    said = f"Slack says `{word}`" if word else f"HTTP {status}, and no answer of Slack's"
    return f"{said}; {hint}" if hint else said


def _word(answer: Answer) -> str:
    text = answer.body.decode("utf-8", "replace").strip()
    return text if _WORD.fullmatch(text) else ""


def _checked(url: Secret, where: str) -> Secret:
    text = url.reveal().strip()
    hint = "copy it from Slack: it begins with https://hooks.slack.com/services/"
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port  # a port that is none raises
    except ValueError:
        raise WrongSettings(f"{where}: the webhook's address is no address", hint=hint) from None
    if not host or not (text.isascii() and text.isprintable()) or " " in text:
        raise WrongSettings(f"{where}: the webhook's address is no address", hint=hint)
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOOPBACK):
        raise WrongSettings(f"{where}: the webhook's address is none that begins with https://", hint=hint)
    return Secret(text)
