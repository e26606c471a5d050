"""Where letters are handed over, and how one logs in there: what is known before anybody is asked."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Literal

import msgspec

from notifiers.secret import Secret
from notifiers.text import clean

Security = Literal["starttls", "tls", "none"]
PORTS: dict[Security, int] = {"starttls": 587, "tls": 465, "none": 25}  # RFC 8314, RFC 6409


class Server(msgspec.Struct, frozen=True, kw_only=True):
    host: str
    port: int
    security: Security
    user: str = ""  # "" for no log-in
    password: Secret = Secret("")
    ca_file: Path | None = None  # who may sign the server's certificate, instead of whom this machine trusts
    deadline: float  # seconds, for the whole talk

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port}"

    def masked(self, text: str) -> str:
        """Without the password in it: as it is, as it goes out, and as it reads on one line.

        What came from elsewhere is masked before it is cut, or a part of it would stay, and once more when it was laid
        on one line.
        """
        for secret in (self.password, *map(Secret, self._sent_for_log_in())):
            text = secret.mask(text)
        return Secret(clean(self.password.reveal())).mask(text)

    def plain(self) -> str:
        """RFC 4616."""
        return base64_text(f"\0{self.user}\0{self.password.reveal()}")

    def _sent_for_log_in(self) -> tuple[str, ...]:
        return (self.plain(), base64_text(self.password.reveal())) if self.password else ()


def base64_text(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")
