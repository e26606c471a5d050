"""The registry's long texts as paragraphs and lists, and nothing else.

The texts are a small dialect of Markdown (`* `, `1. `, backslash escapes). Each character passes through
`escape`; the only elements that come out are p, ul, ol, li and br, written here. Links, emphasis and raw HTML
in a text stay the letters that they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markupsafe import Markup, escape

from monitor.web.drawing.elements import element, together
from monitor.web.drawing.moments import with_moments

MAX_DEPTH = 6  # deeper lists are drawn at this depth
MAX_LENGTH = 60_000  # characters of one text on a page; the longest seen in a registry has 32,037

ITEM = re.compile(r"^(?P<indent>[ \t]*)(?:(?P<bullet>[*+•-])|(?P<number>\d{1,4})[.)])[ \t]+(?P<text>.*)$")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
# Letters that reorder, hide or end what stands around them: a text could dress up as another.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]")
_NO_CHARACTER = re.compile("[\ud800-\udfff\ufffe\uffff]")


def plain(text: str) -> str:
    """The text as it may be shown anywhere: control characters and direction overrides made visible."""
    return text if text.isprintable() else _CONTROL.sub("\ufffd", text)  # none of these is printable


def printable(text: str) -> str:
    """`plain`, and without what XML 1.0 has no character for."""
    return _NO_CHARACTER.sub("\ufffd", plain(text))


def without_addresses(text: str) -> str:
    """E-mail addresses are taken out: people's are never shown, and nothing tells theirs from others."""
    return _EMAIL.sub("[e-mail hidden]", text) if "@" in text else text


def without_domains(text: str) -> str:
    """Who of ours did something, where a proxy names people by their addresses: what stands before the `@`. Enough for
    colleagues, and nobody is reached by it."""
    return _EMAIL.sub(lambda found: found[0].partition("@")[0], text) if "@" in text else text


def unescaped(text: str) -> str:
    return _ESCAPE.sub(r"\1", text) if "\\" in text else text


def shortened(text: str, limit: int = MAX_LENGTH) -> tuple[str, bool]:
    """At most `limit` characters, and whether anything was cut."""
    return (text, False) if len(text) <= limit else (text[:limit].rstrip() + " …", True)


def with_code(text: str) -> Markup:
    """A message of ours, what stands between backticks as code, moments in the reader's zone."""
    parts = plain(text).split("`")
    if len(parts) % 2 == 0:  # a backtick too many: show it as it is
        return with_moments(plain(text))
    return together(element("code", one) if odd % 2 else with_moments(one) for odd, one in enumerate(parts))


def paragraphs(text: str) -> Markup:
    """Safe HTML of a long text."""
    text, _ = shortened(without_addresses(plain(text.replace("\r\n", "\n").replace("\r", "\n"))))
    return together(_pieces(text))  # each piece is escaped where it is made


def _pieces(text: str) -> Iterator[Markup]:
    lists: list[tuple[int, str]] = []  # (indent, element) of the lists that are open
    words: list[str] = []  # lines of the paragraph that is open
    after_blank = False

    def close_paragraph() -> Iterator[Markup]:
        if words:
            lines = [escape(unescaped(line.strip())) for line in words]
            attributes = ' class="lead"' if is_lead(words) else ""
            words.clear()
            yield element("p", Markup("<br>").join(lines), attributes)

    def close_lists(down_to: int) -> Iterator[Markup]:
        while lists and lists[-1][0] >= down_to:
            yield Markup(f"</li></{lists.pop()[1]}>")

    for line in text.split("\n"):
        if not line.strip():
            after_blank = True
            continue
        found = ITEM.match(line)
        if found:
            yield from close_paragraph()
            indent = len(found["indent"].expandtabs(4))
            kind = "ol" if found["number"] else "ul"
            yield from close_lists(indent + 1)
            if lists and (lists[-1][0] == indent or len(lists) == MAX_DEPTH):
                if lists[-1][1] == kind:
                    yield Markup("</li>")
                else:
                    yield Markup(f"</li></{lists.pop()[1]}><{kind}>")
                    lists.append((indent, kind))
            else:
                lists.append((indent, kind))
                yield Markup(f"<{kind}>")
            value = f' value="{int(found["number"])}"' if found["number"] else ""
            yield Markup(f"<li{value}>") + unescaped(found["text"].strip())
        elif lists and (not after_blank or line[0] in " \t"):  # goes on inside the item
            yield Markup("<br>") + unescaped(line.strip())
        else:
            yield from close_lists(0)
            if after_blank:
                yield from close_paragraph()
            words.append(line)
        after_blank = False
    yield from close_paragraph()
    yield from close_lists(0)


def is_lead(lines: Sequence[str]) -> bool:
    """`Inclusion Criteria:` heads what follows."""
    return len(lines) == 1 and len(lines[0]) < 80 and lines[0].rstrip().endswith(":")
