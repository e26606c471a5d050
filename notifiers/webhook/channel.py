"""A webhook: posts the published JSON of one event, signed, with the same `webhook-id` on every try.

The receiver drops by that id what it has already, so that nobody needs to be asked whether a try arrived. The answer
is the status alone. An address may be a secret itself: none is shown, nor the host.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from notifiers.http.deadline import Deadline
from notifiers.message import Message
from notifiers.notifier import Found, NotifierClosed, Outcome, Placement, Result, Trace, WrongSettings
from notifiers.published import message_id, published
from notifiers.secret import Secret
from notifiers.webhook.address import EXAMPLE, fault
from notifiers.webhook.signing import checked, signed, webhook_id

if TYPE_CHECKING:
    from notifiers.http.post import Answer

# Standard Webhooks: "somewhere between 15 and 30s". Of the whole request, and of each read.
DEADLINE = 30.0
_CHANNEL = Result.CHANNEL_REFUSES
# Anything else: 2xx is sent, 3xx refuses (no signature goes where it was not meant to), 4xx refuses the message, and
# 5xx may have been taken.
_STATUSES: Mapping[int, tuple[Result, str]] = {
    401: (_CHANNEL, "it does not accept the signature: see that both sides hold the same secret and time"),
    403: (_CHANNEL, "it does not let us in"),
    404: (_CHANNEL, "nothing is there: see that the address is right"),
    405: (_CHANNEL, "it takes no POST: see that the address is right"),
    407: (_CHANNEL, "the proxy wants a password: set it in the proxy's address"),
    408: (Result.UNKNOWN, "it lost patience"),
    410: (_CHANNEL, "it wants no more of them"),
    425: (Result.LATER, "too early"),
    429: (Result.LATER, "too many for it at once"),
    451: (_CHANNEL, "it must not take them"),
}


class WebhookNotifier:
    type = "webhook"
    holds_many = False
    repeats_are_dropped = True
    reconcile_after: timedelta | None = None
    pace = timedelta(0)

    def __init__(
        self,
        *,
        name: str,
        url: Secret,
        secrets: Sequence[Secret],
        user_agent: str = "trialbell",
        deadline: float = DEADLINE,
    ) -> None:
        """secrets: each signs, the newest first. deadline: seconds. Raises WrongSettings."""
        where = f"notifier `{name}`"
        self.name = name
        self._url = _checked_address(url, where)
        self._secrets = checked(secrets, where)
        self._user_agent = user_agent
        self._timeout = deadline
        self._deadline = Deadline(deadline, name=f"webhook-{name}")
        self._hidden = (self._url, *_pieces(self._url), *self._secrets)
        self._closed = False

    def __repr__(self) -> str:
        return f"WebhookNotifier(name={self.name!r})"

    def parts(self, message: Message) -> tuple[Message, ...]:
        return (message,)

    def send(self, message: Message, placement: Placement) -> Outcome:
        from notifiers.http.post import post  # a poll that tells nothing needs none of it

        self._open()
        if placement.now is None:  # a signature of no known time is refused by every receiver
            raise ValueError("an attempt needs to be told what time it is")
        body = published(message)
        id_ = webhook_id(message_id(message))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": self._user_agent,
            **signed(self._secrets, id_, placement.now, body),
        }
        answer = post(
            self._url.reveal(),
            body,
            headers,
            deadline=self._deadline,
            timeout=self._timeout,
            secrets=self._hidden,
        )
        return _outcome(answer, placement.now, {"id": id_})

    def find(self, message: Message, *, since: datetime, placement: Placement) -> Trace:
        self._open()
        return Trace(found=Found.CANNOT_TELL, reason="a webhook cannot be asked what it has")

    def check(self) -> list[tuple[bool, str]]:
        from notifiers.http.post import reachable

        self._open()
        fault = reachable(
            self._url.reveal(), deadline=self._deadline, timeout=self._timeout, secrets=self._hidden
        )
        if fault:
            return [(False, f"webhook: the receiver cannot be reached: {fault}")]
        return [
            (True, f"webhook: the receiver can be reached; `trialbell notify {self.name}` sends a sample")
        ]

    def mended(self) -> bool:
        """Only a message tells: what can be reached may refuse the next one as it did the last."""
        return False

    def close(self) -> None:
        self._closed = True  # urllib keeps no connection

    def _open(self) -> None:
        if self._closed:
            raise NotifierClosed(f"the notifier is closed: `{self.name}`")


def _outcome(answer: Answer, now: datetime, remote: Mapping[str, str]) -> Outcome:
    from notifiers.http.retry_after import retry_after

    status = answer.status
    if status is None:
        return Outcome(result=answer.result, reason=f"the receiver: {answer.reason}")
    if 200 <= status < 300:
        return Outcome(result=Result.SENT, remote=remote)
    rest = retry_after(answer.headers, now)
    if status == 503 and rest is not None:
        result, words = Result.LATER, "it asks for patience"  # it says itself that it did not take it
    elif 300 <= status < 400:
        result, words = (
            _CHANNEL,
            "it redirects, and what is signed goes nowhere else: set the address it leads to",
        )
    elif status >= 500 or status < 200:
        result, words = Result.UNKNOWN, ""
    else:
        result, words = _STATUSES.get(status, (Result.MESSAGE_REFUSED, ""))
    reason = f"the receiver answers HTTP {status}"
    return Outcome(result=result, reason=f"{reason}: {words}" if words else reason, retry_after=rest)


def _checked_address(url: Secret, where: str) -> Secret:
    text = url.reveal().strip()
    wrong = fault(text)
    if wrong is not None:
        raise WrongSettings(f"{where}: its address {wrong}", hint=f"such as `{EXAMPLE}`")
    return Secret(text)


def _pieces(url: Secret) -> list[Secret]:
    """What of an address could turn up alone in others' words."""
    parts = urlsplit(url.reveal())
    whole = parts.path + (f"?{parts.query}" if parts.query else "")
    found = (whole, parts.path, parts.query, parts.hostname or "")
    return [Secret(piece) for piece in sorted(set(found), key=len, reverse=True) if len(piece) > 5]
