"""Invented records for measuring a search: as many different words as a registry has, as often as they are there.

Lengths are those counted over 2,321 real records (characters: title 236, ids 26, conditions 83, interventions 53,
sponsors 46, outcomes 396, places 234); words follow Zipf's law over 40,000, with the registry's commonest on top.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import Any

from doubles import study_words as words

WORDS = 40_000
_SYLLABLES = tuple(
    first + second for first in "bcdfglmnprstvxz" for second in ("a", "e", "i", "o", "an", "er", "os")
)
# Of how many trials a column holds the word: what a search finds in more than a tenth of them.
COMMON = {
    "title": {
        "study": 0.34, "patients": 0.3, "treatment": 0.2, "trial": 0.19, "cancer": 0.15, "safety": 0.14,
        "efficacy": 0.14, "randomized": 0.13, "disease": 0.12, "versus": 0.1, "phase": 0.14, "evaluate": 0.13,
    },
    "outcomes": {
        "change": 0.4, "baseline": 0.3, "time": 0.3, "rate": 0.3, "score": 0.28, "participants": 0.25,
        "adverse": 0.25, "events": 0.25, "pain": 0.15, "survival": 0.14, "quality": 0.17, "life": 0.16,
    },
    "places": {"hospital": 0.42, "university": 0.38, "united": 0.34, "states": 0.33, "center": 0.3, "medical": 0.3},
}  # fmt: skip
_LENGTHS = {"title": 24, "conditions": 8, "interventions": 5, "sponsor": 5, "outcomes": 42, "places": 26}
_LAST = date(2026, 11, 20)


class Vocabulary:
    """The same words on every machine."""

    def __init__(self) -> None:
        rng = Random(1)
        made = dict.fromkeys(
            "".join(rng.choices(_SYLLABLES, k=rng.choice((2, 3, 3, 4)))) for _ in range(WORDS * 2)
        )
        self.words: list[str] = list(made)[:WORDS]
        self._weights = list(accumulate(1 / (rank + 30) for rank in range(len(self.words))))

    def draw(self, rng: Random, count: int) -> list[str]:
        last = self._weights[-1]
        return [self.words[bisect(self._weights, rng.random() * last)] for _ in range(count)]


def searched_records(count: int, *, seed: int = 1) -> Iterator[dict[str, Any]]:
    """`count` records of about 15 KB; most of it is prose that is not searched, which repeats itself and so is quick
    to pack."""
    vocabulary = Vocabulary()
    rng = Random(seed)
    prose = [f"{' '.join(vocabulary.draw(rng, 50))}. " * 12 for _ in range(300)]
    for number in range(1, count + 1):
        yield _record(number, vocabulary, rng, prose)


def _record(number: int, vocabulary: Vocabulary, rng: Random, prose: Sequence[str]) -> dict[str, Any]:
    def some(column: str) -> list[str]:
        length = max(2, int(rng.gauss(1, 0.35) * _LENGTHS[column]))
        drawn = vocabulary.draw(rng, length)
        for word, share in COMMON.get(column, {}).items():
            if rng.random() < share:
                drawn[rng.randrange(len(drawn))] = word
        return drawn

    def parts(column: str, size: int) -> list[str]:
        drawn = some(column)
        return [" ".join(drawn[at : at + size]) for at in range(0, len(drawn), size)]

    title = some("title")
    third = len(title) // 3
    updated = _LAST - timedelta(days=int(rng.random() ** 2 * 7_000))
    city, state, _, country, *_ = rng.choice(words.CITIES)
    protocol = {
        "identificationModule": {
            "nctId": f"NCT{90_000_000 + number:08d}",
            "orgStudyIdInfo": {"id": f"{rng.choice('ABCDEFGH')}{rng.randrange(10**5)}-{rng.randrange(100)}"},
            "briefTitle": " ".join(title[:third]).capitalize(),
            "officialTitle": " ".join(title[third:]).capitalize(),
        },
        "statusModule": {
            "overallStatus": rng.choice(("COMPLETED", "COMPLETED", "RECRUITING", "UNKNOWN", "TERMINATED")),
            "lastUpdateSubmitDate": (updated - timedelta(days=3)).isoformat(),
            "lastUpdatePostDateStruct": {"date": updated.isoformat(), "type": "ACTUAL"},
        },
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": " ".join(some("sponsor")).title()}},
        "descriptionModule": {"briefSummary": rng.choice(prose), "detailedDescription": rng.choice(prose)},
        "conditionsModule": {"conditions": parts("conditions", 3)},
        "designModule": {"studyType": "INTERVENTIONAL", "phases": [f"PHASE{rng.randint(1, 4)}"]},
        "armsInterventionsModule": {"interventions": [{"name": one} for one in parts("interventions", 2)]},
        "outcomesModule": {"primaryOutcomes": [{"measure": one} for one in parts("outcomes", 8)]},
        "eligibilityModule": {"eligibilityCriteria": rng.choice(prose)},
        "contactsLocationsModule": {
            "locations": [
                {"facility": one.title(), "city": city, "state": state, "country": country}
                for one in parts("places", 6)
            ]
        },
    }
    return {
        "protocolSection": protocol,
        "derivedSection": {"miscInfoModule": {"versionHolder": _LAST.isoformat()}},
        "hasResults": False,
    }


def queries(records: Sequence[dict[str, Any]], *, count: int = 500, seed: int = 2) -> list[tuple[str, str]]:
    """(kind, what is typed): the same for the same records. Typos are in none of them."""
    rng = Random(seed)
    vocabulary = Vocabulary()

    def title() -> list[str]:
        named = rng.choice(records)["protocolSection"]["identificationModule"]
        return str(named["officialTitle"]).casefold().split()

    def beside() -> list[str]:
        found = title()
        at = rng.randrange(max(1, len(found) - 2))
        return found[at : at + rng.choice((2, 3))]

    common = [word for column in COMMON.values() for word in column]
    kinds = {
        "a rare word": (100, lambda: rng.choice(vocabulary.words[5_000:])),
        "a word of the middle": (50, lambda: rng.choice(vocabulary.words[30:600])),
        "a common word": (50, lambda: rng.choice(common)),
        "a phrase": (60, lambda: f'"{" ".join(beside())}"'),
        "a prefix": (60, lambda: rng.choice(vocabulary.words[:8_000])[: rng.randint(5, 8)] + "*"),
        "an id": (30, lambda: rng.choice(records)["protocolSection"]["identificationModule"]["nctId"]),
        "two to four words": (
            90,
            lambda: " ".join(rng.sample(title(), 2) + rng.sample(common, rng.randint(0, 2))),
        ),
        "OR and NOT": (30, lambda: f"{' OR '.join(vocabulary.draw(rng, 2))} NOT {rng.choice(common)}"),
        "a typo": (30, lambda: "q" + rng.choice(vocabulary.words)[::-1] + "q"),
    }
    made = [(kind, ask()) for kind, (many, ask) in kinds.items() for _ in range(many)]
    return [made[at * len(made) // count] for at in range(count)]
