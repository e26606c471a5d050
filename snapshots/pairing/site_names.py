"""By what a site is known for certain: what it is called and where it stands.

A masked name ("Research Site", "Local Institution - 0062") carries no identity; its place has to.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

from snapshots.countries import country_key

LIKE = 70.0  # rapidfuzz's ratio from which two names of a facility are one, reworded
_MASKED = re.compile(
    r"^(research site|investigational site|clinical (?:research|study) site|study site|local institution.*"
    r"|gsk investigational site|[\w ]*investigational site.*|site[ #-]*(?=\w*\d)\w+|[\d\W]+)$"
)


def folded(text: object) -> str:
    """Letters and digits alone, without accents or case: what a respelling leaves."""
    return _folded(text) if isinstance(text, str) else ""


@lru_cache(maxsize=4096)  # of one comparison: the same few names, again and again
def _folded(text: str) -> str:
    return "".join(filter(str.isalnum, unaccented(text)))


def masked(site: Any) -> bool:
    """Whether a site's name says nothing of which site it is."""
    name = site.get("facility") if isinstance(site, dict) else None
    return not isinstance(name, str) or _is_masked(name)


@lru_cache(maxsize=4096)  # as `_folded`
def _is_masked(name: str) -> bool:
    return _MASKED.match(name.strip().casefold()) is not None


def another_state(a: object, b: object) -> bool:
    """Whether two provinces are two, and not one spelt twice or left out once."""
    one, other = folded(a), folded(b)
    if not one or not other or one.startswith(other) or other.startswith(one):
        return False
    from rapidfuzz import fuzz  # seldom asked: a library that takes 15 ms to load

    return fuzz.ratio(one, other) < LIKE


def site_keys() -> list[Callable[[Any], Hashable | None]]:
    """By what two sites are one for certain, the surest first."""
    return [
        lambda one: _key(one, "facility", "city", "country", "zip") if _placed(one) else None,
        lambda one: _key(one, "facility", "city", "country", "state") if not _placed(one) else None,
        lambda one: None if masked(one) else _key(one, "facility", "city", "country"),
        lambda one: _key(one, "city", "country", "zip") if masked(one) and _placed(one) else None,
        lambda one: None if _placed(one) else _key(one, "city", "country", "state"),
    ]


def _placed(site: Any) -> bool:
    """Whether a site can be known again: by its name, or by its postcode."""
    return isinstance(site, dict) and (not masked(site) or bool(site.get("zip")))


def _key(site: Any, *keys: str) -> Hashable | None:
    if not isinstance(site, dict):
        return None
    # Beside the country something must be there: what has nothing else in common is not one site.
    parts = tuple(country_key(site.get(key)) if key == "country" else folded(site.get(key)) for key in keys)
    return parts if any(part for key, part in zip(keys, parts, strict=True) if key != "country") else None


def unaccented(text: object) -> str:
    """In small letters, without accents and apostrophes."""
    if not isinstance(text, str):
        return ""
    if text.isascii() and "&" not in text:
        return text.casefold().replace("'", "")
    from html import unescape

    loose = unicodedata.normalize("NFKD", unescape(text)).casefold()
    return "".join(char for char in loose if not unicodedata.combining(char) and char not in "'’")
