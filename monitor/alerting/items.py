"""What an event tells, thing by thing: what changed, why it matters, before and after. Pure.

Nothing is said twice: not what the headline tells, nor a reason that is the sentence over again, nor one reason twice.
"""

from __future__ import annotations

from msgspec.structs import replace

from monitor.alerting.deadlines import deadline_item
from monitor.alerting.discretion import names_staff
from monitor.alerting.text import before_and_after, is_said, says_more
from notifiers.message import Item, Level
from snapshots.changeset import FieldChange, Severity
from snapshots.dates import in_words
from snapshots.event import Event, EventKind
from snapshots.markup import unmarked

LEVELS = {
    Severity.CRITICAL: Level.CRITICAL,
    Severity.MAJOR: Level.MAJOR,
    Severity.MINOR: Level.MINOR,
    # Made minor by hand between routing and sending; it was promised, so it is sent.
    Severity.NOISE: Level.MINOR,
}


def items_of(event: Event) -> tuple[Item, ...]:
    """What changed; then the registry's own steps towards it, in order. Contacts of many people are one line.

    None where the headline tells all there is.
    """
    items = [_item(change, event.headline) for change in event.changes if _tells(change, event)]
    if event.kind is not EventKind.CHANGED:
        items.insert(0, _happening(event))
    for step in event.steps:
        if len(event.steps) == 1 and step.headline == event.headline:
            continue  # the one step is the whole: its date is among the facts
        items.append(
            Item(
                level=LEVELS[step.severity],
                label=f"Registry's version {step.version}, submitted {in_words(step.submitted)}",
                summary=unmarked(step.headline),
            )
        )
    return _paired(_once(items), event.headline)


def _once(items: list[Item]) -> tuple[Item, ...]:
    """Without what says nothing, or nothing new; a reason is given where it stands first."""
    kept: dict[Item, None] = {}
    reasons: set[str] = set()
    for item in items:
        if item.reason in reasons:
            item = replace(item, reason="")
        if item.summary in reasons and (item.before or item.after):
            item = replace(item, summary="")
        reasons |= {item.reason, item.summary}
        if item.summary or item.reason or item.before or item.after:
            kept[item] = None
    return tuple(kept)


def _paired(items: tuple[Item, ...], headline: str) -> tuple[Item, ...]:
    """One dropped and one added stand as before and after where the headline says that the one replaced the other."""
    if "replaced" not in headline:
        return items
    made: list[Item] = []
    for item in items:
        last = made[-1] if made else None
        bare = last is not None and not (last.summary or last.reason or item.summary or item.reason)
        if last is not None and bare and (last.label, last.after, item.before) == (item.label, None, None):
            made[-1] = replace(last, after=item.after)
        else:
            made.append(item)
    return tuple(made)


def _tells(change: FieldChange, event: Event) -> bool:
    """No noise; and no reason for stopping apart from the status that it was given for."""
    if change.severity is Severity.NOISE:
        return False
    reason = change.after if change.field == "why-stopped" else None
    return not (reason and any(str(reason) in one.summary for one in event.changes if one is not change))


def _item(change: FieldChange, headline: str) -> Item:
    """What the headline says already is not said again: of such a change there is left why it matters."""
    before, after = (None, None) if names_staff(change) else before_and_after(change)
    said = is_said(change, headline)
    reason = (
        change.reason
        if says_more(change.reason, f"{headline} {change.summary}" if said else change.summary)
        else ""
    )
    return Item(
        level=LEVELS[change.severity],
        label=change.label,
        summary=reason if said else unmarked(change.summary),
        reason="" if said else reason,
        before=before,
        after=after,
    )


def _happening(event: Event) -> Item:
    """Of an event that is no change of the record, what the headline does not tell."""
    if event.kind is EventKind.DEADLINE:
        return deadline_item(event, LEVELS[event.severity])
    label, summary = {
        EventKind.ENTERED: ("New to the watch", "it did not match before"),
        EventKind.RETURNED: ("Watched again", "it had matched before, and then not for a while"),
        EventKind.LEFT: (
            "No longer followed",
            "its record is still there; this watch tells of it again when it matches again",
        ),
        EventKind.GONE: (
            "Record gone",
            "records are hardly ever taken down; what was seen stays readable here",
        ),
        EventKind.BACK: ("Record back", "it had been taken down"),
        EventKind.MERGED: (
            "Record merged",
            f"the registry held the trial twice; it goes on as {event.detail or 'another record'}",
        ),
        EventKind.CHANGED: ("Changed", event.headline),
    }[event.kind]
    return Item(level=LEVELS[event.severity], label=label, summary=summary)
