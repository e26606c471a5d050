"""An event as an entry: the alert's own words, as text and as HTML, each bounded.

What may not be told of people is taken out by `alerting`, as for every channel. What cannot be worded is told plainly:
one event must not keep a feed from being read.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote

import msgspec
import structlog
from markupsafe import Markup, escape

from monitor import addresses
from monitor.alerting.alerts import message_of
from monitor.alerting.discretion import masked
from monitor.alerting.plain import plain_message
from monitor.alerting.text import only_here
from monitor.web.compare.criteria import criteria_changes, name_of, what_of
from monitor.web.compare.marks import CRITERIA
from monitor.web.compare.passages import both_marks, word_marks
from monitor.web.drawing.blocks import safe_href
from monitor.web.drawing.prose import printable, shortened
from monitor.web.drawing.render import SIGNS
from monitor.web.feeds.feed import Entry
from monitor.web.identity import tag
from monitor.web.kept import Kept
from monitor.web.shapes import CriterionChange
from notifiers.message import Item, Message
from snapshots.changeset import Severity
from snapshots.event import Event

log = structlog.get_logger(__name__)

MOST_ITEMS = 40  # of one entry
MOST_CRITERIA = 10
LONGEST_TITLE = 300  # characters
WORDS_BEFORE = 12  # of a long text, shown before the first that differs
LONGEST_VALUE = 1_500  # of each side of a change, and of every other text


_worded: Kept[Entry] = Kept(300)  # of some kilobytes each


def entry(event: Event, *, sequence: int, root: str, began: datetime) -> Entry:
    """event: as the user weighs it. root: the address of our pages, without a slash at its end.

    Kept: who follows a feed asks for the same entries all day.
    """
    made_of = hashlib.sha256(msgspec.json.encode((began, sequence, root, event))).digest()
    return _worded.of(made_of, lambda: _entry(event, sequence, root, began))


def _entry(event: Event, sequence: int, root: str, began: datetime) -> Entry:
    assert event.id is not None, "stored events have an id"
    message = _message(event, sequence, root)
    criteria = _criteria(event)
    title = _line(message.headline, LONGEST_TITLE)
    return Entry(
        id=tag(began, "event", event.id),
        title=title,
        at=event.at or began,
        summary=_line(f"{event.severity.value.capitalize()}: {message.title}", LONGEST_TITLE),
        text=_text(message, event.severity, criteria),
        html=str(_html(message, event.severity, criteria)),
        page=root + _page(event, sequence),
        # A registry on this machine is gone before the feed is read.
        record=None if only_here(event.url) else _address(event.url or ""),
        severity=event.severity,
        tags=event.tags,
        event=event.id,
        kind=event.kind.value,
        registry=event.registry,
        trial=event.trial,
    )


def _page(event: Event, sequence: int) -> str:
    compared = (
        addresses.compare(event.registry, event.trial, event.from_, event.to)
        if event.from_ and event.to
        else None
    )
    return compared or addresses.event(sequence)


def _message(event: Event, sequence: int, root: str) -> Message:
    assert event.id is not None
    try:
        return message_of(event, message_id=event.id, order=sequence, public_url=root, payload=None)
    except Exception as error:
        log.error(
            "event not put into words, plain in feeds",
            event_id=event.id,
            error=type(error).__name__,
            exc_info=True,
        )
        return plain_message(
            f"{event.registry}:{event.trial}",
            event_id=event.id,
            kind=event.kind.value,
            url=event.url,
            urgent=event.severity is Severity.CRITICAL,
            message_id=event.id,
            order=sequence,
            public_url=root,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Criteria:
    """Which criteria changed, told instead of both texts. label: of the item that they belong to."""

    label: str
    told: tuple[CriterionChange, ...] = ()
    more: int = 0

    def of(self, item: Item) -> tuple[CriterionChange, ...]:
        return self.told if item.label == self.label and item.before and item.after else ()


def _criteria(event: Event) -> _Criteria:
    for change in event.changes:
        if change.field == CRITERIA and (found := criteria_changes(change.before, change.after)):
            told = tuple(found[:MOST_CRITERIA])
            return _Criteria(label=change.label, told=told, more=len(found) - len(told))
    return _Criteria(label="")


def _text(message: Message, severity: Severity, criteria: _Criteria) -> str:
    lines = [f"{SIGNS[severity.value]} {severity.value.capitalize()}: {_line(message.title)}"]
    if message.subtitle:
        lines.append(_line(message.subtitle))
    lines.append("")
    for item in message.items[:MOST_ITEMS]:
        lines.append(f"- {_said(item)}")
        if told := criteria.of(item):
            for one in told:
                lines.append(f"  {name_of(one)} {what_of(one)}")
                lines += [f"    {side}: {words}" for side, words in _sides_of(one).items()]
            if criteria.more:
                lines.append(f"  and {criteria.more} more criteria, on the page")
        elif item.before is not None or item.after is not None:
            before, after = _sides(item)
            lines += [f"  before: {before}", f"  after: {after}"]
    if (more := len(message.items) - MOST_ITEMS) > 0:
        lines.append(f"- and {more} more, on the page")
    lines.append("")
    lines += [f"{_line(label)}: {_line(value)}" for label, value in message.facts]
    lines += [f"{_line(text)}: {address}" for text, address in _links(message)]
    lines.append(_line(message.footer))
    return "\n".join(lines)


def _html(message: Message, severity: Severity, criteria: _Criteria) -> Markup:
    made = [
        Markup("<p><strong>{} {}</strong>: {}{}</p>").format(
            SIGNS[severity.value],
            severity.value.capitalize(),
            _line(message.title),
            Markup("<br>{}").format(_line(message.subtitle)) if message.subtitle else "",
        ),
        Markup("<ul>"),
    ]
    for item in message.items[:MOST_ITEMS]:
        sides = Markup("")
        if told := criteria.of(item):
            each = [
                Markup("<li>{} {}: {}</li>").format(name_of(one), what_of(one), _marked(one)) for one in told
            ]
            if criteria.more:
                each.append(Markup("<li>and {} more criteria, on the page</li>").format(criteria.more))
            sides = Markup("<ul>{}</ul>").format(Markup("").join(each))
        elif item.before is not None and item.after is not None:
            sides = Markup("<br>before: {}<br>after: {}").format(*word_marks(*_sides(item)))
        elif item.before is not None or item.after is not None:
            before, after = map(escape, _sides(item))
            sides = Markup(f"<br>before: <del>{before}</del><br>after: <ins>{after}</ins>")
        made.append(Markup(f"<li>{escape(_said(item))}{sides}</li>"))
    if (more := len(message.items) - MOST_ITEMS) > 0:
        made.append(Markup("<li>and {} more, on the page</li>").format(more))
    made.append(Markup("</ul>"))
    if message.facts:
        facts = Markup("<br>").join(
            Markup("{}: {}").format(_line(label), _line(value)) for label, value in message.facts
        )
        made.append(Markup("<p>{}</p>").format(facts))
    links = [Markup('<a href="{}">{}</a>').format(address, _line(text)) for text, address in _links(message)]
    if links:
        made.append(Markup("<p>{}</p>").format(Markup(" · ").join(links)))
    made.append(Markup("<p><small>{}</small></p>").format(_line(message.footer)))
    return Markup("").join(made)


def _links(message: Message) -> list[tuple[str, str]]:
    return [(link.text, address) for link in message.links if (address := _address(link.url))]


def _address(text: str) -> str | None:
    """An address that is safe to follow, with no letter in it that an address cannot have; else None."""
    safe = safe_href(text)
    return None if safe is None else quote(printable(safe), safe="%/:?#[]@!$&'()*+,;=~")


def _said(item: Item) -> str:
    label = f"{item.label}: " if item.label else ""
    return _line(f"{label}{item.summary}" + (f" ({item.reason})" if item.reason else ""))


def _sides_of(one: CriterionChange) -> dict[str, str]:
    """What a criterion said and says; once where it only moved."""
    sides = {"before": None if one.action == "moved" else one.before, "after": one.after}
    return {side: _line(text) for side, text in sides.items() if text is not None}


def _marked(one: CriterionChange) -> Markup:
    sides = _sides_of(one)
    after = sides.get("after", "")
    return both_marks(after if one.action == "moved" else sides.get("before", ""), after)


def _sides(item: Item) -> tuple[str, str]:
    """Before and after; of long texts from shortly before the first word that differs."""
    before, after = ([] if text is None else text.split() for text in (item.before, item.after))
    skipped = 0
    if max(len(item.before or ""), len(item.after or "")) > LONGEST_VALUE:
        pairs = enumerate(zip(before, after, strict=False))
        same = next((at for at, (one, other) in pairs if one != other), min(len(before), len(after)))
        skipped = max(0, same - WORDS_BEFORE)
    lead = "… " if skipped else ""
    sides = [
        "nothing" if text is None else _line(lead + " ".join(words[skipped:]))
        for text, words in ((item.before, before), (item.after, after))
    ]
    return sides[0], sides[1]


@lru_cache(maxsize=2_000)
def _line(text: str, limit: int = LONGEST_VALUE) -> str:
    """One line of any text, as it may stand in XML, too. Kept: each stands in the text and in the HTML."""
    return shortened(masked(printable(" ".join(text.split()))), limit)[0]
