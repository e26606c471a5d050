"""Countries as the registry writes them, and wrote them before: a country renamed is the same country."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import msgspec

# The registry's older spelling → the one in use. Seen in records of both kinds; keys are folded (`country_key`).
_RENAMED = {
    "turkeyturkiye": "turkey",
    "turkiye": "turkey",
    "korearepublicof": "southkorea",
    "koreademocraticpeoplesrepublicof": "northkorea",
    "russianfederation": "russia",
    "czechrepublic": "czechia",
    "iranislamicrepublicof": "iran",
    "moldovarepublicof": "moldova",
    "macedoniatheformeryugoslavrepublicof": "northmacedonia",
    "syrianarabrepublic": "syria",
    "libyanarabjamahiriya": "libya",
    "laopeoplesdemocraticrepublic": "laos",
    "tanzaniaunitedrepublicof": "tanzania",
    "swaziland": "eswatini",
    "burma": "myanmar",
    "capeverde": "caboverde",
    "congothedemocraticrepublicofthe": "democraticrepublicofthecongo",
    "congo": "republicofthecongo",
    "palestinianterritoriesoccupied": "palestinianterritories",
    "palestinianterritoryoccupied": "palestinianterritories",
    "thebahamas": "bahamas",
    "thegambia": "gambia",
    "cotedivoire": "ivorycoast",
}
_WITH_ARTICLE = {
    "unitedstates", "unitedkingdom", "netherlands", "philippines", "czechrepublic", "unitedarabemirates", "bahamas",
    "gambia", "dominicanrepublic", "democraticrepublicofthecongo", "republicofthecongo", "centralafricanrepublic",
    "palestinianterritories", "maldives",
}  # fmt: skip


def country_key(name: object) -> str:
    """What two spellings of one country share; empty for what is no name."""
    return _key(name) if isinstance(name, str) else ""


@lru_cache(maxsize=1024)
def _key(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).casefold()
    folded = "".join(char for char in plain if char.isalnum() and ord(char) < 0x250)
    return _RENAMED.get(folded, folded)


@lru_cache(maxsize=4096)  # many trials are in the same countries
def country_keys(names: str) -> frozenset[str]:
    """names: a list as JSON, as tables have it."""
    return frozenset(map(country_key, msgspec.json.decode(names)))


def in_words(name: str) -> str:
    """As it stands in a sentence: `the United States`, `Turkey`."""
    plain = name.partition(" (")[0]
    return f"the {plain}" if country_key(name) in _WITH_ARTICLE else plain
