"""What a route may name beside what the file itself defines: countries, phases, statuses, sponsors.

People write them in their own way; a route keeps them in the registry's. Each of these gives None for what it does
not know, and a list of what it does.
"""

from __future__ import annotations

import re
import unicodedata

NO_PHASE = "NA"
PHASES = ("EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4", NO_PHASE)
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}


def country(text: str) -> str | None:
    """`pl`, `poland` → `Poland`."""
    from snapshots.country_names import country as named

    return named(text)


def countries() -> list[str]:
    from snapshots.country_names import BY_CODE

    return list(BY_CODE.values())


def phase(text: str) -> str | None:
    """`Phase 3`, `phase III`, `3` → `PHASE3`; `early phase 1` → `EARLY_PHASE1`; `not applicable`, `NA` → `NA`."""
    words = re.sub(r"[\W_]+", " ", text.casefold()).strip()
    if words in ("na", "n a", "not applicable"):
        return NO_PHASE
    found = re.fullmatch(r"(early )?(?:phase ?)?([1-4]|i{1,3}|iv)", words)
    if found is None:
        return None
    number = _ROMAN.get(found[2], found[2])
    if found[1]:
        return "EARLY_PHASE1" if number == "1" else None
    return f"PHASE{number}"


def status(text: str) -> str | None:
    """`Not yet recruiting` → `NOT_YET_RECRUITING`."""
    spelt = re.sub(r"[\W_]+", "_", text).strip("_").upper()
    return spelt if spelt in statuses() else None


def statuses() -> tuple[str, ...]:
    from monitor.registries.ctgov_query import STATUSES

    return STATUSES


def words_of(name: str) -> tuple[str, ...]:
    """A name's words, letters' case and accents aside: how a sponsor is looked for in another's name."""
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(char for char in plain if not unicodedata.combining(char)).casefold()
    return tuple(re.findall(r"[^\W_]+", plain))


def names(sponsor: str, wanted: str) -> bool:
    """Whether a sponsor's name holds a wanted one: all of its words, in their order, side by side."""
    whole, part = words_of(sponsor), words_of(wanted)
    return bool(part) and any(whole[at : at + len(part)] == part for at in range(len(whole) - len(part) + 1))
