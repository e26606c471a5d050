"""Text for Slack: cleaned, measured as Slack measures it, shortened at word borders, and made harmless."""

from __future__ import annotations

import re

# Controls but for the line break; marks that turn the direction of writing of what follows (the one means by
# which a text can change how the words after it look); lone surrogates, which are no text at all.
_UNSEEMLY = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_BREAKS = re.compile(r"\s*[\n\u2028\u2029]\s*")
_MORE = "…"
_MOST = 20_000  # characters that are looked at: no more than 4,000 are ever shown
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def clean(text: str, *, lines: bool = False) -> str:
    """Without what cannot be shown. One line, unless `lines`."""
    if len(text) > _MOST:
        text = text[:_MOST] + _MORE
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = _SURROGATE.sub("\ufffd", _UNSEEMLY.sub("", text))
    if lines:
        return "\n".join(line.rstrip() for line in text.split("\n")).strip()
    return " ".join(_BREAKS.sub(" ", text).split())


def weigh(text: str) -> int:
    """The length by the strictest measure that Slack may use: UTF-16 units, `&`, `<` and `>` as escaped.

    Which of the measures each of its limits goes by is not documented.
    """
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    return units + 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))


def shorten(text: str, limit: int) -> str:
    """At most `limit` by `weigh`: cut at the last border of words, if one is in the last half; with `…`."""
    if len(text) <= limit and weigh(text) <= limit:
        return text
    room = limit - weigh(_MORE)
    if room < 0:
        return ""
    kept, used = 0, 0
    for character in text:
        used += weigh(character)
        if used > room:
            break
        kept += 1
    head = text[:kept]
    if not text[kept].isspace():
        border = max((found.start() for found in re.finditer(r"\s", head)), default=-1)
        if border >= kept // 2:
            head = head[:border]
    return head.rstrip() + _MORE


def escape(text: str) -> str:
    """For `text`, which Slack reads as markup: no mention, no link. `weigh` counts what it escapes."""
    return "".join(_ESCAPES.get(character, character) for character in text)


def disarm(text: str) -> str:
    """For `text`: an address in somebody's words becomes none to click, by a joiner that nobody sees."""
    return text.replace("://", ":\u2060//")
