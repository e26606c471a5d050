"""One address of ours: what answers it, what it may be asked for, and the forms in which it answers.

The rooms list their addresses as values; `app` makes routes of them and `api` the OpenAPI description, so that the
two cannot differ. The same address answers people and programs: HTML, or by `.json`, `.csv` at its end or the Accept
header (RFC 9110, section 12.5.1) the same as data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec

from monitor.web.answers import Answer, Document
from monitor.web.reading import Reading
from monitor.web.setting import Setting


class Format(StrEnum):
    HTML = "html"
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A query parameter. schema: JSON Schema of its text, for the description; the function itself checks it."""

    name: str
    description: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string", "maxLength": 200})
    required: bool = False  # else it may be left out, or empty as forms send it


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a function is asked. Within it the database shows one state."""

    reader: Reading
    setting: Setting
    path: Mapping[str, str]  # the variable parts of the path; `trial` as the registry writes it
    query: Mapping[str, str]  # where the address has parameters, no other names
    format: Format
    root: str  # the whole address of our pages, without a slash at its end
    cookies: Mapping[str, str]
    accept: str = ""  # the header, for a document that comes in more than one type

    @property
    def registry(self) -> str:
        return self.path["registry"]

    @property
    def trial(self) -> str:
        return self.path["trial"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """path: as Starlette writes it; below `/trials/{registry}/{trial}` ids written otherwise are sent on.

    What `work` answers: a Page for people, whose `data` and `rows` are made only when asked for; a Document where
    the address has one form only.
    """

    path: str
    name: str  # of the operation in the description, snake_case, unique
    summary: str  # one line without a full stop
    work: Callable[[Asked], Answer]
    parameters: tuple[Parameter, ...] = ()  # where there are some, another name is refused
    data: Any = None  # type of the JSON; None: there is none
    rows: type[msgspec.Struct] | None = None  # of one line of the CSV; None: there is none
    documents: tuple[str, ...] = ()  # media types of an address that answers with Documents
    shapes: tuple[Any, ...] = ()  # types of a Document that is JSON; one of them it is
    sends_on: int | None = None  # status with which it may redirect, beside 308 for an id written otherwise
    answers: bool = True  # False: it does nothing but redirect
    nav: str | None = None  # its name in the main navigation
    here: bool = False  # it tells of the service's own process, and is answered there
    # What it answers when the database cannot be read, given why; None: what every address does.
    unread: Callable[[Exception, Setting], Document] | None = None

    @property
    def file(self) -> str:
        """What `.json` and `.csv` are put behind."""
        return "/today" if self.path == "/" else self.path
