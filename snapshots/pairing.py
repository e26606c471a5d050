"""Which member of a list is which in the newer version: equal ones, then by identity, then by likeness.

Never by position. Duplicated identities are paired in order; what is left over on one side only was added or removed.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from snapshots.countries import country_key
from snapshots.fields import Identity
from snapshots.markup import normal_text
from snapshots.record import canonical

LIKE = 70.0  # rapidfuzz's ratio from which two leftovers are one, reworded
OUTCOMES_LIKE = 60.0
RELABELLED = 40.0  # of an arm that receives the same
LONGEST = 256  # characters compared
MOST_PAIRS = 250_000

_MASKED = re.compile(
    r"^(research site|investigational site|clinical (?:research|study) site|study site|local institution.*"
    r"|gsk investigational site|[\w ]*investigational site.*|site[ #-]*\w*\d+\w*|[\d\W]+)$"
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Positions of one member in both lists; None where it is not."""

    old: int | None
    new: int | None


def pairs(old: Sequence[Any], new: Sequence[Any], identity: Identity | None) -> list[Pair]:
    """Every member of both lists exactly once, in the newer list's order, removed ones last."""
    found: dict[int, int] = {}
    taken: set[int] = set()
    for key in _keys(identity):
        _match(old, new, key, found, taken)
    left_old = [at for at in range(len(old)) if at not in taken]
    left_new = [at for at in range(len(new)) if at not in found]
    if identity is not Identity.WHOLE and left_old and left_new:
        _by_likeness(old, new, left_old, left_new, identity, found, taken)
    listed = [Pair(found.get(at), at) for at in range(len(new))]
    return listed + [Pair(at, None) for at in range(len(old)) if at not in taken]


def identity_text(member: Any, identity: Identity | None) -> str:
    """What names a member, for people and for likeness."""
    if not isinstance(member, dict):
        return str(member)
    keys = {
        Identity.LABEL: ("label",),
        Identity.MEASURE: ("measure",),
        Identity.TYPE_NAME: ("name",),
        Identity.NAME: ("name",),
        Identity.REFERENCE: ("pmid", "citation"),
        Identity.ID: ("id",),
        Identity.FILENAME: ("filename",),
        Identity.TYPE_DATE: ("type", "date"),
        Identity.URL: ("url",),
        Identity.SITE: ("facility", "city", "zip", "country"),
    }.get(identity or Identity.WHOLE, ())
    return ", ".join(str(member[key]) for key in keys if member.get(key))


def folded(text: object) -> str:
    """Letters and digits alone, without accents or case: what a respelling leaves."""
    if not isinstance(text, str):
        return ""
    plain = unicodedata.normalize("NFKD", html.unescape(text)).casefold()
    return "".join(char for char in plain if char.isalnum())


def masked(site: Any) -> bool:
    """Whether a site's name says nothing of which site it is."""
    name = site.get("facility") if isinstance(site, dict) else None
    return not isinstance(name, str) or _MASKED.match(name.strip().casefold()) is not None


def _keys(identity: Identity | None) -> list[Callable[[Any], Hashable | None]]:
    whole: list[Callable[[Any], Hashable | None]] = [lambda one: canonical({"": one})]
    if identity is Identity.SITE:
        return [
            *whole,
            lambda one: _site(one, "facility", "city", "country", "zip"),
            lambda one: None if masked(one) else _site(one, "facility", "city", "country"),
            lambda one: _site(one, "city", "country", "zip") if masked(one) and one.get("zip") else None,
            lambda one: _site(one, "city", "country") if masked(one) and not one.get("zip") else None,
        ]
    if identity in (None, Identity.WHOLE):
        return [*whole, lambda one: normal_text(one) if isinstance(one, str) else None]
    return [*whole, lambda one: _named(one, identity)]


def _named(member: Any, identity: Identity | None) -> Hashable | None:
    if not isinstance(member, dict):
        return None
    if identity is Identity.REFERENCE and member.get("pmid"):
        return ("pmid", str(member["pmid"]))
    text = normal_text(identity_text(member, identity))
    kind = member.get("type") if identity is Identity.TYPE_NAME else None
    return (kind, text) if text else None


def _site(member: Any, *keys: str) -> Hashable | None:
    if not isinstance(member, dict):
        return None
    # Beside the country something must be there: what has nothing else in common is not one site.
    parts = tuple(
        country_key(member.get(key)) if key == "country" else folded(member.get(key)) for key in keys
    )
    return parts if any(part for key, part in zip(keys, parts, strict=True) if key != "country") else None


def _match(
    old: Sequence[Any],
    new: Sequence[Any],
    key: Callable[[Any], Hashable | None],
    found: dict[int, int],
    taken: set[int],
) -> None:
    waiting: defaultdict[Hashable, list[int]] = defaultdict(list)
    for at in range(len(old) - 1, -1, -1):
        if at not in taken and (name := key(old[at])) is not None:
            waiting[name].append(at)
    for at in range(len(new)):
        if at in found or (name := key(new[at])) is None or not waiting.get(name):
            continue
        found[at] = waiting[name].pop()
        taken.add(found[at])


def _by_likeness(
    old: Sequence[Any],
    new: Sequence[Any],
    left_old: list[int],
    left_new: list[int],
    identity: Identity | None,
    found: dict[int, int],
    taken: set[int],
) -> None:
    if len(left_old) * len(left_new) > MOST_PAIRS:
        return
    least = OUTCOMES_LIKE if identity is Identity.MEASURE else LIKE
    texts_old = {at: normal_text(identity_text(old[at], identity))[:LONGEST] for at in left_old}
    texts_new = {at: normal_text(identity_text(new[at], identity))[:LONGEST] for at in left_new}
    cities_old = Counter(_city(old[at]) for at in left_old)
    cities_new = Counter(_city(new[at]) for at in left_new)

    def alone(a: int, b: int) -> bool:
        city = _city(old[a])
        return bool(city) and city == _city(new[b]) and cities_old[city] == 1 == cities_new[city]

    scored = []
    for a in left_old:
        for b in left_new:
            if identity is Identity.SITE and not _may_be_one_site(old[a], new[b]):
                continue
            if identity is Identity.SITE and not alone(a, b) and _elsewhere(old[a], new[b]):
                continue
            score = fuzz.ratio(texts_old[a], texts_new[b])
            if identity is Identity.LABEL and score >= RELABELLED and _same_treatment(old[a], new[b]):
                score = max(score, LIKE + score / 10)  # what an arm receives says more than what it is called
            if identity is Identity.SITE and alone(a, b):
                score = max(score, LIKE)  # one went, one came, in the same city: a new name
            if score >= least:
                scored.append((-score, a, b))
    for _, a, b in sorted(scored):
        if a not in taken and b not in found:
            found[b] = a
            taken.add(a)


def _same_treatment(a: Any, b: Any) -> bool:
    if not isinstance(a, dict) or not isinstance(b, dict):
        return False
    given = a.get("interventionNames")
    return bool(given) and given == b.get("interventionNames") and a.get("type") == b.get("type")


def _elsewhere(a: dict[str, Any], b: dict[str, Any]) -> bool:
    """Whether two masked sites have nothing but a city in common, and different postcodes."""
    zips = (folded(a.get("zip")), folded(b.get("zip")))
    return masked(a) and masked(b) and all(zips) and zips[0] != zips[1]


def _may_be_one_site(a: Any, b: Any) -> bool:
    if not isinstance(a, dict) or not isinstance(b, dict):
        return False
    if country_key(a.get("country")) != country_key(b.get("country")):
        return False
    same_place = folded(a.get("city")) == folded(b.get("city")) or (
        a.get("zip") is not None and folded(a.get("zip")) == folded(b.get("zip"))
    )
    return same_place


def _city(site: Any) -> str:
    return folded(site.get("city")) if isinstance(site, dict) else ""
