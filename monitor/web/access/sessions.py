"""Sessions without a table: a cookie that says what its bearer may do and until when, signed by a key made of a token.

It outlives a restart, and ends with its token: another token is another key. The key is made slowly (PBKDF2), so that
who finds a cookie is not helped in guessing the token. Logging out makes the browser forget its cookie; to end the
sessions of everybody else, change the token.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from starlette.responses import Response

LASTS = timedelta(days=30)
_ROUNDS = 100_000
_LABEL = b"trialbell session 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """How the cookie is called and kept; by the host that was asked for.

    The prefixes make browsers refuse one that another host or plain HTTP has put there (RFC 6265bis, section 4.1.3).
    SameSite is Lax: with Strict the first click on an alert in Slack or a letter would end at the log-in. Nothing is
    done by a GET, and what is done by a POST is checked by `forms` as well.
    """

    name: str
    path: str
    secure: bool

    @classmethod
    def of(cls, host: str, public_url: str | None, prefix: str) -> Cookie:
        """host: the Host header. Secure where it is the public one and that is HTTPS: the same pages asked for by
        `http://127.0.0.1` can keep no such cookie."""
        public = urlsplit(public_url) if public_url else None
        if public is None or public.scheme != "https" or not _same_host(host, public.netloc):
            return cls(name="trialbell", path=prefix or "/", secure=False)
        if prefix:
            return cls(name="__Secure-trialbell", path=prefix, secure=True)
        return cls(name="__Host-trialbell", path="/", secure=True)

    def put(self, response: Response, value: str) -> None:
        response.set_cookie(
            self.name,
            value,
            max_age=int(LASTS.total_seconds()),
            path=self.path,
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )

    def take_away(self, response: Response) -> None:
        response.delete_cookie(self.name, path=self.path, secure=self.secure, httponly=True, samesite="lax")


def key_of(token: str) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", token.encode(), _LABEL, _ROUNDS)


def made(key: bytes, right: str, now: datetime) -> str:
    """right: `read` or `act`, whose key it is. `act.1798718400.x1….5f…`."""
    body = f"{right}.{int((now + LASTS).timestamp())}.{secrets.token_urlsafe(9)}"
    return f"{body}.{_mac(key, body)}"


def is_good(key: bytes, right: str, value: str, now: datetime) -> bool:
    """Whether this is a session of that right, signed with its key, whose time has not passed."""
    body, _, mac = value.rpartition(".")
    if len(value) > 200 or not value.isascii():
        return False
    if not hmac.compare_digest(mac.encode(), _mac(key, body).encode()):
        return False
    said, ends, _ = body.split(".")  # ours: it is signed
    return said == right and now.timestamp() < int(ends) <= (now + LASTS).timestamp() + 60


def _mac(key: bytes, body: str) -> str:
    return hmac.new(key, body.encode(), hashlib.sha256).hexdigest()


def _same_host(host: str, public: str) -> bool:
    """Without the port that HTTPS has anyway; whatever user information stands before it is no host."""
    return host.lower().removesuffix(":443") == public.lower().rpartition("@")[2].removesuffix(":443")
