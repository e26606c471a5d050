"""Which workspace an app stands in: a channel may be shared with people of others (Slack Connect), who press as well.

https://docs.slack.dev/reference/methods/auth.test and https://docs.slack.dev/apis/slack-connect, read on 2026-11-29.
"""

from __future__ import annotations

from notifiers.secret import Secret
from notifiers.slack.calls import Calls

TIMEOUT, DEADLINE = 10, 20.0  # seconds: somebody waits


def home_of(name: str, token: Secret, *, api_url: str) -> frozenset[str] | None:
    """The ids of a bot's workspace, and of the organisation that it is of on an Enterprise grid; None when Slack does
    not say. One request.
    """
    calls = Calls(
        name=name, token=Secret(token.reveal().strip()), api_url=api_url, timeout=TIMEOUT, deadline=DEADLINE
    )
    try:
        answer = calls.call("auth.test", json={})
    finally:
        calls.close()
    ids = (answer.data.get(key) for key in ("team_id", "enterprise_id")) if answer.ok else ()
    return frozenset(id_ for id_ in ids if isinstance(id_, str) and id_) or None
