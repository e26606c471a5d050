"""Invented prose by the megabyte: words as frequent as words are (Zipf), half of them in set phrases."""

from __future__ import annotations

from itertools import accumulate
from random import Random

LONGEST = 60_000  # bytes of a piece


def _listed(words: str) -> list[str]:
    return words.split()


_COMMON = _listed(
    "the of and to in or with for a patients be is at study will on treatment by as are from who that have not any"
    " disease than participants dose clinical after history within 1 2 3 least months group therapy use prior other"
    " days must years weeks blood baseline time subjects score informed consent day received 4 this 12 if following"
    " known pain been inclusion criteria exclusion cancer mg assessed ≥ during \\\\> \\\\< \\\\>= ± µg naïve"
)
_HEADS = _listed(
    "ab ac ad al am an ar as ba be bi bra ca ce chi co cra cy de di dro du el em en er fa fe fi fla ga ge"
)
_MIDDLES = _listed(
    "la le li lo lu ma me mi mo mu na ne ni no nu pa pe phi po ra re ri ro ru sa se si so ta te ti to tri"
)
_TAILS = _listed(
    "l n r s t x d ble cy ent ic ion ing ity ive mab nd ne ness ol ose sis ted tion ty um us xin zole"
)


class Prose:
    """A band of invented text that pieces are cut from, as bytes of a JSON string."""

    PHRASES = 6_000
    LENGTH = 4_000_000

    def __init__(self, rng: Random, *, paragraphs: bool, share: float) -> None:
        """share: of LENGTH; a few records need no long band."""
        words = vocabulary(rng)
        weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(words))))
        phrases = [
            " ".join(rng.choices(words, cum_weights=weights, k=rng.randint(2, 6))) for _ in range(12_000)
        ]
        phrase_weights = list(accumulate(1 / (rank + 8) for rank in range(len(phrases))))
        parts: list[str] = []
        length = 0
        while length < self.LENGTH * share:
            pieces = rng.choices(phrases, cum_weights=phrase_weights, k=5)
            pieces += rng.choices(words, cum_weights=weights, k=rng.randint(1, 4))
            rng.shuffle(pieces)
            sentence = " ".join(pieces)
            if rng.random() < 0.3:
                sentence += (
                    f" {rng.randint(1, 400)} {rng.choice(('mg', 'weeks', 'days', '%', 'mmHg', 'years'))}"
                )
            sentence = sentence[:1].upper() + sentence[1:]
            ends = (
                rng.choice((". ", ". ", ".\\n* ", ".\\n\\n", "; "))
                if paragraphs
                else rng.choice((", ", " - ", " "))
            )
            parts.append(sentence + ends)
            length += len(parts[-1])
        self._band = "".join(parts).encode()
        self._room = len(self._band) - LONGEST

    def piece(self, chance: float, length: int) -> bytes:
        """About so many bytes, from a word's beginning to a word's end."""
        band = self._band
        start = band.find(b" ", int(chance * self._room)) + 1
        return band[start : band.find(b" ", start + length - 4)]


def vocabulary(rng: Random) -> list[str]:
    """The commonest words are real, the rest invented; some carry what JSON and markdown escape."""
    made = set[str]()
    while len(made) < 24_000:
        body = "".join(rng.choices(_MIDDLES, k=rng.choice((0, 1, 1, 2, 2, 3))))
        made.add(rng.choice(_HEADS) + body + rng.choice(_TAILS))
    rare = sorted(made)
    rng.shuffle(rare)
    return list(dict.fromkeys(_COMMON)) + rare
