"""One site that changed: what happened to it, and what it and its status are called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

import msgspec

from snapshots.changes.respelling import respelt_site
from snapshots.comparison import Member
from snapshots.countries import country_key
from snapshots.markup import same_in_any_order
from snapshots.reaching import struct, text
from snapshots.terms import counted, said

LOST = {"WITHDRAWN", "SUSPENDED", "TERMINATED"}
RECRUITS = {"RECRUITING", "ENROLLING_BY_INVITATION", "AVAILABLE"}
WILL = RECRUITS | {"NOT_YET_RECRUITING"}
ENDED = {"COMPLETED", "TERMINATED", "WITHDRAWN"}
HAD_CLOSED = {"ACTIVE_NOT_RECRUITING", "COMPLETED"}
PLACE = {"facility", "city", "country", "zip", "state"}
_PUBLIC = ("facility", "status", "city", "state", "zip", "country")  # an unknown key may hold staff


class What(StrEnum):
    """What happened to a site, as a headline counts it."""

    OPENED = "opened"
    RESUMED = "resumed"
    ADDED = "added"
    LISTED = "listed"  # added when it was lost already
    LOST = "lost"
    REMOVED = "removed"
    STATUS = "status"
    RENAMED = "renamed"
    CONTACTS = "contacts"
    DETAILS = "details"


COMING = (What.OPENED, What.RESUMED, What.ADDED)
LEAVING = (What.LOST, What.REMOVED, What.STATUS)
SMALL = (What.RENAMED, What.CONTACTS, What.DETAILS)


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """A site that changed."""

    what: What
    member: Member
    country: str  # as published in the newer record that has it
    key: str  # the country whatever its spelling
    pivotal: bool = False  # it opened or closed its country

    @classmethod
    def of(cls, member: Member, opened: Sequence[str], closed: Sequence[str]) -> Site:
        what = _what(member)
        shown = struct(member.new if member.new_at is not None else member.old)
        country = text(shown.get("country")) or ""
        key = country_key(country)
        opener = key in opened and what in COMING and status_of(shown) in RECRUITS
        closer = key in closed and what in LEAVING
        return cls(what=what, member=member, country=country, key=key, pivotal=opener or closer)

    @property
    def shown(self) -> dict[str, Any]:
        return struct(self.member.new if self.member.new_at is not None else self.member.old)

    @property
    def status(self) -> str | None:
        return status_of(self.shown)

    @property
    def city(self) -> str:
        return text(self.shown.get("city")) or text(self.shown.get("facility")) or ""

    @property
    def name(self) -> str:
        return named(self.shown)

    @property
    def renamed(self) -> bool:
        """Whether it goes by another name now, whatever else happened to it."""
        both = self.member.old_at is not None and self.member.new_at is not None
        if not both or "facility" not in self.member.keys:
            return False
        return not respelt_site(struct(self.member.old), struct(self.member.new), {"facility"})


def changed_keys(member: Member) -> set[str]:
    """The keys of a site that say something new: not a point on the map, nor the same people in another order."""
    old, new = struct(member.old), struct(member.new)
    keys = set(member.keys) - {"geoPoint"}
    return {key for key in keys if key != "contacts" or not same_in_any_order(old.get(key), new.get(key))}


def _what(member: Member) -> What:
    old, new = status_of(member.old), status_of(member.new)
    if member.old_at is None:
        return What.LISTED if new in LOST else What.ADDED
    if member.new_at is None:
        return What.REMOVED
    if old != new:
        if new in RECRUITS and old not in RECRUITS:
            return What.RESUMED if old in LOST | HAD_CLOSED else What.OPENED
        return What.LOST if new in LOST else What.STATUS
    keys = changed_keys(member)
    if keys & PLACE:
        return What.RENAMED
    return What.CONTACTS if "contacts" in keys else What.DETAILS


def status_of(site: Any) -> str | None:
    return text(struct(site).get("status"))


def country_of(site: Any) -> str:
    return country_key(struct(site).get("country"))


def public(site: Any) -> Any:
    """A site without its staff, and without the point on the map."""
    if site is None:
        return None
    return {key: found for key in _PUBLIC if (found := text(struct(site).get(key))) is not None}


def named(site: dict[str, Any]) -> str:
    """`facility, city [postcode], country`, as published."""
    city = text(site.get("city")) or ""
    if code := text(site.get("zip")):
        city = f"{city} [{code}]".strip()
    parts = (text(site.get("facility")) or "", city, text(site.get("country")) or "")
    return ", ".join(part for part in parts if part) or "a site without a name"


def verb(site: Site) -> str:
    match site.what:
        case What.OPENED:
            return "began recruiting"
        case What.RESUMED:
            return "recruiting again"
        case What.LOST:
            return said(site.status).lower()
        case What.LISTED:
            return f"listed as {said(site.status).lower()}"
        case What.STATUS:
            again = "back to" if status_of(site.member.old) in ENDED else "now"
            return f"{again} {said(site.status).lower()}" if site.status else "without a status now"
        case What.CONTACTS:
            return "changed its contacts"
        case What.DETAILS:
            return "edited"
        case _:
            return str(site.what)


def counts(group: Iterable[Site], *, noun: str = "site") -> str:
    """`3 sites began recruiting, 2 added`: what happened to a group, the noun said once."""
    verbs: defaultdict[str, int] = defaultdict(int)
    for site in group:
        stated = f" ({said(site.status).lower()})" if site.what is What.ADDED and site.status else ""
        verbs[verb(site) + stated] += 1
    parts = []
    for number, (words, count) in enumerate(verbs.items()):
        parts.append(f"{counted(count, noun)} {words}" if number == 0 else f"{count} {words}")
    return ", ".join(parts)


def tally(sites: Iterable[Any]) -> str:
    """`12 recruiting, 1 withdrawn`."""
    found: defaultdict[str, int] = defaultdict(int)
    for site in sites:
        status = status_of(site)
        found[said(status).lower() if status else "without a status"] += 1
    return ", ".join(f"{count} {words}" for words, count in found.items())
