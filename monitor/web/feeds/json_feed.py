"""A feed as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/, read 2026-11). Pure."""

from __future__ import annotations

from typing import Any

import msgspec

from monitor.web.feeds.feed import Entry, Feed
from snapshots.instants import stamp

MEDIA_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(feed: Feed) -> bytes:
    value: dict[str, Any] = {
        "version": VERSION,
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.address,
        "description": feed.subtitle,
        "favicon": feed.icon,
        "language": "en",
        "authors": [{"name": "trialbell"}],
    }
    if feed.next is not None:
        value["next_url"] = feed.next
    value["items"] = [_item(one) for one in feed.entries]
    return msgspec.json.format(msgspec.json.encode(value), indent=1)


def _item(one: Entry) -> dict[str, Any]:
    """`_trialbell` is ours, as the format lets one add: what a script would want to sort by."""
    item: dict[str, Any] = {
        "id": one.id,
        "url": one.page,
        "title": one.title,
        "summary": one.summary,
        "content_text": one.text,
        "content_html": one.html,
        "date_published": stamp(one.at),
        "date_modified": stamp(one.at),
        "tags": [one.severity.value, *one.tags],
        "_trialbell": {
            "event": one.event,
            "kind": one.kind,
            "severity": one.severity.value,
            "registry": one.registry,
            "trial": one.trial,
        },
    }
    if one.record is not None:
        item["external_url"] = one.record
    return item
