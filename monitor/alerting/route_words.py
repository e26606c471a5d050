"""What a route lets through, as one would say it. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.alerting.matching import either, phase_in_words, status_in_words
from monitor.config.routes import Route
from snapshots.countries import in_words

_WEIGHT = {
    "minor": "everything from minor up",
    "major": "what is major or critical",
    "critical": "only what is critical",
}


def route_in_words(route: Route) -> str:
    """`what is major or critical, held by “MSC exosomes”, tagged stopped or results, concerning Poland`."""
    said = [
        ("held by", _quoted(route.watches)),
        ("of", route.trials),
        ("sponsored by", _quoted(route.sponsors)),
        ("in", None if route.phases is None else map(phase_in_words, route.phases)),
        ("in a trial that was", _statuses(route.status_before)),
        ("in a trial that is", _statuses(route.status_after)),
        ("for a change of", route.fields),
        ("tagged", route.tags),
        ("concerning", None if route.countries is None else map(in_words, route.countries)),
        ("leaving out", _all(route.except_fields, "field")),
        ("leaving out", _all(route.except_tags, "tag")),
    ]
    return ", ".join(
        [_WEIGHT[route.min_severity], *(f"{how} {either(names)}" for how, names in said if names is not None)]
    )


def _statuses(codes: tuple[str, ...] | None) -> Iterable[str] | None:
    return None if codes is None else map(status_in_words, codes)


def _quoted(names: tuple[str, ...] | None) -> Iterable[str] | None:
    return None if names is None else [f"“{name}”" for name in names]


def _all(names: tuple[str, ...] | None, noun: str) -> list[str] | None:
    """Everything of these is left out: joined by `and`, after the noun."""
    if names is None:
        return None
    return [f"the {noun}{'s' if len(names) > 1 else ''} {', '.join(names)}"]
