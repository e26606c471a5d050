"""One talk with a mail server: connected, encrypted, signed in, within a deadline. The only home of smtplib.

No timeout of a socket bounds a whole talk, for a server may answer a byte every few seconds: at the deadline the socket
is shut down under whoever waits for it. The name look-up before it is bounded by the resolver alone.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
from contextlib import suppress
from typing import Self

from notifiers.mail.addresses import Address
from notifiers.mail.errors import Reply, Stage, reply_of
from notifiers.mail.server import Server, base64_text

_CONNECT = 30.0  # seconds for each of the host's addresses
_GOODBYE = 5.0  # seconds: what the server says to our going changes nothing
_REPLY = re.compile(rb"([2-5]\d\d)(?:([ -])([^\n]*))?\r?\n")
_LINE_BYTES, _LINES = 8_192, 200  # of one answer: what nobody needs is read no further


class Refused(Exception):
    """The server said no."""

    def __init__(self, stage: Stage, reply: Reply) -> None:
        super().__init__(stage.value)
        self.stage = stage
        self.reply = reply


class Unfit(Exception):
    """The server cannot what it must be able to; a person mends that."""


class Broken(Exception):
    """The connection failed. `str()` says how."""

    def __init__(self, words: str, *, handed_over: bool = False) -> None:
        super().__init__(words)
        self.handed_over = handed_over  # the letter was out as a whole: it may have been taken


class _Smtp(smtplib.SMTP):
    def getreply(self) -> tuple[int, bytes]:
        """Only of whole lines: smtplib takes what came before a connection broke for an answer, `2` for one that is
        good.
        """
        if self.file is None:
            assert self.sock is not None
            self.file = self.sock.makefile("rb")
        texts: list[bytes] = []
        for _ in range(_LINES):
            line = self.file.readline(_LINE_BYTES)
            if not line:
                raise smtplib.SMTPServerDisconnected("the connection was closed")
            found = _REPLY.fullmatch(line)
            if found is None:
                raise smtplib.SMTPServerDisconnected("what came back is no answer of a mail server")
            texts.append((found[3] or b"").strip())
            if found[2] != b"-":
                return int(found[1]), b"\n".join(texts)
        raise smtplib.SMTPServerDisconnected("its answer does not end")


class Session:
    """Use with `with`. Every method raises Broken; the server's no's are told by each."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._smtp = _Smtp(local_hostname="localhost")  # not connected yet
        self._lock = threading.Lock()
        self._late = False
        self._timer = threading.Timer(server.deadline, self._cut)
        self._timer.daemon = True
        self.encryption = ""  # e.g. TLSv1.3

    def __enter__(self) -> Self:
        """Raises Refused, Unfit, Broken."""
        self._timer.start()
        try:
            self._open()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._smtp.sock is not None:
            self._smtp.sock.settimeout(_GOODBYE)
        with suppress(Broken):
            self._ask("QUIT")
        self._close()

    @property
    def most_bytes(self) -> int | None:
        """The longest letter that the server says it takes; of up to 20 digits (RFC 1870, 4), else it says nothing."""
        said = self._smtp.esmtp_features.get("size", "")
        return int(said) or None if said.isdecimal() and len(said) <= 20 else None

    @property
    def knows_utf8(self) -> bool:
        return self._smtp.has_extn("smtputf8")

    def begin(self, sender: Address, *, size: int | None = None, utf8: bool = False) -> Reply:
        """Begin a letter. size: in bytes."""
        options = f" SIZE={size}" if size is not None and self._smtp.has_extn("size") else ""
        # 8BITMIME is part of SMTPUTF8; without it a letter of ours is ASCII.
        options += " BODY=8BITMIME SMTPUTF8" if utf8 else ""
        self._smtp.command_encoding = "utf-8" if utf8 else "ascii"
        return self._ask(f"MAIL FROM:<{sender.spec}>{options}")

    def recipient(self, address: Address) -> Reply:
        return self._ask(f"RCPT TO:<{address.spec}>")

    def forget(self) -> None:
        """Let a letter that was begun be none."""
        self._ask("RSET")

    def content(self, letter: bytes) -> tuple[Stage, Reply]:
        """Hand the letter over, its lines ending in CR LF; the server's word on it."""
        asked = self._ask("DATA")
        if asked.code != 354:
            return Stage.DATA, asked
        stuffed = (b"\r\n" + letter).replace(b"\r\n.", b"\r\n..")[2:]
        self._say(stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n")
        # Until here the server may take none of it (RFC 5321, 4.1.1.4), from here on it may have.
        try:
            self._say(b".\r\n")
            return Stage.CONTENT, self._answer()
        except Broken as error:
            raise Broken(str(error), handed_over=True) from None

    def _open(self) -> None:
        server = self._server
        try:
            sock = socket.create_connection(
                (server.host, server.port), timeout=min(_CONNECT, server.deadline)
            )
            sock.settimeout(server.deadline)
            self._guard(sock)
            # A letter's last line goes out by itself, see `content`: it need not wait for word of what went before.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if server.security == "tls":
                self._encrypt()
        except (OSError, ValueError) as error:
            raise self._broken(error) from None
        self._expect(Stage.GREETING, self._answer())
        self._greet()
        if server.security == "starttls":
            if not self._smtp.has_extn("starttls"):
                raise Unfit(
                    'the mail server offers no STARTTLS; set `security = "tls"` where it has a port for it'
                )
            self._expect(Stage.STARTTLS, self._ask("STARTTLS"))
            try:
                self._encrypt()
            except (OSError, ValueError) as error:
                raise self._broken(error) from None
            self._greet()  # what it said before is forgotten (RFC 3207, 4.2)
        if server.user:
            self._log_in()

    def _greet(self) -> None:
        """By the address that we come from: a name of ours, looked up, could take minutes and say more than it need."""
        assert self._smtp.sock is not None
        here = self._smtp.sock.getsockname()[0]
        self._smtp.local_hostname = f"[IPv6:{here.partition('%')[0]}]" if ":" in here else f"[{here}]"
        try:
            code, text = self._smtp.ehlo()
            if code >= 500:
                code, text = self._smtp.helo()
        except OSError as error:
            raise self._broken(error) from None
        self._expect(Stage.HELLO, reply_of(code, text, self._server.masked))

    def _log_in(self) -> None:
        """By PLAIN or LOGIN, in UTF-8: smtplib's own takes no letter beyond ASCII."""
        offered = self._smtp.esmtp_features.get("auth", "").upper().split()
        server = self._server
        if "PLAIN" in offered:
            self._expect(Stage.LOGIN, self._ask(f"AUTH PLAIN {server.plain()}"))
        elif "LOGIN" in offered:
            reply = self._ask("AUTH LOGIN")
            for text in (server.user, server.password.reveal()):
                if reply.code == 334:
                    reply = self._ask(base64_text(text))
            self._expect(Stage.LOGIN, reply)
        else:
            kinds = ", ".join(offered) or "none"
            raise Unfit(f"the mail server offers no log-in by user and password (it offers: {kinds})")

    def _encrypt(self) -> None:
        assert self._smtp.sock is not None
        try:
            context = ssl.create_default_context(cafile=self._server.ca_file)
        except OSError as error:
            words = (error.strerror or "holds no certificate").lower()
            raise Unfit(f"ca_file cannot be used: {words}: `{self._server.ca_file}`") from None
        wrapped = context.wrap_socket(
            self._smtp.sock, server_hostname=self._server.host, do_handshake_on_connect=False
        )
        self._guard(wrapped)
        wrapped.do_handshake()
        self.encryption = wrapped.version() or "TLS"
        self._smtp.file = None  # nothing that came before it is read after it
        self._smtp.ehlo_resp = self._smtp.helo_resp = None
        self._smtp.esmtp_features = {}

    def _expect(self, stage: Stage, reply: Reply) -> None:
        if not 200 <= reply.code < 300:
            raise Refused(stage, reply)

    def _ask(self, command: str) -> Reply:
        self._say(f"{command}\r\n".encode(self._smtp.command_encoding))
        return self._answer()

    def _say(self, data: bytes) -> None:
        try:
            self._smtp.send(data)
        except OSError as error:
            raise self._broken(error) from None

    def _answer(self) -> Reply:
        try:
            code, text = self._smtp.getreply()
        except OSError as error:
            raise self._broken(error) from None
        return reply_of(code, text, self._server.masked)

    def _broken(self, error: Exception) -> Broken:
        if self._late:
            return Broken(f"no whole answer within {self._server.deadline:g} s")
        if isinstance(error, ssl.SSLCertVerificationError):
            return Broken(f"its certificate is not to be trusted: {error.verify_message}")
        if isinstance(error, OSError) and error.strerror:
            return Broken(error.strerror.lower())
        masked = self._server.masked
        words = masked(" ".join(masked(str(error)).split()))[:200]
        return Broken(words[:1].lower() + words[1:] or type(error).__name__)

    def _guard(self, sock: socket.socket) -> None:
        with self._lock:
            self._smtp.sock = sock
            if self._late:
                _shut(sock)

    def _cut(self) -> None:
        with self._lock:
            self._late = True
            _shut(self._smtp.sock)

    def _close(self) -> None:
        self._timer.cancel()
        with self._lock:
            self._smtp.close()


def _shut(sock: socket.socket | None) -> None:
    if sock is not None:
        with suppress(OSError):
            # Not an SSLSocket's own, which would let the other thread read on without TLS.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)
