"""A message as an e-mail: headers, threads, bytes. Pure; of the same message and placement always the same bytes.

Three lines are what a phone shows of a letter, and they answer in the order in which one asks: the sender's name says
how bad ("Critical: trialbell"), the subject which trial, the first line of the text what changed. So the subject of a
trial's thread stays as its opening message had it, for which Gmail asks besides References
(https://developers.google.com/workspace/gmail/api/guides/threads), and nothing of the news is lost for it.

No text of a message ends or begins a header: what stands there is one line, and no encoded word of a stranger.
"""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC
from email import headerregistry
from email.generator import BytesGenerator
from email.message import EmailMessage
from email.policy import EmailPolicy
from io import BytesIO
from typing import Any

import msgspec

from notifiers.mail.addresses import Address
from notifiers.mail.body import html_of, text_of
from notifiers.mail.text import shorten
from notifiers.message import Level, Message
from notifiers.notifier import Placement
from notifiers.text import clean

SUBJECT = 180  # characters, before what keeps a stranger's encoded word from being one
NAME = "trialbell"
_TOKEN = re.compile(r"[A-Za-z0-9._:@/+~-]{1,120}")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9.-]+>", re.IGNORECASE)
_LINE = 76  # columns of a header's line, as far as its words allow (RFC 5322, 2.1.1; RFC 2047, 2)
_ENCODED = 39  # bytes of text in one encoded word: it has its place beside `Subject:`


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    email: EmailMessage
    remote: dict[str, str]  # by which later letters are put into the same thread


def write(
    message: Message,
    placement: Placement,
    *,
    sender: Address,
    recipients: tuple[Address, ...],
    notifier: str,
    reply_to: Address | None = None,
    list_id: str | None = None,
) -> Letter:
    """recipients: those whom everybody may see, () for none. notifier: its name, for a List-Id where none is given."""
    email = EmailMessage(policy=_policy(utf8=False))
    own_id = message_id(message, sender.domain)
    subject = _subject(message, placement)
    for name, value in _parties(message, sender, recipients, reply_to).items():
        email[name] = value
    email["Subject"] = subject
    made_at = placement.made_at or placement.now
    if made_at is not None:  # without one the first server writes it (RFC 6409, 8.1)
        email["Date"] = made_at.astimezone(UTC).replace(microsecond=0)
    email["Message-ID"] = own_id
    root = _references(email, placement) or own_id
    email["List-Id"] = f"<{list_id or _list_id(notifier, sender.domain)}>"
    email["Auto-Submitted"] = "auto-generated"  # RFC 3834: no machine answers
    email["X-Auto-Response-Suppress"] = "OOF, AutoReply"  # the same for Exchange
    if message.level is Level.CRITICAL:
        email["Importance"] = "high"
    for name, value in _marks(message, placement).items():
        email[name] = value
    text = text_of(message, placement)
    email.set_content(text, cte="quoted-printable", params={"format": "flowed"})
    if not placement.plain:
        email.add_alternative(html_of(message, placement), subtype="html", cte="quoted-printable")
        # Of the message's id, which nobody else knows: no text can hold it.
        email.set_boundary("=_" + _digest(f"boundary {message.id}"))
    return Letter(email=email, remote={"message_id": own_id, "root": root, "subject": subject})


def letter_bytes(letter: Letter, *, utf8: bool = False) -> bytes:
    """As it goes over the wire. utf8: for a server that knows SMTPUTF8, and only where an address needs it."""
    written = BytesIO()
    BytesGenerator(written, mangle_from_=False, policy=_policy(utf8=utf8)).flatten(letter.email)
    return written.getvalue()


def message_id(message: Message, domain: str) -> str:
    """The same on every try: of the message's id alone, in the sender's domain."""
    plain = _TOKEN.fullmatch(message.id) and not set(message.id) & set(":@/")
    local = message.id if plain and ".." not in f".{message.id}." else _digest(message.id)
    return f"<{local}@{domain}>"


def _parties(
    message: Message, sender: Address, recipients: tuple[Address, ...], reply_to: Address | None
) -> dict[str, Any]:
    name = f"{message.level.word}: {sender.name or NAME}"
    shown = [headerregistry.Address(one.name, one.local, one.domain) for one in recipients]
    parties: dict[str, Any] = {
        "From": headerregistry.Address(name, sender.local, sender.domain),
        "To": shown or headerregistry.Group("undisclosed-recipients"),
    }
    if reply_to is not None:
        parties["Reply-To"] = headerregistry.Address(reply_to.name, reply_to.local, reply_to.domain)
    return parties


def _subject(message: Message, placement: Placement) -> str:
    """Of a fresh thread that of its opening; else the trial, and the headline of what is about no single one."""
    own = clean(message.title) if message.thread is not None else ""
    subject = clean((placement.reply_to or {}).get("subject", "")) or own or clean(message.headline)
    # Shortened once only: an opening's own stays as it is.
    return (shorten(subject, SUBJECT) or message.level.word).replace("=?", "=\u2060?")


def _references(email: EmailMessage, placement: Placement) -> str | None:
    """In-Reply-To and References (RFC 5322, 3.6.4); the thread's first message, None where this one opens it.

    A thread that went stale goes on all the same: mail programs fold it by themselves.
    """
    earlier = placement.reply_to or placement.previous or {}
    parent = earlier.get("message_id", "")
    if not _MESSAGE_ID.fullmatch(parent):
        return None  # where the thread stands is no letter: the notifier was of another type
    root = earlier.get("root", parent)
    email["In-Reply-To"] = parent
    email["References"] = " ".join(dict.fromkeys((root, parent)))
    return root


def _marks(message: Message, placement: Placement) -> dict[str, str]:
    """For rules in mail programs, and for who looks into what went wrong."""
    event = (message.payload or {}).get("id")
    marks = {"X-Trialbell-Severity": message.level.value, "X-Trialbell-Message": _token(message.id)}
    if isinstance(event, str) and event:
        marks["X-Trialbell-Event"] = _token(event)
    if message.thread is not None:
        marks["X-Trialbell-Thread"] = _token(message.thread)
    if placement.possible_repeat:
        marks["X-Trialbell-Possible-Repeat"] = "yes"
    return marks


def _list_id(notifier: str, domain: str) -> str:
    """RFC 2919; of a name that has nothing for it, its digest."""
    label = re.sub(r"[^a-z0-9]+", "-", notifier.casefold()).strip("-")[:60]
    return f"{label or _digest(notifier)[:12]}.{NAME}.{domain}"


def _token(text: str) -> str:
    return text if _TOKEN.fullmatch(text) else f"sha256:{_digest(text)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:40]


class _Policy(EmailPolicy):
    """email's own, but for headers that it folds wrongly: an id longer than a line becomes an encoded word there, and
    of some subjects the spaces are lost."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        lowered = name.lower()
        if lowered == "subject":
            return _folded(name, _words(str(value), first=len(name) + 2))
        if lowered in ("message-id", "in-reply-to", "references", "list-id") or lowered.startswith("x-"):
            return _folded(name, str(value).split())
        return super().fold_binary(name, value)


def _policy(*, utf8: bool) -> EmailPolicy:
    return _Policy(linesep="\r\n", max_line_length=_LINE, utf8=utf8, cte_type="7bit")


def _folded(name: str, words: list[str]) -> bytes:
    """A header, broken only between its words, none of which is ever broken."""
    lines = [f"{name}:"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > _LINE and lines[-1].strip() != f"{name}:":
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines).encode("ascii") + b"\r\n"


def _words(text: str, *, first: int) -> list[str]:
    """The words of a header's text, encoded where they must be (RFC 2047). first: columns before them."""
    words = text.split()
    if text.isascii() and max(map(len, words), default=0) <= _LINE - first:
        return words
    encoded, chunk = [], ""
    for character in text:
        if len((chunk + character).encode()) > _ENCODED:
            encoded.append(chunk)
            chunk = ""
        chunk += character
    return [f"=?utf-8?b?{base64.b64encode(each.encode()).decode()}?=" for each in (*encoded, chunk)]
