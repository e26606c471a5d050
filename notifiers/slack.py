"""A Slack channel, by a bot token: posts, and finds again what it posted. The only home of slack_sdk.

Every post carries the message's id as metadata, by which `find` recognises it. The client repeats nothing by
itself: a repeat after a broken connection is how messages get doubled, and repeating is the outbox's work.
"""

from __future__ import annotations

import http.client
import logging
import queue
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.parse import urlsplit

from notifiers.message import Message
from notifiers.notifier import Found, NotifierClosed, Outcome, Placement, Result, Trace, WrongSettings
from notifiers.secret import Secret
from notifiers.slack_blocks import EVENT_TYPE, metadata_id, render
from notifiers.slack_errors import THREAD_GONE, classify, error_code, reason, retry_after
from notifiers.slack_limits import CHANNELS_PAGE, HISTORY_PAGE, SECONDS_BETWEEN_POSTS

if TYPE_CHECKING:
    from slack_sdk import WebClient

API_URL = "https://slack.com/api/"
TIMEOUT = 30  # seconds, for each read and write
DEADLINE = 90  # seconds, for a whole call: a byte every few seconds would never time out
RECONCILE_AFTER = timedelta(seconds=60)
# `oldest` is by Slack's clock and the attempt by ours: looked for from this much before it.
CLOCK_MARGIN = timedelta(hours=1)

_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{8,}")
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_NEEDED_SCOPES = {
    "chat:write": "to post",
    "channels:read": "to find the channel by its name",
    "channels:history": "to avoid repeats after a lost answer (groups:history in a private channel)",
}

# slack_sdk writes requests with all they hold to its logger, and errors that we report ourselves.
_SILENT = logging.getLogger("notifiers.slack.sdk")
_SILENT.setLevel(logging.CRITICAL + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What a call came to. `result` is SENT when Slack said ok."""

    result: Result
    data: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    code: str | None = None
    reason: str = ""
    retry_after: timedelta | None = None

    @property
    def ok(self) -> bool:
        return self.result is Result.SENT


class SlackNotifier:
    type = "slack"
    holds_many = True

    def __init__(
        self,
        *,
        name: str,
        token: Secret,
        channel: str,
        api_url: str = API_URL,
        reconcile_after: timedelta = RECONCILE_AFTER,
        pace: timedelta = timedelta(seconds=SECONDS_BETWEEN_POSTS),
        timeout: int = TIMEOUT,
        deadline: float = DEADLINE,
    ) -> None:
        """channel: its name, with or without `#`, or its id. Raises WrongSettings."""
        _check_settings(name, token, channel, api_url)
        self.name = name
        self.reconcile_after: timedelta | None = reconcile_after
        self.pace = pace
        self._deadline = deadline
        self._token = token
        self._setting = channel.strip()
        self._channel_name = self._setting.removeprefix("#")
        self._channel_id = self._channel_name if _CHANNEL_ID.fullmatch(self._channel_name) else None
        self._api_url = api_url
        self._timeout = timeout
        self._client: WebClient | None = None  # made for the first call: a poll that tells nothing needs none
        self._closed = False

    def __repr__(self) -> str:
        return f"SlackNotifier(name={self.name!r}, channel={self._setting!r})"

    def send(self, message: Message, placement: Placement) -> Outcome:
        thread = self._thread(placement)
        rendered = render(message, placement, earlier=self._earlier(placement, thread))
        arguments: dict[str, Any] = {
            "channel": self._channel_id or self._channel_name,
            "text": rendered.text,
            "metadata": rendered.metadata,
            "unfurl_links": False,
            "unfurl_media": False,
            "mrkdwn": False,
        }
        if rendered.blocks:
            arguments["blocks"] = rendered.blocks
        if thread is not None:
            arguments |= {"thread_ts": thread, "reply_broadcast": rendered.broadcast}
        answer = self._call("chat.postMessage", json=arguments)
        if answer.ok and not isinstance(answer.data.get("ts"), str):
            return Outcome(result=Result.UNKNOWN, reason="Slack said ok, and not where the message stands")
        if answer.ok:
            return Outcome(
                result=Result.SENT, remote=self._remote(answer.data["ts"], answer.data.get("channel"))
            )
        return Outcome(
            result=answer.result,
            reason=answer.reason,
            retry_after=answer.retry_after,
            thread_gone=thread is not None and answer.code in THREAD_GONE,
        )

    def find(self, message: Message, *, since: datetime, placement: Placement) -> Trace:
        channel = self._resolve()
        if isinstance(channel, _Answer):
            return _cannot_tell(channel)
        thread = self._thread(placement)
        wanted = metadata_id(message)
        for answer in self._history(channel, thread, since - CLOCK_MARGIN):
            if not answer.ok:
                return _cannot_tell(answer)
            for posted in answer.data.get("messages") or ():
                if _id_of(posted) == wanted and isinstance(posted.get("ts"), str):
                    return Trace(found=Found.THERE, remote=self._remote(posted["ts"], channel))
        return Trace(found=Found.NOT_THERE)

    def check(self) -> list[tuple[bool, str]]:
        who = self._call("auth.test", json={})
        if not who.ok:
            return [(False, f"Slack: {who.reason}")]
        lines = [(True, f"Slack: signed in to {who.data.get('team')} as {who.data.get('user')}")]
        granted = _scopes(who.headers)
        if granted:
            missing = [scope for scope in ("chat:write",) if scope not in granted]
            lines += [(False, f"Slack: the bot lacks {scope}, {_NEEDED_SCOPES[scope]}") for scope in missing]
        channel = self._resolve()
        if isinstance(channel, _Answer):
            lines.append((False, f"Slack: channel `{self._setting}` cannot be looked up: {channel.reason}"))
            return lines
        lines.append((True, f"Slack: channel `{self._setting}` is {channel}"))
        seen = self._call(
            "conversations.history", params={"channel": channel, "limit": 1, "include_all_metadata": True}
        )
        if seen.ok:
            lines.append((True, "Slack: the channel can be read back, so that nothing is told twice"))
        else:
            scope = "channels:history"
            remedy = f"{seen.reason}; {scope} is needed {_NEEDED_SCOPES[scope]}"
            lines.append((False, f"Slack: the channel cannot be read back: {remedy}"))
        return lines

    def mended(self) -> bool:
        return all(good for good, _ in self.check())

    def close(self) -> None:
        self._client, self._closed = None, True  # urllib keeps no connection

    def _thread(self, placement: Placement) -> str | None:
        """The message to reply to; None when it stands in another channel than the one that is set now."""
        reply_to = placement.reply_to
        if reply_to is None or reply_to.get("to") != self._setting:
            return None
        return reply_to.get("ts")

    def _earlier(self, placement: Placement, thread: str | None) -> str | None:
        """The address of a stale thread's last message. Without it the message goes as well."""
        last = placement.previous or (placement.reply_to if thread is None else None)
        if last is None or placement.plain or not last.get("channel") or not last.get("ts"):
            return None
        arguments = {"channel": last["channel"], "message_ts": last["ts"]}
        answer = self._call("chat.getPermalink", params=arguments)
        address = answer.data.get("permalink")
        return address if isinstance(address, str) else None

    def _remote(self, ts: str, channel: object) -> dict[str, str]:
        if isinstance(channel, str) and channel:
            self._channel_id = channel
        return {"channel": self._channel_id or "", "ts": ts, "to": self._setting}

    def _resolve(self) -> str | _Answer:
        """The channel's id, asked for by name where no answer has told it yet; else why it is not known."""
        if self._channel_id is not None:
            return self._channel_id
        last = _Answer(result=Result.UNKNOWN)
        for kinds in ("public_channel,private_channel", "public_channel"):
            arguments = {"types": kinds, "exclude_archived": False, "limit": CHANNELS_PAGE}
            for last in self._pages("conversations.list", arguments):
                for channel in last.data.get("channels") or ():
                    if isinstance(channel, Mapping) and channel.get("name") == self._channel_name:
                        self._channel_id = str(channel["id"])
                        return self._channel_id
            if not last.ok and last.code != "missing_scope":
                return last
        if not last.ok:
            return last
        code = "channel_not_found"
        return _Answer(result=Result.CHANNEL_REFUSES, code=code, reason=reason(200, code))

    def _history(self, channel: str, thread: str | None, since: datetime) -> Iterator[_Answer]:
        arguments = {
            "channel": channel,
            "oldest": f"{since.timestamp():.6f}",
            "inclusive": True,
            "include_all_metadata": True,
            "limit": HISTORY_PAGE,
        }
        if thread is None:
            return self._pages("conversations.history", arguments)
        return self._pages("conversations.replies", arguments | {"ts": thread})

    def _pages(self, method: str, arguments: dict[str, Any]) -> Iterator[_Answer]:
        """Page by page, to the last one or the first that is not ok."""
        cursor = ""
        while True:
            answer = self._call(method, params=arguments | ({"cursor": cursor} if cursor else {}))
            yield answer
            following = answer.data.get("response_metadata")
            following = following.get("next_cursor") if isinstance(following, Mapping) else None
            if not answer.ok or not isinstance(following, str) or following in ("", cursor):
                return
            cursor = following

    def _call(self, method: str, **arguments: Any) -> _Answer:
        """One request, and what it came to. Raises only NotifierClosed."""
        if self._closed:
            raise NotifierClosed(f"the notifier is closed: `{self.name}`")
        from slack_sdk import WebClient
        from slack_sdk.errors import SlackApiError

        if self._client is None:
            self._client = WebClient(
                token=self._token.reveal(),
                base_url=self._api_url,
                timeout=self._timeout,
                retry_handlers=[],
                logger=_SILENT,
            )
        try:
            response = self._within_deadline(partial(self._client.api_call, method, **arguments))
        except SlackApiError as error:
            return _refusal(error.response)
        except URLError as error:
            # Raised while connecting or sending: Slack did not get the whole of the request.
            return self._failure(Result.LATER, f"Slack was not reached: {error.reason}")
        except (OSError, http.client.HTTPException) as error:
            words = str(error) or type(error).__name__
            return self._failure(Result.UNKNOWN, f"the connection to Slack broke before it answered: {words}")
        except Exception as error:  # noqa: BLE001 — see below
            # What slack_sdk trips over in an answer: JSON that is no object (AttributeError), a charset that
            # does not exist (LookupError), bytes that are no text (ValueError). Slack had the request then.
            return self._failure(Result.UNKNOWN, f"Slack's answer could not be read: {type(error).__name__}")
        data = response.data if isinstance(response.data, dict) else {}
        return _Answer(result=Result.SENT, data=data, headers=response.headers)

    def _within_deadline(self, call: Callable[[], Any]) -> Any:
        """The call's answer or error; TimeoutError, and the call left to itself, when it takes too long."""
        done: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()

        def work() -> None:
            try:
                done.put((call(), None))
            except BaseException as error:  # noqa: BLE001 - raised again where it belongs
                done.put((None, error))

        # A daemon, for nothing else can end a thread that waits for a socket: the process need not wait with it.
        threading.Thread(target=work, name=f"slack-{self.name}", daemon=True).start()
        try:
            answer, error = done.get(timeout=self._deadline)
        except queue.Empty:
            raise TimeoutError(f"no whole answer within {self._deadline:g} s") from None
        if error is not None:
            raise error
        return answer

    def _failure(self, result: Result, words: str) -> _Answer:
        return _Answer(result=result, reason=self._token.mask(" ".join(words.split()))[:300])


def _refusal(response: Any) -> _Answer:
    """Of the answer itself nothing is kept but Slack's own words: its request holds the token."""
    code = error_code(response.data)
    needed = response.data.get("needed") if code is not None else None
    return _Answer(
        result=classify(response.status_code, code),
        code=code,
        reason=reason(response.status_code, code, needed=needed if isinstance(needed, str) else None),
        retry_after=retry_after(response.headers),
    )


def _cannot_tell(answer: _Answer) -> Trace:
    """The scope to read, or membership, may be lacking for good; a refused token is lacking for posts too."""
    blind = answer.code in ("missing_scope", "not_in_channel", "no_permission", "not_allowed_token_type")
    blind = blind or answer.code in THREAD_GONE
    refused = not blind and answer.result is Result.CHANNEL_REFUSES
    return Trace(
        found=Found.CANNOT_TELL,
        reason=f"whether it arrived could not be found out: {answer.reason}",
        try_again=not blind and not refused and answer.result is not Result.MESSAGE_REFUSED,
        retry_after=answer.retry_after,
        channel_refuses=refused,
    )


def _id_of(posted: object) -> object:
    metadata = posted.get("metadata") if isinstance(posted, Mapping) else None
    if not isinstance(metadata, Mapping) or metadata.get("event_type") != EVENT_TYPE:
        return None
    payload = metadata.get("event_payload")
    return payload.get("id") if isinstance(payload, Mapping) else None


def _scopes(headers: Mapping[str, Any]) -> frozenset[str]:
    for name, value in headers.items():
        if name.lower() == "x-oauth-scopes" and isinstance(value, str):
            return frozenset(scope.strip() for scope in value.split(",") if scope.strip())
    return frozenset()


def _check_settings(name: str, token: Secret, channel: str, api_url: str) -> None:
    where = f"notifier `{name}`"
    if not token.reveal().strip():
        raise WrongSettings(f"{where}: the token is empty", hint="set the bot token, it begins with xoxb-")
    if not channel.strip().removeprefix("#"):
        raise WrongSettings(f"{where}: the channel is empty", hint="name one, as in `#trial-alerts`")
    parts = urlsplit(api_url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise WrongSettings(f"{where}: api_url is not a https address: `{api_url}`")
