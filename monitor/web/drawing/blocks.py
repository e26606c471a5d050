"""What a page of a record is made of: sections of facts, texts, lists and tables, as values.

Templates draw these and decide nothing; all strings are plain text that the template escapes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import msgspec

from monitor.web.drawing.prose import MAX_LENGTH, plain, without_addresses
from monitor.web.drawing.terms import is_code, said

LONGEST_CODE = 40  # characters that a word of the registry may have to be kept
_UNSAFE_IN_ADDRESS = re.compile(
    r"[\s\x00-\x20\x7f-\x9f\"'<>\\^`{|}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)


class Cell(msgspec.Struct, frozen=True):  # there may be ten thousand: three times as quick as a dataclass
    """One value as shown. `code` is the registry's own word beside ours; `href` only ever http or https."""

    text: str
    code: str | None = None
    href: str | None = None
    prose: bool = False  # to be drawn as paragraphs and lists
    muted: bool = False  # said by us, not by the record
    at: datetime | None = None  # the moment that `text` is
    exact: bool = False  # of a person, to be shown as it is: addresses are not taken out of it

    @property
    def cut(self) -> bool:
        return len(self.text) > MAX_LENGTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    rows: tuple[tuple[str, Cell], ...]
    kind: str = field(default="facts", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    label: str | None
    cell: Cell
    kind: str = field(default="prose", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    label: str
    items: tuple[Cell, ...]
    left_out: int = 0
    kind: str = field(default="listing", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    left_out: int = 0  # rows that are in the JSON only
    folded: bool = False
    note: str = ""
    dense: bool = False  # short cells, which narrow screens set in one line
    count: str = ""  # said of a folded table instead of its number of rows
    kind: str = field(default="table", init=False)


Block = Facts | Prose | Listing | Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    slug: str  # the anchor on the page
    title: str
    blocks: tuple[Block, ...]
    folded: bool = False


def cell(value: Any, *, prose: bool = False) -> Cell:
    """A JSON value as a cell: codes in words, true and false as yes and no, lists joined."""
    if isinstance(value, bool):
        return Cell("Yes" if value else "No")
    if isinstance(value, str):
        return (_of_code if len(value) <= LONGEST_CODE else _of_text)(value, prose)
    if isinstance(value, (int, float)):
        return Cell(f"{value:,}" if isinstance(value, int) else str(value))
    if isinstance(value, list):
        return Cell(", ".join(cell(member).text for member in value))
    if isinstance(value, dict):
        return Cell("; ".join(f"{key}: {cell(member).text}" for key, member in value.items()))
    return Cell("")


def _of_text(value: str, prose: bool) -> Cell:
    if not prose and is_code(value) and (words := said(value)) != value:
        # Beside words that only spell the code out, the code says nothing more.
        return Cell(words, code=None if words.upper().replace(" ", "_") == value else value)
    return Cell(shown_text(value), prose=prose)


_of_code = lru_cache(maxsize=1024)(_of_text)  # the statuses of a thousand sites are few


def number(value: Any) -> Cell:
    """A figure that is a name, not a quantity: no thousands separators."""
    return Cell(str(value)) if isinstance(value, int) and not isinstance(value, bool) else cell(value)


def shown_text(value: str) -> str:
    return without_addresses(plain(value))


def linked(value: Any) -> Cell:
    """A cell whose text is an address of the record's; it becomes a link only when that is safe."""
    made = cell(value)
    return Cell(made.text, href=safe_href(value) if isinstance(value, str) else None)


def safe_href(address: str) -> str | None:
    """The address when it is plain http or https with a host, and nothing in it is disguised; else None."""
    address = address.strip()
    if len(address) > 2000 or _UNSAFE_IN_ADDRESS.search(address):
        return None
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or "@" in parts.netloc:
        return None
    return address
