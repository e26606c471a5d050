"""What stands in a letter: plain text that reads well anywhere, and the same as HTML. Pure.

HTML: styles inline, nothing from elsewhere, no colours of text or ground but one bar, so that a dark screen turns it as
it likes. Every text of a message is escaped and made inert; the only links are the message's own. Texts are whole; past
MOST bytes they are shortened, the longest first, and that is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape

from msgspec.structs import replace

from notifiers.mail.text import flowed, lined, shorten
from notifiers.message import Item, Level, Link, Message
from notifiers.notifier import Placement
from notifiers.text import REPEAT, clean, is_web_address, unlinked

# Of either form, as UTF-8. Gmail shows the first 102 KB of a letter and hides the rest behind "View entire message".
MOST = 100_000
_ITEM_TEXTS = (20_000, 5_000, 1_500, 500, 150)  # characters, tried in turn until everything fits
_LEAST = 10  # bytes that an item takes besides its texts, at least
_LINE_TEXT, _FACTS, _LINKS, _LINK_URL = 1_000, 30, 10, 2_000

_BARS = {
    Level.CRITICAL: "#d93025",
    Level.MAJOR: "#e8710a",
    Level.MINOR: "#c9a400",
    Level.INFO: "#5f7d95",
    Level.NOTICE: "#5f7d95",
    Level.SAMPLE: "#5f7d95",
}
_WEIGHED = frozenset({Level.CRITICAL, Level.MAJOR, Level.MINOR})

_LEFT_OUT = "What changed in each trial is not here, for want of room."
_SHORTENED = "Shortened: the texts are too long for a letter and end in […]. The record has them whole."

_BODY = (
    "margin:0;padding:12px;font-size:16px;line-height:1.45;"
    "font-family:-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif"
)
_HIDDEN = "display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden"
_CELL = "padding:2px 12px 2px 0;vertical-align:top;text-align:left"
_DETAIL = "margin:4px 0 0 12px;font-size:14px;line-height:1.4"
_META = "\n".join(
    (
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        '<meta name="supported-color-schemes" content="light dark">',
        '<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">',
    )
)


def text_of(message: Message, placement: Placement) -> str:
    """As format=flowed."""
    return _fit(message, lambda fitted, notes: _text(fitted, placement, notes))


def html_of(message: Message, placement: Placement) -> str:
    return _fit(message, lambda fitted, notes: _html(fitted, placement, notes))


def _fit(message: Message, render: Callable[[Message, list[str]], str]) -> str:
    """The most that fits: every item at less and less length, then without what stands behind it, then fewer.

    What cannot fit, by its texts alone, is not rendered to see that it does not.
    """
    items = message.items
    for most in (None, *_ITEM_TEXTS):
        if sum(_length(item, most) for item in items) > MOST:
            continue
        cut = items if most is None else tuple(_shortened(item, most) for item in items)
        rendered = render(_cleaned(message, cut), [] if cut == items else [_SHORTENED])
        if _fits(rendered):
            return rendered
    short = tuple(_shortened(replace(item, details=()), _ITEM_TEXTS[-1]) for item in items[: MOST // _LEAST])
    whole = _cleaned(message, short)
    least, most_items = 0, len(short)
    while True:  # the most items that fit
        middle = (least + most_items + 1) // 2
        left_out = [f"… and {len(items) - middle} more"] if middle < len(items) else []
        left_out += [_LEFT_OUT] if any(item.details for item in items) else []
        left_out.append(_SHORTENED)
        rendered = render(replace(whole, items=whole.items[:middle]), left_out)
        if least == most_items:
            return rendered
        least, most_items = (middle, most_items) if _fits(rendered) else (least, middle - 1)


def _length(item: Item, most: int | None) -> int:
    """Of its texts and those behind it in characters, at least."""
    texts = (item.label, item.summary, item.reason, item.before or "", item.after or "")
    own = sum(len(text) if most is None else min(len(text), most) for text in texts)
    return _LEAST + own + sum(_length(one, most) for one in item.details)


def _fits(rendered: str) -> bool:
    return len(rendered) <= MOST and len(rendered.encode()) <= MOST


def _cleaned(message: Message, items: tuple[Item, ...]) -> Message:
    """All texts as they may be shown; what stands elsewhere once is not said twice. items: those that are shown."""
    title = _short(message.title)
    headline = _short(message.headline) or message.level.word
    trial = title.split(" · ")[0]
    if trial and headline.startswith(f"{trial}: "):
        headline = headline.removeprefix(f"{trial}: ")
    facts = tuple((_short(label), _short(value)) for label, value in message.facts[:_FACTS])
    links = tuple(_clean_link(link) for link in message.links[:_LINKS] if is_web_address(link.url, _LINK_URL))
    return replace(
        message,
        headline=headline,
        title=title,
        subtitle=_short(message.subtitle),
        items=tuple(_clean_item(item, headline) for item in items),
        facts=facts,
        links=links,
        footer=_short(message.footer),
    )


def _short(text: str) -> str:
    return unlinked(shorten(clean(text[: 4 * _LINE_TEXT]), _LINE_TEXT))


def _clean_item(item: Item, headline: str) -> Item:
    """What the sentence tells in whole is not told again as before and after."""
    summary = unlinked(clean(item.summary))
    sides = [unlinked(lined(side or "")) for side in (item.before, item.after)]
    before, after = (None if " ".join(side.split()) in summary else side for side in sides)
    return replace(
        item,
        label=unlinked(clean(item.label)),
        summary="" if summary and headline == summary else summary,
        reason=unlinked(clean(item.reason)),
        before=before,
        after=after,
        link=_clean_link(item.link) if item.link and is_web_address(item.link.url, _LINK_URL) else None,
        details=tuple(made for one in item.details if _says_anything(made := _clean_item(one, summary))),
    )


def _says_anything(item: Item) -> bool:
    """More than its label."""
    return bool(item.summary or item.reason or item.before or item.after)


def _clean_link(link: Link) -> Link:
    return replace(link, text=_short(link.text) or "Link")


def _shortened(item: Item, most: int) -> Item:
    return replace(
        item,
        label=shorten(item.label, most),
        summary=shorten(item.summary, most),
        reason=shorten(item.reason, most),
        before=item.before and shorten(item.before, most),
        after=item.after and shorten(item.after, most),
        details=tuple(_shortened(one, most) for one in item.details),
    )


def _mark(level: Level) -> str:
    return f"{level.mark} {level.word}"


# Plain text.


def _text(message: Message, placement: Placement, notes: list[str]) -> str:
    paragraphs = [[f"{_mark(message.level)}: {message.headline}"]]
    if placement.possible_repeat:
        paragraphs.append([f"{REPEAT}."])
    paragraphs.append([message.title, message.subtitle])
    paragraphs += [_text_item(item) for item in message.items]
    paragraphs += [[note] for note in notes]
    paragraphs.append([": ".join(part for part in fact if part) for fact in message.facts])
    paragraphs += [[f"{link.text}:", link.url] for link in message.links]
    filled = ["\n".join(each for each in lines if each) for lines in paragraphs]
    text = flowed(["\n\n".join(each for each in filled if each)])
    # The one line that ends in a space and does not go on (RFC 3676, 4.3).
    return text + ("\n-- \n" + flowed([message.footer]) if message.footer else "")


def _text_item(item: Item) -> list[str]:
    """Of one that leads somewhere, as those of a summary do, whom it is about is a line by itself."""
    parts = [part for part in (item.label, item.summary) if part]
    lines = parts if item.link else [_label_and_summary(item)]
    if item.level in _WEIGHED and parts:
        lines[0] = f"{_mark(item.level)} · {lines[0]}"
    lines += _text_sides(item)
    for one in item.details:
        lines += [f"• {_label_and_summary(one)}", *_text_sides(one)]
    return [*lines, item.link.url if item.link else ""]


def _text_sides(item: Item) -> list[str]:
    lines = [f"Why: {item.reason}"] if item.reason else []
    for word, side in (("Before", item.before), ("After", item.after)):
        if side:
            lines.append(f"{word}: {side}" if "\n" not in side else f"{word}:\n" + _barred(side))
    return lines


def _label_and_summary(item: Item) -> str:
    return ": ".join(part for part in (item.label, item.summary) if part)


def _barred(text: str) -> str:
    return "\n".join(f"| {each}".rstrip() for each in text.split("\n"))


# HTML.


def _html(message: Message, placement: Placement, notes: list[str]) -> str:
    repeat = f'<p style="margin:0 0 12px"><strong>{REPEAT}.</strong></p>' if placement.possible_repeat else ""
    parts = [
        f'<!doctype html>\n<html lang="en"><head>{_META}',
        f"<title>{_escaped(message.headline)}</title></head>",
        f'<body style="{_BODY}">',
        f'<div style="{_HIDDEN}">{_escaped(message.headline)}</div>',
        '<div style="max-width:640px">',
        f'<p style="margin:0 0 4px">{_mark(message.level)}</p>',
        f'<h1 style="margin:0 0 12px;font-size:20px;line-height:1.3" dir="auto">{_escaped(message.headline)}</h1>',
        repeat,
        _html_about(message),
        _html_items(message.items),
        *(f'<p style="margin:12px 0"><em>{_escaped(note)}</em></p>' for note in notes),
        _html_facts(message.facts),
        _html_links(message.links),
    ]
    if message.footer:
        parts.append(f'<p style="margin:16px 0 0;font-size:13px;opacity:0.75">{_escaped(message.footer)}</p>')
    return "\n".join(part for part in [*parts, "</div></body></html>"] if part) + "\n"


def _html_about(message: Message) -> str:
    lines = [f"<strong>{_escaped(message.title)}</strong>"] if message.title else []
    lines += [_escaped(message.subtitle)] if message.subtitle else []
    return f'<p style="margin:0 0 12px" dir="auto">{_lines(lines)}</p>' if lines else ""


def _html_items(items: tuple[Item, ...]) -> str:
    """Of a summary, whose items lead somewhere, a table; else a paragraph with a bar for each."""
    if items and all(item.link for item in items):
        return _table("border-collapse:collapse", map(_html_row, items))
    return "\n".join(map(_html_item, items))


def _html_row(item: Item) -> str:
    assert item.link is not None
    mark = (
        f'<td style="{_CELL};white-space:nowrap">{_mark(item.level)}</td>' if item.level in _WEIGHED else ""
    )
    label = f'<a href="{_escaped(item.link.url)}">{_escaped(item.label or item.link.text)}</a>'
    told = _lines([label, _escaped(item.summary), *_html_sides(item)]) + _html_details(item)
    return f'<tr>{mark}<td style="{_CELL};padding-bottom:8px" dir="auto">{told}</td></tr>'


def _html_item(item: Item) -> str:
    mark = _mark(item.level) if item.level in _WEIGHED else ""
    head = " · ".join(
        part for part in (mark, f"<strong>{_escaped(item.label)}</strong>" * bool(item.label)) if part
    )
    link = f'<a href="{_escaped(item.link.url)}">{_escaped(item.link.text)}</a>' if item.link else ""
    told = _lines([head, _escaped(item.summary), *_html_sides(item), link]) + _html_details(item)
    bar = f"margin:0 0 12px;padding:2px 0 2px 12px;border-left:4px solid {_BARS[item.level]}"
    return f'<div style="{bar}" dir="auto">{told}</div>'


def _html_details(item: Item) -> str:
    """What stands behind it, further in and smaller."""
    made = [_lines([_html_labelled(one), *_html_sides(one)]) for one in item.details]
    return "".join(f'<div style="{_DETAIL}" dir="auto">{one}</div>' for one in made)


def _html_labelled(item: Item) -> str:
    label = f"<strong>{_escaped(item.label)}</strong>" if item.label else ""
    return ": ".join(part for part in (label, _escaped(item.summary)) if part)


def _html_sides(item: Item) -> list[str]:
    parts = [f"<em>{_escaped(item.reason)}</em>"] if item.reason else []
    for word, side in (("Before", item.before), ("After", item.after)):
        if side:
            parts.append(f"<strong>{word}:</strong> {_escaped(side)}")
    return parts


def _html_facts(facts: tuple[tuple[str, str], ...]) -> str:
    head = f"{_CELL};font-weight:normal;opacity:0.75"
    rows = [
        f'<tr><th scope="row" style="{head}">{_escaped(label)}</th>'
        f'<td style="{_CELL}" dir="auto">{_escaped(value)}</td></tr>'
        for label, value in facts
    ]
    return _table("border-collapse:collapse;margin:12px 0;font-size:14px", rows) if rows else ""


def _table(style: str, rows: Iterable[str]) -> str:
    return "\n".join([f'<table style="{style}">', *rows, "</table>"])


def _html_links(links: tuple[Link, ...]) -> str:
    made = [f'<a href="{_escaped(link.url)}">{_escaped(link.text)}</a>' for link in links]
    return f'<p style="margin:12px 0">{" · ".join(made)}</p>' if made else ""


def _escaped(text: str) -> str:
    return escape(text, quote=True).replace("\n", "<br>\n")


def _lines(parts: list[str]) -> str:
    return "<br>\n".join(part for part in parts if part)
