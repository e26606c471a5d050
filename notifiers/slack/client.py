"""slack_sdk's client with an opener of our own: it follows no redirect, and says how far a request got.

The only home of slack_sdk; imported when the first call is made, for a poll that tells nothing needs none of it.
"""

from __future__ import annotations

import logging
from typing import Any
from urllib.request import Request

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from notifiers.http.deadline import Sending
from notifiers.http.opening import opener
from notifiers.secret import Secret

__all__ = ["SlackApiError", "client"]

# slack_sdk writes requests with all they hold to its logger, and errors that we report ourselves.
_SILENT = logging.getLogger("notifiers.slack.sdk")
_SILENT.setLevel(logging.CRITICAL + 1)


def client(sending: Sending, *, token: Secret, api_url: str, timeout: int) -> WebClient:
    """For one call. It repeats nothing by itself: repeating is the outbox's work."""
    made = _Client(token=token.reveal(), base_url=api_url, timeout=timeout, retry_handlers=[], logger=_SILENT)
    made.sending = sending
    return made


class _Client(WebClient):
    sending: Sending

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        """As slack_sdk 3.48 does it, but for the opener."""
        # `proxy` is of slack_sdk's own reading of the environment; without one urllib reads it.
        proxies = {"http": self.proxy, "https": self.proxy} if self.proxy else None
        response = opener(self.sending, proxies=proxies).open(req, timeout=self.timeout)
        charset = response.headers.get_content_charset() or "utf-8"
        body = response.read().decode(charset)
        return {"status": response.code, "headers": response.headers, "body": body}
