"""The archive's HTML as the API's markdown: the two forms in which one text reaches us. Pure.

Apart from `markup`, which every comparison reads: the parser of HTML takes its time to load.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any

DEEPEST = 20  # lists within lists that are told apart by their indentation; people write three
_BLOCKS = {"p", "div", "ul", "ol", "h1", "h2", "h3", "h4", "table", "tr"}
_INLINE = {"a", "b", "em", "i", "span", "strong", "sub", "sup", "u"}
_KNOWN = _BLOCKS | _INLINE | {"br", "li", "tbody", "td", "th", "thead"}
_HAS_MARKUP = re.compile(rf"</?(?:{'|'.join(sorted(_KNOWN))})\b[^<>]*>", re.IGNORECASE)

# A `<` that begins no whole tag or comment. Told so, the parser need not look for the end of each to the text's end.
_LOOSE = re.compile(r"<(?!/?[a-zA-Z][^<>]*>|!--[^<>]*(?<=--)>)")


class _Reader(HTMLParser):
    """Writes markdown as the API has it: `* item`, `1. item`, blank lines between paragraphs."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._lists: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _KNOWN:  # a sponsor's `<Mart 200 mg>` is text
            self.parts.append(self.get_starttag_text() or "")
        elif tag in ("ul", "ol"):
            self._lists.append((tag, 0))
        elif tag == "li":
            kind, number = self._lists[-1] if self._lists else ("ul", 0)
            if self._lists:
                self._lists[-1] = (kind, number + 1)
            indent = "   " * min(len(self._lists) - 1, DEEPEST)
            self.parts.append("\n" + indent + (f"{number + 1}. " if kind == "ol" else "* "))
        elif tag == "br":
            self.parts.append("\n")
        elif tag in _BLOCKS and not (tag in ("ul", "ol") and len(self._lists) > 1):
            self.parts.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        if tag in _BLOCKS and not self._lists:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if self._lists and not data.strip():
            return
        self.parts.append(data)


@lru_cache(maxsize=64)  # versions of one trial, read one after the other, share most of their texts
def from_html(text: str) -> str:
    """The archive's HTML as the API's markdown. Text without markup comes back with its entities resolved."""
    if not _HAS_MARKUP.search(text):
        return html.unescape(text).strip()
    reader = _Reader()
    reader.feed(_LOOSE.sub("&lt;", text))
    reader.close()
    joined = "".join(reader.parts)
    joined = re.sub(r"(?<![ \t])[ \t]++\n", "\n", joined)
    return re.sub(r"\n{3,}", "\n\n", joined).strip()


def record_from_archive(record: dict[str, Any]) -> dict[str, Any]:
    """An archived record with every text in the API's form. The record given is not changed."""
    normal = _mapped(record)
    return normal if isinstance(normal, dict) else record


def _mapped(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _mapped(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_mapped(member) for member in value]
    if isinstance(value, str) and ("<" in value or "&" in value):
        return from_html(value)
    return value
