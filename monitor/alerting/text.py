"""Values of a record as a person would read them in an alert. Pure; never cut: shortening is the
channel's work."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from monitor.web.terms import is_code, said
from snapshots.changeset import JSON, FieldChange, Kind

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


def registry_name(registry: str) -> str:
    return REGISTRIES.get(registry, registry)


def scripted(url: str | None) -> bool:
    """Does a record's address lead to this machine? Then its registry is the demo's, and ends with it."""
    host = urlsplit(url or "").hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def before_and_after(change: FieldChange) -> tuple[str | None, str | None]:
    """Both sides in words; neither where the summary has them both already, or where they only count members."""
    if change.kind is Kind.LIST and all(
        isinstance(side, int | str) for side in (change.before, change.after)
    ):
        return None, None
    if all(_told(side, change) for side in (change.before, change.after)):
        return None, None
    return words_of(change.before, change.kind), words_of(change.after, change.kind)


def _told(value: JSON, change: FieldChange) -> bool:
    """Whether the summary has a value already: its date or number is enough; yes and no are the sentence itself."""
    if value is None or isinstance(value, bool):
        return True
    if change.kind in (Kind.DATE, Kind.COUNT):
        value = value.get("date", value.get("count")) if isinstance(value, dict) else str(value).split(" ")[0]
    words = words_of(value, change.kind)
    return words is None or words.casefold() in change.summary.casefold()


def is_said(change: FieldChange, headline: str) -> bool:
    """Does the headline tell a change already: by its sentence, by its text (a reason beside its status), or, where
    it tells several moves with one verb, by all its words and the very figures?"""
    told, sentence = _flat(headline), _flat(change.summary)
    if sentence in told:
        return True
    if isinstance(change.after, str) and len(change.after) > 10 and _flat(change.after) in told:
        return True
    if change.kind is Kind.DATE:
        sentence = _HOW_FAR.sub("", sentence)
    figures = _FIGURES.search(sentence)
    words = set(_WORD.findall(sentence))
    return figures is not None and figures[0] in told and words <= set(_WORD.findall(told))


def _flat(text: str) -> str:
    return " ".join(text.casefold().split())


def words_of(value: JSON, kind: Kind = Kind.TEXT) -> str | None:
    """One value; None for an absent one."""
    match value:
        case None:
            return None
        case bool():
            return "yes" if value else "no"
        case str():
            return said(value) if kind is not Kind.TEXT and is_code(value) else value
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
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _object(value: dict[str, JSON]) -> str:
    for leading, keys in _LEADING:
        if leading in value:
            shown = [_part(key, value[key]) for key in keys if key in value]
            if leading in ("date", "count"):
                return shown[0] + "".join(f" ({word.lower()})" for word in shown[1:])
            return ", ".join(word for word in shown if word)
    return "; ".join(f"{key}: {words}" for key, one in value.items() if (words := words_of(one, Kind.CHOICE)))


def _part(key: str, value: JSON) -> str:
    coded = key in ("type", "status", "class")
    return words_of(value, Kind.CHOICE if coded else Kind.TEXT) or ""
