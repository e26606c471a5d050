"""The alert of an event that our own code could not put into words: that something happened, and where to look.

Nothing of the event's values or sentences is in it: what failed may be just what keeps people's names out. Pure.
"""

from __future__ import annotations

from typing import Any

from monitor import addresses
from monitor.alerting.text import registry_name
from notifiers.message import Item, Level, Link, Message

_WHAT = "it is stored: look at the trial's history"
_WHY = "a defect of trialbell, written to its log"


def plain_message(
    thread: str,
    *,
    event_id: str,
    kind: str | None,
    url: str | None,
    urgent: bool,
    message_id: str,
    order: int,
    public_url: str | None,
) -> Message:
    """thread: `registry:trial`, as every delivery has it. kind, url: the event's, where they could be read."""
    registry, _, trial = thread.partition(":")
    level = Level.CRITICAL if urgent else Level.MAJOR
    headline = f"{trial}: something happened that could not be put into words"
    links = [Link(text=f"Record on {registry_name(registry)}", url=url)] if url else []
    ours = addresses.whole(public_url, addresses.trial(registry, trial))
    if ours is not None:
        links.append(Link(text="History on our pages", url=ours))
    payload: dict[str, Any] = {
        "id": event_id,
        "event": kind,
        "registry": registry,
        "trial": trial,
        "url": url,
        "severity": level.value,
        "headline": headline.removeprefix(f"{trial}: "),
    }
    return Message(
        id=message_id,
        level=level,
        headline=headline,
        title=trial,
        items=(Item(level=level, label="Not put into words", summary=_WHAT, reason=_WHY),),
        links=tuple(links),
        footer=f"{registry_name(registry)}; not affiliated",
        thread=thread,
        order=order,
        payload=payload,
    )
