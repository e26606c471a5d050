"""The two forms in which one text reaches us: the API's markdown and the archive's HTML; and what is equal in both.

Pure. `from_html` turns the archive's form into the API's; `normal_text` takes away what is no content.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import Any

_BLOCKS = {"p", "div", "ul", "ol", "h1", "h2", "h3", "h4", "table", "tr"}
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!<>~|^])")
_BULLET = re.compile(r"^\s*(?:[*\-•–]|\d+[.)])\s+", re.MULTILINE)
_TAG = re.compile(r"</?(?:ul|ol|li|p|br|div|sup|sub|b|i|em|strong)\b[^<>]*>", re.IGNORECASE)


class _Reader(HTMLParser):
    """Writes markdown as the API has it: `* item`, `1. item`, blank lines between paragraphs."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._lists: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("ul", "ol"):
            self._lists.append((tag, 0))
        elif tag == "li":
            kind, number = self._lists[-1] if self._lists else ("ul", 0)
            if self._lists:
                self._lists[-1] = (kind, number + 1)
            indent = "   " * (len(self._lists) - 1)
            self.parts.append("\n" + indent + (f"{number + 1}. " if kind == "ol" else "* "))
            return
        if tag == "br":
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


def from_html(text: str) -> str:
    """The archive's HTML as the API's markdown. Text without markup comes back with its entities resolved."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    joined = "".join(reader.parts)
    joined = re.sub(r"[ \t]+\n", "\n", joined)
    return re.sub(r"\n{3,}", "\n\n", joined).strip()


def normal_text(text: str) -> str:
    """What is left when markup, escapes, entities, white space and letters' case are no content."""
    plain = html.unescape(text)
    plain = _TAG.sub(" ", plain)
    plain = _ESCAPED.sub(r"\1", plain)
    plain = _BULLET.sub("", plain)
    return " ".join(plain.split()).casefold()


_MARKED_UP = {
    ("protocolSection", "descriptionModule"): ("briefSummary", "detailedDescription"),
    ("protocolSection", "eligibilityModule"): ("eligibilityCriteria", "studyPopulation"),
}


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
