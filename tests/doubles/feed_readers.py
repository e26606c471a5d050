"""Strict readers of feeds: Atom by the MUSTs of RFC 4287, JSON Feed by those of version 1.1. Raise AssertionError."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

ATOM = "{http://www.w3.org/2005/Atom}"
# RFC 3339, as RFC 4287 3.3 wants it: upper case T and Z.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)\Z")
_TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}(?:-\d\d(?:-\d\d)?)?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?%]*\Z")


def atom(body: bytes) -> ElementTree.Element:
    """The feed of an Atom document (RFC 4287 4.1.1, 4.1.2)."""
    feed = ElementTree.fromstring(body)
    assert feed.tag == f"{ATOM}feed"
    _one_of_each(feed, "id", "title", "updated")
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    _tag_uri(_said(feed, "id"))
    _moment(_said(feed, "updated"))
    _links(feed)
    assert [one.get("rel") for one in feed.findall(f"{ATOM}link")].count("self") == 1
    entries = feed.findall(f"{ATOM}entry")
    ids = [_said(one, "id") for one in entries]
    assert len(ids) == len(set(ids))
    for one in entries:
        _one_of_each(one, "id", "title", "updated")
        for name in ("content", "published", "summary"):
            assert len(one.findall(ATOM + name)) <= 1
        _tag_uri(_said(one, "id"))
        _moment(_said(one, "updated"))
        _moment(_said(one, "published"))
        _links(one)
        content = one.find(f"{ATOM}content")
        assert content is not None
        assert content.get("type") == "html"
        assert list(content) == [], "type html: the markup is text"
        for category in one.findall(f"{ATOM}category"):
            assert category.get("term")
    return feed


def atom_entries(body: bytes) -> list[tuple[str, str, str]]:
    """Id, time and title of each entry, in order."""
    return [
        (_said(one, "id"), _said(one, "updated"), _said(one, "title"))
        for one in atom(body).findall(f"{ATOM}entry")
    ]


def link(feed: ElementTree.Element, rel: str) -> str | None:
    found = [one.get("href") for one in feed.findall(f"{ATOM}link") if one.get("rel") == rel]
    return found[0] if found else None


_TOP = {
    *("version", "title", "home_page_url", "feed_url", "description", "user_comment", "next_url", "icon"),
    *("favicon", "authors", "language", "expired", "hubs", "items"),
}
_ITEM = {
    *("id", "url", "external_url", "title", "content_html", "content_text", "summary", "image"),
    *("banner_image", "date_published", "date_modified", "authors", "tags", "language", "attachments"),
}


def json_feed(body: bytes) -> dict[str, Any]:
    """https://www.jsonfeed.org/version/1.1/"""
    feed = json.loads(body.decode("utf-8"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert isinstance(feed["title"], str)
    _known(feed, _TOP)
    for name in ("home_page_url", "feed_url", "next_url", "favicon"):
        if name in feed:
            _address(feed[name])
    assert feed.get("next_url") != feed["feed_url"]
    for author in feed["authors"]:
        assert author.get("name") or author.get("url") or author.get("avatar")
    ids = [item["id"] for item in feed["items"]]
    assert len(ids) == len(set(ids))
    for item in feed["items"]:
        _known(item, _ITEM)
        assert isinstance(item["id"], str)
        assert item["id"]
        _tag_uri(item["id"])
        assert item.get("content_html") or item.get("content_text"), "one of them must be there"
        for name in ("url", "external_url"):
            if name in item:
                _address(item[name])
        for name in ("date_published", "date_modified"):
            _moment(item[name])
        assert all(isinstance(one, str) for one in item["tags"])
        for name in ("title", "summary", "content_text", "content_html"):
            assert isinstance(item[name], str)
    return feed


def _known(value: dict[str, Any], names: set[str]) -> None:
    """Custom objects begin with an underscore, and are objects."""
    for name, inner in value.items():
        assert name in names or (name.startswith("_") and isinstance(inner, dict)), name


def _one_of_each(parent: ElementTree.Element, *names: str) -> None:
    for name in names:
        assert len(parent.findall(ATOM + name)) == 1, name


def _said(parent: ElementTree.Element, name: str) -> str:
    found = parent.find(ATOM + name)
    assert found is not None
    return found.text or ""


def _links(parent: ElementTree.Element) -> None:
    """At most one alternate of a type and language; every href an address."""
    alternates = []
    for one in parent.findall(f"{ATOM}link"):
        _address(one.get("href") or "")
        if one.get("rel", "alternate") == "alternate":
            alternates.append((one.get("type"), one.get("hreflang")))
    assert len(alternates) == len(set(alternates))


def _moment(text: str) -> None:
    assert _MOMENT.match(text), text
    datetime.fromisoformat(text)


def _tag_uri(text: str) -> None:
    """RFC 4151."""
    assert _TAG.match(text), text


def _address(text: str) -> None:
    parts = urlsplit(text)
    assert parts.scheme in ("http", "https"), text
    assert parts.netloc
    assert text.isascii()
    assert not re.search(r"[\s<>\"{}|\\^`]", text), text
