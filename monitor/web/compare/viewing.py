"""How a comparison is looked at: side by side or unified, what differs or all. It stands in the address alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from monitor.web.address import Parameter
from monitor.web.answers import BadQuestion

SIDES, UNIFIED = "sides", "unified"
CHANGED, ALL = "changed", "all"

PARAMETERS = (
    Parameter(
        name="view",
        description="Both sides beside each other, or in one",
        schema={"type": "string", "enum": [SIDES, UNIFIED]},
    ),
    Parameter(
        name="show",
        description="What differs only, or all of both records; in JSON and CSV, differences that say nothing too",
        schema={"type": "string", "enum": [CHANGED, ALL]},
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewing:
    view: str = SIDES
    show: str = CHANGED

    @property
    def unified(self) -> bool:
        return self.view == UNIFIED

    @property
    def all(self) -> bool:
        return self.show == ALL

    @property
    def query(self) -> str:
        """With its `?`; what goes without saying is left out."""
        said = {"view": self.view, "show": self.show}
        kept = {name: text for name, text in said.items() if text != getattr(DEFAULT, name)}
        return f"?{urlencode(kept)}" if kept else ""


DEFAULT = Viewing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A link that changes one thing about how it is looked at."""

    words: str
    href: str
    chosen: bool


def viewing(query: Mapping[str, str]) -> Viewing:
    """BadQuestion for a view that there is none of."""
    found = Viewing(view=query.get("view") or SIDES, show=query.get("show") or CHANGED)
    for name, text, known in (("view", found.view, (SIDES, UNIFIED)), ("show", found.show, (CHANGED, ALL))):
        if text not in known:
            raise BadQuestion(f"`{name}` is {known[0]} or {known[1]}: `{text[:60]}`")
    return found


def choices(path: str, at: Viewing, *, changed: str) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    """Groups of links. changed: how what differs is called, as `Only what changed`."""
    views = ((SIDES, "Side by side"), (UNIFIED, "Unified"))
    shows = ((CHANGED, changed), (ALL, "All"))
    return (
        (
            "Layout",
            tuple(
                Choice(words=words, href=path + replace(at, view=one).query, chosen=one == at.view)
                for one, words in views
            ),
        ),
        (
            "Show",
            tuple(
                Choice(words=words, href=path + replace(at, show=one).query, chosen=one == at.show)
                for one, words in shows
            ),
        ),
    )
