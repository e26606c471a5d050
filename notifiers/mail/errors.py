"""What each reply of a mail server means for an attempt, as tables (RFC 5321, 4.2; RFC 3463; RFC 4954; RFC 7372).

A reply is read by where it was given: 550 to one address is about that address, 550 to the log-in about us all. The
enhanced code, where there is one, knows better than the bare one. Once the whole letter was handed over only a reply
can say what became of it; without one nobody knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum

import msgspec

from notifiers.notifier import Result
from notifiers.text import clean


class Stage(StrEnum):
    """Where a talk with the server stands; the value goes before the server's words."""

    GREETING = "the mail server turns us away"
    HELLO = "the mail server does not greet us"
    STARTTLS = "the mail server does not begin TLS"
    LOGIN = "the mail server refuses the log-in"
    SENDER = "the mail server refuses the sender"
    RECIPIENT = "the mail server refuses the recipient"
    DATA = "the mail server does not take the message"
    CONTENT = "the mail server refuses the message"


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    code: int
    enhanced: str = ""  # RFC 3463, as `5.7.1`
    text: str = ""  # one line

    @property
    def good(self) -> bool:
        return 200 <= self.code < 400

    @property
    def for_now(self) -> bool:
        """Whether the server says that another try may fare better."""
        return classify(Stage.RECIPIENT, self) is Result.LATER

    @property
    def words(self) -> str:
        """Code and text, without a full stop."""
        return " ".join(part for part in (str(self.code), self.enhanced, self.text) if part).rstrip(". ")


_LATER, _CHANNEL, _MESSAGE = Result.LATER, Result.CHANNEL_REFUSES, Result.MESSAGE_REFUSED

# What an enhanced code says wherever it is given, whatever the bare code says.
_ENHANCED = {
    # Permanent by their class only: RFC 3463 calls both "useful only as a persistent transient error".
    "5.3.1": _LATER,  # mail system full
    "5.4.5": _LATER,  # congestion; large providers say so of a day's quota
    # The letter itself.
    "5.3.4": _MESSAGE,  # too big
    "5.2.3": _MESSAGE,  # longer than this mailbox takes
    # We, our log-in, our right to this sender: no letter would fare better.
    "5.7.3": _CHANNEL,
    "5.7.8": _CHANNEL,
    "5.7.9": _CHANNEL,
    "5.7.11": _CHANNEL,
    "5.7.13": _CHANNEL,
    "5.7.14": _CHANNEL,
    **{f"5.7.{number}": _CHANNEL for number in range(20, 28)},  # DKIM, SPF, reverse DNS, DMARC (RFC 7372)
    # https://learn.microsoft.com/exchange/mail-flow-best-practices/non-delivery-reports-in-exchange-online
    "5.7.57": _CHANNEL,  # not signed in
    "5.7.60": _CHANNEL,  # may not send as this sender
    "5.7.139": _CHANNEL,  # passwords are turned off
    "5.2.252": _CHANNEL,  # may not send as this sender
}
# The log-in, wherever it is asked for (RFC 4954).
_LOGIN_CODES = frozenset({530, 534, 535, 538})

_REMEDIES = {
    Stage.GREETING: "see that this machine's address may send there",
    Stage.LOGIN: "set user and password anew; some providers want a password made for one program",
    Stage.SENDER: "see that this user may send as the sender",
}


def reply_of(code: int, raw: bytes, masked: Callable[[str], str]) -> Reply:
    """raw: the lines of the reply without their code, as smtplib gives them. masked: see `Server.masked`."""
    enhanced, texts = "", []
    for each in masked(raw.decode("utf-8", "replace")).split("\n"):
        found = _LEADING.match(each)
        if found and int(found[1][0]) == code // 100:
            enhanced = enhanced or found[1]
            each = each[found.end() :]
        texts.append(each)
    return Reply(code=code, enhanced=enhanced, text=masked(clean(" ".join(texts)))[:200])


_LEADING = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s+|$)")


def classify(stage: Stage, reply: Reply) -> Result:
    """Of a reply that is not good."""
    if reply.enhanced in _ENHANCED:
        return _ENHANCED[reply.enhanced]
    if 400 <= reply.code < 500:
        return _LATER  # busy, greylisted, over a quota, a mailbox that is full
    if stage is not Stage.RECIPIENT and reply.code in _LOGIN_CODES:
        return _CHANNEL
    if stage is Stage.SENDER and reply.code == 552:
        return _MESSAGE  # larger than it takes (RFC 1870)
    if stage in (Stage.DATA, Stage.CONTENT):
        return _MESSAGE
    return _CHANNEL


def reason(stage: Stage, reply: Reply) -> str:
    remedy = _REMEDIES.get(stage, "") if classify(stage, reply) is _CHANNEL else ""
    return f"{stage.value}: {reply.words}" + (f"; {remedy}" if remedy else "")
