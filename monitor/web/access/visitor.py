"""Who asks, as far as it is known, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from starlette.requests import Request
from starlette.types import Scope

VISITOR = "trialbell.visitor"  # of a request's scope


class Way(StrEnum):
    """How they came in."""

    OPEN = "open"  # there is no log-in
    PROXY = "proxy"  # a proxy says who they are
    SESSION = "session"  # they wrote a token on the log-in page
    BEARER = "bearer"  # a program with a token
    BASIC = "basic"  # a feed reader or calendar with a token as its password


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    way: Way
    reads: bool = True
    acts: bool = False  # whoever may act may read
    name: str = ""  # as the proxy says; empty where a token or nobody says who it is
    mark: str = ""  # told apart by it: the forms of one are no other's

    @property
    def is_asked(self) -> bool:
        """Whether the pages say who this is, and how to leave."""
        return self.way is not Way.OPEN


ANYBODY = Visitor(way=Way.OPEN, acts=True)


def marked(scope: Scope, visitor: Visitor | None) -> Scope:
    return {**scope, VISITOR: visitor}


def visitor_of(request: Request) -> Visitor | None:
    """Whom the gate let in; None where it let nobody in, on an address that is open to all."""
    found = request.scope.get(VISITOR)
    return found if isinstance(found, Visitor) else None
