"""Text for letters: cleaned, made inert, shortened at word borders, folded for readers of plain text. Pure."""

from __future__ import annotations

from notifiers.text import clean, cut

WIDTH = 74  # columns of a line of plain text, but for a word that is longer
SHORTENED = " […]"


def lined(text: str) -> str:
    """Lines of text without what cannot be shown, none of them with more than one space between words."""
    return "\n".join(" ".join(line.split()) for line in clean(text, lines=True).split("\n"))


def shorten(text: str, most: int) -> str:
    """At most so many characters, and said so."""
    return cut(text, most, more=SHORTENED)


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
