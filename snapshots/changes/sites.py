"""Sites: added, removed, opened, closed, by country; and what of their changes only follows the study's own status.

A country opened when its first site recruits, and closed when none of its sites recruits or will while the study
goes on. Past a dozen changes the data have one line a country; losses stay single.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from snapshots.changes.context import ENDED, Context
from snapshots.changes.making import change, member_change, member_path
from snapshots.changeset import Action, FieldChange, Severity
from snapshots.comparison import Difference, Member
from snapshots.fields import Field
from snapshots.pairing import folded
from snapshots.terms import counted, said, short

SINGLE = 12  # changes told one by one; past that one a country
LOST = {"WITHDRAWN", "SUSPENDED", "TERMINATED"}
RECRUITS = {"RECRUITING", "ENROLLING_BY_INVITATION", "AVAILABLE"}
WILL = RECRUITS | {"NOT_YET_RECRUITING"}
_PLACE = {"facility", "city", "state", "zip", "country", "geoPoint"}


def site_changes(one: Difference, context: Context) -> list[FieldChange]:
    field = one.field
    if one.reordered:
        return [
            change(
                one,
                "Sites in another order",
                action=Action.EDITED,
                severity=Severity.NOISE,
                reason="the same sites in another order",
            )
        ]
    noise: list[Member] = []
    follow: list[Member] = []
    told: list[FieldChange] = []
    for member in one.members:
        if _is_noise(member, context):
            noise.append(member)
        elif _follows(member, context):
            follow.append(member)
        else:
            told.append(_site(field, member, context))
    if len(told) > SINGLE:
        told = _by_country(field, told)
    changes = told
    if follow:
        changes.append(
            _group(field, follow, _following_words(context), Severity.MINOR, "they follow the study's status")
        )
    if noise:
        changes.append(
            _group(
                field,
                noise,
                f"{counted(len(noise), 'site')} respelt or located anew",
                Severity.NOISE,
                "the same sites",
            )
        )
    return changes + _countries(one, context)


def _site(field: Field, member: Member, context: Context) -> FieldChange:
    name = _name(member.new if member.new is not None else member.old)
    paths = [member_path(field, member.old_at, member.new_at)]

    def made(action: Action, words: str, reason: str = "") -> FieldChange:
        return member_change(
            field,
            action,
            words,
            paths=paths,
            before=_told(member.old),
            after=_told(member.new),
            item=name,
            severity=Severity.MINOR,
            reason=reason,
        )

    if member.old_at is None:
        status = member.new.get("status")
        if status in LOST:
            return made(Action.ADDED, f"Site listed as {said(status).lower()}: {name}", "a site was lost")
        state = f", {said(status).lower()}" if status else ""
        return made(Action.ADDED, f"Site added{state}: {name}")
    if member.new_at is None:
        return made(Action.REMOVED, f"Site removed: {name}", "a site was lost")
    old, new = member.old.get("status"), member.new.get("status")
    if old != new:
        words = f"Site {said(old).lower()} → {said(new).lower()}: {name}"
        if new in RECRUITS and old not in RECRUITS:
            words = f"Site opened ({said(old).lower()} → {said(new).lower()}): {name}"
        elif new in LOST:
            words = f"Site {said(new).lower()} (was {said(old).lower()}): {name}"
        return made(Action.EDITED, words, "a site was lost" if new in LOST else "")
    if member.keys & {"facility", "city", "country", "zip", "state"}:
        return made(Action.EDITED, f"Site renamed: {_name(member.old)} → {name}")
    return made(Action.EDITED, f"Site's contacts changed: {name}")


def _is_noise(member: Member, context: Context) -> bool:
    """Equal but for spelling, geography made more exact, or what vanishes because the study ended."""
    if member.old_at is None or member.new_at is None:
        return False
    for key in member.keys:
        old, new = member.old.get(key), member.new.get(key)
        if key == "geoPoint":
            continue
        if key in _PLACE:
            filled_in = key in ("state", "zip")
            if not filled_in and folded(old) != folded(new):
                return False
            continue
        if key in ("status", "contacts") and new is None and context.new_status in ENDED:
            continue
        return False
    return True


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


def _following_words(context: Context) -> str:
    return (
        "Site statuses and contacts appeared with the opening of recruitment"
        if context.opening
        else "Site statuses and contacts vanished with the end of recruitment"
    )


def _group(field: Field, members: list[Member], words: str, severity: Severity, reason: str) -> FieldChange:
    return member_change(
        field,
        Action.EDITED,
        words,
        paths=[member_path(field, one.old_at, one.new_at) for one in members],
        before=None if severity is Severity.MINOR else [_told(one.old) for one in members],
        after=None if severity is Severity.MINOR else [_told(one.new) for one in members],
        item=counted(len(members), "site"),
        severity=severity,
        reason=reason,
    )


def _by_country(field: Field, told: list[FieldChange]) -> list[FieldChange]:
    single = [one for one in told if one.reason == "a site was lost"] if _few_lost(told) else []
    rest = [one for one in told if one not in single]
    countries: defaultdict[str, list[FieldChange]] = defaultdict(list)
    for one in rest:
        shown = one.after or one.before
        countries[str(shown.get("country") or "an unnamed country")].append(one)
    changes = []
    for country, group in sorted(countries.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        counts: defaultdict[str, int] = defaultdict(int)
        for one in group:
            counts[_verb(one)] += 1
        words = ", ".join(f"{count} {verb}" for verb, count in counts.items())
        changes.append(
            member_change(
                field,
                _common_action(group),
                f"Sites in {country}: {words}",
                paths=[path for one in group for path in one.paths],
                before=sum(one.before is not None for one in group) or None,
                after=sum(one.after is not None for one in group) or None,
                item=country,
                severity=Severity.MINOR,
                reason="",
            )
        )
    return [*single, *changes]


def _few_lost(told: list[FieldChange]) -> bool:
    return sum(one.reason == "a site was lost" for one in told) <= SINGLE


def _verb(one: FieldChange) -> str:
    if one.action is Action.ADDED:
        return "added"
    if one.action is Action.REMOVED:
        return "removed"
    old, new = (one.before or {}).get("status"), (one.after or {}).get("status")
    if old == new:
        return "edited"
    return "opened" if new in RECRUITS else said(new).lower() if new else "without a status"


def _common_action(group: list[FieldChange]) -> Action:
    actions = {one.action for one in group}
    return actions.pop() if len(actions) == 1 else Action.EDITED


def _countries(one: Difference, context: Context) -> list[FieldChange]:
    """Countries that opened or closed, as changes beside their sites' own: each is news by itself."""
    if context.opening or context.ending or context.new_status in ENDED:
        return []
    before, after = _statuses(one.old), _statuses(one.new)
    changes = []
    for country in sorted({*before, *after}):
        was, now = before.get(country, set()), after.get(country, set())
        if now & RECRUITS and not was & RECRUITS and not was:
            changes.append(
                _country(one, country, f"{country} opened: its first site recruits", "a country opened")
            )
        elif was & WILL and not now & WILL:
            changes.append(
                _country(
                    one, country, f"{country} closed: none of its sites recruits or will", "a country closed"
                )
            )
    return changes


def _country(one: Difference, country: str, words: str, reason: str) -> FieldChange:
    return member_change(
        one.field,
        Action.EDITED,
        words,
        paths=[f"{one.field.path}[country={country}]"],
        before=None,
        after=None,
        item=country,
        severity=Severity.MAJOR,
        reason=reason,
    )


def _statuses(sites: Any) -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for site in sites if isinstance(sites, list) else []:
        if isinstance(site, dict) and isinstance(site.get("country"), str):
            found[site["country"]].add(str(site.get("status")))
    return dict(found)


def _told(site: Any) -> Any:
    """A site without its staff, and without the point on the map."""
    if not isinstance(site, dict):
        return site
    return {key: value for key, value in site.items() if key not in ("contacts", "geoPoint")}


def _name(site: Any) -> str:
    """`facility, city [postcode], country`, as published."""
    if not isinstance(site, dict):
        return short(str(site), 100)
    city = str(site.get("city") or "")
    if site.get("zip"):
        city = f"{city} [{site['zip']}]".strip()
    return ", ".join(
        part for part in (str(site.get("facility") or ""), city, str(site.get("country") or "")) if part
    )
