"""What happened to sites, in one line of a headline: by country, losses beside the openings, never a list of sites."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from snapshots.changes.site import COMING, SMALL, Site, What, verb
from snapshots.changes.sites import Sites
from snapshots.countries import in_words
from snapshots.terms import listed, said

MOST = 4  # phrases
NAMED_COUNTRIES = 4  # past that they are counted
NAMED_CITIES = 3
MANY = 12  # sites removed, past which it is said how many are left
NAMED_OPENINGS = 6
_ORDER = (
    What.LOST, What.OPENED, What.RESUMED, What.ADDED, What.LISTED, What.REMOVED, What.STATUS, What.RENAMED,
    What.CONTACTS, What.DETAILS,
)  # fmt: skip


def sites_in_words(sites: Sites, *, brief: bool = False) -> str:
    """Begins in lower case, with a number or with a country; empty when nothing is to be told.

    brief: nothing but the countries that opened or closed, and what was lost.
    """
    parts = []
    if sites.opened:
        parts.append(f"recruitment opened in {_openings(sites)}")
    shut = _shut(sites)
    if sites.closed:
        why = f": {_phrase(shut, first=True, more=False, named=False)}" if shut else ""
        parts.append(f"{_names([in_words(name) for name in sites.closed], NAMED_OPENINGS)} closed{why}")
    opening = any(_opens(site) for site in sites.told)
    rest = [
        site for site in sites.told if not _opens(site) and site not in shut
    ]  # they stand with their country
    if any(site.what not in SMALL for site in sites.told):
        rest = [site for site in rest if site.what not in SMALL]
    if brief:
        rest = [site for site in rest if site.what in _LOSSES]
    groups: dict[tuple[What, str], list[Site]] = {}
    for site in sorted(rest, key=lambda site: _ORDER.index(site.what)):
        groups.setdefault((site.what, verb(site)), []).append(site)
    phrases = [_phrase(group, first=not number, more=opening) for number, group in enumerate(groups.values())]
    if len(phrases) > MOST:
        left = sum(len(group) for group in list(groups.values())[MOST - 1 :])
        phrases = [*phrases[: MOST - 1], f"{left} changed otherwise"]
    counted_ = ", ".join(phrases) if all(":" not in one for one in phrases) else "; ".join(phrases)
    if sum(site.what is What.REMOVED for site in rest) > MANY:
        counted_ += f" ({sites.before} → {sites.after} sites)"
    return "; ".join([*parts, counted_] if counted_ else parts)


_LOSSES = (What.LOST, What.LISTED, What.REMOVED)


def _shut(sites: Sites) -> list[Site]:
    """The sites whose loss closed a country, when it was one country and all were lost alike."""
    lost = [site for site in sites.told if site.country in sites.closed]
    alike = len(sites.closed) == 1 and len({(site.what, verb(site)) for site in lost}) == 1
    return lost if alike and lost[0].what in _LOSSES else []


def _opens(site: Site) -> bool:
    return site.pivotal and site.what in COMING


def _openings(sites: Sites) -> str:
    if len(sites.opened) > NAMED_OPENINGS:
        return f"{len(sites.opened)} countries"
    numbers = Counter(site.country for site in sites.told if _opens(site))
    words: list[str] = []
    for name, count in sorted(((name, numbers[name]) for name in sites.opened), key=lambda pair: -pair[1]):
        unit = " sites" if not words else ""
        words.append(f"{in_words(name)} ({count}{unit})" if count > 1 else in_words(name))
    return _names(words, NAMED_OPENINGS)


def _phrase(group: Sequence[Site], *, first: bool, more: bool, named: bool = True) -> str:
    """`2 sites added in the United States, both recruiting: St Louis and Houston`. named: with their countries."""
    number = len(group)
    extra = "more " if more and first and group[0].what in COMING else ""
    noun = f"{number} {extra}{'site' if number == 1 else 'sites'}" if first else str(number)
    words = f"{noun} {verb(group[0])}"
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
    return f"{words}: {_names(cities, NAMED_CITIES)}" if number <= NAMED_CITIES and cities else words


def _by_country(countries: Counter[str], sites: int) -> str:
    """`Spain`; `China and Taiwan`; `the United States (3), China (2) and Taiwan`."""
    ordered = sorted(countries.items(), key=lambda pair: -pair[1])
    told = sites > NAMED_CITIES and len(countries) > 1  # fewer are named by their cities
    words = [
        f"{in_words(name)} ({count})" if told and count > 1 else in_words(name) for name, count in ordered
    ]
    return _names(words, NAMED_COUNTRIES)


def _names(words: Sequence[str], most: int) -> str:
    return listed(list(words), most)
