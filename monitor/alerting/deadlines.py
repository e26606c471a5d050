"""States that time makes, as an alert explains them: the rule behind each, and how far it is to be believed. Pure."""

from __future__ import annotations

from notifiers.message import Item, Level
from snapshots.deadlines.states import StateKind
from snapshots.event import Event

_RESULTS = "Under FDAAA 801 the results of such a trial are due a year after primary completion, and with a certificate"
_SHOWN = "as far as the record shows: an exemption or extension that it does not show may apply"
# State → label, the rule, how to take it.
_WORDS = {
    StateKind.RESULTS_OVERDUE: (
        "Results appear overdue",
        f"{_RESULTS} of delay three; this is said when 30 days more have passed",
        _SHOWN,
    ),
    StateKind.RESULTS_DUE_SOON: ("Results due soon", f"{_RESULTS} of delay three", _SHOWN),
    StateKind.STATUS_STALE: (
        "Status not verified",
        "Sponsors are to verify the record of a running study at least once a year",
        "what it says may no longer be so",
    ),
    StateKind.WILL_TURN_UNKNOWN: (
        "May turn to Unknown",
        "The registry shows a running study as Unknown once its status was not verified for two years and its"
        " completion date is past",
        "an update of the record keeps it from that",
    ),
    StateKind.START_PASSED: (
        "Start date passed",
        "The study was to have begun, and the record says that it does not recruit yet",
        "a late start, or a record that was not kept up to date",
    ),
    StateKind.COMPLETION_PASSED: (
        "Completion date passed",
        "The study was to be over, and the record says that it goes on",
        "a study that runs late, or a record that was not kept up to date",
    ),
    StateKind.INCONSISTENT_SITE: (
        "Sites and status disagree",
        "A site is said to recruit while the study is not",
        "one of the two is out of date",
    ),
}


def deadline_item(event: Event, level: Level) -> Item:
    """The headline tells the dates; this tells the rule. A state that is not known here is told by its sentence."""
    known = StateKind(event.detail) if event.detail in _WORDS else None
    label, *told = _WORDS[known] if known else ("With time", event.headline)
    return Item(level=level, label=label, summary="; ".join(told))
