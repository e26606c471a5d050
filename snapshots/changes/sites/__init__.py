"""Sites: added, opened, lost, removed, by country; and what of their changes only follows the study's own status.

A country opened when its first site recruits, and closed when none of its sites recruits or will while the study
goes on; the sites that made it so carry the weight. `site` says what happened to one, `lines` what is told.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import msgspec

from snapshots.changes.context import ENDED, OPEN, Context
from snapshots.changes.following import THE_STUDY
from snapshots.changes.making import change
from snapshots.changes.respelling import respelt_site
from snapshots.changes.sites.lines import site_lines, together
from snapshots.changes.sites.site import (
    LOST,
    PLACE,
    RECRUITS,
    WILL,
    Site,
    changed_keys,
    country_of,
    status_of,
)
from snapshots.changeset import Action, FieldChange, Severity
from snapshots.comparison import Difference, Member
from snapshots.reaching import members
from snapshots.terms import counted, said

_CLOSED = {"ACTIVE_NOT_RECRUITING", "COMPLETED"}  # what a site becomes when the whole study closes


class Sites(msgspec.Struct, frozen=True, kw_only=True):
    """All that changed about sites: the field changes, and what a headline is made of."""

    changes: list[FieldChange]
    told: tuple[Site, ...] = ()
    opened: tuple[str, ...] = ()  # countries
    closed: tuple[str, ...] = ()
    before: int = 0  # sites on the list
    after: int = 0


def site_changes(one: Difference, context: Context) -> Sites:
    if one.reordered:
        words, reason = "Sites in another order", "the same sites in another order"
        return Sites(
            changes=[change(one, words, action=Action.EDITED, severity=Severity.NOISE, reason=reason)]
        )
    noise: list[Member] = []
    follow: list[Member] = []
    rest: list[Member] = []
    for member in one.members:
        kind = noise if _is_noise(member, context) else follow if _follows(member, context) else rest
        kind.append(member)
    opened, closed = _countries(one, context)
    told = [Site.of(member, opened, closed) for member in rest]
    changes = site_lines(one, told)
    if follow:
        words = _following(follow, context)
        changes.append(together(one.field, follow, words, Severity.MINOR, THE_STUDY))
    if noise:
        words = f"{counted(len(noise), 'site')} respelt or located anew"
        changes.append(together(one.field, noise, words, Severity.NOISE, "the same sites"))
    names = {site.key: site.country for site in told}
    return Sites(
        changes=changes,
        told=tuple(told),
        opened=tuple(names[key] for key in opened if key in names),
        closed=tuple(names[key] for key in closed if key in names),
        before=len(members(one.old)),
        after=len(members(one.new)),
    )


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


def _statuses(sites: Any) -> dict[str, set[str | None]]:
    found: defaultdict[str, set[str | None]] = defaultdict(set)
    for site in members(sites):
        found[country_of(site)].add(status_of(site))
    found.pop("", None)
    return dict(found)


def _is_noise(member: Member, context: Context) -> bool:
    """Equal but for spelling, geography made more exact, or what vanishes because the study ended."""
    if not isinstance(member.old, dict) or not isinstance(member.new, dict):
        return False
    rest = changed_keys(member)
    if context.new_status in ENDED:
        rest = rest - {key for key in ("status", "contacts") if member.new.get(key) is None}
    return rest <= PLACE and respelt_site(member.old, member.new, rest)


def _follows(member: Member, context: Context) -> bool:
    """A status or contacts that turned, came or went only because the whole study did."""
    if not isinstance(member.old, dict) or not isinstance(member.new, dict):
        return False
    keys = changed_keys(member)
    place = keys & PLACE
    if not keys <= PLACE | {"status", "contacts"} or not respelt_site(member.old, member.new, place):
        return False
    turned = "status" in keys and _turned_with_it(member, context)
    if "status" in keys and not turned:
        return False
    return "contacts" not in keys or _contacts_follow(member, context, turned=turned)


def _contacts_follow(member: Member, context: Context, *, turned: bool) -> bool:
    """Contacts that are added or taken away, also beside others that stay: an investigator is listed all along.

    Where the site turned with the study, whom to ask there may be somebody else at once.
    """
    if not context.opening and not context.ending:
        return False
    before, after = (
        [repr(one) for one in members(side.get("contacts"))] for side in (member.old, member.new)
    )
    fewer, more = (before, after) if context.opening else (after, before)
    return turned or all(fewer.count(one) <= more.count(one) for one in fewer)


def _turned_with_it(member: Member, context: Context) -> bool:
    old, new = status_of(member.old), status_of(member.new)
    if context.turned and new == context.new_status:
        return True
    if new in LOST:  # a loss is its own, whatever the study does
        return False
    if context.opening and old is None:
        return True
    return context.ending and (new is None or new in _CLOSED)


def _following(followers: list[Member], context: Context) -> str:
    differing = [key for key in ("status", "contacts") if any(key in changed_keys(one) for one in followers)]
    words = {"status": "statuses", "contacts": "contacts"}
    what = f"Site {' and '.join(words[key] for key in differing)}"
    if context.opening:
        came = all(status_of(one.old) is None for one in followers if "status" in changed_keys(one))
        return f"{what} {'appeared' if came else 'changed'} with the opening of recruitment"
    statuses = {status_of(one.new) for one in followers if "status" in one.keys}
    if statuses <= {None}:
        began = context.old_status in OPEN - {"NOT_YET_RECRUITING"}
        return f"{what} {'vanished with the end of recruitment' if began else 'removed before recruitment began'}"
    now = " or ".join(said(status).lower() for status in sorted(status for status in statuses if status))
    return f"{counted(len(followers), 'site')} {now} with the whole study"
