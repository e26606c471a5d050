"""What of a record can lead to others: its identifiers, and its phrases and words. Pure.

Texts are those that the index of words was made of (`snapshots.search.wording`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MOST_IDS = 20  # identifiers of one record that are looked up
MOST_PHRASES = 5  # of its conditions, and of its interventions
MOST_WORDS = 6  # of its title and conditions, one by one
_SHORTEST = 4  # letters of a word, letters and digits of an identifier
# Numbers that name a study all over the world, wherever in an identifier they stand.
_NUMBERS = re.compile(
    r"NCT\d{8}|ISRCTN\d{8}|U1111-\d{4}-\d{4}|(?<!\d)20\d{2}-5\d{5}-\d{2}|(?<!\d)(?:19|20)\d{2}-\d{6}-\d{2}(?!\d)"
    r"|ACTRN\d{14}|DRKS\d{8}|ChiCTR[-\w]{6,}|jRCT\w?\d{9,}|UMIN\d{9}|CTRI/\d{4}/\d{2,3}/\d{6}|EUPAS\d{3,}",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_][\w-]*")
# In every other title, and telling nothing of what a study is about.
_EMPTY_WORDS = (
    "study studies trial trials clinical patients patient participants subjects adults children healthy volunteers"
    " phase evaluation evaluate efficacy safety effect effects effectiveness comparison compare comparing versus with"
    " without among between from their this that which using used based treatment treated therapy therapeutic"
    " randomized randomised controlled double blind open label placebo pilot multicenter multicentre prospective"
    " observational investigation investigate assessment assess impact role after before during into than over"
    " combination disease disorder syndrome acute chronic severe moderate mild people women long term group"
    " different dose single multiple early late high care standard management tolerability tolerance preliminary"
    " pharmacokinetic pharmacokinetics pharmacodynamic pharmacodynamics immunogenicity activity feasibility exploratory"
    " explore exploring evaluating investigate investigating assessing determine determining comparative confirmatory"
    " pivotal interventional retrospective cohort cohorts extension expansion escalation ascending finding first human"
    " arms part parts group groups parallel crossover center centre masked blinded controlled research outcomes outcome"
    " term real world dosing regimen regimens monotherapy alone given agent combined injection tablet tablets"
    " advanced combinations in of to and non up on"
)
_EMPTY = frozenset(_EMPTY_WORDS.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Words that are looked for as they stand, side by side. weight: how much they say beside others as rare.
    is_name: of a condition or an intervention, not a single word out of it.
    """

    text: str
    weight: float
    is_name: bool

    @property
    def expression(self) -> str:
        """For SQLite's full-text index, in the columns that say what a study is about."""
        return "{title conditions interventions} : " + quoted(self.text)


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""').replace("\0", " ") + '"'


def identifiers(texts: Iterable[str]) -> dict[str, str]:
    """Of a record's ids, each on a line: what two records share when they share an identifier → as it is written.

    A whole id, without case and what separates its parts, and the numbers that stand within one.
    """
    found: dict[str, str] = {}
    for text in texts:
        for one in _NUMBERS.findall(text):
            found.setdefault(_bare(one), one)
        bare = _bare(text)
        if len(bare) >= _SHORTEST and any(char.isdigit() for char in bare):
            found.setdefault(bare, text)
    return dict(list(found.items())[:MOST_IDS])


def units(title: str, conditions: str, interventions: str) -> tuple[Unit, ...]:
    """What to look for, each once: the conditions and the interventions as they are called, then single words."""
    found: dict[str, Unit] = {}

    def add(text: str, weight: float, *, is_name: bool = True) -> None:
        found.setdefault(_bare(text), Unit(text=text, weight=weight, is_name=is_name))

    named = _phrases(conditions)
    for text in _phrases(interventions):
        add(text, 1.2)
    for text in named:
        add(text, 1.0)
    words = dict.fromkeys(word for text in (*title.split("\n")[:1], *named) for word in _words(text))
    for word in list(words)[:MOST_WORDS]:
        add(word, 0.5, is_name=False)
    return tuple(found.values())


def _phrases(lines: str) -> list[str]:
    kept = [text.strip()[:120] for text in lines.split("\n") if len(_bare(text)) >= _SHORTEST]
    return [text for text in kept if text.casefold() not in _EMPTY][:MOST_PHRASES]


def _words(text: str) -> Iterator[str]:
    for word in _WORD.findall(text):
        # `placebo-controlled` and `first-in-human` say no more than their parts; `lm-108` is a name.
        if len(word) >= _SHORTEST and not _EMPTY.issuperset(word.casefold().split("-")):
            yield word.casefold()


def _bare(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())
