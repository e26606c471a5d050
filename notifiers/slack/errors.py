"""What each of Slack's errors means for an attempt, as one table, and how an answer is told from the table.

The words are those of https://docs.slack.dev/reference/methods/chat.postMessage, conversations.history and
conversations.replies, in copies stored before 2026-11-24. An error that the table does not name concerns
this one message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from notifiers.notifier import Result

_LATER = Result.LATER
_UNKNOWN = Result.UNKNOWN
_CHANNEL = Result.CHANNEL_REFUSES
_MESSAGE = Result.MESSAGE_REFUSED

# code: what it comes to, and what a person can do about it ("" where that is nobody's to mend).
ERRORS: Mapping[str, tuple[Result, str]] = {
    # The server says itself that part of it may have happened.
    "internal_error": (_UNKNOWN, ""),
    "fatal_error": (_UNKNOWN, ""),
    # Not taken, and may be taken later.
    "ratelimited": (_LATER, ""),
    "rate_limited": (_LATER, ""),
    "message_limit_exceeded": (_LATER, "the workspace is over its limit of messages"),
    "service_unavailable": (_LATER, ""),
    "request_timeout": (_LATER, ""),  # Slack did not get the whole of our request
    "team_added_to_org": (_LATER, "the workspace is being moved to an organisation"),
    "org_login_required": (_LATER, "the workspace is being moved to an organisation"),
    # The token.
    "not_authed": (_CHANNEL, "set the bot token"),
    "invalid_auth": (_CHANNEL, "set a valid bot token, and see that this machine's address may use it"),
    "account_inactive": (_CHANNEL, "the bot was removed or deactivated: install the app again"),
    "token_revoked": (_CHANNEL, "install the app again and set its new token"),
    "token_expired": (_CHANNEL, "set a new token; turn token rotation off for this app"),
    "not_allowed_token_type": (_CHANNEL, "use the bot token, it begins with xoxb-"),
    "missing_scope": (_CHANNEL, "give the app the scope that it lacks, and install it again"),
    "no_permission": (_CHANNEL, "invite the bot to the channel"),
    "accesslimited": (_CHANNEL, "the workspace allows no access from this network"),
    "access_denied": (_CHANNEL, "an administrator must allow it"),
    "app_access_restricted": (_CHANNEL, "an administrator must allow the app"),
    "team_access_not_granted": (_CHANNEL, "install the app in this workspace"),
    "team_not_found": (_CHANNEL, "with a token of an organisation, name the channel by its id"),
    "two_factor_setup_required": (_CHANNEL, "set up two-factor sign-in for the bot's owner"),
    "ekm_access_denied": (_CHANNEL, "an administrator has suspended posting"),
    "enterprise_is_restricted": (_CHANNEL, "an administrator must allow it"),
    "metadata_must_be_sent_from_app": (_CHANNEL, "use the token of an app"),
    "method_deprecated": (_CHANNEL, "upgrade trialbell"),
    "deprecated_endpoint": (_CHANNEL, "upgrade trialbell"),
    "unknown_method": (_CHANNEL, "see that api_url is the address of Slack's API"),
    # The channel.
    "channel_not_found": (
        _CHANNEL,
        "name a channel that exists; a private one must have the bot as a member",
    ),
    "not_in_channel": (_CHANNEL, "invite the bot to the channel"),
    "is_archived": (_CHANNEL, "unarchive the channel, or name another"),
    "messages_tab_disabled": (_CHANNEL, "switch the app's messages tab on, or name a channel"),
    "restricted_action": (_CHANNEL, "a preference of the workspace keeps the bot from posting"),
    "restricted_action_read_only_channel": (_CHANNEL, "the channel is read-only: name another"),
    "restricted_action_thread_only_channel": (_CHANNEL, "the channel takes replies only: name another"),
    "channel_type_not_supported": (_CHANNEL, "name a channel of another kind"),
    # This message.
    "invalid_blocks": (_MESSAGE, ""),
    "invalid_blocks_format": (_MESSAGE, ""),
    "msg_too_long": (_MESSAGE, ""),
    "msg_blocks_too_long": (_MESSAGE, ""),
    "no_text": (_MESSAGE, ""),
    "metadata_too_large": (_MESSAGE, ""),
    "invalid_metadata_format": (_MESSAGE, ""),
    "invalid_metadata_schema": (_MESSAGE, ""),
    "invalid_arguments": (_MESSAGE, ""),
    "cannot_reply_to_message": (_MESSAGE, ""),
    "restricted_action_non_threadable_channel": (_MESSAGE, ""),
    "restricted_action_thread_locked": (_MESSAGE, ""),
    "thread_not_found": (_MESSAGE, ""),
    "message_not_found": (_MESSAGE, ""),
}

# What a reply was to is no longer there, or takes none: the message opens a new thread.
THREAD_GONE = frozenset(
    {
        "cannot_reply_to_message",
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
        "thread_not_found",
        "message_not_found",
    }
)

# Answers that are not Slack's own (a proxy's page, a wrong address). 5xx and a broken 200 are unknown: the
# request may have got through. 3xx: Slack redirects no call, and none is followed.
_STATUSES: Mapping[int, Result] = {
    401: _CHANNEL,
    403: _CHANNEL,
    404: _CHANNEL,
    405: _CHANNEL,
    407: _CHANNEL,
    410: _CHANNEL,
    429: _LATER,
    451: _CHANNEL,
}
_CODE = re.compile(r"[a-z][a-z0-9_]{1,80}")


def error_code(data: object) -> str | None:
    """Slack's own word for what went wrong; None when this is no answer of Slack's."""
    if not isinstance(data, Mapping) or data.get("ok") is not False:
        return None
    code = data.get("error")
    # slack_sdk puts a page that is no JSON into `error` as if Slack had said it.
    return code if isinstance(code, str) and _CODE.fullmatch(code) else None


def classify(status: int, code: str | None) -> Result:
    """What an answer that is not `ok` comes to. The status speaks first: 429 and 5xx come with any body."""
    if status == 429:
        return _LATER
    if status == 408:
        return _UNKNOWN  # whoever lost patience on the way: the request may have got through
    if status >= 500:
        return _UNKNOWN
    if code is not None:
        return ERRORS.get(code, (_MESSAGE, ""))[0]
    if 300 <= status < 400:
        return _CHANNEL
    if 400 <= status < 500:
        return _STATUSES.get(status, _MESSAGE)
    return _UNKNOWN


def reason(status: int, code: str | None, *, needed: str | None = None) -> str:
    """One line for a person. Nothing of an answer's body but Slack's own words goes into it."""
    if code is None and 300 <= status < 400:
        return (
            f"HTTP {status}: it redirects, and the token goes nowhere but to api_url; set Slack's own address"
        )
    if code is None:
        return f"HTTP {status}, and no answer of Slack's"
    hint = ERRORS.get(code, (_MESSAGE, ""))[1]
    words = f"Slack says `{code}`"
    if needed and _SCOPES.fullmatch(needed):
        words += f" (it needs {needed})"
    return f"{words}; {hint}" if hint else words


_SCOPES = re.compile(r"[a-z:_.,]{1,200}")


def retry_after(headers: Mapping[str, object]) -> timedelta | None:
    """Of the header Retry-After, in seconds as Slack gives it. None when there is none that can be read."""
    for name, value in headers.items():
        if name.lower() == "retry-after":
            text = value[0] if isinstance(value, list) and value else value
            if isinstance(text, str) and text.strip().isdecimal():
                # A day at most: a broken number must not silence the channel for ever.
                return timedelta(seconds=min(int(text.strip()[:9]), 86_400))
    return None
