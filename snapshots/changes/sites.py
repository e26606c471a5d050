"""Sites: added, opened, lost, removed, by country; and what of their changes only follows the study's own status.

A country opened when its first site recruits, and closed when none of its sites recruits or will while the study
goes on; the sites that made it so carry the weight. Past a dozen changes the data have one line a country; losses
and new names stay single.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from snapshots.changes.context import ENDED, Context
from snapshots.changes.making import change, member_change, member_path
from snapshots.changes.respelling import respelt_site
from snapshots.changeset import Action, FieldChange, Severity
from snapshots.comparison import Difference, Member
from snapshots.countries import country_key, in_words
from snapshots.fields import Field
from snapshots.terms import counted, said, short

SINGLE = 12  # changes told one by one; past that one a country
LOST = {"WITHDRAWN", "SUSPENDED", "TERMINATED"}
RECRUITS = {"RECRUITING", "ENROLLING_BY_INVITATION", "AVAILABLE"}
WILL = RECRUITS | {"NOT_YET_RECRUITING"}
MOST_CITIES = 6  # named in a country's line


class What(StrEnum):
    """What happened to a site, as a headline counts it."""

    OPENED = "opened"
    RESUMED = "resumed"
    ADDED = "added"
    LOST = "lost"
    REMOVED = "removed"
    STATUS = "status"
    RENAMED = "renamed"
    CONTACTS = "contacts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A site that changed."""

    what: What
    member: Member
    country: str  # as published in the newer record that has it
    key: str  # the country whatever its spelling
    pivotal: bool = False  # it opened or closed its country

    @property
    def shown(self) -> dict[str, Any]:
        found = self.member.new if self.member.new_at is not None else self.member.old
        return found if isinstance(found, dict) else {}

    @property
    def status(self) -> str | None:
        status = self.shown.get("status")
        return status if isinstance(status, str) else None

    @property
    def city(self) -> str:
        return str(self.shown.get("city") or self.shown.get("facility") or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sites:
    """All that changed about sites: the field changes, and what a headline is made of."""

    changes: list[FieldChange]
    told: tuple[Site, ...] = ()
    opened: tuple[str, ...] = ()  # countries
    closed: tuple[str, ...] = ()


def site_changes(one: Difference, context: Context) -> Sites:
    field = one.field
    if one.reordered:
        words = "Sites in another order"
        reason = "the same sites in another order"
        return Sites(
            changes=[change(one, words, action=Action.EDITED, severity=Severity.NOISE, reason=reason)]
        )
    noise = [member for member in one.members if _is_noise(member, context)]
    rest = [member for member in one.members if member not in noise]
    follow = [member for member in rest if _follows(member, context)]
    opened, closed = _countries(one, context)
    told = [_site(member, opened, closed) for member in rest if member not in follow]
    changes = _lines(field, told, one) if len(told) > SINGLE else [_single(field, site) for site in told]
    if follow:
        changes.append(
            _together(field, follow, _following(context), Severity.MINOR, "they follow the study's status")
        )
    if noise:
        words = f"{counted(len(noise), 'site')} respelt or located anew"
        changes.append(_together(field, noise, words, Severity.NOISE, "the same sites"))
    names = {site.key: site.country for site in told}
    return Sites(
        changes=changes,
        told=tuple(told),
        opened=tuple(names[key] for key in opened if key in names),
        closed=tuple(names[key] for key in closed if key in names),
    )


def _site(member: Member, opened: Sequence[str], closed: Sequence[str]) -> Site:
    what = _what(member)
    shown = member.new if member.new_at is not None else member.old
    country = str(shown.get("country") or "") if isinstance(shown, dict) else ""
    key = country_key(country)
    status = shown.get("status") if isinstance(shown, dict) else None
    opener = key in opened and what in (What.OPENED, What.RESUMED, What.ADDED) and status in RECRUITS
    closer = key in closed and what in (What.LOST, What.REMOVED, What.STATUS)
    return Site(what=what, member=member, country=country, key=key, pivotal=opener or closer)


def _what(member: Member) -> What:
    old, new = _status(member.old), _status(member.new)
    if member.old_at is None:
        return What.LOST if new in LOST else What.ADDED
    if member.new_at is None:
        return What.REMOVED
    if old != new:
        if new in RECRUITS and old not in RECRUITS:
            return What.RESUMED if old in LOST else What.OPENED
        return What.LOST if new in LOST else What.STATUS
    return What.RENAMED if member.keys & {"facility", "city", "country", "zip", "state"} else What.CONTACTS


def _single(field: Field, site: Site) -> FieldChange:
    member = site.member
    action = (
        Action.ADDED if member.old_at is None else Action.REMOVED if member.new_at is None else Action.EDITED
    )
    words, reason = _sentence(site)
    if site.pivotal:
        reason = (
            "the country closed"
            if site.what in (What.LOST, What.REMOVED, What.STATUS)
            else "a country opened"
        )
    return member_change(
        field,
        action,
        words,
        paths=[member_path(field, member.old_at, member.new_at)],
        before=_told(member.old),
        after=_told(member.new),
        item=_name(site.shown),
        severity=Severity.MAJOR if site.pivotal else Severity.MINOR,
        reason=reason,
    )


def _sentence(site: Site) -> tuple[str, str]:
    """The sentence, and why it weighs what it does."""
    name, member = _name(site.shown), site.member
    old, new = _status(member.old), _status(member.new)
    where = in_words(site.country)
    match site.what:
        case What.ADDED:
            state = f", {said(new).lower()}" if new else ""
            if site.pivotal:
                return f"First recruiting site in {where}: {name}", "a country opened"
            return f"Site added{state}: {name}", "a single site"
        case What.REMOVED:
            left = f", the last in {where}" if site.pivotal else ""
            return f"Site removed{left}: {name}", "a site was lost"
        case What.LOST if member.old_at is None:
            return f"Site listed as {said(new).lower()}: {name}", "a site was lost"
        case What.LOST:
            until = "before it opened" if old == "NOT_YET_RECRUITING" else f"(was {said(old).lower()})"
            return f"Site {said(new).lower()} {until}: {name}", "a site was lost"
        case What.OPENED:
            first = f"Recruitment opened in {where}" if site.pivotal else "Site began recruiting"
            return f"{first}: {name}", "a single site"
        case What.RESUMED:
            return f"Site recruiting again (was {said(old).lower()}): {name}", "a single site"
        case What.STATUS:
            arrow = f"{said(old) if old else 'No status'} → {said(new) if new else 'no status'}"
            return f"Site {_status_words(old, new)}{arrow}: {name}", "a single site"
        case What.RENAMED:
            return f"Site renamed: {_difference(member)}", "a single site"
        case _:
            return f"Contacts changed at {name}", "a single site"


def _status_words(old: str | None, new: str | None) -> str:
    if old in RECRUITS and new in ("ACTIVE_NOT_RECRUITING", "COMPLETED"):
        return "stopped enrolling, "
    return ""


def _difference(member: Member) -> str:
    """Both names; of the place only what changed."""
    parts = []
    for key in ("facility", "city", "state", "zip", "country"):
        if key in member.keys:
            before, after = member.old.get(key), member.new.get(key)
            parts.append(f"{short(str(before or 'none'), 80)} → {short(str(after or 'none'), 80)}")
    where = "" if "city" in member.keys or not member.new.get("city") else f" ({member.new['city']})"
    return "; ".join(parts) + where


def _lines(field: Field, told: Sequence[Site], one: Difference) -> list[FieldChange]:
    """One a country for what came and for what was removed; losses, new names and contacts site by site."""
    single = [site for site in told if site.what in (What.LOST, What.RENAMED, What.CONTACTS)]
    if len(single) > SINGLE:  # then they too are too many to name; losses last
        single = [site for site in single if site.what is What.LOST]
        single = single if len(single) <= SINGLE else []
    groups: defaultdict[tuple[str, bool], list[Site]] = defaultdict(list)
    for site in told:
        if site not in single:
            groups[site.key, site.what is What.REMOVED].append(site)
    ordered = sorted(groups.items(), key=lambda pair: (-_pivotal(pair[1]), -len(pair[1]), pair[0]))
    totals = _totals(one.old), _totals(one.new)
    return [_single(field, site) for site in single] + [_line(field, group, totals) for _, group in ordered]


def _pivotal(group: Sequence[Site]) -> bool:
    return any(site.pivotal for site in group)


def _line(field: Field, group: Sequence[Site], totals: tuple[dict[str, int], dict[str, int]]) -> FieldChange:
    before, after = (total.get(group[0].key, 0) for total in totals)
    where = in_words(group[0].country) or "an unnamed country"
    added = all(site.member.old_at is None for site in group)
    removed = all(site.member.new_at is None for site in group)
    pivotal = _pivotal(group)
    closing = removed or all(site.what in (What.LOST, What.STATUS) for site in group)
    words = counts(group)
    if pivotal and closing:
        words = f"{words} in {where}: none of its sites recruits or will"
    elif pivotal:
        words = f"Recruitment opened in {where}: {words}"
    else:
        words = f"{words} in {where}"
    if removed and after:
        words += f" ({before} → {after})"
    if len(group) <= MOST_CITIES and not added:
        words += f": {', '.join(dict.fromkeys(site.city for site in group))}"
    return member_change(
        field,
        Action.ADDED if added else Action.REMOVED if removed else Action.EDITED,
        words[:1].upper() + words[1:],
        paths=[member_path(field, site.member.old_at, site.member.new_at) for site in group],
        before=None if added else before,
        after=None if removed else after,
        item=group[0].country,
        severity=Severity.MAJOR if pivotal else Severity.MINOR,
        reason=("a country closed" if closing else "a country opened") if pivotal else "single sites",
    )


def counts(group: Sequence[Site], *, noun: str = "site") -> str:
    """`3 sites began recruiting, 2 added`: what happened to a group, the noun said once."""
    verbs: defaultdict[str, int] = defaultdict(int)
    for site in group:
        verbs[verb(site)] += 1
    parts = []
    for number, (words, count) in enumerate(verbs.items()):
        parts.append(f"{counted(count, noun)} {words}" if number == 0 else f"{count} {words}")
    return ", ".join(parts)


def verb(site: Site) -> str:
    match site.what:
        case What.OPENED:
            return "began recruiting"
        case What.RESUMED:
            return "recruiting again"
        case What.LOST:
            return said(site.status).lower()
        case What.STATUS:
            return f"now {said(site.status).lower()}" if site.status else "without a status now"
        case What.CONTACTS:
            return "changed its contacts"
        case _:
            return str(site.what)


def _countries(one: Difference, context: Context) -> tuple[list[str], list[str]]:
    """Keys of the countries that opened, and of those that closed."""
    before, after = _statuses(one.old), _statuses(one.new)
    opened = [key for key in after if after[key] & RECRUITS and not before.get(key, set()) & RECRUITS]
    if context.opening:  # those already listed only follow the study
        opened = [key for key in opened if key not in before]
    if context.ending or context.new_status in ENDED or context.stopping:
        return [], []
    closed = [key for key in before if before[key] & WILL and not after.get(key, set()) & WILL]
    closed += [key for key in before if before[key] == {None} and key not in after]  # nothing of it is left
    return opened, closed


def _is_noise(member: Member, context: Context) -> bool:
    """Equal but for spelling, geography made more exact, or what vanishes because the study ended."""
    if member.old_at is None or member.new_at is None or not isinstance(member.old, dict):
        return False
    rest = member.keys - {"geoPoint"}
    if context.new_status in ENDED:
        rest = rest - {key for key in ("status", "contacts") if member.new.get(key) is None}
    place = rest & {"facility", "city", "state", "zip", "country"}
    return rest == place and respelt_site(member.old, member.new, place)


def _follows(member: Member, context: Context) -> bool:
    """A status or contacts that came or went only because recruitment opened or closed."""
    if (
        member.old_at is None
        or member.new_at is None
        or not member.keys <= {"status", "contacts", "geoPoint"}
    ):
        return False
    for key in member.keys - {"geoPoint"}:
        old, new = member.old.get(key), member.new.get(key)
        if key == "status" and old is not None and new is not None:
            if not (context.opening and new == context.new_status):
                return False
        elif not ((context.opening and old is None) or (context.ending and new is None)):
            return False
    return True


def _following(context: Context) -> str:
    if context.opening:
        return "Site statuses and contacts appeared with the opening of recruitment"
    return "Site statuses and contacts vanished with the end of recruitment"


def _together(
    field: Field, members: list[Member], words: str, severity: Severity, reason: str
) -> FieldChange:
    return member_change(
        field,
        Action.EDITED,
        words,
        paths=[member_path(field, one.old_at, one.new_at) for one in members],
        before=_tally(one.old for one in members),
        after=_tally(one.new for one in members),
        item=counted(len(members), "site"),
        severity=severity,
        reason=reason,
    )


def _tally(sites: Any) -> str:
    """`12 recruiting, 1 withdrawn`."""
    found: defaultdict[str, int] = defaultdict(int)
    for site in sites:
        status = _status(site)
        found[said(status).lower() if status else "without a status"] += 1
    return ", ".join(f"{count} {words}" for words, count in found.items())


def _statuses(sites: Any) -> dict[str, set[str | None]]:
    found: defaultdict[str, set[str | None]] = defaultdict(set)
    for site in _listed(sites):
        found[country_key(site.get("country"))].add(_status(site))
    found.pop("", None)
    return dict(found)


def _totals(sites: Any) -> dict[str, int]:
    found: defaultdict[str, int] = defaultdict(int)
    for site in _listed(sites):
        found[country_key(site.get("country"))] += 1
    return dict(found)


def _listed(sites: Any) -> list[dict[str, Any]]:
    return [site for site in sites if isinstance(site, dict)] if isinstance(sites, list) else []


def _status(site: Any) -> str | None:
    status = site.get("status") if isinstance(site, dict) else None
    return status if isinstance(status, str) else None


def _told(site: Any) -> Any:
    """A site without its staff, and without the point on the map."""
    if not isinstance(site, dict):
        return site
    return {key: value for key, value in site.items() if key not in ("contacts", "geoPoint")}


def _name(site: dict[str, Any]) -> str:
    """`facility, city [postcode], country`, as published."""
    city = str(site.get("city") or "")
    if site.get("zip"):
        city = f"{city} [{site['zip']}]".strip()
    parts = (str(site.get("facility") or ""), city, str(site.get("country") or ""))
    return ", ".join(part for part in parts if part) or "a site without a name"
