"""Primary and study completion that moved with one change, in one sentence: the shift once, in one unit."""

from __future__ import annotations

import re

from snapshots.changes.headline.clause import Form
from snapshots.changes.timeline import month_span, moved
from snapshots.changeset import FieldChange
from snapshots.dates import shift

_LABEL = re.compile(r"(?P<actual>Actual p|P)rimary completion (?P<rest>.*)")
_PLANNED = re.compile(r"now actual, on the planned date \((?P<day>[^)]*)\)")
_SHIFT = re.compile(
    r"(?P<label>Primary|Study|Actual primary|Actual study) completion "
    r"(?P<how>slipped|brought forward|ended|expected|corrected to|now actual,) "
    r"(?P<span>(?:about )?[\d½a]+ \w+)(?P<than>(?: (?:earlier|later))?(?: than planned)?) "
    r"(?P<arrow>\([^()]*\))(?P<end>, now actual)?"
)


def both_completions(primary: FieldChange, study: FieldChange) -> tuple[Form, ...]:
    """The fullest wording first; empty when they did not move alike."""
    words, other = primary.summary, study.summary
    labelled = _LABEL.fullmatch(words)
    if labelled is None:
        return ()
    begins = f"{labelled['actual']}rimary and study completion "
    if other == (f"Actual study completion {labelled['rest']}" if len(labelled["actual"]) > 1 else
                 f"Study completion {labelled['rest']}"):  # fmt: skip
        return (Form(words=begins + labelled["rest"], count=2),)
    planned = [_PLANNED.fullmatch(one.partition(" completion ")[2]) for one in (words, other)]
    if planned[0] and planned[1]:
        days = f"{planned[0]['day']} and {planned[1]['day']}"
        return (Form(words=f"{begins}now actual, on the planned dates ({days})", count=2),)
    one, two = _SHIFT.fullmatch(words), _SHIFT.fullmatch(other)
    if one is None or two is None or any(one[key] != two[key] for key in ("how", "than", "end")):
        return ()
    spans = _in_one_unit(primary, study, (one["span"], two["span"]))
    if spans is None:
        return ()
    # That it ended says that it is a fact.
    told = f"{one['label']} completion {one['how']} {spans[0]}{one['than']} {one['arrow']}"
    return (
        Form(words=f"{told}, study completion {spans[1]} {two['arrow']}", count=2),
        Form(words=f"{told}, study completion {spans[1]}", count=2),
        Form(words=told, count=1),
    )


def _in_one_unit(primary: FieldChange, study: FieldChange, spans: tuple[str, str]) -> tuple[str, str] | None:
    """Days beside months are told in months; None where they are too few."""
    in_days = [" day" in span for span in spans]
    if in_days[0] == in_days[1]:
        return spans
    dates = moved(primary if in_days[0] else study)
    if dates is None or abs(shift(*dates).days) < 30:
        return None
    told = month_span(*dates)
    return (told, spans[1]) if in_days[0] else (spans[0], told)
