"""The few pieces of Block Kit that our messages are made of. Pure.

None of them reads its text as markup: they are plain_text, whose `:fire:` stays as it is, and rich_text.
"""

from __future__ import annotations

from typing import Any

from notifiers.slack.limits import HEADER_TEXT, LINK_URL, TEXT_OBJECT
from notifiers.slack.text import clean, shorten

Block = dict[str, Any]


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text, HEADER_TEXT)}


def context(text: str) -> Block:
    return {"type": "context", "elements": [plain(text, TEXT_OBJECT)]}


def plain(text: str, limit: int) -> Block:
    # emoji: false, or `:fire:` in a trial's title would become one.
    return {"type": "plain_text", "text": shorten(text, limit), "emoji": False}


def rich(elements: list[Block]) -> Block:
    return {"type": "rich_text", "elements": elements}


def section(elements: list[Block]) -> Block:
    return {"type": "rich_text_section", "elements": elements}


def quote(elements: list[Block]) -> Block:
    return {"type": "rich_text_quote", "elements": elements}


def words(text: str, **style: bool) -> Block:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def link(url: str, text: str, limit: int, **style: bool) -> Block | None:
    """None for what is no address of the web: the text alone is to be shown then, or nothing."""
    if not is_web_address(url):
        return None
    shown = shorten(clean(text), limit)
    return {
        "type": "link",
        "url": url,
        **({"text": shown} if shown else {}),
        **({"style": style} if style and shown else {}),
    }


def is_web_address(url: str) -> bool:
    """http or https, and nothing in it that a parser of Slack's could take for an end of the address."""
    if not url.lower().startswith(("http://", "https://")) or len(url) > LINK_URL:
        return False
    return url.isascii() and url.isprintable() and not any(character in url for character in " <>|\"'`\\")


def joined(elements: list[Block], between: str) -> list[Block]:
    made: list[Block] = []
    for element in elements:
        if made:
            made.append(words(between))
        made.append(element)
    return made
