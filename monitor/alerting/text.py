"""Values of a record as a person would read them in an alert. Pure; never cut: shortening is the
channel's work."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from monitor.addresses import DEMO_PATH
from monitor.web.drawing.terms import is_code, label_of, said
from snapshots.changeset import DETAIL, JSON, Action, FieldChange, Kind
from snapshots.facts import UNKNOWN_ENROLLMENT
from snapshots.markup import unmarked

REGISTRIES = {"ctgov": "ClinicalTrials.gov"}
# Which of an object's values say what it is, by the key that every such object has; in the order of reading.
_LEADING = (
    ("date", ("date", "type")),
    ("count", ("count", "type")),
    ("measure", ("measure", "timeFrame", "description")),
    ("facility", ("facility", "city", "state", "country", "status")),
    ("city", ("city", "state", "country", "status")),
    ("label", ("label", "type", "description")),
    ("citation", ("citation", "pmid")),
    ("name", ("name", "type", "class", "description")),
)

_FIGURES = re.compile(r"\d.*→.*")  # from the first figure on, a move with both its ends
_HOW_FAR = re.compile(
    r"\b(?:about )?(?:a|[\d½]+) (?:day|month|year)s? "
)  # of a date; a headline may tell it in another unit
_WORD = re.compile(r"\w+")
_UNKNOWN = str(UNKNOWN_ENROLLMENT)
_TYPED = re.compile(r"(\S+) ([A-Z]+)")  # `300 ESTIMATED`
_TRIAL = re.compile(r"NCT\d")
# Reasons that weigh a change and tell nothing of it.
_OF_ITSELF = frozenset((DETAIL, "a single site", "single sites"))
# Words that say what others say too.
_MEANS = {
    "actual": {"fact"},
    "opened": {"country"},
    "closed": {"country"},
    "renamed": {"arm", "s", "label", "changed"},
}
_SMALL = frozenset(("a", "an", "the", "was", "were", "is", "are", "of", "changed"))


def registry_name(registry: str) -> str:
    return REGISTRIES.get(registry, registry)


def scripted(url: str | None) -> bool:
    """Is an address the demo's registry, or of a record there? A proxy or a mirror on this machine is not."""
    return only_here(url) and f"{urlsplit(url or '').path}/".startswith(f"{DEMO_PATH}/")


def only_here(url: str | None) -> bool:
    """Does an address lead to this machine? Who reads elsewhere finds nothing there."""
    try:
        host = urlsplit(url or "").hostname or ""
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def before_and_after(change: FieldChange) -> tuple[str | None, str | None]:
    """Both sides in words; neither where the summary has them both already, or where they only count members."""
    sides = (change.before, change.after)
    if change.kind is Kind.LIST and all(isinstance(side, int | str) for side in sides):
        return None, None
    if (change.field == "results" and change.item is None) or change.field == "violations":
        return (
            None,
            None,
        )  # which sections results have, each has the same; of a notice the sentence tells all
    if all(_told(side, change) for side in sides) or _move_told(change):
        return None, None
    before, after = (words_of(side, change.kind) for side in sides)
    return (None, None) if before == after else (before, after)


def _told(value: JSON, change: FieldChange) -> bool:
    """Whether the summary has a value already: its date or number is enough; yes and no are the sentence itself."""
    if value is None or isinstance(value, bool):
        return True
    if change.kind in (Kind.DATE, Kind.COUNT):
        value = value.get("date", value.get("count")) if isinstance(value, dict) else str(value).split(" ")[0]
        value = "unknown" if str(value) == _UNKNOWN else value
    summary = change.summary.casefold()
    if change.kind is Kind.COUNT:
        summary = summary.replace(",", "")
    if isinstance(value, dict) and isinstance(value.get("facility"), str):
        return value["facility"].casefold() in summary  # what became of a site is said in the sentence
    if isinstance(value, list | tuple) and value and all(isinstance(one, str) for one in value):
        return all((words_of(one, change.kind) or "").casefold() in summary for one in value)
    words = words_of(value, change.kind)
    return words is None or words.casefold() in summary or words.partition(" (")[0].casefold() in summary


def _move_told(change: FieldChange) -> bool:
    """Whether of two objects that differ in few values the summary has each of these, before and after."""
    before, after = change.before, change.after
    if not isinstance(before, dict) or not isinstance(after, dict):
        return False
    summary = _flat(unmarked(change.summary))
    moved = [
        (before.get(key), after.get(key)) for key in {*before, *after} if before.get(key) != after.get(key)
    ]
    values = [words_of(one, Kind.CHOICE) for pair in moved for one in pair]
    return bool(values) and all(one is not None and _flat(one) in summary for one in values)


def says_more(reason: str, sentence: str) -> bool:
    """Whether a reason tells more than the sentence that it stands with.

    `a primary outcome was added` does not, next to `Primary outcome added: Mortality`; nor does it that one change came
    with another, nor that it is a detail.
    """
    if reason in _OF_ITSELF or reason.startswith("told by "):
        return False
    told = set(_WORD.findall(_flat(sentence)))
    for word, others in _MEANS.items():
        if word in told:
            told |= others
    return not {word for word in _WORD.findall(_flat(reason)) if word not in _SMALL} <= told


def is_said(change: FieldChange, headline: str) -> bool:
    """Does the headline tell a change already: by its sentence, by its text (a reason beside its status), or, where
    it tells several moves with one verb, by all its words and the very figures?"""
    told, sentence = _flat(headline), _flat(change.summary).rstrip(".")
    if sentence in told:
        return True
    replaced = change.action in (Action.ADDED, Action.REMOVED) and "replaced" in told and " → " in told
    if replaced and change.item and _flat(change.item) in told:
        return True
    if isinstance(change.after, str) and len(change.after) > 10 and _flat(change.after) in told:
        return True
    if change.kind is Kind.DATE:
        sentence = _HOW_FAR.sub("", sentence)
    figures = _FIGURES.search(sentence)
    return figures is not None and figures[0] in told and _words(sentence) <= _words(told)


@lru_cache(maxsize=64)
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text))


@lru_cache(maxsize=64)  # a headline is held against each of its changes
def _flat(text: str) -> str:
    return " ".join(text.casefold().split())


def words_of(value: JSON, kind: Kind = Kind.TEXT) -> str | None:
    """One value; None for an absent one."""
    match value:
        case None:
            return None
        case bool():
            return "yes" if value else "no"
        case str() if kind in (Kind.DATE, Kind.COUNT) and (typed := _TYPED.fullmatch(value)):
            shown = "unknown" if typed[1] == _UNKNOWN else typed[1]
            return f"{shown} ({typed[2].lower()})"
        case str():
            return (
                said(value)
                if kind is not Kind.TEXT and is_code(value) and not _TRIAL.match(value)
                else unmarked(value)
            )
        case list() | tuple():
            return "; ".join(words for one in value if (words := words_of(one, kind))) or "none"
        case dict():
            return _object(value)
        case _:
            return str(value)


def status_words(status: str | None) -> str:
    """A recruitment status; empty when it is not known."""
    return said(status) if status else ""


def minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC).isoformat(' ')[:16]} UTC"


def _object(value: dict[str, JSON]) -> str:
    for leading, keys in _LEADING:
        if leading in value:
            shown = [_part(key, value[key]) for key in keys if key in value]
            if leading in ("date", "count"):
                return shown[0] + "".join(f" ({word.lower()})" for word in shown[1:])
            return ", ".join(word for word in shown if word)
    return "; ".join(
        f"{label_of(key)}: {words}" for key, one in value.items() if (words := words_of(one, Kind.CHOICE))
    )


def _part(key: str, value: JSON) -> str:
    coded = key in ("type", "status", "class")
    return words_of(value, Kind.CHOICE if coded else Kind.TEXT) or ""
