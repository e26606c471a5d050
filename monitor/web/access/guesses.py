"""How often a token may be guessed. Pure but for what it remembers; in memory, bounded.

A client has TRIES at once and one more every EVERY; then it is told to wait, and what it sends meanwhile is not even
looked at. The same wrong token again is no new guess, so that a feed reader with last year's token uses nothing up.
Sessions that stand and users whom a proxy names are never held up: nobody is locked out of where they already are.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

T = TypeVar("T")

TRIES = 10
EVERY = timedelta(seconds=10)
CLIENTS = 1_000  # remembered
_WRONG = 20  # tokens remembered of a client


@dataclass(slots=True)
class _Client:
    left: float
    since: datetime
    wrong: OrderedDict[bytes, None] = field(default_factory=OrderedDict)


class TooMany(Exception):
    """wait: seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(wait)
        self.wait = wait


class Guesses:
    def __init__(self) -> None:
        self._clients: OrderedDict[str, _Client] = OrderedDict()
        self._key = secrets.token_bytes(32)  # what is remembered of a wrong token is of no use to anybody

    def check(self, client: str, token: str, now: datetime, known: Callable[[str], T | None]) -> T | None:
        """What `known` says of the token, where this client may ask. TooMany."""
        mark = hashlib.blake2b(token.encode(), key=self._key, digest_size=16).digest()
        one = self._client(_whose(client), now)
        if mark in one.wrong:
            return None
        if one.left < 1:
            raise TooMany(max(1, int((1 - one.left) * EVERY.total_seconds()) + 1))
        found = known(token)
        if found is None:
            one.left -= 1
            one.wrong[mark] = None
            while len(one.wrong) > _WRONG:
                one.wrong.popitem(last=False)
        return found

    def _client(self, whose: str, now: datetime) -> _Client:
        one = self._clients.pop(whose, None) or _Client(left=TRIES, since=now)
        self._clients[whose] = one
        while len(self._clients) > CLIENTS:
            self._clients.popitem(last=False)
        one.left = min(TRIES, one.left + max(0.0, (now - one.since) / EVERY))
        one.since = now
        return one


def _whose(client: str) -> str:
    """An address of IPv6 stands for its /64: whoever has one has them all."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    if address.version == 6:
        return str(ipaddress.ip_network((int(address), 64), strict=False))
    return client
