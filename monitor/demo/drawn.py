"""The channel of the Slack stand-in as a page: messages, threads and buttons, drawn by the demo. It is not Slack's.

One page without scripts, pictures or anything from elsewhere: signs like 🔴 are drawn, for not every machine has a font
for them. Whatever a message holds is text; a link goes to the web and nowhere else. Nothing on it can be pressed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

from monitor.demo.drawn_style import SIGNS, STYLE

_SIGN = re.compile("|".join(map(re.escape, SIGNS)))
_WEB = re.compile(r"https?://", re.IGNORECASE)
NOTE = "Drawn by trialbell's demo. This is not Slack."
_TAGS = {"bold": "strong", "italic": "em", "strike": "s", "code": "code"}

Json = dict[str, Any]


def channel_page(messages: Sequence[Json], *, name: str, path: str) -> str:
    """messages: oldest first, as the stand-in keeps them; replies in a thread alone are counted below its opening.
    path: of the page, below which each message has its own.
    """
    parts: list[str] = []
    day = None
    for one in messages:
        if "thread_ts" in one and one.get("subtype") != "thread_broadcast":
            continue
        if _moment(one).date() != day:
            day = _moment(one).date()
            parts.append(f'<div class="day"><span>{day:%A}, {day.day} {day:%B}</span></div>')
        replies = sum(other.get("thread_ts") == one["ts"] for other in messages)
        to = f"{path}/p{one['ts'].replace('.', '')}"
        below = f'<a class="count" href="{escape(to)}">{_counted(replies)}</a>' if replies else ""
        parts.append(_message(one, "replied to a thread", below))
    return _page(name, f"# {escape(name)}", parts)


def thread_page(messages: Sequence[Json], *, name: str) -> str:
    """A message and what was said below it, in a channel of this name."""
    parts = [_message(one, f"also sent to #{name}") for one in messages]
    if len(messages) > 1:
        parts.insert(1, f'<div class="replies">{_counted(len(messages) - 1)}</div>')
    return _page(name, f"Thread <span>#{escape(name)}</span>", parts)


def _page(name: str, head: str, parts: Sequence[str]) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>#{escape(name)} in trialbell's demo</title><style>{STYLE}</style></head><body><main>"
        f"<header>{head}</header>{''.join(parts)}<footer>{NOTE}</footer></main></body></html>"
    )


def _counted(replies: int) -> str:
    return f"{replies} {'reply' if replies == 1 else 'replies'}"


def _moment(message: Json) -> datetime:
    return datetime.fromtimestamp(float(message["ts"]), tz=UTC)


def _message(message: Json, broadcast: str, below: str = "") -> str:
    """broadcast: what is said above a reply that stands in the channel too."""
    blocks = message.get("blocks")
    body = "".join(map(_block, blocks)) if blocks else f"<p>{_text(message.get('text', ''))}</p>"
    loud = message.get("subtype") == "thread_broadcast"
    also = f'<div class="also">{escape(broadcast)}</div>' if loud else ""
    author = f"<b>{_text(message.get('username', ''))}</b> <i>APP</i> <time>{_moment(message):%H:%M}</time>"
    said = f'<div>{also}<div class="who">{author}</div>{body}{below}</div>'
    return f'<article><div class="face">{SIGNS["🔔"]}</div>{said}</article>'


def _block(block: Json) -> str:
    elements = block.get("elements", [])
    match block.get("type"):
        case "header":
            return f"<h2>{_plain(block['text'])}</h2>"
        case "context":
            return f'<div class="context">{" ".join(map(_plain, elements))}</div>'
        case "rich_text":
            return f'<div class="rich">{"".join(map(_rich, elements))}</div>'
        case "actions":
            return f'<div class="actions">{"".join(map(_button, elements))}</div>'
        case "section":
            texts = [block["text"]] if "text" in block else []
            return "".join(f"<p>{_plain(one)}</p>" for one in [*texts, *block.get("fields", [])])
        case "divider":
            return "<hr>"
        case kind:
            return f"<p>[a block of type {escape(str(kind))}]</p>"


def _plain(text: Json) -> str:
    return _text(text.get("text", ""))


def _button(button: Json) -> str:
    return f'<span class="button">{_plain(button.get("text", {}))}</span>'


def _rich(part: Json) -> str:
    inner = "".join(map(_inline, part.get("elements", [])))
    return f"<blockquote>{inner}</blockquote>" if part.get("type") == "rich_text_quote" else f"<p>{inner}</p>"


def _inline(element: Json) -> str:
    """A text or a link; of anything else, a mention for one, what it is."""
    kind = element.get("type")
    if kind not in ("text", "link"):
        return f"[{escape(str(kind))}]"
    url = element.get("url", "")
    inner = _text(element.get("text") or url)
    for name, tag in _TAGS.items():
        if element.get("style", {}).get(name):
            inner = f"<{tag}>{inner}</{tag}>"
    if kind == "link" and _WEB.match(url):
        return f'<a href="{escape(url)}" rel="noreferrer">{inner}</a>'
    return inner


def _text(text: str) -> str:
    drawn = _SIGN.sub(lambda found: SIGNS[found[0]], escape(text))
    return drawn.replace("\n", "<br>")
