"""A real mail server (aiosmtpd) on this machine that refuses, greylists, drips, and drops connections as it is told."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "alerts@example.org", "open-sesame-é"
OK = "250 2.0.0 taken"


@dataclass(frozen=True, slots=True)
class Taken:
    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def email(self) -> EmailMessage:
        parsed = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def id(self) -> str:
        return self.email["X-Trialbell-Message"]


class DropBefore:
    """The connection breaks when the letter is there, and the server keeps none of it."""


class DropAfter:
    """The server keeps the letter, and the connection breaks before it says so."""


class Drip:
    """The server keeps the letter, and answers a byte at a time without end."""


@dataclass(eq=False)
class Hold:
    """The server has the letter and says nothing until it is let go; then it keeps it, or does not."""

    arrived: threading.Event = field(default_factory=threading.Event)
    _over: threading.Event = field(default_factory=threading.Event)
    _done: threading.Event = field(default_factory=threading.Event)
    _kept: bool = False

    def let_go(self, *, kept: bool) -> None:
        self._kept = kept
        self._over.set()
        assert self._done.wait(30)

    def stand(self, keep: Callable[[], None]) -> None:
        """In the server, in a thread of its own: whoever is at the other end may die meanwhile."""
        self.arrived.set()
        assert self._over.wait(60)
        if self._kept:
            keep()
        self._done.set()


Fault = str | DropBefore | DropAfter | Drip | Hold  # a text is the server's reply


class SmtpRoom:
    """Answers of each kind are taken in turn; without one all goes well."""

    def __init__(
        self,
        *,
        starttls: ssl.SSLContext | None = None,
        tls: ssl.SSLContext | None = None,
        password: str | None = None,
        **settings: Any,
    ) -> None:
        """password: who wants to send must log in as USER with it."""
        self.letters: list[Taken] = []
        self.of_content: deque[Fault] = deque()
        self.of_sender: deque[str] = deque()
        self.of_recipients: dict[str, deque[str]] = {}  # "*" for whoever has none of his own
        self.refused: dict[str, str] = {}  # recipients, each time
        self.password = password
        self.log_ins: list[tuple[str, str]] = []
        self.began = 0  # letters
        self.port = 0
        self._tls = tls
        self._settings = {"hostname": "mail.example.org", "timeout": 60} | settings
        if starttls is not None:
            self._settings |= {"tls_context": starttls, "require_starttls": True}
        if password is not None:
            self._settings |= {
                "auth_required": True,
                "auth_require_tls": starttls is not None,  # it does not know that `tls` is one
                "authenticator": self._authenticate,
            }
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Again after `stop`, in the same place."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._run(self._serve())
        self.port = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        if self._thread is None:
            return
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()
        self._thread = None

    def ids(self) -> list[str]:  # no property: aiosmtpd reads all of those at each connection
        return [letter.id for letter in self.letters]

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.began += 1
        if self.of_sender:
            return self.of_sender.popleft()
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 ok"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        planned = self.of_recipients.get(address) or self.of_recipients.get("*")
        if planned:
            return planned.popleft()
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        fault: Fault = self.of_content.popleft() if self.of_content else OK
        assert isinstance(envelope.original_content, bytes) and envelope.mail_from is not None
        taken = Taken(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.original_content)
        if isinstance(fault, Hold):
            keep = partial(self.letters.append, taken)
            await asyncio.get_running_loop().run_in_executor(None, fault.stand, keep)
        elif isinstance(fault, DropAfter | Drip) or fault == OK:
            self.letters.append(taken)
        assert server.transport is not None
        if isinstance(fault, DropBefore | DropAfter):
            server.transport.abort()
        elif isinstance(fault, Drip):
            while not server.transport.is_closing():
                server.transport.write(b"2")
                await asyncio.sleep(0.01)
        return fault if isinstance(fault, str) else OK

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: LoginPassword
    ) -> AuthResult:
        user, password = given.login.decode(), given.password.decode()
        self.log_ins.append((user, mechanism))
        if (user, password) == (USER, self.password):
            return AuthResult(success=True)
        said = f"535 5.7.8 not {password}: credentials invalid"  # as a careless server would
        return AuthResult(success=False, handled=False, message=said)

    async def _serve(self) -> asyncio.Server:
        def made() -> SMTP:
            return SMTP(self, loop=self._loop, **self._settings)

        return await self._loop.create_server(made, "127.0.0.1", self.port, ssl=self._tls)

    async def _end(self) -> None:
        self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)
