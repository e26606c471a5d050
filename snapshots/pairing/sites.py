"""Which of the sites that no key pairs are one: called alike, or in one place; never across countries.

Candidates come from buckets of one city or one postcode, so that thousands of renamed sites cost no quadratic time.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any

import msgspec
from rapidfuzz import fuzz, process

from snapshots.countries import country_key
from snapshots.pairing.site_names import LIKE, another_state, folded, masked, unaccented

SHORTENED = 60.0  # when all words of the one are words of the other
ELSEWHERE_LIKE = 88.0  # the same in another city: it had better be the same name
MOST_LIKE = 20  # of the sites like one, so many are looked at
MOST_IN_ONE_PLACE = 500 * 500  # pairs of names in one city; past that the postcode has to tell
MOST_CALLED_SO = 50  # past that a word says nothing of a site

_WORD = re.compile(r"[^\W_]+")
# Words that many a facility has: alike in these alone, two are not one.
_ANY_FACILITY = {
    "and", "cancer", "care", "center", "central", "centre", "centro", "city", "clinic", "clinica", "clinique",
    "college", "county", "de", "del", "department", "des", "du", "el", "faculty", "for", "general", "health",
    "hospital", "hospitals", "institut", "institute", "instituto", "la", "le", "medical", "medicine", "national",
    "of", "public", "regional", "research", "school", "state", "the", "universitaire", "universitario", "university",
}  # fmt: skip


class _Site(msgspec.Struct, frozen=True, kw_only=True):
    """A site's keys, computed once."""

    country: str
    city: str
    state: str
    zip: str
    name: str  # of the facility, for likeness; empty when masked
    bare: str  # the name without the city's own words
    masked: bool

    @classmethod
    def of(cls, site: dict[str, Any]) -> _Site:
        hidden = masked(site)
        words = [] if hidden else _WORD.findall(unaccented(str(site.get("facility") or "")))
        places = set(_WORD.findall(unaccented(str(site.get("city") or ""))))
        return cls(
            country=country_key(site.get("country")),
            city=folded(site.get("city")),
            state=folded(site.get("state")),
            zip=folded(site.get("zip")),
            name=" ".join(words),
            bare=" ".join(word for word in words if word not in places),
            masked=hidden,
        )


_Place = Callable[[_Site], Hashable | None]


def like_sites(
    old: Sequence[Any], new: Sequence[Any], left_old: Sequence[int], left_new: Sequence[int]
) -> Iterator[tuple[float, int, int]]:
    """Pairs of leftovers that may be one site: (minus how surely, position in old, position in new)."""
    before = {at: _Site.of(old[at]) for at in left_old if isinstance(old[at], dict)}
    after = {at: _Site.of(new[at]) for at in left_new if isinstance(new[at], dict)}
    yield from _in_one_place(before, after)
    yield from _called_alike(before, after)
    yield from _gone_elsewhere(before, after)


def _in_one_place(before: dict[int, _Site], after: dict[int, _Site]) -> Iterator[tuple[float, int, int]]:
    """At one postcode, or alone in one city: a masked name need not be like."""
    for place, worth in ((_house, 90.0), (_post, 80.0), (_city, 72.0)):
        where: defaultdict[Hashable, list[int]] = defaultdict(list)
        for b, site in after.items():
            if (key := place(site)) is not None:
                where[key].append(b)
        times = Counter(place(site) for site in before.values())
        seen: Counter[Hashable] = Counter()
        for a, one in before.items():
            near = where[key] if (key := place(one)) in where else []
            alone = times[key] == 1 == len(near)
            first = max(0, seen[key] - MOST_LIKE // 2)  # many that nothing tells apart pair in order
            seen[key] += 1
            for b in near[first : first + MOST_LIKE]:
                if _one_place(place, one, after[b], alone=alone):
                    yield -worth - alone, a, b


def _one_place(place: _Place, one: _Site, other: _Site, *, alone: bool) -> bool:
    """alone: one site left the place and one came to it."""
    if place is _house:
        return alone or (one.masked and other.masked)
    if not one.masked and not other.masked:
        return False  # two named houses in one city are two
    if place is _post:
        return alone
    if another_state(one.state, other.state):
        return False
    return alone or (one.masked and other.masked and not (one.zip and other.zip))


def _called_alike(before: dict[int, _Site], after: dict[int, _Site]) -> Iterator[tuple[float, int, int]]:
    """Named alike, in one city or at one postcode."""
    for place, worth in ((_city, 0.0), (_post, 5.0)):
        where: defaultdict[Hashable, dict[int, str]] = defaultdict(dict)
        for b, site in after.items():
            if site.name and (key := place(site)) is not None:
                where[key][b] = site.name
        times = Counter(place(one) for one in before.values() if one.name)
        for a, one in before.items():
            near = where.get(key) if one.name and (key := place(one)) is not None else None
            if near and len(near) * times[key] <= MOST_IN_ONE_PLACE:
                found = process.extract(
                    one.name, near, scorer=fuzz.ratio, score_cutoff=SHORTENED, limit=MOST_LIKE
                )
                for name, score, b in found:
                    if score < LIKE and not _shortened(one.name, name):
                        continue
                    if not another_state(one.state, after[b].state):
                        yield -score - worth, a, b


def _gone_elsewhere(before: dict[int, _Site], after: dict[int, _Site]) -> Iterator[tuple[float, int, int]]:
    """The same name in another city of the country, the only one so called: the city was corrected."""
    times_old = Counter((one.country, one.bare) for one in before.values())
    times_new = Counter((one.country, one.bare) for one in after.values())
    where: defaultdict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    for b, site in after.items():
        if times_new[site.country, site.bare] == 1:
            for start in _starts(site.bare):
                where[site.country, start][b] = site.bare
    for a, one in before.items():
        if times_old[one.country, one.bare] != 1:
            continue
        near: dict[int, str] = {}
        for start in _starts(one.bare):
            some = where.get((one.country, start), {})
            near |= some if len(some) <= MOST_CALLED_SO else {}
        found = process.extract(one.bare, near, scorer=fuzz.ratio, score_cutoff=ELSEWHERE_LIKE, limit=2)
        for _, score, b in found if len(found) == 1 else ():
            other = after[b]
            if (one.zip and other.zip and one.zip != other.zip) or another_state(one.state, other.state):
                continue
            yield -score / 2, a, b  # behind all that did not move


def _starts(bare: str) -> set[str]:
    """How the words of a name begin that not every facility has."""
    return {word[:3] for word in bare.split() if _telling(word)}


def _shortened(one: str, other: str) -> bool:
    """Whether the one name is the other with words left out: `Keimyung University (Dongsan Hospital)`."""
    words = (set(one.split()), set(other.split()))
    return (
        words[0] != words[1]
        and (words[0] < words[1] or words[1] < words[0])
        and _telling(" ".join(words[0] & words[1]))
    )


def _telling(bare: str) -> bool:
    """Whether a name has a word that not every facility has."""
    return any(word not in _ANY_FACILITY and len(word) > 2 for word in bare.split())


def _house(site: _Site) -> Hashable | None:
    return (site.country, site.city, site.zip) if site.city and site.zip else None


def _post(site: _Site) -> Hashable | None:
    return (site.country, site.zip) if site.zip else None


def _city(site: _Site) -> Hashable | None:
    return (site.country, site.city) if site.city else None
