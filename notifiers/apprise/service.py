"""Apprise itself: an address becomes a service, a text is sent to it, and what it says of that is read.

The only home of apprise; imported when there is something to send, for it takes a third of a second. Apprise answers
yes or no. Why not stands in its log alone, among addresses and tokens: it is read here, in the thread that sends,
and goes nowhere else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from notifiers.apprise.ear import Listening  # isort: split

from apprise import Apprise, AppriseAsset, NotifyBase, NotifyFormat, NotifyType, OverflowMode
from apprise.conversion import convert_between
from apprise.utils.parse import parse_urls

from notifiers.message import Level
from notifiers.notifier import Result
from notifiers.secret import Secret

_STATUS = re.compile(r"\berror=([1-5]\d\d)\b")
# Errors of urllib3 at which nothing was sent: no address, no connection, no TLS, no way through the proxy.
_NOT_SENT = re.compile(r"NewConnectionError|NameResolutionError|ConnectTimeoutError|SSLError|ProxyError")
_KINDS = {Level.CRITICAL: NotifyType.FAILURE, Level.MAJOR: NotifyType.WARNING}
_CHANNEL = frozenset({401, 403, 404, 405, 407, 410, 451})
_LATER = frozenset({425, 429})
_UNKNOWN = frozenset({408})


class NoService(Exception):
    """An address that Apprise makes nothing of, or more than one target of. `str()` shows none of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What became of one try. result: SENT when Apprise said yes."""

    result: Result
    reason: str = ""


class Service:
    """One target. Used from one thread at a time."""

    def __init__(self, url: Secret) -> None:
        """Raises NoService. Nothing is asked."""
        asset = AppriseAsset(
            app_id="trialbell",
            app_desc="trialbell",
            app_url="",
            async_mode=False,
            secure_logging=True,
            http_redirects=False,  # no token goes where it was not meant to
            image_url_mask="",  # a phone would fetch Apprise's pictures from GitHub
            image_url_logo="",
        )
        with Listening():
            try:
                made = Apprise.instantiate(url.reveal(), asset=asset, suppress_exceptions=False)
            except Exception:  # noqa: BLE001 - each service has its own, and its words hold the address
                made = None
        if not isinstance(made, NotifyBase):
            addresses = len(parse_urls(url.reveal()) or ())  # type: ignore[no-untyped-call] # it has no types
            if addresses > 1:
                raise NoService(f"it names {addresses} addresses: give each a notifier of its own")
            raise NoService(
                "Apprise makes nothing of its address, or lacks what the service needs: see https://appriseit.com/services/"
            )
        if made.retry:
            raise NoService(
                "`retry` in its address would repeat in silence: leave it out, trialbell tries again"
            )
        if len(made) > 1:
            raise NoService(f"its address names {len(made)} targets: give each a notifier of its own")
        self._service = made
        self._format = made.resolve_format(NotifyFormat.TEXT)

    @property
    def name(self) -> str:
        return str(self._service.service_name)

    @property
    def seconds_between(self) -> float:
        """The least time between two messages, as Apprise keeps it itself, by sleeping."""
        return float(self._service.request_rate_per_sec)

    @property
    def room(self) -> tuple[int, int]:
        """Characters of a title and of a body, a title that stands in the body counted."""
        title, body = int(self._service.title_maxlen), int(self._service.body_maxlen)
        if title > 0:
            return title, body
        title = min(250, body // 4)
        return title, body - title - 8  # what Apprise puts between the two

    def weigh(self, text: str) -> int:
        """The length of a text once Apprise has escaped it for this service."""
        return len(
            convert_between(  # type: ignore[no-untyped-call] # it has no types
                NotifyFormat.TEXT, self._format, text
            )
        )

    def send(self, title: str, body: str, level: Level) -> Said:
        """One request. Never raises for the world's doings.

        Past `Apprise.notify`, which reads escapes and names of pictures in a text: `:bomb:` in a record stays that.
        """
        with Listening() as heard:
            try:
                taken = self._service.notify(
                    title=title,
                    body=body,
                    notify_type=_KINDS.get(level, NotifyType.INFO),
                    body_format=NotifyFormat.TEXT,  # so that Apprise escapes it where a service reads markup
                    overflow=OverflowMode.TRUNCATE,  # one message stays one request
                )
            except Exception as error:  # noqa: BLE001 - what 170 services trip over has no end
                return Said(result=Result.UNKNOWN, reason=f"Apprise tripped over it: {type(error).__name__}")
        return Said(result=Result.SENT) if taken else _why(heard)


def _why(heard: list[str]) -> Said:
    """What its log says: a status, or an error of the connection. Without either: it may have arrived."""
    statuses = [int(found[1]) for found in map(_STATUS.search, heard) if found]
    if statuses:
        status = statuses[-1]
        result = Result.MESSAGE_REFUSED
        if status in _CHANNEL or 300 <= status < 400:
            result = Result.CHANNEL_REFUSES
        elif status in _LATER:
            result = Result.LATER
        elif status in _UNKNOWN or not 400 <= status < 500:
            result = Result.UNKNOWN
        return Said(result=result, reason=f"the service answers HTTP {status}")
    if any(map(_NOT_SENT.search, heard)):
        return Said(result=Result.LATER, reason="the service was not reached")
    return Said(result=Result.UNKNOWN, reason="the service did not say that it took it")
