"""A message of the Slack stand-in as a person would see it in Slack, drawn for a terminal.

`draw` gives a rich renderable, `render` plain lines. Whatever a message holds, no control character reaches
the terminal, and a mention or a link is shown as what it is. Without colour nothing is lost but emphasis.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.emoji import Emoji, NoEmoji
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

BAR = "▌ "
REPLY = "  ↳ "
NARROWEST = 24
TWO_COLUMNS = 60  # from this width on, the fields of a section stand side by side

_SLACK_NAMES = {
    "red_circle": "🔴",
    "large_red_circle": "🔴",
    "large_orange_circle": "🟠",
    "large_yellow_circle": "🟡",
    "large_green_circle": "🟢",
    "large_blue_circle": "🔵",
    "white_circle": "⚪",
    "rotating_light": "🚨",
    "information_source": "ℹ",
    "no_bell": "🔕",
}
_MRKDWN = re.compile(
    r"<(?P<mark>[^<>\n]+)>|\*(?P<bold>[^*\n]+)\*|(?<!\w)_(?P<italic>[^_\n]+)_(?!\w)|~(?P<strike>[^~\n]+)~"
    r"|`(?P<code>[^`\n]+)`|:(?P<emoji>[a-z0-9_+-]+):"
)

BOLD, DIM, ITALIC, STRIKE = Style(bold=True), Style(dim=True), Style(italic=True), Style(strike=True)
CODE, HEAD, MENTION = Style(color="cyan"), Style(bold=True), Style(color="yellow", bold=True)
NAME, LINK = Style(bold=True, color="magenta"), Style(color="blue", underline=True)


@dataclass(frozen=True, slots=True)
class Line:
    """One line before wrapping; the marks stand before its first part and before each further one."""

    text: Text
    first: str = ""
    rest: str = ""


class Bubble:
    """One message with a bar at its left; a reply stands further in."""

    def __init__(self, lines: list[Line], *, reply: bool) -> None:
        self._lines = lines
        self._prefix, self._margin = (REPLY, "    ") if reply else ("", "")

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        room = max(NARROWEST, options.max_width - len(self._margin) - len(BAR))
        margin = self._prefix
        for line in self._lines:
            mark = line.first
            for part in line.text.wrap(console, room - len(mark), overflow="fold"):
                part.rstrip()
                part.stylize_before(part.style)  # a text without spans is rendered without its own style
                yield Segment(margin)
                yield Segment(BAR + mark if part.plain else (BAR + mark).rstrip(), DIM)
                yield from part.render(console)
                yield Segment("\n")
                margin, mark = self._margin, line.rest


def draw(message: dict[str, Any], *, width: int, links: bool = False) -> Bubble:
    """`links`: link texts are clickable, so that their addresses need not be spelt out."""
    reply = "thread_ts" in message
    drawer = _Drawer(width - len(BAR) - (4 if reply else 0), links)
    return Bubble([Line(_author(message)), *drawer.body(message)], reply=reply)


def render(message: dict[str, Any], width: int) -> str:
    """Plain text, for a file, a pipe or a test."""
    out = io.StringIO()
    console = Console(file=out, width=max(width, NARROWEST), color_system=None, highlight=False, markup=False)
    console.print(draw(message, width=width), end="")
    return out.getvalue()


def harmless(text: str) -> str:
    """The text without what could steer a terminal or turn its direction; each such character shows as �."""
    return "".join(
        "�" if unicodedata.category(letter) in ("Cc", "Cf", "Cs") and letter not in "\n\t\u200d" else letter
        for letter in text.replace("\r\n", "\n").replace("\t", "    ")
    )


def _author(message: dict[str, Any]) -> Text:
    at = datetime.fromtimestamp(float(message["ts"]), tz=UTC)
    line = Text.assemble(
        (harmless(message.get("username", "")), NAME), (" APP", DIM), (f"  {at:%a %d %b, %H:%M} UTC", DIM)
    )
    if message.get("subtype") == "thread_broadcast":
        line.append("  · reply in the thread, also sent to the channel", DIM)
    elif "thread_ts" in message:
        line.append("  · reply in the thread", DIM)
    return line


class _Drawer:
    """Blocks to lines. `links` as in `draw`."""

    def __init__(self, width: int, links: bool) -> None:
        self._width = max(width, NARROWEST)
        self._links = links

    def body(self, message: dict[str, Any]) -> list[Line]:
        if not message.get("blocks"):
            return _lines(self._mrkdwn(message.get("text", "")))
        return [line for block in message["blocks"] for line in self._block(block)]

    def _block(self, block: dict[str, Any]) -> Iterator[Line]:
        kind = block.get("type")
        if kind == "header":
            yield from _lines(Text(self._plain(block["text"]), HEAD))
        elif kind == "divider":
            yield Line(Text("─" * min(self._width, 40), DIM))
        elif kind == "section":
            yield from self._section(block)
        elif kind == "context":
            parts = [self._element(element) for element in block.get("elements", [])]
            line = Text("  ").join(parts)
            line.stylize(DIM)
            yield from _lines(line)
        elif kind == "actions":
            for element in block.get("elements", []):
                yield Line(self._button(element))
        elif kind == "rich_text":
            for element in block.get("elements", []):
                yield from self._rich(element)
        elif kind == "markdown":
            yield from _lines(Text(harmless(block.get("text", ""))))
        elif kind == "image":
            yield Line(Text(f"[image: {harmless(block.get('alt_text', ''))}]", DIM))
        else:
            yield Line(Text(f"[a block of type {harmless(str(kind))}]", DIM))

    def _section(self, block: dict[str, Any]) -> Iterator[Line]:
        if "text" in block:
            yield from _lines(self._element(block["text"]))
        fields = [self._element(one) for one in block.get("fields", [])]
        if self._width < TWO_COLUMNS:
            for one in fields:
                yield from _lines(one)
        else:
            for at in range(0, len(fields), 2):
                yield from self._row(fields[at : at + 2])
        if "accessory" in block:
            yield Line(self._button(block["accessory"]))

    def _row(self, fields: list[Text]) -> Iterator[Line]:
        """Two fields side by side, each wrapped in its own column."""
        column = self._width // 2 - 1
        console = Console(width=column, file=io.StringIO())
        sides = [
            [part for line in _lines(one) for part in line.text.wrap(console, column, overflow="fold")]
            for one in fields
        ]
        for at in range(max(len(side) for side in sides)):
            left = sides[0][at].copy() if at < len(sides[0]) else Text("")
            left.rstrip()
            if len(sides) > 1 and at < len(sides[1]):
                left.pad_right(column + 2 - left.cell_len)
                left.append_text(sides[1][at])
            yield Line(left)

    def _button(self, element: dict[str, Any]) -> Text:
        if element.get("type") == "image":
            return Text(f"[image: {harmless(element.get('alt_text', ''))}]", DIM)
        label = self._plain(element.get("text", {})) or str(element.get("type"))
        url = harmless(element.get("url", ""))
        line = Text("[ ").append(label, BOLD).append(" ]")
        if url:
            line.append("  ").append(url, LINK + Style(link=url) if self._links else DIM)
        return line

    def _rich(self, element: dict[str, Any]) -> Iterator[Line]:
        kind = element.get("type")
        members = element.get("elements", [])
        if kind == "rich_text_list":
            indent = "  " * element.get("indent", 0)
            for number, member in enumerate(members, start=1 + element.get("offset", 0)):
                mark = f"{number}. " if element.get("style") == "ordered" else "• "
                first, rest = indent + mark, indent + " " * len(mark)
                for line in _lines(self._inline(member.get("elements", []))):
                    yield Line(line.text, first, rest)
                    first = rest
        else:
            mark = {"rich_text_quote": "│ ", "rich_text_preformatted": "  "}.get(str(kind), "")
            for line in _lines(self._inline(members)):
                yield Line(line.text, mark, mark)

    def _inline(self, elements: list[dict[str, Any]]) -> Text:
        line = Text()
        for element in elements:
            kind = element.get("type")
            if kind == "text":
                line.append(harmless(element.get("text", "")), _styled(element.get("style", {})))
            elif kind == "link":
                line.append_text(self._link(element.get("url", ""), element.get("text", "")))
            elif kind == "emoji":
                line.append(_emoji(element.get("name", "")))
            elif kind in ("user", "usergroup", "channel", "broadcast"):
                named = element.get(f"{kind}_id") or element.get("range", "")
                line.append(f"[mention: {harmless(str(named))}]", MENTION)
            elif kind == "date":
                line.append(harmless(element.get("fallback") or _date(element.get("timestamp", 0))))
            else:
                line.append(f"[{harmless(str(kind))}]", DIM)
        return line

    def _element(self, element: dict[str, Any]) -> Text:
        kind = element.get("type")
        if kind == "mrkdwn":
            return self._mrkdwn(element.get("text", ""))
        if kind == "plain_text":
            return Text(self._plain(element))
        if kind == "image":
            return Text(f"[image: {harmless(element.get('alt_text', ''))}]")
        return Text(f"[{harmless(str(kind))}]")

    def _plain(self, element: dict[str, Any]) -> str:
        text = str(element.get("text", ""))
        if element.get("emoji"):
            text = re.sub(r":([a-z0-9_+-]+):", lambda match: _emoji(match[1]), text)
        return harmless(text)

    def _link(self, url: str, label: str) -> Text:
        url, label = harmless(url), harmless(label) or harmless(url)
        if self._links:
            return Text(label, LINK + Style(link=url))
        return Text(label if label == url else f"{label} ({url})")

    def _mrkdwn(self, source: str) -> Text:
        """Slack's own markup. Text that was not escaped may mention and link: shown as what it would do."""
        line, at = Text(), 0
        for match in _MRKDWN.finditer(source):
            line.append(_unescaped(source[at : match.start()]))
            at = match.end()
            if match["mark"]:
                line.append_text(self._marked(match["mark"]))
            elif match["emoji"]:
                line.append(_emoji(match["emoji"]))
            else:
                styles = {"bold": BOLD, "italic": ITALIC, "strike": STRIKE, "code": CODE}
                name = next(name for name in styles if match[name])
                line.append(_unescaped(match[name]), styles[name])
        return line.append(_unescaped(source[at:]))

    def _marked(self, inside: str) -> Text:
        target, _, label = inside.partition("|")
        if target[:1] in "!@#":
            return Text(f"[mention: {_unescaped(label or target[1:])}]", MENTION)
        return self._link(_unescaped(target), _unescaped(label))


def _styled(style: dict[str, Any]) -> Style:
    chosen = Style()
    for name, part in (("bold", BOLD), ("italic", ITALIC), ("strike", STRIKE), ("code", CODE)):
        if style.get(name):
            chosen += part
    return chosen


def _emoji(name: str) -> str:
    if name in _SLACK_NAMES:
        return _SLACK_NAMES[name]
    try:
        return str(Emoji(name))
    except NoEmoji:
        return f":{name}:"


def _date(timestamp: int) -> str:
    return f"{datetime.fromtimestamp(timestamp, tz=UTC):%Y-%m-%d %H:%M} UTC"


def _unescaped(text: str) -> str:
    return harmless(text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def _lines(text: Text) -> list[Line]:
    return [Line(line) for line in text.split("\n", allow_blank=True)] if text.plain else []
