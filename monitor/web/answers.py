"""What a page function answers, and the ways in which it answers that there is no page.

PageError
├── BadQuestion     400: the address or its query cannot be understood
├── Refused         403: understood, and not done
├── NoSuchPage      404: understood, and not here
├── NoLongerHere    410: it was here, and will not come back
├── NotInstalled    501: a package that it needs is missing
└── NotReady        503: it may be there later
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A template and its values."""

    template: str
    path: str  # the page's canonical path
    values: dict[str, Any] = field(default_factory=dict)
    data: Callable[[], Any] | None = None  # the same as JSON, of the address's type
    rows: Callable[[], Iterable[Any]] | None = None  # the same as lines of CSV
    headers: Mapping[str, str] = field(default_factory=dict)  # more of them, as a cookie


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A redirect to a path of ours. permanent: this address is only another way to write that one."""

    path: str
    permanent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Bytes as they are, with what makes them known again."""

    body: bytes
    filename: str  # letters, digits, `.`, `-` and `_`
    media_type: str = "application/json"
    etag: str | None = None  # None: made of the body
    status: int = 200
    live: bool = False  # of this moment alone: never kept, never known again, and no file


Answer = Page | Elsewhere | Document


class PageError(Exception):
    """`str()` is one line for a person, `hint` says what to do."""

    status = 500
    heading = "Something went wrong"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class BadQuestion(PageError):
    status = 400
    heading = "That address cannot be understood"


class Refused(PageError):
    status = 403
    heading = "That was not done"


class NoSuchPage(PageError):
    status = 404
    heading = "There is nothing here"


class NoLongerHere(PageError):
    status = 410
    heading = "This is no longer here"


class NotInstalled(PageError):
    status = 501
    heading = "A package is missing"


class NotReady(PageError):
    status = 503
    heading = "The history cannot be shown now"
