"""One thing that a message tells, as Slack shows it: how bad, what, why, and before and after in a quote. Pure.

An item with a link is one of a summary's trials: a line, its id to be clicked. Each maker also says whether the whole
of it is there.
"""

from __future__ import annotations

import json

from msgspec.structs import replace

from notifiers.message import Item, Level
from notifiers.slack.elements import Block, link, quote, section, words
from notifiers.slack.text import in_json, shorten, side_by_side
from notifiers.text import clean

BETWEEN = " · "
WHOLE = 12_000  # of a message that goes on another, which is cut to size before: nothing in it is shortened
_NAME, _LABEL, _LINE = 40, 100, 160
_DETAIL, _DETAILS = 160, 4_000  # each text of a trial's changes, and all of them: its record has the whole


def severity(level: Level) -> str:
    """Told by a mark and by a word: colours are not seen by everybody, nor on every screen."""
    return f"{level.mark} {level.word}"


def cleaned(item: Item, headline: str) -> Item:
    """What the headline or the sentence tells in whole is not told again beside something else, nor what is the same on
    both sides."""
    summary = clean(item.summary)
    before, after = (clean(side or "", lines=True) for side in (item.before, item.after))
    if before == after:
        before = after = ""
    before, after = ("" if clean(side) in summary else side for side in (before, after))
    reason = clean(item.reason)
    said = headline.endswith(summary) and item.label and (reason or before or after)
    return replace(
        item,
        label=clean(item.label),
        summary="" if said else summary,
        reason=reason,
        before=before,
        after=after,
    )


def told(item: Item, limit: int, *, lead: str) -> tuple[list[Block], bool]:
    """A cleaned item; and whether all of it is there. lead: stands before it. limit: of each text, WHOLE for any."""
    line, kept = (_labelled if item.link is None else _named)(item, limit)
    if lead and line:
        line.insert(0, words(lead))
    if item.link is not None and limit != WHOLE:
        return [section(line)] if line else [], kept and not (item.reason or item.before or item.after)
    reason = shorten(item.reason, limit)
    if reason:
        line.append(words(f"\n{reason}" if line else reason, italic=True))
    parts = [section(line)] if line else []
    before, after = item.before or "", item.after or ""
    if limit != WHOLE:
        before, after = side_by_side(before, after, limit)
    sides = [
        [words(name, bold=True), words(f" {text}")]
        for name, text in (("Was:", before), ("Now:", after))
        if text
    ]
    if len(sides) == 2:
        sides.insert(1, [words("\n\n" if "\n" in before + after else "\n")])
    if limit == WHOLE and item.details:
        parts += _details(item)
    if sides:
        parts.append(quote([element for side in sides for element in side]))
    whole = kept and (reason, before, after) == (item.reason, item.before or "", item.after or "")
    return parts, whole


def _details(item: Item) -> list[Block]:
    """What stands behind a summary's trial, as far as there is room; the weightiest first, as they come."""
    shown: list[Block] = []
    room = _DETAILS
    for place, detail in enumerate(item.details):
        weight = "" if detail.level is item.level else f"{severity(detail.level)}{BETWEEN}"
        made, _ = told(cleaned(detail, item.summary), _DETAIL, lead=f"• {weight}")
        room -= in_json(json.dumps(made, ensure_ascii=False))
        if room < 0:
            return [*shown, section([words(f"… and {len(item.details) - place} more", italic=True)])]
        shown += made
    return shown


def _labelled(item: Item, limit: int) -> tuple[list[Block], bool]:
    """A sentence that begins with its label is not told it twice: `Enrolment cut from 60 to 42`."""
    label = item.label if limit == WHOLE else shorten(item.label, min(limit, _LABEL))
    summary = shorten(item.summary, limit)
    whole = (label, summary) == (item.label, item.summary)
    for start in (label, label.removesuffix("s")):
        rest = summary[len(start) :]
        if start and summary.casefold().startswith(start.casefold()) and not rest[:1].isalnum():
            return _shown(words(start, bold=True), words(rest)), whole
    between = ": " if label and summary else ""
    return _shown(words(label, bold=True), words(between), words(summary)), whole


def _named(item: Item, limit: int) -> tuple[list[Block], bool]:
    """`NCT07146087 · Title: Recruiting → Suspended`, of which the id is to be clicked."""
    name, between, title = item.label.partition(BETWEEN)
    summary = item.summary.removeprefix(f"{name}: ")
    most = (limit,) * 3 if limit == WHOLE else (_NAME, min(limit, _LABEL), min(limit, _LINE))
    shown = [shorten(text, most) for text, most in zip((name, title, summary), most, strict=True)]
    clicked = link(item.link.url, shown[0], most[0], bold=True) if item.link and shown[0] else None
    line = _shown(
        clicked or words(shown[0], bold=True),
        words(f"{between}{shown[1]}" if shown[1] else ""),
        words(f": {shown[2]}" if shown[2] else ""),
    )
    return line, shown == [name, title, summary]


def _shown(*elements: Block) -> list[Block]:
    return [element for element in elements if element["text"]]
