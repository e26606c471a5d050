"""Calls of Slack's API and what each came to: one request each, within a deadline, no word with the token in it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.error import URLError

from notifiers.http.deadline import Deadline, NotBegun, Sending
from notifiers.notifier import NotifierClosed, Result
from notifiers.secret import Secret
from notifiers.slack.errors import classify, error_code, reason, retry_after

_CURSORS = 100  # readings broken off that are remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
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

    @property
    def at(self) -> datetime | None:
        """When it was made, by Slack's clock."""
        for name, value in self.headers.items():
            if name.lower() == "date" and isinstance(value, str):
                try:
                    moment = parsedate_to_datetime(value)
                except ValueError:
                    return None
                return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        return None

    @property
    def scopes(self) -> frozenset[str]:
        """Those that the token has; empty when Slack does not say."""
        for name, value in self.headers.items():
            if name.lower() == "x-oauth-scopes" and isinstance(value, str):
                return frozenset(scope.strip() for scope in value.split(",") if scope.strip())
        return frozenset()


class Calls:
    def __init__(self, *, name: str, token: Secret, api_url: str, timeout: int, deadline: float) -> None:
        self._name = name
        self._token = token
        self._api_url = api_url
        self._timeout = timeout
        self._deadline = Deadline(deadline, name=f"slack-{name}")
        self._cursors: dict[str, str] = {}
        self._closed = False

    def close(self) -> None:
        self._closed = True  # urllib keeps no connection

    def on_its_way(self, key: str) -> bool:
        """Whether a call that was left at the deadline, made with this key, is still going out."""
        return self._deadline.on_its_way(key)

    def call(self, method: str, *, key: str | None = None, **arguments: Any) -> Answer:
        """One request. Raises only NotifierClosed."""
        if self._closed:
            raise NotifierClosed(f"the notifier is closed: `{self._name}`")
        from notifiers.http.post import own_words
        from notifiers.slack.client import SlackApiError, client

        def work(sending: Sending) -> Any:
            made = client(sending, token=self._token, api_url=self._api_url, timeout=self._timeout)
            return made.api_call(method, **arguments)

        try:
            response = self._deadline.run(work, key=key)
        except SlackApiError as error:
            return _refusal(error.response)
        except NotBegun as error:
            return self._failure(Result.LATER, f"Slack was not reached: {error}")
        except URLError as error:
            # Raised while connecting or sending: Slack did not get the whole of the request.
            return self._failure(Result.LATER, f"Slack was not reached: {own_words(error.reason)}")
        except (OSError, http.client.HTTPException) as error:
            words = own_words(error)
            return self._failure(Result.UNKNOWN, f"the connection to Slack broke before it answered: {words}")
        except Exception as error:  # noqa: BLE001 — see below
            # What slack_sdk trips over in an answer: JSON that is no object (AttributeError), a charset that
            # does not exist (LookupError), bytes that are no text (ValueError). Slack had the request then.
            return self._failure(Result.UNKNOWN, f"Slack's answer could not be read: {type(error).__name__}")
        data = response.data if isinstance(response.data, dict) else {}
        return Answer(result=Result.SENT, data=data, headers=response.headers)

    def pages(self, method: str, arguments: dict[str, Any]) -> Iterator[Answer]:
        """Page by page, to the last one or the first that is not ok.

        What Slack broke off for a while (429: so many pages a minute) goes on there when it is asked for again:
        a long history would else never be read to its end.
        """
        place = json.dumps([method, arguments], sort_keys=True)
        cursor = self._cursors.pop(place, "")
        while True:
            answer = self.call(method, params=arguments | ({"cursor": cursor} if cursor else {}))
            if cursor and answer.code == "invalid_cursor":  # it was kept for too long
                cursor = ""
                continue
            if cursor and answer.result in (Result.LATER, Result.UNKNOWN):
                self._cursors = dict(list(self._cursors.items())[1 - _CURSORS :]) | {place: cursor}
            yield answer
            following = answer.data.get("response_metadata")
            following = following.get("next_cursor") if isinstance(following, Mapping) else None
            if not answer.ok or not isinstance(following, str) or following in ("", cursor):
                return
            cursor = following

    def _failure(self, result: Result, words: str) -> Answer:
        return Answer(result=result, reason=self._token.mask(" ".join(words.split()))[:300])


def _refusal(response: Any) -> Answer:
    """Of the answer itself nothing is kept but Slack's own words: its request holds the token."""
    code = error_code(response.data)
    needed = response.data.get("needed") if code is not None else None
    return Answer(
        result=classify(response.status_code, code),
        headers=response.headers,
        code=code,
        reason=reason(response.status_code, code, needed=needed if isinstance(needed, str) else None),
        retry_after=retry_after(response.headers),
    )
