"""Where to look: the addresses that an alert gives. Pure."""

from __future__ import annotations

from monitor import addresses
from monitor.alerting.text import only_here, registry_name
from notifiers.message import Link
from snapshots.changeset import Source
from snapshots.event import Event, EventKind


def links_of(event: Event, public_url: str | None) -> tuple[Link, ...]:
    """The registry's record, our page, the registry's own history, as far as each is there."""
    registry = registry_name(event.registry)
    # A registry on this machine is gone before the alert is read: nothing leads there.
    record = None if only_here(event.url) else event.url
    links = [Link(text=f"Record on {registry}", url=record)] if record else []
    compared = (
        addresses.compare(event.registry, event.trial, event.from_, event.to)
        if event.from_ and event.to
        else None
    )
    ours = addresses.whole(public_url, compared or addresses.trial(event.registry, event.trial))
    if ours is not None:
        links.append(
            Link(text="Both versions side by side" if compared else "History on our pages", url=ours)
        )
    theirs = registry_comparison(event)
    if record is not None and theirs is not None:
        links.append(Link(text=f"History on {registry}", url=theirs))
    if event.kind is EventKind.MERGED and event.detail and record and record.endswith(event.trial):
        links.append(Link(text=event.detail, url=record.removesuffix(event.trial) + event.detail))
    return tuple(links)


def registry_comparison(event: Event) -> str | None:
    """ClinicalTrials.gov's own comparison of two archive versions where their numbers are known, else its
    history.

    Neither for a record that is not there.
    """
    if event.registry != "ctgov" or event.url is None or event.kind in (EventKind.GONE, EventKind.MERGED):
        return None
    numbers = _archive_numbers(event)
    if numbers is None:
        return f"{event.url}?tab=history"
    return f"{event.url}?a={numbers[0]}&b={numbers[1]}&tab=history#version-content-panel"


def _archive_numbers(event: Event) -> tuple[int, int] | None:
    ends = (event.from_, event.to)
    numbers = [
        ref.version for ref in ends if ref is not None and ref.source is Source.ARCHIVE and ref.version
    ]
    if len(numbers) == 2:
        return numbers[0], numbers[1]
    if event.steps and event.steps[0].version > 1:
        return event.steps[0].version - 1, event.steps[-1].version
    return None
