"""Text for letters: cleaned, made inert, shortened at word borders, folded for readers of plain text. Pure."""

from __future__ import annotations

import re

WIDTH = 74  # columns of a line of plain text, but for a word that is longer
SHORTENED = " […]"

# Controls but for the line break; marks that turn the direction of writing of what follows; surrogates and
# characters that are none.
_UNSEEMLY = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_NO_TEXT = re.compile(r"[\ud800-\udfff\ufffe\uffff]")
_BREAKS = re.compile(r"\r\n|[\r\u2028\u2029]")

# What mail programs make a link of, whoever wrote it: a scheme, `www.`, an address, the dots of a host. A joiner
# that nobody sees keeps them from it.
_JOINER = "\u2060"
_LINKED = re.compile(
    r"(?<=:)(?=//)|(?<=mailto:)|(?<=tel:)|(?<=\w)(?=@\w)|(?<=[^\W_])(?=\.[^\W\d_]{2})", re.IGNORECASE
)


def clean(text: str) -> str:
    """Lines of text without what cannot be shown, none of them ending in a space."""
    text = _BREAKS.sub("\n", text).replace("\t", " ")
    text = _NO_TEXT.sub("\ufffd", _UNSEEMLY.sub("", text))
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()


def line(text: str) -> str:
    """The same as one line."""
    return " ".join(clean(text).split())


def inert(text: str) -> str:
    """Words that no mail program turns into a link. Of cleaned text."""
    return _LINKED.sub(_JOINER, text)


def shorten(text: str, most: int) -> str:
    """At most so many characters: cut at the last border of words, if one is in the last half, and said so."""
    if len(text) <= most:
        return text
    head = text[: max(most - len(SHORTENED), 0)]
    border = max(head.rfind(" "), head.rfind("\n"))
    if not text[len(head)].isspace() and border >= len(head) // 2:
        head = head[:border]
    return head.rstrip() + SHORTENED


def flowed(lines: list[str]) -> str:
    """As format=flowed (RFC 3676): a line that goes on ends in a space, so that a reader may join them anew.

    Who does not know the format sees lines of WIDTH columns. Lines may hold line breaks.
    """
    out: list[str] = []
    for whole in "\n".join(lines).split("\n"):
        rest = ""
        for word in whole.split():
            if rest and len(rest) + 1 + len(word) > WIDTH:
                out.append(_stuffed(rest) + " ")
                rest = word
            else:
                rest = f"{rest} {word}" if rest else word
        out.append(_stuffed(rest))
    return "\n".join(out) + "\n"


def _stuffed(text: str) -> str:
    """A space before what would be read as a quotation, or as the head of a mailbox file (RFC 3676, 4.4)."""
    return f" {text}" if text.startswith((">", "From ")) or text == "--" else text
