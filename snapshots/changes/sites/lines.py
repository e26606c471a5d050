"""What happened to sites as field changes: one a site, past a dozen one a country; losses and new names stay single."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from snapshots.changes.making import NOTHING, member_change, member_path
from snapshots.changes.sites.site import (
    LEAVING,
    LOST,
    RECRUITS,
    SMALL,
    Site,
    What,
    changed_keys,
    country_of,
    counts,
    public,
    status_of,
    tally,
)
from snapshots.changeset import Action, FieldChange, Severity
from snapshots.comparison import Difference, Member
from snapshots.countries import in_words
from snapshots.fields import Field
from snapshots.reaching import members, text
from snapshots.terms import counted, said, short, spaced

SINGLE = 12  # changes told one by one; past that one a country
MOST_CITIES = 6  # named in a country's line
MOST_NAMES = 2  # new names said in a country's line


def site_lines(one: Difference, told: Sequence[Site]) -> list[FieldChange]:
    if len(told) <= SINGLE:
        return [_single(one.field, site) for site in told]
    apart = _apart(told)
    groups: defaultdict[tuple[str, bool], list[Site]] = defaultdict(list)
    for number, site in enumerate(told):
        if number not in apart:
            groups[site.key, site.what is What.REMOVED].append(site)
    ordered = sorted(groups.items(), key=lambda pair: (-_pivotal(pair[1]), -len(pair[1]), pair[0]))
    counts_ = _Census.of(one)
    return [
        *(_single(one.field, site) for number, site in enumerate(told) if number in apart),
        *(_line(one.field, group, counts_) for _, group in ordered),
    ]


def together(
    field: Field, followers: Sequence[Member], words: str, severity: Severity, reason: str
) -> FieldChange:
    """Sites of which one line says all."""
    return member_change(
        field,
        Action.EDITED,
        words,
        paths=[member_path(field, one.old_at, one.new_at) for one in followers],
        before=tally(one.old for one in followers),
        after=tally(one.new for one in followers),
        item=counted(len(followers), "site"),
        severity=severity,
        reason=reason,
    )


def _apart(told: Sequence[Site]) -> set[int]:
    """Of many, those told one by one: what was lost, then what is small, as long as they are few."""
    lost = {
        number for number, site in enumerate(told) if site.what in (What.LOST, What.LISTED) or _stopped(site)
    }
    removed = {number for number, site in enumerate(told) if site.what is What.REMOVED}
    small = {number for number, site in enumerate(told) if site.what in SMALL}
    apart: set[int] = set()
    for some in (lost, removed, small):
        if len(apart) + len(some) <= SINGLE:
            apart |= some
    return apart


def _stopped(site: Site) -> bool:
    """It recruited and takes nobody any more."""
    return site.what is What.STATUS and status_of(site.member.old) in RECRUITS


def _single(field: Field, site: Site) -> FieldChange:
    member = site.member
    action = (
        Action.ADDED if member.old_at is None else Action.REMOVED if member.new_at is None else Action.EDITED
    )
    words, reason = _sentence(site)
    if site.pivotal:
        closes = site.what in LEAVING
        reason = "the country closed" if closes else "a country opened"
        if closes and site.what is not What.REMOVED:
            words += f"; none in {in_words(site.country)} is recruiting or about to"
    return member_change(
        field,
        action,
        words,
        paths=[member_path(field, member.old_at, member.new_at)],
        before=public(member.old) or NOTHING,
        after=public(member.new) or NOTHING,
        item=site.name,
        severity=Severity.MAJOR if site.pivotal else Severity.MINOR,
        reason=reason,
    )


def _sentence(site: Site) -> tuple[str, str]:
    """The sentence, and why it weighs what it does."""
    words, reason = _happened(site)
    if site.renamed and site.what is not What.RENAMED:
        words += f" (until now {short(str(site.member.old.get('facility') or 'without a name'), 80)})"
    return words, reason


def _happened(site: Site) -> tuple[str, str]:
    name, member = site.name, site.member
    old, new = status_of(member.old), status_of(member.new)
    where = in_words(site.country)
    match site.what:
        case What.ADDED:
            state = f", {said(new).lower()}" if new else ""
            if site.pivotal:
                return f"First recruiting site in {where}: {name}", "a country opened"
            return f"Site added{state}: {name}", "a single site"
        case What.REMOVED:
            left = f", the last in {where}" if site.pivotal else ""
            if old in LOST:
                return f"Site removed{left} (was {_was(old)}): {name}", "it was lost before"
            return f"Site removed{left}: {name}", "a site was lost"
        case What.LISTED:
            return f"Site listed as {said(new).lower()}: {name}", "a site was lost"
        case What.LOST:
            until = "before it opened" if old == "NOT_YET_RECRUITING" else f"(was {_was(old)})"
            return f"Site {said(new).lower()} {until}: {name}", "a site was lost"
        case What.OPENED:
            first = f"Recruitment opened in {where}" if site.pivotal else "Site began recruiting"
            return f"{first}: {name}", "a single site"
        case What.RESUMED:
            return f"Site recruiting again (was {_was(old)}): {name}", "a single site"
        case What.STATUS:
            arrow = " → ".join(said(one).lower() if one else "no status" for one in (old, new))
            closing = old in RECRUITS and new in ("ACTIVE_NOT_RECRUITING", "COMPLETED")
            return f"Site {'stopped enrolling, ' if closing else ''}{arrow}: {name}", "a single site"
        case What.RENAMED:
            if "facility" not in member.keys:
                facility = short(text(member.new.get("facility")) or "a site without a name", 80)
                return f"Site listed elsewhere: {facility}, {_difference(member)}", "a single site"
            return f"Site renamed: {_difference(member)}", "a single site"
        case What.CONTACTS:
            return f"Contacts changed at {name}", "a single site"
        case _:
            keys = ", ".join(sorted(spaced(key) for key in changed_keys(member))) or "details"
            return f"Site edited ({keys}): {name}", "a single site"


def _was(status: str | None) -> str:
    return said(status).lower() if status else "without a status"


def _difference(member: Member) -> str:
    """Both names; of the place only what changed."""
    parts = []
    for key in ("facility", "city", "state", "zip", "country"):
        if key in member.keys:
            before, after = (text(side.get(key)) or "none" for side in (member.old, member.new))
            parts.append(f"{short(before, 80)} → {short(after, 80)}")
    city = text(member.new.get("city"))
    return "; ".join(parts) + ("" if "city" in member.keys or not city else f" ({city})")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Census:
    """How many sites each country has, how many of them recruit, and how many of the older record's are left."""

    before: dict[str, tuple[int, int]]
    after: dict[str, tuple[int, int]]
    left: dict[str, int]
    stated: bool  # whether sites have a status at all

    @classmethod
    def of(cls, one: Difference) -> _Census:
        sides = [members(one.old), members(one.new)]
        numbers: list[dict[str, tuple[int, int]]] = []
        for side in sides:
            found: dict[str, tuple[int, int]] = {}
            for site in side:
                key = country_of(site)
                all_, open_ = found.get(key, (0, 0))
                found[key] = (all_ + 1, open_ + (status_of(site) in RECRUITS))
            numbers.append(found)
        left = {key: all_ for key, (all_, _) in numbers[0].items()}
        for member in one.members:
            if member.new_at is None and (key := country_of(member.old)) in left:
                left[key] -= 1
        stated = any(status_of(site) for side in sides for site in side)
        return cls(before=numbers[0], after=numbers[1], left=left, stated=stated)

    def words(self, numbers: dict[str, tuple[int, int]], key: str) -> str:
        """`12 sites, 3 recruiting`"""
        all_, open_ = numbers.get(key, (0, 0))
        return f"{counted(all_, 'site')}, {open_} recruiting" if self.stated else counted(all_, "site")


def _pivotal(group: Iterable[Site]) -> bool:
    return any(site.pivotal for site in group)


def _line(field: Field, group: Sequence[Site], census: _Census) -> FieldChange:
    key = group[0].key
    before, after = census.before.get(key, (0, 0))[0], census.after.get(key, (0, 0))[0]
    stays = census.left.get(key, 0) > 0  # a country that keeps some of its sites was edited
    where = in_words(group[0].country) or "an unnamed country"
    added = all(site.member.old_at is None for site in group)
    removed = all(site.member.new_at is None for site in group)
    pivotal = _pivotal(group)
    closing = removed or all(site.what in LEAVING for site in group)
    words = counts(group)
    if pivotal and closing:
        none = "no site is left there" if not after else "none there is recruiting or about to"
        words = f"{words} in {where}, {none}"
    elif pivotal:
        words = f"Recruitment opened in {where}: {words}"
    else:
        words = f"{words} in {where}"
    if (removed or added) and stays:
        words += f" ({before} → {after})"
    if len(group) <= MOST_CITIES:
        words += f": {', '.join(dict.fromkeys(site.city for site in group if site.city))}"
    words += _new_names(group)
    gone = removed and not stays
    return member_change(
        field,
        Action.ADDED if added else Action.REMOVED if gone else Action.EDITED,
        words[:1].upper() + words[1:],
        # A removal that leaves some is told as an edit, where positions are the newer record's: theirs say so.
        paths=[
            f"{field.path}.removed.{site.member.old_at}"
            if removed and not gone
            else member_path(field, site.member.old_at, site.member.new_at)
            for site in group
        ],
        before=None if added else census.words(census.before, key),
        after=None if gone else census.words(census.after, key),
        item=group[0].country or "an unnamed country",
        severity=Severity.MAJOR if pivotal else Severity.MINOR,
        reason=("a country closed" if closing else "a country opened") if pivotal else "single sites",
    )


def _new_names(group: Sequence[Site]) -> str:
    """What goes by another name now, beside what else happened to it."""
    renamed = [site for site in group if site.renamed and site.what is not What.RENAMED]
    if not renamed:
        return ""
    if len(renamed) > MOST_NAMES:
        return f"; {len(renamed)} of them renamed"
    return "; renamed: " + "; ".join(
        f"{short(str(site.member.old.get('facility')), 80)} → {short(str(site.member.new.get('facility')), 80)}"
        for site in renamed
    )
