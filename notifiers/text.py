"""Text as every channel takes it in: without what cannot be shown, cut where there is no room; and what is an address
of the web. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

# Before a message that may have arrived already.
REPEAT = "Possible repeat: whether this arrived before could not be found out"
JOINER = "\u2060"  # takes no space, breaks no line, is seen by nobody: between two signs it keeps them apart

# Controls but for the line break; marks that turn the direction of writing of what follows (the one means by
# which a text can change how the words after it look); what takes no room and joins nothing; what is no
# character; lone surrogates, which are no text at all.
_UNSEEMLY = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\ufffe\uffff]"
)
# What mail programs and Slack make a link of, whoever wrote it: a scheme, `www.`, an address, the dots of a host.
_LINKED = re.compile(
    r"(?<=:)(?=//)|(?<=mailto:)|(?<=tel:)|(?<=\w)(?=@\w)|(?<=[^\W_])(?=\.[^\W\d_]{2})", re.IGNORECASE
)
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_BREAKS = re.compile(r"\r\n|[\r\u2028\u2029]")
_MOST = 200_000  # characters that are looked at: more than all parts of a message hold


def clean(text: str, *, lines: bool = False) -> str:
    """Without what cannot be shown. One line, unless `lines`; then none of them ends in a space."""
    if len(text) > _MOST:
        text = text[:_MOST] + "…"
    text = _BREAKS.sub("\n", text).replace("\t", " ")
    text = _SURROGATE.sub("\ufffd", _UNSEEMLY.sub("", text))
    if lines:
        return "\n".join(line.rstrip() for line in text.split("\n")).strip()
    return " ".join(text.split())


def cut(text: str, room: int, weigh: Callable[[str], int] = len, *, more: str = "…") -> str:
    """At most `room`, by `weigh`: ends at the last border of words, if one is in the last half, with `more`."""
    if weigh(text) <= room:
        return text
    most = room - weigh(more)
    low, high = 0, min(len(text), max(most, 0))
    while low < high:  # the longest beginning that fits
        middle = (low + high + 1) // 2
        low, high = (middle, high) if weigh(text[:middle]) <= most else (low, middle - 1)
    head = text[:low]
    border = max((found.start() for found in re.finditer(r"\s", head)), default=-1)
    if border >= low // 2 and not text[low : low + 1].isspace():
        head = head[:border]
    return head.rstrip(JOINER + " \n") + more if most >= 0 else ""


def unlinked(text: str) -> str:
    """Words that no reader's program turns into a link. Of cleaned text."""
    return _LINKED.sub(JOINER, text)


def is_text(text: str) -> bool:
    """Whether it can be written as JSON that everybody reads: a lone surrogate cannot."""
    return _SURROGATE.search(text) is None


def is_web_address(url: str, most: int = 3_000) -> bool:
    """http or https with a host, at most so long, and nothing in it that a reader's program could take for its end."""
    if len(url) > most or not (url.isascii() and url.isprintable()):
        return False
    if any(sign in url for sign in " <>|\"'`\\"):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
    except ValueError:
        return False
