"""A feed as Atom 1.0 (RFC 4287), paged as RFC 5005 has it. Pure."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, tostring

from monitor.web.feeds.feed import Entry, Feed
from snapshots.instants import stamp

MEDIA_TYPE = "application/atom+xml"
NAMESPACE = "http://www.w3.org/2005/Atom"


def atom(feed: Feed) -> bytes:
    root = Element("feed", {"xmlns": NAMESPACE, "xml:lang": "en"})
    _text(root, "id", feed.id)
    _text(root, "title", feed.title)
    _text(root, "subtitle", feed.subtitle)
    _text(root, "updated", stamp(feed.updated))
    author = SubElement(root, "author")
    _text(author, "name", "trialbell")
    _link(root, "self", feed.address, MEDIA_TYPE)
    _link(root, "alternate", feed.home, "text/html")
    if feed.first is not None:
        _link(root, "first", feed.first, MEDIA_TYPE)
    if feed.next is not None:
        _link(root, "next", feed.next, MEDIA_TYPE)
    _text(root, "icon", feed.icon)
    _text(root, "generator", "trialbell")
    for one in feed.entries:
        _entry(root, one, feed.severities)
    body: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return body


def _entry(root: Element, one: Entry, severities: str) -> None:
    entry = SubElement(root, "entry")
    _text(entry, "id", one.id)
    _text(entry, "title", one.title)
    _text(entry, "published", stamp(one.at))
    _text(entry, "updated", stamp(one.at))
    _link(entry, "alternate", one.page, "text/html")
    if one.record is not None:
        _link(entry, "related", one.record, "text/html")
    severity = one.severity.value
    SubElement(entry, "category", {"term": severity, "scheme": severities, "label": severity.capitalize()})
    for tag in one.tags:
        SubElement(entry, "category", {"term": tag})
    _text(entry, "summary", one.summary)
    content = SubElement(entry, "content", {"type": "html"})
    content.text = one.html


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _link(parent: Element, rel: str, href: str, type: str) -> None:
    SubElement(parent, "link", {"rel": rel, "href": href, "type": type})
