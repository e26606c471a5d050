"""What happened to sites, in one line of a headline: by country, losses beside the openings, never a list of sites."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from snapshots.changes.sites import Sites
from snapshots.changes.sites.site import COMING, SMALL, Site, What, verb
from snapshots.countries import in_words
from snapshots.terms import listed, said

MOST = 4  # phrases of single kinds; past that kinds that are near each other are told together
NAMED_COUNTRIES = 4  # past that they are counted
NAMED_CITIES = 3
MANY = 12  # sites removed, past which it is said how many are left
NAMED_OPENINGS = 6
NAMED_WHEN_SHORT = 4
_LOSSES = (What.LOST, What.LISTED, What.REMOVED)
_ORDER = (
    What.LOST, What.OPENED, What.RESUMED, What.ADDED, What.LISTED, What.REMOVED, What.STATUS, What.RENAMED,
    What.CONTACTS, What.DETAILS,
)  # fmt: skip
_NEAR = {What.RESUMED: What.OPENED, What.CONTACTS: What.DETAILS, What.RENAMED: What.DETAILS}
_CLOSED = ("ACTIVE_NOT_RECRUITING", "COMPLETED", "NO_LONGER_AVAILABLE")


class Fullness(IntEnum):
    """How much is told of where: cities beside countries, countries, numbers alone."""

    NUMBERS = 0
    COUNTRIES = 1
    LOST_CITIES = 2
    CITIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteWords:
    """Wordings, the fullest first. Each begins in lower case, with a number or with a country."""

    full: tuple[str, ...]  # of all that happened
    losses: tuple[
        str, ...
    ]  # of countries that opened or closed, and of sites lost; none where there are none


def sites_in_words(sites: Sites) -> SiteWords:
    levels = sorted(Fullness, reverse=True)
    full = dict.fromkeys(_line(sites, level, losses=False) for level in levels)
    losses = dict.fromkeys(
        _line(sites, level, losses=True) for level in levels if level is not Fullness.CITIES
    )
    return SiteWords(full=tuple(filter(None, full)), losses=tuple(filter(None, losses)))


def _line(sites: Sites, fullness: Fullness, *, losses: bool) -> str:
    """losses: nothing but the countries that opened or closed, and what was lost."""
    most = NAMED_OPENINGS if fullness > Fullness.NUMBERS else NAMED_WHEN_SHORT
    parts = (
        [f"recruitment opened in {_openings(sites, most, counts=fullness > Fullness.NUMBERS)}"]
        if sites.opened
        else []
    )
    shut = _shut(sites)
    if sites.closed:
        why = f": {_phrase(shut, fullness, first=True, more=False, named=False)}" if shut else ""
        closed = [in_words(name) for name in sites.closed]
        parts.append(
            f"{f'{len(closed)} countries' if len(closed) > most else listed(closed, most)} closed{why}"
        )
    opening = any(_opens(site) for site in sites.told)
    rest = [
        site for site in sites.told if not _opens(site) and site not in shut
    ]  # they stand with their country
    if any(site.what not in SMALL for site in sites.told):
        rest = [site for site in rest if site.what not in SMALL]
    if losses:
        rest = [site for site in rest if site.what in _LOSSES]
    groups = _groups(rest, near=False)
    if len(groups) > MOST:
        groups = _groups(rest, near=True)
    phrases = [
        _phrase(group, fullness, first=not number, more=opening) for number, group in enumerate(groups)
    ]
    counted_ = ", ".join(phrases) if all(":" not in one for one in phrases) else "; ".join(phrases)
    if sum(site.what is What.REMOVED for site in rest) > MANY:
        counted_ += f" ({sites.before} → {sites.after} sites)"
    return "; ".join([*parts, counted_] if counted_ else parts)


def _groups(sites: Sequence[Site], *, near: bool) -> list[list[Site]]:
    """What happened alike. near: also what is nearly alike."""
    groups: dict[tuple[What, str], list[Site]] = {}
    for site in sorted(
        sites, key=lambda site: _ORDER.index(_NEAR.get(site.what, site.what) if near else site.what)
    ):
        key = (_NEAR.get(site.what, site.what), "") if near else (site.what, verb(site))
        groups.setdefault(key, []).append(site)
    return list(groups.values())


def _shut(sites: Sites) -> list[Site]:
    """The sites whose loss closed a country, when it was one country and all were lost alike."""
    lost = [site for site in sites.told if site.country in sites.closed]
    alike = len(sites.closed) == 1 and len({(site.what, verb(site)) for site in lost}) == 1
    return lost if alike and lost[0].what in _LOSSES else []


def _opens(site: Site) -> bool:
    return site.pivotal and site.what in COMING


def _openings(sites: Sites, most: int, *, counts: bool) -> str:
    if len(sites.opened) > most:
        return f"{len(sites.opened)} countries"
    numbers = Counter(site.country for site in sites.told if _opens(site))
    words: list[str] = []
    for name, count in sorted(((name, numbers[name]) for name in sites.opened), key=lambda pair: -pair[1]):
        unit = " sites" if not words else ""
        words.append(f"{in_words(name)} ({count}{unit})" if count > 1 and counts else in_words(name))
    return listed(words, most)


def _phrase(group: Sequence[Site], fullness: Fullness, *, first: bool, more: bool, named: bool = True) -> str:
    """`2 sites added in the United States, both recruiting: St Louis and Houston`. named: with their countries."""
    number = len(group)
    extra = "more " if more and first and group[0].what in COMING else ""
    noun = f"{number} {extra}{'site' if number == 1 else 'sites'}" if first else str(number)
    words = f"{noun} {_verbs(group)}"
    if fullness is Fullness.NUMBERS:
        return words
    countries = Counter(site.country for site in group if site.country)
    if named and len(countries) > NAMED_COUNTRIES:
        words += f" in {len(countries)} countries"
    elif named and countries:
        words += f" in {_by_country(countries, number)}"
    if group[0].what is What.ADDED:
        statuses = {site.status for site in group}
        if len(statuses) == 1 and None not in statuses:
            words += (
                f", {'all ' if number > 2 else 'both ' if number == 2 else ''}{said(statuses.pop()).lower()}"
            )
    cities = list(dict.fromkeys(site.city for site in group if site.city))
    placed = fullness is Fullness.CITIES or (fullness is Fullness.LOST_CITIES and group[0].what in _LOSSES)
    return (
        f"{words}: {listed(cities, NAMED_CITIES)}" if placed and number <= NAMED_CITIES and cities else words
    )


def _verbs(group: Sequence[Site]) -> str:
    """`withdrawn`; of sites that are only nearly alike `withdrawn or suspended`."""
    verbs = list(dict.fromkeys(map(verb, group)))
    if len(verbs) == 1:
        return verbs[0]
    what = {site.what for site in group}
    if what <= {What.OPENED, What.RESUMED}:
        return "began or resumed recruiting"
    if what <= {What.LOST, What.LISTED}:
        prefix = "listed as " if What.LISTED in what else ""
        return prefix + " or ".join(one.removeprefix(prefix) for one in verbs)
    if what == {What.STATUS}:
        return (
            "closed to enrolment" if all(site.status in _CLOSED for site in group) else "given another status"
        )
    return "edited"


def _by_country(countries: Counter[str], sites: int) -> str:
    """`Spain`; `China and Taiwan`; `the United States (3), China (2) and Taiwan`."""
    ordered = sorted(countries.items(), key=lambda pair: -pair[1])
    told = sites > NAMED_CITIES and len(countries) > 1  # fewer are named by their cities
    words = [
        f"{in_words(name)} ({count})" if told and count > 1 else in_words(name) for name, count in ordered
    ]
    return listed(words, NAMED_COUNTRIES)
