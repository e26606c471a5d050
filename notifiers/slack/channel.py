"""A Slack channel, by a bot token: posts, and finds again what it posted.

Every post carries the message's id as metadata, by which `find` recognises it. `calls` makes the calls and
repeats none: a repeat after a broken connection is how messages get doubled, and repeating is the outbox's work.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from notifiers.message import Message
from notifiers.notifier import Found, NotifierClosed, Outcome, Placement, Result, Trace, WrongSettings
from notifiers.secret import Secret
from notifiers.slack.calls import Answer, Calls
from notifiers.slack.errors import THREAD_GONE, reason
from notifiers.slack.limits import CHANNELS_PAGE, HISTORY_PAGE, SECONDS_BETWEEN_POSTS
from notifiers.slack.scopes import BOT

API_URL = "https://slack.com/api/"
TIMEOUT = 30  # seconds, for each read and write
DEADLINE = 90  # seconds, for a whole call: a byte every few seconds would never time out
RECONCILE_AFTER = timedelta(seconds=60)
# `oldest` is by Slack's clock and the attempt by ours: looked for from this much before it.
CLOCK_MARGIN = timedelta(hours=1)
_CLOCK_STEP = timedelta(minutes=10)  # how finely clocks are compared

_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{8,}")
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class SlackNotifier:
    type = "slack"
    holds_many = True
    repeats_are_dropped = False

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
        interactive: bool = False,
    ) -> None:
        """channel: its name, with or without `#`, or its id. interactive: somebody hears what is pressed, so that
        messages have their buttons. Raises WrongSettings.
        """
        _check_settings(name, token, channel, api_url)
        self.name = name
        self.reconcile_after: timedelta | None = reconcile_after
        self.pace = pace
        self._interactive = interactive
        self._setting = channel.strip()
        self._channel_name = self._setting.removeprefix("#")
        self._channel_id = self._channel_name if _CHANNEL_ID.fullmatch(self._channel_name) else None
        self._calls = Calls(
            name=name,
            token=Secret(token.reveal().strip()),
            api_url=api_url,
            timeout=timeout,
            deadline=deadline,
        )
        self._ahead = timedelta(0)  # our clock before Slack's, at most so far
        self._closed = False

    def __repr__(self) -> str:
        return f"SlackNotifier(name={self.name!r}, channel={self._setting!r})"

    def parts(self, message: Message) -> tuple[Message, ...]:
        from notifiers.slack.parts import parts

        return parts(message)

    def send(self, message: Message, placement: Placement) -> Outcome:
        from notifiers.slack.blocks import render  # a channel that has nothing to say needs none of it

        thread = self._thread(placement)
        rendered = render(
            message, placement, earlier=self._earlier(placement, thread), interactive=self._interactive
        )
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
        answer = self._calls.call("chat.postMessage", key=message.id, json=arguments)
        self._compare_clocks(answer, placement.now)
        if answer.ok and not isinstance(answer.data.get("ts"), str):
            return Outcome(result=Result.UNKNOWN, reason="Slack said ok, and not where the message stands")
        if answer.ok:
            posted = answer.data.get("message")
            # Slack takes a reply to a message that was deleted, says ok, and posts it by itself
            # (https://github.com/slack-go/slack/issues/1571): only `thread_ts` of the answer tells.
            stands_in = posted.get("thread_ts") if isinstance(posted, Mapping) else thread
            return Outcome(
                result=Result.SENT,
                remote=self._remote(answer.data["ts"], answer.data.get("channel")),
                alone=placement.reply_to is not None and (thread is None or stands_in != thread),
            )
        return Outcome(
            result=answer.result,
            reason=answer.reason,
            retry_after=answer.retry_after,
            thread_gone=thread is not None and answer.code in THREAD_GONE,
        )

    def find(self, message: Message, *, since: datetime, placement: Placement) -> Trace:
        if self._closed:
            raise NotifierClosed(f"the notifier is closed: `{self.name}`")
        if self._calls.on_its_way(message.id):
            return Trace(
                found=Found.CANNOT_TELL,
                reason="an attempt that took too long is still on its way",
                try_again=True,
                retry_after=self.reconcile_after,
            )
        stored = self._stored_channel(placement)
        if self._channel_id is None and stored is not None:
            trace, code = self._find_in(stored, message, since, placement)
            if code != "channel_not_found":  # else the name is another channel's by now
                return trace
        channel = self._resolve()
        if isinstance(channel, Answer):
            return _cannot_tell(channel)
        return self._find_in(channel, message, since, placement)[0]

    def _find_in(
        self, channel: str, message: Message, since: datetime, placement: Placement
    ) -> tuple[Trace, str | None]:
        """What looking came to, and Slack's word for why it could not be done.

        In the thread that it was to go to, and then in the channel: there it is when the thread was gone, or the
        setting named another channel than the thread's when it went.
        """
        from notifiers.slack.blocks import metadata_id

        wanted = metadata_id(message)
        reply_to = placement.reply_to or {}
        in_thread = self._setting == reply_to.get("to") or channel == reply_to.get("channel")
        for thread in (reply_to.get("ts") if in_thread else None, None):
            for answer in self._history(channel, thread, since, placement.now):
                if thread is not None and answer.code in THREAD_GONE:
                    break
                if not answer.ok:
                    return _cannot_tell(answer), answer.code
                for posted in answer.data.get("messages") or ():
                    if _id_of(posted) == wanted and isinstance(posted.get("ts"), str):
                        stands_in = posted.get("thread_ts")
                        alone = placement.reply_to is not None and stands_in != reply_to.get("ts")
                        remote = self._remote(posted["ts"], channel)
                        return Trace(found=Found.THERE, remote=remote, alone=alone), None
            if thread is None:
                break
        return Trace(found=Found.NOT_THERE), None

    def check(self) -> list[tuple[bool, str]]:
        who = self._calls.call("auth.test", params={})
        if not who.ok:
            return [(False, f"Slack: {who.reason}")]
        lines = [(True, f"Slack: signed in to {who.data.get('team')} as {who.data.get('user')}")]
        granted = who.scopes
        if granted:
            needed = ("chat:write", *(("commands",) if self._interactive else ()))
            missing = [scope for scope in needed if scope not in granted]
            lines += [(False, f"Slack: the bot lacks {scope}, {BOT[scope]}") for scope in missing]
        channel = self._resolve()
        if isinstance(channel, Answer):
            lines.append((False, f"Slack: channel `{self._setting}` cannot be looked up: {channel.reason}"))
            return lines
        lines.append((True, f"Slack: channel `{self._setting}` is {channel}"))
        seen = self._calls.call(
            "conversations.history", params={"channel": channel, "limit": 1, "include_all_metadata": True}
        )
        if seen.ok:
            lines.append((True, "Slack: the channel can be read back, so that nothing is told twice"))
        else:
            scope = "channels:history"
            remedy = f"{seen.reason}; {scope} is needed {BOT[scope]}"
            lines.append((False, f"Slack: the channel cannot be read back: {remedy}"))
        return lines

    def mended(self) -> bool:
        who = self._calls.call("auth.test", params={})
        if not who.ok or (who.scopes and "chat:write" not in who.scopes):
            return False
        channel = self._resolve()
        if isinstance(channel, Answer):
            return _is_blind(channel)  # without the scope to list channels it posts all the same
        known = self._calls.call("conversations.info", params={"channel": channel})
        facts = known.data.get("channel")
        if known.ok and isinstance(facts, Mapping):
            return not facts.get("is_archived") and facts.get("is_member") is not False
        return known.code != "channel_not_found"

    def close(self) -> None:
        self._calls.close()
        self._closed = True

    def _thread(self, placement: Placement) -> str | None:
        """The message to reply to; None when it stands in another channel than the one that is set now."""
        reply_to = placement.reply_to
        if reply_to is None:
            return None
        here = reply_to.get("to") == self._setting or reply_to.get("channel") == self._channel_id
        return reply_to.get("ts") if here else None

    def _stored_channel(self, placement: Placement) -> str | None:
        """The id that an earlier answer told for this very setting: no list of channels needs to be asked for."""
        for remote in (placement.latest, placement.reply_to, placement.previous):
            if remote is not None and remote.get("to") == self._setting and remote.get("channel"):
                return remote["channel"]
        return None

    def _earlier(self, placement: Placement, thread: str | None) -> str | None:
        """The address of a stale thread's last message. Without it the message goes as well."""
        last = placement.previous or (placement.reply_to if thread is None else None)
        if last is None or placement.plain or not last.get("channel") or not last.get("ts"):
            return None
        arguments = {"channel": last["channel"], "message_ts": last["ts"]}
        answer = self._calls.call("chat.getPermalink", params=arguments)
        address = answer.data.get("permalink")
        return address if isinstance(address, str) else None

    def _remote(self, ts: str, channel: object) -> dict[str, str]:
        if isinstance(channel, str) and channel:
            self._channel_id = channel
        return {"channel": self._channel_id or "", "ts": ts, "to": self._setting}

    def _resolve(self) -> str | Answer:
        """The channel's id, asked for by name where no answer has told it yet; else why it is not known."""
        if self._channel_id is not None:
            return self._channel_id
        lacking: Answer | None = None
        for kinds in ("public_channel,private_channel", "public_channel"):
            arguments = {"types": kinds, "exclude_archived": False, "limit": CHANNELS_PAGE}
            last = Answer(result=Result.UNKNOWN)
            for last in self._calls.pages("conversations.list", arguments):
                for channel in last.data.get("channels") or ():
                    if isinstance(channel, Mapping) and channel.get("name") == self._channel_name:
                        self._channel_id = str(channel["id"])
                        return self._channel_id
            if last.ok:
                break
            if last.code != "missing_scope":
                return last
            lacking = last
        if lacking is not None:
            return lacking  # not seen is not absent: a private channel is not in the public list
        code = "channel_not_found"
        return Answer(result=Result.CHANNEL_REFUSES, code=code, reason=reason(200, code))

    def _history(
        self, channel: str, thread: str | None, since: datetime, now: datetime | None
    ) -> Iterator[Answer]:
        """Page by page; from the beginning again when the first answer shows that our clock is ahead."""
        arguments: dict[str, Any] = {
            "channel": channel,
            "inclusive": True,
            "include_all_metadata": True,
            "limit": HISTORY_PAGE,
        }
        method = "conversations.history"
        if thread is not None:
            method, arguments = "conversations.replies", arguments | {"ts": thread}
        if now is not None and now < since:
            # Our clock was set back since. Whole hours, so that the same is asked for when it is asked again.
            since = now.replace(minute=0, second=0, microsecond=0)
        oldest = self._oldest(since)
        while True:
            for answer in self._calls.pages(method, arguments | {"oldest": f"{oldest.timestamp():.6f}"}):
                self._compare_clocks(answer, now)
                yield answer
                if self._oldest(since) < oldest:
                    break
            else:
                return
            oldest = self._oldest(since)

    def _oldest(self, since: datetime) -> datetime:
        return since - self._ahead - CLOCK_MARGIN

    def _compare_clocks(self, answer: Answer, now: datetime | None) -> None:
        """By how much ours was ever ahead. A message is stamped by Slack's; what is older is not looked at."""
        if now is not None and answer.at is not None:
            ahead = (now - answer.at) // _CLOCK_STEP * _CLOCK_STEP
            if ahead > self._ahead:
                self._ahead = ahead + _CLOCK_STEP


def _cannot_tell(answer: Answer) -> Trace:
    """The scope to read, or membership, may be lacking for good; a refused token is lacking for posts too."""
    blind = _is_blind(answer)
    refused = not blind and answer.result is Result.CHANNEL_REFUSES
    return Trace(
        found=Found.CANNOT_TELL,
        reason=f"whether it arrived could not be found out: {answer.reason}",
        try_again=not blind and not refused and answer.result is not Result.MESSAGE_REFUSED,
        retry_after=answer.retry_after,
        channel_refuses=refused,
    )


def _is_blind(answer: Answer) -> bool:
    """It may post, and may not look: for good, until a person mends it."""
    return answer.code in ("missing_scope", "not_in_channel", "no_permission", "not_allowed_token_type")


def _id_of(posted: object) -> object:
    from notifiers.slack.blocks import EVENT_TYPE

    metadata = posted.get("metadata") if isinstance(posted, Mapping) else None
    if not isinstance(metadata, Mapping) or metadata.get("event_type") != EVENT_TYPE:
        return None
    payload = metadata.get("event_payload")
    return payload.get("id") if isinstance(payload, Mapping) else None


def _check_settings(name: str, token: Secret, channel: str, api_url: str) -> None:
    where = f"notifier `{name}`"
    shown = token.reveal().strip()
    if not shown:
        raise WrongSettings(f"{where}: the token is empty", hint="set the bot token, it begins with xoxb-")
    if not (shown.isascii() and shown.isprintable()) or " " in shown:
        raise WrongSettings(
            f"{where}: the token holds a character that no token has",
            hint="copy the bot token again, it begins with xoxb-; a `…` in it means that it was shortened",
        )
    if not channel.strip().removeprefix("#"):
        raise WrongSettings(f"{where}: the channel is empty", hint="name one, as in `#trial-alerts`")
    parts = urlsplit(api_url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise WrongSettings(f"{where}: api_url is not a https address: `{api_url}`")
