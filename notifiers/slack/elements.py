"""The few pieces of Block Kit that our messages are made of. Pure.

None of them reads its text as markup: they are plain_text, whose `:fire:` stays as it is, and rich_text.
"""

from __future__ import annotations

from typing import Any

from notifiers.slack.limits import HEADER_TEXT, LINK_URL, TEXT_OBJECT
from notifiers.slack.text import shorten
from notifiers.text import clean, is_web_address

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
    if not is_web_address(url, LINK_URL):
        return None
    shown = shorten(clean(text), limit)
    return {
        "type": "link",
        "url": url,
        **({"text": shown} if shown else {}),
        **({"style": style} if style and shown else {}),
    }


def joined(elements: list[Block], between: str) -> list[Block]:
    made: list[Block] = []
    for element in elements:
        if made:
            made.append(words(between))
        made.append(element)
    return made
