"""The table of Slack's errors, and how answers are told by it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifiers.notifier import Result
from notifiers.slack.errors import ERRORS, THREAD_GONE, classify, error_code, reason, retry_after


@pytest.mark.parametrize(
    ("status", "code", "result"),
    [
        (429, None, Result.LATER),
        (429, "ratelimited", Result.LATER),
        (429, "invalid_auth", Result.LATER),  # with whatever body
        (429, "never_heard_of", Result.LATER),
        (408, None, Result.UNKNOWN),
        (408, "request_timeout", Result.UNKNOWN),
        (200, "ratelimited", Result.LATER),
        (500, None, Result.UNKNOWN),
        (503, "service_unavailable", Result.UNKNOWN),
        (200, "internal_error", Result.UNKNOWN),
        (200, "fatal_error", Result.UNKNOWN),
        (200, None, Result.UNKNOWN),
        (200, "invalid_auth", Result.CHANNEL_REFUSES),
        (200, "missing_scope", Result.CHANNEL_REFUSES),
        (200, "channel_not_found", Result.CHANNEL_REFUSES),
        (200, "is_archived", Result.CHANNEL_REFUSES),
        (403, None, Result.CHANNEL_REFUSES),
        (404, None, Result.CHANNEL_REFUSES),
        (302, None, Result.CHANNEL_REFUSES),
        (200, "invalid_blocks", Result.MESSAGE_REFUSED),
        (200, "msg_blocks_too_long", Result.MESSAGE_REFUSED),
        (200, "no_text", Result.MESSAGE_REFUSED),
        (200, "metadata_too_large", Result.MESSAGE_REFUSED),
        (200, "an_error_of_next_year", Result.MESSAGE_REFUSED),
        (413, None, Result.MESSAGE_REFUSED),
    ],
)
def test_classes(status: int, code: str | None, result: Result) -> None:
    assert classify(status, code) is result


def test_the_table_holds_together() -> None:
    assert all(result is not Result.SENT for result, _ in ERRORS.values())
    assert all(
        hint and not hint.endswith(".")
        for result, hint in ERRORS.values()
        if result is Result.CHANNEL_REFUSES
    )
    assert all(ERRORS[code][0] is Result.MESSAGE_REFUSED for code in THREAD_GONE)


def test_only_slacks_own_words_are_codes() -> None:
    assert error_code({"ok": False, "error": "invalid_auth"}) == "invalid_auth"
    page = "Received a response in a non-JSON format: <html>"  # what slack_sdk makes of a page
    assert error_code({"ok": False, "error": page}) is None
    assert error_code({"ok": True}) is None
    assert error_code([]) is None
    assert error_code(None) is None


def test_reasons() -> None:
    assert reason(200, "not_in_channel") == "Slack says `not_in_channel`; invite the bot to the channel"
    assert "(it needs chat:write)" in reason(200, "missing_scope", needed="chat:write")
    assert "<" not in reason(200, "missing_scope", needed="<script>")
    assert reason(502, None) == "HTTP 502, and no answer of Slack's"


def test_retry_after() -> None:
    assert retry_after({"retry-after": "30"}) == timedelta(seconds=30)
    assert retry_after({"Retry-After": ["5"]}) == timedelta(seconds=5)
    assert retry_after({"Retry-After": "9" * 40}) == timedelta(days=1)
    assert retry_after({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}) is None
    assert retry_after({}) is None
