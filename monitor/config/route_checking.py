"""One `[[route]]` held against the rest of the file, and put into the registry's own words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from monitor.config import route_names
from monitor.config.errors import nearest_names, probable, quoted
from monitor.config.id_lists import TrialId, canonical_ids
from monitor.config.report import Report
from monitor.config.routes import Route

_LISTS = tuple(name for name in Route.__struct_fields__ if name not in ("digest", "min_severity"))
_SIDES = (("fields", "except_fields"), ("tags", "except_tags"))


def checked_route(
    report: Report,
    index: int,
    route: Route,
    *,
    known: Mapping[str, Sequence[str]],
    slugs: Callable[[], list[str]],
    trial_id: TrialId,
) -> Route:
    """The route with ids, countries, phases and statuses as the registry writes them; what is wrong goes into the
    report. known: noun → the names there are of it, of `notifier`, `watch`, `tag`."""
    path = ("route", index)
    for key in _LISTS:
        if getattr(route, key) == ():
            remedy = "name a notifier" if key == "to" else f"leave it out for {_all_of(key)}"
            report.problem((*path, key), f"`{key}` is an empty list: `[]`", hint=remedy)
    nouns = {
        "to": "notifier",
        "watches": "watch",
        "fields": "field",
        "except_fields": "field",
        "tags": "tag",
        "except_tags": "tag",
    }
    for key, noun in nouns.items():
        names = getattr(route, key)
        valid = slugs() if names and noun == "field" else known.get(noun, ())
        for at, name in enumerate(names or ()):
            if name not in valid:
                report.problem(
                    (*path, key, at),
                    f"`{key}` names an unknown {noun}: {quoted(name)}",
                    hint=meant(name, valid, noun),
                )
    for key, other in _SIDES:
        for name in getattr(route, key) or ():
            if name in (getattr(route, other) or ()):
                report.problem((*path, other), f"`{key}` and `{other}` both name it: {quoted(name)}")
    _sponsors(report, path, route)
    made: dict[str, Any] = {
        "countries": _spelt(report, path, route, "countries", "country", route_names.country),
        "phases": _spelt(report, path, route, "phases", "phase", route_names.phase),
        "status_before": _spelt(report, path, route, "status_before", "status", route_names.status),
        "status_after": _spelt(report, path, route, "status_after", "status", route_names.status),
    }
    if route.trials:
        made["trials"] = canonical_ids(report, (*path, "trials"), route.trials, trial_id)
    return msgspec.structs.replace(route, **made)


def meant(name: str, valid: Sequence[str], noun: str) -> str:
    """The hint for a name that is not known."""
    if noun == "field":
        return nearest_names(name, valid)
    near = probable(name, valid) if noun != "phase" else None  # one number is as near as another
    if near is not None:
        return f"did you mean `{near}`?"
    if not valid:
        table = {"notifier": "[notifiers.NAME]", "watch": "[[watch]]"}.get(noun, noun)
        return f"there is no {table} in this file"
    if noun == "country":
        return "in English, as the registry writes it, or by its code, as `PL`"
    return "there are: " + ", ".join(f"`{one}`" for one in dict.fromkeys(valid))


def _all_of(key: str) -> str:
    return "none" if key.startswith("except") else "all"


def _spelt(
    report: Report,
    path: tuple[str, int],
    route: Route,
    key: str,
    noun: str,
    canonical: Callable[[str], str | None],
) -> tuple[str, ...] | None:
    names: tuple[str, ...] | None = getattr(route, key)
    found: list[str] = []
    for at, name in enumerate(names or ()):
        one = canonical(name)
        if one is not None:
            found.append(one)
            continue
        valid = {"country": route_names.countries, "status": route_names.statuses}
        names_known = valid[noun]() if noun in valid else route_names.PHASES
        report.problem(
            (*path, key, at),
            f"`{key}` names an unknown {noun}: {quoted(name)}",
            hint=meant(name, names_known, noun),
        )
    return None if names is None else tuple(dict.fromkeys(found))


def _sponsors(report: Report, path: tuple[str, int], route: Route) -> None:
    for at, name in enumerate(route.sponsors or ()):
        if not route_names.words_of(name):
            report.problem(
                (*path, "sponsors", at),
                f"`sponsors` holds no word: {quoted(name)}",
                hint="a sponsor's name or some words of it, as `Novartis`",
            )
