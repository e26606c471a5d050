"""What is muted or acknowledged: a trial, a watch or a field, as a person names it in Slack."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlite_utils import Database

from monitor import watches
from monitor.acting.mutes import Scope
from monitor.config.errors import nearest_names, suggestion
from snapshots.deadlines.states import STATE_SLUGS
from snapshots.fields import table

_QUOTES = "\"'“”„‘’`"


class Unknown(Exception):
    """No watch or field of this name; `str()` is the answer."""


class About(msgspec.Struct, frozen=True, kw_only=True):
    scope: Scope
    value: str  # a trial's id, a watch's name or a field's slug

    def __str__(self) -> str:
        match self.scope:
            case Scope.TRIAL:
                return self.value
            case Scope.WATCH:
                return f"Watch “{self.value}”"
            case Scope.FIELD:
                return f"Field {self.value}"

    @property
    def limits(self) -> str:
        """Of what it is true: a sentence, with a blank behind it; none for a trial."""
        match self.scope:
            case Scope.TRIAL:
                return ""
            case Scope.WATCH:
                return "This is for trials that no other watch holds. "
            case Scope.FIELD:
                return "This is for changes that hold nothing else. "


def about_watch(db: Database, words: Sequence[str]) -> About:
    """By its name, in quotes or not, large letters or small. Raises Unknown."""
    asked = " ".join(words).strip(_QUOTES)
    names = [one.name for one in watches.active(db)]
    found = [name for name in names if name == asked] or [
        name for name in names if name.casefold() == asked.casefold()
    ]
    if not found:
        hint = suggestion(asked, names) if names else "there is none"
        raise Unknown(f"No such watch: “{asked[:80]}”: {hint}")
    return About(scope=Scope.WATCH, value=found[0])


def about_field(words: Sequence[str]) -> About:
    """A field's slug, or the name of a state that time makes. Raises Unknown."""
    asked = "-".join(words).strip(_QUOTES).lower()
    slugs = [*STATE_SLUGS, *sorted(table("ctgov").slugs())]
    if asked not in slugs:
        raise Unknown(f"No such field: {asked[:80]}: {nearest_names(asked, slugs)}")
    return About(scope=Scope.FIELD, value=asked)
