"""A change read in the light of the trial's past: what takes an earlier change back says so, and after how long.

Pure. The past is of the same line and bounded; weights and tags stay as they are, for a stop that is over was a stop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from snapshots.changes.context import STOPPED
from snapshots.changes.making import NOTHING, TRIPPED, UNREADABLE
from snapshots.changeset import JSON, Action, FieldChange, Kind, Severity
from snapshots.countries import country_key, in_words
from snapshots.dates import partial, shift
from snapshots.fields import table
from snapshots.markup import same_words
from snapshots.past import FARTHEST, Earlier, Past, days_between
from snapshots.terms import counted, said

# Their before and after count or name parts of a value: equal ones are not yet the same value.
_COUNTED = {"people", "results", "submission"}
_DROPPED = ("primary-outcomes", "secondary-outcomes", "other-outcomes", "arms", "interventions")
MOST_COUNTRIES = 2  # that a headline names as open or closed again
# The reasons that `sites.lines` gives → what happened to the country.
_TURNS = {"a country opened": "opened", "a country closed": "closed", "the country closed": "closed"}


class Reread(msgspec.Struct, frozen=True, kw_only=True):
    """The changes with what they undo, in their order; and what a headline's words of sites are to add."""

    changes: list[FieldChange]
    of_sites: str = ""


class _Span(msgspec.Struct, frozen=True):
    """From an earlier change to this one, in words."""

    days: int | None  # None: not known

    @property
    def after(self) -> str:
        if self.days is None:
            return ""
        return f" after {counted(self.days, 'day')}" if self.days else " on the same day"

    @property
    def until(self) -> str:
        if self.days is None:
            return "as it was before"
        return f"as it was until {counted(self.days, 'day')} ago" if self.days else "as it was until that day"

    @property
    def before(self) -> str:
        if self.days is None:
            return "before"
        return f"{counted(self.days, 'day')} before" if self.days else "the same day"


def undone(changes: Sequence[FieldChange], past: Past, *, day: str | None) -> Reread:
    """day: of the change set, see `past.changed_on`."""
    known: dict[str, list[tuple[Earlier, _Span]]] = {}
    for one in past:
        days = days_between(one.day, day)
        # What changed beside its value (a site's contacts) says nothing of when it had which.
        if (days is None or days <= FARTHEST) and one.before != one.after:
            known.setdefault(one.field, []).append((one, _Span(days)))
    read: list[FieldChange] = []
    added: list[str] = []
    used: set[int] = set()  # two members of one name: each return is held against a loss of its own
    for change in changes:
        earlier = [pair for pair in known.get(change.field, ()) if id(pair[0]) not in used]
        words = _words(change, earlier, used) if earlier and _is_plain(change) else None
        read.append(change if words is None else replace(change, summary=words))
        if words is not None and change.field == "locations":
            added.append(
                words.removeprefix(change.summary) if words.startswith(change.summary) else _end(words)
            )
    news = [one for one in read if one.field == "locations" and one.severity is not Severity.NOISE]
    countries = [one for one in dict.fromkeys(added) if " had " in one]
    return Reread(changes=read, of_sites="".join(added if len(news) == 1 else countries[:MOST_COUNTRIES]))


def _end(words: str) -> str:
    """The last parenthesis of a sentence."""
    return " (" + words.rpartition(" (")[2]


def _is_plain(change: FieldChange) -> bool:
    """Whether before and after are the field's own values."""
    if change.severity is Severity.NOISE or change.reason in (UNREADABLE, TRIPPED):
        return False
    field = table("ctgov").field(change.field)
    return change.before != change.after and not (field is not None and field.rule in _COUNTED)


def _words(change: FieldChange, earlier: Sequence[tuple[Earlier, _Span]], used: set[int]) -> str | None:
    if change.field == "has-results":
        return _results(change, earlier)
    if change.field == "locations" and change.reason in _TURNS:
        return _country(change, earlier)
    if change.item is None:
        return _value(change, earlier)
    if change.field == "locations" and not any(
        isinstance(side, dict) for side in (change.before, change.after)
    ):
        return None  # many sites of a country in one line
    return _member(change, earlier, used)


def _value(change: FieldChange, earlier: Sequence[tuple[Earlier, _Span]]) -> str | None:
    """A field that is one value: when did it last have this one?"""
    for one, span in earlier:
        if one.item is not None:
            continue
        if change.after is None and one.action is Action.ADDED:
            return f"{change.summary}, given {span.before}"
        if change.after is not None and one.before is not None and _same(change, one.before):
            return _status(change, span) if change.kind is Kind.STATUS else f"{change.summary}, {span.until}"
    return None


def _same(change: FieldChange, value: JSON) -> bool:
    """Whether a value is the one that a change arrives at. A date is, to the precision that both have."""
    if same_words(value, change.after):
        return True
    if change.kind is not Kind.DATE or not isinstance(value, str) or not isinstance(change.after, str):
        return False
    (old, _, old_type), (new, _, new_type) = value.partition(" "), change.after.partition(" ")
    before, after = partial(old), partial(new)
    return bool(before and after and old_type == new_type and not shift(before, after).moved)


def _status(change: FieldChange, span: _Span) -> str:
    """`Suspended → Recruiting: back to Recruiting after 2 days`; a stop keeps its reason at the end."""
    arrow = f"{said(change.before)} → {said(change.after)}"
    rest = change.summary.removeprefix(arrow)
    if rest == change.summary:
        return f"{change.summary}, {span.until}"
    if change.after in STOPPED or rest not in ("", " (backwards)"):
        return f"{arrow} again{span.after}{rest}"
    return f"{change.summary}: back to {said(change.after)}{span.after}"


def _results(change: FieldChange, earlier: Sequence[tuple[Earlier, _Span]]) -> str | None:
    for one, span in earlier:
        if change.after is True and one.before is True:
            return f"Results posted again (taken down {span.before})"
        if change.before is True and one.after is True:
            return f"{change.summary} (posted {span.before})"
    return None


def _country(change: FieldChange, earlier: Sequence[tuple[Earlier, _Span]]) -> str | None:
    """A country that closes and opens again, by whichever of its sites."""
    name = _country_of(change)
    for one, span in earlier:
        turn = _TURNS.get(one.reason)
        if turn is None or country_key(_country_of(one)) != country_key(name):
            continue
        if turn == _TURNS[change.reason]:
            return None
        where = in_words(name)
        return f"{change.summary} ({where[:1].upper()}{where[1:]} had {turn} {span.before})"
    return None


def _country_of(change: FieldChange | Earlier) -> str:
    for side in (change.after, change.before):
        if isinstance(side, dict):
            return str(side.get("country") or "")
    return change.item or ""


def _member(change: FieldChange, earlier: Sequence[tuple[Earlier, _Span]], used: set[int]) -> str | None:
    """A member of a list: the last that happened to it, taken back."""
    if change.action is Action.EDITED:
        for one, span in earlier:
            named = one.item == change.item or isinstance(one.before, dict)
            if one.action is Action.EDITED and named and same_words(one.before, change.after):
                return f"{change.summary}, {span.until}"
        return None
    last = next(((one, span) for one, span in earlier if _is_of(change, one)), None)
    if last is None:
        return None
    one, span = last
    used.add(id(one))
    match change.action, one.action:
        case Action.ADDED, Action.REMOVED:
            verb = "dropped" if change.field in _DROPPED else "removed"
            return f"{change.summary.replace(' added', ' added again', 1)} ({verb} {span.before})"
        case Action.REMOVED, Action.ADDED:
            return f"{change.summary} (added {span.before})"
        case Action.MOVED, Action.MOVED:
            return f"{change.summary} (moved the other way {span.before})"
        case _:
            return None


def _is_of(change: FieldChange, one: Earlier) -> bool:
    """Whether an earlier change is about the same member, and says where it is."""
    if one.action not in (Action.ADDED, Action.REMOVED, Action.MOVED):
        return False
    ours = change.after if change.after not in (None, NOTHING) else change.before
    theirs = one.before if one.before not in (None, NOTHING) else one.after
    return (one.item or "").casefold() == (change.item or "").casefold() or same_words(ours, theirs)
