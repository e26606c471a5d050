"""Sessions without a table: a cookie that says what its bearer may do and until when, signed by a key made of a token.

It outlives a restart, and ends with its token: another token is another key. The key is made slowly (PBKDF2), so that
who finds a cookie is not helped in guessing the token. A session that was logged out of is remembered (`ended`); to
end the sessions of everybody else, change the token.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

LASTS = timedelta(days=30)
_ROUNDS = 100_000
_LABEL = b"trialbell session 1"
_PLAIN = "trialbell"


class Cookies:
    """How the cookie is called and kept.

    The prefixes make browsers refuse one that another host or plain HTTP has put there (RFC 6265bis, section 4.1.3);
    so where the public root is HTTPS and is what was asked for, no other name is looked at. The same pages asked for
    by `http://127.0.0.1` can keep no such cookie, and have a plain one.

    SameSite is Lax: with Strict the first click on an alert in Slack or a letter would end at the log-in. Nothing is
    done by a GET, and what is done by a POST is checked by `forms` as well.
    """

    def __init__(self, public_url: str | None, prefix: str) -> None:
        """prefix: the path of the public root, or nothing."""
        public = urlsplit(public_url) if public_url else None
        self._path = prefix or "/"
        self._public = None if public is None or public.scheme != "https" else public
        self._safe = "__Secure-trialbell" if prefix else "__Host-trialbell"

    def read(self, request: Request) -> str | None:
        plain = None if self._asks_for_public(request) else request.cookies.get(_PLAIN)
        return (request.cookies.get(self._safe) if self._public else None) or plain

    def put(self, request: Request, response: Response, value: str) -> None:
        """A proxy may have changed the Host header, but not where the form was: Origin says that too."""
        safe = self._asks_for_public(request) or self._comes_from_public(request)
        self._set(response, safe, value, int(LASTS.total_seconds()))

    def take_away(self, response: Response) -> None:
        for safe in (True, False) if self._public else (False,):
            self._set(response, safe, "", 0)

    def _set(self, response: Response, safe: bool, value: str, seconds: int) -> None:
        response.set_cookie(
            self._safe if safe else _PLAIN,
            value,
            max_age=seconds,
            path=self._path,
            secure=safe,
            httponly=True,
            samesite="lax",
        )

    def _asks_for_public(self, request: Request) -> bool:
        host = _hostname(f"//{request.headers.get('host', '')}")
        return self._public is not None and host == self._public.hostname

    def _comes_from_public(self, request: Request) -> bool:
        origin = request.headers.get("origin", "")
        return (
            self._public is not None
            and origin.startswith("https://")
            and _hostname(origin) == self._public.hostname
        )


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


def ends(value: str) -> datetime:
    """When a good session ends by itself, aware UTC."""
    return datetime.fromtimestamp(int(value.split(".")[1]), UTC)


def _mac(key: bytes, body: str) -> str:
    return hmac.new(key, body.encode(), hashlib.sha256).hexdigest()


def _hostname(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
