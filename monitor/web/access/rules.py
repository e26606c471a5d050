"""Who is let in: a user whom a proxy names, a session, a token. From a request's headers to a visitor.

They are looked at in this order, and the first that is there decides: a proxy with a log-in of its own passes on the
password that a browser sent to it, and that is no guess at our token.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from starlette.datastructures import Headers

from monitor.web.access import sessions
from monitor.web.access.guesses import Guesses
from monitor.web.access.visitor import Visitor, Way
from notifiers.secret import Secret

EVERYBODY = "*"
LONGEST_NAME = 200  # characters of a user's name
_LONGEST_CREDENTIALS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What [web] says of log-ins. With neither a token nor a header there is none."""

    read_token: Secret | None = None
    act_token: Secret | None = None
    user_header: str | None = None
    trusted_proxies: tuple[str, ...] = ()  # addresses and networks
    readers: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        return not (self.has_tokens or self.user_header)

    @property
    def has_tokens(self) -> bool:
        return bool(self.read_token or self.act_token)


class Rules:
    """Of one process. Makes the keys of sessions at its beginning, which is slow on purpose."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.guesses = Guesses()
        given = {"read": access.read_token, "act": access.act_token}
        tokens = {right: secret.reveal() for right, secret in given.items() if secret}
        self._digests = {right: _digest(token) for right, token in tokens.items()}
        self._keys = {right: sessions.key_of(token) for right, token in tokens.items()}
        self._proxies = [ipaddress.ip_network(one) for one in access.trusted_proxies]
        # Wherever what is shown depends on who asks, caches are told so.
        header = (access.user_header,) if access.user_header else ()
        self.vary = ("Cookie", "Authorization", *header)

    def visitor(
        self, headers: Headers, cookie: str | None, peer: str | None, now: datetime
    ) -> Visitor | None:
        """None: nobody whom we know. TooMany. cookie: the session's. peer: the address of the connection."""
        named = self._named(headers, peer)
        if named is not None:
            return named
        if cookie:
            for right, key in self._keys.items():
                if sessions.is_good(key, right, cookie, now):
                    return Visitor(way=Way.SESSION, acts=right == "act", mark=cookie)
        given = headers.getlist("authorization")
        credentials = _credentials(given[0]) if len(given) == 1 and self._digests else None
        if credentials is None:
            return None
        way, token = credentials
        right_found = self.guesses.check(self.client(headers, peer), token, now, self.right_of)
        if right_found is None:
            return None
        # A browser that was asked for a password sends it with everything, whichever page it comes from: to read only.
        return Visitor(way=way, acts=right_found == "act" and way is Way.BEARER, mark=way.value)

    def right_of(self, token: str) -> str | None:
        """`read`, `act` or None. Takes as long for a token that is nearly right."""
        mine = _digest(token)
        found = [right for right, one in self._digests.items() if hmac.compare_digest(one, mine)]
        return found[0] if found else None

    def session(self, right: str, now: datetime) -> str:
        return sessions.made(self._keys[right], right, now)

    def client(self, headers: Headers, peer: str | None) -> str:
        """Who guesses: the address that asks, or that for which a trusted proxy does. What stands further left in
        X-Forwarded-For anybody can have written."""
        address = peer
        hops = ",".join(headers.getlist("x-forwarded-for")).split(",")
        while self._is_trusted(address) and hops:
            hop = _address(hops.pop().strip())
            if hop is None:
                break
            address = hop
        return address or "unknown"

    def _named(self, headers: Headers, peer: str | None) -> Visitor | None:
        if self.access.user_header is None or not self._is_trusted(peer):
            return None
        given = headers.getlist(self.access.user_header)
        names = [name for name in map(_text, given) if name != ""]
        if not names:
            return None
        name = names[0]
        if len(given) > 1 or name is None or len(name) > LONGEST_NAME:
            # Two names, and one of them may be what the browser wrote: nobody then, and nothing else counts either.
            return Visitor(way=Way.PROXY, reads=False)
        acts = _holds(self.access.actors, name)
        reads = acts or _holds(self.access.readers, name)
        return Visitor(way=Way.PROXY, reads=reads, acts=acts, name=name, mark=f"user {name}")

    def _is_trusted(self, address: str | None) -> bool:
        found = None if address is None else _parsed(address)
        return found is not None and any(found in network for network in self._proxies)


def _text(value: str) -> str | None:
    """A header's value as a name; None for what is none: two in one, what cannot be printed, or what a proxy writes
    that has no name to fill in (`{http.auth.user.id}`, Caddy; `(null)`, Apache)."""
    try:
        name = value.encode("latin-1").decode("utf-8").strip()
    except UnicodeDecodeError:
        return None
    return name if name.isprintable() and name != "(null)" and not set(name) & set(",{}") else None


def _holds(names: Iterable[str], name: str) -> bool:
    return any(one in (EVERYBODY, name) for one in names)


def _credentials(value: str) -> tuple[Way, str] | None:
    """RFC 6750, RFC 7617. The user of the latter is whatever they like; all behind the first `:` is the password."""
    scheme, _, rest = value.strip().partition(" ")
    rest = rest.strip()
    if not rest or len(value) > _LONGEST_CREDENTIALS:
        return None
    if scheme.lower() == "bearer":
        return Way.BEARER, rest
    if scheme.lower() == "basic":
        try:
            _, colon, password = base64.b64decode(rest, validate=True).decode("utf-8").partition(":")
        except (binascii.Error, ValueError):
            return None
        return (Way.BASIC, password) if colon and password else None
    return None


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """One of IPv4 in the clothes of IPv6, as a socket for both has it, is one of IPv4."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _address(hop: str) -> str | None:
    """`192.0.2.1`, `192.0.2.1:1234`, `[2001:db8::1]:1234`."""
    if hop.startswith("["):
        hop = hop[1:].partition("]")[0]
    elif hop.count(":") == 1:
        hop = hop.partition(":")[0]
    found = _parsed(hop)
    return None if found is None else str(found)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
