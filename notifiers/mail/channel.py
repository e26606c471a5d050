"""Letters to one list of people, through a mail server.

Every try of a message carries the same Message-ID, by which receivers know a repeat; SMTP cannot be asked whether an
earlier try arrived. A recipient whom the server refuses for good keeps nobody else from a letter: who was refused is
said once. One refused for now (greylisted, a full mailbox) is tried again alone, and given up after PATIENCE.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from notifiers.mail.addresses import Address, WrongAddress, address_of
from notifiers.mail.server import PORTS, Security, Server
from notifiers.message import Message
from notifiers.notifier import Found, NotifierClosed, Outcome, Placement, Result, Trace, WrongSettings
from notifiers.secret import Secret

if TYPE_CHECKING:
    from notifiers.mail.errors import Reply
    from notifiers.mail.session import Session

DEADLINE = 120.0  # seconds
# Large providers take about thirty letters a minute of one sender, e.g.
# https://learn.microsoft.com/office365/servicedescriptions/exchange-online-service-description/exchange-online-limits
PACE = timedelta(seconds=2)
PATIENCE = timedelta(hours=1)
AGAIN = timedelta(minutes=5)  # for one who is refused for now: long enough for most greylists (RFC 6647, 5)
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class MailNotifier:
    type = "email"
    holds_many = True
    repeats_are_dropped = False  # most receivers show a repeat once more
    reconcile_after: timedelta | None = None

    def __init__(
        self,
        *,
        name: str,
        host: str,
        sender: str,
        recipients: Iterable[str],
        port: int | None = None,
        security: Security = "starttls",
        user: str | None = None,
        password: Secret | None = None,
        reply_to: str | None = None,
        list_id: str | None = None,
        hide_recipients: bool = False,
        ca_file: Path | None = None,
        deadline: float = DEADLINE,
        pace: timedelta = PACE,
    ) -> None:
        """deadline: seconds, for one attempt from the first byte to the last. Raises WrongSettings."""
        where = f"notifier `{name}`"
        if bool(user) != bool(password):
            raise WrongSettings(f"{where}: user and password go together", hint="set both, or neither")
        if password and security == "none" and host not in _LOOPBACK:
            raise WrongSettings(
                f"{where}: the password would go over the network unencrypted",
                hint='set `security = "starttls"`',
            )
        self.name = name
        self.pace = pace
        self._server = Server(
            host=host.strip(),
            port=port or PORTS[security],
            security=security,
            user=user or "",
            password=password or Secret(""),
            ca_file=ca_file,
            deadline=deadline,
        )
        self._sender = _address(where, "sender", sender)
        by_spec = {one.spec: one for one in (_address(where, "recipient", each) for each in recipients)}
        self._recipients = tuple(by_spec.values())
        if not self._recipients:
            raise WrongSettings(f"{where}: no recipient is named")
        self._reply_to = _address(where, "reply_to", reply_to) if reply_to else None
        self._list_id = list_id
        self._hide = hide_recipients
        self._closed = False

    def __repr__(self) -> str:
        return f"MailNotifier(name={self.name!r}, host={self._server.host!r}, recipients={len(self._recipients)})"

    def parts(self, message: Message) -> tuple[Message, ...]:
        return (message,)

    def send(self, message: Message, placement: Placement) -> Outcome:
        self._must_be_open()
        from notifiers.mail.errors import classify, reason
        from notifiers.mail.session import Broken, Refused, Session, Unfit

        try:
            with Session(self._server) as session:
                return self._hand_over(session, message, placement)
        except Refused as error:
            return Outcome(
                result=classify(error.stage, error.reply), reason=self._said(reason(error.stage, error.reply))
            )
        except Unfit as error:
            return Outcome(result=Result.CHANNEL_REFUSES, reason=self._said(str(error)))
        except Broken as error:
            if error.handed_over:
                return Outcome(
                    result=Result.UNKNOWN,
                    reason=f"the mail server had the message and did not say what became of it: {error}",
                )
            return Outcome(result=Result.LATER, reason=f"the mail server was not reached: {error}")

    def find(self, message: Message, *, since: datetime, placement: Placement) -> Trace:
        self._must_be_open()
        return Trace(found=Found.CANNOT_TELL, reason="a mail server cannot be asked what arrived")

    def check(self) -> list[tuple[bool, str]]:
        from notifiers.mail.errors import Stage, reason
        from notifiers.mail.session import Broken, Refused, Session, Unfit

        server = self._server
        lines: list[tuple[bool, str]] = []
        try:
            with Session(server) as session:
                safe = f"{session.encryption}, certificate checked" if session.encryption else "not encrypted"
                lines.append((True, f"E-mail: {server.place} answers, {safe}"))
                if server.user:
                    lines.append((True, f"E-mail: signed in as {server.user}"))
                replies = self._try_recipients(session)
                session.forget()
        except Refused as error:
            return [
                *lines,
                (False, f"E-mail: {server.place}: {self._said(reason(error.stage, error.reply))}"),
            ]
        except (Unfit, Broken) as error:
            return [*lines, (False, f"E-mail: {server.place}: {self._said(str(error))}")]
        taken = [address for address, reply in replies if reply.good]
        if taken:
            lines.append((True, f"E-mail: takes letters for {', '.join(one.spec for one in taken)}"))
        for address, reply in replies:
            if not reply.good and reply.for_now:
                lines.append((True, f"E-mail: {address.spec} is not taken just now: {reply.words}"))
            elif not reply.good:
                lines.append((False, f"E-mail: {Stage.RECIPIENT.value} {address.spec}: {reply.words}"))
        return lines

    def mended(self) -> bool:
        from notifiers.mail.session import Broken, Refused, Session, Unfit

        try:
            with Session(self._server) as session:
                replies = self._try_recipients(session)
                session.forget()
        except (Refused, Unfit, Broken):
            return False
        return any(reply.good or reply.for_now for _, reply in replies)

    def close(self) -> None:
        self._closed = True  # a connection lives as long as one attempt

    def _must_be_open(self) -> None:
        if self._closed:
            raise NotifierClosed(f"the notifier is closed: `{self.name}`")

    def _said(self, words: str) -> str:
        return " ".join(words.split()).rstrip(".")[:400]

    def _hand_over(self, session: Session, message: Message, placement: Placement) -> Outcome:
        from notifiers.mail.errors import Stage, classify, reason
        from notifiers.mail.letter import letter_bytes, write
        from notifiers.mail.session import Refused

        arrived = dict(placement.arrived or {})
        already = set(arrived.get("to", "").split())
        wanted = [one for one in self._recipients if one.spec not in already]
        utf8 = self._utf8(session)
        written = write(
            message,
            placement,
            sender=self._sender,
            recipients=() if self._hide else self._recipients,
            reply_to=self._reply_to,
            list_id=self._list_id,
            notifier=self.name,
        )
        if not wanted:  # whoever is left was taken off the list
            return Outcome(result=Result.SENT, remote=written.remote)
        letter = letter_bytes(written, utf8=utf8)
        most = session.most_bytes
        if most is not None and len(letter) > most:
            return Outcome(
                result=Result.MESSAGE_REFUSED,
                reason=f"the message has {len(letter):,} bytes, the mail server takes {most:,}",
            )
        began = session.begin(self._sender, size=len(letter), utf8=utf8)
        if not began.good:
            raise Refused(Stage.SENDER, began)
        replies = [(one, session.recipient(one)) for one in wanted]
        taken = [one for one, reply in replies if reply.good]
        for_now = {one.spec: reply for one, reply in replies if not reply.good and reply.for_now}
        for_good = {one.spec: reply for one, reply in replies if not reply.good and not reply.for_now}
        if taken:
            stage, reply = session.content(letter)
            if not 200 <= reply.code < 300:
                return Outcome(result=classify(stage, reply), reason=self._said(reason(stage, reply)))
        elif not already:
            (spec, reply), *others = (for_now or for_good).items()
            words = f"{Stage.RECIPIENT.value} {spec}: {reply.words}"
            if others:
                words += f"; {len(others)} more likewise"
            result = Result.LATER if for_now else Result.CHANNEL_REFUSES
            return Outcome(result=result, reason=self._said(words))
        if for_now and not _waited(arrived, placement.now):
            began_at = arrived.get("since") or ("" if placement.now is None else placement.now.isoformat())
            have = sorted(already | {one.spec for one in taken})
            return Outcome(
                result=Result.LATER,
                reason=self._said(f"not yet to {_names(for_now)}"),
                retry_after=AGAIN,
                remote={"to": " ".join(have), "since": began_at},
            )
        missed = for_good | for_now
        remote = written.remote | ({"refused": " ".join(sorted(missed))} if missed else {})
        said = (placement.latest or {}).get("refused") == remote.get("refused")
        words = "" if not missed or said else f"a message went to all but {_names(missed)}"
        return Outcome(result=Result.SENT, remote=remote, reason=self._said(words))

    def _try_recipients(self, session: Session) -> list[tuple[Address, Reply]]:
        """Each recipient and what the server says; nothing is sent. Raises Refused, Unfit, Broken."""
        from notifiers.mail.errors import Stage
        from notifiers.mail.session import Refused

        began = session.begin(self._sender, utf8=self._utf8(session))
        if not began.good:
            raise Refused(Stage.SENDER, began)
        return [(one, session.recipient(one)) for one in self._recipients]

    def _utf8(self, session: Session) -> bool:
        """Whether the letter must go as RFC 6531 has it. Raises Unfit where the server does not know that."""
        from notifiers.mail.session import Unfit

        parties = (self._sender, *self._recipients, *((self._reply_to,) if self._reply_to else ()))
        beyond = [one.spec for one in parties if one.needs_utf8]
        if beyond and not session.knows_utf8:
            raise Unfit(f"the mail server takes no address with letters beyond ASCII: {beyond[0]}")
        return bool(beyond)


def _waited(arrived: Mapping[str, str], now: datetime | None) -> bool:
    """Whether those who were refused for now were waited for long enough."""
    since = arrived.get("since")
    if not arrived or now is None:
        return False
    return not since or now - datetime.fromisoformat(since) >= PATIENCE


def _names(replies: Mapping[str, Reply]) -> str:
    """Who, and why, of a few."""
    named = [f"{spec} ({reply.words})" for spec, reply in sorted(replies.items())]
    return ", ".join(named[:3]) + (f" and {len(named) - 3} more" if len(named) > 3 else "")


def _address(where: str, key: str, text: str) -> Address:
    try:
        return address_of(text)
    except WrongAddress as error:
        raise WrongSettings(f"{where}: {key} {error}: `{text}`", hint="such as `team@example.org`") from None
