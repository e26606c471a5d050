"""What a reader may ask of events: severity, tag, field, where to go on. A misspelt one would look like silence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from difflib import get_close_matches
from functools import cache

from monitor.config import route_names
from monitor.web.answers import BadQuestion, NoSuchPage
from monitor.web.drawing.terms import said
from monitor.web.reading import Reading
from monitor.web.sources import named
from snapshots.changeset import Severity
from snapshots.fields import table

TAGS = (
    *("status", "stopped", "restarted", "results", "timeline", "enrolment", "outcomes", "eligibility"),
    *("sites", "sponsor", "design", "integrity", "documents", "compliance"),
)
PHASES = ("Early phase 1", "Phase 1", "Phase 2", "Phase 3", "Phase 4")
LONGEST = 200  # characters of a filter


def short_enough(name: str, text: str) -> str:
    """BadQuestion past LONGEST characters."""
    if len(text) > LONGEST:
        raise BadQuestion(f"the filter is too long: `{name}`")
    return text


def check_names(query: Iterable[str], known: Sequence[str]) -> None:
    """BadQuestion for the name of a filter that there is none of: what it was to keep out would be let in.

    `utm_…`, which says where a link was found and is added by others, is no filter.
    """
    for name in query:
        if name not in known and not name.startswith("utm_"):
            shown = f"no such filter here: `{name[:60]}`"
            if not known:
                raise BadQuestion(shown, hint="A calendar takes none: leave out what begins with the `?`.")
            held = [one for one in known if len(name) > 3 and name in one]
            raise BadQuestion(shown, hint=nearest(held[0] if held else name, known))


def least(text: str) -> Severity:
    """The least severity asked for; minor when none is."""
    try:
        return Severity(text or "minor")
    except ValueError:
        raise BadQuestion(
            f"no such severity: `{text}`", hint="There are critical, major, minor and noise."
        ) from None


def check_tag(text: str) -> None:
    if text and text not in TAGS:
        raise BadQuestion(f"no such tag: `{text}`", hint=nearest(text, TAGS))


def check_field(text: str, *, beside: Sequence[str] = ()) -> None:
    """beside: names that count as fields here."""
    known = [*sorted(table("ctgov").slugs()), *beside]
    if text and text not in known:
        raise BadQuestion(f"no such field: `{text}`", hint=nearest(text, known))


def status(text: str) -> str | None:
    """`recruiting`, `Not yet recruiting` → the registry's own word; None when none is asked for."""
    if not text:
        return None
    found = route_names.status(text)
    if found is None:
        known = [one.lower() for one in route_names.statuses()]
        raise BadQuestion(f"no such status: `{text}`", hint=nearest(text.lower(), known))
    return found


def phase(text: str) -> str | None:
    """`3`, `phase III`, `Phase 3` → `Phase 3`, as trials are stored; None when none is asked for."""
    if not text:
        return None
    found = route_names.phase(text)
    if found is None or found == route_names.NO_PHASE:
        raise BadQuestion(f"no such phase: `{text}`", hint="There are 1, 2, 3, 4 and early 1.")
    return f"Early phase {found[-1]}" if found.startswith("EARLY") else f"Phase {found[-1]}"


def country(text: str) -> str | None:
    """`pl`, `poland`, an older name → the registry's name; None when none is asked for."""
    if not text:
        return None
    found = route_names.country(text)
    if found is None:
        raise BadQuestion(f"no such country: `{text}`", hint=nearest(text.title(), route_names.countries()))
    return found


def statuses() -> tuple[tuple[str, str], ...]:
    """Each status as it stands in an address, and in words, to choose from."""
    return tuple((one.lower(), said(one)) for one in route_names.statuses())


def countries() -> tuple[str, ...]:
    """As the registry writes them, to choose from."""
    return tuple(sorted(route_names.countries()))


def watch(text: str, reader: Reading) -> None:
    """NoSuchPage for a watch that there neither is nor was."""
    if text and not reader.knows_watch(text):
        names = [one.name for one in reader.watches()]
        raise NoSuchPage(f"no such watch: `{text}`", hint=nearest(text, names))


def trial(text: str) -> tuple[str, str] | None:
    """Registry and id; None when none is asked for."""
    if not text:
        return None
    found = named(text)
    if found is None:
        raise BadQuestion(
            f"no id of a trial: `{text}`",
            hint="An id is NCT and eight digits, as NCT07146087; a record's web address will do too.",
        )
    return found


@cache
def fields(*, groups: bool = True) -> tuple[tuple[str, str], ...]:
    """Slug and label of every field that is told of, to choose from. groups: also those that are made of others."""
    known = table("ctgov")
    found = {}
    for one in known:
        made_of_others = known.divides(one.keys)
        if not one.noise and (groups or not made_of_others):
            found[one.slug] = f"{one.label} (all)" if made_of_others else one.label
    return tuple(sorted(found.items()))


def check_come(day: date, last: date) -> None:
    """NoSuchPage for a day to come. last: the last of which anything can be said."""
    if day > last:
        raise NoSuchPage(
            f"that day has not come: `{day}`", hint=f"The last day that can be asked for is {last}."
        )


def nearest(text: str, names: Sequence[str]) -> str:
    near = get_close_matches(text, names, n=1, cutoff=0.65)  # `until` is no misspelt `trial`
    if near:
        return f"Did you mean `{near[0]}`?"
    return f"There are {', '.join(names)}." if 0 < len(names) <= 20 else ""


def before(text: str) -> int | None:
    """The number of the event to go on from."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise BadQuestion(f"`before` is the number of an event: `{text[:60]}`")
    return int(text)
