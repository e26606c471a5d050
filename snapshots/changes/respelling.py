"""Whether a name only came to be written in another way: no news, however many letters it takes.

Equal after dropping all but letters and digits; a corporate suffix completed; British spelling for American; characters
that were damaged on their way into the registry, or repaired; a city written otherwise beside the same facility and
postcode.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from snapshots.countries import country_key
from snapshots.pairing.site_names import another_state, folded, masked

_SUFFIX = re.compile(
    r"[\s,.]{1,4}+(?:inc|incorporated|ltd|limited|llc|llp|plc|gmbh|ag|co|corp|corporation|company|s\.?a\.?|s\.?r\.?l\.?"
    r"|s\.?p\.?a\.?|b\.?v\.?|n\.?v\.?|pty|kg|oy|ab|a/s)\.?(?=$|[\s,.(])",
    re.IGNORECASE,
)
# A lost character, or UTF-8 read as Latin-1 or Latin-2 (`H\u0103"Pital` was `H\u00f4pital`).
_DAMAGED = re.compile('[?\ufffd]|[\u00c2\u00c3][\u0080-\u00bf]|[\u0102\u0103]["<>\u0080-\u00bf]')
_BRITISH = (("centre", "center"), ("paediatr", "pediatr"), ("haemat", "hemat"), ("gynaecol", "gynecol"))
NEARLY = 88.0  # rapidfuzz's ratio from which a damaged name is the repaired one


def same_name(old: object, new: object) -> bool:
    """Of a facility, an organisation, a city."""
    if old == new or (folded(old) and folded(old) == folded(new)):
        return True
    if not isinstance(old, str) or not isinstance(new, str):
        return False
    if (bare := _bare(old)) and bare == _bare(new):
        return True
    damaged = bool(_DAMAGED.search(old)) != bool(_DAMAGED.search(new))
    if not damaged:
        return False
    from rapidfuzz import fuzz  # seldom asked: a library that takes 15 ms to load

    return fuzz.ratio(folded(old), folded(new)) >= NEARLY


def _bare(name: str) -> str:
    """Without a corporate suffix, in American spelling."""
    bare = folded(_SUFFIX.sub("", name))
    for british, american in _BRITISH:
        bare = bare.replace(british, american)
    return bare


def respelt_site(old: dict[str, Any], new: dict[str, Any], keys: Collection[str]) -> bool:
    """Whether a site's place, where these keys of it differ, is the same place."""
    if country_key(old.get("country")) != country_key(new.get("country")):
        return False
    if "facility" in keys and not same_name(old.get("facility"), new.get("facility")):
        return False
    if "city" in keys and not same_name(old.get("city"), new.get("city")):
        # The same house at the same postcode has not moved, whatever its city is called.
        return "facility" not in keys and "zip" not in keys and bool(new.get("zip"))
    # A state or a postcode filled in, corrected or left out; not both of a masked site: that is another.
    moved = masked(new) and {"state", "zip"} <= set(keys)
    return not (moved and another_state(old.get("state"), new.get("state")))
